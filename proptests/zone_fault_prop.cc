// The faulty device against a second one that is as simple as can be: it keeps the whole history, and looks through all
// of it for every question. Any sequence of I/Os and commands under any plan has the same ends, zones and losses on
// both.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/random.h"
#include "device/model/faulty_device.h"

namespace zoneknot::proptests::zone_faults {
namespace {

using core::Direction;
using core::ZoneAction;
using core::ZoneCondition;
using device::Arrival;
using device::Fault;
using device::FaultKind;
using device::FaultTarget;

constexpr std::uint64_t kBlock = 4096;
constexpr std::uint64_t kZoneBlocks = 6;
constexpr std::uint64_t kZoneBytes = kZoneBlocks * kBlock;
constexpr std::uint32_t kZones = 4;

enum class Step : std::uint8_t { write, append, read, sync, tell, open, close, finish, reset, reset_all };

struct FaultyStep {
  Step step = Step::write;
  std::uint32_t zone = 0;
  std::uint32_t blocks = 1;
};

void showValue(const FaultyStep& step, std::ostream& out) {
  constexpr const char* kWords[] = {"write", "append", "read",   "sync",  "tell",
                                    "open",  "close",  "finish", "reset", "reset all"};
  out << kWords[static_cast<std::size_t>(step.step)] << " zone " << step.zone << " x" << step.blocks;
}

// How an I/O or a command ends.
struct End {
  int error = 0;
  std::uint64_t blocks = 0;
  Arrival arrival = Arrival::in_time;
  bool operator==(const End&) const = default;
};

using Losses = std::vector<std::pair<std::uint64_t, std::uint64_t>>;  // first block, end

class NaiveFaultyDevice {
 public:
  NaiveFaultyDevice(std::vector<Fault> rules, std::uint64_t seed) : rules_(std::move(rules)), draws_(seed) {
    reached_.resize(rules_.size());
  }

  struct Zone {
    ZoneCondition condition = ZoneCondition::empty;
    std::uint64_t written = 0;
    struct Write {
      std::uint64_t end = 0;
      bool safe = false;
    };
    std::vector<Write> writes{};  // since it was last reset or finished
  };
  [[nodiscard]] const Zone& zone(std::uint32_t index) const { return zones_[index]; }
  [[nodiscard]] const Losses& losses() const { return losses_; }

  // A write at the write pointer, or an append; `addressed` is the block that the I/O names.
  End write(std::uint32_t index, std::uint64_t blocks, std::uint64_t addressed) {
    Zone& zone = zones_[index];
    const std::uint64_t first = zone.written;
    std::optional<Fault> fault;
    if (const auto over = before(FaultTarget::write, index, addressed, blocks, fault)) return *over;
    if (fault && fault->kind == FaultKind::short_transfer) {
      blocks = std::min<std::uint64_t>(blocks, fault->transferred / kBlock);
      if (blocks == 0) return {};
    }
    const bool refused = zone.condition == ZoneCondition::full || zone.condition == ZoneCondition::read_only ||
                         zone.condition == ZoneCondition::offline || first + blocks > kZoneBlocks;
    if (refused) return {EIO, 0, arrival(fault)};
    if (zone.condition != ZoneCondition::explicit_open) zone.condition = ZoneCondition::implicit_open;
    zone.written += blocks;
    zone.writes.push_back({zone.written});
    if (zone.written == kZoneBlocks) zone.condition = ZoneCondition::full;
    return {0, blocks, arrival(fault)};
  }

  End sync() {
    std::optional<Fault> fault;
    if (const auto over = before(FaultTarget::sync, core::kNoId, 0, 1, fault)) return *over;
    for (Zone& zone : zones_) make_safe(zone, kZoneBlocks);
    return {0, 0, arrival(fault)};
  }

  // The program has been told that its writes up to there have ended.
  void tell(std::uint32_t index, std::uint64_t end) {
    const bool known = std::ranges::any_of(zones_[index].writes, [&](const auto& write) { return write.end == end; });
    if (!has_cache() && known) make_safe(zones_[index], end);
  }

  End manage(ZoneAction action, std::uint32_t index) {
    std::optional<Fault> fault;
    if (const auto over = before(device::fault_target(action), index, index * kZoneBlocks, kZoneBlocks, fault)) {
      return *over;
    }
    return {apply(action, zones_[index]), 0, arrival(fault)};
  }

