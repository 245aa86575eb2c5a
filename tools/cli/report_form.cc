#include "tools/cli/report_form.h"

#include "lockcheck/report/report_json.h"
#include "lockcheck/report/report_text.h"

namespace zoneknot::tools {

std::string report_of(const lockcheck::Verdict& verdict, Format format, bool verbose) {
  if (format == Format::json) return lockcheck::to_json(verdict);
  return lockcheck::to_text(verdict, verbose ? lockcheck::Detail::full : lockcheck::Detail::brief);
}

}  // namespace zoneknot::tools
