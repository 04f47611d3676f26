#!/usr/bin/env python3
"""mutants.py [--mutants N] [--minutes M] [--seed S] [--floor PER_CENT] [--dir DIR]: would the tests of the core notice?

Copies the tree at HEAD to DIR (default build/mutants) and builds it and the core's tests there, once. Then changes one
thing in engine/domain, policy, ledger or arbiter, compiles that file alone, and runs the tests until one fails; and so
on: N times (default 150), as many at a time as there are processors. The seed is the commit, so that one commit always
has the same mutants. Prints each that survived, and what share was killed; exit 1 below the floor (default 85).

A mutant that does not compile is none, and another is taken. One that the tests run on for ever is killed.
"""

import argparse
import collections
import concurrent.futures
import io
import json
import math
import os
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import time

from core import CORE, model_command, ROOT, test_command, TESTS

HISTORIES = 1000  # of the model: last, as they take longest
PATIENCE = 8  # how many times longer than without a mutant a test may take: the machine is busy
SHORTEST = 20  # seconds that any has
MEASURING = 1800  # seconds that each has without a mutant
MEMORY = 6 << 30  # bytes that any process has

Mutant = collections.namedtuple("Mutant", "kind file line start end text")  # text replaces [start, end) of the file

SWAPS = {
    "comparison": {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="},
    "logic": {"&&": "||", "||": "&&"},
    "arithmetic": {"+": "-", "-": "+", "*": "/", "/": "*", "+=": "-=", "-=": "+="},
}
WORDS = {"true": "false", "false": "true"}


def masked(source):
    """The source with comments, texts, preprocessor lines and CHECKs blanked: what is not to be changed."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    source = re.sub(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])\'', blank, source)
    return re.sub(r"(?m)^#.*$|^\s*(?:CHECK|static_assert)\b.*$", blank, source)


def operators(code):
    for kind, swaps in SWAPS.items():
        words = "|".join(re.escape(word) for word in sorted(swaps, key=len, reverse=True))
        for match in re.finditer(rf"(?<= )(?:{words})(?= )", code):
            yield kind, match.start(), match.end(), swaps[match.group()]
    for match in re.finditer(r"(?<![=!<>&|])!(?=[\w(])", code):
        yield "negation", match.start(), match.end(), ""


def constants(code):
    for match in re.finditer(r"(?<![\w.'])\d+(?![\w.'])", code):
        yield "constant", match.start(), match.end(), str(int(match.group()) + 1)
    for match in re.finditer(r"\b(?:true|false)\b", code):
        yield "constant", match.start(), match.end(), WORDS[match.group()]


def statements(code):
    """A call or an assignment on a line of its own, whole."""
    for match in re.finditer(r"(?m)^ {2,}((?:[\w:>.\-\[\]*]+(?:\([^;{}\n]*\))?)(?: [-+]?= [^;{}\n]+)?);$", code):
        text = match.group(1)
        if not re.match(r"(return|using|break|continue|case|default|constexpr|const|static|auto|goto|throw)\b", text) and (
                "(" in text or "=" in text):
            yield "dropped statement", match.start(1), match.end(1), ""


def guards(code, source):
    """Two neighbours in a row's list of guards, exchanged. Two that only pass the event on to the next row mean the
    same either way."""
    refusals = dict(re.findall(r'constexpr Guard (k\w+)\s*\{"[^"]*",\s*R::(\w+)', source))
    for match in re.finditer(r"\{k[A-Z]\w*(?:, k[A-Z]\w*)+\}", code):
        items = re.findall(r"\w+", match.group())
        for i in range(len(items) - 1):
            pair = items[i:i + 2]
            if all(item in refusals for item in pair) and any(refusals[item] != "kNone" for item in pair):
                swapped = items[:i] + pair[::-1] + items[i + 2:]
                yield "guard order", match.start(), match.end(), "{" + ", ".join(swapped) + "}"


def mutants_of(tree):
    found = collections.defaultdict(list)
    for folder in CORE:
        for name in sorted(os.listdir(os.path.join(tree, folder))):
            if not name.endswith(".cc"):
                continue
            file = f"{folder}/{name}"
            with open(os.path.join(tree, file), encoding="utf-8") as source_file:
                source = source_file.read()
            code = masked(source)
            for kind, start, end, text in [*operators(code), *constants(code), *statements(code), *guards(code, source)]:
                line = source.count("\n", 0, start) + 1
                found[kind].append(Mutant(kind, file, line, start, end, text))
    return found


def shuffled(found, seed):
    """One of each kind in turn, in the order of the seed."""
    dice = random.Random(seed)
    kinds = [dice.sample(found[kind], len(found[kind])) for kind in sorted(found)]
    while any(kinds):
        for kind in kinds:
            if kind:
                yield kind.pop()


class Workshop:
    """The tree at the commit, built once with every library a shared one. A mutant is one object and one library, beside
    those of the build, which its tests load instead: nothing else is compiled or linked, and several go side by side."""

    def __init__(self, directory, commit):
        self.directory = directory
        self.tree = os.path.join(directory, "tree")
        self.build = os.path.join(directory, "build")
        self.patience = {}
        os.makedirs(self.tree, exist_ok=True)
        self.unpack(commit)
        done(["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
              "-DCMAKE_CXX_FLAGS_DEBUG=-O1", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DREFUND_LIBRARIES=SHARED",
              "-DCMAKE_LINK_DEPENDS_NO_SHARED=ON", "-DCMAKE_EXE_LINKER_FLAGS=-Wl,--enable-new-dtags",
              "-DCMAKE_SHARED_LINKER_FLAGS=-Wl,--enable-new-dtags",  # what LD_LIBRARY_PATH names comes first
              f"-DCMAKE_RUNTIME_OUTPUT_DIRECTORY={self.build}/bin",
              "-DREFUND_TESTS=base;policy;ledger;arbiter;support;cases;generate;model;machines"])
        done(["ninja", "-C", self.build, "-j", str(os.cpu_count()), *TESTS, "model_dump"])
        with open(f"{self.build}/compile_commands.json", encoding="utf-8") as file:
            self.compile = {os.path.relpath(each["file"], self.tree): each for each in json.load(file)}
        self.link = {folder: self.link_of(folder) for folder in CORE}

    def unpack(self, commit):
        """Files that are as they were keep their time, so that a second run builds little. What the commit does not
        have goes."""
        archive = subprocess.run(["git", "-C", ROOT, "archive", commit], check=True, stdout=subprocess.PIPE).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            members = {os.path.join(self.tree, member.name): member for member in tar if member.isfile()}
            for path, member in members.items():
                content = tar.extractfile(member).read()
                if not os.path.exists(path) or open(path, "rb").read() != content:
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    with open(path, "wb") as file:
                        file.write(content)
                os.chmod(path, member.mode)
        for folder, _, names in os.walk(self.tree):
            for path in {os.path.join(folder, name) for name in names} - members.keys():
                os.remove(path)

    def library(self, folder):
        return f"{folder}/librefund_{os.path.basename(folder)}.so"

    def link_of(self, folder):
        """ninja's own command, from -o to the last object and whatever else."""
        command = ["ninja", "-C", self.build, "--quiet", "-t", "commands", "-s", self.library(folder)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def commands(self):
        for test in TESTS:
            yield test, test_command(self.build, test, "--gtest_fail_fast")
        yield "model", model_command(self.tree, self.build, HISTORIES, "--shrink", "0")

    def measure(self):
        """All tests without a mutant: they pass, and each has so many times that long. Side by side, as later."""
        def seconds(name_and_command):
            name, command = name_and_command
            started = time.monotonic()
            if not ends_well(command, os.environ, MEASURING):
                sys.exit(f"mutants: expected all tests to pass without a mutant, found that this fails: {name}")
            return name, time.monotonic() - started
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for name, taken in pool.map(seconds, self.commands()):
                self.patience[name] = max(SHORTEST, PATIENCE * taken)
                print(f"without a mutant {name} takes {taken:.0f} s", flush=True)

    def make(self, mutant, place):
        """The library with the mutant in it, in its place; whether it compiles."""
        os.makedirs(place)
        with open(os.path.join(self.tree, mutant.file), encoding="utf-8") as file:
            source = file.read()
        changed = os.path.join(place, os.path.basename(mutant.file))
        with open(changed, "w", encoding="utf-8") as file:
            file.write(source[:mutant.start] + mutant.text + source[mutant.end:])
        folder = os.path.dirname(mutant.file)
        known = self.compile[mutant.file]
        compiling = shlex.split(known["command"])
        object_at = compiling.index("-o") + 1
        usual = compiling[object_at]
        compiling[object_at] = changed + ".o"
        compiling = [changed if word == known["file"] else word for word in compiling] + ["-O0"]
        if subprocess.run(compiling, cwd=known["directory"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode != 0:
            return False
        linking = [{usual: changed + ".o", self.library(folder): os.path.join(place, os.path.basename(self.library(folder)))}
                   .get(word, word) for word in self.link[folder].split()]
        done(["sh", "-c", " ".join(linking)], cwd=self.build)
        return True

    def judge(self, number, mutant):
        """'stillborn', the test that kills it, or None: it survives."""
        place = os.path.join(self.directory, "mutants", str(number))
        shutil.rmtree(place, ignore_errors=True)
        try:
            if not self.make(mutant, place):
                return "stillborn"
            for name, command in self.commands():
                environment = dict(os.environ, LD_LIBRARY_PATH=place, TMPDIR=place)
                ended_well = ends_well(command, environment, self.patience[name])
                if not ended_well:
                    return name + (" (it does not end)" if ended_well is None else "")
            return None
        finally:
            shutil.rmtree(place, ignore_errors=True)


def done(command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if result.returncode != 0:
        sys.exit(f"mutants: expected this to succeed: {' '.join(command)}\n{result.stdout[-2000:]}")


def ends_well(command, environment, seconds):
    """None if it does not end; then what it started ends with it."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    try:
        return process.wait(timeout=seconds) == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


def words_of(mutant, tree):
    with open(os.path.join(tree, mutant.file), encoding="utf-8") as file:
        source = file.read()
    return f"{mutant.file}:{mutant.line}: {mutant.kind}: {source[mutant.start:mutant.end]!r} -> {mutant.text!r}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=150)
    parser.add_argument("--seed", help="default: the commit")
    parser.add_argument("--floor", type=float, default=85)
    parser.add_argument("--minutes", type=float, default=math.inf, help="no mutant is begun after so many")
    parser.add_argument("--dir", default=os.path.join(ROOT, "build", "mutants"))
    arguments = parser.parse_args()
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], check=True, stdout=subprocess.PIPE,
                            text=True).stdout.strip()
    seed = arguments.seed or commit
    print("seed", seed, flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))  # a mutant may well ask for all there is
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    workshop = Workshop(os.path.abspath(arguments.dir), commit)
    workshop.measure()
    until = time.monotonic() + 60 * arguments.minutes

    killed, survived = 0, []
    drawn = enumerate(shuffled(mutants_of(workshop.tree), seed))
    running = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        while True:
            # In the order of the seed, and no more than are wanted: which mutants there are is no matter of speed.
            while (len(running) < os.cpu_count() and killed + len(survived) + len(running) < arguments.mutants
                   and time.monotonic() < until and (following := next(drawn, None)) is not None):
                running[pool.submit(workshop.judge, *following)] = (following[1], time.monotonic())
            if not running:
                break
            for future in concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED).done:
                mutant, started = running.pop(future)
                verdict = future.result()
                if verdict == "stillborn":
                    continue
                words = words_of(mutant, workshop.tree)
                if verdict is None:
                    survived.append(words)
                killed += verdict is not None
                print(f"{killed + len(survived):4} {'SURVIVED' if verdict is None else 'killed by ' + verdict}: {words} "
                      f"({time.monotonic() - started:.0f} s)", flush=True)
    share = 100.0 * killed / max(1, killed + len(survived))
    print(f"\n{killed} of {killed + len(survived)} mutants killed: {share:.1f} %")
    for words in survived:
        print("survived:", words)
    sys.exit(share < arguments.floor)


if __name__ == "__main__":
    main()
