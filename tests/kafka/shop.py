"""A shop over a real Kafka: what its systems send to the inbox, and what they see of it. After pypi.enter()."""
import json
import os
import subprocess
from datetime import datetime, timezone

import broker
import ctl
from check_topics import Topic
from confluent_kafka import Producer
from refund_records import decode, step


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def money(units):
    return {"units": units, "currency": "CNY"}


def event(kind, name, key, role, actor, body, **more):
    """A CloudEvent as attributes and data."""
    return {"specversion": "1.0", "source": "/tests", "id": name, "type": kind, "subject": key, "time": now(),
            "actorrole": role, "actorid": actor, **more}, body


def paid(key, number=1):
    return event("OrderPaid", f"{key}/paid", key, "PLATFORM", "shop",
                 {"buyer": "b-1", "merchant": "m-1", "lines": [
                     {"line": "1", "sku": "sku-1", "quantity": number, "paid": money(5990 * number)}]})


def requested(key, name="requested", **more):
    return event("RefundRequested", f"{key}/{name}", key, "BUYER", "b-1",
                 {"kind": "REFUND_ONLY", "units": {"line": "1", "quantity": 1}, "ask": money(5990),
                  "reason": "QUALITY"}, **more)


def accepted(key):
    return event("RefundAccepted", f"{key}/accepted", key, "SELLER", "m-1", {})


class ShopTest(broker.KafkaTest):
    def send(self, topic, events, mode="binary", key=None):
        """By Python's client, with its default partitioner."""
        producer = Producer({"bootstrap.servers": self.address})
        for attributes, data in events:
            if mode == "binary":
                headers = {f"ce_{name}": str(value) for name, value in attributes.items()}
                headers["content-type"] = "application/json"
                value = json.dumps(data)
            else:
                headers = {"content-type": "application/cloudevents+json"}
                value = json.dumps({**attributes, "data": data})
            producer.produce(f"{self.prefix}.{topic}", value=value, key=key or attributes["subject"], headers=headers)
        producer.flush()

    def steps(self):
        topic = Topic(self.address, f"{self.prefix}.decisions")
        return [decode(step.Step, message.value()) for partition in topic.partitions
                for message in topic.read(partition)]

    def step_of(self, name):
        """The steps that a claim came to."""
        return [each for each in self.steps() if each["cause"]["claimId"] == name]

    def begin(self, prefix, **tables):
        self.topics(prefix)
        ctl.ctl("init", "--log", self.log, check=0)
        refundd = self.start(self.kafka_config(**tables))
        refundd.wait_ready(60)
        return refundd

    def small_disk(self, megabytes, mode="rw"):
        """A disk of its own, or a skip where none can be mounted."""
        place = self.path("disk")
        os.mkdir(place)
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        mounted = subprocess.run([*sudo, "mount", "-t", "tmpfs", "-o", f"{mode},size={megabytes}m,uid={os.getuid()}", "none",
                                  place], capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"no small disk can be mounted: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, [*sudo, "umount", "-l", place])
        return place
