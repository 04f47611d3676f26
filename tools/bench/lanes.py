#!/usr/bin/env python3
"""refundd's lanes over an embedded log, from nothing to its end: no broker, so what is measured is ours and RocksDB's.

    refundctl bench generate --events N --seed 1 --no-closing-ticks --to-kafka LOG
    tools/bench/lanes.py LOG [--memory-mib N] [--bin build/release/bin]

Works on a copy of LOG. Every ten seconds a line on stderr with what it has come to; at the end a JSON line: records, seconds,
CPU of the process in µs a record, the most that RssAnon came to, and what the state takes on disk."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
for each in ("tests/tools", "tests/server", "tools/bench"):
    sys.path.insert(0, os.path.join(ROOT, each))

import ctl  # noqa: E402
import daemon  # noqa: E402
import peer  # noqa: E402

QUIET_S = 3  # nothing more is applied for so long: that was all


def run(refundd, watch):
    """Until all is applied: records, and when it began and ended."""
    refundd.wait_for(lambda: any(refundd.applied().values()), 120)
    begun = ended = said = time.monotonic()
    records = 0
    while time.monotonic() - ended < QUIET_S:
        now = sum(refundd.applied().values())
        if now > records:
            records, ended = now, time.monotonic()
        if time.monotonic() - said >= 10:
            said = time.monotonic()
            print(f"{said - begun:.0f} s: {records} records, {watch.anon_kib['refundd'] >> 10} MiB at most", file=sys.stderr)
        time.sleep(0.2)
    return records, begun, ended


def main():
    parser = argparse.ArgumentParser(description="refundd's lanes over an embedded log.")
    parser.add_argument("log")
    parser.add_argument("--memory-mib", type=int, default=256)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    args = parser.parse_args()
    ctl.BIN = os.path.abspath(args.bin)
    with daemon.DaemonTest.by_hand() as bench:
        shutil.copytree(args.log, bench.log)
        refundd = bench.start(bench.config(role="lanes", lanes={"memory_bytes": args.memory_mib << 20}))
        watch = peer.Watch(refundd=refundd.process.pid)
        try:
            records, begun, ended = run(refundd, watch)
            code = refundd.stop()
        finally:
            watch.stop()
        state = int(subprocess.run(["du", "-sm", bench.state], capture_output=True, text=True, check=True).stdout.split()[0])
        seconds, cpu = ended - begun, watch.cpu("refundd", begun, ended)
        print(json.dumps({"records": records, "seconds": round(seconds, 1), "records_per_s": round(records / seconds),
                          "cpu_us_per_record": round(cpu * 1e6 / records, 1), "rss_anon_mib": watch.anon_kib["refundd"] >> 10,
                          "state_mib": state, "load": round(os.getloadavg()[0], 1)}))
        return code


if __name__ == "__main__":
    sys.exit(main())
