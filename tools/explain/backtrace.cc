#include "tools/explain/backtrace.h"

#include <cxxabi.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <set>

namespace zoneknot::tools {
namespace {

constexpr std::size_t kMostThreads = 100'000;
constexpr std::size_t kMostFrames = 10'000;                    // of a thread
constexpr std::size_t kMostOfAFrame = std::size_t{64} << 10U;  // characters; templates have long names

// The title of a thread in what coredumpctl prints.
constexpr std::string_view kOfSystemd = "Stack trace of thread ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed_line(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Without the marks that a mail puts before a quoted line.
std::string_view unquoted(std::string_view line) {
  while (line.starts_with('>')) {
    line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
  }
  return trimmed_line(line);
}

std::string_view without_blanks_before(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

// The digits behind `word`, if the text begins so; else nothing.
std::optional<std::string_view> number_behind(std::string_view text, std::string_view word) {
  if (!text.starts_with(word)) return std::nullopt;
  text.remove_prefix(word.size());
  const auto end = std::ranges::find_if_not(text, is_digit) - text.begin();
  if (end == 0) return std::nullopt;
  return text.substr(0, static_cast<std::size_t>(end));
}

// The hexadecimal number that an argument of this name has; gdb writes "mutex=mutex@entry=0x7f…" too.
std::optional<std::uint64_t> address_in(std::string_view frame, std::string_view argument) {
  const std::size_t at = frame.find(argument);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = frame.substr(at, frame.find_first_of(",)", at) - at);
  const std::size_t hex = rest.rfind("0x");
  if (hex == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(hex + 2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, 16);
  if (error != std::errc() || end == rest.data()) return std::nullopt;
  return value;
}

std::string demangled(std::string_view name) {
  if (!name.starts_with("_Z")) return std::string(name);
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> plain(
      abi::__cxa_demangle(std::string(name).c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? std::string(plain.get()) : std::string(name);
}

// The name up to its arguments, of which the parenthesis stands outside of all angle brackets and is not that of
// "(anonymous namespace)" or of operator().
std::string_view up_to_arguments(std::string_view name) {
  static constexpr std::string_view kAnonymous = "(anonymous namespace)";
  std::size_t depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name.substr(i).starts_with(kAnonymous)) {
      i += kAnonymous.size() - 1;
    } else if (name[i] == '<') {
      ++depth;
    } else if (name[i] == '>') {
      depth -= depth > 0 ? 1 : 0;
    } else if (name[i] == '(' && depth == 0) {
      const bool call = name.substr(0, i).ends_with("operator") && name.substr(i).starts_with("()");
      if (!call) return name.substr(0, i);
      ++i;
    }
  }
  return name;
}

// "convert_to_open_zone" of "void zoneknot::core::ZoneLocking::convert_to_open_zone<int>": what stands behind the last
// "::" outside of brackets, without what a compiler or a linker adds to names.
std::string bare(std::string_view name) {
  name = name.substr(0, name.find(" [clone"));
  std::size_t begin = 0;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<') ++depth;
    if (name[i] == '>' && depth > 0) --depth;
    if (depth == 0 && (name[i] == ':' || name[i] == ' ')) begin = i + 1;
  }
  name.remove_prefix(begin);
  // "foo.constprop.0", "foo.part.3", "foo@@GLIBC_2.2", "foo<int>", "foo [clone …]", "foo+0x1c".
  return std::string(name.substr(0, name.find_first_of(name.starts_with("operator") ? ".@[" : ".@<[+")));
}

StackFrame frame_of(std::string_view text) {
  StackFrame frame;
  frame.mutex = address_in(text, "mutex=");
  if (!frame.mutex) frame.mutex = address_in(text, "futex=");
  text = without_blanks_before(text);
  if (text.starts_with("0x")) {
    const auto end = std::ranges::find_if_not(text.substr(2), [](unsigned char c) { return std::isxdigit(c) != 0; });
    text = without_blanks_before(std::string_view(end, text.end()));
  }
  for (const std::string_view before : {"in ", "- 1 ", "- 1\t"}) {
    if (text.starts_with(before)) text = without_blanks_before(text.substr(before.size()));
  }
  if (text.starts_with("- ")) return frame;  // eu-stack: a module without a name
  const std::string name = demangled(text.substr(0, text.starts_with("_Z") ? text.find(' ') : text.size()));
  std::string_view function = trimmed_line(up_to_arguments(name));
  for (const std::string_view before_module : {" - ", " in "}) {
    function = function.substr(0, function.find(before_module));
  }
  // systemd knows no name as "n/a".
  if (function.empty() || function == "n/a" || function.starts_with('?') || function.starts_with('<')) return frame;
  frame.function = bare(trimmed_line(function));
  return frame;
}

// More opened than closed, or no name yet: what follows belongs to it.
bool goes_on(std::string_view frame) {
  const auto opened = std::ranges::count(frame, '(') - std::ranges::count(frame, ')');
  const std::string_view text = trimmed_line(frame);
  return opened > 0 || text.ends_with(" in") || text.find_first_not_of("0123456789abcdefx ") == std::string_view::npos;
}

class BacktraceReader {
 public:
  // Null: there was nothing to object to.
  const char* read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (const char* objection = read_line(unquoted(text.substr(0, end)))) {
        return objection;
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    end_frame();
    end_thread();
    return nullptr;
  }

  [[nodiscard]] Backtrace& result() { return result_; }
  [[nodiscard]] unsigned line() const { return line_; }

 private:
  const char* read_line(std::string_view line) {
    ++line_;
    const std::string_view text = without_blanks_before(line);
    if (text.empty()) {
      end_frame();
      return nullptr;
    }
    if (const auto number = number_behind(text, "#")) {
      end_frame();
      // A stack without a title: a debugger that was asked for one thread.
      if (*number == "0" && (!thread_ || !thread_->frames.empty())) begin_thread("");
      if (!thread_) return "a stack that does not begin with frame #0";
      if (thread_->frames.size() == kMostFrames) return "a stack of too many frames";
      frame_ = without_blanks_before(text.substr(1 + number->size()));
      return nullptr;
    }
    if (is_title(text)) {
      end_frame();
      begin_thread(text);
      return result_.threads.size() == kMostThreads ? "too many threads" : nullptr;
    }
    if (frame_ && (line.front() == ' ' || line.front() == '\t' || goes_on(*frame_))) {
      if (frame_->size() + text.size() > kMostOfAFrame) return "a frame that is too long";
      *frame_ += " " + std::string(text);
    }
    return nullptr;
  }

  static bool is_title(std::string_view text) {
    const auto thread = number_behind(text, "Thread ");
    if (thread) {
      const std::string_view rest = text.substr(7 + thread->size());
      return rest.starts_with(" (") || rest == ":";
    }
    // pstack of the distributions that do not have gdb's: "thread: 0x7f…, lwp: 2730, type: 1".
    if (text.starts_with("thread: ") && text.find("lwp: ") != std::string_view::npos) return true;
    return number_behind(text, kOfSystemd) || number_behind(text, "TID ") || number_behind(text, "PID ");
  }

  // Where gdb reads a core it says first where the thread stands that it looks at; then that is one of those with
  // titles.
  void forget_frame_before_threads() {
    std::vector<StackOfThread>& threads = result_.threads;
    if (!threads.empty() && !threads.back().has_title && threads.back().frames.size() == 1) threads.pop_back();
  }

  void begin_thread(std::string_view title) {
    end_thread();
    if (title.starts_with("Thread ")) forget_frame_before_threads();
    // eu-stack tells of processes; gdb numbers the threads of each anew.
    const auto number = number_behind(title, "Thread ");
    const bool process = number_behind(title, "PID ").has_value();
    const bool seen = number && !numbers_.insert(std::string(*number)).second;
    const bool untitled = title.empty();
    if (process || seen || (untitled && result_.processes > 0)) {
      numbers_.clear();
      if (number) numbers_.insert(std::string(*number));
      ++result_.processes;
    }
    if (result_.processes == 0) result_.processes = 1;
    if (process) return;
    thread_.emplace();
    thread_->process = result_.processes - 1;
    thread_->title = title_of(title);
    thread_->has_title = !title.empty();
    if (const std::size_t quote = title.find('"'); quote != std::string_view::npos) {
      const std::string_view name = title.substr(quote + 1);
      thread_->name = name.substr(0, name.find('"'));
    }
  }

  // "Thread 8 (LWP 11102)", "TID 2730".
  std::string title_of(std::string_view title) const {
    if (title.empty()) return fmt::format("process {}", result_.processes);
    for (const std::string_view word : {std::string_view("TID "), kOfSystemd}) {
      if (const auto number = number_behind(title, word)) return fmt::format("TID {}", *number);
    }
    if (title.starts_with("thread: ")) {
      return fmt::format("TID {}", number_behind(title.substr(title.find("lwp: ")), "lwp: ").value_or("?"));
    }
    const std::string number(number_behind(title, "Thread ").value_or("?"));
    for (const std::string_view word : {"LWP ", "process "}) {
      const std::size_t at = title.find(word);
      if (at == std::string_view::npos) continue;
      if (const auto id = number_behind(title.substr(at), word))
        return fmt::format("Thread {} ({}{})", number, word, *id);
    }
    return "Thread " + number;
  }

  void end_frame() {
    if (frame_ && thread_) thread_->frames.push_back(frame_of(*frame_));
    frame_.reset();
  }

  void end_thread() {
    if (thread_ && !thread_->frames.empty()) result_.threads.push_back(*std::move(thread_));
    thread_.reset();
  }

  Backtrace result_;
  std::optional<StackOfThread> thread_;
  std::optional<std::string> frame_;  // its text so far
  std::set<std::string> numbers_;     // of the threads of this process
  unsigned line_ = 0;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Begins neither a frame nor a thread, nor as a debugger's own second line of a frame does.
bool is_rest(std::string_view line) {
  const auto number = number_behind(line, "#");
  const bool frame = number && line.substr(1 + number->size()).starts_with(' ');
  return !line.empty() && !frame && !line.starts_with("  ") && line.front() != '\t' && !line.starts_with("Thread ") &&
         !line.starts_with("TID ") && !line.starts_with("PID ") && line.front() != '[';
}

// The width at which a terminal has cut all long lines, within words too; 0: nobody did. What mails quote and wrap is
// not as wide everywhere.
std::size_t cut_at(const std::vector<std::string_view>& lines) {
  constexpr std::size_t kNarrow = 40;
  constexpr std::size_t kOften = 2;
  std::size_t width = 0;
  for (const std::string_view line : lines) width = std::max(width, line.size());
  std::size_t cut = 0;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    if (lines[i].starts_with(">#") || lines[i].starts_with("> #")) return 0;
    if (!is_rest(lines[i + 1])) continue;
    if (lines[i].size() == width) {
      ++cut;
    } else if (lines[i].starts_with('#')) {
      return 0;
    }
  }
  return width >= kNarrow && cut >= kOften ? width : 0;
}

// As it was before a terminal cut it.
std::string whole_lines(std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(text);
  const std::size_t width = cut_at(lines);
  if (width == 0) return std::string(text);
  std::string whole;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    whole += lines[i];
    if (lines[i].size() != width || i + 1 == lines.size() || !is_rest(lines[i + 1])) whole += '\n';
  }
  return whole;
}

// What a debugger says when it could not look.
std::string refusal_in(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kRefusals = {{
      {"Operation not permitted", "the debugger was not permitted to look at the process; try it as root"},
      {"ptrace: ", "the debugger could not attach to the process"},
      {"No such process", "the process that the debugger was to look at is gone"},
      {"No stack.", "the debugger had no process to look at"},
  }};
  for (const auto& [said, meaning] : kRefusals) {
    if (text.find(said) != std::string_view::npos) return std::string(meaning);
  }
  return "is no backtrace: no line is a stack frame, such as '#0 ...'; gdb -p PID -batch -ex 'thread apply all bt' "
         "prints one";
}

}  // namespace

tl::expected<Backtrace, InputError> parse_backtrace(std::string_view text, const std::string& input) {
  const auto error = [&](const std::string& message) {
    return tl::make_unexpected(InputError{.file = input, .message = message});
  };
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return error("is empty");
  if (text.find('\0') != std::string_view::npos) return error("is no text");
  BacktraceReader reader;
  if (const char* objection = reader.read(whole_lines(text))) {
    return tl::make_unexpected(InputError{.file = input, .line = reader.line(), .message = objection});
  }
  if (reader.result().threads.empty()) return error(refusal_in(text));
  return std::move(reader.result());
}

}  // namespace zoneknot::tools
