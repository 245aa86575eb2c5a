#!/usr/bin/env python3
"""Runs the job files of t/jobs on zoned devices of a stock kernel, and compares what came of them with a table.

    end_to_end.py --zoneknot BINARY [--kernel 6.1|6.12] [--short] [--devices null_blk,zns,…] [--keep FOLDER] [--write]

t/guest/expected.tsv has a line for each device, job file and engine: the word that the run ends with, under the series
unless the job says otherwise. FINISHED: exit code 0, and every zone is where the jobs left it. HANG: real threads follow
the witness that a search on the model found, and the watchdog reports the hang. ERROR: a job ends with an error, nothing
is stuck. NOT_FOLLOWED: the device does otherwise than the model, and the run has said at which step. A fifth column is
the word on kernel 6.1, where that is another one. --short: null_blk, and one engine for each job. --write: prints the table as it came out instead. Ends with 0, 1 for a
difference, 77 if the guest cannot be had.
"""

import argparse
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = os.path.join(ROOT, "t", "guest", "expected.tsv")
SKIPPED = 77
UNAVAILABLE = 3
ZNS = "zones=96,size=1M,capacity=768k,max-open=8,max-active=12"

# How the model has each device; the jobs' zonesize becomes that of the device.
SHAPES = {
    "null_blk": "dialect=null_blk,zones=96,size=1M,conventional=2,max-open=8,max-active=12",
    "null_blk-gap": "dialect=null_blk,zones=96,size=4M,capacity=3M,conventional=2,max-open=8,max-active=12",
    "zns": "dialect=qemu," + ZNS,
    "scsi_debug": "dialect=scsi_debug,zones=96,size=1M,conventional=2,max-open=8",
}

PLAY = r"""
ulimit -c 0
wait_for() { i=0; until [ -b $1 ]; do sleep 0.05; i=$((i+1)); [ $i -gt 200 ] && { echo "no $1"; exit 9; }; done; }
null_blk_up() {  # name, zone size, capacity
  d=/sys/kernel/config/nullb/$1; mkdir $d
  echo $((96 * $2)) >$d/size; echo 4096 >$d/blocksize; echo 1 >$d/memory_backed; echo 1 >$d/zoned; echo $2 >$d/zone_size
  echo $3 >$d/zone_capacity; echo 2 >$d/zone_nr_conv; echo 8 >$d/zone_max_open; echo 12 >$d/zone_max_active
  echo 2 >$d/irqmode; echo 50000 >$d/completion_nsec
  echo 1 >$d/power; DEV=/dev/$1; wait_for $DEV; }
up() { case $1 in
  null_blk) null_blk_up z0 1 1;;
  null_blk-gap) null_blk_up z1 4 3;;
  zns) DEV=/dev/zns
    # Without it that kernel does writes of a zone the wrong way round; the run says so.
    case $(uname -r) in 6.1.*) echo mq-deadline >/sys/block/${ZNS##*/}/queue/scheduler;; esac;;
  scsi_debug) load scsi_debug zbc=managed dev_size_mb=96 sector_size=4096 zone_size_mb=1 zone_cap_mb=1 zone_max_open=8 zone_nr_conv=2 delay=0
    i=0; until DEV=$(ls /dev/sd? 2>/dev/null) && [ -b "$DEV" ] && [ "$(cat /sys/block/${DEV##*/}/queue/nr_zones)" = 96 ]; do
      sleep 0.05; i=$((i+1)); [ $i -gt 200 ] && { echo "no scsi_debug"; exit 9; }; done;;
esac; }
down() { case $1 in
  null_blk*) d=/sys/kernel/config/nullb/${DEV##*/}; echo 0 >$d/power; rmdir $d;;
  scsi_debug) i=0; until rmmod scsi_debug 2>/dev/null; do sleep 0.1; i=$((i+1)); [ $i -gt 100 ] && exit 9; done;;
esac; }
# What is wrong with the device before a run, and how it is put right.
each_zone() { for sector in 49152 51200 53248 55296; do echo $sector >$1; done; }  # 24 to 27, all that the job has
harm() { d=/sys/kernel/config/nullb/${DEV##*/}; case $1 in
  badblocks) for first in 49152 51200 53248 55296; do echo "+$first-$((first + 7))" >$d/badblocks; done;;
  readonly) each_zone $d/zone_readonly;;
  offline) each_zone $d/zone_offline;;
esac; }
heal() { d=/sys/kernel/config/nullb/${DEV##*/}; case $1 in
  badblocks) for first in 49152 51200 53248 55296; do echo "-$first-$((first + 7))" >$d/badblocks; done;;
  readonly) each_zone $d/zone_readonly;;
  offline) each_zone $d/zone_offline;;
esac; }
word_of() {  # exit code, output
  if grep -q '^HANG: ' $2; then echo HANG
  elif [ $1 = 0 ] && grep -q 'sequential zones are where the jobs left them' $2; then echo FINISHED
  elif [ $1 = 1 ] && grep -q 'err=[ ]*[1-9]' $2; then echo ERROR
  elif [ $1 = 3 ] && grep -q 'does not follow the witness' $2; then echo NOT_FOLLOWED
  else echo "code $1"; fi; }
load null_blk nr_devices=0; load sd_mod
at=
while read -r device name how engine; do
  if [ "$at" != $device ]; then [ -n "$at" ] && down $at; up $device; at=$device; fi
  echo "reset all" | ./zoneknot device $DEV --destroy-data >/dev/null
  out=/out/$device.$name.$engine; file=$device.$name.$engine
  case $how in
    witness) i=0; while :; do
        ./zoneknot replay $file.w --device=$DEV --destroy-data --watchdog=1s >$out 2>$out.err; code=$?
        grep -q 'not follow the witness.* ended with: Input/output error' $out && [ $i -lt 3 ] || break
        i=$((i+1)); echo "reset all" | ./zoneknot device $DEV --destroy-data >/dev/null; done
      if [ $i -gt 0 ]; then echo "$device, $name, $engine: an I/O error of the kernel in $i tries before" >>/out/tries; fi; (exit $code);;
    legacy) i=0; while :; do
        ./zoneknot run $file --fixes=legacy --device=$DEV --destroy-data --watchdog=1s >$out 2>$out.err; code=$?; i=$((i+1))
        if grep -q '^HANG: ' $out || [ $i = 20 ]; then break; fi; done; (exit $code);;
    *) harm $how; ./zoneknot run $file --fixes=series --device=$DEV --destroy-data --watchdog=10s >$out 2>$out.err;;
  esac
  word=$(word_of $? $out); heal $how
  echo "$device $name $engine $word"
done < plays
"""

