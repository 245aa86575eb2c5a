#include "core/workload/file_turns.h"

#include <algorithm>
#include <vector>

namespace zoneknot::core {
namespace {

// Sets this stream apart from that of the job's blocks.
constexpr std::uint64_t kStream = 1;

}  // namespace

FileTurns::FileTurns(const JobContext& job) : job_(job) {
  const bool draws = job.has_several_files() && job.spec.file_service == FileService::random;
  if (draws) random_ = job.world.open_random(SplitMix64::mix(job.random_seed + kStream));
}

bool FileTurns::stays() const {
  if (!job_.files[current_].open) return false;
  return job_.spec.file_service == FileService::sequential || left_ > 0;
}

// openfiles: one that is closed has to wait until another was done with.
bool FileTurns::may_be_next(std::uint32_t file) const {
  if (job_.files[file].done) return false;
  if (job_.files[file].open || job_.spec.open_files == 0) return true;
  return std::ranges::count(job_.files, true, &FileOfJob::open) < static_cast<std::ptrdiff_t>(job_.spec.open_files);
}

std::optional<std::uint32_t> FileTurns::choose_file() {
  const auto files = static_cast<std::uint32_t>(job_.files.size());
  if (random_ != nullptr) {
    std::vector<std::uint32_t> candidates;
    for (std::uint32_t file = 0; file < files; ++file) {
      if (may_be_next(file)) candidates.push_back(file);
    }
    if (candidates.empty()) return std::nullopt;
    return candidates[random_->below(candidates.size())];
  }
  for (std::uint32_t tried = 0; tried < files; ++tried) {
    const std::uint32_t file = next_file_;
    next_file_ = (next_file_ + 1) % files;
    if (may_be_next(file)) return file;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> FileTurns::next() {
  if (!job_.has_several_files()) return job_.files.front().done ? std::nullopt : std::optional<std::uint32_t>(0);
  if (stays()) {
    left_ -= left_ > 0 ? 1 : 0;
    return current_;
  }
  const std::optional<std::uint32_t> file = choose_file();
  if (!file) return std::nullopt;
  current_ = *file;
  left_ = job_.spec.file_service_ios - 1;
  return file;
}

void FileTurns::describe(StateSink& sink) const {
  if (!job_.has_several_files()) return;
  for (const std::uint32_t value : {next_file_, current_, left_}) sink.add(value);
  if (random_ != nullptr) random_->describe(sink);
}

}  // namespace zoneknot::core
