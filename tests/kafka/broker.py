"""A real Kafka for a test class, and refundd over it."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
for each in ("../tools", "../server"):
    sys.path.insert(0, os.path.join(HERE, each))
import ctl  # noqa: E402
import daemon  # noqa: E402

BROKER = os.path.join(ctl.ROOT, "tools", "kafka", "broker")
sys.path.insert(0, os.path.join(ctl.ROOT, "tools", "clients"))


def broker(verb, directory):
    return subprocess.run([BROKER, verb, directory], capture_output=True, text=True)


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
