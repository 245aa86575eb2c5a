// What `zoneknot fixes` says: the switches and presets of core/fix_table.h, or what lies between two sets, as text and
// as JSON ("schema": "zoneknot.fixes/1"). Pure functions.
#pragma once

#include <string>

#include "core/fix_set.h"

namespace zoneknot::tools {

// All switches and presets.
std::string fixes_text();
std::string fixes_json();

// A set as the user has called it.
struct NamedSet {
  std::string name;
  core::FixSet set;
};

// The switches that are on in a set.
std::string set_text(const NamedSet& set);
std::string set_json(const NamedSet& set);

// What is turned on and off on the way from one set to the other.
std::string between_text(const NamedSet& from, const NamedSet& to);
std::string between_json(const NamedSet& from, const NamedSet& to);

}  // namespace zoneknot::tools
