#!/usr/bin/env python3
"""Runs fio on random small jobs and asks zoneknot for the same: what it ends with, and totals that are determined.

    random_jobs.py --zoneknot BINARY [--seed N] [--jobs N] [--keep FOLDER]

Job number N is the same every time, whatever its neighbours. Prints those that differ and keeps them in FOLDER; a job that
shows something new belongs into jobs/, as small as it can be, with its record. Ends with 1 where something differs, 77
without the fio that the records are of.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile

import compare
import fio_run
import record

TRIES = 3  # of fio, all but the first with other draws
MORE_TRIES = 9  # where something differs
HEAD = "[global]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\ndirect=1\nthread=1\n"


class Draw:
    """One job file from one number."""

    def __init__(self, number):
        self.random = random.Random(number)

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def one_of(self, *values):
        return self.random.choice(values)

    def engine(self):
        lines = [f"ioengine={self.one_of('psync', 'libaio', 'libaio', 'io_uring')}"]
        if lines[0] != "ioengine=psync":
            depth = self.one_of(1, 2, 4, 8)
            lines.append(f"iodepth={depth}")
            if depth > 1 and self.chance(20):
                lines.append(f"iodepth_batch={self.random.randint(1, depth)}")
            if depth > 1 and self.chance(20):
                lines.append(f"iodepth_batch_complete_min={self.random.randint(1, depth)}")
        return lines

    def zones(self):
        lines = []
        if self.chance(25):
            lines.append(f"zonecapacity={self.one_of('512k', '768k')}")
        if self.chance(40):
            lines.append(f"max_open_zones={self.random.randint(1, 6)}")
            if self.chance(20):
                lines.append(f"job_max_open_zones={self.random.randint(1, 2)}")
        if self.chance(15):
            lines += [f"zone_reset_threshold={self.one_of('0', '0.5')}",
                      f"zone_reset_frequency={self.one_of('0.1', '0.5', '1')}"]
        return lines

    def pace(self):
        lines = []
        if self.chance(10):
            lines += [f"thinktime={self.one_of(100, 1000)}", f"thinktime_blocks={self.one_of(1, 4, 8)}"]
        if self.chance(10):
            lines.append(f"{self.one_of('fsync', 'fdatasync')}={self.random.randint(1, 8)}")
        if self.chance(10):
            lines.append("end_fsync=1")
        return lines

    def section(self, name, verify):
        rw = self.one_of("write", "write", "randwrite", "randwrite", "randwrite", "rw", "randrw", "read", "randread", "randtrim", "trim")
        lines = [f"[{name}]", f"rw={rw}"]
        lines.append("bs=1M" if "trim" in rw else f"bs={self.one_of('16k', '64k', '64k', '128k')}" if verify else
                     f"bs={self.one_of('16k', '64k', '64k', '96k', '128k', '256k')}")
        size = self.random.randint(1, 5)
        lines.append(f"size={size}M")
        if self.chance(25):
            lines.append(f"offset={self.one_of('1M', '2M', '4M', '512k', '1280k')}")
        if self.chance(10) and rw in ("write", "randwrite", "read", "randread") and not verify:
            lines.append(self.one_of("bsrange=16k-128k", "bssplit=16k/40:64k/60"))
        if self.chance(10) and rw.startswith("rand"):
            lines.append(f"percentage_random={self.one_of(0, 50)}")
        if self.chance(10) and rw in ("write", "read"):
            lines.append(f"zoneskip={self.one_of(1, 2)}M")
        if self.chance(10) and rw in ("read", "randread", "randrw"):
            lines.append("read_beyond_wp=1")
        if rw.startswith("rand") and self.chance(60):
            lines.append("norandommap=1")
        if self.chance(30):
            lines.append(f"io_size={self.random.randint(1, 2 * size)}M")
        if self.chance(15):
            lines.append(f"number_ios={self.random.randint(1, 40)}")
        if self.chance(15):
            lines.append(f"loops={self.random.randint(2, 3)}")
        if rw in ("rw", "randrw") and self.chance(50):
            lines.append(f"rwmixread={self.one_of(0, 20, 80, 100)}")
        # fio itself does not know its data again where a mixed job has other draws.
        if verify and rw in ("write", "randwrite"):
            lines.append("verify=crc32c")
            if self.chance(30):
                lines.append("do_verify=0")
            if self.chance(30):
                lines.append(f"verify_backlog={self.random.randint(1, 8)}")
        return lines + self.pace()

    def text(self):
        verify = self.chance(25)
        lines = self.engine() + self.zones()
        lines += [""] + self.section("a", verify)
        if self.chance(30):
            lines.append(f"numjobs={self.random.randint(2, 3)}")
        if self.chance(50):
            lines += [""] + self.section("b", verify) + (["stonewall"] if self.chance(60) else [])
        return HEAD + "\n".join(lines) + "\n"


def runs_alone(text):
    """No two of its jobs run at the same time, so that nothing is a race."""
    return "numjobs" not in text and all("stonewall" in section for section in text.split("\n[b]")[1:])


class Comparison:
    """What fio and the simulator say of one job."""

    def __init__(self, asker, name):
        self.asker, self.name = asker, name
        with open(os.path.join(fio_run.JOBS, name + ".fio"), encoding="ascii") as file:
            self.text = file.read()
        self.alone = runs_alone(self.text)
        self.runs = [fio_run.Run(name, other_draws=number > 0) for number in range(TRIES)]

    def words(self):
        return sorted({self.word_of(run) for run in self.runs})

    @staticmethod
    def word_of(run):
        """A job for which there was nothing at all to read or to trim is no finding of a search."""
        idle = any(not any(value for value in of_job.values()) for of_job in run.counts.values())
        return "ends" if run.word == "early" and idle else run.word

    def found(self, executions):
        verdict, refused = self.asker.ask("check", self.name, f"--executions={executions}", "--time=20s")
        return verdict["verdict"] if verdict else f"refused: {refused}"

    def complaints(self):
        complaints = self.complaints_now()
        if complaints:  # what was the same three times may be luck
            self.runs += [fio_run.Run(self.name, other_draws=True) for _ in range(MORE_TRIES)]
            complaints = self.complaints_now()
        return complaints

    def complaints_now(self):
        words, found = self.words(), self.found(self.asker.executions)
        if found.startswith("refused") or words == ["refused"]:
            return [] if found.startswith("refused") and words == ["refused"] else [f"fio: {words}, found {found}"]
        # A job among others that has less left to do for them is not early to a search, nor one that only reads or
        # trims: what there is for it is judged by how the device began.
        early_counts = self.alone and not any(f"rw={rw}\n" in self.text for rw in ("read", "randread", "trim", "randtrim"))
        wanted = [word for word in words if word not in ("ends", "error") and (early_counts or word != "early")]
        if wanted and not self.shows(wanted, found) and not self.shows(wanted, self.found(10 * self.asker.executions)):
            return [f"fio: {words}, found {found}"]
        # EARLY is less than all; fio is said to be early below a half.
        if self.alone and not wanted and found not in compare.VERDICTS["ends"] and found != "EARLY":
            return [f"fio: {words}, found {found}"]
        counts = [run.counts for run in self.runs]
        if not self.alone or not all(counts):
            return []
        return self.asker.other_totals(self.name, record.same_in_all(fio_run.options_of(self.name), counts))

    @staticmethod
    def shows(words, found):
        return any(found in compare.VERDICTS[word] for word in words)


def compare_one(asker, number):
    name = f"random-{number}"
    with open(os.path.join(fio_run.JOBS, name + ".fio"), "w", encoding="ascii") as file:
        file.write(f"; Job {number}.\n" + Draw(number).text())
    return name, Comparison(asker, name).complaints()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zoneknot", required=True)
    parser.add_argument("--fixes", default="fio-3.33")
    parser.add_argument("--executions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    with open(record.OUTCOMES, encoding="ascii") as file:
        version = json.load(file)["fio"]
    if fio_run.fio_version() != version:
        print(f"the records are of {version}, here is {fio_run.fio_version()}", file=sys.stderr)
        return record.SKIPPED
    folder = fio_run.JOBS = tempfile.mkdtemp(prefix="zoneknot-random-")
    wrong = 0
    try:
        asker = compare.Asker(os.path.abspath(arguments.zoneknot), arguments.fixes, arguments.executions)
        for number in range(arguments.seed, arguments.seed + arguments.jobs):
            name, complaints = compare_one(asker, number)
            if not complaints:
                continue
            wrong += 1
            print("\n".join(f"{name}: {text}" for text in complaints), flush=True)
            if arguments.keep:
                os.makedirs(arguments.keep, exist_ok=True)
                shutil.copy(os.path.join(folder, name + ".fio"), arguments.keep)
    finally:
        shutil.rmtree(folder)
    print(f"{arguments.jobs - wrong} of {arguments.jobs} random jobs agree with fio")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
