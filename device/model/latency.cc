#include "device/model/latency.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "device/model/zone_state.h"

namespace zoneknot::device {

using core::Direction;
using core::ZoneAction;
using core::ZoneCondition;
using core::ZoneReport;

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
// A finish with less than that left has ended: competing writes would be asked about again and again for nothing.
constexpr std::uint64_t kPadTick = 100;

// Rounded to the nearest.
std::uint64_t time_of(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  if (bytes_per_second == 0) return 0;
  const std::uint64_t whole = bytes / bytes_per_second * kSecond;
  const std::uint64_t rest = bytes % bytes_per_second;
  return whole + static_cast<std::uint64_t>(
                     std::llround(static_cast<double>(rest) * 1e9 / static_cast<double>(bytes_per_second)));
}

std::uint64_t alone_ns(const TransferTime& time, std::uint64_t bytes) {
  if (time.alone.empty()) return 0;
  const auto above = std::ranges::find_if(time.alone, [&](const SizePoint& point) { return point.bytes >= bytes; });
  if (above == time.alone.begin()) return above->ns;
  const SizePoint& low = *std::prev(above);
  if (above == time.alone.end()) return low.ns + time_of(bytes - low.bytes, time.bytes_per_second);
  const double share = static_cast<double>(bytes - low.bytes) / static_cast<double>(above->bytes - low.bytes);
  return static_cast<std::uint64_t>(std::llround(
      static_cast<double>(low.ns) + share * (static_cast<double>(above->ns) - static_cast<double>(low.ns))));
}

// What an I/O takes from all zones' common limit.
std::uint64_t turn_ns(const TransferTime& time, std::uint64_t bytes) {
  const std::uint64_t command = bytes <= time.command_bytes ? time.command_ns : 0;
  return std::max(command, time_of(bytes, time.bytes_per_second));
}

// (a^1.5 + b^1.5)^(2/3)
std::uint64_t soft_maximum(std::uint64_t a, std::uint64_t b) {
  const auto power = [](std::uint64_t value) {
    const auto x = static_cast<double>(value);
    return x * std::sqrt(x);
  };
  const double root = std::cbrt(power(a) + power(b));
  return static_cast<std::uint64_t>(std::llround(root * root));
}

double percent_written(const ZoneReport& zone) {
  if (zone.condition == ZoneCondition::full) return 100;
  const std::uint64_t written = std::min(zone.wp - zone.start, zone.capacity);
  return 100.0 * static_cast<double>(written) / static_cast<double>(zone.capacity);
}

std::uint64_t at_fill(const std::vector<FillPoint>& points, double percent) {
  if (points.empty()) return 0;
  const auto above = std::ranges::find_if(points, [&](const FillPoint& point) { return point.percent >= percent; });
  if (above == points.end()) return points.back().ns;
  if (above == points.begin()) return above->ns;
  const FillPoint& low = *std::prev(above);
  const double share = (percent - low.percent) / (above->percent - low.percent);
  return static_cast<std::uint64_t>(std::llround(
      static_cast<double>(low.ns) + share * (static_cast<double>(above->ns) - static_cast<double>(low.ns))));
}

// The front is the read that ends first.
constexpr auto kEndsLater = [](const auto& a, const auto& b) { return a.end_ns > b.end_ns; };

}  // namespace

LatencyModel::LatencyModel(LatencyProfile profile, std::uint64_t device_bytes)
    : profile_(std::move(profile)), device_bytes_(device_bytes) {}

void LatencyModel::reset() {
  reads_.clear();
  reads_turn_ns_ = 0;
  write_until_ = append_until_ = written_until_ = head_until_ = 0;
  head_at_ = UINT64_MAX;
  zones_.clear();
  paddings_.clear();
  padded_at_ = written_ns_ = 0;
  finished_.clear();
}

// A soft knee goes by how much is under way, not by who is served when: the device is not busy all the time.
std::uint64_t LatencyModel::read_end(const ZoneReport& zone, std::uint32_t bytes, std::uint64_t now_ns) {
  const TransferTime& time = profile_.read;
  while (!reads_.empty() && reads_.front().end_ns <= now_ns) {
    reads_turn_ns_ -= reads_.front().turn_ns;
    std::ranges::pop_heap(reads_, kEndsLater);
    reads_.pop_back();
  }
  const std::uint64_t turn = turn_ns(time, bytes);
  reads_turn_ns_ += turn;
  const std::uint64_t alone = alone_ns(time, bytes);
  std::uint64_t end = now_ns + (time.soft_knee ? soft_maximum(alone, reads_turn_ns_) : std::max(alone, reads_turn_ns_));
  if (time.zone_bytes_per_second != 0) {
    std::uint64_t& until = zones_[zone.start].read_until;
    until = std::max(until, now_ns) + time_of(bytes, time.zone_bytes_per_second);
    end = std::max(end, until);
  }
  reads_.push_back({end, turn});
  std::ranges::push_heap(reads_, kEndsLater);
  return end;
}

// Beside n finishes a write gets one turn of n + 1.
std::uint64_t LatencyModel::write_end(const TransferTime& time, const ZoneReport& zone, std::uint32_t bytes,
                                      std::uint64_t now_ns) {
  pad(now_ns);
  const std::uint64_t turn = turn_ns(time, bytes);
  if (!paddings_.empty()) written_ns_ += turn;
  write_until_ = std::max(write_until_, now_ns) + turn * (paddings_.size() + 1);
  const bool first = zone.condition == ZoneCondition::empty ||
                     (zone.condition == ZoneCondition::explicit_open && zone.wp == zone.start);
  std::uint64_t end = std::max(now_ns + alone_ns(time, bytes) + (first ? time.first_ns : 0), write_until_);
  if (time.zone_bytes_per_second != 0) {
    std::uint64_t& until = zones_[zone.start].write_until;
    until = std::max(until, now_ns) + time_of(bytes, time.zone_bytes_per_second);
    end = std::max(end, until);
  }
  std::uint64_t& last = &time == &profile_.append ? append_until_ : written_until_;
  last = std::max(last, end);
  return end;
}

