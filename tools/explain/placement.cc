#include "tools/explain/placement.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <map>
#include <set>

namespace zoneknot::tools {
namespace {

using lockcheck::FioFrame;
using lockcheck::FioName;

constexpr std::size_t kFramesNamed = 8;

struct Row {
  const FioName* name = nullptr;
  bool ours = false;
};

Row row_of(const StackFrame& frame) {
  if (frame.function.empty()) return {};
  if (const FioName* name = lockcheck::fio_name(frame.function)) return {name, false};
  return {lockcheck::fio_name_of_ours(frame.function), true};
}

// Static functions of fio, and all that do not occur in a backtrace without symbols because they were inlined.
bool names_static_functions(const Backtrace& backtrace) {
  static constexpr std::array<std::string_view, 9> kStatic = {
      "zone_lock",     "zbd_zone_lock",   "zbd_convert_to_open_zone", "zbd_convert_to_write_zone",
      "zbd_find_zone", "zbd_process_swd", "zbd_reset_zones",          "zbd_replay_write_order",
      "thread_main"};
  return std::ranges::any_of(backtrace.threads, [](const StackOfThread& thread) {
    return std::ranges::any_of(thread.frames, [](const StackFrame& frame) {
      return std::ranges::find(kStatic, frame.function) != kStatic.end();
    });
  });
}

// A later release's name stands alone; what it does is in the row above it.
const FioName& with_ours(const FioName& name) {
  const FioName* row = &name;
  while (row->ours.empty() && row > lockcheck::fio_names().data()) --row;
  return *row;
}

// As sim::is_in() takes them: the names of fio's table, of all rows of that function, without the marks of those that
// only begin so.
std::string functions_of(const FioName& name) {
  std::string text;
  for (const FioName& row : lockcheck::fio_names()) {
    if (row.fio == with_ours(name).fio) text += (text.empty() ? "" : "|") + std::string(row.ours);
  }
  std::erase(text, '*');
  return text;
}

// A routine that waits for zones, and for M as well.
bool takes_m_too(const FioName& name) {
  return name.frame == FioFrame::zone_routine && std::ranges::any_of(lockcheck::fio_names(), [&](const FioName& row) {
           return row.fio == with_ours(name).fio && row.frame == FioFrame::table_routine;
         });
}

// What fio's exported functions call, and a stripped program has inlined.
std::string functions_below(std::string_view fio) {
  std::string text;
  for (const std::string_view name :
       fio == "zbd_file_reset" ? std::vector<std::string_view>{"zbd_file_reset", "zbd_process_swd", "zbd_reset_zones"}
                               : std::vector<std::string_view>{"zbd_adjust_block", "zbd_convert_to_open_zone",
                                                               "zbd_find_zone", "zbd_replay_write_order"}) {
    text += (text.empty() ? "" : "|") + functions_of(*lockcheck::fio_name(name));
  }
  return text;
}

class Placer {
 public:
  Placer(const Backtrace& backtrace, const StackOfThread& thread, bool named)
      : backtrace_(backtrace), thread_(thread), named_(named) {
    for (const StackFrame& frame : thread.frames) rows_.push_back(row_of(frame));
  }

  PlacedThread place() {
    placed_.title = title();
    const std::size_t lock = first({FioFrame::lock_call});
    const std::size_t signal = first({FioFrame::signal_call});
    const std::size_t helper = first({FioFrame::helper});
    const std::size_t work = first({FioFrame::zone_routine, FioFrame::table_routine, FioFrame::reap,
                                    FioFrame::end_of_job, FioFrame::sleep, FioFrame::issue, FioFrame::job});
    if (helper < work) {
      stand(Stands::helper, helper);
    } else if (lock < work) {
      place_waiting(work);
    } else if (signal < work && waits_by_itself(work)) {
      stand(Stands::waits_for_signal, work);
    } else if (work < rows_.size()) {
      place_working(work);
    } else {
      placed_.function = frames_text();
    }
    return std::move(placed_);
  }

