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
constexpr JobOption fraction(std::string_view name, std::string_view help) {
  return {name, "", OptionUse::supported, OptionKind::fraction, set_fraction<pointer>, 0, 1, "", help};
}

constexpr JobOption not_yet(std::string_view name, std::string_view synonyms, std::string_view help) {
  return {name, synonyms, OptionUse::not_yet, OptionKind::words, nullptr, 0, 0, "", help};
}

constexpr JobOption ignored(std::string_view name, std::string_view synonyms, std::string_view help) {
  return {name, synonyms, OptionUse::ignored, OptionKind::words, nullptr, 0, 0, "", help};
}

constexpr JobOption kOptions[] = {
    words("filename", "", set_filename, "a name", "the device; `\\:` is a colon in a name"),
    words("zonemode", "", set_zone_mode, "`zbd`", "must be given: other modes are not supported"),
    size<&JobSpec::zone_size>("zonesize", "size of a zone; absent: the device's"),
    size<&JobSpec::zone_capacity>("zonecapacity", "writable part of a zone; absent: the zone size"),
    amount<&Draft::zone_skip>("zoneskip", "", "a sequential job leaves out so much after each zone"),
    count<&JobSpec::max_open_zones>("max_open_zones", "", 0, core::kMaxOpenZonesListed,
                                    "zones that are open at a time; 0: no limit"),
    count<&JobSpec::job_max_open_zones>("job_max_open_zones", "", 0, core::kMaxOpenZonesListed,
                                        "the same for one job; 0: no limit"),
    fraction<&JobSpec::zone_reset_threshold>("zone_reset_threshold", "part of the range that holds data before resets"),
    fraction<&JobSpec::zone_reset_frequency>("zone_reset_frequency", "resets for each write above the threshold"),
    flag<&JobSpec::read_beyond_wp>("read_beyond_wp", "", "reads may lie above the write pointer"),
    flag<&JobSpec::ignore_zone_limits>("ignore_zone_limits", "", "max_open_zones may be above what the device can do"),

    words("rw", "readwrite", set_rw,
          "`read`, `write`, `trim`, `randread`, `randwrite`, `randtrim`, `rw`, `readwrite`, `randrw`",
          "what the job does; default read"),
    count<&JobSpec::rwmixread>("rwmixread", "", 0, 100, "percent of reads in a mixed job; default 50"),
    {"rwmixwrite", "", OptionUse::supported, OptionKind::count, set_mix_of_writes, 0, 100, "",
     "percent of writes in a mixed job; the later of the two counts"},
    words("bs", "blocksize", set_block_sizes, "up to three sizes: `4k`, `4k,16k`, `4k,,8k`",
          "block size for reads, writes, trims; default 4k"),
    words("bsrange", "blocksize_range", set_block_ranges, "up to three ranges: `4k-16k,4k-8k`",
          "smallest and largest block; goes before bs"),
    amount<&Draft::size>("size", "", "the job's range; absent: to the end of the device"),
    amount<&Draft::offset>("offset", "", "where the range begins"),
    amount<&Draft::offset_increment>("offset_increment", "", "added to offset for each job of numjobs"),
    amount<&Draft::io_size>("io_size", "io_limit", "bytes to transfer; absent: size"),
    count<&JobSpec::number_ios>("number_ios", "", 0, kU64, "I/Os after which the job ends; 0: no limit"),
    count<&JobSpec::loops>("loops", "", 1, kU32, "rounds"),

    words("ioengine", "", set_engine, "`psync`, `libaio`, `io_uring`", "default psync"),
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
    flag<&JobSpec::end_fsync>("end_fsync", "", "a sync at the end"),

    count<&Draft::numjobs>("numjobs", "", 1, kMaxJobs, "jobs of this section"),
    flag("thread", "", check_flag, "jobs are threads here in any case"),
    flag<&JobSpec::stonewall>(
        "stonewall", "wait_for_previous",
        "start when every earlier job has ended; of numjobs clones the first one waits, then all start"),
    flag<&JobSpec::exitall>("exitall", "", "when this job ends, all end"),
    flag<&JobSpec::group_reporting>("group_reporting", "", "one report for all jobs of the section"),
    flag<&JobSpec::time_based>("time_based", "", "go on until runtime is over; needs runtime"),
    time<&JobSpec::runtime_ns>("runtime", "timeout", kSecondNs, "end after this time; 0: no limit"),
    time<&JobSpec::start_delay_ns>("startdelay", "start_delay", kSecondNs, "start after this time"),
    time<&JobSpec::thinktime_ns>("thinktime", "", kMicrosecondNs, "pause after thinktime_blocks I/Os"),
    count<&JobSpec::thinktime_blocks>("thinktime_blocks", "", 1, kU32, "default 1"),

    flag("norandommap", "", clear_flag<&JobSpec::random_map>, "random blocks may repeat"),
    count<&JobSpec::randseed>("randseed", "", 0, kU64, "seed of the job's numbers"),
    flag<&JobSpec::randrepeat>("randrepeat", "allrandrepeat", "the same numbers in every round; default 1"),
    words("verify", "", set_verify, "`crc32c`, `0`", "read back what was written and compare"),
    flag<&JobSpec::do_verify>("do_verify", "", "with verify: read back after the writes; default 1"),
    words("continue_on_error", "", set_tolerance, "`none`, `read`, `write`, `io`, `verify`, `all`, `0`, `1`",
          "errors EIO and EILSEQ of these kinds do not end the job"),
    words("kb_base", "", check_kb_base, "`1024`", "what k means"),

    not_yet("atomic", "", "atomic writes"),
    not_yet("ba", "blockalign", "alignment of random offsets"),
    not_yet("bs_unaligned", "blocksize_unaligned", "any byte as block size"),
    not_yet("bssplit", "", "mix of block sizes"),
    not_yet("directory", "", "where files are"),
    not_yet("exit_what", "", "who ends on exitall"),
    not_yet("exitall_on_error", "", "end all jobs on an error"),
    not_yet("experimental_verify", "", "another way of verifying"),
    not_yet("fdatasync", "", "data syncs"),
    not_yet("file_append", "", "append to files"),
    not_yet("filename_format", "", "names of several files"),
    not_yet("filesize", "", "size of several files"),
    not_yet("fill_device", "fill_fs", "write until the device is full"),
    not_yet("flow", "", "proportions between jobs"),
    not_yet("flow_id", "", "proportions between jobs"),
    not_yet("flow_sleep", "", "proportions between jobs"),
    not_yet("fsync_on_close", "", "a sync when a file is closed"),
    not_yet("ignore_error", "", "errors that count as none"),
    not_yet("io_submit_mode", "", "who submits"),
    not_yet("latency_percentile", "", "search for a depth"),
    not_yet("latency_run", "", "search for a depth"),
    not_yet("latency_target", "", "search for a depth"),
    not_yet("latency_window", "", "search for a depth"),
    not_yet("lockfile", "", "file locks"),
    not_yet("max_latency", "", "end when an I/O is slow"),
    not_yet("nowait", "", "EAGAIN instead of waiting"),
    not_yet("nrfiles", "nr_files", "several files"),
    not_yet("offset_align", "", "alignment of offset"),
    not_yet("opendir", "", "every file of a folder"),
    not_yet("percentage_random", "", "mix of random and sequential"),
    not_yet("pre_read", "", "read the file first"),
    not_yet("profile", "", "settings of a program"),
    not_yet("ramp_time", "", "time before measuring"),
    not_yet("random_distribution", "", "distribution of random offsets"),
    not_yet("random_generator", "", "generator of random offsets"),
    not_yet("rate", "", "bytes per second"),
    not_yet("rate_cycle", "ratecycle", "pace of I/Os"),
    not_yet("rate_ignore_thinktime", "", "pace of I/Os"),
    not_yet("rate_iops", "", "I/Os per second"),
    not_yet("rate_iops_min", "", "pace of I/Os"),
    not_yet("rate_min", "ratemin", "pace of I/Os"),
    not_yet("rate_process", "", "pace of I/Os"),
    not_yet("read_iolog", "", "replay of a log"),
    not_yet("replay_align", "", "replay of a log"),
    not_yet("replay_no_stall", "", "replay of a log"),
    not_yet("replay_redirect", "", "replay of a log"),
    not_yet("replay_scale", "", "replay of a log"),
    not_yet("replay_skip", "", "replay of a log"),
    not_yet("replay_time_scale", "", "replay of a log"),
    not_yet("rw_sequencer", "", "order of offsets"),
    not_yet("serialize_overlap", "", "wait for I/Os that overlap"),
    not_yet("softrandommap", "", "go on without a map"),
    not_yet("steadystate", "ss", "end when figures are steady"),
    not_yet("steadystate_duration", "ss_dur", "end when figures are steady"),
    not_yet("steadystate_ramp_time", "ss_ramp", "end when figures are steady"),
    not_yet("sync", "", "synchronous writes"),
    not_yet("sync_file_range", "", "syncs of a part"),
    not_yet("thinktime_blocks_type", "", "what thinktime_blocks counts"),
    not_yet("thinktime_iotime", "", "pauses by time"),
    not_yet("thinktime_spin", "", "pauses that use the processor"),
    not_yet("trim_backlog", "", "trims of what was written"),
    not_yet("trim_backlog_batch", "", "trims of what was written"),
    not_yet("trim_percentage", "", "trims of what was written"),
    not_yet("trim_verify_zero", "", "trimmed blocks read as zeros"),
    not_yet("verify_async", "", "threads that verify"),
    not_yet("verify_async_cpus", "", "threads that verify"),
    not_yet("verify_backlog", "", "read back while writing"),
    not_yet("verify_backlog_batch", "", "read back while writing"),
    not_yet("verify_fatal", "", "end at the first wrong block"),
    not_yet("verify_interval", "", "parts of a block"),
    not_yet("verify_offset", "", "where the checksum is"),
    not_yet("verify_only", "", "read back without writing"),
    not_yet("verify_pattern", "", "what is written"),
    not_yet("verify_state_load", "", "verification of an earlier run"),
    not_yet("wait_for", "", "start after another job"),
    not_yet("zonerange", "", "zones of zonemode=strided"),

    ignored("allow_file_create", "", "files"),
    ignored("allow_mounted_write", "", "never writes to what is mounted"),
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
    ignored("cmdprio", "", "priority"),
    ignored("cmdprio_bssplit", "", "priority"),
    ignored("cmdprio_class", "", "priority"),
    ignored("cmdprio_percentage", "", "priority"),
    ignored("cpumask", "", "processors"),
    ignored("cpus_allowed", "", "processors"),
    ignored("cpus_allowed_policy", "", "processors"),
    ignored("create_fsync", "", "files"),
    ignored("create_on_open", "", "files"),
    ignored("create_only", "", "files"),
    ignored("create_serialize", "", "files"),
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
    ignored("fadvise_hint", "fadvise", "page cache"),
    ignored("fallocate", "", "files"),
    ignored("file_service_type", "", "files"),
    ignored("fixedbufs", "", "io_uring"),
    ignored("force_async", "", "io_uring"),
    ignored("gid", "", "processes"),
    ignored("gtod_cpu", "", "clock"),
    ignored("gtod_reduce", "", "clock"),
    ignored("hipri", "", "io_uring"),
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
    ignored("log_max_value", "", "logs"),
    ignored("log_offset", "", "logs"),
    ignored("log_prio", "", "logs"),
    ignored("log_store_compressed", "", "logs"),
    ignored("log_unix_epoch", "", "logs"),
    ignored("mem", "iomem", "memory"),
    ignored("name", "", "the section's name counts"),
    ignored("new_group", "", "report"),
    ignored("nice", "", "priority"),
    ignored("nonvectored", "", "io_uring"),
    ignored("numa_cpu_nodes", "", "processors"),
    ignored("numa_mem_policy", "", "memory"),
    ignored("openfiles", "", "files"),
    ignored("overwrite", "", "files"),
    ignored("per_job_logs", "", "logs"),
    ignored("percentile_list", "", "report"),
    ignored("prio", "", "priority"),
    ignored("prioclass", "", "priority"),
    ignored("refill_buffers", "", "what is written"),
    ignored("registerfiles", "", "io_uring"),
    ignored("scramble_buffers", "", "what is written"),
    ignored("significant_figures", "", "report"),
    ignored("slat_percentiles", "", "report"),
    ignored("sqthread_poll", "", "io_uring"),
    ignored("sqthread_poll_cpu", "", "io_uring"),
    ignored("stats", "", "report"),
    ignored("status-interval", "", "report"),
    ignored("uid", "", "processes"),
    ignored("uncached", "", "page cache"),
    ignored("unified_rw_reporting", "", "report"),
    ignored("unique_filename", "", "network clients"),
    ignored("unit_base", "", "report"),
    ignored("unlink", "", "files"),
    ignored("unlink_each_loop", "", "files"),
    ignored("userspace_reap", "", "libaio"),
    ignored("verify_dump", "", "report"),
    ignored("verify_state_save", "", "files"),
    ignored("write_barrier", "", "syncs"),
    ignored("write_bw_log", "", "logs"),
    ignored("write_hint", "", "hints to the device"),
    ignored("write_hist_log", "", "logs"),
    ignored("write_iolog", "", "logs"),
    ignored("write_iops_log", "", "logs"),
    ignored("write_lat_log", "", "logs"),
    ignored("zero_buffers", "", "what is written"),
};

}  // namespace

std::span<const JobOption> job_options() { return kOptions; }

}  // namespace zoneknot::tools
