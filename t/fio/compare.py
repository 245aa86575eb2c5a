#!/usr/bin/env python3
"""Asks zoneknot for the jobs of this folder and compares its answers with what fio did, as recorded in outcomes.json.

    compare.py --zoneknot BINARY [--fixes SET] [--executions N] [NAME…]

What fio ended with has to be found by the search: a hang, an abort, an end before or after its time; and what the search
finds has to be recorded, or listed with a reason in not_confirmed.json. Totals that are the same in every run of fio
have to be those of the simulated runs. Ends with 1 where something differs that is not listed.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys

import fio_run

DEVICE = f"--device=sim:zones={fio_run.DEVICE_BYTES >> 20},size=1M,prefilled=0"
# Totals are asked of runs in which things happen when it is time, as in fio: a start delay counts.
TIMELY = ",latency=zn540"
SEEDS = (1, 2)
# What a verdict has to be, or may be, for a word of fio. A rule that is broken is no end of a run, and goes before EARLY.
VERDICTS = {
    "ends": {"CLEAN", "INCOMPLETE", "RULE"},
    "hangs": {"HANG", "LIVELOCK"},
    "aborts": {"ABORT"},
    "early": {"EARLY", "INCOMPLETE", "RULE"},  # a job for which there is nothing to read or to trim does no I/O
    "late": {"LATE"},
    "error": {"CLEAN", "INCOMPLETE", "RULE"},
}


def counts_of(job):
    return dict(zip(fio_run.COUNTS, [job[kind][figure] for kind in ("read", "write", "trim") for figure in ("ios", "bytes")]
                    + [job["zone_resets"]]))


class Asker:
    def __init__(self, binary, fixes, executions):
        self.binary, self.fixes, self.executions = binary, fixes, executions

    def ask(self, command, name, *options, device=DEVICE):
        """The report, or None and why there is none."""
        done = subprocess.run([self.binary, command, f"--fixes={self.fixes}", "--format=json", device, *options,
                               os.path.join(fio_run.JOBS, name + ".fio")],
                              env={name: value for name, value in os.environ.items() if name != "ZONED"}, capture_output=True, text=True, check=False)
        if done.returncode in (2, 4):
            return None, done.stderr.strip().splitlines()[-1]
        return json.loads(done.stdout), None

    def differences(self, name, recorded):
        words = set(recorded["words"])
        verdict, refused = self.ask("check", name, f"--executions={self.executions}", "--time=20s")
        if verdict is None:
            return [] if words == {"refused"} else [f"refused: {refused}; fio: {recorded['words']}"]
        if words == {"refused"}:
            return [f"fio refuses it: {' '.join(recorded['said'])}"]
        found = verdict["verdict"]
        complaints = []
        if words - {"ends", "error"} and not any(found in VERDICTS[word] for word in words - {"ends", "error"}):
            complaints.append(f"fio: {recorded['words']}, found {found}")
        elif not words - {"ends", "error"} and found not in VERDICTS["ends"]:
            complaints.append(f"fio: {recorded['words']}, found {found}")
        if words <= {"ends", "early"}:
            complaints += self.other_totals(name, recorded["totals"])
        return complaints

    def other_totals(self, name, totals):
        complaints = []
        for seed in SEEDS:
            report, refused = self.ask("run", name, f"--seed={seed}", device=DEVICE + TIMELY)
            if report is None:
                return [f"run is refused: {refused}"]
            number = {}
            for job, own in zip(report["jobs"], totals):
                task = own.rpartition(".")[0]
                number[task] = number.get(task, -1) + 1
                counted = counts_of(job)
                for kind, value in totals[own].items():
                    if value is not None and counted[kind] != value:
                        complaints.append(f"{own}: {kind}: fio {value}, seed {seed} {counted[kind]}")
        return complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zoneknot", required=True)
    parser.add_argument("--fixes", default="fio-3.33")
    parser.add_argument("--executions", type=int, default=5)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    with open(os.path.join(fio_run.FOLDER, "outcomes.json"), encoding="ascii") as file:
        recorded = json.load(file)["jobs"]
    with open(os.path.join(fio_run.FOLDER, "not_confirmed.json"), encoding="utf-8") as file:
        excused = json.load(file)
    names = arguments.names or sorted(recorded)
    asker = Asker(arguments.zoneknot, arguments.fixes, arguments.executions)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        differences = dict(zip(names, pool.map(lambda name: asker.differences(name, recorded[name]), names)))
    wrong = {name: said for name, said in differences.items() if said and name not in excused}
    for name, said in wrong.items():
        print("\n".join(f"{name}: {line}" for line in said))
    gone = [name for name in excused if name in differences and not differences[name]]
    for name in gone:
        print(f"{name}: agrees now: take it off not_confirmed.json")
    for name in fio_run.all_jobs():
        if name not in recorded:
            print(f"{name}: not recorded: t/fio/record.py {name}")
    print(f"{len(names) - len(wrong)} of {len(names)} jobs agree with fio, {len(excused)} of them listed with a reason")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
