#!/usr/bin/env python3
"""Plays random scripts of zone commands on real devices in a guest and on the model, and compares line by line.

    differential.py --zoneknot BINARY --make-script BINARY [--kernel 6.1|6.12] [--seeds FIRST-LAST] [--commands N]
                    [--shapes null,zns,…] [--keep FOLDER]
    differential.py --zoneknot BINARY --make-script BINARY [--kernel 6.1|6.12] --total 100000 [--first-seed N]

A script that differs is cut down to the commands that matter, by asking the guest once more with all its prefixes'
relatives in one boot, and printed. With --total so many commands are played on each kind of device (null_blk, ZNS,
scsi_debug), boot after boot. Ends with 0, 1 for a difference, 77 if the guest cannot be had.
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED = 77
UNAVAILABLE = 3
HOSTS = {"6.1": "write-lock", "6.12": "write-plug"}

# Keys of the simulated device, and how the real one is made of the same figures: all zones are 4 MiB, 16 of them.
SHAPES = {
    "null": ("null_blk", "capacity=3M,conventional=2,max-open=3,max-active=5"),
    "null-free": ("null_blk", "capacity=4M,conventional=1"),
    "null-open": ("null_blk", "capacity=3M,conventional=2,max-open=3"),
    "null-active": ("null_blk", "capacity=3M,max-active=5"),
    "zns": ("qemu", "capacity=3M,max-open=3,max-active=5"),
    "scsi": ("scsi_debug", "capacity=4M,conventional=2,max-open=3"),
    "scsi-gap": ("scsi_debug", "capacity=3M,conventional=2,max-open=3"),
}
ZNS = "zones=16,size=4M,capacity=3M,max-open=3,max-active=5"

PLAY = r"""
ZK="${ZK:-./zoneknot device}"
ulimit -c 0
value() { for pair in $(echo $1 | tr , ' '); do case $pair in $2=*) echo ${pair#*=} | tr -d M; return;; esac; done; echo 0; }
wait_for() { i=0; until [ -b $1 ]; do sleep 0.05; i=$((i+1)); [ $i -gt 200 ] && { echo "no $1"; exit 9; }; done; }
null_blk_up() {
  d=/sys/kernel/config/nullb/z0; mkdir $d
  echo 64 >$d/size; echo 4096 >$d/blocksize; echo 1 >$d/memory_backed; echo 1 >$d/zoned; echo 4 >$d/zone_size
  echo $(value $1 capacity) >$d/zone_capacity; echo $(value $1 conventional) >$d/zone_nr_conv
  echo $(value $1 max-open) >$d/zone_max_open; echo $(value $1 max-active) >$d/zone_max_active
  echo 1 >$d/power; wait_for /dev/z0; DEV=/dev/z0; }
null_blk_down() { echo 0 >/sys/kernel/config/nullb/z0/power; rmdir /sys/kernel/config/nullb/z0; }
scsi_debug_up() {
  load scsi_debug zbc=managed dev_size_mb=64 sector_size=4096 zone_size_mb=4 zone_cap_mb=$(value $1 capacity) \
    zone_max_open=$(value $1 max-open) zone_nr_conv=$(value $1 conventional) delay=0
  i=0; until DEV=$(ls /dev/sd? 2>/dev/null) && [ -b "$DEV" ] && [ "$(cat /sys/block/${DEV##*/}/queue/nr_zones)" = 16 ]; do
    sleep 0.05; i=$((i+1)); [ $i -gt 200 ] && { echo "no scsi_debug"; exit 9; }; done; }
scsi_debug_down() { i=0; until rmmod scsi_debug 2>/dev/null; do sleep 0.1; i=$((i+1)); [ $i -gt 100 ] && exit 9; done; }
qemu_up() { DEV=/dev/zns; echo "reset all" | $ZK $DEV --destroy-data >/dev/null; }
qemu_down() { :; }
load null_blk nr_devices=0; load sd_mod
while read -r name kind keys; do
  ${kind}_up $keys
  $ZK $DEV --destroy-data $name.txt >/out/$name.out 2>/out/$name.err; echo $? >>/out/$name.err
  ${kind}_down
done < plays
grep . /proc/uptime | cut -d' ' -f1
"""


def target(shape, kernel):
    dialect, keys = SHAPES[shape]
    return f"sim:dialect={dialect},host={HOSTS[kernel]},zones=16,size=4M,{keys}"


def play_in_guest(options, scripts, work):
    """scripts: {name: (shape, text)}. Returns {name: output}."""
    out = os.path.join(work, "out")
    os.makedirs(out, exist_ok=True)
    carry = ["--in", options.zoneknot + "=zoneknot"]
    plays = ""
    for name, (shape, text) in scripts.items():
        path = os.path.join(work, name + ".txt")
        with open(path, "w") as file:
            file.write(text)
        carry += ["--in", path]
        plays += f"{name} {SHAPES[shape][0]} {SHAPES[shape][1]}\n"
    for name, text in (("plays", plays), ("play.sh", PLAY)):
        with open(os.path.join(work, name), "w") as file:
            file.write(text)
        carry += ["--in", os.path.join(work, name)]
    guest = subprocess.run([os.path.join(ROOT, "tools", "guest"), "--kernel", options.kernel, "--zns", ZNS, "--timeout", "3600", "--out", out]
                           + carry + ["--", "sh", "play.sh"], capture_output=True, text=True)
    print(guest.stderr.strip().splitlines()[-1] if guest.stderr.strip() else "", "— in the guest for",
          guest.stdout.strip() or "?", "s")
    if guest.returncode == UNAVAILABLE:
        print(guest.stderr.strip())
        sys.exit(SKIPPED)
    if guest.returncode != 0:
        print(guest.stdout, guest.stderr)
        sys.exit(1)
    results = {}
    for name in scripts:
        with open(os.path.join(out, name + ".out")) as file, open(os.path.join(out, name + ".err")) as err:
            results[name] = file.read() + "".join(line for line in err.read().splitlines(True) if line != "0\n")
    return results


def play_on_model(options, shape, text):
    done = subprocess.run(options.play + [target(shape, options.kernel), "-"], input=text, capture_output=True, text=True)
    return done.stdout + done.stderr


def first_difference(real, model):
    """The number of the script's line at which they part, and both lines; nothing if they do not."""
    line = 0
    real_lines, model_lines = real.splitlines(), model.splitlines()
    for i in range(max(len(real_lines), len(model_lines))):
        a = real_lines[i] if i < len(real_lines) else "(nothing)"
        b = model_lines[i] if i < len(model_lines) else "(nothing)"
        for text in (a, b):
            if text[:1].isdigit():
                line = max(line, int(text.split(" ", 1)[0])) if a == b else int(text.split(" ", 1)[0])
                break
        if a != b:
            return line, a, b
    return None


def without(text, lines):
    """The script with these lines (from 1) made empty, so that the others keep their numbers."""
    return "".join("#\n" if i in lines else line for i, line in enumerate(text.splitlines(True), 1))


RUNS_AGAIN = 12


def as_model_again(options, scripts):
    """Plays scripts that differed again, some times each in one boot: how many runs were as the model has it, by name.
    A kernel that answers one script in two ways has a race of its own, which no model can foretell."""
    again = {f"{name}.{i}": script for name, script in scripts.items() for i in range(RUNS_AGAIN)}
    with tempfile.TemporaryDirectory() as work:
        real = play_in_guest(options, again, work)
    return {name: sum(not first_difference(real[f"{name}.{i}"], play_on_model(options, shape, text))
                      for i in range(RUNS_AGAIN)) for name, (shape, text) in scripts.items()}


def differing(options, shape, candidates):
    """Which of these scripts, by name, differ: one boot for all of them."""
    with tempfile.TemporaryDirectory() as work:
        real = play_in_guest(options, {name: (shape, script) for name, script in candidates.items()}, work)
    return [name for name, script in candidates.items()
            if first_difference(real[name], play_on_model(options, shape, script))]


def minimise(options, shape, text, line):
    """Cuts the script at the line that differs, then drops what is not needed: two boots for each size of what is
    dropped at once, first every piece alone, then as many together as it can do without."""
    text = "".join(text.splitlines(True)[:line])
    everything = set(range(1, line + 1))
    keep = list(range(1, line))
    boots = options.boots
    for size in (max(1, line // 8), max(1, line // 32), 1):
        if boots < 2 or not keep:
            break
        boots -= 2
        pieces = [set(keep[at:at + size]) for at in range(0, len(keep), size)]
        dropped = lambda gone: without(text, everything - (set(keep) - gone) - {line})
        alone = differing(options, shape, {f"try{i}": dropped(piece) for i, piece in enumerate(pieces)})
        unions, union = {}, set()
        for name in alone:
            union = union | pieces[int(name[3:])]
            unions[f"try{len(unions)}"] = union
        together = differing(options, shape, {name: dropped(gone) for name, gone in unions.items()}) if unions else []
        if together:
            keep = [number for number in keep if number not in unions[together[-1]]]
    return without(text, everything - set(keep) - {line})


def make_scripts(options, seeds):
    """{name: (shape, text)} of all shapes and seeds, or of the scripts that were given."""
    scripts = {}
    for shape in options.shapes.split(","):
        for path in options.script:
            with open(path) as file:
                scripts[f"{shape}.{os.path.basename(path)}"] = (shape, file.read())
        for seed in seeds if not options.script else ():
            made = subprocess.run([options.make_script, target(shape, options.kernel), str(seed), str(options.commands)],
                                  capture_output=True, text=True, check=True)
            scripts[f"{shape}.{seed}"] = (shape, made.stdout)
    return scripts


def compare(options, scripts):
    """Plays scripts in one boot and on the model. The names of those that differ, and by no race of the kernel."""
    with tempfile.TemporaryDirectory() as work:
        real = play_in_guest(options, scripts, work)
    different = {}
    for name, (shape, text) in scripts.items():
        model = play_on_model(options, shape, text)
        if options.keep:
            os.makedirs(options.keep, exist_ok=True)
            for suffix, content in ((".txt", text), (".real", real[name]), (".model", model)):
                with open(os.path.join(options.keep, name + suffix), "w") as file:
                    file.write(content)
        found = first_difference(real[name], model)
        if found:
            different[name] = found
        elif not options.total:
            print(f"{name}: the same, {len(text.splitlines())} commands")
    agreed = as_model_again(options, {name: scripts[name] for name in different}) if different else {}
    for name, (line, a, b) in different.items():
        shape, text = scripts[name]
        print(f"{name}: differs at line {line}: {shlex.quote(text.splitlines()[line - 1])}\n  real:  {a}\n  model: {b}")
        if agreed[name]:
            print(f"  a race of the kernel: {agreed[name]} of {RUNS_AGAIN} more runs were as the model has it")
        elif options.boots:
            print("  the script, made small:\n" + minimise(options, shape, text, line))
    return [name for name in different if not agreed[name]]


SCRIPTS_IN_A_BOOT = 100  # of each kind of device


def play_total(options):
    """--total commands on each kind of device: the shapes of a kind share them. The names of those that differ."""
    kinds = {}
    for shape in options.shapes.split(","):
        kinds.setdefault(SHAPES[shape][0], []).append(shape)
    different = []
    for kind, shapes in kinds.items():
        played, seed, began = 0, options.first_seed, time.monotonic()
        while played < options.total:
            each = min(-(-SCRIPTS_IN_A_BOOT // len(shapes)),
                       -(-(options.total - played) // (options.commands * len(shapes))))
            options.shapes = ",".join(shapes)
            scripts = make_scripts(options, range(seed, seed + each))
            different += compare(options, scripts)
            played += sum(len(text.splitlines()) for _, text in scripts.values())
            seed += each
        seconds = time.monotonic() - began
        print(f"{kind} on {options.kernel}: {played} commands, seeds {options.first_seed} to {seed - 1}, "
              f"{seconds:.0f} s, {seconds * 1000 / played:.1f} s a thousand", flush=True)
    return different


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zoneknot", required=True)
    parser.add_argument("--make-script", required=True)
    parser.add_argument("--kernel", choices=sorted(HOSTS), default="6.12")
    parser.add_argument("--seeds", default="1-3")
    parser.add_argument("--commands", type=int, default=150, help="of one script")
    parser.add_argument("--total", type=int, default=0, help="commands on each kind of device, instead of --seeds")
    parser.add_argument("--first-seed", type=int, default=1, help="of --total")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--boots", type=int, default=0, help="boots that may go into making a difference small")
    parser.add_argument("--keep", help="folder for scripts and outputs")
    parser.add_argument("--script", action="append", default=[], help="play this one on every shape instead")
    options = parser.parse_args()
    options.play = [options.zoneknot, "device"]
    if options.total:
        return 1 if play_total(options) else 0
    first, _, last = options.seeds.partition("-")
    return 1 if compare(options, make_scripts(options, range(int(first), int(last or first) + 1))) else 0


if __name__ == "__main__":
    sys.exit(main())
