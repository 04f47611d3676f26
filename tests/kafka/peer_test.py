#!/usr/bin/env python3
"""Kafka Streams around our core (tools/peer) decides what our lanes decide, byte for byte: a small run of
tools/bench/peer.py, for the decisions and not for the speed."""
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../tools/bench"))
import peer  # noqa: E402  (it knows where the rest is)
import broker  # noqa: E402
import ctl  # noqa: E402

EVENTS = 5_000


class PeerTest(peer.Bench):
    @classmethod
    def setUpClass(cls):
        built = subprocess.run([peer.PEER, "build", ctl.BIN], capture_output=True, text=True)
        if built.returncode == 3:
            print(f"SKIPPED: no Kafka Streams: {built.stderr.strip()}")
            required = os.environ.get("CI") or os.environ.get("REFUND_REQUIRE_KAFKA")
            raise (AssertionError if required else unittest.SkipTest)(built.stderr)
        assert built.returncode == 0, built.stderr
        super().setUpClass()

    def test_decides_the_same(self):
        self.prepare(EVENTS, seed=7)
        lines = self.run_once(1, peers=("eos100", "tuned"), restore=True)
        self.assertIsNone(peer.difference(lines), lines)
        again = self.run_once(2, peers=("eos100",))  # over the same events, as if nothing had been
        self.assertIsNone(peer.difference(again), again)
        self.assertEqual(lines["ours"]["decided"], again["ours"]["decided"])
        decided = lines["ours"]["decided"]
        self.assertGreater(decided["by_record"], EVENTS * 0.8)
        self.assertGreater(decided["decisions"], 100)
        self.assertGreater(decided["steps"], decided["by_record"])  # deadlines that passed, too
        # All that the changelog has: a row an order at least, and what is kept of broadcasts.
        self.assertGreaterEqual(lines["eos100 restored"]["records"], decided["orders"])
        ours = lines["ours restored"]
        self.assertEqual(ours["records"], lines["raw"]["records"])
        self.assertEqual(ours["from_checkpoint"] + ours["tail_records"], ours["records"])
        self.assertGreaterEqual(ours["tail_records"], 0)


if __name__ == "__main__":
    ctl.main()
