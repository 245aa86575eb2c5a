// The binary form of lock traces says what was told, whatever that is: names, stacks, modules, times and events of
// every kind, as they come in between each other.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "lockcheck/trace/trace_encoder.h"
#include "lockcheck/trace/trace_owners.h"
#include "lockcheck/trace/trace_reader.h"

namespace zoneknot::proptests {
namespace {

using lockcheck::TraceEvent;
using lockcheck::TraceEventKind;
using lockcheck::TraceNames;

struct TimedEvents final : lockcheck::TraceSink {
  void event(const TraceEvent& event, const TraceNames&) override { events.emplace_back(now, event); }
  void time(std::uint64_t ns) override { now = ns; }
  std::uint64_t now = 0;
  std::vector<std::pair<std::uint64_t, TraceEvent>> events;
};

std::uint32_t below(std::size_t end) { return *rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(end)); }
std::string some_text() { return *rc::gen::arbitrary<std::string>(); }

// One more thing that events may name.
void add_name(TraceNames& names) {
  switch (below(11)) {
    case 0:
      names.tasks.push_back(some_text());
      return;
    case 1:
      names.locks.push_back({.name = some_text(),
                             .lock_class = some_text(),
                             .kind = core::LockKind::recursive,
                             .role = core::LockRole::zone,
                             .readers = static_cast<core::Readers>(below(3))});
      return;
    case 2:
      names.conditions.push_back(some_text());
      return;
    case 3:
      names.semaphores.push_back({.name = some_text(), .count = below(9)});
      return;
    case 4:
      names.barriers.push_back({.name = some_text(), .count = below(9), .shared = below(2) == 1});
      return;
    case 5:
      names.sites.push_back({.file = some_text(), .line = below(1U << 20U), .function = some_text()});
      return;
    case 6:
      names.modules.push_back(
          {.path = some_text(), .begin = below(1U << 30U), .end = UINT64_MAX, .build_id = "c0ffee"});
      return;
    case 7: {
      // A place has one stack at most.
      const std::size_t site = names.stacks.empty() ? 0 : names.stacks.back().site + std::size_t{1};
      if (site >= names.sites.size()) return;
      lockcheck::TraceStack stack{.site = static_cast<std::uint32_t>(site)};
      for (std::uint32_t i = below(lockcheck::kTraceCallersMax + 1); i > 0; --i) {
        stack.callers.push_back(below(names.sites.size()));
      }
      names.stacks.push_back(stack);
      return;
    }
    case 8:
      if (!names.tasks.empty()) {
        names.rename({.of = lockcheck::TraceLateName::Of::task, .id = below(names.tasks.size()), .name = some_text()});
      }
      return;
    case 9:
      names.cells.push_back(some_text());
      return;
    default:
      names.texts.push_back(some_text());
  }
}

RC_GTEST_PROP(TraceForm, WhatIsWrittenIsRead_NamesTimesAndEventsOfEveryKind, ()) {
  TraceNames names;
  lockcheck::TraceOwners owners;
  TimedEvents told;
  std::ostringstream out;
  lockcheck::TraceEncoder encoder(out);
  for (std::uint32_t i = below(200); i > 0; --i) {
    if (below(3) == 0) {
      add_name(names);
      continue;
    }
    if (below(4) == 0) {
      told.now += 1 + below(1U << 30U);
      encoder.time(told.now);
    }
    TraceEvent event{.kind = static_cast<TraceEventKind>(below(lockcheck::kTraceEventKinds)),
                     .task = below(4),
                     .object = below(4),
                     .other = below(64),
                     .site = below(4)};
    const lockcheck::TraceEventShape& shape = shape_of(event.kind);
    if (!shape.has_site) event.site = 0;
    if (shape.object == lockcheck::TraceObject::none) event.object = 0;
    if (shape.other == lockcheck::TraceObject::none) event.other = 0;
    if (!fits(event, names) || owners.take(event, names) != nullptr) continue;
    told.events.emplace_back(told.now, event);
    encoder.event(event, names);
  }
  encoder.close(names);
  std::istringstream in(out.str());
  TraceNames back;
  TimedEvents again;
  const auto end = lockcheck::read_trace(in, back, again);
  RC_ASSERT(end.has_value());
  RC_ASSERT(end->whole);
  RC_ASSERT(back == names);
  RC_ASSERT(again.events == told.events);
}

}  // namespace
}  // namespace zoneknot::proptests
