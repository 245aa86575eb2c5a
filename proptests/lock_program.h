// Small programs of locks and racy cells, as data: RapidCheck makes and shrinks them, the simulator runs them, and
// every_interleaving.h enumerates what they can do. Plain values and pure functions.
#pragma once

#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "core/shared.h"
#include "proptests/task_memory.h"
#include "t/sim/programs.h"

namespace zoneknot::proptests {

inline constexpr std::size_t kMaxTasks = 3;
inline constexpr std::size_t kMaxLocks = 3;
inline constexpr std::size_t kCells = 2;

enum class Do : std::uint8_t {
  lock,
  unlock,
  try_lock,  // if it succeeds, unlocks at once
  read,      // of a cell; goes into the task's memory
  write,     // of a cell; the value is made of the task's memory
};

struct Instruction {
  Do what = Do::lock;
  std::uint32_t object = 0;
};

// Every task unlocks what it has locked, and locks nothing twice.
struct LockProgram {
  std::vector<std::vector<Instruction>> tasks;
};

inline void showValue(const LockProgram& program, std::ostream& out) {
  static constexpr std::array<const char*, 5> kNames = {"lock", "unlock", "try", "read", "write"};
  for (std::size_t task = 0; task < program.tasks.size(); ++task) {
    out << "\n  task " << task << ":";
    for (const Instruction& instruction : program.tasks[task]) {
      out << " " << kNames.at(static_cast<std::size_t>(instruction.what)) << instruction.object;
    }
  }
}

// What a program leaves behind: cells, and what each task remembers of all that it saw.
struct FinalState {
  std::array<std::uint64_t, kCells> cells{};
  std::array<std::uint64_t, kMaxTasks> memories{};
  auto operator<=>(const FinalState&) const = default;
};

inline void showValue(const FinalState& state, std::ostream& out) {
  out << "cells";
  for (const std::uint64_t cell : state.cells) out << " " << cell;
  out << ", memories";
  for (const std::uint64_t memory : state.memories) out << " " << memory;
}

// A second lock of what is held becomes an unlock; at the end everything is unlocked, the last one first.
inline std::vector<Instruction> balanced(const std::vector<Instruction>& raw) {
  std::vector<Instruction> task;
  std::vector<std::uint32_t> held;
  for (Instruction instruction : raw) {
    if (instruction.what == Do::lock) {
      if (std::erase(held, instruction.object) > 0) {
        instruction.what = Do::unlock;
      } else {
        held.push_back(instruction.object);
      }
    }
    task.push_back(instruction);
  }
  for (; !held.empty(); held.pop_back()) task.push_back({Do::unlock, held.back()});
  return task;
}

inline rc::Gen<Instruction> any_instruction() {
  const auto on = [](Do what, std::uint32_t objects) {
    return rc::gen::map(rc::gen::inRange<std::uint32_t>(0, objects),
                        [what](std::uint32_t object) { return Instruction{what, object}; });
  };
  return rc::gen::weightedOneOf<Instruction>({{6, on(Do::lock, kMaxLocks)},
                                              {2, on(Do::try_lock, kMaxLocks)},
                                              {2, on(Do::read, kCells)},
                                              {2, on(Do::write, kCells)}});
}

// `lengths`: how many instructions each task has, before it is balanced. Not by RapidCheck's size: these are small.
inline rc::Gen<LockProgram> any_lock_program(const std::vector<std::size_t>& lengths) {
  const auto program = rc::gen::exec([lengths] {
    LockProgram made;
    for (const std::size_t length : lengths) {
      made.tasks.push_back(balanced(*rc::gen::container<std::vector<Instruction>>(length, any_instruction())));
    }
    return made;
  });
  return rc::gen::resize(rc::kNominalSize, program);
}

// The program for the simulator; `at_end` is called at the end of each execution that comes to one.
inline sim::Program on_simulator(const LockProgram& program, std::function<void(const FinalState&)> at_end) {
  return [&program, at_end = std::move(at_end)](sim::Simulation& simulation) {
    std::array<core::LockId, kMaxLocks> locks{};
    for (core::LockId& lock : locks) lock = simulation.create_lock(sim::programs::plain());
    std::vector<core::Shared<std::uint64_t>> cells;
    for (std::size_t i = 0; i < kCells; ++i) cells.emplace_back(simulation, "cell", core::Sharing::racy, 0U);
    FinalState state;
    const auto body = [&](std::size_t task) {
      for (const Instruction& instruction : program.tasks[task]) {
        const core::LockId lock = locks.at(instruction.what < Do::read ? instruction.object : 0);
        std::uint64_t& memory = state.memories.at(task);
        switch (instruction.what) {
          case Do::lock:
            simulation.lock(lock);
            break;
          case Do::unlock:
            simulation.unlock(lock);
            break;
          case Do::try_lock:
            if (const bool took = simulation.try_lock(lock); remember(memory, took ? 1 : 0), took) {
              simulation.unlock(lock);
            }
            break;
          case Do::read:
            remember(memory, cells[instruction.object].peek());
            break;
          case Do::write:
            cells[instruction.object].write(to_write(memory, task));
            break;
        }
      }
    };
    std::vector<std::function<void()>> bodies;
    for (std::size_t task = 0; task < program.tasks.size(); ++task) bodies.emplace_back([&body, task] { body(task); });
    sim::programs::run_all(simulation, std::move(bodies));
    for (std::size_t i = 0; i < kCells; ++i) state.cells.at(i) = cells[i].read();
    at_end(state);
  };
}

}  // namespace zoneknot::proptests
