// Plays commands of a script on a target, one after another, and says what came of each: as the lines that
// docs/device-command.md describes, or as JSON. Keeps what the last report said. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/device/script.h"
#include "tools/device/target.h"

namespace zoneknot::tools {

// What a report says of a zone, as the output has it.
struct ZoneLine {
  std::uint32_t zone = 0;
  bool conventional = false;
  std::string_view condition;
  std::optional<std::uint64_t> pointer;  // blocks from the zone's start
  std::uint64_t capacity = 0;            // blocks
};

struct Played {
  std::string result;
  std::vector<BlockRun> runs{};   // of a read that brought something
  std::vector<ZoneLine> zones{};  // that changed; of `report`, all
  bool report = false;
};

class Player {
 public:
  // The target outlives this.
  explicit Player(Target& target);

  // The error is one line: the target cannot be asked for a report any more.
  [[nodiscard]] tl::expected<Played, std::string> play(const ScriptCommand& command);

 private:
  [[nodiscard]] Played carry_out(const ScriptCommand& command);
  [[nodiscard]] Played transfer(const ScriptCommand& command);
  [[nodiscard]] std::string append(const ScriptCommand& command);
  [[nodiscard]] std::string manage(const ScriptCommand& command);
  [[nodiscard]] ZoneLine line_of(std::uint32_t zone, const core::ZoneReport& report) const;
  [[nodiscard]] std::optional<std::string> look(Played& played, bool all);

  Target& target_;
  core::DeviceGeometry geometry_;
  std::uint64_t zone_blocks_;
  std::vector<core::ZoneReport> shown_;     // what the changes are counted from
  std::vector<core::ZoneReport> reported_;  // by the last report
};

// The lines of one command, each with its end.
std::string played_text(const ScriptCommand& command, const Played& played);
// The beginning of a JSON object, up to the list of its commands; "]}" ends it.
std::string played_json_head(std::string_view target);
// The same as a JSON object on one line.
std::string played_json(const ScriptCommand& command, const Played& played);

// "EIO", or the number where it has no name.
std::string errno_name(int error);

// "EMPTY", "IOPEN" and so on.
std::string_view condition_word(core::ZoneCondition condition);

}  // namespace zoneknot::tools
