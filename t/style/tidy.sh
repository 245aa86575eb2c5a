#!/usr/bin/env bash
# clang-tidy-19 has nothing to say, by .clang-tidy, about any source that is no test, nor about the headers it includes.
# Called with the top of the tree and a folder, in which it notes what was found clean: a source is looked at again when
# it, a header of it or .clang-tidy has changed. Everything the project uses is in the system's include folders, so no
# further options are needed to parse a source.
# Most of the time goes into headers, so forty sources of a folder at the top are looked at as one, unless a third
# argument `one-by-one` asks otherwise: misc-unused-using-decls and its like pass over what is included, and
# performance-unnecessary-value-param, which takes a quarter of the time, waits until then.
source "$(dirname "$0")/project_files.sh"
need clang-tidy-19
need clang++-19
notes=$(mkdir -p "${2:?usage: $0 TOP-OF-THE-TREE FOLDER-FOR-NOTES [one-by-one]}" && realpath "$2")
together=40
if [[ ${3:-} == one-by-one ]]; then together=1; fi
# The definitions that the build gives to single targets.
options=(-std=c++20 -I. '-DZONEKNOT_VERSION=""' '-DZONEKNOT_JOBS=""' '-DZONEKNOT_LIBRARY_FOLDER=""')
# To clang-tidy an included source is a header.
tidy_options=(--quiet)
if [[ $together -gt 1 ]]; then
  filter=$(sed -nE "s/^HeaderFilterRegex: '(.*)\\\\\.h\\$'\$/\1/p" .clang-tidy)
  tidy_options+=("--header-filter=${filter:?.clang-tidy has no HeaderFilterRegex that ends in .h}\\.(h|cc)\$")
  tidy_options+=("--checks=-bugprone-suspicious-include,-performance-unnecessary-value-param")
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

tidy() {  # source, or a list of them that are included
  local note log
  note=$notes/$({ cat .clang-tidy && echo "$together" && clang++-19 "${options[@]}" -E "$1"; } 2>&1 |
    sed "s,$scratch,," | sha256sum | cut -d' ' -f1)
  if [[ -f $note ]]; then return 0; fi
  if log=$(clang-tidy-19 "${tidy_options[@]}" "--config-file=$PWD/.clang-tidy" "$1" -- "${options[@]}" 2>/dev/null); then
    touch "$note"
  else
    echo "$log"
    return 1
  fi
}

# What is not linked together may use a name twice: programs, and what stands in for a source, are looked at alone.
units=()
unit=
while read -r file; do
  group=${file%%/*}
  if [[ $file == tools/benchmarks/* ]]; then group=tools/benchmarks; fi
  if [[ $together -eq 1 || $file == *_missing.cc ]] || grep -qE '^int main\(' "$file"; then
    units+=("$file")
    continue
  fi
  if [[ -z $unit || $group != "$last" || $count -ge $together ]]; then
    unit=$scratch/unit${#units[@]}.cc
    units+=("$unit")
    last=$group
    count=0
  fi
  count=$((count + 1))
  echo "#include \"$PWD/$file\"" >>"$unit"
done < <(project_files '*.cc' | grep -vE '^(t|proptests)/')

running=0
for unit in "${units[@]}"; do
  if [[ $running -ge $(nproc) ]]; then
    wait -n || broken=1
    running=$((running - 1))
  fi
  tidy "$unit" &
  running=$((running + 1))
done
while [[ $running -gt 0 ]]; do
  wait -n || broken=1
  running=$((running - 1))
done
finish
