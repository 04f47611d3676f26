#!/usr/bin/env python3
"""refundd over a real Kafka, from the inbox to the payout and back: three clients with their own partitioners, what is
not taken goes back, what is sent twice is absorbed, and a payout system in Python that dies in between pays once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import pypi  # noqa: E402

pypi.enter()

import json
import shutil
import signal
import sqlite3
import subprocess
import time

import ctl
from check_topics import Topic
from refund_records import claim_of
from shop import accepted, event, money, now, paid, requested, ShopTest

JARS = os.path.join(os.environ.get("REFUND_KAFKA_HOME", os.path.expanduser("~/.cache/refund-kafka")), "4.1.0", "lib")


class Inbox(ShopTest):
    def send_by_kcat(self, topic, attributes, data):
        command = ["kcat", "-b", self.address, "-P", "-t", f"{self.prefix}.{topic}", "-k", attributes["subject"],
                   "-H", "content-type=application/json"]
        for name, value in attributes.items():
            command += ["-H", f"ce_{name}={value}"]
        subprocess.run(command, input=json.dumps(data), text=True, check=True, timeout=60)

    def send_by_java(self, topic, attributes, data):
        """Apache Kafka's own client, through its console producer: structured mode."""
        value = json.dumps({**attributes, "data": data})
        command = ["java", "-cp", os.path.join(JARS, "*"), "org.apache.kafka.tools.ConsoleProducer",
                   "--bootstrap-server", self.address, "--topic", f"{self.prefix}.{topic}",
                   "--property", "parse.headers=true", "--property", "parse.key=true"]
        line = f"content-type:application/cloudevents+json\t{attributes['subject']}\t{value}\n"
        subprocess.run(command, input=line, text=True, check=True, timeout=120, capture_output=True)

    def test_one_order_by_three_clients(self):
        if shutil.which("kcat") is None:
            self.fail("kcat is missing: apt-get install kcat")
        refundd = self.begin("clients")
        key = "o/TAOBAO/three-clients"
        self.send("inbox", [paid(key)])
        refundd.wait_for(lambda: self.step_of(f"{key}/paid"), 60, 0.3)
        self.send_by_kcat("inbox", *requested(key))
        refundd.wait_for(lambda: self.step_of(f"{key}/requested"), 60, 0.3)
        self.send_by_java("inbox", *accepted(key))
        refundd.wait_for(lambda: self.step_of(f"{key}/accepted"), 60, 0.3)
        results = [self.step_of(f"{key}/{each}")[0]["result"] for each in ("paid", "requested", "accepted")]
        self.assertEqual(results, ["applied", "applied", "applied"])
        # They lie in one partition of the log, whatever the inbox's was.
        topic = Topic(self.address, f"{self.prefix}.events")
        places = set()
        for partition in topic.partitions:
            for message in topic.read(partition):
                claim, stamp = claim_of(message.value())
                if claim.get("key") == key:
                    places.add(partition)
                    self.assertEqual(stamp["principal"], "platform")
        self.assertEqual(len(places), 1)
        self.assertEqual(refundd.stop(), 0)
        self.assertEqual(self.check()["orders"], 1)

    def test_what_is_not_taken_goes_back_and_the_rest_goes_on(self):
        from confluent_kafka import Producer
        refundd = self.begin("returned")
        producer = Producer({"bootstrap.servers": self.address})
        inbox = f"{self.prefix}.inbox"
        producer.produce(inbox, value=b"garbage", key=b"k")  # no headers at all
        producer.produce(inbox, value=None, key=b"k")  # a tombstone
        bad = requested("o/TAOBAO/bad")
        bad[1]["ask"]["units"] = 59.90
        self.send("inbox", [bad])
        self.send("inbox", [requested("not-a-key")], mode="structured")
        self.send("inbox", [event("Draw", "d-1", "a/TAOBAO/voucher-budget/1", "ENGINE", "engine", {})])
        producer.flush()
        good = "o/TAOBAO/good"
        self.send("inbox", [paid(good), paid(good), requested(good)], mode="structured")
        refundd.wait_for(lambda: self.step_of(f"{good}/requested"), 60, 0.3)
        returned = Topic(self.address, f"{self.prefix}.returned")
        messages = [each for partition in returned.partitions for each in returned.read(partition)]
        why = sorted(dict(each.headers())["refused"].decode() for each in messages)
        self.assertEqual(len(why), 5, why)
        text = "\n".join(why)
        for expected in ("content-type: expected application/json", "found a null value", "/data/ask/units: expected",
                         "/subject: expected", "ce_type"):
            self.assertIn(expected, text)
        self.assertIn(b"garbage", [each.value() for each in messages])
        for each in messages:
            self.assertTrue(dict(each.headers())["from"].decode().startswith(inbox + "/"))
        self.assertEqual(len(self.step_of(f"{good}/paid")), 1, "the same claim twice is one step")
        metrics = refundd.metrics()
        self.assertEqual((metrics["refund_inbox_taken_total"], metrics["refund_inbox_returned_total"]), (3, 5))
        # A payout answer must come by its own door: the inbox's principal may not say it.
        self.assertEqual(refundd.stop(), 0)
        self.check()

    def test_intake_that_is_killed_takes_everything(self):
        refundd = self.begin("killed")
        keys = [f"o/TAOBAO/killed-{n}" for n in range(60)]
        for n, key in enumerate(keys):
            self.send("inbox", [paid(key), requested(key), accepted(key)])
            if n % 6 == 5:
                refundd.kill()
                refundd = self.start(self.kafka_config())
                refundd.wait_ready(60)
        names = {f"{key}/{each}" for key in keys for each in ("paid", "requested", "accepted")}
        refundd.wait_for(lambda: names <= {each["cause"]["claimId"] for each in self.steps()}, 60, 0.5)
        caused = [each["cause"]["claimId"] for each in self.steps() if each["cause"]["claimId"] in names]
        self.assertEqual(sorted(caused), sorted(names), "each once")
        self.assertEqual(refundd.stop(), 0)
        self.assertEqual(ctl.ctl("verify", "--log", self.log, "--state", self.path("refundd.toml-state"))[0], 0)
        self.check()

    def test_messages_between_keys_come_back_though_intake_is_killed(self):
        """Goodwill vouchers draw on accounts, whose answers come back: refund.messages is an inbox of intake's."""
        refundd = self.begin("messages")
        for n in range(20):
            key = f"o/PINDUODUO/drawn-{n}"
            grant = {"id": f"grant-{n}", "type": "VoucherGrantRequested", "key": key, "occurred_at": now(),
                     "actor": {"role": "AGENT", "id": "agent-3"},
                     "body": {"kind": "EXPERIENCE_COMP", "amount": money(500), "cause": "long wait"}}
            attributes, body = paid(key)
            order = {"id": attributes["id"], "type": "OrderPaid", "key": key, "occurred_at": attributes["time"],
                     "actor": {"role": "PLATFORM", "id": "shop"}, "body": body}
            lines = self.write("lines.jsonl", json.dumps(order) + "\n" + json.dumps(grant) + "\n")
            ctl.ctl("append", "--log", self.log, lines, check=0)
            if n % 5 == 2:
                refundd.kill()
                refundd = self.start(self.kafka_config())
                refundd.wait_ready(60)
        refundd.wait_for(lambda: len(self.sent_to_keys()) >= 80, 60, 0.3)
        sent = self.sent_to_keys()
        refundd.wait_for(lambda: set(sent) <= self.carried(), 60, 0.3)
        self.assertEqual(len(sent), len(set(sent)))
        # By this process, which saw the last two orders come; they are no strangers' messages.
        metrics = refundd.metrics()
        self.assertGreaterEqual(metrics["refund_messages_carried_total"], 8)
        self.assertEqual((metrics["refund_inbox_taken_total"], metrics["refund_inbox_returned_total"]), (0, 0))
        refundd.wait_for(lambda: set(sent) <= {each["cause"]["claimId"] for each in self.steps()}, 60, 0.3)
        self.assertEqual(refundd.stop(), 0)
        caused = [each["cause"]["claimId"] for each in self.steps() if each["cause"]["claimId"] in set(sent)]
        self.assertEqual(sorted(caused), sorted(sent), "each once, however often it was carried")
        vouchers = ctl.ctl("vouchers", "--state", self.path("refundd.toml-state"), "--json", check=0)[1]
        self.assertEqual(vouchers.count('"ISSUED"'), 20)
        self.check()

    def sent_to_keys(self):
        topic = Topic(self.address, f"{self.prefix}.messages")
        return [dict(each.headers())["id"].decode() for partition in topic.partitions for each in topic.read(partition)]

    def carried(self):
        """What intake has put into the log as the engine's."""
        topic = Topic(self.address, f"{self.prefix}.events")
        records = [claim_of(each.value()) for partition in topic.partitions for each in topic.read(partition)]
        return {claim["id"] for claim, stamp in records if stamp["principal"] == "engine"}

    def test_a_payout_system_that_dies_pays_once(self):
        refundd = self.begin("payouts")
        book = self.path("payouts.sqlite")

        def consumer():
            return subprocess.Popen([sys.executable, os.path.join(ctl.ROOT, "tools/clients/payout_consumer.py"),
                                     "--brokers", self.address, "--prefix", self.prefix, "--book", book])
        keys = [f"o/TAOBAO/paid-{n}" for n in range(40)]
        process = consumer()
        try:
            for n, key in enumerate(keys):
                self.send("inbox", [paid(key), requested(key), accepted(key)])
                if n % 8 == 7:
                    time.sleep(0.3)
                    process.kill()
                    process.wait()
                    process = consumer()

            def settled():
                return {each["key"] for each in self.steps() for t in each.get("transitions", []) if t["row"] == "m9"}
            refundd.wait_for(lambda: settled() == set(keys), 120, 1)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        legs = sqlite3.connect(book).execute("select leg, amount from paid").fetchall()
        self.assertEqual(len(legs), len(keys))
        self.assertEqual({amount for _, amount in legs}, {5990})
        self.assertEqual(refundd.stop(), 0)
        self.assertEqual(self.check()["payouts"], len(keys))


if __name__ == "__main__":
    ctl.main()
