#!/usr/bin/env python3
"""A one-byte change: anywhere in an exported log it is found and named; in a log directory too; in a
state directory it is found and named by verify, or harmless (the digest is unchanged)."""
import collections
import os
import random
import shutil
import unittest

import ctl
from ctl import ctl_json


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0x40]))


def files_below(root):
    return [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]


class Flip(ctl.CtlTest):
    def setUp(self):
        super().setUp()
        self.log, self.state, self.file = self.path("log"), self.path("state"), self.path("x.log")
        ctl_json("append", "--as-recorded", "--log", self.log, self.random_disputes(30, 5))
        self.export(self.log, self.file)
        self.expected = ctl_json("replay", "--log", self.log, "--state", self.state)["digest"]
        self.rng = random.Random(11)

    def places(self, path, count):
        size = os.path.getsize(path)
        return sorted(self.rng.sample(range(size), min(count, size))) if size else []

    def test_an_exported_log(self):
        # Every byte is tried by tests/log; here the command's own exit code and words.
        for at in self.places(self.file, 40):
            flip(self.file, at)
            code, _, err = ctl.ctl("replay", "--file", self.file, "--state", self.path("s"))
            self.assertEqual(code, 5, f"byte {at}: {err}")
            self.assertIn("x.log", err)
            flip(self.file, at)
        with open(self.file, "r+b") as file:
            file.truncate(os.path.getsize(self.file) - 60)
        self.assertEqual(ctl.ctl("replay", "--file", self.file, "--state", self.path("s"))[0], 5)

    def test_a_log_directory(self):
        for path in files_below(os.path.join(self.log, "events")):
            for at in self.places(path, 8):
                flip(path, at)
                code, _, err = ctl.ctl("replay", "--log", self.log, "--state", self.path("s"))
                self.assertEqual(code, 5, f"{path} byte {at}: {err}")
                flip(path, at)
                shutil.rmtree(self.path("s"), True)

    def test_what_else_lies_in_a_log_directory(self):
        """Outputs, cursors, what kind of log it is: found and named by verify, or a replay comes to the same."""
        found = harmless = 0
        for path in sorted(files_below(self.log)):
            if path.startswith(os.path.join(self.log, "events")):
                continue
            for at in self.places(path, 8):
                broken, state = self.path("broken"), self.path("s")
                for kept, copy in ((self.log, broken), (self.state, state)):
                    shutil.rmtree(copy, True)
                    shutil.copytree(kept, copy, symlinks=True)
                flip(os.path.join(broken, os.path.relpath(path, self.log)), at)
                code, out, err = ctl.ctl("verify", "--log", broken, "--state", state)
                if code == 0:
                    again = ctl_json("replay", "--log", broken, "--state", state)
                    self.assertEqual(again["digest"], self.expected, f"{path} byte {at}: unnoticed, and not harmless")
                    harmless += 1
                else:
                    self.assertIn(code, (1, 4, 5, 6), f"{path} byte {at}: {out}{err}")
                    self.assertIn("broken", out + err, f"byte {at}: says not where")
                    found += 1
        print(f"\n{found} changes of what else is in the log found and named, {harmless} harmless")
        self.assertGreater(found, 0)

    def test_a_torn_tail_is_cut_and_a_whole_log_goes_on(self):
        segment = max(files_below(os.path.join(self.log, "events")), key=os.path.getsize)
        with open(segment, "rb") as file:
            start = file.read(17)
        with open(segment, "ab") as file:
            file.write(start)  # the start of a frame that never was finished
        ctl_json("append", "--as-recorded", "--log", self.log, self.write("t.jsonl", (
            '{"id":"t","type":"Tick","occurred_at":"2024-05-01T00:00:00+08:00","actor":{"role":"PLATFORM","id":"t"},'
            '"recorded_at":"2024-05-01T00:00:00+08:00","body":{}}\n')))
        self.assertEqual(ctl.ctl("replay", "--log", self.log, "--state", self.state)[0], 0)

    def test_a_state_directory(self):
        found, harmless = collections.Counter(), 0
        for path in sorted(files_below(self.state)):
            if path.endswith(("LOCK", "/LOG")) or ".old." in path:
                continue
            for at in self.places(path, 4):
                broken = self.path("broken")
                shutil.rmtree(broken, True)
                shutil.copytree(self.state, broken, symlinks=True)
                flip(os.path.join(broken, os.path.relpath(path, self.state)), at)
                code, out, err = ctl.ctl("verify", "--log", self.log, "--state", broken)
                if code == 0:
                    again = ctl.ctl("replay", "--log", self.log, "--state", broken, "--json")
                    self.assertIn(self.expected, again[1], f"{path} byte {at}: unnoticed, and not harmless")
                    harmless += 1
                else:
                    self.assertIn(code, (1, 5, 6), f"{path} byte {at}: {out}{err}")
                    self.assertTrue(out + err)
                    found[os.path.basename(path).split("-")[0]] += 1
        print(f"\n{found.total()} changes of the state found and named, {harmless} harmless")
        self.assertIn("MANIFEST", found)
        self.assertIn("values", found)


if __name__ == "__main__":
    ctl.main()
