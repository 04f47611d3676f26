#!/usr/bin/env python3
"""The storm of chaos_test.py for an hour, under a steady load, with the broker away for a minute besides.

    tests/kafka/long_test.py [--minutes 60] [--rate EVENTS_PER_S] [--bin build/release/bin] [--no-docs]

In the end what chaos_test.py proves is proved; the result becomes the first row of the table in docs/OPERATIONS.md.
Not run by ./dev test."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import pypi  # noqa: E402

pypi.enter()

import argparse
import datetime
import itertools
import subprocess
import time

import chaos_test
import ctl

DOCS = os.path.join(ctl.ROOT, "docs", "OPERATIONS.md")
HEAD = "| date, commit | ran | events |"
PIECE_SECONDS = 2


class Long(chaos_test.Storm):
    def acts(self, minutes):
        """What happens, until the time is over; the broker is away for a minute once in the first half."""
        end = time.monotonic() + 60 * minutes
        away_at = time.monotonic() + 60 * minutes / 3
        while time.monotonic() < end:
            round_of = ["kill"] * 20 + ["zombie"] * 5 + ["move"] * 5 + ["broker"]
            self.rng.shuffle(round_of)
            for each in itertools.takewhile(lambda _: time.monotonic() < end, round_of):
                if time.monotonic() > away_at:
                    away_at = end
                    yield "away"
                yield each


def row(seen, minutes, rate):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ctl.ROOT, capture_output=True, text=True)
    return (f"| {datetime.date.today()}, {commit.stdout.strip()} | {seen['seconds'] // 60} min ({minutes} of them in the storm), "
            f"{rate} events/s | {seen['events']:,} | {seen.get('kill', 0)} | {seen.get('zombie', 0)} | {seen.get('move', 0)} | "
            f"{seen.get('broker', 0)}, and {seen.get('away', 0)} minute away | {seen['steps']:,} steps of {seen['orders']:,} "
            f"orders, {seen['payouts']:,} payouts: none missing, none twice, chains whole, digests as of a pure replay |")


def write(text):
    with open(DOCS, encoding="utf-8") as file:
        lines = file.read().split("\n")
    head = next(n for n, line in enumerate(lines) if line.startswith(HEAD))
    lines.insert(head + 2, text)
    with open(DOCS, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description="Hours of storm over a real broker.")
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--rate", type=int, default=150)
    parser.add_argument("--bin", default=ctl.BIN)
    parser.add_argument("--no-docs", action="store_true")
    args = parser.parse_args()
    ctl.BIN = args.bin
    seconds = 60 * args.minutes
    with Long.by_hand() as test:
        seen = test.storm(test.disputes(args.rate * seconds), test.acts(args.minutes), seconds // PIECE_SECONDS,
                          PIECE_SECONDS)
    print(seen)
    text = row(seen, args.minutes, args.rate)
    print(text)
    if not args.no_docs:
        write(text)


if __name__ == "__main__":
    main()
