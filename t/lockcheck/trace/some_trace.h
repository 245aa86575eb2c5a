// A trace that has every kind of event and name, and what reads it back. For tests of the two forms.
#pragma once

#include <sstream>
#include <string>
#include <string_view>

#include "lockcheck/trace/std_trace.h"
#include "lockcheck/trace/trace_encoder.h"
#include "lockcheck/trace/trace_reader.h"

namespace zoneknot::lockcheck {

struct WholeTrace {
  TraceNames names;
  std::vector<TraceEvent> events;
  bool operator==(const WholeTrace&) const = default;
};

inline WholeTrace some_trace() {
  using Kind = TraceEventKind;
  WholeTrace trace;
  trace.names = {.tasks = {"main", "worker"},
                 .conditions = {"changed"},
                 .cells = {"ready"},
                 .texts = {"wp is in the zone"},
                 .locks = {{.name = "zone 3", .lock_class = "zone", .order_key = 3, .role = core::LockRole::zone},
                           {.name = "M of file 1", .lock_class = "M", .kind = core::LockKind::plain, .group = 1}},
                 .semaphores = {{.name = "slots", .count = 4}},
                 .pools = {0},
                 .sites = {{.file = "zone_locking.cc", .line = 76, .function = "convert"}, {.line = 300}},
                 .barriers = {{.name = "start line", .count = 2, .shared = true}},
                 .modules = {{.path = "/usr/bin/fio", .begin = 0x400000, .end = 0x480000, .build_id = "c0ffee"}},
                 .stacks = {{.site = 1, .callers = {0, 1}}},
                 .late = {{.of = TraceLateName::Of::lock, .id = 1, .name = "M of file 1"}}};
  const std::uint32_t timed = pack({.kind = core::WaitKind::timer, .can_end = true, .timed = true});
  trace.events = {{Kind::fork, 0, 1, 0, 0},
                  {Kind::request, 1, 0, 0, 1},
                  {Kind::acquire, 1, 0, 0, 1},
                  {Kind::refuse, 0, 0, 0, 0},
                  {Kind::acquire, 0, 1, 0, 0},
                  {Kind::enter, 0, 0, 1, 0},
                  {Kind::release, 0, 1, 0, 0},
                  {Kind::wait, 0, 0, pack({.kind = core::WaitKind::condition, .can_end = false}), 0},
                  {Kind::write, 1, 0, 0, 1},
                  {Kind::signal, 1, 0, 0, 0},
                  {Kind::wake, 1, 0, 0, 0},
                  {Kind::wait_end, 0, 0, 0, 0},
                  {Kind::broadcast, 1, 0, 0, 0},
                  {Kind::read, 0, 0, 0, 0},
                  {Kind::wait, 0, core::kNoId, timed, 0},
                  {Kind::wait_end, 0, 0, 0, 0},
                  {Kind::request_unit, 0, 0, 0, 0},
                  {Kind::take_unit, 0, 0, 0, 0},
                  {Kind::refuse_unit, 1, 0, 0, 1},
                  {Kind::add_units, 0, 0, 1'000'000, 0},
                  {Kind::enter, 0, 0, core::kNoId, 0},
                  {Kind::woke, 0, 0, 0, 1},
                  {Kind::arrive, 0, 0, 0, 1},
                  {Kind::pass, 0, 0, 0, 1},
                  {Kind::destroy, 0, 0, static_cast<std::uint32_t>(TraceDestroyed::barrier), 1},
                  {Kind::destroy, 0, 1, static_cast<std::uint32_t>(TraceDestroyed::lock), 0},
                  {Kind::assertion, 1, 0, 0, 1},
                  {Kind::drop, 1, 0, 0, 1},
                  {Kind::end, 1, 0, 0, 1},
                  {Kind::join, 0, 1, 0, 0}};
  return trace;
}

inline std::string encoded(const WholeTrace& trace) {
  std::ostringstream out;
  TraceEncoder encoder(out);
  for (const TraceEvent& event : trace.events) encoder.event(event, trace.names);
  encoder.close(trace.names);
  return out.str();
}

struct ReadBack {
  WholeTrace trace;
  tl::expected<TraceEnd, TraceError> end;
};

inline ReadBack read_back(const std::string& bytes) {
  std::istringstream in(bytes);
  ReadBack back;
  TraceInMemory events;
  back.end = read_trace(in, back.trace.names, events);
  back.trace.events = std::move(events.events);
  return back;
}

}  // namespace zoneknot::lockcheck
