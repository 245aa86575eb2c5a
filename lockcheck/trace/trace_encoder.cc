#include "lockcheck/trace/trace_encoder.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <string>

#include "lockcheck/trace/trace_format.h"

namespace zoneknot::lockcheck {
namespace {

// A block is handed on when it is at least so long, so that no record makes it longer than it may be.
constexpr std::size_t kBlockBytes = std::size_t{1} << 14U;
constexpr std::size_t kLongestRecord = 2 * (kTraceNameBytesMax + trace_format::kVarintBytesMax) + 64;
static_assert(kBlockBytes + kLongestRecord < trace_format::kBlockBytesMax);

void append_number(std::string& to, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7U) to.push_back(static_cast<char>(0x80U | (number & 0x7fU)));
  to.push_back(static_cast<char>(number));
}

}  // namespace

TraceEncoder::TraceEncoder(std::ostream& out) : out_(out) {
  out_.write(trace_format::kMagic.data(), static_cast<std::streamsize>(trace_format::kMagic.size()));
}

void TraceEncoder::put_number(std::uint64_t number) { append_number(block_, number); }

void TraceEncoder::put_text(std::string_view text) {
  text = text.substr(0, kTraceNameBytesMax);
  put_number(text.size());
  block_ += text;
}

void TraceEncoder::make_room() {
  if (block_.size() >= kBlockBytes) flush();
}

void TraceEncoder::put_names(const TraceNames& names) {
  const auto room = [this] { make_room(); };
  const auto put_all = [&](std::uint8_t record, std::size_t& done, const std::deque<std::string>& all) {
    for (; done < all.size(); ++done, room()) {
      begin(record);
      put_text(all[done]);
    }
  };
  put_all(trace_format::kTask, tasks_, names.tasks);
  put_all(trace_format::kCondition, conditions_, names.conditions);
  put_all(trace_format::kCell, cells_, names.cells);
  put_all(trace_format::kText, texts_, names.texts);
  for (; locks_ < names.locks.size(); ++locks_, room()) {
    const TraceLock& lock = names.locks[locks_];
    begin(trace_format::kLock);
    put_text(lock.name);
    put_text(lock.lock_class);
    put_number(trace_format::pack(lock.kind, lock.role));
    put_number(lock.group);
    put_number(lock.order_key ? 1 : 0);
    if (lock.order_key) put_number(*lock.order_key);
    if (lock.readers == core::Readers::none) continue;
    begin(trace_format::kReaders);
    put_number(static_cast<std::uint64_t>(lock.readers));
  }
  for (; semaphores_ < names.semaphores.size(); ++semaphores_, room()) {
    begin(trace_format::kSemaphore);
    put_text(names.semaphores[semaphores_].name);
    put_number(names.semaphores[semaphores_].count);
  }
  for (; pools_ < names.pools.size(); ++pools_, room()) {
    begin(trace_format::kPool);
    put_number(names.pools[pools_]);
  }
  for (; sites_ < names.sites.size(); ++sites_, room()) {
    const core::Place& site = names.sites[sites_];
    begin(trace_format::kSite);
    put_text(site.file);
    put_number(site.line);
    put_text(site.function);
  }
  put_recorded(names);
}

// What only a recorder of other programs has to say. The places of a stack have been put by now.
void TraceEncoder::put_recorded(const TraceNames& names) {
  for (; barriers_ < names.barriers.size(); ++barriers_, make_room()) {
    const TraceBarrier& barrier = names.barriers[barriers_];
    begin(trace_format::kBarrier);
    put_text(barrier.name);
    put_number(barrier.count);
    put_number(barrier.shared ? 1 : 0);
  }
  for (; modules_ < names.modules.size(); ++modules_, make_room()) {
    const TraceModule& module = names.modules[modules_];
    begin(trace_format::kModule);
    put_text(module.path);
    put_number(module.begin);
    put_number(module.end);
    put_text(module.build_id);
  }
  for (; stacks_ < names.stacks.size(); ++stacks_, make_room()) {
    const TraceStack& stack = names.stacks[stacks_];
    begin(trace_format::kStack);
    put_number(stack.site);
    const std::size_t callers = std::min(stack.callers.size(), kTraceCallersMax);
    put_number(callers);
    for (std::size_t i = 0; i < callers; ++i) put_number(stack.callers[i]);
  }
  for (; late_ < names.late.size(); ++late_, make_room()) {
    begin(trace_format::kLateName);
    put_number(static_cast<std::uint64_t>(names.late[late_].of));
    put_number(names.late[late_].id);
    put_text(names.late[late_].name);
  }
}

void TraceEncoder::time(std::uint64_t ns) {
  if (ns <= ns_) return;
  begin(trace_format::kTime);
  put_number(ns - ns_);
  ns_ = ns;
  make_room();
}

void TraceEncoder::event(const TraceEvent& event, const TraceNames& names) {
  assert(fits(event, names));
  put_names(names);
  const TraceEventShape& shape = shape_of(event.kind);
  const bool same = event.task == last_task_;
  begin(static_cast<std::uint8_t>(trace_format::kEvent + static_cast<std::uint8_t>(event.kind) +
                                  (same ? trace_format::kSameTask : 0)));
  if (!same) put_number(event.task);
  last_task_ = event.task;
  // kNoId, which only the object of a wait and the lock of `enter` can be, is 0, and everything else one more.
  if (shape.object == TraceObject::waited) {
    put_number(event.object == core::kNoId ? 0 : std::uint64_t{event.object} + 1);
  } else if (shape.object != TraceObject::none) {
    put_number(event.object);
  }
  if (event.kind == TraceEventKind::enter) {
    put_number(event.other == core::kNoId ? 0 : std::uint64_t{event.other} + 1);
  } else if (shape.other != TraceObject::none) {
    put_number(event.other);
  }
  if (shape.has_site) put_number(event.site);
  if (block_.size() >= kBlockBytes) flush();
}

void TraceEncoder::flush() {
  if (block_.empty()) return;
  std::string size;
  append_number(size, block_.size());
  const std::uint32_t sum = trace_format::checksum(block_);
  for (unsigned shift = 0; shift < 32; shift += 8) block_.push_back(static_cast<char>(sum >> shift & 0xffU));
  out_.write(size.data(), static_cast<std::streamsize>(size.size()));
  out_.write(block_.data(), static_cast<std::streamsize>(block_.size()));
  out_.flush();
  block_.clear();
}

void TraceEncoder::close(const TraceNames& names) {
  put_names(names);
  begin(trace_format::kClosed);
  flush();
}

}  // namespace zoneknot::lockcheck
