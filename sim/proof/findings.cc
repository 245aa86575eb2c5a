#include "sim/proof/findings.h"

namespace zoneknot::sim {

void ProofFindings::note_wait(std::uint64_t owned, core::LockId wanted, core::Site site) {
  chains.insert({.owned = owned, .wanted = wanted, .line = site.line(), .file = site.file_name()});
}

}  // namespace zoneknot::sim
