#include "sim/run/op.h"

#include <array>

namespace zoneknot::sim {

std::string_view op_name(OpKind kind) {
  static constexpr std::array<std::string_view, 28> kNames = {
      "start",      "lock",        "try_lock",      "unlock",  "join",     "read",     "write",
      "update",     "sleep",       "submit",        "manage",  "complete", "reap",     "cancel",
      "checkpoint", "queue_fault", "timed_lock",    "wait",    "woken",    "signal",   "broadcast",
      "acquire",    "try_acquire", "timed_acquire", "release", "timeout",  "spurious", "draw"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view object_class_name(ObjectClass object_class) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "task", "lock", "cell", "clock", "zone", "device", "completions", "draw", "condition", "semaphore"};
  return kNames.at(static_cast<std::size_t>(object_class));
}

}  // namespace zoneknot::sim
