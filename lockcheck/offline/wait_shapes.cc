#include "lockcheck/offline/wait_shapes.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/property_map/property_map.hpp>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace zoneknot::lockcheck {
namespace {

using core::kNoId;

// Locks, what readers of them wait for, and ends of tasks in one row, so that there can be a list by number.
class Numbers {
 public:
  explicit Numbers(const std::vector<LockDependency>& dependencies, const std::vector<LockDependencies::Pair>& more) {
    const auto see = [this](OwnableId what) {
      std::uint32_t& count = is_task_end(what) ? tasks_ : is_for_readers(what) ? for_readers_ : locks_;
      count = std::max(count, (is_task_end(what) ? task_that_ends(what) : lock_of(what)) + 1);
    };
    for (const LockDependency& dependency : dependencies) {
      see(dependency.wanted);
      for (const OwnedAt& owned : dependency.owned) see(owned.what);
    }
    for (const LockDependencies::Pair& pair : more) {
      see(pair.owned);
      see(pair.wanted);
    }
  }
  [[nodiscard]] std::uint32_t of(OwnableId what) const {
    if (is_task_end(what)) return locks_ + for_readers_ + task_that_ends(what);
    return is_for_readers(what) ? locks_ + lock_of(what) : what;
  }
  [[nodiscard]] std::uint32_t count() const { return locks_ + for_readers_ + tasks_; }

 private:
  std::uint32_t locks_ = 0;
  std::uint32_t for_readers_ = 0;
  std::uint32_t tasks_ = 0;
};

// By number, the strongly connected component of "somebody owns a and wants b" that it is in: only what is in one can
// be in a ring together.
std::vector<std::uint32_t> components(const std::vector<LockDependency>& dependencies,
                                      const std::vector<LockDependencies::Pair>& more, const Numbers& numbers) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (const LockDependency& dependency : dependencies) {
    const std::uint32_t wanted = numbers.of(dependency.wanted);
    for (const OwnedAt& owned : dependency.owned) pairs.emplace_back(numbers.of(owned.what), wanted);
  }
  for (const LockDependencies::Pair& pair : more) pairs.emplace_back(numbers.of(pair.owned), numbers.of(pair.wanted));
  std::ranges::sort(pairs);
  pairs.erase(std::ranges::unique(pairs).begin(), pairs.end());
  using Graph = boost::compressed_sparse_row_graph<boost::directedS>;
  const Graph graph(boost::edges_are_sorted, pairs.begin(), pairs.end(), numbers.count());
  std::vector<std::uint32_t> found(numbers.count());
  boost::strong_components(graph,
                           boost::make_iterator_property_map(found.begin(), boost::get(boost::vertex_index, graph)));
  return found;
}

// By number: whether more than one task owns or wants it.
std::vector<bool> shared(const std::vector<LockDependency>& dependencies, const Numbers& numbers) {
  std::vector<core::TaskId> first(numbers.count(), kNoId);
  std::vector<bool> shared(numbers.count(), false);
  const auto see = [&](OwnableId what, core::TaskId task) {
    core::TaskId& known = first[numbers.of(what)];
    if (known == kNoId) known = task;
    if (known != task) shared[numbers.of(what)] = true;
  };
  for (const LockDependency& dependency : dependencies) {
    see(dependency.wanted, dependency.task);
    for (const OwnedAt& owned : dependency.owned) see(owned.what, dependency.task);
  }
  return shared;
}

class ShapeMaker {
 public:
  ShapeMaker(const std::vector<LockDependency>& dependencies, const std::vector<LockDependencies::Pair>& more)
      : all_(dependencies),
        numbers_(dependencies, more),
        components_(components(dependencies, more, numbers_)),
        shared_(shared(dependencies, numbers_)) {}

  [[nodiscard]] bool in_a_ring(OwnableId owned, OwnableId wanted) const {
    return components_[numbers_.of(owned)] == components_[numbers_.of(wanted)];
  }

  std::vector<WaitShape> shapes() {
    std::map<Key, std::uint32_t> known;
    std::vector<WaitShape> shapes;
    for (std::uint32_t number = 0; number < all_.size(); ++number) {
      WaitShape shape = shape_of(all_[number]);
      if (shape.owned.empty()) continue;
      const auto [place, is_new] =
          known.try_emplace({shape.wanted, shape.wanted_site, shape.owned, shape.gates, shape.shares}, shapes.size());
      if (is_new) shapes.push_back(std::move(shape));
      WaitShape& same = shapes[place->second];
      if (same.task != all_[number].task) same.task = kNoId;
      same.members.push_back(number);
    }
    for (WaitShape& shape : shapes) {
      std::ranges::sort(shape.members, {}, [this](std::uint32_t member) { return all_[member].instances[0].where; });
    }
    return shapes;
  }

 private:
  using Key =
      std::tuple<OwnableId, std::uint32_t, std::vector<OwnedAt>, std::vector<OwnableId>, std::vector<OwnableId>>;

  WaitShape shape_of(const LockDependency& dependency) const {
    WaitShape shape{.wanted = dependency.wanted, .wanted_site = dependency.wanted_site, .task = dependency.task};
    for (const OwnedAt& owned : dependency.owned) {
      if (in_a_ring(owned.what, dependency.wanted)) shape.owned.push_back(owned);
      if (!shared_[numbers_.of(owned.what)] || is_for_readers(owned.what)) continue;
      const bool share = owned.hold == Hold::share;
      (share ? shape.shares : shape.gates).push_back(owned.what);
      (share ? shape.share_bits : shape.gate_bits) |= std::uint64_t{1} << owned.what % 64;
    }
    return shape;
  }

  const std::vector<LockDependency>& all_;
  const Numbers numbers_;
  const std::vector<std::uint32_t> components_;
  const std::vector<bool> shared_;
};

}  // namespace

const OwnedAt* WaitShape::owns(OwnableId what) const {
  const auto place = std::ranges::lower_bound(owned, what, {}, &OwnedAt::what);
  return place != owned.end() && place->what == what ? &*place : nullptr;
}

namespace {

OwnableId first_of_both(const std::vector<OwnableId>& a, const std::vector<OwnableId>& b) {
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    if (*left == *right) return *left;
    ++(*left < *right ? left : right);
  }
  return kNoId;
}

}  // namespace

OwnableId common_gate(const WaitShape& a, const WaitShape& b) {
  if (!may_have_a_gate(a, b)) return kNoId;
  const OwnableId gate = first_of_both(a.gates, b.gates);
  if (gate != kNoId) return gate;
  const OwnableId read_here = first_of_both(a.shares, b.gates);
  return read_here != kNoId ? read_here : first_of_both(a.gates, b.shares);
}

WaitShapes wait_shapes(LockDependencies& dependencies) {
  const std::vector<LockDependencies::Pair>& more = dependencies.left_out();
  ShapeMaker maker(dependencies.all(), more);
  WaitShapes shapes{.all = maker.shapes(), .some_left_out = dependencies.pairs_left_out()};
  shapes.some_left_out |= std::ranges::any_of(
      more, [&maker](const LockDependencies::Pair& pair) { return maker.in_a_ring(pair.owned, pair.wanted); });
  std::set<core::TaskId> tasks;
  for (const WaitShape& shape : shapes.all) {
    for (const std::uint32_t member : shape.members) tasks.insert(dependencies.all()[member].task);
  }
  shapes.tasks = tasks.size();
  return shapes;
}

}  // namespace zoneknot::lockcheck
