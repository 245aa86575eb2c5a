// Every way in which a task of a trace waited, or might have waited, for a lock or for the end of another task while it
// owned others: what, and where in the source. What happens again at the same places is one dependency with several
// instances. Plain data.
#pragma once

#include <compare>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

// What one task can have while another one waits for it: a lock, by its number; or its own end, which nobody but the
// task itself brings about. A reader-writer lock is two: what writers wait for, by its number, which whoever has a
// share has as well; and what readers wait for, which its owner has, and where writers come first a writer that waits
// for it.
using OwnableId = std::uint32_t;
inline constexpr OwnableId kTaskEnds = 1U << 31U;
inline constexpr OwnableId kForReaders = 1U << 30U;
constexpr OwnableId end_of(core::TaskId task) { return kTaskEnds + task; }
constexpr bool is_task_end(OwnableId what) { return what >= kTaskEnds; }
constexpr core::TaskId task_that_ends(OwnableId what) { return what - kTaskEnds; }
constexpr OwnableId for_readers(core::LockId lock) { return kForReaders + lock; }
constexpr bool is_for_readers(OwnableId what) { return !is_task_end(what) && what >= kForReaders; }
// The lock, unless `what` is the end of a task.
constexpr core::LockId lock_of(OwnableId what) { return what & ~kForReaders; }

enum class Hold : std::uint8_t {
  all,
  share,  // of a reader-writer lock
  turn,   // it has nothing of the lock, but readers have to wait until it had it
};

struct OwnedAt {
  OwnableId what = 0;
  std::uint32_t site = 0;
  Hold hold = Hold::all;
  auto operator<=>(const OwnedAt&) const = default;
};

// One time that it happened.
struct WaitInstance {
  std::uint32_t position = 0;  // in the task, of what ends the wait
  std::uint32_t where = 0;     // in the trace: TraceFacts::where
  std::uint32_t forks = 0;     // numbers of clocks: what comes before by forks and joins alone
  std::uint32_t data = 0;      // and by what was read as well
};

struct LockDependency {
  core::TaskId task = 0;
  OwnableId wanted = 0;
  std::uint32_t wanted_site = 0;
  std::vector<OwnedAt> owned;             // by what it is; with the task's own end
  std::vector<WaitInstance> instances{};  // ascending
  bool instances_left_out = false;
};

class LockDependencies {
 public:
  static constexpr std::size_t kMax = std::size_t{1} << 20U;
  // Of a task that owned no lock the first and the last instances are kept, so many of each and up to twice as many of
  // the last: they matter to those alone who wait for its end.
  static constexpr std::size_t kInstancesOwningNothing = 512;
  // Of dependencies that are left out is known who is before whom, as long as there are not more such pairs.
  static constexpr std::size_t kPairsMax = std::size_t{1} << 25U;

  // `dependency` without instances. Beyond kMax different ones it is left out.
  void add(LockDependency dependency, const WaitInstance& instance);

  // Adds those of `others` that are of these tasks, by number; there are none like them here.
  void take(LockDependencies& others, const std::vector<bool>& of_tasks);

  [[nodiscard]] const std::vector<LockDependency>& all() const { return all_; }

  // Owned and wanted, of those that were left out: ascending, each once.
  struct Pair {
    OwnableId owned = 0;
    OwnableId wanted = 0;
    auto operator<=>(const Pair&) const = default;
  };
  [[nodiscard]] const std::vector<Pair>& left_out();
  // Not even all of those are known.
  [[nodiscard]] bool pairs_left_out() const { return pairs_left_out_; }

 private:
  struct Hash {
    std::size_t operator()(const std::vector<std::uint32_t>& key) const;
  };

  void leave_out(const LockDependency& dependency);
  void tidy_left_out();

  std::vector<LockDependency> all_;  // in the order in which they were first seen
  std::unordered_map<std::vector<std::uint32_t>, std::uint32_t, Hash> numbers_;
  std::vector<std::uint32_t> key_;
  std::vector<Pair> left_out_;
  std::size_t tidy_at_ = std::size_t{1} << 16U;
  bool pairs_left_out_ = false;
};

}  // namespace zoneknot::lockcheck
