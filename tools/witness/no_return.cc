#include "tools/witness/no_return.h"

#include "sim/conclude/no_return.h"
#include "tools/cli/interrupt.h"
#include "tools/instance/simulated.h"

namespace zoneknot::tools {

void add_point_of_no_return(const Instance& instance, const sim::Witness& witness, lockcheck::Verdict& verdict) {
  if (verdict.word != lockcheck::VerdictWord::hang) return;
  SimulatedWorkload workload(instance);
  verdict.scene.no_return = sim::point_of_no_return(workload.examined(), witness, verdict.scene,
                                                    {.time_is_over = [] { return interrupted().load(); }});
}

}  // namespace zoneknot::tools
