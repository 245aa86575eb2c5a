#include "tools/device/stamp.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace zoneknot::tools {
namespace {

// What is written into a block, over and over.
struct StampCell {
  std::array<char, 8> mark = {'z', 'k', 's', 't', 'a', 'm', 'p', '\n'};
  Stamp stamp;
};
static_assert(sizeof(StampCell) == 16);

bool continues(const BlockRun& run, const BlockRun& next) {
  if (run.found != next.found) return false;
  return run.found != Found::stamp ||
         (run.first.line == next.first.line && run.first.index + run.blocks == next.first.index);
}

}  // namespace

void add_run(std::vector<BlockRun>& runs, const BlockRun& run) {
  if (run.blocks == 0) return;
  if (!runs.empty() && continues(runs.back(), run)) {
    runs.back().blocks += run.blocks;
  } else {
    runs.push_back(run);
  }
}

std::string first_text(const BlockRun& run) {
  switch (run.found) {
    case Found::stamp:
      return std::to_string(run.first.line) + "." + std::to_string(run.first.index);
    case Found::zeros:
      return "-";
    case Found::ones:
      return "ff";
    case Found::other:
      return "?";
  }
  __builtin_unreachable();
}

std::string runs_text(const std::vector<BlockRun>& runs) {
  std::uint64_t zeros = 0;
  std::string text;
  for (const BlockRun& run : runs) {
    if (run.found == Found::zeros) zeros += run.blocks;
    text += (text.empty() ? "" : "/") + first_text(run) + "+" + std::to_string(run.blocks);
  }
  return "stamps=" + first_text(runs.front()) + "," + std::to_string(zeros) + " runs=" + text;
}

void put_stamp(std::span<std::byte> block, Stamp stamp) {
  StampCell cell;
  cell.stamp = stamp;
  for (std::size_t at = 0; at < block.size(); at += sizeof(StampCell))
    std::memcpy(&block[at], &cell, sizeof(StampCell));
}

BlockRun look_at(std::span<const std::byte> block) {
  const auto all = [&](std::byte value) { return std::ranges::all_of(block, [=](std::byte b) { return b == value; }); };
  if (all(std::byte{0})) return {.found = Found::zeros, .blocks = 1};
  if (all(std::byte{0xff})) return {.found = Found::ones, .blocks = 1};
  StampCell cell;
  std::memcpy(&cell, block.data(), sizeof(StampCell));
  const bool marked = cell.mark == StampCell{}.mark;
  for (std::size_t at = 0; marked && at < block.size(); at += sizeof(StampCell)) {
    if (std::memcmp(&block[at], &cell, sizeof(StampCell)) != 0) return {.found = Found::other, .blocks = 1};
  }
  if (!marked) return {.found = Found::other, .blocks = 1};
  return {.found = Found::stamp, .first = cell.stamp, .blocks = 1};
}

}  // namespace zoneknot::tools
