// --dot and --svg as a user meets them.
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class GraphFiles : public CommandTest {
 protected:
  void SetUp() override { path_ = std::getenv("PATH"); }
  void TearDown() override { setenv("PATH", path_.c_str(), 1); }

  // Empty: not installed.
  [[nodiscard]] std::string dot_program() const {
    for (const char* folder : {"/usr/bin", "/usr/local/bin"}) {
      const std::string program = std::string(folder) + "/dot";
      if (access(program.c_str(), X_OK) == 0) return program;
    }
    return {};
  }

  const std::string job_ = job_file("two-jobs.fio");
  std::string path_;
};

TEST_F(GraphFiles, CheckAndReplay_WriteTheSamePictureOfTheHang) {
  const Ended checked = zoneknot({"check", job_, "--fixes=legacy", "-o", "hang.json", "--dot=check.dot"});
  EXPECT_EQ(checked.code, 1) << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("HANG: first and second"));
  EXPECT_THAT(read("check.dot"), StartsWith("digraph zoneknot {\n  graph [label=\"HANG: first and second"));
  EXPECT_THAT(read("check.dot"), HasSubstr("label=\"stuck for ever\""));
  EXPECT_EQ(zoneknot({"replay", "hang.json", "--dot=replay.dot"}).code, 1);
  // A search may have more to show: what other executions predict.
  const std::string replayed = read("replay.dot");
  EXPECT_THAT(read("check.dot"), StartsWith(replayed.substr(0, replayed.rfind('}'))));
}

TEST_F(GraphFiles, Run_WritesATitleWhenNothingIsWrong) {
  EXPECT_EQ(zoneknot({"run", job_, "--dot=run.dot"}).code, 0);
  EXPECT_THAT(read("run.dot"), HasSubstr("CLEAN"));
}

TEST_F(GraphFiles, Dot_ReadsWhatIsWrittenAndDrawsIt) {
  const std::string dot = dot_program();
  if (dot.empty()) GTEST_SKIP() << "graphviz is not installed: tools/install-packages check";
  const Ended ended = zoneknot({"check", job_, "--fixes=legacy", "--dot=hang.dot", "--svg=hang.svg"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(read("hang.svg"), HasSubstr("<svg "));
  EXPECT_THAT(read("hang.svg"), HasSubstr("convert_to_open_zone"));
  const Ended again = ChildProcess(dot, {"-Tcanon", "hang.dot"}, path("")).wait();
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(again.err, "");
}

TEST_F(GraphFiles, WithoutDot_APictureIsRefusedBeforeAnythingRuns) {
  setenv("PATH", path("").c_str(), 1);
  expect_refused({"check", job_, "--fixes=legacy", "-o", "hang.json", "--svg=hang.svg"},
                 "--svg: needs the program dot of Graphviz, which is not installed");
  EXPECT_EQ(zoneknot({"run", job_, "--dot=run.dot"}).code, 0);
}

TEST_F(GraphFiles, APathThatCannotBeWritten_IsRefusedBeforeAnythingRuns) {
  for (const char* command : {"check", "run"}) expect_refused({command, job_, "--dot=no/such/folder.dot"}, "no/such");
}

}  // namespace
}  // namespace zoneknot::tools
