#include "tools/cli/delivery.h"

#include <cstdio>

#include "tools/text/whole_file.h"

namespace zoneknot::tools {

int refuse(const InputError& error) {
  std::fprintf(stderr, "zoneknot: %s\n", error.to_string().c_str());
  return kExitBadInput;
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) std::fprintf(stderr, "zoneknot: note: %s\n", note.c_str());
}

int deliver(const std::string& report, const std::string& path, int code) {
  if (path.empty()) {
    std::fputs(report.c_str(), stdout);
    return code;
  }
  if (const auto error = write_file(path, report)) return refuse(*error);
  return code;
}

}  // namespace zoneknot::tools
