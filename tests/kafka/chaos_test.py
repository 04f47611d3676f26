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
import subprocess
import threading
import time
import unittest

import broker
import ctl

PARTITIONS = 4


def amount(name, default):
    return int(os.environ.get("REFUND_CHAOS_" + name, default))


class Feeder(threading.Thread):
    """Appends a file in pieces, one every `pace` seconds at most. A piece whose append failed is sent again, until it is
    acknowledged."""

    def __init__(self, test, lines, pieces, pace=0):
        super().__init__(daemon=True)
        self.test, self.pieces, self.pace, self.failed = test, [], pace, 0
        size = max(1, len(lines) // pieces)
        for n in range(0, len(lines), size):
            self.pieces.append(test.write(f"piece-{n}.jsonl", "".join(each + "\n" for each in lines[n:n + size])))
        self.done = 0

    def run(self):
        begun = time.monotonic()
        for n, piece in enumerate(self.pieces):
            time.sleep(max(0, begun + n * self.pace - time.monotonic()))
            while ctl.ctl("append", "--as-recorded", "--log", self.test.log, piece)[0] not in (0, 1):
                self.failed += 1
                time.sleep(0.3)
            self.done += 1


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
        refundd.wait_ready(120)  # stopped while it opens its partitions, it would be the younger one when it wakes
        refundd.process.send_signal(signal.SIGSTOP)
        self.launch(name, partitions, self.new_state())
        self.fleet[name][0].wait_ready(120)
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
        feeder = Feeder(self, lines, pieces, pace)
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
        ends = self.events()
        for refundd, partitions, _ in self.fleet.values():
            refundd.wait_ready(120)
            refundd.wait_for(lambda: all(refundd.applied()[p] >= ends[p] for p in partitions), 300, 0.2)
        for refundd, _, _ in self.fleet.values():
            self.assertEqual(refundd.stop(seconds=60), 0)
        for each in self.zombies:
            self.assertEqual(each.end(60), 6, "a zombie ends as fenced\n" + "".join(each.lines[-5:]))
        self.as_replayed()
        return {**self.check(), **done, "sent_again": feeder.failed, "seconds": round(time.monotonic() - begun)}

    def events(self):
        from check_topics import Topic
        topic = Topic(self.address, "chaos.events")
        return {p: topic.consumer.get_watermark_offsets(self.place(topic.topic, p), timeout=30)[1]
                for p in topic.partitions}

    @staticmethod
    def place(topic, partition):
        from confluent_kafka import TopicPartition
        return TopicPartition(topic, partition)

    def check(self):
        done = subprocess.run([sys.executable, os.path.join(broker.HERE, "check_topics.py"), "--brokers", self.address,
                               "--prefix", "chaos", "--json"], capture_output=True, text=True, timeout=1800)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)
        return json.loads(done.stdout)

    def as_replayed(self):
        """The digest that travels with C is over inputs and outputs: a pure replay of the events has the same."""
        live = ctl.ctl_json("replay", "--log", self.log, "--state", self.path("live"))  # carries messages, too
        self.export(self.log, self.path("events.refund"))
        replayed = ctl.ctl_json("replay", "--file", self.path("events.refund"), "--state", self.path("pure"))
        self.assertEqual(live["digest"], replayed["digest"])
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
