// libFuzzer target: any bytes as a backtrace. See t/fuzz/CMakeLists.txt for how to build and run it.
#include <cstddef>
#include <cstdint>

#include "t/fuzz/fuzz_entries.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  zoneknot::fuzz::fuzz_backtrace({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
