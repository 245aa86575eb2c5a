#include "tools/device/script.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "tools/text/nearest_word.h"

namespace zoneknot::tools {
namespace {

constexpr std::uint64_t kMostZones = std::uint64_t{1} << 32U;
constexpr std::uint64_t kMostBlocks = std::uint64_t{1} << 40U;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30U;  // of one read or write
constexpr std::uint64_t kLastByte = std::uint64_t{1} << 62U;   // of a place in a file

struct ScriptWord {
  std::string_view text;
  unsigned column = 0;  // from 1
};

struct VerbRow {
  std::string_view word;
  Verb verb;
  std::string_view form;  // what it takes
  std::size_t least;      // arguments
  std::size_t most;
};

constexpr std::array<VerbRow, 11> kVerbs = {{
    {"write", Verb::write, "write ZONE OFFSET|wp BLOCKS", 3, 3},
    {"read", Verb::read, "read ZONE OFFSET BLOCKS", 3, 3},
    {"append", Verb::append, "append ZONE BLOCKS", 2, 2},
    {"open", Verb::open, "open ZONE [COUNT]", 1, 2},
    {"close", Verb::close, "close ZONE [COUNT]", 1, 2},
    {"finish", Verb::finish, "finish ZONE [COUNT]", 1, 2},
    {"reset", Verb::reset, "reset ZONE [COUNT] or reset all", 1, 2},
    {"set-readonly", Verb::set_readonly, "set-readonly ZONE", 1, 1},
    {"set-offline", Verb::set_offline, "set-offline ZONE", 1, 1},
    {"power-cut", Verb::power_cut, "power-cut", 0, 0},
    {"report", Verb::report, "report", 0, 0},
}};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::vector<ScriptWord> words_of(std::string_view line) {
  std::vector<ScriptWord> words;
  for (std::size_t at = 0; at < line.size();) {
    if (is_blank(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && !is_blank(line[end])) ++end;
    words.push_back({line.substr(at, end - at), static_cast<unsigned>(at + 1)});
    at = end;
  }
  return words;
}

// The arguments of one command, taken from the left.
class CommandArguments {
 public:
  CommandArguments(const std::vector<ScriptWord>& words, unsigned line, const std::string& name)
      : words_(words), line_(line), name_(name) {}

  [[nodiscard]] InputError error(const ScriptWord& word, std::string message) const {
    return {name_, line_, word.column, std::move(message)};
  }
  [[nodiscard]] const ScriptWord& peek() const { return words_[next_]; }
  [[nodiscard]] bool more() const { return next_ < words_.size(); }
  void skip() { ++next_; }
  [[nodiscard]] Position place() const { return {line_, peek().column}; }

  // A whole number in decimal digits.
  [[nodiscard]] std::optional<InputError> number(std::string_view what, std::uint64_t least, std::uint64_t most,
                                                 std::uint64_t& value) {
    const ScriptWord& word = words_[next_++];
    const char* end = word.text.data() + word.text.size();
    const auto [stop, failure] = std::from_chars(word.text.data(), end, value);
    if (failure == std::errc::invalid_argument || stop != end) {
      return error(word, std::string(what) + " " + in_quotes(word.text) + " is not a whole number");
    }
    if (failure != std::errc{} || value > most) {
      return error(word, std::string(what) + " " + in_quotes(word.text) + " is above " + std::to_string(most));
    }
    if (value < least) {
      return error(word, std::string(what) + " " + in_quotes(word.text) + " is below " + std::to_string(least));
    }
    return std::nullopt;
  }

 private:
  const std::vector<ScriptWord>& words_;
  unsigned line_;
  const std::string& name_;
  std::size_t next_ = 1;
};

std::optional<InputError> parse_arguments(CommandArguments& arguments, ScriptCommand& command) {
  if (!arguments.more()) return std::nullopt;
  command.zone_place = arguments.place();
  if (command.verb == Verb::reset && arguments.peek().text == "all") {
    command.all = true;
    arguments.skip();
    if (arguments.more()) return arguments.error(arguments.peek(), "reset all takes nothing more");
    return std::nullopt;
  }
  if (auto error = arguments.number("zone", 0, kMostZones, command.zone)) return error;
  if (command.verb == Verb::write && arguments.peek().text == "wp") {
    command.at_pointer = true;
    arguments.skip();
  } else if (command.verb == Verb::write || command.verb == Verb::read) {
    if (auto error = arguments.number("offset", 0, kMostBlocks, command.offset)) return error;
  }
  if (!arguments.more()) return std::nullopt;
  command.blocks_place = arguments.place();
  const bool transfers = command.verb == Verb::write || command.verb == Verb::read || command.verb == Verb::append;
  if (transfers) return arguments.number("length", 1, kMostBlocks, command.blocks);
  return arguments.number("count", 0, kMostZones, command.count);
}

std::string unknown_verb(std::string_view word) {
  std::array<std::string_view, kVerbs.size()> names;
  std::ranges::transform(kVerbs, names.begin(), &VerbRow::word);
  return "unknown command " + in_quotes(word) + did_you_mean(word, names);
}

}  // namespace

tl::expected<std::optional<ScriptCommand>, InputError> parse_script_line(std::string_view line, unsigned number,
                                                                         const std::string& name) {
  line = line.substr(0, line.find('#'));
  const std::vector<ScriptWord> words = words_of(line);
  if (words.empty()) return std::nullopt;
  CommandArguments arguments(words, number, name);
  const auto row = std::ranges::find(kVerbs, words.front().text, &VerbRow::word);
  if (row == kVerbs.end()) return tl::unexpected(arguments.error(words.front(), unknown_verb(words.front().text)));
  const std::size_t given = words.size() - 1;
  if (given < row->least || given > row->most) {
    const ScriptWord& place = given > row->most ? words[row->most + 1] : words.front();
    return tl::unexpected(arguments.error(place, "expected: " + std::string(row->form)));
  }
  ScriptCommand command;
  const std::size_t begin = words.front().column - 1;
  command.text = line.substr(begin, words.back().column - 1 + words.back().text.size() - begin);
  command.verb = row->verb;
  command.place = {number, words.front().column};
  if (auto error = parse_arguments(arguments, command)) return tl::unexpected(std::move(*error));
  return command;
}

tl::expected<std::vector<ScriptCommand>, InputError> parse_script(std::string_view text, const std::string& name) {
  std::vector<ScriptCommand> commands;
  for (unsigned number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    auto command = parse_script_line(text.substr(0, end), number, name);
    if (!command) return tl::unexpected(std::move(command.error()));
    if (*command) commands.push_back(std::move(**command));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return commands;
}

std::optional<InputError> check_command(const ScriptCommand& command, const TargetFacts& facts,
                                        const std::string& name) {
  const auto error = [&](Position place, std::string message) {
    return InputError{name, place.line, place.column, std::move(message)};
  };
  const auto cannot = [&](const std::string& why) -> std::optional<InputError> {
    if (why.empty()) return std::nullopt;
    return error(command.place, in_quotes(command.text) + ": " + why);
  };
  const core::DeviceGeometry& geometry = facts.geometry;
  if (command.zone >= geometry.nr_zones()) {
    return error(command.zone_place, "zone " + std::to_string(command.zone) + " is beyond the device's " +
                                         std::to_string(geometry.nr_zones()) + " zones");
  }
  if (command.blocks > kMostBytes / geometry.block_size) {
    return error(command.blocks_place, std::to_string(command.blocks) + " blocks are more than 1 GiB");
  }
  if (command.offset > kLastByte / geometry.block_size - geometry.size / geometry.block_size) {
    return error(command.place, "an offset that no file has");
  }
  switch (command.verb) {
    case Verb::read:
    case Verb::report:
      return std::nullopt;
    case Verb::append:
      if (!facts.no_append.empty()) return cannot(facts.no_append);
      break;
    case Verb::set_readonly:
    case Verb::set_offline:
      if (!facts.no_degrade.empty()) return cannot(facts.no_degrade);
      break;
    case Verb::power_cut:
      if (!facts.no_power_cut.empty()) return cannot(facts.no_power_cut);
      break;
    default:
      break;
  }
  return cannot(facts.no_write);
}

}  // namespace zoneknot::tools
