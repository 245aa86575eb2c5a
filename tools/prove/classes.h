// The table of what is proved: kinds of jobs by what may go wrong and whether there are conventional zones. Made of job
// files that are written here, so that the table says the same everywhere.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/command_line.h"

namespace zoneknot::tools {

struct WorkloadClass {
  std::string name;     // "randwrite, map kept"
  std::string options;  // lines of a job file
};

// Every direction, in order and at random, with and without a random map.
std::vector<WorkloadClass> workload_classes();

// zoneknot prove --classes.
int prove_classes(const ProveOptions& options);

}  // namespace zoneknot::tools
