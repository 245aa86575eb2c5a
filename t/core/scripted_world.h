// A World of one thread in which the test decides everything that comes from outside: what queue() answers, how I/Os
// end and in which order, which trylocks fail, what is drawn. Every call that core makes is written down, in order, as
// text: "lock 2", "try 2", "try 2 fails", "unlock 2" for zone locks, "lock M", "queue write 1:2+3" for three blocks
// from block 2 of zone 1 (" of file 2" where it is not the job's first), "commit", "reap 1", "cancel 1:2", "reset 2",
// "sleep 100", "drop" for a hold that was dropped, "close". Used by the test's thread; made for one run.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/ignoring_observer.h"
#include "core/locks_only_runtime.h"
#include "core/workload/zone_table.h"
#include "core/world.h"

namespace zoneknot::core {

inline constexpr std::uint32_t kBlock = 4096;
inline constexpr std::uint64_t kZone = 4 * kBlock;

// Where block `block` of zone `zone` is, in bytes.
constexpr std::uint64_t at(std::uint64_t zone, std::uint64_t block = 0) { return zone * kZone + block * kBlock; }

using Calls = std::vector<std::string>;

inline std::string place(std::uint64_t offset) {
  return std::to_string(offset / kZone) + ":" + std::to_string(offset % kZone / kBlock);
}

// Tasks run to their end inside spawn(). A lock that another task is said to own is given up when it is waited for.
class ScriptedRuntime final : public LocksOnlyRuntime {
 public:
  explicit ScriptedRuntime(Calls& calls) : calls_(calls) {}

  std::set<std::uint32_t> owned_by_others;  // zones
  // Called with "2" or "M" before a lock is taken or tried: what other tasks do meanwhile.
  std::function<void(const std::string&)> meanwhile;
  std::uint64_t checkpoints_left = 100'000;

  [[nodiscard]] std::uint32_t owned(std::uint32_t zone) const {
    for (const Lock& lock : locks_) {
      if (lock.name == std::to_string(zone)) return lock.count;
    }
    return 0;
  }
  // Acquisitions of all locks that were not given back.
  [[nodiscard]] std::uint32_t owned() const {
    std::uint32_t sum = 0;
    for (const Lock& lock : locks_) sum += lock.count;
    return sum;
  }

 private:
  struct Lock {
    std::string name;
    std::uint32_t count = 0;
  };

  TaskId do_spawn(std::string, std::function<void()> body, Site) override {
    current_ = ++tasks_;
    body();
    current_ = 0;
    return tasks_;
  }
  void do_join(TaskId, Site) override {}
  TaskId do_current() const override { return current_; }
  LockId do_create_lock(const LockInfo& info) override {
    locks_.push_back({info.order_key ? std::to_string(*info.order_key) : std::string(info.lock_class)});
    return static_cast<LockId>(locks_.size() - 1);
  }
  void do_lock(LockId id, Site) override {
    Lock& lock = locks_.at(id);
    if (meanwhile) meanwhile(lock.name);
    calls_.push_back("lock " + lock.name);
    ++lock.count;
    if (lock.name != "M") owned_by_others.erase(static_cast<std::uint32_t>(std::stoul(lock.name)));
  }
  bool do_try_lock(LockId id, Site) override {
    Lock& lock = locks_.at(id);
    if (meanwhile) meanwhile(lock.name);
    const bool fails = owned_by_others.contains(static_cast<std::uint32_t>(std::stoul(lock.name)));
    calls_.push_back("try " + lock.name + (fails ? " fails" : ""));
    if (!fails) ++lock.count;
    return !fails;
  }
  void do_unlock(LockId id, Site) noexcept override {
    Lock& lock = locks_.at(id);
    calls_.push_back("unlock " + lock.name + (lock.count == 0 ? " of another" : ""));
    if (lock.count > 0) --lock.count;
  }
  CellId do_create_cell(const CellInfo&) override { return cells_++; }
  std::uint64_t do_load(CellId, std::atomic<std::uint64_t>& storage, Site) override { return storage.load(); }
  void do_stored(CellId, std::uint64_t, Site) override {}
  Mark do_mark() const override { return {}; }
  void do_access(CellId, Access, Site) override {}
  void do_checkpoint(const LiveState*, const Mark&, Site) override {
    if (checkpoints_left-- == 0) throw std::runtime_error("the loop does not end");
  }

