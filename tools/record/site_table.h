// Places of a trace by the call stacks that the library noted: each different stack is a place of its own, called after
// the first function on it that is not the C or C++ library's. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "lockcheck/trace/trace_event.h"
#include "tools/record/resolver.h"

namespace zoneknot::tools {

class SiteTable {
 public:
  // Place 0 is nowhere.
  SiteTable(lockcheck::TraceNames& names, Resolver& resolver);

  // The addresses of a stack, as the library notes them for what it then calls `number`.
  void add(std::uint64_t lane, std::uint32_t number, std::string_view addresses);
  // The same for the routine that a thread starts with.
  void add_module(const lockcheck::TraceModule& module);
  [[nodiscard]] std::uint32_t site(std::uint64_t lane, std::uint32_t number);
  // The bare name of the function that a thread starts with, and its place.
  std::string routine(std::uint64_t lane, std::uint32_t number);

 private:
  using Key = std::pair<std::uint64_t, std::uint32_t>;
  std::uint32_t site_of(const std::vector<std::uint64_t>& addresses);
  std::uint32_t caller(const core::Place& place);

  lockcheck::TraceNames& names_;
  Resolver& resolver_;
  std::map<Key, std::vector<std::uint64_t>> stacks_;
  std::map<Key, std::uint32_t> numbers_;  // of those that were asked for
  std::map<std::vector<std::uint64_t>, std::uint32_t> sites_;
  std::map<std::tuple<std::string, std::uint32_t, std::string>, std::uint32_t> callers_;
};

}  // namespace zoneknot::tools
