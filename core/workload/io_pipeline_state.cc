// What decides a job's I/O to come, as a state: its slots, lists and counters.

#include <algorithm>

#include "core/workload/io_pipeline.h"

namespace zoneknot::core {
namespace {

// Values and no counts of work, which a proof leaves out.
struct ValueSink final : StateSink {
  void add(std::uint64_t value) override { values.push_back(value); }
  void count(std::uint64_t) override {}
  std::vector<std::uint64_t> values;
};

bool fills_its_zone(ZoneTable& table, const IoRequest& io) {
  const Zone* const zone = table.zone_at(io.offset);
  return zone != nullptr && io.offset + io.length >= zone->writable_end();
}

}  // namespace

// What decides where a drawn WRITE will go: in a zone with a write pointer it is moved there, and its own offset only
// leads to that zone, or to one of those that are open.
void IoPipeline::describe_drawn(const IoUnit& unit, StateSink& sink) const {
  const std::uint64_t offset = unit.request.offset;
  const FileOfJob& file = job_.files[unit.request.file];
  const Zone* zone = file.table.zone_at(offset);
  if (job_.keeps_map() || zone == nullptr || zone->conventional()) {
    sink.add(offset);
    sink.add(unit.drawn_offset);
    return;
  }
  sink.add(offset / file.table.zone_size());
  for (std::uint32_t count = 1; count <= job_.spec.open_zone_limit(); ++count)
    sink.add(job_.list_position(file.range, offset, count));
}

// A free unit's contents mean nothing; what the engine writes into the request of a queued one is not the job's yet.
// Once a read has reached the device, only its zone counts. A write's end asks whether it filled its zone, and what is
// left of one that came short goes on where it ended: all of that follows from the write pointer, but a step that is
// known has not looked at it. Where places are not remembered the answer to the question is enough.
void IoPipeline::describe_unit(const IoUnit& unit, StateSink& sink) const {
  const IoRequest& io = unit.request;
  ZoneTable& table = job_.files[io.file].table;
  sink.add(static_cast<std::uint64_t>(unit.state));
  if (unit.state == UnitState::free) return;
  if (job_.has_several_files()) sink.add(io.file);
  sink.add(static_cast<std::uint64_t>(unit.purpose) << 8U | static_cast<std::uint64_t>(io.direction));
  const bool drawn = unit.state == UnitState::taken && !unit.placed;
  const bool write = io.direction == Direction::write;
  const bool remembered_write = write && job_.world.remembers_places();
  const bool offset_counts = unit.state != UnitState::queued || job_.spec.verify != VerifyKind::none ||
                             job_.spec.serialize_overlap || remembered_write ||
                             std::find(uncommitted_.begin(), uncommitted_.end(), unit.index) != uncommitted_.end();
  if (drawn && job_.spec.random && write) {
    describe_drawn(unit, sink);
  } else {
    sink.add(offset_counts ? io.offset : io.offset / table.zone_size());
    if (!offset_counts && write) sink.add(fills_its_zone(table, io) ? 1 : 0);
    if (drawn) sink.add(unit.drawn_offset);
  }
  sink.add(io.length);
  sink.add(unit.full_length);
  sink.count(unit.verify_sequence);
  // `placed` is left out: no routine but this one looks at it, and the place of a mark says what it is there.
  sink.add((unit.issued ? 1U : 0U) | (unit.has_queue_done ? 2U : 0U) | (unit.has_put ? 4U : 0U));
  sink.add(unit.hold.held() ? unit.hold.zone().index : kNoId);
  if (job_.spec.max_latency_ns != 0 || job_.spec.latency_target_ns != 0) sink.add(unit.issue_ns);
  if (unit.state == UnitState::queued) return;
  sink.add(static_cast<std::uint64_t>(io.error));
  sink.add(io.transferred);
}

// For a proof: I/Os that differ in nothing but their number are one to it. Which of them the lists name is told with
// each.
void IoPipeline::describe_without_numbers(StateSink& sink) const {
  std::vector<std::vector<std::uint64_t>> all;
  for (const IoUnit& unit : units_) {
    if (unit.state == UnitState::free) continue;
    ValueSink values;
    describe_unit(unit, values);
    for (const auto* list : {&requeued_, &uncommitted_}) {
      values.add(static_cast<std::uint64_t>(std::find(list->begin(), list->end(), unit.index) - list->begin()));
    }
    all.push_back(std::move(values.values));
  }
  std::sort(all.begin(), all.end());
  sink.add(all.size());
  for (const std::vector<std::uint64_t>& unit : all) {
    for (const std::uint64_t value : unit) sink.add(value);
  }
}

// The order of free_ decides nothing.
void IoPipeline::describe(StateSink& sink) const {
  if (job_.world.remembers_places()) {
    for (const IoUnit& unit : units_) describe_unit(unit, sink);
    for (const auto* list : {&requeued_, &uncommitted_}) {
      sink.add(list->size());
      for (const std::uint32_t index : *list) sink.add(index);
    }
  } else {
    describe_without_numbers(sink);
  }
  for (const std::uint32_t counter : {queued_, in_flight_, cur_depth_}) sink.add(counter);
  for (const std::uint64_t total : {bytes_issued_, bytes_queued_, bytes_completed_, ios_completed_}) sink.count(total);
  if (job_.spec.thinktime_counts_issued) sink.count(ios_issued_);
  if (job_.spec.trims && job_.fixes.has(Fix::async_trim)) sink.add(trim_refused_ ? 1 : 0);
  if (job_.spec.verify_backlog != 0) sink.add(last_ended_ ? static_cast<std::uint64_t>(*last_ended_) : kNoId);
}

}  // namespace zoneknot::core
