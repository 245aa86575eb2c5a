#include "tools/witness/trace_file.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "lockcheck/trace/std_trace.h"
#include "lockcheck/trace/trace_encoder.h"
#include "lockcheck/trace/trace_format.h"

namespace zoneknot::tools {

tl::expected<lockcheck::TraceEnd, InputError> read_trace_file(const std::string& path, lockcheck::TraceNames& names,
                                                              lockcheck::TraceSink& sink) {
  std::ifstream in(path, std::ios::binary);
  std::string first(lockcheck::trace_format::kMagic.size(), '\0');
  if (!in || in.peek() == std::ifstream::traits_type::eof()) {
    return tl::make_unexpected(
        InputError{.file = path, .message = in.is_open() && in.eof() ? "is empty" : "cannot be read"});
  }
  errno = 0;
  in.read(first.data(), static_cast<std::streamsize>(first.size()));
  in.clear();
  in.seekg(0);
  // An error of the device in the middle is no end of the trace.
  const auto unread = [&] {
    return tl::make_unexpected(
        InputError{.file = path,
                   .message = fmt::format("cannot be read to its end: {}", std::strerror(errno != 0 ? errno : EIO))});
  };
  if (lockcheck::is_binary_trace(first)) {
    const auto end = lockcheck::read_trace(in, names, sink);
    if (in.bad()) return unread();
    if (end) return *end;
    return tl::make_unexpected(
        InputError{.file = path, .message = fmt::format("at byte {}: {}", end.error().offset, end.error().message)});
  }
  const auto events = lockcheck::read_std(in, names, sink);
  if (in.bad()) return unread();
  if (events) return lockcheck::TraceEnd{.events = *events, .whole = true};
  return tl::make_unexpected(InputError{.file = path,
                                        .line = static_cast<unsigned>(events.error().line),
                                        .column = static_cast<unsigned>(events.error().column),
                                        .message = events.error().message});
}

tl::expected<ConvertedTrace, InputError> convert_trace_file(const std::string& path, TraceForm form,
                                                            std::ostream& out) {
  lockcheck::TraceNames names;
  const auto converted = [](const lockcheck::TraceEnd& end, std::uint64_t left_out) {
    return ConvertedTrace{.end = end, .left_out = left_out};
  };
  if (form == TraceForm::std_text) {
    lockcheck::StdWriter writer(out);
    const auto end = read_trace_file(path, names, writer);
    if (!end) return tl::make_unexpected(end.error());
    return converted(*end, writer.left_out());
  }
  lockcheck::TraceEncoder encoder(out);
  const auto end = read_trace_file(path, names, encoder);
  if (!end) return tl::make_unexpected(end.error());
  end->whole ? encoder.close(names) : encoder.flush();
  return converted(*end, 0);
}

TraceRecording::TraceRecording(const std::string& path, lockcheck::LockWatch& watch)
    : path_(path), watch_(watch), file_(path), writer_(file_.stream()) {
  watch_.set_listener(&writer_);
}

TraceRecording::~TraceRecording() { static_cast<void>(close()); }

std::optional<InputError> TraceRecording::close() {
  if (!std::exchange(open_, false)) return std::nullopt;
  watch_.set_listener(nullptr);
  writer_.close();
  const bool kept = !file_.keep();
  if (kept && !writer_.failed()) return std::nullopt;
  return InputError{.file = path_, .message = "the lock trace could not be written as a whole"};
}

}  // namespace zoneknot::tools
