#include "tools/witness/no_return.h"

#include "sim/conclude/no_return.h"
#include "tools/instance/simulated.h"

namespace zoneknot::tools {

void add_point_of_no_return(const Instance& instance, const sim::Witness& witness, lockcheck::Verdict& verdict,
                            const std::function<bool()>& time_is_over) {
  if (verdict.word != lockcheck::VerdictWord::hang) return;
  SimulatedWorkload workload(instance);
  verdict.scene.no_return =
      sim::point_of_no_return(workload.examined(), witness, verdict.scene, {.time_is_over = time_is_over});
}

}  // namespace zoneknot::tools
