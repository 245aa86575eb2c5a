#include "tools/option/strategy_option.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/dpor/depth_first.h"
#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/source_dpor.h"
#include "sim/strategy/directed.h"
#include "sim/strategy/partial_order_sampling.h"
#include "sim/strategy/portfolio.h"
#include "sim/strategy/preemption_bound.h"
#include "sim/strategy/priority_changes.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/remaining_work_walk.h"
#include "tools/option/target_text.h"
#include "tools/text/nearest_word.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {
namespace {

using Parsed = tl::expected<sim::SearchStage, InputError>;
using Strategies = std::vector<std::unique_ptr<sim::Strategy>>;

constexpr std::uint32_t kMostPreemptionBound = 1000;

tl::unexpected<InputError> refused(std::string message) {
  return tl::make_unexpected(InputError{.file = "--strategy", .message = std::move(message)});
}

template <class Made, class... Arguments>
std::function<std::unique_ptr<sim::Strategy>(std::uint64_t)> maker(const Arguments&... arguments) {
  return [=](std::uint64_t seed) { return std::make_unique<Made>(seed, arguments...); };
}

Parsed random_of(std::string_view) { return sim::SearchStage{maker<sim::RandomWalk>()}; }
Parsed pos_of(std::string_view) { return sim::SearchStage{maker<sim::PartialOrderSampling>()}; }
Parsed urw_of(std::string_view) { return sim::SearchStage{maker<sim::RemainingWorkWalk>()}; }

Parsed dfs_of(std::string_view) {
  return sim::SearchStage{.make = [](std::uint64_t) { return std::make_unique<sim::DepthFirst>(); },
                          .exhaustive = true};
}

Parsed dpor_of(std::string_view) {
  return sim::SearchStage{.make = [](std::uint64_t) { return std::make_unique<sim::SourceDpor>(); },
                          .exhaustive = true};
}

Parsed optimal_of(std::string_view) {
  return sim::SearchStage{.make = [](std::uint64_t) { return std::make_unique<sim::OptimalDpor>(); },
                          .exhaustive = true};
}

Parsed stateful_of(std::string_view) {
  return sim::SearchStage{.make = {}, .recognises_states = true, .exhaustive = true};
}

Parsed pct_of(std::string_view depth) {
  if (depth.empty()) return sim::SearchStage{maker<sim::PriorityChanges>(sim::PriorityChanges::kDefaultDepth)};
  const auto number = parse_count(depth, 1, sim::PriorityChanges::kMostDepth);
  if (!number) return refused("pct: depth: " + number.error().message);
  return sim::SearchStage{maker<sim::PriorityChanges>(static_cast<std::uint32_t>(*number))};
}

Parsed preemption_of(std::string_view bound) {
  std::uint32_t most = sim::PreemptionBound::kNoMost;
  if (!bound.empty()) {
    const auto number = parse_count(bound, 0, kMostPreemptionBound);
    if (!number) return refused("preemption: bound: " + number.error().message);
    most = static_cast<std::uint32_t>(*number);
  }
  return sim::SearchStage{.make = [most](std::uint64_t) { return std::make_unique<sim::PreemptionBound>(most); },
                          .exhaustive = true};
}

Parsed directed_of(std::string_view text) {
  if (text.empty()) return refused("directed needs a target, for example directed:zone>zone");
  const auto target = parse_target(text);
  if (!target) return refused("directed: " + target.error());
  return sim::SearchStage{maker<sim::Directed>(*target)};
}

Parsed portfolio_of(std::string_view text);

struct NamedStrategy {
  std::string_view name;
  std::string_view argument;  // as messages write it; empty: takes none
  Parsed (*parse)(std::string_view argument);
};

constexpr std::array<NamedStrategy, 11> kStrategies = {{{"random", "", random_of},
                                                        {"pos", "", pos_of},
                                                        {"pct", "[:depth]", pct_of},
                                                        {"urw", "", urw_of},
                                                        {"dfs", "", dfs_of},
                                                        {"stateful", "", stateful_of},
                                                        {"dpor", "", dpor_of},
                                                        {"optimal", "", optimal_of},
                                                        {"preemption", "[:bound]", preemption_of},
                                                        {"directed", ":target", directed_of},
                                                        {"portfolio", "[:name+name...]", portfolio_of}}};

Parsed portfolio_of(std::string_view text) {
  if (text.empty()) return sim::drawing_stage();
  std::string_view rest = text;
  std::vector<sim::SearchStage> parts;
  for (bool more = true; more;) {
    const std::size_t plus = rest.find('+');
    more = plus != std::string_view::npos;
    const std::string part(rest.substr(0, plus));
    rest.remove_prefix(more ? plus + 1 : rest.size());
    if (part.starts_with("portfolio")) return refused("a portfolio is no part of a portfolio");
    auto parsed = parse_strategy(part);
    if (!parsed) return parsed;
    if (parsed->recognises_states) return refused(part + " is no part of a portfolio");
    parts.push_back(*std::move(parsed));
  }
  bool exhaustive = false;
  for (const sim::SearchStage& part : parts) exhaustive = exhaustive || part.exhaustive;
  const auto make = [parts](std::uint64_t seed) {
    Strategies made;
    for (const sim::SearchStage& part : parts)
      made.push_back(part.make(sim::Portfolio::seed_of_part(seed, made.size())));
    return std::make_unique<sim::Portfolio>(std::move(made));
  };
  return sim::SearchStage{.make = make, .exhaustive = exhaustive};
}

}  // namespace

Parsed parse_strategy(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  std::vector<std::string_view> names;
  for (const NamedStrategy& strategy : kStrategies) {
    names.push_back(strategy.name);
    if (strategy.name != name) continue;
    const std::string argument = colon == std::string::npos ? std::string() : text.substr(colon + 1);
    if (colon != std::string::npos && strategy.argument.empty()) return refused(name + " takes no argument");
    if (colon != std::string::npos && argument.empty()) return refused(name + ": nothing follows the colon");
    return strategy.parse(argument);
  }
  return refused("unknown strategy " + in_quotes(name) + ", expected " + strategy_names() + did_you_mean(name, names));
}

std::string strategy_names() {
  std::string text;
  for (const NamedStrategy& strategy : kStrategies) {
    const bool last = strategy.name == kStrategies.back().name;
    text += text.empty() ? "" : last ? " or " : ", ";
    text += std::string(strategy.name) + std::string(strategy.argument);
  }
  return text;
}

}  // namespace zoneknot::tools
