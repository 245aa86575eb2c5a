#!/usr/bin/env bash
# Headers that cost seconds to compile stay out of headers, and in few sources of the product and of its tests each: in
# two, but for JSON, which is a form of most reports.
source "$(dirname "$0")/project_files.sh"

check() {  # name, regular expression of the include, most sources
  local where users
  while read -r where; do
    complain "$where: $1 in a header"
  done < <(project_files '*.h' | xargs -r -d '\n' grep -lE "^ *# *include +<($2)>" || true)
  for where in product tests; do
    mapfile -t users < <(project_files '*.cc' | if [[ $where == tests ]]; then grep -E '^(t|proptests)/'; else
      grep -vE '^(t|proptests)/'
    fi | xargs -r -d '\n' grep -lE "^ *# *include +<($2)>" || true)
    if [[ ${#users[@]} -gt $3 ]]; then complain "$1 in ${#users[@]} sources of the $where: ${users[*]}"; fi
  done
}

check nlohmann 'nlohmann/json\.hpp' 8
check CLI11 'CLI/.*' 2
check toml++ 'toml\+\+/.*|toml\.hpp' 2
finish
