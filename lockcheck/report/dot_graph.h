// Writes one digraph in Graphviz's DOT language, piece by piece. Nodes and clusters are numbered in the order in which
// they come, so that names matter nowhere but in labels. Plain data; one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zoneknot::lockcheck {

class DotGraph {
 public:
  using Node = std::size_t;

  explicit DotGraph(std::string_view title);

  // Nodes that come from here to end_cluster() stand in a frame of their own.
  void begin_cluster(std::string_view title, std::string_view color);
  void end_cluster();

  // `lines` of the label, empty ones left out. `style` is DOT's own attributes: "shape=box, color=red".
  Node add_node(const std::vector<std::string>& lines, std::string_view style);
  void add_edge(Node from, Node to, const std::vector<std::string>& lines, std::string_view style);

  [[nodiscard]] std::string text() && { return std::move(text_) + "}\n"; }

 private:
  [[nodiscard]] std::string indent() const { return in_cluster_ ? "    " : "  "; }

  std::string text_;
  Node nodes_ = 0;
  std::size_t clusters_ = 0;
  bool in_cluster_ = false;
};

}  // namespace zoneknot::lockcheck
