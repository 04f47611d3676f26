"""One order, folded: the rows of case-model.md in the order of the page, as plain ifs.

A handler first checks everything (and raises Refused), then changes the state. Labels of rows are
counted in `taken`, so that the coverage of the page is seen.
"""

import copy

import money
import periods
from state import Case, Deadline, Leg, Line, Order
from words import (GOODS_KINDS, KIND_OF_REMEDY, LEG_OF_BUCKET, MONEY_BUCKETS,
                   MONEY_ONLY_REMEDIES, ORDER_MONEY, PHASE_TIMERS, REFUSALS, REMEDY_OF_KIND,
                   REPLACEABLE, RESTORED, ROLES, TIMER_ORDER, UNSENT)

DAY = periods.DAY
FREIGHT_REASONS = ("NOT_TO_VILLAGE", "NOT_TO_DOOR")
PLATFORM_ROLES = ("AGENT", "PLATFORM")
OWNERS = {"T1": "SELLER", "T2": "BUYER", "T3": "BUYER", "T4": "BUYER", "T5": "SELLER",
          "T6": "SELLER", "T7": "BUYER", "T9": "BUYER", "T14": "SELLER"}


class Refused(Exception):
    pass


class WrongRole(Exception):
    pass


class Checks:
    """All guards that fail; the first by precedence is named."""

    def __init__(self):
        self.bad = []

    def need(self, holds, code):
        if not holds:
            self.bad.append(code)
        return self

    def done(self):
        if self.bad:
            raise Refused(min(self.bad, key=REFUSALS.index), self.bad)


def refuse(code):
    raise Refused(code)


