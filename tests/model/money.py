"""Buckets, ceilings and apportionment (case-model 3.5, 3.7; decision page 0009, 6 to 12)."""

from words import (BEARERS, BUCKETS, COUPONS, GOODS_BUCKETS, MONEY_BUCKETS, ORDER_MONEY,
                   REPLACEABLE, UNSENT)


def captured(line, bucket):
    value = line.buckets.get(bucket, 0)
    return value - value * line.cancelled // line.quantity


def counts(leg, voucher_counts=False):
    """Does the leg count against the ceiling?"""
    if leg.to != "BUYER" or leg.own or leg.state in ("VOID", "REROUTED"):
        return False
    return leg.kind in ORDER_MONEY or (leg.kind == "VOUCHER" and voucher_counts)


def still_given(order, leg):
    """What the buyer has of a leg, or is to have (0014): less what was reversed or taken back."""
    back = sum(each.amount - each.reversed - sum(own.amount - own.reversed for own in order.legs
                                                 if own.cause is each and own.own
                                                 and own.state not in ("VOID", "REROUTED"))
               for each in order.legs
               if each.cause is leg and each.bearer == "BUYER"
               and each.state in ("SETTLED", "REVERSED"))
    return max(0, leg.amount - leg.reversed - back)


def given(order, line, bucket, except_case=0, by_units=False):
    """What was given from a bucket, without the legs that a new decision of `except_case` voids."""
    total = 0
    for leg in order.legs:
        if not counts(leg, order.voucher_counts) or leg.line != line.line or leg.bucket != bucket:
            continue
        if by_units and not leg.by_units:
            continue
        if leg.case == except_case and except_case and leg.state in UNSENT + REPLACEABLE:
            continue
        total += still_given(order, leg)
    return total


def remaining(order, line, bucket, except_case=0):
    return max(0, captured(line, bucket) - given(order, line, bucket, except_case))


def order_remaining(order, except_case=0):
    left = 0
    for line in order.lines:
        for bucket in MONEY_BUCKETS:
            left += captured(line, bucket) - given(order, line, bucket, except_case)
    for dispute in order.disputes.values():
        if dispute["state"] in ("OPEN", "LOST"):
            left -= dispute["amount"]
    return left


def remaining_money(order, line, except_case=0):
    of_line = sum(remaining(order, line, bucket, except_case) for bucket in MONEY_BUCKETS)
    return max(0, min(of_line, order_remaining(order, except_case)))


def by_units(order, case):
    """Does a leg of the case give its money by units?"""
    return any(leg.case == case.number and leg.by_units and counts(leg)
               and still_given(order, leg) > 0 for leg in order.legs)


def units_given(order, line, except_case):
    """Units of other cases that were refunded by units, or will be."""
    return sum(case.quantity for case in order.cases if case.line == line.line
               and case.number != except_case and by_units(order, case))


def due_by_units(order, line, bucket, quantity, of_case):
    value = line.buckets.get(bucket, 0)
    before = units_given(order, line, of_case) + line.cancelled
    after = min(before + quantity, line.quantity)
    upto = value * after // line.quantity
    cancelled = value * line.cancelled // line.quantity
    due = upto - cancelled - given(order, line, bucket, of_case, by_units=True)
    return max(0, min(due, remaining(order, line, bucket, of_case)))


def takes_all_units(order, line, quantity, of_case):
    return units_given(order, line, of_case) + line.cancelled + quantity >= line.quantity


def freight_counts(order, line, quantity, case):
    """Do FREIGHT and PACKING of the line go back with these units?"""
    number = case.number if case else 0
    if not takes_all_units(order, line, quantity, number):
        return False
    if units_given(order, line, number) + line.cancelled >= line.quantity:
        return False  # units all of which are gone bring nothing with them
    if case is None:
        return True
    never_reached = case.goods in ("UNSHIPPED", "SHIPPED") or (
        case.goods == "LOST" and not case.return_parcel)
    return never_reached or case.liability != "BUYER"


