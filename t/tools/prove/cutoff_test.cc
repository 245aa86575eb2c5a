// The cutoff: which jobs it is for, and what it refuses.

#include "tools/prove/cutoff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "t/tools/prove/cutoff_bench.h"

namespace zoneknot::tools {
namespace {

using sim::ProofFaults;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string reason(const std::string& options, const std::string& device = "sim",
                   ProofFaults faults = ProofFaults::none) {
  return outside_of_cutoff(instance_of(options, "series", device), faults).value_or("");
}

TEST(Cutoff, IsForPlainWritersAndReadersOfAnySize) {
  EXPECT_EQ(reason("rw=randwrite\nnorandommap=1\n"), "");
  EXPECT_EQ(reason("rw=randrw\nbsrange=16k-64k\n"), "");
  EXPECT_EQ(reason("rw=write\n", "sim:conventional=2", ProofFaults::device), "");
}

TEST(Cutoff, IsNotForWhatItsArgumentDoesNotSpeakOf) {
  EXPECT_THAT(reason("rw=write\nverify=crc32c\n"), HasSubstr("verify"));
  EXPECT_THAT(reason("rw=write\nzoneskip=1z\n"), HasSubstr("zoneskip"));
  EXPECT_THAT(reason("rw=write\nfsync=3\n"), HasSubstr("fsync"));
  EXPECT_THAT(reason("rw=write\nfdatasync=3\n"), HasSubstr("fdatasync"));
  EXPECT_THAT(reason("rw=read:4k\n"), HasSubstr("whole blocks"));
  EXPECT_EQ(reason("rw=read:32k\n"), "");
  EXPECT_THAT(reason("rw=write\niodepth_batch=4\n"), HasSubstr("batches"));
  EXPECT_THAT(reason("rw=write\niodepth_low=4\n"), HasSubstr("batches"));
  EXPECT_THAT(reason("rw=rw\nbs=16k,32k\n"), HasSubstr("blocks"));
  EXPECT_THAT(reason("rw=write\n", "sim:capacity=512k"), HasSubstr("full at their end"));
  EXPECT_THAT(reason("rw=write\n", "sim", ProofFaults::engine), HasSubstr("engine"));
  EXPECT_THAT(
      reason(
          "rw=write\n[other]\nfilename=disk\nzonemode=zbd\nmax_open_zones=2\nrw=write\nbs=16k\nsize=8z\noffset=4z\n"),
      HasSubstr("overlap"));
}

TEST(Cutoff, SizesAreThoseWithOneMoreOfEachAsFarAsTheJobHasThem) {
  const Instance instance = instance_of("rw=write\n");
  EXPECT_THAT(cutoff_sizes(instance, ProofFaults::none),
              ElementsAre(ProofSize{2, 3, 1}, ProofSize{3, 3, 1}, ProofSize{2, 4, 1}, ProofSize{2, 3, 2}));
  EXPECT_EQ(cutoff_sizes(instance, ProofFaults::device).front(), (ProofSize{3, 3, 1}));
  EXPECT_EQ(cutoff_sizes(instance_of("rw=write\n", "series", "sim:conventional=1"), ProofFaults::none).front(),
            (ProofSize{2, 4, 1}));
  EXPECT_THAT(cutoff_sizes(instance_of("rw=write\niodepth=1\nsize=2z\nbs=1M\n"), ProofFaults::none),
              ElementsAre(ProofSize{1, 2, 1}));
}

TEST(Cutoff, WritersOfTheSeriesWaitEmptyHandedAndReadersDoNot) {
  EXPECT_TRUE(holds_by_cutoff(instance_of("rw=randwrite\nnorandommap=1\n")));
  EXPECT_TRUE(holds_by_cutoff(instance_of("rw=write\n")));
  EXPECT_FALSE(holds_by_cutoff(instance_of("rw=read\n")));
  EXPECT_FALSE(holds_by_cutoff(instance_of("rw=read:16k\n"))) << "what is left out is not forgotten";
  EXPECT_FALSE(holds_by_cutoff(instance_of("rw=randwrite\nnorandommap=1\n", "series,-adjust-trylock")));
  EXPECT_FALSE(holds_by_cutoff(instance_of("rw=randwrite\nnorandommap=1\n", "series,-zone-lock")));
}

// How many zones a job has open decides nothing without a limit of its own: it was counted all the same, in a proof
// without end.
TEST(Cutoff, WritersOfLaterReleasesAreProved) {
  constexpr std::uint64_t kStates = 5'000;
  for (const char* const fixes : {"fio-3.20", "fio-3.34", "fio-newest"}) {
    const Instance instance = instance_of("rw=write\nmax_open_zones=0\n", fixes);
    for (const ProofSize& size : cutoff_sizes(instance, sim::ProofFaults::none)) {
      const auto proofs = run_proof(cutoff_instance(instance, size).value(), instance.fixes, sim::ProofFaults::none,
                                    {.states = kStates});
      EXPECT_EQ(proofs.back().result.end, sim::ProofEnd::closed) << fixes;
      EXPECT_TRUE(waits_empty_handed(proofs)) << fixes;
    }
  }
}

}  // namespace
}  // namespace zoneknot::tools
