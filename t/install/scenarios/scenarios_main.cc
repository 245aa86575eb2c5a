// scenarios                              the names, and where each was seen
// scenarios NAME faulty|repaired [WITNESS]   searches it, or replays what was found
#include <cstdio>
#include <cstring>
#include <string>

#include "sim/check_on_devices.h"
#include "t/sim/scenario/stage.h"

using namespace zoneknot;

int main(int argc, char** argv) {
  if (argc < 3) {
    for (const scenario::Scenario& known : scenario::scenarios()) std::printf("%s\t%s\n", known.name, known.told_by);
    return argc == 1 ? 0 : 2;
  }
  const scenario::Form form = std::strcmp(argv[2], "faulty") == 0 ? scenario::Form::faulty : scenario::Form::repaired;
  for (const scenario::Scenario& known : scenario::scenarios()) {
    if (std::strcmp(known.name, argv[1]) != 0) continue;
    const auto program = [&](core::World& world) {
      scenario::Stage stage(world);
      known.program(stage, form);
    };
    std::string command = std::string(argv[0]) + " '" + known.name + "' " + argv[2];
    char* arguments[] = {command.data(), argc > 3 ? argv[3] : nullptr};
    return sim::check_main(argc > 3 ? 2 : 1, arguments, program, scenario::world_of(known));
  }
  std::fprintf(stderr, "%s: no scenario is called that\n", argv[1]);
  return 2;
}
