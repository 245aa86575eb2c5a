// Turns what the order checker of a run predicts into the parts of a Verdict that describe it. Called once for a
// report.
#pragma once

#include <vector>

#include "lockcheck/verdict/order_in_verdict.h"
#include "lockcheck/verdict/search_in_verdict.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

// Adds predictions, each of them possible, edges and lines. A prediction that is there already, because another run
// made it too, is kept as it is.
void describe_order(const LockWatch& watch, OrderInVerdict& order);

// A search has covered whatever could happen: refutes every prediction that is merely possible, unless one of `hangs`,
// which the search has come to, has its waits at the same places. (A search that recognises states need not see every
// place where a lock was taken.)
void refute_predictions(const std::vector<HangInVerdict>& hangs, OrderInVerdict& order);

// Some prediction is possible, sound or confirmed.
[[nodiscard]] bool any_prediction_stands(const OrderInVerdict& order);

}  // namespace zoneknot::lockcheck
