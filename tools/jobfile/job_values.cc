#include "tools/jobfile/job_values.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "tools/text/input_error.h"
#include "tools/text/nearest_word.h"

namespace zoneknot::tools {
namespace {

constexpr std::uint64_t kMaxBlockBytes = std::uint64_t{1} << 30U;

template <class T>
using Words = std::span<const std::pair<std::string_view, T>>;

// The entry of `known` for `word`, else an error that tells words of fio from others.
template <class T>
Value<T> choose(std::string_view word, Words<T> known, std::span<const std::string_view> not_yet) {
  for (const auto& [name, value] : known) {
    if (name == word) return value;
  }
  if (std::ranges::find(not_yet, word) != not_yet.end())
    return wrong_value(0, in_quotes(word) + " is not supported yet");
  std::vector<std::string_view> names;
  std::string list;
  for (const auto& [name, value] : known) {
    names.push_back(name);
    list += (list.empty() ? "" : ", ") + std::string(name);
  }
  return wrong_value(0, in_quotes(word) + " is none of " + list + did_you_mean(word, names));
}

struct ReadWrite {
  bool reads, writes, trims, random;
};

constexpr std::array<std::pair<std::string_view, ReadWrite>, 11> kReadWriteWords = {{
    {"read", {true, false, false, false}},
    {"write", {false, true, false, false}},
    {"trim", {false, false, true, false}},
    {"randread", {true, false, false, true}},
    {"randwrite", {false, true, false, true}},
    {"randtrim", {false, false, true, true}},
    {"rw", {true, true, false, false}},
    {"readwrite", {true, true, false, false}},
    {"randrw", {true, true, false, true}},
    {"trimwrite", {false, true, true, false}},
    {"randtrimwrite", {false, true, true, true}},
}};

// The synchronous ones differ in the system call alone, io_uring and io_uring_cmd in who takes their commands.
constexpr std::array<std::pair<std::string_view, core::EngineKind>, 8> kEngines = {
    {{"psync", core::EngineKind::psync},
     {"sync", core::EngineKind::psync},
     {"pvsync", core::EngineKind::psync},
     {"pvsync2", core::EngineKind::psync},
     {"libzbc", core::EngineKind::psync},
     {"libaio", core::EngineKind::libaio},
     {"io_uring", core::EngineKind::io_uring},
     {"io_uring_cmd", core::EngineKind::io_uring}}};
constexpr std::array<std::string_view, 8> kOtherEngines = {"vsync", "posixaio", "mmap",  "splice",
                                                           "sg",    "null",     "rados", "rbd"};

// Another checksum costs another time and finds the same, a wrong block.
constexpr std::array<std::string_view, 20> kVerifyWords = {
    "crc32c", "0",        "crc32c-intel", "md5",      "crc64",    "crc32",  "crc16", "crc7", "sha1",    "sha256",
    "sha512", "sha3-224", "sha3-256",     "sha3-384", "sha3-512", "xxhash", "meta",  "null", "pattern", "pattern_hdr"};

constexpr std::array<std::pair<std::string_view, core::ErrorTolerance>, 8> kTolerances = {{
    {"none", {false, false, false}},
    {"read", {true, false, false}},
    {"write", {false, true, false}},
    {"io", {true, true, false}},
    {"verify", {false, false, true}},
    {"all", {true, true, true}},
    {"0", {false, false, false}},
    {"1", {true, true, true}},
}};

// A part of a list, and where it begins.
struct Part {
  std::string_view text;
  std::size_t offset = 0;
};

// Text between separators, without blanks around it.
std::vector<Part> parts_of(std::string_view text, std::string_view separators) {
  std::vector<Part> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    Part part{text.substr(begin, end - begin), begin};
    while (part.text.starts_with(' ')) part = {part.text.substr(1), part.offset + 1};
    while (part.text.ends_with(' ')) part.text.remove_suffix(1);
    parts.push_back(part);
    if (end == text.size()) return parts;
    begin = end + 1;
  }
}

Value<std::uint32_t> block_size(const Part& part) {
  return parse_count(part.text, 1, kMaxBlockBytes)
      .map([](std::uint64_t bytes) { return static_cast<std::uint32_t>(bytes); })
      .map_error([&](ValueError error) {
        error.offset += part.offset;
        return error;
      });
}

// Calls set(direction, part) for a list by direction: an empty part leaves its direction as it is, and the last part
// stands for the directions that are left.
template <class Set>
Value<void> by_direction(std::string_view value, std::string_view separators, const Set& set) {
  const std::vector<Part> parts = parts_of(value, separators);
  if (parts.size() > 3) return wrong_value(parts[3].offset, "more than three values (read, write, trim)");
  if (parts.size() == 1 && parts[0].text.empty()) return wrong_value(0, "the value is empty");
  for (std::size_t direction = 0; direction < 3; ++direction) {
    const Part& part = parts[std::min(direction, parts.size() - 1)];
    if (part.text.empty()) continue;
    if (auto result = set(direction, part); !result) return result;
  }
  return {};
}

// "4k/10:64k/90": entries without a percentage share what the others leave.
Value<std::vector<core::SizeShare>> parse_split(const Part& mix) {
  std::vector<core::SizeShare> shares;
  std::vector<std::size_t> open;
  std::uint32_t left = 100;
  for (Part entry : parts_of(mix.text, ":")) {
    entry.offset += mix.offset;
    const std::size_t slash = entry.text.find('/');
    const auto size = block_size({entry.text.substr(0, slash), entry.offset});
    if (!size) return tl::unexpected(size.error());
    const std::string_view percent = slash == std::string_view::npos ? "" : entry.text.substr(slash + 1);
    if (percent.empty()) {
      open.push_back(shares.size());
      shares.push_back({*size, 0});
      continue;
    }
    const auto share = parse_count(percent, 0, 100);
    if (!share) return wrong_value(entry.offset + slash + 1 + share.error().offset, share.error().message);
    shares.push_back({*size, static_cast<std::uint32_t>(*share)});
    left -= std::min(left, shares.back().percent);
  }
  for (const std::size_t index : open) shares[index].percent = left / static_cast<std::uint32_t>(open.size());
  return shares;
}

}  // namespace

