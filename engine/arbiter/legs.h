// The leg machine (case-model.md §3.6): each movement of money is a small machine of its own.
#pragma once

#include "engine/arbiter/row.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Takes the leg row for `on`, if there is one, for the leg at hand. False if no row fits.
bool TakeLegRow(Turn& turn, Leg& leg, Trigger on);

// m4 (m1 for a claim of freight, which waits): adds the leg, of the case at hand. Returns its id.
Id ReserveLeg(Turn& turn, Leg leg);

// What was taken back of a payment, or is to be: RECOVERY and CLAWBACK that stand.
int64_t TakenBack(const Order& order, const Id& leg);
// Of what was to be taken back of a payment of which so much has come back by itself, that much is
// void; what has been taken already is given back. Returns what is to be paid again.
int64_t DropFromTakings(Turn& turn, const Leg& payment, int64_t amount);
// Who has paid it takes it back from who stands behind it, as far as the buyer has it; what was
// claimed beyond that is void, or given back.
void ClaimFromBehind(Turn& turn, const Id& payment);
// Money of the order, which goes back when the case is void.
bool IsTakenBackOfVoid(const Leg& leg);
// What was taken back of a payment that then came back by itself is the buyer's own, and goes back
// to him. Returns how much it is.
int64_t GiveBackOverhang(Turn& turn, const Id& payment);
// A leg that takes back from the buyer what the case's legs have paid out, RESERVED: RECOVERY after
// a return that never came, CLAWBACK else. Legs that are still on their way are taken back when
// they settle.
void TakeBack(Turn& turn, LegKind kind);
void TakeBackLeg(Turn& turn, const Leg& source, LegKind kind);
// One that takes back that much of it, for whoever has borne it: of an advance, who gave it back to
// the platform.
Leg TakingBack(const Turn& turn, const Leg& source, LegKind kind, int64_t amount);
// How much of what came back of that one is to be taken again: the payment may have come back
// meanwhile, and others take it back as well.
int64_t TakenAgain(const Order& order, const Leg& taking, int64_t reversed);

// The case was voided, or a decision has taken the leg back in full already: no other way to pay it
// is looked for.
bool IsNoLongerDue(const Turn& turn, const Leg& leg);
// Such a leg, if it failed, is not tried again: it is void, and what would take it back too (m8,
// m8b).
void DropIfNoLongerDue(Turn& turn, const Id& leg);

// What the buyer has added to a dearer thing, or is to add.
int64_t DifferencePaid(const Order& order, const Case& c);
// The thing is not his after all: it goes back to him, and is no part of a decision.
void GiveBackDifference(Turn& turn);
// The units of the case are not refunded: what is of no unit, and was to go with the last of those
// that were one case, falls with them (docs/decisions/0009, 63).
void TakeWhatIsOfNoUnit(Turn& turn);
// m8, m8b: what the case has reserved and not sent, and what has failed or is owed: nothing of it
// may be tried again once a new decision stands.
void VoidReplacedLegs(Turn& turn);
// The case ends without paying: what stands ready is remembered, for rows 26b and 26c reserve it
// again. What was remembered before stays if nothing is ready now.
void RememberReady(Turn& turn);
// Another decision stands, or the case begins again from its filing (26a).
void ForgetReady(Turn& turn);
std::vector<Leg> LegsItHad(const Order& order, const Case& c);
// L7, L8: what stands ready for the buyer.
void VoidReadyLegs(Turn& turn);
// m8 of what was to take back what that leg gives, and has not gone.
void VoidUnsentTakings(Turn& turn, const Id& leg);
// m8 of what was to be taken back for a return that has come after all.
void VoidAllLegs(Turn& turn);  // row 28: toward the buyer, and from the buyer
void VoidRecovery(Turn& turn);
// The goods have come after all, and what was recovered for them is there already: it is given back
// by new legs, and the case is SETTLING again, as after a reversal (24a). While the arbitration is
// live its decision settles what is due.
void GiveBackRecovered(Turn& turn);
// m7: every reserved leg of the case, or of no case, if it may be sent. True if one was.
bool SubmitLegs(Turn& turn);

// Row 11: the return freight is claimed, and waits for the step to SETTLING or 22b (0009, 14).
void ClaimFreight(Turn& turn, int64_t amount, Bearer bearer);
void ApproveFreight(Turn& turn);  // m2
void DropFreight(Turn& turn);     // m3

// m5, m6: of the case at hand, or of all cases.
void HoldForAppeal(Turn& turn);
void FreeFromAppeal(Turn& turn);
void HoldForDispute(Turn& turn);
void FreeFromDispute(Turn& turn);
// The bank has paid: what its dispute held is void, and whatever else there is no money left for.
void VoidForLostDispute(Turn& turn);

// Where else the buyer can be paid: what was given for this leg before it was needed, or the newest
// that another leg of the order went to. Empty: nowhere is known.
std::string KnownDestination(const Order& order, const Leg& leg);

// A leg for what is left of this one, linked to it. ReserveSuccessor() puts it in its place.
Leg SuccessorOf(const Leg& leg);
void ReserveSuccessor(Turn& turn, const Id& replaced, Leg next);
// m13, m15: a new leg in place of this one, to another destination.
void Reroute(Turn& turn, const Leg& leg, const std::string& destination);

}  // namespace refund::arbiter
