// Lock traces small enough for everything that could have happened instead to be tried. Plain values, made and shrunk
// by RapidCheck.
#pragma once

#include <iosfwd>
#include <vector>

#include "lockcheck/trace/trace_event.h"

namespace rc {
template <class T>
class Gen;
}

namespace zoneknot::proptests {

struct SmallTrace {
  std::vector<lockcheck::TraceEvent> events;
  lockcheck::TraceNames names;
};

// In the STD form.
void showValue(const SmallTrace& trace, std::ostream& out);

// Up to four tasks, some of which others fork and join; locks, often nested, taken with and without waiting, some never
// given back, some waited for in vain when the trace ends; reads and writes, units, waits that are woken. Either every
// event has a place of its own, or whatever is done to a lock is done at one.
rc::Gen<SmallTrace> any_small_trace();

}  // namespace zoneknot::proptests
