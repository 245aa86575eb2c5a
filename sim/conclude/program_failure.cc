#include "sim/conclude/program_failure.h"

#include <cxxabi.h>
#include <fmt/core.h>

#include <cstdlib>
#include <memory>

#include "lockcheck/text/site.h"
#include "sim/strategy/step_checks.h"

namespace zoneknot::sim {
namespace {

// "boom (std::runtime_error)"; of what is no std::exception the type alone.
std::string text_of_exception() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  const std::unique_ptr<char, decltype(&std::free)> name(
      type == nullptr ? nullptr : abi::__cxa_demangle(type->name(), nullptr, nullptr, nullptr), &std::free);
  const std::string type_name = name != nullptr ? name.get() : "something";
  try {
    throw;
  } catch (const std::exception& failure) {
    return fmt::format("{} ({})", failure.what(), type_name);
  } catch (...) {
    return fmt::format("an exception of type {}", type_name);
  }
}

// Makes the execution again, which is to throw again.
std::string witness_line(const Examined& examined, const FirstSeen& seen, ExecutionOptions options) {
  CheckedScript script(seen.decisions);
  (void)script.begin();
  Recording recording;
  options.stop = nullptr;
  options.time_is_over = nullptr;
  options.recording = &recording;
  try {
    (void)examined.simulation.run([&] { examined.program(examined.simulation); }, script, options);
    return {};
  } catch (...) {
    if (examined.simulation.decisions() != seen.decisions) return {};
  }
  const Outcome& outcome = examined.simulation.failed_outcome();
  const Witness witness{.identity = examined.identity,
                        .schedule = make_schedule(seen.decisions, recording.decisions, std::nullopt),
                        .decisions = outcome.decisions,
                        .steps = outcome.steps,
                        .trace_hash = outcome.trace_hash,
                        .checks = script.checks()};
  return to_line(witness).value_or("");
}

}  // namespace

void throw_failure(const Examined& examined, ExecutionOptions options) {
  const std::optional<RunningTask> task = examined.simulation.failed_task();
  if (!task) throw;
  const std::exception_ptr cause = std::current_exception();
  const std::string what =
      fmt::format("task {} failed: {}; it was last seen at {} ({})", task->name, text_of_exception(),
                  lockcheck::site_text(task->site), lockcheck::function_name(task->site));
  const FirstSeen seen{.execution = 0, .decisions = examined.simulation.decisions()};
  throw ProgramFailure(what, cause, witness_line(examined, seen, options));
}

}  // namespace zoneknot::sim
