// Every cell of the recorded matrix: a zone in each condition, each operation on it, result and condition afterwards,
// as real kernels have them. The records in t/device/evidence are the oracle: what is looked at here is read from them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <regex>
#include <string>

#include "device/model/host.h"

namespace zoneknot::device::evidence_matrix {
namespace {

using core::ZoneAction;
using core::ZoneCondition;

constexpr std::uint64_t kBlock = 4096;
constexpr std::uint64_t kSector = 512;
constexpr std::uint64_t kZone = std::uint64_t{4} << 20U;
constexpr std::uint64_t kCapacity = std::uint64_t{3} << 20U;
constexpr std::uint32_t kSubject = 5;  // the zone that is looked at
constexpr std::uint64_t kStart = kSubject * kZone;

struct Record {
  const char* file;
  DialectName dialect;
  HostLayer host;
  std::uint32_t conventional;
  int cells;  // so that a record that is not understood is not passed over
};

constexpr Record kRecords[] = {
    {"out_6.1_null.txt", DialectName::null_blk, HostLayer::write_lock, 2, 117},
    {"out_6.12_null.txt", DialectName::null_blk, HostLayer::write_plug, 2, 117},
    {"out_6.1_nvme.txt", DialectName::qemu, HostLayer::write_lock, 0, 98},
    {"out_6.12_nvme.txt", DialectName::qemu, HostLayer::write_plug, 0, 98},
    {"out_6.12_scsi.txt", DialectName::scsi_debug, HostLayer::write_plug, 2, 91},
};

std::string name_of(int error) { return error == 0 ? "ok" : strerrorname_np(error); }

std::string word_of(ZoneCondition condition) {
  constexpr std::array<const char*, 8> kWords = {"NOTWP",  "EMPTY", "IOPEN",  "EOPEN",
                                                 "CLOSED", "FULL",  "RDONLY", "OFFLINE"};
  return kWords.at(static_cast<std::size_t>(condition));
}

// A device with its host, one zone of which is brought into a condition.
class Subject {
 public:
  Subject(const Record& record, const std::string& state) : model_(config(record)), host_(model_) {
    if (state == "IOPEN" || state == "CLOSED" || state == "FULLf") write(0);
    if (state == "EOPEN0" || state == "EOPEN") manage(ZoneAction::open);
    if (state == "EOPEN") write(0);
    if (state == "CLOSED") manage(ZoneAction::close);
    if (state == "FULLw") write(0, kCapacity);
    if (state == "FULLf") manage(ZoneAction::finish);
    if (state == "RDONLY") model_.degrade(kSubject, ZoneCondition::read_only);
    if (state == "OFFLINE") model_.degrade(kSubject, ZoneCondition::offline);
    pointer_ = state == "FULLw"                                                ? kCapacity - kBlock
               : zone().condition == ZoneCondition::empty || state == "EOPEN0" ? 0
                                                                               : kBlock;
  }

  [[nodiscard]] const core::ZoneReport& zone() const { return model_.zone(kSubject); }
  [[nodiscard]] ZoneModel& model() { return model_; }

  // As a program meets it; an errno value.
  int carry_out(const std::string& operation) {
    if (operation == "read@0") return read(0);
    if (operation == "read>wp") return read(kCapacity / 2);
    if (operation == "readXcap") return read(kCapacity - kBlock, 2 * kBlock);
    if (operation == "readXzone") return read(kZone - kBlock, 2 * kBlock);
    if (operation == "write@wp") return write(pointer_);
    if (operation == "write!wp") return write(off_pointer());
    if (operation == "writeXzone") return write(kZone - kBlock, 2 * kBlock);
    if (operation == "writeXcap") {
      // The zone is written up to its last block first.
      if (pointer_ < kCapacity - kBlock) write(pointer_, kCapacity - kBlock - pointer_);
      return write(kCapacity - kBlock, 2 * kBlock);
    }
    if (operation == "resetAll") return host_.manage(ZoneAction::reset, 0, 16, [](std::uint32_t) {});
    return manage(action_of(operation));
  }

