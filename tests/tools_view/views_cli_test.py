#!/usr/bin/env python3
"""Views, pictures and care by the real command line, over the bundled disputes."""
import json
import os
import shutil
import subprocess
import sys
import threading
import xml.dom.minidom

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import ctl  # noqa: E402
from ctl import ctl as run  # noqa: E402
from ctl import ctl_json  # noqa: E402

EXAMPLES = os.path.join(ctl.ROOT, "examples/disputes.jsonl")


def lines(text):
    return [json.loads(line) for line in text.strip().split("\n")]


def unfinished(n):
    at = f"2029-01-01T10:0{n}:00.000+08:00"
    money = {"units": 5990, "currency": "CNY"}
    claim = {"key": f"o/TAOBAO/open-{n}", "occurred_at": at, "recorded_at": at}
    yield {**claim, "id": "p", "type": "OrderPaid", "actor": {"role": "PLATFORM", "id": "x"}, "body": {
        "buyer": "b", "merchant": "m", "lines": [{"line": "1", "sku": "s", "quantity": 1, "paid": money}]}}
    yield {**claim, "id": "r", "type": "RefundRequested", "actor": {"role": "BUYER", "id": "b"}, "body": {
        "kind": "REFUND_ONLY", "units": {"line": "1", "quantity": 1}, "ask": money, "reason": "TASTE"}}


