#!/usr/bin/env python3
"""Intake holds its clock against the brokers': ahead of it by more than a second it stamps nothing, says so, and goes
on when it is set right."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import pypi  # noqa: E402

pypi.enter()

import json

import broker
import ctl
from check_topics import Topic

PRELOAD = {"LD_PRELOAD": os.path.join(ctl.BIN, "clock_shift.so")}


class Clock(broker.KafkaTest):
    def shift(self, ms):
        os.environ["REFUND_CLOCK_SHIFT"] = self.write("shift", str(ms))

    def setUp(self):
        super().setUp()
        self.topics(self._testMethodName, 1)
        self.shift(0)
        self.addCleanup(os.environ.pop, "REFUND_CLOCK_SHIFT")
        ctl.ctl("init", "--log", self.log, check=0)
        os.environ.update(PRELOAD)
        for name in PRELOAD:
            self.addCleanup(os.environ.pop, name)

    def events(self):
        topic = Topic(self.address, f"{self.prefix}.events")
        return len(list(topic.read(0)))

    def test_a_clock_ahead_stamps_nothing(self):
        before = self.events()
        self.shift(60_000)
        line = self.write("one.jsonl", json.dumps({"id": "t-1", "type": "Tick", "occurred_at": "2026-01-01T00:00:00Z",
                                                   "actor": {"role": "PLATFORM", "id": "p"}, "body": {}}) + "\n")
        code, _, said = ctl.ctl("append", "--log", self.log, line)
        self.assertEqual(code, 6, said)
        self.assertIn("at most 1000 ms ahead of the brokers'", said)
        refundd = self.start(self.kafka_config(ticker={"interval": "100ms"}))
        refundd.wait_for(lambda: refundd.said("intake failed"), 60)
        failed = refundd.said("intake failed")[0]
        self.assertEqual((failed["again"], failed["code"]), ("yes", "FAILED_PRECONDITION"))
        self.assertIn("nothing is stamped until", failed["error"])
        status, text = refundd.get("/readyz")
        self.assertEqual(status, 503)
        self.assertIn("ahead of the brokers'", json.loads(text)["intake"]["error"])
        self.assertEqual(self.events(), before)
        # Set right, it goes on; wrong again, it stops again.
        self.shift(0)
        refundd.wait_ready(60)
        refundd.wait_for(lambda: self.events() > before, 60, 0.2)
        failed = len(refundd.said("intake failed"))
        self.shift(5_000)
        refundd.wait_for(lambda: len(refundd.said("intake failed")) > failed, 60, 0.2)
        self.assertFalse(refundd.ready())
        self.assertEqual(refundd.stop(), 6)

    def test_a_clock_behind_or_a_little_ahead_does_no_harm(self):
        for ms in (-60_000, 300):
            self.shift(ms)
            refundd = self.start(self.kafka_config(f"{ms}.toml", ticker={"interval": "100ms"}))
            refundd.wait_ready(60)
            self.assertEqual(refundd.stop(), 0)


if __name__ == "__main__":
    ctl.main()
