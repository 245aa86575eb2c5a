// What lies at which address of a recorded process: locks, condition variables and so on, each with its number in the
// trace. An address gets another number when what lay there was destroyed or made anew. Who owns which lock is kept
// here too, so that what the recorder missed is put right before it is in the trace. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/runtime.h"
#include "device/record/raw_record.h"
#include "lockcheck/trace/trace_event.h"
#include "tools/record/resolver.h"

namespace zoneknot::tools {

struct RecordedObject {
  record::RawObject kind = record::RawObject::mutex;
  std::uint32_t number = 0;  // in the trace, of its kind
  std::uint8_t flags = 0;
  // A lock:
  core::TaskId owner = core::kNoId;
  std::uint32_t depth = 0;
  std::uint32_t taken_at = 0;           // a place, of the last time
  std::vector<core::TaskId> readers{};  // each as often as it has a share
  bool is_inherited = false;            // by a thread of another process, which is not there to give it back
};

class ObjectTable {
 public:
  ObjectTable(lockcheck::TraceNames& names, const Resolver& resolver) : names_(names), resolver_(resolver) {}

  // Null: there are too many. `made_by` is the function that makes it, if that is known.
  RecordedObject* find_or_make(const record::RawRecord& record, const std::string& made_by);
  // Null: nothing is known to be there.
  RecordedObject* find(std::uint64_t address, record::RawObject kind);
  // What lies there from now on is something else.
  void forget(std::uint64_t address, record::RawObject kind);
  // Calls `visit` with every lock.
  template <class Visit>
  void for_each_lock(const Visit& visit) {
    for (auto& [where, object] : objects_) {
      if (object.kind < record::RawObject::condition) visit(where.first, object);
    }
  }

 private:
  bool make(RecordedObject& object, const record::RawRecord& record, const std::string& made_by);
  [[nodiscard]] std::string name_for(const char* kind, std::size_t number, std::uint64_t address,
                                     const std::string& made_by) const;

  lockcheck::TraceNames& names_;
  const Resolver& resolver_;
  std::map<std::pair<std::uint64_t, record::RawObject>, RecordedObject> objects_;
};

}  // namespace zoneknot::tools
