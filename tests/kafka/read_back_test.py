#!/usr/bin/env python3
"""refundd reads back what it put out, over a real broker: what is gone is put out again under its id, and what somebody
else has written stops its partition, with a report, while the others go on."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import pypi  # noqa: E402

pypi.enter()

import broker
import ctl
from check_topics import Topic, source
from refund_records import decode, step


class ReadBack(broker.KafkaTest):
    def begin(self, prefix):
        self.topics(prefix)
        ctl.ctl("append", "--as-recorded", "--log", self.log, os.path.join(ctl.ROOT, "examples", "disputes.jsonl"),
                check=0)
        return self.launch("first")

    def launch(self, name):
        refundd = self.start(self.kafka_config(f"{name}.toml", role="lanes", kafka={"read_back_interval": "100ms"}))
        refundd.wait_ready(60)
        return refundd

    def messages(self, topic):
        read = Topic(self.address, f"{self.prefix}.{topic}")
        return [message for partition in read.partitions for message in read.read(partition, read.bounds(partition)[0])]

    def outputs(self):
        return sum(len(self.messages(topic)) for topic in ("decisions", "payouts", "messages", "quarantined"))

    def counted(self, refundd, name):
        return sum(value for key, value in refundd.metrics().items() if key.startswith(name + "{"))

    def wait_read_back(self, refundd, outputs):
        refundd.wait_for(lambda: self.counted(refundd, "refund_outputs_read_back_total") == outputs, 60, 0.1)

    def test_outputs_carry_id_and_address(self):
        refundd = self.begin("carry")
        self.wait_read_back(refundd, self.outputs())
        self.assertEqual(refundd.stop(), 0)
        steps = self.messages("decisions")
        for message in steps:
            body = decode(step.Step, message.value())
            self.assertEqual(dict(message.headers())["id"].decode(), f"{body['key']}/{body['sequence']}")
        payouts = self.messages("payouts")
        for message in payouts:
            leg = decode(step.Payout, message.value())["leg"].hex()
            self.assertRegex(dict(message.headers())["id"].decode(), f"^{leg}/[0-9]+$")
        for each in (steps, payouts):
            self.assertGreater(len(each), 10)
            self.assertEqual(len({dict(message.headers())["id"] for message in each}), len(each))

    def test_what_is_gone_is_put_out_again(self):
        from confluent_kafka import TopicPartition
        refundd = self.begin("gone")
        before = {(each.topic(), source(each)): each.value() for topic in ("decisions", "payouts")
                  for each in self.messages(topic)}
        self.assertEqual(refundd.stop(), 0)
        # The first half of each topic's partition 1.
        gone = []
        for topic in ("gone.decisions", "gone.payouts"):
            offsets = [each.offset() for each in self.messages(topic.split(".")[1]) if each.partition() == 1]
            gone.append(TopicPartition(topic, 1, offsets[len(offsets) // 2]))
        for future in self.admin.delete_records(gone).values():
            future.result(30)
        left = [each for topic in ("decisions", "payouts") for each in self.messages(topic)]
        missing = len(before) - len(left)
        self.assertGreater(missing, 5)
        refundd = self.launch("second")
        refundd.wait_for(lambda: self.counted(refundd, "refund_outputs_put_out_again_total") == missing, 60, 0.1)
        said = refundd.said("output was missing, and is put out again")
        self.assertEqual({each["partition"] for each in said}, {1})
        self.assertTrue(all(each["id"] for each in said))
        self.assertEqual(refundd.stop(), 0)
        after = [each for topic in ("decisions", "payouts") for each in self.messages(topic)]
        self.assertEqual({(each.topic(), source(each)): each.value() for each in after}, before)
        self.assertEqual(len(after), len(before), "each once")
        self.check_topics(0)
        # Whoever comes next finds them all, though some lie out of order.
        refundd = self.launch("third")
        self.wait_read_back(refundd, self.outputs())
        self.assertEqual(self.counted(refundd, "refund_outputs_put_out_again_total"), 0)
        self.assertEqual(refundd.stop(), 0)
        self.assertEqual(ctl.ctl("verify", "--log", self.log, "--state", self.path("third.toml-state"))[0], 0)

    def forge(self, message, value):
        from confluent_kafka import Producer
        producer = Producer({"bootstrap.servers": self.address})
        producer.produce(message.topic(), partition=message.partition(), value=value,
                         headers=[each for each in message.headers() if each[0] != "again"])
        producer.flush()

    def test_what_somebody_else_wrote_stops_the_partition(self):
        refundd = self.begin("forged")
        self.wait_read_back(refundd, self.outputs())
        payout = self.messages("payouts")[-1]
        partition, record, output = source(payout)
        self.forge(payout, payout.value()[::-1])
        # Looked for where something is expected: at the next commit.
        ctl.ctl("tick", "--log", self.log, "--until", "2031-01-01T00:00:00+08:00", check=0)
        refundd.wait_for(lambda: refundd.said("partition failed"), 60, 0.1)
        failed = refundd.said("partition failed")
        self.assertEqual([(each["partition"], each["state"]) for each in failed], [(partition, "stopped")])
        for word in (f"record {record}, output {output}", "expected", "found payouts of",
                     dict(payout.headers())["id"].decode()):
            self.assertIn(word, failed[0]["error"])
        applied = refundd.applied()
        ctl.ctl("tick", "--log", self.log, "--until", "2032-01-01T00:00:00+08:00", check=0)
        refundd.wait_for(lambda: all(n > applied[p] for p, n in refundd.applied().items() if p != partition), 60, 0.1)
        self.assertEqual(refundd.stop(), 5)
        # A rebuild finds it again, beside the one that was expected.
        again = self.launch_and_fail("again")
        self.assertIn("expected payouts of", again.said("partition failed")[0]["error"])
        self.assertEqual(again.stop(), 5)

    def launch_and_fail(self, name):
        refundd = self.start(self.kafka_config(f"{name}.toml", role="lanes"))
        refundd.wait_for(lambda: refundd.said("partition failed"), 60, 0.1)
        return refundd


if __name__ == "__main__":
    ctl.main()
