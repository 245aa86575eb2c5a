// A value that several tasks use. `read` and `write` are for callers that own the lock which protects the cell; `peek`
// is for a caller that does not. A cell that anybody peeks at is made `racy`: then its peeks and writes are visible
// operations, so that a search can put another task between any two of them. Reads under the lock never are.
#pragma once

#include <atomic>
#include <string_view>

#include "core/runtime.h"

namespace zoneknot::core {

enum class Sharing : std::uint8_t {
  locked,  // every access is made under one lock
  racy,    // read without the lock as well
};

template <class T>
class Shared {
 public:
  Shared(Runtime& runtime, std::string_view name, Sharing sharing, T value = T{})
      : runtime_(&runtime), id_(sharing == Sharing::racy ? runtime.create_cell(name) : kNoId), value_(value) {}
  // Moved only while the structure that holds it is being built.
  Shared(Shared&& other) noexcept : runtime_(other.runtime_), id_(other.id_), value_(other.read()) {}
  Shared& operator=(Shared&&) = delete;
  ~Shared() = default;

  [[nodiscard]] T read() const { return value_.load(std::memory_order_relaxed); }

  [[nodiscard]] T peek(Site site = Site::current()) const {
    if (id_ != kNoId) runtime_->access(id_, Access::read, site);
    return read();
  }

  void write(T value, Site site = Site::current()) {
    if (id_ != kNoId) runtime_->access(id_, Access::write, site);
    value_.store(value, std::memory_order_relaxed);
  }

 private:
  Runtime* runtime_;
  CellId id_;
  std::atomic<T> value_;
};

}  // namespace zoneknot::core