# name: (job file, how it is played). What the model hangs in is followed as a witness, and what it does not is run.
JOBS = {
    "two-jobs": ("two-jobs", "run"),
    "two-jobs-legacy": ("two-jobs", "witness"),
    "zone-lock-stress": ("zone-lock-stress", "run"),
    "zone-lock-stress-legacy": ("zone-lock-stress", "legacy"),
    "mixed": ("mixed", "witness"),
    "sequential-regions": ("sequential-regions", "run"),
    "verify": ("verify", "run"),
    "random-map": ("random-map", "witness"),
    "badblocks": ("two-jobs", "badblocks"),
    "readonly": ("two-jobs", "readonly"),
    "offline": ("two-jobs", "offline"),
}
# Of these the model's totals are those of the device: each job has so much to do, and no more.
DETERMINED = ["two-jobs"]


def rows_of_table():
    with open(TABLE) as file:
        return [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]


def job_text(name, device, engine):
    job, how = JOBS[name]
    with open(os.path.join(ROOT, "t", "jobs", job + ".fio")) as file:
        text = file.read()
    text = text.replace("ioengine=libaio", "ioengine=" + engine).replace("ioengine=io_uring", "ioengine=" + engine)
    if "size=4M" in SHAPES[device]:
        text = text.replace("zonesize=1M", "zonesize=4M")
    if how in ("badblocks", "readonly", "offline"):
        text = text.replace("[global]", "[global]\noffset=24z")
    elif job == "two-jobs":
        text = text.replace("[global]", "[global]\noffset=4z")  # behind the conventional zones
    return text


