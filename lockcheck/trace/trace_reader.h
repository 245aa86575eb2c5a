// Reads a trace in the binary form, a block at a time. Pure but for the stream it reads; one thread.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "lockcheck/trace/trace_event.h"

namespace zoneknot::lockcheck {

struct TraceError {
  std::uint64_t offset = 0;  // in bytes from the beginning, of the record or block that is wrong
  std::string message;       // one line without a full stop
};

// Whether these are the first bytes of a trace in the binary form.
bool is_binary_trace(std::string_view first_bytes);

// Tells `sink` of every event; `names` is filled as they come. The stream is in binary mode, at its beginning.
tl::expected<TraceEnd, TraceError> read_trace(std::istream& in, TraceNames& names, TraceSink& sink);

}  // namespace zoneknot::lockcheck
