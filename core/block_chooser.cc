#include "core/block_chooser.h"

#include <algorithm>

namespace zoneknot::core {

BlockChooser::BlockChooser(JobContext& job, ZoneResets& resets, std::unique_ptr<Random> random)
    : job_(job), resets_(resets), random_(std::move(random)), block_size_(job.spec.smallest_bs()) {
  if (job.spec.random && job.spec.random_map) map_.emplace(job.range.length / block_size_);
  positions_.fill(job.range.base);
}

void BlockChooser::new_round() {
  if (map_) map_->clear();
  positions_.fill(job_.range.base);
  if (job_.spec.randrepeat) random_->reseed(job_.random_seed);
}

bool BlockChooser::choose(IoUnit& unit) {
  IoRequest& io = unit.request;
  io.direction = choose_direction();
  io.offset = 0;
  io.length = 0;
  if (io.direction == Direction::sync) {
    writes_since_sync_ = 0;
    return true;
  }
  const bool chosen = job_.spec.random ? choose_random(io) : choose_sequential(io);
  unit.drawn_offset = io.offset;
  return chosen;
}

Direction BlockChooser::choose_direction() {
  const JobSpec& spec = job_.spec;
  if (spec.fsync != 0 && writes_since_sync_ >= spec.fsync) return Direction::sync;
  if (spec.mixed()) return random_->percent(spec.rwmixread) ? Direction::read : Direction::write;
  if (spec.trims) return Direction::trim;
  return spec.reads ? Direction::read : Direction::write;
}

std::uint32_t BlockChooser::draw_length(Direction direction) {
  const std::uint32_t min = job_.spec.min_bs_of(direction);
  const std::uint32_t steps = (job_.spec.max_bs_of(direction) - min) / min;
  return min * (1 + static_cast<std::uint32_t>(random_->below(steps + 1)));
}

// A block that the map leaves free. A time-based job that has drawn all of them starts over, with a file_reset in the
// middle of its work: a slot is taken, and I/O of its own may be queued and in flight.
std::optional<std::uint64_t> BlockChooser::draw_block() {
  const std::uint64_t blocks = job_.range.length / block_size_;
  if (!map_) return random_->below(blocks);
  std::optional<std::uint64_t> block = map_->next_free(random_->below(blocks));
  if (!block && job_.spec.time_based) {
    resets_.file_reset();
    map_->clear();
    block = map_->next_free(random_->below(blocks));
  }
  return block;
}

bool BlockChooser::choose_random(IoRequest& io) {
  const std::optional<std::uint64_t> block = draw_block();
  if (!block) return false;
  const std::uint32_t length = draw_length(io.direction);
  std::uint64_t blocks =
      std::min(length / block_size_, static_cast<std::uint32_t>(job_.range.length / block_size_ - *block));
  if (map_) blocks = map_->free_run(*block, blocks);
  io.offset = job_.range.base + *block * block_size_;
  io.length = static_cast<std::uint32_t>(blocks * block_size_);
  return true;
}

void BlockChooser::skip_zone_if_due(Direction direction) {
  const JobSpec& spec = job_.spec;
  if (spec.zone_skip == 0) return;
  const Zone* zone = job_.table.zone_at(job_.range.base);
  const std::uint64_t at = position(direction);
  const bool at_end = zone == nullptr || at >= job_.table.end_of(*zone);
  const bool beyond_wp = !at_end && direction == Direction::read && !spec.read_beyond_wp && at >= zone->wp.peek();
  if (zone_bytes_ < job_.table.zone_size() && !at_end && !beyond_wp) return;
  zone_bytes_ = 0;
  job_.range.base += job_.table.zone_size() + spec.zone_skip;
  if (job_.range.base >= job_.table.device_end()) job_.range.base = job_range(spec, job_.table.initial_report()).base;
  positions_.fill(job_.range.base);
}

bool BlockChooser::choose_sequential(IoRequest& io) {
  skip_zone_if_due(io.direction);
  std::uint64_t& at = position(io.direction);
  const std::uint64_t end = std::min(job_.range.end(), job_.table.device_end());
  if (at >= end) {
    if (!job_.spec.time_based) return false;
    at = job_.range.base;
  }
  io.offset = at;
  io.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(draw_length(io.direction), end - at));
  return true;
}

void BlockChooser::accepted(const IoUnit& unit) {
  const IoRequest& io = unit.request;
  if (io.direction == Direction::sync) return;
  if (io.direction == Direction::write) ++writes_since_sync_;
  position(io.direction) = io.offset + io.length;
  zone_bytes_ += io.length;
  if (map_) map_->mark((unit.drawn_offset - job_.range.base) / block_size_, io.length / block_size_);
}

}  // namespace zoneknot::core