def make_witness(options, job, device, name):
    """The witness of a hang on the model, or nothing."""
    fixes = "legacy" if name.endswith("legacy") else "series"
    done = subprocess.run([options.zoneknot, "check", job, "--device=sim:" + SHAPES[device], "--fixes=" + fixes, "--seed=1",
                           "--executions=3000", "-o", job + ".w"], capture_output=True, text=True)
    return done.returncode == 1 and os.path.exists(job + ".w")


def issued(text):
    return [line.strip().split(" errors")[0] for line in text.splitlines() if line.strip().startswith("issued rwts")]


def totals_differ(options, row, job, out):
    device, name, engine = row[:3]
    model = subprocess.run([options.zoneknot, "run", job, "--device=sim:" + SHAPES[device]], capture_output=True, text=True)
    with open(os.path.join(out, f"{device}.{name}.{engine}")) as file:
        real = file.read()
    return issued(model.stdout) != issued(real)


def play(options, rows, work):
    out = options.keep or os.path.join(work, "out")
    os.makedirs(out, exist_ok=True)
    carry, plays = ["--in", options.zoneknot + "=zoneknot"], ""
    words = {}
    for device, name, engine in (row[:3] for row in rows):
        job = os.path.join(work, f"{device}.{name}.{engine}")
        with open(job, "w") as file:
            file.write(job_text(name, device, engine))
        how = JOBS[name][1]
        if how == "witness" and not make_witness(options, job, device, name):
            how = "run"
        carry += ["--in", job + ".w" if how == "witness" else job]
        plays += f"{device} {name} {how} {engine}\n"
    for name, text in (("plays", plays), ("play.sh", PLAY)):
        with open(os.path.join(work, name), "w") as file:
            file.write(text)
        carry += ["--in", os.path.join(work, name)]
    guest = subprocess.run([os.path.join(ROOT, "tools", "guest"), "--kernel", options.kernel, "--zns", ZNS, "--out", out]
                           + carry + ["--", "sh", "play.sh"], capture_output=True, text=True)
    print(guest.stderr.strip().splitlines()[-1] if guest.stderr.strip() else "")
    if guest.returncode == UNAVAILABLE:
        print(guest.stderr.strip())
        sys.exit(SKIPPED)
    for line in guest.stdout.splitlines():
        fields = line.split(" ", 3)
        if len(fields) == 4:
            words[tuple(fields[:3])] = fields[3]
    if guest.returncode != 0:
        print(guest.stdout, guest.stderr)
        sys.exit(1)
    tries = os.path.join(out, "tries")
    if os.path.exists(tries):
        with open(tries) as file:
            print(file.read(), end="")
    return words, out


def short(rows):
    """One device, and one engine for each job, in turn."""
    kept, engines = [], ["libaio", "io_uring", "psync"]
    names = list(JOBS)
    for row in rows:
        if row[0] == "null_blk" and row[2] == engines[names.index(row[1]) % 2]:
            kept.append(row)
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zoneknot", required=True)
    parser.add_argument("--kernel", choices=["6.1", "6.12"], default="6.12")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--devices", default=",".join(SHAPES))
    parser.add_argument("--keep", help="folder for what the runs printed")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    options.zoneknot = os.path.abspath(options.zoneknot)
    rows = [row for row in rows_of_table() if row[0] in options.devices.split(",")]
    if options.short:
        rows = short(rows)
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        words, out = play(options, rows, work)
        for row in rows:
            device, name, engine, expected = row[:4]
            if options.kernel == "6.1" and len(row) > 4:
                expected = row[4]
            word = words.get((device, name, engine), "nothing")
            if word == "FINISHED" and name in DETERMINED and \
                    totals_differ(options, row, os.path.join(work, f"{device}.{name}.{engine}"), out):
                word = "FINISHED with other totals than the model"
            if options.write:
                print(f"{device}\t{name}\t{engine}\t{word}")
            elif word != expected:
                failed += 1
                print(f"{device}, {name}, {engine}: {word}, expected {expected}")
                path = os.path.join(out, f"{device}.{name}.{engine}")
                for part in (path, path + ".err"):
                    if os.path.exists(part):
                        with open(part, errors="replace") as file:
                            print("".join("    " + line for line in file.read().splitlines(True)[:40]))
    print(f"{len(rows)} runs on kernel {options.kernel}, {failed} other than expected")
    return 1 if failed and not options.write else 0


if __name__ == "__main__":
    sys.exit(main())
