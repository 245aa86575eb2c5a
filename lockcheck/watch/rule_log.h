// The rules that were broken in one run, one entry for a rule and place. Belongs to a LockWatch, which serialises
// calls. Noting a break copies a few numbers; text is made only when somebody asks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/lock_observer.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

// What happened, as numbers; which fields count depends on the rule.
struct BreakFacts {
  Rule rule = Rule::order;
  core::TaskId task = core::kNoId;
  core::Site site;
  core::LockId lock = core::kNoId;   // the lock it is about
  core::LockId owned = core::kNoId;  // one the task owns meanwhile
  core::TaskId owner = core::kNoId;  // e: whose lock it is
  core::Wait wait{};                 // f, pool: what is waited for
  std::uint64_t number = 0;          // a: I/Os, c: offset in bytes, guard: the core::Access
  std::string_view literal{};        // assertion; guard: the cell
  bool shared = false;               // a share of `lock`
};

// What reports call tasks, locks and pools.
struct Names {
  std::function<std::string(core::LockId)> lock;
  std::function<std::string(core::TaskId)> task;
  std::function<std::string(core::SemaphoreId)> pool;
};

class RuleLog {
 public:
  void clear() {
    entries_.clear();
    numbers_.clear();
  }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  void note(const BreakFacts& facts);
  // By rule, then in the order of first sight.
  [[nodiscard]] std::vector<RuleBreak> breaks(const Names& names) const;

 private:
  struct Entry {
    BreakFacts facts;
    std::uint64_t count = 0;
  };
  // A rule and a place: line and file.
  using Key = std::tuple<Rule, std::uint32_t, std::string_view>;

  static Key key_of(Rule rule, core::Site site) { return {rule, site.line(), site.file_name()}; }

  std::vector<Entry> entries_;          // in the order of first sight
  std::map<Key, std::size_t> numbers_;  // of entries; a recorded trace may have a great many
};

}  // namespace zoneknot::lockcheck
