// What the fuzz targets of lock traces do with one input: read it, check it, write it again. Shared by the libFuzzer
// targets and by fuzz_corpus_test. A broken promise aborts.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/offline/trace_story.h"
#include "lockcheck/report/report_html.h"
#include "lockcheck/report/report_sarif.h"
#include "lockcheck/report/run_json.h"
#include "lockcheck/trace/std_trace.h"
#include "lockcheck/trace/trace_encoder.h"
#include "lockcheck/trace/trace_reader.h"
#include "t/fuzz/fuzz_entries.h"

namespace zoneknot::fuzz {

// A trace as it was read, and what checking it came to on the way.
struct TraceRead final : lockcheck::TraceSink {
  void event(const lockcheck::TraceEvent& event, const lockcheck::TraceNames& now) override {
    require(lockcheck::fits(event, now), "an event names what there is");
    check.event(event, now);
    events.event(event, now);
  }
  void time(std::uint64_t ns) override {
    require(ns > last_ns, "time goes on");
    last_ns = ns;
  }
  std::uint64_t last_ns = 0;
  lockcheck::TraceNames names;
  lockcheck::TraceInMemory events;
  lockcheck::TraceCheck check;
};

// In all the forms that there are.
inline void show(const TraceRead& read, const lockcheck::Verdict& verdict) {
  const auto& runs = read.check.runs();
  const auto sound = std::ranges::find_if(runs, [](const auto& run) { return !run.lengths.empty(); });
  for (const lockcheck::PredictedRun* predicted :
       {static_cast<const lockcheck::PredictedRun*>(nullptr), sound == runs.end() ? nullptr : &*sound}) {
    lockcheck::TraceStory story(predicted);
    story.keep(verdict.order);
    for (const lockcheck::TraceEvent& event : read.events.events) story.event(event, read.names);
    const lockcheck::RunInVerdict run = story.finish(read.names);
    for (const lockcheck::SpanInRun& span : run.spans) {
      require(span.lane < run.lanes.size() && span.from <= span.to && span.to <= run.steps, "a bar is on the page");
    }
    require(lockcheck::to_html(verdict, run).size() < 4 * lockcheck::kMostOfAPage, "a page has an end");
    (void)lockcheck::to_perfetto(run, "trace");
  }
  (void)lockcheck::to_sarif(verdict);
}

inline void conclude(TraceRead& read) {
  lockcheck::Verdict verdict;
  read.check.conclude(read.names, verdict);
  for (const lockcheck::PredictionInVerdict& prediction : verdict.order.predictions) {
    require(prediction.links.size() >= 2, "a ring has tasks");
    require(prediction.open() || prediction.status == lockcheck::PredictionStatus::ordered,
            "a prediction has its status");
  }
  constexpr std::size_t kMostEvents = 10'000;
  if (read.events.events.size() <= kMostEvents) show(read, verdict);
}

inline std::string to_binary(const TraceRead& read) {
  std::ostringstream out;
  lockcheck::TraceEncoder encoder(out);
  for (const lockcheck::TraceEvent& event : read.events.events) encoder.event(event, read.names);
  encoder.close(read.names);
  return out.str();
}

inline void expect_read_again(const TraceRead& read) {
  std::istringstream in(to_binary(read));
  TraceRead again;
  const auto end = lockcheck::read_trace(in, again.names, again);
  require(end && end->whole, "a trace is read as it was written");
  require(again.names == read.names && again.events.events == read.events.events, "a trace stays the same");
}

inline void fuzz_lock_trace(std::string_view bytes) {
  std::istringstream in{std::string(bytes)};
  TraceRead read;
  const auto end = lockcheck::read_trace(in, read.names, read);
  if (!end) {
    require(end.error().offset <= bytes.size(), "an error is in the file");
    require(!end.error().message.empty(), "an error says something");
    return;
  }
  require(end->events == read.events.events.size(), "events are counted");
  conclude(read);
  expect_read_again(read);
  std::ostringstream out;
  lockcheck::StdWriter writer(out);
  for (const lockcheck::TraceEvent& event : read.events.events) writer.event(event, read.names);
}

inline void fuzz_std_trace(std::string_view text) {
  std::istringstream in{std::string(text)};
  TraceRead read;
  const auto events = lockcheck::read_std(in, read.names, read);
  if (!events) {
    require(events.error().line <= 1 + static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')),
            "an error's line is in the file");
    require(events.error().column >= 1 && events.error().column <= text.size() + 1, "an error's column is in it");
    return;
  }
  conclude(read);
  expect_read_again(read);
}

}  // namespace zoneknot::fuzz
