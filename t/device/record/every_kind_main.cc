// A program of which `zoneknot record` records one kind of object at a time; its argument names it. It knows nothing of
// this project.
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>

// As C has it: a name that mangled would be a type.
extern "C" {
pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
}

namespace {

timespec soon(clockid_t clock = CLOCK_REALTIME) {
  timespec until{};
  clock_gettime(clock, &until);
  until.tv_nsec += 1'000'000;
  if (until.tv_nsec >= 1'000'000'000) {
    until.tv_nsec -= 1'000'000'000;
    ++until.tv_sec;
  }
  return until;
}

void check(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  std::exit(3);
}

void in_thread(void* (*routine)(void*), void* argument = nullptr) {
  pthread_t thread{};
  check(pthread_create(&thread, nullptr, routine, argument) == 0, "create");
  check(pthread_join(thread, nullptr) == 0, "join");
}

pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;

void* in_the_other_order(void* late) {
  if (late != nullptr) usleep(20'000);
  pthread_mutex_lock(&second);
  pthread_mutex_lock(&first);
  pthread_mutex_unlock(&first);
  pthread_mutex_unlock(&second);
  return nullptr;
}

void inversion() {
  pthread_t thread{};
  pthread_create(&thread, nullptr, in_the_other_order, &first);
  pthread_mutex_lock(&first);
  pthread_mutex_lock(&second);
  pthread_mutex_unlock(&second);
  pthread_mutex_unlock(&first);
  pthread_join(thread, nullptr);
}

void* dies_with_it(void* mutex) {
  pthread_mutex_lock(static_cast<pthread_mutex_t*>(mutex));
  return nullptr;
}

void mutexes() {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, &attributes);
  check(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_lock(&mutex) == 0, "recursive");
  pthread_mutex_unlock(&mutex);
  pthread_mutex_unlock(&mutex);
  check(pthread_mutex_destroy(&mutex) == 0, "destroy");

  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&mutex, &attributes);
  check(pthread_mutex_unlock(&mutex) == EPERM, "not its owner");
  pthread_mutex_lock(&mutex);
  check(pthread_mutex_lock(&mutex) == EDEADLK, "its owner already");
  check(pthread_mutex_trylock(&mutex) == EBUSY, "busy");
  check(pthread_mutex_destroy(&mutex) == EBUSY, "destroyed while it is owned");
  pthread_mutex_unlock(&mutex);
  pthread_mutex_destroy(&mutex);

  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_NORMAL);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&mutex, &attributes);
  in_thread(dies_with_it, &mutex);
  check(pthread_mutex_lock(&mutex) == EOWNERDEAD, "its owner has died");
  pthread_mutex_consistent(&mutex);
  const timespec until = soon();
  check(pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT, "timed out");
  const timespec later = soon(CLOCK_MONOTONIC);
  check(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &later) == ETIMEDOUT, "timed out");
  pthread_mutex_unlock(&mutex);
  pthread_mutex_destroy(&mutex);
}

void rwlocks() {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_rdlock(&lock);
  check(pthread_rwlock_trywrlock(&lock) == EBUSY, "has readers");
  const timespec until = soon();
  check(pthread_rwlock_timedwrlock(&lock, &until) == ETIMEDOUT, "has readers");
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_wrlock(&lock);
  check(pthread_rwlock_tryrdlock(&lock) == EBUSY, "has a writer");
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_destroy(&lock);
}

pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
pthread_rwlock_t journal = PTHREAD_RWLOCK_INITIALIZER;

void* reads_the_journal_and_writes_the_table(void* /*unused*/) {
  pthread_rwlock_rdlock(&journal);
  pthread_rwlock_wrlock(&table);
  pthread_rwlock_unlock(&table);
  pthread_rwlock_unlock(&journal);
  return nullptr;
}

