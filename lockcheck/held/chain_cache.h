// The chains of one task that the order checker has been told of already: what was waited for, and what was owned then.
// A chain is known by a hash of 64 bits, so looking one up takes a few nanoseconds, and the checker's slow path runs
// once for each different chain of a task, as long as there are not too many. Belongs to the task's record.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace zoneknot::lockcheck {

// A number of well mixed bits for one object, so that sums of them tell sets apart.
constexpr std::uint64_t chain_mark(std::uint64_t object) {
  std::uint64_t mixed = object + 0x9e3779b97f4a7c15U;
  mixed = (mixed ^ mixed >> 30U) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ mixed >> 27U) * 0x94d049bb133111ebU;
  return mixed ^ mixed >> 31U;
}

class ChainCache {
 public:
  // When there would be more chains, all are forgotten, and it begins anew.
  static constexpr std::size_t kMaxChains = 1024;

  struct Entry {
    std::uint64_t key = 0;   // 0: free
    std::uint64_t last = 0;  // when it was last walked
    std::uint32_t ask = 0;   // what the checker calls it
  };

  // A chain's hash: of the objects owned (the sum of their marks), the segment of the task's life, and what is waited
  // for. 0 would count as seen: one more of the coincidences that a hash can have.
  [[nodiscard]] static std::uint64_t key_of(std::uint64_t owned, std::uint64_t segment, std::uint64_t wanted) {
    return (owned + segment) * 0x9e3779b97f4a7c15U ^ wanted;
  }

  void clear();

  // Null: not seen before. Valid until the next add().
  [[nodiscard]] Entry* find(std::uint64_t key) {
    for (std::size_t place = start_of(key);; place = (place + 1) & mask_) {
      Entry& entry = entries_[place];
      if (entry.key == key) return &entry;
      if (entry.key == 0) return nullptr;
    }
  }
  // A chain that find() has not found.
  Entry& add(std::uint64_t key, std::uint32_t ask);

  // Different chains; also how often the slow path was taken.
  [[nodiscard]] std::size_t size() const { return used_; }

  // Calls visit(entry) for every chain, in an order that depends on nothing but the chains.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Entry& entry : entries_) {
      if (entry.key != 0) visit(entry);
    }
  }

 private:
  [[nodiscard]] std::size_t start_of(std::uint64_t key) const { return key & mask_; }
  void grow();

  std::vector<Entry> entries_ = std::vector<Entry>(1);  // a power of two of them, at most half in use
  std::size_t mask_ = 0;                                // entries_.size() - 1
  std::size_t used_ = 0;
};

}  // namespace zoneknot::lockcheck
