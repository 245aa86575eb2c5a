// The prover is worth what it refuses: every careful lock taken plainly and every leak put back has to lose the proof,
// at the place where it is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockcheck/text/site.h"
#include "tools/prove/classes.h"
#include "tools/prove/verdict.h"

namespace zoneknot::tools {
namespace {

using core::Fix;
using core::FixSet;
using sim::ProofFaults;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

constexpr ProofSize kSize = {.depth = 2, .zones = 3, .blocks = 1};
constexpr ProofSize kTwoZones = {.depth = 2, .zones = 2, .blocks = 1};
constexpr FixSet kSeries = FixSet::series();
// What it takes to prove every kind of job.
constexpr FixSet kAll = kSeries.with(Fix::find_lock)
                            .with(Fix::file_reset_quiesce)
                            .with(Fix::accept_conventional)
                            .with(Fix::replay_order_wrap);

constexpr const char* kSmallJob =
    "[job]\nfilename=disk\nzonemode=zbd\nzonesize=1M\nmax_open_zones=2\nioengine=libaio\nbs=16k\niodepth=4\nsize=4z\n";

// "g find_zone": the rule and the function of every break, without assertions.
std::vector<std::string> broken(const std::string& options, FixSet fixes, ProofFaults faults = ProofFaults::none,
                                const std::string& device = "sim", const ProofSize& size = kSize) {
  const auto instance = make_instance({.job_path = "job.fio", .fixes = "series", .device = device, .environment = {{}}},
                                      kSmallJob + options, {});
  EXPECT_TRUE(instance) << instance.error().to_string();
  const auto small = proof_instance(*instance, size);
  EXPECT_TRUE(small) << small.error().to_string();
  const auto proofs = run_proof(*small, fixes, faults, {});
  for (const JobProof& proof : proofs) EXPECT_EQ(proof.result.end, sim::ProofEnd::closed);
  std::vector<std::string> found;
  for (const sim::ProofBreak& broken : all_breaks(proofs)) {
    if (broken.rule == lockcheck::Rule::assertion) continue;
    found.push_back(std::string(lockcheck::rule_name(broken.rule)) + " " + lockcheck::function_name(broken.site));
  }
  return found;
}

const std::string kRandomWriter = "rw=randwrite\nnorandommap=1\n";
const std::string kRandomReader = "rw=randread\nnorandommap=1\n";

TEST(Proof, Series_IsProvedForRandomWriters) { EXPECT_THAT(broken(kRandomWriter, kSeries), IsEmpty()); }

TEST(Proof, Series_IsProvedForRandomWritersOnADeviceThatFails) {
  EXPECT_THAT(broken(kRandomWriter, kSeries, ProofFaults::device, "sim", kTwoZones), IsEmpty());
}

TEST(Proof, FirstLockOfTheAdjusterTakenPlainly_LosesIt) {
  EXPECT_THAT(broken(kRandomWriter, kSeries.without(Fix::adjust_trylock)), Contains("g adjust_block"));
}

TEST(Proof, LocksOfConvertTakenPlainly_LoseIt) {
  EXPECT_THAT(broken(kRandomWriter, kSeries.without(Fix::zone_lock)),
              IsSupersetOf({"g convert_to_open_zone", "g open_another", "g take_open_zone_with_room"}));
}

// Two of its own I/Os have to be in flight when the first one fails.
TEST(Proof, QuiesceThatStopsAtAnError_LosesItOnADeviceThatFails) {
  constexpr ProofSize kDeeper = {.depth = 3, .zones = 2, .blocks = 1};
  const FixSet stops = kAll.without(Fix::quiesce_all);
  EXPECT_THAT(broken(kRandomReader, stops, ProofFaults::none, "sim", kDeeper), IsEmpty());
  EXPECT_THAT(broken(kRandomReader, stops, ProofFaults::device, "sim", kDeeper), Contains("g adjust_block"));
  EXPECT_THAT(broken(kRandomReader, kAll, ProofFaults::device, "sim", kDeeper), IsEmpty());
}

TEST(Proof, CleanupThatGivesUp_LeaksOnADeviceThatFails) {
  EXPECT_THAT(broken(kRandomWriter, kSeries.without(Fix::cleanup_aio)), IsEmpty());
  EXPECT_THAT(broken(kRandomWriter, kSeries.without(Fix::cleanup_aio), ProofFaults::device, "sim", kTwoZones),
              Contains("d adjust_block"));
}

TEST(Proof, EngineThatCannotReap_LeaksInSpiteOfTheSeries) {
  EXPECT_THAT(broken(kRandomWriter, kSeries, ProofFaults::engine, "sim", kTwoZones), Contains("d adjust_block"));
}

TEST(Proof, FindZone_NeedsToBeCareful) {
  EXPECT_THAT(broken(kRandomReader, kSeries), Contains("g find_zone"));
  EXPECT_THAT(broken(kRandomReader, kSeries.with(Fix::find_lock)), IsEmpty());
}

TEST(Proof, LockOfAConventionalZone_HasToBeGivenBack) {
  const std::string device = "sim:conventional=1";
  EXPECT_THAT(broken(kRandomReader, kAll.without(Fix::accept_conventional), ProofFaults::none, device),
              Contains("d find_zone"));
  EXPECT_THAT(broken(kRandomReader, kAll, ProofFaults::none, device), IsEmpty());
}

TEST(Proof, ReplayedOrder_MustNotRunBehindTheZone) {
  const std::string job = "rw=read\nverify=crc32c\n";
  EXPECT_THAT(broken(job, kAll.without(Fix::replay_order_wrap), ProofFaults::none, "sim", kTwoZones),
              Contains("e unlock_zone_of"));
  EXPECT_THAT(broken(job, kAll, ProofFaults::none, "sim", kTwoZones), IsEmpty());
}

TEST(Proof, FileResetInTheMiddleOfWork_HasToReapFirst) {
  const std::string job = "rw=randwrite\nnorandommap=0\ntime_based\nruntime=1\n";
  EXPECT_THAT(broken(job, kSeries), Contains("g reset_zones"));
  EXPECT_THAT(broken(job, kSeries.with(Fix::file_reset_quiesce)), IsEmpty());
}

TEST(Proof, OpeningInAscendingOrder_NeedsNeitherPatch1NorPatch2) {
  EXPECT_THAT(broken(kRandomWriter, kSeries.without(Fix::swd_skip).without(Fix::reset_one_zone)), IsEmpty());
}

}  // namespace
}  // namespace zoneknot::tools
