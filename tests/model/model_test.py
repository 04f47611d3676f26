#!/usr/bin/env python3
"""Hand-written expectations: SC-01 to SC-19 of rules.md §4 (without rates, vouchers of no case, the
entrance), and laws that hold in every history."""

import glob
import os
import unittest
from collections import Counter

import arbiter
import compare
import histories
import machine
import money
import packs
import periods
from words import BUCKETS

HERE = os.path.dirname(os.path.abspath(__file__))
POLICIES = sorted(glob.glob(os.path.join(HERE, "..", "..", "policies", "*", "*.toml")))
HOUR = 3_600_000
DAY = 24 * HOUR


def cny(units):
    return {"units": units, "currency": "CNY"}


class Story:
    """One order, told event by event; times count from the payment."""

    def __init__(self, key, at, paths=None, **line):
        self.m = machine.Machine(key, packs.PackBook(paths or POLICIES), Counter())
        self.key, self.start, self.count = key, periods.instant(at), 0
        address = line.pop("address", "addr-1")
        line = {"line": "1", "sku": "x", **line}
        line["paid"] = cny(line["paid"])
        self.say(0, "OrderPaid", "PLATFORM", buyer="b", merchant="m", lines=[line],
                 return_address=address)

    def say(self, after, event, role, case=None, actor=None, /, **body):
        self.count += 1
        at = self.start + after
        line = {"id": "e-%d" % self.count, "type": event, "key": self.key,
                "occurred_at": periods.text_of(at), "actor": {"role": role, "id": actor or role},
                "recorded_at": periods.text_of(at), "recorded_at_ms": at, "body": body}
        if case:
            line["case"] = "$case%d" % case
        self.m.apply(line)
        return self

    def until(self, after):
        self.m.advance(self.start + after)
        return self

    def ask(self, after, kind, ask, reason, quantity=1, how="RefundRequested", **more):
        return self.say(after, how, "BUYER", kind=kind, reason=reason, ask=cny(ask),
                        units={"line": "1", "quantity": quantity}, **more)

    def pay_all(self, after):
        while True:
            legs = [n for n, leg in enumerate(self.order.visible_legs(), 1)
                    if leg.state == "SUBMITTED"]
            if not legs:
                return self
            self.say(after, "RefundPaid", "PSP", leg="$leg%d" % legs[0])

    @property
    def order(self):
        return self.m.order

    def case(self, number=1):
        return self.order.case(number)

    def legs(self):
        return [(leg.kind, leg.bearer, leg.to, leg.amount, leg.state)
                for leg in self.order.visible_legs()]

    def refused(self):
        return [code for _, code in self.order.refusals]


