#!/usr/bin/env bash
# clang-tidy-19 has nothing to say, by .clang-tidy, about any source that is no test, nor about the headers it includes.
# Called with the top of the tree and a folder, in which it notes what was found clean: a source is looked at again when
# it, a header of it or .clang-tidy has changed. Everything the project uses is in the system's include folders, so no
# further options are needed to parse a source.
source "$(dirname "$0")/project_files.sh"
need clang-tidy-19
need clang++-19
notes=$(mkdir -p "${2:?usage: $0 TOP-OF-THE-TREE FOLDER-FOR-NOTES}" && realpath "$2")
# The definitions that the build gives to single targets.
options=(-std=c++20 -I. '-DZONEKNOT_VERSION=""' '-DZONEKNOT_JOBS=""')

tidy() {  # source
  local note log
  note=$notes/$({ cat .clang-tidy && clang++-19 "${options[@]}" -E "$1"; } 2>&1 | sha256sum | cut -d' ' -f1)
  if [[ -f $note ]]; then return 0; fi
  if log=$(clang-tidy-19 --quiet "$1" -- "${options[@]}" 2>/dev/null); then
    touch "$note"
  else
    echo "$log"
    return 1
  fi
}

mapfile -t sources < <(project_files '*.cc' | grep -vE '^(t|proptests)/')
running=0
for file in "${sources[@]}"; do
  if [[ $running -ge $(nproc) ]]; then
    wait -n || broken=1
    running=$((running - 1))
  fi
  tidy "$file" &
  running=$((running + 1))
done
while [[ $running -gt 0 ]]; do
  wait -n || broken=1
  running=$((running - 1))
done
finish
