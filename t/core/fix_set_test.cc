// The sets of switches and their text.

#include "core/fix_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace zoneknot::core {
namespace {

FixSet subset(unsigned bits) {
  FixSet set = FixSet::none();
  for (unsigned i = 0; i < kSeriesFixes; ++i) {
    if ((bits >> i & 1U) != 0) set = set.with(static_cast<Fix>(i));
  }
  return set;
}

TEST(FixSet, EverySubset_IsReadBackFromItsText) {
  for (unsigned bits = 0; bits < 64; ++bits) {
    const FixSet set = subset(bits);
    const auto parsed = FixSet::parse(set.to_string());
    ASSERT_TRUE(parsed) << set.to_string();
    EXPECT_EQ(*parsed, set) << set.to_string();
  }
}

TEST(FixSet, Text_NamesAsFewSwitchesAsPossible) {
  for (unsigned bits = 0; bits < 64; ++bits) {
    const int on = std::popcount(bits);
    const int from_legacy = std::popcount(bits ^ 1U);
    const std::string text = subset(bits).to_string();
    EXPECT_EQ(std::count(text.begin(), text.end(), ','), std::min({on, from_legacy, 6 - on})) << text;
  }
}

TEST(FixSet, NamedSets_AreWhatTheProtocolSays) {
  for (const Fix fix :
       {Fix::adjust_trylock, Fix::swd_skip, Fix::reset_one_zone, Fix::zone_lock, Fix::cleanup_aio, Fix::quiesce_all}) {
    EXPECT_FALSE(FixSet::none().has(fix));
    EXPECT_TRUE(FixSet::series().has(fix));
    EXPECT_EQ(FixSet::legacy().has(fix), fix == Fix::adjust_trylock);
  }
  EXPECT_EQ(FixSet::none().to_string(), "none");
  EXPECT_EQ(FixSet::legacy().to_string(), "legacy");
  EXPECT_EQ(FixSet::series().to_string(), "series");
}

TEST(FixSet, Aliases_CountAsInTheProtocol) {
  const std::vector<Fix> by_number = {Fix::adjust_trylock, Fix::swd_skip,    Fix::reset_one_zone,
                                      Fix::zone_lock,      Fix::cleanup_aio, Fix::quiesce_all};
  for (std::size_t i = 0; i < by_number.size(); ++i) {
    const auto parsed = FixSet::parse("none,+F" + std::to_string(i));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, FixSet::none().with(by_number[i]));
  }
}

TEST(FixSet, LeadingSign_ChoosesWhatItStartsFrom) {
  EXPECT_EQ(FixSet::parse("-zone-lock").value(), FixSet::standard().without(Fix::zone_lock));
  EXPECT_EQ(FixSet::parse("+ndebug").value(), FixSet::standard().with(Fix::ndebug));
  EXPECT_EQ(FixSet::parse("-F3,-F5").value(), FixSet::standard().without(Fix::zone_lock).without(Fix::quiesce_all));
  EXPECT_EQ(FixSet::parse("+ndebug,-F0").value(), FixSet::standard().with(Fix::ndebug).without(Fix::adjust_trylock));
}

TEST(FixSet, WithoutBeingTold_TheNewestReleaseIsMeant) {
  EXPECT_EQ(FixSet::standard(), FixSet::parse("fio-newest").value());
}

TEST(FixSet, BadText_IsRefusedWithThePartItIsAbout) {
  struct Bad {
    const char* text;
    const char* part;
  };
  for (const Bad& bad :
       {Bad{"", "''"}, Bad{"all", "'all'"}, Bad{"series,", "''"}, Bad{",series", "''"}, Bad{"series,none", "'none'"},
        Bad{"series,zone-lock", "'zone-lock'"}, Bad{"zone-lock", "'zone-lock'"}, Bad{"+", "'+'"}, Bad{"-F6", "'-F6'"},
        Bad{"-f1", "'-f1'"}, Bad{"-F12", "'-F12'"}, Bad{"-F", "'-F'"}, Bad{"Series", "'Series'"},
        Bad{" series", "' series'"}, Bad{"series, -F1", "' -F1'"}, Bad{"series,-F1,+swd-skip", "'swd-skip'"},
        Bad{"series,-F1,-F1", "'F1'"}, Bad{"+-F1", "'+-F1'"}}) {
    const auto parsed = FixSet::parse(bad.text);
    ASSERT_FALSE(parsed) << bad.text;
    EXPECT_NE(parsed.error().find(bad.part), std::string::npos) << parsed.error();
    EXPECT_EQ(parsed.error().find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace zoneknot::core
