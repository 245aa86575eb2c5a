#!/usr/bin/env python3
"""Records what fio does with the jobs of this folder, or compares the record with what it does today.

    record.py [--tries N] [--jobs N] [NAME…]    writes outcomes.json, whole or the lines of the jobs named
    record.py --check                           ends with 1 if the record is out of date, 77 without that fio

Each job is tried several times, all but once with other draws. A total that was the same in all tries is determined; the others are
recorded as null. How often which word was seen is recorded, too: a race does not end the same way every time.
"""

import argparse
import concurrent.futures
import json
import os
import sys

import fio_run

OUTCOMES = os.path.join(fio_run.FOLDER, "outcomes.json")
SKIPPED = 77


def is_timed(options):
    return any(option in options for option in ("runtime", "exitall", "exitall_on_error"))


def same_in_all(options, counts):
    """The counts of several tries as one: null where they differ, and where time decides them."""
    first = counts[0] if counts else {}
    return {
        job: {kind: value if all(other.get(job, {}).get(kind) == value for other in counts)
              and not (value and is_timed(options[job.rpartition(".")[0]])) else None
              for kind, value in of_job.items()}
        for job, of_job in first.items()
    }


def outcome(name, tries):
    runs = [fio_run.Run(name, other_draws=number > 0) for number in range(tries)]
    words = {}
    for run in runs:
        words[run.word] = words.get(run.word, 0) + 1
    said = sorted({run.said for run in runs if run.said and run.word in ("aborts", "error", "refused")})
    return {"words": words, "said": [steady(text) for text in said][:1],
            "totals": same_in_all(fio_run.options_of(name), [run.counts for run in runs if run.counts])}


def steady(text):
    """Without what differs from run to run."""
    return " ".join(word for word in text.split() if not word.startswith(("pid=", "/")))


def outcomes_of(names, tries, jobs):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return dict(zip(names, pool.map(lambda name: outcome(name, tries), names)))


def written(record):
    lines = [f'    {json.dumps(name)}: {json.dumps(record["jobs"][name])}' for name in sorted(record["jobs"])]
    return ('{\n  "fio": %s,\n  "jobs": {\n' % json.dumps(record["fio"])) + ",\n".join(lines) + "\n  }\n}\n"


def out_of_date(recorded, found):
    """What today's runs contradict. A race may end in any way that was seen before."""
    complaints = []
    for name, now in found.items():
        then = recorded.get(name)
        if then is None:
            complaints.append(f"{name}: not recorded")
        elif not set(now["words"]) <= set(then["words"]):
            complaints.append(f"{name}: recorded {then['words']}, found {now['words']}")
        else:
            complaints += [f"{name}: {job}: {kind} recorded {value}, found {now['totals'][job].get(kind)}"
                           for job, of_job in then["totals"].items() if job in now["totals"]
                           for kind, value in of_job.items()
                           if value is not None and now["totals"][job].get(kind) != value]
    return complaints + [f"{name}: recorded, but there is no such job" for name in recorded if name not in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tries", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1, help="jobs at a time; a cpu-bound race shows best alone")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    version = fio_run.fio_version()
    record = {"fio": version, "jobs": {}}
    if os.path.exists(OUTCOMES):
        with open(OUTCOMES, encoding="ascii") as file:
            record = json.load(file)
    if version != record["fio"] or version is None:
        print(f"the record is of {record['fio']}, here is {version}", file=sys.stderr)
        return SKIPPED
    names = arguments.names or fio_run.all_jobs()
    found = outcomes_of(names, arguments.tries, arguments.jobs)
    if arguments.check:
        complaints = out_of_date(record["jobs"], found)
        print("\n".join(complaints))
        return 1 if complaints else 0
    if not arguments.names:
        record["jobs"] = {}
    record["jobs"].update(found)
    with open(OUTCOMES, "w", encoding="ascii") as file:
        file.write(written(record))
    return 0


if __name__ == "__main__":
    sys.exit(main())
