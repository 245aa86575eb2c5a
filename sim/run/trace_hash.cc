#include "sim/run/trace_hash.h"

#include "core/random.h"

namespace zoneknot::sim {

namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) { return core::SplitMix64::mix(a * kOdd + b); }

bool has_an_object(const Op& op) { return !op.commutes_with_all() && op.object_class != ObjectClass::draw; }

}  // namespace

void TraceHash::clear() {
  last_.clear();
  added_.clear();
  used_ = 0;
  ++execution_;
  sum_ = 0;
}

void TraceHash::step(ActorId actor, const Op& op) {
  std::uint64_t& last = last_[actor];
  if (last == 0) last = mix(actor, 1);
  const std::uint64_t kinds = static_cast<std::uint64_t>(op.kind) << 8U | static_cast<std::uint64_t>(op.object_class);
  const std::uint64_t what = kinds << 32U | op.object;
  const bool touches = has_an_object(op);
  const std::uint64_t step = mix(mix(last, what), touches ? before(op) : 0);
  last = step;
  if (touches) after(op, step);
  sum_ += step;
}

void TraceHash::event_added(ActorId event, core::TaskId by) {
  const std::uint64_t identity = mix(last_[by], ++added_[by]);
  last_[event] = identity;
}

// What the step depends on.
std::uint64_t TraceHash::before(const Op& op) {
  const bool changes = !op.read_only;
  Object of_device;
  if (op.object_class == ObjectClass::zone) of_device = device_of(op);
  const Object& own = object(op.object_class, op.object);
  const std::uint64_t all_changes = mix(own.change, mix(own.zone_changes, of_device.change));
  return changes ? mix(all_changes, own.reads + own.zone_reads + of_device.reads) : all_changes;
}

void TraceHash::after(const Op& op, std::uint64_t step) {
  const bool changes = !op.read_only;
  if (op.object_class == ObjectClass::zone) {
    Object& device = device_of(op);
    (changes ? device.zone_changes : device.zone_reads) += step;
  }
  Object& own = object(op.object_class, op.object);
  if (changes) {
    own = {.change = step};
  } else {
    own.reads += step;
  }
}

TraceHash::Object& TraceHash::device_of(const Op& zone_op) {
  return object(ObjectClass::device, zone_op.object >> kZoneBits << kZoneBits);
}

TraceHash::Object& TraceHash::object(ObjectClass object_class, std::uint32_t id) {
  if (used_ * 2 >= slots_.size()) grow();
  const std::uint64_t key = static_cast<std::uint64_t>(object_class) << 32U | id;
  Slot& slot = slots_[find(key)];
  if (slot.execution != execution_) {
    slot = {.key = key, .execution = execution_, .object = {}};
    ++used_;
  }
  return slot.object;
}

// Where it is, or the free slot where it belongs.
std::size_t TraceHash::find(std::uint64_t key) const {
  std::size_t at = core::SplitMix64::mix(key) & (slots_.size() - 1);
  while (slots_[at].execution == execution_ && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
  return at;
}

void TraceHash::grow() {
  std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.execution == execution_) slots_[find(slot.key)] = slot;
  }
}

}  // namespace zoneknot::sim
