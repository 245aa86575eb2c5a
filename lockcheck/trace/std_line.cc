#include "lockcheck/trace/std_line.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lockcheck/trace/trace_event.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::array<std::pair<std::string_view, StdOp>, 16> kOps = {{
    {"req", StdOp::request},
    {"acq", StdOp::acquire},
    {"rel", StdOp::release},
    {"r", StdOp::read},
    {"w", StdOp::write},
    {"fork", StdOp::fork},
    {"join", StdOp::join},
    {"wait", StdOp::wait},
    {"notify", StdOp::notify},
    {"notifyAll", StdOp::notify_all},
    {"try", StdOp::refuse},
    {"rreq", StdOp::request_share},
    {"racq", StdOp::acquire_share},
    {"rrel", StdOp::release_share},
    {"begin", StdOp::nothing},
    {"end", StdOp::nothing},
}};

}  // namespace

tl::expected<std::optional<StdLine>, StdLineError> std_line(std::string_view text) {
  const auto fail = [](std::size_t column, const char* message) {
    return tl::make_unexpected(StdLineError{column, message});
  };
  if (text.empty() || text.front() == '#') return std::nullopt;
  StdLine line;
  const std::size_t bar = text.find('|');
  if (bar == std::string_view::npos) return fail(text.size(), "expected TASK|OP(OBJECT)|PLACE");
  line.task = text.substr(0, bar);
  if (line.task.empty()) return fail(0, "the task has no name");
  const std::size_t op_at = bar + 1;
  // An object's name may contain anything but a bar.
  const std::size_t end = std::min(text.find('|', op_at), text.size());
  const std::string_view call = text.substr(op_at, end - op_at);
  const std::size_t open = call.find('(');
  line.object_at = op_at + std::min(open, call.size());
  if (open != std::string_view::npos) {
    if (call.back() != ')') return fail(end, "expected )");
    line.object = call.substr(open + 1, call.size() - open - 2);
    ++line.object_at;
  }
  line.place_at = std::min(end + 1, text.size());
  line.place = text.substr(line.place_at);
  const auto* const op = std::ranges::find(kOps, call.substr(0, open), [](const auto& known) { return known.first; });
  if (op == kOps.end()) {
    return fail(
        op_at,
        "unknown operation, expected req, acq, rel, rreq, racq, rrel, r, w, fork, join, wait, notify, notifyAll, "
        "try, begin or end");
  }
  line.op = op->second;
  if (line.op == StdOp::nothing) return std::nullopt;
  if (line.object.empty()) return fail(line.object_at, "the object has no name");
  for (const auto& [what, at] : {std::pair(line.task, std::size_t{0}), std::pair(line.object, line.object_at),
                                 std::pair(line.place, line.place_at)}) {
    if (what.size() > kTraceNameBytesMax) return fail(at, "a name is too long");
  }
  return line;
}

}  // namespace zoneknot::lockcheck
