#!/usr/bin/env python3
"""A crash at every step by which append, commit, checkpoint, rebuild and swap change files: each make, write (half of it
is done), sync, cut, rename and removal, in turn (tests/support/crash_at.cc). Whatever was left, the same command again
comes to what it comes to without a crash, and verify agrees.

REFUND_CRASHES is how many steps of each command are tried, or `all`; at least one of every kind is."""
import collections
import os
import random
import shutil
import subprocess
import unittest

import ctl
from ctl import ctl_json

CRASHES = os.environ.get("REFUND_CRASHES", "0")
LAST_TICK = "2024-06-01T00:00:00+08:00"


class Crash(ctl.CtlTest):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(20261122)
        self.work = self.path("work")
        self.log, self.state = os.path.join(self.work, "log"), os.path.join(self.work, "state")
        self.input = self.random_disputes(25, 9)

    def run_to(self, step, *args):
        """refundctl up to that step ("": to its end). Returns the exit code and the kinds of the steps that it took."""
        told = self.path("steps")
        open(told, "w", encoding="utf-8").close()
        environment = dict(os.environ, LD_PRELOAD=os.path.join(ctl.BIN, "crash_at.so"), REFUND_CRASH_UNDER=self.work,
                           REFUND_CRASH_STEPS=told, REFUND_CRASH_AT=step)
        done = subprocess.run([os.path.join(ctl.BIN, "refundctl"), *map(str, args)], env=environment, capture_output=True,
                              text=True)
        with open(told, encoding="utf-8") as file:
            return done.returncode, file.read().split("\n")[:-1]

    def chosen(self, kinds):
        """Steps, each as "3 write /log/events/N/N.seg": any one of every kind, and others until there are enough."""
        counts = collections.Counter(kinds)
        steps = [f"{n} {kind}" for kind, count in counts.items() for n in range(1, count + 1)]
        if CRASHES == "all":
            return steps
        first = [f"{self.rng.randint(1, count)} {kind}" for kind, count in counts.items()]
        rest = sorted(set(steps) - set(first))
        return first + self.rng.sample(rest, max(0, min(len(rest), int(CRASHES) - len(first))))

    def crash_everywhere(self, begin, command, check):
        """`begin` makes what is there before; `check` runs it to the end and looks at what came of it."""
        self.begin_anew(begin)
        code, kinds = self.run_to("", *command)
        self.assertEqual(code, 0)
        expected = check()
        crashed = collections.Counter()
        for step in self.chosen(kinds):
            self.begin_anew(begin)
            code, taken = self.run_to(step, *command)
            # RocksDB's threads do one thing more or less at times: then the step does not come.
            number, kind = step.split(" ", 1)
            self.assertEqual(code, 137 if taken.count(kind) >= int(number) else 0, step)
            crashed[kind] += code == 137
            self.assertEqual(check(), expected, f"after a crash at {step}")
        print(f"\n{command[0]}: {sum(crashed.values())} crashes at {len(kinds)} steps of {len(set(kinds))} kinds: "
              + ", ".join(f"{kind} {count}" for kind, count in sorted(crashed.items())))
        self.assertGreaterEqual(len(+crashed), 0.9 * len(set(kinds)))

    def begin_anew(self, begin):
        shutil.rmtree(self.work, True)
        os.makedirs(self.work)
        begin()

    def copy(self, name):
        shutil.copytree(self.path(name), self.work, dirs_exist_ok=True, symlinks=True)

    def make_log(self):
        ctl_json("append", "--as-recorded", "--log", self.log, self.input)
        for _ in range(3):
            ctl.ctl("tick", "--log", self.log, "--until", LAST_TICK, check=0)

    def verified(self):
        code, out, err = ctl.ctl("verify", "--log", self.log, "--state", self.state)
        self.assertEqual(code, 0, out + err)
        return out

    def test_append_and_the_making_of_a_log(self):
        def check():
            again = ctl_json("append", "--as-recorded", "--log", self.log, self.input)
            self.assertEqual(again["errors"], 0)
            return ctl_json("replay", "--log", self.log, "--state", self.path("other") + str(self.rng.random()))["digest"]
        self.crash_everywhere(lambda: None, ("append", "--as-recorded", "--log", self.log, self.input), check)

    def test_tick(self):
        self.begin_anew(self.make_log)
        shutil.copytree(self.work, self.path("kept"), symlinks=True)
        command = ("tick", "--log", self.log, "--until", "2024-08-01T00:00:00+08:00")
        def check():
            # Said once more it may be there twice, which changes nothing: all that was due has fired.
            ctl.ctl(*command, check=0)
            return ctl_json("replay", "--log", self.log, "--state", self.path("other") + str(self.rng.random()))["decisions"]
        self.crash_everywhere(lambda: self.copy("kept"), command, check)

    def test_replay_commit_and_checkpoint(self):
        self.begin_anew(self.make_log)
        shutil.copytree(self.work, self.path("kept"), symlinks=True)
        command = ("replay", "--log", self.log, "--state", self.state, "--batch", 40, "--checkpoint-bytes", 1)
        def check():
            return ctl_json(*command)["digest"], self.verified()
        self.crash_everywhere(lambda: self.copy("kept"), command, check)

    def test_rebuild_and_swap(self):
        self.begin_anew(self.make_log)
        ctl_json("replay", "--log", self.log, "--state", self.state)
        shutil.copytree(self.work, self.path("kept"), symlinks=True)
        command = ("rebuild", "--log", self.log, "--state", self.state)
        def check():
            # What serves is whole at once, whether old or new; then it is rebuilt to the end.
            before = self.verified()
            ctl.ctl(*command, check=0)
            self.assertEqual(self.verified(), before)
            ctl.ctl("doctor", "--log", self.log, "--state", self.state, check=0)
            return before
        self.crash_everywhere(lambda: self.copy("kept"), command, check)


if __name__ == "__main__":
    ctl.main()
