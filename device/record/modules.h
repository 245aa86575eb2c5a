// Modules of the program come and go while it runs.
#pragma once

namespace zoneknot::record {

// A module may be gone, and another one may come to lie where it was: what threads know of places is out of date.
void modules_closed();

}  // namespace zoneknot::record
