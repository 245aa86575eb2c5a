#include "tools/cli/workers.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace zoneknot::tools {

void take_turns(std::size_t count, const std::function<void(std::size_t)>& turn, const std::function<bool()>& stop) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;  // protects `failure`
  std::exception_ptr failure;
  const auto work = [&] {
    while (!stop()) {
      const std::size_t index = next++;
      if (index >= count) return;
      try {
        turn(index);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
        return;
      }
    }
  };
  std::vector<std::thread> threads;
  const std::size_t wanted = std::max(1U, std::thread::hardware_concurrency());
  threads.reserve(wanted);
  try {
    while (threads.size() < wanted) threads.emplace_back(work);
  } catch (const std::system_error&) {
    // There are no more threads to be had: those that there are do it all.
    if (threads.empty()) work();
  }
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace zoneknot::tools
