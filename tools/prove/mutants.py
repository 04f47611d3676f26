#!/usr/bin/env python3
"""mutants.py [--mutants N] [--seed S] [--floor PER_CENT] [--dir DIR]: would the tests of the core notice?

Copies the tree at HEAD to DIR (default build/mutants), changes one thing in engine/domain, policy, ledger or
arbiter, builds the core and its tests alone, runs them, changes it back, and so on: N times (default 150), for
as long as there is time. The seed is the commit, so that one commit always has the same mutants. Prints each that
survived, and what share was killed; exit 1 below the floor (default 85).

A mutant that does not compile is none, and another is taken. One that the tests run on for ever is killed.
"""

import argparse
import collections
import io
import os
import random
import re
import subprocess
import sys
import tarfile
import time

from core import CORE, model_command, ROOT, test_command, TESTS

HISTORIES = 1000  # of the model: last, as they take longest
PATIENCE = 8  # how many times longer than without a mutant the tests may take: the machine is busy

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
    def __init__(self, directory, commit):
        self.tree = os.path.join(directory, "tree")
        self.build = os.path.join(self.tree, "build", "release")  # as in a worktree: then ccache knows the objects
        os.makedirs(self.tree, exist_ok=True)
        self.unpack(commit)
        if not os.path.exists(f"{self.build}/build.ninja"):
            self.run(["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                      "-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=gold",
                      f"-DCMAKE_RUNTIME_OUTPUT_DIRECTORY={self.build}/bin",
                      "-DREFUND_TESTS=base;policy;ledger;arbiter;support;cases;generate;model;machines"], check=True)

    def unpack(self, commit):
        """Files that are as they were keep their time, so that a second run builds little."""
        archive = subprocess.run(["git", "-C", ROOT, "archive", commit], check=True, stdout=subprocess.PIPE).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar:
                path = os.path.join(self.tree, member.name)
                if not member.isfile():
                    continue
                content = tar.extractfile(member).read()
                if os.path.dirname(member.name) in CORE and member.name.endswith("CMakeLists.txt"):
                    content = b"add_compile_options(-O0)\n" + content  # what changes is compiled quickly
                if not os.path.exists(path) or open(path, "rb").read() != content:
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    with open(path, "wb") as file:
                        file.write(content)
                    os.chmod(path, member.mode)

    @staticmethod
    def run(command, check=False, timeout=None):
        return subprocess.run(command, check=check, timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True).returncode

    def compiles(self):
        return self.run(["ninja", "-C", self.build, "-j", str(os.cpu_count()), *TESTS, "model_dump"]) == 0

    def commands(self):
        for test in TESTS:
            yield test, test_command(self.build, test, "--gtest_fail_fast")
        yield "model", model_command(self.tree, self.build, HISTORIES, "--shrink", "0")

    def killer(self, seconds):
        """The test that fails; None if all pass."""
        until = time.monotonic() + seconds
        for test, command in self.commands():
            try:
                if self.run(command, timeout=max(1, until - time.monotonic())) != 0:
                    return test
            except subprocess.TimeoutExpired:
                return test + " (it does not end)"
        return None

    def judge(self, mutant, seconds):
        """'stillborn', the test that kills it, or None: it survives."""
        path = os.path.join(self.tree, mutant.file)
        with open(path, encoding="utf-8") as file:
            source = file.read()
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(source[:mutant.start] + mutant.text + source[mutant.end:])
            return self.killer(seconds) if self.compiles() else "stillborn"
        finally:
            with open(path, "w", encoding="utf-8") as file:
                file.write(source)


def words_of(mutant, tree):
    with open(os.path.join(tree, mutant.file), encoding="utf-8") as file:
        source = file.read()
    return f"{mutant.file}:{mutant.line}: {mutant.kind}: {source[mutant.start:mutant.end]!r} -> {mutant.text!r}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=150)
    parser.add_argument("--seed", help="default: the commit")
    parser.add_argument("--floor", type=float, default=85)
    parser.add_argument("--dir", default=os.path.join(ROOT, "build", "mutants"))
    arguments = parser.parse_args()
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], check=True, stdout=subprocess.PIPE,
                            text=True).stdout.strip()
    seed = arguments.seed or commit
    print("seed", seed, flush=True)
    workshop = Workshop(os.path.abspath(arguments.dir), commit)
    if not workshop.compiles():
        sys.exit("mutants: expected the tree to build, found that it does not")
    started = time.monotonic()
    if (failing := workshop.killer(seconds=3600)) is not None:
        sys.exit(f"mutants: expected all tests to pass without a mutant, found that this fails: {failing}")
    seconds = PATIENCE * (time.monotonic() - started)

    killed, survived = 0, []
    for mutant in shuffled(mutants_of(workshop.tree), seed):
        if killed + len(survived) == arguments.mutants:
            break
        words = words_of(mutant, workshop.tree)
        started = time.monotonic()
        verdict = workshop.judge(mutant, seconds)
        if verdict == "stillborn":
            continue
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
