#include "tools/option/target_text.h"

#include <array>
#include <utility>
#include <vector>

#include "tools/text/input_error.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {
namespace {

constexpr std::size_t kMostTerms = 64;
constexpr std::uint64_t kMostTasks = 100'000;

constexpr std::array<std::pair<std::string_view, core::WaitKind>, 5> kWaits = {
    {{"completion", core::WaitKind::completion},
     {"timer", core::WaitKind::timer},
     {"join", core::WaitKind::join},
     {"condition", core::WaitKind::condition},
     {"semaphore", core::WaitKind::semaphore}}};

using Error = tl::unexpected<std::string>;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The parts around the first `mark`; without one the second is empty.
std::pair<std::string_view, std::string_view> split(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return {trimmed(text), {}};
  return {trimmed(text.substr(0, at)), trimmed(text.substr(at + mark.size()))};
}

// "zone", "zone 3", "zone 3 of file 1", "any".
tl::expected<sim::LockPattern, std::string> lock_of(std::string_view text) {
  constexpr std::uint64_t kMostFiles = UINT32_MAX;
  sim::LockPattern lock;
  const auto [name, file] = split(text, " of file ");
  const auto [lock_class, key] = split(name, " ");
  if (lock_class.empty()) return Error("names no lock");
  if (lock_class != "any") lock.lock_class = lock_class;
  if (!key.empty()) {
    const auto number = parse_count(std::string(key), 0, UINT64_MAX);
    if (!number) return Error(in_quotes(text) + " is no lock; write for example zone, zone 3 or M");
    lock.order_key = *number;
  }
  if (!file.empty()) {
    const auto number = parse_count(std::string(file), 0, kMostFiles);
    if (!number) return Error(in_quotes(text) + " names no file");
    lock.group = static_cast<std::uint32_t>(*number);
  }
  return lock;
}

std::string no_term(std::string_view text, const std::string& why) { return in_quotes(text) + ": " + why; }

tl::expected<sim::LockOrder, std::string> order_of(std::string_view term) {
  const auto [locks, function] = split(term, "@");
  const auto [held, wanted] = split(locks, ">");
  const auto first = lock_of(held);
  if (!first) return Error(no_term(term, first.error()));
  const auto second = lock_of(wanted);
  if (!second) return Error(no_term(term, second.error()));
  return sim::LockOrder{*first, *second, std::string(function)};
}

tl::expected<sim::WaitingTasks, std::string> waiting_of(std::string_view term) {
  const auto [counted, function] = split(term, "@");
  sim::WaitingTasks waiting;
  waiting.function = function;
  std::string_view what = counted;
  if (counted.find('*') != std::string_view::npos) {
    const auto [count, rest] = split(counted, "*");
    const auto tasks = parse_count(std::string(count), 1, kMostTasks);
    if (!tasks) return Error(no_term(term, "how many tasks? " + tasks.error().message));
    waiting.tasks = static_cast<std::uint32_t>(*tasks);
    what = rest;
  }
  for (const auto& [name, kind] : kWaits) {
    if (what == name) {
      waiting.what = kind;
      return waiting;
    }
  }
  const auto lock = lock_of(what);
  if (!lock) return Error(no_term(term, lock.error()));
  waiting.lock = *lock;
  return waiting;
}

}  // namespace

tl::expected<sim::Target, std::string> parse_target(std::string_view text) {
  sim::Target target;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    more = comma != std::string_view::npos;
    const std::string_view term = trimmed(text.substr(0, comma));
    text.remove_prefix(more ? comma + 1 : text.size());
    if (term.find('>') != std::string_view::npos) {
      const auto order = order_of(term);
      if (!order) return Error(order.error());
      target.cycle.push_back(*order);
    } else {
      const auto waiting = waiting_of(term);
      if (!waiting) return Error(waiting.error());
      target.waiting.push_back(*waiting);
    }
    if (target.cycle.size() + target.waiting.size() > kMostTerms) return Error("more than 64 terms");
  }
  if (!target.cycle.empty() && !target.waiting.empty()) {
    return Error("lock orders (LOCK>LOCK) and waiting tasks cannot be mixed");
  }
  return target;
}

}  // namespace zoneknot::tools