  End reset_all() {
    End end;
    for (std::uint32_t index = 0; index < kZones; ++index) {
      const auto resettable = [&] { return in_service(zones_[index]); };
      if (!resettable()) continue;
      const std::size_t cuts = cuts_;
      const End one = manage(ZoneAction::reset, index);
      if (cuts_ != cuts) return {EIO, 0, one.arrival == Arrival::in_time ? end.arrival : one.arrival};
      if (resettable() && one.error != 0) end.error = one.error;
      if (one.arrival == Arrival::lost || end.arrival == Arrival::in_time) end.arrival = one.arrival;
    }
    return end;
  }

 private:
  static bool in_service(const Zone& zone) {
    return zone.condition != ZoneCondition::read_only && zone.condition != ZoneCondition::offline;
  }
  static Arrival arrival(const std::optional<Fault>& fault) {
    if (!fault) return Arrival::in_time;
    return fault->kind == FaultKind::late        ? Arrival::late
           : fault->kind == FaultKind::reordered ? Arrival::reordered
           : fault->kind == FaultKind::lost      ? Arrival::lost
                                                 : Arrival::in_time;
  }
  [[nodiscard]] bool has_cache() const {
    return std::ranges::any_of(rules_, [](const Fault& rule) { return rule.write_cache; });
  }
  static void make_safe(Zone& zone, std::uint64_t end) {
    for (Zone::Write& write : zone.writes) write.safe |= write.end <= end;
  }

  static int apply(ZoneAction action, Zone& zone) {
    if (!in_service(zone)) return EIO;
    const bool nothing_in_it = zone.condition == ZoneCondition::empty || zone.condition == ZoneCondition::full;
    if (action == ZoneAction::reset) zone = {};
    if (action == ZoneAction::finish) {
      zone.condition = ZoneCondition::full;
      zone.writes.clear();
    }
    if (action == ZoneAction::open) {
      if (zone.condition == ZoneCondition::full) return EIO;
      zone.condition = ZoneCondition::explicit_open;
    }
    if (action == ZoneAction::close) {
      if (nothing_in_it) return EIO;
      zone.condition = ZoneCondition::closed;
    }
    return 0;
  }

  // What strikes before the device does anything: how the I/O ends then, or the fault that it goes on with.
  std::optional<End> before(FaultTarget target, std::uint32_t zone, std::uint64_t first, std::uint64_t blocks,
                            std::optional<Fault>& fault) {
    for (std::size_t i = 0; i < rules_.size() && !fault; ++i) {
      const Fault& rule = rules_[i];
      const bool touched = first * kBlock < rule.range.to && (first + blocks) * kBlock > rule.range.from;
      const bool of_zone = rule.zones.kind == device::ZoneSelection::Kind::all ||
                           (rule.zones.kind == device::ZoneSelection::Kind::odd && zone % 2 == 1 && zone < kZones);
      if (rule.target != target || !touched || !of_zone) continue;
      const auto strikes = static_cast<std::uint64_t>(std::ranges::count(reached_[i], true));
      bool now = reached_[i].size() >= rule.after && (!rule.count || strikes < *rule.count);
      if (now && rule.probability < 1) now = draws_.chance(rule.probability);
      reached_[i].push_back(now);
      if (now) fault = rule;
    }
    if (!fault) return std::nullopt;
    if (fault->kind == FaultKind::error) return End{fault->error};
    if (fault->kind == FaultKind::power_cut) {
      cut();
      return End{EIO};
    }
    if (zone < kZones && fault->kind == FaultKind::read_only && in_service(zones_[zone])) {
      zones_[zone].condition = ZoneCondition::read_only;
    }
    if (zone < kZones && fault->kind == FaultKind::offline) zones_[zone].condition = ZoneCondition::offline;
    return std::nullopt;
  }

