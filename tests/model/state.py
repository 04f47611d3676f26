"""The whole state of one order, as plain objects."""

from words import LIVE, OPEN


class Line:
    def __init__(self, paid_line):
        self.line = paid_line["line"]
        self.quantity = paid_line["quantity"]
        self.cancelled = 0
        self.perishable = paid_line.get("perishable", False)
        self.buckets = {"CASH": paid_line["paid"]["units"]}
        for each in paid_line.get("buckets", []):
            self.buckets[each["bucket"]] = each["amount"]["units"]
        self.supported = paid_line.get("supported", [])
        self.serial = paid_line.get("serial", "")


class Deadline:
    def __init__(self, timer, case, role, generation, due, of_overlay, leg):
        self.timer, self.case, self.role = timer, case, role
        self.generation, self.due, self.of_overlay, self.leg = generation, due, of_overlay, leg
        self.paused = set()  # why: "overlay", "offer", "address"
        self.remaining = None


class Leg:
    def __init__(self, case, kind, bearer, to, line, bucket, amount):
        self.case, self.kind, self.bearer, self.to = case, kind, bearer, to
        self.line, self.bucket, self.amount = line, bucket, amount
        self.by_units = False
        self.reversed = 0
        self.reversals = 0  # along the chain of its successors
        self.destination = ""
        self.tried = ()  # where this money was sent in vain, along the same chain
        self.cause = None  # RECOVERY, CLAWBACK: the leg that it takes back; or the one given back
        self.own = False  # what the buyer paid back of what came back: no decision's (0009, 53)
        self.final_bearer = None  # of an ADVANCE: who pays the platform back
        self.again = False  # it follows one that was sent
        self.held_by_appeal = False
        self.held_by_dispute = False
        self.state = "RESERVED"
        self.attempt = 0
        self.queries = 0
        self.try_due = False  # FAILED, SHORTFALL: what kept the try when its time came is still there

    def row(self):
        return [self.case, self.kind, self.bearer, self.to, self.line, self.bucket, self.amount,
                self.reversed, self.state]


class Case:
    def __init__(self, number):
        self.number = number
        self.reopening = 0
        self.kind = self.line = self.reason = ""
        self.past_reasons = []
        self.quantity = self.ask = self.extra = 0
        self.difference = 0  # what a goods remedy gives back in money
        self.by_complaint = self.platform_opened = self.in_time = False
        self.filer = ""
        self.pack = None
        self.facts = {}
        self.ready = False
        self.phase, self.close_reason = "NONE", "NONE"
        self.last_open_phase = "NONE"
        self.closed_without_count = False
        self.goods = "UNSHIPPED"
        self.undelivered = False  # RETURN_DUE, though the goods are still on their way out
        self.shipped_back = self.received = self.accepted = 0
        self.return_parcel = ""
        self.return_address = self.invalid_address = self.own_address = ""
        self.freight_claimed = False
        self.receipt = None
        self.money_first = self.intercepted = False
        self.out_goods, self.out_parcel, self.out_received = "UNSHIPPED", "", False
        self.return_lost = self.intercept_failed = False
        self.remedy = ""
        self.landed_first = False
        self.paying_first = False  # a10p, while that ruling stands
        self.return_refused = False  # F5a under a live overlay
        self.t14_left = None  # what was left of T14 when an address came
        self.voided = False
        self.just_ruled = False  # in this step
        self.ruled_void = False  # by the newest ruling
        self.settled_claim = False
        self.overlay, self.asked, self.outcome = "NONE", [], "UNSPECIFIED"
        self.final_by_agreement = False
        self.opened_by_row = False
        self.decided_in_overlay = False
        self.help_asked_by = ""
        self.in_default = ""
        self.help = {}  # requests by party
        self.round = 0
        self.slots = []
        self.sealed = []
        self.evidence = []  # dictionaries: hash, party, slot, round, late, shared
        self.liability = "UNSPECIFIED"
        self.proposal = None
        self.ruled = False  # ever
        self.offers = []  # dictionaries: number, by, options, open, of_overlay
        self.decisions = []
        self.refusal_ground = "UNSPECIFIED"
        self.waived_by, self.appealed_by, self.authors = [], [], []
        self.amendments = 0
        self.offers_by = {}
        self.voided_at_close = []
        self.generations = {}
        self.split_from = 0

    @property
    def open(self):
        return self.phase in OPEN

    @property
    def live(self):
        return self.overlay in LIVE


class Order:
    def __init__(self, key):
        self.key = key
        self.platform = key.split("/")[1]
        self.clock = 0
        self.paid_at = self.completed_at = None
        self.shipped = self.delivered = self.lost = False
        self.currency = ""
        self.return_address = ""
        self.lines, self.cases, self.legs, self.deadlines = [], [], [], []
        self.promises = []
        self.services = []
        self.parcels = []  # on their way out
        self.delivered_at = None
        self.disputes = {}
        self.destinations = []
        self.facts = {}
        self.ratings = {}
        self.parked = []  # (leg, event, at)
        self.seen = {}
        self.refusals = []
        self.failing = {}  # by claim: all codes that would do
        self.offers_made = 0
        self.voucher_counts = False

    def find_line(self, name):
        return next((line for line in self.lines if line.line == name), None)

    def case(self, number):
        return self.cases[number - 1]

    def visible_legs(self):
        """Legs that are not VOID, in the order that placeholders and outputs use (README.md)."""
        return sorted((leg for leg in self.legs if leg.state != "VOID"),
                      key=lambda leg: (leg.case, leg.kind, leg.to, leg.line, leg.bucket, leg.bearer,
                                       leg.amount, leg.reversed, leg.state))

    def report(self):
        cases = []
        for case in self.cases:
            cases.append({"number": case.number, "kind": case.kind, "quantity": case.quantity,
                          "phase": case.phase, "close_reason": case.close_reason,
                          "overlay": case.overlay, "outcome": case.outcome, "goods": case.goods,
                          "ask": case.ask, "decisions": list(case.decisions)})
        legs = [leg.row() for leg in self.visible_legs()]
        return {"key": self.key, "cases": cases, "legs": legs, "refusals": sorted(self.refusals)}

