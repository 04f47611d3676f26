#!/usr/bin/env python3
"""Random but lawful-looking disputes as as-recorded JSON Lines, for the tests that need many.

disputes.py ORDERS SEED > FILE.  Seeded: the same arguments give the same bytes. Ids of cases and legs
are computed here, by themselves, from docs/formats/event.md: SHA-256 over sized fields, 16 bytes.
"""
import base64
import datetime
import hashlib
import json
import random
import struct
import sys

START_MS = 1709258400000  # 2024-03-01T10:00:00+08:00
HOUR, DAY = 3_600_000, 86_400_000
BEIJING = datetime.timezone(datetime.timedelta(hours=8))


def rfc3339(ms):
    at = datetime.datetime.fromtimestamp(ms / 1000, BEIJING)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}+08:00"


def make_id(kind, key, case, reopening, cause, k):
    def sized(b):
        return struct.pack(">I", len(b)) + b
    data = sized(kind.encode()) + sized(key.encode()) + sized(case) + struct.pack(">I", reopening)
    data += sized(cause.encode()) + struct.pack(">I", k)
    return hashlib.sha256(data).digest()[:16]


class History:
    """The events of one order, in order of time."""

    def __init__(self, rng, number):
        self.rng, self.number = rng, number
        platform = rng.choice(["TAOBAO", "TAOBAO", "PINDUODUO"])
        self.key = f"o/{platform}/{100000 + number}"
        self.at = START_MS + number * 40_000 + rng.randrange(30_000)
        self.events, self.count = [], 0
        self.price = rng.randrange(100, 400_000)
        self.case = b""

    def say(self, kind, role, body, later=0, **extra):
        self.at += later
        self.count += 1
        line = {"id": extra.pop("id", f"{self.number}-{self.count}"), "type": kind, "key": self.key,
                "occurred_at": rfc3339(self.at), "actor": {"role": role, "id": f"{role.lower()}-{self.number}"},
                "recorded_at": rfc3339(self.at), "body": body, **extra}
        self.events.append((self.at, line))
        return line

    def pay(self):
        self.say("OrderPaid", "PLATFORM", {"buyer": f"b-{self.number}", "merchant": f"m-{self.number % 97}", "lines": [
            {"line": "1", "sku": f"sku-{self.number % 1000}", "quantity": 1, "paid": {"units": self.price, "currency": "CNY"}}]})
        self.say("DeliveryScan", "CARRIER", {"parcel": "p-1", "level": "DOOR"}, later=DAY)

    def ask(self, kind="RefundRequested", reason="TASTE"):
        line = self.say(kind, "BUYER", {"kind": "REFUND_ONLY", "units": {"line": "1", "quantity": 1},
                                        "ask": {"units": self.price, "currency": "CNY"}, "reason": reason}, later=HOUR)
        self.case = make_id("case", self.key, bytes(16), 0, line["id"], 0)
        return line

    def paid(self, cause, later=HOUR):
        leg = make_id("leg", self.key, self.case, 0, cause, 1)
        self.say("RefundPaid", "PSP", {"leg": leg.hex(), "reference": f"psp-{self.number}"}, later=later)

    def contest(self):
        self.say("RefundRejected", "SELLER", {"ground": "PERSONAL_TASTE"}, later=5 * HOUR)
        self.say("PlatformHelpRequested", "BUYER", {"ground": "SELLER_REFUSED"}, later=HOUR)
        self.say("EvidenceSubmitted", "BUYER", {"evidence": [
            {"hash": hashlib.sha256(f"{self.number}".encode()).hexdigest(), "kind": "PHOTO"}]}, later=HOUR)
        self.say("InterventionOpened", "AGENT", {"agent": "agent-3"}, later=HOUR)
        self.say("LiabilityAssessed", "AGENT", {"liability": "MERCHANT"}, later=HOUR)

    def rule(self, outcome):
        amount = {"BUYER": self.price, "SPLIT": self.price // 2 + 1, "SELLER": 0}[outcome]
        remedy = "NONE" if outcome == "SELLER" else "REFUND_ONLY"
        proposal = self.say("RulingProposed", "AGENT", {
            "outcome": outcome, "remedy": remedy, "amount": {"units": amount, "currency": "CNY"},
            "text": "as the evidence shows"}, later=HOUR)
        if amount > 200_000:
            return self.say("RulingApproved", "PLATFORM", {}, later=HOUR)
        return proposal


def accepted(h):
    h.ask()
    cause = h.say("RefundAccepted", "SELLER", {}, later=3 * HOUR)["id"]
    h.paid(cause)


def timed_out(h):
    h.ask()
    h.at += 48 * HOUR + 1
    h.paid("\x01T1/SELLER/1", later=HOUR)


def ruled(h):
    h.ask()
    h.contest()
    outcome = h.rng.choice(["BUYER", "BUYER", "SPLIT", "SELLER"])
    cause = h.rule(outcome)["id"]
    h.say("AppealWaived", "SELLER" if outcome != "SELLER" else "BUYER", {}, later=HOUR)
    if outcome == "SPLIT":
        h.say("AppealWaived", "BUYER", {}, later=HOUR)
    if outcome != "SELLER":
        h.paid(cause)


def refused_for_good(h):
    h.ask()
    h.say("RefundRejected", "SELLER", {"ground": "NO_EVIDENCE"}, later=HOUR)


def complained(h):
    h.say("SellerStandingSnapshot", "PLATFORM", {"bad_reviews": h.rng.choice([20, 21]), "violations": 0,
                                                 "as_of": rfc3339(h.at), "source_version": "s-1"}, later=HOUR)
    h.ask("ComplaintFiled", "QUALITY")


def disorderly(h):
    line = h.ask()
    h.say("RefundAccepted", "BUYER", {}, later=HOUR)                        # may not
    h.say("RefundRequested", "BUYER", dict(line["body"]), later=HOUR)       # units are not free
    h.say("RefundRejected", "SELLER", {"ground": "NONE"}, later=HOUR, id=line["id"])  # conflict
    again = dict(line)
    again["recorded_at"] = rfc3339(h.at)
    h.events.append((h.at, again))                                          # duplicate
    h.say("RefundWithdrawn", "BUYER", {}, later=HOUR)


STORIES = [accepted, accepted, timed_out, ruled, ruled, ruled, refused_for_good, complained, disorderly]


def lines(orders, seed):
    rng = random.Random(seed)
    events = []
    for number in range(orders):
        history = History(rng, number)
        history.pay()
        rng.choice(STORIES)(history)
        events += history.events
    last = max(at for at, _ in events)
    for n, ms in enumerate(range(START_MS + 6 * HOUR, last, 6 * HOUR)):
        events.append((ms, {"id": f"tick-{n}", "type": "Tick", "occurred_at": rfc3339(ms),
                            "actor": {"role": "PLATFORM", "id": "ticker"}, "recorded_at": rfc3339(ms), "body": {}}))
    for n in range(max(1, orders // 50)):
        ms = rng.randrange(START_MS + DAY, last)
        events.append((ms, {"raw": base64.b64encode(rng.randbytes(40)).decode(), "partition": 0,
                            "recorded_at": rfc3339(ms)}))
    events.sort(key=lambda each: each[0])
    for _, line in events:
        yield json.dumps(line, separators=(",", ":"))


def main():
    for line in lines(int(sys.argv[1]), int(sys.argv[2])):
        print(line)


if __name__ == "__main__":
    main()
