"""Runs refundctl for the integration tests, and makes the logs that they share."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import disputes

BIN = os.environ.get("REFUND_BIN", os.path.join(os.path.dirname(__file__), "../../build/release/bin"))
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))


def ctl(*args, binary=None, stdin=None, check=None):
    """Runs refundctl; returns (exit code, stdout, stderr). With `check`, that exit code is expected."""
    command = [binary or os.path.join(BIN, "refundctl"), *map(str, args)]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    if check is not None and done.returncode != check:
        raise AssertionError(f"{' '.join(command)}\nexit {done.returncode}, expected {check}\n"
                             f"{done.stdout}{done.stderr}")
    return done.returncode, done.stdout, done.stderr


def ctl_json(*args, **kw):
    """The last line of stdout as JSON."""
    return json.loads(ctl(*args, "--json", check=kw.pop("check", 0), **kw)[1].strip().split("\n")[-1])


class CtlTest(unittest.TestCase):
    @classmethod
    @contextlib.contextmanager
    def by_hand(cls):
        """With what a test has, for a program that is none."""
        test = cls("run")
        try:
            cls.setUpClass()
            test.setUp()
            yield test
        finally:
            test.doCleanups()
            cls.doClassCleanups()

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="refund-test-")
        self.addCleanup(shutil.rmtree, self.dir, True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        return self.path(name)

    def every_machine(self, orders, seed, name="every-machine.jsonl"):
        """Random disputes, and the bundled ones, which take every machine, in one log in order of time."""
        with open(os.path.join(ROOT, "examples", "disputes.jsonl"), encoding="utf-8") as file:
            lines = [line for line in file.read().split("\n") if line]
        lines += list(disputes.lines(orders, seed))
        lines.sort(key=lambda line: json.loads(line)["recorded_at"])
        return self.write(name, "".join(line + "\n" for line in lines))

    def random_disputes(self, orders, seed, name="disputes.jsonl"):
        return self.write(name, "".join(line + "\n" for line in disputes.lines(orders, seed)))

    def finish(self, log, until="2024-06-01T00:00:00+08:00"):
        """Ticks at one instant until nothing due is unfired; returns the instant."""
        for _ in range(60):
            ctl("tick", "--log", log, "--until", until, check=0)
            probe = self.path("probe")
            shutil.rmtree(probe, True)
            self.export(log, self.path("probe.log"))
            if ctl_json("replay", "--file", self.path("probe.log"), "--state", probe)["due_unfired"] == 0:
                return until
        raise AssertionError("the log does not come to an end")

    def export(self, log, out):
        ctl("export", "--log", log, "--out", out, check=0)


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--bin":
        globals()["BIN"] = sys.argv[2]
        del sys.argv[1:3]
    unittest.main(verbosity=2)
