// The data buffers of one job: one for each slot, aligned for direct I/O, filled with numbers that do not compress.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

namespace zoneknot::core {

class IoBuffers {
 public:
  static constexpr std::size_t kAlignment = 4096;

  // No buffers: at() gives null.
  IoBuffers() = default;
  IoBuffers(std::size_t count, std::size_t bytes_each);

  // All of them.
  [[nodiscard]] std::span<std::byte> memory() const { return {memory_.get(), bytes_}; }
  [[nodiscard]] std::byte* at(std::size_t index) const { return memory_ ? memory_.get() + index * stride_ : nullptr; }

 private:
  struct Free {
    void operator()(std::byte* memory) const { ::operator delete(memory, std::align_val_t(kAlignment)); }
  };

  std::size_t stride_ = 0;
  std::size_t bytes_ = 0;
  std::unique_ptr<std::byte, Free> memory_;
};

}  // namespace zoneknot::core
