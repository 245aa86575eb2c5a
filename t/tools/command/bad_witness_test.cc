// Witnesses that are damaged or belong to something else: refused in one line, never followed half way.
#include <nlohmann/json.hpp>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using Json = nlohmann::ordered_json;

class BadWitness : public CommandTest {
 protected:
  BadWitness() {
    const Ended found = zoneknot({"check", job_, "--fixes=legacy", "-o", file_});
    EXPECT_EQ(found.code, 1) << found.err;
    witness_ = Json::parse(read("hang.json"));
    line_ = witness_["line"];
  }

  void expect_line_refused(const std::string& line, const std::string& message_part) const {
    expect_refused({"replay", line, job_, "--fixes=legacy"}, message_part);
  }
  // The witness file, after a change.
  template <class Change>
  void expect_file_refused(Change&& change, const std::string& message_part) const {
    Json changed = witness_;
    change(changed);
    expect_refused({"replay", write("changed.json", changed.dump())}, message_part);
  }

  const std::string job_ = job_file("two-jobs.fio");
  const std::string file_ = path("hang.json");
  Json witness_;
  std::string line_;
};

TEST_F(BadWitness, WitnessItself_IsFine) {
  EXPECT_EQ(zoneknot({"replay", file_}).code, 1);
  EXPECT_EQ(zoneknot({"replay", line_, job_, "--fixes=legacy"}).code, 1);
}

TEST_F(BadWitness, TruncatedLine_IsRefused) {
  expect_line_refused(line_.substr(0, line_.size() / 2), "truncated");
  expect_line_refused(line_.substr(0, line_.size() - 1), "WITNESS: ");
  expect_line_refused("zk2:", "truncated");
}

TEST_F(BadWitness, ChangedCharacter_IsRefused) {
  std::string changed = line_;
  changed[line_.size() / 2] = changed[line_.size() / 2] == 'A' ? 'B' : 'A';
  expect_line_refused(changed, "checksum");
  expect_line_refused(line_ + "AAAA", "more text");
  changed[line_.size() / 2] = '*';
  expect_line_refused(changed, "'*'");
}

TEST_F(BadWitness, LineOfAnotherVersion_IsRefused) {
  expect_line_refused("zk1" + line_.substr(3),
                      "WITNESS: the witness is of version zk1, this program reads version zk2");
}

TEST_F(BadWitness, LineOfAnotherProgram_IsRefused) {
  constexpr const char* kDiffers = "the witness belongs to another program";
  expect_refused({"replay", line_, job_}, kDiffers);
  expect_refused({"replay", line_, job_, "--fixes=none"}, kDiffers);
  expect_refused({"replay", line_, job_file("mixed.fio"), "--fixes=legacy"}, kDiffers);
  expect_refused({"replay", line_, job_, "--fixes=legacy", "--seed=1"}, kDiffers);
  expect_refused({"replay", line_, job_, "--fixes=legacy", "--device=sim:zones=17"}, kDiffers);
  expect_refused({"replay", line_, job_, "--fixes=legacy", "--bound=ios=4"}, kDiffers);
  expect_refused({"replay", line_, job_, "--fixes=legacy", "--faults=" + job_file("half-the-zones-fail.toml")},
                 kDiffers);
}

TEST_F(BadWitness, LineWithoutItsJob_IsRefused) { expect_refused({"replay", line_}, "needs its job file"); }

TEST_F(BadWitness, FileWithWhatItBringsItself_IsRefused) {
  expect_refused({"replay", file_, job_}, "JOB: belongs to a witness line");
  expect_refused({"replay", file_, "--device=sim"}, "--device: belongs to a witness line");
  expect_refused({"replay", file_, "--bound=ios=4"}, "--bound: belongs to a witness line");
  expect_refused({"replay", file_, "--seed=1"}, "--seed: belongs to a witness line");
}

