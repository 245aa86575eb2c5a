// Lock traces in files: reading one of either form, recognised by its first bytes; converting one; and recording a run
// into one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <tl/expected.hpp>

#include "lockcheck/trace/trace_event.h"
#include "lockcheck/trace/trace_reader.h"
#include "lockcheck/trace/trace_writer.h"
#include "lockcheck/watch/lock_watch.h"
#include "tools/text/input_error.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {

enum class TraceForm : std::uint8_t { binary, std_text };

// Tells `sink` of every event. The error names the file with line and column, or with the offset in bytes.
tl::expected<lockcheck::TraceEnd, InputError> read_trace_file(const std::string& path, lockcheck::TraceNames& names,
                                                              lockcheck::TraceSink& sink);

struct ConvertedTrace {
  lockcheck::TraceEnd end;
  std::uint64_t left_out = 0;  // events that the form has no words for
};
tl::expected<ConvertedTrace, InputError> convert_trace_file(const std::string& path, TraceForm form, std::ostream& out);

// Records what `watch` is told, from when this is made until it is closed or gone.
class TraceRecording {
 public:
  // Until the run is over the file has the name of an OutputFile that is not kept yet.
  TraceRecording(const std::string& path, lockcheck::LockWatch& watch);
  ~TraceRecording();
  TraceRecording(const TraceRecording&) = delete;
  TraceRecording& operator=(const TraceRecording&) = delete;

  // The run is over. The error: not all of it could be written.
  std::optional<InputError> close();

 private:
  std::string path_;
  lockcheck::LockWatch& watch_;
  OutputFile file_;
  lockcheck::TraceWriter writer_;
  bool open_ = true;
};

}  // namespace zoneknot::tools
