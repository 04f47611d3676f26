#!/usr/bin/env python3
"""Checks what consumers see, and knows nothing else: it reads only topics, read_committed.

    check_topics.py --brokers HOST:PORT [--prefix refund] [--json]

Of `events`: offsets are dense from 0. Of `decisions`: no step twice, none missing (each order's steps are numbered
from 1 without a gap, and each names the SHA-256 of the one before), addresses rise. Of `payouts`: no leg is
instructed twice under one attempt, attempts rise by one, and each is one that a step announced. What was missing and was
put out `again` lies behind later outputs, and counts where it belongs; where the first is there after all, it must be the
same under the same id. Exit 1 if anything is not so."""
import argparse
import hashlib
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/clients"))

from confluent_kafka import Consumer, KafkaException, TopicPartition

from refund_records import decode, step  # noqa: E402


class Topic:
    """All messages of a topic, partition by partition, up to where it ends now."""

    def __init__(self, brokers, topic):
        self.topic = topic
        self.consumer = Consumer({"bootstrap.servers": brokers, "group.id": "check-topics-unused",
                                  "isolation.level": "read_committed", "enable.auto.commit": False,
                                  "check.crcs": True, "auto.offset.reset": "error", "enable.partition.eof": True})
        self.partitions = sorted(self.consumer.list_topics(topic, timeout=30).topics[topic].partitions)

    def bounds(self, partition):
        """The first offset that retention has left, and the next one."""
        until = time.monotonic() + 60
        while True:
            try:
                return self.consumer.get_watermark_offsets(TopicPartition(self.topic, partition), timeout=60)
            except KafkaException:  # a broker that has just come back does not lead its partitions yet
                if time.monotonic() > until:
                    raise
            time.sleep(0.2)

    def ends(self):
        return {partition: self.bounds(partition)[1] for partition in self.partitions}

    def read(self, partition, first=0):
        end = self.bounds(partition)[1]  # one that grows all the while is never said to be at its end
        self.consumer.assign([TopicPartition(self.topic, partition, first)])
        over = False
        while not over:
            for message in self.consumer.consume(2000, timeout=1.0):
                if message.error() is None:
                    yield message
                    over = over or message.offset() + 1 >= end
                elif message.error().name() == "_PARTITION_EOF":
                    over = True
                else:
                    sys.exit(f"check_topics: {self.topic}/{partition}: {message.error()}")

    def first(self, partition):
        """The first offset that is there still."""
        return self.bounds(partition)[0]


def source(message):
    return tuple(int(each) for each in dict(message.headers())["src"].split(b","))


def is_again(message):
    return "again" in dict(message.headers())


class Check:
    def __init__(self, brokers, prefix):
        self.wrong = []
        self.counts = {"events": 0, "steps": 0, "decisions": 0, "payouts": 0, "orders": 0}
        events, decisions, payouts = (Topic(brokers, f"{prefix}.{each}") for each in ("events", "decisions", "payouts"))
        for partition in events.partitions:
            self.events(events, partition)
        for partition in decisions.partitions:
            announced = self.decisions(decisions, partition)
            self.payouts(payouts, partition, announced)

    def need(self, holds, message, what):
        if not holds:
            self.wrong.append(f"{message.topic()}/{message.partition()}@{message.offset()}: {what}")

    def events(self, topic, partition):
        expected = 0
        for message in topic.read(partition):
            self.need(message.offset() == expected, message, f"expected offset {expected}: a gap")
            expected = message.offset() + 1
            self.counts["events"] += 1

    def same(self, message, other):
        """Put out twice: then a consumer drops either by its id."""
        what = [(each.value(), dict(each.headers())["id"]) for each in (message, other)]
        self.need(what[0] == what[1], message, f"is put out again at {other.offset()}, and is another")
        return message

    def outputs(self, topic, partition):
        """By their causes, each once."""
        first, again = topic.first(partition), {}
        for message in filter(is_again, topic.read(partition, first)):
            again[source(message)] = self.same(message, again.get(source(message), message))
        late = sorted(again, reverse=True)
        for message in topic.read(partition, first):
            if is_again(message):
                continue
            while late and late[-1] < source(message):
                yield again[late.pop()]
            yield message
            if late and late[-1] == source(message):
                self.same(message, again[late.pop()])
        yield from (again[each] for each in reversed(late))

    def rising(self, message, last):
        now = source(message)
        self.need(now[0] == message.partition(), message, f"the cause lies in partition {now[0]}")
        self.need(last is None or now > last, message, f"address {now} comes after {last}")
        return now

    def decisions(self, topic, partition):
        """Returns what was announced: (leg, attempt)."""
        last, orders, seen, announced = None, {}, set(), set()
        for message in self.outputs(topic, partition):
            last = self.rising(message, last)
            body = decode(step.Step, message.value())
            key, sequence = body["key"], body["sequence"]
            before = orders.get(key, (0, b""))
            self.need(sequence == before[0] + 1, message, f"{key}: step {sequence} comes after {before[0]}")
            self.need(body.get("previous", b"") == before[1], message, f"{key}: the chain is broken at {sequence}")
            orders[key] = (sequence, hashlib.sha256(message.value()).digest())
            for each in body.get("decisions", []):
                self.need(each["id"] not in seen, message, f"decision {each['id'].hex()} twice")
                seen.add(each["id"])
                self.counts["decisions"] += 1
            for each in body.get("derived", []):
                if each["kind"] == "refundInstructed":
                    announced.add((each["subject"], int(each["word"])))
            self.counts["steps"] += 1
        self.counts["orders"] += len(orders)
        return announced

    def payouts(self, topic, partition, announced):
        last, attempts = None, {}
        for message in self.outputs(topic, partition):
            last = self.rising(message, last)
            payout = decode(step.Payout, message.value())
            self.counts["payouts"] += 1
            leg, attempt = payout["leg"], payout["attempt"]
            if payout["act"] == "query":
                self.need(attempts.get(leg) == attempt, message, f"leg {leg.hex()} is asked about before it is paid")
                continue
            self.need(attempt == attempts.get(leg, 0) + 1, message,
                      f"leg {leg.hex()}: attempt {attempt} comes after {attempts.get(leg, 0)}")
            self.need((leg, attempt) in announced, message, f"leg {leg.hex()} attempt {attempt}: no step says so")
            attempts[leg] = attempt
        missing = announced - {(leg, n) for leg, most in attempts.items() for n in range(1, most + 1)}
        if missing:
            self.wrong.append(f"{topic.topic}/{partition}: {len(missing)} payouts are missing")


def main():
    parser = argparse.ArgumentParser(description="Checks events, decisions and payouts as consumers see them.")
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--prefix", default="refund")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    check = Check(args.brokers, args.prefix)
    if args.json:
        print(json.dumps({**check.counts, "wrong": check.wrong[:50]}))
    else:
        for each in check.wrong[:50]:
            print(each)
        print(", ".join(f"{count} {name}" for name, count in check.counts.items()))
    sys.exit(1 if check.wrong else 0)


if __name__ == "__main__":
    main()
