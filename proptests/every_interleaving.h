// All that a LockProgram can do, by trying every interleaving: slow, obvious, and independent of the simulator. What
// the search claims to cover is compared with this. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proptests/lock_program.h"

namespace zoneknot::proptests {

// Who waits for which lock, in a ring.
using Deadlock = std::set<std::pair<std::size_t, std::uint32_t>>;

struct Everything {
  std::set<FinalState> finals;
  std::set<Deadlock> deadlocks;
  // Mazurkiewicz traces: interleavings that differ only in the order of independent steps are one. Dependent are two
  // steps on the same lock unless both are try_locks that fail, and two on the same cell unless both read.
  std::set<std::string> finished_traces;
  std::set<std::string> hung_traces;
};

class EveryInterleaving {
 public:
  explicit EveryInterleaving(const LockProgram& program) : program_(program) {}

  Everything explore() {
    go_on(State{});
    return std::move(everything_);
  }

 private:
  static constexpr std::size_t kNobody = SIZE_MAX;

  struct State {
    FinalState result;
    std::array<std::size_t, kMaxTasks> next{};  // instruction
    std::array<bool, kMaxTasks> unlocks_now{};  // its try_lock has succeeded
    std::array<std::size_t, kMaxLocks> owner{kNobody, kNobody, kNobody};
  };
  struct Step {
    std::size_t task;
    Do what;
    std::uint32_t object;
    bool only_looks;
  };

  [[nodiscard]] const Instruction* next_of(const State& state, std::size_t task) const {
    const auto& instructions = program_.tasks[task];
    return state.next.at(task) < instructions.size() ? &instructions[state.next.at(task)] : nullptr;
  }

  // The lock that a task waits for.
  [[nodiscard]] std::optional<std::uint32_t> awaited(const State& state, std::size_t task) const {
    const Instruction* next = next_of(state, task);
    if (next == nullptr || next->what != Do::lock || state.owner.at(next->object) == kNobody) return std::nullopt;
    return next->object;
  }

  void go_on(const State& state) {
    bool moved = false;
    bool ended = true;
    for (std::size_t task = 0; task < program_.tasks.size(); ++task) {
      if (next_of(state, task) == nullptr) continue;
      ended = false;
      if (awaited(state, task)) continue;
      moved = true;
      State after = state;
      history_.push_back(step(after, task));
      go_on(after);
      history_.pop_back();
    }
    if (moved) return;
    if (ended) {
      everything_.finals.insert(state.result);
    } else {
      everything_.deadlocks.insert(ring(state));
    }
    (ended ? everything_.finished_traces : everything_.hung_traces).insert(trace());
  }

  Step step(State& state, std::size_t task) const {
    const Instruction& instruction = *next_of(state, task);
    std::uint64_t& memory = state.result.memories.at(task);
    Step done{task, instruction.what, instruction.object, instruction.what == Do::read};
    if (state.unlocks_now.at(task)) {
      done.what = Do::unlock;
      state.unlocks_now.at(task) = false;
      state.owner.at(instruction.object) = kNobody;
      ++state.next.at(task);
      return done;
    }
    switch (instruction.what) {
      case Do::lock:
        state.owner.at(instruction.object) = task;
        break;
      case Do::unlock:
        state.owner.at(instruction.object) = kNobody;
        break;
      case Do::try_lock: {
        const bool took = state.owner.at(instruction.object) == kNobody;
        remember(memory, took ? 1 : 0);
        done.only_looks = !took;
        if (!took) break;
        state.owner.at(instruction.object) = task;
        state.unlocks_now.at(task) = true;
        return done;
      }
      case Do::read:
        remember(memory, state.result.cells.at(instruction.object));
        break;
      case Do::write:
        state.result.cells.at(instruction.object) = to_write(memory, task);
        break;
    }
    ++state.next.at(task);
    return done;
  }

  // With at most three tasks that wait for no lock of their own there is one ring.
  [[nodiscard]] Deadlock ring(const State& state) const {
    for (std::size_t start = 0; start < program_.tasks.size(); ++start) {
      Deadlock passed;
      std::size_t task = start;
      for (std::optional<std::uint32_t> lock; (lock = awaited(state, task)); task = state.owner.at(*lock)) {
        if (!passed.insert({task, *lock}).second) break;
      }
      if (task == start && !passed.empty()) return passed;
    }
    return {};
  }

  // Equal for equal traces: who was at each object, in order; those who only look between two others in no order.
  [[nodiscard]] std::string trace() const {
    std::map<std::string, std::string> logs;
    std::map<std::string, std::multiset<std::size_t>> readers;
    const auto flush = [&](const std::string& object) {
      for (const std::size_t task : readers[object]) logs[object] += "r" + std::to_string(task);
      readers[object].clear();
    };
    for (const Step& step : history_) {
      const bool cell = step.what >= Do::read;
      const std::string object = (cell ? "c" : "l") + std::to_string(step.object);
      if (step.only_looks) {
        readers[object].insert(step.task);
        continue;
      }
      flush(object);
      logs[object] += "x" + std::to_string(step.task);
    }
    std::string text;
    for (const auto& [object, tasks] : readers) flush(object);
    for (const auto& [object, log] : logs) text += object + ":" + log + " ";
    return text;
  }

  const LockProgram& program_;
  std::vector<Step> history_;
  Everything everything_;
};

}  // namespace zoneknot::proptests
