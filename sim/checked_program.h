// What the commands of sim/check_program.h and sim/check_on_devices.h have in common: one program on a simulation of
// its own, searched or replayed. Pure but for the program; one thread.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "lockcheck/verdict/verdict.h"
#include "sim/check_program.h"
#include "sim/search/explorer.h"

namespace zoneknot::sim {

struct CheckedProgram {
  std::string world{};  // what else belongs to the identity of its witnesses
  // What runs on a simulation, in each execution.
  std::function<Program(Simulation&)> on{};
};

// As check_program() and replay_program() have it.
lockcheck::Verdict check(const std::string& name, const CheckedProgram& program, const CheckOptions& options);
tl::expected<lockcheck::Verdict, std::string> replay(const std::string& name, const CheckedProgram& program,
                                                     const std::string& witness, const CheckOptions& options);
int check_main(int argc, char** argv, const CheckedProgram& program, const CheckOptions& options);

}  // namespace zoneknot::sim
