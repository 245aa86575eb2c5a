// Jobs to hold against the cutoff.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tools/prove/cutoff.h"
#include "tools/prove/verdict.h"

namespace zoneknot::tools {

inline constexpr const char* kJobOfCutoff =
    "[job]\nfilename=disk\nzonemode=zbd\nzonesize=1M\nmax_open_zones=2\nioengine=libaio\nbs=16k\niodepth=16\nsize=8z\n";

inline Instance instance_of(const std::string& options, const std::string& fixes = "series",
                            const std::string& device = "sim") {
  auto instance = make_instance({.job_path = "job.fio", .fixes = fixes, .device = device, .environment = {{}}},
                                kJobOfCutoff + options, {});
  return std::move(instance).value();  // throws
}

inline bool holds_by_cutoff(const Instance& instance) {
  for (const ProofSize& size : cutoff_sizes(instance, sim::ProofFaults::none)) {
    const auto proofs = run_proof(cutoff_instance(instance, size).value(), instance.fixes, sim::ProofFaults::none, {});
    if (proofs.back().result.end != sim::ProofEnd::closed || !waits_empty_handed(proofs)) return false;
    if (std::ranges::any_of(all_breaks(proofs), prevents_proof)) return false;
  }
  return true;
}

}  // namespace zoneknot::tools
