// The one table of options. Rows of the same use stand together, in the order in which the page shows them.
#include <limits>

#include "tools/jobfile/job_values.h"

namespace zoneknot::tools {
namespace {

using core::JobSpec;
using Draft = SectionDraft;

constexpr std::uint64_t kU32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kU64 = std::numeric_limits<std::uint64_t>::max();

constexpr JobOption words(std::string_view name, std::string_view synonyms, ApplyOption apply, std::string_view values,
                          std::string_view help) {
  return {name, synonyms, OptionUse::supported, OptionKind::words, apply, 0, 0, values, help};
}

constexpr JobOption flag(std::string_view name, std::string_view synonyms, ApplyOption apply, std::string_view help) {
  return {name, synonyms, OptionUse::supported, OptionKind::flag, apply, 0, 1, "", help};
}

template <auto pointer>
constexpr JobOption flag(std::string_view name, std::string_view synonyms, std::string_view help) {
  return flag(name, synonyms, set_flag<pointer>, help);
}

template <auto pointer>
constexpr JobOption count(std::string_view name, std::string_view synonyms, std::uint64_t least, std::uint64_t most,
                          std::string_view help) {
  return {name, synonyms, OptionUse::supported, OptionKind::count, set_count<pointer>, least, most, "", help};
}

template <auto pointer>
constexpr JobOption size(std::string_view name, std::string_view help) {
  return {name, "", OptionUse::supported, OptionKind::size, set_size<pointer>, 0, 0, "", help};
}

template <auto pointer>
constexpr JobOption amount(std::string_view name, std::string_view synonyms, std::string_view help) {
  return {name, synonyms, OptionUse::supported, OptionKind::amount, set_amount<pointer>, 0, 0, "", help};
}

template <auto pointer>
constexpr JobOption time(std::string_view name, std::string_view synonyms, std::uint64_t unit_ns,
                         std::string_view help) {
  return {name, synonyms, OptionUse::supported, OptionKind::time, set_time<pointer>, unit_ns, 0, "", help};
}

template <auto pointer>
constexpr JobOption counts(std::string_view name, std::string_view synonyms, std::uint64_t most,
                           std::string_view help) {
  return {name, synonyms, OptionUse::supported, OptionKind::counts, set_counts<pointer>, 0, most, "", help};
}

template <auto pointer>
constexpr JobOption signed_count(std::string_view name, std::string_view help) {
  return {name, "", OptionUse::supported, OptionKind::signed_count, set_signed<pointer>, 0, 0, "", help};
}

template <auto pointer>
constexpr JobOption fraction(std::string_view name, std::string_view help) {
  return {name, "", OptionUse::supported, OptionKind::fraction, set_fraction<pointer>, 0, 1, "", help};
}

// `harmless`: the values that say what happens without the option, separated by blanks.
constexpr JobOption not_yet(std::string_view name, std::string_view synonyms, std::string_view help,
                            std::string_view harmless = "") {
  return {name, synonyms, OptionUse::not_yet, OptionKind::words, nullptr, 0, 0, harmless, help};
}

// An option that fio has since 3.`minor`.
constexpr JobOption since(unsigned minor, JobOption option) {
  option.since = minor;
  return option;
}

constexpr JobOption ignored(std::string_view name, std::string_view synonyms, std::string_view help,
                            std::string_view harmless = "") {
  return {name, synonyms, OptionUse::ignored, OptionKind::words, nullptr, 0, 0, harmless, help};
}

constexpr JobOption kOptions[] = {
    words("filename", "", set_filename, "a name, or several: `a:b`",
          "the device; `\\:` is a colon in a name; adds to those of `[global]`, as in fio"),
    count<&Draft::nrfiles>("nrfiles", "nr_files", 1, kMaxFiles, "so many files, where no filename is given"),
    words("file_service_type", "", set_file_service, "`roundrobin`, `random`, `sequential`; `random:8`",
          "which of several files is next, and for how many I/Os; default roundrobin"),
    count<&JobSpec::open_files>("openfiles", "", 0, kU32, "files that are open at a time; 0: all"),
    words("zonemode", "", set_zone_mode, "`zbd`", "must be given: other modes are not supported"),
    size<&JobSpec::zone_size>("zonesize", "size of a zone; absent: the device's"),
    since(22, size<&JobSpec::zone_capacity>("zonecapacity", "writable part of a zone; absent: the zone size")),
    amount<&Draft::zone_skip>("zoneskip", "", "a sequential job leaves out so much after each zone"),
    count<&JobSpec::max_open_zones>("max_open_zones", "", 0, kMaxOpenZonesOption,
                                    "zones that are open at a time; 0: no limit"),
    since(20, count<&JobSpec::job_max_open_zones>("job_max_open_zones", "", 0, kMaxOpenZonesOption,
                                                  "the same for one job; 0: no limit")),
    fraction<&JobSpec::zone_reset_threshold>("zone_reset_threshold", "part of the range that holds data before resets"),
    fraction<&JobSpec::zone_reset_frequency>("zone_reset_frequency", "resets for each write above the threshold"),
    flag<&JobSpec::read_beyond_wp>("read_beyond_wp", "", "reads may lie above the write pointer"),
    since(28, flag<&JobSpec::ignore_zone_limits>("ignore_zone_limits", "",
                                                 "max_open_zones may be above what the device can do")),
    since(42, flag<&JobSpec::write_zone_remainder>("write_zone_remainder", "",
                                                   "a block is cut to what is left of its zone")),

    words("rw", "readwrite", set_rw,
          "`read`, `write`, `trim`, `randread`, `randwrite`, `randtrim`, `rw`, `readwrite`, `randrw`, `trimwrite`, "
          "`randtrimwrite`; `randwrite:8`, `write:64k`",
          "what the job does; default read; `:8` draws a place for every eighth I/O, `:64k` leaves so much out after "
          "each"),
    counts<&JobSpec::percentage_random>("percentage_random", "", 100, "percent of a random job's I/Os; default 100"),
    count<&JobSpec::rwmixread>("rwmixread", "", 0, 100, "percent of reads in a mixed job; default 50"),
    {"rwmixwrite", "", OptionUse::supported, OptionKind::count, set_mix_of_writes, 0, 100, "",
     "percent of writes in a mixed job; the later of the two counts"},
    words("bs", "blocksize", set_block_sizes, "up to three sizes: `4k`, `4k,16k`, `4k,,8k`",
          "block size for reads, writes, trims; default 4k"),
    words("bsrange", "blocksize_range", set_block_ranges, "up to three ranges: `4k-16k,4k-8k`",
          "smallest and largest block; goes before bs"),
    words("bssplit", "", set_block_split, "up to three mixes: `4k/10:64k/90,16k`",
          "so many percent of the I/Os have this size; goes before bs and bsrange"),
    amount<&Draft::size>("size", "", "the job's range; absent: to the end of the device"),
    amount<&Draft::offset>("offset", "", "where the range begins"),
    amount<&Draft::offset_increment>("offset_increment", "", "added to offset for each job of numjobs"),
    amount<&Draft::io_size>("io_size", "io_limit", "bytes to transfer; absent: size"),
    count<&JobSpec::number_ios>("number_ios", "", 0, kU64, "I/Os after which the job ends; 0: no limit"),
    count<&JobSpec::loops>("loops", "", 1, kU32, "rounds"),

    words("ioengine", "", set_engine,
          "`psync`, `sync`, `pvsync`, `pvsync2`, `libzbc`, `libaio`, `io_uring`, `io_uring_cmd`",
          "default psync, which the other synchronous ones are taken for, as io_uring is for io_uring_cmd"),
    count<&JobSpec::iodepth>("iodepth", "", 1, core::kMaxIoDepth, "I/Os in flight at a time; default 1"),
    count<&Draft::batch>("iodepth_batch", "iodepth_batch_submit", 0, kU32,
                         "I/Os handed over at a time; 0 or above iodepth: iodepth"),
    count<&JobSpec::complete_min>("iodepth_batch_complete_min", "iodepth_batch_complete", 0, core::kMaxIoDepth,
                                  "I/Os to wait for; 0: poll"),
    count<&Draft::complete_max>("iodepth_batch_complete_max", "", 0, core::kMaxIoDepth,
                                "I/Os to reap at most; at least the minimum"),
    count<&Draft::iodepth_low>("iodepth_low", "", 0, kU32, "reap down to this many; 0 or above iodepth: iodepth"),
    flag<&JobSpec::direct>("direct", "", "past the page cache; default 1, unlike fio"),
    flag("buffered", "", clear_flag<&JobSpec::direct>, "the opposite of direct"),
    count<&JobSpec::fsync>("fsync", "", 0, kU32, "a sync after so many writes; 0: none"),
    count<&JobSpec::fdatasync>("fdatasync", "", 0, kU32, "the same with a sync of data alone"),
    flag<&JobSpec::end_fsync>("end_fsync", "", "a sync at the end"),

    count<&Draft::numjobs>("numjobs", "", 1, kMaxJobs, "jobs of this section"),
    flag("thread", "", check_flag, "jobs are threads here in any case"),
    flag<&JobSpec::stonewall>(
        "stonewall", "wait_for_previous",
        "start when every earlier job has ended; of numjobs clones the first one waits, then all start"),
    flag<&JobSpec::new_group>("new_group", "", "a group of its own, with the jobs behind it"),
    words("wait_for", "", set_wait_for, "a name", "start when the jobs of an earlier section have ended"),
    flag<&JobSpec::exitall>("exitall", "", "when this job ends, all of exit_what end"),
    flag<&JobSpec::exitall_on_error>("exitall_on_error", "", "the same when it ends with an error"),
    words("exit_what", "", set_exit_scope, "`group`, `stonewall`, `all`",
          "its group, all that have started, or all; default group"),
    flag<&JobSpec::create_only>("create_only", "", "make files, and do no I/O"),
    flag<&JobSpec::create_serialize>("create_serialize", "",
                                     "0: jobs may get a zone table each; refused since fio 3.27; default 1"),
    flag<&JobSpec::group_reporting>("group_reporting", "", "one report for all jobs of the section"),
    flag<&JobSpec::time_based>("time_based", "", "go on until runtime is over; needs runtime"),
    time<&JobSpec::runtime_ns>("runtime", "timeout", kSecondNs, "end after this time; 0: no limit"),
    time<&JobSpec::start_delay_ns>("startdelay", "start_delay", kSecondNs, "start after this time"),
    time<&JobSpec::thinktime_ns>("thinktime", "", kMicrosecondNs, "pause after thinktime_blocks I/Os"),
    count<&JobSpec::thinktime_blocks>("thinktime_blocks", "", 1, kU32, "default 1"),
    words("thinktime_blocks_type", "", set_think_count, "`complete`, `issue`", "what thinktime_blocks counts"),
    since(28, time<&JobSpec::thinktime_iotime_ns>("thinktime_iotime", "", kSecondNs, "pause after so much time, too")),
    counts<&JobSpec::rate>("rate", "", kU64, "bytes a second; 0: as fast as it goes"),
    counts<&JobSpec::rate_iops>("rate_iops", "", kU32, "I/Os a second; 0: as fast as it goes"),
    counts<&JobSpec::rate_min>("rate_min", "ratemin", kU64, "a job below so many bytes a second fails"),
    counts<&JobSpec::rate_iops_min>("rate_iops_min", "", kU32, "a job below so many I/Os a second fails"),
    time<&JobSpec::rate_cycle_ns>("rate_cycle", "ratecycle", kMillisecondNs, "over which the minimum is looked at"),
    flag<&JobSpec::rate_ignore_thinktime>("rate_ignore_thinktime", "", "pauses do not have to be made up for"),
    time<&JobSpec::ramp_time_ns>("ramp_time", "", kSecondNs, "the runtime begins so much later"),
    time<&JobSpec::max_latency_ns>("max_latency", "", kMicrosecondNs, "a job with a slower I/O fails"),
    time<&JobSpec::latency_target_ns>("latency_target", "", kMicrosecondNs, "search for the depth that keeps it"),
    time<&JobSpec::latency_window_ns>("latency_window", "", kMicrosecondNs, "of each step of that search"),
    {"latency_percentile", "", OptionUse::supported, OptionKind::percent, set_percentile, 0, 100, "",
     "percent of I/Os that have to keep it; default 100"},
    since(20, flag<&JobSpec::latency_run>("latency_run", "", "the search goes on when it has found its depth")),
    signed_count<&JobSpec::flow>("flow", "proportion among the jobs with the same flow_id; 0: none"),
    signed_count<&JobSpec::flow_id>("flow_id", "which jobs are in proportion"),
    count<&JobSpec::flow_watermark>("flow_watermark", "", 1, INT32_MAX, "how far ahead a job may be; until fio 3.22"),
    time<&JobSpec::flow_sleep_ns>("flow_sleep", "", kMicrosecondNs, "a job that is ahead sleeps so long"),
    words("io_submit_mode", "", set_submit_mode, "`inline`, `offload`", "who submits: the job, or a thread of its own"),
    since(40, flag<&JobSpec::recover_zbd_write_error>("recover_zbd_write_error", "",
                                                      "what a failed write left out is written")),
    flag<&JobSpec::serialize_overlap>("serialize_overlap", "", "I/O waits for what it overlaps"),

    flag("norandommap", "", clear_flag<&JobSpec::random_map>, "random blocks may repeat"),
    count<&JobSpec::randseed>("randseed", "", 0, kU64, "seed of the job's numbers"),
    flag<&JobSpec::randrepeat>("randrepeat", "", "the same numbers in every round; default 1"),
    words("verify", "", set_verify, "`crc32c`, any other checksum of fio, `0`",
          "read back what was written and compare, always by crc32c: only the cost differs"),
    flag<&JobSpec::do_verify>("do_verify", "", "with verify: read back after the writes; default 1"),
    count<&JobSpec::verify_backlog>("verify_backlog", "", 0, kU32, "read back after so many writes; 0: at the end"),
    count<&JobSpec::verify_backlog_batch>("verify_backlog_batch", "", 0, kU32, "so many at a time; 0: verify_backlog"),
    count<&JobSpec::verify_async>("verify_async", "", 0, kU32, "threads that compare; 0: the job does"),
    flag<&JobSpec::experimental_verify>("experimental_verify", "",
                                        "what was written is drawn again for its verification; until fio 3.33"),
    words("continue_on_error", "", set_tolerance, "`none`, `read`, `write`, `io`, `verify`, `all`, `0`, `1`",
          "errors EIO and EILSEQ of these kinds do not end the job"),
    words("kb_base", "", check_kb_base, "`1024`", "what k means"),

    not_yet("atomic", "", "atomic writes", "0"),
    not_yet("bs_unaligned", "blocksize_unaligned", "any byte as block size", "0"),
    not_yet("dataplacement", "fdp", "placement hints", "none 0"),
    not_yet("directory", "", "where files are"),
    not_yet("file_append", "", "append to files", "0"),
    not_yet("filesize", "", "size of several files", "0"),
    not_yet("fill_device", "fill_fs", "write until the device is full", "0"),
    not_yet("ignore_error", "", "errors that count as none", "none"),
    not_yet("lockfile", "", "file locks", "none"),
    not_yet("merge_blktrace_file", "", "replay of a log"),
    not_yet("nowait", "", "EAGAIN instead of waiting", "0"),
    not_yet("offset_align", "", "alignment of offset", "0"),
    not_yet("opendir", "", "every file of a folder"),
    not_yet("pre_read", "", "read the file first", "0"),
    not_yet("profile", "", "settings of a program"),
    not_yet("read_iolog", "", "replay of a log"),
    not_yet("rw_sequencer", "", "order of offsets", "sequential"),
    not_yet("sprandom", "", "preconditioning", "0"),
    not_yet("sync_file_range", "", "syncs of a part"),
    not_yet("trim_backlog", "", "trims of what was written", "0"),
    not_yet("trim_percentage", "", "trims of what was written", "0"),
    not_yet("verify_only", "", "read back without writing", "0"),
    not_yet("verify_state_load", "", "verification of an earlier run", "0"),

    ignored("allow_file_create", "", "files"),
    ignored("allow_mounted_write", "", "never writes to what is mounted"),
    ignored("allrandrepeat", "", "generators of what is written, from run to run", "0"),
    ignored("apptag", "", "io_uring_cmd"),
    ignored("apptag_mask", "", "io_uring_cmd"),
    ignored("ba", "blockalign", "places inside a zone"),
    ignored("block_error_percentiles", "", "report"),
    ignored("buffer_compress_chunk", "", "what is written"),
    ignored("buffer_compress_percentage", "", "what is written"),
    ignored("buffer_pattern", "", "what is written"),
    ignored("bwavgtime", "", "logs"),
    ignored("cgroup", "", "processes"),
    ignored("cgroup_nodelete", "", "processes"),
    ignored("cgroup_weight", "", "processes"),
    ignored("clat_percentiles", "", "report"),
    ignored("clocksource", "", "clock"),
    ignored("cmd_type", "", "io_uring_cmd"),
    ignored("cmdprio", "", "priority"),
    ignored("cmdprio_bssplit", "", "priority"),
    ignored("cmdprio_class", "", "priority"),
    ignored("cmdprio_percentage", "", "priority"),
    ignored("cpumask", "", "processors"),
    ignored("cpus_allowed", "", "processors"),
    ignored("cpus_allowed_policy", "", "processors"),
    ignored("create_fsync", "", "files"),
    ignored("create_on_open", "", "files"),
    ignored("dedupe_global", "", "what is written"),
    ignored("dedupe_mode", "", "what is written"),
    ignored("dedupe_percentage", "", "what is written"),
    ignored("dedupe_working_set_percentage", "", "what is written"),
    ignored("description", "", "report"),
    ignored("disable_bw_measurement", "disable_bw", "report"),
    ignored("disable_clat", "", "report"),
    ignored("disable_lat", "", "report"),
    ignored("disable_slat", "", "report"),
    ignored("disk_util", "", "report"),
    ignored("error_dump", "", "report"),
    ignored("eta", "", "report"),
    ignored("exec_postrun", "", "never runs what a job file says"),
    ignored("exec_prerun", "", "never runs what a job file says"),
    ignored("fadvise_hint", "fadvise", "page cache"),
    ignored("fallocate", "", "files"),
    ignored("fdp_pli", "plids", "placement hints"),
    ignored("filename_format", "", "names of files where filename is not given"),
    ignored("fixedbufs", "", "io_uring"),
    ignored("force_async", "", "io_uring"),
    ignored("fsync_on_close", "", "a sync with no I/O in flight"),
    ignored("gid", "", "processes"),
    ignored("gtod_cpu", "", "clock"),
    ignored("gtod_reduce", "", "clock"),
    ignored("hipri", "", "io_uring"),
    ignored("hipri_percentage", "", "io_uring"),
    ignored("hugepage-size", "", "memory"),
    ignored("invalidate", "", "page cache"),
    ignored("iopsavgtime", "", "logs"),
    ignored("ioscheduler", "", "the device's own settings"),
    ignored("lat_percentiles", "", "report"),
    ignored("lockmem", "", "memory"),
    ignored("log_alternate_epoch", "", "logs"),
    ignored("log_alternate_epoch_clock_id", "", "logs"),
    ignored("log_avg_msec", "", "logs"),
    ignored("log_compression", "", "logs"),
    ignored("log_compression_cpus", "", "logs"),
    ignored("log_entries", "", "logs"),
    ignored("log_hist_coarseness", "", "logs"),
    ignored("log_hist_msec", "", "logs"),
    ignored("log_issue_time", "", "logs"),
    ignored("log_max_value", "", "logs"),
    ignored("log_offset", "", "logs"),
    ignored("log_prio", "", "logs"),
    ignored("log_store_compressed", "", "logs"),
    ignored("log_unix_epoch", "", "logs"),
    ignored("md_per_io_size", "", "io_uring_cmd"),
    ignored("mem", "iomem", "memory"),
    ignored("merge_blktrace_iters", "", "replay of a log, which is refused"),
    ignored("merge_blktrace_scalars", "", "replay of a log, which is refused"),
    ignored("name", "", "the section's name counts"),
    ignored("nice", "", "priority"),
    ignored("nonvectored", "", "io_uring"),
    ignored("numa_cpu_nodes", "", "processors"),
    ignored("numa_mem_policy", "", "memory"),
    ignored("overwrite", "", "files"),
    ignored("per_job_logs", "", "logs"),
    ignored("percentile_list", "", "report"),
    ignored("pi_act", "", "io_uring_cmd"),
    ignored("pi_chk", "", "io_uring_cmd"),
    ignored("plid_select", "fdp_pli_select", "placement hints"),
    ignored("prio", "", "priority"),
    ignored("prioclass", "", "priority"),
    ignored("random_distribution", "", "every draw is a choice of the search"),
    ignored("random_generator", "", "every draw is a choice of the search"),
    ignored("rate_process", "", "pace of I/Os"),
    ignored("read_iolog_chunked", "", "replay of a log, which is refused", "0"),
    ignored("readfua", "", "what an I/O costs"),
    ignored("refill_buffers", "", "what is written"),
    ignored("registerfiles", "", "io_uring"),
    ignored("replay_align", "", "replay of a log, which is refused", "0"),
    ignored("replay_no_stall", "", "replay of a log, which is refused", "0"),
    ignored("replay_redirect", "", "replay of a log, which is refused"),
    ignored("replay_scale", "", "replay of a log, which is refused", "1"),
    ignored("replay_skip", "", "replay of a log, which is refused", "none"),
    ignored("replay_time_scale", "", "replay of a log, which is refused", "100"),
    ignored("scramble_buffers", "", "what is written"),
    ignored("sg_write_mode", "", "sg"),
    ignored("significant_figures", "", "report"),
    ignored("slat_percentiles", "", "report"),
    ignored("softrandommap", "", "there is always a map"),
    ignored("sqthread_poll", "", "io_uring"),
    ignored("sqthread_poll_cpu", "", "io_uring"),
    ignored("stats", "", "report"),
    ignored("status-interval", "", "report"),
    ignored("steadystate", "ss", "a job goes on to its end, be its figures steady or not"),
    ignored("steadystate_duration", "ss_dur", "steady states", "0"),
    ignored("steadystate_ramp_time", "ss_ramp", "steady states", "0"),
    ignored("stream_id", "", "sg"),
    ignored("sync", "", "what a write costs"),
    ignored("thinkcycles", "", "processors"),
    ignored("thinktime_spin", "", "a pause is a pause, whatever the processor does", "0"),
    ignored("thp", "", "memory"),
    ignored("trim_backlog_batch", "", "nothing without trim_backlog, which is refused", "0"),
    ignored("trim_verify_zero", "", "nothing without trim_percentage, which is refused", "0 1"),
    ignored("uid", "", "processes"),
    ignored("uncached", "", "page cache"),
    ignored("unified_rw_reporting", "", "report"),
    ignored("unique_filename", "", "network clients"),
    ignored("unit_base", "", "report"),
    ignored("unlink", "", "files"),
    ignored("unlink_each_loop", "", "files"),
    ignored("userspace_reap", "", "libaio"),
    ignored("verify_async_cpus", "", "processors"),
    ignored("verify_dump", "", "report"),
    ignored("verify_fatal", "", "the first wrong block ends the job in any case"),
    ignored("verify_header_seed", "", "what is written"),
    ignored("verify_interval", "", "what is written"),
    ignored("verify_offset", "", "what is written"),
    ignored("verify_pattern", "", "what is written"),
    ignored("verify_state_save", "", "files"),
    ignored("verify_write_sequence", "", "what is written"),
    ignored("write_barrier", "", "syncs"),
    ignored("write_bw_log", "", "logs"),
    ignored("write_hint", "", "hints to the device"),
    ignored("write_hist_log", "", "logs"),
    ignored("write_iolog", "", "logs"),
    ignored("write_iops_log", "", "logs"),
    ignored("write_lat_log", "", "logs"),
    ignored("writefua", "", "what an I/O costs"),
    ignored("zero_buffers", "", "what is written"),
    ignored("zonerange", "", "zonemode=zbd takes no notice of it", "0"),
};

}  // namespace

std::span<const JobOption> job_options() { return kOptions; }

}  // namespace zoneknot::tools
