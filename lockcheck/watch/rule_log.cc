#include "lockcheck/watch/rule_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace zoneknot::lockcheck {
namespace {

std::string what_is_waited_for(const core::Wait& wait, const Names& names) {
  switch (wait.kind) {
    case core::WaitKind::lock:
      return (wait.shared ? "waits for a share of " : "waits for ") + names.lock(wait.object);
    case core::WaitKind::completion:
      return "waits for a completion";
    case core::WaitKind::timer:
      return "sleeps";
    case core::WaitKind::join:
      return "waits for the end of " + names.task(wait.object);
    case core::WaitKind::condition:
      return "waits for a condition variable";
    case core::WaitKind::semaphore:
      return "waits for a semaphore";
  }
  return {};
}

std::string describe(const BreakFacts& facts, const Names& names) {
  switch (facts.rule) {
    case Rule::own_io_reapable:
      return fmt::format("ends with {} of its own I/Os never reaped", facts.number);
    case Rule::reap_ends:
      return "waits for a completion that cannot come";
    case Rule::requeued_owns_none:
      return fmt::format("an I/O at byte {} is requeued and still owns its zone lock", facts.number);
    case Rule::lock_outlives_task:
      return fmt::format("{}{} acquired here is never released", facts.shared ? "a share of " : "",
                         names.lock(facts.lock));
    case Rule::released_by_owner:
      if (facts.shared) return fmt::format("releases a share of {}, of which it has none", names.lock(facts.lock));
      if (facts.owner == core::kNoId) return fmt::format("releases {}, which nobody owns", names.lock(facts.lock));
      return fmt::format("releases {}, which {} owns", names.lock(facts.lock), names.task(facts.owner));
    case Rule::waits_owning:
      return fmt::format("{} while it owns {}", what_is_waited_for(facts.wait, names), names.lock(facts.owned));
    case Rule::order:
      return fmt::format("asks for {} while it owns {}", names.lock(facts.lock), names.lock(facts.owned));
    case Rule::assertion:
      return std::string(facts.literal);
    case Rule::self_wait:
      return fmt::format("waits for {}, {}", names.lock(facts.lock),
                         facts.shared ? "of which it has a share" : "a plain lock that it owns");
    case Rule::stack:
      return "runs out of its stack some time after it was here";
    case Rule::pool:
      return fmt::format("waits for a unit of {} while it owns one", names.pool(facts.wait.object));
    case Rule::completion:
      return what_is_waited_for(facts.wait, names) + " in the completion of an I/O";
    case Rule::guard:
      return fmt::format("{} {} without {}", facts.number == 0 ? "reads" : "writes", facts.literal,
                         names.lock(facts.lock));
    case Rule::leaves_m:
    case Rule::loop:
    case Rule::range:
    case Rule::theorem:
      break;  // a proof alone can see them
  }
  return {};
}

}  // namespace

void RuleLog::note(const BreakFacts& facts) {
  const auto [number, is_new] = numbers_.try_emplace(key_of(facts.rule, facts.site), entries_.size());
  if (is_new) entries_.push_back({facts, 0});
  ++entries_[number->second].count;
}

std::vector<RuleBreak> RuleLog::breaks(const Names& names) const {
  std::vector<RuleBreak> breaks;
  for (const auto& [facts, count] : entries_) {
    // Behind those of its rule: clang deprecates what stable_sort is made of.
    breaks.insert(std::ranges::upper_bound(breaks, facts.rule, {}, &RuleBreak::rule),
                  {facts.rule, facts.task, facts.site, describe(facts, names), count});
  }
  return breaks;
}

}  // namespace zoneknot::lockcheck
