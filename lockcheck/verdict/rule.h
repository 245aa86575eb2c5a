// The rules whose breaks reports tell, and what each is called. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace zoneknot::lockcheck {

// Rules (a)–(g) of docs/protocol.md section 5, what else a lock checker finds at once, and last what a proof alone
// checks (docs/proof.md). Broken rules are reported in this order.
enum class Rule : std::uint8_t {
  own_io_reapable,     // a
  reap_ends,           // b
  requeued_owns_none,  // c
  lock_outlives_task,  // d
  released_by_owner,   // e
  waits_owning,        // f
  order,               // g
  assertion,           // an assertion of the historic program
  self_wait,           // waits for a plain mutex that it owns
  stack,               // a task runs out of its stack
  pool,                // waits for a unit of a pool of which it owns one
  completion,          // waits between the reap of an I/O and its put
  leaves_m,            // comes round a loop while it owns M
  loop,                // runs on without coming to a checkpoint
  guard,               // uses a cell without owning the lock that protects it
  range,               // writes a value outside of the cell's stated range
  theorem,             // waits for something of which the theorem says nothing
};
inline constexpr std::size_t kRules = 17;

// "a" … "g", "assert", "self-wait", "stack", "pool", "completion", "M", "loop", "guard", "range", "theorem".
std::string_view rule_name(Rule rule);
// Nothing: no rule is called that.
std::optional<Rule> rule_named(std::string_view name);

}  // namespace zoneknot::lockcheck
