#include "lockcheck/text/fio_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace zoneknot::lockcheck {
namespace {

constexpr std::array<FioName, 87> kFioNames = {{
    {"zbd_adjust_block",
     "adjust_block|place_read|place_write|read_of_*|write_of_*|trim_of_*|zone_with_room|verify_instead|"
     "reset_and_rewind",
     FioFrame::zone_routine, "moves an I/O to where its zone can take it"},
    {"zbd_convert_to_open_zone",
     "convert_to_*|convert_from|open_another|take_open_zone_with_room|settle_on_listed|open_next|"
     "take_listed_with_room|walks_again|finish_and_leave|open_head|finish_listed|open_other_than|waits_for_slot|"
     "quiesce_on",
     FioFrame::zone_routine, "looks for another zone to write to", "", "3.36"},
    {"zbd_convert_to_write_zone", "", FioFrame::zone_routine, "the same, since fio 3.36", "3.36"},
    {"zbd_convert_to_open_zone", "examine|examine_listed|limit_is_reached|leaks_candidate", FioFrame::table_routine,
     "looks at the list of open zones for that", "", "3.36"},
    {"zbd_find_zone", "find_zone", FioFrame::zone_routine, "looks for a zone with data to read"},
    {"zbd_replay_write_order", "replay_order", FioFrame::zone_routine, "repeats writes for verification"},
    {"zbd_process_swd", "process_swd", FioFrame::zone_routine, "sums up the data of all zones, all locked"},
    {"zbd_file_reset", "file_reset", FioFrame::zone_routine, "readies the zones when a file is opened"},
    {"zbd_reset_zones", "reset_zones|reset_range_*|needs_reset", FioFrame::zone_routine,
     "resets the zones of the range"},
    {"zbd_reset_range", "", FioFrame::zone_routine, "resets a run of zones"},
    {"zbd_reset_zone", "reset_zone|reset_in_place", FioFrame::zone_routine, "resets one zone"},
    {"zbd_recover_write_error", "mend_zone|write_missing", FioFrame::zone_routine,
     "writes what a failed write left out"},
    {"zbd_finish_zone", "finish_zone", FioFrame::zone_routine, "finishes one zone"},
    {"zbd_do_io_u_trim", "trim_zone", FioFrame::zone_routine, "resets the zone of a TRIM"},
    {"zbd_open_zone", "open_zone|take_slot", FioFrame::table_routine, "puts a zone on the list of open zones", "",
     "3.36"},
    {"zbd_write_zone_get", "", FioFrame::table_routine, "the same, since fio 3.36", "3.36"},
    {"zbd_close_zone", "close_zone|close_listed|give_slot_back|delist_own", FioFrame::table_routine,
     "takes a zone off that list", "", "3.36"},
    {"zbd_write_zone_put", "", FioFrame::table_routine, "the same, since fio 3.36", "3.36"},
    {"zbd_queue_io", "queue_done|advance_wp|count_accepted_write", FioFrame::table_routine,
     "moves the write pointer after an I/O was queued"},
    {"zbd_end_zone_io", "end_io", FioFrame::table_routine, "takes a full zone off the list"},
    {"zbd_put_io", "put_zone|unlock_zone_of|unlock_by_another|count_ended_write", FioFrame::table_routine,
     "gives the zone of an I/O back"},
    {"zbd_dec_and_reset_write_cnt", "dec_write_cnt|reload_write_cnt", FioFrame::table_routine,
     "counts writes for zone_reset_frequency"},
    {"zbd_free_zone_info", "run", FioFrame::table_routine, "lets the table of zones go"},
    {"zone_lock", "take", FioFrame::lock_call, "takes a zone's lock, reaping before it waits", "3.20"},
    {"zbd_zone_lock", "", FioFrame::lock_call, "the same, before fio 3.20", "", "3.20"},
    {"pthread_mutex_lock", "do_lock|lock", FioFrame::lock_call, "waits for a mutex"},
    {"__pthread_mutex_lock", "", FioFrame::lock_call, "waits for a mutex"},
    {"___pthread_mutex_lock", "", FioFrame::lock_call, "waits for a mutex"},
    {"__GI___pthread_mutex_lock", "", FioFrame::lock_call, "waits for a mutex"},
    {"lll_mutex_lock_optimized", "", FioFrame::lock_call, "waits for a mutex"},
    {"__lll_lock_wait", "", FioFrame::lock_call, "waits for a mutex"},
    {"__GI___lll_lock_wait", "", FioFrame::lock_call, "waits for a mutex"},
    {"pthread_cond_wait", "do_wait|do_acquire", FioFrame::signal_call, "waits for another thread's signal"},
    {"___pthread_cond_wait", "", FioFrame::signal_call, "waits for another thread's signal"},
    {"__pthread_cond_wait", "", FioFrame::signal_call, "waits for another thread's signal"},
    {"__pthread_cond_wait_common", "", FioFrame::signal_call, "waits for another thread's signal"},
    {"pthread_cond_timedwait", "", FioFrame::signal_call, "waits for another thread's signal"},
    {"___pthread_cond_timedwait64", "", FioFrame::signal_call, "waits for another thread's signal"},
    {"sem_wait", "", FioFrame::signal_call, "waits for another thread's signal"},
    {"fio_sem_down", "", FioFrame::signal_call, "waits for another thread's signal"},
    {"fio_sem_down_timeout", "", FioFrame::signal_call, "waits for another thread's signal"},
    {"io_u_quiesce", "quiesce", FioFrame::reap, "reaps until nothing is in flight"},
    {"io_u_queued_complete", "reap", FioFrame::reap, "reaps completions and puts their I/Os"},
    {"td_io_getevents", "wait_for", FioFrame::reap, "waits for completions"},
    {"fio_libaio_getevents", "do_reap", FioFrame::reap, "waits for completions"},
    {"fio_ioring_getevents", "", FioFrame::reap, "waits for completions"},
    {"io_getevents", "io_getevents", FioFrame::reap, "waits for completions"},
    {"io_u_sync_complete", "", FioFrame::issue, "puts an I/O that was done at once"},
    {"wait_for_completions", "", FioFrame::reap, "reaps in the loop of a job"},
    {"cleanup_pending_aio",
     "cleanup_pending_aio|wait_for_unsubmitted|end_of_loop|release_everything|put_requeued|reap_last",
     FioFrame::end_of_job, "reaps what is in flight when a job ends"},
    {"usec_sleep", "sleep|do_sleep|pause_if_due|sleep_until", FioFrame::sleep, "pauses: thinktime, rate"},
    {"usec_spin", "", FioFrame::sleep, "pauses: thinktime_spin"},
    {"handle_thinktime", "", FioFrame::sleep, "pauses: thinktime"},
    {"rate_submit", "", FioFrame::sleep, "pauses: rate"},
    {"flow_threshold_exceeded", "beyond_share|beyond_watermark", FioFrame::sleep, "pauses: flow"},
    {"td_io_queue", "issue|do_queue", FioFrame::issue, "hands an I/O to the engine"},
    {"td_io_commit", "commit|do_commit|announce_commits", FioFrame::issue, "submits what was queued"},
    {"fio_libaio_commit", "", FioFrame::issue, "submits what was queued"},
    {"fio_ioring_commit", "", FioFrame::issue, "submits what was queued"},
    {"fio_libaio_queue", "", FioFrame::issue, "hands an I/O to the engine"},
    {"fio_ioring_queue", "", FioFrame::issue, "hands an I/O to the engine"},
    {"fio_psyncio_queue", "", FioFrame::issue, "reads or writes"},
    {"get_io_u", "next_unit", FioFrame::issue, "prepares an I/O"},
    {"fill_io_u", "fill|draw_length|draw_share|choose_direction", FioFrame::issue, "chooses what an I/O is"},
    {"get_next_file", "choose_file", FioFrame::issue, "chooses the file of an I/O"},
    {"get_next_block", "next_free|next_drawn_again|choose_*|skip_zone_if_due|writes_first", FioFrame::issue,
     "chooses the block of an I/O"},
    {"get_next_offset", "", FioFrame::issue, "chooses the block of an I/O"},
    {"workqueue_init", "start_workers", FioFrame::issue, "starts the threads that submit"},
    {"get_next_file", "open_file", FioFrame::issue, "opens the next file"},
    {"td_io_open_file", "", FioFrame::issue, "opens a file"},
    {"requeue_io_u", "requeue", FioFrame::issue, "puts an I/O back, to be issued again"},
    {"put_io_u", "put", FioFrame::issue, "gives an I/O back"},
    {"do_io", "main_loop|issue_and_reap", FioFrame::job, "the loop of a job"},
    {"do_verify", "verify_phase", FioFrame::job, "the verify phase of a job"},
    {"thread_main", "rounds", FioFrame::job, "a job"},
    {"verify_async_thread", "", FioFrame::helper, "verifies for a job"},
    {"worker_thread", "", FioFrame::helper, "submits for a job (io_submit_mode=offload)"},
    {"helper_thread_main", "", FioFrame::helper, "statistics"},
    {"helper_do_stat", "", FioFrame::helper, "statistics"},
    {"disk_thread_main", "", FioFrame::helper, "statistics of disks"},
    {"gtod_thread_main", "", FioFrame::helper, "the clock (gtod_cpu)"},
    {"idle_prof_thread_fn", "", FioFrame::helper, "idle profiling"},
    {"fio_server", "", FioFrame::helper, "the server"},
    {"fio_backend", "", FioFrame::helper, "starts the jobs and waits for them"},
    {"run_threads", "", FioFrame::helper, "starts the jobs and waits for them"},
    {"reap_threads", "", FioFrame::helper, "waits for jobs to end"},
    {"wait_for_threads", "join|do_join", FioFrame::helper, "waits for jobs to end"},
}};

// `names` as in FioName::ours.
bool has_fio_name(std::string_view names, std::string_view function) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('|'), names.size());
    const std::string_view name = names.substr(0, end);
    names.remove_prefix(std::min(end + 1, names.size()));
    if (name.ends_with('*') ? function.starts_with(name.substr(0, name.size() - 1)) : function == name) return true;
  }
  return false;
}

