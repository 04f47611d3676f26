#!/usr/bin/env python3
"""Several refundd share the partitions as a group over a real broker: one is killed, one is started, one is stopped
like a zombie and wakes; the partitions that stay do not stop, none is left alone, and everything is decided once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import pypi  # noqa: E402

pypi.enter()

import json
import signal

import broker
import ctl
from confluent_kafka import Producer

PARTITIONS = 6


class Group(broker.KafkaTest):
    def join(self, name):
        refundd = self.start(self.kafka_config(f"{name}.toml", role="lanes",
                                               lanes={"assign": "group", "session_timeout": "6s", "threads": 2}))
        self.fleet[name] = refundd
        return refundd

    def held(self):
        """partition -> who has it and runs it"""
        found = {}
        for name, refundd in self.fleet.items():
            for each in json.loads(refundd.get("/readyz")[1])["partitions"]:
                if each["ready"]:
                    found.setdefault(each["partition"], []).append(name)
        return found

    def settled(self):
        """Everybody has some, each partition has one owner."""
        held = self.held()
        return (sorted(held) == list(range(PARTITIONS)) and all(len(each) == 1 for each in held.values())
                and {each[0] for each in held.values()} == set(self.fleet)
                and all(each.ready() for each in self.fleet.values()))

    def wait_settled(self):
        next(iter(self.fleet.values())).wait_for(self.settled, 90, 0.2)
        return {partition: names[0] for partition, names in self.held().items()}

    def closed(self, refundd):
        return {each["partition"] for each in refundd.said("partition closed")}

    def assert_stayed(self, before, after, *names):
        """What these had and still have was not interrupted."""
        for name in names:
            for partition in (p for p, owner in before.items() if owner == after[p] == name):
                self.assertNotIn(partition, self.closed(self.fleet[name]), f"{name} stopped partition {partition}")

    def test_partitions_move_and_everything_is_decided_once(self):
        self.topics("group", PARTITIONS)
        self.fleet = {}
        with open(self.every_machine(3000, 11), encoding="utf-8") as file:
            lines = [line.rstrip("\n") for line in file]
        ctl.ctl("init", "--log", self.log, "--at", json.loads(lines[0])["recorded_at"], check=0)
        feeder = broker.Feeder(self, lines, 150, 0.5)  # for as long as partitions move
        feeder.start()
        for name in "abc":
            self.join(name)
        before = self.wait_settled()
        self.fleet.pop("a").kill()
        after = self.wait_settled()
        self.assert_stayed(before, after, "b", "c")
        before = after
        self.join("d")
        after = self.wait_settled()
        self.assertIn("d", after.values())
        self.assert_stayed(before, after, "b", "c")
        # One that sleeps loses its partitions, and is one of the group again when it wakes.
        sleeper = self.fleet.pop("b")
        sleeper.process.send_signal(signal.SIGSTOP)
        self.wait_settled()
        sleeper.process.send_signal(signal.SIGCONT)
        self.fleet["b"] = sleeper
        self.wait_settled()
        feeder.join()
        self.assertEqual(feeder.failed, 0)
        for _ in range(3):
            ctl.ctl("tick", "--log", self.log, "--until", json.loads(lines[-1])["recorded_at"], check=0)
        sleeper.wait_for(self.all_applied, 120, 0.3)
        # Told to stop, one gives its partitions to the others before it ends.
        self.assertEqual(self.fleet.pop("c").stop(), 0)
        self.wait_settled()
        self.assertEqual([each.stop() for each in self.fleet.values()], [0, 0])
        self.assertGreaterEqual(self.check()["events"], len(lines))
        self.assert_replay_agrees(self.path("live"))

    def all_applied(self):
        applied = {p: n for refundd in self.fleet.values() for p, n in refundd.applied().items()}
        return applied == self.ends()

    def test_one_that_is_fenced_goes_on_with_its_other_partitions(self):
        """The fence comes before the group's word, or without it: nothing but that partition stops, and it comes back."""
        self.topics("kept", 3)
        ctl.ctl("init", "--log", self.log, check=0)
        self.fleet = {}
        refundd = self.join("only")
        refundd.wait_for(lambda: refundd.ready() and len(refundd.applied()) == 3, 60, 0.1)
        # Whoever takes a partition over does this first.
        other = Producer({"bootstrap.servers": self.address, "transactional.id": "refund/kept/1"})
        other.init_transactions(30)
        before = self.let_time_pass(refundd, 1)
        refundd.wait_for(lambda: refundd.said("partition failed"), 30)
        refundd.wait_for(lambda: self.has_gone_on(refundd, before, (0, 2)), 30, 0.1)
        failed = [(each["partition"], each["state"]) for each in refundd.said("partition failed")]
        self.assertEqual(failed, [(1, "fenced")])
        states = {each["partition"]: each["state"] for each in json.loads(refundd.get("/readyz")[1])["partitions"]}
        self.assertEqual(states, {0: "running", 1: "fenced", 2: "running"})
        before = self.let_time_pass(refundd, 2)
        refundd.wait_for(lambda: self.has_gone_on(refundd, before, (0, 2)), 30, 0.1)
        self.assertEqual(refundd.applied()[1], before[1])
        # The group still says after two session time-outs that it is its own.
        refundd.wait_for(lambda: self.has_gone_on(refundd, before, (0, 1, 2)) and refundd.ready(), 60, 0.1)
        self.assertEqual(self.closed(refundd), set())
        self.assertEqual(refundd.stop(), 0)
        self.check()
        self.assert_replay_agrees(self.path("live"))

    def let_time_pass(self, refundd, day):
        """A Tick to every partition; returns how far they were."""
        before = refundd.applied()
        ctl.ctl("tick", "--log", self.log, "--until", f"2031-01-{day:02}T00:00:00+08:00", check=0)
        return before

    def has_gone_on(self, refundd, before, partitions):
        applied = refundd.applied()
        return all(applied[each] > before[each] for each in partitions)

    def test_more_processes_than_partitions(self):
        """Who has none is ready, and takes over when another ends."""
        self.topics("spare", 1)
        ctl.ctl("init", "--log", self.log, check=0)
        self.fleet = {}
        first = self.join("first")
        first.wait_ready()
        spare = self.join("spare")
        spare.wait_for(spare.ready, 60, 0.1)
        self.assertEqual(sorted(len(each.applied()) for each in (first, spare)), [0, 1])
        owner, other = (first, spare) if first.applied() else (spare, first)
        self.assertEqual(owner.stop(), 0)
        other.wait_for(lambda: other.applied() and other.ready(), 60, 0.1)
        self.assertEqual(other.metrics()["refund_group_joined"], 1)
        self.assertEqual(other.stop(), 0)

    def test_a_session_timeout_that_the_brokers_refuse(self):
        self.topics("short", 1)
        ctl.ctl("init", "--log", self.log, check=0)
        refundd = self.start(self.kafka_config("short.toml", role="lanes",
                                               lanes={"assign": "group", "session_timeout": "1s"}))
        self.assertEqual(refundd.end(60), 3, "".join(refundd.lines))
        said = refundd.said("group failed")
        self.assertEqual(len(said), 1, said)
        self.assertEqual(said[0]["again"], "no")
        for word in ('lanes.session_timeout = "1s"', "Invalid session timeout", "group.min.session.timeout.ms"):
            self.assertIn(word, said[0]["error"])


if __name__ == "__main__":
    ctl.main()
