#include "lockcheck/report/no_io_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace zoneknot::lockcheck {
namespace {

using core::NoIo;

struct Words {
  NoIo why;
  const char* name;
  const char* of_one;
  const char* of_several;
  const char* way;
};

constexpr const char* kData = "zones that start with data are --device=sim:filled=0-7,half=8-11";
constexpr const char* kLonger = "longer executions, --max-steps=…, may come to it";

// In the order of NoIo.
constexpr std::array kWords = {
    Words{NoIo::not_begun, "not_begun", "all was over before its turn", "all was over before their turn", kLonger},
    Words{NoIo::under_way, "under_way", "all was over before its first one", "all was over before their first one",
          kLonger},
    Words{NoIo::create_only, "create_only", "create_only makes files and does none",
          "create_only makes files and does none", "without create_only it does some"},
    Words{NoIo::ended_by_others, "ended_by_others", "exitall of another job ended it before its first one",
          "exitall of another job ended them before their first one",
          "a proof looks at it without the others, and so does a job file of its own"},
    Words{NoIo::time_over, "time_over", "its runtime was over before its first one",
          "their runtime was over before their first one", "it needs a longer runtime"},
    Words{NoIo::nothing_to_do, "nothing_to_do", "its options leave none to be done",
          "their options leave none to be done", "size, io_size, number_ios and loops say how much it is to do"},
    Words{NoIo::nothing_to_read, "nothing_to_read", "there was nothing to read", "there was nothing to read", kData},
    Words{NoIo::nothing_to_trim, "nothing_to_trim", "there was nothing to trim", "there was nothing to trim", kData},
    Words{NoIo::no_open_zone, "no_open_zone", "no zone with room could be opened", "no zone with room could be opened",
          "its range needs a zone that can be opened, or a larger --device=sim:zones=…"},
    Words{NoIo::block_too_large, "block_too_large", "a block does not fit into a zone",
          "a block does not fit into a zone", "it needs a smaller bs, or a larger zonecapacity"},
    Words{NoIo::no_block, "no_block", "no block lies in its range", "no block lies in their range",
          "its range, of offset and size, has to hold a block"},
};
static_assert(std::ranges::is_sorted(kWords, {}, &Words::why) &&
              kWords.size() == static_cast<std::size_t>(NoIo::no_block) + 1);

const Words& words_of(NoIo why) { return kWords.at(static_cast<std::size_t>(why)); }

}  // namespace

std::string_view no_io_name(NoIo why) { return words_of(why).name; }

std::string no_io_text(const std::vector<NoIo>& why, bool several) {
  if (why.empty()) return "none reaches the device, whatever others do";
  std::string text;
  for (const NoIo one : why) {
    text += fmt::format("{}{}", text.empty() ? "" : ", or ", several ? words_of(one).of_several : words_of(one).of_one);
  }
  return text;
}

std::vector<NoIo> reasons_of(const std::vector<const WorkInVerdict*>& idle) {
  std::vector<NoIo> reasons;
  for (const WorkInVerdict* work : idle) {
    for (const NoIo why : work->why_none) {
      if (std::ranges::find(reasons, why) == reasons.end()) reasons.push_back(why);
    }
  }
  return reasons;
}

std::string way_to_io(const std::vector<NoIo>& why) {
  return why.empty() ? "what it is to do has to be possible" : words_of(why.front()).way;
}

}  // namespace zoneknot::lockcheck
