#include "tools/option/fault_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <optional>

#include "device/model/zone_model.h"
#include "tools/text/ini_file.h"
#include "tools/text/nearest_word.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {
namespace {

using device::Fault;
using device::FaultKind;
using device::FaultMoment;
using device::FaultTarget;
using device::ZoneSelection;
using Wrong = std::optional<InputError>;

template <class T>
struct Word {
  std::string_view name;
  T value;
};

constexpr std::array<Word<FaultTarget>, 9> kTargets = {{{"read", FaultTarget::read},
                                                        {"write", FaultTarget::write},
                                                        {"trim", FaultTarget::trim},
                                                        {"sync", FaultTarget::sync},
                                                        {"reset", FaultTarget::reset},
                                                        {"open", FaultTarget::open},
                                                        {"close", FaultTarget::close},
                                                        {"finish", FaultTarget::finish},
                                                        {"wait", FaultTarget::wait}}};
constexpr std::array<Word<FaultKind>, 10> kKinds = {{{"error", FaultKind::error},
                                                     {"short", FaultKind::short_transfer},
                                                     {"busy", FaultKind::busy},
                                                     {"late", FaultKind::late},
                                                     {"reordered", FaultKind::reordered},
                                                     {"lost", FaultKind::lost},
                                                     {"read-only", FaultKind::read_only},
                                                     {"offline", FaultKind::offline},
                                                     {"power-cut", FaultKind::power_cut},
                                                     {"signal", FaultKind::signal}}};
constexpr std::array<Word<bool>, 2> kCaches = {{{"off", false}, {"on", true}}};
constexpr std::array<Word<FaultMoment>, 2> kMoments = {
    {{"complete", FaultMoment::complete}, {"queue", FaultMoment::queue}}};
constexpr std::array<Word<ZoneSelection::Kind>, 3> kSelections = {
    {{"all", ZoneSelection::Kind::all}, {"odd", ZoneSelection::Kind::odd}, {"even", ZoneSelection::Kind::even}}};
constexpr std::array<Word<int>, 9> kErrors = {{{"EIO", EIO},
                                               {"ENOSPC", ENOSPC},
                                               {"EILSEQ", EILSEQ},
                                               {"EREMOTEIO", EREMOTEIO},
                                               {"ETIMEDOUT", ETIMEDOUT},
                                               {"EOVERFLOW", EOVERFLOW},
                                               {"ETOOMANYREFS", ETOOMANYREFS},
                                               {"ENODATA", ENODATA},
                                               {"EAGAIN", EAGAIN}}};
constexpr std::array<std::string_view, 12> kKeys = {"on",          "zones",       "range",       "kind",
                                                    "at",          "error",       "transferred", "delay",
                                                    "write_cache", "probability", "after",       "count"};

// Reads one [[fault]].
class FaultReader {
 public:
  FaultReader(std::string_view file_name, const toml::table& table, std::uint32_t zones)
      : file_name_(file_name), table_(table), zones_(zones) {}