TEST_F(BadWitness, FileThatIsNoWitness_IsRefused) {
  expect_refused({"replay", path("nothing.json")}, "cannot be opened");
  expect_refused({"replay", job_}, "two-jobs.fio:1:");
  expect_refused({"replay", write("array.json", "[1, 2]")}, "array.json: is not a witness");
  expect_refused({"replay", write("empty.json", "")}, "empty.json:1:1: is not JSON");
  expect_refused({"replay", write("half.json", read("hang.json").substr(0, 500))}, "is not JSON");
  expect_refused({"replay", write("bytes.json", "{\"schema\": \"\xff\xfe\"}")}, "bytes.json:1:");
  expect_refused({"replay", write("deep.json", std::string(100'000, '['))}, "deep.json:1:");
}

TEST_F(BadWitness, FileOfAnotherVersion_IsRefused) {
  expect_file_refused([](Json& json) { json["schema"] = "zoneknot.witness/1"; },
                      "has schema 'zoneknot.witness/1', this program reads zoneknot.witness/3");
  expect_file_refused([](Json& json) { json.erase("schema"); }, "is not a witness");
  expect_file_refused([](Json& json) { json["schema"] = 1; }, "is not a witness");
}

TEST_F(BadWitness, FileWithAFieldMissingOrOfAnotherType_IsRefused) {
  for (const char* part : {"program", "schedule"}) {
    expect_file_refused([part](Json& json) { json.erase(part); }, "damaged");
    for (const auto& [name, value] : witness_[part].items()) {
      expect_file_refused([part, &name](Json& json) { json[part].erase(name); }, "damaged");
      expect_file_refused([part, &name](Json& json) { json[part][name] = Json::object({{"x", nullptr}}); }, "damaged");
    }
  }
}

TEST_F(BadWitness, FileWhoseNumbersWereChanged_IsRefused) {
  const auto expect_number_refused = [this](const char* name, const Json& value, const std::string& message_part) {
    expect_file_refused([&](Json& json) { json["schedule"][name] = value; }, message_part);
  };
  expect_number_refused("identity", "12345", "another program");
  expect_number_refused("identity", "-1", "damaged");
  expect_number_refused("identity", "99999999999999999999", "damaged");
  expect_number_refused("trace_hash", "12345", "another program");
  expect_number_refused("steps", 7, "damaged");
  expect_number_refused("steps", -7, "damaged");
  expect_number_refused("steps", 7.5, "damaged");
  expect_number_refused("decisions", -1, "damaged");
  expect_number_refused("baseline", "unsteady", "damaged");
  expect_number_refused("deviations", Json::array({{-1, 0}}), "damaged");
  expect_number_refused("deviations", Json::array({{4294967296, 0}}), "damaged");
  expect_number_refused("deviations", Json::array({{7, 1}, {3, 1}}), "damaged");
  expect_number_refused("deviations", Json::array({{7, 1}, {7, 1}}), "damaged");
  expect_number_refused("deviations", Json::array({{1, 1000000}}), "another program");
  const std::string checks = witness_["schedule"]["checks"];
  expect_number_refused("checks", checks.substr(2), "damaged");
  expect_number_refused("checks", checks.substr(1), "damaged");
  expect_number_refused("checks", "XY" + checks.substr(2), "damaged");
  expect_number_refused("check_every", 3, "damaged");
  expect_number_refused("check_every", 0, "damaged");
}

// As if the program had been changed after it was recorded.
TEST_F(BadWitness, ReplayThatDeparts_NamesTheStep) {
  expect_file_refused(
      [](Json& json) {
        std::string checks = json["schedule"]["checks"];
        checks[2 * 30] = checks[2 * 30] == '0' ? '1' : '0';
        json["schedule"]["checks"] = checks;
        json["steps"] = nullptr;
      },
      "it departs at step 3");
  expect_file_refused(
      [](Json& json) {
        json["steps"][17] = "17 third lock zone 99 elsewhere.cc:1";
        json["schedule"]["trace_hash"] = "12345";
      },
      "it departs at step 17: recorded was 'third lock zone 99 elsewhere.cc:1', now it is '");
}

// Lines of the source move without a change of what it does.
TEST_F(BadWitness, OtherPlacesInTheWordsOfAStep_AreNoDeparture) {
  Json moved = witness_;
  const std::string step = moved["steps"][17];
  moved["steps"][17] = step.substr(0, step.rfind(':')) + ":99999";
  EXPECT_EQ(zoneknot({"replay", write("moved.json", moved.dump())}).code, 1);
}

TEST_F(BadWitness, FileWhoseProgramWasChanged_IsRefused) {
  const auto expect_program_refused = [this](const char* name, const Json& value, const std::string& message_part) {
    expect_file_refused([&](Json& json) { json["program"][name] = value; }, message_part);
  };
  const Json text = witness_["program"]["job_file"];
  const auto with_line = [&text](const char* line) {
    Json longer = text;
    longer.push_back(line);
    return longer;
  };
  expect_program_refused("fixes", "series", "another program");
  expect_program_refused("fixes", "foo", "--fixes: ");
  expect_program_refused("device", "sim:zones=17", "another program");
  expect_program_refused("seed", "7", "another program");
  expect_program_refused("bound", "ios=4", "another program");
  expect_program_refused("job_file", with_line("iodepth=5"), "another program");
  expect_program_refused("job_file", with_line("foo=5"), "unknown option 'foo'");
  expect_program_refused("job_file", "[global]", "damaged");
  expect_program_refused("job_file", Json::array({1}), "damaged");
}

}  // namespace
}  // namespace zoneknot::tools
