// Rings of waits among shapes, by length: each shape wants what the next one owns, the last one what the first one
// owns, and no two own the same (a gate would keep them apart) or want the same. A pure function of the shapes, as far
// as the limit of work lets it come.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "lockcheck/offline/wait_shapes.h"
#include "lockcheck/offline/work_limit.h"

namespace zoneknot::lockcheck {

// Numbers of shapes.
using ShapeRing = std::span<const std::uint32_t>;

class RingSearch {
 public:
  // Rings of more tasks are not looked for.
  static constexpr std::size_t kTasksMax = 4096;
  // The search leaves this share of its limit to those who look at what it has found.
  static constexpr double kShareOfWork = 0.75;

  // All of it must outlive this.
  RingSearch(const WaitShapes& shapes, WorkLimit& work);

  using Found = std::function<void(ShapeRing)>;
  // Two that would be a ring of two, but that one task alone does both (kNoId), or owning the same gate.
  using KeptApart = std::function<void(ShapeRing, OwnableId gate)>;

  // Every ring of exactly so many tasks, each once. False: the limit ended it before.
  bool of_length(std::size_t length, const Found& found, const KeptApart& kept_apart);
  // A length below which, of_length() having been called for all up to `done`, there are no others. Nothing: there are
  // no more rings.
  [[nodiscard]] std::optional<std::size_t> next_length(std::size_t done) const;
  // False: there may be rings of more than kTasksMax tasks.
  [[nodiscard]] bool looks_at_all() const { return !longer_; }

 private:
  static constexpr std::uint32_t kFar = UINT32_MAX;

  struct Part {
    std::uint32_t wanted = 0;  // numbers in which locks and ends of tasks are dense
    std::vector<std::uint32_t> owned;
    std::size_t at_least = 2;  // no ring that it is the lowest number of has fewer
  };

  // How far it is from each resource back to what `start` owns, over higher shapes; and with it at_least.
  void measure(std::uint32_t start, std::size_t length);
  void extend(std::size_t length, const Found& found, const KeptApart& kept_apart);
  bool fits(std::uint32_t next, const KeptApart& kept_apart, std::size_t length);

  const std::vector<WaitShape>& shapes_;
  WorkLimit& work_;
  std::vector<Part> parts_;
  std::vector<std::vector<std::uint32_t>> owners_, wanters_;  // by resource, ascending
  std::vector<std::uint32_t> way_back_;                       // by resource: shapes from there to the start
  std::vector<std::uint32_t> measured_;                       // resources that have one
  std::vector<std::uint32_t> ring_;
  std::size_t tasks_ = 0;  // that a ring can have
  bool longer_ = false;
};

}  // namespace zoneknot::lockcheck
