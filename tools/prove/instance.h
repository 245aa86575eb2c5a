// A job file made small in the ways in which a proof has to be finite: zones, blocks in a zone, queue depth. Work, jobs
// and time stay without bound. Pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/job_spec.h"
#include "device/model/zone_model.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

struct ProofSize {
  std::uint32_t depth = 2;   // iodepth and what is counted in it are at most this
  std::uint32_t zones = 3;   // of each job's range
  std::uint32_t blocks = 2;  // of the jobs' largest block, in a zone
  bool operator==(const ProofSize&) const = default;
};

// By depth, zones and blocks.
std::array<ProofSize, 3> one_more_of_each(const ProofSize& size);

// The option --bound: "depth=2,zones=3,blocks=2", any of them; what it does not say is as in `otherwise`. Numbers of
// jobs and of I/Os are refused: a proof is for any.
tl::expected<ProofSize, InputError> parse_proof_size(const std::string& text, const ProofSize& otherwise);

struct ProofInstance {
  std::vector<core::JobSpec> jobs;
  device::DeviceConfig device;
  bool whole = false;      // nothing of the jobs was cut
  bool forgetful = false;  // what is found in zones, and places in a range, are drawn anew each time
};

// The size at which nothing of the jobs is cut. A job without a size has whatever the device has, and no proof rests on
// how much that happens to be: its zones are UINT32_MAX.
ProofSize whole_size(const Instance& instance);

// The smaller one of each.
ProofSize smaller_of(const ProofSize& a, const ProofSize& b);

// Ranges keep their order and stay apart where they were. Zones below the first range, between ranges, and conventional
// ones become one of each kind. A device whose zones are not full at their end keeps that. max_open_zones is at most
// zones - 1, but at least 1. A size that is no smaller than the whole leaves the jobs as they are. Errors: a size that
// the job file's device cannot have; a device with fewer zones than the proof's for a job without a size.
tl::expected<ProofInstance, InputError> proof_instance(const Instance& instance, const ProofSize& size);

// Where the jobs work on the device, by job.
std::vector<core::Range> ranges_of(const Instance& instance);

// The jobs that have to be proved, by index: of those that differ in nothing but name, seed and number one.
std::vector<std::size_t> different_jobs(const std::vector<core::JobSpec>& jobs);

}  // namespace zoneknot::tools
