#include "core/workload/verifier.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <cerrno>
#include <cstring>

#include "core/random.h"

namespace zoneknot::core {
namespace {

constexpr std::uint64_t kMagic = 0x7a6f6e656b6e6f74;  // "zoneknot"

struct BlockHeader {
  std::uint64_t magic = kMagic;
  std::uint64_t offset = 0;
  std::uint64_t sequence = 0;
  std::uint32_t length = 0;
  std::uint32_t crc = 0;  // over header and data, with this field 0
};

std::uint32_t block_crc(BlockHeader header, const std::byte* block) {
  header.crc = 0;
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(&header, sizeof(header));
  crc.process_bytes(block + sizeof(header), header.length - sizeof(header));
  return crc.checksum();
}

}  // namespace

Verifier::Verifier(JobContext& job, std::uint32_t job_number)
    : job_(job), next_sequence_(std::uint64_t{job_number} << 40U) {}

void Verifier::prepare_write(IoUnit& unit) {
  const IoRequest& io = unit.request;
  unit.verify_sequence = next_sequence_++;
  const LoggedWrite logged{io.file, io.offset, io.length, unit.verify_sequence};
  if (by_offset()) drop_overwritten(logged);
  log_[key_of(logged)] = logged;
  if (io.buffer == nullptr) return;
  SplitMix64 numbers(unit.verify_sequence);
  for (std::uint32_t at = 0; at + sizeof(std::uint64_t) <= io.length; at += sizeof(std::uint64_t)) {
    const std::uint64_t number = numbers.next();
    std::memcpy(io.buffer + at, &number, sizeof(number));
  }
  BlockHeader header{.offset = io.offset, .sequence = unit.verify_sequence, .length = io.length};
  header.crc = block_crc(header, io.buffer);
  std::memcpy(io.buffer, &header, sizeof(header));
}

// In a log by offset a later write replaces what it overlaps.
void Verifier::drop_overwritten(const LoggedWrite& by) {
  auto at = log_.lower_bound(key_of(by));
  const auto reaches_it = [&](const LoggedWrite& write) {
    return write.file == by.file && write.offset + write.length > by.offset;
  };
  if (at != log_.begin() && reaches_it(std::prev(at)->second)) --at;
  while (at != log_.end() && at->first < Key(by.file, by.offset + by.length)) at = log_.erase(at);
}

std::optional<Verifier::LoggedWrite> Verifier::peek_logged() const {
  if (log_.empty()) return std::nullopt;
  return log_.begin()->second;
}

std::optional<Verifier::LoggedWrite> Verifier::next_logged() {
  const std::optional<LoggedWrite> next = peek_logged();
  if (next) log_.erase(log_.begin());
  return next;
}

std::optional<Verifier::LoggedWrite> Verifier::next_ended() {
  if (log_.empty() || !log_.begin()->second.ended) return std::nullopt;
  return next_logged();
}

int Verifier::check(const IoUnit& unit) {
  if (job_.spec.verify == VerifyKind::none) return 0;
  // What is drawn again lies behind what was written. Seen of fio: an asynchronous engine does not compare it.
  if (job_.spec.experimental_verify && unit.purpose == UnitPurpose::verify_read) {
    return job_.spec.engine == EngineKind::psync ? EILSEQ : 0;
  }
  if (unit.buffer == nullptr) return 0;
  if (unit.purpose != UnitPurpose::verify_read && job_.spec.mixed()) return 0;
  if (!sound(unit)) {
    if (!job_.stats.first_bad_offset) job_.stats.first_bad_offset = unit.first_offset();
    return EILSEQ;
  }
  ++job_.stats.blocks_verified;
  return 0;
}

bool Verifier::sound(const IoUnit& unit) {
  if (unit.request.transferred < unit.full_length) return false;
  BlockHeader header;
  std::memcpy(&header, unit.buffer, sizeof(header));
  const bool logged = unit.purpose == UnitPurpose::verify_read;
  return header.magic == kMagic && header.offset == unit.first_offset() && header.length == unit.full_length &&
         (!logged || header.sequence == unit.verify_sequence) && header.crc == block_crc(header, unit.buffer);
}

Verifier::LoggedWrite* Verifier::logged_for(const IoUnit& unit) {
  if (job_.spec.verify == VerifyKind::none || unit.purpose != UnitPurpose::work) return nullptr;
  const auto logged =
      log_.find(key_of({.file = unit.request.file, .offset = unit.first_offset(), .sequence = unit.verify_sequence}));
  const bool same = logged != log_.end() && logged->second.sequence == unit.verify_sequence;
  return same ? &logged->second : nullptr;
}

void Verifier::write_failed(const IoUnit& unit) {
  const LoggedWrite* const logged = logged_for(unit);
  if (logged != nullptr) log_.erase(key_of(*logged));
}

void Verifier::write_ended(const IoUnit& unit) {
  LoggedWrite* const logged = logged_for(unit);
  if (logged != nullptr) logged->ended = true;
}

void Verifier::describe(StateSink& sink) const {
  sink.count(next_sequence_);
  sink.count(log_.size());
  for (const auto& [key, logged] : log_) {
    sink.count(logged.file);
    sink.count(logged.offset);
    sink.count(logged.length);
    sink.count(logged.sequence);
    if (job_.spec.verify_backlog != 0) sink.count(logged.ended);
  }
}

}  // namespace zoneknot::core
