// The options of job files: one table of every option of fio, what becomes of it here, and what its value may be.
// Constant data. docs/job-options.md is generated from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tools/jobfile/section_draft.h"

namespace zoneknot::tools {

enum class OptionUse : std::uint8_t {
  supported,
  ignored,  // accepted with a note: it cannot matter here
  not_yet,  // an error: it would matter
};

enum class OptionKind : std::uint8_t {
  flag,
  count,
  signed_count,
  counts,  // up to three: reads, writes, trims
  size,
  amount,
  time,
  fraction,
  percent,
  words
};

struct JobOption;
using ApplyOption = Value<void> (*)(const JobOption& option, std::string_view value, SectionDraft& draft);

struct JobOption {
  std::string_view name;
  std::string_view synonyms;  // separated by blanks
  OptionUse use = OptionUse::supported;
  OptionKind kind = OptionKind::words;
  ApplyOption apply = nullptr;  // null unless supported
  // Bounds of a count; `least` of a time is the nanoseconds of a number without unit.
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  std::string_view
      values;  // of kind words, for the page; unless supported: those that change nothing, separated by blanks
  std::string_view help;  // one line
  unsigned since = 0;     // fio has it since 3.`since`; 0: always
};

std::span<const JobOption> job_options();

// The option with this name or synonym, or null.
const JobOption* find_job_option(std::string_view name);

// " (did you mean 'bs'?)", or nothing.
std::string nearest_job_option(std::string_view name);

// docs/job-options.md.
std::string job_options_markdown();

}  // namespace zoneknot::tools
