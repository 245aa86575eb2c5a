// The RAPID "STD" text form of a trace: a line for each event, `TASK|OP(OBJECT)|PLACE`, as the tools of that family
// write and read it. Reading and writing; pure but for the streams; one thread.
//
// OP: req acq rel (a lock), r w (a variable), fork join (a task), wait notify notifyAll (a condition variable, or in
// Java's manner the monitor of a lock the task owns), try (a lock that was not to be had; our own), begin end (of a
// task, or of a method and then without meaning). Empty lines, and lines that begin with #, mean nothing.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_set>
#include <vector>

#include "lockcheck/trace/trace_event.h"

namespace zoneknot::lockcheck {

// A line that says so in a trace that begins with a try_lock: an acq without a req is one.
inline constexpr std::string_view kStdRequestsMark = "# an acq without a req is a try_lock";
// A line that begins so names a reader-writer lock of which nobody gets a share while a writer waits.
inline constexpr std::string_view kStdWritersFirst = "# writers come first at ";

struct StdError {
  std::uint64_t line = 0;    // counted from 1
  std::uint64_t column = 0;  // in bytes, counted from 1
  std::string message;       // one line without a full stop
};

// Tells `sink` of every event. Reads `in` twice: where nothing is requested anywhere, every acq may wait and is told as
// a request as well; where something is, an acq without one is a try_lock. Events that come a little late, as recorders
// write them, are told where they belong: a lock that is taken before its owner gives it back, a task that does
// something before it is forked, or after it is joined. A text whose last line is not whole has been cut before it.
tl::expected<TraceEnd, StdError> read_std(std::istream& in, TraceNames& names, TraceSink& sink);

// Writes what STD has words for, and semaphores and barriers as accesses to a variable: enough to keep their order.
class StdWriter final : public TraceSink {
 public:
  explicit StdWriter(std::ostream& out) : out_(out) {}
  void event(const TraceEvent& event, const TraceNames& names) override;
  // Events that STD has no words for: dropped acquisitions and assertions, what is destroyed, and who goes on from a
  // wait without one being known who ended it.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  class NamesOfKind {
   public:
    // The name in the file; `otherwise` and the number for what has none.
    const std::string& of(std::uint32_t id, const std::string& name, std::string_view otherwise);

   private:
    std::vector<std::string> names_;  // by id; empty: not named yet
    std::unordered_set<std::string> used_;
  };

  void write(const TraceEvent& event, const TraceNames& names, std::string_view op, const std::string& object);

  void note_readers(core::LockId lock, const TraceLock& called);
  void note_monitor(const TraceEvent& event, const TraceNames& names);

  std::ostream& out_;
  std::vector<bool> readers_told_;           // by lock
  std::vector<core::LockId> monitor_given_;  // by task: the lock that its wait gives back; kNoId: none
  bool requests_seen_ = false;               // the file says that requests are told
  NamesOfKind tasks_, locks_, conditions_, cells_, semaphores_, barriers_;
  std::uint64_t left_out_ = 0;
};

}  // namespace zoneknot::lockcheck
