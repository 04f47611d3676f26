#!/usr/bin/env python3
"""One log gives equal digests: with gcc -O0 and -O3, clang and the sanitizers, whatever the batch, the memory, the
time zone, the locale and where things lie; and logs of 1 and 4 partitions give equal histories, order by order.

Of generated events there are REFUND_SAME_BYTES_EVENTS (50,000). With REFUND_ALL_COMPILERS the builds debug, clang and asan
must be there. A restart after every record is histories_test's."""
import json
import os
import subprocess
import unittest

import ctl
from ctl import ctl_json


EVENTS = int(os.environ.get("REFUND_SAME_BYTES_EVENTS", 50_000))


def other_builds():
    """Of those that are here; with REFUND_ALL_COMPILERS all must be."""
    others = [os.path.join(ctl.ROOT, "build", preset, "bin", "refundctl") for preset in ("debug", "clang", "asan")]
    built = [each for each in others if os.path.exists(each)]
    if os.environ.get("REFUND_ALL_COMPILERS") and built != others:
        raise AssertionError(f"expected {others}, found {built}")
    return built


class SameBytes(ctl.CtlTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("log")
        self.input = self.every_machine(400, 3)
        ctl_json("append", "--as-recorded", "--log", self.log, self.input)
        self.finish(self.log, "2025-07-02T00:00:00+08:00")
        self.file = self.path("log.refund")
        self.export(self.log, self.file)

    def digest(self, name, *args, binary=None):
        return ctl_json("replay", "--file", self.file, "--state", self.path(name), *args, binary=binary)

    def test_batches_and_environments(self):
        expected = self.digest("plain")
        for batch in (1, 7, 1000):
            self.assertEqual(self.digest(f"batch{batch}", "--batch", batch)["digests"], expected["digests"])
        for memory in (8, 64):
            self.assertEqual(self.digest(f"memory{memory}", "--memory", memory)["digests"], expected["digests"])
        os.environ.update(TZ="America/Lima", LC_ALL="tr_TR.UTF-8")
        self.addCleanup(lambda: [os.environ.pop(each) for each in ("TZ", "LC_ALL")])
        self.assertEqual(self.digest("elsewhere")["digests"], expected["digests"])

    def test_compilers(self):
        expected = self.digest("release")
        built = other_builds()
        if not built:
            self.skipTest("no other build of refundctl is here; ./dev test makes them")
        for binary in built:
            self.assertEqual(self.digest(binary.split("/")[-3], binary=binary)["digests"], expected["digests"], binary)

    def test_one_and_four_partitions(self):
        single = self.path("single")
        with open(self.input, encoding="utf-8") as file:
            lines = [json.loads(each) for each in file]
        ctl.ctl("init", "--log", single, "--partitions", 1, "--at", lines[0]["recorded_at"], check=0)
        ctl_json("append", "--as-recorded", "--log", single, self.input)
        self.finish(single, "2025-07-02T00:00:00+08:00")
        self.export(single, self.path("single.refund"))
        one = ctl_json("replay", "--file", self.path("single.refund"), "--state", self.path("one"))
        four = self.digest("four")
        self.assertEqual((one["due_unfired"], four["due_unfired"]), (0, 0))
        self.assertEqual(one["decisions"], four["decisions"])
        keys = sorted({each["key"] for each in lines if "key" in each})
        for verb in ("show", "timeline"):
            for key in keys[:150]:
                a = ctl.ctl("case", verb, "--state", self.path("one"), key, "--json")
                b = ctl.ctl("case", verb, "--state", self.path("four"), key, "--json")
                self.assertEqual(self.without_address(a[1]), self.without_address(b[1]), key)

    @staticmethod
    def without_address(text):
        return [{k: v for k, v in json.loads(each).items() if k != "as_of"} for each in text.strip().split("\n") if each]


class Generated(ctl.CtlTest):
    """The same over a log that takes every machine thousands of times."""

    def setUp(self):
        super().setUp()
        log = self.path("log")
        ctl.ctl("bench", "generate", "--events", EVENTS, "--seed", 1, "--to-kafka", log, check=0)
        self.export(log, self.path("log.refund"))

    def digests(self, *args, file="log.refund", wrapped=(), binary=None):
        """Of a replay into a new state; `wrapped` is what it is called through."""
        state = self.path(f"state{len(os.listdir(self.dir))}")
        command = [binary or os.path.join(ctl.BIN, "refundctl"), "replay", "--json", "--file", self.path(file), "--state",
                   state, *map(str, args)]
        done = subprocess.run([*wrapped, *command], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["digests"]

    def test_of_one_build(self):
        expected = self.digests()
        # Orders that were written, forgotten and read again, at other times each time.
        forgetful = ("--memory", 8, "--checkpoint-bytes")
        for args in (("--batch", 1), ("--batch", 100), ("--batch", 100_000), ("--memory", 8), ("--memory", 64),
                     (*forgetful, 1, "--batch", max(50, EVENTS // 1000)), (*forgetful, 100_000, "--batch", 333)):
            self.assertEqual(self.digests(*args), expected, args)
        # The seed of hashed containers is an address: without ASLR it is one, with it another every time.
        for wrapped in (("setarch", "-R"), (), ("env", "TZ=Asia/Kathmandu", "LC_ALL=tr_TR.UTF-8")):
            if subprocess.run([*wrapped, "true"], capture_output=True).returncode != 0:
                print(f"not tried, as it may not be called here: {wrapped[0]}")  # a container may forbid it
                continue
            self.assertEqual(self.digests(wrapped=wrapped), expected, wrapped)

    def test_of_other_builds(self):
        built = other_builds()
        if not built:
            self.skipTest("no other build of refundctl is here; ./dev test makes them")
        expected = self.digests()
        for binary in built:
            self.assertEqual(self.digests(binary=binary), expected, binary)

    def test_of_one_and_four_partitions(self):
        lines, single = self.path("lines.jsonl"), self.path("single")
        ctl.ctl("bench", "generate", "--events", EVENTS, "--seed", 1, "--out", lines, check=0)
        ctl.ctl("init", "--log", single, "--partitions", 1, "--at", "2024-07-01T00:00:00+08:00", check=0)
        ctl_json("append", "--as-recorded", "--log", single, lines)
        self.export(single, self.path("single.refund"))
        for name in ("single", "log"):
            ctl_json("replay", "--file", self.path(f"{name}.refund"), "--state", self.path(f"{name}-state"))
        for view in (("case", "list"), ("legs", "--limit", 1_000_000), ("queue", "--limit", 1_000_000)):
            one, four = (self.rows(name, *view) for name in ("single", "log"))
            self.assertGreater(len(one), 10, view)
            self.assertEqual(one, four, view)

    def rows(self, name, *view):
        _, out, _ = ctl.ctl(*view, "--state", self.path(f"{name}-state"), "--json", check=0)
        return sorted(line for line in out.split("\n") if line and '"as_of"' not in line)


if __name__ == "__main__":
    ctl.main()
