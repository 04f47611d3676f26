#!/usr/bin/env python3
"""refundctl over a real Kafka: the same digest as over the embedded log, and exactly once through
kill -9 at random moments of replay."""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import ctl
from ctl import ctl_json

BROKER = os.path.join(ctl.ROOT, "tools", "kafka", "broker")
KILLS = int(os.environ.get("REFUND_KILLS", "8"))


class Kafka(ctl.CtlTest):
    @classmethod
    def setUpClass(cls):
        cls.broker_dir = tempfile.mkdtemp(prefix="refund-kafka-")
        cls.addClassCleanup(shutil.rmtree, cls.broker_dir, True)
        started = subprocess.run([BROKER, "start", cls.broker_dir], capture_output=True, text=True)
        if started.returncode != 0:
            print(f"SKIPPED: no Kafka: {started.stderr.strip()}")
            required = os.environ.get("CI") or os.environ.get("REFUND_REQUIRE_KAFKA")
            raise (AssertionError if required else unittest.SkipTest)(started.stderr)
        cls.addClassCleanup(subprocess.run, [BROKER, "kill", cls.broker_dir])
        cls.address = started.stdout.strip()

    def topics(self, prefix, partitions=4):
        ctl.ctl("topics", "create", "--brokers", self.address, "--prefix", prefix, "--partitions",
                partitions, "--replication", 1, check=0)
        return f"kafka://{self.address}/{prefix}"

    def both(self, prefix, events):
        """The same lines in both logs; returns the addresses."""
        kafka, embedded = self.topics(prefix), self.path(prefix + "-log")
        for log in (kafka, embedded):
            ctl_json("append", "--as-recorded", "--log", log, events)
        return kafka, embedded

    def replay(self, log, state):
        return ctl_json("replay", "--log", log, "--state", self.path(state))

    def test_generated_records_go_straight_to_the_topics(self):
        kafka, embedded, file = self.topics("gen"), self.path("log"), self.path("gen.jsonl")
        made = ["bench", "generate", "--events", 3000, "--seed", 4]
        ctl.ctl(*made, "--to-kafka", kafka, check=0)
        ctl.ctl(*made, "--to-kafka", kafka, check=0)  # again: it is all there
        ctl.ctl(*made, "--out", file, check=0)
        ctl.ctl("append", "--as-recorded", "--log", embedded, file, check=0)
        digests = [ctl_json("replay", "--log", log, "--state", self.path(f"state{n}"))["digest"]
                   for n, log in enumerate((kafka, embedded))]
        self.assertEqual(digests[0], digests[1])

    def test_the_bundled_disputes_give_the_same_digest(self):
        examples = os.path.join(ctl.ROOT, "examples", "disputes.jsonl")
        kafka, embedded = self.both("same", examples)
        over_kafka, over_files = self.replay(kafka, "k"), self.replay(embedded, "e")
        for each in ("digest", "decisions", "fired", "messages", "due_unfired"):
            self.assertEqual(over_kafka[each], over_files[each], each)
        self.assertTrue(ctl_json("verify", "--log", kafka, "--state", self.path("k"))["equal"])
        # Who was killed before the acknowledgement sends again from there.
        again = [ctl_json("append", "--as-recorded", "--log", log, examples) for log in (kafka, embedded)]
        self.assertEqual(again[0], again[1])
        # An export is the log itself, for who has no broker.
        ctl.ctl("export", "--log", kafka, "--out", self.path("export"), check=0)
        exported = ctl_json("replay", "--file", self.path("export"), "--state", self.path("x"))
        self.assertEqual(exported["digest"], over_kafka["digest"])

    def test_what_is_not_there_is_said(self):
        code, _, error = ctl.ctl("append", "--log", f"kafka://{self.address}/none", "-", stdin="{}\n")
        self.assertIn(code, (1, 2), error)
        code, _, error = ctl.ctl("replay", "--log", f"kafka://{self.address}/none", "--state",
                                 self.path("s"))
        self.assertEqual(code, 4)
        self.assertIn("refundctl topics create", error)
        empty = self.topics("empty")
        code, _, error = ctl.ctl("replay", "--log", empty, "--state", self.path("s"))
        self.assertEqual(code, 4)
        self.assertIn("refundctl init", error)
        ctl.ctl("init", "--log", empty, check=0)
        code, _, _ = ctl.ctl("init", "--log", empty)
        self.assertEqual(code, 6)
        code, out, _ = ctl.ctl("topics", "check", "--brokers", self.address, "--prefix", "empty")
        self.assertEqual(code, 1)
        self.assertIn("replication", out)

    def test_kill_9_of_replay_publishes_everything_once(self):
        rng = random.Random(20261122)
        kafka, embedded = self.both("kill", self.random_disputes(1500, 11))
        calm = self.replay(embedded, "calm")
        state, caught = self.path("stormy"), 0
        for kill in range(KILLS):
            replay = subprocess.Popen(
                [os.path.join(ctl.BIN, "refundctl"), "replay", "--log", kafka, "--state", state,
                 "--batch", "40"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.2, 2.5))
            caught += replay.poll() is None
            replay.send_signal(signal.SIGKILL)
            replay.wait()
            if kill % 4 == 3:  # the state is a cache
                shutil.rmtree(state, ignore_errors=True)
        print(f"\n{caught} of {KILLS} kills met replay at work")
        self.assertGreater(caught, 0)
        stormy = self.replay(kafka, "stormy")
        self.assertEqual(stormy["digest"], calm["digest"])
        verified = ctl_json("verify", "--log", kafka, "--state", state)
        self.assertTrue(verified["equal"], verified["difference"])
        self.assertEqual(verified["outputs"],
                         ctl_json("verify", "--log", embedded, "--state", self.path("calm"))["outputs"])


if __name__ == "__main__":
    ctl.main()