class Views(ctl.CtlTest):
    def setUp(self):
        super().setUp()
        self.log, self.state = self.path("log"), self.path("state")
        run("append", "--as-recorded", "--log", self.log, EXAMPLES, check=0)
        # And what is not finished: three cases that wait for their sellers.
        run("append", "--as-recorded", "--log", self.log, self.write("open.jsonl", "".join(
            json.dumps(line) + "\n" for n in range(3) for line in unfinished(n))), check=0)
        run("replay", "--log", self.log, "--state", self.state, check=0)

    def view(self, *args, check=0):
        return run(*args, "--state", self.state, check=check)[1]

    def json(self, *args):
        """The rows, and the last line."""
        rows = lines(self.view(*args, "--json"))
        return rows[:-1], rows[-1]

    def test_every_list_says_as_of_where_and_when(self):
        for command in ("queue", "due", "legs", "vouchers", "tallies", "order list"):
            rows, last = self.json(*command.split())
            self.assertEqual([each["partition"] for each in last["as_of"]], [0, 1, 2, 3], command)
            self.assertTrue(any("at" in each for each in last["as_of"]), command)
            self.assertIn("as of ", self.view(*command.split()))
            self.assertEqual(len(rows), last["orders" if command == "order list" else command])

    def test_the_queue_is_the_open_cases_and_can_be_narrowed(self):
        rows, _ = self.json("queue")
        open_cases, _ = self.json("case", "list", "--open")
        self.assertEqual({row["case"]["id"] for row in rows}, {case["id"] for case in open_cases})
        self.assertEqual([row["case"]["key"] for row in rows], [f"o/TAOBAO/open-{n}" for n in range(3)])
        some, _ = self.json("queue", "--limit", "1")
        self.assertEqual(some, rows[:1])
        self.assertEqual(self.json("queue", "--platform", "DOUYIN")[0], [])
        due, _ = self.json("due", "--until", "2029-01-03T10:00:00.001+08:00")
        self.assertIn(("o/TAOBAO/open-0", "T1"), [(each["key"], each["timer"]) for each in due])
        self.assertNotIn("o/TAOBAO/open-1", [each["key"] for each in due])
        nobody, _ = self.json("queue", "--agent", "nobody")
        self.assertEqual(nobody, [])

    def test_tallies_agree_with_the_cases(self):
        tallies, _ = self.json("tallies")
        cases, _ = self.json("case", "list")
        filed = sum(each["count"] for each in tallies if each["what"].startswith("filed "))
        self.assertEqual(filed, len([case for case in cases if not case.get("split_from")]))

    def test_orders_show_what_remains(self):
        key = self.json("case", "list")[0][0]["key"]
        shown = json.loads(self.view("order", "show", key, "--json"))
        for row in shown["ledger"]:
            self.assertEqual(row["captured"], row["given"] + row["on_its_way"] + row["remaining"])
            self.assertGreaterEqual(row["remaining"], 0)
        self.assertIn("REMAINING", self.view("order", "show", key))
        self.view("order", "show", "o/TAOBAO/no-such-order", check=2)

    def test_pictures_are_xml_and_the_same_every_time(self):
        for case in self.json("case", "list")[0]:
            svg = self.view("case", "timeline", case["id"], "--svg")
            xml.dom.minidom.parseString(svg)
            self.assertEqual(svg, self.view("case", "timeline", case["id"], "--svg"))
        xml.dom.minidom.parseString(run("machines", "--svg", check=0)[1])

    def test_rebuilt_views_say_the_same(self):
        before = [self.view(command) for command in ("queue", "due", "legs", "tallies")]
        rebuilt = lines(run("rebuild", "--log", self.log, "--state", self.state, "--json", check=0)[1])
        self.assertEqual([each["differences"] for each in rebuilt], [[]] * 4)
        self.assertTrue(all(each["serves"] and "compared_at" in each for each in rebuilt))
        self.assertEqual(before, [self.view(c) for c in ("queue", "due", "legs", "tallies")])
        run("verify", "--log", self.log, "--state", self.state, check=0)

    def test_readers_find_old_or_new_while_views_are_rebuilt(self):
        expected = self.view("queue")
        failures, done = [], threading.Event()

        def read():
            while not done.is_set():
                code, out, err = run("queue", "--state", self.state)
                if code != 0 or out != expected:
                    failures.append((code, out, err))

        readers = [threading.Thread(target=read) for _ in range(2)]
        for each in readers:
            each.start()
        for _ in range(5):
            run("rebuild", "--log", self.log, "--state", self.state, check=0)
        done.set()
        for each in readers:
            each.join()
        self.assertEqual(failures, [])

    def test_a_rebuild_that_is_killed_leaves_the_old_or_the_new(self):
        expected = self.view("queue")
        command = [os.path.join(ctl.BIN, "refundctl"), "rebuild", "--log", self.log, "--state", self.state]
        for delay in (0.005, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self.assertEqual(self.view("queue"), expected, delay)
        run("rebuild", "--log", self.log, "--state", self.state, check=0)
        left = [name for name in os.listdir(self.path("state/0000")) if name.startswith("views-")]
        self.assertEqual(len(left), 1)

    def test_the_doctor(self):
        findings = lines(run("doctor", "--state", self.state, "--log", self.log, "--json", "--deep", check=0)[1])
        self.assertNotIn("error", {each["health"] for each in findings})
        shutil.rmtree(os.path.join(self.log, "outputs"))
        out = run("doctor", "--state", self.state, "--log", self.log, check=1)[1]
        self.assertIn("error", out)
        self.assertIn("-> ", out)

    def test_what_is_quarantined_is_exported_as_lines(self):
        raw = {"raw": "AAAA", "partition": 0, "recorded_at": "2030-01-01T00:00:00.000+08:00"}
        run("append", "--as-recorded", "--log", self.log, self.write("raw.jsonl", json.dumps(raw) + "\n"), check=0)
        run("replay", "--log", self.log, "--state", self.state, check=0)
        text = self.view("quarantine", "export")
        exported = [json.loads(line) for line in text.split("\n") if line.startswith("{")]
        self.assertIn(raw, exported)
        quarantined, _ = self.json("quarantine", "list")
        self.assertEqual(len(exported), len(quarantined))
        self.assertEqual(self.json("quarantine", "parked")[1]["parked"], 0)

    def test_completion_knows_every_command(self):
        for shell in ("bash", "zsh", "fish"):
            script = run("completion", shell, check=0)[1]
            for word in ("queue", "rebuild", "doctor", "policy", "export", "timeline"):
                self.assertIn(word, script, shell)
        script = self.write("c.bash", run("completion", "bash", check=0)[1])
        check = f"source {script}; COMP_WORDS=(refundctl order show --st); COMP_CWORD=3; _refundctl; echo ${{COMPREPLY[@]}}"
        out = subprocess.run(["bash", "-c", check], capture_output=True, text=True, check=True).stdout
        self.assertEqual(out, "--state\n")


if __name__ == "__main__":
    ctl.main()
