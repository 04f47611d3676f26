#!/usr/bin/env python3
"""What goes wrong around refundd over a real Kafka, and what must come of it: poison in the log and in the inbox,
records of maximum size and beyond, a producer that was fenced, a broker that is away, a disk that is full. Nothing is
lost, nothing comes twice, and what is wrong is said.

REFUND_AWAY_SECONDS: how long the broker is away in mid-run (8; the long run has 60)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import pypi  # noqa: E402

pypi.enter()

import json
import threading
import time

import broker
import ctl
from check_topics import Topic
from confluent_kafka import Producer
from refund_records import claim_of, decode, step
from disputes import rfc3339
from shop import accepted, event, money, paid, requested, ShopTest

LINE_BYTES_MAX = 4 << 20
TOPIC_BYTES_MAX = 8_454_144  # max.message.bytes of the topics (docs/formats/topics.md)
AWAY_SECONDS = float(os.environ.get("REFUND_AWAY_SECONDS", "8"))


class Faults(ShopTest):
    def setUp(self):
        super().setUp()
        self.producers = {}

    def write_raw(self, topic, partition, value, headers=None, **settings):
        """By somebody who may write where intake alone should; returns the error's name."""
        producer = self.producers.get(str(settings))
        if producer is None:
            producer = Producer({"bootstrap.servers": self.address, "linger.ms": 0, "message.max.bytes": 100_000_000,
                                 **settings})
            self.producers[str(settings)] = producer
        failed = []
        producer.produce(f"{self.prefix}.{topic}", value=value, partition=partition, headers=headers or {},
                         on_delivery=lambda error, _: failed.append(error) if error else None)
        self.assertEqual(producer.flush(30), 0)
        return failed[0].name() if failed else None

    def records(self, topic):
        topic = Topic(self.address, f"{self.prefix}.{topic}")
        return [each for partition in topic.partitions for each in topic.read(partition)]

    def decided(self, names):
        return set(names) <= {each["cause"]["claimId"] for each in self.steps()}

    def buy(self, name, number):
        """Orders that ask for their money, and get it; returns what their claims are called."""
        keys = [f"o/TAOBAO/{name}-{n}" for n in range(number)]
        for key in keys:
            self.send("inbox", [paid(key), requested(key), accepted(key)])
        return [f"{key}/{each}" for key in keys for each in ("paid", "requested", "accepted")]

    def end_well(self, refundd, state="refundd.toml-state"):
        """Stops it; what it has done is right, as others see it and by a replay."""
        self.assertEqual(refundd.stop(seconds=60), 0,
                         [*refundd.said("partition failed")[-5:], *refundd.said("intake failed")[-5:], *refundd.lines[-5:]])
        self.assertEqual(ctl.ctl("verify", "--log", self.log, "--state", self.path(state))[0], 0)
        self.assert_replay_agrees(self.path(state))
        return self.check()

    # ---- Poison, and size ----

    def test_poison_in_every_partition_of_the_log(self):
        refundd = self.begin("poison")
        before = self.buy("before", 12)
        refundd.wait_for(lambda: self.decided(before), 30, 0.3)
        real = next(each for each in self.records("events") if claim_of(each.value())[0].get("key"))
        stamp = dict(real.headers())["recorded_at"]
        poison = [(b"garbage", {}), (b"", {"recorded_at": stamp}), (None, {"recorded_at": stamp}),
                  (real.value(), {"recorded_at": "soon"}), (real.value(), {"recorded_at": "1"}),
                  (real.value()[:-8], {"recorded_at": stamp}), (b"\xff" * 4096, {"recorded_at": stamp}),
                  (os.urandom(TOPIC_BYTES_MAX - 200), {"recorded_at": stamp})]
        for partition in range(4):
            for value, headers in poison:
                self.assertIsNone(self.write_raw("events", partition, value, headers))
            # Small on its way, and more than a topic takes when it has been unpacked.
            self.assertIsNone(self.write_raw("events", partition, bytes(40_000_000), {"recorded_at": stamp},
                                             **{"compression.type": "zstd"}))
        after = self.buy("after", 12)
        refundd.wait_for(lambda: self.decided(after), 60, 0.3)
        refundd.wait_ready()
        metrics = refundd.metrics()
        for partition in range(4):
            self.assertEqual(metrics[f'refund_quarantined_records_total{{partition="{partition}"}}'], 9)
        put_aside = [decode(step.Quarantined, each.value()) for each in self.records("quarantined")]
        self.assertEqual(sorted((each["partition"], each["offset"]) for each in put_aside),
                         sorted({(each["partition"], each["offset"]) for each in put_aside}))
        self.assertEqual(len(put_aside), 36)
        self.assertTrue(all(each["why"] for each in put_aside))
        self.assertIn(b"garbage", [each.get("bytes") for each in put_aside])
        self.end_well(refundd)
        state = self.path("refundd.toml-state")
        self.assertEqual(ctl.ctl_json("quarantine", "list", "--state", state)["quarantined"], 36)
        self.assertIn("raw", ctl.ctl("quarantine", "export", "--state", state, check=0)[1])

    @staticmethod
    def largest(key, name, lines):
        """An order of so many lines, in each of which every text is as long as it may be."""
        each = [{"line": f"{n:064}", "sku": "s" * 64, "quantity": 1, "paid": money(3), "serial": "n" * 64}
                for n in range(lines)]
        return event("OrderPaid", name, key, "PLATFORM", "shop", {"buyer": "b" * 128, "merchant": "m" * 128,
                                                                  "lines": each})

    @staticmethod
    def line(claim):
        attributes, body = claim
        return json.dumps({"id": attributes["id"], "type": attributes["type"], "key": attributes["subject"],
                           "occurred_at": attributes["time"], "body": body,
                           "actor": {"role": attributes["actorrole"], "id": attributes["actorid"]}}) + "\n"

    def test_the_largest_claim_and_one_over_it(self):
        refundd = self.begin("size")
        for door in ("inbox", "append"):
            keys = [f"o/TAOBAO/{door}-{n}" for n in range(3)]
            claims = [self.largest(keys[0], f"{door}/0", 100), self.largest(keys[1], f"{door}/1", 101),
                      self.largest(keys[2], f"{door}/2", 100)]
            if door == "inbox":
                self.send("inbox", claims, key="one-partition")
            else:
                file = self.write("sizes.jsonl", "".join(self.line(each) for each in claims))
                code, out, said = ctl.ctl("append", "--log", self.log, file)
                self.assertEqual((code, said.count("\n")), (1, 1), said)
                self.assertIn("sizes.jsonl:2: /body/lines: expected an array of 1 to 100 items, found 101", said)
                self.assertIn("2 appended, 0 already there, 1 errors", out)
            refundd.wait_for(lambda: self.decided([f"{door}/0", f"{door}/2"]), 30, 0.3)
        results = [each["result"] for each in self.steps()]
        self.assertEqual(results, ["applied"] * 4)
        why = [dict(each.headers())["refused"].decode() for each in self.records("returned")]
        self.assertEqual(len(why), 1, why)
        self.assertIn("/data/lines: expected an array of 1 to 100 items, found 101", why[0])
        self.end_well(refundd)

    def test_the_largest_line_and_one_over_it(self):
        refundd = self.begin("lines")
        newest = claim_of(self.records("events")[-1].value())[1]["recordedAt"] + 60_000

        def raw(length):
            head = f'{{"partition":0,"recorded_at":{json.dumps(rfc3339(newest))},"raw":"'
            filler = length - len(head) - 2
            return head + "A" * (filler - filler % 4) + '"' + " " * (filler % 4) + "}\n"

        file = self.write("raw.jsonl", raw(LINE_BYTES_MAX) + raw(LINE_BYTES_MAX + 1) + raw(1000))
        code, out, said = ctl.ctl("append", "--as-recorded", "--log", self.log, file)
        self.assertEqual((code, said.count("\n")), (1, 1), said)
        self.assertIn("raw.jsonl:2: /: expected a line of at most 4 MiB, found a longer one", said)
        self.assertIn("2 appended", out)
        refundd.wait_for(lambda: len(self.records("quarantined")) == 2, 30, 0.3)
        large, small = (decode(step.Quarantined, each.value()) for each in self.records("quarantined"))
        self.assertIn("record: expected at most", large["why"])
        self.assertFalse(large.get("bytes"))  # only its hash: no topic need take it twice
        self.assertGreater(len(small["bytes"]), 600)
        self.end_well(refundd)

    def test_the_largest_message_that_an_inbox_takes_and_one_over_it(self):
        refundd = self.begin("large")
        inbox = f"{self.prefix}.inbox"
        size = TOPIC_BYTES_MAX - 61 - 13  # of a batch's head and a record's
        self.assertEqual(self.write_raw("inbox", 0, os.urandom(size + 1)), "MSG_SIZE_TOO_LARGE")
        self.assertIsNone(self.write_raw("inbox", 0, os.urandom(size)))
        self.assertIsNone(self.write_raw("inbox", 1, bytes(40_000_000), **{"compression.type": "zstd"}))
        names = self.buy("behind", 12)  # in every partition, behind it
        refundd.wait_for(lambda: self.decided(names), 60, 0.3)
        returned = {dict(each.headers())["from"].decode(): each for each in self.records("returned")}
        self.assertEqual(set(returned), {f"{inbox}/0@0", f"{inbox}/1@0"})
        for each in returned.values():
            self.assertIn("content-type: expected", dict(each.headers())["refused"].decode())
        self.end_well(refundd)

    # ---- Others ----

    def test_a_producer_that_was_fenced(self):
        refundd = self.begin("fenced")
        before = self.buy("before", 6)
        refundd.wait_for(lambda: self.decided(before), 30, 0.3)
        # Not by another refundd, which would leave its mark: by anything with the same transactional id.
        other = Producer({"bootstrap.servers": self.address, "transactional.id": f"refund/{self.prefix}/2"})
        other.init_transactions(30)
        after = self.buy("after", 12)
        self.assertEqual(refundd.end(60), 6)
        failed = [each for each in refundd.said("partition failed") if each["partition"] == 2]
        self.assertEqual([each["state"] for each in failed], ["fenced"], failed)
        again = self.start(self.kafka_config())
        again.wait_ready(60)
        again.wait_for(lambda: self.decided(before + after), 60, 0.3)
        self.assertEqual(self.end_well(again)["payouts"], 18)

    # ---- The broker ----

    def test_a_broker_that_is_absent_at_start(self):
        self.topics("absent")
        ctl.ctl("init", "--log", self.log, check=0)
        broker.broker("kill", self.broker_dir)
        self.addCleanup(self.start_broker_again)
        for role in ("both", "intake", "lanes"):
            refundd = self.start(self.kafka_config(role=role, kafka={"timeout": "2s"}))
            self.assertEqual(refundd.end(60), 4)
            self.assertEqual(len(refundd.lines), 1, refundd.lines)
            for word in (f'kafka.brokers = "{self.address}"', "Connection refused", "start"):
                self.assertIn(word, refundd.lines[0])
            self.assertFalse(os.path.exists(self.path("refundd.toml-state")))
        self.start_broker_again()
        refundd = self.start(self.kafka_config())
        refundd.wait_ready(60)
        self.end_well(refundd)

    def test_a_broker_that_is_away_for_a_while(self):
        refundd = self.begin("away", kafka={"timeout": "5s"})
        over, names = threading.Event(), []  # set in the end, and what was sent

        def shop():
            while not over.is_set():
                names.extend(self.buy(f"away-{len(names)}", 1))
                time.sleep(0.1)

        shopping = threading.Thread(target=shop, daemon=True)
        self.addCleanup(over.set)
        shopping.start()
        refundd.wait_for(lambda: len(names) > 20, 60)
        broker.broker("kill", self.broker_dir)
        self.addCleanup(self.start_broker_again)
        away = time.monotonic()
        refundd.wait_for(lambda: not refundd.ready(), 15)
        time.sleep(max(0, away + AWAY_SECONDS - time.monotonic()))
        self.assertFalse(refundd.ready())
        self.assertEqual(refundd.get("/healthz")[0], 200)
        self.start_broker_again()
        refundd.wait_ready(90)
        at = len(names)
        refundd.wait_for(lambda: len(names) > at + 20, 120)
        over.set()
        shopping.join()
        refundd.wait_for(lambda: self.decided(names), 60, 0.5)
        caused = [each["cause"]["claimId"] for each in self.steps() if each["cause"]["claimId"] in set(names)]
        self.assertEqual(sorted(caused), sorted(names), "each once")
        self.assertEqual(self.end_well(refundd)["payouts"], len(names) // 3)

    def test_readyz_says_soon_that_the_broker_is_away(self):
        """Though nothing is to be done, and the brokers' answer is waited for two minutes: longer than any broker
        takes to come back, so that nothing fails meanwhile."""
        self.topics("soon")
        ctl.ctl("init", "--log", self.log, check=0)
        patient = {"timeout": "120s"}
        fleet = [self.start(self.kafka_config(f"{role}.toml", role=role, kafka=patient)) for role in ("lanes", "intake")]
        for each in fleet:
            each.wait_ready(60)
        broker.broker("kill", self.broker_dir)
        self.addCleanup(self.start_broker_again)
        for each in fleet:
            # Intake asks the brokers for the time every 5 s, and else for nothing.
            each.wait_for(lambda: not each.ready(), 15)
            status, text = each.get("/readyz")
            self.assertEqual(status, 503)
            said = json.loads(text)
            late = [part for part in [*said["partitions"], said.get("intake", {})]
                    if "does not answer" in part.get("error", "")]
            self.assertGreater(len(late), 0, text)
            self.assertNotIn(True, [part.get("ready") for part in late])
        self.start_broker_again()
        for each in fleet:
            each.wait_ready(90)
            self.assertEqual(each.said("partition failed") + each.said("intake failed"), [], "they only waited")
            self.assertEqual(each.stop(), 0)

    def test_a_stop_while_the_broker_is_away(self):
        refundd = self.begin("stopped", kafka={"timeout": "5s"})
        names = self.buy("before", 6)
        refundd.wait_for(lambda: self.decided(names), 30, 0.3)
        broker.broker("kill", self.broker_dir)
        self.addCleanup(self.start_broker_again)
        refundd.wait_for(lambda: refundd.said("partition failed"), 60)
        self.assertEqual(refundd.stop(seconds=60), 4)
        self.start_broker_again()
        again = self.start(self.kafka_config())
        again.wait_ready(60)
        self.end_well(again)

    # ---- The disk ----

    def test_a_full_disk(self):
        disk = self.small_disk(64)
        state = os.path.join(disk, "state")
        refundd = self.begin("full", state={"directory": state})
        before = self.buy("before", 8)
        refundd.wait_for(lambda: self.decided(before), 30, 0.3)
        others = Filler(disk)
        during = self.buy("during", 40)

        def failed(daemon):
            return [each["error"] for each in daemon.said("partition failed") if each["state"] == "waiting"]

        refundd.wait_for(lambda: len(failed(refundd)) >= 6, 90)
        for error in failed(refundd):
            self.assertIn("No space left on device", error)
            self.assertIn(disk, error)
        refundd.wait_for(lambda: not refundd.ready(), 60)
        self.assertEqual(refundd.stop(seconds=60), 4)
        # Started there again, it says the same, and goes on by itself when there is room.
        again = self.start(self.kafka_config(state={"directory": state}))
        again.wait_for(lambda: failed(again), 60)
        self.assertIn("No space left on device", failed(again)[0])
        others.give_back()
        again.wait_ready(90)
        others = Filler(disk)
        more, before_that = self.buy("more", 8), len(failed(again))
        again.wait_for(lambda: len(failed(again)) > before_that, 60)
        again.kill()
        others.give_back()
        last = self.start(self.kafka_config(state={"directory": state}))
        last.wait_for(lambda: self.decided(before + during + more), 90, 0.3)
        self.assertEqual(self.end_well(last, state)["payouts"], 56)


class Filler(threading.Thread):
    """Another program, which takes all the room there is on a disk until it gives it back."""

    def __init__(self, disk):
        super().__init__(daemon=True)
        self.path, self.over = os.path.join(disk, "ballast"), threading.Event()
        self.start()

    def run(self):
        with open(self.path, "wb", buffering=0) as file:
            while not self.over.is_set():
                try:
                    file.write(bytes(4096))
                except OSError:
                    time.sleep(0.001)

    def give_back(self):
        self.over.set()
        self.join()
        os.unlink(self.path)


if __name__ == "__main__":
    ctl.main()
