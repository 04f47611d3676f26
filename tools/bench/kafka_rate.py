#!/usr/bin/env python3
"""How many events a second the lanes decide over a real broker on this machine, and how long others wait for a
decision at half of that.

    tools/bench/kafka_rate.py [--events N] [--seconds N] [--rate EVENTS_PER_S] [--bin build/release/bin]

Intake is off: generated events are appended straight to the log (`refundctl bench generate`). First all of them, and
then refundd, with lanes alone, takes them up: the rate. Then the first of them once more, into another log, at half of
that rate (or --rate) by `latency_probe`, while refundd decides: due to be appended to seen by a read_committed consumer,
in ms. Prints one JSON line. From the inbox to seen: kafka_latency.py."""
import argparse
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
for each in ("tests/tools", "tests/kafka", "tests/server", "tools/clients"):
    sys.path.insert(0, os.path.join(ROOT, each))
import pypi  # noqa: E402

pypi.enter()

import broker  # noqa: E402
import ctl  # noqa: E402

PARTITIONS = 4
BEGAN = "2025-01-01T00:00:00Z"  # before what is generated


class Bench(broker.KafkaTest):
    def lanes(self, prefix):
        """refundd without intake."""
        return self.start(self.kafka_config(f"{prefix}.toml", role="lanes"))

    def rate(self, events):
        """All at once: the lanes at full speed."""
        self.topics("rate", PARTITIONS)
        ctl.ctl("bench", "generate", "--events", events, "--seed", 1, "--to-kafka", self.log, check=0)
        ends = self.ends()
        refundd = self.lanes("rate")
        refundd.wait_for(lambda: any(refundd.applied().values()), 120, 0.01)
        at, begun = sum(refundd.applied().values()), time.monotonic()
        refundd.wait_for(lambda: all(n >= ends[p] for p, n in refundd.applied().items()), 1800, 0.05)
        took = time.monotonic() - begun
        decisions = sum(value for name, value in refundd.metrics().items() if name.startswith("refund_decisions_total"))
        assert refundd.stop(seconds=60) == 0
        return {"events": sum(ends.values()), "events_per_s": round((sum(ends.values()) - at) / took),
                "seconds": round(took, 1), "decisions": int(decisions)}

    def latency(self, rate, seconds, events):
        """The first events of the log of rate(), copied at that rate into an empty one."""
        source = self.prefix
        self.topics("half", PARTITIONS)
        ctl.ctl("init", "--log", self.log, "--at", BEGAN, check=0)
        refundd = self.lanes("half")
        refundd.wait_ready(120)
        seconds = min(seconds, int(0.9 * events / rate))  # partitions are not equally long
        probe = subprocess.run([os.path.join(ctl.BIN, "latency_probe"), self.address, source, self.prefix, str(rate), str(seconds)],
                               stdout=subprocess.PIPE, text=True, check=True)
        assert refundd.stop(seconds=60) == 0
        return json.loads(probe.stdout)


def main():
    parser = argparse.ArgumentParser(description="The lanes' rate over Kafka, and the latency at half of it.")
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0, help="of the second part; 0: half of the first's")
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    args = parser.parse_args()
    ctl.BIN = args.bin
    with Bench.by_hand() as bench:
        load = os.getloadavg()[0]
        full = bench.rate(args.events)
        half = bench.latency(args.rate or full["events_per_s"] / 2, args.seconds, args.events)
        print(json.dumps({"full": full, "half": half, "cores": os.cpu_count(), "load": [load, os.getloadavg()[0]]}))


if __name__ == "__main__":
    main()
