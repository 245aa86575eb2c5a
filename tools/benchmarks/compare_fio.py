#!/usr/bin/env python3
"""Runs one job under fio and under zoneknot, by turns, on one device, and prints a table in Markdown.

    compare_fio.py --zoneknot BINARY [--rounds 3] [--seconds 4] [--device PATH [--emulated] | --guest 6.1|6.12]
                   [--update PAGE]

The job is four threads of random writes of 16 KiB, 32 of them in flight, over 64 zones of 1 MiB of which four are open;
the device is a file with emulated zones unless --device names a zoned block device that may be overwritten, or with
--emulated one without zones, a loop device on a file in memory say, which leaves the disk out of it. --guest: null_blk of a
stock kernel, in a guest under software emulation (docs/guest.md), where both are some twenty times slower. CPU seconds
are those of the whole process, user and system. --update puts the table between the two marks in the page.
"""

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

ENGINES = ["libaio", "io_uring", "psync"]
BEGIN, END = "<!-- compare-fio: begin -->", "<!-- compare-fio: end -->"
JOB = """[global]
filename={path}
zonemode=zbd
{zonesize}max_open_zones=4
ioengine={engine}
direct=1
thread=1
rw=randwrite
norandommap=1
bs=16k
iodepth=32
size=64z
time_based
runtime={seconds}
group_reporting
[writer]
numjobs=4
"""


def timed(command):
    """What it printed, and the CPU seconds of its process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["timeout", "-s", "KILL", "120"] + command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def of_fio(out, cpu):
    write = json.loads(out[out.index("{"):])["jobs"][0]["write"]
    latency = write["clat_ns"]["percentile"]
    return write["iops"], cpu / write["total_ios"] * 1e6, latency["50.000000"] / 1e3, latency["99.000000"] / 1e3


def of_zoneknot(out, cpu):
    ios = int(re.search(r"issued rwts: total=0,(\d+)", out).group(1))
    run_ms = float(re.search(r"/(\d+)msec\)", out).group(1))
    unit, p50, p99 = re.search(r"lat percentiles \((\w+)\): 50th=\[([\d.]+)\] .*?99th=\[([\d.]+)\]", out).groups()
    us = {"nsec": 1e-3, "usec": 1, "msec": 1e3, "sec": 1e6}[unit]
    return ios / run_ms * 1e3, cpu / ios * 1e6, float(p50) * us, float(p99) * us


def run_fio(job):
    return of_fio(*timed(["fio", "--output-format=json", job]))


def run_zoneknot(options, job, path, flags):
    device = path if options.device else f"file:{path},zones=64"
    if options.emulated:
        flags = flags + ["--emulate-zones=zones=64"]
    return of_zoneknot(*timed([options.zoneknot, "run", job, f"--device={device}", "--destroy-data"] + flags))


def in_turn(rounds, count):
    """Who is next, round by round: whoever comes first in one comes last in the next, for a disk that is written gets
    slower."""
    return [(turn + i) % count for turn in range(rounds) for i in range(count)]


IN_GUEST = r"""
load null_blk nr_devices=0
d=/sys/kernel/config/nullb/z0; mkdir $d
echo 80 >$d/size; echo 4096 >$d/blocksize; echo 1 >$d/memory_backed; echo 1 >$d/zoned; echo 1 >$d/zone_size; echo 1 >$d/power
i=0; until [ -b /dev/z0 ]; do sleep 0.05; i=$((i+1)); [ $i -gt 200 ] && exit 9; done
run() { name=$1; shift; echo "reset all" | ./zoneknot device /dev/z0 --destroy-data >/dev/null
  time -p -o /out/$name.time timeout -s KILL 300 "$@" >/out/$name 2>/out/$name.err || { cat /out/$name /out/$name.err; exit 1; }; }
