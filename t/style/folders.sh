#!/usr/bin/env bash
# The folders at the top are those of the design, no source lies outside them, and none of the product is a heap.
source "$(dirname "$0")/project_files.sh"
known='core|lockcheck|device|sim|proptests|t|tools|docs|\.ci'
while read -r file; do
  complain "$file: not in one of $known"
done < <(project_files '*' | grep -E '/|\.(h|cc)$' | grep -vE "^($known)/" || true)

# A room that one can look over. What tests read, and commands, may be many.
most=50
while read -r count folder; do
  if [[ $count -gt $most ]]; then complain "$folder: holds $count files, more than $most"; fi
done < <(project_files '*' | grep -E '^(core|lockcheck|device|sim|tools)/' | sed 's,/[^/]*$,,' | sort | uniq -c)
finish
