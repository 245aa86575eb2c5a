// Writes a trace in the binary form, block by block, as it comes: nothing but the present block is kept. One thread at
// a time. The stream outlives it.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

#include "lockcheck/trace/trace_event.h"

namespace zoneknot::lockcheck {

class TraceEncoder final : public TraceSink {
 public:
  explicit TraceEncoder(std::ostream& out);

  // Also writes what `names` has got since the last event. Names longer than the limit are cut.
  void event(const TraceEvent& event, const TraceNames& names) override;
  void time(std::uint64_t ns) override;
  // Hands the block begun to the stream: from here on a crash loses nothing of what was told until now.
  void flush();
  // The last call: says that the trace is whole, with names that no event has needed.
  void close(const TraceNames& names);
  // Some of it could not be written.
  [[nodiscard]] bool failed() const { return !out_.good(); }

 private:
  void put_number(std::uint64_t number);
  void put_text(std::string_view text);
  void put_names(const TraceNames& names);
  void put_recorded(const TraceNames& names);
  void make_room();
  void begin(std::uint8_t record) { block_.push_back(static_cast<char>(record)); }

  std::ostream& out_;
  std::string block_;
  core::TaskId last_task_ = core::kNoId;
  std::uint64_t ns_ = 0;
  std::size_t barriers_ = 0, modules_ = 0, stacks_ = 0, late_ = 0;
  std::size_t tasks_ = 0, locks_ = 0, conditions_ = 0, semaphores_ = 0, pools_ = 0, cells_ = 0, sites_ = 0, texts_ = 0;
};

}  // namespace zoneknot::lockcheck
