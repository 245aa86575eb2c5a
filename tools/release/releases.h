// Releases as rows of a table: those that behave alike are one. Pure functions over core/fix_table.h.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/fix_set.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// One set of switches, and what it is called: "series,-zone-lock", or the releases that are it.
struct ReleaseRow {
  std::string label;               // "fio-3.24, 3.25", "fio-3.30 to 3.33", "fio-3.42, newest"
  std::vector<std::string> names;  // "fio-3.24", "fio-3.25"; of a set that is no release: empty
  core::FixSet fixes = core::FixSet::none();
};

// The releases from one to another, oldest first, both included. `option` is named in errors: an unknown release, with
// the nearest ones, and a `from` that is newer than `to`.
tl::expected<std::vector<ReleaseRow>, InputError> releases_between(const std::string& from, const std::string& to,
                                                                   const std::string& option);

// "3.26-3.33", "fio-3.26-fio-newest"; empty: all there are.
tl::expected<std::vector<ReleaseRow>, InputError> releases_of(const std::string& range, const std::string& option);

// What the preset of that name is, as a row of its own.
ReleaseRow row_named(const std::string& name, core::FixSet fixes);

}  // namespace zoneknot::tools
