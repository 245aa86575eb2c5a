"""Runs fio on one of the jobs of this folder and says in a word how that ended.

A job runs on two files of its own, ${ZONED} and ${ZONED}2, of 256 MiB each, in a folder that is made for it and removed
after it. It runs in threads (thread=1), so that killing fio ends all of it, and is killed after 15 s.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
JOBS = os.path.join(FOLDER, "jobs")
DEVICE_BYTES = 256 << 20
SECONDS_MAX = 15
LATE_MS = 1000  # I/O so long after the runtime is late
COUNTS = ("reads", "read_bytes", "writes", "write_bytes", "trims", "trim_bytes", "resets")


def all_jobs():
    return sorted(name[:-4] for name in os.listdir(JOBS) if name.endswith(".fio"))


def fio_version():
    """None where there is no fio."""
    if shutil.which("fio") is None:
        return None
    return subprocess.run(["fio", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def bytes_of(text):
    """A size as jobs here write it; None for a percentage and for what is absent."""
    match = re.fullmatch(r"(\d+)([kmgt]?)", (text or "").lower())
    return int(match[1]) << {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[match[2]] if match else None


def ended_early(job, options, stopped_by_others):
    """A job without an error that has not done its work: below its runtime, or below half of its bytes."""
    if stopped_by_others or "create_only" in options:
        return False
    if "time_based" in options:
        return job["job_runtime"] < float(options["runtime"]) * 900
    if "runtime" in options and job["job_runtime"] >= float(options["runtime"]) * 900:
        return False
    wanted = bytes_of(options.get("size"))
    if wanted is None or "number_ios" in options:
        return False
    wanted = min(wanted, DEVICE_BYTES - (bytes_of(options.get("offset")) or 0))
    wanted = bytes_of(options.get("io_size")) or wanted
    if "zonecapacity" in options and "io_size" not in options:
        wanted = wanted * bytes_of(options["zonecapacity"]) // bytes_of(options["zonesize"])
    wanted *= int(options.get("loops", 1))
    done = sum(job[kind]["io_bytes"] for kind in ("read", "write", "trim"))
    return 2 * done < wanted


def is_late(job, options):
    return "runtime" in options and job["job_runtime"] > float(options["runtime"]) * 1000 + LATE_MS


def counts_of(report, text):
    """Per job, by name and number of the clone. fio tells of resets in its text alone, and there of jobs with I/O."""
    resets = [re.search(r"(\d+) zone resets", block) for block in re.split(r"^\S+: \(groupid=", text, flags=re.M)[1:]]
    counts, seen = {}, {}
    for job in report["jobs"]:
        figures = [figure for kind in ("read", "write", "trim") for figure in (job[kind]["total_ios"], job[kind]["io_bytes"])]
        told = resets.pop(0) if resets and (any(figures) or job["error"]) else None
        number = seen[job["jobname"]] = seen.get(job["jobname"], -1) + 1
        counts[f"{job['jobname']}.{number}"] = dict(zip(COUNTS, figures + [int(told[1]) if told else None]))
    return counts


def options_of(name):
    """The options of each section of a job file, by its name, with those of [global]. fio's report leaves flags out."""
    options, own = {}, {}
    with open(os.path.join(JOBS, name + ".fio"), encoding="ascii") as file:
        for line in file:
            line = line.strip()
            if line.startswith("["):
                own = options.setdefault(line[1:-1], dict(options.get("global", {})))
            elif line and not line.startswith(";"):
                key, _, value = line.partition("=")
                own[key] = value
    return options


def word_for(name, report, messages, code):
    if code != 0:
        # A job that never began is refused: it is not among those that did, or the file was not taken at all.
        began = report is not None and any(job["error"] for job in report["jobs"])
        return "error" if began or "err=" in messages and "pid=0" not in messages else "refused"
    of_section = options_of(name)
    options = [of_section[job["jobname"]] for job in report["jobs"]]
    # A job that ends the others was not ended by them.
    ending = [number for number, of_job in enumerate(options) if "exitall" in of_job]
    if any(is_late(job, of_job) for job, of_job in zip(report["jobs"], options)):
        return "late"
    return "early" if any(ended_early(job, of_job, any(other != number for other in ending))
                            for number, (job, of_job) in enumerate(zip(report["jobs"], options))) else "ends"


class Run:
    """How one run ended: word, counts by job (empty unless it ended), what fio said of it, seconds."""

    def __init__(self, name, other_draws):
        scratch = tempfile.mkdtemp(prefix="zoneknot-fio-")
        try:
            self._run(scratch, name, other_draws)
        finally:
            shutil.rmtree(scratch)

    def _run(self, scratch, name, other_draws):
        zoned = os.path.join(scratch, "zoned")
        for path in (zoned, zoned + "2"):
            with open(path, "wb") as file:
                file.truncate(DEVICE_BYTES)
        with open(os.path.join(JOBS, name + ".fio"), encoding="ascii") as file:
            text = file.read()
        assert "thread=1\n" in text, name
        job = os.path.join(scratch, name + ".fio")
        with open(job, "w", encoding="ascii") as file:
            # By default the same numbers are drawn every time, whatever randseed says.
            file.write(("[global]\nrandrepeat=0\n" if other_draws else "") + text)
        began = time.monotonic()
        done = subprocess.run(["timeout", "-s", "KILL", str(SECONDS_MAX), "fio", "--output-format=json,normal", job],
                              cwd=scratch, env={**os.environ, "ZONED": zoned}, capture_output=True, text=True,
                              check=False)
        self.seconds = time.monotonic() - began
        self._judge(name, done)

    def _judge(self, name, done):
        begin = done.stdout.find('{\n  "fio version"')
        report, text = None, ""
        if begin >= 0:
            report, length = json.JSONDecoder().raw_decode(done.stdout[begin:])
            text = done.stdout[begin + length:]
        messages = done.stderr + (done.stdout if report is None else done.stdout[:begin])
        said = re.findall(r"(?:Assertion .*|err=.*|fio: .*)", messages)
        self.said = said[0] if said else ""
        self.counts = {}
        if self.seconds >= SECONDS_MAX:
            self.word = "hangs"  # waits, or spins
        elif done.returncode < 0 or done.returncode in (134, 139):
            self.word = "aborts"
        else:
            self.word = word_for(name, report, messages, done.returncode)
            if report is not None and self.word in ("ends", "early", "late"):
                self.counts = counts_of(report, text)
