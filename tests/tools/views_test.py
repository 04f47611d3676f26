#!/usr/bin/env python3
"""What the dispute team, the payout system and the auditor read, over the bundled disputes: every reading
command says what the log says, and rebuild and doctor see what was damaged."""
import glob
import json
import os
import subprocess
import unittest
import xml.dom.minidom

import ctl
from ctl import ctl_json


class Views(ctl.CtlTest):
    def setUp(self):
        super().setUp()
        self.log, self.state = self.path("log"), self.path("state")
        disputes = os.path.join(ctl.ROOT, "examples/disputes.jsonl")
        ctl_json("append", "--as-recorded", "--log", self.log, disputes)
        with open(disputes, encoding="utf-8") as file:
            self.events = [json.loads(each) for each in file]
        self.replayed = ctl_json("replay", "--log", self.log, "--state", self.state)

    def lines(self, *words):
        out = ctl.ctl(*words, "--state", self.state, "--json", check=0)[1]
        return [json.loads(each) for each in out.strip().split("\n") if each]

    def test_every_order_is_listed_and_shown(self):
        keys = {each["key"] for each in self.events if each.get("key")}
        listed = {each["key"] for each in self.lines("order", "list") if "key" in each}
        self.assertLessEqual(listed, keys)
        self.assertGreaterEqual(len(listed), 40)
        for key in sorted(listed):
            code, out, _ = ctl.ctl("order", "show", key, "--state", self.state)
            self.assertEqual((code, key in out), (0, True))

    def test_tallies_count_what_was_decided(self):
        decided = sum(each["count"] for each in self.lines("tallies") if each.get("what", "").startswith("decided"))
        self.assertEqual(decided, self.replayed["decisions"])

    def test_vouchers_and_due_name_their_orders(self):
        vouchers = [each for each in self.lines("vouchers") if "voucher" in each]
        self.assertTrue(any(each["state"] == "REVOKED" for each in vouchers), vouchers)
        self.assertTrue(all("key" in each for each in vouchers))
        self.assertTrue(any(each.get("timer") == "T26" for each in self.lines("due")))

    def test_a_timeline_is_a_picture(self):
        svg = ctl.ctl("case", "timeline", "--svg", "--state", self.state, "o/TAOBAO/sy-11-a", check=0)[1]
        self.assertEqual(xml.dom.minidom.parseString(svg).documentElement.tagName, "svg")
        self.assertIn("o/TAOBAO/sy-11-a", svg)

    def test_rebuilt_views_are_the_same(self):
        before = self.lines("tallies")
        self.assertIn("the new serve", ctl.ctl("rebuild", "--log", self.log, "--state", self.state, check=0)[1])
        self.assertEqual(self.lines("tallies"), before)
        ctl_json("verify", "--log", self.log, "--state", self.state)

    def test_the_doctor_sees_a_changed_byte(self):
        self.assertEqual(ctl.ctl("doctor", "--log", self.log, "--state", self.state)[0], 0)
        segments = [each for each in glob.glob(self.log + "/**/*", recursive=True) if os.path.isfile(each)]
        largest = max(segments, key=os.path.getsize)
        with open(largest, "r+b") as file:
            file.seek(os.path.getsize(largest) // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        code, out, err = ctl.ctl("doctor", "--log", self.log, "--state", self.state)
        self.assertNotEqual(code, 0, out + err)

    def test_completion_is_a_script_of_the_shell(self):
        script = ctl.ctl("completion", "bash", check=0)[1]
        self.assertEqual(subprocess.run(["bash", "-n"], input=script, text=True).returncode, 0)
        self.assertIn("explain", script)


if __name__ == "__main__":
    ctl.main()
