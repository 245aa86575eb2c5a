// Reads backtraces of all threads: what gdb prints for `thread apply all bt`, live or of a core, and what pstack and
// eu-stack print; with or without symbols, several processes one after another, quoted and wrapped as in a mail.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

struct StackFrame {
  std::string function;                // bare: "adjust_block", "zbd_find_zone"; empty: the debugger does not know
  std::optional<std::uint64_t> mutex;  // an argument of that name, or "futex"
};

struct StackOfThread {
  std::size_t process = 0;         // counted from 0, as they come
  std::string title;               // "Thread 8 (LWP 11102)"
  bool has_title = false;          // the debugger's; else it is ours
  std::string name;                // what the system calls it: "fio"; empty: not said
  std::vector<StackFrame> frames;  // the innermost first
};

struct Backtrace {
  std::vector<StackOfThread> threads;
  std::size_t processes = 0;
};

// `input` is what the user called the text.
tl::expected<Backtrace, InputError> parse_backtrace(std::string_view text, const std::string& input);

}  // namespace zoneknot::tools
