// What fio's users see in a backtrace, beside what this program calls the same: one table, from which reports take the
// names that they show beside ours, `zoneknot explain` places threads, and docs/my-fio-hangs.md is made. Constant; any
// thread may read it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace zoneknot::lockcheck {

// What a thread does in a function, or what a lock is that is awaited right below it.
enum class FioFrame : std::uint8_t {
  zone_routine,   // waits there for a zone's lock
  table_routine,  // waits there for M
  lock_call,      // takes a lock for its caller
  signal_call,    // waits for a signal or a unit for its caller
  reap,           // waits for completions
  end_of_job,     // what a job does at its end
  sleep,          // pauses
  issue,          // prepares, submits or puts I/O
  job,            // the loop of a job
  helper,         // no job
};

struct FioName {
  std::string_view fio;   // as in a backtrace; later releases' names are rows of their own
  std::string_view ours;  // functions of this program, separated by '|'; a name that ends in '*' begins so
  FioFrame frame;
  std::string_view does;
  // The first release that calls it so, and the first one that does not any more: "3.36". Empty: not told.
  std::string_view since{};
  std::string_view before{};
};

std::span<const FioName> fio_names();

// The row of fio's function, or of one of ours; null: none.
const FioName* fio_name(std::string_view function);
const FioName* fio_name_of_ours(std::string_view function);

// "zbd_adjust_block" for "adjust_block"; empty: fio has none.
std::string_view fio_function_of(std::string_view ours);

// The table in Markdown, as docs/my-fio-hangs.md has it.
std::string fio_names_markdown();

}  // namespace zoneknot::lockcheck