  Calls& calls_;
  std::vector<Lock> locks_;
  TaskId tasks_ = 0;
  TaskId current_ = 0;
  CellId cells_ = 0;
};

class ScriptedClock final : public Clock {
 public:
  explicit ScriptedClock(Calls& calls) : calls_(calls) {}
  std::uint64_t now = 1000;

 private:
  std::uint64_t do_now_ns() const override { return now; }
  void do_sleep(std::uint64_t duration_ns, Site) override {
    calls_.push_back("sleep " + std::to_string(duration_ns));
    now += duration_ns;
  }
  Calls& calls_;
};

class ScriptedDevice final : public ZonedDevice {
 public:
  ScriptedDevice(Calls& calls, std::vector<ZoneReport> reports) : zones(std::move(reports)), calls_(calls) {}
  std::vector<ZoneReport> zones;
  std::set<std::uint32_t> resets_that_fail;

 private:
  DeviceGeometry do_geometry() const override { return {.size = kZone * zones.size(), .zone_size = kZone}; }
  std::vector<ZoneReport> do_report() const override { return zones; }
  int do_manage(ZoneAction, ZoneRange range, Site) override {
    calls_.push_back("reset " + std::to_string(range.first));
    return resets_that_fail.contains(range.first) ? EIO : 0;
  }
  Calls& calls_;
};

struct QueueAnswer {
  QueueStatus status = QueueStatus::queued;
  int error = 0;
  std::optional<std::uint32_t> transferred = std::nullopt;  // absent: all
};
struct Completion {
  int error = 0;
  std::optional<std::uint32_t> transferred = std::nullopt;
};

// What engines do. Lists are used up from the front; an empty one means that nothing special happens.
struct EngineScript {
  std::deque<QueueAnswer> answers;     // empty: queued, or completed by a synchronous engine
  std::deque<Completion> completions;  // in the order in which I/Os are reaped
  std::deque<int> commit_errors;       // errno values
  std::deque<int> reap_failures;       // errno values, 0: this reap does not fail
  std::deque<bool> cancels;            // empty: a cancel fails
  bool last_first = false;             // I/Os end in the opposite order
  bool ends_at_once = false;           // a reap finds everything ended and takes as much as it may
  std::uint64_t io_ns = 0;             // time that passes in each queue()
  std::vector<std::byte> memory;       // the device's bytes; empty: no data is moved
};

class ScriptedEngine final : public IoEngine {
 public:
  ScriptedEngine(Calls& calls, ScriptedClock& clock, EngineScript& script, bool synchronous)
      : calls_(calls), clock_(clock), script_(script), synchronous_(synchronous) {}
  ~ScriptedEngine() override { calls_.push_back("close"); }

 private:
  template <class T>
  static T next(std::deque<T>& list, T otherwise) {
    if (list.empty()) return otherwise;
    const T front = list.front();
    list.pop_front();
    return front;
  }
  static void end(IoRequest& io, int error, std::optional<std::uint32_t> transferred) {
    io.error = error;
    io.transferred = error != 0 ? 0 : transferred.value_or(io.length);
  }
  void move_data(const IoRequest& io) {
    if (script_.memory.empty() || io.buffer == nullptr) return;
    std::byte* device = script_.memory.data() + io.offset;
    const bool write = io.direction == Direction::write;
    std::copy_n(write ? io.buffer : device, io.length, write ? device : io.buffer);
  }

