#include "tools/jobfile/job_options.h"

#include <vector>

#include "tools/text/nearest_word.h"

namespace zoneknot::tools {
namespace {

// The words of a list separated by blanks.
std::vector<std::string_view> split_words(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(' '));
    words.push_back(word);
    list.remove_prefix(word.size() == list.size() ? list.size() : word.size() + 1);
  }
  return words;
}

std::string value_text(const JobOption& option) {
  switch (option.kind) {
    case OptionKind::flag:
      return "`0` or `1`, or nothing for 1";
    case OptionKind::count: {
      const bool unbounded = option.most >= UINT32_MAX;
      return "a number from " + std::to_string(option.least) + (unbounded ? "" : " to " + std::to_string(option.most));
    }
    case OptionKind::signed_count:
      return "a number, also below 0";
    case OptionKind::counts:
      return "up to three numbers" + (option.most >= UINT32_MAX ? "" : " from 0 to " + std::to_string(option.most));
    case OptionKind::percent:
      return "a number from 0 to 100";
    case OptionKind::size:
      return "a size";
    case OptionKind::amount:
      return "a size, a number of zones or a percentage";
    case OptionKind::time:
      return std::string("a time, ") +
             (option.least == kSecondNs        ? "seconds"
              : option.least == kMillisecondNs ? "milliseconds"
                                               : "microseconds") +
             " if no unit";
    case OptionKind::fraction:
      return "a fraction from 0 to 1";
    case OptionKind::words:
      return std::string(option.values);
  }
  __builtin_unreachable();
}

std::string names_text(const JobOption& option) {
  std::string names = "`" + std::string(option.name) + "`";
  for (const std::string_view synonym : split_words(option.synonyms)) names += ", `" + std::string(synonym) + "`";
  return names;
}

std::string words_text(std::string_view list) {
  std::string text;
  for (const std::string_view word : split_words(list)) text += (text.empty() ? "`" : ", `") + std::string(word) + "`";
  return text;
}

constexpr std::string_view kPageHead = R"(# Which options may a job file have?

Job files are fio's: sections in brackets, one `option=value` a line, `;` and `#` begin comments. A `[global]` section
sets options for all sections below it. `${NAME}` stands for an environment variable; it must be set, only `${ZONED}`,
and any in a `filename`, may be missing and is then the simulated device, `sim`, as is a `filename` that is not given. A
file has at most 1 MiB, a line at most 64 KiB; all sections together make at most 4096 jobs.

This page is generated from the table that the parser uses. `job_file_test` prints it anew when it is out of date.

- A *size* is a number of bytes. `k`, `m`, `g`, `t`, `p` multiply by powers of 1024, with or without `b`, in either
  case. `kib`, `mib`, … multiply by powers of **1000**, because fio does so (`kb_base=1024`); a note says it.
- A *number of zones* is written `4z`: so many times the section's `zonesize`, or 1 MiB where it has none.
- A *time* takes `us`, `ms`, `s`, `m`, `h`, `d` (also `usec`, `msec`, `sec`).
- A *percentage* is one of the device, that of `io_size` one of `size`: `size=50%`.
- Values by direction, for reads, writes and trims, are separated by commas. The last one given counts for those behind
  it, and an empty one leaves its direction as it is.
- Any number may be hexadecimal (`0x10`). Arithmetic does not work yet.

As in fio, an `iodepth_batch_complete_min` above `iodepth` is `iodepth`, `time_based` without `runtime` counts for
nothing, and a `size` that reaches past the end of the device ends there. Where a job has several files, `size` is
divided over them, `io_size`, `number_ios` and `job_max_open_zones` count over all of them, and `offset` is that of each;
`nrfiles` counts where no `filename` is given.

What fio lets pass and this parser refuses: a range whose end is below its beginning, text behind a number, a section
without `zonemode=zbd`, and two sections with the same `filename` and different zones.

## Supported

| option | value | meaning |
|---|---|---|
)";

constexpr std::string_view kPageNotYet = R"(
## Not supported yet

These would change what a job does. A job file that has one is refused, but for the values that change nothing.

| option | about | accepted |
|---|---|---|
)";

constexpr std::string_view kPageIgnored = R"(
## Ignored

These cannot change which locks a job takes. They are accepted, and a note says that they are ignored.

| option | about |
|---|---|
)";

}  // namespace

const JobOption* find_job_option(std::string_view name) {
  for (const JobOption& option : job_options()) {
    if (option.name == name) return &option;
    for (const std::string_view synonym : split_words(option.synonyms)) {
      if (synonym == name) return &option;
    }
  }
  return nullptr;
}

std::string nearest_job_option(std::string_view name) {
  std::vector<std::string_view> names;
  for (const JobOption& option : job_options()) {
    names.push_back(option.name);
    for (const std::string_view synonym : split_words(option.synonyms)) names.push_back(synonym);
  }
  return did_you_mean(name, names);
}

std::string job_options_markdown() {
  std::string page(kPageHead);
  for (const JobOption& option : job_options()) {
    if (option.use != OptionUse::supported) continue;
    page += "| " + names_text(option) + " | " + value_text(option) + " | " + std::string(option.help);
    if (option.since != 0) page += "; since fio 3." + std::to_string(option.since);
    page += " |\n";
  }
  const auto add_rest = [&](OptionUse use) {
    for (const JobOption& option : job_options()) {
      if (option.use != use) continue;
      page += "| " + names_text(option) + " | " + std::string(option.help);
      if (use == OptionUse::not_yet) page += " | " + words_text(option.values);
      page += " |\n";
    }
  };
  page += kPageNotYet;
  add_rest(OptionUse::not_yet);
  page += kPageIgnored;
  add_rest(OptionUse::ignored);
  return page;
}

}  // namespace zoneknot::tools
