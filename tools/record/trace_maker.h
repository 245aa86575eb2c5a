// Makes a lock trace of what the library noted of one process: gives threads, objects and places their numbers and
// names, says of every event what it means, and puts right what the library cannot have seen as it was. One thread, for
// one process.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lockcheck/trace/trace_event.h"
#include "tools/record/object_table.h"
#include "tools/record/raw_file.h"
#include "tools/record/resolver.h"
#include "tools/record/site_table.h"

namespace zoneknot::tools {

// What was noted and cannot be as it is.
struct MadeTrace {
  std::uint64_t events = 0;
  std::uint64_t repaired = 0;  // locks that were taken while somebody else had them: a release was not noted
  std::uint64_t reused = 0;    // locks that their own owner took anew: something else lay there, never destroyed
  bool too_much = false;       // more than a trace may have; it ends there
};

class TraceMaker {
 public:
  TraceMaker(const RawFile& file, lockcheck::TraceNames& names, lockcheck::TraceSink& sink);

  // How the process began, in a child of a fork: what its ancestors' threads had when they forked, by the ancestors'
  // files, the eldest first.
  void inherit(std::vector<RawFile>& ancestors);
  void take(const RawEvent& event);
  // The process has ended; by itself, or because it was killed as it stood.
  void finish(bool by_itself);
  [[nodiscard]] const MadeTrace& made() const { return made_; }

 private:
  // What a task waits for, so that the end of the wait can be told.
  struct Task {
    std::uint32_t thread = 0;
    bool waits = false;
    bool asked = false;  // without a time-out: what it gets it was asked for
    bool ended = false;
    std::uint32_t condition = core::kNoId;  // in a wait for it
    std::uint64_t mutex = 0;                // that it gave back for it; 0: none
    std::uint32_t site = 0;
    core::TaskId joins = core::kNoId;
    RawEvent join{};  // of a thread that has not begun yet; `kind` is nothing if there is none
  };

  core::TaskId task_of(std::uint32_t thread);
  core::TaskId add_task(std::uint32_t thread, std::string name);
  [[nodiscard]] std::uint32_t site_of(const RawEvent& event) { return sites_.site(lane_of(event), event.record.site); }
  static std::uint64_t lane_of(const RawEvent& event) { return record::lane_key(event.thread, event.lane); }
  RecordedObject* object(const RawEvent& event);
  void tell(lockcheck::TraceEvent event);
  void tell(lockcheck::TraceEventKind kind, core::TaskId task, std::uint32_t object, std::uint32_t site,
            std::uint32_t other = 0) {
    tell({.kind = kind, .task = task, .object = object, .other = other, .site = site});
  }
  void begin_wait(core::TaskId task, core::WaitKind kind, std::uint32_t object, std::uint32_t site, bool timed,
                  bool shared = false);
  void end_wait(core::TaskId task);
  void rename(core::TaskId task, const std::string& name);

  void take_lock(const RawEvent& event, core::TaskId task, std::uint32_t site);
  void own(RecordedObject& lock, const RawEvent& event, core::TaskId task, std::uint32_t site, bool asked);
  void share(RecordedObject& lock, core::TaskId task, std::uint32_t site, bool asked);
  void release(RecordedObject& lock, core::TaskId task, std::uint32_t site);
  // Of all its owners: somebody takes it as if they had it no more.
  void take_away(RecordedObject& lock, std::uint32_t site);
  void make_or_destroy(const RawEvent& event, core::TaskId task, std::uint32_t site);
  void take_condition(const RawEvent& event, core::TaskId task, std::uint32_t site);
  void take_back_mutex(const RawEvent& event, core::TaskId task, std::uint32_t site);
  void take_semaphore(const RawEvent& event, core::TaskId task, std::uint32_t site);
  void take_barrier(const RawEvent& event, core::TaskId task, std::uint32_t site);
  void take_thread(const RawEvent& event, core::TaskId task);
  void take_join(const RawEvent& event, core::TaskId task, std::uint32_t site);
  void take_module(const RawEvent& event);
  void end_task(core::TaskId task, std::uint32_t site);
  void inherit_from(RawFile& ancestor, const record::RawHeader& child);
  // A lock that a thread of an ancestor had when it forked: it is waited for, or it is not had after all.
  void look_at_inherited(RecordedObject& lock, const RawEvent& event);

  const RawFile& file_;
  lockcheck::TraceNames& names_;
  lockcheck::TraceSink& sink_;
  Resolver resolver_;
  SiteTable sites_;
  ObjectTable objects_;
  std::vector<Task> tasks_;
  std::map<std::uint32_t, core::TaskId> by_thread_;
  std::map<std::uint64_t, core::TaskId> by_handle_;     // pthread_t of the last thread that has it
  std::map<std::uint64_t, std::string> names_to_come_;  // by handle, of threads that have not started yet
  MadeTrace made_;
  bool inheriting_ = false;
};

}  // namespace zoneknot::tools
