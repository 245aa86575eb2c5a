// Why a job did no I/O at all, though it did not fail. Plain values.
#pragma once

#include <cstdint>

namespace zoneknot::core {

enum class NoIo : std::uint8_t {
  not_begun,        // the run was over before its turn: it waits for others, or its start is delayed
  under_way,        // the run was over before its first I/O
  create_only,      // it is to make its files and no more
  ended_by_others,  // exitall of another job, or a signal, came before its first I/O
  time_over,        // so did the end of its runtime
  nothing_to_do,    // its options leave no I/O to be done
  nothing_to_read,
  nothing_to_trim,
  no_open_zone,     // none of its range has room for a write and can be opened
  block_too_large,  // for a zone's capacity
  no_block,         // none lies in its range
};

}  // namespace zoneknot::core
