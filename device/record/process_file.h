// The file of the process that is recorded: made when it begins, or when it was forked, and mapped piece by piece. No
// descriptor stays open: a program may close those that it does not know, and use their numbers.
#pragma once

#include <cstddef>

namespace zoneknot::record {

// The next so many units of the file, full of zeros; null: there is no more room.
void* map_of_process_file(std::size_t units);
// Writes them behind everything else in it. False: there is no more room.
bool copy_to_process_file(const void* from, std::size_t units);
// The calling thread forks the process next.
void before_fork();
// In the child of a fork, before anything else: it is recorded into a file of its own.
void begin_forked_process();
// The process ends by itself.
void process_exits();
// Something else than a recorded thread may end waits: kHandlers, kHiddenThreads.
void may_be_woken_from_outside(unsigned by);

// Makes recorder.cc and sightings.cc ready, before anything is noted; and leaves behind what the child of a fork has
// nothing of.
void prepare_end_of_threads();
void prepare_sightings();
void forget_threads();

}  // namespace zoneknot::record
