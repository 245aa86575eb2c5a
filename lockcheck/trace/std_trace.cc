#include "lockcheck/trace/std_trace.h"

#include <array>
#include <charconv>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "lockcheck/trace/trace_owners.h"

namespace zoneknot::lockcheck {
namespace {

enum class Op : std::uint8_t { req, acq, rel, read, write, fork, join, wait, notify, notify_all, refuse, nothing };

constexpr std::array<std::pair<std::string_view, Op>, 13> kOps = {{
    {"req", Op::req},
    {"acq", Op::acq},
    {"rel", Op::rel},
    {"r", Op::read},
    {"w", Op::write},
    {"fork", Op::fork},
    {"join", Op::join},
    {"wait", Op::wait},
    {"notify", Op::notify},
    {"notifyAll", Op::notify_all},
    {"try", Op::refuse},
    {"begin", Op::nothing},
    {"end", Op::nothing},
}};

// A line taken apart; columns count from 0.
struct StdLine {
  std::string_view task, op, object, place;
  std::size_t op_at = 0, object_at = 0, place_at = 0;
};

struct LineError {
  std::size_t column = 0;
  std::string message;
};

using Maybe = std::optional<LineError>;

// Numbers by name.
class Ids {
 public:
  template <class Make>
  std::uint32_t of(std::string_view name, const Make& make) {
    const auto [place, is_new] = ids_.try_emplace(std::string(name), static_cast<std::uint32_t>(ids_.size()));
    if (is_new) make();
    return place->second;
  }
  // Gives no number: a name without one has none afterwards.
  [[nodiscard]] std::uint32_t find(std::string_view name) const {
    const auto place = ids_.find(std::string(name));
    return place == ids_.end() ? core::kNoId : place->second;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> ids_;
};

core::Place place_of(std::string_view place) {
  const std::size_t colon = place.rfind(':');
  const std::string_view digits = colon == std::string_view::npos ? place : place.substr(colon + 1);
  std::uint32_t line = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), line);
  const bool number = parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size() && line > 0;
  if (!number) return {.file = std::string(place)};
  return {.file = std::string(colon == std::string_view::npos ? "" : place.substr(0, colon)), .line = line};
}

tl::expected<StdLine, LineError> split(std::string_view text) {
  const auto fail = [](std::size_t column, const char* message) {
    return tl::make_unexpected(LineError{column, message});
  };
  StdLine line;
  const std::size_t bar = text.find('|');
  if (bar == std::string_view::npos) return fail(text.size(), "expected TASK|OP(OBJECT)|PLACE");
  line.task = text.substr(0, bar);
  if (line.task.empty()) return fail(0, "the task has no name");
  line.op_at = bar + 1;
  // An object's name may contain anything but a bar.
  const std::size_t end = std::min(text.find('|', line.op_at), text.size());
  const std::string_view call = text.substr(line.op_at, end - line.op_at);
  const std::size_t open = call.find('(');
  line.op = call.substr(0, open);
  line.object_at = line.op_at + std::min(open, call.size());
  if (open != std::string_view::npos) {
    if (call.back() != ')') return fail(end, "expected )");
    line.object = call.substr(open + 1, call.size() - open - 2);
    ++line.object_at;
  }
  line.place_at = std::min(end + 1, text.size());
  line.place = text.substr(line.place_at);
  return line;
}

class Importer {
 public:
  Importer(TraceNames& names, TraceSink& sink, bool requests) : names_(names), sink_(sink), requests_(requests) {}

  Maybe take(std::string_view text) {
    if (text.empty() || text.front() == '#') return std::nullopt;
    const auto line = split(text);
    if (!line) return line.error();
    Op op = Op::nothing;
    if (const auto error = op_of(*line, op)) return error;
    if (op == Op::nothing) return std::nullopt;
    if (line->object.empty()) return LineError{line->object_at, "the object has no name"};
    for (const auto& [what, at] : {std::pair(line->task, std::size_t{0}), std::pair(line->object, line->object_at),
                                   std::pair(line->place, line->place_at)}) {
      if (what.size() > kTraceNameBytesMax) return LineError{at, "a name is too long"};
    }
    task_ = task_id(line->task);
    site_ = sites_.of(line->place, [&] { names_.sites.push_back(place_of(line->place)); });
    object_at_ = line->object_at;
    error_.reset();
    go_on_after_wait(op, line->object);
    perform(op, line->object);
    if (!error_ && too_many()) return LineError{0, "there are too many tasks, locks or other names"};
    return error_;
  }

  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  // In a wait for a condition variable; `monitor`: the lock that it gave back for it, to be taken again.
  struct Waiting {
    std::uint32_t condition = core::kNoId;
    core::LockId monitor = core::kNoId;
    bool woken = false;
  };

  static Maybe op_of(const StdLine& line, Op& op) {
    for (const auto& [name, known] : kOps) {
      if (name != line.op) continue;
      op = known;
      return std::nullopt;
    }
    return LineError{line.op_at,
                     "unknown operation, expected req, acq, rel, r, w, fork, join, wait, notify, notifyAll, "
                     "try, begin or end"};
  }

  core::TaskId task_id(std::string_view name) {
    return tasks_.of(name, [&] { names_.tasks.emplace_back(name); });
  }
  core::LockId lock_id(std::string_view name) {
    return locks_.of(name,
                     [&] { names_.locks.push_back({.name = std::string(name), .lock_class = std::string(name)}); });
  }
  std::uint32_t condition_id(std::string_view name) {
    return conditions_.of(name, [&] { names_.conditions.emplace_back(name); });
  }
  std::uint32_t cell_id(std::string_view name) {
    return cells_.of(name, [&] { names_.cells.emplace_back(name); });
  }
  [[nodiscard]] bool too_many() const {
    return names_.tasks.size() > kTraceTasksMax || names_.locks.size() > kTraceObjectsMax ||
           names_.cells.size() > kTraceObjectsMax || names_.conditions.size() > kTraceObjectsMax ||
           names_.sites.size() > kTraceObjectsMax || events_ > kTraceEventsMax;
  }

