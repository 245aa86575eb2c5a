#include "tools/text/size_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "tools/text/input_error.h"

namespace zoneknot::tools {
namespace {

struct Suffix {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::uint64_t kKilo = 1000;
constexpr std::uint64_t kKibi = 1024;

constexpr std::array<Suffix, 22> kSizeSuffixes = {{{"", 1},
                                                   {"b", 1},
                                                   {"k", kKibi},
                                                   {"kb", kKibi},
                                                   {"ki", kKibi},
                                                   {"kib", kKilo},
                                                   {"m", kKibi* kKibi},
                                                   {"mb", kKibi* kKibi},
                                                   {"mi", kKibi* kKibi},
                                                   {"mib", kKilo* kKilo},
                                                   {"g", kKibi* kKibi* kKibi},
                                                   {"gb", kKibi* kKibi* kKibi},
                                                   {"gi", kKibi* kKibi* kKibi},
                                                   {"gib", kKilo* kKilo* kKilo},
                                                   {"t", kKibi* kKibi* kKibi* kKibi},
                                                   {"tb", kKibi* kKibi* kKibi* kKibi},
                                                   {"ti", kKibi* kKibi* kKibi* kKibi},
                                                   {"tib", kKilo* kKilo* kKilo* kKilo},
                                                   {"p", kKibi* kKibi* kKibi* kKibi* kKibi},
                                                   {"pb", kKibi* kKibi* kKibi* kKibi* kKibi},
                                                   {"pi", kKibi* kKibi* kKibi* kKibi* kKibi},
                                                   {"pib", kKilo* kKilo* kKilo* kKilo* kKilo}}};

constexpr std::array<Suffix, 9> kTimeSuffixes = {{{"us", kMicrosecondNs},
                                                  {"usec", kMicrosecondNs},
                                                  {"ms", 1000 * kMicrosecondNs},
                                                  {"msec", 1000 * kMicrosecondNs},
                                                  {"s", kSecondNs},
                                                  {"sec", kSecondNs},
                                                  {"m", 60 * kSecondNs},
                                                  {"h", 3600 * kSecondNs},
                                                  {"d", 86400 * kSecondNs}}};

// "12kb" in its two parts.
struct Parts {
  std::uint64_t number = 0;
  std::string suffix;  // in lower case
  std::size_t suffix_at = 0;
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return result;
}

Value<Parts> split(std::string_view text) {
  if (text.empty()) return wrong_value(0, "the value is empty");
  if (text.front() == '-') return wrong_value(0, in_quotes(text) + " is negative");
  if (text.front() == '(') return wrong_value(0, "arithmetic as in " + in_quotes(text) + " is not supported yet");
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const char* const begin = text.data() + (hexadecimal ? 2 : 0);
  const char* const end = text.data() + text.size();
  Parts parts;
  const auto [rest, error] = std::from_chars(begin, end, parts.number, hexadecimal ? 16 : 10);
  if (error == std::errc::invalid_argument) return wrong_value(0, in_quotes(text) + " is not a number");
  if (error != std::errc()) return wrong_value(0, in_quotes(text) + " is too large");
  parts.suffix_at = static_cast<std::size_t>(rest - text.data());
  parts.suffix = lower(text.substr(parts.suffix_at));
  return parts;
}

std::optional<std::uint64_t> factor_of(std::span<const Suffix> suffixes, std::string_view name) {
  const auto found = std::ranges::find(suffixes, name, &Suffix::name);
  return found == suffixes.end() ? std::nullopt : std::optional(found->factor);
}

// A suffix that is none: says what the user may have meant.
tl::unexpected<ValueError> wrong_suffix(std::span<const Suffix> known, std::string_view text, const Parts& parts) {
  const std::string_view suffix = parts.suffix;
  if (suffix == "%")
    return wrong_value(parts.suffix_at, "a percentage as in " + in_quotes(text) + " is not allowed here");
  if (suffix.front() == '.') return wrong_value(parts.suffix_at, in_quotes(text) + " is not a whole number");
  if (suffix.front() == '-' || suffix.front() == ':') {
    return wrong_value(parts.suffix_at, "a range as in " + in_quotes(text) + " is not allowed here");
  }
  for (std::size_t length = 1; length < suffix.size(); ++length) {
    if (factor_of(known, suffix.substr(0, length)) && factor_of(known, suffix.substr(length))) {
      return wrong_value(parts.suffix_at + length, in_quotes(text) + " has more than one suffix");
    }
  }
  return wrong_value(parts.suffix_at, "unknown suffix " + in_quotes(text.substr(parts.suffix_at)));
}

Value<std::uint64_t> scaled(std::string_view text, std::uint64_t number, std::uint64_t factor) {
  if (number > UINT64_MAX / factor) return wrong_value(0, in_quotes(text) + " is too large");
  return number * factor;
}

}  // namespace

tl::unexpected<ValueError> wrong_value(std::size_t offset, std::string message) {
  return tl::unexpected<ValueError>(ValueError{offset, std::move(message)});
}

Value<Amount> parse_amount(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return tl::unexpected(parts.error());
  if (parts->suffix == "z") return Amount{.number = parts->number, .in_zones = true};
  if (parts->suffix == "%") return Amount{.number = parts->number, .in_percent = true};
  const auto factor = factor_of(kSizeSuffixes, parts->suffix);
  if (!factor) return wrong_suffix(kSizeSuffixes, text, *parts);
  const auto bytes = scaled(text, parts->number, *factor);
  if (!bytes) return tl::unexpected(bytes.error());
  return Amount{.number = *bytes, .decimal = parts->suffix.ends_with("ib")};
}

Value<std::uint64_t> parse_size(std::string_view text) {
  const auto amount = parse_amount(text);
  if (!amount) return tl::unexpected(amount.error());
  if (amount->in_zones)
    return wrong_value(text.size() - 1, "a number of zones as in " + in_quotes(text) + " is not allowed here");
  if (amount->in_percent)
    return wrong_value(text.size() - 1, "a percentage as in " + in_quotes(text) + " is not allowed here");
  return amount->number;
}

Value<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most) {
  const auto count = parse_size(text);
  if (!count) return count;
  if (*count < least) return wrong_value(0, in_quotes(text) + " is below " + std::to_string(least));
  if (*count > most) return wrong_value(0, in_quotes(text) + " is above " + std::to_string(most));
  return count;
}

Value<std::uint64_t> parse_time(std::string_view text, std::uint64_t unit_ns) {
  const auto parts = split(text);
  if (!parts) return tl::unexpected(parts.error());
  const auto factor = parts->suffix.empty() ? std::optional(unit_ns) : factor_of(kTimeSuffixes, parts->suffix);
  if (!factor) return wrong_suffix(kTimeSuffixes, text, *parts);
  return scaled(text, parts->number, *factor);
}

Value<std::int64_t> parse_signed(std::string_view text) {
  const bool negative = text.starts_with('-');
  auto count = parse_count(text.substr(negative ? 1 : 0), 0, INT32_MAX);
  if (!count) return wrong_value(count.error().offset + (negative ? 1 : 0), count.error().message);
  return negative ? -static_cast<std::int64_t>(*count) : static_cast<std::int64_t>(*count);
}

Value<double> parse_percent(std::string_view text) {
  if (text.ends_with('%')) text.remove_suffix(1);
  double percent = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, percent);
  if (error != std::errc() || rest != end || !(percent >= 0 && percent <= 100)) {
    return wrong_value(0, in_quotes(text) + " is no number from 0 to 100");
  }
  return percent;
}

Value<double> parse_fraction(std::string_view text) {
  if (text.empty()) return wrong_value(0, "the value is empty");
  double fraction = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, fraction);
  if (error == std::errc::invalid_argument) return wrong_value(0, in_quotes(text) + " is not a number");
  // Not the other way round: what is no number compares as false.
  if (error != std::errc() || !(fraction >= 0 && fraction <= 1))
    return wrong_value(0, in_quotes(text) + " is not from 0 to 1");
  if (rest != end) {
    const auto offset = static_cast<std::size_t>(rest - text.data());
    return wrong_value(offset, "unexpected " + in_quotes(text.substr(offset)) + " behind a number from 0 to 1");
  }
  return fraction == 0 ? 0.0 : fraction;  // -0 is 0
}

Value<bool> parse_flag(std::string_view text) {
  if (text != "0" && text != "1") return wrong_value(0, in_quotes(text) + " is neither 0 nor 1");
  return text == "1";
}

}  // namespace zoneknot::tools
