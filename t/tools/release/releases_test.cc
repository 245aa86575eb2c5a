#include "tools/release/releases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zoneknot::tools {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> labels(const std::string& range) {
  std::vector<std::string> labels;
  const auto rows = releases_of(range, "--releases").value();
  for (const ReleaseRow& row : rows) labels.push_back(row.label);
  return labels;
}

TEST(Releases, ThatBehaveAlike_AreOneRow) {
  EXPECT_THAT(labels("3.23-3.26"), ElementsAre("fio-3.23", "fio-3.24, 3.25", "fio-3.26"));
  EXPECT_THAT(labels("fio-3.29-fio-3.34"), ElementsAre("fio-3.29", "fio-3.30 to 3.33", "fio-3.34"));
  EXPECT_THAT(labels("3.41-newest"), ElementsAre("fio-3.41", "fio-3.42, newest"));
  EXPECT_THAT(labels("3.31"), ElementsAre("fio-3.31"));
  EXPECT_EQ(labels("").front(), "fio-3.18, 3.19");
  EXPECT_EQ(labels("").back(), "fio-3.42, newest");
}

TEST(Releases, ThatAreUnknownOrTheWrongWayRound_AreRefused) {
  EXPECT_THAT(releases_of("3.26-3.77", "--releases").error().to_string(), HasSubstr("unknown release 'fio-3.77'"));
  EXPECT_THAT(releases_of("3.33-3.26", "--releases").error().to_string(),
              HasSubstr("--releases: fio-3.33 is newer than fio-3.26"));
  EXPECT_THAT(releases_between("newst", "3.33", "--from").error().to_string(), HasSubstr("--from: "));
}

}  // namespace
}  // namespace zoneknot::tools
