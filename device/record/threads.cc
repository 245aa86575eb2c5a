// Threads: started, joined, named. Their end is noted by the last of their destructors (recorder.cc).
#include <pthread.h>
#include <sys/prctl.h>
#include <threads.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

#include "device/record/interposed.h"
#include "device/record/real.h"
#include "device/record/recorder.h"

namespace zoneknot::record {
namespace {

constinit Real<decltype(record_create)> real_create("pthread_create");
constinit Real<decltype(record_join)> real_join("pthread_join");
constinit Real<decltype(record_tryjoin)> real_tryjoin("pthread_tryjoin_np");
constinit Real<decltype(record_timedjoin)> real_timedjoin("pthread_timedjoin_np");
constinit Real<decltype(record_clockjoin)> real_clockjoin("pthread_clockjoin_np");
constinit Real<decltype(record_setname)> real_setname("pthread_setname_np");
constinit Real<int(int, unsigned long, unsigned long, unsigned long, unsigned long)> real_prctl("prctl");
constinit Real<decltype(record_thrd_create)> real_thrd_create("thrd_create");
constinit Real<decltype(record_thrd_join)> real_thrd_join("thrd_join");

constexpr std::uint8_t kThread = flags_of(RawObject::thread);
constexpr std::size_t kNameMax = 16;  // of the kernel

template <class Routine>
struct Start {
  Routine* routine;
  void* argument;
  std::uint32_t number;
};

template <class Routine, class Result>
Result run_thread(void* start) {
  const Start<Routine> own = *static_cast<Start<Routine>*>(start);
  std::free(start);  // NOLINT(cppcoreguidelines-no-malloc)
  begin_thread(own.number);
  note<When::after>({RawKind::thread_start, kThread}, std::uint64_t{pthread_self()},
                    {reinterpret_cast<const void*>(own.routine), nullptr});
  return own.routine(own.argument);
}

// `create` gets a routine and its argument. Without memory for those the thread is started as it is.
template <class Routine, class Create>
int start_thread(Routine* routine, void* argument, Caller from, const Create& create) {
  const std::uint32_t number = number_for_thread();
  auto* const start =
      number == 0
          ? nullptr
          : static_cast<Start<Routine>*>(std::malloc(sizeof(Start<Routine>)));  // NOLINT(cppcoreguidelines-no-malloc)
  if (start == nullptr) return create(routine, argument);
  *start = {.routine = routine, .argument = argument, .number = number};
  note<When::before>({RawKind::thread_create, kThread}, std::uint64_t{number}, from);
  const int result = create(run_thread<Routine, decltype(routine(argument))>, start);
  if (result == 0) return result;
  note<When::after>({RawKind::thread_not_created, kThread}, std::uint64_t{number}, from);
  std::free(start);  // NOLINT(cppcoreguidelines-no-malloc)
  return result;
}

template <class Join>
int join_thread(pthread_t thread, std::uint8_t flags, Caller from, const Join& join) {
  const auto handle = static_cast<std::uint64_t>(thread);
  note<When::before>({RawKind::join_begin, static_cast<std::uint8_t>(kThread | flags)}, handle, from);
  const int result = join();
  note<When::after>({result == 0 ? RawKind::join_end : RawKind::join_give_up, kThread}, handle, from);
  return result;
}

void note_name(pthread_t thread, const char* name) {
  const auto flags = static_cast<std::uint8_t>(kThread | (thread == pthread_self() ? kOwnName : 0));
  note_with({RawKind::thread_name, flags}, static_cast<std::uint64_t>(thread), {}, name, strnlen(name, kNameMax - 1));
}

}  // namespace

int record_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*routine)(void*), void* argument) {
  return start_thread(routine, argument, caller(), [=](auto* own_routine, void* own_argument) {
    return real_create(thread, attributes, own_routine, own_argument);
  });
}
int record_thrd_create(thrd_t* thread, thrd_start_t routine, void* argument) {
  return start_thread(routine, argument, caller(), [=](auto* own_routine, void* own_argument) {
    return real_thrd_create(thread, own_routine, own_argument);
  });
}

int record_join(pthread_t thread, void** result) {
  return join_thread(thread, 0, caller(), [=] { return real_join(thread, result); });
}
int record_timedjoin(pthread_t thread, void** result, const timespec* until) {
  return join_thread(thread, kTimed, caller(), [=] { return real_timedjoin(thread, result, until); });
}
int record_clockjoin(pthread_t thread, void** result, clockid_t clock, const timespec* until) {
  return join_thread(thread, kTimed, caller(), [=] { return real_clockjoin(thread, result, clock, until); });
}
int record_thrd_join(thrd_t thread, int* result) {
  return join_thread(thread, 0, caller(), [=] { return real_thrd_join(thread, result); });
}
int record_tryjoin(pthread_t thread, void** result) {
  return join_thread(thread, kTimed, caller(), [=] { return real_tryjoin(thread, result); });
}

int record_setname(pthread_t thread, const char* name) {
  const int result = real_setname(thread, name);
  if (result == 0) note_name(thread, name);
  return result;
}

int record_prctl(int option, ...) {
  va_list arguments;
  va_start(arguments, option);
  const auto second = va_arg(arguments, unsigned long);
  const auto third = va_arg(arguments, unsigned long);
  const auto fourth = va_arg(arguments, unsigned long);
  const auto fifth = va_arg(arguments, unsigned long);
  va_end(arguments);
  const int result = real_prctl(option, second, third, fourth, fifth);
  if (option == PR_SET_NAME && result == 0) note_name(pthread_self(), reinterpret_cast<const char*>(second));
  return result;
}

}  // namespace zoneknot::record
