#include "core/workload/block_chooser.h"

#include <algorithm>
#include <cstdlib>

namespace zoneknot::core {

namespace {

// All sequential zones of a device have one capacity; with conventional ones among them the whole size counts, and so
// it does where not even one block can be written.
bool has_gaps(const ZoneTable& table, const Range& range, std::uint32_t block_size) {
  if (range.base % table.zone_size() != 0 || range.length % table.zone_size() != 0) return false;
  const std::uint64_t capacity = table.zone(static_cast<std::uint32_t>(range.base / table.zone_size())).capacity;
  if (capacity == table.zone_size() || capacity < block_size) return false;
  const std::uint64_t end = std::min(range.end(), table.device_end()) / table.zone_size();
  for (std::uint64_t index = range.base / table.zone_size(); index < end; ++index) {
    if (table.zone(static_cast<std::uint32_t>(index)).conventional()) return false;
  }
  return true;
}

}  // namespace

BlockChooser::BlockChooser(JobContext& job, ZoneResets& resets, Pace& pace, std::unique_ptr<Random> random)
    : job_(job),
      resets_(resets),
      pace_(pace),
      random_(std::move(random)),
      block_size_(job.spec.smallest_bs()),
      remembers_(job.world.remembers_places()),
      goes_on_(!job.spec.random || job.spec.draw_every > 1 ||
               std::ranges::any_of(job.spec.percentage_random, [](std::uint32_t percent) { return percent < 100; })),
      until_draw_(job.spec.draw_every) {
  places_.reserve(job.files.size());
  for (const FileOfJob& file : job.files) places_.push_back(places_in(file));
}

BlockChooser::Places BlockChooser::places_in(const FileOfJob& file) const {
  const Range& range = file.range;
  const std::uint64_t all = range.length / block_size_;
  Places places{.stride = range.length, .stride_blocks = all, .blocks = all};
  // What is called zonecapacity here was not known before fio 3.22, whose map knows nothing of it.
  if (!job_.fixes.has(Fix::capacity) && has_gaps(file.table, range, block_size_)) {
    places.stride = file.table.zone_size();
    places.stride_blocks = file.table.zone_at(range.base)->capacity / block_size_;
    places.blocks = range.length / places.stride * places.stride_blocks;
  }
  if (job_.spec.random && job_.keeps_map() && remembers_) places.map.emplace(places.blocks);
  places.positions.fill(range.base);
  return places;
}

std::uint64_t BlockChooser::offset_of(std::uint64_t block) const {
  const Places& places = here();
  return job_.range().base + block / places.stride_blocks * places.stride + block % places.stride_blocks * block_size_;
}

std::uint64_t BlockChooser::block_of(std::uint64_t offset) const {
  const std::uint64_t in_range = offset - job_.range().base;
  const Places& places = here();
  return in_range / places.stride * places.stride_blocks + in_range % places.stride / block_size_;
}

void BlockChooser::new_round() {
  for (std::size_t file = 0; file < places_.size(); ++file) {
    Places& places = places_[file];
    if (places.map) places.map->clear();
    places.positions.fill(job_.files[file].range.base);
    places.trimmed = {};
    places.written_at = UINT64_MAX;
  }
  zone_bytes_ = 0;
  if (job_.spec.randrepeat) random_->reseed(job_.random_seed);
}

bool BlockChooser::choose(IoUnit& unit) {
  IoRequest& io = unit.request;
  io.direction = choose_direction();
  if (!pace_.wait_for_turn(io.direction)) return false;
  io.offset = 0;
  io.length = 0;
  if (io.direction == Direction::sync) return true;
  if (job_.spec.trims && job_.spec.random && io.direction == Direction::write) {
    io.offset = unit.drawn_offset = here().trimmed.offset;
    io.length = here().trimmed.length;
    return true;
  }
  const bool chosen = job_.spec.random ? choose_in_mixed_order(io) : choose_sequential(io);
  unit.drawn_offset = io.offset;
  return chosen;
}

Direction BlockChooser::choose_direction() {
  const JobSpec& spec = job_.spec;
  for (const std::uint32_t writes : {spec.fsync, spec.fdatasync}) {
    if (writes != 0 && sync_is_due(writes)) return Direction::sync;
  }
  if (spec.mixed()) {
    const bool reads = random_->percent(spec.rwmixread) && !writes_first();
    return reads ? Direction::read : Direction::write;
  }
  if (spec.trims) return !spec.writes || trims_first() ? Direction::trim : Direction::write;
  return spec.reads ? Direction::read : Direction::write;
}

// Seen of fio 3.33: after every so many writes of the job's life, and, until the next one, again after each READ.
bool BlockChooser::sync_is_due(std::uint32_t writes) const {
  if (writes_ == 0 || writes_ % writes != 0 || !last_) return false;
  return job_.fixes.has(Fix::sync_after_write) ? *last_ == Direction::write : *last_ != Direction::sync;
}

// A mixed job that has nothing to read begins with a write: since fio 3.20, while the zones of the range have no data
// as far as the count goes; since 3.34, until it has written something itself.
bool BlockChooser::writes_first() const {
  const FixSet fixes = job_.fixes;
  if (!fixes.has(Fix::first_write) || job_.spec.read_beyond_wp) return false;
  if (fixes.has(Fix::rwmix_zero) && job_.spec.rwmixread == 100) return false;
  return fixes.has(Fix::first_write_own) ? !job_.at_hand().has_written : job_.table().sectors_with_data.peek() == 0;
}

std::uint32_t BlockChooser::draw_length(Direction direction) {
  const std::uint32_t min = job_.spec.min_bs_of(direction);
  const std::uint32_t max = job_.spec.max_bs_of(direction);
  if (min == max) return min;
  const auto& shares = job_.spec.bssplit.at(static_cast<std::size_t>(direction));
  if (!shares.empty()) return draw_share(shares, min);
  const std::uint32_t steps = (max - min) / min;
  return min * (1 + static_cast<std::uint32_t>(random_->below(steps + 1)));
}

// Where the shares are no hundred percent, the rest has the smallest size.
std::uint32_t BlockChooser::draw_share(const std::vector<SizeShare>& shares, std::uint32_t smallest) {
  const auto drawn = static_cast<std::uint32_t>(random_->below(100));
  std::uint32_t upto = 0;
  for (const SizeShare& share : shares) {
    upto += share.percent;
    if (drawn < upto) return share.bytes;
  }
  return smallest;
}

// A block that the map leaves free.
std::optional<std::uint64_t> BlockChooser::next_free() {
  if (here().map) return here().map->next_free(random_->below(here().blocks));
  if (remembers_ || !job_.keeps_map()) return random_->below(here().blocks);
  const std::uint64_t block = random_->below(here().blocks + 1);
  return block < here().blocks ? std::optional(block) : std::nullopt;
}

// A time-based job that has drawn all blocks of its map starts over, with a file_reset in the middle of its work: a
// slot is taken, and I/O of its own may be queued and in flight.
std::optional<std::uint64_t> BlockChooser::draw_block() {
  std::optional<std::uint64_t> block = next_free();
  if (!block && job_.spec.time_based) {
    resets_.file_reset();
    if (here().map) here().map->clear();
    block = next_free();
  }
  return block;
}

// `percentage_random`, and the I/Os between two draws of rw=randwrite:8.
bool BlockChooser::choose_in_mixed_order(IoRequest& io) {
  const JobSpec& spec = job_.spec;
  if (spec.draw_every > 1) {
    if (--until_draw_ != 0 && choose_sequential(io)) return true;
    until_draw_ = spec.draw_every;
    return choose_random(io);
  }
  const std::uint32_t percent = spec.percentage_random.at(static_cast<std::size_t>(io.direction));
  return percent == 100 || random_->percent(percent) ? choose_random(io) : choose_sequential(io);
}

bool BlockChooser::choose_random(IoRequest& io) {
  const std::optional<std::uint64_t> block = draw_block();
  if (!block) return false;
  const std::uint32_t length = draw_length(io.direction);
  std::uint64_t blocks =
      std::min<std::uint64_t>(length / block_size_, here().stride_blocks - *block % here().stride_blocks);
  if (here().map) blocks = here().map->free_run(*block, blocks);
  io.offset = offset_of(*block);
  // Jobs whose directions have different block sizes: what is left of a gap may be less than one block of this one.
  const std::uint64_t least = job_.spec.min_bs_of(io.direction);
  io.length = static_cast<std::uint32_t>(std::max(blocks * block_size_, least));
  return true;
}

void BlockChooser::skip_zone_if_due(Direction direction) {
  const JobSpec& spec = job_.spec;
  if (spec.zone_skip == 0) return;
  const Zone* zone = job_.table().zone_at(job_.range().base);
  const std::uint64_t at = position(direction);
  const bool at_end = zone == nullptr || at >= job_.table().end_of(*zone);
  const bool beyond_wp = !at_end && direction == Direction::read && !spec.read_beyond_wp && at >= zone->wp.peek();
  if (zone_bytes_ < job_.table().zone_size() && !at_end && !beyond_wp) return;
  zone_bytes_ = 0;
  job_.range().base += job_.table().zone_size() + spec.zone_skip;
  const bool in_range = job_.fixes.has(Fix::skip_in_range);
  const std::uint64_t end = in_range ? job_.own().end * job_.table().zone_size() : job_.table().device_end();
  if (job_.range().base >= end) job_.range().base = job_range(spec, job_.table().initial_report()).base;
  here().positions.fill(job_.range().base);
}

// rw=write:64k; a negative number goes back.
void BlockChooser::leave_out(std::uint64_t& at) const {
  const auto bytes = static_cast<std::uint64_t>(std::abs(job_.spec.leave_out));
  if (job_.spec.leave_out > 0) {
    at += bytes;
  } else {
    at = at - job_.range().base > bytes ? at - bytes : job_.range().base;
  }
}

// Nothing can be written between a zone's capacity and its end; the historic program knows no such gap. Seen of fio:
// that is so before it is asked whether zones are to be skipped.
void BlockChooser::leave_gap(std::uint64_t& at) const {
  const Zone* zone = job_.table().zone_at(at);
  if (zone != nullptr && at >= zone->writable_end()) at = job_.table().end_of(*zone);
}

bool BlockChooser::choose_sequential(IoRequest& io) {
  std::uint64_t& at = position(io.direction);
  if (io.direction == Direction::write) leave_gap(at);
  skip_zone_if_due(io.direction);
  if (!remembers_) at = job_.range().base + random_->below(here().blocks + 1) * block_size_;
  const std::uint64_t end = std::min(job_.range().end(), job_.table().device_end());
  // A job that does not remember where it was may have been anywhere.
  if (remembers_ && job_.spec.leave_out != 0 && at != job_.range().base) leave_out(at);
  if (io.direction == Direction::write) leave_gap(at);
  if (at >= end) {
    // Seen of fio: only where it has no other file does a job go on in this one.
    if (!job_.spec.time_based || job_.has_several_files()) return false;
    at = job_.range().base;
  }
  io.offset = at;
  io.length = draw_length(io.direction);
  // Seen of fio: a block of the only size there is may reach past the end, and is cut where it is placed.
  const std::uint64_t min = job_.spec.min_bs_of(io.direction);
  if (min != job_.spec.max_bs_of(io.direction)) {
    io.length = static_cast<std::uint32_t>(std::max(min, std::min<std::uint64_t>(io.length, end - at)));
  }
  return true;
}

void BlockChooser::accepted(const IoUnit& unit) {
  const IoRequest& io = unit.request;
  last_ = io.direction;
  if (io.direction == Direction::sync) return;
  if (io.direction == Direction::write) {
    ++writes_;
    job_.at_hand().has_written = true;
    here().written_at = io.offset;
  }
  if (io.direction == Direction::trim) here().trimmed = {io.offset, io.length};
  position(io.direction) = io.offset + io.length;
  zone_bytes_ += io.length;
  if (here().map) here().map->mark(block_of(unit.drawn_offset), io.length / block_size_);
}

void BlockChooser::describe(StateSink& sink) const {
  random_->describe(sink);
  if (job_.spec.draw_every > 1) sink.add(until_draw_);
  for (const Places& places : places_) {
    if (places.map) places.map->describe(sink);
    if (goes_on_ && remembers_) {
      for (const std::uint64_t position : places.positions) sink.add(position);
    }
    if (!job_.spec.trims || !job_.spec.writes) continue;
    for (const std::uint64_t value : {places.trimmed.offset, std::uint64_t{places.trimmed.length}, places.written_at}) {
      sink.add(value);
    }
  }
  if (job_.spec.zone_skip != 0) sink.add(std::min(zone_bytes_, job_.table().zone_size()));
  if (job_.spec.fsync == 0 && job_.spec.fdatasync == 0) return;
  sink.add(last_ ? static_cast<std::uint64_t>(*last_) : kNoId);
  sink.add(writes_ != 0 ? 1 : 0);
  for (const std::uint32_t writes : {job_.spec.fsync, job_.spec.fdatasync}) {
    if (writes != 0) sink.add(writes_ % writes);
  }
}

}  // namespace zoneknot::core
