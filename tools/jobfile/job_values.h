// What each option of a job file does with its value: writes it to the draft of its section, or says what is wrong with
// it. Entries of the table in job_option_table.cc, called through it alone.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "tools/jobfile/job_options.h"
#include "tools/jobfile/section_draft.h"

namespace zoneknot::tools {

// `pointer` is a member of JobSpec or of SectionDraft.
template <auto pointer>
auto& member_of(SectionDraft& draft) {
  if constexpr (requires { draft.*pointer; }) {
    return draft.*pointer;
  } else {
    return draft.spec.*pointer;
  }
}

template <class From, class To>
Value<void> assign(const Value<From>& value, To& to) {
  if (!value) return tl::unexpected(value.error());
  to = static_cast<To>(*value);
  return {};
}

template <auto pointer>
Value<void> set_flag(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return assign(parse_flag(value), member_of<pointer>(draft));
}

// A flag that says the opposite of its member.
template <auto pointer>
Value<void> clear_flag(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return assign(parse_flag(value).map([](bool flag) { return !flag; }), member_of<pointer>(draft));
}

template <auto pointer>
Value<void> set_count(const JobOption& option, std::string_view value, SectionDraft& draft) {
  return assign(parse_count(value, option.least, option.most), member_of<pointer>(draft));
}

template <auto pointer>
Value<void> set_size(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return assign(parse_size(value), member_of<pointer>(draft));
}

template <auto pointer>
Value<void> set_amount(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return assign(parse_amount(value), member_of<pointer>(draft));
}

template <auto pointer>
Value<void> set_time(const JobOption& option, std::string_view value, SectionDraft& draft) {
  return assign(parse_time(value, option.least), member_of<pointer>(draft));
}

using Counts = std::array<std::optional<std::uint64_t>, 3>;  // reads, writes, trims; nothing: not said
Value<Counts> parse_counts(std::string_view value, std::uint64_t most);

// `pointer` is an array by direction.
template <auto pointer>
Value<void> set_counts(const JobOption& option, std::string_view value, SectionDraft& draft) {
  const auto counts = parse_counts(value, option.most);
  if (!counts) return tl::unexpected(counts.error());
  auto& member = member_of<pointer>(draft);
  for (std::size_t i = 0; i < counts->size(); ++i) {
    if (counts->at(i)) assign<std::uint64_t>(*counts->at(i), member.at(i));
  }
  return {};
}

template <auto pointer>
Value<void> set_signed(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return assign(parse_signed(value), member_of<pointer>(draft));
}

template <auto pointer>
Value<void> set_fraction(const JobOption& /*option*/, std::string_view value, SectionDraft& draft) {
  return assign(parse_fraction(value), member_of<pointer>(draft));
}

// A flag that changes nothing here.
Value<void> check_flag(const JobOption& option, std::string_view value, SectionDraft& draft);

Value<void> set_filename(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_zone_mode(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_engine(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_rw(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_mix_of_writes(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_block_sizes(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_block_ranges(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_verify(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_block_split(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_wait_for(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_file_service(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_exit_scope(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_think_count(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_submit_mode(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_percentile(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> set_tolerance(const JobOption& option, std::string_view value, SectionDraft& draft);
Value<void> check_kb_base(const JobOption& option, std::string_view value, SectionDraft& draft);

}  // namespace zoneknot::tools
