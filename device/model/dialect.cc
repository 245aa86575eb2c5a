#include "device/model/dialect.h"

#include <algorithm>

namespace zoneknot::device {
namespace {

constexpr std::uint32_t kKibibyte = 1024;
constexpr std::array kStateFirst = {WriteRule::condition, WriteRule::pointer, WriteRule::capacity};
constexpr std::array kCapacityFirst = {WriteRule::capacity, WriteRule::condition, WriteRule::pointer};

// By DialectName. zns and zbc are the standards where those leave no choice, and a drive without surprises where they
// do; the others are what was measured (t/device/evidence) and read in the sources.
constexpr std::array<Dialect, 5> kDialects = {{
    {.word = "zns",
     .errors = ErrnoRules::nvme,
     .close_policy = ClosePolicy::lowest,
     .write_order = kStateFirst,
     .closes_to_empty = false,
     .finish_needs_resources = false,
     .closes_before_check = false,
     .close_needs_active = false,
     .refused_is_ok = false,
     .full_at_capacity = false,
     .read_stops_at_capacity = false,
     .read_crosses_zones = false,
     .unwritten = Unwritten::zeros,
     .limits_active = true,
     .limits_must_bite = false,
     .can_append = true,
     .can_degrade = true,
     .degrade_finishes = false,
     .refusal = Refusal::later,
     .max_transfer = 0,
     .max_append = 0,
     .max_passthrough = 0},
    {.word = "zbc",
     .errors = ErrnoRules::scsi,
     .close_policy = ClosePolicy::lowest,
     .write_order = kCapacityFirst,
     .closes_to_empty = true,
     .finish_needs_resources = false,
     .closes_before_check = false,
     .close_needs_active = false,
     .refused_is_ok = true,
     .full_at_capacity = false,
     .read_stops_at_capacity = true,
     .read_crosses_zones = true,
     .unwritten = Unwritten::zeros,
     .limits_active = false,
     .limits_must_bite = false,
     .can_append = false,
     .can_degrade = true,
     .degrade_finishes = false,
     .refusal = Refusal::later,
     .max_transfer = 0,
     .max_append = 0,
     .max_passthrough = 0},
    {.word = "null_blk",
     .errors = ErrnoRules::block,
     .close_policy = ClosePolicy::cursor,
     .write_order = kStateFirst,
     .closes_to_empty = true,
     .finish_needs_resources = true,
     .closes_before_check = false,
     .close_needs_active = true,
     .refused_is_ok = false,
     .full_at_capacity = true,
     .read_stops_at_capacity = false,
     .read_crosses_zones = true,
     .unwritten = Unwritten::ones,
     .limits_active = true,
     .limits_must_bite = true,
     .can_append = false,
     .can_degrade = true,
     .degrade_finishes = true,
     .refusal = Refusal::at_once,
     .max_transfer = 124 * kKibibyte,
     .max_append = 0,
     .max_passthrough = 0},
    {.word = "qemu",
     .errors = ErrnoRules::nvme,
     .close_policy = ClosePolicy::fifo_open,
     .write_order = kStateFirst,
     .closes_to_empty = false,
     .finish_needs_resources = false,
     .closes_before_check = true,
     .close_needs_active = false,
     .refused_is_ok = false,
     .full_at_capacity = false,
     .read_stops_at_capacity = false,
     .read_crosses_zones = false,
     .unwritten = Unwritten::zeros,
     .limits_active = true,
     .limits_must_bite = false,
     .can_append = true,
     .can_degrade = false,
     .degrade_finishes = false,
     .refusal = Refusal::first_at_once,
     .max_transfer = 512 * kKibibyte,
     .max_append = 128 * kKibibyte,
     .max_passthrough = 512 * kKibibyte},
    {.word = "scsi_debug",
     .errors = ErrnoRules::scsi,
     .close_policy = ClosePolicy::lowest,
     .write_order = kCapacityFirst,
     .closes_to_empty = true,
     .finish_needs_resources = false,
     .closes_before_check = false,
     .close_needs_active = false,
     .refused_is_ok = true,
     .full_at_capacity = false,
     .read_stops_at_capacity = true,
     .read_crosses_zones = true,
     .unwritten = Unwritten::zeros,
     .limits_active = false,
     .limits_must_bite = false,
     .can_append = false,
     .can_degrade = false,
     .degrade_finishes = false,
     .refusal = Refusal::later,
     .max_transfer = 4096 * kKibibyte,
     .max_append = 0,
     .max_passthrough = 0},
}};

constexpr std::array<std::string_view, 5> kDialectWords = {"zns", "zbc", "null_blk", "qemu", "scsi_debug"};
constexpr std::array<std::string_view, 3> kHostWords = {"raw", "write-lock", "write-plug"};
constexpr std::array<std::string_view, 6> kPolicyWords = {"lowest", "cursor", "fifo", "lru", "random", "none"};

template <class Enum, std::size_t count>
std::optional<Enum> named(const std::array<std::string_view, count>& words, std::string_view word) {
  const auto place = std::ranges::find(words, word);
  if (place == words.end()) return std::nullopt;
  return static_cast<Enum>(place - words.begin());
}

std::string_view yes(bool value) { return value ? "yes" : "no"; }

std::string kib(std::uint32_t bytes) { return bytes == 0 ? "no limit" : std::to_string(bytes / kKibibyte) + " KiB"; }

std::string order_text(const Dialect& row) {
  constexpr std::array<std::string_view, 3> kWords = {"condition", "pointer", "capacity"};
  std::string text;
  for (const WriteRule rule : row.write_order) {
    text += std::string(kWords.at(static_cast<std::size_t>(rule))) + ", ";
  }
  return text + "limits";
}

std::string errors_text(const Dialect& row) {
  return row.errors == ErrnoRules::nvme ? "NVMe" : row.errors == ErrnoRules::scsi ? "SCSI" : "block layer";
}

std::string refusal_text(const Dialect& row) {
  return row.refusal == Refusal::at_once ? "yes" : row.refusal == Refusal::first_at_once ? "the first one" : "no";
}

struct Line {
  std::string_view what;
  std::string (*cell)(const Dialect&);
};

template <auto member>
std::string flag(const Dialect& row) {
  return std::string(yes(row.*member));
}

template <auto member>
std::string size(const Dialect& row) {
  return kib(row.*member);
}

constexpr std::array<Line, 21> kLines = {{
    {"errno values as of", errors_text},
    {"zone that is closed to make room (`close=`)",
     [](const Dialect& row) { return std::string(word_of(row.close_policy)); }},
    {"order in which broken rules of a write are reported", order_text},
    {"close of an explicitly open zone that was never written makes it EMPTY", flag<&Dialect::closes_to_empty>},
    {"finish of an EMPTY or CLOSED zone needs free slots", flag<&Dialect::finish_needs_resources>},
    {"makes room first, then looks at the limits", flag<&Dialect::closes_before_check>},
    {"makes room only below the limit of active zones", flag<&Dialect::close_needs_active>},
    {"open and close of a FULL zone, close of an EMPTY one are ok and do nothing", flag<&Dialect::refused_is_ok>},
    {"write pointer of a zone written full is at its capacity", flag<&Dialect::full_at_capacity>},
    {"read across the capacity is refused", flag<&Dialect::read_stops_at_capacity>},
    {"one read command may cross a zone's end", flag<&Dialect::read_crosses_zones>},
    {"reads above the write pointer give",
     [](const Dialect& row) { return std::string(row.unwritten == Unwritten::ones ? "0xff" : "zeros"); }},
    {"has a limit of active zones", flag<&Dialect::limits_active>},
    {"a limit that the zones cannot reach is none", flag<&Dialect::limits_must_bite>},
    {"zone append", flag<&Dialect::can_append>},
    {"zones can be made read-only and offline", flag<&Dialect::can_degrade>},
    {"… after a finish, and again restores them", flag<&Dialect::degrade_finishes>},
    {"a piece of a write that it refuses is over before the host sends the next", refusal_text},
    {"largest read or write", size<&Dialect::max_transfer>},
    {"largest append", size<&Dialect::max_append>},
    {"largest append that the host passes on", size<&Dialect::max_passthrough>},
}};

}  // namespace

const Dialect& dialect(DialectName name) { return kDialects.at(static_cast<std::size_t>(name)); }

std::span<const std::string_view> dialect_words() { return kDialectWords; }
std::span<const std::string_view> host_words() { return kHostWords; }
std::span<const std::string_view> close_policy_words() { return kPolicyWords; }
std::optional<DialectName> dialect_named(std::string_view word) { return named<DialectName>(kDialectWords, word); }
std::optional<HostLayer> host_named(std::string_view word) { return named<HostLayer>(kHostWords, word); }
std::optional<ClosePolicy> close_policy_named(std::string_view word) { return named<ClosePolicy>(kPolicyWords, word); }
std::string_view word_of(DialectName name) { return kDialectWords.at(static_cast<std::size_t>(name)); }
std::string_view word_of(HostLayer host) { return kHostWords.at(static_cast<std::size_t>(host)); }
std::string_view word_of(ClosePolicy policy) { return kPolicyWords.at(static_cast<std::size_t>(policy)); }

std::string dialect_table() {
  std::string text = "| |";
  for (const Dialect& row : kDialects) text += " `" + std::string(row.word) + "` |";
  text += "\n|---|---|---|---|---|---|\n";
  for (const Line& line : kLines) {
    text += "| " + std::string(line.what) + " |";
    for (const Dialect& row : kDialects) text += " " + line.cell(row) + " |";
    text += "\n";
  }
  return text;
}

}  // namespace zoneknot::device
