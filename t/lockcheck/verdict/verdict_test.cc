#include "lockcheck/verdict/verdict.h"

#include <gtest/gtest.h>

namespace zoneknot::lockcheck {
namespace {

TEST(Verdict, WordsAndExitCodesAreThoseOfTheDesign) {
  struct Expected {
    VerdictWord word;
    const char* name;
    int code;
  };
  for (const Expected& expected : {Expected{VerdictWord::hang, "HANG", 1},
                                   {VerdictWord::livelock, "LIVELOCK", 1},
                                   {VerdictWord::abort, "ABORT", 1},
                                   {VerdictWord::rule, "RULE", 1},
                                   {VerdictWord::early, "EARLY", 1},
                                   {VerdictWord::late, "LATE", 1},
                                   {VerdictWord::possible, "POSSIBLE", 1},
                                   {VerdictWord::incomplete, "INCOMPLETE", 3},
                                   {VerdictWord::proved, "PROVED", 0},
                                   {VerdictWord::verified, "VERIFIED", 0},
                                   {VerdictWord::clean, "CLEAN", 0}}) {
    EXPECT_EQ(word_name(expected.word), expected.name);
    EXPECT_EQ(exit_code(expected.word), expected.code) << expected.name;
  }
}

}  // namespace
}  // namespace zoneknot::lockcheck
