#!/usr/bin/env bash
# Names say what a thing is; nothing is left for later; nothing depends on where one machine keeps its files.
source "$(dirname "$0")/project_files.sh"
empty_names='manager|util|utils|helper|helpers|handler2|data|misc'

while read -r file; do
  complain "$file: a name with one of $empty_names says nothing"
done < <(project_files '*' | grep -iE "(^|[/_.-])($empty_names)([/_.-]|\$)" || true)

lines_with() {  # regular expression, patterns of files
  local expression=$1
  shift
  project_files "$@" | xargs -r -d '\n' grep -HnIE "$expression" || true
}

while read -r place; do
  complain "$place"
done < <(
  # The letters in brackets keep this file from finding itself.
  lines_with '\b(T[O]DO|F[I]XME|X[X]X)\b' '*'
  lines_with '(^|[^[:alnum:]_.~-])/(root|home|work|Users)/' '*'
  lines_with '\b(class|struct|enum|namespace) +\w*(Manager|Util|Helper|Misc|_util|_helper)s?\b' '*.h' '*.cc'
)
finish
