#!/usr/bin/env bash
# What is below includes what is above, never the other way.
source "$(dirname "$0")/project_files.sh"

# Every include of `folder` that is written `open`…, as file:line:name, without those that match `allowed`.
includes_but() {  # folder, < or ", allowed
  project_files "$1/*.h" "$1/*.cc" | xargs -r -d '\n' grep -nHoE "^ *# *include +$2[^>\"]+" |
    sed -E "s/: *# *include +$2/:/" | grep -vE ":($3)\$" || true
}

only() {  # folder, regular expression of what it may include of this project
  while read -r include; do
    complain "$include: $1 may include $2"
  done < <(includes_but "$1" '"' "$2")
}

only core 'core/.*'
only lockcheck '(core|lockcheck)/.*'
only device '(core|lockcheck|device)/.*'
only sim '(core|lockcheck|sim)/.*|device/(zone_model|fault_plan)\.h'

# Of the system, core takes the standard library, without whatever reaches threads, time, chance or I/O, and two
# libraries of pure functions and values.
while read -r include; do
  complain "$include: core reaches this through its seams"
done < <(
  includes_but core '<' '[a-z_]+|tl/expected\.hpp|boost/crc\.hpp'
  includes_but core '<' '' | grep -E ':(thread|mutex|shared_mutex|condition_variable|future|semaphore|chrono|random)$' || true
  includes_but core '<' '' | grep -E ':([io]?f?stream|[io]?stringstream|sstream|cstdio|filesystem|ctime|csignal)$' || true
)
finish
