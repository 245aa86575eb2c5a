#include "tools/option/latency_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>

#include "tools/text/ini_file.h"
#include "tools/text/nearest_word.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {
namespace {

using device::FillPoint;
using device::LatencyProfile;
using device::SizePoint;
using device::TransferTime;
using Mistake = std::optional<InputError>;

constexpr double kMegabyte = 1e6;
constexpr double kMostMicroseconds = 1e12;
constexpr double kMostMegabytes = 1e9;

// Reads one table of the file. Every key that is read is known; the others are mistakes.
class ProfileTable {
 public:
  ProfileTable(std::string_view file_name, const toml::table& table) : file_name_(file_name), table_(table) {}

  [[nodiscard]] InputError mistake(const toml::source_region& at, std::string message) const {
    return {std::string(file_name_), at.begin.line, at.begin.column, std::move(message)};
  }

  [[nodiscard]] Mistake unknown_keys(std::initializer_list<std::string_view> known) const {
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      return mistake(key.source(), "unknown key " + in_quotes(key.str()) +
                                       did_you_mean(key.str(), std::vector<std::string_view>(known)));
    }
    return std::nullopt;
  }

  [[nodiscard]] Mistake text(std::string_view key, std::string& result) const {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_string()) return mistake(node->source(), std::string(key) + ": is not a text in quotes");
    result = node->as_string()->get();
    return std::nullopt;
  }

  [[nodiscard]] Mistake flag(std::string_view key, bool& result) const {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_boolean()) return mistake(node->source(), std::string(key) + ": is neither true nor false");
    result = node->as_boolean()->get();
    return std::nullopt;
  }

  // `scale` of the result for each one of the value.
  template <class Number>
  [[nodiscard]] Mistake number(std::string_view key, double most, double scale, Number& result) const {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    double value = 0;
    if (auto wrong = value_of(*node, key, most, value)) return wrong;
    result = static_cast<Number>(std::llround(value * scale));
    return std::nullopt;
  }
  [[nodiscard]] Mistake time(std::string_view key, std::uint64_t& ns) const {
    return number(key, kMostMicroseconds, kMicrosecondNs, ns);
  }
  [[nodiscard]] Mistake rate(std::string_view key, std::uint64_t& bytes_per_second) const {
    return number(key, kMostMegabytes, kMegabyte, bytes_per_second);
  }

  // Bytes, as a number or a size in quotes.
  [[nodiscard]] Mistake size(const toml::node& node, std::string_view key, std::uint64_t& bytes) const {
    if (const auto* const text = node.as_string()) {
      const auto parsed = parse_size(text->get());
      if (!parsed) return mistake(node.source(), std::string(key) + ": " + parsed.error().message);
      bytes = *parsed;
      return std::nullopt;
    }
    double value = 0;
    constexpr double kMostBytes = 1e15;
    if (auto wrong = value_of(node, key, kMostBytes, value)) return wrong;
    bytes = static_cast<std::uint64_t>(value);
    return std::nullopt;
  }
  [[nodiscard]] Mistake size(std::string_view key, std::uint64_t& bytes) const {
    const toml::node* const node = table_.get(key);
    return node == nullptr ? std::nullopt : size(*node, key, bytes);
  }

  // [[SIZE, us], …], sizes ascending.
  [[nodiscard]] Mistake points(std::string_view key, std::vector<SizePoint>& result) const {
    return pairs(
        key, result, [&](const toml::node& node, SizePoint& point) { return size(node, key, point.bytes); },
        [](const SizePoint& a, const SizePoint& b) { return a.bytes < b.bytes; });
  }
  // [[percent, us], …], percents ascending.
  [[nodiscard]] Mistake points(std::string_view key, std::vector<FillPoint>& result) const {
    return pairs(
        key, result, [&](const toml::node& node, FillPoint& point) { return value_of(node, key, 100, point.percent); },
        [](const FillPoint& a, const FillPoint& b) { return a.percent < b.percent; });
  }

  // The table under a key; null: there is none.
  [[nodiscard]] Mistake table(std::string_view key, const toml::table*& result) const {
    const toml::node* const node = table_.get(key);
    result = node == nullptr ? nullptr : node->as_table();
    if (node != nullptr && result == nullptr) {
      return mistake(node->source(), std::string(key) + ": is no table; it begins with [" + std::string(key) + "]");
    }
    return std::nullopt;
  }
  [[nodiscard]] toml::source_region place(std::string_view key) const { return table_.get(key)->source(); }
  [[nodiscard]] std::string_view file_name() const { return file_name_; }

 private:
  [[nodiscard]] Mistake value_of(const toml::node& node, std::string_view key, double most, double& result) const {
    const std::optional<double> value = node.value<double>();
    if (!value || node.is_boolean()) return mistake(node.source(), std::string(key) + ": is not a number");
    if (!(*value >= 0)) return mistake(node.source(), std::string(key) + ": is below 0");
    if (*value > most) return mistake(node.source(), std::string(key) + ": is too large");
    result = *value;
    return std::nullopt;
  }

  template <class Point, class First, class Ascend>
  [[nodiscard]] Mistake pairs(std::string_view key, std::vector<Point>& result, const First& first,
                              const Ascend& ascend) const {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    const toml::array* const list = node->as_array();
    if (list == nullptr) return mistake(node->source(), std::string(key) + ": is no list of [x, microseconds]");
    result.clear();
    for (const toml::node& entry : *list) {
      const toml::array* const pair = entry.as_array();
      if (pair == nullptr || pair->size() != 2) {
        return mistake(entry.source(), std::string(key) + ": a point is [x, microseconds]");
      }
      Point point;
      if (auto wrong = first(*pair->get(0), point)) return wrong;
      double us = 0;
      if (auto wrong = value_of(*pair->get(1), key, kMostMicroseconds, us)) return wrong;
      point.ns = static_cast<std::uint64_t>(std::llround(us * kMicrosecondNs));
      if (!result.empty() && !ascend(result.back(), point)) {
        return mistake(entry.source(), std::string(key) + ": points have to ascend");
      }
      result.push_back(point);
    }
    return std::nullopt;
  }

  std::string_view file_name_;
  const toml::table& table_;
};

