// Every place of the workload at which a task can stand is in a function that fio's users have a name for. The places
// are read from this program itself: what the compiler wrote down for std::source_location.
#include "lockcheck/text/fio_names.h"

#include <gtest/gtest.h>
#include <link.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/workload/workload.h"
#include "lockcheck/text/site.h"

namespace zoneknot::tools {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ZONEKNOT_WATCHES_READS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ZONEKNOT_WATCHES_READS
#endif
#ifdef ZONEKNOT_WATCHES_READS
constexpr bool kWatchesReads = true;
#else
constexpr bool kWatchesReads = false;
#endif

struct Memory {
  std::uintptr_t from = 0;
  std::uintptr_t to = 0;
};

// What of this program is loaded, and what of that holds addresses, which the loader wrote there.
struct Loaded {
  std::vector<Memory> all;
  std::vector<Memory> written;
};

int add_segments(dl_phdr_info* info, std::size_t /*size*/, void* into) {
  auto& loaded = *static_cast<Loaded*>(into);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    const std::uintptr_t from = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD) loaded.all.push_back({from, from + segment.p_memsz});
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) != 0)
      loaded.written.push_back({from, from + segment.p_memsz});
  }
  return 1;  // the program comes first; its libraries are of no interest
}

const char* text_at(const Loaded& loaded, std::uintptr_t address) {
  for (const Memory& memory : loaded.all) {
    if (address < memory.from || address >= memory.to) continue;
    const char* text = reinterpret_cast<const char*>(address);
    return std::memchr(text, 0, memory.to - address) == nullptr ? nullptr : text;
  }
  return nullptr;
}

// As libstdc++ lays std::source_location's constants out: the file, the function, the line.
std::set<std::string> functions_of_the_workload() {
  Loaded loaded;
  dl_iterate_phdr(&add_segments, &loaded);
  std::set<std::string> functions;
  for (const Memory& memory : loaded.written) {
    const std::uintptr_t first = (memory.from + 7) / 8 * 8;
    for (std::uintptr_t at = first; at + 24 <= memory.to; at += 8) {
      std::uintptr_t words[2];
      std::memcpy(words, reinterpret_cast<const void*>(at), sizeof words);
      const char* file = text_at(loaded, words[0]);
      if (file == nullptr || std::string_view(file).find("core/workload/") == std::string_view::npos) continue;
      const char* function = text_at(loaded, words[1]);
      if (function == nullptr || std::strchr(function, '(') == nullptr) continue;
      functions.insert(lockcheck::bare_function_name(function));
    }
  }
  return functions;
}

// Nobody waits in these: they look at data, and go by the routine that calls them.
bool looks_at_data(const std::string& function) {
  static const std::set<std::string> kOnlyData = {"accept",
                                                  "any",
                                                  "append",
                                                  "at",
                                                  "begin",
                                                  "bytes_with_data",
                                                  "count",
                                                  "count_data",
                                                  "data_end",
                                                  "drop",
                                                  "full",
                                                  "has_room_as_of_2020",
                                                  "is_being_mended",
                                                  "leave",
                                                  "list_reported_open",
                                                  "makes_its_own_table",
                                                  "nowhere",
                                                  "opened_by",
                                                  "peek_data",
                                                  "position_of",
                                                  "room",
                                                  "set_in_flight",
                                                  "stopped",
                                                  "sum_data_at_setup"};
  return kOnlyData.contains(function);
}

TEST(FioNames, EveryRoutineOfTheWorkload_HasTheNameThatFiosUsersKnow) {
  if (kWatchesReads) GTEST_SKIP() << "the address sanitizer lets nobody read between two objects";
  // Linked into this program because it is named.
  void (core::Workload::* const volatile workload)() = &core::Workload::run;
  ASSERT_TRUE(workload != nullptr);
  const std::set<std::string> functions = functions_of_the_workload();
  ASSERT_TRUE(functions.contains("convert_to_open_zone")) << "not found: " << ::testing::PrintToString(functions);
  ASSERT_GT(functions.size(), 40U);
  for (const std::string& function : functions) {
    EXPECT_TRUE(looks_at_data(function) || function == "run" || !lockcheck::fio_function_of(function).empty())
        << function;
  }
}

}  // namespace
}  // namespace zoneknot::tools
