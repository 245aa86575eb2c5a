// A program run as a child process, the zoneknot command in most tests: arguments in; exit code and what it printed
// out. It runs in a folder of the test's choice, without ZONED in its environment, and dies with the test. One thread.
#pragma once

#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace zoneknot::tools {

// How a child ended. `out` and `err` are all that it printed.
struct Ended {
  int code = -1;  // exit code; 128 + number: ended by that signal
  std::string out;
  std::string err;
};

// Whether a child that is started by root may open what the modes of files forbid, as root may.
enum class FileModes : std::uint8_t { as_given, obeyed };

class ChildProcess {
 public:
  // Starts `program`, a path, in `folder`. What it prints is kept in files, so that it never waits for its reader.
  ChildProcess(const std::string& program, const std::vector<std::string>& arguments, const std::string& folder,
               FileModes modes = FileModes::as_given)
      : out_(std::tmpfile()), err_(std::tmpfile()) {
    std::vector<char*> argv = {const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) become(argv, folder, modes);
  }
  ~ChildProcess() {
    if (pid_ > 0) {
      send(SIGKILL);
      (void)wait();
    }
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void send(int signal) const { kill(pid_, signal); }

  // Whether it has installed a handler of its own for this signal.
  [[nodiscard]] bool catches(int signal) const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (!line.starts_with("SigCgt:")) continue;
      return (std::stoull(line.substr(7), nullptr, 16) >> static_cast<unsigned>(signal - 1) & 1U) != 0;
    }
    return false;
  }

  // Until it has ended. To be called once.
  Ended wait() {
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content(*out_), content(*err_)};
  }

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, CloseFile>;

  [[noreturn]] void become(const std::vector<char*>& argv, const std::string& folder, FileModes modes) const {
    constexpr int kNotStarted = 127;
    // Root stays root, so that it still finds the program, but execv() cannot give it these two any more.
    if (modes == FileModes::obeyed && geteuid() == 0 &&
        (prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE) != 0 || prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH) != 0)) {
      _exit(kNotStarted);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    unsetenv("ZONED");
    if (chdir(folder.c_str()) != 0) _exit(kNotStarted);
    dup2(fileno(out_.get()), STDOUT_FILENO);
    dup2(fileno(err_.get()), STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(kNotStarted);
  }

  static std::string content(std::FILE& file) {
    std::string text;
    std::fseek(&file, 0, SEEK_SET);
    for (int c = std::fgetc(&file); c != EOF; c = std::fgetc(&file)) text += static_cast<char>(c);
    return text;
  }

  File out_;
  File err_;
  pid_t pid_ = -1;
};

}  // namespace zoneknot::tools
