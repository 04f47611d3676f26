#!/usr/bin/env python3
"""A payment provider's settlement file against the legs: each kind of difference is found where it is
made, and nothing else is; what is not as it must be is named by its line; answers bring legs up to date."""
import csv
import io
import json
import shutil

import ctl

# The provider never sees these.
OUTSIDE = {"VOUCHER", "POINTS", "COINS", "COUPON_RESTORE", "GIFTCARD_RESTORE", "CREDIT_CANCEL", "OFFLINE"}
HEADER = ["leg", "amount", "currency", "status", "reference", "settled_at"]


class Reconcile(ctl.CtlTest):
    @classmethod
    def setUpClass(cls):
        cls.shared = ctl.tempfile.mkdtemp(prefix="refund-reconcile-")
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        cls.log, cls.state = cls.shared + "/log", cls.shared + "/state"
        events = cls.shared + "/events.jsonl"
        ctl.ctl("bench", "generate", "--events", 4000, "--seed", 5, "--out", events, check=0)
        # Without the Ticks at the end, so that legs still wait for their answers.
        with open(events, encoding="utf-8") as file:
            lines = file.read().split("\n")[:4000]
        with open(events, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        ctl.ctl("append", "--as-recorded", "--log", cls.log, events, check=0)
        ctl.ctl("replay", "--log", cls.log, "--state", cls.state, check=0)
        cls.references = {}
        for line in lines:
            event = json.loads(line)
            if event.get("type") == "RefundPaid" and event["actor"]["role"] == "PSP":
                cls.references.setdefault(event["body"]["leg"], event["body"]["reference"])

    def legs(self, state, of=None):
        out = ctl.ctl("legs", "--state", of or self.state, "--in", state, "--limit", 100000, "--json", check=0)[1]
        rows = [json.loads(each) for each in out.strip().split("\n")][:-1]
        return [each for each in rows if each["kind"] not in OUTSIDE]

    def row(self, leg, status="SETTLED", **other):
        row = {"leg": leg["leg"], "amount": leg["amount"], "currency": leg["currency"], "status": status,
               "reference": self.references.get(leg["leg"], "psp-1"), "settled_at": leg["since"]}
        if status == "REVERSED":
            row["amount"] = leg["reversed"]
        return {**row, **other}

    def agreeing(self):
        rows = [self.row(each) for each in self.legs("SETTLED")]
        for each in self.legs("REVERSED"):
            rows += [self.row(each), self.row(each, "REVERSED", reference="psp-r")]
        return rows

    def file(self, rows, name="settled.csv"):
        text = io.StringIO()
        writer = csv.DictWriter(text, HEADER, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        return self.write(name, text.getvalue())

    def reconcile(self, rows, *flags):
        code, out, err = ctl.ctl("reconcile", "--state", self.state, "--file", self.file(rows), *flags, "--json")
        self.assertIn(code, (0, 1), err)
        lines = [json.loads(each) for each in out.strip().split("\n")]
        found = [each for each in lines if "finding" in each]
        self.assertEqual(lines[-1]["differences"], len(found))
        self.assertEqual(code, 1 if found else 0)
        return found, lines

    def found(self, rows, *flags):
        return [(each["finding"], each["leg"]) for each in self.reconcile(rows, *flags)[0]]

    def test_a_file_that_says_what_we_say(self):
        rows = self.agreeing()
        self.assertGreater(len(rows), 200)
        found, lines = self.reconcile(rows)
        self.assertEqual(found, [])
        sums = {(each["sum"], each["status"]): each["amount"] for each in lines if "sum" in each}
        self.assertEqual(sums["file", "SETTLED"], sum(each["amount"] for each in rows if each["status"] == "SETTLED"))
        self.assertEqual(sums["file", "SETTLED"], sums["ours", "SETTLED"] + sums["ours", "REVERSED"])
        code, out, _ = ctl.ctl("reconcile", "--state", self.state, "--file", self.file(rows))
        self.assertEqual((code, "all agree" in out), (0, True))

    def test_each_difference_is_found(self):
        rows = self.agreeing()
        settled = [n for n, each in enumerate(rows) if each["status"] == "SETTLED"]
        settled = [n for n in settled if sum(each["leg"] == rows[n]["leg"] for each in rows) == 1][5:]
        want = []

        def change(kind, **other):
            row = rows[settled.pop()]
            row.update(other)
            want.append((kind, row["leg"]))

        change("AMOUNT", amount=1)
        change("CURRENCY", currency="USD")
        change("REFERENCE", reference="psp-another")
        change("STATUS", status="FAILED")
        rows.append(dict(rows[settled[-1]]))
        want.append(("PAID_TWICE", rows[settled.pop()]["leg"]))
        gone = rows[settled.pop()]
        rows.remove(gone)
        want.append(("NOT_IN_FILE", gone["leg"]))
        rows.append({**rows[0], "leg": "ab" * 16})
        want.append(("UNKNOWN_LEG", "ab" * 16))
        for state in ("SUBMITTED", "OWED", "VOID"):
            leg = self.legs(state)[0]
            rows.append(self.row(leg, settled_at=rows[0]["settled_at"]))
            want.append(("STATUS", leg["leg"]))
        self.assertEqual(sorted(self.found(rows)), sorted(want))
        code, out, _ = ctl.ctl("reconcile", "--state", self.state, "--file", self.file(rows))
        self.assertEqual(code, 1)
        for kind, leg in want:
            self.assertTrue(any(kind in line and leg in line for line in out.split("\n")), (kind, leg))

    def test_only_what_lies_in_the_files_range_is_missed(self):
        rows = sorted(self.agreeing(), key=lambda each: each["settled_at"])
        part = rows[len(rows) // 3:len(rows) // 2]
        missed = self.found(part)
        ends = {part[0]["settled_at"], part[-1]["settled_at"]}
        outside = {each["leg"] for each in rows if each not in part and each["settled_at"] not in ends}
        self.assertEqual([leg for kind, leg in missed if kind == "NOT_IN_FILE" and leg in outside], [])
        more = self.found(part, "--since", rows[0]["settled_at"])
        self.assertIn(("NOT_IN_FILE", rows[0]["leg"]), more)
        late = self.found(part, "--until", "2039-01-01T00:00:00Z")
        self.assertIn(("NOT_IN_FILE", rows[-1]["leg"]), late)

    def test_every_bad_line_is_named(self):
        leg = self.legs("SETTLED")[0]["leg"]
        good = f'{leg},1,CNY,SETTLED,"psp, with ""quotes"" and\na line"'
        path = self.write("bad.csv", "\n".join([
            "leg,amount,currency,status,reference", good.replace("and\n", "and "), "short,1,CNY,SETTLED,x",
            f"{leg},59.90,CNY,SETTLED,x", f"{leg},1,XXX,PAID,x", f"{leg},1,CNY,SETTLED", f'{leg},1,CNY,SETTLED,a"b',
            f"{leg},1,CNY,SETTLED,", ""]))
        code, out, err = ctl.ctl("reconcile", "--state", self.state, "--file", path)
        self.assertEqual((code, out), (2, ""))
        for number, words in ((3, "leg: expected 32 hex digits"), (4, "amount: "), (5, "currency: "), (5, "status: "),
                              (6, "expected 5 fields, found 4"), (7, "quote"), (8, "reference: ")):
            self.assertTrue(any(line.startswith(f"{path}:{number}:") and words in line for line in err.split("\n")),
                            (number, words, err))
        self.assertNotIn(f"{path}:2:", err)
        out = ctl.ctl("reconcile", "--state", self.state, "--file", path, "--json", check=2)[1]
        self.assertEqual([json.loads(each)["line"] for each in out.strip().split("\n")], [3, 4, 5, 6, 7, 8])
        # A newline in quotes counts as a line of the file.
        path = self.write("two.csv", f"leg,amount,currency,status,reference\n{leg},1,CNY,SETTLED,\"a\nb\"\nx,1,CNY,SETTLED,x\n")
        err = ctl.ctl("reconcile", "--state", self.state, "--file", path, check=2)[2]
        self.assertIn(f"{path}:4: leg", err)
        for header in ("leg,amount", "leg,amount,currency,status,reference,fee", "leg,leg,amount,currency,status,reference", ""):
            path = self.write("header.csv", header + "\n")
            self.assertIn(f"{path}:1:", ctl.ctl("reconcile", "--state", self.state, "--file", path, check=2)[2])
        ctl.ctl("reconcile", "--state", self.state, "--file", self.path("none.csv"), check=2)
        ctl.ctl("reconcile", "--state", self.path("none"), "--file", self.file([]), check=2)

    def test_answers_bring_legs_up_to_date(self):
        waiting = self.legs("SUBMITTED")
        self.assertGreater(len(waiting), 3)
        paid, failed, other = waiting[0], waiting[1], waiting[2]
        rows = [self.row(paid, reference="psp-late"), self.row(failed, "FAILED", reference="psp-f"),
                self.row(other, amount=other["amount"] + 1)]
        answers = self.path("answers.jsonl")
        found, _ = self.reconcile(rows, "--until", "2000-01-01T00:00:00Z", "--answers", answers)
        self.assertEqual(sorted(each["leg"] for each in found), sorted(
            [paid["leg"], failed["leg"], other["leg"], other["leg"]]))
        with open(answers, encoding="utf-8") as file:
            said = [json.loads(each) for each in file]
        self.assertEqual(sorted((each["type"], each["body"]["leg"]) for each in said),
                         [("RefundFailed", failed["leg"]), ("RefundPaid", paid["leg"])])
        log, state = self.path("log"), self.path("state")
        shutil.copytree(self.log, log)
        shutil.copytree(self.state, state)
        ctl.ctl("append", "--log", log, answers, check=0)
        again = ctl.ctl_json("append", "--log", log, answers)
        ctl.ctl("replay", "--log", log, "--state", state, check=0)
        self.assertIn(paid["leg"], [each["leg"] for each in self.legs("SETTLED", state)])
        self.assertNotIn(failed["leg"], [each["leg"] for each in self.legs("SUBMITTED", state)])
        self.assertEqual(again["lines"], 2)


if __name__ == "__main__":
    ctl.main()
