// The recorded sequences about limits, about a leak of null_blk and about a host's stale write pointer, played again.
// The records in t/device/evidence are the oracle; here is only what each of their lines did.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <regex>
#include <string>
#include <vector>

#include "device/model/host.h"

namespace zoneknot::device::evidence_sequences {
namespace {

using core::ZoneAction;
using core::ZoneCondition;

constexpr std::uint64_t kBlock = 4096;
constexpr std::uint64_t kZone = std::uint64_t{4} << 20U;
constexpr std::uint32_t kZones = 16;

std::string word(int error) { return error == 0 ? "ok" : strerrorname_np(error); }

DeviceConfig device_of(DialectName dialect, HostLayer host, std::uint32_t max_open, std::uint32_t max_active) {
  return {.zone_size = kZone,
          .zone_capacity = kZone / 4 * 3,
          .zones = kZones,
          .conventional = dialect == DialectName::qemu ? 0U : 2U,
          .max_open = max_open,
          .max_active = max_active,
          .dialect = dialect,
          .host = host};
}

// A device on which the lines of a record are played.
class Played {
 public:
  explicit Played(const DeviceConfig& config) : model_(config), host_(model_) {}

  ZoneModel& model() { return model_; }

  int write(std::uint32_t zone, std::uint64_t block) {
    return host_.write(zone * kZone + block * kBlock, kBlock, [](std::uint64_t, std::uint64_t) {});
  }
  // At the zone's write pointer.
  int write(std::uint32_t zone) {
    const int error = write(zone, (model_.zone(zone).wp - model_.zone(zone).start) / kBlock);
    host_.report();
    return error;
  }
  int manage(ZoneAction action, std::uint32_t first, std::uint32_t last) {
    return host_.manage(action, first, last - first + 1, [](std::uint32_t) {});
  }
  int open(std::uint32_t zone) { return manage(ZoneAction::open, zone, zone); }
  int close(std::uint32_t zone) { return manage(ZoneAction::close, zone, zone); }
  int reset_all() { return manage(ZoneAction::reset, 0, kZones - 1); }
  void report() { host_.report(); }

  // " z4=CLOSED z5=IOPEN": every zone that is not empty.
  [[nodiscard]] std::string zones() const {
    constexpr std::array<const char*, 8> kWords = {"NOTWP",  "EMPTY", "IOPEN",  "EOPEN",
                                                   "CLOSED", "FULL",  "RDONLY", "OFFLINE"};
    std::string text;
    for (std::uint32_t i = model_.config().conventional; i < kZones; ++i) {
      const ZoneCondition condition = model_.zone(i).condition;
      if (condition == ZoneCondition::empty) continue;
      text += " z" + std::to_string(i) + "=" + kWords.at(static_cast<std::size_t>(condition));
    }
    return text;
  }

