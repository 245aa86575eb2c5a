#!/usr/bin/env bash
# tools/mutate has nothing to say of mutations of a tree whose tests fail, or that does not build, without any of them:
# it says so once and ends with 2.
set -euo pipefail
top=$(realpath "${1:?usage: $0 TOP-OF-THE-TREE}")
for program in git python3 cmake ninja; do
  command -v "$program" >/dev/null || exit 77
done
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/tools/mutations"
cp "$top/tools/mutate" "$tree/tools/"
git init -q "$tree"
echo /build/ >"$tree/.gitignore"
# shellcheck disable=SC2016
echo '{"version": 6, "configurePresets": [{"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build/release"}]}' >"$tree/CMakePresets.json"
printf 'one\ntwo\n' >"$tree/value"
cat >"$tree/tools/mutations/all.toml" <<'LIST'
programs = ["value_test"]
[[mutation]]
name = "first"
file = "value"
line = "one"
becomes = "eins"
[[mutation]]
name = "second"
file = "value"
line = "two"
becomes = "zwei"
LIST
failures=0

# The tree's one test program is made by this shell command out of ../../value.
expect() {  # exit code, how many lines of output match a pattern, pattern, command
  local code=0 output count
  cat >"$tree/CMakeLists.txt" <<LISTS
cmake_minimum_required(VERSION 3.25)
project(value LANGUAGES NONE)
file(WRITE \${CMAKE_BINARY_DIR}/make.sh [[$4]])
add_custom_target(value_test COMMAND sh make.sh)
LISTS
  output=$("$tree/tools/mutate" 2>&1) || code=$?
  count=$(grep -c -- "$3" <<<"$output" || true)
  if [[ $code != "$1" || $count != "$2" ]]; then
    printf 'ended with %s instead of %s, and "%s" is there %s times instead of %s:\n%s\n' "$code" "$1" "$3" "$count" "$2" "$output"
    failures=1
  fi
}

# shellcheck disable=SC2016
test_that='mkdir -p bin; v=$(tr "\n" " " <../../value); printf "#!/bin/sh\necho \"[  FAILED  ] Value.IsRight\"\n[ \"%s\" = \"EXPECTED\" ]\n" "$v" >bin/value_test; chmod +x bin/value_test'
expect 0 2 'killed by value_test Value.IsRight' "${test_that/EXPECTED/one two }"
expect 2 1 'fails without a mutation' "${test_that/EXPECTED/three }"
expect 2 1 'does not build without a mutation' 'exit 1'
exit "$failures"
