// The language of zone commands, one command a line:
//
//   write ZONE OFFSET|wp BLOCKS      open|close|finish|reset ZONE [COUNT]     set-readonly ZONE    power-cut
//   read ZONE OFFSET BLOCKS          reset all                                set-offline ZONE     report
//   append ZONE BLOCKS               # a comment, to the end of the line
//
// Zones by index; offsets count logical blocks from the zone's start and may run past its end. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "tools/device/target.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

enum class Verb : std::uint8_t {
  write,
  read,
  append,
  open,
  close,
  finish,
  reset,
  set_readonly,
  set_offline,
  power_cut,
  report,
};

struct ScriptCommand {
  std::string text;  // as given, without what surrounds it
  Verb verb = Verb::report;
  std::uint64_t zone = 0;
  std::uint64_t offset = 0;  // blocks
  bool at_pointer = false;   // `wp` instead of an offset
  std::uint64_t blocks = 0;
  std::uint64_t count = 1;
  bool all = false;  // of reset
  Position place;    // of the first word
  Position zone_place;
  Position blocks_place;
};

// One line without its end; nothing where there is no command on it. `name` is the script's, for errors.
tl::expected<std::optional<ScriptCommand>, InputError> parse_script_line(std::string_view line, unsigned number,
                                                                         const std::string& name);
tl::expected<std::vector<ScriptCommand>, InputError> parse_script(std::string_view text, const std::string& name);

// What the target cannot do, or has not.
std::optional<InputError> check_command(const ScriptCommand& command, const TargetFacts& facts,
                                        const std::string& name);

}  // namespace zoneknot::tools
