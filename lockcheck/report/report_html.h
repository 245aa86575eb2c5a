// A verdict, and the run that it shows, as one page to look at in a browser: lanes, who waits for whom at any step,
// zones, places, and the text report. The page needs nothing from elsewhere. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "lockcheck/verdict/run_in_verdict.h"
#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

inline constexpr std::size_t kMostOfAPage = 1'000'000;  // bytes, about

std::string to_html(const Verdict& verdict, const std::optional<RunInVerdict>& run);

// The page's own parts: style, elements and script (report_html_page.cc, report_html_script.cc).
std::string_view html_style();
std::string_view html_body();
std::string_view html_script();

}  // namespace zoneknot::lockcheck
