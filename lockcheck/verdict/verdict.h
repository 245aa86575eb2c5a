// What a run of the tool has to say, as one value. It holds facts: every form of output (text, JSON, pictures) is a
// pure function of it, and every word of those stands in lockcheck/report/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockcheck/verdict/order_in_verdict.h"
#include "lockcheck/verdict/proof_in_verdict.h"
#include "lockcheck/verdict/scene.h"
#include "lockcheck/verdict/search_in_verdict.h"
#include "lockcheck/verdict/subject.h"

namespace zoneknot::lockcheck {

// In order: a run's verdict is the first that applies.
enum class VerdictWord : std::uint8_t {
  hang,
  livelock,
  abort,  // an assertion of the program fails
  rule,
  early,  // a job ends without an error before its work or its runtime is done
  late,   // a job goes on after its runtime
  possible,
  incomplete,
  proved,
  verified,
  clean
};

std::string_view word_name(VerdictWord word);  // "HANG", …
std::optional<VerdictWord> word_named(std::string_view name);
int exit_code(VerdictWord word);  // docs/verdicts.md

// Every field has an initializer, so that designated ones may leave some out.
struct Verdict {
  VerdictWord word = VerdictWord::incomplete;
  SubjectInVerdict subject{};
  SearchInVerdict search{};
  SceneInVerdict scene{};
  ProofInVerdict proof{};
  OrderInVerdict order{};
  std::vector<std::string> assumptions{};  // what the word rests on
};

}  // namespace zoneknot::lockcheck
