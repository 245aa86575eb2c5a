// What is read off a lock trace, against everything that could have happened instead.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/report/words.h"
#include "proptests/many_cases.h"
#include "proptests/small_trace.h"
#include "proptests/trace_runs.h"

namespace zoneknot::proptests {
namespace {

PredictedRings predicted(const SmallTrace& trace) {
  lockcheck::TraceCheck check;
  for (const lockcheck::TraceEvent& event : trace.events) check.event(event, trace.names);
  lockcheck::Verdict verdict;
  check.conclude(trace.names, verdict);
  PredictedRings rings;
  for (const lockcheck::PredictionInVerdict& prediction : verdict.order.predictions) {
    std::multiset<std::string> places;
    for (const lockcheck::LinkInVerdict& link : prediction.links) places.insert(lockcheck::place_text(link.asked_at));
    rings[places] |= prediction.status == lockcheck::PredictionStatus::sound;
  }
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

}  // namespace
}  // namespace zoneknot::proptests
