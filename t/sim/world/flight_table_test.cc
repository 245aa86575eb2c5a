// The lists of I/Os that an engine has accepted.

#include "sim/world/flight_table.h"

#include <gtest/gtest.h>

namespace zoneknot::sim {
namespace {

TEST(FlightTable, IoTakenOutOfTheQueue_LeavesTheOthersInTheirOrder) {
  for (const std::size_t gone : {0U, 1U, 2U}) {
    std::vector<core::IoRequest> requests(4);
    FlightTable flights;
    for (std::size_t i = 0; i < 3; ++i) flights.queue(requests[i]);
    flights.drop(static_cast<std::uint32_t>(requests[gone].engine_cookie));
    flights.queue(requests[3]);
    ASSERT_EQ(flights.queued(), 3U);
    for (std::size_t i = 0; i < 4; ++i) {
      if (i == gone) continue;
      EXPECT_EQ(flights.first_queued(), &requests[i]) << gone;
      flights.launch();
    }
    EXPECT_EQ(flights.queued(), 0U);
  }
}

}  // namespace
}  // namespace zoneknot::sim
