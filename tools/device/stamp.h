// The stamp that every block of a script's writes carries, and runs of blocks as reads find them. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace zoneknot::tools {

// The line of the script that wrote a block, and the block's index in that write.
struct Stamp {
  std::uint32_t line = 0;
  std::uint32_t index = 0;
  bool operator==(const Stamp&) const = default;
};

enum class Found : std::uint8_t { stamp, zeros, ones, other };

// Blocks that follow each other: of zeros, of 0xff, of neither, or with stamps of one line and ascending indices.
struct BlockRun {
  Found found = Found::zeros;
  Stamp first{};  // of a stamp
  std::uint64_t blocks = 0;
};

// Adds a run behind others, and makes one of two that belong together.
void add_run(std::vector<BlockRun>& runs, const BlockRun& run);

// "7.0", "-", "ff", "?".
std::string first_text(const BlockRun& run);
// "stamps=7.0,2 runs=7.0+8/-+2" of a read.
std::string runs_text(const std::vector<BlockRun>& runs);

// A block's bytes: the stamp, again and again. The block size is a multiple of 512.
void put_stamp(std::span<std::byte> block, Stamp stamp);
// A run of one block.
BlockRun look_at(std::span<const std::byte> block);

}  // namespace zoneknot::tools
