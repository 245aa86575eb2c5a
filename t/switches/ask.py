#!/usr/bin/env python3
"""Asks zoneknot what docs/fio-switches.md says of each switch, and whether the page has every one of them.

    ask.py --zoneknot BINARY [--long] [SWITCH…]

A row of the page is a command, the set of switches that it is asked with, what is taken from that set or added to it, and
the answers before and after. An answer is the cell of a search ("HANG g", "CLEAN"), figures of a run ("w zone_resets=4"),
or REFUSED. Rows of the section "Longer searches" are asked with --long alone. Ends with 1 where something differs.
"""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, "docs", "fio-switches.md")
LAST = 65  # G1 to G65
LONGER = "## Longer searches"
UNSEEN = "## What no job can show"
SECONDS_MAX = 300


class Row:
    """| G1 `reset-lock` | `fio-3.20` | `,-reset-lock` | `check JOB` | CLEAN | HANG g |"""

    def __init__(self, cells, long):
        self.alias, self.name = cells[0].replace("`", "").split()
        self.base, self.turn, self.command = (cell.strip("`") for cell in cells[1:4])
        self.before, self.after = cells[4:6]
        self.long = long


def read_page():
    """Rows, and the aliases of those that nothing shows."""
    rows, unseen, section = [], [], ""
    with open(PAGE, encoding="utf-8") as file:
        for line in file:
            section = line.strip() if line.startswith("## ") else section
            if not re.match(r"\| [GX]\d", line):
                continue
            cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            if section == UNSEEN:
                unseen.append(cells[0].replace("`", "").split()[0])
            else:
                rows.append(Row(cells, section == LONGER))
    return rows, unseen


class Switches:
    """What needs what, as `zoneknot fixes` tells it."""

    def __init__(self, binary):
        told = json.loads(subprocess.run([binary, "fixes", "--format=json"], capture_output=True, check=True).stdout)
        self.rows = {row["name"]: row for row in told["switches"]}
        self.presets = {preset["name"]: set(preset["switches"]) for preset in told["presets"]}

    def turned(self, text):
        """The switches of a set as --fixes takes it."""
        preset, *signed = text.split(",")
        switches = set(self.presets[preset])
        for name in signed:
            (switches.add if name[0] == "+" else switches.discard)(name[1:])
        return switches

    def complaint(self, row):
        """A row turns its switch, and besides only what needs it or what cannot be on beside it."""
        if self.rows[row.name]["alias"] != row.alias:
            return f"{row.name} is {self.rows[row.name]['alias']}"
        before, after = self.turned(row.base), self.turned(row.base + row.turn)
        changed = before ^ after
        if row.name not in changed:
            return "is not turned"
        along, known = {row.name}, 0
        while known != len(along):
            known = len(along)
            along |= {name for name in changed if along & set(self.rows[name]["needs"] + self.rows[name]["replaces"])}
            along |= {name for name in changed for other in along if name in self.rows[other]["replaces"]}
        return f"turns {sorted(changed - along)} as well" if changed - along else None


def figure(report, text):
    """"w zone_resets=4", "w write.ios=3": as the report has it."""
    task, named = text.split("=")[0].split()
    job = next(job for job in report["jobs"] if job["task"] == task)
    for part in named.split("."):
        job = job[part]
    return f"{task} {named}={job}"


def cell(report):
    rules = sorted({broken["rule"] for broken in report["rules"]})
    letters = "".join(rule for rule in rules if len(rule) == 1)
    return " ".join(filter(None, (report["verdict"], ",".join(filter(None, [letters] + [r for r in rules if len(r) > 1])))))


def answer(binary, fixes, row, expected):
    command, *rest = row.command.split()
    done = subprocess.run([binary, command, f"--fixes={fixes}", "--format=json", *rest], cwd=ROOT, capture_output=True,
                          env={name: value for name, value in os.environ.items() if name != "ZONED"}, text=True,
                          timeout=SECONDS_MAX, check=False)
    if done.returncode in (2, 4):
        return "REFUSED" if expected == "REFUSED" else done.stderr.strip()
    report = json.loads(done.stdout)
    return ", ".join(figure(report, text) for text in expected.split(", ")) if "=" in expected else cell(report)


def differences(binary, switches, row):
    wrong = switches.complaint(row)
    if wrong:
        return [f"{row.alias}: {wrong}"]
    lines = []
    for fixes, expected in ((row.base, row.before), (row.base + row.turn, row.after)):
        found = answer(binary, fixes, row, expected)
        if found != expected:
            lines.append(f"{row.alias}: expected {expected}, found {found}: "
                         f"zoneknot {row.command.replace(' ', f' --fixes={fixes} ', 1)}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zoneknot", required=True)
    parser.add_argument("--long", action="store_true", help="the longer searches instead of the short ones")
    parser.add_argument("switches", nargs="*", help="G1, reset-lock")
    arguments = parser.parse_args()
    binary = os.path.abspath(arguments.zoneknot)
    rows, unseen = read_page()
    known = [row.alias for row in rows] + unseen
    lines = [f"G{number} is not on the page" for number in range(1, LAST + 1) if f"G{number}" not in known]
    lines += [f"{alias} is shown, and listed as what nothing shows" for alias in unseen
              if alias in [row.alias for row in rows]]
    switches = Switches(binary)
    asked = [row for row in rows if row.long == arguments.long and
             (not arguments.switches or row.alias in arguments.switches or row.name in arguments.switches)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda row: differences(binary, switches, row), asked):
            lines += found
    print("\n".join(lines + [f"{len(asked)} switches asked, {len(lines)} differences"]))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
