// The switches of the two protocol pages (docs/protocol.md, docs/fio-releases.md): each turns one change of the zone
// locking on or off. A FixSet is a value; every switch is read in exactly one function for each routine that it
// changes. What each is called, does and needs stands in core/fix_table.h.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace zoneknot::core {

// In the order of the pages: F0 … F5, G1 … G65, seeded bugs, the build, what nobody has released.
enum class Fix : std::uint8_t {
  adjust_trylock,  // F0
  swd_skip,
  reset_one_zone,
  zone_lock,
  cleanup_aio,
  quiesce_all,

  reset_lock,  // G1
  find_lock,
  swd_lock,
  flow_quiesce,
  conv_free,
  own_range,
  range_assert,
  put_always,
  first_write,
  reset_delists,  // G10
  replay_writers,
  reader_below_wp,
  writers_reset,
  plain_m,
  reader_range,
  device_limit,
  limit_in_convert,
  track_none,
  list_4096,
  emulated_empty,  // G20
  capacity,
  short_requeue,
  close_at_end,
  count_open,
  flow_weights,
  reset_noop,
  no_async_offload,
  skip_offline,
  swd_wp,
  replay_length,  // G30
  eof_error,
  reset_for_verify,
  one_info,
  queued_keeps,
  device_default,
  files,
  index_range,
  trim_resets,
  open_retry,
  no_count_assert,  // G40
  offload_flush,
  finish,
  verify_first,
  keep_unverified,
  no_replay,
  first_write_own,
  vdb_at_setup,
  reap_rest,
  unlock_unchecked,
  open_refused,  // G50
  trim_delists,
  reader_end,
  rwmix_zero,
  async_trim,
  writers_counted,
  finish_one,
  recover,
  requeue_put,
  plain_end,
  async_sync,  // G60
  retry_from_draw,
  relist,
  write_remainder,
  worker_flag,
  unlock_checked,  // G65

  candidate_leak,  // X1
  replay_unlock,   // X2
  ndebug,

  file_reset_quiesce,  // of no release: what the series leaves open (docs/proof.md)
  accept_conventional,
  replay_order_wrap,

  commit_in_reap,  // of no release: what the newest one leaves open (docs/fio-today.md)
  reap_when_done,
  remainder_at_once,
  overlap_quiesces,
  owner_puts,
  opener_slot,
  slot_wait,
  end_delists,
  round_base,
  skip_in_range,
  read_to_write,
  trim_sequential,

  window_unit,  // smaller changes of releases, which the page gives no number
  rate_stop,
  think_count,
  sync_after_write,
};

inline constexpr std::size_t kFixCount = static_cast<std::size_t>(Fix::sync_after_write) + 1;
inline constexpr std::size_t kSeriesFixes = 6;  // the first so many are the series

class FixSet {
 public:
  static constexpr FixSet none() { return {}; }
  static constexpr FixSet legacy() { return of({Fix::adjust_trylock}); }
  static constexpr FixSet series() {
    return of(
        {Fix::adjust_trylock, Fix::swd_skip, Fix::reset_one_zone, Fix::zone_lock, Fix::cleanup_aio, Fix::quiesce_all});
  }
  // What a command goes by that was not told: the newest release (core/fix_table.h).
  static FixSet standard();
  static constexpr FixSet of(std::initializer_list<Fix> fixes) {
    FixSet set;
    for (const Fix fix : fixes) set = set.with(fix);
    return set;
  }

  [[nodiscard]] constexpr bool has(Fix fix) const { return (bits_[word(fix)] & bit(fix)) != 0; }
  [[nodiscard]] constexpr FixSet with(Fix fix) const {
    FixSet set = *this;
    set.bits_[word(fix)] |= bit(fix);
    return set;
  }
  [[nodiscard]] constexpr FixSet without(Fix fix) const {
    FixSet set = *this;
    set.bits_[word(fix)] &= ~bit(fix);
    return set;
  }
  [[nodiscard]] constexpr FixSet with(FixSet other) const {
    return {bits_[0] | other.bits_[0], bits_[1] | other.bits_[1]};
  }
  [[nodiscard]] constexpr FixSet without(FixSet other) const {
    return {bits_[0] & ~other.bits_[0], bits_[1] & ~other.bits_[1]};
  }
  // The switches that are on in just one of the two sets, and those that are on in both.
  [[nodiscard]] constexpr FixSet differing(FixSet other) const {
    return {bits_[0] ^ other.bits_[0], bits_[1] ^ other.bits_[1]};
  }
  [[nodiscard]] constexpr FixSet common(FixSet other) const {
    return {bits_[0] & other.bits_[0], bits_[1] & other.bits_[1]};
  }
  [[nodiscard]] constexpr int count() const { return std::popcount(bits_[0]) + std::popcount(bits_[1]); }
  [[nodiscard]] constexpr bool empty() const { return bits_[0] == 0 && bits_[1] == 0; }
  // Those that are on, in the order of the enumeration.
  [[nodiscard]] std::vector<Fix> list() const;
  constexpr bool operator==(const FixSet&) const = default;

  // A preset (core/fix_table.h), then ",+name" or ",-name"; a leading sign starts from standard(). Aliases (F0 … F5,
  // G1 … G65, X1, X2) are names. A set that contradicts itself is refused. The error is one line that names the part
  // of `text` it is about.
  static tl::expected<FixSet, std::string> parse(std::string_view text);

  // The shortest text that parse() takes for this set: "series", "legacy,+swd-skip", "fio-3.33,-zone-lock", …
  [[nodiscard]] std::string to_string() const;

  // What a witness keeps and hashes: names no release, of which a later version of this program may think differently.
  // Every version gives the same text.
  [[nodiscard]] std::string resolved() const;

 private:
  constexpr FixSet() = default;
  constexpr FixSet(std::uint64_t low, std::uint64_t high) : bits_{low, high} {}
  static constexpr std::size_t word(Fix fix) { return static_cast<std::size_t>(fix) / 64; }
  static constexpr std::uint64_t bit(Fix fix) { return std::uint64_t{1} << (static_cast<unsigned>(fix) % 64); }

  std::array<std::uint64_t, 2> bits_{};
};

}  // namespace zoneknot::core
