#include "core/workload/pace.h"

#include <algorithm>
#include <utility>

namespace zoneknot::core {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;

// When the next unit of `rate` a second is due after `done` of them.
std::uint64_t due_after(std::uint64_t done, std::uint64_t rate) {
  if (rate == 0) return 0;
  return done / rate * kSecondNs + done % rate * kSecondNs / rate;
}

}  // namespace

Pace::Pace(JobContext& job, IoPipeline& pipeline)
    : job_(job),
      pipeline_(pipeline),
      uses_time_(job.has_times()),
      counts_(job.spec.has_least_rate() || has_rate(Direction::read) || has_rate(Direction::write) ||
              has_rate(Direction::trim)) {}

bool Pace::has_rate(Direction direction) const {
  const auto index = static_cast<std::size_t>(direction);
  return job_.spec.rate.at(index) != 0 || job_.spec.rate_iops.at(index) != 0;
}

std::uint64_t Pace::due_ns(Direction direction) const {
  const auto index = static_cast<std::size_t>(direction);
  return thought_ns_ + std::max(due_after(bytes_.at(index), job_.spec.rate.at(index)),
                                due_after(ios_.at(index), job_.spec.rate_iops.at(index)));
}

bool Pace::wait_until_due(Direction& direction) {
  if (direction == Direction::sync || !has_rate(direction)) return true;
  const bool mixed = job_.spec.mixed();
  const std::uint64_t now = since_begin_ns();
  std::uint64_t due = due_ns(direction);
  if (!job_.world.limit_reached(due > now)) return true;
  if (mixed) {
    const Direction other = direction == Direction::read ? Direction::write : Direction::read;
    const std::uint64_t other_due = has_rate(other) ? due_ns(other) : 0;
    if (job_.world.limit_reached(other_due < due)) direction = other;
    if (job_.world.limit_reached(other_due <= now)) return true;
    due = std::min(due, other_due);
  }
  pipeline_.quiesce();
  return sleep_until(due);
}

// Before fio 3.22 nothing that a job knows of ends the sleep, and the unit is issued whatever the time.
bool Pace::sleep_until(std::uint64_t due) {
  const std::uint64_t now = since_begin_ns();
  if (!job_.fixes.has(Fix::rate_stop)) {
    Clock& clock = job_.world.clock();
    for (std::uint64_t slept = now; slept < due && !job_.world.stop_requested();) {
      const std::uint64_t nap = std::min(due - slept, clock.nap_ns(slept - now));
      clock.sleep(nap);
      slept += nap;
    }
    return true;
  }
  const std::uint64_t end = job_.spec.runtime_ns + job_.spec.ramp_time_ns;
  if (job_.spec.runtime_ns != 0) due = std::min(due, std::max(end, now));
  job_.sleep(due > now ? due - now : 0);
  return !job_.stopped() && !job_.time_over();
}

void Pace::count(Direction direction, std::uint32_t bytes) {
  if (direction == Direction::sync) return;
  const auto index = static_cast<std::size_t>(direction);
  bytes_.at(index) += bytes;
  ++ios_.at(index);
}

bool Pace::pause_is_due() const {
  const JobSpec& spec = job_.spec;
  if (spec.thinktime_iotime_ns != 0) {
    const std::uint64_t now = since_begin_ns();
    if (now - last_pause_ns_ >= spec.thinktime_iotime_ns) return true;
  }
  const std::uint64_t done = counted_ios();
  if (job_.fixes.has(Fix::think_count)) return done - ios_at_pause_ >= spec.thinktime_blocks;
  return done != 0 && done % spec.thinktime_blocks == 0;
}

std::uint64_t Pace::counted_ios() const {
  return job_.spec.thinktime_counts_issued ? pipeline_.ios_issued() : pipeline_.ios_completed();
}

void Pace::pause_if_due() {
  const JobSpec& spec = job_.spec;
  if (!job_.world.limit_reached(pause_is_due())) return;
  // Seen of fio 3.33: the count as it was before the quiesce, so that I/Os which end in it bring the next pause nearer.
  ios_at_pause_ = counted_ios();
  pipeline_.quiesce();
  job_.sleep(spec.thinktime_ns);
  if (spec.rate_ignore_thinktime) thought_ns_ += spec.thinktime_ns;
  if (spec.thinktime_iotime_ns != 0) last_pause_ns_ = since_begin_ns();
}

bool Pace::below_least_rate() {
  const JobSpec& spec = job_.spec;
  if (!spec.has_least_rate()) return false;
  const std::uint64_t now = since_begin_ns();
  const std::uint64_t cycle = now - cycle_began_ns_;
  if (cycle < spec.rate_cycle_ns) return false;
  bool slow = false;
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    const std::uint64_t milliseconds = std::max<std::uint64_t>(cycle / 1'000'000, 1);
    slow |= (bytes_.at(i) - bytes_before_cycle_.at(i)) * 1000 / milliseconds < spec.rate_min.at(i);
    slow |= (ios_.at(i) - ios_before_cycle_.at(i)) * 1000 / milliseconds < spec.rate_iops_min.at(i);
  }
  cycle_began_ns_ = now;
  bytes_before_cycle_ = bytes_;
  ios_before_cycle_ = ios_;
  return job_.world.limit_reached(slow);
}

void Pace::describe(StateSink& sink) const {
  if (counts_) {
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      for (const std::uint64_t count : {bytes_.at(i), ios_.at(i), bytes_before_cycle_.at(i), ios_before_cycle_.at(i)}) {
        sink.count(count);
      }
    }
    sink.add(cycle_began_ns_);
  }
  if (job_.spec.rate_ignore_thinktime) sink.count(thought_ns_);
  if (job_.spec.thinktime_iotime_ns != 0) sink.add(last_pause_ns_);
  if (job_.spec.thinktime_ns != 0 && job_.fixes.has(Fix::think_count)) sink.count(ios_at_pause_);
}

}  // namespace zoneknot::core
