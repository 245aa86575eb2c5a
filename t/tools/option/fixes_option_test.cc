// --fixes as it is typed.

#include "tools/option/fixes_option.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/option/installed_fio.h"

namespace zoneknot::tools {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& text) {
  const auto fixes = parse_fixes(text);
  return fixes ? "accepted" : fixes.error().message;
}

TEST(FixesOption, MisspeltName_IsSuggested) {
  EXPECT_THAT(refusal("series,+find-lok"), HasSubstr("did you mean 'find-lock'?"));
  EXPECT_THAT(refusal("serie"), HasSubstr("did you mean 'series'?"));
  EXPECT_THAT(refusal("fio-newst"), HasSubstr("fio-newest"));
  EXPECT_THAT(refusal("open-retry"), HasSubstr("did you mean '+open-retry' or '-open-retry'?"));
  EXPECT_THAT(refusal("fio-3.33,-find-lok"), HasSubstr("'-find-lok'"));
}

TEST(FixesOption, VersionOfAProgram_IsItsPreset) {
  EXPECT_EQ(preset_of_version("fio-3.33"), "fio-3.33");
  EXPECT_EQ(preset_of_version("fio-3.33-16-g0a1b2c3d"), "fio-3.33");
  EXPECT_EQ(preset_of_version("fio-3.42-116-g0a1b2c3d"), "fio-newest");
  EXPECT_EQ(preset_of_version("fio-3.42-dirty"), "fio-newest");
  EXPECT_EQ(preset_of_version("fio-3.42"), "fio-3.42");
}

TEST(FixesOption, Fio_IsThePresetOfTheInstalledOne) {
  const auto version = installed_fio();
  if (!version) {
    EXPECT_THAT(refusal("fio"), HasSubstr("fio is not installed"));
    return;
  }
  EXPECT_EQ(parse_fixes("fio,-zone-lock").value(), parse_fixes(preset_of_version(*version) + ",-zone-lock").value());
}

}  // namespace
}  // namespace zoneknot::tools
