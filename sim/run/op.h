// A visible operation: what a task is about to do that other tasks can notice, published before the scheduler chooses.
// Everything a strategy may know of a step is in here. Plain values.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/runtime.h"

namespace zoneknot::sim {

enum class OpKind : std::uint8_t {
  start,
  lock,
  try_lock,
  unlock,
  join,
  read,      // of a cell
  write,     // of a cell
  update,    // of a cell: read and written in one step
  sleep,     // ends when virtual time has reached its deadline
  submit,    // one I/O reaches the device
  manage,    // a zone is opened, closed, finished or reset
  complete,  // one I/O has ended at the device
  reap,      // ended I/Os are taken from a completion queue
  cancel,    // an I/O is taken back
  checkpoint,
  queue_fault,  // an engine's queue() meets a fault plan that counts
  timed_lock,   // gets the lock or is too late
  wait,         // begins to wait for a condition variable; the lock is given back after it
  woken,        // has been woken, or is too late; takes the lock after it
  signal,
  broadcast,
  acquire,  // of a semaphore
  try_acquire,
  timed_acquire,  // gets a unit or is too late
  release,
  timeout,   // a wait with a time-out is over
  spurious,  // a wait for a condition variable ends for no reason
  draw,      // only in recorded steps: a number was drawn, `object` is the value
  // On a reader-writer lock:
  lock_shared,
  try_lock_shared,
  timed_lock_shared,  // gets a share or is too late
  unlock_shared,
  ask_exclusive,  // takes it, or begins to wait for it, which keeps readers out
  lock_exclusive,
  try_lock_exclusive,
  timed_lock_exclusive,  // gets the lock or is too late
  unlock_exclusive,
  create,  // of a task or an object, which get the next number of their kind; by a task other than the first
};

enum class ObjectClass : std::uint8_t {
  task,
  lock,
  cell,
  clock,
  zone,    // id: device << kZoneBits | zone
  device,  // id: device << kZoneBits; conflicts with each of its zones
  completions,
  draw,
  condition,
  semaphore,
  shared_lock,  // id: LockId of a reader-writer lock
  numbers,      // of tasks, locks, …: object is the ObjectClass of what is numbered
};

inline constexpr std::size_t kObjectClasses = 12;

inline constexpr std::uint32_t kZoneBits = 20;

struct Op {
  OpKind kind = OpKind::start;
  ObjectClass object_class = ObjectClass::task;
  bool read_only = false;  // commutes with other read-only operations on the same object, as things are
  std::uint32_t object = 0;
  core::Site site;

  // Equal operations on the same object; the place may differ.
  [[nodiscard]] bool same_as(const Op& other) const {
    return kind == other.kind && object_class == other.object_class && object == other.object;
  }

  // Nothing that any other actor ever does conflicts with it: a task's start is nobody else's business, and a join
  // that may go on can do so at any later time.
  [[nodiscard]] bool commutes_with_all() const { return object_class == ObjectClass::task; }
};

// Two operations of different actors whose order can matter.
inline bool dependent(const Op& a, const Op& b) {
  if (a.commutes_with_all() || b.commutes_with_all() || (a.read_only && b.read_only)) return false;
  if (a.object_class == b.object_class) return a.object == b.object;
  const bool device_and_zone = (a.object_class == ObjectClass::device && b.object_class == ObjectClass::zone) ||
                               (a.object_class == ObjectClass::zone && b.object_class == ObjectClass::device);
  return device_and_zone && a.object >> kZoneBits == b.object >> kZoneBits;
}

// "lock", "try_lock", …
std::string_view op_name(OpKind kind);
// "task", "lock", …
std::string_view object_class_name(ObjectClass object_class);

}  // namespace zoneknot::sim
