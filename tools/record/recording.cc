#include "tools/record/recording.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "device/record/ticks.h"
#include "lockcheck/trace/trace_encoder.h"
#include "tools/record/raw_file.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPreload = "LD_PRELOAD=";
// Time is told only so often.
constexpr std::uint64_t kTimeStepNs = 10'000;
constexpr int kAncestorsMax = 64;

// Nanoseconds since the process began, of what the processor's clock said. Its pace is measured from then until now.
class Pace {
 public:
  explicit Pace(const record::RawHeader& header) : begun_(header.begun_at) {
    if (header.clock != record::RawClock::ticks) return;
    const std::uint64_t ticks = record::ticks_after() - header.begun_at;
    const std::uint64_t ns = record::monotonic_ns() - header.begun_ns;
    if (ticks > 0) ns_of_tick_ = static_cast<double>(ns) / static_cast<double>(ticks);
  }
  [[nodiscard]] std::uint64_t ns(std::uint64_t ticks) const {
    return ticks <= begun_ ? 0 : static_cast<std::uint64_t>(static_cast<double>(ticks - begun_) * ns_of_tick_);
  }

 private:
  std::uint64_t begun_;
  double ns_of_tick_ = 0;
};

// What mkdtemp() makes a name of, and a file by which one recording knows that another one is still going on.
constexpr std::string_view kUnlike = "XXXXXX";
constexpr const char* kMark = "recorder";

// Whether the folder was made by a recording that did not come to its end. The program may still run; nobody will make
// a trace of what it notes.
bool is_abandoned(const fs::path& folder) {
  const int mark = open((folder / kMark).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (mark < 0) return false;
  const bool abandoned = flock(mark, LOCK_EX | LOCK_NB) == 0;
  close(mark);
  return abandoned;
}

void remove_abandoned(const fs::path& trace) {
  const std::string head = trace.filename().string() + ".";
  std::error_code ignored;
  std::vector<fs::path> abandoned;
  for (const auto& entry : fs::directory_iterator(trace.parent_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(head) && name.size() == head.size() + kUnlike.size() && entry.is_directory(ignored) &&
        !entry.is_symlink(ignored) && is_abandoned(entry.path())) {
      abandoned.push_back(entry.path());
    }
  }
  for (const fs::path& folder : abandoned) fs::remove_all(folder, ignored);
}

bool is_alive(int pid) { return kill(pid, 0) == 0 || errno == EPERM; }

// "1234.0.raw" → 1234, 0.
std::pair<int, int> numbers_of(const std::string& name) {
  const std::size_t dot = name.find('.');
  return {std::atoi(name.c_str()), dot == std::string::npos ? 0 : std::atoi(name.c_str() + dot + 1)};
}

std::vector<RawFile> ancestors_of(const fs::path& folder, const record::RawHeader& child) {
  std::vector<RawFile> eldest_first;
  const record::RawHeader* of = &child;
  for (int i = 0; i < kAncestorsMax && of->is_forked != 0 && of->parent[0] != '\0'; ++i) {
    auto parent = RawFile::open((folder / of->parent).string());
    if (!parent) break;
    eldest_first.insert(eldest_first.begin(), *std::move(parent));
    of = &eldest_first.front().header();
  }
  return eldest_first;
}

std::optional<InputError> make_trace(RawFile& file, const fs::path& folder, RecordedProcess& process) {
  OutputFile out(process.trace);
  lockcheck::TraceEncoder encoder(out.stream());
  lockcheck::TraceNames names;
  TraceMaker maker(file, names, encoder);
  std::vector<RawFile> ancestors = ancestors_of(folder, file.header());
  if (!ancestors.empty()) maker.inherit(ancestors);
  const Pace pace(file.header());
  std::uint64_t told = 0;
  for (RawEvent event; file.next(event);) {
    const std::uint64_t now = pace.ns(event.record.ticks);
    if (now >= told + kTimeStepNs) {
      encoder.time(now);
      told = now;
    }
    maker.take(event);
  }
  maker.finish(process.has_exited);
  process.made = maker.made();
  const bool whole = process.has_exited && process.lost == 0 && !process.made.too_much;
  whole ? encoder.close(names) : encoder.flush();
  return out.keep();
}

}  // namespace

tl::expected<Recording, InputError> Recording::begin(const std::string& trace) {
  std::error_code error;
  const std::string beside = fs::absolute(trace, error).string();
  std::string folder = beside + "." + std::string(kUnlike);
  if (mkdtemp(folder.data()) == nullptr) {
    return tl::make_unexpected(
        InputError{.file = trace, .message = fmt::format("cannot be written: {}", std::strerror(errno))});
  }
  const int mark = open((folder + "/" + kMark).c_str(), O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (mark >= 0) flock(mark, LOCK_EX);
  remove_abandoned(beside);
  return Recording(trace, std::move(folder), mark);
}

Recording::Recording(Recording&& other) noexcept
    : trace_(std::move(other.trace_)),
      folder_(std::exchange(other.folder_, {})),
      mark_(std::exchange(other.mark_, -1)) {}

Recording::~Recording() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
  if (mark_ >= 0) close(mark_);
}

std::vector<std::string> Recording::environment(const std::string& library, std::uint64_t bytes_max) const {
  std::vector<std::string> variables;
  std::string preload = std::string(kPreload) + library;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    if (text.starts_with(kPreload)) {
      if (text.size() > kPreload.size()) preload += ":" + std::string(text.substr(kPreload.size()));
      continue;
    }
    if (!text.starts_with(std::string(record::kFolderVariable) + "=") &&
        !text.starts_with(std::string(record::kLimitVariable) + "=")) {
      variables.emplace_back(text);
    }
  }
  variables.push_back(preload);
  variables.push_back(fmt::format("{}={}", record::kFolderVariable, folder_));
  variables.push_back(fmt::format("{}={}", record::kLimitVariable, bytes_max));
  return variables;
}

tl::expected<std::vector<RecordedProcess>, InputError> Recording::make_traces(int main_pid) {
  std::vector<std::pair<std::pair<int, int>, std::string>> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    if (name == kMark) continue;
    files.emplace_back(numbers_of(name), entry.path().string());
  }
  std::ranges::sort(files, {},
                    [main_pid](const auto& file) { return std::pair(file.first.first != main_pid, file.first); });
  std::vector<RecordedProcess> processes;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto file = RawFile::open(files[i].second);
    if (!file) continue;  // it was only just begun
    const auto [pid, number] = files[i].first;
    const record::RawHeader& header = file->header();
    const bool became_another = i + 1 < files.size() && files[i + 1].first.first == pid;
    RecordedProcess process{.pid = pid,
                            .program = header.program,
                            .trace = processes.empty() ? trace_ : fmt::format("{}.{}", trace_, pid),
                            .lost = header.lost,
                            .is_full = header.is_full != 0,
                            .still_runs = pid != main_pid && is_alive(pid),
                            .has_exited = header.has_exited != 0 || became_another};
    if (!processes.empty() && number > 0) process.trace += fmt::format(".{}", number);
    if (const auto wrong = make_trace(*file, folder_, process)) return tl::make_unexpected(*wrong);
    processes.push_back(std::move(process));
  }
  return processes;
}

}  // namespace zoneknot::tools
