// The export of std_trace.h.

#include <string>
#include <utility>

#include "lockcheck/text/site.h"
#include "lockcheck/trace/std_trace.h"

namespace zoneknot::lockcheck {

namespace {

// What STD can carry: no bars, brackets, spaces or line ends.
std::string plain_name(const std::string& name) {
  std::string plain = name;
  for (char& c : plain) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '|' || c == '(' || c == ')' || c == 0x7f) c = '_';
  }
  return plain;
}

}  // namespace

// Different things get different names.
const std::string& StdWriter::NamesOfKind::of(std::uint32_t id, const std::string& name, std::string_view otherwise) {
  if (id >= names_.size()) names_.resize(id + 1);
  std::string& known = names_[id];
  if (known.empty()) {
    known = name.empty() ? std::string(otherwise) + std::to_string(id) : plain_name(name);
    while (!used_.insert(known).second) known += "~" + std::to_string(id);
  }
  return known;
}

void StdWriter::write(const TraceEvent& event, const TraceNames& names, std::string_view op,
                      const std::string& object) {
  std::string place = plain_name(site_text(core::Site(names.sites[event.site])));
  out_ << tasks_.of(event.task, names.tasks[event.task], "T") << '|' << op << '(' << object << ")|"
       << (place.empty() ? "0" : place) << '\n';
}

void StdWriter::note_readers(core::LockId lock, const TraceLock& called) {
  if (called.readers != core::Readers::after_writers) return;
  if (lock >= readers_told_.size()) readers_told_.resize(lock + 1);
  if (!readers_told_[lock]) out_ << kStdWritersFirst << locks_.of(lock, called.name, "L") << '\n';
  readers_told_[lock] = true;
}

// A condition that is called like its lock is the monitor of that lock: wait() gives the lock back by itself.
void StdWriter::note_monitor(const TraceEvent& event, const TraceNames& names) {
  if (event.other == core::kNoId) return;
  const std::string& condition = conditions_.of(event.object, names.conditions[event.object], "C");
  if (condition != locks_.of(event.other, names.locks[event.other].name, "L")) return;
  if (event.task >= monitor_given_.size()) monitor_given_.resize(event.task + 1, core::kNoId);
  monitor_given_[event.task] = event.other;
}

void StdWriter::event(const TraceEvent& event, const TraceNames& names) {
  const auto lock = [&](std::string_view op) {
    note_readers(event.object, names.locks[event.object]);
    write(event, names, op, locks_.of(event.object, names.locks[event.object].name, "L"));
  };
  const auto task = [&](std::string_view op) {
    write(event, names, op, tasks_.of(event.object, names.tasks[event.object], "T"));
  };
  const auto condition = [&](std::string_view op) {
    write(event, names, op, conditions_.of(event.object, names.conditions[event.object], "C"));
  };
  const auto cell = [&](std::string_view op) {
    write(event, names, op, cells_.of(event.object, names.cells[event.object], "V"));
  };
  const auto variable = [&](const std::string& name) {
    write(event, names, "r", name);
    write(event, names, "w", name);
  };
  const auto units = [&] {
    variable("semaphore:" + semaphores_.of(event.object, names.semaphores[event.object].name, "S"));
  };
  switch (event.kind) {
    case TraceEventKind::request:
      requests_seen_ = true;
      return lock("req");
    case TraceEventKind::acquire:
      if (!std::exchange(requests_seen_, true)) out_ << kStdRequestsMark << '\n';
      return lock("acq");
    case TraceEventKind::release:
      if (event.task < monitor_given_.size() &&
          std::exchange(monitor_given_[event.task], core::kNoId) == event.object) {
        return;
      }
      return lock("rel");
    case TraceEventKind::refuse:
      return lock("try");
    case TraceEventKind::request_share:
      requests_seen_ = true;
      return lock("rreq");
    case TraceEventKind::acquire_share:
      if (!std::exchange(requests_seen_, true)) out_ << kStdRequestsMark << '\n';
      return lock("racq");
    case TraceEventKind::release_share:
      return lock("rrel");
    case TraceEventKind::fork:
      return task("fork");
    case TraceEventKind::join:
      return task("join");
    case TraceEventKind::enter:
      note_monitor(event, names);
      return condition("wait");
    case TraceEventKind::signal:
      return condition("notify");
    case TraceEventKind::broadcast:
      return condition("notifyAll");
    case TraceEventKind::read:
      return cell("r");
    case TraceEventKind::write:
      return cell("w");
    case TraceEventKind::take_unit:
    case TraceEventKind::refuse_unit:
    case TraceEventKind::add_units:
      return units();
    case TraceEventKind::arrive:
    case TraceEventKind::pass:
      return variable("barrier:" + barriers_.of(event.object, names.barriers[event.object].name, "B"));
    case TraceEventKind::wake:  // follows from notify
    case TraceEventKind::end:
    case TraceEventKind::wait:
    case TraceEventKind::wait_end:
    case TraceEventKind::request_unit:
      return;
    case TraceEventKind::drop:
    case TraceEventKind::assertion:
    case TraceEventKind::woke:
    case TraceEventKind::destroy:
      ++left_out_;
  }
}

}  // namespace zoneknot::lockcheck
