#include "lockcheck/trace/std_trace.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "lockcheck/trace/std_line.h"
#include "lockcheck/trace/std_lines.h"
#include "lockcheck/trace/trace_owners.h"

namespace zoneknot::lockcheck {
namespace {

using Maybe = std::optional<StdLineError>;

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

// What the whole text says of a task that is forked or joined.
struct TaskInText {
  std::uint64_t forked = 0;  // the line; 0: never
  bool joined = false;
  std::uint64_t last_after_join = 0;  // the last line of its own that comes after a join with it; 0: there is none
};

struct WholeText {
  bool requests = false;
  std::unordered_map<std::string, core::Readers> shared;  // locks that are; looked up only
  std::unordered_map<std::string, TaskInText> tasks;      // looked up only
};

// A line that is put right more often than that is wrong.
constexpr unsigned kRepairsOfALine = 8;

class Importer {
 public:
  Importer(TraceNames& names, TraceSink& sink, const WholeText& text)
      : names_(names), sink_(sink), text_(text), to_be_forked_(text.tasks.size()) {}

  // Tells of the next line, or puts it behind others, and drops it then.
  std::optional<StdError> take(StdLines& lines) {
    StdLines::Line& next = *lines.front();
    const auto wrong = [&next](const StdLineError& error) {
      return StdError{next.number, error.column + 1, error.message};
    };
    const auto line = std_line(next.text);
    if (!line && !next.is_whole) {
      cut_ = true;
    } else if (!line) {
      return wrong(line.error());
    } else if (*line) {
      if (repairs(**line, next, lines)) return std::nullopt;
      sink_.line(next.number);
      if (const Maybe error = tell_of(**line)) return wrong(*error);
    }
    lines.drop();
    return std::nullopt;
  }

  [[nodiscard]] TraceEnd end() const {
    return {.events = events_, .whole = !cut_, .moved = moved_, .moved_at = moved_at_};
  }

 private:
  // In a wait for a condition variable; `monitor`: the lock that it gave back for it, to be taken again.
  struct Waiting {
    std::uint32_t condition = core::kNoId;
    core::LockId monitor = core::kNoId;
    bool woken = false;
  };

  Maybe tell_of(const StdLine& line) {
    task_ = task_id(line.task);
    site_ = sites_.of(line.place, [&] { names_.sites.push_back(place_of(line.place)); });
    object_at_ = line.object_at;
    error_.reset();
    go_on_after_wait(line.op, line.object);
    perform(line.op, line.object);
    if (!error_ && too_many()) return StdLineError{0, "there are too many tasks, locks or other names"};
    return error_;
  }

  // --- What comes late
  // ------------------------------------------------------------------------------------------------

  using Which = std::function<bool(const StdLines::Line&)>;
  static Which lines_of(std::string task) {
    return [begin = std::move(task) + '|'](const StdLines::Line& line) { return line.text.starts_with(begin); };
  }

  // True: another line comes first now, and `next`, of which `line` is the text, is looked at again when it is the
  // first once more. What is not right after some repairs is wrong: two lines may each want to be behind the other.
  bool repairs(const StdLine& line, StdLines::Line& next, StdLines& lines) {
    if (next.repairs == kRepairsOfALine) return false;
    const std::uint64_t number = next.number;
    ++next.repairs;  // it may move
    const std::uint64_t moved = find_repair(line, number, lines);
    if (moved == 0) return false;
    if (moved_ == 0) moved_at_ = number;
    moved_ += moved;
    return true;
  }

  std::uint64_t find_repair(const StdLine& line, std::uint64_t number, StdLines& lines) {
    if (line.op == StdOp::acquire) {
      const core::LockId lock = locks_.find(line.object);
      const core::TaskId owner = lock == core::kNoId ? core::kNoId : owners_.owner(lock);
      if (owner != core::kNoId && owner != tasks_.find(line.task) && !owners_.is_given_back(lock)) {
        return wait_for_release(line, lock, names_.tasks[owner], lines);
      }
    }
    if (text_.tasks.empty()) return 0;
    if (line.op == StdOp::join) {
      const auto other = text_.tasks.find(std::string(line.object));
      if (other != text_.tasks.end() && other->second.last_after_join > number) {
        return put_behind(std::string(line.task), other->second.last_after_join, lines);
      }
    }
    if (to_be_forked_ == 0 || tasks_.find(line.task) != core::kNoId) return 0;
    const auto self = text_.tasks.find(std::string(line.task));
    if (self == text_.tasks.end() || self->second.forked <= number) return 0;
    return put_behind(std::string(line.task), self->second.forked, lines);
  }

