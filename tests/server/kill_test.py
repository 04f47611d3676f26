#!/usr/bin/env python3
"""kill -9 of refundd at random moments while others append: what it comes to is what a pure replay of
the log comes to, outputs and views included, and nothing that was acknowledged is missing."""
import json
import os
import random
import subprocess
import threading
import time
import unittest

import daemon
import ctl
import disputes

KILLS = int(os.environ.get("REFUND_KILLS", "12"))


class Kill(daemon.DaemonTest):
    def append_all(self, lines, acknowledged, stop):
        """A pipe of append, some lines at a time, until there are none or it is told to stop."""
        rng = random.Random(5)
        while lines and not stop.is_set():
            piece = [lines.pop(0) for _ in range(min(len(lines), rng.randrange(1, 20)))]
            out = ctl.ctl("append", "--log", self.log, "--json", "-", stdin="\n".join(piece) + "\n")[1]
            for text in out.strip().split("\n"):
                ack = json.loads(text)
                if "offset" in ack:
                    acknowledged.append((ack["partition"], ack["offset"]))
            time.sleep(rng.uniform(0, 0.02))

    def test_what_it_comes_to_is_what_a_replay_comes_to(self):
        rng = random.Random(20251122)
        ctl.ctl("init", "--log", self.log, "--at", str(int(time.time() * 1000) - 7_200_000), check=0)
        # Live lines bring no stamp of their own.
        lines = []
        for line in disputes.lines(170, 11):
            event = json.loads(line)
            if "key" in event:
                event.pop("recorded_at")
                lines.append(json.dumps(event))
        acknowledged, stop = [], threading.Event()
        appending = threading.Thread(target=self.append_all, args=(lines, acknowledged, stop))
        appending.start()
        config = self.config(ticker={"interval": "100ms"}, lanes={"commit_interval": "5ms"})
        progress = []
        # As many as asked for, and more until something was appended meanwhile.
        while len(progress) < KILLS or (progress[-1] <= 100 and lines and len(progress) < 10 * KILLS):
            refundd = self.start(config)
            time.sleep(rng.uniform(0.05, 0.9))
            refundd.kill()
            progress.append(len(acknowledged))
        stop.set()
        appending.join()
        refundd = self.start(config)
        refundd.wait_ready(60)
        def all_applied():
            applied = refundd.applied()
            return all(applied[partition] > offset for partition, offset in acknowledged)
        refundd.wait_for(all_applied, 60)
        self.assertEqual(refundd.stop(), 0, "".join(refundd.lines))
        live = self.assert_as_replayed()
        print(f"\n{len(progress)} kills, {progress[-1]} events acknowledged meanwhile, {live['events']} events and "
              f"{live['decisions']} decisions in the end")
        self.assertGreater(progress[-1], 100)
        self.assertGreater(live["decisions"], 20)
        self.assertEqual(len(set(acknowledged)), len(acknowledged))


if __name__ == "__main__":
    daemon.main()
