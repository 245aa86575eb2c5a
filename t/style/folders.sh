#!/usr/bin/env bash
# The folders at the top are those of the design, and no source lies outside them.
source "$(dirname "$0")/project_files.sh"
known='core|lockcheck|device|sim|proptests|t|tools|docs|\.ci'
while read -r file; do
  complain "$file: not in one of $known"
done < <(project_files '*' | grep -E '/|\.(h|cc)$' | grep -vE "^($known)/" || true)
finish
