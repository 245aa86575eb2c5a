// A section of a job file while it is being read: what its options said so far, defaults included, and how jobs are
// made of it at its end. Plain data; a [global] section is one too, and later sections begin as its copy.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/job_spec.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {

inline constexpr std::uint32_t kMaxJobs = 4096;   // of a file, numjobs expanded
inline constexpr std::uint32_t kMaxFiles = 1024;  // of a job
inline constexpr std::uint32_t kSectorBytes = 512;
inline constexpr std::uint32_t kMaxOpenZonesOption = 4096;

enum class ZoneMode : std::uint8_t { none, zbd };

// What a job is before any option was read.
inline core::JobSpec default_spec() {
  core::JobSpec spec;
  spec.reads = true;
  return spec;
}

struct SectionDraft {
  core::JobSpec spec = default_spec();  // final but for what the members below decide
  ZoneMode zone_mode = ZoneMode::none;
  std::uint32_t numjobs = 1;
  Amount size;
  Amount io_size;
  Amount offset;
  Amount offset_increment;
  Amount zone_skip;
  // Bytes, indexed by Direction read, write, trim.
  std::array<std::uint32_t, 3> bs = {4096, 4096, 4096};
  std::array<std::uint32_t, 3> range_min = {};  // bsrange, which goes before bs; 0: not given
  std::array<std::uint32_t, 3> range_max = {};
  std::uint32_t nrfiles = 1;   // as written
  std::string uneven_service;  // file_service_type, where it draws some files more often; empty: another
  std::string wait_for;        // the name of a section; empty: none
  std::string verify_word;     // as written, where another checksum stands for it
  std::uint32_t batch = 1;     // iodepth_batch as written
  std::uint32_t iodepth_low = 0;
  std::uint32_t complete_max = 0;
};

// The section's numjobs jobs, in order; `name`, `section` and `clone` set. Sizes in zones are counted in zonesize, else
// in default_zone_size. Errors: what contradicts itself whatever the device is, with the option that it is about.
tl::expected<std::vector<core::JobSpec>, core::SpecError> make_jobs(const SectionDraft& draft, const std::string& name,
                                                                    std::uint32_t section,
                                                                    std::uint64_t default_zone_size);

}  // namespace zoneknot::tools
