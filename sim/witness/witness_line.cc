// The printable line of a witness: "zk2:" and base64url (RFC 4648, no padding) of
//
//   length     varint   bytes that follow it
//   baseline   1 byte
//   seed       8 bytes, not of the steady baseline
//   parameters         varint count, then varints; of the last two baselines only
//   identity   8 bytes
//   decisions, steps   varints
//   trace hash 8 bytes
//   checks     varint shift, then 1 byte each, as many as the number of steps calls for
//   deviations         varint count, then for each: decision - previous decision, alternative (varints)
//   checksum   4 bytes  of everything between it and the length
//
// Numbers of fixed size are little-endian; a varint has seven bits in each byte, lowest first.

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <span>

#include "sim/strategy/baseline.h"
#include "sim/witness/witness.h"

namespace zoneknot::sim {

namespace {

constexpr std::string_view kFamily = "zk";
// In version 1 the same seed made other executions.
constexpr std::string_view kPrefix = "zk2:";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kChecksumBytes = 4;

using Bytes = std::vector<std::uint8_t>;

// --- Writing ---

void put_fixed(Bytes& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

void put_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<std::uint8_t>(value | 0x80U));
  out.push_back(static_cast<std::uint8_t>(value));
}

Bytes body_of(const Witness& witness) {
  Bytes body;
  body.push_back(static_cast<std::uint8_t>(witness.schedule.baseline));
  if (witness.schedule.baseline != core::Baseline::steady) put_fixed(body, witness.schedule.seed, 8);
  if (has_parameters(witness.schedule.baseline)) {
    put_varint(body, witness.schedule.parameters.size());
    for (const std::uint64_t parameter : witness.schedule.parameters) put_varint(body, parameter);
  }
  put_fixed(body, witness.identity, 8);
  put_varint(body, witness.decisions);
  put_varint(body, witness.steps);
  put_fixed(body, witness.trace_hash, 8);
  put_varint(body, witness.checks.shift);
  body.insert(body.end(), witness.checks.hashes.begin(), witness.checks.hashes.end());
  put_varint(body, witness.schedule.deviations.size());
  std::uint32_t previous = 0;
  for (const core::Deviation& deviation : witness.schedule.deviations) {
    put_varint(body, deviation.decision - previous);
    put_varint(body, deviation.alternative);
    previous = deviation.decision;
  }
  return body;
}

std::uint64_t checksum_of(std::span<const std::uint8_t> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size()) & 0xffffffffU;
}

std::string to_base64(const Bytes& bytes) {
  std::string text;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    pending = pending << 8U | byte;
    for (bits += 8; bits >= 6; bits -= 6) text += kAlphabet[pending >> (bits - 6) & 63U];
  }
  if (bits > 0) text += kAlphabet[pending << (6 - bits) & 63U];
  return text;
}

// --- Reading ---

tl::expected<Bytes, std::string> from_base64(std::string_view text) {
  Bytes bytes;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) {
      return tl::make_unexpected("the witness line contains a character that none has: '" + std::string(1, c) + "'");
    }
    pending = pending << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(pending >> bits));
  }
  return bytes;
}

// Takes numbers off the front; once the bytes have run out everything is 0 and ok() false.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint64_t fixed(std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{byte()} << 8 * i;
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t part = byte();
      value |= std::uint64_t{part & 0x7fU} << shift;
      if ((part & 0x80U) == 0) return value;
    }
    ok_ = false;
    return 0;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::span<const std::uint8_t> rest() const { return bytes_; }

 private:
  std::uint8_t byte() {
    if (bytes_.empty()) {
      ok_ = false;
      return 0;
    }
    const std::uint8_t value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  bool ok_ = true;
};

bool read_deviations(Reader& in, core::Schedule& schedule) {
  const std::uint64_t count = in.varint();
  if (count > in.rest().size()) return false;
  std::uint64_t decision = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t distance = in.varint();
    const std::uint64_t alternative = in.varint();
    if (i > 0 && distance == 0) return false;
    decision += std::min<std::uint64_t>(distance, std::uint64_t{UINT32_MAX} + 1);
    if (!in.ok() || decision > UINT32_MAX || alternative > UINT32_MAX) return false;
    schedule.deviations.push_back({static_cast<std::uint32_t>(decision), static_cast<std::uint32_t>(alternative)});
  }
  return true;
}