class Scenarios(unittest.TestCase):
    def closed(self, story, reason, number=1):
        case = story.case(number)
        self.assertEqual((case.phase, case.close_reason), ("CLOSED", reason))

    def test_sc_01_fruit_taste(self):
        for platform in ("TAOBAO", "PINDUODUO"):
            s = Story("o/%s/sc-01" % platform, "2024-03-01T10:00:00+08:00", quantity=1, paid=5990,
                      perishable=True)
            s.say(DAY, "DeliveryScan", "CARRIER", parcel="p", level="DOOR")
            s.ask(DAY + HOUR, "REFUND_ONLY", 5990, "TASTE")
            s.say(DAY + 2 * HOUR, "RefundRejected", "SELLER", 1, ground="PERSONAL_TASTE")
            self.assertEqual(s.case().phase, "SELLER_REFUSED")
            s.say(DAY + 3 * HOUR, "PlatformHelpRequested", "BUYER", 1, ground="SELLER_REFUSED")
            s.say(DAY + 4 * HOUR, "InterventionOpened", "AGENT", 1, agent="a")
            s.say(DAY + 5 * HOUR, "LiabilityAssessed", "AGENT", 1, liability="MERCHANT")
            s.say(DAY + 6 * HOUR, "RulingProposed", "AGENT", 1, outcome="BUYER",
                  remedy="REFUND_ONLY", amount=cny(5990))
            self.assertEqual(s.legs(),
                             [("REFUND_ORIGINAL", "MERCHANT", "BUYER", 5990, "RESERVED")])
            s.until(DAY + 6 * HOUR + 8 * DAY).pay_all(12 * DAY)
            self.assertEqual(s.legs(), [("REFUND_ORIGINAL", "MERCHANT", "BUYER", 5990, "SETTLED")])
            self.closed(s, "SETTLED")
            self.assertEqual((s.case().goods, s.case().outcome), ("WAIVED", "BUYER"))
            self.assertEqual(s.refused(), [])

    def bouquet(self, perishable):
        s = Story("o/DOUYIN/sc-03", "2024-05-01T10:00:00+08:00", quantity=1, paid=12800,
                  perishable=perishable)
        s.say(0, "PromiseRecorded", "SELLER", kind="BAD_GOODS_REFUNDABLE")
        s.say(DAY, "DeliveryScan", "CARRIER", parcel="p", level="DOOR")
        return s.ask(DAY + 2 * HOUR, "REFUND_ONLY", 12800, "DAMAGED").until(DAY + 3 * HOUR)

    def test_sc_03_wilted_bouquet(self):
        s = self.bouquet(True).pay_all(DAY + 4 * HOUR)
        self.assertEqual(s.legs(), [("ADVANCE", "PLATFORM", "BUYER", 12800, "SETTLED"),
                                    ("CLAWBACK", "MERCHANT", "PLATFORM", 12800, "SETTLED")])
        self.closed(s, "SETTLED")

    def test_sc_03_twin_book(self):
        s = self.bouquet(False)
        self.assertEqual((s.case().phase, s.legs()), ("AWAIT_SELLER", []))

    def shirt(self, good):
        s = Story("o/DOUYIN/sc-05", "2024-05-01T10:00:00+08:00", quantity=1, paid=3990)
        s.say(DAY, "DeliveryScan", "CARRIER", parcel="p", level="DOOR")
        s.say(2 * DAY, "ProductRatingSnapshot", "PLATFORM", line="1", good=good, rated=10000,
              as_of="2024-05-03T00:00:00+08:00")
        return s.ask(2 * DAY + HOUR, "REFUND_ONLY", 3990, "QUALITY")

    def test_sc_05_product_rating(self):
        s = self.shirt(6999).pay_all(3 * DAY)
        self.assertEqual(s.legs(), [("REFUND_ORIGINAL", "MERCHANT", "BUYER", 3990, "SETTLED")])
        self.closed(s, "SETTLED")
        s = self.shirt(7000)
        self.assertEqual(s.case().phase, "AWAIT_SELLER")
        s.say(3 * DAY, "RefundAmended", "BUYER", 1, kind="RETURN_REFUND")
        s.say(4 * DAY, "RefundAccepted", "SELLER", 1)
        self.assertEqual((s.case().phase, s.case().goods), ("AWAIT_BUYER_RETURN", "RETURN_DUE"))
        s.say(5 * DAY, "ReturnShipped", "BUYER", 1, carrier="SF", parcel="r")
        s.say(6 * DAY, "ReturnReceived", "SELLER", 1)
        self.assertEqual(s.legs()[-1][3:], (3990, "RESERVED"))
        s.say(7 * DAY, "ReturnInspected", "SELLER", 1, result="ACCEPTED").pay_all(8 * DAY)
        self.assertIn(("REFUND_ORIGINAL", "MERCHANT", "BUYER", 3990, "SETTLED"), s.legs())
        self.closed(s, "SETTLED")

    def test_sc_05_snapshot_at_request(self):
        s = self.shirt(6999)
        s.say(2 * DAY + 2 * HOUR, "ProductRatingSnapshot", "PLATFORM", line="1", good=7500,
              rated=10000, as_of="2024-05-03T00:00:00+08:00").pay_all(3 * DAY)
        self.closed(s, "SETTLED")

    def test_sc_07_return_with_cover(self):
        s = Story("o/TAOBAO/sc-07", "2025-01-10T10:00:00+08:00", quantity=1, paid=89900,
                  supported=["RETURN_REFUND", "REPAIR"])
        s.say(0, "FreightServiceSubscribed", "SELLER", service="RETURN_FREIGHT_COVER")
        s.say(DAY, "DeliveryScan", "CARRIER", parcel="p", level="DOOR")
        s.ask(41 * DAY, "EXCHANGE", 0, "QUALITY")
        self.assertEqual(s.refused(), ["UNSUPPORTED_KIND"])
        s.ask(41 * DAY, "RETURN_REFUND", 89900, "QUALITY")
        s.say(42 * DAY, "RefundAccepted", "SELLER", 1)
        s.say(43 * DAY, "ReturnShipped", "BUYER", 1, carrier="SF", parcel="r", freight=cny(1500))
        s.say(44 * DAY, "DeliveryScan", "CARRIER", parcel="r", level="DOOR")
        self.assertEqual(s.case().goods, "AT_SELLER")
        s.say(45 * DAY, "ReturnInspected", "SELLER", 1, result="ACCEPTED").pay_all(46 * DAY)
        self.assertEqual(s.legs(), [
            ("FREIGHT_RETURN", "FREIGHT_COVER", "BUYER", 1200, "SETTLED"),
            ("REFUND_ORIGINAL", "MERCHANT", "BUYER", 89900, "SETTLED")])
        self.closed(s, "SETTLED")

    def test_sc_09_refused_refund(self):
        s = Story("o/TAOBAO/sc-09", "2024-03-01T10:00:00+08:00", quantity=1, paid=26800)
        s.say(DAY, "DeliveryScan", "CARRIER", parcel="p", level="DOOR")
        s.ask(2 * DAY, "RETURN_REFUND", 26800, "WRONG_ITEM")
        s.say(3 * DAY, "RefundRejected", "SELLER", 1, ground="NONE")
        s.say(4 * DAY, "PlatformHelpRequested", "BUYER", 1, ground="SELLER_REFUSED")
        s.say(4 * DAY + HOUR, "InterventionOpened", "AGENT", 1, agent="a")
        s.say(4 * DAY + HOUR, "LiabilityAssessed", "AGENT", 1, liability="MERCHANT")
        s.say(4 * DAY + 2 * HOUR, "RulingProposed", "AGENT", 1, "a", outcome="BUYER",
              remedy="RETURN_REFUND", amount=cny(26800))
        if s.case().overlay == "REVIEW":  # over the author's limit
            s.say(4 * DAY + 3 * HOUR, "RulingApproved", "AGENT", 1, "b")
        s.until(13 * DAY)
        self.assertEqual(s.case().phase, "AWAIT_BUYER_RETURN")
        s.say(14 * DAY, "ReturnShipped", "BUYER", 1, carrier="SF", parcel="r", freight=cny(1000))
        s.until(14 * DAY + 12 * DAY).pay_all(27 * DAY)
        self.assertEqual(s.legs(), [("FREIGHT_RETURN", "MERCHANT", "BUYER", 1000, "SETTLED"),
                                    ("REFUND_ORIGINAL", "MERCHANT", "BUYER", 26800, "SETTLED")])
        self.closed(s, "SETTLED")

    def test_sc_11_lost_parcel(self):
        s = Story("o/TMALL/sc-11", "2024-03-01T10:00:00+08:00", quantity=1, paid=6600)
        s.say(DAY, "CarrierScan", "CARRIER", parcel="p", carrier="SF")
        s.say(6 * DAY, "ParcelLost", "CARRIER", parcel="p")
        self.assertEqual((s.case().phase, s.case().overlay, s.case().goods),
                         ("AWAIT_SELLER", "REQUESTED", "LOST"))
        s.say(6 * DAY + HOUR, "InterventionOpened", "AGENT", 1, agent="a")
        s.say(6 * DAY + HOUR, "LiabilityAssessed", "AGENT", 1, liability="CARRIER")
        s.say(6 * DAY + 2 * HOUR, "RulingProposed", "AGENT", 1, outcome="BUYER",
              remedy="REFUND_ONLY", amount=cny(6600))
        s.until(15 * DAY).pay_all(16 * DAY)
        self.assertEqual(s.legs(), [("REFUND_ORIGINAL", "FUND", "BUYER", 6600, "SETTLED")])
        self.closed(s, "SETTLED")

    def test_sc_13_presale_and_price(self):
        deposit = [{"bucket": "PRESALE_DEPOSIT", "amount": cny(10000)}]
        for ask in (5000, 104900):
            s = Story("o/DOUYIN/sc-13", "2024-05-01T10:00:00+08:00", quantity=1, paid=94900,
                      buckets=deposit)
            s.ask(DAY, "REFUND_ONLY", ask, "PRICE_RISE").until(2 * DAY)
            s.say(2 * DAY, "RefundAccepted", "SELLER", 1).pay_all(3 * DAY)
            self.assertEqual(sum(leg[3] for leg in s.legs()), ask)
            self.closed(s, "SETTLED")
        self.assertEqual([leg.amount for leg in s.order.visible_legs()], [94900, 10000])
        s = Story("o/PINDUODUO/sc-13", "2024-05-01T10:00:00+08:00", quantity=1, paid=12900)
        s.ask(DAY, "PRICE_PROTECTION", 2000, "FALSE_LOWEST_PRICE")
        s.say(2 * DAY, "RefundAccepted", "SELLER", 1).pay_all(3 * DAY)
        self.assertEqual(s.legs(), [("PRICE_DIFF", "MERCHANT", "BUYER", 2000, "SETTLED")])
        self.closed(s, "SETTLED")

    def test_sc_15_village(self):
        s = Story("o/PINDUODUO/sc-15", "2024-05-01T10:00:00+08:00", quantity=1, paid=4500,
                  buckets=[{"bucket": "FREIGHT", "amount": cny(1800)}])
        s.say(0, "PromiseRecorded", "SELLER", kind="VILLAGE_DELIVERY")
        s.say(3 * DAY, "DeliveryScan", "CARRIER", parcel="p", level="TOWN")
        self.assertFalse(s.order.delivered)
        s.ask(4 * DAY, "REFUND_ONLY", 1800, "NOT_TO_VILLAGE", how="ComplaintFiled")
        s.say(5 * DAY, "RefundAccepted", "SELLER", 1).pay_all(6 * DAY)
        self.assertEqual(s.legs(), [("FREIGHT_OUT", "MERCHANT", "BUYER", 1800, "SETTLED")])
        self.closed(s, "SETTLED")
        s.say(7 * DAY, "DeliveryScan", "CARRIER", parcel="p", level="VILLAGE")
        self.assertTrue(s.order.delivered)

    def test_sc_15_never_delivered(self):
        s = Story("o/PINDUODUO/sc-15", "2024-05-01T10:00:00+08:00", quantity=1, paid=4500,
                  buckets=[{"bucket": "FREIGHT", "amount": cny(1800)}])
        s.say(0, "PromiseRecorded", "SELLER", kind="VILLAGE_DELIVERY")
        s.say(3 * DAY, "DeliveryScan", "CARRIER", parcel="p", level="TOWN")
        s.ask(20 * DAY, "REFUND_ONLY", 6300, "NOT_RECEIVED")
        s.say(21 * DAY, "RefundAccepted", "SELLER", 1).pay_all(22 * DAY)
        self.assertEqual(sorted(leg[3] for leg in s.legs()), [1800, 4500])

    def test_sc_17_abnormal(self):
        s = Story("o/TAOBAO/sc-17", "2024-08-18T10:00:00+08:00", quantity=1, paid=3500)
        s.say(DAY, "DeliveryScan", "CARRIER", parcel="p", level="DOOR")
        s.ask(2 * DAY, "REFUND_ONLY", 3500, "QUALITY")
        s.say(2 * DAY + 1000, "AbuseAssessed", "MODEL", verdict="ABNORMAL", model_version="v3",
              as_of="2024-08-20T10:00:00+08:00")
        self.assertEqual((s.case().phase, s.legs()), ("AWAIT_SELLER", []))
        s.say(3 * DAY, "RefundRejected", "SELLER", 1, ground="DELIVERED_INTACT")
        s.say(3 * DAY, "PlatformHelpRequested", "BUYER", 1, ground="SELLER_REFUSED")
        s.say(3 * DAY, "InterventionOpened", "AGENT", 1, agent="a")
        s.say(3 * DAY, "LiabilityAssessed", "AGENT", 1, liability="BUYER")
        s.say(3 * DAY, "RulingProposed", "AGENT", 1, outcome="SELLER", remedy="NONE", amount=cny(0))
        s.until(12 * DAY)
        self.closed(s, "RULED_FOR_SELLER")
        self.assertEqual(s.legs(), [])

    def test_sc_19_three_options(self):
        s = Story("o/PINDUODUO/sc-19", "2024-05-01T10:00:00+08:00", quantity=1, paid=5900)
        s.say(DAY, "DeliveryScan", "CARRIER", parcel="p", level="DOOR")
        s.say(2 * DAY, "PlatformIntervened", "PLATFORM", ground="CHAT_MONITORING",
              kind="REFUND_ONLY", units={"line": "1", "quantity": 1}, ask=cny(5900),
              reason="DAMAGED")
        s.say(2 * DAY, "OfferMade", "PLATFORM", 1, options=[
            {"remedy": "RETURN_REFUND", "amount": cny(5900)},
            {"remedy": "REFUND_ONLY", "amount": cny(5900)},
            {"remedy": "VOUCHER", "amount": cny(1500)}])
        self.assertEqual((s.case().overlay, s.case().help), ("NEGOTIATING", {}))
        s.say(3 * DAY, "OfferChosen", "BUYER", 1, offer="$offer1", option=2)
        self.assertEqual(s.legs(), [("VOUCHER", "PLATFORM", "BUYER", 1500, "SETTLED")])
        self.closed(s, "SETTLED")
        self.assertEqual(s.case().overlay, "FINAL")
        s.say(4 * DAY, "OfferChosen", "BUYER", 1, offer="$offer1", option=1)
        s.ask(5 * DAY, "REFUND_ONLY", 5900, "DAMAGED")
        self.assertEqual(s.refused(), ["NOT_EXPECTED_NOW", "SETTLED_ALREADY"])

    def test_sy_46_silence_accepts(self):
        s = Story("o/DOUYIN/sy-46", "2024-05-01T10:00:00+08:00", quantity=1, paid=3000)
        s.ask(DAY, "REFUND_ONLY", 3000, "QUALITY")
        due = DAY + 60_001 + 48 * HOUR + 1  # the rating is awaited for T0; then T1
        s.until(due - 1)
        self.assertEqual(s.case().phase, "AWAIT_SELLER")
        s.until(due)
        self.assertEqual(s.case().phase, "SETTLING")

    def test_sy_43_resend_not_shipped(self):
        s = Story("o/DOUYIN/sy-43", "2024-05-01T10:00:00+08:00", quantity=3, paid=9000)
        s.say(DAY, "DeliveryScan", "CARRIER", parcel="p", level="DOOR")
        s.ask(2 * DAY, "RESEND", 0, "MISSING_ITEM").until(2 * DAY + HOUR)
        s.say(2 * DAY + HOUR, "RefundAccepted", "SELLER", 1)
        s.until(6 * DAY).pay_all(7 * DAY)
        self.assertEqual(s.legs(), [("REFUND_ORIGINAL", "MERCHANT", "BUYER", 3000, "SETTLED")])


