// One line of a trace in STD text, taken apart. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace zoneknot::lockcheck {

enum class StdOp : std::uint8_t {
  request,
  acquire,
  release,
  read,
  write,
  fork,
  join,
  wait,
  notify,
  notify_all,
  refuse,
  request_share,
  acquire_share,
  release_share,
  nothing
};

// Columns count from 0. The parts refer to the text.
struct StdLine {
  std::string_view task, object, place;
  StdOp op = StdOp::nothing;
  std::size_t object_at = 0, place_at = 0;
};

struct StdLineError {
  std::size_t column = 0;
  std::string message;  // one line without a full stop
};

// Nothing: the line means nothing.
tl::expected<std::optional<StdLine>, StdLineError> std_line(std::string_view text);

}  // namespace zoneknot::lockcheck
