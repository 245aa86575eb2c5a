// Turns what the order checker of a run predicts into the parts of a Verdict that describe it. Called once for a
// report.
#pragma once

#include "lockcheck/verdict/verdict.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

// Adds to predictions, each with the status "possible", to lock_order and to order_edges. Of predictions that are there
// already, because another run made them too, one is kept.
void describe_order(const LockWatch& watch, Verdict& verdict);

// Of every prediction that is merely possible: a search has covered whatever could happen, and no hang that it found
// has its waits at the same places. (A search that recognises states need not see every place where a lock was taken.)
void refute_predictions(const std::string& reason, Verdict& verdict);

// Some prediction is possible, sound or confirmed.
[[nodiscard]] bool any_prediction_stands(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