// The first mistake of several steps.
template <class... Steps>
Mistake first_of(const Steps&... steps) {
  Mistake wrong;
  static_cast<void>(((wrong = steps(), wrong.has_value()) || ...));
  return wrong;
}

Mistake read_transfer(const ProfileTable& in, TransferTime& time) {
  std::string knee = time.soft_knee ? "soft" : "hard";
  const auto wrong = first_of(
      [&] {
        return in.unknown_keys(
            {"alone", "mb_per_second", "zone_mb_per_second", "command_us", "command_up_to", "knee", "first_us"});
      },
      [&] { return in.points("alone", time.alone); }, [&] { return in.rate("mb_per_second", time.bytes_per_second); },
      [&] { return in.rate("zone_mb_per_second", time.zone_bytes_per_second); },
      [&] { return in.time("command_us", time.command_ns); },
      [&] { return in.size("command_up_to", time.command_bytes); }, [&] { return in.text("knee", knee); },
      [&] { return in.time("first_us", time.first_ns); });
  if (wrong) return wrong;
  if (knee != "soft" && knee != "hard") {
    return in.mistake(in.place("knee"), "knee: " + in_quotes(knee) + " is neither hard nor soft");
  }
  time.soft_knee = knee == "soft";
  return std::nullopt;
}

Mistake read_finish(const ProfileTable& in, device::FinishTime& finish) {
  return first_of([&] { return in.unknown_keys({"empty_us", "base_us", "mb_per_second"}); },
                  [&] { return in.time("empty_us", finish.empty_ns); },
                  [&] { return in.time("base_us", finish.base_ns); },
                  [&] { return in.rate("mb_per_second", finish.pad_bytes_per_second); });
}

