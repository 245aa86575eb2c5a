#include "lockcheck/trace/trace_reader.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "lockcheck/trace/trace_format.h"
#include "lockcheck/trace/trace_owners.h"

namespace zoneknot::lockcheck {
namespace {

using trace_format::kBlockBytesMax;
using trace_format::kChecksumBytes;

constexpr const char* kNoKnownKind = "a record is of no known kind";
constexpr const char* kTooManyNames = "there are too many tasks, locks or other names";

// The bytes of one block, and how far they have been read. A number or text that goes over the end ends the reading:
// in a whole block that is an error, in one that was cut short it is where the trace ends.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool done() const { return at_ == bytes_.size(); }
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] bool bad() const { return bad_; }

  std::uint8_t byte() {
    if (done()) {
      over_ = true;
      return 0;
    }
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  // 0 of one that is too large: nobody makes room for it.
  std::uint64_t number(std::uint64_t most) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      if (over_) return 0;
      if (shift == 63 && next > 1) break;
      value |= std::uint64_t{next & 0x7fU} << shift;
      if (next < 0x80) {
        bad_ |= value > most;
        return value > most ? 0 : value;
      }
    }
    bad_ = true;
    return 0;
  }
  std::string text() {
    const std::uint64_t size = number(kTraceNameBytesMax);
    if (over_ || bad_) return {};
    if (bytes_.size() - at_ < size) {
      at_ = bytes_.size();
      over_ = true;
      return {};
    }
    at_ += size;
    return std::string(bytes_.substr(at_ - size, size));
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool over_ = false;
  bool bad_ = false;
};

class Reader {
 public:
  Reader(std::istream& in, TraceNames& names, TraceSink& sink) : in_(in), names_(names), sink_(sink) {}

  tl::expected<TraceEnd, TraceError> read() {
    std::string magic(trace_format::kMagic.size(), '\0');
    if (take(magic.data(), magic.size()) < magic.size() || !is_binary_trace(magic)) {
      return tl::make_unexpected(TraceError{0, "this is no trace of the form zoneknot.trace/1 or /2"});
    }
    first_form_ = magic == trace_format::kMagicOfFirstForm;
    while (!end_.whole && read_block()) {
    }
    if (error_) return tl::make_unexpected(*error_);
    if (end_.whole && in_.peek() != std::istream::traits_type::eof()) {
      return tl::make_unexpected(TraceError{end_.bytes, "bytes follow the end of the trace"});
    }
    return end_;
  }

 private:
  std::size_t take(char* to, std::size_t size) {
    in_.read(to, static_cast<std::streamsize>(size));
    const auto got = static_cast<std::size_t>(in_.gcount());
    end_.bytes += got;
    return got;
  }

  bool fail(std::uint64_t offset, std::string message) {
    error_ = TraceError{offset, std::move(message)};
    return false;
  }

