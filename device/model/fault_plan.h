// Faults of the device, not of the program, as a list of rules; the first rule that matches an I/O and whose chance
// comes true decides. A plan is read-only data and may be shared; how often a rule has struck is kept in a FaultState
// of each run. The file format (TOML) is described in docs/faults.md and parsed in tools/.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io_engine.h"
#include "core/live_state.h"
#include "core/zoned_device.h"

namespace zoneknot::device {

enum class FaultTarget : std::uint8_t { read, write, trim, sync, reset, open, close, finish, wait };
enum class FaultMoment : std::uint8_t {
  queue,     // the engine's queue() reports the error or says busy; a transfer is not short here
  complete,  // the device reports the error or the short transfer when the I/O ends; nothing is busy here
};
enum class FaultKind : std::uint8_t {
  error,
  short_transfer,
  busy,
  // The I/O is done as if nothing were the matter, but its completion:
  late,       // takes longer
  reordered,  // comes after that of an I/O which reached the device later, if there is one
  lost,       // never comes
  // To the zone, before the I/O or command gets there:
  read_only,
  offline,
  // To the device, before the I/O or command gets there: it is switched off and on.
  power_cut,
  // A wait for completions comes back early, with fewer of them than were waited for.
  signal,
};
// The word of a kind in a plan.
std::string_view word_of(FaultKind kind);

struct ZoneSelection {
  enum class Kind : std::uint8_t { all, odd, even, list } kind = Kind::all;
  std::vector<std::uint32_t> list;  // ascending; zone numbers count from the device's start
  // core::kNoId stands for an I/O that belongs to no zone (sync): only `all` contains it.
  [[nodiscard]] bool contains(std::uint32_t zone) const;
};

// Bytes [from, to) of the device.
struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t to = UINT64_MAX;
  [[nodiscard]] bool everything() const { return from == 0 && to == UINT64_MAX; }
};

struct Fault {
  FaultTarget target = FaultTarget::write;
  ZoneSelection zones;
  FaultKind kind = FaultKind::error;
  FaultMoment moment = FaultMoment::complete;
  int error = 0;                                      // errno value, kind error
  std::uint32_t transferred = 0;                      // bytes that are done, kind short_transfer
  double probability = 1.0;                           // 0 … 1
  std::uint64_t after = 0;                            // matching I/Os that pass first
  std::optional<std::uint64_t> count = std::nullopt;  // how often it strikes at most
  ByteRange range{};                                  // what an I/O, or the zone of a command, has to touch
  std::uint64_t delay_ns = 0;                         // kind late
  bool write_cache = false;                           // kind power_cut: what was not synced may be lost
};

struct FaultPlan {
  std::vector<Fault> faults;
  [[nodiscard]] bool empty() const { return faults.empty(); }
  [[nodiscard]] bool any(const std::function<bool(const Fault&)>& property) const {
    return std::ranges::any_of(faults, property);
  }
  // Equal for equal plans; part of a witness's identity.
  [[nodiscard]] std::string to_string() const;
};

class FaultState {
 public:
  // The plan must outlive this.
  explicit FaultState(const FaultPlan& plan);

  // The fault that strikes an I/O at this moment, or null. `zone` is that of the I/O's first byte, core::kNoId for
  // sync; a zone command is struck at FaultMoment::complete. `chance(p)` decides draws with probability p, 0 < p < 1. A
  // rule counts the I/Os that reach it: those that an earlier rule struck do not. `bytes`: what it touches.
  const Fault* strike(FaultTarget target, FaultMoment moment, std::uint32_t zone,
                      const std::function<bool(double)>& chance, ByteRange bytes = {});

  // Adds the counts that decide which I/Os will be struck.
  void describe(core::StateSink& sink) const;

 private:
  struct Counters {
    std::uint64_t matched = 0;
    std::uint64_t struck = 0;
  };
  const FaultPlan* plan_;
  std::vector<Counters> counters_;  // by index in the plan
};

FaultTarget fault_target(core::Direction direction);
FaultTarget fault_target(core::ZoneAction action);

}  // namespace zoneknot::device
