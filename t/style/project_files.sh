# Sourced by the scripts of this folder. Each of them is given the top of a source tree, prints what breaks its rule as
# file:line: text, and ends with 0 (kept), 1 (broken) or 77 (its tool is not installed).
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C.UTF-8
cd "${1:?usage: $0 TOP-OF-THE-TREE}"

# The project's files whose names match one of the patterns, tracked or new, without what is ignored. A tree that is no
# checkout is searched for all files but those of builds.
project_files() {  # pattern...
  if git -c safe.directory='*' rev-parse --show-toplevel 2>/dev/null | grep -qxF "$(pwd -P)"; then
    git -c safe.directory='*' ls-files -co --exclude-standard -- "$@" | while read -r file; do
      if [[ -f $file ]]; then echo "$file"; fi
    done
  else
    find . -path './build*' -prune -o -path ./.git -prune -o -type f -print | sed 's,^\./,,' | while read -r file; do
      for pattern in "$@"; do
        # shellcheck disable=SC2053
        if [[ $file == $pattern ]]; then
          echo "$file"
          break
        fi
      done
    done
  fi | sort
}

need() {  # program
  if ! command -v "$1" >/dev/null; then
    echo "$1 is not installed: tools/install-packages check"
    exit 77
  fi
}

broken=0
complain() {
  echo "$*"
  broken=1
}
finish() { exit "$broken"; }