class Arithmetic(unittest.TestCase):
    def test_periods(self):
        at = periods.instant("2024-03-01T10:00:00+08:00")
        self.assertEqual(periods.text_of(periods.first_too_late(at, (48, "h"))),
                         "2024-03-03T10:00:00.001+08:00")
        self.assertEqual(periods.text_of(periods.first_too_late(at, (5, "d"))),
                         "2024-03-07T00:00:00.000+08:00")
        at = periods.instant("2024-01-31T10:00:00+08:00")
        self.assertEqual(periods.text_of(periods.first_too_late(at, (1, "mo"))),
                         "2024-03-01T00:00:00.000+08:00")

    def test_largest_remainder(self):
        self.assertEqual(money.largest_remainder(100, [1, 1, 1]), [34, 33, 33])
        self.assertEqual(money.largest_remainder(5000, [94900, 10000]), [4523, 477])
        self.assertEqual(money.bearers(1, [("PLATFORM", 5000), ("MERCHANT", 5000)]),
                         [("MERCHANT", 1), ("PLATFORM", 0)])

    def test_ten_in_three_steps(self):
        s = Story("o/PINDUODUO/1", "2024-05-01T10:00:00+08:00", quantity=3, paid=1000)
        for step, due in enumerate((333, 333, 334), 1):
            s.ask(step * DAY, "REFUND_ONLY", due, "QUALITY")
            s.say(step * DAY + HOUR, "RefundAccepted", "SELLER", step).pay_all(step * DAY + HOUR)
        self.assertEqual([leg[3] for leg in s.legs()], [333, 333, 334])
        self.assertEqual(s.refused(), [])

    def test_by_amount_then_units(self):
        s = Story("o/PINDUODUO/1", "2024-05-01T10:00:00+08:00", quantity=3, paid=3000)
        s.ask(DAY, "REFUND_ONLY", 2500, "QUALITY", quantity=3)
        s.say(DAY, "RefundAccepted", "SELLER", 1).pay_all(DAY)
        s.ask(2 * DAY, "REFUND_ONLY", 1000, "QUALITY")
        self.assertEqual(s.refused(), ["OVER_THE_CEILING"])
        s.ask(2 * DAY, "REFUND_ONLY", 500, "QUALITY")
        s.say(2 * DAY, "RefundAccepted", "SELLER", 2).pay_all(2 * DAY)
        self.assertEqual(sum(leg[3] for leg in s.legs()), 3000)

    def test_split(self):
        s = Story("o/PINDUODUO/1", "2024-05-01T10:00:00+08:00", quantity=5, paid=5003)
        s.say(DAY, "DeliveryScan", "CARRIER", parcel="p", level="DOOR")
        s.ask(2 * DAY, "RETURN_REFUND", 5003, "QUALITY", quantity=5)
        s.say(2 * DAY, "RefundAccepted", "SELLER", 1)
        s.say(3 * DAY, "ReturnShipped", "BUYER", 1, carrier="SF", parcel="r")
        s.say(4 * DAY, "ReturnInspected", "SELLER", 1, result="ACCEPTED", quantity=4)
        s.say(4 * DAY, "ReturnInspected", "SELLER", 2, result="REFUSED", fault="USED")
        one, two = s.case(1), s.case(2)
        self.assertEqual((one.phase, one.quantity, one.ask), ("SETTLING", 4, 4002))
        self.assertEqual((two.phase, two.quantity, two.ask), ("RECEIPT_REFUSED", 1, 1001))
        amounts = [(leg.case, leg.amount, leg.state) for leg in s.order.visible_legs()
                   if leg.kind == "REFUND_ORIGINAL"]
        self.assertEqual(amounts, [(1, 4002, "SUBMITTED"), (2, 1001, "RESERVED")])


