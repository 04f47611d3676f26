#!/usr/bin/env python3
"""Misconfiguration, over a real Kafka: each is one line that names the key, the value and what to do, ends with the
exit code that docs/OPERATIONS.md promises, and leaves topics, offsets and state as they were. Two daemons with one
identity: the older is fenced and ends with 6, the younger goes on."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import pypi  # noqa: E402

pypi.enter()

import itertools
import json
import socket
import subprocess
import time

import broker
import ctl
from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic
from refused_test import tree
from shop import paid, ShopTest

USER, PASSWORD = "refund", "only-here"
CREDENTIALS = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": USER,
               "sasl.password": PASSWORD}


def sets(settings):
    return [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]


def jsonl(claim):
    """A CloudEvent as a line that `refundctl append` takes."""
    attributes, body = claim
    return json.dumps({"id": attributes["id"], "type": attributes["type"], "key": attributes["subject"],
                       "occurred_at": attributes["time"], "body": body,
                       "actor": {"role": attributes["actorrole"], "id": attributes["actorid"]}}) + "\n"


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Config(ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ask_for_passwords()

    @classmethod
    def ask_for_passwords(cls):
        """A second door to the broker, for who has a name and a password."""
        broker.broker("stop", cls.broker_dir)
        cls.guarded = f"127.0.0.1:{free_port()}"
        path = os.path.join(cls.broker_dir, "server.properties")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        door = f"SASL_PLAINTEXT://{cls.guarded}"
        text = text.replace("listeners=PLAINTEXT://", f"listeners={door},PLAINTEXT://")
        text += ("listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT\n"
                 "sasl.enabled.mechanisms=PLAIN\n"
                 "listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain."
                 f'PlainLoginModule required user_{USER}="{PASSWORD}";\n')
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        started = broker.broker("start", cls.broker_dir)
        assert started.returncode == 0, started.stderr

    # ---- What is there ----

    def everything(self):
        """Where the topics end, those in which the broker keeps offsets and transactions too, and this test's files."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "looks-only"})
        ends = self.patiently(lambda: {
            (name, p): consumer.get_watermark_offsets(TopicPartition(name, p), timeout=30)
            for name, topic in consumer.list_topics(timeout=30).topics.items()
            if name.startswith(("__", self.prefix + ".")) for p in topic.partitions})
        consumer.close()
        return ends, {path: stat for path, stat in tree(self.dir).items() if not path.endswith(".toml")}

    def patiently(self, ask):
        """A topic that was just made or removed is told of before its partitions have, or lose, their leader."""
        for deadline in itertools.repeat(time.monotonic() + 60):
            try:
                return ask()
            except KafkaException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def run_refundd(self, config):
        done = subprocess.run([os.path.join(ctl.BIN, "refundd"), "--config", config], capture_output=True, text=True,
                              timeout=60)
        return done.returncode, done.stdout + done.stderr

    def assert_refused(self, code, *words, command=None, **tables):
        before = self.everything()
        if command is not None:
            exit_code, out, said = ctl.ctl(*command)
            said = out + said
        else:
            exit_code, said = self.run_refundd(self.kafka_config("bad.toml", **tables))
        self.assertEqual((exit_code, said.count("\n")), (code, 1), said)
        for word in words:
            self.assertIn(word, said)
        self.assertEqual(self.everything(), before, "nothing was written")

    def a_log(self, prefix, partitions=4):
        self.topics(prefix, partitions)
        ctl.ctl("init", "--log", self.log, check=0)

    # ---- The table ----

    def test_wrong_keys(self):
        self.a_log("keys")
        own = {f"{self.prefix}.inbox": "platform"}
        rows = [
            ({"kafka": {"broker": "x:1"}}, "unknown key 'kafka.broker'", "did you mean 'kafka.brokers'"),
            ({"kafka": {"prefx": "x"}}, "unknown key 'kafka.prefx'", "did you mean 'kafka.prefix'"),
            ({"kafka": {"timeout": "1h"}}, "kafka.timeout: expected", '"1h"'),
            ({"kafka": {"fetch_queue_kbytes": 1}}, "kafka.fetch_queue_kbytes", "the number 1"),
            ({"kafka": {"prefix": ""}}, "kafka.prefix: expected the beginning of the topics' names"),
            ({"inboxes": {**own, "shop": "platfrom"}}, "kafka.inboxes.shop", "a principal such as", '"platfrom"'),
            ({"inboxes": {**own, "shop": "engine"}}, "kafka.inboxes.shop", "a principal such as", '"engine"'),
            ({"inboxes": {"keys.events": "platform"}}, "kafka.inboxes.keys.events", "one of the log's"),
        ]
        for tables, *words in rows:
            with self.subTest(tables):
                self.assert_refused(3, "bad.toml:", ": error: ", *words, **tables)

    def test_settings_that_are_not_the_operators(self):
        self.a_log("settings")
        for name in ("enable.idempotence", "isolation.level", "bootstrap.servers", "sasl.mechnism"):
            with self.subTest(name):
                self.assert_refused(3, "kafka.settings", name, "correct or remove it", settings={name: "x"})
                self.assert_refused(2, name, command=("topics", "check", "--brokers", self.address, "--set",
                                                      f"{name}=x"))

    def test_brokers_that_cannot_be_reached(self):
        self.a_log("brokers")
        nobody = f"127.0.0.1:{free_port()}"
        for brokers, why in ((nobody, "Connection refused"), ("no-such-host.invalid:9092", "resolve")):
            with self.subTest(brokers):
                self.assert_refused(4, f'kafka.brokers = "{brokers}"', why, "start the brokers",
                                    kafka={"brokers": brokers, "timeout": "2s"})

    def test_credentials(self):
        self.a_log("sasl")
        good = CREDENTIALS
        guarded = {"brokers": self.guarded, "timeout": "5s"}
        bad = {**good, "sasl.password": "wrong"}
        self.assert_refused(3, "kafka.settings", self.guarded, "sasl.username and sasl.password", kafka=guarded,
                            settings=bad)
        self.assertNotIn("wrong", self.run_refundd(self.kafka_config("bad.toml", kafka=guarded, settings=bad))[1])
        mechanism = {**good, "sasl.mechanism": "SCRAM-SHA-256"}
        self.assert_refused(3, "kafka.settings", "SCRAM-SHA-256", kafka=guarded, settings=mechanism)
        self.assert_refused(4, self.guarded, kafka=guarded)  # without any: the broker just hangs up
        self.assert_refused(4, self.guarded, command=("topics", "check", "--brokers", self.guarded, *sets(bad)))
        refundd = self.start(self.kafka_config(kafka=guarded, settings=good))
        refundd.wait_ready(60)
        self.assertEqual(refundd.stop(), 0)

    def test_refundctl_gets_in(self):
        """Every command that takes a log, past a door that asks for a password: told by --set, or by refundd's file."""
        pack = os.path.join(ctl.ROOT, "policies", "taobao", "2024-08-09.toml")
        for way in ("set", "file", "both"):
            self.prefix = f"door-{way}"
            file = ["--config", self.kafka_config(f"{way}.toml", kafka={"brokers": self.guarded, "app": f"app-{way}"},
                                                  settings=CREDENTIALS)]
            log = {"set": ["--log", f"kafka://{self.guarded}/{self.prefix}", *sets(CREDENTIALS)],
                   "file": file, "both": ["--log", f"kafka://{self.guarded}/{self.prefix}", *file]}[way]
            topics = {"set": ["--brokers", self.guarded, "--prefix", self.prefix, *sets(CREDENTIALS)],
                      "file": file, "both": ["--brokers", self.guarded, *file]}[way]
            line = paid(f"o/TAOBAO/{way}")
            lines = self.write("lines.jsonl", jsonl(line))
            state = ["--state", self.path(way)]
            commands = [["topics", "create", "--partitions", 2, "--replication", 1, *topics],
                        ["topics", "check", "--replication", 1, *topics],
                        ["init", *log], ["append", *log, lines], ["policy", "publish", *log, pack],
                        ["tick", "--until", "2031-01-01T00:00:00+08:00", *log], ["replay", *log, *state],
                        ["verify", *log, *state], ["doctor", *log, *state], ["export", *log, "--out", self.path(f"{way}.log")],
                        ["policy", "diff", *log, "taobao/2023-12-31", "taobao/2024-08-09"]]
            for command in commands:
                with self.subTest(way, command=command[:2]):
                    ctl.ctl(*command, check=0)
            # What was decided is the group's that the file says.
            group = Consumer({"bootstrap.servers": self.address, "group.id": "refund" if way == "set" else f"app-{way}"})
            self.assertGreater(group.committed([TopicPartition(f"{self.prefix}.events", 0)], timeout=30)[0].offset, 0)
            group.close()

    def test_a_generated_log_gets_in(self):
        self.topics("made")
        ctl.ctl("bench", "generate", "--events", 100, "--to-kafka", f"kafka://{self.guarded}/made", *sets(CREDENTIALS), check=0)

    def test_refundctl_that_is_not_let_in_keeps_the_secret(self):
        self.a_log("secret")
        log = ["--log", f"kafka://{self.guarded}/secret"]
        wrong = {**CREDENTIALS, "sasl.password": "hunter2"}
        file = self.kafka_config("wrong.toml", kafka={"brokers": self.guarded, "timeout": "3s"}, settings=wrong)
        with open(self.kafka_config("number.toml", settings=CREDENTIALS), encoding="utf-8") as own:
            number = self.write("number.toml", own.read().replace(f'"{PASSWORD}"', "77812"))
        rows = [(4, "Authentication failed", ["export", "--config", file, "--out", self.path("out")]),
                (1, "Authentication failed", ["doctor", "--config", file, "--state", self.a_state()]),
                (3, "kafka.settings.sasl.password: expected a text", ["export", "--config", number, "--out", self.path("out")]),
                (3, "kafka.brokers", ["export", *log, "--config", self.config(), "--out", self.path("out")]),
                (2, "--config", ["export", "--config", self.path("none.toml"), "--out", self.path("out")]),
                (2, "--set: expected name=value", ["export", *log, "--set", "sasl.password:hunter2", "--out", self.path("out")]),
                (2, "isolation.level", ["export", *log, "--set", "isolation.level=hunter2", "--out", self.path("out")]),
                (2, "a log on Kafka", ["export", "--log", self.path("log"), *sets(wrong), "--out", self.path("out")]),
                (2, "--log is missing", ["export", "--out", self.path("out")]),
                (2, "--brokers is missing", ["topics", "check", "--config", self.config()])]
        for code, word, command in rows:
            with self.subTest(command):
                exit_code, out, said = ctl.ctl(*command)
                self.assertEqual(exit_code, code, out + said)
                self.assertIn(word, out + said)
                for secret in ("hunter2", "77812"):
                    self.assertNotIn(secret, out + said)
        code, said = self.run_refundd(number)
        self.assertEqual((code, "77812" in said), (3, False), said)

    def a_state(self):
        examples = os.path.join(ctl.ROOT, "examples", "disputes.jsonl")
        ctl.ctl("append", "--as-recorded", "--log", self.path("small"), examples, check=0)
        ctl.ctl("replay", "--log", self.path("small"), "--state", self.path("small-state"), check=0)
        return self.path("small-state")

    def test_topics_that_are_missing(self):
        self.prefix = "none"
        self.assert_refused(4, 'kafka.brokers = "', "topic none.events", "refundctl topics create")
        self.topics("empty")
        self.assert_refused(4, "the log is empty", "refundctl init")
        self.a_log("some")
        for topic, key in (("payouts", "topic some.payouts"), ("inbox", "some.inbox"), ("returned", "some.returned"),
                           ("clock", "some.clock")):
            self.remove(f"some.{topic}")
            with self.subTest(topic):
                self.assert_refused(4, key, "refundctl topics create")
            ctl.ctl("topics", "create", "--brokers", self.address, "--prefix", "some", "--replication", 1, check=0)
        self.assert_refused(4, "kafka.inboxes", "some.shop", inboxes={"some.shop": "platform"})

    def test_partitions(self):
        self.a_log("parts")
        self.assert_refused(3, "lanes.partitions holds 4", "from 0 to 3", lanes={"partitions": [0, 4]})
        self.admin.create_partitions([NewPartitions("parts.decisions", 5)])["parts.decisions"].result(30)
        self.assert_refused(6, "topic parts.decisions: expected 4 partitions", "found 5")
        self.prefix = "fewer"
        self.admin.create_topics([NewTopic("fewer.payouts", 1, 1)])["fewer.payouts"].result(30)
        ctl.ctl("topics", "create", "--brokers", self.address, "--prefix", "fewer", "--replication", 1)
        self.assert_refused(6, "topic fewer.payouts: expected 4 partitions", "found 1")

    def test_settings_that_would_lose_history(self):
        self.a_log("history")
        rows = [("events", "retention.ms", "604800000"), ("events", "retention.bytes", "1000000000"),
                ("events", "cleanup.policy", "compact"), ("decisions", "retention.ms", "86400000"),
                ("payouts", "cleanup.policy", "compact"), ("events", "unclean.leader.election.enable", "true"),
                ("events", "max.message.bytes", "1000000")]
        for topic, name, value in rows:
            self.set(f"history.{topic}", name, value)
            with self.subTest((topic, name)):
                self.assert_refused(6, f"topic history.{topic}", f"{name}: expected ", f"found {value}",
                                    "kafka-configs.sh")
            self.set(f"history.{topic}", name, None)
            ours = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete",
                    "unclean.leader.election.enable": "false", "max.message.bytes": "8454144"}
            self.set(f"history.{topic}", name, ours[name])
        refundd = self.start(self.kafka_config())
        refundd.wait_ready(60)
        self.assertEqual(refundd.stop(), 0)

    def test_the_state_of_another_cluster(self):
        self.a_log("here")
        refundd = self.start(self.kafka_config("good.toml"))
        refundd.wait_ready(60)
        self.assertEqual(refundd.stop(), 0)
        state = self.path("good.toml-state")
        other = ShopTest("run")  # as like the first as can be, but for what it was opened with
        other.broker_dir = self.path("other-broker")
        started = broker.broker("start", other.broker_dir)
        self.addCleanup(broker.broker, "kill", other.broker_dir)
        self.assertEqual(started.returncode, 0, started.stderr)
        address = started.stdout.strip()
        ctl.ctl("topics", "create", "--brokers", address, "--prefix", "here", "--replication", 1, check=0)
        ctl.ctl("init", "--log", f"kafka://{address}/here", check=0)
        before = tree(state)
        code, said = self.run_refundd(self.kafka_config("bad.toml", kafka={"brokers": address},
                                                        state={"directory": state}))
        self.assertEqual((code, said.count("\n")), (6, 1), said)
        for word in (f'state.directory = "{state}"', "belongs to log", "name a directory of this log"):
            self.assertIn(word, said)
        self.assertEqual(tree(state), before)
        self.assertNotIn("__transaction_state", AdminClient({"bootstrap.servers": address}).list_topics(timeout=30).topics)
        # Its own cluster it still knows.
        again = self.start(self.kafka_config("good.toml"))
        again.wait_ready(60)
        self.assertEqual(again.stop(), 0)

    def test_an_address_that_is_taken_fences_nobody(self):
        self.a_log("taken")
        first = self.start(self.kafka_config())
        first.wait_ready(60)
        listen = f"127.0.0.1:{first.port}"
        code, said = self.run_refundd(self.kafka_config("bad.toml", http={"listen": listen}))
        self.assertEqual((code, said.count("\n")), (3, 1), said)
        self.assertIn(f'http.listen = "{listen}"', said)
        self.assertFalse(os.path.exists(self.path("bad.toml-state")))
        self.send("inbox", [paid("o/TAOBAO/taken")])
        first.wait_for(lambda: self.step_of("o/TAOBAO/taken/paid"), 30, 0.3)
        self.assertEqual(first.stop(), 0)

    def test_a_state_that_cannot_be_written(self):
        self.a_log("unwritable")
        with open(self.path("file"), "w", encoding="utf-8") as file:
            file.write("a file\n")
        for directory in (self.path("file"), self.path("file") + "/state", "/proc/refund/state"):
            with self.subTest(directory):
                self.assert_refused_state(directory)

    def assert_refused_state(self, directory):
        code, said = self.run_refundd(self.kafka_config("bad.toml", state={"directory": directory}))
        self.assertIn(code, (3, 6), said)
        self.assertEqual(said.count("\n"), 1, said)
        self.assertIn(f'state.directory = "{directory}"', said)

    def test_a_disk_that_is_read_only(self):
        self.a_log("readonly")
        place = self.small_disk(4, "ro")
        self.assert_refused(3, f'state.directory = "{place}/state"', "Read-only file system", "name another",
                            state={"directory": f"{place}/state"})

    def test_two_daemons_of_one_identity(self):
        """With states of their own, then with one."""
        self.a_log("twice")
        older = self.start(self.kafka_config("older.toml"))
        older.wait_ready(60)
        keys = [f"o/TAOBAO/twice-{n}" for n in range(24)]
        self.send("inbox", [paid(key) for key in keys[:8]])
        younger = self.start(self.kafka_config("younger.toml"))
        younger.wait_ready(60)
        self.send("inbox", [paid(key) for key in keys[8:16]])
        self.assertEqual(older.end(60), 6, "".join(older.lines[-4:]))
        self.assertIn("fenced", {each["state"] for each in older.said("partition failed")})
        third = self.start(self.kafka_config("third.toml", state={"directory": self.path("younger.toml-state")}))
        self.send("inbox", [paid(key) for key in keys[16:]])
        self.assertEqual(younger.end(60), 6, "".join(younger.lines[-4:]))
        third.wait_ready(90)
        names = [f"{key}/paid" for key in keys]
        third.wait_for(lambda: set(names) <= {each["cause"]["claimId"] for each in self.steps()}, 60, 0.3)
        self.assertEqual(third.stop(), 0)
        self.assertEqual(ctl.ctl("verify", "--log", self.log, "--state", self.path("younger.toml-state"))[0], 0)
        self.assertEqual(self.check()["orders"], len(keys))


if __name__ == "__main__":
    ctl.main()
