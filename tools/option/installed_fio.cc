#include "tools/option/installed_fio.h"

#include <array>
#include <cstdio>

#include "core/fix_table.h"

namespace zoneknot::tools {

tl::expected<std::string, std::string> installed_fio() {
  std::FILE* const pipe = popen("fio --version 2>/dev/null", "re");
  if (pipe == nullptr) return tl::make_unexpected("fio cannot be started to ask for its version");
  std::array<char, 256> buffer{};
  const char* const line = std::fgets(buffer.data(), buffer.size(), pipe);
  std::string version = line == nullptr ? "" : line;
  const int status = pclose(pipe);
  while (!version.empty() && (version.back() == '\n' || version.back() == '\r')) version.pop_back();
  if (status != 0 || version.empty()) return tl::make_unexpected("fio is not installed, or not on the PATH");
  return version;
}

std::string preset_of_version(std::string_view version) {
  const std::string release(version.substr(0, version.find('-', version.find('-') + 1)));
  const bool built_later = release.size() < version.size();
  const auto presets = core::presets();
  const std::string& newest_release = presets[presets.size() - 2].name;
  return built_later && release == newest_release ? presets.back().name : release;
}

}  // namespace zoneknot::tools