bool read_parameters(Reader& in, core::Schedule& schedule) {
  if (!has_parameters(schedule.baseline)) return true;
  const std::uint64_t count = in.varint();
  if (count > in.rest().size()) return false;
  for (std::uint64_t i = 0; i < count; ++i) schedule.parameters.push_back(in.varint());
  return in.ok() && fits_baseline(schedule);
}

bool read_checks(Reader& in, std::uint64_t steps, StepChecks& checks) {
  const std::uint64_t shift = in.varint();
  if (shift > StepChecks::kMaxShift) return false;
  checks.shift = static_cast<unsigned>(shift);
  const std::uint64_t count = check_count(steps, checks.shift);
  if (count > kMaxChecksInLine || count > in.rest().size()) return false;
  for (std::uint64_t i = 0; i < count; ++i) checks.hashes.push_back(static_cast<std::uint8_t>(in.fixed(1)));
  return true;
}

std::optional<Witness> read_body(std::span<const std::uint8_t> body) {
  Reader in(body);
  Witness witness;
  const std::uint64_t baseline = in.fixed(1);
  if (baseline > static_cast<std::uint64_t>(core::Baseline::remaining_work)) return std::nullopt;
  witness.schedule.baseline = static_cast<core::Baseline>(baseline);
  if (witness.schedule.baseline != core::Baseline::steady) witness.schedule.seed = in.fixed(8);
  if (!read_parameters(in, witness.schedule)) return std::nullopt;
  witness.identity = in.fixed(8);
  witness.decisions = in.varint();
  witness.steps = in.varint();
  witness.trace_hash = in.fixed(8);
  if (!read_checks(in, witness.steps, witness.checks)) return std::nullopt;
  if (!read_deviations(in, witness.schedule) || !in.ok() || !in.rest().empty()) return std::nullopt;
  return witness;
}

tl::expected<std::string_view, std::string> strip_prefix(std::string_view line) {
  if (line.starts_with(kPrefix)) return line.substr(kPrefix.size());
  const std::size_t colon = line.find(':');
  if (line.starts_with(kFamily) && colon != std::string_view::npos && colon > kFamily.size() &&
      line.substr(kFamily.size(), colon - kFamily.size()).find_first_not_of("0123456789") == std::string_view::npos) {
    return tl::make_unexpected("the witness is of version " + std::string(line.substr(0, colon)) +
                               ", this program reads version zk2");
  }
  return tl::make_unexpected(std::string("not a witness line: it does not begin with \"zk2:\""));
}

}  // namespace

tl::expected<std::string, std::string> to_line(const Witness& witness) {
  const Bytes body = body_of(for_line(witness));
  Bytes all;
  put_varint(all, body.size() + kChecksumBytes);
  all.insert(all.end(), body.begin(), body.end());
  put_fixed(all, checksum_of(body), kChecksumBytes);
  std::string line = std::string(kPrefix) + to_base64(all);
  if (line.size() > kMaxWitnessLine) {
    return tl::make_unexpected("the schedule has " + std::to_string(witness.schedule.deviations.size()) +
                               " deviations, more than a witness line of " + std::to_string(kMaxWitnessLine) +
                               " characters can hold");
  }
  return line;
}

tl::expected<Witness, std::string> parse_line(std::string_view line) {
  const auto text = strip_prefix(line);
  if (!text) return tl::make_unexpected(text.error());
  if (line.size() > kMaxWitnessLine) {
    return tl::make_unexpected("the witness line is longer than " + std::to_string(kMaxWitnessLine) + " characters");
  }
  const auto bytes = from_base64(*text);
  if (!bytes) return tl::make_unexpected(bytes.error());
  Reader in(*bytes);
  const std::uint64_t length = in.varint();
  if (!in.ok() || in.rest().size() < length || length < kChecksumBytes) {
    return tl::make_unexpected(std::string("the witness line is truncated"));
  }
  if (in.rest().size() > length) return tl::make_unexpected(std::string("the witness line is followed by more text"));
  const auto body = in.rest().first(length - kChecksumBytes);
  if (Reader(in.rest().last(kChecksumBytes)).fixed(kChecksumBytes) != checksum_of(body)) {
    return tl::make_unexpected(std::string("the witness line is damaged: its checksum does not match"));
  }
  auto witness = read_body(body);
  // Bits that carry nothing, a number written longer than it has to be: a witness has one line.
  if (!witness || to_line(*witness) != line) {
    return tl::make_unexpected(std::string("the witness line is damaged: its parts do not fit together"));
  }
  return *std::move(witness);
}

}  // namespace zoneknot::sim
