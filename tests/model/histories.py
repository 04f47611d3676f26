"""Random order histories, as recorded JSON Lines: chosen from the model's own state, so that they
reach deep states; some hostile. A seed gives the same histories for ever."""

import hashlib
import random

import machine
import periods
from words import GOODS_KINDS, OPEN, REMEDY_OF_KIND

START = periods.instant("2024-03-01T10:00:00+08:00")
DAY = periods.DAY
HOUR = 3_600_000
REASONS = ["TASTE", "QUALITY", "SIZE", "COLOUR", "DAMAGED", "SPOILED", "LATE_SHIPMENT",
           "WRONG_ITEM", "NOT_TO_VILLAGE"]
KINDS = ["REFUND_ONLY"] * 4 + ["RETURN_REFUND"] * 5 + ["EXCHANGE"] * 3 + ["REPAIR", "RESEND",
                                                                         "PRICE_PROTECTION"]
ACTORS = {"BUYER": "b-1", "SELLER": "m-1", "AGENT": "agent-1", "PLATFORM": "p-1", "CARRIER": "SF",
          "PSP": "psp-1", "MODEL": "model-1"}


class History:
    """One order's events, made one after the other while the model folds them."""

    def __init__(self, rng, key, packs, taken):
        self.rng = rng
        self.m = machine.Machine(key, packs, taken)
        self.key = key
        self.events = []
        self.now = START + rng.randrange(0, 20 * DAY)
        self.ids = 0
        self.hashes = 0
        self.focus = 1  # the case at which most things happen for a while

    # ---- Building ----

    def event(self, kind, role, body=None, case=None, actor=None):
        self.ids += 1
        line = {"id": "e-%d" % self.ids, "type": kind, "key": self.key,
                "occurred_at": periods.text_of(self.now),
                "actor": {"role": role, "id": actor or ACTORS[role]}}
        if case is not None:
            line["case"] = "$case%d" % (case if isinstance(case, int) else case.number)
        line["recorded_at"] = periods.text_of(self.now)
        line["body"] = body or {}
        self.events.append(line)
        self.m.apply(dict(line, recorded_at_ms=self.now))

    def cny(self, units, currency="CNY"):
        return {"units": units, "currency": currency}

    def piece(self, slot=""):
        self.hashes += 1
        digest = hashlib.sha256(("%s %d" % (self.key, self.hashes)).encode()).hexdigest()
        out = {"hash": digest, "kind": "PHOTO"}
        if slot:
            out["slot"] = slot
        return out

    def leg_names(self, states):
        legs = self.m.order.visible_legs()
        return [("$leg%d" % (n + 1), leg) for n, leg in enumerate(legs) if leg.state in states]

    # ---- Time ----

    def pass_time(self):
        rng, order = self.rng, self.m.order
        running = [d.due for d in order.deadlines if not d.paused and d.due > self.now]
        dice = rng.random()
        if running and dice < 0.22:
            self.now = max(self.now, rng.choice(running) + rng.choice((-1, 0, 1)))
        elif running and dice < 0.30:
            self.now = max(self.now, min(running) + rng.choice((-1, 0, 1)))
        elif dice < 0.85:
            self.now += rng.randrange(1, 8 * HOUR)
        elif dice < 0.97:
            self.now += rng.randrange(HOUR, 3 * DAY)
        else:
            self.now += rng.randrange(DAY, 12 * DAY)
        self.m.advance(self.now)

    # ---- The order ----

    def pay(self):
        rng = self.rng
        lines = []
        for number in range(1, rng.choice((1, 1, 1, 2, 3)) + 1):
            quantity = rng.choice((1, 1, 2, 3, 3, 5, 7))
            line = {"line": str(number), "sku": "sku-%d" % number, "quantity": quantity,
                    "paid": self.cny(rng.choice((0, 999, 1000, 3000, 5990, 10000))
                                     + rng.randrange(1, 500))}
            if rng.random() < 0.15:
                line["perishable"] = True
            buckets = []
            for bucket in ("PRESALE_DEPOSIT", "BALANCE", "GIFT_CARD", "CREDIT", "POINTS", "COINS",
                           "SHOP_COUPON", "PLATFORM_COUPON", "FREIGHT", "PACKING", "TAX"):
                if rng.random() < 0.14:
                    buckets.append({"bucket": bucket, "amount": self.cny(rng.randrange(1, 1500))})
            if buckets:
                line["buckets"] = buckets
            if rng.random() < 0.1:
                line["supported"] = ["REFUND_ONLY", "RETURN_REFUND"]
            if rng.random() < 0.2:
                line["serial"] = "S-%d" % number
            lines.append(line)
        body = {"buyer": "b-1", "merchant": "m-1", "lines": lines}
        if rng.random() < 0.75:
            body["return_address"] = "addr-0"
        self.event("OrderPaid", "PLATFORM", body)

    def order_fact(self):
        rng, order = self.rng, self.m.order
        dice = rng.random()
        if not order.shipped and dice < 0.6:
            self.event("CarrierScan", "CARRIER", {"parcel": "p-1", "carrier": "SF"})
        elif not order.delivered and dice < 0.9:
            level = rng.choice(("DOOR", "DOOR", "DOOR", "TOWN", "LOCKER"))
            self.event("DeliveryScan", "CARRIER", {"parcel": "p-1", "level": level})
        elif dice < 0.93:
            self.event("OrderCompleted", "PLATFORM")
        elif dice < 0.95 and not order.delivered:
            self.event("ParcelLost", "CARRIER", {"parcel": "p-1"})
        elif dice < 0.97:
            line = rng.choice(order.lines)
            held = sum(c.quantity for c in order.cases if c.line == line.line)
            if line.cancelled + held < line.quantity:
                self.event("OrderCancelled", "BUYER",
                           {"lines": [{"line": line.line, "quantity": 1}]})
        elif dice < 0.98:
            self.event("PromiseRecorded", "SELLER", {"kind": "VILLAGE_DELIVERY"})
        elif dice < 0.99:
            self.event("ProductIntercepted", "PLATFORM", {"reason": "counterfeit"})
        else:
            self.event("FreightServiceSubscribed", "SELLER", {"service": "RETURN_FREIGHT_COVER"})

    def record_fact(self):
        rng = self.rng
        now = periods.text_of(self.now)
        dice = rng.randrange(3)
        if dice == 0:
            self.event("AbuseAssessed", "MODEL", {
                "verdict": rng.choice(("NORMAL", "NORMAL", "ABNORMAL")), "as_of": now,
                "model_version": "v1"})
        elif dice == 1:
            self.event("SellerStandingSnapshot", "PLATFORM", {
                "bad_reviews": rng.choice((0, 20, 21)), "violations": rng.choice((0, 5, 6)),
                "as_of": now})
        else:
            line = rng.choice(self.m.order.lines)
            self.event("ProductRatingSnapshot", "PLATFORM", {
                "line": line.line, "good": rng.choice((6999, 7000)), "rated": 10000, "as_of": now})

    # ---- Filing ----

    def some_ask(self, line, kind, reason, quantity):
        bound = self.m.bound(line, kind, reason, quantity, None)
        if kind in GOODS_KINDS:
            return self.rng.choice((0, 0, 0, min(bound, 300)))
        if bound <= 0:
            return 1 if self.rng.random() < 0.1 else None
        if kind == "PRICE_PROTECTION":
            return self.rng.randrange(1, bound + 1)
        return self.rng.choice((bound, bound, self.rng.randrange(1, bound + 1)))

    def free_line(self):
        rng, order = self.rng, self.m.order
        lines = [(line, line.quantity - line.cancelled - self.m.other_units(line, 0))
                 for line in order.lines]
        lines = [each for each in lines if each[1] > 0]
        return rng.choice(lines) if lines else (None, 0)

    def file(self):
        rng = self.rng
        line, free = self.free_line()
        if line is None:
            return False
        kind, reason = rng.choice(KINDS), rng.choice(REASONS)
        if line.supported and kind not in line.supported and rng.random() < 0.9:
            kind = "REFUND_ONLY"
        quantity = rng.choice((free, rng.randrange(1, free + 1)))
        ask = self.some_ask(line, kind, reason, quantity)
        if ask is None:
            return False
        body = {"kind": kind, "units": {"line": line.line, "quantity": quantity},
                "ask": self.cny(ask), "reason": reason}
        if kind == "EXCHANGE" and ask == 0 and rng.random() < 0.2:
            body["extra"] = self.cny(rng.randrange(1, 500))
        complaint = kind in ("REFUND_ONLY", "RETURN_REFUND") and rng.random() < 0.25
        if complaint:
            body.pop("extra", None)
        self.event("ComplaintFiled" if complaint else "RefundRequested", "BUYER", body)
        return True

    def open_without_buyer(self):
        rng = self.rng
        line, free = self.free_line()
        if line is None:
            return False
        quantity = rng.randrange(1, free + 1)
        bound = self.m.bound(line, "REFUND_ONLY", "OTHER", quantity, None)
        if bound <= 0:
            return False
        units = {"line": line.line, "quantity": quantity}
        if rng.random() < 0.5:
            self.event("PlatformIntervened", "PLATFORM", {
                "ground": "PLATFORM_REVIEW", "kind": rng.choice(("REFUND_ONLY", "RETURN_REFUND")),
                "units": units, "ask": self.cny(bound), "reason": rng.choice(REASONS)})
        else:
            remedy = rng.choice(("REFUND_ONLY", "VOUCHER", "RETURN_REFUND"))
            if line.perishable and remedy == "RETURN_REFUND":
                remedy = "REFUND_ONLY"
            self.event("OfferMade", rng.choice(("SELLER", "PLATFORM")), {
                "options": [{"remedy": remedy, "amount": self.cny(rng.randrange(1, bound + 1))}],
                "units": units})
        return True

    # ---- What may come next for a case ----

    def quantity(self, case, body):
        """Fewer units than the case holds, now and then."""
        if case.quantity > 1 and not case.live and self.rng.random() < 0.2:
            body["quantity"] = self.rng.randrange(1, case.quantity)
        return body

    def some_option(self, case, line):
        rng = self.rng
        remedies = ["REFUND_ONLY", "REFUND_ONLY", "VOUCHER"]
        if not line.perishable:
            remedies += ["RETURN_REFUND", "EXCHANGE"]
        remedy = rng.choice(remedies)
        amount = rng.randrange(1, max(2, case.ask + 1))
        return {"remedy": remedy, "amount": self.cny(0 if remedy == "EXCHANGE" else amount)}

    def next_of_case(self, case):
        """(weight, thunk) of what people may plausibly do next."""
        rng, m = self.rng, self.m
        line = m.line(case)
        out = []

        def add(weight, kind, role, body=None, actor=None):
            out.append((weight, lambda: self.event(kind, role, body, case, actor)))

        overlay, phase = case.overlay, case.phase
        if case.open and overlay not in ("EVIDENCE", "REVIEW"):
            add(0.3, "EvidenceSubmitted", rng.choice(("BUYER", "SELLER")),
                {"evidence": [self.piece()]})
        if case.open and case.liability == "UNSPECIFIED":
            add(1 if not case.live else 8, "LiabilityAssessed", "AGENT",
                {"liability": rng.choice(("MERCHANT", "MERCHANT", "BUYER", "CARRIER",
                                          "NOT_MERCHANT", "UNDETERMINED"))})
        if case.live:
            self.next_in_overlay(case, line, add)
            if phase == "AWAIT_BUYER_RETURN" and case.goods == "RETURN_DUE":
                add(4, "ReturnShipped", "BUYER", {"carrier": "SF", "parcel": "r-%d" % case.number})
            if case.goods == "RETURN_IN_TRANSIT" and phase in ("AWAIT_BUYER_RETURN",
                                                               "AWAIT_SELLER_RECEIPT"):
                add(2, "ReturnReceived", "SELLER")
                add(3, "ParcelLost", "CARRIER", {"parcel": case.return_parcel})
            if phase == "AWAIT_BUYER_RECEIPT" and case.out_goods == "SHIPPED":
                add(4, "ReplacementReceived", "BUYER")
                add(3, "ParcelLost", "CARRIER", {"parcel": case.out_parcel})
            if phase == "AWAIT_SELLER_RECEIPT" and case.goods == "INTERCEPTING":
                add(4, "InterceptFailed", "CARRIER", {"parcel": "p-1"})
            return out
        again = phase == "SETTLING" or (phase == "CLOSED" and
                                        case.close_reason != "SYSTEM_VOID")
        ruling = self.some_ruling(case)
        fits = m.ceiling_holds(case, ruling["remedy"], ruling["amount"]["units"])
        if again and case.liability != "UNSPECIFIED" and fits or rng.random() < 0.02:
            ruling.pop("quantity", None)
            if case.quantity > 1 and ruling["amount"]["units"]:
                ruling["amount"] = self.cny(m.effective_ask(case))
                ruling["outcome"] = "BUYER"
            number = m.packs.packs.index(case.pack) + 1
            add(0.7, "Rearbitrated", "PLATFORM", {
                "pack": "$pack%d" % number, "ruling": ruling,
                "approved_by": {"role": "AGENT", "id": "agent-9"}})
        if overlay == "FINAL" and not case.final_by_agreement:
            add(1, "RulingSetAside", "PLATFORM", {
                "reason": "forged", "approved_by": {"role": "AGENT", "id": "agent-9"}})
        if case.open and phase != "SETTLING":
            add(0.6, "RefundWithdrawn", case.filer)
            if overlay in ("NONE", "WITHDRAWN"):
                add(0.6, "PlatformIntervened", "PLATFORM", {"ground": "PLATFORM_REVIEW"})
                if case.pack.help_grounds:
                    moving = ("AWAIT_BUYER_RETURN", "AWAIT_SELLER_RECEIPT", "AWAIT_BUYER_RECEIPT")
                    add(2.5 if phase in moving else 0.8, "PlatformHelpRequested", "BUYER",
                        {"ground": rng.choice(case.pack.help_grounds)})
            running = [d for d in m.order.deadlines if d.case == case.number and d.leg is None
                       and not d.paused and d.timer != "T9"]
            if running:
                d = rng.choice(running)
                add(0.5, "DeadlineExtended", "PLATFORM", {
                    "timer": d.timer, "reason": "peak",
                    "until": periods.text_of(d.due + rng.randrange(1, 3 * DAY))})
        if phase == "AWAIT_SELLER":
            body = {}
            if case.kind == "RETURN_REFUND" and rng.random() < 0.2:
                body["waived"] = True
            if case.kind == "REFUND_ONLY" and case.goods == "SHIPPED" and rng.random() < 0.6:
                body["intercept"] = True
            if rng.random() < 0.3:
                body["address"] = "addr-%d" % rng.randrange(1, 4)
            add(7, "RefundAccepted", "SELLER", self.quantity(case, body))
            add(3, "RefundRejected", "SELLER", self.quantity(
                case, {"ground": "DELIVERED_INTACT", "evidence": [self.piece()]}))
            options = [self.some_option(case, line) for _ in range(rng.choice((1, 1, 2, 3)))]
            add(2.5, "OfferMade", "SELLER", {"options": options})
        if phase in ("AWAIT_SELLER", "SELLER_REFUSED") and case.filer == "BUYER":
            body = {}
            bound = m.bound(line, case.kind, case.reason, case.quantity, case)
            if bound > 1 and case.kind not in GOODS_KINDS:
                body["ask"] = self.cny(rng.randrange(1, bound + 1))
            if not line.supported and rng.random() < 0.25:
                body["kind"] = rng.choice(("REFUND_ONLY", "RETURN_REFUND", "EXCHANGE"))
                if body["kind"] not in GOODS_KINDS and bound > 1:
                    body["ask"] = self.cny(rng.randrange(1, bound + 1))
                elif body["kind"] in GOODS_KINDS:
                    body["ask"] = self.cny(0)
            if body:
                add(1, "RefundAmended", "BUYER", body)
        if phase in ("SELLER_REFUSED", "RECEIPT_REFUSED"):
            add(7, "PlatformHelpRequested", "BUYER", {"ground": "SELLER_REFUSED"})
        if phase in ("AWAIT_SELLER", "SELLER_REFUSED", "AWAIT_BUYER_OFFER", "RECEIPT_REFUSED"):
            add(0.8, "SettlementAgreed", "PLATFORM", self.settlement(case, line))
        if phase == "AWAIT_BUYER_OFFER":
            offer = next((o for o in case.offers if o["open"]), None)
            if offer:
                name = "$offer%d" % offer["number"]
                add(6, "OfferChosen", "BUYER", {
                    "offer": name, "option": rng.randrange(len(offer["options"]))})
                add(3, "OfferDeclined", "BUYER", {"offer": name})
        if phase == "AWAIT_BUYER_RETURN":
            body = {"carrier": "SF", "parcel": "r-%d" % case.number}
            if rng.random() < 0.5:
                body["freight"] = self.cny(rng.choice((500, 1200, 2000)))
            add(6, "ReturnShipped", "BUYER", self.quantity(case, body))
            add(2, "ReturnAddressGiven", "SELLER",
                {"address": "addr-%d" % rng.randrange(1, 4)})
            add(1, "ReturnAddressInvalid", "CARRIER")
        if phase == "AWAIT_SELLER_RECEIPT":
            if case.goods == "RETURN_IN_TRANSIT":
                add(4, "ReturnReceived", "SELLER", self.quantity(case, {}))
                add(3, "DeliveryScan", "CARRIER",
                    {"parcel": case.return_parcel, "level": "DOOR"})
                add(2, "ParcelLost", "CARRIER", {"parcel": case.return_parcel})
            if case.goods == "INTERCEPTING":
                add(4, "ReturnReceived", "SELLER")
                add(4, "InterceptFailed", "CARRIER", {"parcel": "p-1"})
            add(1, "PlatformHelpRequested", "SELLER", {"ground": "GOODS_DISPUTED"})
        if phase in ("AWAIT_SELLER_RECEIPT", "RECEIPT_REFUSED"):
            add(6, "ReturnInspected", "SELLER", self.inspection(case))
        if phase == "AWAIT_SELLER_RECEIPT":
            add(3, "ReturnInspected", "SELLER", self.quantity(
                case, {"result": "REFUSED", "fault": "USED", "evidence": [self.piece()]}))
        if phase == "AWAIT_SELLER_SHIP":
            kind = m.doing(case)
            body = {"carrier": "SF", "parcel": "x-%d-%d" % (case.number, len(self.events))}
            if kind == "REPAIR" and line.serial:
                body["serial"] = line.serial if rng.random() < 0.8 else "S-0"
            name = {"EXCHANGE": "ReplacementShipped", "REPAIR": "RepairDone"}.get(kind,
                                                                                 "ResendShipped")
            add(6, name, "SELLER", body)
            add(1.5, "SellerCannotFulfil", "SELLER", {"reason": "none left"})
        if phase == "AWAIT_BUYER_RECEIPT":
            add(5, "ReplacementReceived", "BUYER")
            add(3, "DeliveryScan", "CARRIER", {"parcel": case.out_parcel, "level": "DOOR"})
            add(2, "ParcelLost", "CARRIER", {"parcel": case.out_parcel})
        if m.money_gone_first(case):
            if case.goods == "RETURN_DUE":
                add(6, "ReturnShipped", "BUYER",
                    {"carrier": "SF", "parcel": "r-%d" % case.number})
            if case.goods == "RETURN_IN_TRANSIT":
                add(4, "ReturnReceived", "SELLER")
            if case.goods in ("RETURN_IN_TRANSIT", "AT_SELLER"):
                add(4, "ReturnInspected", "SELLER", {"result": "ACCEPTED"})
                add(3, "ReturnInspected", "SELLER", {
                    "result": "REFUSED", "fault": "USED", "evidence": [self.piece()]})
        if phase == "CLOSED":
            self.next_when_closed(case, add)
        return out

    def inspection(self, case):
        body = {"result": "ACCEPTED"}
        self.quantity(case, body)
        if self.rng.random() < 0.2 and not self.m.goods_kind(case):
            body["deduct"] = self.cny(self.rng.randrange(1, 100))
        return body

    def settlement(self, case, line):
        option = self.some_option(case, line)
        parties = [{"role": "BUYER", "id": "b-1"}, {"role": "SELLER", "id": "m-1"}]
        return {"remedy": option, "agreed_by": parties}

    def next_when_closed(self, case, add):
        rng = self.rng
        reasons = ("SELLER_REFUSED_FINAL", "BUYER_EXPIRED", "BUYER_WITHDREW")
        late = self.m.find(case, "T9") is None
        if (late or not self.m.units_free(case)) and rng.random() < 0.95:
            return
        if case.close_reason in reasons:
            add(4, "CaseReopened", "BUYER", {"ground": "NEW_EVIDENCE", "evidence": [self.piece()]})
            add(1, "CaseReopened", "BUYER", {"ground": "NEW_REASON",
                                             "reason": rng.choice(REASONS)})
        if case.close_reason in reasons[:2]:
            add(4, "PlatformHelpRequested", "BUYER", {"ground": "SELLER_REFUSED"})
        if case.close_reason != "SYSTEM_VOID" and rng.random() < 0.3:
            add(1, "CaseReopened", "PLATFORM", {"ground": "PLATFORM_REVIEW"})

    def some_ruling(self, case):
        rng, m = self.rng, self.m
        ask = m.effective_ask(case)
        outcome = rng.choice(("BUYER", "BUYER", "BUYER", "SPLIT", "SPLIT", "SELLER", "SELLER",
                              "NONE", "VOID"))
        if outcome in ("SELLER", "NONE", "VOID"):
            return {"outcome": outcome, "remedy": "NONE", "amount": self.cny(0)}
        remedy = REMEDY_OF_KIND[case.kind]
        if case.kind == "RETURN_REFUND" and rng.random() < 0.3:
            remedy = "REFUND_ONLY"
        if remedy == "VOUCHER":
            remedy = "REFUND_ONLY"
        quantity = 0
        if case.quantity > 1 and rng.random() < 0.2:
            quantity = rng.randrange(1, case.quantity)
            ask = self.m.part_of_ask(case, ask, quantity)
        amount = ask if outcome == "BUYER" or ask < 2 else rng.randrange(1, ask)
        if amount == 0 and remedy not in GOODS_KINDS:
            return {"outcome": "SELLER", "remedy": "NONE", "amount": self.cny(0)}
        ruling = {"outcome": "BUYER" if amount == ask else outcome, "remedy": remedy,
                  "amount": self.cny(amount)}
        if quantity:
            ruling["quantity"] = quantity
        if rng.random() < 0.25 and amount:
            first = rng.choice((3333, 5000, 9999))
            ruling["shares"] = [{"bearer": "MERCHANT", "basis_points": first},
                                {"bearer": rng.choice(("PLATFORM", "FUND")),
                                 "basis_points": 10000 - first}]
        return ruling

    def next_in_overlay(self, case, line, add):
        rng, m = self.rng, self.m
        overlay = case.overlay
        agent = rng.choice(("agent-1", "agent-2", "agent-3"))
        if overlay in ("REQUESTED", "NEGOTIATING", "EVIDENCE", "REVIEW"):
            add(1, "RefundAccepted", "SELLER")
            add(0.7, "SettlementAgreed", "PLATFORM", self.settlement(case, line))
        if overlay in ("REQUESTED", "NEGOTIATING", "EVIDENCE"):
            moved = case.return_lost or case.intercept_failed or (
                case.phase == "AWAIT_BUYER_RECEIPT" and
                (case.out_received or case.out_goods == "LOST")) or (
                    case.phase == "AWAIT_BUYER_RETURN" and case.goods != "RETURN_DUE")
            add(12 if moved else 1.5, "InterventionWithdrawn", case.help_asked_by or "BUYER")
        if overlay == "REQUESTED":
            add(9, "InterventionOpened", "AGENT", {"agent": agent}, agent)
            options = [self.some_option(case, line) for _ in range(rng.choice((1, 2, 3)))]
            add(2, "OfferMade", "PLATFORM", {"options": options})
        if overlay == "NEGOTIATING":
            options = [self.some_option(case, line)]
            add(3, "OfferMade", rng.choice(("SELLER", "PLATFORM")), {"options": options})
            offer = next((o for o in case.offers if o["open"]), None)
            if offer:
                name = "$offer%d" % offer["number"]
                add(4, "OfferChosen", "BUYER", {
                    "offer": name, "option": rng.randrange(len(offer["options"]))})
                add(3, "OfferDeclined", "BUYER", {"offer": name})
        if overlay == "EVIDENCE":
            for role in ("BUYER", "SELLER"):
                pieces = [self.piece(slot) for party, slot in case.slots if party == role]
                body = {"evidence": pieces or [self.piece()]}
                if rng.random() < 0.7:
                    body["seal"] = True
                add(5 if role in case.asked else 0.5, "EvidenceSubmitted", role, body)
        if overlay == "REVIEW":
            add(1, "EvidenceRequested", "AGENT",
                {"slots": [{"party": rng.choice(("BUYER", "SELLER")), "slot": "more"}]}, agent)
            if case.proposal:
                add(8, "RulingApproved", "AGENT", None, agent)
                add(2, "RulingRejected", "AGENT", {"text": "no"}, agent)
            elif case.liability != "UNSPECIFIED":
                add(9, "RulingProposed", "AGENT", self.some_ruling(case), agent)
        if overlay == "RULED":
            for role in m.may_appeal(case):
                add(2.5, "AppealFiled", role, {"ground": "OTHER"})
                add(2.5, "AppealWaived", role)
        if overlay == "APPEALED":
            agent = rng.choice(("agent-1", "agent-4", "agent-5"))
            result = rng.choice(("UPHELD", "OVERTURNED", "OVERTURNED", "VARIED", "REMANDED"))
            body = {"result": result}
            if result in ("OVERTURNED", "VARIED"):
                body["ruling"] = self.some_ruling(case)
                body["ruling"].pop("quantity", None)
                if case.quantity > 1 and body["ruling"]["amount"]["units"]:
                    body["ruling"]["amount"] = self.cny(m.effective_ask(case))
                    body["ruling"]["outcome"] = "BUYER"
            add(8, "AppealDecided", "AGENT", body, agent)
        if case.open and overlay != "RULED":
            add(0.7, "RefundWithdrawn", case.filer)

    def next_of_money(self):
        rng = self.rng
        out = []

        def add(weight, kind, role, body):
            out.append((weight, lambda: self.event(kind, role, body)))

        for name, leg in self.leg_names(("SUBMITTED",)):
            add(4, "RefundPaid", "PSP", {"leg": name})
            add(1, "RefundFailed", "PSP", {"leg": name, "failure": rng.choice(
                ("RETRYABLE", "RETRYABLE", "PERMANENT", "INSUFFICIENT"))})
        for name, leg in self.leg_names(("FAILED",)):
            add(0.3, "RefundPaid", "PSP", {"leg": name})
        for name, leg in self.leg_names(("SETTLED",)):
            case = self.m.order.case(leg.case)
            if leg.to == "BUYER" and leg.kind not in ("VOUCHER",) and not case.voided and \
                    case.close_reason in ("NONE", "SETTLED", "FULFILLED", "PAYOUT_IMPOSSIBLE"):
                part = leg.amount if rng.random() < 0.7 else rng.randrange(1, leg.amount + 1)
                add(0.25, "RefundReversed", "PSP", {"leg": name, "amount": self.cny(part)})
        for name, leg in self.leg_names(("OWED",)):
            if leg.to != "BUYER":
                continue
            add(1.5, "PayoutDestinationGiven", "BUYER",
                {"leg": name, "destination": "acct-%d" % rng.randrange(1, 4)})
        order = self.m.order
        money = sum(line.buckets["CASH"] for line in order.lines)
        if order.cases and money and rng.random() < 0.25 and len(order.disputes) < 2:
            add(0.6, "PaymentDisputeOpened", "PSP", {
                "dispute": "cb-%d" % (len(order.disputes) + 1),
                "amount": self.cny(rng.randrange(1, money + 1)), "refundable": rng.random() < 0.2})
        for name, dispute in order.disputes.items():
            if dispute["state"] == "OPEN":
                add(2, "PaymentDisputeClosed", "PSP",
                    {"dispute": name, "result": rng.choice(("WON", "LOST"))})
        return out

    # ---- Hostile ----

    def hostile(self):
        """Something that should be refused, or do nothing."""
        rng, order = self.rng, self.m.order
        case = rng.choice(order.cases) if order.cases else None
        line = rng.choice(order.lines)
        filing = {"kind": rng.choice(KINDS), "units": {"line": line.line, "quantity": 1},
                  "ask": self.cny(1), "reason": rng.choice(REASONS)}
        offer = {"options": [{"remedy": "REFUND_ONLY", "amount": self.cny(1)}]}
        plain = [
            lambda: self.event("RefundRequested", "SELLER", filing),
            lambda: self.event("RefundRequested", "BUYER", dict(filing, ask=self.cny(1, "USD"))),
            lambda: self.event("RefundRequested", "BUYER", dict(filing, ask=self.cny(10 ** 9))),
            lambda: self.event("RefundRequested", "BUYER", dict(
                filing, kind="REFUND_ONLY", ask=self.cny(0))),
            lambda: self.event("RefundRequested", "BUYER", dict(
                filing, units={"line": line.line, "quantity": 99})),
            lambda: self.event("RefundRequested", "BUYER", dict(
                filing, units={"line": "9", "quantity": 1})),
            lambda: self.event("PaymentDisputeClosed", "PSP",
                               {"dispute": "cb-9", "result": "WON"}),
            lambda: self.event("RefundPaid", "PSP", {"leg": "f" * 32}),
        ]
        if case is None:
            rng.choice(plain)()
            return
        any_leg = self.leg_names(("SETTLED", "REVERSED", "OWED", "REROUTED", "SUBMITTED"))
        if any_leg:
            name = rng.choice(any_leg)[0]
            plain += [lambda: self.event("RefundPaid", "PSP", {"leg": name}),
                      lambda: self.event("RefundPaid", "BUYER", {"leg": name})]
        some = rng.choice((
            ("RefundAccepted", "SELLER", {}), ("RefundAccepted", "BUYER", {}),
            ("RefundAccepted", "SELLER", {"quantity": case.quantity + 1}),
            ("RefundRejected", "SELLER", {"ground": "NONE"}),
            ("RefundRejected", "BUYER", {"ground": "NONE"}),
            ("RefundWithdrawn", case.filer, {}), ("RefundWithdrawn", "SELLER", {}),
            ("RefundAmended", "BUYER", {"ask": self.cny(1)}),
            ("RefundAmended", "BUYER", {"ask": self.cny(10 ** 9)}),
            ("RefundAmended", "BUYER", {"ask": self.cny(1, "USD")}),
            ("RefundAmended", "SELLER", {"ask": self.cny(1)}),
            ("OfferMade", "SELLER", offer),
            ("OfferMade", "SELLER", {"options": [
                {"remedy": "REFUND_ONLY", "amount": self.cny(10 ** 9)}]}),
            ("OfferMade", "SELLER", {"options": [
                {"remedy": "RETURN_REFUND", "amount": self.cny(1)}]}),
            ("OfferChosen", "BUYER", {"offer": "f" * 32, "option": 0}),
            ("OfferDeclined", "BUYER", {"offer": "f" * 32}),
            ("OfferChosen", "BUYER", {"offer": "$offer1", "option": 9}),
            ("OfferChosen", "BUYER", {"offer": "$offer1", "option": 0}),
            ("SettlementAgreed", "PLATFORM", {
                "remedy": offer["options"][0], "agreed_by": [{"role": "BUYER", "id": "b-1"}]}),
            ("SettlementAgreed", "BUYER", self.settlement(case, line)),
            ("PlatformHelpRequested", "BUYER", {"ground": "OTHER"}),
            ("PlatformHelpRequested", "SELLER", {"ground": "GOODS_DISPUTED"}),
            ("PlatformHelpRequested", "PLATFORM", {"ground": "OTHER"}),
            ("PlatformIntervened", "BUYER", {"ground": "OTHER"}),
            ("InterventionOpened", "SELLER", {"agent": "x"}),
            ("InterventionOpened", "AGENT", {"agent": "agent-1"}),
            ("InterventionWithdrawn", "SELLER", {}), ("InterventionWithdrawn", "BUYER", {}),
            ("EvidenceRequested", "AGENT", {"slots": [{"party": "SELLER", "slot": "s"}]}),
            ("RulingProposed", "AGENT", {
                "outcome": "SELLER", "remedy": "NONE", "amount": self.cny(5)}),
            ("RulingProposed", "AGENT", {
                "outcome": "BUYER", "remedy": "REFUND_ONLY", "amount": self.cny(10 ** 9)}),
            ("RulingProposed", "SELLER", {
                "outcome": "SELLER", "remedy": "NONE", "amount": self.cny(0)}),
            ("RulingApproved", "AGENT", {}), ("RulingRejected", "AGENT", {"text": "x"}),
            ("AppealFiled", "BUYER", {"ground": "OTHER"}), ("AppealWaived", "SELLER", {}),
            ("AppealDecided", "AGENT", {"result": "UPHELD"}),
            ("RulingSetAside", "PLATFORM", {
                "reason": "x", "approved_by": {"role": "PLATFORM", "id": "p-1"}}),
            ("ReturnShipped", "BUYER", {"carrier": "SF", "parcel": "r-9%d" % case.number}),
            ("ReturnShipped", "SELLER", {"carrier": "SF", "parcel": "r-9%d" % case.number}),
            ("ReturnReceived", "SELLER", {}),
            ("ReturnInspected", "SELLER", {"result": "ACCEPTED"}),
            ("ReturnInspected", "SELLER", {"result": "ACCEPTED", "quantity": case.quantity + 1}),
            ("ReplacementShipped", "SELLER", {"carrier": "SF", "parcel": "x-9"}),
            ("ReplacementReceived", "BUYER", {}), ("SellerCannotFulfil", "SELLER", {}),
            ("ReturnAddressGiven", "SELLER", {"address": "addr-1"}),
            ("InterceptFailed", "CARRIER", {"parcel": "p-1"}),
            ("CaseReopened", "BUYER", {"ground": "OTHER"}),
            ("CaseReopened", "PLATFORM", {"ground": "PLATFORM_REVIEW"}),
            ("DeadlineExtended", "PLATFORM", {
                "timer": "T1", "until": periods.text_of(self.now + 1)}),
            ("DeadlineExtended", "BUYER", {
                "timer": "T4", "until": periods.text_of(self.now + 90 * DAY)}),
        ))
        if rng.random() < 0.75:
            self.event(some[0], some[1], some[2], case)
        elif rng.random() < 0.2:
            self.event(some[0], some[1], some[2], len(order.cases) + 5)
        else:
            rng.choice(plain)()

    # ---- All together ----

    def step(self):
        rng, order = self.rng, self.m.order
        self.pass_time()
        if rng.random() < 0.12:
            self.hostile()
            return
        dice = rng.random()
        going = [c for c in order.cases if c.open or c.live or self.m.money_gone_first(c)]
        if not order.delivered and dice < 0.25 or dice < 0.03:
            self.order_fact()
            return
        if dice > 0.95:
            self.record_fact()
            return
        if dice > 0.945 and order.cases and rng.random() < 0.25:
            self.event(rng.choice(("OrderVoided", "FraudStop")), "PLATFORM", {"reason": "x"})
            return
        if not order.cases or (dice > 0.86 and len(order.cases) < 5) or (
                not going and dice > 0.6 and len(order.cases) < 5):
            if rng.random() < 0.9 and self.file() or self.open_without_buyer():
                return
        choices = self.next_of_money()
        if order.cases and rng.random() < 0.3:
            self.focus = rng.choice(order.cases).number
        for case in order.cases:
            more = self.next_of_case(case)
            choices += [(w * 5, thunk) for w, thunk in more] if case.number == self.focus else more
        if not choices:
            self.record_fact()
            return
        weights = [weight for weight, _ in choices]
        rng.choices([thunk for _, thunk in choices], weights)[0]()

    def run(self):
        rng = self.rng
        self.pay()
        if rng.random() < 0.4:
            self.now += rng.randrange(1, DAY)
            self.event("DeliveryScan", "CARRIER", {"parcel": "p-1", "level": "DOOR"})
        for _ in range(rng.choice((6, 12, 20, 30, 45))):
            self.step()
        return self


def make(seed, number, packs, taken):
    """The history of that number: its own generator, so that it can be made again alone."""
    rng = random.Random("%s/%s" % (seed, number))
    platform = packs.packs[number % len(packs.packs)].platform
    key = "o/%s/h-%s-%d" % (platform, seed, number)
    return History(rng, key, packs, taken).run()


def tick(at):
    return {"id": "t-%d" % at, "type": "Tick", "occurred_at": periods.text_of(at),
            "actor": {"role": "PLATFORM", "id": "ticker"}, "recorded_at": periods.text_of(at),
            "body": {}}


__all__ = ["History", "make", "tick", "OPEN"]
