// Vouchers, from grant to redemption, expiry and revocation (case-model.md rows 1f, F8, m1 to m3,
// T26). A settlement voucher is what a case came to: a debt, which draws on nothing (G-29). A
// goodwill voucher has no case, and is limited across orders by two accounts (G-85).
#pragma once

#include <cstdint>
#include <span>

#include "engine/arbiter/machine.h"
#include "engine/arbiter/row.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// The leg became SETTLED: its voucher is ISSUED, and T26 runs where the pack in force has one.
void IssueVoucher(Turn& turn, const Leg& leg, VoucherKind kind);

// VoucherRedeemed, VoucherGrantRequested: rows F8 and 1f. False, and `why` says so, if not allowed.
bool TakeVoucherEvent(Turn& turn, Trigger on, NotTaken* why);

// T26 passed: what was not redeemed expires.
void PassVoucherDeadline(Turn& turn);

// G-30: after a full refund or an overturned ruling. Settlement vouchers of that case are revoked
// as far as they were not redeemed. Returns what was redeemed, which stays with the buyer.
int64_t RevokeSettlementVouchers(Turn& turn, uint32_t case_number);

// Row 1f: what the pack gives for an anomaly on a parcel's way, once per parcel and kind.
void GrantAnomalyVoucher(Turn& turn, const Parcel& parcel, Anomaly kind);

// DrawGranted, DrawRefused for a leg of this order. False if no such leg is known.
bool TakeDrawAnswer(Turn& turn, Trigger on);

// m7, m9: goodwill vouchers that are RESERVED are issued, but for those that a PayoutHold keeps
// (Leg::by_brake). True if one moved. To be looked at after every step, and on release.
bool SendGoodwillVouchers(Turn& turn);

// What accounts granted to a leg that became VOID goes back to them.
void GiveBackDraws(Turn& turn, const Leg& leg);

// The rows of this file, for whoever draws or counts the machine's rows: 1f and F8, and those of
// goodwill legs.
std::span<const FactRow> VoucherRows();
std::span<const LegRow> GoodwillLegRows();

}  // namespace refund::arbiter
