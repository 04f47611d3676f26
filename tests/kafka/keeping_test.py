#!/usr/bin/env python3
"""What others can do to a log on Kafka is found: settings that lose history, more partitions than it was made with, a
beginning that was removed, records that were rewritten, a clock that is wrong. refundd does not start on what would lose
records (config_test.py has the settings one by one), and refundctl doctor says all of it, with what to do."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import pypi  # noqa: E402

pypi.enter()

import json

import broker
import ctl
from check_topics import Topic
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import NewPartitions

LOG_TOPICS = ("events", "decisions", "payouts", "messages", "quarantined")


class Keeping(broker.KafkaTest):
    def setUp(self):
        super().setUp()
        self.state = self.path("state")

    def a_log(self, prefix):
        self.topics(prefix, 2)
        ctl.ctl("append", "--as-recorded", "--log", self.log, os.path.join(ctl.ROOT, "examples", "disputes.jsonl"),
                check=0)
        ctl.ctl("replay", "--log", self.log, "--state", self.state, check=0)

    def doctor(self, code, *more):
        """What it finds, by how well that is: (what, found)."""
        exit_code, out, said = ctl.ctl("doctor", "--log", self.log, "--state", self.state, "--json", *more)
        findings = [json.loads(line) for line in out.split("\n") if line]
        self.assertEqual(exit_code, code, out + said)
        for each in findings:
            self.assertEqual(each["health"] == "ok", "to_do" not in each, each)
        return {health: [(each["what"], each["found"]) for each in findings if each["health"] == health]
                for health in ("ok", "warning", "error")}

    def assert_refused(self, *words):
        refundd = self.start(self.kafka_config(state={"directory": self.path("none")}))
        self.assertEqual(refundd.end(60), 6)
        said = [line for line in refundd.lines if not line.startswith("{")]
        self.assertEqual(len(said), 1, refundd.lines)
        for word in words:
            self.assertIn(word, said[0])
        self.assertFalse(os.path.exists(self.path("none")))

    def test_all_is_well(self):
        self.a_log("well")
        found = self.doctor(0)
        self.assertEqual(found["error"], [])
        self.assertIn("clock", [what for what, _ in found["ok"]])
        self.assertIn(("positions of partition 1", "log, outputs, state and views agree"), found["ok"])
        # One broker is one copy: unwise, not wrong.
        self.assertEqual({(what, text.split(":")[0]) for what, text in found["warning"] if what.startswith("topic ")},
                         {(f"topic well.{topic}", key) for topic in LOG_TOPICS
                          for key in ("replication", "min.insync.replicas")})

    def test_settings(self):
        self.a_log("settings")
        self.set(f"{self.prefix}.events", "retention.ms", "604800000")
        self.set(f"{self.prefix}.decisions", "cleanup.policy", "compact")
        self.assert_refused("retention.ms", "604800000", "expected -1", "kafka-configs.sh --alter")
        self.assertEqual(self.doctor(1)["error"],
                         [("topic settings.events", "retention.ms: expected -1, found 604800000"),
                          ("topic settings.decisions", "cleanup.policy: expected delete, found compact")])
        # `topics check` says the same, and is told how many copies there are to be.
        code, out, _ = ctl.ctl("topics", "check", "--brokers", self.address, "--prefix", self.prefix, "--replication", 1)
        self.assertEqual((code, out.count("\n")), (1, 2), out)

    def test_topics_beside_the_log(self):
        self.a_log("beside")
        for topic in ("beside.inbox", "beside.clock"):
            self.remove(topic)
        warnings = self.doctor(0)["warning"]
        self.assertIn(("topic beside.inbox", "topic: expected one, found none"), warnings)
        self.assertIn("topic beside.clock: expected it, to ask the brokers for the time",
                      "".join(text for what, text in warnings if what == "clock"))

    def test_more_partitions_than_the_log_was_made_with(self):
        self.a_log("more")
        new = [NewPartitions(f"{self.prefix}.{each}", 3) for each in LOG_TOPICS]
        for future in self.admin.create_partitions(new).values():
            future.result(30)
        self.assert_refused("has 2 partitions, found 3")
        self.assertEqual([what for what, text in self.doctor(1)["error"] if "has 2 partitions, found 3" in text], ["log"])
        code, _, said = ctl.ctl("replay", "--log", self.log, "--state", self.path("fresh"))
        self.assertEqual(code, 6, said)
        code, _, said = ctl.ctl("tick", "--log", self.log, "--until", "2031-01-01T00:00:00+08:00")
        self.assertEqual(code, 6, said)

    def test_a_log_whose_beginning_is_gone(self):
        self.a_log("cut")
        for future in self.admin.delete_records([TopicPartition("cut.events", 1, 3)]).values():
            future.result(30)
        said = [found for what, found in self.doctor(1)["error"] if what == "log of partition 1"]
        self.assertEqual(len(said), 1)
        self.assertIn("retention removed what lies before", said[0])

    def test_a_log_that_was_made_anew(self):
        """Put back from a copy that is another in one record, or that lacks the last."""
        self.a_log("first")
        events = Topic(self.address, "first.events")
        copies = {p: [(each.value(), each.headers()) for each in events.read(p)] for p in events.partitions}
        self.put_back("rewritten", {**copies, 1: [*copies[1][:-1], copies[0][-1]]})
        errors = self.doctor(1)["error"]
        self.assertIn(("log of partition 1", f"record {len(copies[1]) - 1} is not the one that the state was made from"),
                      errors)
        self.assertNotIn("log of partition 0", [what for what, _ in errors])
        self.put_back("shorter", {**copies, 1: copies[1][:-1]})
        self.assertIn(("positions of partition 1", f"the log ends at {len(copies[1]) - 1}, the state stands at "
                                                   f"{len(copies[1])}"), self.doctor(1)["error"])

    def put_back(self, prefix, partitions):
        self.topics(prefix, 2)
        producer = Producer({"bootstrap.servers": self.address, "enable.idempotence": True})
        for partition, records in partitions.items():
            for value, headers in records:
                producer.produce(f"{prefix}.events", value=value, headers=headers, partition=partition)
        producer.flush()

    def test_a_clock_that_is_wrong(self):
        self.a_log("clock")
        for name, value in (("LD_PRELOAD", os.path.join(ctl.BIN, "clock_shift.so")),
                            ("REFUND_CLOCK_SHIFT", self.write("shift", "60000"))):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name)
        self.assertRegex("".join(found for what, found in self.doctor(1)["error"] if what == "clock"),
                         r"this machine's is (59|60)\d{3} ms ahead of the brokers'")
        self.write("shift", "-60000")
        self.assertRegex("".join(found for what, found in self.doctor(0)["warning"] if what == "clock"),
                         r"this machine's is 60\d{3} ms behind the brokers'")


if __name__ == "__main__":
    ctl.main()
