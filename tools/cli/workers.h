// A loop whose turns are taken by as many threads as there are processors. What a turn does must not depend on which
// thread takes it, or when.
#pragma once

#include <cstddef>
#include <functional>

namespace zoneknot::tools {

// Calls `turn` once for each number below `count`, from several threads, until `stop` says so. Throws what a turn has
// thrown, when all threads have ended.
void take_turns(std::size_t count, const std::function<void(std::size_t)>& turn, const std::function<bool()>& stop);

}  // namespace zoneknot::tools
