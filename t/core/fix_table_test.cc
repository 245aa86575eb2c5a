// The table of switches and the presets made of it.

#include "core/fix_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace zoneknot::core {
namespace {

using testing::HasSubstr;

FixSet set_of(const std::string& text) {
  const auto set = FixSet::parse(text);
  EXPECT_TRUE(set) << set.error();
  return set.value_or(FixSet::none());
}

std::string refusal(const std::string& text) {
  const auto set = FixSet::parse(text);
  return set ? "accepted" : set.error();
}

TEST(FixTable, HasARowForEverySwitch_UnderNamesOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kFixCount; ++i) {
    const FixRow& row = fix_table()[i];
    EXPECT_EQ(row.fix, static_cast<Fix>(i)) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    if (!row.alias.empty()) {
      EXPECT_TRUE(names.insert(row.alias).second) << row.alias;
      EXPECT_EQ(find_fix(row.alias), row.fix);
    }
    EXPECT_EQ(find_fix(row.name), row.fix);
    EXPECT_FALSE(row.routine.empty() || row.on.empty() || row.off.empty()) << row.name;
  }
  for (int i = 0; i <= 5; ++i) EXPECT_TRUE(find_fix("F" + std::to_string(i)));
  for (int i = 1; i <= 65; ++i) EXPECT_TRUE(find_fix("G" + std::to_string(i)));
  EXPECT_TRUE(find_fix("X1") && find_fix("X2") && find_fix("ndebug"));
  EXPECT_EQ(find_fix("find-zone-trylock"), Fix::find_lock);
}

TEST(FixTable, SwitchIsInEveryReleaseSinceItsOwn_ButForWhatWasReplaced) {
  const FixSet replaced = FixSet::of({Fix::swd_skip, Fix::unlock_checked, Fix::cleanup_aio, Fix::replay_unlock});
  for (const FixRow& row : fix_table()) {
    if (row.since.empty() || row.since.starts_with("patch") || replaced.has(row.fix)) continue;
    const unsigned since = static_cast<unsigned>(std::stoul(std::string(row.since.substr(2))));
    for (unsigned minor = 18; minor <= 42; ++minor) {
      EXPECT_EQ(find_preset("fio-3." + std::to_string(minor))->set.has(row.fix), minor >= since)
          << row.name << " in 3." << minor;
    }
  }
}

TEST(Presets, ContradictNothing_AndAreReadBackFromTheirTexts) {
  for (const Preset& preset : presets()) {
    EXPECT_EQ(contradiction(preset.set), std::nullopt) << preset.name;
    EXPECT_EQ(set_of(preset.name), preset.set);
    EXPECT_EQ(set_of(preset.set.to_string()), preset.set);
    EXPECT_EQ(set_of(preset.set.resolved()), preset.set);
  }
  EXPECT_EQ(presets().size(), 3U + 25U + 1U);
  EXPECT_EQ(set_of("fio-3.31").to_string(), "fio-3.33");
  EXPECT_EQ(set_of("fio-newest").to_string(), "fio-3.42");
  EXPECT_EQ(set_of("fio-3.19"), FixSet::legacy());
}

TEST(Presets, OfTheReleases_HaveTheSwitchesOfThePage) {
  EXPECT_TRUE(set_of("fio-3.25").has(Fix::replay_unlock));
  EXPECT_TRUE(set_of("fio-3.25").has(Fix::swd_skip));
  const FixSet fio_3_33 = set_of("fio-3.33");
  EXPECT_FALSE(fio_3_33.has(Fix::replay_unlock) || fio_3_33.has(Fix::swd_skip) || fio_3_33.has(Fix::finish));
  EXPECT_TRUE(fio_3_33.has(Fix::unlock_checked) && fio_3_33.has(Fix::offload_flush));
  const FixSet newest = set_of("fio-newest");
  EXPECT_FALSE(newest.has(Fix::unlock_checked) || newest.has(Fix::cleanup_aio) || newest.has(Fix::ndebug));
}

TEST(FixSet, ResolvedText_IsThatOfTheWitnessesOfBefore) {
  EXPECT_EQ(set_of("series,+find-lock,+file-reset-quiesce").resolved(),
            "series,+find-zone-trylock,+file-reset-quiesce");
  EXPECT_EQ(set_of("legacy,+swd-skip").resolved(), "legacy,+swd-skip");
  EXPECT_THAT(set_of("fio-newest").resolved(), HasSubstr("series,-swd-skip,-cleanup-aio,+reset-lock,"));
}

TEST(FixSet, ThatContradictsItself_IsRefusedWithTheReason) {
  EXPECT_THAT(refusal("series,+reset-lock,-F2"), HasSubstr("reset-lock needs reset-one-zone, which is off"));
  EXPECT_THAT(refusal("series,+G12"), HasSubstr("reader-below-wp needs replay-writers, which is off"));
  EXPECT_THAT(refusal("fio-3.33,+swd-skip"), HasSubstr("swd-lock replaces swd-skip: only one of them can be on"));
  EXPECT_THAT(refusal("fio-newest,+G65"), HasSubstr("unlock-unchecked replaces unlock-checked"));
}

TEST(FixSet, UnknownRelease_NamesTheNearestOnes) {
  EXPECT_THAT(refusal("fio-3.17"), HasSubstr("unknown release 'fio-3.17': the nearest are fio-3.18 and legacy"));
  EXPECT_THAT(refusal("fio-3.43"), HasSubstr("the nearest are fio-3.42 and fio-newest"));
  EXPECT_THAT(refusal("fio-3.333"), HasSubstr("the nearest are fio-3.42 and fio-newest"));
  EXPECT_THAT(refusal("fio-2.21"), HasSubstr("the nearest are fio-3.18 and legacy"));
  EXPECT_THAT(refusal("fio-4"), HasSubstr("the nearest are fio-3.42 and fio-newest"));
  EXPECT_THAT(refusal("fio-3.33x"), HasSubstr("the nearest is fio-3.33"));
  EXPECT_THAT(refusal("fio-latest"), HasSubstr("the nearest are fio-3.42 and fio-newest"));
}

TEST(Turned, Switch_TakesAlongWhatNeedsItOrWhatItNeeds) {
  for (const Preset& preset : presets()) {
    for (const FixRow& row : fix_table()) {
      const FixSet other = turned(preset.set, row.fix);
      EXPECT_NE(other.has(row.fix), preset.set.has(row.fix)) << preset.name << " " << row.name;
      EXPECT_EQ(contradiction(other), std::nullopt) << preset.name << " " << row.name;
    }
  }
  EXPECT_EQ(turned(set_of("series"), Fix::reader_below_wp), set_of("series,+G11,+G12"));
  EXPECT_EQ(turned(set_of("fio-3.33"), Fix::swd_skip), set_of("fio-3.33,+swd-skip,-swd-lock"));
  EXPECT_EQ(turned(set_of("fio-newest"), Fix::unlock_checked), set_of("fio-newest,+G65,-G49"));
}

}  // namespace
}  // namespace zoneknot::core
