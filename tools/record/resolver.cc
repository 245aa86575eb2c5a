#include "tools/record/resolver.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fmt/core.h>

#include <cstdlib>
#include <string_view>
#include <utility>

#include "lockcheck/text/site.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {
namespace {

constexpr std::uint64_t kPageMask = 4095;

// Debug information that is installed; where to ask a server for it is for others to say.
char* debug_information_path = nullptr;
constexpr Dwfl_Callbacks kCallbacks = {.find_elf = dwfl_build_id_find_elf,
                                       .find_debuginfo = dwfl_standard_find_debuginfo,
                                       .section_address = dwfl_offline_section_address,
                                       .debuginfo_path = &debug_information_path};

// A name of C is no type, though "m" would be one, unsigned long.
std::string demangled(const char* symbol) {
  if (!std::string_view(symbol).starts_with("_Z")) return symbol;
  int status = 0;
  char* const text = abi::__cxa_demangle(symbol, nullptr, nullptr, &status);
  if (text == nullptr) return symbol;
  std::string name(text);
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc)
  return name;
}

bool is_of_library(std::string_view function, std::string_view file, std::string_view module) {
  return function.starts_with("std::") || function.starts_with("__gnu_cxx::") || function.starts_with("__gthread") ||
         file.find("/include/c++/") != std::string_view::npos || module.starts_with("libstdc++.so") ||
         module.starts_with("libc.so") || module.starts_with("libc++.so");
}

std::string name_of(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  const char* linkage = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute));
  if (linkage != nullptr) return demangled(linkage);
  const char* const name = dwarf_diename(die);
  return name == nullptr ? "" : name;
}

// From the innermost outward, as they lie in the code: dwarf_getscopes leaves it for where what is inlined is defined.
int scopes_around(Dwarf_Die* unit, Dwarf_Addr address, Dwarf_Die** scopes) {
  Dwarf_Die* defined = nullptr;
  if (dwarf_getscopes(unit, address, &defined) <= 0) return 0;
  Dwarf_Die innermost = defined[0];
  std::free(defined);  // NOLINT(cppcoreguidelines-no-malloc)
  return dwarf_getscopes_die(&innermost, scopes);
}

// Where the function that was inlined was called.
core::Place call_of(Dwarf_Die* inlined, Dwarf_Die* unit) {
  core::Place place;
  Dwarf_Attribute attribute;
  Dwarf_Word number = 0;
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &number) == 0) {
    place.line = static_cast<std::uint32_t>(number);
  }
  if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &number) == 0 &&
      dwarf_getsrcfiles(unit, &files, &count) == 0) {
    const char* const file = dwarf_filesrc(files, number, nullptr, nullptr);
    if (file != nullptr) place.file = file;
  }
  return place;
}

}  // namespace

struct Resolver::Module {
  std::uint64_t end = 0;
  std::string name{};
  std::uint64_t begin = 0;
  Dwfl* dwfl = nullptr;
  Dwfl_Module* module = nullptr;  // null: nothing is known of it

  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module() {
    if (dwfl != nullptr) dwfl_end(dwfl);
  }

  // A module lies where its first piece that is loaded does.
  void open(const lockcheck::TraceModule& from) {
    dwfl = dwfl_begin(&kCallbacks);
    if (dwfl == nullptr) return;
    dwfl_report_begin(dwfl);
    module = dwfl_report_elf(dwfl, name.c_str(), from.path.c_str(), -1, from.begin & ~kPageMask, false);
    dwfl_report_end(dwfl, nullptr, nullptr);
  }

  [[nodiscard]] std::string build_id() const {
    const unsigned char* bits = nullptr;
    GElf_Addr address = 0;
    GElf_Addr bias = 0;
    if (module == nullptr || dwfl_module_getelf(module, &bias) == nullptr) return {};
    const int length = dwfl_module_build_id(module, &bits, &address);
    std::string digits;
    for (int i = 0; i < length; ++i) digits += fmt::format("{:02x}", bits[i]);
    return digits;
  }

