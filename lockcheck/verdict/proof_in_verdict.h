// What a proof has come to, besides its word. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lockcheck/verdict/resource.h"
#include "lockcheck/verdict/rule.h"

namespace zoneknot::lockcheck {

// Whether a real run has shown that an obligation does not hold.
enum class Confirmation : std::uint8_t { not_searched, by_a_hang, broken_in_a_run, none };

// An obligation that a proof could not establish, at one place.
struct ObligationInVerdict {
  Rule rule = Rule::order;
  std::string job{};
  Place place{};
  std::string what{};  // what happens instead
  ResourceInVerdict waits_for{};
  std::vector<HeldLock> holds{};       // at that moment
  std::vector<StepInVerdict> steps{};  // what the job does until then
  Confirmation confirmed = Confirmation::not_searched;
};

struct ProofInVerdict {
  std::vector<ObligationInVerdict> obligations{};  // those that do not hold
  std::vector<std::string> evidence{};             // what was looked at besides, and proves nothing
};

}  // namespace zoneknot::lockcheck
