// Why jobs did no I/O, in words, and what would give them some. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "lockcheck/verdict/search_in_verdict.h"

namespace zoneknot::lockcheck {

std::string_view no_io_name(core::NoIo why);  // "nothing_to_read", as in JSON

// What follows "did no I/O: ", of one job or of several; of no reason at all, that none came to the device.
std::string no_io_text(const std::vector<core::NoIo>& why, bool several);

// Of all of these jobs, each reason once.
std::vector<core::NoIo> reasons_of(const std::vector<const WorkInVerdict*>& idle);

// "zones that start with data are --device=…": what would give the job something to do.
std::string way_to_io(const std::vector<core::NoIo>& why);

}  // namespace zoneknot::lockcheck
