#!/usr/bin/env bash
# Every C++ file is as clang-format-19 leaves it. To repair: clang-format-19 -i FILE
source "$(dirname "$0")/project_files.sh"
need clang-format-19
mapfile -t files < <(project_files '*.h' '*.cc')
clang-format-19 --dry-run -Werror "${files[@]}" 2>&1
