// What is known of the cause of a hang: what ends it, as far as a search has looked. Plain values.
#pragma once

#include <cstdint>
#include <string>

namespace zoneknot::lockcheck {

struct CauseInVerdict {
  std::string ended_by{};   // "find-lock"; empty: no single switch that was tried ends it
  std::string routine{};    // that it changes: "find_zone"
  std::string does{};       // "takes its candidates carefully"
  std::string since{};      // the first release of fio that has it: "3.20"; empty: none
  std::string meanwhile{};  // what to write into the job file until then: "iodepth=1"; empty: nothing that was tried
  // Executions that were steered to the hang without it, how many of them hung so, and how many were made with each
  // switch and each change of the job file that is named, of which none did.
  std::uint64_t executions = 0;
  std::uint64_t hung = 0;
  std::uint64_t switches_tried = 0;
  bool cut = false;  // there was no time for the other switches
};

}  // namespace zoneknot::lockcheck
