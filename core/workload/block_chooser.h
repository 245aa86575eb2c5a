// What a job's next I/O is in the file at hand: direction, offset and length, before adjust_block moves it. Random jobs
// draw blocks, with a map that keeps blocks from being drawn twice; sequential ones go on where their last I/O of that
// direction ended. Used by the job's task alone.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/random.h"
#include "core/random_map.h"
#include "core/workload/io_unit.h"
#include "core/workload/job_context.h"
#include "core/workload/pace.h"
#include "core/workload/zone_resets.h"

namespace zoneknot::core {

class BlockChooser {
 public:
  BlockChooser(JobContext& job, ZoneResets& resets, Pace& pace, std::unique_ptr<Random> random);

  // Before each round but the first.
  void new_round();

  // Sets direction, offset and length of the unit's request. False: the range is used up, or the
  // job's time.
  bool choose(IoUnit& unit);

  // What decides the choices to come.
  void describe(StateSink& sink) const;

  // The unit was accepted, at the offset it has now.
  void accepted(const IoUnit& unit);

 private:
  Direction choose_direction();
  [[nodiscard]] bool trims_first() const { return here().trimmed.offset == here().written_at; }
  [[nodiscard]] bool writes_first() const;
  [[nodiscard]] bool sync_is_due(std::uint32_t writes) const;
  std::uint32_t draw_length(Direction direction);
  std::uint32_t draw_share(const std::vector<SizeShare>& shares, std::uint32_t smallest);
  bool choose_in_mixed_order(IoRequest& io);
  bool choose_random(IoRequest& io);
  bool choose_sequential(IoRequest& io);
  std::optional<std::uint64_t> next_free();
  std::optional<std::uint64_t> draw_block();
  void leave_gap(std::uint64_t& at) const;
  void leave_out(std::uint64_t& at) const;
  void skip_zone_if_due(Direction direction);
  std::uint64_t& position(Direction direction) { return here().positions.at(static_cast<std::size_t>(direction)); }
  // Random draws number the blocks that can be written: a zone's capacity ends before its size on some devices.
  [[nodiscard]] std::uint64_t offset_of(std::uint64_t block) const;
  [[nodiscard]] std::uint64_t block_of(std::uint64_t offset) const;

  // rw=trimwrite: what was trimmed last; until there is something, nowhere.
  struct Trimmed {
    std::uint64_t offset = UINT64_MAX;
    std::uint32_t length = 0;
  };
  // Where the job has been in one of its files, and what there is of it.
  struct Places {
    std::uint64_t stride;         // bytes from one run of writable blocks to the next: a zone, or the whole range
    std::uint64_t stride_blocks;  // blocks of one run
    std::uint64_t blocks;         // of the range
    std::optional<RandomMap> map{};
    std::array<std::uint64_t, 3> positions{};  // where the next I/O of a direction starts
    Trimmed trimmed{};
    std::uint64_t written_at = UINT64_MAX;  // rw=trimwrite: where the last write began
  };
  [[nodiscard]] Places places_in(const FileOfJob& file) const;
  // Of the file at hand.
  [[nodiscard]] Places& here() { return places_[job_.file]; }
  [[nodiscard]] const Places& here() const { return places_[job_.file]; }

  JobContext& job_;
  ZoneResets& resets_;
  Pace& pace_;
  std::unique_ptr<Random> random_;
  std::uint32_t block_size_;      // of the map and of random draws: the job's smallest
  const bool remembers_;          // where it has been; a proof may not
  const bool goes_on_;            // some I/O begins where the last one ended
  std::uint32_t until_draw_;      // with draw_every: I/Os up to the next draw, it included
  std::vector<Places> places_;    // by file
  std::uint64_t zone_bytes_ = 0;  // since the last zoneskip
  // For fsync and fdatasync: writes in the job's life, and what came last.
  std::uint64_t writes_ = 0;
  std::optional<Direction> last_;
};

}  // namespace zoneknot::core
