// The order of lock classes: what every lock of a class can do to every lock of another, however many there are. A
// class is what a lock is used for and the device it belongs to. Says of a program that its classes are taken in one
// order, that the locks of a class are taken in the order of their keys, or which chain offends. Belongs to an order
// checker, which serialises calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lockcheck/order/order_graph.h"
#include "lockcheck/order/order_prediction.h"

namespace zoneknot::lockcheck {

class ClassOrder {
 public:
  void clear();
  // A task owns a lock of the first kind and waits for one of the second.
  void nested(const core::LockInfo& owned, const core::LockInfo& wanted, core::Site owned_at, core::Site asked_at);
  // One line a verdict; none if no lock was ever waited for by the owner of another.
  [[nodiscard]] std::vector<std::string> lines() const;
  [[nodiscard]] std::vector<ClassEdge> edges() const;

 private:
  struct LockClass {
    std::string name;
    std::uint32_t group = 0;
    bool up = false;        // nested in the order of the keys
    bool other = false;     // against it, or without keys
    core::Site owned_at{};  // of the first nested, and then of the first against the order
    core::Site asked_at{};
  };

  NodeId node_of(const core::LockInfo& lock);
  [[nodiscard]] std::string name(NodeId node) const;
  [[nodiscard]] std::string offending_chain() const;

  std::vector<LockClass> classes_;  // by node
  OrderGraph graph_;                // of different classes
};

}  // namespace zoneknot::lockcheck
