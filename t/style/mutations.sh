#!/usr/bin/env bash
# Every mutation of tools/mutations changes a line that is there exactly once, so that tools/mutate can still make it.
mutate=$(dirname "$(realpath "$0")")/../../tools/mutate
source "$(dirname "$0")/project_files.sh"
need python3
"$mutate" --check-list .