def refundable(order, line, quantity, case):
    """What is refundable for the units (0009, 7)."""
    of_case = case.number if case else 0
    total = sum(due_by_units(order, line, bucket, quantity, of_case) for bucket in GOODS_BUCKETS)
    if freight_counts(order, line, quantity, case):
        total += remaining(order, line, "FREIGHT", of_case)
        total += remaining(order, line, "PACKING", of_case)
    return total


def largest_remainder(total, weights):
    """Shares of `total` by weight; what flooring leaves goes to the largest remainders, ties to the
    lower index."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    rest = [(-(total * weight % whole), index) for index, weight in enumerate(weights)]
    for _, index in sorted(rest)[:total - sum(shares)]:
        shares[index] += 1
    return shares


def apportion(order, line, case, amount, freight_first, by_units_allowed):
    """[(bucket, amount, by_units)] that sum to `amount`, and whether it went by units."""
    number = case.number
    if by_units_allowed and amount == refundable(order, line, case.quantity, case):
        shares = [(bucket, due_by_units(order, line, bucket, case.quantity, number), True)
                  for bucket in GOODS_BUCKETS]
        if sum(share[1] for share in shares) < amount:
            for bucket in ("FREIGHT", "PACKING"):
                shares.append((bucket, remaining(order, line, bucket, number), True))
        if sum(share[1] for share in shares) == amount:  # else an open dispute caps the order
            return _in_order(shares), True
    left, shares = amount, []
    if freight_first:
        part = min(left, remaining(order, line, "FREIGHT", number))
        shares.append(("FREIGHT", part, False))
        left -= part
    vector = [remaining(order, line, bucket, number) for bucket in GOODS_BUCKETS]
    part = min(left, sum(vector))
    if part:
        parts = largest_remainder(part, vector)
        shares += [(bucket, each, False) for bucket, each in zip(GOODS_BUCKETS, parts)]
        left -= part
    for bucket in ("PACKING",) if freight_first else ("FREIGHT", "PACKING"):
        part = min(left, remaining(order, line, bucket, number))
        shares.append((bucket, part, False))
        left -= part
    assert left == 0, "over the ceiling"
    return _in_order(shares), False


def _in_order(shares):
    return sorted((s for s in shares if s[1]), key=lambda s: BUCKETS.index(s[0]))


def bearers(amount, shares):
    """[(bearer, amount)]: by basis points, largest remainder, ties in the order of the bearers."""
    shares = sorted(shares, key=lambda s: BEARERS.index(s[0]))
    parts = largest_remainder(amount, [points for _, points in shares])
    return [(bearer, part) for (bearer, _), part in zip(shares, parts)]


def portions(shares, borne):
    """Buckets in order against bearers in order, each the smaller of what is left of both."""
    out, borne = [], [list(each) for each in borne if each[1]]
    for bucket, amount, by_units in shares:
        while amount:
            part = min(amount, borne[0][1])
            out.append((bucket, borne[0][0], part, by_units))
            amount -= part
            borne[0][1] -= part
            if not borne[0][1]:
                borne.pop(0)
    return out


def restored(order, line, case, by_units, bearer_list, voided_states=()):
    """[(kind, bucket, amount)] that goes back beside the money (0009, 10)."""
    out, number = [], case.number
    if by_units:
        for bucket in ("POINTS", "COINS"):
            out.append((bucket, bucket, due_by_units(order, line, bucket, case.quantity, number)))
    if takes_all_units(order, line, case.quantity, number) and (
            case.goods == "UNSHIPPED" or all(b in ("MERCHANT", "PLATFORM") for b in bearer_list)):
        if by_units:
            for bucket in COUPONS:
                whole = captured(line, bucket)
                if not given(order, line, bucket, number):
                    out.append(("COUPON_RESTORE", bucket, whole))
    return [each for each in out if each[2]]