  // All of the task comes behind that line, if it is not far.
  static std::uint64_t put_behind(const std::string& task, std::uint64_t number, StdLines& lines) {
    for (std::size_t i = 1; const StdLines::Line* const later = lines.at(i); ++i) {
      if (later->number != number) continue;
      return lines.bring_forward(0, i, std::not_fn(lines_of(task)));
    }
    return 0;
  }

  // The lock is free after the next line in which its owner gives it back. Either the owner comes to it before, or the
  // line that takes it comes behind: whichever moves fewer events past those of others.
  std::uint64_t wait_for_release(const StdLine& line, core::LockId lock, const std::string& owner, StdLines& lines) {
    const Which of_owner = lines_of(owner);
    const Which of_taker = lines_of(std::string(line.task));
    const std::string object(line.object);  // what `line` refers to may move
    std::uint32_t depth = owners_.depth(lock);
    std::size_t by_owner = 0;
    std::size_t by_taker = 0;
    for (std::size_t i = 1; const StdLines::Line* const later = lines.at(i); ++i) {
      if (of_taker(*later)) ++by_taker;
      if (!of_owner(*later)) continue;
      ++by_owner;
      const auto parsed = std_line(later->text);
      if (!parsed) return 0;
      if (!*parsed || (*parsed)->object != object) continue;
      if ((*parsed)->op == StdOp::acquire) ++depth;
      if ((*parsed)->op != StdOp::release || --depth > 0) continue;
      const bool owner_first = by_owner == 1 || (by_taker > 0 && by_owner <= by_taker);
      return owner_first ? lines.bring_forward(0, i, of_owner) : lines.bring_forward(0, i, std::not_fn(of_taker));
    }
    return 0;
  }

  core::TaskId task_id(std::string_view name) {
    return tasks_.of(name, [&] { names_.tasks.emplace_back(name); });
  }
  core::LockId lock_id(std::string_view name) {
    return locks_.of(name, [&] {
      names_.locks.push_back({.name = std::string(name), .lock_class = std::string(name)});
      const auto shared = text_.shared.find(std::string(name));
      if (shared != text_.shared.end()) names_.locks.back().readers = shared->second;
    });
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
      error_ = StdLineError{object_at_, wrong};
      return;
    }
    ++events_;
    sink_.event(event, names_);
  }

  void tell_of_other(TraceEventKind kind, core::TaskId other) {
    if (other == task_) error_ = StdLineError{object_at_, "a task cannot fork or join itself"};
    tell(kind, other);
  }

  Waiting& waiting(core::TaskId task) {
    if (task >= waiting_.size()) waiting_.resize(task + 1);
    return waiting_[task];
  }

