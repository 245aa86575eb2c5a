// The file that the preloaded library wrote of one process, told event by event in the order in which they happened. It
// may end anywhere, as the process did. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "device/record/raw_record.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

struct RawEvent {
  record::RawRecord record{};
  std::uint32_t thread = 0;  // counted from 1
  std::uint32_t lane = 0;
  std::string_view payload{};  // of the records that have one
  bool is_last_of_thread = false;

  [[nodiscard]] bool is_timed() const { return (record.flags & record::kTimed) != 0; }
  [[nodiscard]] record::RawObject object_kind() const {
    return static_cast<record::RawObject>(record.flags & record::kObjectMask);
  }
};

class RawFile {
 public:
  // The error: it is not one, or cannot be read.
  static tl::expected<RawFile, InputError> open(const std::string& path);
  RawFile(RawFile&&) noexcept;
  RawFile& operator=(RawFile&&) noexcept;
  ~RawFile();

  [[nodiscard]] const record::RawHeader& header() const;
  // False: there is none any more.
  bool next(RawEvent& event);
  // Whether a thread that was to be started was not, after all.
  [[nodiscard]] bool was_not_created(std::uint32_t thread) const;

 private:
  struct Insides;
  explicit RawFile(std::unique_ptr<Insides> insides);
  std::unique_ptr<Insides> insides_;
};

}  // namespace zoneknot::tools
