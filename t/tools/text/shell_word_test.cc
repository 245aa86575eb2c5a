#include "tools/text/shell_word.h"

#include <gtest/gtest.h>

#include "tools/text/input_error.h"

namespace zoneknot::tools {
namespace {

TEST(ShellWord, PlainWordsStayAsTheyAre) {
  for (const std::string text : {"a.fio", "sim:zones=4,filled=0-7+12", "/tmp/x_y@z%1", "jobs=2"}) {
    EXPECT_EQ(shell_word(text), text);
  }
}

TEST(ShellWord, WhatAShellWouldChangeIsQuoted) {
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("my job.fio"), "'my job.fio'");
  EXPECT_EQ(shell_word("it's $HOME"), "'it'\\''s $HOME'");
  EXPECT_EQ(shell_word("~/a;b"), "'~/a;b'");
  EXPECT_EQ(shell_word("\xc3\xbc.fio"), "'\xc3\xbc.fio'");
}

TEST(ShellWord, ControlCharactersAreWrittenOut) { EXPECT_EQ(shell_word("a\x1b[1m'\\\n"), "$'a\\033[1m\\'\\\\\\012'"); }

TEST(ShellWord, AnOutputIsNoneOfTheInputs) {
  EXPECT_EQ(output_word("hang.witness", {"a.fio", ""}), "hang.witness");
  EXPECT_EQ(output_word("hang.witness", {"./hang.witness"}), "hang.2.witness");
  EXPECT_EQ(output_word("hang.witness", {"hang.witness", "x/../hang.2.witness"}), "hang.3.witness");
  EXPECT_EQ(with_infix("a b/lat.witness", "small"), "a b/lat.small.witness");
  EXPECT_EQ(with_infix("w", "small"), "w.small");
}

TEST(InputError, WhatSteersATerminalIsNotPrinted) {
  EXPECT_EQ(printable("a\x1b[1m\x7f\r\nb"), "a?[1m??\nb");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m \xc3\xbc \xe2\x80\xa6"),
            "?31m \xc3\xbc \xe2\x80\xa6")
      << "letters stay";
  EXPECT_EQ((InputError{.file = "\x1b", .message = "\t"}.to_string()), "?: ?");
}

}  // namespace
}  // namespace zoneknot::tools
