#!/usr/bin/env python3
"""Checks the form of expected.txt (the transcription of case-model.md), not the code.

    check_expected.py [FILE] [--page case-model.md]

Exits 1 with file:line for every error. With --page every label of the page's
tables is looked for in the file, and the other way round.
"""
import os
import re
import sys

LAND = {
    "L1": "SETTLING", "L2": "AWAIT_BUYER_RETURN", "L3": "SETTLING", "L4": "AWAIT_BUYER_RETURN", "L5": "AWAIT_SELLER_SHIP",
    "L6": "AWAIT_SELLER_RECEIPT", "L7b": "CLOSED:RULED_FOR_SELLER", "L7": "CLOSED:RULED_FOR_SELLER", "L8": "CLOSED:DISMISSED",
    "L9": "CLOSED:SYSTEM_VOID",
}
SIX, TEN = list(LAND)[:6], list(LAND)
LANDS = {
    "PHASE": {"4g": SIX, "6": SIX, "6b": SIX, "9": SIX},
    "OVERLAY": {"a2": SIX, "a4": SIX, "a4b": SIX, "a10p": ["L1", "L3"], "a12a": TEN, "a12b": TEN, "a14a": TEN, "a14b": TEN, "a14c": TEN},
}
REASONS = """SETTLED FULFILLED SELLER_REFUSED_FINAL BUYER_EXPIRED BUYER_WITHDREW RULED_FOR_SELLER DISMISSED PAYOUT_IMPOSSIBLE
    SYSTEM_VOID""".split()
PHASES = set("""NONE FILED AWAIT_SELLER SELLER_REFUSED AWAIT_BUYER_OFFER AWAIT_BUYER_RETURN AWAIT_SELLER_RECEIPT RECEIPT_REFUSED
    AWAIT_SELLER_SHIP AWAIT_BUYER_RECEIPT SETTLING""".split()) | {"CLOSED:" + r for r in REASONS}
OVERLAYS = set("NONE REQUESTED NEGOTIATING EVIDENCE EVIDENCE:BOTH REVIEW RULED APPEALED FINAL WITHDRAWN".split())
LEGS = set("PROPOSED RESERVED HELD SUBMITTED SETTLED FAILED SHORTFALL OWED REROUTED REVERSED VOID".split())
FROM = {"PHASE": PHASES | {"OPEN", "ANY"}, "FACT": PHASES | {"ANY"}, "OVERLAY": OVERLAYS, "LEG": LEGS | {"-"}}
TO = {"PHASE": PHASES | {"SAME", "LAST_OPEN"}, "FACT": {"SAME"}, "OVERLAY": OVERLAYS | {"SAME", "EVIDENCE:OTHER"}, "LEG": LEGS}
# Labels whose lines may differ in "to". The page gives every row one target, landings have labels of their own: none.
SEVERAL_TARGETS = {}
TIMERS = {"T%d" % n for n in list(range(0, 16)) + list(range(20, 28))}
TRIGGERS = set("""ready legs-done named-grace direct-ruling row-asks-for-help review-entered same-step case-withdrawn order-voided reserve
    freight-approved freight-on-buyer may-be-sent not-needed last-retry-failed""".split())
