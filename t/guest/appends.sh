#!/usr/bin/env bash
# Appends through the engines to a ZNS namespace of a stock kernel: those of io_uring go through the ring, many at once,
# and where the character device of the namespace is not there, inside queue().
#   appends.sh APPENDS KERNEL
# Ends with 0, 1 if it is otherwise, 77 if the guest cannot be had.
set -u
appends=$1
kernel=$2
root=$(cd "$(dirname "$0")/../.." && pwd)
printed=$("$root/tools/guest" --kernel "$kernel" --zns zones=16,size=4M,capacity=3M,max-open=3,max-active=5 \
  --in "$appends=appends" -- sh -c './appends /dev/zns && rm /dev/ng* && ./appends /dev/zns')
code=$?
echo "$printed"
[ $code = 3 ] && exit 77
expected='io_uring: 96 appends, 8 of a task under way at once
libaio: 96 appends, 0 of a task under way at once
psync: 96 appends, 0 of a task under way at once
ok
io_uring: 96 appends, 0 of a task under way at once
libaio: 96 appends, 0 of a task under way at once
psync: 96 appends, 0 of a task under way at once
ok'
[ $code = 0 ] && [ "$printed" = "$expected" ]
