#!/usr/bin/env python3
"""One log gives equal digests: with gcc -O0 and -O3 and clang, whatever the batch, the time zone and the
locale; and logs of 1 and 4 partitions give equal histories, order by order."""
import json
import os
import unittest

import ctl
from ctl import ctl_json


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
        os.environ.update(TZ="America/Lima", LC_ALL="tr_TR.UTF-8")
        self.addCleanup(lambda: [os.environ.pop(each) for each in ("TZ", "LC_ALL")])
        self.assertEqual(self.digest("elsewhere")["digests"], expected["digests"])

    def test_compilers(self):
        expected = self.digest("release")
        others = [os.path.join(ctl.ROOT, "build", preset, "bin", "refundctl") for preset in ("debug", "clang", "asan")]
        built = [each for each in others if os.path.exists(each)]
        if os.environ.get("REFUND_ALL_COMPILERS"):
            self.assertTrue({"debug", "clang"} <= {each.split("/")[-3] for each in built}, built)
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


if __name__ == "__main__":
    ctl.main()