 private:
  [[nodiscard]] std::size_t first(std::initializer_list<FioFrame> kinds, std::size_t from = 0) const {
    std::size_t i = from;
    for (; i < rows_.size(); ++i) {
      if (rows_[i].name != nullptr && std::ranges::find(kinds, rows_[i].name->frame) != kinds.end()) break;
    }
    return i;
  }

  // What reaps or sleeps may be made of waits for signals.
  [[nodiscard]] bool waits_by_itself(std::size_t work) const {
    if (work == rows_.size()) return false;
    const FioFrame frame = rows_[work].name->frame;
    return frame != FioFrame::reap && frame != FioFrame::end_of_job && frame != FioFrame::sleep;
  }

  void place_waiting(std::size_t work) {
    placed_.at_lock = true;
    for (const StackFrame& frame : thread_.frames) {
      if (frame.mutex) placed_.mutex = frame.mutex;
    }
    if (work == rows_.size()) {
      placed_.stands = Stands::unknown;
      placed_.function = frames_text();
      return;
    }
    switch (rows_[work].name->frame) {
      case FioFrame::zone_routine:
        return stand(Stands::waits_for_zone, work);
      case FioFrame::table_routine:
        return stand(Stands::waits_for_m, work);
      default:
        return stand(Stands::waits_for_lock, work);
    }
  }

  void place_working(std::size_t work) {
    switch (rows_[work].name->frame) {
      case FioFrame::reap:
      case FioFrame::end_of_job:
        stand(Stands::reaps, work);
        break;
      case FioFrame::sleep:
        stand(Stands::sleeps, work);
        break;
      default:
        return stand(Stands::runs, work);
    }
    const std::size_t outer = first({FioFrame::zone_routine, FioFrame::end_of_job}, work);
    if (outer < rows_.size()) placed_.inside = thread_.frames[outer].function;
  }

  void stand(Stands stands, std::size_t at) {
    placed_.stands = stands;
    placed_.function = thread_.frames[at].function;
    placed_.vague =
        !named_ && !rows_[at].ours && (placed_.function == "zbd_adjust_block" || placed_.function == "zbd_file_reset");
    placed_.ours = placed_.vague ? functions_below(placed_.function) : functions_of(*rows_[at].name);
    placed_.or_m = placed_.vague || takes_m_too(*rows_[at].name);
    for (const Row& row : rows_) {
      if (row.name == nullptr || row.name->frame == FioFrame::helper) continue;
      const std::string functions = functions_of(*row.name);
      if (!functions.empty()) placed_.around += (placed_.around.empty() ? "" : "|") + functions;
    }
  }

  // Without what the C library calls in itself.
  [[nodiscard]] std::string frames_text() const {
    const auto inside = [](const StackFrame& frame) { return frame.function.starts_with("__"); };
    auto frame = std::ranges::find_if_not(thread_.frames, inside);
    if (frame != thread_.frames.begin()) --frame;
    std::string text;
    for (std::size_t i = 0; frame != thread_.frames.end() && i < kFramesNamed; ++frame, ++i) {
      text += (i == 0 ? "" : ", ") + (frame->function.empty() ? "??" : frame->function);
    }
    return text + (frame == thread_.frames.end() ? "" : ", …");
  }

  [[nodiscard]] std::string title() const {
    std::string text = thread_.title;
    if (!thread_.name.empty() && thread_.name != "fio" && thread_.name != "zoneknot") text += " '" + thread_.name + "'";
    if (backtrace_.processes > 1 && !text.starts_with("process ")) {
      text += fmt::format(" of process {}", thread_.process + 1);
    }
    return text;
  }

