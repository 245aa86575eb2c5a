// Short ways to parse a job file in tests. Pure functions.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "tools/jobfile/job_file.h"

namespace zoneknot::tools {

inline constexpr std::uint64_t kMiB = 1U << 20U;

inline ParseContext context_with(const std::map<std::string, std::string>& variables = {}) {
  ParseContext context;
  context.environment = [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return context;
}

inline tl::expected<JobFile, InputError> parse(const std::string& text) {
  return parse_job_file(text, "a.fio", context_with({{"X", "4z"}, {"EMPTY", ""}}));
}

// The error as a user sees it, or "no error".
inline std::string error_of(const std::string& text) {
  const auto file = parse(text);
  return file ? "no error" : file.error().to_string();
}

// One section that works, with more lines; these begin at line 4.
inline std::string section_with(const std::string& lines) { return "[a]\nfilename=sim\nzonemode=zbd\n" + lines; }

// The only job of section_with(lines).
inline core::JobSpec job_with(const std::string& lines) {
  const auto file = parse(section_with(lines));
  if (!file || file->jobs.size() != 1) {
    ADD_FAILURE() << (file ? "not one job" : file.error().to_string());
    return {};
  }
  return file->jobs[0];
}

inline std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) ADD_FAILURE() << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace zoneknot::tools
