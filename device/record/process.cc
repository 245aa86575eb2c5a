// The process: its beginning and end, forks that no handler is told of, modules that it closes, and who may wake its
// threads besides themselves.
#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>

#include "device/record/interposed.h"
#include "device/record/modules.h"
#include "device/record/process_file.h"
#include "device/record/real.h"
#include "device/record/recorder.h"

namespace zoneknot::record {
namespace {

constinit Real<decltype(record_exit_now)> real_exit_now("_exit");
constinit Real<decltype(record_fork_without_handlers)> real_fork_without_handlers("_Fork");
constinit Real<decltype(record_dlclose)> real_dlclose("dlclose");
constinit Real<decltype(record_sigaction)> real_sigaction("sigaction");
constinit Real<decltype(record_signal)> real_signal("signal");
constinit Real<decltype(record_timer_create)> real_timer_create("timer_create");

[[gnu::constructor]] void begins() {
  if (header_of_process == nullptr && !is_off()) begin_process();
}

// exit() has been called, or main has returned.
[[gnu::destructor]] void ends() { process_exits(); }

void note_handler(const void* handler) {
  const bool is_one =
      handler != reinterpret_cast<const void*>(SIG_DFL) && handler != reinterpret_cast<const void*>(SIG_IGN);
  if (is_one) may_be_woken_from_outside(kHandlers);
}

}  // namespace

void record_exit_now(int status) {
  process_exits();
  real_exit_now.get()(status);
  __builtin_unreachable();
}
void record_exit_now_in_c(int status) {
  process_exits();
  real_exit_now.get()(status);
  __builtin_unreachable();
}

pid_t record_fork_without_handlers() {
  before_fork();
  const pid_t child = real_fork_without_handlers();
  if (child == 0) begin_forked_process();
  return child;
}

int record_dlclose(void* module) {
  const int result = real_dlclose(module);
  modules_closed();
  return result;
}

int record_sigaction(int number, const struct sigaction* action, struct sigaction* before) {
  if (action != nullptr) note_handler(reinterpret_cast<const void*>(action->sa_handler));
  return real_sigaction(number, action, before);
}

SignalHandler* record_signal(int number, SignalHandler* handler) {
  note_handler(reinterpret_cast<const void*>(handler));
  return real_signal(number, handler);
}

int record_timer_create(clockid_t clock, sigevent* event, timer_t* timer) {
  if (event != nullptr && event->sigev_notify == SIGEV_THREAD) may_be_woken_from_outside(kHiddenThreads);
  return real_timer_create(clock, event, timer);
}

}  // namespace zoneknot::record
