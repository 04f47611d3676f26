"""A real Kafka for a test class, and refundd over it. After pypi.enter()."""
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
for each in ("../tools", "../server"):
    sys.path.insert(0, os.path.join(HERE, each))
import ctl  # noqa: E402
import daemon  # noqa: E402
from check_topics import Topic  # noqa: E402
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource  # noqa: E402

BROKER = os.path.join(ctl.ROOT, "tools", "kafka", "broker")
sys.path.insert(0, os.path.join(ctl.ROOT, "tools", "clients"))


def broker(verb, directory):
    return subprocess.run([BROKER, verb, directory], capture_output=True, text=True)


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


class KafkaTest(daemon.DaemonTest):
    """One broker for the class, topics of its own for each test."""

    @classmethod
    def setUpClass(cls):
        cls.broker_dir = tempfile.mkdtemp(prefix="refund-kafka-")
        cls.addClassCleanup(shutil.rmtree, cls.broker_dir, True)
        cls.addClassCleanup(broker, "kill", cls.broker_dir)
        started = broker("start", cls.broker_dir)
        if started.returncode != 0:
            print(f"SKIPPED: no Kafka: {started.stderr.strip()}")
            required = os.environ.get("CI") or os.environ.get("REFUND_REQUIRE_KAFKA")
            raise (AssertionError if required else unittest.SkipTest)(started.stderr)
        cls.address = started.stdout.strip()

    def start_broker_again(self):
        """Where it was. On a machine that is busy it may give up on itself as it starts: that is not ours to judge."""
        for _ in range(3):
            started = broker("start", self.broker_dir)
            if started.returncode == 0:
                return
        self.fail(started.stderr)

    def topics(self, prefix, partitions=4):
        self.prefix = prefix
        ctl.ctl("topics", "create", "--brokers", self.address, "--prefix", prefix, "--partitions", partitions,
                "--replication", 1, check=0)
        self.log = f"kafka://{self.address}/{prefix}"
        return self.log

    def ends(self):
        """partition -> where its events end"""
        return Topic(self.address, f"{self.prefix}.events").ends()

    @functools.cached_property
    def admin(self):
        return AdminClient({"bootstrap.servers": self.address})

    def set(self, topic, name, value):
        """None: as the broker has it for all."""
        operation = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
        entry = ConfigEntry(name, value or "", incremental_operation=operation)
        resource = ConfigResource("topic", topic, incremental_configs=[entry])
        self.admin.incremental_alter_configs([resource])[resource].result(30)

    def remove(self, topic):
        self.admin.delete_topics([topic])[topic].result(30)
        deadline = time.monotonic() + 60
        while topic in self.admin.list_topics(timeout=30).topics and time.monotonic() < deadline:
            time.sleep(0.1)

    def check_topics(self, code, *more):
        """What consumers see, by a program that reads only topics."""
        done = subprocess.run([sys.executable, os.path.join(HERE, "check_topics.py"), "--brokers", self.address,
                               "--prefix", self.prefix, *more], capture_output=True, text=True, timeout=1800)
        self.assertEqual(done.returncode, code, done.stdout[-3000:] + done.stderr)
        return done.stdout

    def check(self):
        """It is right; returns how much of each there is."""
        return json.loads(self.check_topics(0, "--json"))

    def kafka_config(self, name="refundd.toml", **tables):
        # A state of a name's own: two processes may share partitions, one after the other.
        tables.setdefault("state", {"directory": self.path(name + "-state")})
        tables["kafka"] = {"brokers": self.address, "prefix": self.prefix, "fetch_queue_kbytes": 8192,
                           **tables.get("kafka", {})}
        settings = tables.pop("settings", {})
        text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in tables.items()
                       if not isinstance(value, dict))
        tables.setdefault("http", {"listen": "127.0.0.1:0"})
        inboxes = tables.pop("inboxes", {f"{self.prefix}.inbox": "platform", f"{self.prefix}.payout-results": "psp"})
        for table, keys in tables.items():
            if isinstance(keys, dict):
                text += f"[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        for table, keys in {"inboxes": inboxes, "settings": settings}.items():
            text += f"[kafka.{table}]\n" + "".join(f"{json.dumps(k)} = {json.dumps(v)}\n" for k, v in keys.items())
        return self.write(name, text)
