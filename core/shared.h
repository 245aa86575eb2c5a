// A value that several tasks use. `read` and `write` are for callers that own the lock which protects the cell; `peek`
// is for a caller that does not. A cell that some caller peeks at is made `racy`: then its peeks, updates and writes
// are visible operations, so that a search can put another task between any two of them. Reads under the lock never
// are.
#pragma once

#include <atomic>
#include <string_view>
#include <type_traits>

#include "core/runtime.h"

namespace zoneknot::core {

template <class T>
class Shared {
  static_assert(std::is_integral_v<T> || std::is_enum_v<T>);

 public:
  Shared(Runtime& runtime, const CellInfo& info, T value = T{})
      : runtime_(&runtime),
        id_(runtime.create_cell(info)),
        visible_(info.sharing == Sharing::racy),
        value_(raw(value)) {
    runtime.stored(id_, raw(value));
  }
  Shared(Runtime& runtime, std::string_view name, Sharing sharing, T value = T{})
      : Shared(runtime, CellInfo{.name = name, .sharing = sharing}, value) {}
  // Moved only while the structure that holds it is being built.
  Shared(Shared&& other) noexcept
      : runtime_(other.runtime_), id_(other.id_), visible_(other.visible_), value_(other.value_.load()) {}
  Shared& operator=(Shared&&) = delete;
  ~Shared() = default;

  [[nodiscard]] T read(Site site = Site::current()) const { return static_cast<T>(runtime_->load(id_, value_, site)); }

  [[nodiscard]] T peek(Site site = Site::current()) const {
    if (visible_) runtime_->access(id_, Access::read, site);
    return read(site);
  }

  void write(T value, Site site = Site::current()) {
    if (visible_) runtime_->access(id_, Access::write, site);
    value_.store(raw(value), std::memory_order_relaxed);
    runtime_->stored(id_, raw(value), site);
  }

  // In one step: the value becomes change(value). Returns the one before.
  template <class Change>
  T update(const Change& change, Site site = Site::current()) {
    if (visible_) runtime_->access(id_, Access::update, site);
    std::uint64_t before = runtime_->load(id_, value_, site);
    std::uint64_t after = raw(change(static_cast<T>(before)));
    while (!value_.compare_exchange_weak(before, after)) after = raw(change(static_cast<T>(before)));
    runtime_->stored(id_, after, site);
    return static_cast<T>(before);
  }

 private:
  static std::uint64_t raw(T value) { return static_cast<std::uint64_t>(value); }

  Runtime* runtime_;
  CellId id_;
  bool visible_;
  mutable std::atomic<std::uint64_t> value_;
};

}  // namespace zoneknot::core
