// libFuzzer target: any bytes as a lock trace in STD text. See t/fuzz/CMakeLists.txt for how to build and run it.
#include <cstddef>
#include <cstdint>

#include "t/fuzz/trace_entries.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  zoneknot::fuzz::fuzz_std_trace({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
