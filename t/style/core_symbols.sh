#!/usr/bin/env bash
# Core reaches threads, clocks, random numbers, environment and I/O through its seams alone: whatever its library leaves
# undefined is in core_symbols_allowed.txt. Called with the top of the tree and the library of a release build.
library=$(realpath "${2:?usage: $0 TOP-OF-THE-TREE libzoneknot_core.a}")
source "$(dirname "$0")/project_files.sh"

symbols() {  # options of nm
  nm --demangle "$@" "$library" 2>/dev/null | sed -nE 's/^[0-9a-f ]{16} [A-Za-z] //p' | sort -u
}

while read -r symbol; do
  complain "$symbol: used by core, not in core_symbols_allowed.txt"
done < <(comm -23 <(symbols --undefined-only) <(symbols --defined-only) |
  grep -vxE -f <(grep -vE '^(#|$)' t/style/core_symbols_allowed.txt) || true)
finish
