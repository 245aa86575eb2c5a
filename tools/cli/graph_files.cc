#include "tools/cli/graph_files.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "lockcheck/report/report_dot.h"
#include "lockcheck/report/report_html.h"
#include "lockcheck/report/report_sarif.h"
#include "lockcheck/report/run_json.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {
namespace {

constexpr const char* kDot = "dot";

struct CloseTemporary {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseTemporary>;

bool dot_is_installed() {
  const char* path = std::getenv("PATH");
  for (std::string_view rest = path == nullptr ? "" : path; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (access((std::string(rest.substr(0, end)) + "/" + kDot).c_str(), X_OK) == 0) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

// Runs `dot -Tsvg` from one file to another. False: it did not end well.
bool run_dot(std::FILE& from, std::FILE& to) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(&from), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(&to), STDOUT_FILENO);
  std::string program = kDot;
  std::string form = "-Tsvg";
  const std::array<char*, 3> arguments = {program.data(), form.data(), nullptr};
  pid_t child = 0;
  const bool started = posix_spawnp(&child, kDot, &actions, nullptr, arguments.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return started && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

tl::expected<std::string, InputError> svg_of(const std::string& dot) {
  const TemporaryFile from(std::tmpfile());
  const TemporaryFile to(std::tmpfile());
  const InputError failed{.file = "--svg", .message = "the program dot could not make the picture"};
  if (!from || !to) return tl::make_unexpected(failed);
  if (std::fwrite(dot.data(), 1, dot.size(), from.get()) != dot.size()) return tl::make_unexpected(failed);
  if (std::fseek(from.get(), 0, SEEK_SET) != 0 || !run_dot(*from, *to)) return tl::make_unexpected(failed);
  if (std::fseek(to.get(), 0, SEEK_SET) != 0) return tl::make_unexpected(failed);
  std::string svg;
  std::array<char, 4096> part{};
  for (std::size_t read = 1; read > 0;) {
    read = std::fread(part.data(), 1, part.size(), to.get());
    svg.append(part.data(), read);
  }
  return svg;
}

}  // namespace

std::optional<InputError> check_dot_program(const GraphOptions& graphs) {
  if (!graphs.svg.empty() && !dot_is_installed()) {
    return InputError{.file = "--svg",
                      .message = "needs the program dot of Graphviz, which is not installed; --dot does without"};
  }
  return std::nullopt;
}

std::vector<NamedFile> named_graph_files(const GraphOptions& graphs) {
  return {{"--dot", graphs.dot, FileUse::written},
          {"--svg", graphs.svg, FileUse::written},
          {"--html", graphs.html, FileUse::written},
          {"--perfetto", graphs.perfetto, FileUse::written},
          {"--sarif", graphs.sarif, FileUse::written}};
}

std::optional<InputError> write_graph_files(const lockcheck::Verdict& verdict, const GraphOptions& graphs,
                                            const std::optional<lockcheck::RunInVerdict>& run) {
  if (!graphs.html.empty()) {
    if (auto error = write_file(graphs.html, lockcheck::to_html(verdict, run))) return error;
  }
  if (!graphs.perfetto.empty()) {
    const std::string trace = lockcheck::to_perfetto(run.value_or(lockcheck::RunInVerdict{}), verdict.subject.job);
    if (auto error = write_file(graphs.perfetto, trace)) return error;
  }
  if (!graphs.sarif.empty()) {
    if (auto error = write_file(graphs.sarif, lockcheck::to_sarif(verdict))) return error;
  }
  if (graphs.dot.empty() && graphs.svg.empty()) return std::nullopt;
  const std::string dot = lockcheck::to_dot(verdict);
  if (!graphs.dot.empty()) {
    if (auto error = write_file(graphs.dot, dot)) return error;
  }
  if (graphs.svg.empty()) return std::nullopt;
  const auto svg = svg_of(dot);
  return svg ? write_file(graphs.svg, *svg) : svg.error();
}

}  // namespace zoneknot::tools