"""
WHO = ["./fio --output-format=json {job}", "./zoneknot run {job} --device=/dev/z0 --destroy-data",
       "./zoneknot run {job} --device=/dev/z0 --destroy-data --no-order-check"]


def run_in_guest(options, jobs, work):
    """{engine: [runs of fio, of zoneknot, of zoneknot without order checks]}; all of them in one boot."""
    out = os.path.join(work, "out")
    turns = [(engine, turn, who) for engine in ENGINES for turn, who in enumerate(in_turn(options.rounds, len(WHO)))]
    script = IN_GUEST + "".join(f"run {engine}.{turn} {WHO[who].format(job=engine + '.fio')}\n" for engine, turn, who in turns)
    play = os.path.join(work, "play.sh")
    with open(play, "w") as file:
        file.write(script)
    carry = [word for path in [options.zoneknot + "=zoneknot", shutil.which("fio"), play] + list(jobs.values())
             for word in ("--in", path)]
    guest = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "guest")
    subprocess.run([guest, "--kernel", options.guest, "--timeout", "3600", "--out", out] + carry + ["--", "sh", "play.sh"],
                   check=True)
    runs = {engine: [[], [], []] for engine in ENGINES}
    for engine, turn, who in turns:
        path = os.path.join(out, f"{engine}.{turn}")
        with open(path) as printed, open(path + ".time") as times:
            cpu = sum(float(line.split()[1]) for line in times if line.startswith(("user", "sys")))
            runs[engine][who].append((of_fio if who == 0 else of_zoneknot)(printed.read(), cpu))
    return runs


def medians(runs):
    return [statistics.median(column) for column in zip(*runs)]


def cells(values):
    iops, cpu, p50, p99 = values
    return f"{iops / 1e3:.1f} k | {cpu:.1f} s | {p50:.0f} / {p99:.0f} µs"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zoneknot", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--device", help="a zoned block device, whose zones are overwritten")
    parser.add_argument("--emulated", action="store_true")
    parser.add_argument("--guest", choices=["6.1", "6.12"])
    parser.add_argument("--update", metavar="PAGE")
    options = parser.parse_args()
    if not shutil.which("fio"):
        sys.exit("fio is not installed: apt-get install fio")
    version = subprocess.run(["fio", "--version"], capture_output=True, text=True).stdout.strip()
    lines = [f"| engine | {version} | CPU, a million I/Os | p50 / p99 | Zoneknot | CPU | p50 / p99 | without order checks | CPU | p50 / p99 |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", ".")) as work:
        path = "/dev/z0" if options.guest else options.device or os.path.join(work, "zones")
        if not options.device and not options.guest:
            with open(path, "wb") as file:
                file.truncate(64 << 20)
        own_zones = options.guest or (options.device and not options.emulated)
        jobs = {engine: os.path.join(work, engine + ".fio") for engine in ENGINES}
        for engine, job in jobs.items():
            with open(job, "w") as file:
                file.write(JOB.format(path=path, engine=engine, seconds=options.seconds,
                                      zonesize="" if own_zones else "zonesize=1M\n"))
        in_guest = run_in_guest(options, jobs, work) if options.guest else {}
        for engine, job in jobs.items():
            runs = in_guest.get(engine, [[], [], []])
            turns = [lambda: run_fio(job), lambda: run_zoneknot(options, job, path, []),
                     lambda: run_zoneknot(options, job, path, ["--no-order-check"])]
            for who in in_turn(options.rounds, len(turns)) if not options.guest else []:
                runs[who].append(turns[who]())
            lines.append(f"| {engine} | " + " | ".join(cells(medians(of)) for of in runs) + " |")
            print(lines[-1], flush=True)
    table = "\n".join(lines)
    print("\n" + table)
    if options.update:
        with open(options.update) as file:
            page = file.read()
        begin, end = page.index(BEGIN) + len(BEGIN), page.index(END)
        with open(options.update, "w") as file:
            file.write(page[:begin] + "\n" + table + "\n" + page[end:])


if __name__ == "__main__":
    main()
