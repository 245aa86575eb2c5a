// Lock traces of small random programs: what is predicted as sound from one run does happen in some other, and the
// forms of a trace say the same.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/report/words.h"
#include "lockcheck/trace/std_trace.h"
#include "lockcheck/trace/trace_encoder.h"
#include "lockcheck/trace/trace_reader.h"
#include "lockcheck/trace/trace_writer.h"
#include "proptests/many_cases.h"
#include "proptests/random_program.h"
#include "sim/dpor/source_dpor.h"
#include "sim/strategy/random_walk.h"

namespace zoneknot::proptests {
namespace {

using lockcheck::LinkInVerdict;
using lockcheck::PredictionInVerdict;

// Programs with more traces than this are left out.
constexpr std::uint64_t kMaxTraces = 20'000;
constexpr std::uint64_t kRuns = 3;
// Few programs have a sound prediction.
constexpr int kTimes = 10;

// The trace of one run under a random schedule.
std::string recorded(const RandomProgram& program, std::uint64_t seed) {
  std::ostringstream out;
  lockcheck::TraceWriter writer(out);
  sim::Simulation simulation;
  simulation.watch().add_listener(writer);
  sim::RandomWalk walk(seed);
  (void)walk.begin();
  const sim::Program body = as_program(program);
  (void)simulation.run([&] { body(simulation); }, walk);
  writer.close();
  return out.str();
}

std::vector<PredictionInVerdict> sound_predictions(const std::string& trace) {
  std::istringstream in(trace);
  lockcheck::TraceNames names;
  lockcheck::TraceCheck check;
  const auto end = lockcheck::read_trace(in, names, check);
  RC_ASSERT(end.has_value());
  RC_ASSERT(end->whole);
  lockcheck::Verdict verdict;
  check.conclude(names, verdict);
  std::vector<PredictionInVerdict> sound = std::move(verdict.order.predictions);
  std::erase_if(sound, [](const PredictionInVerdict& prediction) {
    return prediction.status != lockcheck::PredictionStatus::sound;
  });
  return sound;
}

// "task3" and "lock 3".
std::uint32_t number_in(const std::string& name) { return static_cast<std::uint32_t>(name.back() - '0'); }

// A task has its own end as long as there are steps to make, and its turn as long as it waits for it.
bool has(const ProgramEnd& end, std::uint32_t task, const lockcheck::ResourceInVerdict& what) {
  if (what.kind != lockcheck::ResourceType::lock) return true;
  const std::uint32_t number = number_in(what.name);
  if (what.lock_class != "shared") return end.owners.at(number) == task;
  const std::uint32_t share = end.shares.at(task).at(number);
  return what.shared ? share > 0 && share != kWholeLock : share == kWholeLock;
}

// Every task of the ring owns what it is said to own, in the middle of some step that never ends.
bool shows(const ProgramEnd& end, const RandomProgram& program, const PredictionInVerdict& prediction) {
  return end.hang && std::ranges::all_of(prediction.links, [&](const LinkInVerdict& link) {
           const std::uint32_t task = number_in(link.task.name);
           return has(end, task, link.owns) && end.steps.at(task) < program.tasks[task].size();
         });
}

void expect_confirmed(const RandomProgram& program) {
  std::vector<PredictionInVerdict> sound;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    for (PredictionInVerdict& prediction : sound_predictions(recorded(program, seed))) sound.push_back(prediction);
  }
  RC_CLASSIFY(!sound.empty(), "a sound prediction");
  if (sound.empty()) return;
  sim::SourceDpor search;
  const auto everything = run_everything(program, search, kMaxTraces);
  RC_PRE(everything.has_value());
  RC_ASSERT(search.describe().covers_everything);
  for (const PredictionInVerdict& prediction : sound) {
    RC_LOG() << lockcheck::prediction_text(prediction) << "\n";
    RC_ASSERT(
        std::ranges::any_of(everything->ends, [&](const ProgramEnd& end) { return shows(end, program, prediction); }));
  }
}

// A stretch of a task that gives back what it takes: most rings come from the first kind, and what keeps them from
// being sound from the others.
rc::Gen<std::vector<ProgramStep>> any_stretch() {
  return rc::gen::exec([] {
    const auto lock = *rc::gen::inRange<std::uint32_t>(0, kProgramLocks);
    const auto other = *rc::gen::inRange<std::uint32_t>(0, kProgramLocks);
    const auto cell = *rc::gen::inRange<std::uint32_t>(0, kProgramCells);
    const Act access = *rc::gen::element(Act::read, Act::write);
    const Act outer = *rc::gen::weightedElement<Act>({{4, Act::lock}, {1, Act::try_lock}});
    switch (*rc::gen::weightedElement<int>({{4, 0}, {2, 1}, {1, 2}, {1, 3}, {1, 4}})) {
      case 0:
        return std::vector<ProgramStep>{{outer, lock}, {Act::lock, other}, {Act::unlock, other}, {Act::unlock, lock}};
      case 1:
        return std::vector<ProgramStep>{{outer, lock}, {access, cell}, {Act::unlock, lock}};
      case 2:
        return std::vector<ProgramStep>{{access, cell}};
      case 3:
        return std::vector<ProgramStep>{{Act::read, cell}, {Act::skip, 1}};
      default:
        return std::vector<ProgramStep>{{Act::lock, lock}};
    }
  });
}

rc::Gen<RandomProgram> any_program_of_stretches(std::size_t tasks, std::size_t stretches) {
  return rc::gen::exec([=] {
    RandomProgram program;
    program.tasks.resize(tasks);
    for (std::vector<ProgramStep>& steps : program.tasks) {
      for (std::size_t i = 0; i < stretches; ++i) {
        const std::vector<ProgramStep> stretch = *any_stretch();
        steps.insert(steps.end(), stretch.begin(), stretch.end());
      }
    }
    return program;
  });
}

TEST(TraceProperty, WhatIsSoundHappensToTwoTasksThatNestLocks) {
  expect_in_many_cases(kTimes, [] { expect_confirmed(*any_program_of_stretches(2, 4)); });
}

TEST(TraceProperty, WhatIsSoundHappensToThreeTasksThatNestLocks) {
  expect_in_many_cases(kTimes, [] { expect_confirmed(*any_program_of_stretches(3, 2)); });
}

TEST(TraceProperty, WhatIsSoundHappensToTwoTasks) {
  expect_in_many_cases(kTimes, [] {
    const auto ingredients = *rc::gen::element(Ingredients::locks, Ingredients::waits, Ingredients::times);
    expect_confirmed(*any_random_program(ingredients, {9, 9}));
  });
}

TEST(TraceProperty, WhatIsSoundHappensToTwoTasksThatShareLocks) {
  expect_in_many_cases(kTimes, [] {
    const auto ingredients = *rc::gen::element(Ingredients::readers, Ingredients::timed_readers);
    expect_confirmed(*any_random_program(ingredients, {8, 8}));
  });
}

TEST(TraceProperty, WhatIsSoundHappensToThreeTasksThatShareLocks) {
  expect_in_many_cases(kTimes, [] {
    const auto ingredients = *rc::gen::element(Ingredients::readers, Ingredients::timed_readers);
    expect_confirmed(*any_random_program(ingredients, {6, 5, 5}));
  });
}

TEST(TraceProperty, WhatIsSoundHappensToThreeTasks) {
  expect_in_many_cases(kTimes, [] {
    const auto ingredients = *rc::gen::element(Ingredients::locks, Ingredients::waits, Ingredients::times);
    expect_confirmed(*any_random_program(ingredients, {6, 5, 5}));
  });
}

struct Read {
  lockcheck::TraceNames names;
  lockcheck::TraceInMemory events;
};

RC_GTEST_PROP(TraceProperty, ATraceIsTheSameAfterItsBinaryForm, (std::uint64_t seed)) {
  const std::string trace = recorded(*any_random_program(Ingredients::times, {6, 6, 6}), seed);
  Read read;
  std::istringstream in(trace);
  RC_ASSERT(lockcheck::read_trace(in, read.names, read.events).has_value());
  std::ostringstream out;
  lockcheck::TraceEncoder encoder(out);
  for (const lockcheck::TraceEvent& event : read.events.events) encoder.event(event, read.names);
  encoder.close(read.names);
  RC_ASSERT(out.str().size() <= trace.size());
  Read again;
  std::istringstream back(out.str());
  RC_ASSERT(lockcheck::read_trace(back, again.names, again.events).has_value());
  RC_ASSERT(again.names == read.names);
  RC_ASSERT(again.events.events == read.events.events);
}

RC_GTEST_PROP(TraceProperty, ATraceInStdIsTheSameWhenItIsReadAndWrittenAgain, (std::uint64_t seed)) {
  const std::string trace = recorded(*any_random_program(Ingredients::times, {6, 6, 6}), seed);
  lockcheck::TraceNames names;
  std::ostringstream first;
  lockcheck::StdWriter to_first(first);
  std::istringstream in(trace);
  RC_ASSERT(lockcheck::read_trace(in, names, to_first).has_value());
  // Twice: what the first time has no word for is gone.
  lockcheck::TraceNames std_names;
  std::ostringstream second;
  lockcheck::StdWriter to_second(second);
  std::istringstream std_in(first.str());
  RC_ASSERT(lockcheck::read_std(std_in, std_names, to_second).has_value());
  RC_ASSERT(second.str() == first.str());
}

}  // namespace
}  // namespace zoneknot::proptests
