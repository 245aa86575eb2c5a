#!/usr/bin/env bash
# A file that is no test and longer than this holds more than one idea.
source "$(dirname "$0")/project_files.sh"
most_lines=450
while read -r file; do
  lines=$(wc -l <"$file")
  if [[ $lines -gt $most_lines ]]; then complain "$file: $lines lines, at most $most_lines"; fi
done < <(project_files '*.h' '*.cc' 'tools/*' | grep -vE '^(t|proptests)/')
finish
