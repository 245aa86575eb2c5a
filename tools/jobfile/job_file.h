// A job file as a user wrote it, made into jobs. Plain data and pure functions; the environment comes in through
// ParseContext. docs/job-options.md says what a file may hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/job_spec.h"
#include "tools/jobfile/section_draft.h"
#include "tools/text/ini_file.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

struct ParseContext {
  Environment environment;                                    // empty: no variable is set
  std::uint64_t default_zone_size = std::uint64_t{1} << 20U;  // bytes; what z means in a section without zonesize
};

// Where a section and its options stand.
struct SectionPlaces {
  Position at;
  std::vector<Position> options;  // of the value that counts, by index in job_options(); line 0: not given
};

// An option that not every release of fio has.
struct LaterOption {
  std::string name;
  unsigned since = 0;  // fio 3.`since`
};

struct JobFile {
  std::string file;                        // as the user named it
  std::string name;                        // without folders
  std::vector<core::JobSpec> jobs;         // numjobs expanded, in the file's order; at least one, at most kMaxJobs
  std::vector<std::string> notes;          // options that were ignored, and the like: "a.fio:3: 'nice' is ignored"
  std::vector<SectionPlaces> sections;     // by JobSpec::section
  std::vector<LaterOption> later_options;  // each once

  // Where the value of an option of a job stands, by any of its names, be it in a [global] section; the job's section
  // if the option was not given.
  [[nodiscard]] Position position_of(const core::JobSpec& job, std::string_view option) const;

  // An error about an option of a job, as check_job() finds them.
  [[nodiscard]] InputError error_at(const core::JobSpec& job, const core::SpecError& error) const;
};

// The error is the first in the file, but for contradictions between options, which are found at the end of a section.
tl::expected<JobFile, InputError> parse_job_file(std::string_view text, std::string_view file_name,
                                                 const ParseContext& context);

}  // namespace zoneknot::tools