  const Backtrace& backtrace_;
  const StackOfThread& thread_;
  bool named_;
  std::vector<Row> rows_;
  PlacedThread placed_;
};

bool is_job(const PlacedThread& thread) { return thread.stands != Stands::helper && thread.stands != Stands::unknown; }

// A lock has an owner as long as somebody waits for it. A thread does not wait for a recursive lock of its own, so if
// all who are there wait for one and the same, its owner is none of them.
std::string dead_owner_of(const std::vector<PlacedThread>& threads) {
  std::size_t jobs = 0;
  std::map<std::uint64_t, std::vector<const PlacedThread*>> waiting;
  for (const PlacedThread& thread : threads) {
    jobs += is_job(thread) ? 1 : 0;
    if (thread.waits_for_lock() && thread.mutex) waiting[*thread.mutex].push_back(&thread);
  }
  // Somebody whose frames say nothing could be the owner.
  const bool unknown = std::ranges::any_of(
      threads, [](const PlacedThread& thread) { return thread.stands == Stands::unknown && thread.at_lock; });
  const bool one_waits = jobs == 1 && std::ranges::any_of(threads, &PlacedThread::waits_for_lock);
  // Debuggers that tell no arguments do not say which lock it is.
  if (waiting.empty() && one_waits && !unknown) {
    return "the one thread of a job that is there waits for a lock: its owner is gone, and has left it behind";
  }
  for (const auto& [mutex, waiters] : waiting) {
    if (waiters.size() != jobs || unknown) continue;
    return fmt::format(
        "every thread of a job that is there waits for the lock at {:#x}: its owner is gone, and has left it behind",
        mutex);
  }
  return {};
}

std::vector<const FioName*> telling_names(const Backtrace& backtrace) {
  std::vector<const FioName*> telling;
  for (const StackOfThread& thread : backtrace.threads) {
    for (const StackFrame& frame : thread.frames) {
      const FioName* name = lockcheck::fio_name(frame.function);
      const bool tells = name != nullptr && !(name->since.empty() && name->before.empty());
      if (tells && std::ranges::find(telling, name) == telling.end()) telling.push_back(name);
    }
  }
  return telling;
}

// 26 of "3.26" and "fio-3.26"; more than any of what is no number.
unsigned minor_of(std::string_view release) {
  const std::string_view digits = release.substr(release.rfind('.') + 1);
  unsigned minor = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
  return error == std::errc() && end == digits.data() + digits.size() ? minor : UINT_MAX;
}

}  // namespace

std::string_view stands_text(Stands stands) {
  static constexpr std::array<std::string_view, kStands> kTexts = {
      "waits for a zone", "waits for M",   "waits for another lock", "waits for a signal", "reaps", "sleeps", "runs",
      "no job",           "not understood"};
  return kTexts.at(static_cast<std::size_t>(stands));
}

Placement place_threads(const Backtrace& backtrace) {
  Placement placement{.threads = {}, .processes = backtrace.processes, .dead_owner = {}};
  const bool named = names_static_functions(backtrace);
  for (const StackOfThread& thread : backtrace.threads) {
    placement.threads.push_back(Placer(backtrace, thread, named).place());
  }
  placement.dead_owner = dead_owner_of(placement.threads);
  placement.telling = telling_names(backtrace);
  return placement;
}

std::string why_not_released_as(const Placement& placement, std::string_view first, std::string_view last) {
  for (const FioName* name : placement.telling) {
    if (!name->since.empty() && minor_of(last) < minor_of(name->since)) {
      return fmt::format("{} is called so since fio {}", name->fio, name->since);
    }
    if (!name->before.empty() && minor_of(first) >= minor_of(name->before)) {
      return fmt::format("{} is called so before fio {} alone", name->fio, name->before);
    }
  }
  return {};
}

std::vector<Together> together(const Placement& placement) {
  std::vector<Together> groups;
  for (std::size_t stands = 0; stands < kStands; ++stands) {
    for (const PlacedThread& thread : placement.threads) {
      if (thread.stands != static_cast<Stands>(stands)) continue;
      const auto same = std::ranges::find_if(groups, [&](const Together& group) {
        return group.stands == thread.stands && group.function == thread.function && group.inside == thread.inside;
      });
      if (same != groups.end()) {
        same->titles.push_back(thread.title);
      } else {
        groups.push_back(
            {thread.stands, thread.function, thread.inside, thread.ours, thread.vague, thread.or_m, {thread.title}});
      }
    }
  }
  return groups;
}

}  // namespace zoneknot::tools