Mistake read_reset(const ProfileTable& in, device::ResetTime& reset) {
  constexpr double kMostTimes = 1e4;
  constexpr double kPercent = 100;
  return first_of([&] { return in.unknown_keys({"us", "finished_us", "beside_writes", "beside_appends"}); },
                  [&] { return in.points("us", reset.points); },
                  [&] { return in.points("finished_us", reset.finished); },
                  [&] { return in.number("beside_writes", kMostTimes, kPercent, reset.beside_writes); },
                  [&] { return in.number("beside_appends", kMostTimes, kPercent, reset.beside_appends); });
}

Mistake read_head(const ProfileTable& in, device::HeadTime& head) {
  return first_of([&] { return in.unknown_keys({"seek_us", "outer_mb_per_second", "inner_mb_per_second"}); },
                  [&] { return in.time("seek_us", head.seek_ns); },
                  [&] { return in.rate("outer_mb_per_second", head.outer_bytes_per_second); },
                  [&] { return in.rate("inner_mb_per_second", head.inner_bytes_per_second); });
}

// What a file is based on, before anything that it says itself.
Mistake read_base(const ProfileTable& in, LatencyProfile& profile) {
  std::string base;
  if (auto wrong = in.text("base", base)) return wrong;
  if (base.empty()) return std::nullopt;
  auto named = device::latency_named(base);
  if (!named) {
    return in.mistake(in.place("base"),
                      "base: there is no profile " + in_quotes(base) + did_you_mean(base, device::latency_words()));
  }
  profile = std::move(*named);
  profile.calibrated = false;
  profile.basis = "based on " + base;
  return std::nullopt;
}

template <class Part, class Read>
Mistake read_part(const ProfileTable& in, std::string_view key, Part& part, const Read& read) {
  const toml::table* table = nullptr;
  if (auto wrong = in.table(key, table)) return wrong;
  if (table == nullptr) return std::nullopt;
  return read(ProfileTable(in.file_name(), *table), part);
}

Mistake read_profile(const ProfileTable& in, LatencyProfile& profile) {
  return first_of(
      [&] {
        return in.unknown_keys({"base", "basis", "calibrated", "trim_us", "sync_us", "open_us", "close_us", "read",
                                "write", "append", "finish", "reset", "disk"});
      },
      [&] { return read_base(in, profile); }, [&] { return in.text("basis", profile.basis); },
      [&] { return in.flag("calibrated", profile.calibrated); }, [&] { return in.time("trim_us", profile.trim_ns); },
      [&] { return in.time("sync_us", profile.sync_ns); }, [&] { return in.time("open_us", profile.open_ns); },
      [&] { return in.time("close_us", profile.close_ns); },
      [&] { return read_part(in, "read", profile.read, read_transfer); },
      [&] { return read_part(in, "write", profile.write, read_transfer); },
      [&] { return read_part(in, "append", profile.append, read_transfer); },
      [&] { return read_part(in, "finish", profile.finish, read_finish); },
      [&] { return read_part(in, "reset", profile.reset, read_reset); },
      [&] { return read_part(in, "disk", profile.head, read_head); });
}

}  // namespace

tl::expected<LatencyProfile, InputError> parse_latency_file(std::string_view text, std::string_view file_name) {
  if (text.size() > kMaxInputBytes) {
    return tl::unexpected(InputError{std::string(file_name), 0, 0,
                                     "the file is larger than " + std::to_string(kMaxInputBytes) + " bytes"});
  }
  try {
    const toml::table root = toml::parse(text);
    LatencyProfile profile;
    if (auto wrong = read_profile(ProfileTable(file_name, root), profile)) return tl::unexpected(std::move(*wrong));
    profile.name = file_name;
    if (profile.basis.empty()) profile.basis = "its author does not say what it rests on";
    return profile;
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    std::string message(error.description());
    std::ranges::replace_if(message, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return tl::unexpected(InputError{std::string(file_name), at.line, at.column, "no TOML: " + message});
  }
}

}  // namespace zoneknot::tools
