#!/usr/bin/env python3
"""What must not go wrong however bad the input is: sums that wrap, packs that are wrong in every way at once, a full disk,
one that is read-only."""
import json
import os
import re
import subprocess
import unittest

import ctl
from ctl import ctl_json
from ctl import ctl as run

LAST = 'words = "The seller answers first."\n'
OLD = os.path.join(ctl.ROOT, "policies/taobao/2023-12-31.toml")
AT = "2024-03-01T10:00:00+08:00"


def claim(body, kind="OrderPaid", role="PLATFORM"):
    return json.dumps({"id": "e1", "type": kind, "key": "o/TAOBAO/1", "occurred_at": AT,
                       "actor": {"role": role, "id": "x"}, "recorded_at": AT, "body": body})


def paid(units, quantity=1):
    return claim({"buyer": "b", "merchant": "m", "lines": [{
        "line": "1", "sku": "s", "quantity": quantity, "paid": {"units": units, "currency": "CNY"}}]})


class Numbers(ctl.CtlTest):
    def refused(self, line):
        code, _, err = run("append", "--as-recorded", "--log", self.path("log"), self.write("in.jsonl", line + "\n"))
        self.assertEqual(code, 1)
        return err

    def test_amounts_that_do_not_fit_and_quantities_below_nothing(self):
        for units in (10**15 + 1, 2**63 - 1, 2**63, 2**64 + 1, -2**63 - 1, 10**30):
            self.assertIn("/body/lines/0/paid/units: expected", self.refused(paid(units)))
        for quantity in (-1, 2**32, 2**32 + 1, 1.0):
            self.assertIn("/body/lines/0/quantity: expected", self.refused(paid(1, quantity)))


class Packs(ctl.CtlTest):
    def setUp(self):
        super().setUp()
        with open(OLD, encoding="utf-8") as file:
            self.text = file.read()

    def replaced(self, *pairs):
        text = self.text
        for what, to in pairs:
            self.assertIn(what, text)
            text = text.replace(what, to, 1)
        return text

    def test_every_mistake_at_once_with_its_place_and_nothing_is_published(self):
        log = self.path("log")
        run("init", "--log", log, "--packs", "none", "--at", AT, check=0)
        wrong = self.write("wrong.toml", self.replaced(
            ('limit = "72h"', "limit = 72.5"),                                   # a float
            ('limit = "60s"', 'limit = "60sec"'),                                # an unknown unit
            ('seller_standing = "MARKED" }', 'seller_standin = "MARKED" }'),     # an unknown fact
            ("[[timeout]]\n", '[[timeout]]\nlabel = "always"\nimplements = "TB-01"\nwords = "Always."\n'
                              'then = "ACCEPT"\n\n[[timeout]]\n'),                # what follows can never fire
            (LAST, LAST + 'when = { kind = "REFUND_ONLY" }\n')))                   # route has no last row
        code, _, err = run("policy", "lint", wrong)
        self.assertEqual(code, 3)
        places = [re.match(re.escape(wrong) + r":(\d+):(\d+): error: ", each) for each in err.strip().split("\n")]
        self.assertNotIn(None, places, err)
        for word in ("floats are not allowed", "expected a period with its unit", "unknown fact 'seller_standin'",
                     "can never fire", "last rule"):
            self.assertIn(word, err)
        fine = os.path.join(ctl.ROOT, "policies/taobao/2024-08-09.toml")
        self.export(log, self.path("before"))
        run("policy", "publish", "--log", log, fine, wrong, check=3)
        self.export(log, self.path("after"))
        with open(self.path("before"), "rb") as before, open(self.path("after"), "rb") as after:
            self.assertEqual(before.read(), after.read())

    def test_a_directory_is_no_pack(self):
        self.assertIn(f"read {self.path('')}: Is a directory", run("policy", "lint", self.path(""), check=2)[2])

    def test_dates_that_meet(self):
        twin = self.write("twin.toml", self.replaced(('"taobao/2023-12-31"', '"taobao/twin"')))
        self.assertRegex(run("policy", "lint", OLD, twin, check=3)[2], r"twin\.toml:\d+:\d+: error: ")
        log = self.path("log")
        run("init", "--log", log, "--at", AT, check=0)
        run("policy", "publish", "--log", log, twin, check=3)


class FullDisk(ctl.CtlTest):
    """A file system of a megabyte or two, which only root may mount."""

    def disk(self, size):
        path = self.path("disk")
        os.makedirs(path, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], capture_output=True)
        if done.returncode != 0:
            self.skipTest("mount is not permitted: " + done.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", "-l", path], check=True)
        return path

    def more_room(self):
        subprocess.run(["mount", "-o", "remount,size=256m", self.path("disk")], check=True)

    def test_an_append_stops_and_what_was_acknowledged_is_there(self):
        lines = self.random_disputes(800, 1)
        small = os.path.join(self.disk("700k"), "log")
        code, out, err = run("append", "--as-recorded", "--json", "--log", small, lines)
        self.assertEqual(code, 4, err)
        self.assertIn("No space left", err)
        acknowledged = [each for each in out.split("\n") if '"offset"' in each]
        self.more_room()
        again = ctl_json("append", "--as-recorded", "--log", small, lines)
        self.assertEqual(again["errors"], 0)
        self.assertGreaterEqual(again["already_there"], len(acknowledged))
        large = self.path("large")
        run("append", "--as-recorded", "--log", large, lines, check=0)
        self.assertEqual(ctl_json("replay", "--log", small, "--state", self.path("a"))["digest"],
                         ctl_json("replay", "--log", large, "--state", self.path("b"))["digest"])

    def test_a_replay_stops_and_goes_on_when_there_is_room(self):
        log = self.path("log")
        run("append", "--as-recorded", "--log", log, self.random_disputes(800, 2), check=0)
        state = os.path.join(self.disk("1500k"), "state")
        code, _, err = run("replay", "--log", log, "--state", state)
        self.assertEqual(code, 4, err)
        self.assertIn("No space left", err)
        self.more_room()
        went_on = ctl_json("replay", "--log", log, "--state", state)
        self.assertEqual(went_on["digest"], ctl_json("replay", "--log", log, "--state", self.path("new"))["digest"])
        run("verify", "--log", log, "--state", state, check=0)

    def test_what_is_mounted_read_only_is_read_and_not_written(self):
        disk = self.disk("256m")
        log, state = os.path.join(disk, "log"), os.path.join(disk, "state")
        lines = self.random_disputes(20, 3)
        run("append", "--as-recorded", "--log", log, lines, check=0)
        expected = ctl_json("replay", "--log", log, "--state", state)["digest"]
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for args in (("append", "--as-recorded", "--log", log, lines), ("tick", "--log", log, "--until", AT),
                     ("replay", "--log", log, "--state", state), ("replay", "--log", log, "--state", os.path.join(disk, "new")),
                     ("rebuild", "--log", log, "--state", state), ("init", "--log", os.path.join(disk, "other"))):
            code, _, err = run(*args)
            self.assertIn(code, (4, 6), f"{args}: {err}")
            self.assertIn("Read-only file system", err)
            self.assertIn(disk, err)
        run("case", "list", "--state", state, check=0)
        self.export(log, self.path("all.refund"))
        self.assertEqual(ctl_json("replay", "--file", self.path("all.refund"), "--state", self.path("new"))["digest"], expected)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        run("verify", "--log", log, "--state", state, check=0)


if __name__ == "__main__":
    ctl.main()
