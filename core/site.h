// A place in a program: file, line and function. Columns are never used, compilers disagree on them. A value of one
// word, for events carry it and locks remember it; what it names lives elsewhere: for a call of this program in what
// the compiler wrote down, for a place that somebody else tells of (a recorded trace, a debugger) in a Place. Any
// thread.
#pragma once

#include <bit>
#include <cstdint>
#include <source_location>
#include <string>

namespace zoneknot::core {

struct Place {
  std::string file{};      // base name or path; empty: not known
  std::uint32_t line = 0;  // 0: not known
  std::string function{};
  bool operator==(const Place&) const = default;
};

class Site {
 public:
  // Nowhere: no file, line 0.
  constexpr Site() = default;
  Site(std::source_location compiled)  // NOLINT(google-explicit-constructor)
      : word_(std::bit_cast<std::uintptr_t>(compiled)) {}
  // `told` must outlive every copy.
  explicit Site(const Place& told) : word_(reinterpret_cast<std::uintptr_t>(&told) | kTold) {}
  explicit Site(Place&&) = delete;

  // As a default argument: the caller's place. Were this consteval, g++ 12 would take it for the place of the default.
  static Site current(std::source_location caller = std::source_location::current()) { return caller; }

  [[nodiscard]] const char* file_name() const { return is_told() ? told().file.c_str() : compiled().file_name(); }
  [[nodiscard]] std::uint32_t line() const { return is_told() ? told().line : compiled().line(); }
  [[nodiscard]] const char* function_name() const {
    return is_told() ? told().function.c_str() : compiled().function_name();
  }

 private:
  // The lowest bit, which is 0 in the address of a Place and in a source_location, an address too.
  static constexpr std::uintptr_t kTold = 1;
  static_assert(alignof(Place) > kTold && sizeof(std::source_location) == sizeof(std::uintptr_t));

  [[nodiscard]] bool is_told() const { return (word_ & kTold) != 0; }
  [[nodiscard]] const Place& told() const { return *reinterpret_cast<const Place*>(word_ - kTold); }
  [[nodiscard]] std::source_location compiled() const { return std::bit_cast<std::source_location>(word_); }

  std::uintptr_t word_ = 0;
};

}  // namespace zoneknot::core
