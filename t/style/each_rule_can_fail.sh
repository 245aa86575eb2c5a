#!/usr/bin/env bash
# The rules of this folder notice what they are for: each accepts a small clean tree and refuses it with one fault in it.
set -euo pipefail
style=$(dirname "$(realpath "$0")")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

clean_tree() {
  find "$tree" -mindepth 1 -delete
  mkdir -p "$tree"/{core,device,lockcheck,sim/run,t/style,tools}
  cp "$style/core_symbols_allowed.txt" "$tree/t/style/"
  cp "$style/../../.clang-tidy" "$style/../../.clang-format" "$tree/"
  printf '#pragma once\n\n#include <cstddef>\n' >"$tree/core/zone.h"
  printf '#include "core/zone.h"\n\nint zone_index(int offset) { return offset / 4; }\n' >"$tree/core/zone.cc"
  printf '#pragma once\n\n#include <cstddef>\n' >"$tree/sim/run/fiber.h"
  printf '#include "sim/run/fiber.h"\n\nint fiber_count() { return 0; }\n' >"$tree/sim/run/fiber.cc"
  # shellcheck disable=SC2016
  printf '#!/usr/bin/env bash\necho "$1"\n' >"$tree/tools/show"
}

result_of() {  # rule, further arguments
  local rule=$1 code=0
  shift
  "$style/$rule.sh" "$tree" "$@" >"$tree.log" 2>&1 || code=$?
  rm -f "$tree.log"
  echo "$code"
}

# One fault: the text to append to a file of the clean tree.
refuses() {  # rule, file, text, last argument of the rule
  local rule=$1 before after
  clean_tree
  before=$(result_of "$rule" "$tree/.notes" "${@:4}")
  mkdir -p "$(dirname "$tree/$2")"
  printf '%b' "$3" >>"$tree/$2"
  after=$(result_of "$rule" "$tree/.notes" "${@:4}")
  if [[ $before == 77 ]]; then return 0; fi
  if [[ $before-$after != 0-1 ]]; then
    echo "$rule: result $before on the clean tree, $after with this in $2: $3"
    failures=$((failures + 1))
  fi
}

refuses format core/zone.cc 'int  f();\n'
# shellcheck disable=SC2016
refuses scripts tools/show 'echo $1\n'
refuses words core/zone_manager.h ''
refuses words core/zone.h '// TO''DO\n'
refuses words core/zone.h '// see /ro''ot/notes\n'
refuses words core/zone.h 'class ZoneHel''per;\n'
refuses mutations tools/mutations/core.toml 'programs = []\n[[mutation]]\nname = "n"\nfile = "core/zone.cc"\nline = "/ 5"\nbecomes = "/ 6"\n'
refuses heavy_headers tools/report.h '#include <nlohmann/json.hpp>\n'
refuses folders misc/zone.cc ''
refuses folders zone.cc ''
refuses include_direction core/zone.h '#include "sim/world.h"\n'
refuses include_direction core/zone.h '#include <thread>\n'
refuses include_direction core/zone.h '#include <sys/mman.h>\n'
refuses include_direction lockcheck/watch.cc '#include "device/model/zone_model.h"\n'
refuses include_direction device/file.cc '#include "sim/world.h"\n'
refuses include_direction sim/world.cc '#include "device/real/watchdog.h"\n'
refuses include_direction sim/run/fiber.cc '#include "core/zone.h"\n#include "sim/strategy/random_walk.h"\n'
refuses include_direction sim/ran/fiber.cc '#include "core/zone.h"\n'
refuses one_definition core/zone.h 'struct Zone {};\nclass Zone {};\n'
refuses file_length core/zone.cc "$(printf '\\n%.0s' {1..450})"
refuses tidy core/zone.cc 'int* CamelCase() { return 0; }\n'
refuses tidy sim/run/fiber.h 'inline int* CamelCase() { return nullptr; }\n'
# Sources are looked at together, as files that others include.
refuses tidy sim/run/fiber.cc 'namespace {\nint* next() { return 0; }\n}\nint* first() { return next(); }\n'
refuses tidy sim/run/fiber.cc 'struct Way {\n  int length = 0;\n  int Steps = 0;\n};\n'
refuses tidy sim/run/fiber.cc '#include <utility>\nusing std::move;\n' one-by-one

clean_tree
for device in a b c; do printf '#include <CLI/CLI.hpp>\n' >"$tree/tools/$device.cc"; done
if [[ $(result_of heavy_headers) != 1 ]]; then
  echo "heavy_headers: accepts CLI11 in three sources"
  failures=$((failures + 1))
fi

# The table of directions is part of its rule, so that a table with a circle is a rule of its own.
clean_tree
mkdir "$tree/circle"
sed -E 's,^(lockcheck/text +:).*,\1 core lockcheck/report,' "$style/include_direction.sh" >"$tree/circle/include_direction.sh"
cp "$style/project_files.sh" "$tree/circle/"
if bash "$tree/circle/include_direction.sh" "$tree" >"$tree.log"; then
  echo "include_direction: accepts a circle in its table"
  failures=$((failures + 1))
elif ! grep -q 'circle through lockcheck/text' "$tree.log"; then
  cat "$tree.log"
  failures=$((failures + 1))
fi
rm -f "$tree.log"

# A clock in core: what the symbol test is there for.
library_with() {  # body of a function
  printf '#include <chrono>\n#include <string>\nlong f(const std::string& s) { %s }\n' "$1" >"$tree/core/zone.cc"
  "${CXX:-g++}" -O2 -c "$tree/core/zone.cc" -o "$tree/zone.o"
  rm -f "$tree/libcore.a"
  ar rc "$tree/libcore.a" "$tree/zone.o"
}
clean_tree
library_with 'std::string t = s + s; return long(t.size());'
if [[ $(result_of core_symbols "$tree/libcore.a") != 0 ]]; then
  echo "core_symbols: refuses std::string"
  failures=$((failures + 1))
fi
library_with 'return std::chrono::steady_clock::now().time_since_epoch().count() + long(s.size());'
if [[ $(result_of core_symbols "$tree/libcore.a") != 1 ]]; then
  echo "core_symbols: accepts a clock"
  failures=$((failures + 1))
fi
exit $((failures > 0))
