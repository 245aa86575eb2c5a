#!/usr/bin/env bash
# There is nothing that shellcheck has to say about any script.
source "$(dirname "$0")/project_files.sh"
need shellcheck
mapfile -t scripts < <(project_files '*' | xargs -d '\n' grep -lE -m1 '^#!.*\bbash$|^# shellcheck shell=bash$')
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
