#include "tools/record/object_table.h"

#include <fmt/core.h>

namespace zoneknot::tools {

using lockcheck::kTraceObjectsMax;
using record::RawObject;

RecordedObject* ObjectTable::find(std::uint64_t address, RawObject kind) {
  const auto known = objects_.find({address, kind});
  return known == objects_.end() ? nullptr : &known->second;
}

void ObjectTable::forget(std::uint64_t address, RawObject kind) { objects_.erase({address, kind}); }

RecordedObject* ObjectTable::find_or_make(const record::RawRecord& record, const std::string& made_by) {
  const auto kind = static_cast<RawObject>(record.flags & record::kObjectMask);
  const auto [place, is_new] = objects_.try_emplace({record.object, kind});
  if (is_new && !make(place->second, record, made_by)) {
    objects_.erase(place);
    return nullptr;
  }
  return &place->second;
}

// A variable by its own name; of others there are many, and who made them tells them apart.
std::string ObjectTable::name_for(const char* kind, std::size_t number, std::uint64_t address,
                                  const std::string& made_by) const {
  if (const std::string variable = resolver_.variable_at(address); !variable.empty()) {
    return fmt::format("{} {}", kind, variable);
  }
  return made_by.empty() ? fmt::format("{} {}", kind, number + 1)
                         : fmt::format("{} {} of {}", kind, number + 1, made_by);
}

bool ObjectTable::make(RecordedObject& object, const record::RawRecord& record, const std::string& made_by) {
  object.kind = static_cast<RawObject>(record.flags & record::kObjectMask);
  object.flags = record.flags;
  const auto number = [&](auto& all) {
    object.number = static_cast<std::uint32_t>(all.size());
    return all.size() < kTraceObjectsMax;
  };
  const auto name = [&](const char* kind) { return name_for(kind, object.number, record.object, made_by); };
  const auto lock = [&](const char* lock_class, core::Readers readers) {
    if (!number(names_.locks)) return false;
    const bool recursive = (record.flags & record::kRecursive) != 0;
    names_.locks.push_back({.name = name(lock_class),
                            .lock_class = lock_class,
                            .kind = recursive ? core::LockKind::recursive : core::LockKind::plain,
                            .readers = readers});
    return true;
  };
  const bool is_made = record.kind == record::RawKind::init;
  switch (object.kind) {
    case RawObject::mutex:
      return lock("mutex", core::Readers::none);
    case RawObject::rwlock:
      return lock("rwlock",
                  (record.flags & record::kWritersFirst) != 0 ? core::Readers::after_writers : core::Readers::first);
    case RawObject::spin:
      return lock("spin lock", core::Readers::none);
    case RawObject::once:
      return lock("once", core::Readers::none);
    case RawObject::condition:
      if (!number(names_.conditions)) return false;
      names_.conditions.push_back(name("condition"));
      return true;
    case RawObject::semaphore:
      if (!number(names_.semaphores)) return false;
      names_.semaphores.push_back({.name = name("semaphore"), .count = is_made ? record.extra : 0U});
      return true;
    case RawObject::barrier:
      if (!number(names_.barriers)) return false;
      names_.barriers.push_back({.name = name("barrier"),
                                 .count = is_made ? record.extra : UINT32_MAX,
                                 .shared = !is_made || (record.flags & record::kShared) != 0});
      return true;
    case RawObject::thread:
      break;
  }
  return false;
}

}  // namespace zoneknot::tools