Value<void> check_flag(const JobOption& /*option*/, std::string_view value, SectionDraft& /*draft*/) {
  return parse_flag(value).map([](bool) {});
}

// Seen of fio 3.33: every `filename` adds to the ones before it, those of [global] too.
Value<void> set_filename(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  if (value.empty()) return wrong_value(0, "the value is empty");
  // Devices as --device takes them; in other names fio separates files by colons.
  const bool device =
      (value.starts_with("sim:") && value.find('=') != std::string_view::npos) || value.starts_with("file:");
  if (device && (value.find(":sim:") != std::string_view::npos || value.find(":file:") != std::string_view::npos)) {
    return wrong_value(0, "several devices in a filename are told by names, and what they are by --device");
  }
  std::vector<std::string> names(1);
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!device && value[i] == ':') {
      if (names.back().empty()) return wrong_value(i, "the name of a file is empty (a colon in a name is '\\:')");
      names.emplace_back();
      continue;
    }
    const bool escaped = !device && value.substr(i).starts_with("\\:");
    if (escaped) ++i;
    if (static_cast<unsigned char>(value[i]) < 0x20 || value[i] == '\x7f') {
      return wrong_value(i, "a control character in the name of a file");
    }
    names.back() += value[i];
  }
  if (names.back().empty()) return wrong_value(value.size() - 1, "the name of a file is empty");
  std::string& first = draft.spec.filename;
  std::vector<std::string>& further = draft.spec.further_files;
  if (!first.empty() && (device || first.starts_with("sim:") || first.starts_with("file:"))) {
    return wrong_value(0, "a filename adds to the ones before it, and several devices are told by names");
  }
  auto next = names.begin();
  if (first.empty()) first = std::move(*next++);
  further.insert(further.end(), std::make_move_iterator(next), std::make_move_iterator(names.end()));
  return {};
}

Value<void> set_zone_mode(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  constexpr std::array<std::pair<std::string_view, ZoneMode>, 1> kModes = {{{"zbd", ZoneMode::zbd}}};
  constexpr std::array<std::string_view, 2> kOtherModes = {"none", "strided"};
  return assign(choose<ZoneMode>(value, kModes, kOtherModes), draft.zone_mode);
}

Value<void> set_engine(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return assign(choose<core::EngineKind>(value, kEngines, kOtherEngines), draft.spec.engine);
}

Value<void> set_rw(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  const std::size_t colon = value.find(':');
  const auto chosen = choose<ReadWrite>(value.substr(0, colon), kReadWriteWords, {});
  if (!chosen) return tl::unexpected(chosen.error());
  std::int64_t every = 0;
  if (colon != std::string_view::npos) {
    const auto number = parse_signed(value.substr(colon + 1));
    if (!number) return wrong_value(colon + 1 + number.error().offset, number.error().message);
    if (chosen->random && (*number < 0 || *number > UINT32_MAX)) {
      return wrong_value(colon + 1, in_quotes(value.substr(colon + 1)) + " is no number of I/Os");
    }
    every = *number;
  }
  draft.spec.draw_every = chosen->random ? static_cast<std::uint32_t>(std::max<std::int64_t>(every, 1)) : 1;
  draft.spec.leave_out = chosen->random ? 0 : every;
  draft.spec.reads = chosen->reads;
  draft.spec.writes = chosen->writes;
  draft.spec.trims = chosen->trims;
  draft.spec.random = chosen->random;
  return {};
}

Value<void> set_mix_of_writes(const JobOption& option, std::string_view value, SectionDraft& draft) {
  return assign(parse_count(value, option.least, option.most).map([](std::uint64_t writes) { return 100 - writes; }),
                draft.spec.rwmixread);
}