std::string_view fio_frame_text(FioFrame frame) {
  static constexpr std::array<std::string_view, 10> kFrameTexts = {"waits for a zone",
                                                                   "waits for M",
                                                                   "waits for a lock",
                                                                   "waits for a signal",
                                                                   "reaps",
                                                                   "reaps at its end",
                                                                   "sleeps",
                                                                   "runs",
                                                                   "runs",
                                                                   "no job"};
  return kFrameTexts.at(static_cast<std::size_t>(frame));
}

}  // namespace

std::span<const FioName> fio_names() { return kFioNames; }

const FioName* fio_name(std::string_view function) {
  const auto row = std::ranges::find(kFioNames, function, &FioName::fio);
  return row == kFioNames.end() ? nullptr : &*row;
}

const FioName* fio_name_of_ours(std::string_view function) {
  const auto row =
      std::ranges::find_if(kFioNames, [&](const FioName& name) { return has_fio_name(name.ours, function); });
  return row == kFioNames.end() ? nullptr : &*row;
}

std::string_view fio_function_of(std::string_view ours) {
  // The loops of a job and of all jobs are called the same here, and one of the two frees the table of zones.
  if (ours == "run") return {};
  const FioName* row = fio_name_of_ours(ours);
  return row == nullptr ? std::string_view() : row->fio;
}

std::string fio_names_markdown() {
  std::string out = "| in fio | here | a thread in it | what it does |\n|---|---|---|---|\n";
  for (const FioName& name : kFioNames) {
    std::string ours;
    for (std::string_view rest = name.ours; !rest.empty();) {
      const std::size_t end = std::min(rest.find('|'), rest.size());
      ours += fmt::format("{}`{}`", ours.empty() ? "" : ", ", rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    out += fmt::format("| `{}` | {} | {} | {} |\n", name.fio, ours, fio_frame_text(name.frame), name.does);
  }
  return out;
}

}  // namespace zoneknot::lockcheck