# 3.0, column "name"; then the names that only the rows of 3.2 have
EVENTS = set("""RefundRequested ComplaintFiled OfferMade OfferChosen OfferDeclined RefundAmended RefundAccepted RefundRejected
    RefundWithdrawn CaseReopened SettlementAgreed ReturnAddressGiven ReturnAddressInvalid ReturnShipped DeliveryScan ReturnReceived
    ReturnInspected InterceptFailed ParcelLost ReplacementShipped RepairDone ResendShipped SellerCannotFulfil ReplacementReceived
    PaymentDisputeOpened PaymentDisputeClosed OrderVoided FraudStop Rearbitrated DeadlineExtended PlatformHelpRequested
    PlatformIntervened InterventionOpened InterventionWithdrawn EvidenceSubmitted EvidenceRequested RulingProposed RulingApproved
    RulingRejected LiabilityAssessed AppealFiled AppealDecided AppealWaived RulingSetAside RefundPaid RefundFailed RefundReversed
    PayoutDestinationGiven DrawGranted DrawRefused VoucherGrantRequested VoucherRedeemed VoucherGranted VoucherExpired VoucherRevoked
    OrderPaid PriceSnapshotRecorded OrderCancelled BuyerMessage SellerReply SellerStandingSnapshot ProductRatingSnapshot
    AbuseAssessed BuyerTierSnapshot OutageDeclared
    TrackAnomaly ProductIntercepted PresaleDepositPaid PresaleBalancePaid PromiseRecorded OrderCompleted ShipmentDeclared CarrierScan
    ChatMonitoringFlag SatisfactionRated BuyerBlocked AfterSalesApplyClicked IssueCardSubmitted IssueCardAnswered
    EntranceOpenRequested EntranceReopened ExternalComplaintReceived SafetyEscalated""".split())
LABEL = {"PHASE": r"\d+[a-z]?", "OVERLAY": r"a\d+[a-z]?", "LEG": r"m\d+[a-z]?", "FACT": r"F\d+[a-z]?"}
TOKEN = r"[a-z][a-z0-9_]*|L[1-9]|L7b"

errors = []


def check(path):
    def err(n, text):
        errors.append("%s:%d: %s" % (path, n, text))

    seen, targets, order, used, legend, questions = {}, {}, {}, {}, {}, []
    in_legend, last_token = False, ""
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    if lines[-1] != "":
        err(len(lines), "no newline at the end")
    for n, line in enumerate(lines[:-1], 1):
        if line != line.rstrip():
            err(n, "blanks at the end of the line")
        if line.startswith("# LEGEND"):
            in_legend = True
            continue
        if line.startswith("# QUESTION "):
            m = re.match(r"# QUESTION ([A-Za-z0-9]+): \S", line)
            if not m:
                err(n, "QUESTION without label")
            else:
                questions.append((n, m.group(1)))
            continue
        if line.startswith("#") or line == "":
            if in_legend and line:
                m = re.match(r"# (%s): \S" % TOKEN, line)
                if not m:
                    err(n, "no legend line: # token: sentence")
                    continue
                tok = m.group(1)
                if tok in legend:
                    err(n, "token %s twice in the legend" % tok)
                elif tok < last_token:
                    err(n, "legend not sorted: %s after %s" % (tok, last_token))
                legend[tok], last_token = n, tok
            continue
        if in_legend:
            err(n, "a row after the legend")
        fields = line.split(" | ")
        if len(fields) != 6 or any(x != x.strip() or x == "" for x in fields):
            err(n, "not six fields")
            continue
        table, label, frm, event, guards, to = fields
        if table not in LABEL:
            err(n, "unknown table %s" % table)
            continue
        # label and landing
        base, _, land = label.partition("-")
        if not re.fullmatch(LABEL[table], base):
            err(n, "label %s is not one of table %s" % (label, table))
        lands = LANDS.get(table, {}).get(base)
        if (lands is None) != (land == "") or (land and land not in (lands or [])):
            err(n, "landing %s does not follow from %s" % (land or "(none)", base))
        key = (table, label)
        if key in targets and targets[key][0] != to and label not in SEVERAL_TARGETS.get(table, ()):
            err(n, "%s has target %s, in line %d %s" % (label, to, targets[key][1], targets[key][0]))
        targets.setdefault(key, (to, n))
        labels = order.setdefault(table, [])
        if label in labels and labels[-1] != label:
            err(n, "lines of %s are not together" % label)
        if label not in labels:
            labels.append(label)
        if line in seen:
            err(n, "same as line %d" % seen[line])
        seen[line] = n
        # from
        states = frm.split(",")
        for s in states:
            if s not in FROM[table]:
                err(n, "unknown state %s" % s)
        if len(set(states)) != len(states):
            err(n, "a state twice")
        # event
        for e in event.split(","):
            m = re.fullmatch(r"(T\d+) passed", e)
            if m:
                if m.group(1) not in TIMERS:
                    err(n, "unknown timer %s" % m.group(1))
            elif e not in EVENTS and e not in TRIGGERS:
                err(n, "unknown event %s" % e)
        # guards
        toks = [] if guards == "-" else guards.split(" ")
        names = [t[1:] if t.startswith("!") else t for t in toks]
        for t in names:
            if not re.fullmatch(TOKEN, t) or re.fullmatch(r"g\d+", t) and t not in {"g%d" % i for i in range(1, 12)}:
                err(n, "bad token %s" % t)
            used.setdefault(t, n)
        if len(set(names)) != len(names):
            err(n, "a token twice in a row")
        in_guards = [t for t in toks if t.lstrip("!") in LAND]
        if in_guards != ([land] if land else []):
            err(n, "landing tokens %s with label %s" % (in_guards, label))
        # to
        parts = to.split(" / ")
        if len(parts) > 2 or len(parts) == 2 and table != "OVERLAY":
            err(n, "bad target %s" % to)
        if parts[0] not in TO[table]:
            err(n, "unknown target %s" % parts[0])
        if len(parts) == 2 and parts[1] not in PHASES:
            err(n, "unknown phase %s" % parts[1])
        if land and parts[-1] != LAND.get(land):
            err(n, "%s lands in %s" % (land, LAND.get(land)))
    for t, n in sorted(used.items()):
        if t not in legend:
            err(n, "token %s is not in the legend" % t)
    for t, n in sorted(legend.items()):
        if t not in used:
            err(n, "token %s of the legend is used nowhere" % t)
    bases = {t: list(dict.fromkeys(x.partition("-")[0] for x in ls)) for t, ls in order.items()}
    for n, label in questions:
        if not any(label in b for b in bases.values()):
            err(n, "QUESTION about unknown label %s" % label)
    for t, want in LANDS.items():
        for base, lands in want.items():
            got = [x.partition("-")[2] for x in order.get(t, []) if x.partition("-")[0] == base]
            if got != lands:
                err(1, "landings of %s are %s, not %s" % (base, got, lands))
    counts = {t: sum(1 for x in seen if x.startswith(t + " | ")) for t in LABEL}
    return bases, counts, len(questions), len(legend)


