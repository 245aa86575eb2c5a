// Wherever a trace is cut, what is said of it is what is said of the part before: of every trace here and in the
// corpus, after every event.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/trace/std_trace.h"
#include "lockcheck/trace/trace_encoder.h"
#include "lockcheck/trace/trace_reader.h"
#include "tools/witness/trace_file.h"

namespace zoneknot::tools {
namespace {

namespace fs = std::filesystem;
using lockcheck::Verdict;

// Traces with more events are looked at up to there: each part is checked from its beginning.
constexpr std::size_t kEventsMax = 250;

struct WholeTrace {
  lockcheck::TraceNames names;
  lockcheck::TraceInMemory events;
};

Verdict verdict_of_first(const WholeTrace& trace, std::size_t events) {
  lockcheck::TraceCheck check;
  for (std::size_t i = 0; i < events; ++i) check.event(trace.events.events[i], trace.names);
  Verdict verdict;
  check.conclude(trace.names, verdict);
  return verdict;
}

// The binary form of the first events, without its end, and with half an event more.
Verdict verdict_of_cut(const WholeTrace& trace, std::size_t events) {
  std::ostringstream out;
  lockcheck::TraceEncoder encoder(out);
  for (std::size_t i = 0; i < events; ++i) encoder.event(trace.events.events[i], trace.names);
  encoder.flush();
  std::istringstream in(out.str() + '\x08');
  lockcheck::TraceNames names;
  lockcheck::TraceCheck check;
  const auto end = lockcheck::read_trace(in, names, check);
  EXPECT_TRUE(end) << (end ? "" : end.error().message);
  EXPECT_TRUE(!end || !end->whole);
  Verdict verdict;
  check.conclude(names, verdict);
  return verdict;
}

std::vector<fs::path> all_traces() {
  std::vector<fs::path> traces;
  for (const char* folder : {ZONEKNOT_TRUST, ZONEKNOT_CORPUS "/ok", ZONEKNOT_CORPUS "/bad"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const fs::path& path = entry.path();
      if (path.extension() == ".std" || path.extension() == ".trace") traces.push_back(path);
    }
  }
  std::ranges::sort(traces);
  return traces;
}

class CutTrace : public testing::TestWithParam<fs::path> {};

TEST_P(CutTrace, SaysWhatIsSaidOfThePartBefore_AndNoTaskHangsThatGoesOn) {
  WholeTrace trace;
  if (!read_trace_file(GetParam(), trace.names, trace.events)) return;  // it is here because it is refused
  const std::vector<lockcheck::TraceEvent>& events = trace.events.events;
  for (std::size_t cut = 1; cut <= std::min(events.size(), kEventsMax); ++cut) {
    const Verdict before = verdict_of_first(trace, cut);
    const Verdict after = verdict_of_cut(trace, cut);
    ASSERT_EQ(word_name(after.word), word_name(before.word)) << "cut after event " << cut;
    ASSERT_EQ(after.order.predictions.size(), before.order.predictions.size()) << "cut after event " << cut;
    for (const lockcheck::TaskInVerdict& task : before.scene.tasks) {
      if (task.standing != lockcheck::TaskStanding::stuck) continue;
      const auto goes_on = std::any_of(
          events.begin() + static_cast<std::ptrdiff_t>(cut), events.end(),
          [&](const lockcheck::TraceEvent& event) { return trace.names.tasks[event.task] == task.task.name; });
      EXPECT_FALSE(goes_on) << task.task.name << " is said to be stuck after event " << cut;
    }
  }
}

std::string name_of_trace(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.stem().string();
  std::ranges::replace_if(name, [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Traces, CutTrace, testing::ValuesIn(all_traces()), name_of_trace);

}  // namespace
}  // namespace zoneknot::tools
