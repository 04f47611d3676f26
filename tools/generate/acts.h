// What people, carriers and providers may plausibly do next with an order as it stands.
#pragma once

#include "engine/domain/order.h"
#include "tools/generate/choices.h"
#include "tools/generate/history.h"

namespace refund::generate {

// The first record of an order.
void PayOrder(History& history);
// Of the order as a whole: parcels, completion, promises, recorded facts, talk.
void AddOrderActs(History& history, Choices& choices);
// Somebody opens a case: the buyer, or seller and platform of their own accord.
void AddFilingActs(History& history, Choices& choices);
void AddPhaseActs(History& history, const Case& c, Choices& choices);
void AddOverlayActs(History& history, const Case& c, Choices& choices);
// Answers to legs, destinations, bank disputes.
void AddMoneyActs(History& history, Choices& choices);
// The after-sales entrance, and vouchers.
void AddEntranceActs(History& history, Choices& choices);
void AddVoucherActs(History& history, Choices& choices);
// What should be refused, or do nothing.
void AddHostileActs(History& history, Choices& choices);

// ---- Shared by them ----

// The most that may be asked for so many units; `c` is the case that asks, if there is one.
int64_t MostFor(History& history, const OrderLine& line, CaseKind kind, ClaimReason reason,
                uint32_t quantity, const Case* c);
RulingProposed SomeRuling(History& history, const Case& c, bool whole);
OfferOption SomeOption(History& history, const Case& c);
SettlementAgreed SomeSettlement(History& history, const OfferOption& option);
ClaimReason SomeReason(Random& random);
// Fewer than the case holds, now and then; else 0, which means all.
uint32_t SomeQuantity(History& history, const Case& c);

}  // namespace refund::generate
