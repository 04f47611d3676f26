#!/usr/bin/env python3
"""How many events a second the lanes decide over a real broker on this machine, and how long others wait for a
decision at half of that.

    tools/bench/kafka_rate.py [--events N] [--seconds N] [--rate EVENTS_PER_S] [--bin build/release/bin]

Intake is off: generated events are appended straight to the log (`refundctl bench generate`). First all of them, and
then refundd, with lanes alone, takes them up: the rate. Then, into another log, at half of that rate (or --rate) by
`refundctl append`, while refundd decides and a read_committed consumer watches: append (the broker's time) to seen, the
median and the 99th percentile in ms. Prints one JSON line. From the inbox to seen: kafka_latency.py."""
import argparse
import json
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
for each in ("tests/tools", "tests/kafka", "tests/server", "tools/clients"):
    sys.path.insert(0, os.path.join(ROOT, each))
import pypi  # noqa: E402

pypi.enter()

import broker  # noqa: E402
import ctl  # noqa: E402
from confluent_kafka import Consumer, TopicPartition  # noqa: E402
from kafka_latency import percentile  # noqa: E402

PARTITIONS = 4
TURNS_PER_S = 50  # how often lines are handed to append
WARM_UP_S = 5  # the first transactions of a partition ask the broker for much


class Bench(broker.KafkaTest):
    def lanes(self, prefix):
        """refundd without intake."""
        return self.start(self.kafka_config(f"{prefix}.toml", role="lanes"))

    def ends(self, topic):
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "bench-ends"})
        ends = {p: consumer.get_watermark_offsets(TopicPartition(f"{self.prefix}.{topic}", p), timeout=60)[1]
                for p in range(PARTITIONS)}
        consumer.close()
        return ends

    def rate(self, events):
        """All at once: the lanes at full speed."""
        self.topics("rate", PARTITIONS)
        ctl.ctl("bench", "generate", "--events", events, "--seed", 1, "--to-kafka", self.log, check=0)
        ends = self.ends("events")
        refundd = self.lanes("rate")
        refundd.wait_for(lambda: any(refundd.applied().values()), 120, 0.01)
        at, begun = sum(refundd.applied().values()), time.monotonic()
        refundd.wait_for(lambda: all(n >= ends[p] for p, n in refundd.applied().items()), 1800, 0.05)
        took = time.monotonic() - begun
        decisions = sum(value for name, value in refundd.metrics().items() if name.startswith("refund_decisions_total"))
        assert refundd.stop(seconds=60) == 0
        return {"events": sum(ends.values()), "events_per_s": round((sum(ends.values()) - at) / took),
                "seconds": round(took, 1), "decisions": int(decisions)}

    def latency(self, rate, seconds):
        self.topics("half", PARTITIONS)
        lines = self.path("half.jsonl")
        ctl.ctl("bench", "generate", "--events", int(rate * seconds), "--seed", 2, "--out", lines, check=0)
        with open(lines, "rb") as file:
            all_lines = file.read().splitlines(keepends=True)
        ctl.ctl("init", "--log", self.log, "--at", json.loads(all_lines[0])["recorded_at"], check=0)
        refundd = self.lanes("half")
        refundd.wait_ready(120)
        seen, stop = {}, threading.Event()
        watching = threading.Thread(target=self.watch, args=(seen, stop))
        watching.start()
        append = subprocess.Popen([os.path.join(ctl.BIN, "refundctl"), "append", "--as-recorded", "--log", self.log, "-"],
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        begun, size = time.monotonic(), max(1, int(rate / TURNS_PER_S))
        for n in range(0, len(all_lines), size):
            time.sleep(max(0, begun + n / rate - time.monotonic()))
            append.stdin.write(b"".join(all_lines[n:n + size]))
            append.stdin.flush()
        append.stdin.close()
        assert append.wait(600) == 0
        took = time.monotonic() - begun
        ends = self.ends("events")
        refundd.wait_for(lambda: all(n >= ends[p] for p, n in refundd.applied().items()), 600, 0.05)
        time.sleep(2)
        stop.set()
        watching.join()
        appended = self.append_times(ends)
        first = min(appended.values())
        waits = [at - appended[place] for place, at in seen.items() if appended[place] - first > 1000 * WARM_UP_S]
        assert refundd.stop(seconds=60) == 0
        return {"wanted_per_s": round(rate), "appended_per_s": round(len(all_lines) / took), "decided_of_events": len(waits),
                "append_to_seen_ms": {"p50": percentile(waits, 0.5), "p99": percentile(waits, 0.99)}}

    def watch(self, seen, stop):
        """(partition, offset) of an event -> when the first of its steps was seen."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "bench", "isolation.level": "read_committed",
                             "enable.auto.commit": False, "fetch.wait.max.ms": 10})
        consumer.assign([TopicPartition(f"{self.prefix}.decisions", p, 0) for p in range(PARTITIONS)])
        while not stop.is_set():
            messages = consumer.consume(1000, timeout=0.01)
            now = time.time() * 1000
            for message in messages:
                if message.error() is None:
                    partition, offset, _ = message.headers()[0][1].split(b",")
                    seen.setdefault((int(partition), int(offset)), now)
        consumer.close()

    def append_times(self, ends):
        """The broker's, of each event."""
        times = {}
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "bench-times", "enable.auto.commit": False})
        for p, end in ends.items():
            consumer.assign([TopicPartition(f"{self.prefix}.events", p, 0)])
            while (p, end - 1) not in times:
                for message in consumer.consume(1000, timeout=1):
                    times[(p, message.offset())] = message.timestamp()[1]
        consumer.close()
        return times


def main():
    parser = argparse.ArgumentParser(description="The lanes' rate over Kafka, and the latency at half of it.")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0, help="of the second part; 0: half of the first's")
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    args = parser.parse_args()
    ctl.BIN = args.bin
    bench = Bench("run")
    Bench.setUpClass()
    bench.setUp()
    try:
        load = os.getloadavg()[0]
        full = bench.rate(args.events)
        half = bench.latency(args.rate or full["events_per_s"] / 2, args.seconds)
        print(json.dumps({"full": full, "half": half, "cores": os.cpu_count(), "load": [load, os.getloadavg()[0]]}))
    finally:
        bench.doCleanups()
        Bench.doClassCleanups()


if __name__ == "__main__":
    main()
