// A place in a program: file, line and function. Columns are never used, compilers disagree on them. A value of two
// words; what it names lives elsewhere: for a call of this program in what the compiler wrote down, for a place that
// somebody else tells of (a recorded trace, a debugger) in a Place. Any thread.
#pragma once

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
  constexpr Site(std::source_location compiled) : compiled_(compiled) {}  // NOLINT(google-explicit-constructor)
  // `place` must outlive every copy.
  explicit constexpr Site(const Place& place) : told_(&place) {}
  explicit Site(Place&&) = delete;

  // As a default argument: the caller's place. Were this consteval, g++ 12 would take it for the place of the default.
  static constexpr Site current(std::source_location caller = std::source_location::current()) { return caller; }

  [[nodiscard]] const char* file_name() const { return told_ != nullptr ? told_->file.c_str() : compiled_.file_name(); }
  [[nodiscard]] std::uint32_t line() const { return told_ != nullptr ? told_->line : compiled_.line(); }
  [[nodiscard]] const char* function_name() const {
    return told_ != nullptr ? told_->function.c_str() : compiled_.function_name();
  }

 private:
  std::source_location compiled_;
  const Place* told_ = nullptr;
};

}  // namespace zoneknot::core