  bool do_synchronous() const override { return synchronous_; }
  QueueStatus do_queue(IoRequest& io, Site) override {
    constexpr std::array<const char*, 4> kNames = {"read", "write", "trim", "sync"};
    const std::string name = kNames.at(static_cast<std::size_t>(io.direction));
    calls_.push_back(
        "queue " + name +
        (io.direction == Direction::sync ? "" : " " + place(io.offset) + "+" + std::to_string(io.length / kBlock)) +
        (io.file == 0 ? "" : " of file " + std::to_string(io.file + 1)));
    clock_.now += script_.io_ns;
    const QueueAnswer answer = next(script_.answers, {synchronous_ ? QueueStatus::completed : QueueStatus::queued});
    if (answer.status == QueueStatus::busy) return answer.status;
    move_data(io);
    if (answer.status == QueueStatus::completed) end(io, answer.error, answer.transferred);
    if (answer.status == QueueStatus::queued) pending_.push_back(&io);
    return answer.status;
  }
  int do_commit(Site) override {
    calls_.emplace_back("commit");
    return next(script_.commit_errors, 0);
  }
  int do_reap(std::span<IoRequest*> out, std::size_t min, Site) override {
    calls_.push_back("reap " + std::to_string(min));
    if (const int error = next(script_.reap_failures, 0); error != 0) return -error;
    if (pending_.size() < min) throw std::runtime_error("a reap waits for I/Os that do not exist");
    const std::size_t taken = script_.ends_at_once ? std::min(out.size(), pending_.size()) : min;
    for (std::size_t i = 0; i < taken; ++i) {
      IoRequest* io = script_.last_first ? pending_.back() : pending_.front();
      script_.last_first ? pending_.pop_back() : pending_.pop_front();
      const Completion completion = next(script_.completions, {});
      end(*io, completion.error, completion.transferred);
      out[i] = io;
    }
    return static_cast<int>(taken);
  }
  bool do_cancel(IoRequest& io, Site) override {
    calls_.push_back("cancel " + place(io.offset));
    if (!next(script_.cancels, false)) return false;
    std::erase(pending_, &io);
    return true;
  }

  Calls& calls_;
  ScriptedClock& clock_;
  EngineScript& script_;
  bool synchronous_;
  std::deque<IoRequest*> pending_;
};

// Numbers from a list, 0 when it is empty.
class ScriptedRandom final : public Random {
 public:
  ScriptedRandom(std::deque<std::uint64_t>& draws, std::vector<std::uint64_t>& seeds) : draws_(draws), seeds_(seeds) {}

 private:
  std::uint64_t do_below(std::uint64_t bound, Site) override {
    if (draws_.empty()) return 0;
    const std::uint64_t drawn = draws_.front();
    draws_.pop_front();
    return drawn % bound;
  }
  void do_reseed(std::uint64_t seed) override { seeds_.push_back(seed); }
  void do_describe(StateSink&) const override {}
  std::deque<std::uint64_t>& draws_;
  std::vector<std::uint64_t>& seeds_;
};

// Writes down what core itself tells; the runtime's events are in the calls.
class ScriptedObserver final : public IgnoringObserver {
 public:
  explicit ScriptedObserver(Calls& calls) : calls_(calls) {}

  std::vector<std::string> broken;  // "dropped" for a hold that was dropped, else what the assertion says
  std::vector<IoEvent> ios;

 private:
  void hold_dropped(TaskId, LockId, Site) override {
    broken.emplace_back("dropped");
    calls_.emplace_back("drop");
  }
  void io(TaskId, const IoEvent& event, Site) override { ios.push_back(event); }
  void assertion_failed(TaskId, std::string_view what, Site) override { broken.emplace_back(what); }

  Calls& calls_;
};

class ScriptedWorld final : public World {
 public:
  explicit ScriptedWorld(std::vector<ZoneReport> zones)
      : the_runtime(calls), the_clock(calls), the_device(calls, std::move(zones)), the_observer(calls) {}

  Calls calls;
  ScriptedRuntime the_runtime;
  ScriptedClock the_clock;
  ScriptedDevice the_device;
  ScriptedObserver the_observer;
  EngineScript script;
  std::deque<std::uint64_t> draws;
  std::vector<std::uint64_t> seeds;  // that streams of numbers were started again with
  bool stop = false;

  // What was called since the last time, and without M.
  Calls take_calls() {
    Calls taken = std::exchange(calls, {});
    std::erase_if(taken, [](const std::string& call) { return call == "lock M" || call == "unlock M"; });
    return taken;
  }

  [[nodiscard]] Runtime& runtime() override { return the_runtime; }
  [[nodiscard]] Clock& clock() override { return the_clock; }
  [[nodiscard]] LockObserver& observer() override { return the_observer; }
  [[nodiscard]] ZonedDevice& device(const std::string&) override { return the_device; }
  [[nodiscard]] std::unique_ptr<IoEngine> open_engine(const JobSpec& spec) override {
    return std::make_unique<ScriptedEngine>(calls, the_clock, script, spec.engine == EngineKind::psync);
  }
  [[nodiscard]] std::unique_ptr<Random> open_random(std::uint64_t) override {
    return std::make_unique<ScriptedRandom>(draws, seeds);
  }
  [[nodiscard]] bool moves_data() const override { return !script.memory.empty(); }
  [[nodiscard]] bool stop_requested() const override { return stop; }
};

}  // namespace zoneknot::core
