#include "tools/witness/trace_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ext/stdio_filebuf.h>
#include <ios>
#include <istream>
#include <utility>
#include <vector>

#include "lockcheck/trace/std_trace.h"
#include "lockcheck/trace/trace_encoder.h"
#include "lockcheck/trace/trace_format.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {

namespace {

// What comes by a pipe, in a file without a name: a trace is read twice. -1 and errno: it cannot be kept.
int kept_in_file(int pipe) {
  std::FILE* const file = std::tmpfile();
  if (file == nullptr) return -1;
  std::vector<char> buffer(std::size_t{1} << 16U);
  int descriptor = dup(fileno(file));
  std::fclose(file);
  while (descriptor >= 0) {
    const ssize_t bytes = read(pipe, buffer.data(), buffer.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes == 0) return lseek(descriptor, 0, SEEK_SET) == 0 ? descriptor : -1;
    if (bytes > 0 && write(descriptor, buffer.data(), static_cast<std::size_t>(bytes)) == bytes) continue;
    close(std::exchange(descriptor, -1));
  }
  return -1;
}

// -1 and errno: it cannot be read.
int open_trace(const std::string& path) {
  const int opened = path == kStandardInput ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0 || lseek(opened, 0, SEEK_CUR) >= 0) return opened;
  const int kept = kept_in_file(opened);
  const int error = errno;
  close(opened);
  errno = error;
  return kept;
}

}  // namespace

tl::expected<lockcheck::TraceEnd, InputError> read_trace_file(const std::string& path, lockcheck::TraceNames& names,
                                                              lockcheck::TraceSink& sink) {
  const auto unreadable = [&path] {
    return tl::make_unexpected(
        InputError{.file = path, .message = fmt::format("cannot be read: {}", std::strerror(errno))});
  };
  const int descriptor = open_trace(path);
  if (descriptor < 0) return unreadable();
  __gnu_cxx::stdio_filebuf<char> buffer(descriptor, std::ios::in | std::ios::binary);
  std::istream in(&buffer);
  std::string first(lockcheck::trace_format::kMagic.size(), '\0');
  errno = 0;
  if (in.peek() == std::istream::traits_type::eof()) {
    if (in.bad() || errno != 0) return unreadable();
    return tl::make_unexpected(InputError{.file = path, .message = "is empty"});
  }
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
  if (events) return *events;
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
  watch_.add_listener(writer_);
}

TraceRecording::~TraceRecording() {
  if (open_) watch_.remove_listener(writer_);
}

std::optional<InputError> TraceRecording::close() {
  if (!std::exchange(open_, false)) return std::nullopt;
  watch_.remove_listener(writer_);
  writer_.close();
  const bool kept = !file_.keep();
  if (kept && !writer_.failed()) return std::nullopt;
  return InputError{.file = path_, .message = "the lock trace could not be written as a whole"};
}

}  // namespace zoneknot::tools
