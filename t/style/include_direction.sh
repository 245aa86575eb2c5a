#!/usr/bin/env bash
# What is below includes what is above, never the other way. The table says it folder by folder; a folder that is not in
# it may not exist. A folder may include itself and, of a folder named `F/`, everything below it.
source "$(dirname "$0")/project_files.sh"

directions='
core                : (nothing of this project)
core/workload       : core
core/workload/eras  : core core/workload

lockcheck/text      : core
lockcheck/held      : core
lockcheck/stuck     : core
lockcheck/verdict   : core
lockcheck/trace     : core lockcheck/text
lockcheck/order     : core lockcheck/text lockcheck/held
lockcheck/watch     : core lockcheck/text lockcheck/held lockcheck/stuck lockcheck/order lockcheck/verdict
lockcheck/offline   : core lockcheck/text lockcheck/stuck lockcheck/order lockcheck/watch lockcheck/picture lockcheck/trace lockcheck/verdict
lockcheck/picture   : core lockcheck/text lockcheck/stuck lockcheck/verdict lockcheck/watch
lockcheck/report    : lockcheck/text lockcheck/verdict

device/model        : core
device/passthrough  : core device/model
device/block        : core
device/record       : (nothing of this project)
device              : core lockcheck/ device/model device/real
device/real         : core lockcheck/held lockcheck/stuck lockcheck/watch device/model device/block device/passthrough

sim/run             : core lockcheck/stuck lockcheck/watch
sim/world           : core device/model sim/run
sim/strategy        : core lockcheck/text lockcheck/watch sim/run
sim/dpor            : lockcheck/watch sim/run sim/strategy
sim/search          : lockcheck/text lockcheck/verdict lockcheck/watch lockcheck/picture sim/run sim/strategy
sim/states          : core lockcheck/text lockcheck/watch sim/run sim/strategy sim/search
sim/witness         : core sim/run sim/strategy sim/search sim/states
sim/predict         : core lockcheck/verdict lockcheck/picture sim/run sim/strategy sim/search sim/witness
sim/proof           : core lockcheck/text lockcheck/verdict lockcheck/watch lockcheck/picture device/model sim/run
sim/conclude        : lockcheck/text lockcheck/verdict lockcheck/watch lockcheck/picture sim/run sim/strategy sim/dpor sim/search sim/states sim/witness sim/predict
sim                 : core lockcheck/ device/model sim/run sim/world sim/strategy sim/search sim/witness sim/conclude

tools/text          : (nothing of this project)
tools/jobfile       : core tools/text
tools/option        : core lockcheck/verdict device/model sim/ tools/text
tools/device        : core device/model device/passthrough device/block device/real tools/text tools/option
tools/instance      : core core/workload lockcheck/ device/model device/block device/real sim/ tools/text tools/jobfile tools/option
tools/cli           : lockcheck/ sim/search tools/text tools/option tools/instance
tools/witness       : core lockcheck/ sim/ tools/text tools/option tools/instance tools/cli
tools/record        : core lockcheck/text lockcheck/trace device/record tools/text tools/cli
tools/prove         : core core/workload lockcheck/ device/model sim/ tools/text tools/option tools/instance tools/cli
tools/release       : core lockcheck/text tools/text tools/option
tools/explain       : core lockcheck/ sim/ tools/text tools/instance tools/cli tools/witness
tools/command       : core core/workload lockcheck/ device/ sim/ tools/text tools/device tools/option tools/instance tools/cli tools/witness tools/record tools/prove tools/release tools/explain

tools/benchmarks    : core core/workload lockcheck/ device/ sim/ tools/text tools/option tools/instance tools/cli t/
tools/benchmarks/first_hang : core core/workload lockcheck/ device/ sim/ tools/text tools/option tools/instance tools/cli t/
tools/benchmarks/record : (nothing of this project)
tools/benchmarks/thread_sanitizer : (nothing of this project)
'

declare -A allowed=()
while IFS=: read -r folder list; do
  read -r folder <<<"$folder"
  if [[ -n $folder ]]; then allowed[$folder]=$list; fi
done <<<"$directions"

may_include() {  # folder, folder of what it includes
  local entry
  [[ $1 == "$2" ]] && return 0
  for entry in ${allowed[$1]}; do
    [[ $2 == "$entry" || ($entry == */ && $2/ == "$entry"*) ]] && return 0
  done
  return 1
}

while IFS=: read -r file line include; do
  folder=${file%/*}
  if [[ -z ${allowed[$folder]+known} ]]; then
    complain "$file:$line: the folder is not in the table of directions"
  elif ! may_include "$folder" "${include%/*}"; then
    complain "$file:$line: $folder may not include $include"
  fi
done < <(
  project_files '*.h' '*.cc' | grep -vE '^(t|proptests)/' | xargs -r -d '\n' grep -nHoE '^ *# *include +"[^"]+' |
    sed -E 's/: *# *include +"/:/' || true
)

# The table itself has no circle: what a folder may include cannot, through others, include it again.
while read -r circle; do
  complain "the table of directions has a circle through $circle"
done < <(
  for folder in "${!allowed[@]}"; do
    for other in "${!allowed[@]}"; do
      if [[ $folder != "$other" ]] && may_include "$folder" "$other"; then echo "$folder $other"; fi
    done
  done | { tsort 2>&1 >/dev/null || true; } | sed -nE 's/^tsort: ([a-z_]+[/a-z_]*)$/\1/p'
)

# Of the system, core takes the standard library, without whatever reaches threads, time, chance or I/O, and two
# libraries of pure functions and values.
includes_of_core() {  # regular expression of what is looked for or, with -v first, left out
  project_files 'core/*.h' 'core/*.cc' | xargs -r -d '\n' grep -nHoE '^ *# *include +<[^>]+' |
    sed -E 's/: *# *include +</:/' | grep "${@:1:$#-1}" -E ":(${*: -1})\$" || true
}
while read -r include; do
  complain "$include: core reaches this through its seams"
done < <(
  includes_of_core -v '[a-z_]+|tl/expected\.hpp|boost/crc\.hpp'
  includes_of_core 'thread|mutex|shared_mutex|condition_variable|future|semaphore|chrono|random'
  includes_of_core '[io]?f?stream|[io]?stringstream|sstream|cstdio|filesystem|ctime|csignal'
)
finish
