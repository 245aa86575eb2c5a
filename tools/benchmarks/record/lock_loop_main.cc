// What `zoneknot record` costs: nanoseconds of processor time for a pair of pthread_mutex_lock and
// pthread_mutex_unlock, alone and with two threads that share the mutex, of a semaphore's post and wait, and of a
// condition variable's signal. The script `run` beside it starts this program by itself and recorded in turns.
#include <pthread.h>
#include <semaphore.h>

#include <cstdio>
#include <ctime>

namespace {

constexpr int kRounds = 1'000'000;

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
sem_t semaphore;

// What all threads took; time in which others have the processor does not count.
double cpu_ns() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e9 + static_cast<double>(used.tv_nsec);
}

template <class Round>
double ns_of(int rounds, const Round& round) {
  const double begin = cpu_ns();
  for (int i = 0; i < rounds; ++i) round();
  return (cpu_ns() - begin) / rounds;
}

void lock_and_unlock() {
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
}

void* locks_too(void* /*unused*/) {
  for (int i = 0; i < kRounds; ++i) lock_and_unlock();
  return nullptr;
}

double ns_of_two_threads() {
  const double begin = cpu_ns();
  pthread_t other{};
  pthread_create(&other, nullptr, locks_too, nullptr);
  locks_too(nullptr);
  pthread_join(other, nullptr);
  return (cpu_ns() - begin) / (2.0 * kRounds);
}

}  // namespace

int main() {
  sem_init(&semaphore, 0, 0);
  lock_and_unlock();
  std::printf("mutex %.1f\n", ns_of(kRounds, lock_and_unlock));
  std::printf("two threads, one mutex %.1f\n", ns_of_two_threads());
  std::printf("semaphore %.1f\n", ns_of(kRounds, [] {
                sem_post(&semaphore);
                sem_wait(&semaphore);
              }));
  std::printf("signal %.1f\n", ns_of(kRounds, [] { pthread_cond_signal(&condition); }));
  return 0;
}
