#include "core/workload/flow_share.h"

namespace zoneknot::core {

FlowGroup::FlowGroup(Runtime& runtime, std::uint64_t weights_of_all)
    : units(runtime, "flow units", Sharing::racy),
      weights(runtime, "flow weights", Sharing::racy, weights_of_all),
      balance(runtime, "flow balance", Sharing::racy) {}

bool FlowShare::ahead_of_group() {
  // Where nobody counts, any of them may be ahead at any time.
  const bool counts = job_.world.counts_work();
  const bool by_weight = job_.fixes.has(Fix::flow_weights);
  const bool beyond = !counts ? job_.world.limit_reached(false) : by_weight ? beyond_share() : beyond_watermark();
  if (beyond) wait();
  return beyond;
}

// A unit is counted when it is handed out.
bool FlowShare::beyond_share() {
  const auto weight = static_cast<std::uint64_t>(job_.spec.flow);
  if (own_units_ * group_->weights.peek() > group_->units.peek() * weight) return true;
  ++own_units_;
  group_->units.update([](std::uint64_t units) { return units + 1; });
  return false;
}

bool FlowShare::beyond_watermark() {
  const std::int64_t sign = job_.spec.flow > 0 ? 1 : -1;
  if (sign * group_->balance.peek() > job_.spec.flow_watermark) return true;
  group_->balance.update([&](std::int64_t balance) { return balance + job_.spec.flow; });
  return false;
}

void FlowShare::wait() {
  const std::uint64_t nap = job_.spec.flow_sleep_ns;
  if (nap != 0 || job_.fixes.has(Fix::flow_quiesce)) pipeline_.quiesce();
  if (nap != 0) job_.sleep(nap);
}

void FlowShare::leave() {
  if (group_ == nullptr || !job_.world.counts_work() || !job_.fixes.has(Fix::flow_weights)) return;
  group_->units.update([&](std::uint64_t units) { return units - own_units_; });
  group_->weights.update([&](std::uint64_t weights) { return weights - static_cast<std::uint64_t>(job_.spec.flow); });
}

void FlowShare::describe(StateSink& sink) const {
  if (group_ != nullptr) sink.add(own_units_);
}

}  // namespace zoneknot::core
