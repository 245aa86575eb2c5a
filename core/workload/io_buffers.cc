#include "core/workload/io_buffers.h"

#include <cstring>

#include "core/random.h"

namespace zoneknot::core {

IoBuffers::IoBuffers(std::size_t count, std::size_t bytes_each)
    : stride_((bytes_each + kAlignment - 1) / kAlignment * kAlignment),
      bytes_(count * stride_),
      memory_(static_cast<std::byte*>(::operator new(bytes_, std::align_val_t(kAlignment)))) {
  SplitMix64 numbers(count);
  for (std::size_t at = 0; at < bytes_; at += sizeof(std::uint64_t)) {
    const std::uint64_t number = numbers.next();
    std::memcpy(memory_.get() + at, &number, sizeof(number));
  }
}

}  // namespace zoneknot::core
