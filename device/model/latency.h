// When the operations of one device end, by a LatencyProfile: a queue for reads, one for writes and appends, which all
// zones share, and one for each zone where the profile limits it. A finish is traffic beside the writes: both get
// slower. Whoever owns it tells it of each operation as that reaches the device, with the time, which never goes back.
// No threads.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "core/io_engine.h"
#include "core/live_state.h"
#include "core/zoned_device.h"
#include "device/model/latency_profile.h"

namespace zoneknot::device {

class LatencyModel {
 public:
  // `device_bytes`: the size of the device.
  LatencyModel(LatencyProfile profile, std::uint64_t device_bytes);

  // As if nothing had been asked of it yet.
  void reset();

  // When an I/O of so many bytes ends, which reaches the device at `now_ns`. `zone`: the report of its first zone
  // before it.
  [[nodiscard]] std::uint64_t io_end(core::Direction direction, const core::ZoneReport& zone, std::uint64_t offset,
                                     std::uint32_t bytes, std::uint64_t now_ns);
  [[nodiscard]] std::uint64_t append_end(const core::ZoneReport& zone, std::uint32_t bytes, std::uint64_t now_ns);

  // When a zone command ends that is begun now, as far as is known; `zone`: the report before it, `index` its number. A
  // finish may have been kept waiting by writes until then: ask finish_end() again at that time.
  [[nodiscard]] std::uint64_t manage_end(core::ZoneAction action, std::uint32_t index, const core::ZoneReport& zone,
                                         std::uint64_t now_ns);
  // The new end of a finish that was to end now, or `now_ns`: it has ended.
  [[nodiscard]] std::uint64_t finish_end(std::uint32_t index, std::uint64_t now_ns);

  // Adds what tells its future from that of every other state, seen from now.
  void describe(core::StateSink& sink, std::uint64_t now_ns) const;

 private:
  // A finish under way.
  struct Padding {
    std::uint32_t zone = 0;
    std::uint64_t left_ns = 0;  // of its traffic, had it the device for itself
  };
  struct ReadUnderWay {
    std::uint64_t end_ns = 0;
    std::uint64_t turn_ns = 0;
  };
  struct ZoneQueues {
    std::uint64_t read_until = 0;
    std::uint64_t write_until = 0;
  };

  [[nodiscard]] std::uint64_t read_end(const core::ZoneReport& zone, std::uint32_t bytes, std::uint64_t now_ns);
  [[nodiscard]] std::uint64_t write_end(const TransferTime& time, const core::ZoneReport& zone, std::uint32_t bytes,
                                        std::uint64_t now_ns);
  [[nodiscard]] std::uint64_t head_end(std::uint64_t offset, std::uint32_t bytes, std::uint64_t now_ns);
  [[nodiscard]] std::uint64_t reset_ns(std::uint32_t index, const core::ZoneReport& zone, std::uint64_t now_ns);
  void pad(std::uint64_t now_ns);

  LatencyProfile profile_;
  std::uint64_t device_bytes_;
  std::vector<ReadUnderWay> reads_;                      // a heap: the one that ends first is at the front
  std::uint64_t reads_turn_ns_ = 0;                      // of all of them together
  std::uint64_t write_until_ = 0;                        // writes and appends have been served until then
  std::uint64_t append_until_ = 0;                       // the last append ends then, the last write
  std::uint64_t written_until_ = 0;                      // ends then
  std::uint64_t head_until_ = 0;                         // a disk's head is busy until then
  std::uint64_t head_at_ = UINT64_MAX;                   // where it is
  std::unordered_map<std::uint64_t, ZoneQueues> zones_;  // by the zone's start; never gone through
  std::vector<Padding> paddings_;                        // in the order of their beginnings
  std::uint64_t padded_at_ = 0;                          // left_ns are those of this moment
  std::uint64_t written_ns_ = 0;                         // service that writes have got since then
  std::map<std::uint32_t, double> finished_;             // percent that was written when the zone was finished
};

}  // namespace zoneknot::device