class Machine:
    def __init__(self, key, packs, taken):
        self.order = Order(key)
        self.packs = packs
        self.taken = taken
        self.at = 0

    # ---- The fold -------------------------------------------------------------------------

    def advance(self, clock):
        """All deadlines that are due by the clock, each at its own due."""
        while True:
            due = [d for d in self.order.deadlines if not d.paused and d.due <= clock]
            if not due:
                break
            first = min(due, key=lambda d: (d.due, d.case, TIMER_ORDER.index(d.timer),
                                            ROLES.index(d.role), d.generation))
            self.order.deadlines.remove(first)
            self.at = first.due
            self.order.clock = max(self.order.clock, first.due)
            self.passed(first)
            self.follow()
        self.order.clock = max(self.order.clock, clock)

    def apply(self, event):
        order = self.order
        self.advance(max(order.clock, event["recorded_at_ms"]))
        claim = {key: value for key, value in event.items() if not key.startswith("recorded_at")}
        if event["id"] in order.seen:
            return  # the same claim is absorbed, another one is a conflict
        order.seen[event["id"]] = claim
        self.at = order.clock
        try:
            self.take(event)
        except Refused as refusal:
            self.order.refusals.append([event["id"], refusal.args[0]])
            failing = refusal.args[1] if len(refusal.args) > 1 else refusal.args
            self.order.failing[event["id"]] = list(failing)
            return
        self.follow()

    def take(self, event):
        order, name = self.order, event["type"]
        self.role = event["actor"]["role"]
        self.actor = event["actor"]["id"]
        self.body = event["body"]
        if name != "OrderPaid" and order.paid_at is None:
            refuse("NOT_PAID")
        handler = getattr(self, "on_" + name, None)
        if handler is None:
            return
        case = None
        if event.get("case"):
            case = self.find_case(event["case"])
            if case is None:
                refuse("NO_SUCH_CASE")
        self.wrong_role, self.roles_matter = "", True
        try:
            handler(case)
        except WrongRole:
            self.without_roles(handler, case)

    def may(self, roles, code="ROLE_MAY_NOT"):
        """g1, a guard of the rows: where no row leaves this state at all, that is named first."""
        if self.role not in roles:
            self.wrong_role = self.wrong_role or code
            if self.roles_matter:
                raise WrongRole

    def without_roles(self, handler, case):
        saved = copy.deepcopy(self.order)
        self.roles_matter, code = False, self.wrong_role
        try:
            handler(case)
        except Refused as refusal:
            if REFUSALS.index(refusal.args[0]) < REFUSALS.index("ROLE_MAY_NOT") or \
                    refusal.args[0] == "NOT_EXPECTED_NOW":
                code = refusal.args[0]
        self.order = saved
        raise Refused(code)

    def find_case(self, text):
        if text.startswith("$case"):
            number = int(text[len("$case"):])
            if 1 <= number <= len(self.order.cases):
                return self.order.case(number)
        return None

    def find_leg(self, text):
        if text.startswith("$leg"):
            number, legs = int(text[len("$leg"):]), self.order.visible_legs()
            if 1 <= number <= len(legs):
                return legs[number - 1]
        return None

    def row(self, label):
        self.taken[label] += 1

    # ---- Small questions ------------------------------------------------------------------

    def line(self, case):
        return self.order.find_line(case.line)

    def facts(self, case):
        order, line, pack = self.order, self.line(case), case.pack
        standing = case.facts.get("seller_standing")
        rating = case.facts.get("good_reviews")
        abuse = case.facts.get("abuse")
        if standing is None:
            marked = "UNKNOWN"
        else:
            over = standing["bad_reviews"] > pack.bad_reviews_over or \
                standing["violations"] > pack.violations_over
            marked = "MARKED" if over else "CLEAR"
        if rating is None or rating["rated"] == 0:
            reviews = "UNKNOWN"
        else:
            low = rating["good"] * 10000 < pack.good_basis_points * rating["rated"]
            reviews = "LOW" if low else "ENOUGH"
        yes = {True: "YES", False: "NO"}
        return {"kind": case.kind, "reason": case.reason, "ask": case.ask,
                "currency": order.currency, "complained": yes[case.by_complaint],
                "perishable": yes[line.perishable], "shipped": yes[order.shipped],
                "delivered": yes[order.delivered], "seller_standing": marked,
                "good_reviews": reviews, "abuse": abuse["verdict"] if abuse else "UNKNOWN",
                "liability": case.liability, "refusal_ground": case.refusal_ground,
                "goods": case.goods, "platform_opened": yes[case.platform_opened],
                "lost": yes[case.goods == "LOST" or order.lost],
                "reported_in_time": yes[case.in_time], "arrival_overdue": "NO",
                "bad_goods_refundable": self.promised("BAD_GOODS_REFUNDABLE"),
                "bad_goods_compensated": self.promised("BAD_GOODS_COMPENSATED"),
                "damaged_returnable": self.promised("DAMAGED_RETURNABLE"),
                "freight_covered": yes["RETURN_FREIGHT_COVER" in order.services],
                "freight_insured": yes["RETURN_FREIGHT_INSURANCE" in order.services]}

    def promised(self, kind):
        return "YES" if any(each == kind for each, _ in self.order.promises) else "NO"

    def ask_pack(self, case, question, liability=None):
        facts = self.facts(case)
        if liability is not None:
            facts["liability"] = liability
        return case.pack.answer(question, facts)

    def other_units(self, line, except_case):
        """Units of the line that other open cases hold, or that were refunded by units."""
        return sum(c.quantity for c in self.order.cases
                   if c.line == line.line and c.number != except_case
                   and (c.open or money.by_units(self.order, c)))

    def units_free(self, case):
        line = self.line(case)
        return case.quantity + self.other_units(line, case.number) + line.cancelled <= line.quantity

    def bound(self, line, kind, reason, quantity, case):
        """The most that may be asked."""
        most = money.remaining_money(self.order, line, case.number if case else 0)
        if kind == "PRICE_PROTECTION" or reason in FREIGHT_REASONS:
            return most
        return min(most, money.refundable(self.order, line, quantity, case))

    def bank_blocks(self):
        return any(d["state"] == "OPEN" and not d["refundable"]
                   for d in self.order.disputes.values())

    def case_legs(self, case):
        return [leg for leg in self.order.legs if leg.case == case.number]

    def is_freight(self, leg):
        """Of a return: its claim, or what the platform advanced for it."""
        return leg.bucket == "UNSPECIFIED"

    def decided_legs(self, case):
        """Toward the buyer, of a decision's own amount."""
        return [leg for leg in self.case_legs(case) if leg.to == "BUYER"
                and leg.bucket != "UNSPECIFIED" and leg.kind not in RESTORED and not leg.own]

    def before(self, case, another=False):
        """What the case's money came to before (0009, 12); for another decision, without what that
        one no longer takes back."""
        void = UNSENT + REPLACEABLE if another else ()
        return sum(max(0, leg.amount - leg.reversed - self.taken_back(leg, void))
                   for leg in self.decided_legs(case)
                   if leg.kind != "VOUCHER" and leg.state in ("SUBMITTED", "SETTLED", "REVERSED"))

    def of_order(self, leg):
        return leg.kind in ORDER_MONEY and leg.to == "BUYER" and not leg.own

    def takes(self, leg):
        """It takes a payment back from the buyer."""
        return leg.kind in ("RECOVERY", "CLAWBACK") and leg.bearer == "BUYER"

    def takings(self, leg, states=None, void=()):
        """What takes that leg back from the buyer."""
        return [x for x in self.order.legs if x.cause is leg and self.takes(x)
                and x.state not in ("VOID", "REROUTED") + void
                and (states is None or x.state in states)]

    def followers(self, taking, own):
        """What was given back of what it took: his own, or by a decision (and then also what another
        decision made void)."""
        return sum(x.amount - x.reversed for x in self.order.legs
                   if x.cause is taking and x.to == "BUYER" and x.own == own
                   and x.state != "REROUTED" and not (own and x.state == "VOID"))

    def taken_by(self, taking):
        return taking.amount - taking.reversed - self.followers(taking, True)

    def kept(self, taking):
        return taking.amount - taking.reversed - self.followers(taking, False)

    def taken_back(self, leg, void=()):
        return sum(self.taken_by(x) for x in self.takings(leg, void=void))

    def overhang(self, leg, states=None):
        """The leg came back by itself after it was taken back (0009, 53)."""
        return sum(self.taken_by(x) for x in self.takings(leg, states)) \
            - (leg.amount - leg.reversed)

    def money_of(self, remedy, amount):
        return 0 if remedy in ("", "NONE", "VOUCHER") + GOODS_KINDS else amount

    def ceiling_holds(self, case, remedy, amount):
        """g4: the decision without its case's unsent legs, which it replaces."""
        more = self.money_of(remedy, amount) - self.before(case, True)
        return more <= money.remaining_money(self.order, self.line(case), case.number)

    def usable_address(self, case):
        for address in (case.own_address, case.return_address, self.order.return_address):
            if address and address != case.invalid_address:
                return address
        return ""

    def take_address(self, case):
        address = self.body.get("address", "")
        if address and address != case.invalid_address:
            case.own_address = address

    def where(self, case):
        goods = case.goods
        if goods in ("WITH_BUYER", "RETURN_DUE", "SHIPPED"):
            return "BUYER"
        if goods in ("RETURN_IN_TRANSIT", "INTERCEPTING"):
            return "BACK"
        if goods == "RETURNED_TO_ORIGIN":
            return "BUYER" if case.return_parcel else "SELLER"
        if goods in ("UNSHIPPED", "AT_SELLER", "INSPECTED_OK", "INSPECTED_BAD"):
            return "SELLER"
        return goods  # LOST, WAIVED

    def doing_asked(self, case):
        return case.kind

    def doing(self, case):
        """The kind that is performed: what was decided, else what was asked."""
        return KIND_OF_REMEDY.get(case.remedy, case.kind)

    def is_return_kind(self, case):
        return self.doing(case) in ("RETURN_REFUND", "EXCHANGE", "REPAIR") or (
            self.doing(case) == "REFUND_ONLY" and case.intercepted)

    def goods_kind(self, case):
        return self.doing(case) in GOODS_KINDS

    def help_limit(self, case):
        return sum(case.help.values()) < case.pack.limits["help_requests"]

    # ---- Deadlines ------------------------------------------------------------------------

    def find(self, case, timer, role=None, leg=None):
        for d in self.order.deadlines:
            if d.case == case.number and d.timer == timer and d.leg is leg and \
                    (role is None or d.role == role):
                return d
        return None

    def arm(self, case, timer, role=None, of_overlay=False, leg=None, limit=None, due=None):
        role = role or OWNERS.get(timer, "PLATFORM")
        self.end(case, timer, role, leg)
        generation = case.generations.get((timer, role), 0) + 1
        case.generations[(timer, role)] = generation
        if due is None:
            perishable = self.line(case).perishable
            limit = limit or case.pack.limit(timer, self.doing_for_limit(case), perishable)
            due = periods.first_too_late(self.at, limit)
        d = Deadline(timer, case.number, role, generation, due, of_overlay, leg)
        self.order.deadlines.append(d)
        if case.live and not of_overlay and timer in PHASE_TIMERS:
            self.pause(d, "overlay")
        return d

    def doing_for_limit(self, case):
        return case.kind

    def pause(self, d, why):
        if not d.paused:
            d.remaining = d.due - self.at
        d.paused.add(why)

    def resume(self, d, why):
        if why in d.paused:
            d.paused.discard(why)
            if not d.paused:
                d.due = self.at + d.remaining

    def end(self, case, timer, role=None, leg=None):
        self.order.deadlines = [
            d for d in self.order.deadlines
            if not (d.case == case.number and d.timer == timer and d.leg is leg
                    and (role is None or d.role == role))]

    def end_phase_timers(self, case, keep=()):
        self.order.deadlines = [
            d for d in self.order.deadlines
            if not (d.case == case.number and d.timer in PHASE_TIMERS and not d.of_overlay
                    and d.leg is None and d.timer not in keep)]

    def end_overlay_timers(self, case):
        self.order.deadlines = [
            d for d in self.order.deadlines
            if not (d.case == case.number and d.leg is None and d.of_overlay)]

    # ---- Moves ----------------------------------------------------------------------------

    def move(self, case, to, label):
        """The phase moves; what the old one armed ends."""
        self.row(label)
        keep = []
        if to == "AWAIT_BUYER_OFFER" or (case.phase, to) == ("AWAIT_BUYER_OFFER", "AWAIT_SELLER"):
            keep.append("T1")
        if to in ("SETTLING", "CLOSED") and case.money_first:
            keep += ["T3", "T5"]
        if case.phase == to:
            keep = list(PHASE_TIMERS)
        self.end_phase_timers(case, keep)
        if case.phase == "AWAIT_BUYER_RETURN" and to != case.phase:
            case.t14_left = None
        if case.phase == "CLOSED" and to != "CLOSED":
            case.close_reason = "NONE"
            self.end(case, "T9")
        case.phase = to
        if to != "AWAIT_BUYER_OFFER":
            for offer in case.offers:
                if not offer["of_overlay"]:
                    offer["open"] = False

    def close(self, case, reason, label, t9=False):
        if case.open:
            case.last_open_phase = "AWAIT_SELLER" if case.phase == "FILED" else case.phase
        self.move(case, "CLOSED", label)
        case.close_reason = reason
        if reason not in ("SETTLED", "PAYOUT_IMPOSSIBLE"):
            self.end_phase_timers(case)
        for offer in case.offers:
            offer["open"] = False
        if t9:
            self.arm(case, "T9")

    def void_unsent(self, case):
        """What the case has reserved, as it closes without paying."""
        legs = [leg for leg in self.case_legs(case) if leg.to == "BUYER" and not leg.own and (
            leg.state in UNSENT or leg.state in REPLACEABLE and not self.is_freight(leg))]
        had = [leg for leg in legs if leg.state in ("RESERVED", "HELD")
               and not self.is_freight(leg)]
        if had:
            case.voided_at_close = had
        for leg in legs:
            self.to_state(leg, "VOID")

    def settling(self, case, label):
        self.move(case, "SETTLING", label)
        for leg in self.case_legs(case):
            if leg.kind == "FREIGHT_RETURN" and leg.state == "PROPOSED":
                self.to_state(leg, "RESERVED", "m2")

    def to_review_by(self, case, to):
        """What every change of the overlay's state ends and begins."""
        was_live = case.live
        case.paying_first = False
        self.end_overlay_timers(case)
        for offer in case.offers:
            if offer["of_overlay"]:
                offer["open"] = False
        case.overlay = to
        if case.live and not was_live:
            for d in self.order.deadlines:
                if d.case == case.number and d.timer in PHASE_TIMERS and not d.of_overlay \
                        and d.leg is None:
                    self.pause(d, "overlay")

    def request(self, case, label, by="", counted=False, by_row=False):
        self.row(label)
        self.to_review_by(case, "REQUESTED")
        case.help_asked_by = by
        case.opened_by_row = by_row
        case.appealed_by = []
        case.decided_in_overlay = False
        case.landed_first = False
        if counted:
            case.help[by] = case.help.get(by, 0) + 1
        self.arm(case, "T13", of_overlay=True)

    def withdraw_overlay(self, case, label):
        self.row(label)
        self.to_review_by(case, "WITHDRAWN")
        for d in self.order.deadlines:
            if d.case == case.number:
                self.resume(d, "overlay")

    def negotiate(self, case):
        self.to_review_by(case, "NEGOTIATING")

    def evidence_round(self, case, who, slots):
        self.to_review_by(case, "EVIDENCE")
        case.asked = list(who)
        case.round += 1
        case.slots = [each for each in slots if each[0] in who]
        case.sealed = []
        for party in who:
            self.arm(case, "T8", role=party, of_overlay=True)

    def review(self, case, again=False):
        self.to_review_by(case, "REVIEW")
        case.asked = []
        self.arm(case, "T13", of_overlay=True)
        answer = self.ask_pack(case, "ruling")  # a10b
        if answer == "PERSON" or case.proposal or again:  # 0009 (26)
            return
        if answer == "PACK_FOR_BUYER":
            remedy = REMEDY_OF_KIND[case.kind]
            amount = self.beside(case, self.effective_ask(case))
            if not self.ceiling_holds(case, remedy, amount):
                return
            self.rule(case, "a10b", "BUYER", remedy, amount, None, [])
        else:
            self.rule(case, "a10b", "SELLER", "NONE", 0, None, [])

    def final(self, case, label, by_agreement):
        """The overlay is over, P's deadlines with it; what was held by it is free."""
        self.row(label)
        self.to_review_by(case, "FINAL")
        case.final_by_agreement = by_agreement
        case.return_lost = case.intercept_failed = False
        case.proposal = None
        self.free_appealed(case)

    def free_appealed(self, case):
        for leg in self.case_legs(case):
            if leg.held_by_appeal:
                leg.held_by_appeal = False
                if leg.state == "HELD" and not leg.held_by_dispute:
                    self.to_state(leg, "RESERVED")  # m6

    def effective_ask(self, case):
        if case.ask or case.kind in GOODS_KINDS or not case.offers or case.filer == "BUYER":
            return case.ask
        return case.offers[0]["options"][0]["amount"]["units"]

    # ---- Legs -----------------------------------------------------------------------------

    def new_leg(self, case, kind, bearer, to, line, bucket, amount, state="RESERVED"):
        leg = Leg(case.number, kind, bearer, to, line, bucket, amount)
        leg.state = state
        self.order.legs.append(leg)
        self.row("m1" if state == "PROPOSED" else "m4")
        return leg

    def to_state(self, leg, state, label=None):
        case = self.order.case(leg.case)
        if leg.state == "SUBMITTED" and state != "SUBMITTED":
            self.end(case, "T12", leg=leg)
        if leg.state in ("FAILED", "SHORTFALL"):
            self.end(case, "T15", leg=leg)
            leg.try_due = False
        if label is None and state == "VOID":
            label = "m8" if leg.state in UNSENT else "m8b"
        if label:
            self.row(label)
        leg.state = state
        if state == "VOID":  # nothing is to be taken back of what did not go
            for each in self.order.legs:
                if each.cause is leg and each.kind in ("CLAWBACK", "RECOVERY") \
                        and each.state in UNSENT:
                    self.to_state(each, "VOID")
            if self.takes(leg) and not case.voided:
                self.claim_behind(leg.cause)

    def decide(self, case, remedy, amount, shares=None, liability=None, voucher_by=None):
        """A decision: its legs take the place of what was not sent (0009, 6 to 13)."""
        line = self.line(case)
        if remedy not in ("REFUND_ONLY", "RETURN_REFUND"):
            self.take_what_is_of_no_unit(case)
        old = [leg for leg in self.case_legs(case) if leg.to == "BUYER"
               and not leg.own and not self.is_freight(leg)
               and leg.state in UNSENT + REPLACEABLE]
        # What the decision before wanted back and has not got is replaced as well (m8, m8b).
        old += [leg for leg in self.case_legs(case) if leg.bearer == "BUYER" and leg.cause
                and leg.kind in ("CLAWBACK", "RECOVERY") and leg.state in UNSENT + REPLACEABLE]
        old += self.open_differences(case)
        had = [leg for leg in old if leg.to == "BUYER" and not leg.own
               and leg.state in ("RESERVED", "HELD")]
        if had or remedy != "NONE":
            case.voided_at_close = had if remedy == "NONE" else []
        for leg in old:
            self.to_state(leg, "VOID")
        if remedy in ("REFUND_ONLY", "RETURN_REFUND") and amount > 0:
            self.give_back_difference(case)
        if remedy not in GOODS_KINDS + ("VOUCHER", "NONE"):
            # Dividing a case floors each leg by itself, so its units may have a little less left.
            left = money.remaining_money(self.order, line, case.number)
            amount = min(amount, left + self.before(case))
        case.remedy = remedy
        case.decisions.append(0 if remedy in GOODS_KINDS else amount)
        case.decided_in_overlay, case.ruled_void = True, False
        case.difference = amount if remedy in GOODS_KINDS else 0
        if remedy == "VOUCHER":
            if self.before(case) > 0:
                self.claw_back(case, self.before(case))
            bearer = voucher_by or self.ask_pack(case, "payer", liability)
            self.new_leg(case, "VOUCHER", bearer, "BUYER", line.line, "CASH", amount)
            return
        more = self.money_of(remedy, amount) - self.before(case)
        if more > 0:
            self.pay(case, remedy, more, shares, liability,
                     first=more == amount)
        elif more < 0:
            self.claw_back(case, -more)

    def pay(self, case, remedy, amount, shares, liability, first):
        line = self.line(case)
        if not shares:
            shares = [(self.ask_pack(case, "payer", liability), 10000)]
        borne = money.bearers(amount, shares)
        difference = remedy == "PRICE_DIFFERENCE" or remedy in GOODS_KINDS
        freight_first = case.reason in FREIGHT_REASONS
        split, by_units = money.apportion(self.order, line, case, amount, freight_first,
                                          first and not freight_first and not difference)
        for bucket, bearer, part, units in money.portions(split, borne):
            kind = "PRICE_DIFF" if difference else LEG_OF_BUCKET[bucket]
            final = None
            if bearer != "PLATFORM" and self.ask_pack(case, "advance", liability) == "YES":
                kind, final, bearer = "ADVANCE", bearer, "PLATFORM"
            leg = self.new_leg(case, kind, bearer, "BUYER", line.line, bucket, part)
            if bearer == "FUND" and liability == "CARRIER" and case.pack.fund_recovers:
                final = "CARRIER"
            leg.by_units, leg.final_bearer = units, final
        if first and not difference:
            names = [bearer for bearer, _ in borne]
            for kind, bucket, part in money.restored(self.order, line, case, by_units, names):
                leg = self.new_leg(case, kind, names[0], "BUYER", line.line, bucket, part)
                leg.by_units = True

    def claw_back(self, case, amount):
        for leg in reversed(self.decided_legs(case)):
            if leg.state not in ("SUBMITTED", "SETTLED", "REVERSED") or not amount \
                    or leg.kind == "VOUCHER":
                continue
            part = min(amount, leg.amount - leg.reversed - self.taken_back(leg))
            if part > 0:
                self.take_back(case, leg, "CLAWBACK", part)
                amount -= part

    def take_back(self, case, leg, kind, amount=None):
        """From the buyer to who bore it."""
        if amount is None:
            amount = leg.amount - leg.reversed - self.taken_back(leg)
        if amount <= 0:
            return
        behind = [each.bearer for each in self.order.legs
                  if each.kind == "CLAWBACK" and each.bearer != "BUYER" and each.cause is leg
                  and each.state not in UNSENT + ("OWED", "VOID", "REROUTED")]
        to = behind[0] if behind else leg.bearer
        new = self.new_leg(case, kind, "BUYER", to, leg.line, leg.bucket, amount)
        new.cause = leg
        self.claim_behind(leg)

    def recover(self, case):
        """RECOVERY for what went; of what is still on its way it waits (m7)."""
        for leg in self.decided_legs(case):
            if leg.state in ("SUBMITTED", "SETTLED", "REVERSED") and leg.kind != "VOUCHER":
                self.take_back(case, leg, "RECOVERY")

    def send(self, leg):
        self.row("m7")
        self.submit(leg)

    def submit(self, leg):
        case = self.order.case(leg.case)
        self.to_state(leg, "SUBMITTED")
        leg.attempt += 1
        if leg.kind == "VOUCHER":
            self.settled(leg)
            return
        self.arm(case, "T12", role="PSP", leg=leg)
        waiting = [each for each in self.order.parked if each[0] is leg]
        self.order.parked = [each for each in self.order.parked if each[0] is not leg]
        for _, answer, at in waiting:
            if self.at - at <= 30 * DAY and leg.state == "SUBMITTED":
                self.answer(leg, answer)

    def settled(self, leg):
        case = self.order.case(leg.case)
        self.to_state(leg, "SETTLED", "m9")
        if not case.voided or leg.own:
            self.claim_behind(leg)
        if leg.kind == "CLAWBACK" and leg.bearer != "BUYER":
            self.claim_behind(leg.cause)
        if leg.kind == "RECOVERY" and case.money_first and case.goods == "INSPECTED_OK" \
                and not case.voided:
            self.give_back(case)
        if self.takes(leg):
            self.give_back_overhang(leg.cause)
        if case.voided and leg in self.decided_legs(case) and leg.kind != "VOUCHER":
            self.take_back(case, leg, "CLAWBACK")

    def claims(self, leg):
        return [x for x in self.order.legs if x.cause is leg and x.bearer != "BUYER"
                and x.kind == "CLAWBACK" and x.state not in ("VOID", "REROUTED")]

    def kept_claim(self, claim):
        return claim.amount - claim.reversed - sum(x.amount - x.reversed
                                                   for x in self.claims(claim))

    def due_of(self, leg):
        """What of an advance the buyer has, and is not to give back to who paid it."""
        if leg.state not in ("SETTLED", "REVERSED"):
            return 0
        return max(0, leg.amount - leg.reversed - sum(
            x.amount - x.reversed for x in self.takings(leg) if x.to == leg.bearer))

    def claim_behind(self, leg):
        """Who stands behind what was paid in advance owes what the buyer has of it (0009, 54)."""
        if not leg.final_bearer:
            return
        due = self.due_of(leg)
        case = self.order.case(leg.case)
        if sum(self.kept_claim(x) for x in self.claims(leg)) > due:
            for each in self.claims(leg):
                if each.state in UNSENT + REPLACEABLE:
                    self.to_state(each, "VOID")
        more = due - sum(self.kept_claim(x) for x in self.claims(leg))
        if more > 0:
            new = self.new_leg(case, "CLAWBACK", leg.final_bearer, leg.bearer, leg.line,
                               leg.bucket, more)
            new.cause = leg
            return
        for each in self.claims(leg):
            part = min(-more, self.kept_claim(each))
            if part > 0 and each.state in ("SETTLED", "REVERSED"):
                more += part
                new = self.new_leg(case, "CLAWBACK", each.to, each.bearer, each.line,
                                   each.bucket, part)
                new.cause = each

    def successor(self, leg, amount, destination):
        new = self.new_leg(self.order.case(leg.case), leg.kind, leg.bearer, leg.to, leg.line,
                           leg.bucket, amount)
        new.by_units, new.final_bearer, new.own = leg.by_units, leg.final_bearer, leg.own
        new.cause = leg.cause
        new.destination = destination
        new.reversals = leg.reversals
        new.tried = leg.tried + (leg.destination,)
        new.again = True
        return new

    def follow_leg(self, leg, destination):
        """In the place of one that is rerouted: what was to be taken back of that waits for this."""
        new = self.successor(leg, leg.amount - leg.reversed, destination)
        for each in self.order.legs:
            if each.cause is leg and each.bearer == "BUYER" and each.state in UNSENT:
                each.cause = new
        return new

    def to_the_bank(self, leg):
        """Money to another destination than the way the buyer paid goes to a bank."""
        if leg.kind == "REFUND_ORIGINAL":
            leg.kind = "REFUND_BANK"

    def other_destination(self, leg):
        if leg.to != "BUYER":
            return ""
        known = [d for d in self.order.destinations
                 if d != leg.destination and d not in leg.tried]  # 0009 (49)
        return known[-1] if known else ""

    def failed_for_good(self, leg):
        case = self.order.case(leg.case)
        if leg.to == "BUYER" and case.voided and not leg.own:
            self.to_state(leg, "VOID")
            return
        destination = self.other_destination(leg)
        if destination:
            self.to_state(leg, "REROUTED", "m13")
            self.to_the_bank(self.follow_leg(leg, destination))
        else:
            self.to_state(leg, "OWED", "m14")

    # ---- After every row ------------------------------------------------------------------

    def follow(self):
        again = True
        while again:
            again = False
            for case in list(self.order.cases):
                if case.phase == "FILED" and case.ready and not case.live \
                        and case.overlay in ("NONE", "WITHDRAWN"):
                    self.go_ready(case)
                    again = True
                if case.return_refused and not case.live:
                    case.return_refused = False
                    if self.money_gone_first(case):
                        self.request(case, "a1f" if case.overlay == "FINAL" else "a1c",
                                     by_row=True)
                    again = True
                if self.may_land_first(case):
                    case.landed_first = case.paying_first = True
                    self.row("a10p")
                    self.land(case, case.remedy, "a10p")
                    again = True
            for leg in list(self.order.legs):
                if leg.state == "RESERVED" and self.may_send(leg):
                    if not self.handed_on(leg):
                        self.send(leg)
                        again = True
                elif leg.try_due and self.may_send(leg):
                    self.try_again(leg)
                    again = True
            for case in self.order.cases:
                if case.phase == "SETTLING" and not case.live:
                    again = self.finish(case) or again
        for case in self.order.cases:
            case.just_ruled = False

    def go_ready(self, case):
        route = self.ask_pack(case, "route")
        remedy = REMEDY_OF_KIND[case.kind]
        ceiling = self.ceiling_holds(case, remedy, case.ask)
        nothing_back = case.kind in ("REFUND_ONLY", "PRICE_PROTECTION") \
            or case.kind == "RETURN_REFUND" and self.where(case) != "BUYER"  # 0012 (15)
        if route == "INSTANT" and nothing_back and ceiling \
                and not self.bank_blocks():
            self.decide(case, remedy, case.ask)
            self.keep_goods(case)
            self.settling(case, "1a")
        elif route == "INSTANT" and case.kind == "RETURN_REFUND" and ceiling \
                and not self.bank_blocks() and self.where(case) == "BUYER":
            self.decide(case, remedy, case.ask)
            self.pay_before_goods(case, "1g")
        elif route == "DIRECT" and case.kind in ("REFUND_ONLY", "RETURN_REFUND") and ceiling:
            self.row("1c")
            case.ready = False
            self.rule(case, "a0", "BUYER", remedy, case.ask, None, [])
        else:
            self.move(case, "AWAIT_SELLER", "1")
            self.arm(case, "T1")

    def keep_goods(self, case):
        if self.where(case) == "BUYER":
            case.goods = "WAIVED"

    def pay_before_goods(self, case, label):
        case.money_first = True
        self.return_due(case)
        self.settling(case, label)
        self.end(case, "T3")
        self.end(case, "T14")
        self.arm(case, "T3")

    def return_due(self, case):
        if case.goods != "RETURN_DUE":
            case.undelivered = case.goods in ("SHIPPED", "INTERCEPTING")
        case.goods = "RETURN_DUE"

    def may_land_first(self, case):
        return case.just_ruled and case.overlay == "RULED" and case.outcome in ("BUYER", "SPLIT") \
            and not case.landed_first and case.open \
            and case.phase != "SETTLING" and self.ask_pack(case, "pay_first") == "YES" \
            and self.landing(case, case.remedy) in ("L1", "L3")

    def may_send(self, leg):
        case = self.order.case(leg.case)
        frozen = case.live and not case.paying_first
        if leg.kind in ("RECOVERY", "CLAWBACK"):
            there = leg.bearer != "BUYER" or leg.cause.state in ("SETTLED", "REVERSED")
            return not case.live and there
        if self.of_order(leg) and self.bank_blocks():
            return False
        return case.phase in ("SETTLING", "CLOSED") and not frozen

    def finish(self, case):
        toward = [leg for leg in self.case_legs(case) if leg.to == "BUYER"]
        if any(leg.state not in ("SETTLED", "VOID", "REROUTED", "REVERSED", "OWED")
               for leg in toward):
            return False
        if any(leg.state == "OWED" for leg in toward):
            self.close(case, "PAYOUT_IMPOSSIBLE", "25")
        else:
            self.close(case, "SETTLED", "24", t9=True)
        return True

    # ---- Landing --------------------------------------------------------------------------

    def landing(self, case, remedy):
        """The line of the landing table for a decision that gives the buyer something."""
        where = self.where(case)
        if remedy in MONEY_ONLY_REMEDIES:
            return "L1"
        if remedy == "RETURN_REFUND" and where in ("SELLER", "LOST", "WAIVED"):
            return "L1"
        if remedy == "RETURN_REFUND" and where == "BUYER":
            first = self.ask_pack(case, "money_first") == "YES" or self.before(case) > 0
            return "L3" if first else "L2"
        if remedy in ("EXCHANGE", "REPAIR") and where == "BUYER":
            return "L4"
        if remedy == "RESEND" or (remedy in ("EXCHANGE", "REPAIR")
                                  and where in ("SELLER", "LOST", "WAIVED")):
            return "L5"
        return "L6"

    def land(self, case, remedy, label):
        line = self.landing(case, remedy)
        due = None  # a return that was due after the money goes on with what was left of its time
        if line == "L3" and case.goods == "RETURN_DUE" and case.phase in ("SETTLING", "CLOSED"):
            due = self.find(case, "T3")
        self.end_phase_timers(case, ("T3",) if due else ())
        if remedy in ("REFUND_ONLY", "RETURN_REFUND") + GOODS_KINDS:
            case.kind = remedy  # 0009 (21)
        label = "%s-%s" % (label, line)
        case.return_lost = case.intercept_failed = False
        if line == "L1":
            if remedy in MONEY_ONLY_REMEDIES:
                self.keep_goods(case)
            self.settling(case, label)
        elif line in ("L2", "L4"):
            self.return_due(case)
            self.await_return(case, label)
        elif line == "L3" and due:
            case.money_first = True
            self.settling(case, label)
            self.resume(due, "overlay")
        elif line == "L3":
            self.pay_before_goods(case, label)
        elif line == "L5" and not case.out_received and (
                case.out_goods == "SHIPPED" or
                case.out_goods == "WITH_BUYER" and case.phase == "AWAIT_SELLER_SHIP"):
            self.await_receipt(case, label)  # it was sent meanwhile (0009, 46)
        elif line == "L5":
            case.out_goods, case.out_received = "UNSHIPPED", False
            self.move(case, "AWAIT_SELLER_SHIP", label)
            self.arm(case, "T6")
        else:
            self.move(case, "AWAIT_SELLER_RECEIPT", label)
            self.arm_transit(case)

    def await_return(self, case, label):
        self.move(case, "AWAIT_BUYER_RETURN", label)
        if self.usable_address(case):
            self.arm(case, "T3")
        else:
            self.arm(case, "T14")

    def await_receipt(self, case, label):
        self.move(case, "AWAIT_BUYER_RECEIPT", label)
        self.arm_receipt(case)

    def arm_receipt(self, case):
        if case.out_goods == "SHIPPED":
            self.arm(case, "T7", limit=case.pack.replacement_in_transit)
        else:
            self.arm(case, "T7")

    def arm_transit(self, case):
        if case.goods == "AT_SELLER":
            self.arm(case, "T5")
        else:
            self.arm(case, "T5", limit=case.pack.return_in_transit)

    def land_outcome(self, case, label):
        """FINAL by ruling: where the standing outcome leaves the case."""
        if case.outcome in ("BUYER", "SPLIT"):
            self.land(case, case.remedy, label)
        elif case.outcome == "VOID":
            self.void_case(case, label + "-L9")
        elif case.outcome == "NONE":
            self.void_unsent(case)
            self.close(case, "DISMISSED", label + "-L8")
        elif case.money_first and self.before(case) > 0:
            self.void_unsent(case)
            self.recover(case)
            self.close(case, "RULED_FOR_SELLER", label + "-L7b")
        else:
            self.void_unsent(case)
            self.close(case, "RULED_FOR_SELLER", label + "-L7")

    def void_case(self, case, label):
        """Row 28 for one case."""
        if case.live:
            self.final(case, "a18", False)
            case.outcome = "VOID"
        case.voided = True
        self.take_what_is_of_no_unit(case)
        for leg in self.case_legs(case):
            if "BUYER" in (leg.to, leg.bearer) and not leg.own \
                    and leg.state in UNSENT + REPLACEABLE:
                self.to_state(leg, "VOID")
        for leg in self.decided_legs(case):
            if leg.state in ("SETTLED", "REVERSED") and leg.kind != "VOUCHER":
                self.take_back(case, leg, "CLAWBACK")
        self.close(case, "SYSTEM_VOID", label)
        self.end(case, "T9")

    # ---- Facts about the order: F1, F2, F3, F4, F6 ------------------------------------------

    def on_OrderPaid(self, _):
        order = self.order
        Checks().need(self.role in ("PLATFORM", "PSP"), "ROLE_MAY_NOT").done()
        if order.paid_at is not None:
            return
        self.row("F1")
        order.paid_at = self.at
        order.lines = [Line(each) for each in self.body["lines"]]
        order.currency = self.body["lines"][0]["paid"]["currency"]
        order.return_address = self.body.get("return_address", "")

    def on_PromiseRecorded(self, _):
        self.row("F1")
        self.order.promises.append((self.body["kind"], self.body.get("detail", "")))

    def on_OrderCompleted(self, _):
        Checks().need(self.role in ("PLATFORM", "PSP"), "ROLE_MAY_NOT").done()
        self.row("F2")
        if self.order.completed_at is None:
            self.order.completed_at = self.at

    def on_OrderCancelled(self, _):
        checks = Checks().need(self.role in ("PLATFORM", "PSP", "BUYER", "SELLER"), "ROLE_MAY_NOT")
        for each in self.body["lines"]:
            line = self.order.find_line(each["line"])
            checks.need(line is not None, "NO_SUCH_LINE")
            if line:
                checks.need(each["quantity"] + line.cancelled <= line.quantity, "OUT_OF_QUANTITY")
        checks.done()
        self.row("F2")
        for each in self.body["lines"]:
            self.order.find_line(each["line"]).cancelled += each["quantity"]

    def on_ShipmentDeclared(self, _):
        self.seen_parcel()

    def on_CarrierScan(self, _):
        self.seen_parcel()

    def on_FreightServiceSubscribed(self, _):
        self.order.services.append(self.body["service"])

    def seen_parcel(self):
        parcel = self.body["parcel"]
        self.row("F3")
        if any(parcel in (c.return_parcel, c.out_parcel) for c in self.order.cases):
            return
        self.order.shipped = True
        if parcel not in self.order.parcels:
            self.order.parcels.append(parcel)
        for case in self.order.cases:
            if case.goods == "UNSHIPPED" and case.open:
                case.goods = "SHIPPED"

    def delivers(self, level):
        kinds = [kind for kind, _ in self.order.promises]
        if "VILLAGE_DELIVERY" in kinds and level in ("TOWN", "STATION"):
            return False
        return not (level == "LOCKER" and any(d == "DOOR" for _, d in self.order.promises))

    def on_DeliveryScan(self, _):
        order, parcel, level = self.order, self.body["parcel"], self.body["level"]
        returning = [c for c in order.cases if c.return_parcel == parcel]
        if returning:
            for case in returning:
                if case.goods in ("RETURN_IN_TRANSIT", "INTERCEPTING"):
                    self.arrived_at_seller(case)
                elif case.goods in ("AT_SELLER", "INSPECTED_OK", "INSPECTED_BAD") and \
                        case.close_reason in ("SELLER_REFUSED_FINAL", "BUYER_WITHDREW",
                                              "RULED_FOR_SELLER", "DISMISSED"):
                    self.row("F3")  # refused goods, sent back under the same number
                    case.goods = "RETURNED_TO_ORIGIN"
            return
        going_out = [c for c in order.cases if c.out_parcel == parcel]
        if going_out:
            self.row("F3")
            for case in going_out:
                if case.out_goods == "SHIPPED" and self.delivers(level):
                    case.out_goods = "WITH_BUYER"
                    if case.phase == "AWAIT_BUYER_RECEIPT":
                        self.arm(case, "T7")
            return
        if not self.delivers(level):
            self.seen_parcel()
            return
        self.row("F3")
        if not order.delivered:
            order.delivered_at = self.at
        order.shipped = order.delivered = True
        for case in order.cases:
            if case.goods in ("UNSHIPPED", "SHIPPED") and case.open:
                case.goods = "WITH_BUYER"
            if case.goods == "RETURN_DUE" and case.undelivered:
                case.undelivered = False
                d = self.find(case, "T3")
                if d:
                    reasons = set(d.paused)
                    self.arm(case, "T3")
                    if "address" in reasons:
                        self.pause(self.find(case, "T3"), "address")

    def arrived_at_seller(self, case):
        case.goods = "AT_SELLER"
        case.received = case.shipped_back
        if case.phase == "AWAIT_SELLER_RECEIPT" and not case.live:
            self.row("13")
            self.arm(case, "T5")
        elif self.money_gone_first(case):
            self.row("F5a")
            self.arm(case, "T5")
        else:
            self.row("F5d" if case.live else "F3")
            if self.find(case, "T5"):
                self.arm(case, "T5")

    def money_gone_first(self, case):
        return case.money_first and (
            case.phase == "SETTLING" or (case.phase == "CLOSED" and case.close_reason in
                                         ("SETTLED", "PAYOUT_IMPOSSIBLE")))

    def on_ParcelLost(self, _):
        order, parcel = self.order, self.body["parcel"]
        Checks().need(self.role in ("CARRIER", "PLATFORM"), "ROLE_MAY_NOT").done()
        returning = [c for c in order.cases if c.return_parcel == parcel]
        if returning:
            for case in returning:
                if case.goods in ("RETURN_IN_TRANSIT", "INTERCEPTING"):
                    self.return_lost(case)
            return
        going_out = [c for c in order.cases if c.out_parcel == parcel]
        if going_out:
            for case in going_out:
                if case.out_goods == "SHIPPED" or case.phase == "AWAIT_BUYER_RECEIPT":
                    case.out_goods = "LOST"
                    case.liability = "CARRIER"
                    if case.phase == "AWAIT_BUYER_RECEIPT" and not case.live:
                        self.move(case, "AWAIT_SELLER_SHIP", "22e")
                        self.arm(case, "T6")
                    else:
                        self.row("F5d")
            return
        self.row("F4")
        if not order.delivered:
            order.lost = True
            for case in order.cases:
                if case.goods in ("UNSHIPPED", "SHIPPED") and case.open:
                    case.goods = "LOST"
                elif case.goods == "RETURN_DUE":  # 0009 (58): he cannot send back what never came
                    case.goods = "LOST"
                    if not case.live:
                        self.end(case, "T3")
                        self.end(case, "T5")
            for case in list(order.cases):
                if case.phase == "AWAIT_BUYER_RETURN" and not case.live and \
                        case.goods == "LOST" and not case.shipped_back:
                    self.never_came(case)
            self.open_by_fact(lambda pack: pack.lost_parcel_opens)

    def on_ProductIntercepted(self, _):
        self.row("F13")
        self.open_by_fact(lambda pack: pack.intercepted_opens)

    def open_by_fact(self, says):
        """Row 1d: a case for the units of each line that no open case holds."""
        pack = self.packs.in_force(self.order.platform, self.at)
        if pack is None or not says(pack):
            return
        for line in self.order.lines:
            units = line.quantity - line.cancelled - self.other_units(line, 0)
            if units <= 0:
                continue
            ask = self.bound(line, "REFUND_ONLY", "", units, None)
            if ask <= 0:
                continue
            case = self.new_case("REFUND_ONLY", {"line": line.line, "quantity": units}, "TRACK")
            case.ask, case.platform_opened = ask, True
            self.move(case, "AWAIT_SELLER", "1d")
            self.arm(case, "T1")
            self.request(case, "a1c", by_row=True)

    def return_lost(self, case):
        case.goods = "LOST"
        if case.live:
            self.row("F5d")
            case.return_lost = True
        elif case.phase == "AWAIT_SELLER_RECEIPT":
            self.loss(case, "17a", "17b")
        else:
            self.row("F4")

    def loss(self, case, pay, ask):
        """Rows 17a and 17b."""
        remedy, amount = self.fallback(case)
        if self.ask_pack(case, "loss") == "PAY" and amount > 0 and \
                self.ceiling_holds(case, remedy, amount):
            self.pay_loss(case)
            self.settling(case, pay)
        else:
            self.move(case, "AWAIT_SELLER", ask)
            self.arm(case, "T1")

    def pay_loss(self, case):
        case.liability = "CARRIER"
        remedy, amount = self.fallback(case)  # the carrier's loss gives the freight back, too
        left = money.remaining_money(self.order, self.line(case), case.number)
        value, amount = amount, min(amount, left + self.before(case, True))
        self.decide(case, remedy, amount)
        if case.kind in GOODS_KINDS:  # 0009 (21)
            case.kind = "REFUND_ONLY" if case.kind == "RESEND" else "RETURN_REFUND"
            case.ask = value

    def never_came(self, case):
        """Row 12l."""
        if case.kind in GOODS_KINDS:
            self.pay_loss(case)
        self.settling(case, "12l")

    def fallback(self, case):
        """The refund that a case becomes: what was decided, or the value of the units."""
        if self.goods_kind(case):
            return "REFUND_ONLY", money.refundable(self.order, self.line(case), case.quantity, case)
        return self.refund_remedy(case), self.decided_amount(case)

    def refund_remedy(self, case):
        return REMEDY_OF_KIND[case.kind] if case.remedy in ("", "NONE") else case.remedy

    def decided_amount(self, case):
        reserved = sum(leg.amount for leg in self.decided_legs(case)
                       if leg.state in ("RESERVED", "HELD") and leg.kind != "VOUCHER")
        return reserved + self.before(case)

    def on_SellerStandingSnapshot(self, _):
        self.fact("seller_standing", self.body)

    def on_AbuseAssessed(self, _):
        self.fact("abuse", self.body)

    def on_ProductRatingSnapshot(self, _):
        self.row("F6")
        self.order.ratings[self.body["line"]] = self.body
        for case in self.order.cases:
            if case.line == self.body["line"]:
                self.bind(case, "good_reviews", self.body)

    def fact(self, name, body):
        self.row("F6")
        self.order.facts[name] = body
        for case in self.order.cases:
            self.bind(case, name, body)

    def bind(self, case, name, body):
        if case.facts.get(name) is None:
            case.facts[name] = body
            if case.phase == "FILED" and not case.ready:
                missing = self.missing(case)
                if not missing:
                    self.end(case, "T0")
                    case.ready = True
                else:
                    self.row("0b")

    def missing(self, case):
        return [name for name, complaints in case.pack.awaits
                if (case.by_complaint or not complaints) and case.facts.get(name) is None]

    def on_LiabilityAssessed(self, case):
        checks = Checks().need(self.role in ("AGENT", "PLATFORM", "MODEL"), "ROLE_MAY_NOT")
        checks.need(case is not None, "CASE_NOT_NAMED").done()
        self.row("F10")
        case.liability = self.body["liability"]

    # ---- Filing ---------------------------------------------------------------------------

    def on_RefundRequested(self, _):
        self.file(False)

    def on_ComplaintFiled(self, _):
        self.file(True)

    def file(self, complaint):
        self.check_new(("BUYER",), self.body["kind"], self.body["units"], self.body["ask"],
                       self.body["reason"], filing=True)
        case = self.new_case(self.body["kind"], self.body["units"], self.body["reason"])
        case.by_complaint = complaint
        case.ask = self.body["ask"]["units"]
        case.extra = self.body.get("extra", {}).get("units", 0)
        self.store(case, self.body.get("evidence", []), in_round=False)
        self.move(case, "FILED", "0")
        if self.missing(case):
            self.arm(case, "T0")
        else:
            case.ready = True

    def check_new(self, roles, kind, units, ask, reason, filing):
        order = self.order
        pack = self.packs.in_force(order.platform, self.at)
        line = order.find_line(units["line"])
        checks = Checks()
        checks.need(pack is not None, "NO_POLICY_IN_FORCE")
        checks.need(line is not None, "NO_SUCH_LINE")
        checks.need(self.role in roles, "ROLE_MAY_NOT")
        if pack is None or line is None:
            checks.done()
        whole = 0 < units["quantity"] <= line.quantity
        checks.need(whole, "NO_SUCH_LINE")
        taken = kind in pack.kinds and pack.kinds[kind] <= self.at and \
            (not line.supported or kind in line.supported)
        checks.need(taken, "UNSUPPORTED_KIND")
        if filing:
            if pack.filing_window and order.completed_at is not None:
                late = self.at >= periods.first_too_late(order.completed_at, pack.filing_window)
                checks.need(not late, "OUT_OF_WINDOW")
            on_line = [c for c in order.cases if c.line == line.line and not c.split_from
                       and not (not c.open and c.ask == 0 and c.offers and c.filer != "BUYER")]
            checks.need(len(on_line) < pack.limits["applications_per_line"],
                        "TOO_MANY_APPLICATIONS")
            same = [c for c in order.cases if c.line == line.line and not c.open
                    and reason in [c.reason] + c.past_reasons]
            settled = any(c.settled_claim for c in same)
            checks.need(not settled, "SETTLED_ALREADY")
            kinds = {each["kind"] for each in self.body.get("evidence", [])}
            for c in same:  # G-52: a new reason, or evidence of a new kind
                known = {each["kind"] for each in c.evidence}
                checks.need(not c.ruled or kinds - known, "NOTHING_NEW")
        held = self.other_units(line, 0)
        free = 0 < units["quantity"] <= line.quantity - line.cancelled - held
        checks.need(free, "UNITS_NOT_FREE")
        if ask is not None:
            lowest = 0 if kind in GOODS_KINDS else 1
            checks.need(ask["units"] >= lowest, "AMOUNT_NOT_POSITIVE")
            checks.need(ask["currency"] == order.currency, "OTHER_CURRENCY")
            most = self.bound(line, kind, reason, units["quantity"], None) if free else 0
            checks.need(not free or ask["units"] <= most, "OVER_THE_CEILING")
        checks.done()

    def new_case(self, kind, units, reason):
        order = self.order
        case = Case(len(order.cases) + 1)
        order.cases.append(case)
        case.kind, case.line, case.quantity = kind, units["line"], units["quantity"]
        case.reason = reason
        case.filer = self.role
        case.pack = self.packs.in_force(order.platform, self.at)
        order.voucher_counts = case.pack.voucher_counts
        case.facts = dict(order.facts)
        if case.line in order.ratings:
            case.facts["good_reviews"] = order.ratings[case.line]
        window = case.pack.report_window
        case.in_time = order.delivered and window is not None and \
            self.at < periods.first_too_late(order.delivered_at, window)
        if order.delivered:
            case.goods = "WITH_BUYER"
        elif order.lost:
            case.goods = "LOST"
        elif order.shipped:
            case.goods = "SHIPPED"
        return case

    # ---- Seller and buyer -----------------------------------------------------------------

    def must_be(self, case, phases, roles, own_overlay=False):
        """The checks that come before all others: case, role, phase, g3."""
        if case is None:
            refuse("CASE_NOT_NAMED")
        if roles is not None:
            self.may(roles)
        if case.phase not in phases:
            refuse("NOT_EXPECTED_NOW")
        if case.live and not own_overlay:
            refuse("ARBITRATION_IS_LIVE")

    def part(self, case, quantity, all_units=False):
        """How many units an answer is about; more than the case holds is refused, and fewer once
        money of the case was sent (0009, 62)."""
        quantity = quantity or case.quantity
        if quantity > case.quantity:
            refuse("OUT_OF_QUANTITY")
        if quantity < case.quantity and (all_units or self.money_was_sent(case)):
            refuse("OUT_OF_QUANTITY")
        return quantity

    def money_was_sent(self, case):
        return any(leg.state not in UNSENT + ("VOID",) for leg in self.case_legs(case))

    def split(self, case, quantity):
        """The answered units stay; the rest becomes a sibling (0009, 1)."""
        if quantity == case.quantity:
            return
        order = self.order
        self.row("split")
        whole = case.quantity
        new = copy.copy(case)
        for name in ("past_reasons", "facts", "help", "slots", "sealed", "evidence", "offers",
                     "waived_by", "appealed_by", "authors", "offers_by", "generations",
                     "voided_at_close"):
            setattr(new, name, copy.copy(getattr(case, name)))
        new.number = len(order.cases) + 1
        new.split_from = case.number
        new.voided_at_close = []
        new.decisions = list(case.decisions)
        new.proposal = None  # 0009 (51)
        if not case.live:
            new.overlay, new.outcome = "NONE", "UNSPECIFIED"
        order.cases.append(new)
        asked = self.part_of_ask(case, case.ask, quantity)
        case.quantity, new.quantity = quantity, whole - quantity
        case.ask = asked
        new.ask -= asked
        for name in ("extra", "difference"):
            value = getattr(case, name)
            setattr(case, name, value * quantity // whole)
            setattr(new, name, value - value * quantity // whole)
        for name in ("shipped_back", "received", "accepted"):
            value = getattr(case, name)
            setattr(case, name, min(value, quantity))
            setattr(new, name, value - min(value, quantity))
        for leg in self.case_legs(case):
            had = leg in case.voided_at_close  # 0009 (60)
            if leg.to == "BUYER" and (leg.state in ("RESERVED", "HELD") or had) \
                    and leg.kind != "FREIGHT_RETURN":
                rest = leg.amount - self.part_of_leg(leg, quantity, whole)
                leg.amount -= rest
                twin = copy.copy(leg)
                twin.case, twin.amount = new.number, rest
                order.legs.append(twin)
                if had:
                    new.voided_at_close.append(twin)
                    if leg.amount == 0:
                        case.voided_at_close.remove(leg)
                for each in (leg, twin):
                    if each.amount == 0:
                        each.state = "VOID"
        for d in list(order.deadlines):
            if d.case == case.number and d.leg is None:
                twin = copy.copy(d)
                twin.case, twin.paused = new.number, set(d.paused)
                order.deadlines.append(twin)

    def of_no_unit(self, leg):
        """Freight, packing and coupons that go back with the last units (0009, 63)."""
        return leg.by_units and leg.bucket not in (*money.GOODS_BUCKETS, "POINTS", "COINS") \
            and leg.cause is None and not leg.again and not leg.attempt

    def part_of_leg(self, leg, quantity, whole):
        if quantity < whole and self.of_no_unit(leg):
            return 0
        return leg.amount * quantity // whole

    def part_of_ask(self, case, ask, quantity):
        if quantity == case.quantity:
            return ask
        for leg in self.case_legs(case):
            stands = leg.state in ("RESERVED", "HELD") or leg in case.voided_at_close
            if stands and self.of_no_unit(leg) and leg.bucket in money.MONEY_BUCKETS:
                ask -= leg.amount
        return max(0, ask) * quantity // case.quantity

    def family(self, case):
        while case.split_from:
            case = self.order.case(case.split_from)
        return case.number

    def move_leg(self, leg, case):
        if leg.bucket in money.MONEY_BUCKETS:
            before = self.order.case(leg.case)
            part = min(leg.amount, before.ask)
            before.ask, case.ask = before.ask - part, case.ask + part
        leg.case = case.number

    def siblings_legs(self, case):
        """By units, ready, of what was one case with this one."""
        return [leg for leg in self.order.legs if leg.by_units and leg.case != case.number
                and leg.state in ("RESERVED", "HELD")
                and self.family(self.order.case(leg.case)) == self.family(case)]

    def handed_on(self, leg):
        """What is of no unit waits for the last of them."""
        if not self.of_no_unit(leg):
            return False
        for each in self.siblings_legs(self.order.case(leg.case)):
            if not self.of_no_unit(each):
                self.move_leg(leg, self.order.case(each.case))
                return True
        return False

    def take_what_is_of_no_unit(self, case):
        """The case's units are not refunded, so neither is what was to go with the last of all."""
        for leg in self.siblings_legs(case):
            if self.of_no_unit(leg):
                self.move_leg(leg, case)

    def on_RefundAmended(self, case):
        phases = ("AWAIT_SELLER", "SELLER_REFUSED")
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may((case.filer,), "NOT_THE_FILER")
        self.must_be(case, phases, None)
        line, body = self.line(case), self.body
        kind = body.get("kind", case.kind)
        checks = Checks()
        pack = case.pack
        checks.need(kind == case.kind or (kind in pack.kinds and pack.kinds[kind] <= self.at and (
            not line.supported or kind in line.supported)), "UNSUPPORTED_KIND")
        checks.need(case.amendments < pack.limits["amendments"], "TOO_MANY_AMENDMENTS")
        checks.need(self.units_free(case), "UNITS_NOT_FREE")
        ask = case.ask
        if "ask" in body:
            ask = body["ask"]["units"]
            checks.need(body["ask"]["currency"] == self.order.currency, "OTHER_CURRENCY")
        checks.need(ask >= (0 if kind in GOODS_KINDS else 1), "AMOUNT_NOT_POSITIVE")
        if kind != case.kind or ask != case.ask:
            checks.need(ask <= self.bound(line, kind, case.reason, case.quantity, case),
                        "OVER_THE_CEILING")
        checks.need(kind != case.kind or ask != case.ask or body.get("evidence"), "NOTHING_NEW")
        checks.done()
        case.kind, case.ask = kind, ask
        case.amendments += 1
        self.store(case, body.get("evidence", []), in_round=False)
        self.move(case, "AWAIT_SELLER", "2")
        self.arm(case, "T1")

    def on_RefundAccepted(self, case):
        body = self.body
        if case is not None and case.overlay in ("REQUESTED", "NEGOTIATING", "EVIDENCE", "REVIEW"):
            self.accept_in_overlay(case)
            return
        self.must_be(case, ("AWAIT_SELLER",), ("SELLER",))
        quantity = self.part(case, body.get("quantity", 0))
        kind = case.kind
        remedy = REMEDY_OF_KIND[kind]
        waived, intercept = body.get("waived", False), body.get("intercept", False)
        money_kind = kind in ("REFUND_ONLY", "PRICE_PROTECTION", "VOUCHER")
        if intercept and (kind != "REFUND_ONLY" or case.goods != "SHIPPED"):
            refuse("NOT_EXPECTED_NOW")
        if waived and kind in ("EXCHANGE", "REPAIR"):
            refuse("NOT_EXPECTED_NOW")
        ask = self.part_of_ask(case, self.effective_ask(case), quantity)
        Checks().need(kind == "RESEND" or self.ceiling_holds(case, remedy, ask),
                      "OVER_THE_CEILING").done()
        self.split(case, quantity)
        ask = self.effective_ask(case)
        self.take_address(case)
        if money_kind and not intercept:
            self.decide(case, remedy, ask, voucher_by="MERCHANT" if kind == "VOUCHER" else None)
            self.keep_goods(case)
            self.settling(case, "3")
            return
        if kind == "RESEND":
            self.decide_goods(case, remedy, self.beside(case, ask))
            self.move(case, "AWAIT_SELLER_SHIP", "4b")
            self.arm(case, "T6")
            return
        if intercept:
            self.decide(case, remedy, ask)
            case.intercepted = True
            case.goods = "INTERCEPTING"
            case.return_parcel = self.order.parcels[-1] if self.order.parcels else ""
            case.shipped_back = case.quantity
            self.move(case, "AWAIT_SELLER_RECEIPT", "4c")
            self.arm_transit(case)
            return
        with_buyer = self.where(case) == "BUYER"
        if kind == "RETURN_REFUND":
            self.decide(case, remedy, ask)
        else:
            self.decide_goods(case, remedy, self.beside(case, ask))
        if waived:
            case.goods = "WAIVED"
            self.settling(case, "4a")
        elif not with_buyer:
            self.land(case, remedy, "4g")
        elif not self.usable_address(case):
            self.return_due(case)
            self.await_return(case, "4d")
        elif kind == "RETURN_REFUND" and (self.ask_pack(case, "money_first") == "YES"
                                          or self.before(case) > 0):
            self.pay_before_goods(case, "4f")
        else:
            self.return_due(case)
            self.await_return(case, "4")

    def beside(self, case, ask):
        """The money beside the goods: what was agreed with them stands, before that the ask."""
        agreed = case.kind in GOODS_KINDS and case.remedy in GOODS_KINDS
        return case.difference if agreed else ask

    def decide_goods(self, case, remedy, difference):
        """Goods instead of money: what was reserved before is void, the difference comes later."""
        self.decide(case, remedy, 0)
        case.difference = difference

    def on_RefundRejected(self, case):
        self.must_be(case, ("AWAIT_SELLER",), ("SELLER",))
        quantity = self.part(case, self.body.get("quantity", 0))
        self.split(case, quantity)
        case.refusal_ground = self.body["ground"]
        self.store(case, self.body.get("evidence", []), in_round=False)
        self.move(case, "SELLER_REFUSED", "8")
        self.arm(case, "T4")

    def check_options(self, case, checks, line):
        for option in self.body["options"]:
            amount, remedy = option["amount"], option["remedy"]
            lowest = 0 if remedy in GOODS_KINDS else 1
            checks.need(amount["units"] >= lowest, "AMOUNT_NOT_POSITIVE")
            checks.need(amount["currency"] == self.order.currency, "OTHER_CURRENCY")
            if line.perishable and remedy in ("RETURN_REFUND", "EXCHANGE"):
                checks.need(False, "GOODS_FORBID")
            if remedy == "VOUCHER":
                continue
            if case:
                holds = self.ceiling_holds(case, remedy, amount["units"])
            else:
                holds = amount["units"] <= money.remaining_money(self.order, line)
            checks.need(holds, "OVER_THE_CEILING")

    def on_OfferMade(self, case):
        if case is None:
            self.open_by_offer()
            return
        if case.overlay in ("REQUESTED", "NEGOTIATING"):
            self.offer_in_overlay(case)
            return
        self.must_be(case, ("AWAIT_SELLER",), ("SELLER",))
        checks = Checks()
        checks.need(case.offers_by.get("SELLER", 0) < case.pack.limits["offers"],
                    "TOO_MANY_OFFERS")
        self.check_options(case, checks, self.line(case))
        checks.done()
        self.move(case, "AWAIT_BUYER_OFFER", "5")
        d = self.find(case, "T1")
        if d:
            self.pause(d, "offer")
        self.new_offer(case, False)

    def new_offer(self, case, of_overlay):
        for offer in case.offers:
            offer["open"] = False
        self.order.offers_made += 1
        case.offers.append({"number": self.order.offers_made, "by": self.role,
                            "options": self.body["options"],
                            "open": True, "of_overlay": of_overlay})
        case.offers_by[self.role] = case.offers_by.get(self.role, 0) + 1
        self.arm(case, "T2", of_overlay=of_overlay)

    def open_by_offer(self):
        body = self.body
        if "units" not in body:
            refuse("CASE_NOT_NAMED")
        kind = KIND_OF_REMEDY[body["options"][0]["remedy"]]
        kind = "REFUND_ONLY" if kind == "VOUCHER" else kind
        line = self.order.find_line(body["units"]["line"])
        checks = Checks()
        if line:
            self.check_options(None, checks, line)
        try:
            self.check_new(("SELLER", "PLATFORM"), kind, body["units"], None, "", filing=False)
        except Refused as refusal:
            checks.need(False, refusal.args[0])
        checks.done()
        case = self.new_case(kind, body["units"], "OTHER")
        case.platform_opened = self.role == "PLATFORM"
        self.move(case, "AWAIT_BUYER_OFFER", "1b" if self.role == "SELLER" else "1e")
        self.new_offer(case, False)

    def find_offer(self, case, checks):
        number = int(self.body["offer"][len("$offer"):]) \
            if self.body["offer"].startswith("$offer") else 0
        offer = next((o for o in case.offers if o["number"] == number), None)
        checks.need(offer is not None, "NO_SUCH_OFFER")
        checks.need(offer is None or offer["open"], "OFFER_LAPSED")
        return offer

    def on_OfferChosen(self, case):
        in_overlay = case is not None and case.overlay == "NEGOTIATING"
        if not in_overlay:
            self.must_be(case, ("AWAIT_BUYER_OFFER",), ("BUYER",))
        else:
            self.may(("BUYER", "SELLER"))
        checks = Checks()
        offer = self.find_offer(case, checks)
        checks.done()
        checks.need(self.body["option"] < len(offer["options"]), "NO_SUCH_OFFER").done()
        option = offer["options"][self.body["option"]]
        remedy, amount = option["remedy"], option["amount"]["units"]
        checks.need(self.ceiling_holds(case, remedy, amount), "OVER_THE_CEILING").done()
        offer["open"] = False
        by = "PLATFORM" if offer["by"] == "PLATFORM" else "MERCHANT"
        if in_overlay:
            self.agree(case, "a4", remedy, amount, voucher_by=by)
        else:
            self.amend(case, remedy, amount)
            self.decide(case, remedy, amount, voucher_by=by)
            self.land(case, remedy, "6")
        if remedy == "VOUCHER":
            case.settled_claim = True

    def amend(self, case, remedy, amount):
        """The case goes on as what was chosen or agreed."""
        if remedy != "VOUCHER":
            case.kind = KIND_OF_REMEDY[remedy]
        case.ask = case.ask or amount

    def agree(self, case, label, remedy, amount, voucher_by=None, liability=None):
        """FINAL by agreement: the overlay is over first, then the decision lands."""
        case.in_default = ""
        if label != "a2":
            self.amend(case, remedy, amount)
        self.decide(case, remedy, amount, voucher_by=voucher_by, liability=liability)
        self.final(case, label, True)
        case.outcome = "UNSPECIFIED"
        self.land(case, remedy, label)

    def on_OfferDeclined(self, case):
        if case is not None and case.overlay == "NEGOTIATING":
            self.may(("BUYER", "SELLER"))
            checks = Checks()
            self.find_offer(case, checks)
            checks.done()
            self.row("a5b")
            self.evidence_round(case, ["BUYER", "SELLER"], case.pack.slots)
            return
        self.must_be(case, ("AWAIT_BUYER_OFFER",), ("BUYER",))
        checks = Checks()
        self.find_offer(case, checks)
        checks.done()
        self.offer_gone(case, "7a", "7c", "BUYER_WITHDREW")

    def offer_gone(self, case, on, over, reason):
        if self.has_ask(case):
            self.move(case, "AWAIT_SELLER", on)
            d = self.find(case, "T1")
            if d:
                self.resume(d, "offer")
            else:
                self.arm(case, "T1")
        else:
            case.closed_without_count = True
            self.close(case, reason, over)

    def on_SettlementAgreed(self, case):
        body, remedy = self.body, self.body["remedy"]["remedy"]
        amount = body["remedy"]["amount"]
        in_overlay = case is not None and case.overlay in ("REQUESTED", "NEGOTIATING", "EVIDENCE",
                                                           "REVIEW")
        phases = ("AWAIT_SELLER", "SELLER_REFUSED", "AWAIT_BUYER_OFFER", "RECEIPT_REFUSED")
        if in_overlay:
            self.may(PLATFORM_ROLES)
        else:
            self.must_be(case, phases, PLATFORM_ROLES)
        checks = Checks()
        roles = [each["role"] for each in body["agreed_by"]]
        checks.need("BUYER" in roles and "SELLER" in roles, "NOT_BOTH_PARTIES")
        checks.need(amount["units"] >= (0 if remedy in GOODS_KINDS else 1), "AMOUNT_NOT_POSITIVE")
        checks.need(amount["currency"] == self.order.currency, "OTHER_CURRENCY")
        checks.need(self.ceiling_holds(case, remedy, amount["units"]), "OVER_THE_CEILING")
        checks.need(not (in_overlay and case.proposal), "PROPOSAL_PENDING")
        checks.done()
        if in_overlay:
            self.agree(case, "a4b", remedy, amount["units"], liability="UNSPECIFIED",
                       voucher_by="MERCHANT")
        else:
            self.amend(case, remedy, amount["units"])
            self.decide(case, remedy, amount["units"], liability="UNSPECIFIED",
                        voucher_by="MERCHANT")
            self.land(case, remedy, "6b")

    # ---- Goods back, goods out ------------------------------------------------------------

    def on_ReturnAddressGiven(self, case):
        self.must_be(case, ("AWAIT_BUYER_RETURN",), ("SELLER",), own_overlay=True)
        address = self.body["address"]
        Checks().need(address != case.invalid_address, "ADDRESS_UNUSABLE").done()
        case.return_address = case.own_address = address
        self.row("11a")
        waiting = self.find(case, "T14")
        if waiting:
            case.t14_left = waiting.remaining if waiting.paused else waiting.due - self.at
        self.end(case, "T14")
        d = self.find(case, "T3")
        if d:
            self.resume(d, "address")
        else:
            self.arm(case, "T3")

    def on_ReturnAddressInvalid(self, case):
        self.must_be(case, ("AWAIT_BUYER_RETURN",), ("CARRIER", "PLATFORM"), own_overlay=True)
        self.row("11b")
        if self.find(case, "T14") is None:  # else no address is in force that could be meant
            case.invalid_address = self.usable_address(case) or case.invalid_address
        d = self.find(case, "T3")
        if d:
            self.pause(d, "address")
        if self.find(case, "T14") is None:
            left = case.t14_left
            self.arm(case, "T14", due=None if left is None else self.at + left)

    def on_ReturnShipped(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(("BUYER",))
        first = self.money_gone_first(case)
        waits = first or case.live or case.phase == "AWAIT_BUYER_RETURN"
        # What was lost on its way to the buyer may have come after all.
        found = case.goods == "LOST" and case.phase == "AWAIT_BUYER_RETURN" and not case.live
        if not waits or case.goods != "RETURN_DUE" and not found:
            refuse("NOT_EXPECTED_NOW")
        if not first and not case.live and not self.is_return_kind(case):
            refuse("NOT_EXPECTED_NOW")
        quantity = self.part(case, self.body.get("quantity", 0), case.live or first)
        self.split(case, quantity)
        case.goods = "RETURN_IN_TRANSIT"
        case.shipped_back = case.quantity
        case.return_parcel = self.body["parcel"]
        case.receipt = self.body.get("freight", {}).get("units")
        if first:
            self.row("F5a")
            self.end(case, "T3")
            self.arm_transit(case)
        elif case.live:
            self.row("F5d")
            self.claim_freight(case)
        else:
            self.return_shipped(case, "11")

    def return_shipped(self, case, label):
        """Row 11 after the goods moved."""
        self.move(case, "AWAIT_SELLER_RECEIPT", label)
        if case.goods == "LOST":
            return
        self.arm_transit(case)
        self.claim_freight(case)

    def claim_freight(self, case):
        if case.freight_claimed:
            return
        bearer = self.ask_pack(case, "freight")
        amount = case.receipt if case.receipt is not None else case.pack.freight_flat
        if bearer in ("FREIGHT_COVER", "INSURER"):
            amount = min(amount, case.pack.freight_cover_cap)
        case.freight_claimed = True
        if bearer != "BUYER" and amount > 0:
            self.new_leg(case, "FREIGHT_RETURN", bearer, "BUYER", case.line, "UNSPECIFIED", amount,
                         "PROPOSED")

    def on_ReturnReceived(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(("SELLER",))
        waits = case.phase == "AWAIT_SELLER_RECEIPT" or self.money_gone_first(case) or \
            (case.live and case.phase == "AWAIT_BUYER_RETURN")
        if not waits or case.goods not in ("RETURN_IN_TRANSIT", "INTERCEPTING"):
            refuse("NOT_EXPECTED_NOW")
        first = self.money_gone_first(case)
        quantity = self.part(case, self.body.get("quantity", 0), case.live or first)
        self.split(case, quantity)
        self.arrived_at_seller(case)

    def on_ReturnInspected(self, case):
        body = self.body
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(("SELLER",))
        first = self.money_gone_first(case)
        phases = ("AWAIT_SELLER_RECEIPT", "RECEIPT_REFUSED") if body["result"] == "ACCEPTED" \
            else ("AWAIT_SELLER_RECEIPT",)
        if first:
            if case.goods not in ("RETURN_IN_TRANSIT", "AT_SELLER"):
                refuse("NOT_EXPECTED_NOW")
        else:
            self.must_be(case, phases, None)
        quantity = self.part(case, body.get("quantity", 0), case.live or first)
        deduct = body.get("deduct", {}).get("units", 0)
        checks = Checks()
        if "deduct" in body:
            checks.need(body["deduct"]["currency"] == self.order.currency, "OTHER_CURRENCY")
            if not self.goods_kind(case) and not first:
                whole = sum(self.part_of_leg(leg, quantity, case.quantity)
                            for leg in self.decided_legs(case)
                            if leg.state in ("RESERVED", "HELD"))
                checks.need(0 <= deduct < whole, "OVER_THE_ASK")  # 0009 (22)
        checks.done()
        self.split(case, quantity)
        case.received = case.shipped_back = case.quantity
        if body["result"] == "REFUSED":
            case.goods = "INSPECTED_BAD"
            if first:
                self.row("F5a")
                self.end(case, "T5")
                case.return_refused = True  # opens the overlay now, or once it is over
            else:
                self.move(case, "RECEIPT_REFUSED", "16")
                self.arm(case, "T4")
            return
        case.goods = "INSPECTED_OK"
        case.accepted = case.quantity
        if first:
            self.row("F5a")
            self.end_return(case)
            return
        label = "14" if case.phase == "AWAIT_SELLER_RECEIPT" else "18"
        if self.goods_kind(case):
            self.move(case, "AWAIT_SELLER_SHIP", label + "b")
            self.arm(case, "T6")
            return
        if deduct:
            self.decide(case, self.refund_remedy(case), self.decided_amount(case) - deduct)
        self.settling(case, label + "a")

    def end_return(self, case):
        """The goods are back, or count as such: nothing is recovered."""
        self.end(case, "T3")
        self.end(case, "T5")
        for leg in self.case_legs(case):
            if leg.kind == "RECOVERY" and leg.state in UNSENT + REPLACEABLE:
                self.to_state(leg, "VOID")
        self.give_back(case)

    def give_back(self, case):
        """The goods came after what was recovered: new legs, and SETTLING as after a reversal (24a)."""
        if case.live:
            return
        there = [leg for leg in self.case_legs(case) if leg.kind == "RECOVERY"
                 and leg.state in ("SETTLED", "REVERSED")]
        any_leg = False
        for n, leg in enumerate(there):
            if leg.cause in [each.cause for each in there[:n]]:
                continue
            of_it = [each for each in there if each.cause is leg.cause]
            if self.give(of_it, sum(self.kept(each) for each in of_it)):
                any_leg = True
        if any_leg and case.phase == "CLOSED":
            self.end(case, "T9")
            case.phase, case.close_reason = "SETTLING", "NONE"

    def give(self, takings, most, own=False):
        """New legs, by whom it went to."""
        given = 0
        for leg in takings:
            part = min(most - given, self.taken_by(leg) if own else self.kept(leg))
            if part <= 0:
                continue
            source = leg.cause
            kind = source.kind
            if kind == "ADVANCE" and leg.to != source.bearer:
                kind = LEG_OF_BUCKET.get(source.bucket) or \
                    ("COUPON_RESTORE" if "COUPON" in source.bucket else source.bucket)
            new = self.new_leg(self.order.case(source.case), kind, leg.to, "BUYER", source.line,
                               source.bucket, part)
            new.by_units, new.destination, new.cause = source.by_units, source.destination, leg
            new.tried = source.tried
            new.final_bearer = source.final_bearer if leg.to == source.bearer and not own else None
            new.own = own
            given += part
        return given

    def give_back_overhang(self, leg):
        there = self.takings(leg, ("SETTLED", "REVERSED"))
        return self.give(there, self.overhang(leg, ("SETTLED", "REVERSED")), own=True)

    def on_InterceptFailed(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(("CARRIER", "PLATFORM"))
        if case.phase != "AWAIT_SELLER_RECEIPT" or case.goods != "INTERCEPTING":
            refuse("NOT_EXPECTED_NOW")
        self.return_due(case)
        case.shipped_back, case.return_parcel = 0, ""
        if case.live:
            self.row("F5d")
            case.intercept_failed = True
        else:
            self.await_return(case, "4e")

    def sent_out(self, case, kind, label):
        if case is not None and case.live and case.phase == "AWAIT_SELLER_SHIP":
            self.may(("SELLER",))  # under a live arbitration a fact, F3
            if self.doing_asked(case) != kind:
                refuse("NOT_EXPECTED_NOW")
            self.row("F3")
            case.out_goods, case.out_parcel = "SHIPPED", self.body["parcel"]
            case.out_received = False
            return
        self.must_be(case, ("AWAIT_SELLER_SHIP",), ("SELLER",))
        if self.doing(case) != kind:
            refuse("NOT_EXPECTED_NOW")
        serial = self.line(case).serial
        Checks().need(kind != "REPAIR" or not serial or self.body.get("serial", "") == serial,
                      "WRONG_SERIAL").done()
        case.out_goods, case.out_parcel, case.out_received = "SHIPPED", self.body["parcel"], False
        self.move(case, "AWAIT_BUYER_RECEIPT", label)
        self.arm(case, "T7", limit=case.pack.replacement_in_transit)

    def on_ReplacementShipped(self, case):
        self.sent_out(case, "EXCHANGE", "20a")

    def on_RepairDone(self, case):
        self.sent_out(case, "REPAIR", "20b")

    def on_ResendShipped(self, case):
        self.sent_out(case, "RESEND", "20c")

    def on_SellerCannotFulfil(self, case):
        self.must_be(case, ("AWAIT_SELLER_SHIP",), ("SELLER",))
        self.unfulfilled(case, "21c", "21d")

    def unfulfilled(self, case, refund, platform):
        amount = money.refundable(self.order, self.line(case), case.quantity, case)
        if self.ask_pack(case, "unfulfilled") == "REFUND" and \
                amount > 0 and self.ceiling_holds(case, "REFUND_ONLY", amount):
            self.decide(case, "REFUND_ONLY", amount)
            case.kind = "REFUND_ONLY" if case.kind == "RESEND" else "RETURN_REFUND"
            case.ask = amount
            self.settling(case, refund)
        else:
            self.end(case, "T6")
            self.row(platform)
            case.in_default = "SELLER"
            self.request(case, "a1f" if case.overlay == "FINAL" else "a1c", by_row=True)

    def on_ReplacementReceived(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(("BUYER",))
        sent = case.live and case.phase == "AWAIT_SELLER_SHIP" \
            and case.out_goods in ("SHIPPED", "WITH_BUYER")
        if case.phase != "AWAIT_BUYER_RECEIPT" and not sent:
            refuse("NOT_EXPECTED_NOW")
        case.out_goods, case.out_received = "WITH_BUYER", True
        if case.live:
            self.row("F5d")
        else:
            self.got_replacement(case, "22a", "22b")

    def freight_waits(self, case):
        return any(leg.kind == "FREIGHT_RETURN" and leg.state == "PROPOSED"
                   for leg in self.case_legs(case))

    def got_replacement(self, case, done, due):
        case.out_goods, case.out_received = "WITH_BUYER", True
        if not case.difference and not case.extra and not self.freight_waits(case):
            self.close(case, "FULFILLED", done, t9=True)
            return
        if case.difference:
            left = money.remaining_money(self.order, self.line(case), case.number)
            amount = min(case.difference, left + self.before(case, True))
            was = case.remedy, case.difference
            self.decide(case, "PRICE_DIFFERENCE", amount)
            case.remedy, case.difference = was
        dearer = case.extra - self.difference_paid(case)
        if dearer > 0:
            self.new_leg(case, "PRICE_DIFF", "BUYER", "MERCHANT", case.line, "CASH", dearer)
        self.settling(case, due)

    def differences(self, case):
        return [x for x in self.case_legs(case) if x.kind == "PRICE_DIFF" and x.bearer == "BUYER"
                and x.state not in ("VOID", "REROUTED")]

    def open_differences(self, case):
        """To be added, or to be given back: a new decision says anew."""
        return [x for x in self.case_legs(case) if x.kind == "PRICE_DIFF"
                and (x.bearer == "BUYER" or x.own) and x.state in UNSENT + REPLACEABLE]

    def difference_kept(self, leg):
        return leg.amount - leg.reversed - sum(x.amount - x.reversed for x in self.order.legs
                                               if x.cause is leg and x.to == "BUYER"
                                               and x.state not in ("VOID", "REROUTED"))

    def difference_paid(self, case):
        """What the buyer has added to a dearer thing, or is to add (0009, 56)."""
        return sum(self.difference_kept(x) for x in self.differences(case))

    def give_back_difference(self, case):
        for leg in self.differences(case):
            kept = self.difference_kept(leg)
            if leg.state in ("SETTLED", "REVERSED") and kept > 0:
                new = self.new_leg(case, "PRICE_DIFF", leg.to, "BUYER", leg.line, leg.bucket, kept)
                new.cause, new.own = leg, True

    # ---- Withdrawal, reopening, voiding, extension ------------------------------------------

    def on_RefundWithdrawn(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may((case.filer,), "NOT_THE_FILER")
        if not case.open:
            refuse("NOT_EXPECTED_NOW")
        sent = [leg for leg in self.case_legs(case)
                if leg.state not in ("PROPOSED", "RESERVED", "HELD", "VOID")]
        Checks().need(not sent, "LEG_ALREADY_SENT").done()
        if case.live:
            self.withdraw_overlay(case, "a17")
        case.proposal = None
        case.sealed = ["BUYER", "SELLER"]
        self.take_what_is_of_no_unit(case)
        self.void_unsent(case)
        self.close(case, "BUYER_WITHDREW", "23", t9=True)

    def on_CaseReopened(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(("BUYER", "PLATFORM"))
        if case.phase != "CLOSED":
            refuse("NOT_EXPECTED_NOW")
        if self.role == "BUYER" and case.close_reason not in (
                "SELLER_REFUSED_FINAL", "BUYER_EXPIRED", "BUYER_WITHDREW"):
            refuse("NOT_EXPECTED_NOW")
        if self.role == "PLATFORM" and case.close_reason == "SYSTEM_VOID":
            refuse("NOT_EXPECTED_NOW")
        if case.live:
            refuse("ARBITRATION_IS_LIVE")
        body, reason = self.body, self.body.get("reason", "")
        checks = Checks()
        if self.role == "BUYER":
            if case.close_reason not in ("SELLER_REFUSED_FINAL", "BUYER_EXPIRED",
                                         "BUYER_WITHDREW") or not self.has_ask(case):
                refuse("NOT_EXPECTED_NOW")
            checks.need(self.find(case, "T9") is not None, "OUT_OF_WINDOW")
            checks.need(self.units_free(case), "UNITS_NOT_FREE")
            known = [each["hash"] for each in case.evidence]
            fresh = any(each["hash"] not in known for each in body.get("evidence", []))
            other = reason and reason not in [case.reason] + case.past_reasons
            checks.need(fresh or other, "NOTHING_NEW").done()
            self.reopen(case, "26a")
            case.voided_at_close = []
            if other:
                case.past_reasons.append(case.reason)
                case.reason = reason
            self.store(case, body.get("evidence", []), in_round=False)
            case.phase = "AWAIT_SELLER"
            self.arm(case, "T1")
            return
        if case.close_reason == "SYSTEM_VOID":
            refuse("NOT_EXPECTED_NOW")
        checks.need(self.units_free(case), "UNITS_NOT_FREE")
        checks.need(self.again_fits(case), "OVER_THE_CEILING").done()
        self.reopen(case, "26b")
        self.reserve_again(case)
        self.back_to(case, case.last_open_phase)

    def has_ask(self, case):
        return case.ask > 0 or case.filer == "BUYER" or not case.offers

    def again_fits(self, case):
        more = sum(leg.amount for leg in case.voided_at_close if leg.kind not in RESTORED
                   and (leg.kind != "VOUCHER" or self.order.voucher_counts))
        return more <= money.remaining_money(self.order, self.line(case))  # beside all that it owes

    def reserve_again(self, case):
        line, made, left = self.line(case), [], 0
        for leg in case.voided_at_close:  # a cent may have moved to another bucket meanwhile
            part = min(leg.amount, money.remaining(self.order, line, leg.bucket)) \
                if leg.kind != "VOUCHER" else leg.amount
            if leg.kind not in RESTORED and part < leg.amount:
                cut, left = leg, left + leg.amount - part
            if part:
                made.append(self.successor(leg, part, leg.destination))
                made[-1].reversals, made[-1].again = 0, leg.again
        for leg in made:
            if leg.kind in RESTORED + ("VOUCHER",) or leg.again:
                continue  # what stands in the place of another leg gives no more than that
            more = min(left, money.remaining(self.order, line, leg.bucket))
            leg.amount, left = leg.amount + more, left - more
        for bucket in MONEY_BUCKETS:  # or to one in which the case had no leg
            more = min(left, money.remaining(self.order, line, bucket))
            if more:
                new = self.successor(cut, more, cut.destination)
                new.reversals, new.again, new.cause = 0, False, None
                if cut.kind == LEG_OF_BUCKET.get(cut.bucket):
                    new.kind = LEG_OF_BUCKET[bucket]
                new.bucket, left = bucket, left - more
        case.voided_at_close = []

    def reopen(self, case, label):
        self.row(label)
        self.end_phase_timers(case, ("T3", "T5") if case.money_first else ())
        self.end(case, "T9")
        case.reopening += 1
        case.in_default = ""
        case.overlay, case.outcome = "NONE", "UNSPECIFIED"
        case.final_by_agreement = case.landed_first = False
        case.proposal = None
        case.close_reason = "NONE"

    def back_to(self, case, phase):
        """A phase again, with its deadline anew."""
        if phase == "AWAIT_BUYER_RETURN" and case.goods in ("RETURN_IN_TRANSIT", "AT_SELLER"):
            phase = "AWAIT_SELLER_RECEIPT"  # as a15b
        elif phase == "AWAIT_BUYER_RETURN" and case.goods == "LOST":
            phase = "AWAIT_SELLER"  # as a15d
        elif phase == "AWAIT_SELLER_SHIP" and case.out_goods in ("SHIPPED", "WITH_BUYER"):
            phase = "AWAIT_BUYER_RECEIPT"  # as a15i
        case.phase = phase
        if phase == "AWAIT_SELLER":
            self.arm(case, "T1")
        elif phase in ("SELLER_REFUSED", "RECEIPT_REFUSED"):
            self.arm(case, "T4")
        elif phase == "AWAIT_BUYER_OFFER":
            self.arm(case, "T2")
        elif phase == "AWAIT_BUYER_RETURN":
            self.arm(case, "T3" if self.usable_address(case) else "T14")
        elif phase == "AWAIT_SELLER_RECEIPT":
            self.arm_transit(case)
        elif phase == "AWAIT_SELLER_SHIP":
            self.arm(case, "T6")
        elif phase == "AWAIT_BUYER_RECEIPT":
            self.arm_receipt(case)

    def on_OrderVoided(self, case):
        self.void_order(case)

    def on_FraudStop(self, case):
        self.void_order(case)

    def void_order(self, case):
        self.may(("PLATFORM",))
        cases = [case] if case else self.order.cases
        cases = [c for c in cases if c.close_reason != "SYSTEM_VOID"]
        for each in cases:
            self.void_case(each, "28")

    def on_DeadlineExtended(self, case):
        timer, until = self.body["timer"], periods.instant(self.body["until"])
        if case is None:
            refuse("CASE_NOT_NAMED")
        mine = {"SELLER": ("T2", "T3", "T4", "T7", "T9"), "BUYER": ("T1", "T5", "T6", "T14")}
        allowed = self.role in PLATFORM_ROLES or timer in mine.get(self.role, ())
        if not allowed:
            self.may(())
        if not case.open:
            refuse("NOT_EXPECTED_NOW")
        d = self.find(case, timer)
        checks = Checks()
        checks.need(d is not None, "NOT_ARMED").done()
        checks.need(until > d.due, "NOT_LATER").done()
        self.row("30")
        case.generations[(timer, d.role)] = d.generation + 1
        d.generation += 1
        if d.paused:
            d.remaining += until - d.due
        d.due = until

    # ---- Arbitration ----------------------------------------------------------------------

    def on_PlatformHelpRequested(self, case):
        ground = self.body["ground"]
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(("BUYER", "SELLER"))
        if self.wrong_role and case.phase == "CLOSED":
            refuse("ROLE_MAY_NOT")
        by_default = case.close_reason in ("SELLER_REFUSED_FINAL", "BUYER_EXPIRED")
        if case.live:
            refuse("ARBITRATION_IS_LIVE" if by_default else "NOT_EXPECTED_NOW")
        checks = Checks()
        if self.wrong_role:
            refuse("ROLE_MAY_NOT")
        if case.phase == "CLOSED":
            if not by_default:
                refuse("NOT_EXPECTED_NOW")
            checks.need(self.find(case, "T9") is not None, "OUT_OF_WINDOW")
            checks.need(self.help_limit(case), "TOO_MANY_REQUESTS")
            checks.need(self.units_free(case), "UNITS_NOT_FREE")
            checks.need(self.again_fits(case), "OVER_THE_CEILING").done()
            self.reopen(case, "26c")
            self.reserve_again(case)
            self.back_to(case, case.last_open_phase)
            self.request(case, "a1c", by=self.role, counted=True)
            return
        if case.overlay == "FINAL":
            if case.final_by_agreement and case.in_default:  # a1d
                self.request(case, "a1d", by=self.role, counted=True)
                return
            disputed = case.phase in ("SELLER_REFUSED", "RECEIPT_REFUSED") or (
                self.role == "SELLER" and case.phase == "AWAIT_SELLER_RECEIPT")
            if not disputed:
                refuse("NOT_EXPECTED_NOW")
            checks.need(self.help_limit(case), "TOO_MANY_REQUESTS").done()
            self.request(case, "a1e", by=self.role, counted=True)
            return
        again = case.overlay == "WITHDRAWN"
        if self.role == "BUYER":
            refused = case.phase in ("SELLER_REFUSED", "RECEIPT_REFUSED")
            checks.need(refused or ground in case.pack.help_grounds, "GROUND_NOT_NAMED")
        elif self.role == "SELLER" and case.phase not in ("AWAIT_SELLER_RECEIPT",
                                                          "RECEIPT_REFUSED"):
            refuse("NOT_EXPECTED_NOW")
        checks.need(not again or self.help_limit(case), "TOO_MANY_REQUESTS").done()
        self.request(case, "a1a" if self.role == "BUYER" else "a1b", by=self.role, counted=True)

    def on_PlatformIntervened(self, case):
        body = self.body
        if case is None:
            if "units" not in body:
                refuse("CASE_NOT_NAMED")
            self.check_new(PLATFORM_ROLES, body["kind"], body["units"], body["ask"],
                           body["reason"], filing=False)
            case = self.new_case(body["kind"], body["units"], body["reason"])
            case.platform_opened = True
            case.ask = body["ask"]["units"]
            self.move(case, "AWAIT_SELLER", "1d")
            self.arm(case, "T1")
            self.request(case, "a1c", by_row=True)
            return
        self.may(PLATFORM_ROLES)
        if not case.open or case.overlay not in ("NONE", "WITHDRAWN"):
            refuse("NOT_EXPECTED_NOW")
        self.request(case, "a1c", by=self.role)

    def accept_in_overlay(self, case):
        self.may(("SELLER",))
        remedy, ask = REMEDY_OF_KIND[case.kind], self.effective_ask(case)
        checks = Checks()
        checks.need(self.body.get("quantity", 0) in (0, case.quantity), "OUT_OF_QUANTITY")
        checks.need(case.in_default != self.role, "NOT_EXPECTED_NOW")
        checks.need(self.ceiling_holds(case, remedy, ask), "OVER_THE_CEILING")
        checks.need(not case.proposal, "PROPOSAL_PENDING").done()
        self.take_address(case)
        self.agree(case, "a2", remedy, self.beside(case, ask),
                   voucher_by="MERCHANT" if remedy == "VOUCHER" else None)

    def on_InterventionOpened(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(PLATFORM_ROLES)
        if case.overlay != "REQUESTED":
            refuse("NOT_EXPECTED_NOW")
        step = case.pack.first_step
        if step == "NEGOTIATE":
            self.row("a3a")
            self.negotiate(case)
            self.arm(case, "T11", of_overlay=True)
        elif step == "EVIDENCE":
            self.row("a3b")
            who = {"BOTH": ["BUYER", "SELLER"]}.get(case.pack.evidence_from,
                                                    [case.pack.evidence_from])
            self.evidence_round(case, who, case.pack.slots)
        else:
            self.row("a3c")
            self.review(case)

    def offer_in_overlay(self, case):
        first = case.overlay == "REQUESTED"
        self.may((("PLATFORM",) if first else ("PLATFORM", "SELLER", "BUYER")))
        checks = Checks()
        checks.need(case.offers_by.get(self.role, 0) < case.pack.limits["offers"],
                    "TOO_MANY_OFFERS")
        self.check_options(case, checks, self.line(case))
        checks.done()
        if first:
            self.row("a3d")
            self.negotiate(case)
        else:
            self.row("a3e")
            d = self.find(case, "T11")
            if d:
                self.pause(d, "offer")
        self.new_offer(case, True)

    def store(self, case, evidence, in_round, late=False):
        for each in evidence:
            case.evidence.append({"hash": each["hash"], "party": self.role, "kind": each["kind"],
                                  "slot": each.get("slot", ""), "late": late,
                                  "shared": each.get("shared", False),
                                  "round": case.round if in_round and not late else 0})

    def on_EvidenceSubmitted(self, case):
        body = self.body
        if case is None:
            refuse("CASE_NOT_NAMED")
        pieces = body.get("evidence", [])
        if case.overlay not in ("EVIDENCE", "REVIEW"):
            self.row("F9")
            self.store(case, pieces, in_round=False)
            return
        asked = case.overlay == "EVIDENCE" and self.role in case.asked and \
            not self.round_full(case)
        if not asked:
            self.row("a6c")
            self.store(case, pieces, in_round=True, late=True)
            return
        for each in pieces:
            if each.get("shared", False):
                continue
            for other in self.order.cases:
                for item in other.evidence:
                    if item["hash"] == each["hash"] and not item["shared"] and \
                            (other is not case or item["party"] != self.role):
                        refuse("EVIDENCE_USED_ELSEWHERE")
        self.store(case, pieces, in_round=True)
        if body.get("seal", False) and self.role not in case.sealed:
            case.sealed.append(self.role)
        if self.round_full(case):
            self.row("a6b")
            self.review(case)
        else:
            self.row("a6a")

    def round_full(self, case):
        filled = all(any(item["party"] == party and item["slot"] == slot
                         and item["round"] == case.round for item in case.evidence)
                     for party, slot in case.slots)
        return filled and all(party in case.sealed for party in case.asked)

    def on_EvidenceRequested(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(PLATFORM_ROLES)
        if case.overlay != "REVIEW":
            refuse("NOT_EXPECTED_NOW")
        checks = Checks()
        checks.need(case.round < case.pack.limits["evidence_rounds"], "TOO_MANY_ROUNDS")
        checks.need(not case.proposal, "PROPOSAL_PENDING").done()
        slots = [(each["party"], each["slot"]) for each in self.body["slots"]]
        who = [party for party in ("BUYER", "SELLER") if party in [s[0] for s in slots]]
        self.row("a8")
        self.evidence_round(case, who, slots)

    def check_ruling(self, case, ruling, checks, founded=True, lands=True):
        outcome, remedy = ruling["outcome"], ruling["remedy"]
        amount, quantity = ruling["amount"]["units"], ruling.get("quantity", 0)
        gives = outcome in ("BUYER", "SPLIT")
        units = min(quantity or case.quantity, case.quantity)
        fits = quantity <= case.quantity and (units == case.quantity
                                              or not self.money_was_sent(case))
        checks.need(fits, "OUT_OF_QUANTITY")
        checks.need(not founded or case.liability != "UNSPECIFIED", "NO_FINDING")
        checks.need(lands and not case.landed_first or remedy not in GOODS_KINDS,
                    "UNSUPPORTED_REMEDY")  # 0009 (55)
        checks.need(ruling["amount"]["currency"] == self.order.currency, "OTHER_CURRENCY")
        if not gives:
            checks.need(amount == 0 and remedy == "NONE", "OUTCOME_AND_AMOUNT_DISAGREE")
        else:
            checks.need(amount > 0 or remedy in GOODS_KINDS, "OUTCOME_AND_AMOUNT_DISAGREE")
            checks.need(self.ceiling_holds(case, remedy, amount), "OVER_THE_CEILING")
        shares = ruling.get("shares", [])
        checks.need(not shares or sum(s["basis_points"] for s in shares) == 10000,
                    "SPLIT_DOES_NOT_SUM")

    def on_RulingProposed(self, case):
        ruling = self.body
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(PLATFORM_ROLES)
        if case.overlay != "REVIEW":
            refuse("NOT_EXPECTED_NOW")
        checks = Checks()
        checks.need(not case.proposal, "PROPOSAL_PENDING")
        self.check_ruling(case, ruling, checks)
        checks.done()
        limit = case.pack.authority_limit
        if ruling["amount"]["units"] > limit["units"]:
            self.row("a9")
            case.proposal = (self.actor, ruling)
            return
        self.rule_as(case, "a9b", ruling, [self.actor])

    def rule_as(self, case, label, ruling, authors):
        self.split(case, ruling.get("quantity", 0) or case.quantity)
        shares = [(s["bearer"], s["basis_points"]) for s in ruling.get("shares", [])]
        self.rule(case, label, ruling["outcome"], ruling["remedy"], ruling["amount"]["units"],
                  shares, authors)

    def rule(self, case, label, outcome, remedy, amount, shares, authors):
        """A ruling: its legs stand RESERVED until it is final, or the pack pays first."""
        self.row(label)
        case.proposal = None
        case.outcome = outcome
        case.authors += authors
        case.waived_by = []
        self.to_review_by(case, "RULED")
        self.arm(case, "T10", of_overlay=True)
        self.decide_ruling(case, outcome, remedy, amount, shares)
        self.free_appealed(case)
        case.just_ruled = True  # a10p is of the same step

    def decide_ruling(self, case, outcome, remedy, amount, shares):
        case.ruled_void = outcome == "VOID"
        by_landing = outcome in ("NONE", "VOID") or (outcome == "SELLER" and case.money_first)
        if by_landing and not case.landed_first:
            # Nothing is taken back by the ruling itself: L8 nothing, L9 as row 28, L7b RECOVERY.
            self.take_what_is_of_no_unit(case)
            had = [leg for leg in self.case_legs(case) if leg.to == "BUYER"
                   and not leg.own and not self.is_freight(leg)
                   and leg.state in UNSENT + REPLACEABLE]
            kept = [leg for leg in had if leg.state in ("RESERVED", "HELD")]
            if kept:
                case.voided_at_close = kept
            had += [leg for leg in self.case_legs(case) if leg.bearer == "BUYER"
                    and leg.kind in ("CLAWBACK", "RECOVERY")
                    and leg.state in UNSENT + REPLACEABLE]
            had += self.open_differences(case)
            for leg in had:
                self.to_state(leg, "VOID")
            case.remedy = remedy
            case.decisions.append(0)
            case.decided_in_overlay = True
            return
        self.decide(case, remedy, amount, shares=shares)

    def on_RulingApproved(self, case):
        author, ruling = self.pending(case)
        checks = Checks().need(self.actor != author, "SAME_AUTHOR")
        self.check_ruling(case, ruling, checks)
        checks.done()
        self.rule_as(case, "a10", ruling, [author, self.actor])

    def on_RulingRejected(self, case):
        author, _ = self.pending(case)
        Checks().need(self.actor != author, "SAME_AUTHOR").done()
        self.row("a11")
        case.proposal = None

    def pending(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(PLATFORM_ROLES)
        if case.overlay != "REVIEW":
            refuse("NOT_EXPECTED_NOW")
        if not case.proposal:
            refuse("NO_PROPOSAL_PENDING")
        return case.proposal

    def may_appeal(self, case):
        """Who lost something by the ruling that stands."""
        parties = []
        if case.outcome in ("SELLER", "NONE", "VOID"):
            parties.append("BUYER")
        elif case.outcome == "SPLIT" or (case.remedy not in GOODS_KINDS
                                         and case.decisions[-1] < self.effective_ask(case)):
            parties.append("BUYER")
        if case.outcome in ("BUYER", "SPLIT") and (case.decisions[-1] > 0
                                                   or case.remedy in GOODS_KINDS):  # 0009 (29)
            parties.append("SELLER")
        return [p for p in parties if p not in case.appealed_by]

    def on_AppealWaived(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(("BUYER", "SELLER"))
        if case.overlay != "RULED":
            refuse("NOT_EXPECTED_NOW")
        able = [p for p in self.may_appeal(case) if p not in case.waived_by]
        Checks().need(self.role in able, "MAY_NOT_APPEAL").done()
        case.waived_by.append(self.role)
        if len(able) > 1:
            self.row("a12w")
        elif not case.landed_first:
            self.ruling_final(case, "a12b")
        else:
            self.window_over(case, "a12d")

    def ruling_final(self, case, label):
        case.ruled = True
        self.final(case, label, False)
        self.land_outcome(case, label)

    def window_over(self, case, label):
        """FINAL after a10p: what was paid stands."""
        more = any(leg.state in UNSENT for leg in self.decided_legs(case))
        self.after_first_landing(case, "a12e" if more else label)

    def after_first_landing(self, case, label):
        case.ruled = True
        returning = case.remedy == "RETURN_REFUND" and case.outcome in ("BUYER", "SPLIT")
        self.final(case, label, False)
        for d in list(self.order.deadlines):
            if d.case != case.number or d.leg is not None or d.timer not in PHASE_TIMERS:
                continue
            if d.timer in ("T3", "T5") and returning:
                self.resume(d, "overlay")
            else:
                self.order.deadlines.remove(d)
        waiting = any(leg.state == "RESERVED" for leg in self.decided_legs(case))
        if waiting and case.phase == "CLOSED":
            case.phase, case.close_reason = "SETTLING", "NONE"

    def on_AppealFiled(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(("BUYER", "SELLER"))
        if case.overlay not in ("RULED", "APPEALED"):
            refuse("NOT_EXPECTED_NOW")
        able = [p for p in self.may_appeal(case) if p not in case.waived_by]
        Checks().need(self.role in able, "MAY_NOT_APPEAL").done()
        if case.overlay == "APPEALED":
            self.row("a13j")
            case.appealed_by.append(self.role)
            return
        self.row("a13")
        case.appealed_by.append(self.role)
        self.store(case, self.body.get("evidence", []), in_round=False)
        self.hold(case)
        self.to_review_by(case, "APPEALED")
        self.arm(case, "T13", of_overlay=True)

    def hold(self, case):
        for leg in self.case_legs(case):
            if leg.state in ("RESERVED", "HELD") and leg.kind != "FREIGHT_RETURN":
                if leg.state == "RESERVED":
                    self.to_state(leg, "HELD", "m5")
                leg.held_by_appeal = True

    def on_AppealDecided(self, case):
        body, result = self.body, self.body["result"]
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(PLATFORM_ROLES)
        if case.overlay != "APPEALED":
            refuse("NOT_EXPECTED_NOW")
        checks = Checks().need(self.actor not in case.authors, "REVIEWER_WAS_AUTHOR")
        ruling = body.get("ruling")
        if result in ("OVERTURNED", "VARIED"):
            self.check_ruling(case, ruling, checks)
        checks.done()
        if result == "REMANDED":
            self.row("a14d")
            self.review(case, again=True)
            return
        case.authors.append(self.actor)
        if result == "UPHELD":
            if case.landed_first:
                self.after_first_landing(case, "a14e")
            else:
                self.ruling_final(case, "a14a")
            return
        case.outcome = ruling["outcome"]
        shares = [(s["bearer"], s["basis_points"]) for s in ruling.get("shares", [])]
        if case.landed_first:
            was = self.before(case)
            self.decide(case, ruling["remedy"], ruling["amount"]["units"], shares=shares)
            more = self.money_of(ruling["remedy"], ruling["amount"]["units"]) > was
            self.after_first_landing(case, "a14f" if more else "a14e")
            return
        self.decide_ruling(case, ruling["outcome"], ruling["remedy"], ruling["amount"]["units"],
                           shares)
        self.ruling_final(case, "a14b" if result == "OVERTURNED" else "a14c")

    def on_InterventionWithdrawn(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        if case.overlay not in ("REQUESTED", "NEGOTIATING", "EVIDENCE"):
            refuse("NOT_EXPECTED_NOW")
        checks = Checks()
        checks.need(not case.opened_by_row and self.role == case.help_asked_by, "NOT_WHO_ASKED")
        checks.need(not case.decided_in_overlay, "ALREADY_DECIDED").done()
        if case.return_lost:
            remedy, amount = self.fallback(case)
            pays = self.ask_pack(case, "loss") == "PAY" and amount > 0 and \
                self.ceiling_holds(case, remedy, amount)
            self.withdraw_overlay(case, "a15c" if pays else "a15d")
            case.return_lost = False
            self.loss(case, "a15c", "a15d")
        elif case.phase == "AWAIT_BUYER_RETURN" and case.goods in ("RETURN_IN_TRANSIT",
                                                                   "AT_SELLER"):
            self.withdraw_overlay(case, "a15b")
            self.return_shipped(case, "a15b")
        elif case.phase in ("AWAIT_BUYER_RECEIPT", "AWAIT_SELLER_SHIP") and case.out_received:
            due = case.difference or case.extra or self.freight_waits(case)
            self.withdraw_overlay(case, "a15h" if due else "a15g")
            self.got_replacement(case, "a15g", "a15h")
        elif case.phase == "AWAIT_BUYER_RECEIPT" and case.out_goods == "LOST":
            self.withdraw_overlay(case, "a15e")
            self.move(case, "AWAIT_SELLER_SHIP", "a15e")
            self.arm(case, "T6")
        elif case.phase == "AWAIT_SELLER_SHIP" and case.out_goods in ("SHIPPED", "WITH_BUYER"):
            self.withdraw_overlay(case, "a15i")
            self.await_receipt(case, "a15i")
        elif case.phase == "AWAIT_SELLER_RECEIPT" and case.intercept_failed:
            self.withdraw_overlay(case, "a15f")
            case.intercept_failed = False
            self.await_return(case, "a15f")
        else:
            self.withdraw_overlay(case, "a15a")

    def on_RulingSetAside(self, case):
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(PLATFORM_ROLES)
        if case.overlay != "FINAL" or case.final_by_agreement or not case.decisions or \
                case.voided and not case.ruled_void:
            refuse("NOT_EXPECTED_NOW")
        second = self.body["approved_by"]
        ok = second["role"] in PLATFORM_ROLES and second["id"] != self.actor
        Checks().need(ok, "SAME_AUTHOR").done()
        self.row("a16")
        case.reopening += 1
        case.landed_first = case.voided = False
        case.appealed_by = []
        self.hold(case)
        self.review(case, again=True)

    def on_Rearbitrated(self, case):
        ruling, second = self.body["ruling"], self.body["approved_by"]
        if case is None:
            refuse("CASE_NOT_NAMED")
        self.may(PLATFORM_ROLES)
        if case.phase == "NONE" or case.close_reason == "SYSTEM_VOID":
            refuse("NOT_EXPECTED_NOW")
        if case.live:
            refuse("ARBITRATION_IS_LIVE")
        pack = self.packs.by_placeholder(self.body["pack"])
        checks = Checks()
        checks.need(second["role"] in PLATFORM_ROLES and second["id"] != self.actor, "SAME_AUTHOR")
        checks.need(pack is not None, "NO_SUCH_PACK")
        again = case.phase in ("SETTLING", "CLOSED")
        remedy, amount = ruling["remedy"], ruling["amount"]["units"]
        if again and self.money_of(remedy, amount) != self.stands(case):
            self.check_ruling(case, ruling, checks, founded=False, lands=False)
        checks.done()
        case.pack = pack
        if not again:
            self.row("29c")
        elif self.money_of(remedy, amount) == self.stands(case):
            self.row("29b")
        else:
            self.row("29a")
            case.outcome = ruling["outcome"]
            case.final_by_agreement = False
            shares = [(s["bearer"], s["basis_points"]) for s in ruling.get("shares", [])]
            case.phase, case.close_reason = "SETTLING", "NONE"
            self.end(case, "T9")
            self.decide(case, remedy, amount, shares=shares)
            case.voided_at_close = []

    def stands(self, case):
        """What the decision in force gives: what went, and what is still to go."""
        waiting = sum(leg.amount - leg.reversed for leg in self.decided_legs(case)
                      if leg.state in UNSENT + REPLACEABLE)
        return self.before(case) + waiting

    # ---- Money ----------------------------------------------------------------------------

    def on_RefundPaid(self, _):
        self.psp_answer()

    def on_RefundFailed(self, _):
        self.psp_answer()

    def psp_answer(self):
        self.may(("PSP", "PLATFORM"))
        leg = self.find_leg(self.body["leg"])
        if leg is None:
            return  # parked until it is stale
        self.answer(leg, self.body)

    def answer(self, leg, body):
        case = self.order.case(leg.case)
        retries = case.pack.limits["payout_retries"]
        if "failure" not in body:
            if leg.state in ("SUBMITTED", "FAILED", "SHORTFALL"):
                self.settled(leg)
            elif leg.state in UNSENT:
                self.order.parked.append((leg, body, self.at))
            return
        if leg.state in UNSENT:
            self.order.parked.append((leg, body, self.at))
            return
        if leg.state != "SUBMITTED":
            return
        taken = self.takings(leg, UNSENT)
        if self.takes(leg) and self.overhang(leg.cause) > 0:
            self.to_state(leg, "VOID")  # 0009 (53)
            self.take_again(leg.cause, leg, -self.overhang(leg.cause))
        elif taken and self.taken_back(leg) >= leg.amount - leg.reversed:
            for each in [leg] + taken:  # taken back already: not tried again
                self.to_state(each, "VOID")
        elif body["failure"] == "PERMANENT":
            self.failed_for_good(leg)
        elif body["failure"] == "RETRYABLE":
            if case.voided and leg.to == "BUYER" and not leg.own:
                self.to_state(leg, "VOID")
            elif leg.attempt > retries:
                self.failed_for_good(leg)
            else:
                self.to_state(leg, "FAILED", "m10")
                self.arm(case, "T15", role="PSP", leg=leg)
        elif body["failure"] == "INSUFFICIENT":
            if case.voided and leg.to == "BUYER" and not leg.own:
                self.to_state(leg, "VOID")
            elif leg.attempt > retries:
                self.short_for_good(leg)
            else:
                self.to_state(leg, "SHORTFALL", "m12")
                self.arm(case, "T15", role="PSP", leg=leg)
        if leg.kind == "CLAWBACK" and leg.bearer != "BUYER":
            self.claim_behind(leg.cause)  # less may be due of it than when it was sent

    def short_for_good(self, leg):
        case = self.order.case(leg.case)
        self.to_state(leg, "OWED", "m14")
        if leg.bearer == "MERCHANT" and leg.to == "BUYER" and leg.kind != "VOUCHER":
            self.to_state(leg, "REROUTED", "m15")
            new = self.follow_leg(leg, leg.destination)
            new.kind, new.bearer, new.final_bearer = "ADVANCE", "PLATFORM", "MERCHANT"

    def on_RefundReversed(self, _):
        self.may(("PSP", "PLATFORM"))
        leg = self.find_leg(self.body["leg"])
        if leg is None or leg.state != "SETTLED":
            return
        amount = self.body["amount"]["units"]
        checks = Checks()
        checks.need(self.body["amount"]["currency"] == self.order.currency, "OTHER_CURRENCY")
        checks.need(0 < amount, "AMOUNT_NOT_POSITIVE")
        checks.need(amount <= leg.amount, "TOO_MUCH").done()
        case = self.order.case(leg.case)
        self.to_state(leg, "REVERSED", "m16")
        leg.reversed = amount
        leg.reversals += 1
        again = amount
        if leg.to == "BUYER":
            again = self.drop_from_takings(leg, amount)
        elif leg.kind in ("CLAWBACK", "RECOVERY"):
            again = min(amount, max(0, self.taken_again(leg, amount)))
        if again > 0:
            destination = self.other_destination(leg)
            new = self.successor(leg, again, destination)
            if destination:
                self.to_the_bank(new)
            if not destination or leg.reversals >= 3:
                self.to_state(new, "OWED")
        if leg.to == "BUYER":
            self.claim_behind(leg)
        if case.live or leg.to != "BUYER":
            return
        if case.phase == "CLOSED" and case.close_reason in ("SETTLED", "FULFILLED"):
            self.back_to_settling(case, "24a")
        elif case.phase == "SETTLING":
            self.row("24b")
        elif case.phase == "CLOSED" and case.close_reason == "PAYOUT_IMPOSSIBLE":
            self.back_to_settling(case, "24b")

    def taken_again(self, leg, amount):
        """Others may take it back as well, or it came back itself meanwhile."""
        if self.takes(leg):
            return -self.overhang(leg.cause)
        if leg.cause.final_bearer:
            return self.due_of(leg.cause) - sum(self.kept_claim(x) for x in self.claims(leg.cause))
        return amount

    def take_again(self, leg, dropped, amount):
        if dropped and amount > 0:
            self.take_back(self.order.case(leg.case), leg, dropped.kind, amount)

    def drop_from_takings(self, leg, amount):
        """What was to be taken back has come by itself; returns what is to be paid again."""
        waiting = self.takings(leg, UNSENT + REPLACEABLE)
        left = amount - sum(x.amount - x.reversed for x in waiting)
        for each in waiting:
            self.to_state(each, "VOID")
        self.take_again(leg, waiting[-1] if waiting else None, -left)
        left -= self.give_back_overhang(leg)
        return max(0, left - max(0, self.overhang(leg, ("SETTLED", "REVERSED", "SUBMITTED"))))

    def back_to_settling(self, case, label):
        self.row(label)
        self.end(case, "T9")
        case.phase, case.close_reason = "SETTLING", "NONE"

    def on_PayoutDestinationGiven(self, _):
        self.may(("BUYER", "PLATFORM"))
        leg = self.find_leg(self.body["leg"])
        if leg is None:
            return  # parked until it is stale
        if leg.state != "OWED":
            refuse("NOT_EXPECTED_NOW")
        case = self.order.case(leg.case)
        destination = self.body["destination"]
        if leg.to == "BUYER":  # 0009 (49): what somebody else gave is not where the buyer is paid
            self.order.destinations.append(destination)
        self.to_state(leg, "REROUTED", "m15")
        self.to_the_bank(self.follow_leg(leg, destination))
        if case.phase == "CLOSED" and case.close_reason == "PAYOUT_IMPOSSIBLE" and not case.live:
            self.back_to_settling(case, "25a")

    def on_PaymentDisputeOpened(self, _):
        self.may(("PSP", "PLATFORM"))
        name = self.body["dispute"]
        if name in self.order.disputes:
            return
        checks = Checks()
        checks.need(self.body["amount"]["units"] > 0, "AMOUNT_NOT_POSITIVE")
        checks.need(self.body["amount"]["currency"] == self.order.currency, "OTHER_CURRENCY")
        checks.done()
        self.row("27")
        refundable = self.body.get("refundable", False)
        self.order.disputes[name] = {"amount": self.body["amount"]["units"], "state": "OPEN",
                                     "refundable": refundable}
        if refundable:
            return
        for leg in self.order.legs:
            if self.of_order(leg) and leg.state in ("RESERVED", "HELD"):
                if leg.state == "RESERVED":
                    self.to_state(leg, "HELD", "m5")
                leg.held_by_dispute = True

    def on_PaymentDisputeClosed(self, _):
        self.may(("PSP", "PLATFORM"))
        dispute = self.order.disputes.get(self.body["dispute"])
        if dispute is None:
            refuse("NO_SUCH_DISPUTE")
        if dispute["state"] != "OPEN":
            return
        won = self.body["result"] == "WON"
        dispute["state"] = "WON" if won else "LOST"
        self.row("27a" if won else "27b")
        for leg in self.order.legs:
            if not leg.held_by_dispute or leg.state != "HELD":
                continue
            if not won:
                leg.held_by_dispute = False
                self.to_state(leg, "VOID")
            elif not self.bank_blocks():
                leg.held_by_dispute = False
                if not leg.held_by_appeal:
                    self.to_state(leg, "RESERVED", "m6")
        if not won:  # 0009 (50)
            self.void_for_lost_dispute()

    def void_for_lost_dispute(self):
        """No money is left for what the bank has paid: the newest falls first."""
        for leg in reversed(self.order.legs[:]):
            if money.order_remaining(self.order) >= 0:
                return
            is_its_money = self.of_order(leg) and leg.bucket in money.MONEY_BUCKETS
            if is_its_money and leg.state in UNSENT + REPLACEABLE:
                self.to_state(leg, "VOID")

    # ---- Deadlines that pass --------------------------------------------------------------

    def passed(self, d):
        case = self.order.case(d.case)
        getattr(self, "passed_" + d.timer)(case, d)

    def default(self, case, who):
        if case.overlay == "FINAL" and case.final_by_agreement:
            case.in_default = who

    def passed_T0(self, case, _):
        self.row("T0")
        case.ready = True

    def passed_T1(self, case, _):
        remedy, ask = REMEDY_OF_KIND[case.kind], self.effective_ask(case)
        accepts = self.ask_pack(case, "timeout") == "ACCEPT" and \
            self.ceiling_holds(case, remedy, ask)
        if accepts:
            registered = self.order.return_address
            if registered and registered != case.invalid_address:
                case.own_address = case.return_address = registered
            if case.kind in GOODS_KINDS:
                self.decide_goods(case, remedy, self.beside(case, ask))
            else:
                self.decide(case, remedy, ask)
            self.land(case, remedy, "9")
        else:
            self.row("9d")
            self.request(case, "a1f" if case.overlay == "FINAL" else "a1c", by_row=True)

    def passed_T2(self, case, d):
        for offer in case.offers:
            offer["open"] = False
        if d.of_overlay:
            self.row("a5c")
            running = self.find(case, "T11")
            if running:
                self.resume(running, "offer")
            else:
                self.arm(case, "T11", of_overlay=True)
        else:
            self.offer_gone(case, "7b", "7d", "BUYER_EXPIRED")

    def passed_T3(self, case, _):
        self.default(case, "BUYER")
        if case.phase == "AWAIT_BUYER_RETURN" and case.goods == "LOST" and not case.shipped_back:
            self.never_came(case)
        elif case.phase == "AWAIT_BUYER_RETURN":
            self.take_what_is_of_no_unit(case)
            self.void_unsent(case)
            self.close(case, "BUYER_EXPIRED", "12", t9=True)
        elif self.money_gone_first(case):
            self.row("F5b")
            self.take_what_is_of_no_unit(case)
            for leg in self.case_legs(case):  # what has not gone does not go any more (m8, m8b)
                if leg.to == "BUYER" and not leg.own and (
                        leg.state in UNSENT or leg.state in REPLACEABLE
                        and not self.is_freight(leg)):
                    self.to_state(leg, "VOID")
            self.recover(case)

    def passed_T4(self, case, _):
        label = "10" if case.phase == "SELLER_REFUSED" else "19"
        self.take_what_is_of_no_unit(case)
        self.void_unsent(case)
        for leg in self.case_legs(case):
            if self.takes(leg) and leg.state in UNSENT + REPLACEABLE:
                self.to_state(leg, "VOID")
        if self.before(case) > 0:  # 0009 (61)
            self.claw_back(case, self.before(case))
        case.remedy = ""  # the refusal stands
        self.close(case, "SELLER_REFUSED_FINAL", label, t9=True)

    def passed_T5(self, case, _):
        self.default(case, "SELLER")
        if case.phase == "AWAIT_SELLER_RECEIPT":
            case.goods = "INSPECTED_OK"
            case.received = case.accepted = case.shipped_back = case.quantity
            if self.goods_kind(case):
                self.move(case, "AWAIT_SELLER_SHIP", "15b")
                self.arm(case, "T6")
            else:
                # "decision by TIMEOUT, full quantity" (0009, 22): what stands ready, decided anew
                case.decisions.append(self.decided_amount(case))
                self.settling(case, "15a")
        elif self.money_gone_first(case):
            self.row("F5c")
            if case.goods != "LOST":
                case.goods = "INSPECTED_OK"
            case.accepted = case.quantity
            self.end_return(case)

    def passed_T6(self, case, _):
        self.default(case, "SELLER")
        self.unfulfilled(case, "21a", "21b")

    def passed_T7(self, case, _):
        self.got_replacement(case, "22c", "22d")

    def passed_T8(self, case, d):
        case.asked = [party for party in case.asked if party != d.role]
        if case.asked:
            self.row("a7a")
        else:
            self.row("a7b")
            self.review(case)

    def passed_T9(self, _case, _):
        self.row("T9")

    def passed_T10(self, case, _):
        if case.landed_first:
            self.window_over(case, "a12c")
        else:
            self.ruling_final(case, "a12a")

    def passed_T11(self, case, _):
        self.row("a5a")
        self.evidence_round(case, ["BUYER", "SELLER"], case.pack.slots)

    def passed_T12(self, case, d):
        leg = d.leg
        self.row("m18")
        leg.queries += 1
        if leg.queries < case.pack.limits["payout_queries"]:
            self.arm(case, "T12", role="PSP", leg=leg)

    def passed_T13(self, case, _):
        self.row("a19")
        self.arm(case, "T13", of_overlay=True)

    def passed_T14(self, case, _):
        self.default(case, "SELLER")
        if self.goods_kind(case):
            amount = money.refundable(self.order, self.line(case), case.quantity, case)
        else:
            amount = self.decided_amount(case)
        nothing = self.goods_kind(case) and not amount
        if nothing or not self.ceiling_holds(case, "REFUND_ONLY", amount):
            self.row("12c")
            self.request(case, "a1f" if case.overlay == "FINAL" else "a1c", by_row=True)
            return
        if case.kind in GOODS_KINDS:
            self.decide(case, "REFUND_ONLY", amount)
            case.ask = amount
        else:  # what was reserved stands, whoever bears it
            case.remedy = "REFUND_ONLY"
        case.kind = "REFUND_ONLY"
        if case.invalid_address and not case.freight_claimed and case.pack.freight_flat:
            case.freight_claimed = True
            self.new_leg(case, "FREIGHT_RETURN", "MERCHANT", "BUYER", case.line, "UNSPECIFIED",
                         case.pack.freight_flat, "PROPOSED")
        case.goods = "WAIVED"
        self.settling(case, "12b")

    def passed_T15(self, case, d):
        leg = d.leg
        if not self.may_send(leg):  # 0012 (28)
            self.row("m11w")
            leg.try_due = True
            return
        self.try_again(leg)

    def try_again(self, leg):
        self.row("m11" if leg.state == "FAILED" else "m17")
        self.submit(leg)

