// The switches of zone-lock-protocol section 2 (docs/protocol.md): each turns one repair of the historic zone locking
// on or off. A FixSet is a value; every switch is read in exactly one function, the one named after the routine that it
// changes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace zoneknot::core {

enum class Fix : std::uint8_t {
  adjust_trylock,  // F0: adjust_block takes its first zone lock carefully
  swd_skip,        // F1: file_reset does not run process_swd
  reset_one_zone,  // F2: reset_zones locks one zone at a time
  zone_lock,       // F3: the lock places of convert_to_open_zone are careful
  cleanup_aio,     // F4: cleanup_pending_aio always reaps, cancels and reaps
  quiesce_all,     // F5: quiesce remembers an error and keeps reaping
  // Not part of the series: what it takes besides to prove more kinds of jobs (docs/proof.md).
  find_zone_trylock,    // the lock place of find_zone is careful
  file_reset_quiesce,   // file_reset reaps all own I/O first
  accept_conventional,  // adjust_block gives the lock of a conventional zone back when it accepts an I/O there
  replay_order_wrap,    // replay_order goes back to the zone's first block where the next one would be behind its end
};

inline constexpr std::array<std::string_view, 10> kFixNames = {
    "adjust-trylock", "swd-skip",          "reset-one-zone",     "zone-lock",           "cleanup-aio",
    "quiesce-all",    "find-zone-trylock", "file-reset-quiesce", "accept-conventional", "replay-order-wrap"};
inline constexpr std::size_t kSeriesFixes = 6;  // the first so many are the series, and have aliases

class FixSet {
 public:
  static constexpr FixSet none() { return FixSet(0); }
  static constexpr FixSet legacy() { return FixSet(1); }
  static constexpr FixSet series() { return FixSet((1U << kSeriesFixes) - 1); }

  [[nodiscard]] constexpr bool has(Fix fix) const { return (bits_ >> static_cast<unsigned>(fix) & 1U) != 0; }
  [[nodiscard]] constexpr FixSet with(Fix fix) const { return FixSet(bits_ | 1U << static_cast<unsigned>(fix)); }
  [[nodiscard]] constexpr FixSet without(Fix fix) const { return FixSet(bits_ & ~(1U << static_cast<unsigned>(fix))); }
  constexpr bool operator==(const FixSet&) const = default;

  // "none", "legacy" or "series", then ",+name" or ",-name"; a leading "-name" starts from series, a leading "+name"
  // from legacy; F0 … F5 are aliases. The error is one line that names the part of `text` it is about.
  static tl::expected<FixSet, std::string> parse(std::string_view text);

  // The shortest text that parse() takes for this set: "series", "legacy,+swd-skip", "series,-zone-lock", …
  [[nodiscard]] std::string to_string() const;

 private:
  explicit constexpr FixSet(std::uint32_t bits) : bits_(bits) {}

  std::uint32_t bits_;
};

}  // namespace zoneknot::core
