// What run_program() and run_on_devices() have in common: one run of a program's first task on threads, under lock
// checker and watchdog, and a command made of such a run. One run at a time; from any thread.
#pragma once

#include <functional>
#include <string>

#include "device/real/thread_runtime.h"
#include "device/run_program.h"
#include "lockcheck/verdict/verdict.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::device {

// `runtime` tells `watch` what happens. options.perturb is the caller's business.
lockcheck::Verdict watched_run(const std::string& name, lockcheck::LockWatch& watch, ThreadRuntime& runtime,
                               const RunProgramOptions& options, const std::function<void()>& first_task);

// Ctrl-C and SIGTERM raise options.stop of `run`, which is called with the command's name; its report is printed. The
// exit code.
int command_of(int argc, char** argv,
               const std::function<lockcheck::Verdict(const std::string&, const RunProgramOptions&)>& run);

}  // namespace zoneknot::device
