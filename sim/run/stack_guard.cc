#include "sim/run/stack_guard.h"

#include <link.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ZONEKNOT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ZONEKNOT_SANITIZED 1
#endif
#endif

namespace zoneknot::sim {

namespace {

#ifdef ZONEKNOT_SANITIZED
constexpr bool kGuarded = false;
#else
constexpr bool kGuarded = true;
#endif

constexpr std::size_t kHandlerStackBytes = std::size_t{64} << 10U;
// A part of the guard that is given to functions of the C library that have to come to their end.
constexpr std::size_t kReserveBytes = std::size_t{64} << 10U;

thread_local StackOwner* owner_of_thread = nullptr;

// Code that must not be left in the middle: it may own a lock of the heap or of the loader.
struct CodeRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};
std::array<CodeRange, 16> uninterruptible;
std::size_t uninterruptible_count = 0;
struct sigaction action_before;

int collect_code(dl_phdr_info* info, std::size_t, void*) {
  constexpr std::array<const char*, 5> kLibraries = {"libc.so", "libc-", "ld-linux", "libgcc_s", "malloc"};
  bool wanted = false;
  for (const char* name : kLibraries) wanted = wanted || std::strstr(info->dlpi_name, name) != nullptr;
  for (int i = 0; wanted && i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    if (uninterruptible_count == uninterruptible.size()) return 1;
    const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    uninterruptible.at(uninterruptible_count++) = {begin, begin + segment.p_memsz};
  }
  return 0;
}

bool must_not_be_left(std::uintptr_t code) {
  for (std::size_t i = 0; i < uninterruptible_count; ++i) {
    if (code >= uninterruptible[i].begin && code < uninterruptible[i].end) return true;
  }
  return false;
}

std::uintptr_t code_of([[maybe_unused]] const void* context) {
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return static_cast<const ucontext_t*>(context)->uc_mcontext.pc;
#else
  return 0;
#endif
}

[[noreturn]] void exit_with(std::string_view text) {
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
  _exit(kExitOwnFault);
}

[[noreturn]] void give_up() { exit_with("zoneknot: a task has run out of its stack inside the C library\n"); }

// Makes the guard from the address's page upwards part of the stack.
void open_reserve(const StackGuardArea& guard, char* address) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto from = reinterpret_cast<std::uintptr_t>(address) / page * page;
  char* begin = guard.begin + (from - reinterpret_cast<std::uintptr_t>(guard.begin));
  if (guard.end - begin > static_cast<std::ptrdiff_t>(kReserveBytes)) give_up();
  if (::mprotect(begin, static_cast<std::size_t>(guard.end - begin), PROT_READ | PROT_WRITE) != 0) give_up();
}

void on_fault(int, siginfo_t* info, void* context) {
  auto* address = static_cast<char*>(info->si_addr);
  const StackGuardArea guard = owner_of_thread == nullptr ? StackGuardArea{} : owner_of_thread->guard_area();
  if (owner_of_thread != nullptr && owner_of_thread->is_closed(address)) {
    if (!must_not_be_left(code_of(context))) owner_of_thread->escape(LostFiber::dangling);
    exit_with("zoneknot: a task uses what was on the stack of a task that has ended, and has not joined it\n");
  }
  if (address >= guard.begin && address < guard.end) {
    if (!must_not_be_left(code_of(context))) owner_of_thread->escape(LostFiber::overflow);
    open_reserve(guard, address);
    return;
  }
  // Not ours: the instruction faults again under whatever was there before. One that was sent does not come again.
  ::sigaction(SIGSEGV, &action_before, nullptr);
  if (info->si_code <= 0) ::raise(SIGSEGV);
}

void install_for_process() {
  dl_iterate_phdr(&collect_code, nullptr);
  struct sigaction action{};
  action.sa_sigaction = &on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGSEGV, &action, &action_before);
}

// The thread's stack for the handler, unless it has one already.
class HandlerStack {
 public:
  HandlerStack() {
    stack_t present{};
    ::sigaltstack(nullptr, &present);
    if ((present.ss_flags & SS_DISABLE) == 0) return;
    memory_ = std::make_unique<char[]>(kHandlerStackBytes);
    stack_t own{};
    own.ss_sp = memory_.get();
    own.ss_size = kHandlerStackBytes;
    ::sigaltstack(&own, nullptr);
  }
  ~HandlerStack() {
    if (memory_ == nullptr) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
  }
  HandlerStack(const HandlerStack&) = delete;
  HandlerStack& operator=(const HandlerStack&) = delete;

 private:
  std::unique_ptr<char[]> memory_;
};

}  // namespace

bool stacks_are_guarded() { return kGuarded; }

void guard_stacks_of(StackOwner* owner) {
  if (!kGuarded) return;
  if (owner != nullptr) {
    static std::once_flag once;
    std::call_once(once, &install_for_process);
    static thread_local HandlerStack stack;
    static_cast<void>(stack);
  }
  owner_of_thread = owner;
}

}  // namespace zoneknot::sim
