#!/usr/bin/env python3
"""The reference arbiter: folds as-recorded JSON Lines and prints how each order ended.

    arbiter.py FILE.jsonl PACK.toml…
"""

import json
import sys
from collections import Counter

import machine
import packs
import periods


def fold(lines, book, taken=None):
    """Orders by key. `lines` are parsed JSON Lines in the order of the log."""
    machines, taken = {}, taken if taken is not None else Counter()
    for line in lines:
        at = periods.instant(line["recorded_at"])
        if line["type"] == "Tick":
            for key in sorted(machines):
                machines[key].advance(at)
        elif "key" in line:
            key = line["key"]
            if key not in machines:
                machines[key] = machine.Machine(key, book, taken)
            machines[key].apply(dict(line, recorded_at_ms=at))
    return {key: machines[key].order for key in sorted(machines)}


def fold_one(events, book, taken):
    """The machine of one order after its own events."""
    one = machine.Machine(events[0]["key"], book, taken)
    for line in events:
        one.apply(dict(line, recorded_at_ms=periods.instant(line["recorded_at"])))
    return one


def main(arguments):
    book = packs.PackBook(arguments[1:])
    with open(arguments[0], encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.strip()]
    for order in fold(lines, book).values():
        print(json.dumps(order.report(), separators=(",", ":")))


if __name__ == "__main__":
    main(sys.argv[1:])
