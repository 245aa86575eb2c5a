// A sequence that only grows and whose elements never move, so that one thread may look at elements while another adds
// some. Growing is serialised by the owner; everything else may be called from any thread, for elements below size().
// clear() is for the owner alone, and keeps the elements to be used again.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace zoneknot::lockcheck {

template <class T>
class StableVector {
 public:
  StableVector() = default;
  ~StableVector() {
    for (std::atomic<T*>& chunk : chunks_) delete[] chunk.load(std::memory_order_relaxed);
  }
  StableVector(const StableVector&) = delete;
  StableVector& operator=(const StableVector&) = delete;

  [[nodiscard]] std::uint32_t size() const { return size_.load(std::memory_order_acquire); }

  // index < size(), or below the new size while growing.
  [[nodiscard]] T& operator[](std::uint32_t index) const {
    // bit_width is slow on some processors, and most sequences are short.
    if (index < kFirst) [[likely]]
      return chunks_[0].load(std::memory_order_acquire)[index];
    const std::uint64_t shifted = std::uint64_t{index} + kFirst;
    const auto chunk = static_cast<std::size_t>(std::bit_width(shifted)) - kFirstWidth;
    return chunks_[chunk].load(std::memory_order_acquire)[shifted - (kFirst << chunk)];
  }

  // Makes size() at least `size`. `ready(element)` is called for each new element, before others can see it; elements
  // that are used again come as they were left.
  template <class Ready>
  void grow_to(std::uint32_t size, Ready ready) {
    for (std::uint32_t index = size_.load(std::memory_order_relaxed); index < size; ++index) {
      const std::uint64_t shifted = std::uint64_t{index} + kFirst;
      const auto chunk = static_cast<std::size_t>(std::bit_width(shifted)) - kFirstWidth;
      assert(chunk < kChunks);
      if (chunks_[chunk].load(std::memory_order_relaxed) == nullptr) {
        chunks_[chunk].store(new T[kFirst << chunk], std::memory_order_release);
      }
      ready((*this)[index]);
      size_.store(index + 1, std::memory_order_release);
    }
  }

  void clear() { size_.store(0, std::memory_order_relaxed); }

 private:
  // Chunk k holds kFirst << k elements.
  static constexpr std::uint64_t kFirst = 64;
  static constexpr std::size_t kFirstWidth = 7;  // bit_width(kFirst)
  static constexpr std::size_t kChunks = 26;     // enough for every 32-bit index below 2^32 - 64

  std::array<std::atomic<T*>, kChunks> chunks_{};
  std::atomic<std::uint32_t> size_ = 0;
};

}  // namespace zoneknot::lockcheck
