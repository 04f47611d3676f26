#!/usr/bin/env python3
"""coverage.py BUILD [--floor LINES BRANCHES]: what the tests of the core run of it.

BUILD is that of the preset `coverage`. Runs every test program of the core there and prints lines and
source branches of engine/domain, policy, ledger and arbiter by llvm-cov, then each line that never ran and
each condition that never came out one way. Excepted is what can only be our own bug: the failing sides of
the one macro EXCEPTED, and what is ALWAYS_FALSE by construction; the lines of a macro count where it is used.
Exit 1 below the floor (per cent), or if no test program has a source file: of it there is nothing to count.
"""

import argparse
import collections
import glob
import json
import os
import re
import subprocess
import sys

from core import CORE, model_command, ROOT, test_command, TESTS

ALL_TESTS = [*TESTS, "packc_test", "ledger_random_test"]
EXCEPTED = "CHECK"  # engine/base/check.h
# What says why a guard does not hold, and is always false: "return holds || Fail(why, …)" is one condition, not two.
ALWAYS_FALSE = re.compile(r"Fail\w*\(")
# Of a switch the branch is that no case fits: the compiler sees to it that each has one (-Wswitch), or a default does.
HISTORIES = 2000  # of the model: half are hostile
LLVM = "16"

Branch = collections.namedtuple("Branch", "line column end_line end_column")


def commands(build):
    for test in ALL_TESTS:
        yield test, test_command(build, test)
    yield "model", model_command(ROOT, build, HISTORIES)


def run_tests(build):
    profiles = os.path.join(build, "profiles")
    os.makedirs(profiles, exist_ok=True)
    for old in glob.glob(profiles + "/*.profraw"):
        os.remove(old)
    for test, command in commands(build):
        print("running", test, file=sys.stderr, flush=True)
        environment = dict(os.environ, LLVM_PROFILE_FILE=f"{profiles}/{test}-%4m.profraw")
        result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                check=False)
        if result.returncode != 0:
            sys.exit(f"coverage: expected {test} to pass, found:\n{result.stdout[-2000:]}")
    merged = os.path.join(profiles, "all.profdata")
    subprocess.run([f"llvm-profdata-{LLVM}", "merge", "-sparse", "-o", merged, *glob.glob(profiles + "/*.profraw")],
                   check=True)
    return merged


def export(build, merged, form):
    binaries = [f"{build}/bin/{test}" for test in [*ALL_TESTS, "model_dump"]]
    objects = [word for each in binaries[1:] for word in ("-object", each)]
    command = [f"llvm-cov-{LLVM}", "export", f"-format={form}", f"-instr-profile={merged}", binaries[0], *objects,
               *[f"{ROOT}/{folder}" for folder in CORE]]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def excepted_lines(source):
    """The lines of every call of the macro, by its parentheses."""
    lines = set()
    for call in re.finditer(rf"\b{EXCEPTED}\(", source):
        depth, at = 1, call.end()
        while depth > 0:
            depth += {"(": 1, ")": -1}.get(source[at], 0)
            at += 1
        first = source.count("\n", 0, call.start()) + 1
        last = source.count("\n", 0, at) + 1
        # After CHECK(false) comes nothing but a brace.
        lines.update(range(first, last + (2 if source.startswith("false", call.end()) else 1)))
    return lines


def macro_lines(source):
    """The lines of every #define, to the last that ends without a backslash."""
    lines = set()
    for define in re.finditer(r"^#define\b(?:.*\\\n)*.*$", source, re.MULTILINE):
        first = source.count("\n", 0, define.start()) + 1
        lines.update(range(first, first + define.group().count("\n") + 1))
    return lines


def lines_of(lcov):
    """file → line → how often it ran."""
    lines, file = {}, None
    for record in lcov.splitlines():
        if record.startswith("SF:"):
            file = lines.setdefault(os.path.relpath(record[3:], ROOT), collections.Counter())
        elif record.startswith("DA:"):
            number, count = record[3:].split(",")[:2]
            file[int(number)] += int(count)
    return lines


