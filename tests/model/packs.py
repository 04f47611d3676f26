"""Packs: TOML as docs/formats/pack.md says, and the first rule that matches."""

import tomllib

import periods

# Questions on which a pack may be silent, and what holds then.
DEFAULTS = {"freight": "BUYER", "loss": "PAY", "unfulfilled": "REFUND", "pay_first": "NO",
            "money_first": "NO", "advance": "NO"}
QUESTIONS = ["route", "timeout", "payer", "ruling"] + list(DEFAULTS)


class Pack:
    def __init__(self, toml):
        self.platform = toml["platform"]
        self.name = toml["name"]
        self.effective_from = periods.instant(toml["effective_from"])
        self.kinds = {kind: periods.instant(clause["from"])
                      for kind, clause in toml["kinds"].items()}
        self.deadlines = {timer: periods.period(limit["limit"])
                          for timer, limit in toml["deadlines"].items()}
        self.seller_review = {kind: periods.period(limit["limit"])
                              for kind, limit in toml.get("seller_review", {}).items()}
        self.limits = {name: limit["value"] for name, limit in toml["limits"].items()}
        self.evidence_perishable = self._limit(toml.get("evidence", {}), "perishable")
        self.filing_window = self._limit(toml, "filing_window")
        self.return_in_transit = self._limit(toml, "return_in_transit")
        self.replacement_in_transit = self._limit(toml, "replacement_in_transit")
        self.report_window = self._limit(toml, "report_window")
        self.bad_reviews_over = toml["standing"]["bad_reviews_over"]["value"]
        self.violations_over = toml["standing"]["violations_over"]["value"]
        self.good_basis_points = toml["rating"]["good_reviews_below"]["basis_points"]
        self.awaits = [(each["fact"], each.get("complaints_only", False))
                       for each in toml.get("awaits", [])]
        arbitration = toml["arbitration"]
        self.first_step = arbitration["first_step"]
        self.evidence_from = arbitration["evidence_from"]
        self.slots = [(each["party"], each["slot"]) for each in arbitration.get("slots", [])]
        self.authority_limit = arbitration["authority_limit"]
        self.help_grounds = arbitration.get("help_grounds", [])
        self.rules = {}
        for question in QUESTIONS:
            rules = toml.get(question)
            if not rules:
                rules = [{"label": "default", "then": DEFAULTS[question]}]
            self.rules[question] = rules
        sums = toml.get("freight_sums", {})
        self.freight_flat = sums.get("flat", {}).get("units", 0)
        self.freight_cover_cap = sums.get("cover_cap", {}).get("units", 0)
        self.voucher_counts = toml.get("voucher_counts", False)
        self.fund_recovers = toml.get("fund_recovers", False)
        opens = toml.get("opens_case", {})
        self.lost_parcel_opens = opens.get("lost_parcel", False)
        self.intercepted_opens = opens.get("intercepted_product", False)

    def __deepcopy__(self, memo):
        return self  # never changes

    @staticmethod
    def _limit(toml, name):
        return periods.period(toml[name]["limit"]) if name in toml else None

    def limit(self, timer, kind, perishable):
        if timer == "T1" and kind in self.seller_review:
            return self.seller_review[kind]
        if timer == "T8" and perishable and self.evidence_perishable:
            return self.evidence_perishable
        return self.deadlines[timer]

    def answer(self, question, facts):
        for rule in self.rules[question]:
            if all(_holds(name, want, facts) for name, want in rule.get("when", {}).items()):
                return rule["then"]
        raise AssertionError("the last rule of a question has no condition")


def _holds(name, want, facts):
    if name == "ask_at_most":
        return facts["currency"] == want["currency"] and facts["ask"] <= want["units"]
    if isinstance(want, bool):
        want = "YES" if want else "NO"
    return facts[name] in (want if isinstance(want, list) else [want])


class PackBook:
    """The packs of a log, each in force from its effective_from until the platform's next."""

    def __init__(self, paths):
        self.packs = []
        for path in paths:
            with open(path, "rb") as file:
                self.packs.append(Pack(tomllib.load(file)))

    def in_force(self, platform, at):
        known = [p for p in self.packs if p.platform == platform and p.effective_from <= at]
        return max(known, key=lambda p: p.effective_from) if known else None

    def by_placeholder(self, text):
        """$packN: the N-th of the command line."""
        number = int(text[len("$pack"):]) if text.startswith("$pack") else 0
        return self.packs[number - 1] if 1 <= number <= len(self.packs) else None
