#include "tools/jobfile/job_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "tools/jobfile/job_options.h"

namespace zoneknot::tools {
namespace {

using Wrong = std::optional<InputError>;

constexpr std::string_view kGlobal = "global";

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

// True where the value is written with kib, mib, …, which fio counts in thousands.
bool written_decimal(const JobOption& option, std::string_view value) {
  if (option.kind != OptionKind::size && option.kind != OptionKind::amount && option.kind != OptionKind::count) {
    return false;
  }
  const auto amount = parse_amount(value);
  return amount && amount->decimal;
}

// The option says what happens without it.
bool harmless(const JobOption& option, const IniOption& written) {
  const std::string_view value = written.has_value ? std::string_view(written.value) : "1";
  const auto names = [&](std::string_view word) {
    return (" " + std::string(option.values) + " ").find(" " + std::string(word) + " ") != std::string::npos;
  };
  if (!value.empty() && names(value)) return true;
  const auto zero = parse_time(value, 1);
  return zero && *zero == 0 && names("0");
}

// What the options of a section, or of all [global] sections so far, have said, and where.
struct Reading {
  SectionDraft draft;
  SectionPlaces places;
};

class Reader {
 public:
  Reader(std::string_view file_name, const ParseContext& context) : context_(context) {
    file_.file = file_name;
    file_.name = file_name.substr(file_name.rfind('/') + 1);
    globals_.places.options.resize(job_options().size());
  }

  Wrong section(const IniSection& section) {
    const std::string_view name = section.name;
    if (equal_in_any_case(name, kGlobal)) return apply_all(section, globals_);
    if (equal_in_any_case(name.substr(0, kGlobal.size()), kGlobal)) {
      return error(section.at, "a section whose name begins with 'global' is [global] to fio");
    }
    Reading reading = globals_;
    reading.places.at = section.at;
    if (auto wrong = apply_all(section, reading)) return wrong;
    file_.sections.push_back(std::move(reading.places));
    return add_jobs(reading.draft, section.name);
  }

  tl::expected<JobFile, InputError> take() {
    if (file_.jobs.empty()) return tl::unexpected(error({}, "the file has no job: no section other than [global]"));
    return std::move(file_);
  }

 private:
  [[nodiscard]] InputError error(Position at, std::string message) const {
    return {file_.file, at.line, at.column, std::move(message)};
  }

  void note(Position at, const std::string& text) {
    file_.notes.push_back(file_.file + ":" + std::to_string(at.line) + ": " + text);
  }

  Wrong apply_all(const IniSection& section, Reading& reading) {
    for (const IniOption& option : section.options) {
      if (auto wrong = apply(option, reading)) return wrong;
    }
    return std::nullopt;
  }

  Wrong apply(const IniOption& written, Reading& reading) {
    const JobOption* const option = find_job_option(written.name);
    if (option == nullptr) {
      if (written.name.starts_with("include ")) return error(written.at, "'include' is not supported yet");
      return error(written.at, "unknown option " + in_quotes(written.name) + nearest_job_option(written.name));
    }
    if (option->use != OptionUse::supported && harmless(*option, written)) return std::nullopt;
    if (option->use == OptionUse::not_yet) {
      return error(written.at, in_quotes(written.name) + " is not supported yet");
    }
    if (option->use == OptionUse::ignored) {
      note(written.at, in_quotes(written.name) + " is ignored");
      return std::nullopt;
    }
    if (!written.has_value && option->kind != OptionKind::flag) {
      return error(written.at, in_quotes(written.name) + " needs a value");
    }
    const std::string_view value = written.has_value ? std::string_view(written.value) : "1";
    if (auto done = option->apply(*option, value, reading.draft); !done) {
      return error(written.position_in_value(done.error().offset), written.name + ": " + done.error().message);
    }
    if (option->since != 0 &&
        std::ranges::find(file_.later_options, written.name, &LaterOption::name) == file_.later_options.end()) {
      file_.later_options.push_back({written.name, option->since});
    }
    reading.places.options[static_cast<std::size_t>(option - job_options().data())] = written.value_at;
    if (written_decimal(*option, value)) {
      note(written.at, in_quotes(value) + " is " + std::to_string(parse_amount(value)->number) + " bytes, as in fio");
    }
    return std::nullopt;
  }

