#include "tools/device/contents.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace zoneknot::tools {

int StampMap::write(std::uint64_t block, std::uint64_t blocks, Stamp first) {
  const int erased = erase(block, blocks);
  runs_.emplace(block, Written{blocks, first});
  return erased;
}

int StampMap::erase(std::uint64_t block, std::uint64_t blocks) {
  const std::uint64_t end = block + blocks;
  auto place = runs_.upper_bound(block);
  if (place != runs_.begin()) --place;
  while (place != runs_.end() && place->first < end) {
    const std::uint64_t start = place->first;
    const Written run = place->second;
    if (start + run.blocks <= block) {
      ++place;
      continue;
    }
    place = runs_.erase(place);
    if (start < block) runs_.emplace(start, Written{block - start, run.first});
    if (start + run.blocks > end) {
      const auto skipped = static_cast<std::uint32_t>(end - start);
      runs_.emplace(end, Written{start + run.blocks - end, {run.first.line, run.first.index + skipped}});
    }
  }
  return 0;
}

int StampMap::read(std::uint64_t block, std::uint64_t blocks, std::vector<BlockRun>& runs) const {
  const std::uint64_t end = block + blocks;
  std::uint64_t at = block;
  auto place = runs_.upper_bound(block);
  if (place != runs_.begin()) --place;
  for (; place != runs_.end() && place->first < end; ++place) {
    const auto& [start, run] = *place;
    if (start + run.blocks <= at) continue;
    if (start > at) add_run(runs, {.found = Found::zeros, .blocks = start - at});
    const std::uint64_t from = std::max(start, at);
    const std::uint64_t to = std::min(start + run.blocks, end);
    const auto skipped = static_cast<std::uint32_t>(from - start);
    add_run(runs, {.found = Found::stamp, .first = {run.first.line, run.first.index + skipped}, .blocks = to - from});
    at = to;
  }
  add_run(runs, {.found = Found::zeros, .blocks = end - at});
  return 0;
}

int FileContents::write(std::uint64_t block, std::uint64_t blocks, Stamp first) {
  std::vector<std::byte> bytes(block_size_);
  for (std::uint64_t i = 0; i < blocks; ++i) {
    put_stamp(bytes, {first.line, first.index + static_cast<std::uint32_t>(i)});
    const auto at = static_cast<off_t>((block + i) * block_size_);
    const ssize_t done = pwrite(file_.fd(), bytes.data(), bytes.size(), at);
    if (done < 0) return errno;
    if (static_cast<std::size_t>(done) != bytes.size()) return ENOSPC;
  }
  return 0;
}

int FileContents::erase(std::uint64_t block, std::uint64_t blocks) {
  const int result = fallocate(file_.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                               static_cast<off_t>(block * block_size_), static_cast<off_t>(blocks * block_size_));
  return result == 0 ? 0 : errno;
}

int FileContents::read(std::uint64_t block, std::uint64_t blocks, std::vector<BlockRun>& runs) const {
  std::vector<std::byte> bytes(block_size_);
  for (std::uint64_t i = 0; i < blocks; ++i) {
    const ssize_t done = pread(file_.fd(), bytes.data(), bytes.size(), static_cast<off_t>((block + i) * block_size_));
    if (done < 0) return errno;
    if (static_cast<std::size_t>(done) != bytes.size()) return EIO;
    add_run(runs, look_at(bytes));
  }
  return 0;
}

}  // namespace zoneknot::tools