def page_labels(path):
    section, got = "", {t: [] for t in LABEL}
    with open(path, encoding="utf-8") as f:
        for line in f:
            m = re.match(r"### (3\.\d+)", line)
            if m:
                section = m.group(1)
            m = re.match(r"\| ([A-Za-z]?\d+[a-z]?) \|", line)
            if m:
                for t, s in (("PHASE", "3.2"), ("FACT", "3.2"), ("OVERLAY", "3.4"), ("LEG", "3.6")):
                    if s == section and re.fullmatch(LABEL[t], m.group(1)):
                        got[t].append(m.group(1))
    return got


def main(argv):
    page = None
    if "--page" in argv:
        i = argv.index("--page")
        page, argv = argv[i + 1], argv[:i] + argv[i + 2:]
    path = argv[0] if argv else os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected.txt")
    bases, counts, questions, legend = check(path)
    if page:
        for t, want in page_labels(page).items():
            got = bases.get(t, [])
            if got != want:
                errors.append("%s:1: labels of %s differ from the page: missing %s, too many %s%s" % (
                    path, t, [x for x in want if x not in got], [x for x in got if x not in want],
                    "" if set(got) != set(want) else ", or another order"))
    for e in errors:
        print(e, file=sys.stderr)
    if errors:
        return 1
    for t in LABEL:
        print("%-7s %3d lines, %3d rows of the page" % (t, counts[t], len(bases.get(t, []))))
    print("%d tokens, %d questions" % (legend, questions))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