  Wrong add_jobs(const SectionDraft& draft, const std::string& name) {
    const auto section = static_cast<std::uint32_t>(file_.sections.size() - 1);
    core::JobSpec of_section;
    of_section.section = section;
    if (file_.jobs.size() + draft.numjobs > kMaxJobs) {
      return file_.error_at(of_section, {"numjobs", "more than " + std::to_string(kMaxJobs) + " jobs in all"});
    }
    auto jobs = make_jobs(draft, name, section, context_.default_zone_size);
    if (!jobs) return file_.error_at(of_section, jobs.error());
    if (auto wrong = set_wait_for(draft, of_section, *jobs)) return wrong;
    note_what_differs(draft, of_section);
    for (std::size_t i = 0; i < jobs->front().file_count(); ++i) {
      if (auto wrong = check_same_device(jobs->front(), jobs->front().file(i))) return wrong;
    }
    file_.jobs.insert(file_.jobs.end(), jobs->begin(), jobs->end());
    return std::nullopt;
  }

  Wrong set_wait_for(const SectionDraft& draft, const core::JobSpec& of_section, std::vector<core::JobSpec>& jobs) {
    if (draft.wait_for.empty()) return std::nullopt;
    const auto awaited = std::ranges::find(file_.jobs, draft.wait_for, &core::JobSpec::name);
    if (awaited == file_.jobs.end()) {
      return file_.error_at(of_section, {"wait_for", "there is no earlier section " + in_quotes(draft.wait_for)});
    }
    for (core::JobSpec& job : jobs) job.wait_for = awaited->section;
    return std::nullopt;
  }

  void note_what_differs(const SectionDraft& draft, const core::JobSpec& of_section) {
    if (draft.spec.filename.empty()) note(file_.position_of(of_section, ""), "no filename: the simulated device");
    if (!draft.spec.filename.empty() && draft.nrfiles > 1 && draft.nrfiles != draft.spec.file_count()) {
      note(file_.position_of(of_section, "nrfiles"), "'nrfiles' counts for nothing beside 'filename', as in fio");
    }
    if (!draft.verify_word.empty()) {
      note(file_.position_of(of_section, "verify"),
           "'verify=" + draft.verify_word + "' is checked as crc32c: only the cost differs");
    }
    if (draft.spec.time_based && draft.spec.runtime_ns == 0) {
      note(file_.position_of(of_section, "time_based"), "'time_based' without 'runtime' counts for nothing, as in fio");
    }
  }

  // Sections that name the same device agree on its zones.
  Wrong check_same_device(const core::JobSpec& job, const std::string& filename) {
    const auto [first, added] = devices_.try_emplace(filename, Zones{job.zone_size, job.zone_capacity});
    if (added) return std::nullopt;
    const auto agree = [](std::uint64_t& known, std::uint64_t given) {
      if (known == 0) known = given;
      return given == 0 || known == given;
    };
    if (!agree(first->second.size, job.zone_size)) {
      return file_.error_at(
          job, {"zonesize", "zonesize of " + std::to_string(job.zone_size) + " bytes, but an earlier section says " +
                                std::to_string(first->second.size) + " for the same filename"});
    }
    if (!agree(first->second.capacity, job.zone_capacity)) {
      return file_.error_at(
          job, {"zonecapacity", "zonecapacity of " + std::to_string(job.zone_capacity) +
                                    " bytes, but an earlier section says " + std::to_string(first->second.capacity) +
                                    " for the same filename"});
    }
    return std::nullopt;
  }

  struct Zones {
    std::uint64_t size = 0;  // bytes, 0: not said
    std::uint64_t capacity = 0;
  };

  const ParseContext& context_;
  JobFile file_;
  Reading globals_;
  std::map<std::string, Zones> devices_;  // by filename
};

}  // namespace

Position JobFile::position_of(const core::JobSpec& job, std::string_view option) const {
  // What a value that nobody gave was made of, or stands beside.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kInstead = {
      {{"offset", "offset_increment"}, {"bs", "bsrange"}, {"bsrange", "bssplit"}}};
  const SectionPlaces& places = sections.at(job.section);
  const JobOption* const found = find_job_option(option);
  if (found == nullptr) return places.at;
  const Position at = places.options.at(static_cast<std::size_t>(found - job_options().data()));
  if (at.line != 0) return at;
  const auto* const instead = std::ranges::find(kInstead, option, [](const auto& pair) { return pair.first; });
  return instead == kInstead.end() ? places.at : position_of(job, instead->second);
}

InputError JobFile::error_at(const core::JobSpec& job, const core::SpecError& error) const {
  const Position at = position_of(job, error.option);
  return {file, at.line, at.column, error.message};
}

tl::expected<JobFile, InputError> parse_job_file(std::string_view text, std::string_view file_name,
                                                 const ParseContext& context) {
  const auto ini = parse_ini(text, file_name, context.environment);
  if (!ini) return tl::unexpected(ini.error());
  Reader reader(file_name, context);
  for (const IniSection& section : ini->sections) {
    if (auto wrong = reader.section(section)) return tl::unexpected(std::move(*wrong));
  }
  return reader.take();
}

}  // namespace zoneknot::tools
