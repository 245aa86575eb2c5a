#include "tools/record/raw_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <queue>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace zoneknot::tools {

using record::RawKind;
using record::RawRecord;

namespace {

bool has_payload(RawKind kind) {
  return kind == RawKind::stack || kind == RawKind::module || kind == RawKind::thread_name;
}

// What ends something for others comes before what it makes possible for them, if both have the same moment.
bool comes_first(RawKind kind) {
  switch (kind) {
    case RawKind::release:
    case RawKind::cond_wait:
    case RawKind::cond_mutex:
    case RawKind::cond_signal:
    case RawKind::cond_broadcast:
    case RawKind::unit_add:
    case RawKind::arrive:
    case RawKind::thread_create:
    case RawKind::thread_end:
      return true;
    default:
      return false;
  }
}

}  // namespace

// The records of one lane of a thread, through all of its chunks.
struct RawLane {
  std::uint32_t thread = 0;
  std::uint32_t lane = 0;
  std::vector<std::span<const RawRecord>> chunks{};  // in the order of their numbers
  std::size_t chunk = 0;
  std::size_t at = 1;  // behind the chunk's own record
  std::uint64_t moment = 0;

  // Null: there is none any more. What is not whole was being written when the process ended.
  [[nodiscard]] const RawRecord* peek() {
    while (chunk < chunks.size()) {
      const std::span<const RawRecord> records = chunks[chunk];
      const bool there = at < records.size() && records[at].ticks != 0;
      if (there && at + length(records[at]) <= records.size()) {
        moment = std::max(moment, records[at].ticks);
        return &records[at];
      }
      ++chunk;
      at = 1;
    }
    return nullptr;
  }
  void advance(const RawRecord& record) { at += length(record); }
  static std::size_t length(const RawRecord& record) {
    return 1 + (has_payload(record.kind) ? record::records_for(record.extra) : 0);
  }
};

struct RawFile::Insides {
  // Moment, what comes first, and which lane.
  using Head = std::tuple<std::uint64_t, bool, std::size_t>;

  const char* bytes = nullptr;
  std::size_t size = 0;
  std::vector<RawLane> lanes{};
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads{};
  std::map<std::uint32_t, std::uint32_t> open_lanes{};  // by thread: its lanes that have something left
  std::set<std::uint32_t> not_created{};

  Insides() = default;
  Insides(const Insides&) = delete;
  Insides& operator=(const Insides&) = delete;
  ~Insides() {
    if (bytes != nullptr) munmap(const_cast<char*>(bytes), size);
  }

  void find_lanes() {
    std::map<std::uint64_t, std::size_t> known;
    for (std::size_t offset = record::kUnitBytes; offset + record::kUnitBytes <= size;) {
      const auto* const first = reinterpret_cast<const RawRecord*>(bytes + offset);
      const std::size_t units =
          first->kind == RawKind::chunk && first->ticks != 0 ? std::max<std::size_t>(first->extra, 1) : 0;
      if (units == 0) {  // reserved, and never begun
        offset += record::kUnitBytes;
        continue;
      }
      const std::size_t length = std::min(units * record::kUnitBytes, size - offset);
      const auto [place, is_new] = known.try_emplace(first->object, lanes.size());
      if (is_new) {
        lanes.push_back({.thread = static_cast<std::uint32_t>(first->object >> 1U),
                         .lane = static_cast<std::uint32_t>(first->object & 1U)});
      }
      lanes[place->second].chunks.emplace_back(first, length / sizeof(RawRecord));
      offset += units * record::kUnitBytes;
    }
    // Buffers that are used again lie before what was in them first.
    const auto number = [](std::span<const RawRecord> chunk) { return chunk.front().site; };
    for (RawLane& lane : lanes) {
      std::ranges::sort(lane.chunks, {}, number);
      const auto twice = std::ranges::unique(lane.chunks, {}, number);
      lane.chunks.erase(twice.begin(), twice.end());
    }
  }

  void look_ahead() {
    for (RawLane lane : lanes) {
      while (const RawRecord* const record = lane.peek()) {
        if (record->kind == RawKind::thread_not_created) not_created.insert(static_cast<std::uint32_t>(record->object));
        lane.advance(*record);
      }
    }
  }

  void begin() {
    find_lanes();
    look_ahead();
    for (std::size_t i = 0; i < lanes.size(); ++i) push(i, true);
  }

  void push(std::size_t i, bool first) {
    RawLane& lane = lanes[i];
    const RawRecord* const record = lane.peek();
    if (record == nullptr) {
      if (!first) --open_lanes[lane.thread];
      return;
    }
    if (first) ++open_lanes[lane.thread];
    heads.emplace(lane.moment, !comes_first(record->kind), i);
  }
};

RawFile::RawFile(std::unique_ptr<Insides> insides) : insides_(std::move(insides)) {}
RawFile::RawFile(RawFile&&) noexcept = default;
RawFile& RawFile::operator=(RawFile&&) noexcept = default;
RawFile::~RawFile() = default;

tl::expected<RawFile, InputError> RawFile::open(const std::string& path) {
  const auto wrong = [&path](std::string message) {
    return tl::make_unexpected(InputError{.file = path, .message = std::move(message)});
  };
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return wrong(fmt::format("cannot be read: {}", std::strerror(errno)));
  auto insides = std::make_unique<Insides>();
  struct stat status{};
  const bool long_enough = fstat(descriptor, &status) == 0 && status.st_size >= static_cast<off_t>(record::kUnitBytes);
  if (long_enough) {
    void* const mapped = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapped != MAP_FAILED) {
      insides->bytes = static_cast<const char*>(mapped);
      insides->size = static_cast<std::size_t>(status.st_size);
    }
  }
  close(descriptor);
  if (insides->bytes == nullptr || std::memcmp(insides->bytes, record::kRawMagic, sizeof record::kRawMagic) != 0) {
    return wrong("is no record of a process");
  }
  insides->begin();
  return RawFile(std::move(insides));
}

const record::RawHeader& RawFile::header() const {
  return *reinterpret_cast<const record::RawHeader*>(insides_->bytes);
}

bool RawFile::was_not_created(std::uint32_t thread) const { return insides_->not_created.contains(thread); }

bool RawFile::next(RawEvent& event) {
  if (insides_->heads.empty()) return false;
  const std::size_t i = std::get<2>(insides_->heads.top());
  insides_->heads.pop();
  RawLane& lane = insides_->lanes[i];
  const RawRecord& record = *lane.peek();
  event = {.record = record, .thread = lane.thread, .lane = lane.lane};
  event.record.ticks = lane.moment;
  if (has_payload(record.kind)) event.payload = {reinterpret_cast<const char*>(&record + 1), record.extra};
  lane.advance(record);
  insides_->push(i, false);
  event.is_last_of_thread = insides_->open_lanes[lane.thread] == 0;
  return true;
}

}  // namespace zoneknot::tools
