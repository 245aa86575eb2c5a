// What the cutoff says of all sizes holds at sizes beyond its own.

#include <gtest/gtest.h>

#include "core/random.h"
#include "t/tools/prove/cutoff_bench.h"

namespace zoneknot::tools {
namespace {

bool holds(const Instance& instance, const tl::expected<ProofInstance, InputError>& small) {
  const auto proofs = run_proof(small.value(), instance.fixes, sim::ProofFaults::none, {});
  const auto breaks = all_breaks(proofs);
  return proofs.back().result.end == sim::ProofEnd::closed && std::ranges::none_of(breaks, prevents_proof);
}

// Jobs of the class, drawn, each at sizes that are one and two larger than the cutoff's, with nothing forgotten and
// with.
TEST(Cutoff, HoldsAtLargerSizes) {
  core::SplitMix64 numbers(20261128);
  int compared = 0;
  for (int number = 0; number < 8; ++number) {
    const std::vector<std::string> kinds = {"rw=randwrite\nnorandommap=1\n", "rw=write\n", "rw=randrw\nnorandommap=1\n",
                                            "rw=randread\nnorandommap=1\n"};
    std::string options = kinds[numbers.below(kinds.size())];
    options += "max_open_zones=" + std::to_string(numbers.below(3)) + "\n";
    const std::string fixes = numbers.below(2) == 0 ? "series" : "series,+find-zone-trylock";
    const Instance instance = instance_of(options, fixes);
    SCOPED_TRACE(options + fixes);
    if (!holds_by_cutoff(instance)) continue;
    ++compared;
    for (const ProofSize& size : {ProofSize{3, 3, 1}, ProofSize{2, 4, 1}, ProofSize{2, 2, 3}}) {
      EXPECT_TRUE(holds(instance, proof_instance(instance, size)));
    }
    for (const ProofSize& size : {ProofSize{4, 3, 1}, ProofSize{2, 5, 1}, ProofSize{2, 3, 3}}) {
      EXPECT_TRUE(holds(instance, cutoff_instance(instance, size)));
    }
  }
  EXPECT_GT(compared, 2);
}

}  // namespace
}  // namespace zoneknot::tools