def branches_of(exported):
    """file → Branch → [how often true, how often false], over all instances of a template."""
    branches = {}
    for file in exported["data"][0]["files"]:
        found = branches.setdefault(os.path.relpath(file["filename"], ROOT), {})
        for branch in file["branches"]:
            sides = found.setdefault(Branch(*branch[:4]), [0, 0])
            sides[0] += branch[4]
            sides[1] += branch[5]
    return branches


def unlinked(lines):
    """The source files that no test program has: of a library it has only what it asks for."""
    for folder in CORE:
        for path in sorted(glob.glob(f"{ROOT}/{folder}/**/*.cc", recursive=True)):
            file = os.path.relpath(path, ROOT)
            if file not in lines:
                yield file


def text_of(source_lines, branch):
    if branch.line == branch.end_line:
        return source_lines[branch.line - 1][branch.column - 1:branch.end_column - 1]
    return source_lines[branch.line - 1][branch.column - 1:] + " …"


class Report:
    def __init__(self):
        self.sums = collections.defaultdict(lambda: [0, 0, 0, 0])  # folder → lines run, lines, sides run, sides
        self.missing = []

    def add(self, file, lines, branches):
        with open(os.path.join(ROOT, file), encoding="utf-8") as source_file:
            source = source_file.read()
        source_lines = source.splitlines()
        excepted = excepted_lines(source) | macro_lines(source)
        sums = self.sums[os.path.dirname(file)]
        for line, count in sorted(lines.items()):
            if count == 0 and line in excepted:
                continue
            sums[0] += count > 0
            sums[1] += 1
            if count == 0:
                self.missing.append((file, line, 1, "never run: " + source_lines[line - 1].strip()))
        for branch, sides in sorted(branches.items()):
            text = text_of(source_lines, branch)
            if branch.line in excepted or text in ("true", "false"):
                continue
            if ALWAYS_FALSE.match(text) or source_lines[branch.line - 1].lstrip().startswith("switch ("):
                continue
            for count, word in zip(sides, ("true", "false")):
                sums[2] += count > 0
                sums[3] += 1
                if count == 0:
                    self.missing.append((file, branch.line, branch.column, f"never {word}: {text}"))

    def print(self):
        for file, line, column, what in self.missing:
            print(f"{file}:{line}:{column}: {what}")
        total = [sum(column) for column in zip(*self.sums.values())]
        print(f"\n{'':18} {'lines':>16} {'branches':>18}")
        for folder, sums in [*sorted(self.sums.items()), ("all", total)]:
            print(f"{folder:18} {sums[0]:6}/{sums[1]:<6}{percent(sums[0], sums[1]):6.2f} "
                  f"{sums[2]:6}/{sums[3]:<6}{percent(sums[2], sums[3]):6.2f}")
        return percent(total[0], total[1]), percent(total[2], total[3])


def percent(some, of):
    return 100.0 * some / of if of else 100.0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--floor", nargs=2, type=float, default=[0, 0], metavar=("LINES", "BRANCHES"))
    parser.add_argument("--no-run", action="store_true", help="report on the last run")
    arguments = parser.parse_args()
    merged = os.path.join(arguments.build, "profiles", "all.profdata") if arguments.no_run else run_tests(arguments.build)
    lines = lines_of(export(arguments.build, merged, "lcov"))
    branches = branches_of(json.loads(export(arguments.build, merged, "text")))
    report = Report()
    for file in sorted(lines):
        report.add(file, lines[file], branches.get(file, {}))
    missed = list(unlinked(lines))
    report.missing += [(file, 1, 1, "in no test program") for file in missed]
    reached = report.print()
    sys.exit(bool(missed) or any(found < floor for found, floor in zip(reached, arguments.floor)))


if __name__ == "__main__":
    main()
