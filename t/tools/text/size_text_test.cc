#include "tools/text/size_text.h"

#include <gtest/gtest.h>

#include <string>

namespace zoneknot::tools {
namespace {

// The value, or "offset: message".
template <class T>
std::string shown(const Value<T>& value) {
  if (!value) return std::to_string(value.error().offset) + ": " + value.error().message;
  return std::to_string(*value);
}

struct Reading {
  std::string text;
  std::string result;
};

TEST(SizeText, SizesAreThoseOfFio) {
  const Reading cases[] = {
      {"0", "0"},
      {"4096", "4096"},
      {"0x10", "16"},
      {"4k", "4096"},
      {"4K", "4096"},
      {"4kB", "4096"},
      {"4b", "4"},
      {"4ki", "4096"},
      {"4kib", "4000"},
      {"1MiB", "1000000"},
      {"1m", "1048576"},
      {"3g", "3221225472"},
      {"1t", "1099511627776"},
      {"1p", "1125899906842624"},
      {"18446744073709551615", "18446744073709551615"},
  };
  for (const Reading& c : cases) EXPECT_EQ(shown(parse_size(c.text)), c.result) << c.text;
}

TEST(SizeText, SizesThatAreNoneAreRefusedWhereTheyAreWrong) {
  const Reading cases[] = {
      {"", "0: the value is empty"},
      {"-5", "0: '-5' is negative"},
      {"k", "0: 'k' is not a number"},
      {"0x", "0: '0x' is not a number"},
      {"+4", "0: '+4' is not a number"},
      {"4kk", "2: '4kk' has more than one suffix"},
      {"4kz", "1: unknown suffix 'kz'"},
      {"12q", "2: unknown suffix 'q'"},
      {"1.5m", "1: '1.5m' is not a whole number"},
      {"50%", "2: a percentage as in '50%' is not allowed here"},
      {"4k-8k", "1: unknown suffix 'k-8k'"},
      {"4-8", "1: a range as in '4-8' is not allowed here"},
      {"(1+2)", "0: arithmetic as in '(1+2)' is not supported yet"},
      {"18446744073709551616", "0: '18446744073709551616' is too large"},
      {"99999p", "0: '99999p' is too large"},
      {"2z", "1: a number of zones as in '2z' is not allowed here"},
  };
  for (const Reading& c : cases) EXPECT_EQ(shown(parse_size(c.text)), c.result) << c.text;
}

TEST(SizeText, AmountsMayCountZones) {
  const auto zones = parse_amount("4z");
  ASSERT_TRUE(zones);
  EXPECT_TRUE(zones->in_zones);
  EXPECT_EQ(zones->number, 4U);
  const auto bytes = parse_amount("4kib");
  ASSERT_TRUE(bytes);
  EXPECT_FALSE(bytes->in_zones);
  EXPECT_TRUE(bytes->decimal);
  EXPECT_EQ(bytes->number, 4000U);
}

TEST(SizeText, CountsHaveBounds) {
  EXPECT_EQ(shown(parse_count("1", 1, 4)), "1");
  EXPECT_EQ(shown(parse_count("4", 1, 4)), "4");
  EXPECT_EQ(shown(parse_count("0", 1, 4)), "0: '0' is below 1");
  EXPECT_EQ(shown(parse_count("5", 1, 4)), "0: '5' is above 4");
}

TEST(SizeText, TimesAreInNanoseconds) {
  const Reading cases[] = {
      {"2", "2000000000"},
      {"3us", "3000"},
      {"3usec", "3000"},
      {"3MS", "3000000"},
      {"3msec", "3000000"},
      {"1s", "1000000000"},
      {"1sec", "1000000000"},
      {"2m", "120000000000"},
      {"1h", "3600000000000"},
      {"1D", "86400000000000"},
      {"1min", "1: unknown suffix 'min'"},
      {"10x", "2: unknown suffix 'x'"},
      {"1:5", "1: a range as in '1:5' is not allowed here"},
      {"300000d", "0: '300000d' is too large"},
      {"-1", "0: '-1' is negative"},
  };
  for (const Reading& c : cases) EXPECT_EQ(shown(parse_time(c.text, kSecondNs)), c.result) << c.text;
  EXPECT_EQ(shown(parse_time("7", kMicrosecondNs)), "7000");
}

TEST(SizeText, FractionsAreFromZeroToOne) {
  EXPECT_DOUBLE_EQ(*parse_fraction("0.25"), 0.25);
  EXPECT_DOUBLE_EQ(*parse_fraction("1e-3"), 0.001);
  EXPECT_DOUBLE_EQ(*parse_fraction("1"), 1.0);
  const Reading cases[] = {
      {"", "0: the value is empty"},
      {"1.5", "0: '1.5' is not from 0 to 1"},
      {"-0.1", "0: '-0.1' is not from 0 to 1"},
      {"nan", "0: 'nan' is not from 0 to 1"},
      {"inf", "0: 'inf' is not from 0 to 1"},
      {"half", "0: 'half' is not a number"},
      {"0.5:0.7", "3: unexpected ':0.7' behind a number from 0 to 1"},
      {"50%", "0: '50%' is not from 0 to 1"},
  };
  for (const Reading& c : cases) EXPECT_EQ(shown(parse_fraction(c.text)), c.result) << c.text;
}

TEST(SizeText, FlagsAreZeroOrOne) {
  EXPECT_EQ(shown(parse_flag("0")), "0");
  EXPECT_EQ(shown(parse_flag("1")), "1");
  EXPECT_EQ(shown(parse_flag("yes")), "0: 'yes' is neither 0 nor 1");
  EXPECT_EQ(shown(parse_flag("")), "0: '' is neither 0 nor 1");
}

}  // namespace
}  // namespace zoneknot::tools