class Laws(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.book, cls.taken = packs.PackBook(compare.PACKS), Counter()
        cls.made = [histories.make("laws", n, cls.book, cls.taken) for n in range(400)]

    def test_the_same_seed_gives_the_same_history(self):
        again = histories.make("laws", 7, self.book, Counter())
        self.assertEqual(again.events, self.made[7].events)

    def test_folding_the_lines_gives_what_the_generator_saw(self):
        for history in self.made[:100]:
            orders = arbiter.fold(history.events, self.book)
            self.assertEqual(orders[history.key].report(), history.m.order.report())

    def test_ticks_change_nothing(self):
        for history in self.made[:60]:
            lines = [(line["recorded_at"], 1, n, line) for n, line in enumerate(history.events)]
            for at in range(histories.START, history.now, 11 * HOUR):
                lines.append((periods.text_of(at), 0, 0, histories.tick(at)))
            lines.sort(key=lambda each: each[:3])
            orders = arbiter.fold([each[3] for each in lines], self.book)
            self.assertEqual(orders[history.key].report(), history.m.order.report())

    def test_no_bucket_gives_more_than_it_has(self):
        for history in self.made:
            order = history.m.order
            for line in order.lines:
                if line.cancelled:
                    continue
                for bucket in BUCKETS:
                    # What is reversed of a leg that was taken back is the buyer's loss, and due again.
                    legs = [leg for leg in order.legs if leg.line == line.line
                            and leg.bucket == bucket and money.counts(leg, order.voucher_counts)]
                    back = sum(x.amount - x.reversed for x in order.legs if x.cause in legs
                               and x.bearer == "BUYER" and x.state in ("SETTLED", "REVERSED"))
                    given = sum(leg.amount - leg.reversed for leg in legs) - back
                    self.assertLessEqual(given, line.buckets.get(bucket, 0),
                                         (history.key, line.line, bucket))

    def test_settled_means_settled(self):
        for history in self.made:
            order = history.m.order
            for case in order.cases:
                if case.phase == "CLOSED" and case.close_reason == "SETTLED" and not case.live:
                    states = {leg.state for leg in order.legs
                              if leg.case == case.number and leg.to == "BUYER" and not leg.own}
                    self.assertLessEqual(states, {"SETTLED", "VOID", "REROUTED", "REVERSED"},
                                         history.key)

    def test_a_closed_case_waits_for_nothing_of_its_phase(self):
        for history in self.made:
            for d in history.m.order.deadlines:
                case = history.m.order.case(d.case)
                if d.timer in ("T0", "T1", "T4", "T6", "T7", "T14"):
                    self.assertTrue(case.open, (history.key, d.timer))


if __name__ == "__main__":
    unittest.main()