  // A waiter whose next event is not that it takes its lock again has taken it all the same, also if it gives it back
  // then. Its own release of a lock that was not the monitor still belongs to the wait.
  void go_on_after_wait(StdOp op, std::string_view object) {
    Waiting& wait = waiting(task_);
    if (wait.condition == core::kNoId) return;
    const bool leaves_monitor = wait.monitor != core::kNoId && locks_.find(object) == wait.monitor;
    if (op == StdOp::release && !leaves_monitor) return;
    const core::LockId monitor = wait.monitor;
    if (!wait.woken) std::erase(waiters_[wait.condition], task_);
    wait = {};
    if (monitor == core::kNoId || ((op == StdOp::acquire || op == StdOp::request) && lock_id(object) == monitor))
      return;
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

  void perform(StdOp op, std::string_view object) {
    switch (op) {
      case StdOp::request:
        return tell(TraceEventKind::request, lock_id(object));
      case StdOp::acquire: {
        const core::LockId lock = lock_id(object);
        if (!text_.requests) tell(TraceEventKind::request, lock);
        return tell(TraceEventKind::acquire, lock);
      }
      case StdOp::release:
        return tell(TraceEventKind::release, lock_id(object));
      case StdOp::read:
        return tell(TraceEventKind::read, cell_id(object));
      case StdOp::write:
        return tell(TraceEventKind::write, cell_id(object));
      case StdOp::fork:
        if (to_be_forked_ > 0) --to_be_forked_;
        return tell_of_other(TraceEventKind::fork, task_id(object));
      case StdOp::join:
        return tell_of_other(TraceEventKind::join, task_id(object));
      case StdOp::wait:
        return begin_wait(object);
      case StdOp::notify:
        return wake(object, false);
      case StdOp::notify_all:
        return wake(object, true);
      case StdOp::request_share:
        return tell(TraceEventKind::request_share, lock_id(object));
      case StdOp::acquire_share: {
        const core::LockId lock = lock_id(object);
        if (!text_.requests) tell(TraceEventKind::request_share, lock);
        return tell(TraceEventKind::acquire_share, lock);
      }
      case StdOp::release_share:
        return tell(TraceEventKind::release_share, lock_id(object));
      case StdOp::refuse:
        return tell(TraceEventKind::refuse, lock_id(object));
      case StdOp::nothing:
        return;
    }
  }

  TraceNames& names_;
  TraceSink& sink_;
  const WholeText& text_;
  TraceOwners owners_;
  Ids tasks_, locks_, conditions_, cells_, sites_;
  std::vector<Waiting> waiting_;                   // by task
  std::vector<std::deque<core::TaskId>> waiters_;  // by condition, the longest waiting first
  core::TaskId task_ = 0;                          // of the line
  std::uint32_t site_ = 0;
  std::size_t object_at_ = 0;
  Maybe error_;
  std::uint64_t events_ = 0;
  bool cut_ = false;
  std::size_t to_be_forked_;  // at most so many tasks are not forked yet
  std::uint64_t moved_ = 0, moved_at_ = 0;
};

// What is to be known of the lines to come. A line that is wrong is told of when its turn comes.
void look_at(const StdLines::Line& next, WholeText& text) {
  const std::string_view line = next.text;
  const std::size_t bar = line.find('|');
  if (line == kStdRequestsMark) text.requests = true;
  if (line.starts_with(kStdWritersFirst)) {
    text.shared[std::string(line.substr(kStdWritersFirst.size()))] = core::Readers::after_writers;
  }
  if (bar == std::string_view::npos) return;
  const std::string_view call = line.substr(bar + 1);
  if (call.starts_with("req(") || call.starts_with("rreq(")) text.requests = true;
  if (call.starts_with("rreq(") || call.starts_with("racq(") || call.starts_with("rrel(")) {
    const auto parsed = std_line(line);
    if (parsed && *parsed) text.shared.try_emplace(std::string((*parsed)->object), core::Readers::first);
  }
  if (call.starts_with("fork(") || call.starts_with("join(")) {
    const auto parsed = std_line(line);
    if (!parsed || !*parsed) return;
    TaskInText& other = text.tasks[std::string((*parsed)->object)];
    // A name that is given to another task after a join is another task's.
    other.joined = (*parsed)->op == StdOp::join;
    if ((*parsed)->op == StdOp::fork && other.forked == 0) other.forked = next.number;
  }
  if (text.tasks.empty()) return;
  const auto self = text.tasks.find(std::string(line.substr(0, bar)));
  if (self != text.tasks.end() && self->second.joined) self->second.last_after_join = next.number;
}

}  // namespace

tl::expected<TraceEnd, StdError> read_std(std::istream& in, TraceNames& names, TraceSink& sink) {
  const auto too_long = [](const StdLines::Line& line) {
    return tl::make_unexpected(StdError{line.number, 1, "the line is too long"});
  };
  WholeText text;
  StdLines once(in);
  for (; const StdLines::Line* const line = once.front(); once.drop()) {
    if (line->is_long) return too_long(*line);
    look_at(*line, text);
  }
  in.clear();
  in.seekg(0);
  Importer importer(names, sink, text);
  StdLines lines(in);
  while (lines.front() != nullptr) {
    if (const auto error = importer.take(lines)) return tl::make_unexpected(*error);
  }
  return importer.end();
}

}  // namespace zoneknot::lockcheck