  Wrong read(Fault& fault) {
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(kKeys, key.str()) == kKeys.end()) {
        return error(key.source(), "unknown key " + in_quotes(key.str()) + did_you_mean(key.str(), kKeys));
      }
    }
    if (!has("on")) return error(table_.source(), "a [[fault]] needs 'on'");
    Wrong wrong = word("on", kTargets, fault.target);
    if (!wrong) wrong = word("kind", kKinds, fault.kind);
    if (!wrong && fault.kind == FaultKind::busy) fault.moment = FaultMoment::queue;
    if (!wrong) wrong = word("at", kMoments, fault.moment);
    if (!wrong) wrong = zones(fault.zones);
    if (!wrong) wrong = range(fault.range);
    if (!wrong) wrong = effect(fault);
    if (!wrong) wrong = chance(fault);
    return wrong ? wrong : contradiction(fault);
  }

 private:
  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }

  [[nodiscard]] InputError error(const toml::source_region& at, std::string message) const {
    return {std::string(file_name_), at.begin.line, at.begin.column, std::move(message)};
  }
  [[nodiscard]] InputError error(std::string_view key, std::string message) const {
    return error(table_.get(key)->source(), std::string(key) + ": " + std::move(message));
  }

  template <class Table, class T>
  Wrong word(std::string_view key, const Table& known, T& result) {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    const auto* const text = node->as_string();
    if (text == nullptr) return error(key, "is not a text in quotes");
    std::vector<std::string_view> names;
    std::string list;
    for (const auto& [name, value] : known) {
      if (name == text->get()) {
        result = value;
        return std::nullopt;
      }
      names.push_back(name);
      list += (list.empty() ? "" : ", ") + std::string(name);
    }
    return error(key, in_quotes(text->get()) + " is none of " + list + did_you_mean(text->get(), names));
  }

  Wrong number(std::string_view key, std::int64_t least, std::int64_t most, std::optional<std::uint64_t>& result) {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    const auto* const value = node->as_integer();
    if (value == nullptr) return error(key, "is not a whole number");
    if (value->get() < least) return error(key, std::to_string(value->get()) + " is below " + std::to_string(least));
    if (value->get() > most) return error(key, std::to_string(value->get()) + " is above " + std::to_string(most));
    result = static_cast<std::uint64_t>(value->get());
    return std::nullopt;
  }

  Wrong zones(ZoneSelection& selection) {
    const toml::node* const node = table_.get("zones");
    if (node != nullptr && !node->is_array() && !node->is_string()) {
      return error("zones", "is neither \"all\", \"odd\", \"even\" nor a list of numbers");
    }
    if (node == nullptr || node->is_string()) return word("zones", kSelections, selection.kind);
    const toml::array& list = *node->as_array();
    if (list.empty()) return error("zones", "the list is empty");
    for (const toml::node& entry : list) {
      const auto* const zone = entry.as_integer();
      if (zone == nullptr || zone->get() < 0 || zone->get() >= device::kMaxZones) {
        return error(entry.source(), "zones: a zone is a number from 0 to " + std::to_string(device::kMaxZones - 1));
      }
      if (zone->get() >= zones_) {
        return error(entry.source(), "zones: there is no zone " + std::to_string(zone->get()) + ", the device has " +
                                         std::to_string(zones_));
      }
      selection.list.push_back(static_cast<std::uint32_t>(zone->get()));
    }
    selection.kind = ZoneSelection::Kind::list;
    std::ranges::sort(selection.list);
    const auto twice = std::ranges::adjacent_find(selection.list);
    if (twice != selection.list.end()) return error("zones", "zone " + std::to_string(*twice) + " is listed twice");
    return std::nullopt;
  }

  // Bytes, as numbers or as sizes in quotes.
  Wrong bytes(const toml::node& node, std::uint64_t& result) {
    if (const auto* const number = node.as_integer()) {
      if (number->get() < 0) return error(node.source(), "range: " + std::to_string(number->get()) + " is below 0");
      result = static_cast<std::uint64_t>(number->get());
      return std::nullopt;
    }
    const auto* const text = node.as_string();
    if (text == nullptr) return error(node.source(), "range: is neither a number nor a size in quotes");
    const auto size = parse_size(text->get());
    if (!size) return error(node.source(), "range: " + size.error().message);
    result = *size;
    return std::nullopt;
  }

  Wrong range(device::ByteRange& result) {
    const toml::node* const node = table_.get("range");
    if (node == nullptr) return std::nullopt;
    const toml::array* const list = node->as_array();
    if (list == nullptr || list->size() != 2) return error("range", "is not [FIRST, END] of a range of bytes");
    if (Wrong wrong = bytes(*list->get(0), result.from)) return wrong;
    if (Wrong wrong = bytes(*list->get(1), result.to)) return wrong;
    if (result.from >= result.to) return error("range", "is empty: its end is not above its first byte");
    return std::nullopt;
  }

  Wrong delay(Fault& fault) {
    const toml::node* const node = table_.get("delay");
    if (node == nullptr) return std::nullopt;
    const auto* const text = node->as_string();
    if (text == nullptr) return error("delay", "is not a time in quotes, such as \"5ms\"");
    const auto time = parse_time(text->get(), 1);
    if (!time) return error("delay", time.error().message);
    if (*time == 0) return error("delay", "is no time at all");
    fault.delay_ns = *time;
    return std::nullopt;
  }

  // What happens to the I/O: each kind has the key it needs and none of the others'.
  Wrong effect(Fault& fault) {
    const bool is_error = fault.kind == FaultKind::error;
    const bool is_short = fault.kind == FaultKind::short_transfer;
    const bool is_late = fault.kind == FaultKind::late;
    if (is_late && !has("delay")) return error("kind", "a late completion needs 'delay'");
    if (!is_late && has("delay")) return error("delay", "goes with kind = \"late\" only");
    if (fault.kind != FaultKind::power_cut && has("write_cache")) {
      return error("write_cache", "goes with kind = \"power-cut\" only");
    }
    if (Wrong wrong = delay(fault)) return wrong;
    if (Wrong wrong = word("write_cache", kCaches, fault.write_cache)) return wrong;
    if (is_error && !has("error")) return error(table_.source(), "a [[fault]] needs 'error' (or another 'kind')");
    if (is_short && !has("transferred")) return error("kind", "a short transfer needs 'transferred'");
    if (!is_error && has("error")) return error("error", "goes with kind = \"error\" only");
    if (!is_short && has("transferred")) return error("transferred", "goes with kind = \"short\" only");
    if (Wrong wrong = word("error", kErrors, fault.error)) return wrong;
    std::optional<std::uint64_t> transferred;
    Wrong wrong = number("transferred", 0, std::numeric_limits<std::uint32_t>::max(), transferred);
    fault.transferred = static_cast<std::uint32_t>(transferred.value_or(0));
    return wrong;
  }

  // How often it happens.
  Wrong chance(Fault& fault) {
    if (const toml::node* const node = table_.get("probability")) {
      const std::optional<double> value = node->value<double>();
      if (!value || node->is_boolean()) return error("probability", "is not a number");
      if (!(*value >= 0 && *value <= 1)) return error("probability", "is not from 0 to 1");
      fault.probability = *value == 0 ? 0.0 : *value;  // -0 is 0
    }
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    std::optional<std::uint64_t> after;
    if (Wrong wrong = number("after", 0, kMost, after)) return wrong;
    fault.after = after.value_or(0);
    return number("count", 1, kMost, fault.count);
  }

  Wrong contradiction(const Fault& fault) {
    if ((fault.target == FaultTarget::wait) != (fault.kind == FaultKind::signal)) {
      return error(has("kind") ? "kind" : "on", "a signal breaks a wait, and nothing else happens to one");
    }
    if (fault.target == FaultTarget::wait && (has("zones") || has("range") || has("at"))) {
      return error("on", "a wait belongs to no zone, no range and no moment");
    }
    const bool transfers = fault.target == FaultTarget::read || fault.target == FaultTarget::write;
    if (fault.kind == FaultKind::short_transfer && !transfers)
      return error("kind", "only a read or write can be short");
    if (fault.kind == FaultKind::short_transfer && fault.moment == FaultMoment::queue) {
      return error("at", "a transfer is short when it is complete");
    }
    if (fault.kind == FaultKind::busy && fault.moment == FaultMoment::complete) {
      return error("at", "an engine is busy at the queue");
    }
    if (fault.target >= FaultTarget::reset && fault.moment == FaultMoment::queue) {
      const std::string command = fault.target == FaultTarget::reset ? "a reset" : "a zone command";
      return error(has("at") ? "at" : "kind", command + " goes through no queue");
    }
    if (fault.target >= FaultTarget::reset && fault.kind == FaultKind::reordered) {
      return error("kind", "a zone command is waited for, others cannot overtake it");
    }
    if (fault.kind >= FaultKind::late && fault.moment == FaultMoment::queue) {
      return error("at", "goes with errors and busy only");
    }
    if (fault.target == FaultTarget::sync && fault.zones.kind != ZoneSelection::Kind::all) {
      return error("zones", "a sync belongs to no zone");
    }
    if (fault.target == FaultTarget::sync && !fault.range.everything()) {
      return error("range", "a sync belongs to no range");
    }
    const bool degrades = fault.kind == FaultKind::read_only || fault.kind == FaultKind::offline;
    if (fault.target == FaultTarget::sync && degrades) return error("kind", "a sync belongs to no zone");
    return std::nullopt;
  }

  std::string_view file_name_;
  const toml::table& table_;
  std::uint32_t zones_;  // of the device
};