  [[nodiscard]] ResolvedPlace without_lines(std::uint64_t address) const {
    GElf_Off offset = 0;
    GElf_Sym symbol{};
    const char* const found = module == nullptr
                                  ? nullptr
                                  : dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr);
    // Where symbols have been stripped the nearest one may end before.
    if (found == nullptr || (symbol.st_size != 0 && offset >= symbol.st_size)) {
      return {.place = {.file = name, .function = fmt::format("{}+{:#x}", name, address - begin)},
              .is_library = is_of_library("", "", name)};
    }
    const std::string full = demangled(found);
    std::string function = lockcheck::bare_function_name(full);
    if (offset > 0) function += fmt::format("+{:#x}", offset);
    return {.place = {.file = name, .function = std::move(function)}, .is_library = is_of_library(full, "", name)};
  }

  // What was inlined comes first, and then what it was inlined into.
  [[nodiscard]] std::vector<ResolvedPlace> places(std::uint64_t address) const {
    Dwarf_Addr bias = 0;
    Dwarf_Die* const unit = module == nullptr ? nullptr : dwfl_module_addrdie(module, address, &bias);
    Dwfl_Line* const line = module == nullptr ? nullptr : dwfl_module_getsrc(module, address);
    int number = 0;
    const char* const file =
        line == nullptr ? nullptr : dwfl_lineinfo(line, nullptr, &number, nullptr, nullptr, nullptr);
    if (unit == nullptr || file == nullptr) return {without_lines(address)};
    std::vector<ResolvedPlace> all;
    core::Place at{.file = file, .line = static_cast<std::uint32_t>(number)};
    Dwarf_Die* scopes = nullptr;
    const int count = scopes_around(unit, address - bias, &scopes);
    for (int i = 0; i < count; ++i) {
      const int tag = dwarf_tag(&scopes[i]);
      if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
      const std::string full = name_of(&scopes[i]);
      at.function = lockcheck::bare_function_name(full);
      all.push_back({.place = at, .is_library = is_of_library(full, at.file, name)});
      if (tag == DW_TAG_subprogram) break;
      at = call_of(&scopes[i], unit);
    }
    std::free(scopes);  // NOLINT(cppcoreguidelines-no-malloc)
    if (all.empty()) all.push_back({.place = at, .is_library = is_of_library("", at.file, name)});
    return all;
  }
};

Resolver::Resolver() {
  // libdw would ask a server by itself.
  unsetenv("DEBUGINFOD_URLS");
}
Resolver::~Resolver() = default;

std::string Resolver::add_module(const lockcheck::TraceModule& module) {
  std::erase_if(modules_,
                [&](const auto& known) { return known.first < module.end && known.second->end > module.begin; });
  std::erase_if(known_, [&](const auto& known) { return known.first >= module.begin && known.first < module.end; });
  auto added = std::make_unique<Module>();
  added->begin = module.begin;
  added->end = module.end;
  added->name = base_name(module.path);
  added->open(module);
  const std::string id = added->build_id();
  modules_[module.begin] = std::move(added);
  return id;
}

const Resolver::Module* Resolver::module_of(std::uint64_t address) const {
  auto after = modules_.upper_bound(address);
  if (after == modules_.begin()) return nullptr;
  --after;
  return address < after->second->end ? after->second.get() : nullptr;
}

const std::vector<ResolvedPlace>& Resolver::resolve(std::uint64_t address) {
  const auto [place, is_new] = known_.try_emplace(address);
  if (!is_new) return place->second;
  const Module* const module = module_of(address);
  if (module != nullptr) {
    place->second = module->places(address);
  } else {
    place->second = {{.place = {.function = fmt::format("{:#x}", address)}}};
  }
  return place->second;
}

const std::vector<ResolvedPlace>& Resolver::call_before(std::uint64_t address) { return resolve(address - 1); }
const std::vector<ResolvedPlace>& Resolver::function_at(std::uint64_t address) { return resolve(address); }

std::string Resolver::variable_at(std::uint64_t address) const {
  const Module* const module = module_of(address);
  if (module == nullptr || module->module == nullptr) return {};
  GElf_Off offset = 0;
  GElf_Sym symbol{};
  const char* const name = dwfl_module_addrinfo(module->module, address, &offset, &symbol, nullptr, nullptr, nullptr);
  if (name == nullptr || (symbol.st_size != 0 && offset >= symbol.st_size)) return {};
  std::string text = lockcheck::bare_function_name(demangled(name));
  if (offset > 0) text += fmt::format("+{:#x}", offset);
  return text;
}

}  // namespace zoneknot::tools