Value<void> set_block_sizes(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return by_direction(value, ",", [&](std::size_t direction, const Part& part) {
    return assign(block_size(part), draft.bs.at(direction));
  });
}

Value<void> set_block_ranges(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return by_direction(value, ",/", [&](std::size_t direction, const Part& part) -> Value<void> {
    std::vector<Part> ends = parts_of(part.text, "-:");
    if (ends.size() != 2) return wrong_value(part.offset, in_quotes(part.text) + " is not a range such as 4k-16k");
    for (Part& end : ends) end.offset += part.offset;
    const auto least = block_size(ends[0]);
    if (!least) return tl::unexpected(least.error());
    const auto most = block_size(ends[1]);
    if (!most) return tl::unexpected(most.error());
    if (*least > *most) return wrong_value(part.offset, in_quotes(part.text) + " begins above its end");
    draft.range_min.at(direction) = *least;
    draft.range_max.at(direction) = *most;
    return {};
  });
}

// Every checksum is one to the zones: crc32c stands for it.
Value<void> set_block_split(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return by_direction(value, ",", [&](std::size_t direction, const Part& part) -> Value<void> {
    const auto shares = parse_split(part);
    if (!shares) return tl::unexpected(shares.error());
    draft.spec.bssplit.at(direction) = *shares;
    return {};
  });
}

Value<void> set_verify(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  if (std::ranges::find(kVerifyWords, value) == kVerifyWords.end()) {
    return wrong_value(
        0, in_quotes(value) + " is no checksum" + did_you_mean(value, {kVerifyWords.begin(), kVerifyWords.end()}));
  }
  draft.spec.verify = value == "0" ? core::VerifyKind::none : core::VerifyKind::crc32c;
  draft.verify_word = value.starts_with("crc32c") || value == "0" ? "" : value;
  return {};
}

Value<Counts> parse_counts(std::string_view value, std::uint64_t most) {
  Counts counts;
  const auto set = [&](std::size_t direction, const Part& part) -> Value<void> {
    const auto count = parse_count(part.text, 0, most);
    if (!count) return wrong_value(part.offset + count.error().offset, count.error().message);
    counts.at(direction) = *count;
    return {};
  };
  if (auto done = by_direction(value, ",", set); !done) return tl::unexpected(done.error());
  return counts;
}

Value<void> set_wait_for(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  if (value.empty()) return wrong_value(0, "the value is empty");
  draft.wait_for = value;
  return {};
}

Value<void> set_exit_scope(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  constexpr std::array<std::pair<std::string_view, core::ExitScope>, 3> kScopes = {
      {{"group", core::ExitScope::group}, {"stonewall", core::ExitScope::stonewall}, {"all", core::ExitScope::all}}};
  return assign(choose<core::ExitScope>(value, kScopes, {}), draft.spec.exit_what);
}

// "random:8": eight I/Os before the next file has its turn.
Value<void> set_file_service(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  constexpr std::array<std::pair<std::string_view, core::FileService>, 3> kServices = {
      {{"roundrobin", core::FileService::round_robin},
       {"random", core::FileService::random},
       {"sequential", core::FileService::sequential}}};
  constexpr std::array<std::string_view, 4> kUneven = {"zipf", "pareto", "normal", "gauss"};
  const std::size_t colon = value.find(':');
  const std::string_view word = value.substr(0, colon);
  draft.uneven_service = std::ranges::find(kUneven, word) == kUneven.end() ? "" : word;
  if (!draft.uneven_service.empty()) return {};
  draft.spec.file_service_ios = 1;
  if (colon != std::string_view::npos) {
    const auto ios = parse_count(value.substr(colon + 1), 1, UINT32_MAX);
    if (!ios) return wrong_value(colon + 1 + ios.error().offset, ios.error().message);
    draft.spec.file_service_ios = static_cast<std::uint32_t>(*ios);
  }
  return assign(choose<core::FileService>(word, kServices, {}), draft.spec.file_service);
}

Value<void> set_think_count(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  constexpr std::array<std::pair<std::string_view, bool>, 2> kCounted = {{{"complete", false}, {"issue", true}}};
  return assign(choose<bool>(value, kCounted, {}), draft.spec.thinktime_counts_issued);
}

Value<void> set_submit_mode(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  constexpr std::array<std::pair<std::string_view, bool>, 2> kModes = {{{"inline", false}, {"offload", true}}};
  return assign(choose<bool>(value, kModes, {}), draft.spec.offload);
}

Value<void> set_percentile(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return assign(parse_percent(value), draft.spec.latency_percentile);
}

Value<void> set_tolerance(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return assign(choose<core::ErrorTolerance>(value, kTolerances, {}), draft.spec.continue_on_error);
}

Value<void> check_kb_base(const JobOption& /*option*/, std::string_view value, SectionDraft& /*draft*/) {
  if (value == "1000") return wrong_value(0, "'1000' is not supported yet");
  if (value != "1024") return wrong_value(0, in_quotes(value) + " is neither 1000 nor 1024");
  return {};
}

}  // namespace zoneknot::tools