void rwlock_inversion() {
  pthread_t thread{};
  pthread_create(&thread, nullptr, reads_the_journal_and_writes_the_table, nullptr);
  usleep(20'000);  // so that it does not hang
  pthread_rwlock_rdlock(&table);
  pthread_rwlock_wrlock(&journal);
  pthread_rwlock_unlock(&journal);
  pthread_rwlock_unlock(&table);
  pthread_join(thread, nullptr);
}

pthread_rwlock_t writers_first;

void* writes(void* late) {
  if (late != nullptr) usleep(20'000);
  pthread_rwlock_wrlock(&writers_first);
  pthread_rwlock_unlock(&writers_first);
  return nullptr;
}

// The writer comes when all is done, or in the middle.
void reads_again(bool in_the_middle) {
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&writers_first, &attributes);
  pthread_rwlock_rdlock(&writers_first);
  pthread_t thread{};
  pthread_create(&thread, nullptr, writes, in_the_middle ? nullptr : &thread);
  if (in_the_middle) {
    usleep(50'000);
    alarm(1);  // ends it
  }
  pthread_rwlock_rdlock(&writers_first);
  pthread_rwlock_unlock(&writers_first);
  pthread_rwlock_unlock(&writers_first);
  pthread_join(thread, nullptr);
}

void spin_locks() {
  pthread_spinlock_t lock;
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  pthread_spin_lock(&lock);
  check(pthread_spin_trylock(&lock) == EBUSY, "busy");
  pthread_spin_unlock(&lock);
  pthread_spin_destroy(&lock);
}

pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
bool is_ready = false;

void* makes_ready(void* /*unused*/) {
  pthread_setname_np(pthread_self(), "signaller");
  pthread_mutex_lock(&first);
  is_ready = true;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&first);
  pthread_cond_broadcast(&changed);
  return nullptr;
}

void conditions() {
  pthread_mutex_lock(&first);
  const timespec until = soon();
  check(pthread_cond_timedwait(&changed, &first, &until) == ETIMEDOUT, "timed out");
  pthread_t thread{};
  pthread_create(&thread, nullptr, makes_ready, nullptr);
  while (!is_ready) pthread_cond_wait(&changed, &first);
  pthread_mutex_unlock(&first);
  pthread_join(thread, nullptr);
  pthread_cond_destroy(&changed);
}

void semaphores() {
  sem_t semaphore;
  sem_init(&semaphore, 0, 2);
  sem_wait(&semaphore);
  errno = 0;
  check(sem_trywait(&semaphore) == 0 && errno == 0, "two units");
  check(sem_trywait(&semaphore) == -1 && errno == EAGAIN, "no unit");
  const timespec until = soon();
  check(sem_timedwait(&semaphore, &until) == -1 && errno == ETIMEDOUT, "no unit");
  sem_post(&semaphore);
  sem_destroy(&semaphore);
}

pthread_barrier_t start_line;

void* arrives(void* /*unused*/) {
  pthread_barrier_wait(&start_line);
  return nullptr;
}

void barriers() {
  pthread_barrier_init(&start_line, nullptr, 2);
  pthread_t thread{};
  pthread_create(&thread, nullptr, arrives, nullptr);
  pthread_barrier_wait(&start_line);
  pthread_join(thread, nullptr);
  pthread_barrier_destroy(&start_line);
}

pthread_once_t once = PTHREAD_ONCE_INIT;
std::once_flag flag;

void begins() { pthread_mutex_lock(&first), pthread_mutex_unlock(&first); }

void* begins_too(void* /*unused*/) {
  pthread_once(&once, begins);
  return nullptr;
}

void onces() {
  pthread_once(&once, begins);
  in_thread(begins_too);
  int attempts = 0;
  try {
    std::call_once(flag, [&] {
      ++attempts;
      throw std::runtime_error("not now");
    });
  } catch (const std::runtime_error&) {
  }
  std::call_once(flag, [&] { ++attempts; });
  check(attempts == 2, "what threw is done again");
}

void* waits_for_ever(void* condition) {
  pthread_mutex_lock(&first);
  pthread_cleanup_push([](void* mutex) { pthread_mutex_unlock(static_cast<pthread_mutex_t*>(mutex)); }, &first);
  while (true) pthread_cond_wait(static_cast<pthread_cond_t*>(condition), &first);
  pthread_cleanup_pop(1);
  return nullptr;
}

void cancelled() {
  pthread_t thread{};
  pthread_create(&thread, nullptr, waits_for_ever, &changed);
  usleep(20'000);
  pthread_cancel(thread);
  void* result = nullptr;
  pthread_join(thread, &result);
  check(result == PTHREAD_CANCELED, "cancelled");
  check(pthread_mutex_trylock(&first) == 0, "given back by the cleanup");
  pthread_mutex_unlock(&first);
}

int c11_thread(void* mutex) {
  mtx_lock(static_cast<mtx_t*>(mutex));
  mtx_unlock(static_cast<mtx_t*>(mutex));
  thrd_exit(7);
}

void c11() {
  mtx_t mutex;
  mtx_init(&mutex, mtx_timed | mtx_recursive);
  check(mtx_lock(&mutex) == thrd_success, "mtx_lock");
  const timespec until = soon();
  cnd_t condition;
  cnd_init(&condition);
  check(cnd_timedwait(&condition, &mutex, &until) == thrd_timedout, "cnd_timedwait");
  cnd_signal(&condition);
  mtx_unlock(&mutex);
  thrd_t thread{};
  int result = 0;
  thrd_create(&thread, c11_thread, &mutex);
  thrd_join(thread, &result);
  check(result == 7, "thrd_join");
  cnd_destroy(&condition);
  mtx_destroy(&mutex);
}

void cplusplus() {
  std::mutex mutex;
  std::condition_variable condition;
  bool done = false;
  std::thread worker([&] {
    const std::lock_guard guard(mutex);
    done = true;
    condition.notify_one();
  });
  std::unique_lock guard(mutex);
  condition.wait(guard, [&] { return done; });
  guard.unlock();
  worker.join();
}

sem_t from_handler;
void gives(int /*signal*/) { sem_post(&from_handler); }

void handlers() {
  sem_init(&from_handler, 0, 0);
  signal(SIGUSR1, gives);
  pthread_t self = pthread_self();
  for (int i = 0; i < 1000; ++i) {
    pthread_mutex_lock(&first);
    if (i % 10 == 0) pthread_kill(self, SIGUSR1);
    pthread_mutex_unlock(&first);
  }
  for (int i = 0; i < 100; ++i) sem_wait(&from_handler);
}

// The child forks while it has `first`, and gives it back.
void forks() {
  pthread_mutex_lock(&first);
  const pid_t child = fork();
  pthread_mutex_unlock(&first);
  if (child == 0) {
    in_thread(in_the_other_order);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child");
}

void* has_it_during_the_fork(void* /*unused*/) {
  pthread_mutex_lock(&second);
  usleep(200'000);
  pthread_mutex_unlock(&second);
  return nullptr;
}

// Another thread has `second` when the process forks: in the child nobody gives it back.
void forks_with_a_lock_that_another_thread_has() {
  pthread_t thread{};
  pthread_create(&thread, nullptr, has_it_during_the_fork, nullptr);
  usleep(50'000);
  const pid_t child = fork();
  if (child == 0) {
    alarm(1);
    pthread_mutex_lock(&second);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  check(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM, "the child hangs");
  pthread_join(thread, nullptr);
}

void* waits_for_first(void* /*unused*/) {
  pthread_mutex_lock(&second);
  usleep(50'000);
  pthread_mutex_lock(&first);
  return nullptr;
}

// Two threads that wait on each other, until somebody kills the process.
void deadlock(int signal) {
  pthread_t thread{};
  pthread_mutex_lock(&first);
  pthread_create(&thread, nullptr, waits_for_first, nullptr);
  usleep(20'000);
  if (fork() == 0) {
    usleep(200'000);
    kill(getppid(), signal);
    _exit(0);
  }
  pthread_mutex_lock(&second);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind(argc > 1 ? argv[1] : "");
  if (kind == "inversion") inversion();
  if (kind == "short name") {
    pthread_mutex_lock(&m);
    pthread_mutex_unlock(&m);
  }
  if (kind == "mutexes") mutexes();
  if (kind == "rwlocks") rwlocks();
  if (kind == "rwlock-inversion") rwlock_inversion();
  if (kind == "rwlock-read-again") reads_again(false);
  if (kind == "rwlock-stuck") reads_again(true);
  if (kind == "spin-locks") spin_locks();
  if (kind == "conditions") conditions();
  if (kind == "semaphores") semaphores();
  if (kind == "barriers") barriers();
  if (kind == "onces") onces();
  if (kind == "cancelled") cancelled();
  if (kind == "c11") c11();
  if (kind == "c++") cplusplus();
  if (kind == "handlers") handlers();
  if (kind == "forks") forks();
  if (kind == "fork-with-lock") forks_with_a_lock_that_another_thread_has();
  if (kind == "killed") deadlock(SIGKILL);
  if (kind == "crashed") deadlock(SIGSEGV);
  if (kind == "exec") execl("/proc/self/exe", argv[0], "inversion", nullptr);
  if (kind == "status") return 42;
  std::puts("done");
  return 0;
}
