#!/usr/bin/env python3
"""Histories that know nothing of how a case stands: whatever is refused is refused, but no step may break an invariant.

    blind.py --bin build/release/bin [--orders N] [--events M] [--seed S] [--seeds K] [--pack PACK.toml]

histories.py chooses what the model expects next, so it seldom asks for the same money to be taken back, to come back
by itself, and to be decided anew in turn. Here each event is drawn by weights that favour just that: reversals, also
before the word that a leg was paid, rulings set aside, appeals, reopenings, bank disputes. Prints a line per seed;
of the first order whose step broke an invariant the fewest of its events that break one, as JSON Lines. Exit code 1."""

import argparse
import datetime
import json
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PACK = os.path.join(HERE, "..", "cases", "packs", "wechat-test.toml")
BEGINS = datetime.datetime(2024, 3, 1, 2, 0, 0)
REASONS = ("NOT_TO_VILLAGE", "NOT_TO_DOOR", "QUALITY", "COLOUR", "OTHER", "DAMAGED", "SIZE", "NOT_AS_DESCRIBED")
KINDS = ("REFUND_ONLY",) * 4 + ("RETURN_REFUND", "PRICE_PROTECTION", "EXCHANGE")
REMEDIES = ("REFUND_ONLY",) * 6 + ("VOUCHER", "RETURN_REFUND", "PRICE_DIFFERENCE", "EXCHANGE")
GOODS = ("EXCHANGE", "REPAIR", "RESEND")
MOST_CASES = 4


def text_of(line):
    return json.dumps(line, separators=(",", ":"))


def cny(units):
    return {"units": units, "currency": "CNY"}


