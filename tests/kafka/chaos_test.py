#!/usr/bin/env python3
"""Nothing lost and nothing twice, over a real broker and real processes: two refundd share the partitions under load
while they are killed (some within a replay), stopped like zombies that wake after their partitions have moved, made
to change partitions, and while the broker itself is killed and started again. In the end a program that reads only
topics finds every step, payout and address in order, and a pure replay of the events comes to the same bytes.

REFUND_CHAOS_EVENTS, _KILLS, _ZOMBIES, _MOVES, _BROKER: how much of each (100000, 40, 10, 10, 2)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import pypi  # noqa: E402

pypi.enter()

import collections
import json
import random
import signal
import time

import broker
import ctl

PARTITIONS = 4
PATIENCE_S = 600  # who has lost its state replays the whole log, on a machine that does other things too


def amount(name, default):
    return int(os.environ.get("REFUND_CHAOS_" + name, default))


class Storm(broker.KafkaTest):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(20261122)
        self.fleet = {}  # name -> (refundd, partitions)
        self.states = 0

    def launch(self, name, partitions, state):
        config = self.kafka_config(f"{name}.toml", role="lanes", lanes={"partitions": partitions, "threads": 1},
                                   state={"directory": state})
        self.fleet[name] = (self.start(config), partitions, state)

    def new_state(self):
        self.states += 1
        return self.path(f"state-{self.states}")

    def pause(self, longest=0.8):
        time.sleep(self.rng.uniform(0.02, longest))

    def kill(self, name):
        refundd, partitions, state = self.fleet[name]
        refundd.kill()
        self.launch(name, partitions, state)

    def zombie(self, name):
        """Stopped; another one takes its partitions over; it wakes, and finds that it is fenced."""
        refundd, partitions, _ = self.fleet[name]
        refundd.wait_ready(PATIENCE_S)  # stopped while it opens its partitions, it would be the younger one when it wakes
        refundd.process.send_signal(signal.SIGSTOP)
        self.launch(name, partitions, self.new_state())
        self.fleet[name][0].wait_ready(PATIENCE_S)
        self.pause()
        refundd.process.send_signal(signal.SIGCONT)
        self.zombies.append(refundd)

    def move(self):
        """The two change partitions: what one had is rebuilt by the other."""
        (a, mine, _), (b, theirs, _) = self.fleet["a"], self.fleet["b"]
        codes = [each.stop(seconds=60) for each in (a, b)]
        # 4: the broker was away as it stopped; -15: it had not begun to listen for signals.
        self.assertTrue(set(codes) <= {0, 4, -15}, codes)
        self.launch("a", theirs, self.new_state())
        self.launch("b", mine, self.new_state())

    def restart_broker(self, seconds=0):
        broker.broker("kill", self.broker_dir)
        time.sleep(seconds)
        self.pause()
        self.start_broker_again()

    def disputes(self, wanted):
        with open(self.every_machine(wanted // 7 + 1, 7), encoding="utf-8") as file:
            return [each for each in file.read().split("\n") if each]

    def act(self, what):
        name = self.rng.choice("ab")
        if what == "kill":
            self.kill(name)
        elif what == "zombie":
            self.zombie(name)
        elif what == "move":
            self.move()
        elif what == "broker":
            self.restart_broker()
        else:
            self.restart_broker(60)
        self.pause()
        for name, (refundd, partitions, state) in list(self.fleet.items()):
            if refundd.process.poll() is not None:
                # Fenced by nobody, and not corrupt: only a broker that was away for long ends a daemon.
                self.assertEqual(refundd.end(), 4, "".join(refundd.lines[-5:]))
                self.launch(name, partitions, state)

    def storm(self, lines, acts, pieces, pace=0):
        """Through all that, and to the end; returns what was seen and done."""
        self.topics("chaos", PARTITIONS)
        ctl.ctl("init", "--log", self.log, "--at", json.loads(lines[0])["recorded_at"], check=0)
        feeder = broker.Feeder(self, lines, pieces, pace)
        self.zombies = []
        self.launch("a", [0, 1], self.new_state())
        self.launch("b", [2, 3], self.new_state())
        begun, done = time.monotonic(), collections.Counter()
        feeder.start()
        for each in acts:
            self.act(each)
            done[each] += 1
        feeder.join()
        last = json.loads(lines[-1])["recorded_at"]
        for _ in range(3):
            ctl.ctl("tick", "--log", self.log, "--until", last, check=0)
        ends = self.ends()
        for refundd, partitions, _ in self.fleet.values():
            refundd.wait_ready(PATIENCE_S)
            refundd.wait_for(lambda: all(refundd.applied()[p] >= ends[p] for p in partitions), PATIENCE_S, 0.2)
        for refundd, _, _ in self.fleet.values():
            self.assertEqual(refundd.stop(seconds=60), 0)
        for each in self.zombies:
            self.assertEqual(each.end(60), 6, "a zombie ends as fenced\n" + "".join(each.lines[-5:]))
        self.as_replayed()
        return {**self.check(), **done, "sent_again": feeder.failed, "seconds": round(time.monotonic() - begun)}

    def as_replayed(self):
        """The digest that travels with C is over inputs and outputs: a pure replay of the events has the same."""
        self.assert_replay_agrees(self.path("live"))
        self.assertEqual(ctl.ctl("verify", "--log", self.log, "--state", self.path("live"))[0], 0)


class Chaos(Storm):
    def test_nothing_lost_and_nothing_twice(self):
        wanted = amount("EVENTS", 100_000)
        acts = (["kill"] * amount("KILLS", 40) + ["zombie"] * amount("ZOMBIES", 10) + ["move"] * amount("MOVES", 10)
                + ["broker"] * amount("BROKER", 2))
        self.rng.shuffle(acts)
        seen = self.storm(self.disputes(wanted), acts, 2 * len(acts))
        self.assertGreaterEqual(seen["events"], wanted)
        print(f"\n{json.dumps(seen)}")


if __name__ == "__main__":
    ctl.main()
