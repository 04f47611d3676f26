#!/usr/bin/env python3
"""The forms of refundctl that scripts rely on: outputs, exit codes, and what bad input is told."""
import json
import os
import shutil
import subprocess
import unittest

import ctl
from ctl import ctl_json
from ctl import ctl as run

AT = "2024-03-01T10:00:00+08:00"


def line(id="e1", type="OrderPaid", key="o/TAOBAO/1", at=AT, role="PLATFORM", body=None, **extra):
    body = body if body is not None else {"buyer": "b", "merchant": "m", "lines": [
        {"line": "1", "sku": "s", "quantity": 1, "paid": {"units": 5990, "currency": "CNY"}}]}
    return {"id": id, "type": type, "key": key, "occurred_at": at, "actor": {"role": role, "id": "x"},
            "recorded_at": at, "body": body, **extra}


def ask(id="e2", at="2024-03-01T11:00:00+08:00", units=5990, **extra):
    return line(id, "RefundRequested", at=at, role="BUYER", body={
        "kind": "REFUND_ONLY", "units": {"line": "1", "quantity": 1},
        "ask": {"units": units, "currency": "CNY"}, "reason": "TASTE"}, **extra)


class Cli(ctl.CtlTest):
    def jsonl(self, *lines):
        return self.write("in.jsonl", "".join(json.dumps(each) + "\n" for each in lines))

    def append(self, *lines, check=0):
        return run("append", "--as-recorded", "--json", "--log", self.path("log"), self.jsonl(*lines), check=check)

    def test_append_acknowledges_each_line_and_sums_up(self):
        _, out, _ = self.append(line(), ask())
        acks = [json.loads(each) for each in out.strip().split("\n")]
        self.assertEqual([(a["line"], a["id"]) for a in acks[:2]], [(1, "e1"), (2, "e2")])
        self.assertEqual(acks[0]["partition"], acks[1]["partition"])
        self.assertEqual(acks[1]["offset"], acks[0]["offset"] + 1)
        self.assertEqual(acks[2], {"lines": 2, "appended": 2, "already_there": 0, "errors": 0})

    def test_a_bad_line_is_told_where_and_why_and_the_good_ones_go_in(self):
        bad = ask()
        bad["body"]["ask"]["units"] = 59.9
        path = self.jsonl(line(), bad, ask("e3"))
        code, out, err = run("append", "--as-recorded", "--log", self.path("log"), path)
        self.assertEqual(code, 1)
        self.assertIn(f"{path}:2: /body/ask/units: expected", err)
        self.assertIn("2 appended", out)
        self.assertIn("1 errors", out)

    def test_recorded_at_may_not_go_back(self):
        _, out, _ = self.append(line(), ask(), line("e9", key="o/TAOBAO/2"), check=1)
        error = json.loads(out.strip().split("\n")[2])
        self.assertEqual(error["error"]["pointer"], "/recorded_at")
        self.assertIn("2024-03-01T11:00:00.000+08:00", error["error"]["expected"])

    def test_a_line_sent_again_after_a_kill_is_acknowledged_where_it_lies(self):
        _, first, _ = self.append(line(), ask())
        _, again, _ = self.append(line(), ask())
        self.assertEqual(json.loads(first.split("\n")[0])["offset"], json.loads(again.split("\n")[0])["offset"])
        self.assertTrue(json.loads(again.split("\n")[0])["was_there"])

    def test_without_as_recorded_the_stamp_is_at_least_the_highest(self):
        run("init", "--log", self.path("log"), "--at", AT, check=0)
        run("tick", "--log", self.path("log"), "--until", "2099-01-01T00:00:00+08:00", check=0)
        claim = line()
        del claim["recorded_at"]
        run("append", "--log", self.path("log"), self.jsonl(claim), check=0)
        result = ctl_json("replay", "--log", self.path("log"), "--state", self.path("state"))
        self.assertEqual(result["quarantined"], 0)

    def test_recorded_at_is_refused_without_as_recorded_and_required_with_it(self):
        code, _, err = run("append", "--log", self.path("log"), self.jsonl(line()))
        self.assertEqual(code, 1)
        self.assertIn("/recorded_at", err)
        claim = line()
        del claim["recorded_at"]
        code, _, err = run("append", "--as-recorded", "--log", self.path("log"), self.jsonl(claim))
        self.assertEqual(code, 1)
        self.assertIn("recorded_at", err)

    def test_stdin_is_a_file(self):
        text = json.dumps(line()) + "\n" + json.dumps(ask())  # no newline at the end
        _, out, _ = run("append", "--as-recorded", "--json", "--log", self.path("log"), "-", stdin=text, check=0)
        self.assertEqual(json.loads(out.strip().split("\n")[-1])["appended"], 2)

    def test_append_makes_the_log_with_the_packs_at_the_first_lines_time(self):
        self.append(line(), ask())
        result = ctl_json("replay", "--log", self.path("log"), "--state", self.path("state"))
        self.assertEqual((result["refused"], result["quarantined"]), (0, 0))
        self.assertEqual(len(result["digests"]), 4)

    def test_counts_say_what_became_of_each_record(self):
        self.append(line(), ask(), ask("e2", at="2024-03-01T12:00:00+08:00", units=1),
                    ask("e2", at="2024-03-01T11:00:00+08:00", recorded_at="2024-03-01T12:00:00+08:00"),
                    ask("e4", at="2024-03-01T12:00:00+08:00"),
                    {"raw": "AAAA", "partition": 0, "recorded_at": "2024-03-01T12:00:00+08:00"})
        r = ctl_json("replay", "--log", self.path("log"), "--state", self.path("state"))
        self.assertEqual((r["refused"], r["duplicates"], r["conflicts"], r["quarantined"]), (1, 1, 1, 1))
        self.assertEqual(r["events"], r["applied"] + r["refused"] + r["duplicates"] + r["conflicts"])
        self.assertEqual(r["read"], r["events"] + r["quarantined"])
        _, out, _ = run("quarantine", "list", "--state", self.path("state"), "--json", check=0)
        self.assertIn('"partition":0', out)

    def test_case_by_id_by_prefix_by_order_key_and_unknown(self):
        self.append(line(), ask())
        ctl_json("replay", "--log", self.path("log"), "--state", self.path("state"))
        state = ["--state", self.path("state")]
        shown = ctl_json("case", "show", *state, "o/TAOBAO/1")
        case = shown["case"]["id"] if "case" in shown else shown["id"]
        for name in (case, case[:6]):
            self.assertIn(case, run("case", "show", *state, name, "--json", check=0)[1])
        code, _, err = run("case", "show", *state, "ffffffffff")
        self.assertEqual(code, 2)
        self.assertIn("ffffffffff", err)

    def test_a_second_replay_compares_its_digest_at_the_committed_cursor(self):
        self.append(line(), ask())
        first = ctl_json("replay", "--log", self.path("log"), "--state", self.path("a"))
        second = ctl_json("replay", "--log", self.path("log"), "--state", self.path("b"))
        self.assertEqual(first["digest"], second["digest"])
        run("verify", "--log", self.path("log"), "--state", self.path("b"), check=0)

    def test_exit_codes(self):
        self.append(line(), ask())
        log, state = self.path("log"), self.path("state")
        run("replay", "--log", log, "--state", state, check=0)
        run("no-such-command", check=2)
        run("replay", "--log", log, check=2)
        run("replay", "--log", log, "--file", "x", "--state", state, check=2)
        run("tick", "--log", log, "--until", "yesterday", check=2)
        run("case", "list", "--state", self.path("nowhere"), check=2)
        run("replay", "--log", self.path("nowhere"), "--state", self.path("s2"), check=4)
        run("replay", "--file", self.path("nowhere"), "--state", self.path("s2"), check=4)
        run("init", "--log", log, check=6)
        bad = self.write("bad.toml", "platform = \"TAOBAO\"\nx = 1.5\n")
        run("policy", "lint", bad, check=3)
        run("policy", "publish", "--log", log, bad, check=3)
        other = self.path("other")
        run("init", "--log", other, check=0)
        run("replay", "--log", other, "--state", state, check=6)
        ctl_json("export", "--log", log, "--out", self.path("x.log"))
        run("replay", "--file", self.path("x.log"), "--state", self.path("s3"), check=0)
        self.append(ask("e5", at="2024-03-02T11:00:00+08:00"))
        run("replay", "--log", log, "--state", self.path("s3"), check=0)

    def test_a_state_past_the_committed_outputs_is_refused_with_5(self):
        self.append(line(), ask())
        log = self.path("log")
        ctl_json("export", "--log", log, "--out", self.path("x.log"))
        run("replay", "--file", self.path("x.log"), "--state", self.path("s"), check=0)
        code, _, err = run("replay", "--log", log, "--state", self.path("s"))
        self.assertEqual(code, 5)
        self.assertIn("past the outputs committed beside the log", err)

    def test_a_rewritten_log_is_found_by_the_last_record(self):
        self.append(line(), ask())
        log, state = self.path("log"), self.path("state")
        run("replay", "--log", log, "--state", state, check=0)
        shutil.rmtree(os.path.join(log, "outputs"))
        code, _, err = run("replay", "--log", log, "--state", state)
        self.assertEqual(code, 5)

    def test_an_export_overwrites_nothing_but_an_export(self):
        self.append(line(), ask())
        log = self.path("log")
        for target in ("log.meta", "events/0000/00000000000000000000.seg"):
            run("export", "--log", log, "--out", os.path.join(log, target), check=6)
        run("export", "--log", log, "--out", self.path("x.log"), check=0)
        run("export", "--log", log, "--out", self.path("x.log"), check=0)
        run("replay", "--log", log, "--state", self.path("s"), check=0)

    def test_lost_outputs_are_found_by_verify_and_by_replay(self):
        self.append(line(), ask())
        log, state = self.path("log"), self.path("s")
        run("replay", "--log", log, "--state", state, check=0)
        for folder, _, names in os.walk(os.path.join(log, "outputs")):
            for name in names:
                if name.endswith(".seg") and os.path.getsize(os.path.join(folder, name)):
                    with open(os.path.join(folder, name), "r+b") as file:
                        file.truncate(os.path.getsize(file.name) - 1)
        code, out, _ = run("verify", "--log", log, "--state", state)
        self.assertEqual(code, 1, out)
        self.assertIn("the outputs beside the log only at", out)
        run("replay", "--log", log, "--state", state, check=5)

    def test_two_replays_of_one_log_at_once_leave_one_that_finishes(self):
        self.append(line(), ask())
        command = [os.path.join(ctl.BIN, "refundctl"), "replay", "--log", self.path("log"), "--state", self.path("s")]
        for _ in range(5):
            shutil.rmtree(self.path("s"), True)
            both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
            codes = sorted(each.wait() for each in both)
            self.assertEqual(codes[0], 0)
            self.assertIn(codes[1], (0, 6))

    def test_a_published_pack_never_changes(self):
        log = self.path("log")
        run("init", "--log", log, "--at", AT, check=0)
        with open(os.path.join(ctl.ROOT, "policies/taobao/2023-12-31.toml"), encoding="utf-8") as file:
            changed = self.write("changed.toml", file.read().replace('"48h"', '"47h"', 1))
        code, _, err = run("policy", "publish", "--log", log, changed)
        self.assertEqual(code, 3)
        self.assertIn("never changes", err)

    def test_lost_output_is_not_success(self):
        self.append(line(), ask())
        command = [os.path.join(ctl.BIN, "refundctl"), "export", "--log", self.path("log"), "--out", self.path("x.log")]
        with open("/dev/full", "w", encoding="utf-8") as full:
            self.assertEqual(subprocess.run(command, stdout=full, stderr=subprocess.DEVNULL).returncode, 4)

    def test_an_unknown_command_is_named(self):
        code, _, err = run("frob")
        self.assertEqual(code, 2)
        self.assertIn("frob", err)

    def test_a_tick_is_the_platforms(self):
        tick = {"id": "t", "type": "Tick", "occurred_at": AT, "actor": {"role": "BUYER", "id": "b"}, "recorded_at": AT, "body": {}}
        _, out, _ = self.append(tick, check=1)
        self.assertIn("/actor/role", out)

    def test_policies_are_published_once(self):
        log = self.path("log")
        run("init", "--log", log, "--packs", "none", "--at", AT, check=0)
        pack = os.path.join(ctl.ROOT, "policies/taobao/2023-12-31.toml")
        first = ctl_json("policy", "publish", "--log", log, "--at", AT, pack)
        again = ctl_json("policy", "publish", "--log", log, "--at", AT, pack)
        self.assertEqual((first["published"], again["published"]), (True, False))
        run("policy", "publish", "--log", log, "--at", "2023-01-01T00:00:00+08:00", pack, check=2)
        self.append(line(), ask())
        result = ctl_json("replay", "--log", log, "--state", self.path("state"))
        self.assertEqual(result["refused"], 0)

    def test_packs_are_tested_compared_and_explained(self):
        old, new = (os.path.join(ctl.ROOT, f"policies/taobao/{each}.toml") for each in ("2023-12-31", "2024-08-09"))
        self.assertIn(" 0 failed", run("policy", "test", old, new, check=0)[1])
        with open(old, encoding="utf-8") as file:
            wrong = self.write("wrong.toml", file.read().replace('expect = "DIRECT"', 'expect = "SELLER"', 1))
        self.assertIn("21 bad reviews, and a complaint", run("policy", "test", wrong, check=3)[1])
        changed = run("policy", "diff", old, new)[1]
        self.assertIn("direct-ruling-of-marked-seller", changed)
        self.assertIn("Examples decided differently", changed)
        code, out, _ = run("policy", "explain", old, "route", "kind=REFUND_ONLY", "reason=QUALITY", "complained=YES",
                           "seller_standing=MARKED")
        self.assertEqual(code, 0)
        self.assertIn("direct-ruling-of-marked-seller", out)
        run("policy", "explain", old, "route", "kind=NO_SUCH_KIND", "reason=QUALITY", check=2)

    def test_without_a_pack_a_request_is_refused(self):
        run("init", "--log", self.path("log"), "--packs", "none", "--at", AT, check=0)
        self.append(line(), ask())
        self.assertEqual(ctl_json("replay", "--log", self.path("log"), "--state", self.path("s"))["refused"], 1)

    def test_ticks_at_intervals(self):
        log = self.path("log")
        run("init", "--log", log, "--at", AT, check=0)
        made = ctl_json("tick", "--log", log, "--until", "2024-03-02T10:00:00+08:00", "--every", "6h")
        self.assertEqual(made["ticks"], 4)
        run("tick", "--log", log, "--until", "1709258400000", check=2)  # before the highest stamp

    def test_every_schema_example_goes_in(self):
        _, out, _ = run("schema", "--json", check=0)
        kinds = [json.loads(each) for each in out.strip().split("\n")]
        names = {k.get("type") or k.get("name") for k in kinds}
        self.assertIn("EvidenceSubmitted", names)
        self.assertGreaterEqual(len(names), 41)
        for name in names:
            run("schema", name, check=0)
        run("schema", "NoSuchEvent", check=2)

    def test_machines_from_the_code(self):
        _, out, _ = run("machines", check=0)
        for label in ("9-L1", "a12a-L1", "m18", "F10"):
            self.assertIn(label, out)
        self.assertIn("stateDiagram-v2", run("machines", "--mermaid", check=0)[1])
        json.loads(run("machines", "--json", check=0)[1].strip().split("\n")[0])

    def test_help_reads_well(self):
        _, out, _ = run("--help", check=0)
        for word in ("append", "replay", "case", "Exit codes"):
            self.assertIn(word, out)

    def refuses_another_pack(self, line):
        """A line that publishes a pack is held to what `policy publish` is."""
        for name, value, why in (("digest", "0" * 64, "/body/digest: expected"), ("pack", "cGFjaw==", "/body/pack: expected a pack")):
            published = json.loads(line)
            published["body"][name] = value
            with open(self.path("pack.jsonl"), "w", encoding="utf-8") as file:
                file.write(json.dumps(published) + "\n")
            said = ctl.ctl("append", "--as-recorded", "--log", self.path("packs"), self.path("pack.jsonl"), check=1)[2]
            self.assertIn(why, said)

    def test_a_claim_that_was_checkpointed_is_known_when_it_comes_again(self):
        log, state = self.path("log"), self.path("state")
        self.append(line(), ask())
        run("replay", "--log", log, "--state", state, check=0)
        noon = "2024-03-01T12:00:00+08:00"
        self.append(ask("e2", at=noon, units=1), ask("e2", recorded_at=noon))
        once = ctl_json("replay", "--log", log, "--state", state)
        self.assertEqual((once["duplicates"], once["conflicts"]), (1, 1))
        self.append(ask("e2", at=noon, units=1, recorded_at="2024-03-01T13:00:00+08:00"))  # the conflict again
        again = ctl_json("replay", "--log", log, "--state", state)
        self.assertEqual((again["duplicates"], again["conflicts"]), (2, 1))
        whole = ctl_json("replay", "--log", log, "--state", self.path("whole"))
        self.assertEqual(again["digest"], whole["digest"])
        run("verify", "--log", log, "--state", state, check=0)
        shown = json.loads(run("order", "show", "o/TAOBAO/1", "--state", state, "--json", check=0)[1])
        self.assertIn("conflict", json.dumps(shown))

    def test_generate_makes_the_same_log_of_the_past_for_the_same_seed(self):
        made = ["bench", "generate", "--events", 2000]
        file, log, state = self.path("made.jsonl"), self.path("made"), self.path("made-state")
        told = ctl_json(*made, "--seed", 3, "--out", file)
        self.assertEqual(told["events"], 2000)
        self.assertGreater(told["events_that_move"], 0.4)
        with open(file, encoding="utf-8") as text:
            lines = text.read()
        self.assertEqual(ctl.ctl(*made, "--seed", 3, "--out", "-", check=0)[1], lines)
        self.assertNotEqual(ctl.ctl(*made, "--seed", 4, "--out", "-", check=0)[1], lines)
        appended = ctl_json("append", "--as-recorded", "--log", log, file)
        self.assertEqual(appended["appended"], 2000 + told["closing"])
        replayed = ctl_json("replay", "--log", log, "--state", state)
        for what in ("duplicates", "conflicts"):
            self.assertEqual(replayed[what], told[what], what)
        self.assertGreaterEqual(replayed["refused"], told["refused"])  # accounts refuse draws besides
        self.assertEqual((replayed["quarantined"], replayed["due_unfired"]), (told["raw"], 0))
        # Through intake without a file: the same log, and what is there is there.
        for straight in (self.path("straight"), log):
            ctl.ctl(*made, "--seed", 3, "--to-kafka", straight, check=0)
            again = ctl_json("replay", "--log", straight, "--state", straight + "-state")
            self.assertEqual(again["digest"], replayed["digest"])
        # A log that was opened later does not take records of the past.
        ctl.ctl("init", "--log", self.path("late"), "--at", "2026-01-01T00:00:00Z", check=0)
        said = ctl.ctl(*made, "--seed", 3, "--to-kafka", self.path("late"), check=6)[2]
        self.assertIn("PolicyPublished", said)
        ctl.ctl(*made, check=2)
        ctl.ctl(*made, "--out", file, "--to-kafka", log, check=2)
        self.refuses_another_pack(lines.split("\n")[0])
        ctl.ctl(*made, "--out", self.path("no/such/directory"), check=2)


if __name__ == "__main__":
    ctl.main()