std::uint64_t LatencyModel::head_end(std::uint64_t offset, std::uint32_t bytes, std::uint64_t now_ns) {
  const HeadTime& head = profile_.head;
  const double inward = static_cast<double>(offset) / static_cast<double>(device_bytes_);
  const double speed = static_cast<double>(head.outer_bytes_per_second) * (1 - inward) +
                       static_cast<double>(head.inner_bytes_per_second) * inward;
  const auto rate = std::max<std::uint64_t>(static_cast<std::uint64_t>(speed), 1);
  const std::uint64_t begin = std::max(head_until_, now_ns) + (head_at_ == offset ? 0 : head.seek_ns);
  head_until_ = begin + time_of(bytes, rate);
  head_at_ = offset + bytes;
  return head_until_;
}

std::uint64_t LatencyModel::io_end(Direction direction, const ZoneReport& zone, std::uint64_t offset,
                                   std::uint32_t bytes, std::uint64_t now_ns) {
  if (direction == Direction::trim) return now_ns + profile_.trim_ns;
  if (direction == Direction::sync) return now_ns + profile_.sync_ns;
  if (profile_.head.seek_ns != 0) return head_end(offset, bytes, now_ns);
  return direction == Direction::read ? read_end(zone, bytes, now_ns) : write_end(profile_.write, zone, bytes, now_ns);
}

std::uint64_t LatencyModel::append_end(const ZoneReport& zone, std::uint32_t bytes, std::uint64_t now_ns) {
  if (profile_.head.seek_ns != 0) return head_end(zone.wp, bytes, now_ns);
  return write_end(profile_.append, zone, bytes, now_ns);
}

std::uint64_t LatencyModel::reset_ns(std::uint32_t index, const ZoneReport& zone, std::uint64_t now_ns) {
  double percent = percent_written(zone);
  const auto finish = finished_.find(index);
  const bool finished = finish != finished_.end() && zone.condition == ZoneCondition::full;
  if (finished) percent = finish->second;
  if (finish != finished_.end()) finished_.erase(finish);
  const bool by_finish = finished && !profile_.reset.finished.empty();
  const std::uint64_t alone = at_fill(by_finish ? profile_.reset.finished : profile_.reset.points, percent);
  std::uint32_t beside = 100;
  if (append_until_ > now_ns) beside = profile_.reset.beside_appends;
  if (written_until_ > now_ns) beside = std::max(beside, profile_.reset.beside_writes);
  return alone * beside / 100;
}

std::uint64_t LatencyModel::manage_end(ZoneAction action, std::uint32_t index, const ZoneReport& zone,
                                       std::uint64_t now_ns) {
  switch (action) {
    case ZoneAction::open:
      return now_ns + profile_.open_ns;
    case ZoneAction::close:
      return now_ns + profile_.close_ns;
    case ZoneAction::reset:
      return now_ns + reset_ns(index, zone, now_ns);
    case ZoneAction::finish:
      break;
  }
  const double percent = percent_written(zone);
  if (zone.condition == ZoneCondition::full || percent == 0) {
    if (percent == 0) finished_[index] = 0;
    return now_ns + profile_.finish.empty_ns;
  }
  pad(now_ns);
  finished_[index] = percent;
  const std::uint64_t unwritten = zone.start + zone.capacity - zone.wp;
  const std::uint64_t padding = profile_.finish.base_ns + time_of(unwritten, profile_.finish.pad_bytes_per_second);
  paddings_.push_back({index, padding});
  return now_ns + padding;
}

// Until now the finishes have shared what the writes left them.
void LatencyModel::pad(std::uint64_t now_ns) {
  const std::uint64_t passed = now_ns - std::min(padded_at_, now_ns);
  padded_at_ = std::max(padded_at_, now_ns);
  if (paddings_.empty()) {
    written_ns_ = 0;
    return;
  }
  const std::uint64_t written = std::min(written_ns_, passed);
  written_ns_ -= written;
  const std::uint64_t share = (passed - written) / paddings_.size();
  for (Padding& padding : paddings_) padding.left_ns -= std::min(padding.left_ns, share);
}

std::uint64_t LatencyModel::finish_end(std::uint32_t index, std::uint64_t now_ns) {
  pad(now_ns);
  const auto padding = std::ranges::find(paddings_, index, &Padding::zone);
  if (padding == paddings_.end()) return now_ns;
  if (padding->left_ns > kPadTick) return now_ns + padding->left_ns;
  paddings_.erase(padding);
  return now_ns;
}

void LatencyModel::describe(core::StateSink& sink, std::uint64_t now_ns) const {
  const auto from_now = [now_ns](std::uint64_t when) { return when - std::min(when, now_ns); };
  std::uint64_t turns = 0;
  for (const ReadUnderWay& read : reads_) turns += read.end_ns > now_ns ? read.turn_ns : 0;
  for (const std::uint64_t value : {turns, from_now(write_until_), from_now(append_until_), from_now(written_until_),
                                    from_now(head_until_), head_at_, written_ns_}) {
    sink.add(value);
  }
  for (const Padding& padding : paddings_) {
    sink.add(padding.zone);
    sink.add(padding.left_ns);
  }
}

}  // namespace zoneknot::device