  // As one command that reaches the device past the host; an NVMe status.
  unsigned pass_through(const std::string& operation) {
    const auto command = [&]() -> ZoneStatus {
      if (operation == "read>wp") return model_.read_command(kStart + kCapacity / 2, kBlock);
      if (operation == "readXcap") return model_.read_command(kStart + kCapacity - kBlock, 2 * kBlock);
      if (operation == "readXzone") return model_.read_command(kStart + kZone - kBlock, 2 * kBlock);
      if (operation == "write@wp") return model_.write_command(kStart + pointer_, kBlock);
      if (operation == "write!wp") return model_.write_command(kStart + off_pointer(), kBlock);
      if (operation == "writeXzone") return model_.write_command(kStart + kZone - kBlock, 2 * kBlock);
      return model_.manage_command(action_of(operation), kSubject);
    };
    return nvme_code(command());
  }

 private:
  static DeviceConfig config(const Record& record) {
    return {.zone_size = kZone,
            .zone_capacity = kCapacity,
            .zones = 16,
            .conventional = record.conventional,
            .max_open = 3,
            .max_active = 5,
            .dialect = record.dialect,
            .host = record.host};
  }
  // Within the capacity, of a full zone too.
  [[nodiscard]] std::uint64_t off_pointer() const { return (pointer_ + 7 * kBlock) % kCapacity; }
  static ZoneAction action_of(const std::string& operation) {
    return operation == "open"     ? ZoneAction::open
           : operation == "close"  ? ZoneAction::close
           : operation == "finish" ? ZoneAction::finish
                                   : ZoneAction::reset;
  }
  // What a program sees is followed by a report, as in the record.
  int reported(int error) {
    host_.report();
    return error;
  }
  int write(std::uint64_t offset, std::uint64_t length = kBlock) {
    return reported(host_.write(kStart + offset, length, [](std::uint64_t, std::uint64_t) {}));
  }
  int read(std::uint64_t offset, std::uint64_t length = kBlock) {
    return host_.read(kStart + offset, length, [](std::uint64_t, std::uint64_t) {});
  }
  int manage(ZoneAction action) {
    return reported(host_.manage(action, kSubject, 1, [](std::uint32_t) {}));
  }

  ZoneModel model_;
  Host host_;
  std::uint64_t pointer_ = 0;
};

class EvidenceMatrix : public testing::TestWithParam<Record> {};

TEST_P(EvidenceMatrix, EveryCellIsAsRecorded) {
  const Record& record = GetParam();
  std::ifstream file(std::string(ZONEKNOT_EVIDENCE) + "/" + record.file);
  const std::regex cell(
      R"(S=(\S+)\s+op=(\S+)\s+(nvme=0x(\w+)\S* res=(\d+) )?-> (\S+)\s+cond=(\S+)\s+wp=(\S+) cap=6144)");
  const std::regex passed(R"(\s+nvme passthru (\S+)\s+status=0x(\w+)(\+DNR)? cond=(\S+))");
  int cells = 0;
  std::string state;
  for (std::string line; std::getline(file, line);) {
    SCOPED_TRACE(line);
    std::smatch parts;
    if (std::regex_match(line, parts, passed)) {
      Subject subject(record, state);
      EXPECT_EQ(subject.pass_through(parts[1]), std::stoul(parts[2], nullptr, 16));
      EXPECT_EQ(word_of(subject.zone().condition), parts[4]);
    }
    if (!std::regex_match(line, parts, cell)) continue;
    ++cells;
    state = parts[1];
    Subject subject(record, state);
    if (parts[2] == "append") {
      std::uint64_t at = 0;
      const ZoneStatus status = subject.model().append_command(kSubject, kBlock, at);
      EXPECT_EQ(nvme_code(status), std::stoul(parts[4], nullptr, 16));
      if (status == ZoneStatus::ok) {
        EXPECT_EQ((at - kStart) / kBlock, std::stoul(parts[5]));
      }
    } else {
      EXPECT_EQ(name_of(subject.carry_out(parts[2])), parts[6]);
    }
    EXPECT_EQ(word_of(subject.zone().condition), parts[7]);
    const bool meaningless = parts[8] == "~0";
    if (!meaningless) {
      EXPECT_EQ("+" + std::to_string((subject.zone().wp - kStart) / kSector), parts[8]);
    }
  }
  EXPECT_EQ(cells, record.cells);
}

INSTANTIATE_TEST_SUITE_P(Records, EvidenceMatrix, testing::ValuesIn(kRecords), [](const auto& record) {
  return std::regex_replace(std::string(record.param.file), std::regex("[^0-9a-z]"), "_");
});

}  // namespace
}  // namespace zoneknot::device::evidence_matrix
