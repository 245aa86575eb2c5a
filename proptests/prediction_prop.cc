// What is read off a lock trace, against everything that could have happened instead.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/report/words.h"
#include "proptests/many_cases.h"
#include "proptests/small_trace.h"
#include "proptests/trace_runs.h"

namespace zoneknot::proptests {
namespace {

using lockcheck::PredictionStatus;

// By the places of their waits: the surest that is said of a ring. Rings with a wait for the end of a task are another
// matter.
std::map<std::multiset<std::string>, PredictionStatus> statuses(const SmallTrace& trace) {
  lockcheck::TraceCheck check;
  for (const lockcheck::TraceEvent& event : trace.events) check.event(event, trace.names);
  lockcheck::Verdict verdict;
  check.conclude(trace.names, verdict);
  std::map<std::multiset<std::string>, PredictionStatus> found;
  for (const lockcheck::PredictionInVerdict& prediction : verdict.order.predictions) {
    const auto& links = prediction.links;
    if (std::ranges::any_of(
            links, [](const auto& link) { return link.waits_for.kind == lockcheck::ResourceType::task_end; })) {
      continue;
    }
    std::multiset<std::string> places;
    for (const lockcheck::LinkInVerdict& link : links) places.insert(lockcheck::place_text(link.asked_at));
    const auto [known, is_new] = found.try_emplace(places, prediction.status);
    if (!is_new) known->second = std::min(known->second, prediction.status);
  }
  return found;
}

PredictedRings predicted(const SmallTrace& trace) {
  PredictedRings rings;
  for (const auto& [places, status] : statuses(trace)) rings[places] = status == PredictionStatus::sound;
  return rings;
}

bool has_a_semaphore(const SmallTrace& trace) {
  return std::ranges::any_of(trace.events, [](const lockcheck::TraceEvent& event) {
    using Kind = lockcheck::TraceEventKind;
    return event.kind == Kind::take_unit || event.kind == Kind::refuse_unit || event.kind == Kind::add_units;
  });
}

// All but one thing: where units come and go, their order is kept, though another one might end in the deadlock too.
TEST(Prediction, WhatIsPossibleAndWhatIsSound_IsWhatTryingEverythingFinds) {
  expect_in_many_cases(400, [] {
    const SmallTrace trace = *any_small_trace();
    PredictedRings expected = all_rings(trace);
    const auto is_sound = [](const PredictedRings::value_type& ring) { return ring.second; };
    RC_CLASSIFY(std::ranges::any_of(expected, is_sound), "a sound ring");
    RC_CLASSIFY(!std::ranges::all_of(expected, is_sound), "a ring that is not");
    const PredictedRings found = predicted(trace);
    if (has_a_semaphore(trace)) {
      for (auto& [places, sound] : expected) sound = sound && (!found.contains(places) || found.at(places));
    }
    RC_ASSERT(found == expected);
  });
}

// What only another order of sections leads to is real as well; what is ordered is not. How many of those that are not
// real are told to be so is printed.
TEST(Prediction, WhatIsOrdered_NoRunThatReadsTheSameComesTo) {
  std::size_t possible = 0;
  std::size_t ordered = 0;
  expect_in_many_cases(400, [&] {
    const SmallTrace trace = *any_small_trace();
    const PredictedRings real = all_rings(trace, SectionOrder::any);
    for (const auto& [places, status] : statuses(trace)) {
      if (status == PredictionStatus::sound || real.at(places)) {
        RC_ASSERT(status != PredictionStatus::ordered);
        continue;
      }
      ++(status == PredictionStatus::ordered ? ordered : possible);
    }
  });
  std::cout << "of rings that are not real " << ordered << " are ordered and " << possible << " are possible\n";
  EXPECT_GT(ordered, possible) << "data keeps apart most of what is not real";
}

}  // namespace
}  // namespace zoneknot::proptests
