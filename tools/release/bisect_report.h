// What `zoneknot bisect` says, as text and as JSON ("schema": "zoneknot.bisect/1", docs/zoneknot.bisect-1.schema.json).
// Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/release/history.h"

namespace zoneknot::tools {

// What the search of one release came to.
struct ReleaseFound {
  std::string cell{};            // "HANG g"
  std::string headline{};        // "HANG: first and second wait on each other for ever"
  std::string witness{};         // the line; empty: nothing was found, or it is too long
  std::string file{};            // where the witness is; empty: nowhere
  std::string replay_command{};  // empty: nothing was found
};

struct Bisected {
  std::string job;
  std::string device;
  std::vector<ReleaseRow> rows;
  std::vector<ReleaseFound> found;  // by row, as far as it came
  History history;
  std::uint64_t executions = 0;  // of each search, at most
  bool stopped = false;          // before everything was asked
};

// "HANG until fio-3.19, nothing found since fio-3.20".
std::string bisect_headline(const Bisected& bisected);
std::string bisect_text(const Bisected& bisected);
std::string bisect_json(const Bisected& bisected);

// The answer where nothing was found.
inline constexpr const char* kNothingFound = "CLEAN";

}  // namespace zoneknot::tools
