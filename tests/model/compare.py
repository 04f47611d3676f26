#!/usr/bin/env python3
"""Runs the reference model and the engine's model_dump on the same random histories."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter

import arbiter
import histories
import packs
import periods
from words import RESTORED

HERE = os.path.dirname(os.path.abspath(__file__))
PACKS = [os.path.join(HERE, "packs", name) for name in
         ("negotiate.toml", "evidence.toml", "review.toml")]


def settle(report, codes):
    """What is compared of an order (README.md)."""
    cases = []
    for case in report["cases"]:
        case = dict(case)
        amounts = []
        for amount in case["decisions"]:
            if amount and amounts[-1:] != [amount]:
                amounts.append(amount)
        case["decisions"] = amounts
        if case["overlay"] not in ("RULED", "APPEALED", "FINAL"):
            case["outcome"] = "UNSPECIFIED"
        cases.append(case)
    legs = []
    for leg in report["legs"]:
        number, kind, bearer, to, line, bucket, amount, reversed_, state = leg
        if state == "VOID":
            continue
        if kind in ("FREIGHT_RETURN", "VOUCHER"):
            bucket = "-"
        if kind in RESTORED:
            bearer = "-"
        legs.append([number, kind, bearer, to, line, bucket, amount, reversed_, state])
    refusals = sorted(each if codes else each[0] for each in report["refusals"])
    return {"cases": cases, "legs": sorted(legs), "refusals": refusals}


def differences(ours, theirs):
    out = []
    for n in range(max(len(ours["cases"]), len(theirs["cases"]))):
        a = ours["cases"][n] if n < len(ours["cases"]) else {}
        b = theirs["cases"][n] if n < len(theirs["cases"]) else {}
        for key in sorted(set(a) | set(b)):
            if a.get(key) != b.get(key):
                out.append("case %d %s: model %s, engine %s" % (n + 1, key, a.get(key), b.get(key)))
    for name in ("legs", "refusals"):
        mine = Counter(json.dumps(x) for x in ours[name])
        other = Counter(json.dumps(x) for x in theirs[name])
        out += ["%s: only the model has %s" % (name, x) for x in sorted((mine - other).elements())]
        out += ["%s: only the engine has %s" % (name, x) for x in sorted((other - mine).elements())]
    return out


def batch(seed, first, count, book, taken):
    """Histories as one log: sorted by time, Ticks among them and at the end."""
    made, lines, last = [], [], 0
    for number in range(first, first + count):
        made.append(histories.make(seed, number, book, taken))
    for history in made:
        lines += [(line["recorded_at"], n, line) for n, line in enumerate(history.events)]
        last = max(last, history.now)
    begin = histories.START
    for at in range(begin, last, 5 * periods.DAY):
        lines.append((periods.text_of(at), -1, histories.tick(at)))
    lines.sort(key=lambda each: (each[0], each[1]))
    end = last + 60 * periods.DAY
    lines.append((periods.text_of(end), 0, histories.tick(end)))
    for history in made:
        history.m.advance(end)
    return made, [line for _, _, line in lines], end


def dump(options, lines):
    """The engine's reports by key, or why it died."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
        for line in lines:
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
    run = subprocess.run([os.path.join(options.bin, "model_dump"), file.name] + options.packs,
                         capture_output=True, text=True, check=False)
    os.unlink(file.name)
    if run.returncode != 0:
        return None, run.stderr.strip() or "exit code %d" % run.returncode
    reports = [json.loads(text) for text in run.stdout.splitlines()]
    return {report["key"]: report for report in reports}, ""


def shortest(options, history, book, end):
    """The first moment at which the two part: (events so far, instant of a Tick or None, found)."""
    moments = [(n, None) for n in range(1, len(history.events) + 1)]
    again = arbiter.fold_one(history.events, book, Counter())
    while True:  # and every deadline after the last event
        dues = [d.due for d in again.order.deadlines if not d.paused and d.due <= end]
        if not dues:
            break
        again.advance(min(dues))
        moments.append((len(history.events), min(dues)))
    lines, logs = [], []
    for number, (n, tick) in enumerate(moments):
        key = "%s-%d" % (history.key, number)
        log = [dict(line, key=key) for line in history.events[:n]]
        logs.append(log + ([histories.tick(tick)] if tick else []))
        lines += log
    theirs = {}
    by_tick = [(key, log) for key, log in enumerate(logs)]
    plain = [line for _, log in by_tick for line in log if "key" in line and log[-1].get("key")]
    reports, _ = dump(options, plain)
    theirs.update(reports or {})
    for number, log in by_tick:
        key = "%s-%d" % (history.key, number)
        ours = arbiter.fold(log, book)[key]
        if key not in theirs:
            reports, why = dump(options, log)
            theirs[key] = (reports or {key: {"died": why}})[key]
        found = differing(options, ours, theirs[key])
        if found:
            return moments[number][0], moments[number][1], found
    return len(history.events), end, ["they part only together with other orders"]