  // False: there is no more, or error_.
  bool read_block() {
    const std::uint64_t begins = end_.bytes;
    std::uint64_t size = 0;
    for (unsigned shift = 0;; shift += 7) {
      char next = 0;
      if (take(&next, 1) == 0) return false;
      const auto byte = static_cast<std::uint8_t>(next);
      size |= std::uint64_t{byte & 0x7fU} << shift;
      if (shift > 14 || size > kBlockBytesMax)
        return fail(begins, "a block is longer than " + std::to_string(kBlockBytesMax) + " bytes");
      if (byte < 0x80) break;
    }
    if (size == 0) return fail(begins, "a block is empty");
    block_.resize(size + kChecksumBytes);
    const std::uint64_t payload_at = end_.bytes;
    const std::size_t got = take(block_.data(), block_.size());
    if (got < block_.size())
      return read_records(std::string_view(block_).substr(0, std::min<std::size_t>(got, size)), payload_at, true);
    const std::string_view payload = std::string_view(block_).substr(0, size);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < kChecksumBytes; ++i) {
      sum |= std::uint32_t{static_cast<std::uint8_t>(block_[size + i])} << (8 * i);
    }
    if (sum != trace_format::checksum(payload)) return fail(begins, "a block has the wrong checksum");
    return read_records(payload, payload_at, false);
  }

  bool read_records(std::string_view payload, std::uint64_t payload_at, bool cut) {
    Cursor cursor(payload);
    while (!cursor.done()) {
      const std::uint64_t at = payload_at + cursor.at();
      if (end_.whole) return fail(at, "a record follows the end of the trace");
      const char* wrong = read_record(cursor);
      if (cursor.over()) {
        if (cut) return false;
        return fail(at, "a record goes over the end of its block");
      }
      if (cursor.bad()) return fail(at, "a number is out of its range");
      if (wrong != nullptr) return fail(at, wrong);
    }
    return !cut;
  }

  // Null: it was right, as far as the cursor says so.
  const char* read_record(Cursor& cursor) {
    const std::uint8_t record = cursor.byte();
    if (record >= trace_format::kEvent) return read_event(record, cursor);
    switch (record) {
      case trace_format::kTask:
        return define(names_.tasks, cursor.text(), cursor, kTraceTasksMax);
      case trace_format::kCondition:
        return define(names_.conditions, cursor.text(), cursor);
      case trace_format::kCell:
        return define(names_.cells, cursor.text(), cursor);
      case trace_format::kText:
        return define(names_.texts, cursor.text(), cursor);
      case trace_format::kLock:
        return define(names_.locks, read_lock(cursor), cursor);
      case trace_format::kSemaphore: {
        TraceSemaphore semaphore{.name = cursor.text()};
        semaphore.count = static_cast<std::uint32_t>(cursor.number(UINT32_MAX));
        return define(names_.semaphores, std::move(semaphore), cursor);
      }
      case trace_format::kPool: {
        const auto pool = static_cast<core::SemaphoreId>(cursor.number(UINT32_MAX));
        if (!cursor.over() && pool >= names_.semaphores.size()) return "a pool is no semaphore that there is";
        return define(names_.pools, pool, cursor);
      }
      case trace_format::kReaders: {
        const std::uint64_t readers = cursor.number(static_cast<std::uint64_t>(core::Readers::after_writers));
        if (cursor.over() || cursor.bad()) return nullptr;
        if (names_.locks.empty()) return "readers are told of without a lock";
        names_.locks.back().readers = static_cast<core::Readers>(readers);
        return nullptr;
      }
      case trace_format::kSite: {
        core::Place site{.file = cursor.text()};
        site.line = static_cast<std::uint32_t>(cursor.number(UINT32_MAX));
        site.function = cursor.text();
        return define(names_.sites, std::move(site), cursor);
      }
      case trace_format::kClosed:
        end_.whole = true;
        return nullptr;
      default:
        return first_form_ ? kNoKnownKind : read_recorded(record, cursor);
    }
  }

  // What the first form does not have.
  const char* read_recorded(std::uint8_t record, Cursor& cursor) {
    switch (record) {
      case trace_format::kBarrier: {
        TraceBarrier barrier{.name = cursor.text()};
        barrier.count = static_cast<std::uint32_t>(cursor.number(UINT32_MAX));
        barrier.shared = cursor.number(1) == 1;
        return define(names_.barriers, std::move(barrier), cursor);
      }
      case trace_format::kModule: {
        TraceModule module{.path = cursor.text()};
        module.begin = cursor.number(UINT64_MAX);
        module.end = cursor.number(UINT64_MAX);
        module.build_id = cursor.text();
        return define(names_.modules, std::move(module), cursor);
      }
      case trace_format::kStack:
        return read_stack(cursor);
      case trace_format::kLateName: {
        TraceLateName late{.of = static_cast<TraceLateName::Of>(cursor.number(1))};
        late.id = static_cast<std::uint32_t>(cursor.number(UINT32_MAX));
        late.name = cursor.text();
        if (cursor.over() || cursor.bad()) return nullptr;
        const std::size_t all = late.of == TraceLateName::Of::task ? names_.tasks.size() : names_.locks.size();
        if (late.id >= all) return "a name is of what there is not";
        if (names_.late.size() == kTraceObjectsMax) return kTooManyNames;
        names_.rename(std::move(late));
        return nullptr;
      }
      case trace_format::kTime: {
        const std::uint64_t passed = cursor.number(UINT64_MAX);
        if (cursor.over() || cursor.bad()) return nullptr;
        if (passed == 0 || passed > UINT64_MAX - end_.ns) return "time does not go on";
        end_.ns += passed;
        sink_.time(end_.ns);
        return nullptr;
      }
      default:
        return kNoKnownKind;
    }
  }

  const char* read_stack(Cursor& cursor) {
    TraceStack stack{.site = static_cast<std::uint32_t>(cursor.number(UINT32_MAX))};
    stack.callers.resize(cursor.number(kTraceCallersMax));
    for (std::uint32_t& caller : stack.callers) caller = static_cast<std::uint32_t>(cursor.number(UINT32_MAX));
    if (cursor.over() || cursor.bad()) return nullptr;
    const auto missing = [this](std::uint32_t site) { return site >= names_.sites.size(); };
    if (missing(stack.site) || std::ranges::any_of(stack.callers, missing))
      return "a stack has a place that there is not";
    if (has_stack_.size() < names_.sites.size()) has_stack_.resize(names_.sites.size());
    if (has_stack_[stack.site]) return "a place has two stacks";
    has_stack_[stack.site] = true;
    return define(names_.stacks, std::move(stack), cursor);
  }

  static TraceLock read_lock(Cursor& cursor) {
    TraceLock lock{.name = cursor.text()};
    lock.lock_class = cursor.text();
    const auto packed = static_cast<std::uint32_t>(cursor.number(trace_format::kKindAndRoleMax));
    lock.kind = trace_format::unpack_kind(packed);
    lock.role = trace_format::unpack_role(packed, lock.lock_class);
    lock.group = static_cast<std::uint32_t>(cursor.number(UINT32_MAX));
    if (cursor.number(1) == 1) lock.order_key = cursor.number(UINT64_MAX);
    return lock;
  }

  template <class Names>
  const char* define(Names& all, typename Names::value_type name, const Cursor& cursor,
                     std::uint32_t most = kTraceObjectsMax) const {
    if (cursor.over() || cursor.bad()) return nullptr;
    if (all.size() == most) return kTooManyNames;
    all.push_back(std::move(name));
    return nullptr;
  }

  const char* read_event(std::uint8_t record, Cursor& cursor) {
    const bool same = record >= trace_format::kEvent + trace_format::kSameTask;
    const unsigned first = trace_format::kEvent + (same ? trace_format::kSameTask : 0U);
    const unsigned kind = record - first;
    if (kind >= (first_form_ ? kTraceEventKindsOfFirstForm : kTraceEventKinds)) return kNoKnownKind;
    TraceEvent event{.kind = static_cast<TraceEventKind>(kind), .task = last_task_};
    const auto number = [&cursor] { return static_cast<std::uint32_t>(cursor.number(UINT32_MAX)); };
    // 0 is kNoId.
    const auto maybe = [&number] { return number() - 1; };
    const TraceEventShape& shape = shape_of(event.kind);
    if (!same) event.task = number();
    if (shape.object == TraceObject::waited) {
      event.object = maybe();
    } else if (shape.object != TraceObject::none) {
      event.object = number();
    }
    if (event.kind == TraceEventKind::enter) {
      event.other = maybe();
    } else if (shape.other != TraceObject::none) {
      event.other = number();
    }
    if (shape.has_site) event.site = number();
    if (cursor.over() || cursor.bad()) return nullptr;
    if (!fits(event, names_)) return "an event names what there is not";
    if (end_.events == kTraceEventsMax) return "there are too many events";
    if (const char* wrong = owners_.take(event, names_)) return wrong;
    last_task_ = event.task;
    ++end_.events;
    sink_.event(event, names_);
    return nullptr;
  }

  std::istream& in_;
  TraceNames& names_;
  TraceSink& sink_;
  TraceOwners owners_;
  TraceEnd end_;
  std::optional<TraceError> error_;
  std::string block_;
  core::TaskId last_task_ = core::kNoId;
  bool first_form_ = false;
  std::vector<bool> has_stack_;  // by place
};

}  // namespace

bool is_binary_trace(std::string_view first_bytes) {
  return first_bytes.starts_with(trace_format::kMagic) || first_bytes.starts_with(trace_format::kMagicOfFirstForm);
}

tl::expected<TraceEnd, TraceError> read_trace(std::istream& in, TraceNames& names, TraceSink& sink) {
  return Reader(in, names, sink).read();
}

}  // namespace zoneknot::lockcheck
