#include "device/model/fault_plan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace zoneknot::device {
namespace {

std::string text_of(double value) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end};
}

std::string_view name_of(FaultTarget target) {
  constexpr std::array<std::string_view, 9> kNames = {"read", "write", "trim",   "sync", "reset",
                                                      "open", "close", "finish", "wait"};
  return kNames.at(static_cast<std::size_t>(target));
}

std::string text_of(const ZoneSelection& zones) {
  switch (zones.kind) {
    case ZoneSelection::Kind::all:
      return "all";
    case ZoneSelection::Kind::odd:
      return "odd";
    case ZoneSelection::Kind::even:
      return "even";
    case ZoneSelection::Kind::list:
      break;
  }
  std::string text;
  for (const std::uint32_t zone : zones.list) {
    if (!text.empty()) text += '+';
    text += std::to_string(zone);
  }
  return text;
}

std::string text_of(const Fault& fault) {
  std::string text = "on=" + std::string(name_of(fault.target)) + ",zones=" + text_of(fault.zones);
  if (fault.kind == FaultKind::error) text += ",error=" + std::to_string(fault.error);
  if (fault.kind == FaultKind::short_transfer) text += ",short=" + std::to_string(fault.transferred);
  if (fault.kind > FaultKind::short_transfer) text += "," + std::string(word_of(fault.kind));
  if (fault.kind == FaultKind::late) text += "=" + std::to_string(fault.delay_ns);
  if (fault.kind == FaultKind::power_cut) text += fault.write_cache ? "=cache" : "=nocache";
  if (!fault.range.everything()) {
    text += ",range=" + std::to_string(fault.range.from) + "-" + std::to_string(fault.range.to);
  }
  text += fault.moment == FaultMoment::queue ? ",at=queue" : ",at=complete";
  text += ",p=" + text_of(fault.probability) + ",after=" + std::to_string(fault.after);
  if (fault.count) text += ",count=" + std::to_string(*fault.count);
  return text;
}

bool comes_true(double probability, const std::function<bool(double)>& chance) {
  if (probability >= 1.0) return true;
  return probability > 0.0 && chance(probability);
}

}  // namespace

std::string_view word_of(FaultKind kind) {
  constexpr std::array<std::string_view, 10> kWords = {"error", "short",     "busy",    "late",      "reordered",
                                                       "lost",  "read-only", "offline", "power-cut", "signal"};
  return kWords.at(static_cast<std::size_t>(kind));
}

bool ZoneSelection::contains(std::uint32_t zone) const {
  switch (kind) {
    case Kind::all:
      return true;
    case Kind::odd:
      return zone != core::kNoId && zone % 2 == 1;
    case Kind::even:
      return zone != core::kNoId && zone % 2 == 0;
    case Kind::list:
      return std::ranges::binary_search(list, zone);
  }
  __builtin_unreachable();
}

std::string FaultPlan::to_string() const {
  std::string text;
  for (const Fault& fault : faults) {
    if (!text.empty()) text += ';';
    text += text_of(fault);
  }
  return text;
}

FaultState::FaultState(const FaultPlan& plan) : plan_(&plan), counters_(plan.faults.size()) {}

const Fault* FaultState::strike(FaultTarget target, FaultMoment moment, std::uint32_t zone,
                                const std::function<bool(double)>& chance, ByteRange bytes) {
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    const Fault& fault = plan_->faults[i];
    if (fault.target != target || fault.moment != moment || !fault.zones.contains(zone)) continue;
    if (bytes.from >= fault.range.to || bytes.to <= fault.range.from) continue;
    Counters& counters = counters_[i];
    if (counters.matched++ < fault.after) continue;
    if (fault.count && counters.struck >= *fault.count) continue;
    if (!comes_true(fault.probability, chance)) continue;
    ++counters.struck;
    return &fault;
  }
  return nullptr;
}

FaultTarget fault_target(core::Direction direction) {
  switch (direction) {
    case core::Direction::read:
      return FaultTarget::read;
    case core::Direction::write:
      return FaultTarget::write;
    case core::Direction::trim:
      return FaultTarget::trim;
    case core::Direction::sync:
      return FaultTarget::sync;
  }
  __builtin_unreachable();
}

FaultTarget fault_target(core::ZoneAction action) {
  switch (action) {
    case core::ZoneAction::open:
      return FaultTarget::open;
    case core::ZoneAction::close:
      return FaultTarget::close;
    case core::ZoneAction::finish:
      return FaultTarget::finish;
    case core::ZoneAction::reset:
      return FaultTarget::reset;
  }
  __builtin_unreachable();
}

void FaultState::describe(core::StateSink& sink) const {
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    const Fault& fault = plan_->faults[i];
    sink.add(std::min(counters_[i].matched, fault.after));
    sink.add(fault.count ? counters_[i].struck : 0);
  }
}

}  // namespace zoneknot::device
