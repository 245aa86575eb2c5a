#include "tools/record/site_table.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <tuple>

namespace zoneknot::tools {

SiteTable::SiteTable(lockcheck::TraceNames& names, Resolver& resolver) : names_(names), resolver_(resolver) {
  names_.sites.emplace_back();
}

void SiteTable::add_module(const lockcheck::TraceModule& module) {
  const auto same = [&](const lockcheck::TraceModule& known) {
    return known.begin == module.begin && known.end == module.end && known.path == module.path;
  };
  const auto last = std::find_if(
      names_.modules.rbegin(), names_.modules.rend(),
      [&](const lockcheck::TraceModule& known) { return known.begin < module.end && module.begin < known.end; });
  if (last != names_.modules.rend() && same(*last)) return;
  if (last != names_.modules.rend()) sites_.clear();  // something else lies there now
  if (names_.modules.size() == lockcheck::kTraceObjectsMax) return;
  names_.modules.push_back(module);
  names_.modules.back().build_id = resolver_.add_module(module);
}

void SiteTable::add(std::uint64_t lane, std::uint32_t number, std::string_view addresses) {
  std::vector<std::uint64_t> frames(addresses.size() / sizeof(std::uint64_t));
  std::memcpy(frames.data(), addresses.data(), frames.size() * sizeof(std::uint64_t));
  const Key key{lane, number};
  numbers_.erase(key);
  stacks_[key] = std::move(frames);
}

std::uint32_t SiteTable::site(std::uint64_t lane, std::uint32_t number) {
  const auto known = numbers_.find({lane, number});
  if (known != numbers_.end()) return known->second;
  const auto stack = stacks_.find({lane, number});
  const std::uint32_t site = stack == stacks_.end() ? 0 : site_of(stack->second);
  numbers_[{lane, number}] = site;
  return site;
}

std::string SiteTable::routine(std::uint64_t lane, std::uint32_t number) {
  const auto stack = stacks_.find({lane, number});
  if (stack == stacks_.end() || stack->second.empty()) return {};
  const std::vector<ResolvedPlace>& places = resolver_.function_at(stack->second.front());
  const core::Place& place = places.back().place;
  if (number != 0) {
    names_.sites.push_back(place);
    numbers_[{lane, number}] = static_cast<std::uint32_t>(names_.sites.size() - 1);
  }
  return places.back().is_library || place.function.find('+') != std::string::npos ? std::string() : place.function;
}

std::uint32_t SiteTable::caller(const core::Place& place) {
  const auto [known, is_new] =
      callers_.try_emplace({place.file, place.line, place.function}, static_cast<std::uint32_t>(names_.sites.size()));
  if (is_new) names_.sites.push_back(place);
  return known->second;
}

std::uint32_t SiteTable::site_of(const std::vector<std::uint64_t>& addresses) {
  const auto known = sites_.find(addresses);
  if (known != sites_.end()) return known->second;
  if (names_.sites.size() + 2 * lockcheck::kTraceCallersMax > lockcheck::kTraceObjectsMax) return 0;
  std::vector<ResolvedPlace> places;
  for (const std::uint64_t address : addresses) {
    const std::vector<ResolvedPlace>& of = resolver_.call_before(address);
    places.insert(places.end(), of.begin(), of.end());
  }
  const auto own = std::ranges::find_if_not(places, &ResolvedPlace::is_library);
  const auto first = own == places.end() ? places.begin() : own;
  std::vector<std::uint32_t> callers;
  for (auto place = first; place != places.end() && callers.size() <= lockcheck::kTraceCallersMax; ++place) {
    if (place != first) callers.push_back(caller(place->place));
  }
  if (callers.size() > lockcheck::kTraceCallersMax) callers.resize(lockcheck::kTraceCallersMax);
  const auto site = static_cast<std::uint32_t>(names_.sites.size());
  names_.sites.push_back(first == places.end() ? core::Place() : first->place);
  if (!callers.empty()) names_.stacks.push_back({.site = site, .callers = std::move(callers)});
  sites_.emplace(addresses, site);
  return site;
}

}  // namespace zoneknot::tools
