#include "tools/option/device_like.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <regex>

#include "device/model/zone_start.h"

namespace zoneknot::tools {
namespace {

using core::ZoneCondition;
using core::ZoneReport;
using core::ZoneType;

struct Report {
  core::DeviceGeometry geometry;
  std::vector<ZoneReport> zones;
};

using ConditionWords = std::array<std::string_view, 8>;
// By ZoneCondition: zbd-utils' words, linux/blkzoned.h's numbers, and those of docs/device-command.md.
constexpr ConditionWords kShort = {"nw", "em", "oi", "oe", "cl", "fu", "ro", "ol"};
constexpr ConditionWords kNumbers = {"0x0", "0x1", "0x2", "0x3", "0x4", "0xe", "0xd", "0xf"};
constexpr ConditionWords kLong = {"NOT_WP", "EMPTY", "IOPEN", "EOPEN", "CLOSED", "FULL", "RDONLY", "OFFLINE"};

std::optional<ZoneCondition> condition_named(const ConditionWords& words, std::string_view word) {
  const auto* place = std::ranges::find(words, word);
  if (place == words.end()) return std::nullopt;
  return static_cast<ZoneCondition>(place - words.begin());
}

std::uint64_t digits_of(const std::ssub_match& match) { return std::strtoull(match.str().c_str(), nullptr, 10); }

// One line of a text report: a zone, or nothing.
std::optional<ZoneReport> zone_of_line(const std::string& line) {
  static const std::regex kText(
      R"(Zone (\d+): (cnv|swr|swp), ofst (\d+), len (\d+), cap (\d+)(?:, wp (\d+), (\w\w).*)?)");
  static const std::regex kCsv(R"((\d+), (\d), (\d+), (\d+), (\d+), (\d+), (0x\w+).*)");
  std::smatch match;
  const bool text = std::regex_match(line, match, kText);
  if (!text && !std::regex_match(line, match, kCsv)) return std::nullopt;
  const bool conventional = match[2] == "cnv" || match[2] == "1";
  const auto condition =
      conventional ? ZoneCondition::not_wp : condition_named(text ? kShort : kNumbers, match[7].str());
  if (!condition) return std::nullopt;
  return ZoneReport{.start = digits_of(match[3]),
                    .length = digits_of(match[4]),
                    .capacity = digits_of(match[5]),
                    .wp = digits_of(match[6]),
                    .type = conventional ? ZoneType::conventional : ZoneType::sequential_write_required,
                    .condition = *condition};
}

template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<Report> from_lines(std::string_view text) {
  Report report;
  for_each_line(text, [&](const std::string& line) {
    if (auto zone = zone_of_line(line)) report.zones.push_back(*zone);
  });
  if (report.zones.empty()) return std::nullopt;
  report.geometry.zone_size = report.zones.front().length;
  report.geometry.size = report.zones.size() * report.geometry.zone_size;
  return report;
}

// A field of our own JSON, which has an object of zones on each line; 0 where there is none.
std::uint64_t json_number(const std::string& line, const std::string& name) {
  const std::size_t at = line.find("\"" + name + "\": ");
  return at == std::string::npos ? 0 : std::strtoull(line.c_str() + at + name.size() + 4, nullptr, 10);
}

std::optional<ZoneReport> zone_of_json(const std::string& line) {
  static const std::regex kZone(R"re(\{"zone": \d+, "type": "(CNV|SWR)", "cond": "(\w+)", .*\},?)re");
  std::smatch match;
  if (!std::regex_match(line, match, kZone)) return std::nullopt;
  const auto condition = condition_named(kLong, match[2].str());
  if (!condition) return std::nullopt;
  return ZoneReport{.start = json_number(line, "ofst"),
                    .length = json_number(line, "len"),
                    .capacity = json_number(line, "cap"),
                    .wp = json_number(line, "wp"),
                    .type = match[1] == "CNV" ? ZoneType::conventional : ZoneType::sequential_write_required,
                    .condition = *condition};
}

std::optional<Report> from_json(std::string_view text) {
  if (!text.starts_with(R"({"schema": "zoneknot.zones-1",)")) return std::nullopt;
  Report report;
  const std::string head(text.substr(0, text.find('\n')));
  report.geometry = {.size = json_number(head, "nr_zones") * json_number(head, "zone_size"),
                     .zone_size = json_number(head, "zone_size"),
                     .block_size = static_cast<std::uint32_t>(json_number(head, "block_size")),
                     .max_open = static_cast<std::uint32_t>(json_number(head, "max_open")),
                     .max_active = static_cast<std::uint32_t>(json_number(head, "max_active"))};
  for_each_line(text, [&](const std::string& line) {
    if (auto zone = zone_of_json(line)) report.zones.push_back(*zone);
  });
  return report;
}

// All zones from the first on, one after the other.
bool is_whole(const Report& report) {
  if (report.geometry.zone_size == 0 || report.zones.size() != report.geometry.nr_zones()) return false;
  for (std::size_t i = 0; i < report.zones.size(); ++i) {
    if (report.zones[i].start != i * report.geometry.zone_size) return false;
  }
  return true;
}

}  // namespace

void make_like(const core::DeviceGeometry& geometry, const std::vector<ZoneReport>& zones, DeviceOption& option) {
  const auto say = [](auto& member, auto value) {
    if (!member) member = value;
  };
  const auto first_sequential =
      std::ranges::find(zones, ZoneType::sequential_write_required, &ZoneReport::type) - zones.begin();
  say(option.zone_size, geometry.zone_size);
  say(option.zones, static_cast<std::uint32_t>(zones.size()));
  say(option.conventional, static_cast<std::uint32_t>(first_sequential));
  say(option.block_size, geometry.block_size);
  say(option.max_open, geometry.max_open);
  say(option.max_active, geometry.max_active);
  if (static_cast<std::size_t>(first_sequential) < zones.size()) {
    say(option.zone_capacity, zones[static_cast<std::size_t>(first_sequential)].capacity);
  }
  if (!option.says_how_zones_start()) option.starts = device::starts_of(zones, geometry.block_size);
}

tl::expected<void, InputError> make_like_report(std::string_view text, const std::string& name, DeviceOption& option) {
  const auto report = text.starts_with('{') ? from_json(text) : from_lines(text);
  if (!report) {
    return tl::unexpected(
        InputError{.file = name,
                   .message = "is no report of zones, as 'zoneknot device /dev/… --report' or 'zbd report' print it"});
  }
  if (!is_whole(*report)) {
    return tl::unexpected(
        InputError{.file = name, .message = "is not a report of all zones of a device, of equal sizes"});
  }
  make_like(report->geometry, report->zones, option);
  return {};
}

}  // namespace zoneknot::tools