def by_precedence(order, ours, other):
    """Where the engine names another guard that fails as well, that code; and how often."""
    named, times = dict(map(tuple, other.get("refusals", []))), 0
    refusals = []
    for claim, code in ours["refusals"]:
        if named.get(claim, code) != code and named[claim] in order.failing[claim]:
            code, times = named[claim], times + 1
        refusals.append([claim, code])
    return dict(ours, refusals=refusals), times


def differing(options, order, other):
    if "died" in other:
        return ["engine died: " + other["died"]]
    ours = order.report()
    if options.precedence == "loose":
        ours, _ = by_precedence(order, ours, other)
    return differences(settle(ours, options.codes == "yes"), settle(other, options.codes == "yes"))


def dump_each(options, made, lines):
    """As dump(), but one order at a time, since one of them killed it."""
    theirs = {}
    for history in made:
        own = [line for line in lines if line.get("key", history.key) == history.key]
        reports, why = dump(options, own)
        theirs.update(reports or {history.key: {"died": why}})
    return theirs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, help="directory of model_dump")
    parser.add_argument("--histories", type=int, default=10000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--packs", nargs="*", default=PACKS)
    parser.add_argument("--show", type=int, default=3, help="histories printed where they differ")
    parser.add_argument("--shrink", type=int, default=20, help="histories cut where they part")
    parser.add_argument("--precedence", default="loose",
                        help="strict: of several guards that fail the first must be named")
    parser.add_argument("--codes", default="yes", help="no: compare who was refused, not why")
    parser.add_argument("--tally", type=int, default=0, help="print so many kinds of differences")
    options = parser.parse_args()
    book, taken = packs.PackBook(options.packs), Counter()
    refused, tally, differ, events, begun = Counter(), Counter(), 0, 0, time.time()
    done = precedence = 0
    while done < options.histories:
        count = min(options.batch, options.histories - done)
        made, lines, end = batch(options.seed, options.first + done, count, book, taken)
        events += len(lines)
        theirs, why = dump(options, lines)
        if theirs is None:
            theirs = dump_each(options, made, lines)
        for history in made:
            ours = history.m.order.report()
            refused.update(code for _, code in ours["refusals"])
            other = theirs.get(history.key, {"cases": [], "legs": [], "refusals": []})
            found = differing(options, history.m.order, other)
            precedence += by_precedence(history.m.order, ours, other)[1]
            if not found:
                continue
            differ += 1
            events_shown, ticked = len(history.events), None
            if differ <= options.shrink:
                events_shown, ticked, found = shortest(options, history, book, end)
                last = history.events[events_shown - 1]
                found.insert(0, "after " + ("a deadline at " + periods.text_of(ticked) if ticked
                                            else last["type"] + " by " + last["actor"]["role"]))
            what = " | ".join(found[:2])
            tally[re.sub(r"case \d+|e-\d+|\d{2,}[-0-9T:.+]*", "#", what)[:200]] += 1
            if differ <= options.show:
                print("---- %s differs:" % history.key)
                for line in history.events[:events_shown]:
                    print(json.dumps(line, separators=(",", ":")))
                print("\n".join(found))
                sys.stdout.flush()
        done += count
        print("%d histories, %d records, %d differ, %.0f s" % (
            done, events, differ, time.time() - begun))
        sys.stdout.flush()
    print("refusals that name another guard that fails as well: %d" % precedence)
    print("rows: " + " ".join("%s=%d" % each for each in sorted(taken.items())))
    print("refusals: " + " ".join("%s=%d" % each for each in sorted(refused.items())))
    for what, times in tally.most_common(options.tally):
        print("%6d %s" % (times, what))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
