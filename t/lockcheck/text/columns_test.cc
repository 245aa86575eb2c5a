#include "lockcheck/text/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zoneknot::lockcheck {
namespace {

using ::testing::ElementsAre;

TEST(Columns, FitKeepsWhatFitsAndMarksWhatWasCut) {
  EXPECT_EQ(fit("zone 3", 6), "zone 3");
  EXPECT_EQ(fit("convert_to_open_zone", 10), "convert_..");
  EXPECT_EQ(fit("abc", 2), "..");
  EXPECT_EQ(fit("abc", 0), "");
}

TEST(Columns, WidthsCountCharactersAndCutsFallBetweenThem) {
  EXPECT_EQ(width_of("größe"), 5U);
  EXPECT_EQ(fit("ßßßßß", 4), "ßß..");
  EXPECT_EQ(column("ß", 3), "ß  ");
}

TEST(Columns, WhatWouldMoveTheCursorIsShownAsAQuestionMark) {
  EXPECT_EQ(fit("a\nb\x1b[2J", 20), "a?b?[2J");
  EXPECT_THAT(wrap("a\tb", 20), ElementsAre("a?b"));
}

TEST(Columns, WrapBreaksAtBlanksAndLongWordsAnywhere) {
  EXPECT_THAT(wrap("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("a abcdefghij", 4), ElementsAre("a", "abcd", "efgh", "ij"));
  EXPECT_THAT(wrap("", 8), ElementsAre(""));
}

TEST(Columns, HangingIndentsWhatFollowsByTheLabel) {
  EXPECT_EQ(hanging("ab: ", std::string(70, 'x') + " " + std::string(70, 'y')),
            "ab: " + std::string(70, 'x') + "\n    " + std::string(70, 'y') + "\n");
}

TEST(Columns, NumbersAreGroupedByThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(counted(1, "task"), "1 task");
  EXPECT_EQ(counted(1200, "task"), "1,200 tasks");
}

}  // namespace
}  // namespace zoneknot::lockcheck