  void cut() {
    ++cuts_;
    std::vector<std::optional<std::uint64_t>> kept(kZones);
    for (std::uint32_t index = 0; index < kZones; ++index) {
      std::uint64_t end = 0;
      for (const Zone::Write& write : zones_[index].writes) {
        if (!write.safe && !draws_.chance(0.5)) {
          kept[index] = end;
          break;
        }
        end = write.end;
      }
    }
    for (std::uint32_t index = 0; index < kZones; ++index) {
      Zone& zone = zones_[index];
      const bool active = zone.condition == ZoneCondition::implicit_open ||
                          zone.condition == ZoneCondition::explicit_open || zone.condition == ZoneCondition::closed;
      if (kept[index] && in_service(zone)) {
        zone.written = *kept[index];
        losses_.emplace_back(index * kZoneBlocks + zone.written, (index + 1) * kZoneBlocks);
        zone.condition = zone.written == 0 ? ZoneCondition::empty : ZoneCondition::closed;
      } else if (active) {
        zone.condition = zone.written == 0 ? ZoneCondition::empty : ZoneCondition::closed;
      }
      std::erase_if(zone.writes, [&](const Zone::Write& write) { return kept[index] && write.end > *kept[index]; });
      make_safe(zone, kZoneBlocks);
    }
  }

  std::vector<Fault> rules_;
  core::SplitMix64 draws_;
  std::vector<std::vector<bool>> reached_;  // by rule: whether it struck what reached it
  std::vector<Zone> zones_ = std::vector<Zone>(kZones);
  Losses losses_;
  std::size_t cuts_ = 0;
};

rc::Gen<FaultyStep> any_step() {
  return rc::gen::build<FaultyStep>(
      rc::gen::set(&FaultyStep::step, rc::gen::weightedElement<Step>({{10, Step::write},
                                                                      {4, Step::append},
                                                                      {2, Step::read},
                                                                      {3, Step::sync},
                                                                      {5, Step::tell},
                                                                      {3, Step::open},
                                                                      {3, Step::close},
                                                                      {2, Step::finish},
                                                                      {3, Step::reset},
                                                                      {1, Step::reset_all}})),
      rc::gen::set(&FaultyStep::zone, rc::gen::inRange<std::uint32_t>(0, kZones)),
      rc::gen::set(&FaultyStep::blocks, rc::gen::inRange<std::uint32_t>(1, 4)));
}

Fault any_fault(bool write_cache) {
  Fault fault;
  fault.target = *rc::gen::element(FaultTarget::write, FaultTarget::write, FaultTarget::sync, FaultTarget::reset,
                                   FaultTarget::open, FaultTarget::close, FaultTarget::finish);
  fault.kind =
      *rc::gen::element(FaultKind::error, FaultKind::late, FaultKind::reordered, FaultKind::lost, FaultKind::read_only,
                        FaultKind::offline, FaultKind::power_cut, FaultKind::power_cut, FaultKind::short_transfer);
  const bool to_zone = fault.kind == FaultKind::read_only || fault.kind == FaultKind::offline;
  if (fault.target == FaultTarget::sync && to_zone) fault.kind = FaultKind::error;
  if (fault.target != FaultTarget::write && fault.kind == FaultKind::short_transfer) fault.kind = FaultKind::late;
  fault.error = EILSEQ;
  fault.transferred = *rc::gen::inRange<std::uint32_t>(0, 3 * kBlock);
  fault.probability = *rc::gen::element(1.0, 0.5, 0.2);
  fault.after = *rc::gen::inRange<std::uint64_t>(0, 4);
  if (*rc::gen::arbitrary<bool>()) fault.count = *rc::gen::inRange<std::uint64_t>(1, 3);
  fault.write_cache = fault.kind == FaultKind::power_cut && write_cache;
  if (fault.target == FaultTarget::sync) return fault;
  if (*rc::gen::inRange(0, 3) == 0) fault.zones.kind = device::ZoneSelection::Kind::odd;
  if (*rc::gen::inRange(0, 4) == 0) fault.range = {kZoneBytes + 2 * kBlock, 2 * kZoneBytes + kBlock};
  return fault;
}

// Both of them, and the writes that were not told of yet.
struct Pair {
  Pair(const device::FaultPlan& plan, std::uint64_t seed)
      : draws(seed),
        device(
            {.zone_size = kZoneBytes, .zones = kZones}, plan, [this](double p) { return draws.chance(p); },
            [this](std::uint64_t offset, std::uint64_t length) {
              losses.emplace_back(offset / kBlock, (offset + length) / kBlock);
            }),
        naive(plan.faults, seed) {}