InputError syntax_error(const toml::parse_error& error, std::string_view file_name) {
  const toml::source_position at = error.source().begin;
  std::string message(error.description());
  std::ranges::replace_if(message, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return {std::string(file_name), at.line, at.column, "no TOML: " + message};
}

tl::expected<device::FaultPlan, InputError> read_plan(const toml::table& root, std::string_view file_name,
                                                      std::uint32_t zones) {
  const auto wrong = [&](const toml::source_region& at, std::string message) {
    return tl::unexpected(InputError{std::string(file_name), at.begin.line, at.begin.column, std::move(message)});
  };
  for (const auto& [key, node] : root) {
    if (key.str() != "fault") {
      return wrong(key.source(), "unknown key " + in_quotes(key.str()) + ": a plan consists of [[fault]] tables");
    }
  }
  const toml::node* const faults = root.get("fault");
  if (faults == nullptr) return wrong({}, "the plan has no [[fault]]");
  if (!faults->is_array_of_tables()) return wrong(faults->source(), "a fault begins with [[fault]]");
  device::FaultPlan plan;
  for (const toml::node& fault : *faults->as_array()) {
    FaultReader reader(file_name, *fault.as_table(), zones);
    Fault& read = plan.faults.emplace_back();
    if (Wrong error = reader.read(read)) return tl::unexpected(std::move(*error));
    const bool other_cache = plan.any([&](const Fault& other) {
      return read.kind == FaultKind::power_cut && other.kind == FaultKind::power_cut &&
             read.write_cache != other.write_cache;
    });
    if (other_cache) return wrong(fault.source(), "write_cache: an earlier power-cut has it otherwise");
  }
  return plan;
}

}  // namespace

tl::expected<device::FaultPlan, InputError> parse_fault_file(std::string_view text, std::string_view file_name,
                                                             std::uint32_t zones) {
  if (text.size() > kMaxInputBytes) {
    return tl::unexpected(InputError{std::string(file_name), 0, 0,
                                     "the file is larger than " + std::to_string(kMaxInputBytes) + " bytes"});
  }
  try {
    return read_plan(toml::parse(text), file_name, zones);
  } catch (const toml::parse_error& error) {
    return tl::unexpected(syntax_error(error, file_name));
  }
}

}  // namespace zoneknot::tools
