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
import subprocess
import threading
import time
import unittest

import broker
import ctl

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

    def feed(self, path, pieces=150):
        """For as long as partitions move."""
        with open(path, encoding="utf-8") as file:
            lines = [each for each in file.read().split("\n") if each]
        size = len(lines) // pieces + 1

        def run():
            for n in range(0, len(lines), size):
                piece = self.write(f"piece-{n}.jsonl", "".join(each + "\n" for each in lines[n:n + size]))
                ctl.ctl("append", "--as-recorded", "--log", self.log, piece, check=0)
                time.sleep(0.3)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread, lines

    def test_partitions_move_and_everything_is_decided_once(self):
        self.topics("group", PARTITIONS)
        self.fleet = {}
        path = self.every_machine(3000, 11)
        with open(path, encoding="utf-8") as file:
            ctl.ctl("init", "--log", self.log, "--at", json.loads(file.readline())["recorded_at"], check=0)
        feeding, lines = self.feed(path)
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
        feeding.join()
        for _ in range(3):
            ctl.ctl("tick", "--log", self.log, "--until", json.loads(lines[-1])["recorded_at"], check=0)
        sleeper.wait_for(self.all_applied, 120, 0.3)
        # Told to stop, one gives its partitions to the others before it ends.
        self.assertEqual(self.fleet.pop("c").stop(), 0)
        self.wait_settled()
        self.assertEqual([each.stop() for each in self.fleet.values()], [0, 0])
        self.assert_decided_once(len(lines))

    def all_applied(self):
        from check_topics import Topic
        from confluent_kafka import TopicPartition
        topic = Topic(self.address, "group.events")
        ends = {p: topic.consumer.get_watermark_offsets(TopicPartition(topic.topic, p), timeout=30)[1]
                for p in topic.partitions}
        applied = {p: n for refundd in self.fleet.values() for p, n in refundd.applied().items()}
        return applied == ends

    def assert_decided_once(self, events):
        done = subprocess.run([sys.executable, os.path.join(broker.HERE, "check_topics.py"), "--brokers", self.address,
                               "--prefix", "group", "--json"], capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)
        self.assertGreaterEqual(json.loads(done.stdout)["events"], events)
        live = ctl.ctl_json("replay", "--log", self.log, "--state", self.path("live"))
        self.export(self.log, self.path("events.refund"))
        pure = ctl.ctl_json("replay", "--file", self.path("events.refund"), "--state", self.path("pure"))
        self.assertEqual(live["digest"], pure["digest"])

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


if __name__ == "__main__":
    ctl.main()
