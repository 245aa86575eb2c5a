#include "device/watched_run.h"

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "device/real/watchdog.h"
#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/picture/order_picture.h"
#include "lockcheck/report/report_text.h"

namespace zoneknot::device {
namespace {

using lockcheck::VerdictWord;

// One for the process, as signals are.
std::atomic<bool> interrupt_asked = false;

void on_interrupt(int number) {
  interrupt_asked = true;
  std::signal(number, SIG_DFL);
}

std::vector<std::string> names_of_tasks(const lockcheck::LockWatch& watch) {
  std::vector<std::string> names;
  for (const lockcheck::TaskSnapshot& task : watch.tasks()) names.push_back(task.name);
  return names;
}

}  // namespace

lockcheck::Verdict watched_run(const std::string& name, lockcheck::LockWatch& watch, ThreadRuntime& runtime,
                               const RunProgramOptions& options, const std::function<void()>& first_task) {
  lockcheck::Verdict verdict{.subject = {.job = name}};
  verdict.search.strategy = "one run on real threads";
  verdict.search.executions = 1;
  bool hang = false;
  {
    const auto on_hang = [&](const lockcheck::StuckCore& stuck) {
      hang = true;
      lockcheck::describe_hang(watch, stuck, verdict.scene);
    };
    const std::chrono::nanoseconds patience = options.watchdog;
    const Watchdog watchdog(watch, runtime, on_hang, static_cast<std::uint64_t>(patience.count()), options.stop);
    runtime.run("main", first_task);
  }
  lockcheck::describe_rules(watch.broken_rules(), names_of_tasks(watch), verdict.scene);
  lockcheck::find_rules_in_knot(verdict.scene);
  lockcheck::describe_order(watch, verdict.order);
  verdict.word = hang                                              ? VerdictWord::hang
                 : !verdict.scene.rules.empty()                    ? VerdictWord::rule
                 : lockcheck::any_prediction_stands(verdict.order) ? VerdictWord::possible
                                                                   : VerdictWord::clean;
  return verdict;
}

int command_of(int argc, char** argv,
               const std::function<lockcheck::Verdict(const std::string&, const RunProgramOptions&)>& run) {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  const std::string name = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "program";
  const lockcheck::Verdict verdict = run(name, {.stop = &interrupt_asked});
  std::fputs(lockcheck::to_text(verdict).c_str(), stdout);
  return lockcheck::exit_code(verdict.word);
}

}  // namespace zoneknot::device
