// A program under test as the command line names it: job file, fixes, device and fault plan, with bounds applied and
// checked against each other. Plain data, complete in itself: a witness file embeds it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/fix_set.h"
#include "core/job_spec.h"
#include "device/model/fault_plan.h"
#include "device/model/zone_model.h"
#include "lockcheck/verdict/verdict.h"
#include "tools/jobfile/job_file.h"
#include "tools/option/device_option.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// Where the parts come from, as texts of the command line. Empty: not given.
struct InstanceSource {
  std::string job_path;
  std::string faults_path;
  std::string fixes;
  std::string device;
  std::string bound;
  std::optional<std::uint64_t> seed;
  std::optional<std::map<std::string, std::string>> environment;  // nothing: the process's
  std::optional<std::string> emulate_zones;                       // of a block device: its keys
  bool on_real_device = false;              // a block device that cannot be looked at is an error, not assumed
  std::optional<std::string> latency_text;  // of the latency profile that `device` names; nothing: the file is read
};

struct Instance {
  std::string name;  // of the job file, without folders; "job@plan" with a fault plan
  std::vector<core::JobSpec> jobs;
  std::vector<std::string> task_names;  // by TaskId: "main" first
  core::FixSet fixes = core::FixSet::standard();
  DeviceOption device_option;   // --device, else ${ZONED}
  device::DeviceConfig device;  // what it comes to for these jobs
  device::FaultPlan faults;
  lockcheck::Bounds bounds;
  std::vector<std::string> dropped;  // what the bounds took from the jobs besides
  std::optional<std::uint64_t>
      seed;  // set: block, direction and error draws are fixed by it; else choices of the search
  std::vector<std::string> notes;
  std::vector<std::string> assumed;  // what a verdict about it rests on

  // The texts the instance can be made from again.
  std::string job_text;
  std::string faults_text;
  InstanceSource source;
  std::map<std::string, std::string> environment;  // variables that the job file used, but for ZONED

  // Equal for equal programs, whatever their files are called: what a witness's identity hashes.
  [[nodiscard]] std::string identity_text() const;
  [[nodiscard]] std::uint64_t identity() const;
  // Some job verifies its data, so buffers matter.
  [[nodiscard]] bool moves_data() const;
};

// Reads the files and puts the instance together.
tl::expected<Instance, InputError> load_instance(const InstanceSource& source);

// Puts the instance together from texts in hand; `source` gives the names for messages.
tl::expected<Instance, InputError> make_instance(const InstanceSource& source, std::string job_text,
                                                 std::string faults_text);

}  // namespace zoneknot::tools
