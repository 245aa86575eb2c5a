#include "tools/release/fix_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/fix_table.h"

namespace zoneknot::tools {
namespace {

using testing::HasSubstr;
using testing::Not;
using UnorderedJson = nlohmann::json;

NamedSet named(const std::string& name) { return {name, core::FixSet::parse(name).value()}; }

TEST(FixList, HasEverySwitchAndEveryPreset) {
  const std::string text = fixes_text();
  const UnorderedJson json = UnorderedJson::parse(fixes_json());
  EXPECT_EQ(json.at("schema"), "zoneknot.fixes/1");
  EXPECT_EQ(json.at("switches").size(), core::fix_table().size());
  EXPECT_EQ(json.at("presets").size(), core::presets().size());
  for (const core::FixRow& row : core::fix_table()) EXPECT_THAT(text, HasSubstr(std::string(row.name)));
  for (const core::Preset& preset : core::presets()) EXPECT_THAT(text, HasSubstr("\n" + preset.name));
}

TEST(FixList, SaysWhatLiesBetweenTwoSets) {
  const std::string text = between_text(named("fio-3.25"), named("fio-3.26"));
  EXPECT_THAT(text, HasSubstr("fio-3.26 turns on, after fio-3.25"));
  EXPECT_THAT(text, HasSubstr("swd-lock"));
  EXPECT_THAT(text, HasSubstr("fio-3.26 turns off, after fio-3.25"));
  EXPECT_THAT(text, HasSubstr("replay-unlock"));
  EXPECT_THAT(text, Not(HasSubstr("open-retry")));
  EXPECT_EQ(between_text(named("fio-3.30"), named("fio-3.33")), "fio-3.30 and fio-3.33 are the same\n");
  const UnorderedJson json = UnorderedJson::parse(between_json(named("legacy"), named("series")));
  EXPECT_EQ(json.at("turned_on").size(), 5U);
  EXPECT_TRUE(json.at("turned_off").empty());
}

TEST(FixList, SaysWhatIsOnInASet) {
  EXPECT_THAT(set_text(named("legacy")), HasSubstr("legacy: 1 switch on\n\nF0   adjust-trylock"));
  EXPECT_EQ(set_text(named("none")), "none: all switches are off\n");
  EXPECT_EQ(UnorderedJson::parse(set_json(named("legacy"))).at("switches").at(0).at("routine"), "adjust_block");
}

}  // namespace
}  // namespace zoneknot::tools