 private:
  ZoneModel model_;
  Host host_;
};

// What the line of a record did whose text matches; `number` is the zone in it.
struct Step {
  const char* pattern;
  std::function<int(Played&, std::uint32_t number)> carry_out;
};

std::uint32_t zone_in(const std::string& line) {
  const std::regex name(R"(z(\d+))");
  std::smatch parts;
  return std::regex_search(line, parts, name) ? static_cast<std::uint32_t>(std::stoul(parts[1])) : 0;
}

// "0", "EIO", "0x1bd+DNR".
std::string expected_word(const std::string& recorded) {
  if (recorded == "0") return "ok";
  const bool status = recorded.starts_with("0x");
  return status ? word(errno_of_nvme(static_cast<std::uint16_t>(std::stoul(recorded, nullptr, 16)))) : recorded;
}

// Plays lines from the file position on, until one matches `end`. Lines "  WHAT: RESULT" or "  WHAT RESULT" are carried
// out, lines "  [WHEN] zX=COND …" compared with the zones. Returns how many lines were looked at.
int play(std::istream& file, const std::string& end, Played& device, const std::vector<Step>& steps) {
  const std::regex state(R"(\s+\[[^\]]*\](( z\d+=\w+)*))");
  const std::regex result(R"(\s*(.*?):? (ok|0|E[A-Z]+|0x[0-9a-f]+(\+DNR)?))");
  int looked_at = 0;
  for (std::string line; std::getline(file, line) && !std::regex_search(line, std::regex(end));) {
    SCOPED_TRACE(line);
    std::smatch parts;
    if (std::regex_match(line, parts, state)) {
      EXPECT_EQ(device.zones(), parts[1]);
      ++looked_at;
    }
    for (const Step& step : steps) {
      if (!std::regex_search(line, std::regex(step.pattern))) continue;
      const int error = step.carry_out(device, zone_in(line));
      ++looked_at;
      if (std::regex_match(line, parts, result)) {
        EXPECT_EQ(word(error), expected_word(parts[2]));
      }
      break;
    }
  }
  return looked_at;
}

std::ifstream record(const std::string& name, const std::string& from) {
  std::ifstream file(std::string(ZONEKNOT_EVIDENCE) + "/" + name);
  for (std::string line; std::getline(file, line) && !std::regex_search(line, std::regex(from));) {
  }
  EXPECT_TRUE(file) << name << " has no line " << from;
  return file;
}

const std::vector<Step>& steps_of_limits() {
  static const std::vector<Step> kSteps = {
      {"^-- implicit opens", [](Played& d, auto) { return d.write(7) | d.write(5) | d.write(9) | d.write(7); }},
      {"^-- explicit opens|^-- range open", [](Played& d, auto) { return d.reset_all(); }},
      {"^  write z|6th active write", [](Played& d, auto zone) { return d.write(zone); }},
      // The same write again, past the host; a refusal that is seen once more.
      {"nvme status 6th",
       [](Played& d, auto) {
         return d.model().write_command(12 * kZone, kBlock) == ZoneStatus::too_many_active ? EOVERFLOW : EIO;
       }},
      {"^  finish (EMPTY )?z", [](Played& d, auto zone) { return d.manage(ZoneAction::finish, zone, zone); }},
      {"^  open z\\d+ ", [](Played& d, auto zone) { return d.open(zone); }},
      {"4th explicit open", [](Played& d, auto) { return d.open(7); }},
      {"write EMPTY with 3 exp", [](Played& d, auto) { return d.write(8); }},
      {"finish EMPTY with 3 exp", [](Played& d, auto) { return d.manage(ZoneAction::finish, 8, 8); }},
      {"close never-written", [](Played& d, auto zone) { return d.close(zone); }},
      {"make z9 closed", [](Played& d, auto) { return d.write(9) | d.close(9) | d.open(4); }},
      {"finish CLOSED with 3 exp", [](Played& d, auto) { return d.manage(ZoneAction::finish, 9, 9); }},
      {"reset z9", [](Played& d, auto) { return d.manage(ZoneAction::reset, 9, 9); }},
      {"open range z4..7", [](Played& d, auto) { return d.manage(ZoneAction::open, 4, 7); }},
  };
  return kSteps;
}

TEST(EvidenceSequences, LimitsAreAsRecorded) {
  struct {
    const char* file;
    DialectName dialect;
    HostLayer host;
    int lines;
  } const records[] = {{"out_6.1_null.txt", DialectName::null_blk, HostLayer::write_lock, 30},
                       {"out_6.12_null.txt", DialectName::null_blk, HostLayer::write_plug, 30},
                       {"out_6.1_nvme.txt", DialectName::qemu, HostLayer::write_lock, 30},
                       {"out_6.12_nvme.txt", DialectName::qemu, HostLayer::write_plug, 30},
                       {"out_6.12_scsi.txt", DialectName::scsi_debug, HostLayer::write_plug, 30}};
  for (const auto& [name, dialect, host, lines] : records) {
    SCOPED_TRACE(name);
    std::ifstream file = record(name, "== limits");
    Played device(device_of(dialect, host, 3, 5));
    EXPECT_GE(play(file, "^#####", device, steps_of_limits()), lines);
  }
}

TEST(EvidenceSequences, WaysOutOfTheLimitOfActiveZonesAreAsRecorded) {
  static const std::vector<Step> kSteps = {
      {"5 zones written once", [](Played&, auto) { return 0; }},
      {"write to CLOSED/other", [](Played& d, auto zone) { return d.write(zone); }},
      {"explicit open z", [](Played& d, auto zone) { return d.open(zone); }},
      {"^  finish z", [](Played& d, auto zone) { return d.manage(ZoneAction::finish, zone, zone); }},
      {"^  reset z", [](Played& d, auto zone) { return d.manage(ZoneAction::reset, zone, zone); }},
      {"2 exp \\+ 1 imp", [](Played& d, auto) { return d.reset_all() | d.open(4) | d.open(5) | d.write(6); }},
      {"^  open z7", [](Played& d, auto) { return d.open(7); }},
      {"close range z4..8", [](Played& d, auto) { return d.manage(ZoneAction::close, 4, 8); }},
      {"finish range z3..5", [](Played& d, auto) { return d.manage(ZoneAction::finish, 3, 5); }},
  };
  struct {
    const char* section;
    DialectName dialect;
    std::uint32_t max_open;
    std::uint32_t max_active;
  } const sections[] = {{"^## null 3/5", DialectName::null_blk, 3, 5},
                        {"^## null open=0 active=5", DialectName::null_blk, 0, 5},
                        {"^## null open=3 active=0", DialectName::null_blk, 3, 0},
                        {"^## NVME 3/5", DialectName::qemu, 3, 5}};
  for (const auto& [section, dialect, max_open, max_active] : sections) {
    SCOPED_TRACE(section);
    std::ifstream file = record("out_6.12_lim2.txt", section);
    Played device(device_of(dialect, HostLayer::write_plug, max_open, max_active));
    for (std::uint32_t zone = 4; zone <= 8; ++zone) EXPECT_EQ(device.write(zone), 0);
    EXPECT_GE(play(file, "^##|ALLDONE", device, kSteps), 16);
  }
}

TEST(EvidenceSequences, NullBlkLeaksAnActiveZoneAsRecorded) {
  static const std::vector<Step> kSteps = {
      {"^  setup", [](Played& d, auto) { return d.write(9) | d.close(9) | d.open(4) | d.open(5) | d.open(6); }},
      {"set z9 RO|RO again",
       [](Played& d, auto) {
         d.model().degrade(9, ZoneCondition::read_only);
         return 0;
       }},
      {"^  write z", [](Played& d, auto zone) { return d.write(zone); }},
  };
  std::ifstream file = record("out_6.12_leak.txt", "leak");
  Played device(device_of(DialectName::null_blk, HostLayer::write_plug, 3, 4));
  // Two lines of the record tell only what state came of a close that is not told.
  EXPECT_EQ(play(file, "RO again", device, kSteps), 4);
  device.model().degrade(9, ZoneCondition::read_only);
  EXPECT_EQ(play(file, "closed z4", device, kSteps), 1);
  EXPECT_EQ(device.close(4), 0);
  EXPECT_EQ(play(file, "z10 closed", device, kSteps), 1);
  EXPECT_EQ(device.close(10), 0);
  EXPECT_EQ(device.zones(), " z5=EOPEN z6=EOPEN z10=CLOSED");
  EXPECT_EQ(play(file, "ALLDONE", device, kSteps), 2);
}

TEST(EvidenceSequences, AHostsStaleWritePointerIsAsRecorded) {
  static const std::vector<Step> kSteps = {
      {"^  block write z5\\+0", [](Played& d, auto) { return d.write(5, 0); }},
      {"passthru reset",
       [](Played& d, auto) { return errno_of(d.model().manage_command(ZoneAction::reset, 5), ErrnoRules::nvme); }},
      {"^  report: cond|^  report wp",
       [](Played& d, auto) {
         d.report();
         return 0;
       }},
      {"block reset then write", [](Played& d, auto) { return d.manage(ZoneAction::reset, 5, 5) | d.write(5, 0); }},
      {"passthru append",
       [](Played& d, auto) {
         std::uint64_t at = 0;
         return errno_of(d.model().append_command(5, kBlock, at), ErrnoRules::nvme);
       }},
      {"block write at stale wp", [](Played& d, auto) { return d.write(5, 1); }},
      {"block write at true wp", [](Played& d, auto) { return d.write(5, 2); }},
      {"block write at reported wp",
       [](Played& d, auto) { return d.write(5, (d.model().zone(5).wp - 5 * kZone) / kBlock); }},
      {"^  unaligned write",
       [](Played& d, auto) { return d.manage(ZoneAction::reset, 5, 5) | d.write(5, 0) ? -1 : d.write(5, 9); }},
      {"write at wp, no report", [](Played& d, auto) { return d.write(5, 1); }},
  };
  for (const auto& [name, host] :
       {std::pair{"out_6.1_pt.txt", HostLayer::write_lock}, std::pair{"out_6.12_pt.txt", HostLayer::write_plug}}) {
    SCOPED_TRACE(name);
    std::ifstream file = record(name, "NVME passthrough");
    Played device(device_of(DialectName::qemu, host, 3, 5));
    EXPECT_EQ(play(file, "uring_cmd", device, kSteps), 13);
  }
}

}  // namespace
}  // namespace zoneknot::device::evidence_sequences
