#include "core/fix_table.h"

#include <algorithm>
#include <array>
#include <vector>

namespace zoneknot::core {
namespace {

constexpr std::array<FixRow, kFixCount> kFixTable = {{
    {Fix::adjust_trylock, "adjust-trylock", "F0", "patch 0", "adjust_block", "takes its first zone lock carefully",
     "plainly"},
    {Fix::swd_skip, "swd-skip", "F1", "patch 1", "file_reset", "does not run process_swd", "runs it"},
    {Fix::reset_one_zone, "reset-one-zone", "F2", "patch 2", "reset_zones",
     "locks, resets and releases one zone at a time", "locks every zone of the range and keeps all"},
    {Fix::zone_lock, "zone-lock", "F3", "patch 3", "convert_to_open_zone", "takes its zone locks carefully", "plainly"},
    {Fix::cleanup_aio, "cleanup-aio", "F4", "patch 4", "cleanup_pending_aio", "always reaps, cancels and reaps",
     "returns at once if the job has an error"},
    {Fix::quiesce_all, "quiesce-all", "F5", "patch 5", "quiesce",
     "remembers an error and reaps until nothing is in flight", "stops at the first error"},
    {Fix::reset_lock, "reset-lock", "G1", "3.20", "reset_zones",
     "careful, and conventional zones are passed over before locking", "plain, all zones",
     FixSet::of({Fix::reset_one_zone})},
    {Fix::find_lock, "find-lock", "G2", "3.20", "find_zone", "takes its candidates carefully", "plainly"},
    {Fix::swd_lock, "swd-lock", "G3", "3.26", "file_reset, process_swd",
     "process_swd runs for writers, careful, write-pointer zones only, keeping all", "as swd-skip says", FixSet::none(),
     FixSet::of({Fix::swd_skip})},
    {Fix::flow_quiesce, "flow-quiesce", "G4", "3.26", "job loop", "a job over its flow share quiesces on every pass",
     "spins or sleeps with its zones"},
    {Fix::conv_free, "conv-free", "G5", "3.26",
     "adjust_block, find_zone, convert_to_open_zone, queue_done, put, process_swd",
     "conventional zones are never locked, listed or given callbacks", "are locked and listed like others",
     FixSet::of({Fix::close_at_end})},
    {Fix::own_range, "own-range", "G6", "3.20", "convert_to_open_zone, find_zone",
     "only zones that lie in the job's own range are candidates", "any listed zone is, and one that the range cuts"},
    {Fix::range_assert, "range-assert", "G7", "3.20", "zone lock", "locking a zone outside the job's range aborts",
     "is allowed"},
    {Fix::put_always, "put-always", "G8", "3.20", "put", "unlocks in every build", "not in a build without assertions"},
    {Fix::first_write, "first-write", "G9", "3.20", "choice of direction",
     "a READ of a mixed job becomes a WRITE while swd is 0", "stays a READ"},
    {Fix::reset_delists, "reset-delists", "G10", "3.20", "reset_zones", "each zone is taken off the open list first",
     "stays listed"},
    {Fix::replay_writers, "replay-writers", "G11", "3.20", "adjust_block", "replay_order for writers only",
     "for readers that verify, too"},
    {Fix::reader_below_wp, "reader-below-wp", "G12", "3.23", "adjust_block",
     "a pure reader that verifies takes the ordinary READ path", "reads where it was drawn",
     FixSet::of({Fix::replay_writers})},
    {Fix::writers_reset, "writers-reset", "G13", "3.20", "file_reset", "returns at once for a job that writes nothing",
     "runs"},
    {Fix::plain_m, "plain-m", "G14", "3.20", "M", "not recursive", "recursive"},
    {Fix::reader_range, "reader-range", "G15", "3.20", "start", "the range of an rw=read job is not rounded",
     "is rounded to zones"},
    {Fix::device_limit, "device-limit", "G16", "3.20", "open_zone, start",
     "one limit of open zones for the device, and job_max_open_zones", "each job goes by its own max_open_zones"},
    {Fix::limit_in_convert, "limit-in-convert", "G17", "3.21", "convert_to_open_zone",
     "walks the open list if there is any limit", "only for a job limit", FixSet::of({Fix::device_limit})},
    {Fix::track_none, "track-none", "G18", "3.28", "open_zone", "without a limit no zone is listed", "up to 4096 are",
     FixSet::of({Fix::device_limit})},
    {Fix::list_4096, "list-4096", "G19", "3.20", "open list", "has 4096 entries", "128"},
    {Fix::emulated_empty, "emulated-empty", "G20", "3.21", "start", "emulated zones start empty", "full"},
    {Fix::capacity, "capacity", "G21", "3.22", "all", "a zone's capacity may be below its size", "equals it"},
    {Fix::short_requeue, "short-requeue", "G22", "3.22", "reap",
     "the remainder of an asynchronous short transfer is queued again and keeps its lock", "is dropped with its put"},
    {Fix::close_at_end, "close-at-end", "G23", "3.23", "convert_to_open_zone, open_zone, put, queue_done",
     "a zone leaves the open list when the write that reaches its end is put",
     "when convert_to_open_zone meets it full", FixSet::of({Fix::device_limit})},
    {Fix::count_open, "count-open", "G24", "3.23", "start",
     "zones that the device reports open are listed; those beyond the limit are reset", "the open list starts empty",
     FixSet::of({Fix::device_limit})},
    {Fix::flow_weights, "flow-weights", "G25", "3.23", "job loop", "flow is a weight",
     "a counter with sign and watermark"},
    {Fix::reset_noop, "reset-noop", "G26", "3.24", "reset_zone", "an empty zone is not reset",
     "the device is commanded"},
    {Fix::no_async_offload, "no-async-offload", "G27", "3.24", "start",
     "io_submit_mode=offload with io_uring is refused", "is allowed"},
    {Fix::skip_offline, "skip-offline", "G28", "3.26", "convert_to_open_zone", "an offline zone is no candidate",
     "it is without a limit, and aborts", FixSet::of({Fix::close_at_end})},
    {Fix::swd_wp, "swd-wp", "G29", "3.26", "process_swd, reset_zone, queue_done",
     "two sums: all zones, write-pointer zones", "one", FixSet::of({Fix::conv_free})},
    {Fix::replay_length, "replay-length", "G30", "3.26", "replay_order",
     "goes on by the length, and aborts at the zone's capacity", "by one block, without end"},
    {Fix::eof_error, "eof-error", "G31", "3.26", "adjust_block", "an I/O that cannot be placed is an error of the job",
     "ends its round in silence"},
    {Fix::reset_for_verify, "reset-for-verify", "G32", "3.27", "file_reset, reset_zones",
     "zones are reset for verify only", "and where the write pointer is no multiple of the block size"},
    {Fix::one_info, "one-info", "G33", "3.27", "start", "zonemode=zbd with create_serialize=0 is refused",
     "each job may get a zone table of its own"},
    {Fix::queued_keeps, "queued-keeps", "G34", "3.27", "queue", "QUEUED keeps its lock with every engine",
     "not with one that has no commit"},
    {Fix::device_default, "device-default", "G35", "3.27", "start",
     "without max_open_zones the device's limit counts, and more is refused", "the option alone counts",
     FixSet::of({Fix::device_limit})},
    {Fix::files, "files", "G36", "3.28", "start", "regular files have emulated zones", "have none, or are refused"},
    {Fix::index_range, "index-range", "G37", "3.28", "convert_to_open_zone",
     "the place in the open list goes by the job's range", "by the whole file", FixSet::of({Fix::own_range})},
    {Fix::trim_resets, "trim-resets", "G38", "3.28", "adjust_block, queue", "TRIM resets its zone",
     "discards, and aborts on a zone with data", FixSet::of({Fix::reset_noop})},
    {Fix::open_retry, "open-retry", "G39", "3.29", "convert_to_open_zone",
     "walks again while any job has I/O in flight, and once more", "gives up after one walk",
     FixSet::of({Fix::close_at_end})},
    {Fix::no_count_assert, "no-count-assert", "G40", "3.29", "open_zone", "wrong counts of open zones go unnoticed",
     "abort", FixSet::of({Fix::device_limit})},
    {Fix::offload_flush, "offload-flush", "G41", "3.30", "end", "the offload queue is drained before the clean-up",
     "is not"},
    {Fix::finish, "finish", "G42", "3.34", "adjust_block, convert_to_open_zone",
     "a zone with less room than a block is finished and left", "is reset when drawn",
     FixSet::of({Fix::close_at_end, Fix::conv_free})},
    {Fix::verify_first, "verify-first", "G43", "3.34", "adjust_block",
     "instead of a reset under verify, a logged write is verified", "aborts"},
    {Fix::keep_unverified, "keep-unverified", "G44", "3.34", "file_reset",
     "no reset while logged writes are unverified", "reset if the state is not VERIFYING",
     FixSet::of({Fix::reset_for_verify})},
    {Fix::no_replay, "no-replay", "G45", "3.34", "adjust_block", "replay_order is gone", "writers that verify use it",
     FixSet::of({Fix::replay_writers})},
    {Fix::first_write_own, "first-write-own", "G46", "3.34", "choice of direction",
     "first-write asks what this job wrote since its last file_reset", "whether swd is 0",
     FixSet::of({Fix::first_write})},
    {Fix::vdb_at_setup, "vdb-at-setup", "G47", "3.34", "file_reset, queue_done, reset_zone, start",
     "swd is summed once before any job runs, for jobs with a threshold", "by process_swd in each file_reset",
     FixSet::of({Fix::swd_lock, Fix::swd_wp})},
    {Fix::reap_rest, "reap-rest", "G48", "3.35", "reap", "a wait that a signal broke waits for what is missing",
     "for as many again"},
    {Fix::unlock_unchecked, "unlock-unchecked", "G49", "3.36", "unlock", "a failing unlock is ignored", "aborts",
     FixSet::none(), FixSet::of({Fix::unlock_checked})},
    {Fix::open_refused, "open-refused", "G50", "3.36", "start", "more open zones than the limit: the job is refused",
     "they are reset", FixSet::of({Fix::count_open})},
    {Fix::trim_delists, "trim-delists", "G51", "3.36", "reset_zone, reset_zones",
     "a reset by TRIM or reset_zones takes the zone off the list", "only reset_zones, always",
     FixSet::of({Fix::reset_delists, Fix::close_at_end})},
    {Fix::reader_end, "reader-end", "G52", "3.37", "start", "the end of an rw=read range is rounded down", "is not",
     FixSet::of({Fix::reader_range})},
    {Fix::rwmix_zero, "rwmix-zero", "G53", "3.37", "choice of direction", "no forced first WRITE with rwmixwrite=0",
     "forced", FixSet::of({Fix::first_write})},
    {Fix::async_trim, "async-trim", "G54", "3.38", "queue",
     "io_uring queues TRIM to the device; the zone table is not reset", "TRIM resets the zone inside queue()",
     FixSet::of({Fix::trim_resets})},
    {Fix::writers_counted, "writers-counted", "G55", "3.39", "start",
     "count-open and the job limit concern writers only", "all jobs", FixSet::of({Fix::count_open})},
    {Fix::finish_one, "finish-one", "G56", "3.40", "convert_to_open_zone",
     "where all listed zones are almost full, one is finished and returned", "none is returned",
     FixSet::of({Fix::finish, Fix::open_retry})},
    {Fix::recover, "recover", "G57", "3.40", "queue_done, reap, adjust_block", "recover_zbd_write_error",
     "there is no such option"},
    {Fix::requeue_put, "requeue-put", "G58", "3.41", "thread end",
     "units left on the requeue list are put, after the zone table was freed", "are forgotten with their locks"},
    {Fix::plain_end, "plain-end", "G59", "3.41", "end", "a failed job reaps once and cancels nothing",
     "cleanup_pending_aio", FixSet::none(), FixSet::of({Fix::cleanup_aio})},
    {Fix::async_sync, "async-sync", "G60", "3.41", "queue", "libaio queues SYNC", "does it inside queue()"},
    {Fix::retry_from_draw, "retry-from-draw", "G61", "3.42", "convert_to_open_zone",
     "a random job's walk begins at the zone it began with", "behind the last zone tried",
     FixSet::of({Fix::finish, Fix::open_retry})},
    {Fix::relist, "relist", "G62", "3.42", "convert_to_open_zone",
     "a listed zone with room is opened again after its lock was taken", "is returned, listed or not",
     FixSet::of({Fix::finish})},
    {Fix::write_remainder, "write-remainder", "G63", "3.42", "adjust_block, convert_to_open_zone",
     "write_zone_remainder", "there is no such option", FixSet::of({Fix::finish})},
    {Fix::worker_flag, "worker-flag", "G64", "3.42", "start", "offload workers keep their flags",
     "a job may wait for its workers for ever"},
    {Fix::unlock_checked, "unlock-checked", "G65", "3.26", "unlock", "a failing unlock aborts", "only put's does"},
    {Fix::candidate_leak, "candidate-leak", "X1", "", "convert_to_open_zone",
     "returns with M and the zone held where no listed zone is its own", "releases both", FixSet::of({Fix::own_range})},
    {Fix::replay_unlock, "replay-unlock", "X2", "", "adjust_block",
     "gives the zone of replay_order back and accepts all the same", "keeps it"},
    {Fix::ndebug, "ndebug", "", "", "assertion", "an assertion of the program goes on", "aborts"},
    {Fix::file_reset_quiesce, "file-reset-quiesce", "", "", "file_reset", "reaps all own I/O first",
     "with own I/O under way"},
    {Fix::accept_conventional, "accept-conventional", "", "", "adjust_block",
     "gives the lock of a conventional zone back when it accepts an I/O there", "keeps it for ever"},
    {Fix::replay_order_wrap, "replay-order-wrap", "", "", "replay_order",
     "goes back to the first block at the zone's end", "goes past it"},
    {Fix::commit_in_reap, "commit-in-reap", "", "", "reap", "what a reap submits is in flight then, as after a commit",
     "is taken off the count of I/O in flight without having been put on it"},
    {Fix::reap_when_done, "reap-when-done", "", "", "reap", "a job that is done reaps like any other",
     "reaps nothing any more"},
    {Fix::remainder_at_once, "remainder-at-once", "", "", "reap",
     "the remainder of a short transfer is issued again at once, and the last reap waits for it",
     "waits on the requeue list, with its lock", FixSet::of({Fix::short_requeue})},
    {Fix::overlap_quiesces, "overlap-quiesces", "", "", "queue",
     "a unit that overlaps one in flight waits for it (serialize_overlap)", "goes to the requeue list, with its lock"},
    {Fix::owner_puts, "owner-puts", "", "", "put", "the thread that took a zone gives it back, whoever reaped the I/O",
     "the one that reaped tries to"},
    {Fix::opener_slot, "opener-slot", "", "", "open_zone, close_zone",
     "the slot of an open zone goes back to the job that has opened it", "to the job that closes it",
     FixSet::of({Fix::device_limit})},
    {Fix::slot_wait, "slot-wait", "", "", "convert_to_open_zone",
     "a job that may open no zone and has none waits until others need fewer", "ends", FixSet::of({Fix::finish})},
    {Fix::end_delists, "end-delists", "", "", "thread end", "the zones that a job has opened are open no longer",
     "stay listed", FixSet::of({Fix::opener_slot})},
    {Fix::round_base, "round-base", "", "", "round", "every round begins at a zone's start, as the first does",
     "later ones at the offset as it was given"},
    {Fix::skip_in_range, "skip-in-range", "", "", "choice of block",
     "zoneskip that would leave the job's range begins it anew", "goes on to the device's end"},
    {Fix::read_to_write, "read-to-write", "", "", "adjust_block",
     "a READ of a mixed job that finds no data becomes a WRITE", "ends the round"},
    {Fix::trim_sequential, "trim-sequential", "", "", "adjust_block",
     "a random TRIM that looks for another zone passes conventional ones over", "aborts on them",
     FixSet::of({Fix::trim_resets})},
    {Fix::window_unit, "window-unit", "", "3.21", "latency target", "latency_window is as long as it is given",
     "a thousand times as long"},
    {Fix::rate_stop, "rate-stop", "", "3.22", "choice of direction",
     "a sleep for rate ends with the runtime or a stop request, and its unit is dropped",
     "lasts to its end, and the unit is issued"},
    {Fix::think_count, "think-count", "", "3.28", "job loop",
     "a pause is due thinktime_blocks I/Os after the count at the last one", "at multiples of thinktime_blocks"},
    {Fix::sync_after_write, "sync-after-write", "", "3.38", "choice of direction",
     "fsync and fdatasync are due after a write alone", "they are due again after each read, until the next write"},
}};

// A witness of before knows find-lock under this name.
constexpr std::string_view kFormerFindLock = "find-zone-trylock";

// Releases that behave alike, and what they add to and take from the ones before.
struct Release {
  unsigned first;  // of fio 3
  unsigned last;
  std::vector<std::string_view> dates;
  FixSet adds;
  FixSet takes = FixSet::none();
};

std::vector<Release> releases() {
  using enum Fix;
  return {
      {18, 19, {"2020-02-05", "2020-03-12"}, FixSet::legacy()},
      {20,
       20,
       {"2020-05-23"},
       FixSet::series().with(
           FixSet::of({reset_lock, find_lock, own_range, range_assert, put_always, first_write, reset_delists,
                       replay_writers, writers_reset, plain_m, reader_range, device_limit, list_4096}))},
      {21, 21, {"2020-07-20"}, FixSet::of({limit_in_convert, emulated_empty, window_unit})},
      {22, 22, {"2020-08-16"}, FixSet::of({capacity, short_requeue, rate_stop})},
      {23, 23, {"2020-09-06"}, FixSet::of({reader_below_wp, close_at_end, count_open, flow_weights})},
      {24, 25, {"2020-11-12", "2020-12-04"}, FixSet::of({reset_noop, no_async_offload, replay_unlock})},
      {26,
       26,
       {"2021-03-08"},
       FixSet::of({swd_lock, flow_quiesce, conv_free, skip_offline, swd_wp, replay_length, eof_error, unlock_checked}),
       FixSet::of({swd_skip, replay_unlock})},
      {27, 27, {"2021-05-26"}, FixSet::of({reset_for_verify, one_info, queued_keeps, device_default})},
      {28, 28, {"2021-09-08"}, FixSet::of({track_none, files, index_range, trim_resets, think_count})},
      {29, 29, {"2021-12-18"}, FixSet::of({open_retry, no_count_assert})},
      {30, 33, {"2022-04-06", "2022-06-06", "2022-08-30", "2022-11-06"}, FixSet::of({offload_flush})},
      {34,
       34,
       {"2023-03-14"},
       FixSet::of({finish, verify_first, keep_unverified, no_replay, first_write_own, vdb_at_setup})},
      {35, 35, {"2023-05-23"}, FixSet::of({reap_rest})},
      {36,
       36,
       {"2023-10-20"},
       FixSet::of({unlock_unchecked, open_refused, trim_delists}),
       FixSet::of({unlock_checked})},
      {37, 37, {"2024-03-26"}, FixSet::of({reader_end, rwmix_zero})},
      {38, 38, {"2024-10-02"}, FixSet::of({async_trim, sync_after_write})},
      {39, 39, {"2025-02-18"}, FixSet::of({writers_counted})},
      {40, 40, {"2025-05-20"}, FixSet::of({finish_one, recover})},
      {41, 41, {"2025-09-05"}, FixSet::of({requeue_put, plain_end, async_sync}), FixSet::of({cleanup_aio})},
      {42, 42, {"2026-04-06"}, FixSet::of({retry_from_draw, relist, write_remainder, worker_flag})},
  };
}

std::vector<Preset> make_presets() {
  std::vector<Preset> all = {
      {"none", "", FixSet::none()}, {"legacy", "", FixSet::legacy()}, {"series", "", FixSet::series()}};
  FixSet set = FixSet::none();
  for (const Release& release : releases()) {
    set = set.without(release.takes).with(release.adds);
    for (unsigned minor = release.first; minor <= release.last; ++minor) {
      all.push_back({"fio-3." + std::to_string(minor), release.dates.at(minor - release.first), set});
    }
  }
  all.push_back({"fio-newest", "2026-08-21", set});
  return all;
}

}  // namespace

std::span<const FixRow> fix_table() { return kFixTable; }

const FixRow& row_of(Fix fix) { return kFixTable.at(static_cast<std::size_t>(fix)); }

std::optional<Fix> find_fix(std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (name == kFormerFindLock) return Fix::find_lock;
  for (const FixRow& row : kFixTable) {
    if (name == row.name || name == row.alias) return row.fix;
  }
  return std::nullopt;
}

std::span<const Preset> presets() {
  static const std::vector<Preset> kAll = make_presets();
  return kAll;
}

const Preset* find_preset(std::string_view name) {
  const auto found =
      std::find_if(presets().begin(), presets().end(), [&](const Preset& preset) { return preset.name == name; });
  return found == presets().end() ? nullptr : &*found;
}

std::optional<std::string> contradiction(FixSet set) {
  for (const Fix fix : set.list()) {
    const FixRow& row = row_of(fix);
    if (const FixSet missing = row.needs.without(set); !missing.empty()) {
      return std::string(row.name) + " needs " + std::string(row_of(missing.list().front()).name) + ", which is off";
    }
    if (const FixSet both = row.replaces.common(set); !both.empty()) {
      return std::string(row.name) + " replaces " + std::string(row_of(both.list().front()).name) +
             ": only one of them can be on";
    }
  }
  return std::nullopt;
}

FixSet turned(FixSet set, Fix fix) {
  // What has to be as it will be: the switch, and where it is turned on all that it needs, directly or not.
  FixSet settled = FixSet::of({fix});
  if (set.has(fix)) {
    set = set.without(fix);
  } else {
    for (int known = 0; known != settled.count();) {
      known = settled.count();
      for (const Fix one : settled.list()) settled = settled.with(row_of(one).needs);
    }
    set = set.with(settled);
  }
  // Then everything goes that does not fit with it, until nothing is left to go.
  for (int before = -1; before != set.count();) {
    before = set.count();
    for (const Fix one : set.list()) {
      const FixSet both = row_of(one).replaces.common(set);
      if (!row_of(one).needs.without(set).empty()) {
        set = set.without(one);
      } else if (!both.empty()) {
        set = settled.has(one) ? set.without(both) : set.without(one);
      }
    }
  }
  return set;
}

}  // namespace zoneknot::core
