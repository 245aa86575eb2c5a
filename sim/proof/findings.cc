#include "sim/proof/findings.h"

#include <array>
#include <utility>

namespace zoneknot::sim {

void ProofFindings::note_wait(std::uint64_t owned, core::LockId wanted, core::Site site) {
  chains.insert({.owned = owned, .wanted = wanted, .line = site.line(), .file = site.file_name()});
}

std::string obligation_text(const std::string& rule) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kTexts = {{
      {"g", "(O1) a job waits for a zone lock only while every zone lock it owns has a smaller key"},
      {"M", "(O2) whoever owns M leaves it in finitely many steps"},
      {"self-wait", "(O2) a job does not wait for a plain lock that it owns"},
      {"f", "(O2, O3) whoever owns M waits for nothing, whoever owns a zone for locks and completions alone"},
      {"d", "(O4) a job ends owning nothing"},
      {"e", "(O5) a lock is released by its owner"},
      {"a", "(a) a job's own I/O can always be reaped by that job"},
      {"b", "(b) a reap waits only for I/O that is under way"},
      {"c", "(c) an I/O on the requeue list, or the rest of a short one, owns no lock"},
      {"loop", "a job comes to a checkpoint again in finitely many steps"},
      {"guard", "environment: a cell is written only by the owner of its lock"},
      {"range", "environment: a cell keeps to its stated range"},
      {"theorem", "a job waits for zone locks, M, completions and timers alone"},
      {"assert", "an assertion of the program holds"},
      {"", ""},
  }};
  for (const auto& [name, text] : kTexts) {
    if (name == rule) return std::string(text);
  }
  return "rule " + rule;
}

}  // namespace zoneknot::sim