  std::pair<End, End> transfer(const FaultyStep& step) {
    core::IoRequest io;
    io.direction = step.step == Step::read   ? Direction::read
                   : step.step == Step::sync ? Direction::sync
                                             : Direction::write;
    io.append = step.step == Step::append;
    const std::uint64_t written = naive.zone(step.zone).written;
    const std::uint64_t wp = step.zone * kZoneBlocks + written;
    std::uint64_t blocks = step.blocks;
    // Nothing goes on in the next zone; of a zone without room the first block is written.
    if (step.step == Step::write) blocks = std::min(blocks, written < kZoneBlocks ? kZoneBlocks - written : 1);
    const std::uint64_t addressed = step.step == Step::write && written < kZoneBlocks ? wp : step.zone * kZoneBlocks;
    if (step.step != Step::sync) io.offset = addressed * kBlock;
    if (step.step != Step::sync) io.length = static_cast<std::uint32_t>(blocks * kBlock);
    const device::IoEffect effect = device.carry_out(io);
    if (io.append && effect.error == 0 && effect.done != 0) RC_ASSERT(effect.at == wp * kBlock);
    io.error = effect.error;
    io.transferred = effect.transferred();
    io.written_at = effect.at;
    const bool writes = io.direction == Direction::write;
    if (io.error == 0 && io.transferred != 0 && writes) untold.push_back(io);
    const End end{effect.error, writes ? io.transferred / kBlock : 0, effect.arrival};
    if (step.step == Step::sync) return {end, naive.sync()};
    if (writes) return {end, naive.write(step.zone, blocks, addressed)};
    return {end, End{naive.zone(step.zone).condition == ZoneCondition::offline ? EIO : 0}};
  }

  void tell() {
    if (untold.empty()) return;
    const core::IoRequest io = untold.front();
    untold.erase(untold.begin());
    device.told(io);
    const std::uint64_t first = (io.append ? io.written_at : io.offset) / kBlock;
    const std::uint64_t end = first % kZoneBlocks + io.transferred / kBlock;
    naive.tell(static_cast<std::uint32_t>(first / kZoneBlocks), end);
  }

  std::pair<End, End> command(const FaultyStep& step) {
    const auto wipe = [](std::uint32_t) { return 0; };
    if (step.step == Step::reset_all) {
      const auto done = device.reset_all(wipe);
      return {{done.error, 0, done.arrival}, naive.reset_all()};
    }
    const ZoneAction action = step.step == Step::open     ? ZoneAction::open
                              : step.step == Step::close  ? ZoneAction::close
                              : step.step == Step::finish ? ZoneAction::finish
                                                          : ZoneAction::reset;
    const auto done = device.carry_out(action, step.zone, wipe);
    return {{done.error, 0, done.arrival}, naive.manage(action, step.zone)};
  }

  core::SplitMix64 draws;
  Losses losses;
  device::FaultyDevice device;
  NaiveFaultyDevice naive;
  std::vector<core::IoRequest> untold;
};

RC_GTEST_PROP(ZoneFaultProperty, EveryPlanDoesWhatTheNaiveDeviceDoes, ()) {
  const bool write_cache = *rc::gen::arbitrary<bool>();
  device::FaultPlan plan;
  const auto rules = *rc::gen::inRange<std::size_t>(1, 4);
  while (plan.faults.size() < rules) plan.faults.push_back(any_fault(write_cache));
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto steps = *rc::gen::container<std::vector<FaultyStep>>(any_step());
  RC_LOG() << plan.to_string() << "\n";
  Pair both(plan, seed);
  for (const FaultyStep& step : steps) {
    if (step.step == Step::tell) {
      both.tell();
      continue;
    }
    const auto [end, expected] = step.step <= Step::sync ? both.transfer(step) : both.command(step);
    RC_ASSERT(end == expected);
    RC_ASSERT(both.losses == both.naive.losses());
    for (std::uint32_t zone = 0; zone < kZones; ++zone) {
      const core::ZoneReport& report = both.device.model().zone(zone);
      RC_ASSERT(report.condition == both.naive.zone(zone).condition);
      const bool has_pointer = report.condition <= ZoneCondition::closed;
      if (has_pointer) RC_ASSERT(report.wp == zone * kZoneBytes + both.naive.zone(zone).written * kBlock);
    }
  }
}

}  // namespace
}  // namespace zoneknot::proptests::zone_faults
