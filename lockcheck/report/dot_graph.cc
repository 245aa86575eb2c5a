#include "lockcheck/report/dot_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::size_t kLabelWidth = 60;  // of one line

// The bytes of the UTF-8 character that `text` begins with; 0: it begins with none.
std::size_t character_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::size_t length = byte(0) < 0x80   ? 1
                             : byte(0) < 0xC2 ? 0
                             : byte(0) < 0xE0 ? 2
                             : byte(0) < 0xF0 ? 3
                             : byte(0) < 0xF5 ? 4
                                              : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

// Quotes and backslashes would end the text, '&' would begin the name of a character, and other bytes are refused.
std::string escaped(std::string_view text) {
  const std::string cut = fit(text, kLabelWidth);
  std::string out;
  for (std::size_t i = 0; i < cut.size();) {
    const std::size_t length = character_length(std::string_view(cut).substr(i));
    const std::string_view character = std::string_view(cut).substr(i, std::max<std::size_t>(length, 1));
    if (length == 0) {
      out += '?';
    } else if (character == "&") {
      out += "&amp;";
    } else {
      out += (character == "\"" || character == "\\" ? "\\" : "") + std::string(character);
    }
    i += character.size();
  }
  return out;
}

std::string label_of(const std::vector<std::string>& lines) {
  std::string label;
  for (const std::string& line : lines) {
    if (!line.empty()) label += (label.empty() ? "" : "\\n") + escaped(line);
  }
  return label;
}

std::string attributes(const std::vector<std::string>& lines, std::string_view style) {
  return fmt::format("[label=\"{}\"{}{}]", label_of(lines), style.empty() ? "" : ", ", style);
}

}  // namespace

DotGraph::DotGraph(std::string_view title)
    : text_("digraph zoneknot {\n  graph " +
            attributes(wrap(title, kLabelWidth), "labelloc=t, fontname=\"sans-serif\"") +
            "\n  node [fontname=\"sans-serif\", fontsize=11]\n  edge [fontname=\"sans-serif\", fontsize=9]\n") {}

void DotGraph::begin_cluster(std::string_view title, std::string_view color) {
  text_ += fmt::format("  subgraph cluster_{} {{\n    graph {}\n", clusters_++,
                       attributes(wrap(title, kLabelWidth), fmt::format("color=\"{}\"", color)));
  in_cluster_ = true;
}

void DotGraph::end_cluster() {
  text_ += "  }\n";
  in_cluster_ = false;
}

DotGraph::Node DotGraph::add_node(const std::vector<std::string>& lines, std::string_view style) {
  text_ += fmt::format("{}n{} {}\n", indent(), nodes_, attributes(lines, style));
  return nodes_++;
}

void DotGraph::add_edge(Node from, Node to, const std::vector<std::string>& lines, std::string_view style) {
  text_ += fmt::format("{}n{} -> n{} {}\n", indent(), from, to, attributes(lines, style));
}

}  // namespace zoneknot::lockcheck
