// `zoneknot check JOB` without a budget: the strongest word that is true of the job, at every size.
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class PlainCheck : public CommandTest {
 protected:
  Ended check(const std::string& lines, const std::string& fixes) {
    return zoneknot({"check", write("job.fio", "[w]\nfilename=${ZONED}\nzonemode=zbd\nioengine=libaio\n" + lines),
                     "--device=sim", "--fixes=" + fixes});
  }
};

TEST_F(PlainCheck, AFindingWins) {
  const Ended ended = check("rw=randwrite\nbs=64k\niodepth=4\nnumjobs=3\nsize=8z\n", "none");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, ::testing::StartsWith("HANG: "));
}

TEST_F(PlainCheck, AJobThatCanBeProved_Is) {
  const Ended ended = check("rw=write\nbs=64k\niodepth=2\nnumjobs=2\nsize=4z\n", "series");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(::testing::StartsWith("PROVED: "), HasSubstr("the job as it is was searched")));
}

// Its executions have tens of millions of scheduling points.
TEST_F(PlainCheck, AJobOfFullSizeThatHangs_IsFoundInShortPieces) {
  const Ended ended = check("rw=randwrite\nbs=4k\niodepth=32\nnumjobs=8\nsize=8G\n", "none");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, ::testing::StartsWith("HANG: "));
}

TEST_F(PlainCheck, WithABudgetOfItsOwn_SearchesTheJobAlone) {
  const std::string job =
      write("job.fio", "[w]\nfilename=${ZONED}\nzonemode=zbd\nioengine=libaio\nrw=write\nbs=64k\nsize=4z\n");
  const Ended first = zoneknot({"check", job, "--device=sim", "--executions=20", "--format=json"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, AllOf(HasSubstr("\"CLEAN\""), Not(HasSubstr("--bound"))));
}

TEST_F(PlainCheck, IncompleteNamesTheNextCommand) {
  const std::string job =
      write("job.fio", "[w]\nfilename=${ZONED}\nzonemode=zbd\nioengine=libaio\nrw=write\nbs=64k\nsize=64z\n");
  const Ended ended = zoneknot({"check", job, "--device=sim", "--executions=3", "--max-steps=50"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, AllOf(ContainsRegex("next[ \n]+[^ \n]*zoneknot[ \n]+check"), HasSubstr("--max-steps=500")));
}

// The blocks that a random map has left are a state: longer would help nobody.
TEST_F(PlainCheck, ABoundWithTooManyStates_NamesASmallerOne) {
  const std::string job = write("job.fio",
                                "[w]\nfilename=${ZONED}\nzonemode=zbd\nioengine=libaio\nrw=randread\nbs=64k\nsize=16z\n"
                                "iodepth=4\n");
  const Ended ended = zoneknot({"check", job, "--bound=zones=2", "--time=500ms"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, ContainsRegex("next[ \n]+[^ \n]*zoneknot[ \n]+check[^:]*--bound=zones=2,ios=4"));
}

}  // namespace
}  // namespace zoneknot::tools
