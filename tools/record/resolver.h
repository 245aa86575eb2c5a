// Addresses of a recorded program as places in its source, by elfutils: function, file and line where there is debug
// information, in the program or installed beside it; else the function and how far behind its beginning; else how far
// behind the module's. Nothing is fetched from elsewhere. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/site.h"
#include "lockcheck/trace/trace_event.h"

namespace zoneknot::tools {

// A place, and whether it belongs to the C or C++ library, whose callers are of more interest.
struct ResolvedPlace {
  core::Place place{};
  bool is_library = false;
};

class Resolver {
 public:
  Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  // From here on this is what lies there; what lay there before is gone. Its build ID, in hexadecimal digits, or
  // nothing.
  std::string add_module(const lockcheck::TraceModule& module);
  // Of an address that is returned to: the call before it, what was inlined there first.
  const std::vector<ResolvedPlace>& call_before(std::uint64_t address);
  // Of the first address of a function.
  const std::vector<ResolvedPlace>& function_at(std::uint64_t address);
  // The name of the variable that lies there; empty: not known.
  std::string variable_at(std::uint64_t address) const;

 private:
  struct Module;
  const std::vector<ResolvedPlace>& resolve(std::uint64_t address);
  [[nodiscard]] const Module* module_of(std::uint64_t address) const;

  std::map<std::uint64_t, std::unique_ptr<Module>> modules_;  // by first address
  std::map<std::uint64_t, std::vector<ResolvedPlace>> known_;
};

}  // namespace zoneknot::tools
