#include "tools/record/run_program.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace zoneknot::tools {
namespace {

// A handler can reach nothing else.
volatile sig_atomic_t program_pid = 0;

void pass_on(int signal) {
  if (program_pid > 0) kill(program_pid, signal);
}

constexpr std::array<int, 4> kPassedOn = {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
constexpr std::array<int, 2> kOfTerminal = {SIGINT, SIGQUIT};

// While it exists signals go past this process.
class SignalsPassedOn {
 public:
  SignalsPassedOn() {
    struct sigaction action{};
    action.sa_handler = pass_on;
    action.sa_flags = SA_RESTART;
    for (std::size_t i = 0; i < kPassedOn.size(); ++i) sigaction(kPassedOn[i], &action, &passed_on_[i]);
    action.sa_handler = SIG_IGN;
    for (std::size_t i = 0; i < kOfTerminal.size(); ++i) sigaction(kOfTerminal[i], &action, &of_terminal_[i]);
  }
  ~SignalsPassedOn() {
    for (std::size_t i = 0; i < kPassedOn.size(); ++i) sigaction(kPassedOn[i], &passed_on_[i], nullptr);
    for (std::size_t i = 0; i < kOfTerminal.size(); ++i) sigaction(kOfTerminal[i], &of_terminal_[i], nullptr);
  }
  SignalsPassedOn(const SignalsPassedOn&) = delete;
  SignalsPassedOn& operator=(const SignalsPassedOn&) = delete;

 private:
  std::array<struct sigaction, kPassedOn.size()> passed_on_{};
  std::array<struct sigaction, kOfTerminal.size()> of_terminal_{};
};

std::vector<char*> as_pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

}  // namespace

tl::expected<ProgramEnd, InputError> run_program(const std::string& path, const std::vector<std::string>& words,
                                                 const std::vector<std::string>& environment) {
  const std::vector<char*> arguments = as_pointers(words);
  const std::vector<char*> variables = as_pointers(environment);
  const auto failed = [&path](int error) {
    return tl::make_unexpected(
        InputError{.file = path, .message = fmt::format("cannot be run: {}", std::strerror(error))});
  };
  std::array<int, 2> told{};
  if (pipe2(told.data(), O_CLOEXEC) != 0) return failed(errno);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) {
    sigprocmask(SIG_SETMASK, &before, nullptr);
    execve(path.c_str(), arguments.data(), variables.data());
    const int error = errno;
    static_cast<void>(!write(told[1], &error, sizeof error));
    _exit(1);
  }
  close(told[1]);
  program_pid = pid;
  const SignalsPassedOn passed_on;
  sigprocmask(SIG_SETMASK, &before, nullptr);
  int error = pid < 0 ? errno : 0;
  if (pid > 0 && read(told[0], &error, sizeof error) != static_cast<ssize_t>(sizeof error)) error = 0;
  close(told[0]);
  ProgramEnd end{.pid = pid};
  while (pid > 0 && waitpid(pid, &end.status, 0) < 0 && errno == EINTR) {
  }
  program_pid = 0;
  if (error != 0) return failed(error);
  return end;
}

int end_as(const ProgramEnd& end) {
  if (WIFEXITED(end.status)) return WEXITSTATUS(end.status);
  const rlimit no_core{};
  setrlimit(RLIMIT_CORE, &no_core);
  std::signal(WTERMSIG(end.status), SIG_DFL);
  sigset_t own;
  sigemptyset(&own);
  sigaddset(&own, WTERMSIG(end.status));
  sigprocmask(SIG_UNBLOCK, &own, nullptr);
  raise(WTERMSIG(end.status));
  constexpr int kKilled = 128;
  return kKilled + WTERMSIG(end.status);
}

}  // namespace zoneknot::tools
