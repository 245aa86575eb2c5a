// What a verdict is about: the program and the world that it ran in. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace zoneknot::lockcheck {

struct Bounds {
  std::optional<std::uint32_t> skip{};  // jobs left out before the first
  std::optional<std::uint32_t> jobs{}, zones{}, depth{}, ios{}, blocks{};
  [[nodiscard]] bool any() const { return skip || jobs || zones || depth || ios || blocks; }
};

// Who decides blocks, directions and errors.
enum class DrawsBy : std::uint8_t {
  not_said,
  search,     // choices like any other
  one_seed,   // --seed
  job_seeds,  // those of the job file
  proof,      // all of them are looked at
};

struct SubjectInVerdict {
  std::string job{};                 // the job file's name, without folders, or the program's
  std::vector<std::string> fixes{};  // the switches that are on
  std::string fix_set{};             // "series,-zone-lock"
  std::string device{};              // as --device takes it
  DrawsBy draws_by = DrawsBy::not_said;
  std::uint64_t seed = 0;  // of DrawsBy::one_seed
  Bounds bounds{};
  std::vector<std::string> dropped{};  // what the bounds took from the jobs besides: "runtime (of 2 jobs)"
};

}  // namespace zoneknot::lockcheck
