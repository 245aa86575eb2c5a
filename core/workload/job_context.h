// What the routines of one job share: the job, the switches, the zones, and how the job fares. Owned by the Job, used
// by its task alone; others may read it once that task has ended or stands still.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "core/fix_set.h"
#include "core/job_spec.h"
#include "core/stats.h"
#include "core/workload/zone_table.h"
#include "core/world.h"

namespace zoneknot::core {

// What ended the main loop of a round.
enum class LoopEnd : std::uint8_t { none, work_done, stopped, file_done, time_over };

class Verifier;
class JobsInFlight;

// The zones that lie in a range as a whole; of a zone that its end cuts nothing is known.
inline ZoneSpan whole_zones(const Range& range, std::uint64_t zone_size) {
  return {static_cast<std::uint32_t>(range.base / zone_size), static_cast<std::uint32_t>(range.end() / zone_size)};
}

// One of the files that a job works on.
struct FileOfJob {
  ZoneTable& table;
  Range range;   // zoneskip moves its base, and so does a second round
  ZoneSpan own;  // the zones of the range; stays where it is when zoneskip moves that
  bool open = false;
  bool done = false;           // there was no place for an I/O in it any more; closed until the next round
  bool out_of_blocks = false;  // it was adjust_block that found none
  bool has_written = false;    // since its last file_reset
};

inline FileOfJob file_of_job(ZoneTable& table, const Range& range) {
  return {.table = table, .range = range, .own = whole_zones(range, table.zone_size())};
}

struct JobContext {
  World& world;
  const JobSpec& spec;
  FixSet fixes;
  std::vector<FileOfJob> files;  // in the order of the option; never empty
  std::uint64_t random_seed;     // of this job's draws
  Stats stats;

  int error = 0;           // errno value of the first error that ends the job
  bool aborted = false;    // an assertion of the historic program failed
  bool done = false;       // the search for a depth is over: nothing is reaped any more
  bool verifying = false;  // the state VERIFYING of docs/protocol.md section 3
  // How the job ended, for how_it_ended() and why_no_io(): nothing in here decides anything.
  std::uint64_t bytes_done = 0;  // of all rounds, set when they are over; what is read back counts
  bool ended = false;
  std::uint64_t ios_of_ramp = 0;  // ended, or failed, before the statistics began
  LoopEnd loop_end = LoopEnd::none;
  Direction last_chosen = Direction::sync;  // of the I/O that was chosen last

  // What later programs keep of a job (docs/fio-releases.md).
  std::uint32_t opened = 0;            // zones the job has listed as open, less those it took off; may wrap below 0
  Verifier* verifier = nullptr;        // what the job has logged; null: nothing is
  JobsInFlight* in_flight = nullptr;   // of all jobs; null: nobody asks
  std::size_t number = 0;              // of this job among them
  const Shared<bool>* stop = nullptr;  // raised: the job is to end

  const LiveState* live = nullptr;  // the whole job, set while it runs
  Mark begin;                       // of the job's task, where the job began

  std::uint32_t file = 0;  // that the routine under way is about, by index; see OnFile

  [[nodiscard]] FileOfJob& at_hand() { return files[file]; }
  [[nodiscard]] const FileOfJob& at_hand() const { return files[file]; }
  [[nodiscard]] ZoneTable& table() const { return files[file].table; }
  [[nodiscard]] Range& range() { return files[file].range; }
  [[nodiscard]] const Range& range() const { return files[file].range; }
  [[nodiscard]] const ZoneSpan& own() const { return files[file].own; }
  [[nodiscard]] bool has_several_files() const { return files.size() > 1; }
  [[nodiscard]] bool out_of_blocks() const { return std::ranges::any_of(files, &FileOfJob::out_of_blocks); }
  // Of all files.
  [[nodiscard]] std::uint64_t bytes_in_range() const {
    std::uint64_t bytes = 0;
    for (const FileOfJob& one : files) bytes += one.range.length;
    return bytes;
  }

  [[nodiscard]] Runtime& runtime() const { return world.runtime(); }

  // Asked on top of the loops, between rounds and while sleeping.
  [[nodiscard]] bool stopped() const { return world.stop_requested() || (stop != nullptr && stop->peek()); }
  [[nodiscard]] bool time_over() const {
    return spec.runtime_ns != 0 &&
           world.limit_reached(world.clock().now_ns() - stats.begin_ns >= spec.runtime_ns + spec.ramp_time_ns);
  }
  // Something the job does depends on when it began.
  [[nodiscard]] bool has_times() const {
    const auto given = [](const auto& rates) {
      return std::ranges::any_of(rates, [](auto rate) { return rate != 0; });
    };
    return spec.runtime_ns != 0 || spec.thinktime_iotime_ns != 0 || spec.has_least_rate() || given(spec.rate) ||
           given(spec.rate_iops);
  }

