#!/usr/bin/env python3
"""How long it takes until others see a decision, over a real broker on this machine.

    tools/bench/kafka_latency.py [--rate EVENTS_PER_S] [--seconds N] [--bin build/release/bin]

Starts a broker and refundd (intake and lanes, 4 partitions, 100 ms commits), sends orders, requests and acceptances to
the inbox at a steady rate, and reads decisions with a read_committed consumer. Prints one JSON line: for the inbox (sent
to seen) and for the log (the broker's append time of the event, to seen) the median and the 99th percentile in ms; then
how long a restart after kill -9 takes to the first new decision, and a warm start to its first event."""
import argparse
import json
import os
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
for each in ("tests/tools", "tests/kafka", "tests/server", "tools/clients"):
    sys.path.insert(0, os.path.join(ROOT, each))
import pypi  # noqa: E402

pypi.enter()

import ctl  # noqa: E402
from check_topics import source  # noqa: E402
from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: E402
from refund_records import decode, step  # noqa: E402
from shop import accepted, paid, requested, ShopTest  # noqa: E402

WARM_UP_MS = 5000 + 3000  # until the first is sent, and after


def percentile(values, share):
    values = sorted(values)
    return round(values[min(len(values) - 1, int(len(values) * share))], 1)


def measure(test, rate, seconds):
    refundd = test.begin("latency")
    seen, sent, stop = {}, {}, threading.Event()

    def watch():
        consumer = Consumer({"bootstrap.servers": test.address, "group.id": "bench", "isolation.level": "read_committed",
                             "enable.auto.commit": False, "fetch.wait.max.ms": 10})
        consumer.assign([TopicPartition("latency.decisions", p, 0) for p in range(4)])
        while not stop.is_set():
            for message in consumer.consume(200, timeout=0.02):
                if message.error() is None:
                    seen[source(message)[:2]] = (time.time() * 1000, decode(step.Step, message.value())["cause"]["claimId"])
        consumer.close()

    watching = threading.Thread(target=watch)
    watching.start()
    time.sleep(2)
    producer = Producer({"bootstrap.servers": test.address, "linger.ms": 1})

    def send(events):
        for attributes, data in events:
            headers = {f"ce_{name}": str(value) for name, value in attributes.items()}
            headers["content-type"] = "application/json"
            sent[attributes["id"]] = time.time() * 1000
            producer.produce("latency.inbox", value=json.dumps(data), key=attributes["subject"], headers=headers)
        producer.poll(0)

    def order(n):
        key = f"o/TAOBAO/bench-{n}"
        return [paid(key), requested(key), accepted(key)]

    begun, count = time.time(), 0
    while time.time() - begun < seconds:
        send(order(count))
        count += 1
        time.sleep(max(0, begun + count * 3 / rate - time.time()))
    took = time.time() - begun
    producer.flush()
    time.sleep(3)

    appended = {}
    consumer = Consumer({"bootstrap.servers": test.address, "group.id": "bench2", "enable.auto.commit": False})
    for p in range(4):
        high = consumer.get_watermark_offsets(TopicPartition("latency.events", p))[1]
        consumer.assign([TopicPartition("latency.events", p, 0)])
        while high:
            for message in consumer.consume(500, timeout=1):
                appended[(p, message.offset())] = message.timestamp()[1]
            if (p, high - 1) in appended:
                break
    # The first transactions of a partition ask the broker for much: they are told apart.
    steady = {place: each for place, each in seen.items() if appended[place] - min(appended.values()) > WARM_UP_MS
              and each[1] in sent}
    log_ms = [at - appended[place] for place, (at, _) in steady.items()]
    inbox_ms = [at - sent[claim] for at, claim in steady.values()]
    first_ms = max(at - appended[place] for place, (at, claim) in seen.items() if claim in sent)
    metrics = refundd.metrics()

    def commits(what):
        return sum(value for name, value in metrics.items() if name.startswith("refund_commit_duration_seconds_" + what))

    def first_new(act):
        """From the act to the first decision of an order sent right after it."""
        start = time.time()
        act()
        send(order(f"after-{start}"))
        producer.flush()
        name = f"o/TAOBAO/bench-after-{start}/accepted"
        while not any(claim == name for _, claim in list(seen.values())):
            time.sleep(0.01)
        return round(time.time() - start, 2)

    config = test.kafka_config()

    def kill_and_start():
        test.running[-1].kill()
        test.start(config)

    def stop_and_start():
        test.running[-1].stop()
        nonlocal_start[0] = time.time()
        test.start(config)

    nonlocal_start = [0.0]
    killed = [first_new(kill_and_start) for _ in range(3)]
    warm = []
    for _ in range(3):
        begun = time.time()
        whole = first_new(stop_and_start)
        warm.append(round(whole - (nonlocal_start[0] - begun), 2))
    stop.set()
    watching.join()
    test.running[-1].stop()
    print(json.dumps({"events_per_s": round(3 * count / took), "seen": len(seen),
                      "commit_ms": round(1000 * commits("sum") / commits("count"), 1), "slowest_of_the_first_ms": round(first_ms),
                      "log_to_seen_ms": {"p50": percentile(log_ms, 0.5), "p99": percentile(log_ms, 0.99)},
                      "inbox_to_seen_ms": {"p50": percentile(inbox_ms, 0.5), "p99": percentile(inbox_ms, 0.99)},
                      "kill_to_new_decision_s": killed, "warm_start_to_new_decision_s": warm,
                      "cores": os.cpu_count(), "load": os.getloadavg()[0]}))


def main():
    parser = argparse.ArgumentParser(description="Latency of decisions over Kafka.")
    parser.add_argument("--rate", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    args = parser.parse_args()
    ctl.BIN = args.bin
    with ShopTest.by_hand() as test:
        measure(test, args.rate, args.seconds)


if __name__ == "__main__":
    main()
