#!/usr/bin/env bash
# Headers that cost seconds to compile stay out of headers, and in at most two sources of the product and two of its
# tests each.
source "$(dirname "$0")/project_files.sh"
most_sources=2

check() {  # name, regular expression of the include
  local where users
  while read -r where; do
    complain "$where: $1 in a header"
  done < <(project_files '*.h' | xargs -r -d '\n' grep -lE "^ *# *include +<($2)>" || true)
  for where in product tests; do
    mapfile -t users < <(project_files '*.cc' | if [[ $where == tests ]]; then grep -E '^(t|proptests)/'; else
      grep -vE '^(t|proptests)/'
    fi | xargs -r -d '\n' grep -lE "^ *# *include +<($2)>" || true)
    if [[ ${#users[@]} -gt $most_sources ]]; then complain "$1 in ${#users[@]} sources of the $where: ${users[*]}"; fi
  done
}

check nlohmann 'nlohmann/json\.hpp'
check CLI11 'CLI/.*'
check toml++ 'toml\+\+/.*|toml\.hpp'
finish