  // A stop request ends it early.
  void sleep(std::uint64_t duration_ns) const {
    Clock& clock = world.clock();
    for (std::uint64_t slept = 0; slept < duration_ns && !stopped();) {
      const std::uint64_t nap = std::min(duration_ns - slept, clock.nap_ns(slept));
      clock.sleep(nap);
      slept += nap;
    }
  }

  // Where in a list of `count` open zones an offset belongs: the job's range is dealt out evenly over them.
  [[nodiscard]] std::uint64_t list_position(const Range& range, std::uint64_t offset, std::uint32_t count) const {
    const std::uint32_t entries = fixes.has(Fix::list_4096) ? 4096 : kMaxOpenZonesListed;
    return std::min<std::uint64_t>((offset - range.base) * count / range.length, entries - 1);
  }

  // A checkpoint, and a landmark, that tell everything since the job began: the job, and in `also` what the calling
  // routine and all of its callers know besides.
  void checkpoint(std::initializer_list<std::uint64_t> also = {}, Site site = Site::current()) const {
    checkpoint_since(begin, also, site);
  }
  void landmark(std::initializer_list<std::uint64_t> also = {}, Site site = Site::current()) const {
    landmark_since(begin, also, site);
  }

  // What RoutineMark is made of: since another moment. What the task was handed before it stays part of its state.
  void checkpoint_since(const Mark& since, std::initializer_list<std::uint64_t> also, Site site) const {
    runtime().checkpoint(since, [&](StateSink& sink) { describe(sink, also); }, site);
  }
  void landmark_since(const Mark& since, std::initializer_list<std::uint64_t> also, Site site) const {
    runtime().landmark(since, [&](StateSink& sink) { describe(sink, also); }, site);
  }

  void fail(int error_number) {
    if (error == 0) error = error_number;
  }

  // An assertion of the program fails here: reported, and the job stops. False: it was built without assertions, and
  // goes on.
  bool program_aborts(std::string_view what, Site site = Site::current()) {
    if (fixes.has(Fix::ndebug)) return false;
    program_dies(what, site);
    return true;
  }
  // The program cannot go on from here, however it was built.
  void program_dies(std::string_view what, Site site = Site::current()) {
    aborted = true;
    world.observer().assertion_failed(runtime().current(), what, site);
  }

  // The most zones that this job itself may have open; 0: no limit.
  [[nodiscard]] std::uint32_t job_limit() const {
    return fixes.has(Fix::device_limit) ? spec.job_max_open_zones : spec.open_zone_limit();
  }
  // Random blocks do not repeat; write_zone_remainder forbids that.
  [[nodiscard]] bool keeps_map() const {
    return spec.random_map && !(spec.write_zone_remainder && fixes.has(Fix::write_remainder));
  }
  // A job whose writes are counted against a threshold (vdb-at-setup).
  [[nodiscard]] bool counts_data() const { return spec.writes && spec.zone_reset_threshold > 0; }

 private:
  void describe(StateSink& sink, std::initializer_list<std::uint64_t> also) const {
    live->describe(sink);
    for (const std::uint64_t value : also) sink.add(value);
  }
};

// For as long as this lives, the routines of a job are about one of its files: the one that is being opened, or that a
// unit is for. Nests: a routine about one file may reap I/O of another.
class OnFile {
 public:
  OnFile(JobContext& job, std::uint32_t file) : job_(job), before_(std::exchange(job.file, file)) {}
  ~OnFile() { job_.file = before_; }
  OnFile(const OnFile&) = delete;
  OnFile& operator=(const OnFile&) = delete;

 private:
  JobContext& job_;
  const std::uint32_t before_;
};

// The moment at which a routine of the job began. Its checkpoints and landmarks tell the job, and in `also` what the
// routine knows besides; what its callers know is part of the state before that moment. Made and used by one call.
class RoutineMark {
 public:
  explicit RoutineMark(const JobContext& job) : job_(job), begin_(job.runtime().mark()) {}

  void checkpoint(std::initializer_list<std::uint64_t> also, Site site = Site::current()) const {
    job_.checkpoint_since(begin_, also, site);
  }
  void landmark(std::initializer_list<std::uint64_t> also, Site site = Site::current()) const {
    job_.landmark_since(begin_, also, site);
  }

 private:
  const JobContext& job_;
  Mark begin_;
};

}  // namespace zoneknot::core