class History:
    """One order's events. Cases and legs are named by number, whether they are there or not."""

    def __init__(self, rng, key, events):
        self.rng, self.key, self.at, self.lines = rng, key, BEGINS, []
        self.cases, self.case = 0, 1
        self.quantity, self.paid = rng.choice((2, 3, 5, 10)), rng.choice((8000, 7999, 3000))
        self.pay_order()
        acts, weights = zip(*self.ACTS)
        for act in rng.choices(acts, weights, k=events):
            if self.cases == 0:
                self.file()
            act(self)

    def add(self, kind, role, body, case=None, actor=None, after=None):
        self.at += after or datetime.timedelta(minutes=self.rng.choice((1, 5, 20)))
        at = self.at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        line = {"id": "e-%d" % (len(self.lines) + 1), "type": kind, "key": self.key, "occurred_at": at,
                "actor": {"role": role, "id": actor or role.lower() + "-1"}, "recorded_at": at, "body": body}
        if case:
            line["case"] = "$case%d" % case
        self.lines.append(line)

    def pay_order(self):
        sums = {"FREIGHT": 1000, "PACKING": 500, "TAX": 700, "BALANCE": 3000, "POINTS": 500, "CREDIT": 1000}
        buckets = [{"bucket": name, "amount": cny(sums[name])} for name in sums if self.rng.random() < 0.4]
        line = {"line": "1", "sku": "s", "quantity": self.quantity, "paid": cny(self.paid), "buckets": buckets}
        self.add("OrderPaid", "PLATFORM",
                 {"buyer": "b-1", "merchant": "m-1", "return_address": "address", "lines": [line]})

    # What is drawn.

    def a_case(self):
        if self.rng.random() < 0.25:  # mostly the one that was meant last, or it comes to little
            self.case = self.rng.randrange(1, self.cases + 1)
        return self.case

    def a_leg(self):
        return "$leg%d" % self.rng.randrange(1, 9)

    def an_agent(self):
        return "agent-%d" % (len(self.lines) + 1)  # nobody's word twice

    def an_amount(self):
        return cny(self.rng.choice((1, 400, 600, 1000, 2000, 3400, 4000, 7000, self.paid, self.rng.randrange(1, 9000))))

    def a_remedy(self):
        remedy = self.rng.choice(REMEDIES)
        return {"remedy": remedy, "amount": cny(0) if remedy in GOODS else self.an_amount()}

    def a_ruling(self):
        if self.rng.random() < 0.3:
            return {"outcome": self.rng.choice(("NONE", "SELLER")), "remedy": "NONE", "amount": cny(0)}
        return {"outcome": self.rng.choice(("BUYER", "SPLIT")), **self.a_remedy()}

    # What happens.

    def file(self):
        if self.cases == MOST_CASES:
            return
        self.cases += 1
        units, kind = self.rng.choice((1, 1, self.rng.randrange(1, self.quantity + 1))), self.rng.choice(KINDS)
        ask = 0 if kind in GOODS else self.rng.choice((1, 400, 1000, self.paid * units // self.quantity))
        body = {"kind": kind, "units": {"line": "1", "quantity": units}, "ask": cny(ask),
                "reason": self.rng.choice(REASONS)}
        if kind == "EXCHANGE" and self.rng.random() < 0.6:
            body["extra"] = cny(self.rng.choice((1, 243, 1000)))
        self.add("RefundRequested", "BUYER", body, actor="b-1")

    def amend(self):
        self.add("RefundAmended", "BUYER", {"ask": self.an_amount()}, self.a_case(), "b-1")

    def offer(self):
        role = self.rng.choice(("SELLER", "SELLER", "PLATFORM"))
        self.add("OfferMade", role, {"options": [self.a_remedy()]}, self.a_case())
        for number in range(1, self.rng.choice((1, 5))):  # whichever it is
            self.add("OfferChosen", "BUYER", {"offer": "$offer%d" % number, "option": 0}, self.case, "b-1")

    def settle(self):
        parties = [{"role": "BUYER", "id": "b-1"}, {"role": "SELLER", "id": "m-1"}]
        self.add("SettlementAgreed", "PLATFORM", {"remedy": self.a_remedy(), "agreed_by": parties}, self.a_case())

    def review(self):
        case = self.a_case()
        self.add("PlatformIntervened", "PLATFORM", {"ground": "PLATFORM_REVIEW"}, case)
        self.add("InterventionOpened", "AGENT", {"agent": "x"}, case, self.an_agent())
        liability = self.rng.choice(("MERCHANT", "PLATFORM", "CARRIER"))
        self.add("LiabilityAssessed", "AGENT", {"liability": liability}, case)

    def rule(self):
        self.add("RulingProposed", "AGENT", self.a_ruling(), self.a_case(), self.an_agent())

    def set_aside(self):
        case, approver = self.a_case(), {"role": "AGENT", "id": "agent-b"}
        self.add("RulingSetAside", "AGENT", {"reason": "x", "approved_by": approver}, case, "agent-a")
        self.add("RulingProposed", "AGENT", self.a_ruling(), case, self.an_agent())

    def waive(self):
        case = self.a_case()
        self.add("AppealWaived", "SELLER", {}, case)
        self.add("AppealWaived", "BUYER", {}, case, "b-1")

    def appeal(self):
        self.add("AppealFiled", self.rng.choice(("SELLER", "SELLER", "BUYER")), {"ground": "OTHER"}, self.a_case())

    def decide_appeal(self):
        body = {"result": self.rng.choice(("OVERTURNED",) * 6 + ("VARIED", "VARIED", "UPHELD", "REMANDED"))}
        if body["result"] == "OVERTURNED":
            body["ruling"] = {"outcome": "NONE", "remedy": "NONE", "amount": cny(0)}
        elif body["result"] == "VARIED":
            body["ruling"] = self.a_ruling()
        self.add("AppealDecided", "AGENT", body, self.a_case(), self.an_agent())

    def rearbitrate(self):
        approver = {"role": "AGENT", "id": "agent-z"}
        self.add("Rearbitrated", "AGENT", {"pack": "$pack1", "ruling": self.a_ruling(), "approved_by": approver},
                 self.a_case(), self.an_agent())

    def reopen(self):
        if self.rng.random() < 0.8:
            self.add("CaseReopened", "PLATFORM", {"ground": "PLATFORM_REVIEW"}, self.a_case())
        else:
            self.add("PlatformHelpRequested", "BUYER", {"ground": "SELLER_REFUSED"}, self.a_case(), "b-1")

    def accept(self):
        self.add("RefundAccepted", "SELLER", {}, self.a_case())
        for act in self.rng.choice(((), (), (self.send, self.inspect), (self.send, self.arrive, self.end_exchange))):
            act()

    def refuse(self):
        after = datetime.timedelta(days=self.rng.choice((1, 3, 8)))
        self.add("RefundRejected", "SELLER", {"ground": "OTHER"}, self.a_case(), after=after)

    def withdraw(self):
        self.add("RefundWithdrawn", "BUYER", {}, self.a_case(), "b-1")

    def pay(self):
        for leg in range(1, 8):
            if self.rng.random() < 0.8:
                self.add("RefundPaid", "PSP", {"leg": "$leg%d" % leg, "reference": "r-%d" % len(self.lines)})

    def reverse(self):
        leg = self.a_leg()
        if self.rng.random() < 0.6:
            self.give_destination(leg)
        if self.rng.random() < 0.5:
            self.add("RefundPaid", "PSP", {"leg": leg, "reference": "r-%d" % len(self.lines)})
        amount = self.rng.choice((1, 100, 400, 600, 1000, 2000))
        self.add("RefundReversed", "PSP", {"leg": leg, "amount": cny(amount), "reference": "v-%d" % len(self.lines)})

    def fail(self):
        failure = self.rng.choice(("RETRYABLE", "PERMANENT", "INSUFFICIENT"))
        self.add("RefundFailed", "PSP", {"leg": self.a_leg(), "failure": failure})

    def give_destination(self, leg=None):
        self.add("PayoutDestinationGiven", "BUYER",
                 {"leg": leg or self.a_leg(), "destination": "bank-%d" % len(self.lines)}, actor="b-1")

    def dispute(self):
        dispute = self.rng.choice("de")
        if self.rng.random() < 0.5:
            self.add("PaymentDisputeOpened", "PSP", {"dispute": dispute, "amount": self.an_amount()})
        else:
            self.add("PaymentDisputeClosed", "PSP", {"dispute": dispute, "result": self.rng.choice(("WON", "LOST"))})

    def cancel(self):
        self.add("OrderCancelled", "PLATFORM", {"lines": [{"line": "1", "quantity": 1}]})

    def void(self):
        self.add(self.rng.choice(("OrderVoided", "FraudStop")), "PLATFORM", {"reason": "x"}, self.a_case())

    # The goods: what is bought travels as out-1, what case N sends back or is sent as back-N and new-N.

    def send(self):
        case = self.a_case()
        for kind in self.rng.choice((("back",), ("back",), ("new",), ("back", "new"))):
            body = {"carrier": "SF", "parcel": "%s-%d" % (kind, case)}
            if kind == "back":
                self.add("ReturnShipped", "BUYER", body, case, "b-1")
            else:
                self.add("ReplacementShipped", "SELLER", body, case)

    def arrive(self):
        parcel = self.rng.choice(("out-1", "back-%d" % self.a_case(), "new-%d" % self.a_case()))
        if self.rng.random() < 0.3:
            self.add("ParcelLost", "CARRIER", {"parcel": parcel})
        else:
            self.add("DeliveryScan", "CARRIER", {"parcel": parcel, "level": "DOOR"})

    def inspect(self):
        case = self.a_case()
        if self.rng.random() < 0.5:
            self.add("ReturnReceived", "SELLER", {}, case)
        body = {"result": self.rng.choice(("ACCEPTED", "ACCEPTED", "REFUSED")), "fault": "USED"}
        if self.rng.random() < 0.3:
            body["deduct"] = cny(self.rng.choice((1, 300)))
        self.add("ReturnInspected", "SELLER", body, case)

    def end_exchange(self):
        kind, role = self.rng.choice((("ReplacementReceived", "BUYER"), ("SellerCannotFulfil", "SELLER")))
        self.add(kind, role, {"reason": "x"} if role == "SELLER" else {}, self.a_case())

    ACTS = ((file, 8), (review, 6), (rule, 10), (waive, 6), (pay, 10), (reverse, 10), (set_aside, 7), (appeal, 7),
            (decide_appeal, 6), (withdraw, 4), (accept, 5), (reopen, 9), (fail, 2), (give_destination, 2), (dispute, 2),
            (cancel, 1), (rearbitrate, 2), (refuse, 2), (void, 0.3), (amend, 1), (offer, 2), (settle, 1),
            (send, 3), (arrive, 2), (inspect, 3), (end_exchange, 1))


class Engine:
    def __init__(self, directory, pack):
        self.command = [os.path.join(directory, "model_dump")]
        self.pack = pack

    def died(self, lines):
        """By order: the invariant that a step broke, without ids."""
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.writelines(text_of(line) + "\n" for line in lines)
            file.flush()
            done = subprocess.run(self.command + [file.name, self.pack], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit("blind.py: model_dump: exit code %d: %s" % (done.returncode, done.stderr))
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        return {each["key"]: re.sub("[0-9a-f]{32}", "#", each["died"]) for each in reports if "died" in each}

    def shortest(self, lines, why):
        """Fewest events, one after the other left out, of which a step still breaks the same."""
        size = len(lines)
        while size := size // 2:
            at = 0
            while at < len(lines):
                rest = lines[:at] + lines[at + size:]
                if rest and why in self.died(rest).values():
                    lines = rest
                else:
                    at += size
        return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bin", required=True, help="directory of model_dump")
    parser.add_argument("--orders", type=int, default=400, help="of each seed")
    parser.add_argument("--events", type=int, default=70, help="acts of each order, of one to seven events")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="so many, one after the other")
    parser.add_argument("--pack", default=PACK)
    options = parser.parse_args()
    with open(options.pack, encoding="utf-8") as file:
        platform = re.search(r'^platform = "(\w+)"', file.read(), re.MULTILINE)[1]
    engine, broken = Engine(options.bin, options.pack), 0
    for seed in range(options.seed, options.seed + options.seeds):
        rng = random.Random(seed)
        made = {key: History(rng, key, options.events).lines
                for key in ("o/%s/b-%d-%d" % (platform, seed, n) for n in range(options.orders))}
        died = engine.died([line for lines in made.values() for line in lines])
        print("seed %d: %d orders, %d events, %d broke an invariant" % (
            seed, len(made), sum(map(len, made.values())), len(died)), flush=True)
        for key in sorted(died)[:1 if broken == 0 else 0]:
            print("---- %s %s" % (key, died[key]))
            for line in engine.shortest(made[key], died[key]):
                print(text_of(line))
        broken += len(died)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
