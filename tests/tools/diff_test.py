#!/usr/bin/env python3
"""`policy diff`: which cases of a log another pack decides differently. What is expected here was worked
out by hand from the scripts in tests/cases/scripts, before the command was first run."""
import json
import os
import unittest

import ctl
from ctl import ctl_json
from ctl import ctl as run

OLD, NEW = "taobao/2023-12-31", "taobao/2024-08-09"


def orders(diff):
    return [case["order"].split("/")[-1] for case in diff["cases"]]


def case_of(diff, order):
    return next(case for case in diff["cases"] if case["order"].endswith("/" + order))


class Diff(ctl.CtlTest):
    def changed(self, what, to, name=OLD):
        """The file of a bundled pack, with one passage changed."""
        with open(os.path.join(ctl.ROOT, "policies", name + ".toml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(what, text)
        return self.write("changed.toml", text.replace(what, to, 1))

    def shorter_review(self):
        return self.changed('[deadlines.T1]                          # the seller answers\nlimit = "48h"',
                            '[deadlines.T1]\nlimit = "47h"')

    def test_a_pack_against_itself(self):
        diff = ctl_json("policy", "diff", OLD, OLD)
        self.assertEqual((diff["changes"], diff["cases"], diff["money"]), ([], [], []))
        self.assertEqual(diff["cases_compared"], 44)
        out = run("policy", "diff", OLD, OLD, check=0)[1]
        self.assertIn("44 cases on 42 orders of the bundled disputes none is decided differently", out)

    def test_another_text_decides_nothing_differently(self):
        other = self.changed('"Taobao, direct ruling on marked sellers"', '"Taobao as it was"')
        self.assertEqual(ctl_json("policy", "diff", OLD, other)["cases"], [])

    def test_one_hour_less_for_the_seller(self):
        """t1-sharp: the seller refused at 48 h sharp, now an hour too late, so silence accepts 25.00. t1-late: never
        answered; silence accepts an hour sooner. Everybody else answered within 47 h, or under another pack."""
        diff = ctl_json("policy", "diff", OLD, self.shorter_review())
        self.assertEqual(orders(diff), ["t1-late", "t1-sharp"])
        self.assertEqual(diff["money"], [{"units": 2500, "currency": "CNY"}])
        late, sharp = diff["cases"]
        self.assertEqual(late["differences"], ["TIME"])
        self.assertEqual(late["money"]["units"], 0)
        (decision,) = late["decisions"]
        self.assertEqual((decision["was"]["at"], decision["now"]["at"]),
                         ("2024-03-03T10:00:00.001+08:00", "2024-03-03T09:00:00.001+08:00"))
        self.assertEqual(late["first_cause"]["was"]["cause"], "T1 of SELLER passed")
        self.assertEqual(late["first_cause"]["now"]["at"], "2024-03-03T09:00:00.001+08:00")
        self.assertEqual(sharp["differences"], ["ADDED", "REMOVED", "END"])
        self.assertEqual(sharp["money"], {"units": 2500, "currency": "CNY"})
        removed, added = sharp["decisions"]
        self.assertEqual((removed["was"]["basis"], removed["now"]), ("REFUSAL_STANDS", None))
        self.assertEqual((added["was"], added["now"]["basis"]), (None, "TIMEOUT"))
        self.assertIn("silence-accepts", [rule["rule"] for rule in added["now"]["rules"]])
        self.assertIn("RefundRejected", sharp["first_cause"]["was"]["cause"])
        self.assertEqual(sharp["first_cause"]["now"]["cause"], "T1 of SELLER passed")
        self.assertIn("RefundRejected", sharp["counterfactual"]["cause"])
        self.assertEqual(sharp["counterfactual"]["result"], "REFUSED")

    def test_no_direct_ruling_on_marked_sellers(self):
        """SY-11 and SY-13: 21 bad reviews, 6 violations, and the complaint a millisecond before 9 August. The seller is
        asked instead, and silent for 48 hours."""
        diff = ctl_json("policy", "diff", OLD, NEW)
        self.assertEqual(orders(diff), ["sy-11-a", "sy-11-b", "sy-13-before"])
        self.assertEqual(diff["money"], [])
        case = case_of(diff, "sy-11-a")
        self.assertEqual(case["differences"][:2], ["ADDED", "REMOVED"])
        removed, added = case["decisions"]
        self.assertIn("direct-ruling-of-marked-seller", [rule["rule"] for rule in removed["was"]["rules"]])
        self.assertEqual((added["now"]["basis"], added["now"]["at"]), ("TIMEOUT", "2024-03-03T10:00:00.001+08:00"))
        self.assertIn("RefundPaid", case["counterfactual"]["cause"])  # the log pays a leg that is not there
        out = run("policy", "diff", OLD, NEW, check=0)[1]
        self.assertIn("o/TAOBAO/sy-11-a case 1", out)
        self.assertIn("direct-ruling-of-marked-seller (TB-20)", out)

    def test_another_payer(self):
        """Who bears it is a part of the decision: answers, where the carrier was at fault, and no other bundled case of
        that pack found the carrier liable."""
        carrier = self.changed('then = "FUND"', 'then = "PLATFORM"')
        diff = ctl_json("policy", "diff", OLD, carrier)
        self.assertEqual(orders(diff), ["answers"])
        self.assertEqual(diff["cases"][0]["differences"], ["PAYER"])
        self.assertEqual(diff["money"], [])

    def test_a_kind_that_is_not_taken(self):
        """Refund-only from an hour later: sy-10 asked on the first instant, and no case is opened then."""
        later = self.changed("from = 2024-01-01T00:00:00+08:00", "from = 2024-01-01T01:00:00+08:00")
        diff = ctl_json("policy", "diff", OLD, later)
        self.assertEqual(orders(diff), ["sy-10"])
        self.assertEqual(diff["cases"][0]["differences"], ["REMOVED", "END"])
        self.assertEqual(diff["cases"][0]["ends"]["now"], None)
        self.assertEqual(diff["money"], [{"units": -4900, "currency": "CNY"}])

    def test_a_pack_that_is_not_on_the_log(self):
        mine = self.shorter_review()
        diff = ctl_json("policy", "diff", mine, OLD)
        self.assertIsNone(diff["cases"])
        self.assertIn("is not published on the bundled disputes", diff["why"])
        self.assertIn("is not published on the bundled disputes", run("policy", "diff", mine, OLD, check=0)[1])

    def test_another_log(self):
        """Disputes of another time, as lines, as a log, and as an exported log: the same answer, and the log untouched."""
        with open(os.path.join(ctl.ROOT, "examples/disputes.jsonl"), encoding="utf-8") as file:
            lines = [line for line in file if '"o/TAOBAO/t1-late"' in line or '"Tick"' in line]
        path = self.write("some.jsonl", "".join(lines))
        log, exported = self.path("log"), self.path("some.log")
        run("append", "--as-recorded", "--log", log, path, check=0)
        self.export(log, exported)
        before = ctl_json("replay", "--log", log, "--state", self.path("before"))
        shorter = self.shorter_review()
        for each in (path, log, exported):
            diff = ctl_json("policy", "diff", "--log", each, OLD, shorter)
            self.assertEqual((orders(diff), diff["cases_compared"], diff["log"]), (["t1-late"], 1, each))
        self.assertEqual(ctl_json("replay", "--log", log, "--state", self.path("after"))["digest"], before["digest"])
        run("verify", "--log", log, "--state", self.path("before"), check=0)

    def test_what_does_not_work(self):
        run("policy", "diff", "--log", self.path("nowhere"), OLD, NEW, check=4)
        bad = self.write("bad.jsonl", '{"id":1}\n')
        code, _, err = run("policy", "diff", "--log", bad, OLD, NEW)
        self.assertEqual(code, 2)
        self.assertIn("bad.jsonl: line 1: ", err)
        run("policy", "diff", OLD, self.write("bad.toml", "x = 1.5\n"), check=3)
        run("policy", "diff", OLD, check=2)


if __name__ == "__main__":
    ctl.main()
