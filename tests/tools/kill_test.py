#!/usr/bin/env python3
"""kill -9 at random moments of append and replay: every acknowledged event is there once, and the
digest is that of an uninterrupted run. REFUND_KILLS is how many kills there are (24), a third of them of replay.
So many of append must meet it at work as seven in ten of those: it has acknowledged something, and more than it
acknowledged was sent; on a slow machine that takes some more."""
import json
import os
import random
import subprocess
import threading
import time
import unittest

import ctl
import disputes
from ctl import ctl_json

KILLS = int(os.environ.get("REFUND_KILLS", "24"))


class Kill(ctl.CtlTest):
    def test_append_and_replay_survive(self):
        rng = random.Random(20241121)
        lines = list(disputes.lines(6000, 7))
        log, state = self.path("log"), self.path("state")
        calm_log = self.path("calm-log")
        calm_input = self.write("calm.jsonl", "\n".join(lines) + "\n")
        ctl_json("append", "--as-recorded", "--log", calm_log, calm_input)
        ctl_json("append", "--as-recorded", "--log", log, self.write("first.jsonl", lines[0] + "\n"))

        acknowledged, in_flight, kills = {0}, 0, 0
        acks = {}
        next_line = 1
        # As many as asked for, and more where the machine was too slow for enough of them to meet it at work.
        while kills < KILLS * 2 // 3 or (in_flight < 0.7 * (KILLS * 2 // 3) and kills < KILLS * 2):
            sent, told, addresses = self.kill_append(rng, log, lines, next_line)
            in_flight += 0 < told < sent
            for index, address in addresses.items():
                acknowledged.add(index)
                acks[index] = address
            next_line += told
            kills += 1
            self.assertLess(next_line, len(lines), "the lines did not last for all kills")
        replay_kills = 0
        while replay_kills < KILLS - KILLS * 2 // 3:
            self.kill_replay(rng, log, state)
            replay_kills += 1
        rest = self.write("rest.jsonl", "\n".join(lines[next_line:]) + "\n")
        if next_line < len(lines):
            ctl_json("append", "--as-recorded", "--log", log, rest)
        print(f"\n{kills} kills of append, {in_flight} with unacknowledged records in flight; "
              f"{replay_kills} kills of replay; {len(acknowledged)} events acknowledged before the end")
        self.assertGreaterEqual(in_flight, 0.7 * (KILLS * 2 // 3))

        calm = self.finish_and_replay(calm_log, self.path("calm-state"))
        stormy = self.finish_and_replay(log, state)
        again = ctl_json("replay", "--log", log, "--state", self.path("again"))
        self.assertEqual(stormy["digest"], again["digest"], "the interrupted replay came to the same")
        self.assertEqual(stormy["digest"], calm["digest"], "and so did the interrupted log")
        self.assertEqual(stormy["decisions"], calm["decisions"])
        self.assertEqual(stormy["conflicts"], calm["conflicts"])
        ctl.ctl("verify", "--log", log, "--state", state, check=0)
        self.check_acknowledged(log, lines, acks)

    def finish_and_replay(self, log, state):
        for _ in range(20):
            ctl.ctl("tick", "--log", log, "--until", "2024-06-01T00:00:00+08:00", check=0)
        result = ctl_json("replay", "--log", log, "--state", state)
        self.assertEqual(result["due_unfired"], 0)
        return result

    def kill_append(self, rng, log, lines, start):
        """Feeds lines through a pipe, and kills at a random moment after a random number of acknowledgements, one time
        in ten while it begins. Returns (lines sent whole, acknowledged, addresses)."""
        process = subprocess.Popen(
            [os.path.join(ctl.BIN, "refundctl"), "append", "--as-recorded", "--json", "--log", log, "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        out = bytearray()
        enough, wait = (0 if rng.random() < 0.06 else rng.randrange(1, 150)), rng.uniform(0, 0.02)
        def read_and_kill():
            killed = False
            while chunk := os.read(process.stdout.fileno(), 1 << 16):
                out.extend(chunk)
                if not killed and enough > 0 and out.count(b"\n") >= enough:
                    time.sleep(wait)
                    process.kill()
                    killed = True
        reader = threading.Thread(target=read_and_kill)
        reader.start()
        killer = threading.Timer(20 if enough > 0 else 5 * wait, process.kill)
        killer.start()
        sent = 0
        try:
            while start + sent < len(lines):
                piece = lines[start + sent:start + sent + rng.randrange(1, 12)]
                process.stdin.write(("\n".join(piece) + "\n").encode())
                process.stdin.flush()
                sent += len(piece)
                if rng.random() < 0.3:
                    time.sleep(rng.uniform(0, 0.002))
        except BrokenPipeError:
            pass
        killer.cancel()
        process.kill()
        reader.join()
        process.wait()
        process.stdout.close()
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        addresses = {}
        for text in out.decode(errors="replace").split("\n"):
            try:
                ack = json.loads(text)
            except json.JSONDecodeError:
                continue  # the last one may be cut off
            self.assertNotIn("error", ack)
            if "offset" in ack:
                addresses[start + ack["line"] - 1] = (ack["partition"], ack["offset"])
        told = len(addresses)
        self.assertEqual(sorted(addresses), list(range(start, start + told)))
        return sent, told, addresses

    def kill_replay(self, rng, log, state):
        process = subprocess.Popen(
            [os.path.join(ctl.BIN, "refundctl"), "replay", "--log", log, "--state", state, "--batch", "64"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.0, 0.25))
        process.kill()
        process.wait()

    def check_acknowledged(self, log, lines, acks):
        """Each acknowledged event lies once in the log: its order's timeline has one step for it, and
        what was sent again was absorbed where it lay."""
        self.export(log, self.path("all.log"))
        state = self.path("probe2")
        result = ctl_json("replay", "--file", self.path("all.log"), "--state", state)
        sent_twice_on_purpose = len(lines) - len(set(lines))
        self.assertGreaterEqual(result["events"] + result["quarantined"], len(lines) - sent_twice_on_purpose)
        by_key = {}
        for index in list(acks)[:400]:
            line = json.loads(lines[index])
            if "key" in line:
                by_key.setdefault(line["key"], set()).add(line["id"])
        for key, ids in list(by_key.items())[:60]:
            code, out, _ = ctl.ctl("case", "timeline", "--state", state, key, "--json")
            if code != 0:
                continue  # an order without a case has no timeline of one
            seen = [json.loads(each).get("cause", {}).get("claim_id") for each in out.strip().split("\n")
                    if '"sequence"' in each and '"CONFLICT"' not in each]
            for id in ids:
                self.assertEqual(seen.count(id), 1, f"{key} {id}")
        self.assertEqual(len(set(acks.values())), len(acks), "no two events share an address")


if __name__ == "__main__":
    ctl.main()
