#include "sim/run/op.h"

#include <array>

namespace zoneknot::sim {

std::string_view op_name(OpKind kind) {
  static constexpr std::array<std::string_view, 38> kNames = {"start",
                                                              "lock",
                                                              "try_lock",
                                                              "unlock",
                                                              "join",
                                                              "read",
                                                              "write",
                                                              "update",
                                                              "sleep",
                                                              "submit",
                                                              "manage",
                                                              "complete",
                                                              "reap",
                                                              "cancel",
                                                              "checkpoint",
                                                              "queue_fault",
                                                              "timed_lock",
                                                              "wait",
                                                              "woken",
                                                              "signal",
                                                              "broadcast",
                                                              "acquire",
                                                              "try_acquire",
                                                              "timed_acquire",
                                                              "release",
                                                              "timeout",
                                                              "spurious",
                                                              "draw",
                                                              "lock_shared",
                                                              "try_lock_shared",
                                                              "timed_lock_shared",
                                                              "unlock_shared",
                                                              "ask_exclusive",
                                                              "lock_exclusive",
                                                              "try_lock_exclusive",
                                                              "timed_lock_exclusive",
                                                              "unlock_exclusive",
                                                              "create"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view object_class_name(ObjectClass object_class) {
  static constexpr std::array<std::string_view, 12> kNames = {"task",      "lock",      "cell",        "clock",
                                                              "zone",      "device",    "completions", "draw",
                                                              "condition", "semaphore", "shared_lock", "numbers"};
  return kNames.at(static_cast<std::size_t>(object_class));
}

}  // namespace zoneknot::sim
