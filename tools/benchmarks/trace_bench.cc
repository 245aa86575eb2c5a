// Lock traces: writing, reading and checking them. Arguments: events.

#include <benchmark/benchmark.h>

#include <sstream>
#include <string>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/trace/std_trace.h"
#include "lockcheck/trace/trace_encoder.h"
#include "lockcheck/trace/trace_reader.h"
#include "lockcheck/trace/trace_writer.h"
#include "tools/benchmarks/generated_trace.h"

namespace zoneknot::tools {
namespace {

class Nobody final : public lockcheck::TraceSink {
 public:
  void event(const lockcheck::TraceEvent&, const lockcheck::TraceNames&) override {}
};

std::string binary_trace(std::uint64_t events) {
  std::ostringstream out;
  lockcheck::TraceEncoder encoder(out);
  GeneratedTrace trace;
  trace.tell(events, encoder);
  encoder.close(trace.names());
  return out.str();
}

void count(benchmark::State& state, std::uint64_t events) {
  state.counters["events"] = benchmark::Counter(static_cast<double>(events) * static_cast<double>(state.iterations()),
                                                benchmark::Counter::kIsRate);
}

void trace_written(benchmark::State& state) {
  const auto events = static_cast<std::uint64_t>(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = binary_trace(events).size();
  count(state, events);
  state.counters["bytes_per_event"] = static_cast<double>(bytes) / static_cast<double>(events);
}
BENCHMARK(trace_written)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void trace_read(benchmark::State& state) {
  const std::string trace = binary_trace(static_cast<std::uint64_t>(state.range(0)));
  std::uint64_t events = 0;
  for (auto _ : state) {
    std::istringstream in(trace);
    lockcheck::TraceNames names;
    Nobody nobody;
    const auto end = lockcheck::read_trace(in, names, nobody);
    if (!end || !end->whole) return state.SkipWithError("the trace is not what it should be");
    events = end->events;
  }
  count(state, events);
}
BENCHMARK(trace_read)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void trace_read_std(benchmark::State& state) {
  std::ostringstream text;
  lockcheck::StdWriter writer(text);
  GeneratedTrace generated;
  generated.tell(static_cast<std::uint64_t>(state.range(0)), writer);
  std::uint64_t events = 0;
  for (auto _ : state) {
    std::istringstream in(text.str());
    lockcheck::TraceNames names;
    Nobody nobody;
    const auto end = lockcheck::read_std(in, names, nobody);
    if (!end) return state.SkipWithError("the trace is not what it should be");
    events = end->events;
  }
  count(state, events);
  state.counters["bytes_per_event"] = static_cast<double>(text.str().size()) / static_cast<double>(events);
}
BENCHMARK(trace_read_std)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// Reading, candidates and closures.
void trace_checked(benchmark::State& state) {
  const std::string trace = binary_trace(static_cast<std::uint64_t>(state.range(0)));
  std::uint64_t events = 0;
  std::size_t predictions = 0;
  for (auto _ : state) {
    std::istringstream in(trace);
    lockcheck::TraceNames names;
    lockcheck::TraceCheck check;
    if (!lockcheck::read_trace(in, names, check)) return state.SkipWithError("the trace is not what it should be");
    lockcheck::Verdict verdict;
    check.conclude(names, verdict);
    events = check.events();
    predictions = verdict.order.predictions.size();
  }
  count(state, events);
  state.counters["predictions"] = static_cast<double>(predictions);
}
BENCHMARK(trace_checked)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// What recording adds to a lock that is taken and given back, when nobody else records.
void trace_recorded(benchmark::State& state) {
  std::ostringstream out;
  lockcheck::TraceWriter writer(out);
  writer.task_started(0, "task");
  writer.lock_created(0, {.lock_class = "lock"});
  for (auto _ : state) {
    writer.lock_requested(0, 0, core::Site::current());
    writer.lock_acquired(0, 0, core::Site::current());
    writer.lock_released(0, 0, core::Site::current());
    if (out.tellp() > (1 << 20)) out.str({});
  }
}
BENCHMARK(trace_recorded);

}  // namespace
}  // namespace zoneknot::tools
