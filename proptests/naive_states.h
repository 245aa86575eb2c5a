// Everything that a RandomProgram can come to, by going through all its states: a second interpreter of its steps that
// shares nothing with the simulator, slow and plain. What the exhaustive searches claim to cover is compared with this.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <set>

#include "proptests/random_program.h"

namespace zoneknot::proptests {

// How the program can end: finished, or with tasks that nothing lets go on but a wake-up that nobody promises. Nothing:
// it has more states than `limit`.
std::optional<std::set<ProgramEnd>> all_ends(const RandomProgram& program, Spurious spurious, std::size_t limit);

}  // namespace zoneknot::proptests
