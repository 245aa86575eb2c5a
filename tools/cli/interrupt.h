// Ctrl-C: the first one asks the work to stop cleanly with what it knows, the second one ends the process as usual. The
// flag is the process's, there is one.
#pragma once

#include <atomic>

namespace zoneknot::tools {

// From here on SIGINT, SIGTERM and SIGHUP raise the flag.
void catch_interrupts();

const std::atomic<bool>& interrupted();

}  // namespace zoneknot::tools
