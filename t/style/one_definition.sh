#!/usr/bin/env bash
# No type is defined twice in the headers of a folder, which is one namespace: the linker takes one for the other, and
# says nothing.
source "$(dirname "$0")/project_files.sh"
definition='^(struct|class|union|enum|enum class) [A-Za-z0-9_]+( final)?( : .*)? \{'
for folder in core lockcheck device sim proptests tools; do
  declare -A seen=()
  while IFS=: read -r file line text; do
    name=$(sed -E 's/^(struct|class|union|enum class|enum) ([A-Za-z0-9_]+).*/\2/' <<<"$text")
    if [[ -n ${seen[$name]:-} ]]; then complain "$file:$line: $name is defined in ${seen[$name]} too"; fi
    seen[$name]=$file:$line
  done < <(project_files "$folder/*.h" | xargs -r grep -HnE "$definition" || true)
  unset seen
done
finish