  void tell(TraceEventKind kind, std::uint32_t object, std::uint32_t other = 0) {
    if (error_) return;
    const TraceEvent event{
        .kind = kind, .task = task_, .object = object, .other = other, .site = shape_of(kind).has_site ? site_ : 0};
    if (const char* wrong = owners_.take(event, names_)) {
      error_ = LineError{object_at_, wrong};
      return;
    }
    ++events_;
    sink_.event(event, names_);
  }

  void tell_of_other(TraceEventKind kind, core::TaskId other) {
    if (other == task_) error_ = LineError{object_at_, "a task cannot fork or join itself"};
    tell(kind, other);
  }

  Waiting& waiting(core::TaskId task) {
    if (task >= waiting_.size()) waiting_.resize(task + 1);
    return waiting_[task];
  }

  // A waiter whose next event is not that it takes its lock again has taken it all the same. Its own release, of a
  // lock that was not the monitor, still belongs to the wait.
  void go_on_after_wait(Op op, std::string_view object) {
    Waiting& wait = waiting(task_);
    if (wait.condition == core::kNoId || op == Op::rel) return;
    const core::LockId monitor = wait.monitor;
    if (!wait.woken) std::erase(waiters_[wait.condition], task_);
    wait = {};
    if (monitor == core::kNoId || ((op == Op::acq || op == Op::req) && lock_id(object) == monitor)) return;
    tell(TraceEventKind::request, monitor);
    tell(TraceEventKind::acquire, monitor);
  }

  void begin_wait(std::string_view object) {
    const core::LockId lock = locks_.find(object);
    const bool monitor = lock != core::kNoId && owners_.owns(task_, lock);
    const std::uint32_t condition = condition_id(object);
    waiting(task_) = {.condition = condition, .monitor = monitor ? lock : core::kNoId};
    waiters_.resize(std::max<std::size_t>(waiters_.size(), condition + 1));
    waiters_[condition].push_back(task_);
    tell(TraceEventKind::enter, condition, monitor ? lock : core::kNoId);
    if (monitor) tell(TraceEventKind::release, lock);
  }

  void wake(std::string_view object, bool all) {
    const std::uint32_t condition = condition_id(object);
    tell(all ? TraceEventKind::broadcast : TraceEventKind::signal, condition);
    if (condition >= waiters_.size()) return;
    std::deque<core::TaskId>& waiters = waiters_[condition];
    for (std::size_t left = all ? waiters.size() : std::min<std::size_t>(waiters.size(), 1); left > 0; --left) {
      waiting(waiters.front()).woken = true;
      tell(TraceEventKind::wake, waiters.front(), condition);
      waiters.pop_front();
    }
  }

  void perform(Op op, std::string_view object) {
    switch (op) {
      case Op::req:
        return tell(TraceEventKind::request, lock_id(object));
      case Op::acq: {
        const core::LockId lock = lock_id(object);
        if (!requests_) tell(TraceEventKind::request, lock);
        return tell(TraceEventKind::acquire, lock);
      }
      case Op::rel:
        return tell(TraceEventKind::release, lock_id(object));
      case Op::read:
        return tell(TraceEventKind::read, cell_id(object));
      case Op::write:
        return tell(TraceEventKind::write, cell_id(object));
      case Op::fork:
        return tell_of_other(TraceEventKind::fork, task_id(object));
      case Op::join:
        return tell_of_other(TraceEventKind::join, task_id(object));
      case Op::wait:
        return begin_wait(object);
      case Op::notify:
        return wake(object, false);
      case Op::notify_all:
        return wake(object, true);
      case Op::refuse:
        return tell(TraceEventKind::refuse, lock_id(object));
      case Op::nothing:
        return;
    }
  }

  TraceNames& names_;
  TraceSink& sink_;
  const bool requests_;  // the trace has them
  TraceOwners owners_;
  Ids tasks_, locks_, conditions_, cells_, sites_;
  std::vector<Waiting> waiting_;                   // by task
  std::vector<std::deque<core::TaskId>> waiters_;  // by condition, the longest waiting first
  core::TaskId task_ = 0;                          // of the line
  std::uint32_t site_ = 0;
  std::size_t object_at_ = 0;
  Maybe error_;
  std::uint64_t events_ = 0;
};

// Calls `take` for every line that means something, until it says that one is wrong.
template <class Take>
std::optional<StdError> each_line(std::istream& in, const Take& take) {
  std::string text;
  std::uint64_t number = 0;
  while (std::getline(in, text)) {
    ++number;
    if (text.size() > kStdLineBytesMax) return StdError{number, 1, "the line is too long"};
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (const Maybe error = take(text)) return StdError{number, error->column + 1, error->message};
  }
  return std::nullopt;
}

}  // namespace

tl::expected<std::uint64_t, StdError> read_std(std::istream& in, TraceNames& names, TraceSink& sink) {
  bool requests = false;
  const auto look = [&requests](std::string_view text) -> Maybe {
    requests |= text.find("|req(") != std::string_view::npos || text == kStdRequestsMark;
    return std::nullopt;
  };
  if (const auto error = each_line(in, look)) return tl::make_unexpected(*error);
  in.clear();
  in.seekg(0);
  Importer importer(names, sink, requests);
  const auto error = each_line(in, [&importer](std::string_view text) { return importer.take(text); });
  if (error) return tl::make_unexpected(*error);
  return importer.events();
}

}  // namespace zoneknot::lockcheck
