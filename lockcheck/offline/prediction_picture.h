// Turns what a trace predicts into the parts of a Verdict that describe it. Called once for a report.
#pragma once

#include "lockcheck/offline/trace_facts.h"
#include "lockcheck/offline/trace_prediction.h"
#include "lockcheck/trace/trace_event.h"
#include "lockcheck/verdict/order_in_verdict.h"

namespace zoneknot::lockcheck {

// Adds predictions, in their order, and what is kept apart.
void describe_predictions(const TracePredictions& found, const TraceFacts& facts, const TraceNames& names,
                          OrderInVerdict& order);

// What makes rings one to a reader: who owns something of which class where, and wants something of which class where.
// Places that look alike are one, and so are the ends of all tasks.
RingPlaces places_of_rings(const TraceNames& names);

}  // namespace zoneknot::lockcheck
