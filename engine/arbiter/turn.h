// A turn: one step in the making. It holds all that guards may look at and effects may change, and
// collects what leaves the engine. It lives for the length of one Apply().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/event.h"
#include "engine/domain/order.h"
#include "engine/domain/step.h"
#include "engine/ledger/buckets.h"
#include "engine/policy/assess.h"
#include "engine/policy/pack_book.h"

namespace refund::arbiter {

struct Turn {
  Turn(Order& its_order, const policy::PackBook& known, Instant now)
      : order(its_order), packs(known), at(now), legs_before(its_order.legs.size()) {}

  Order& order;
  const policy::PackBook& packs;
  Instant at;
  size_t legs_before;                // how many legs the order had: those behind are the step's
  const Event* event = nullptr;      // null where a deadline passed
  const Deadline* firing = nullptr;  // null where an event came
  Case* the_case = nullptr;  // the case at hand; null before row 0, and for the order itself
  Leg* leg = nullptr;        // the leg at hand, in the leg machine
  std::string_view line;     // the line at hand, where an event about the order opens cases (1d)
  Step step;
  std::vector<Payout> payouts;
  std::vector<KeyMessage> messages;  // to other keys
  std::string_view row;              // being taken

  // A fact that was parked and is taken up is as a step of its own: what the step has made so far
  // is judged before it (CheckSoFar), and not again after it.
  struct Judged {
    size_t transitions = 0;
    size_t decisions = 0;
    size_t payouts = 0;
  } judged;
  std::optional<std::string> broken;  // the first invariant that was, in words

  // What the row being taken asks to follow in the same step.
  bool wants_direct_ruling = false;
  bool wants_help = false;
  bool help_by_row = false;  // it is a row that asks, not the event
  bool review_entered = false;
  bool may_pay_first = false;
  std::optional<Proposal> left_proposal;  // what was pending in the REVIEW that the row has left

  uint32_t ids_made = 0;  // the k of MakeId, over all kinds

  template <class Body>
  const Body& BodyAs() const {
    return std::get<Body>(event->claim.body);
  }
  template <class Body>
  const Body* BodyIf() const {
    return event == nullptr ? nullptr : std::get_if<Body>(&event->claim.body);
  }
  const Actor& actor() const { return event->claim.actor; }

  // The claim id, or the deadline: what ids are made from.
  std::string CauseText() const;
  Id NewId(std::string_view kind);
  Money InCurrency(int64_t units) const { return {units, order.currency}; }

  // The pack that the case pinned for its procedure, or by which it is arbitrated anew (row 29).
  // Always known: it was at filing.
  const policy::Pack& Procedure() const;
  // The pack of the order's own deadlines: that of the instant of payment, else the present one.
  // Null if there is none.
  const policy::Pack* OrdersPack() const;
  const OrderLine& Line() const;
};

// The step is a refusal: the guard that failed, what was expected and what was found.
void Refuse(Turn& turn, Refusal refusal, std::string guard, std::string detail);

// Puts what the fold made on the step's record.
void Note(Turn& turn, DerivedKind kind, Id subject, int64_t amount, Role party, std::string word);

// What holds for the case now, as the closed list of facts that rules may ask about.
policy::Facts FactsOf(const Order& order, const Case& c, const policy::Pack& pack);

using ledger::IsBuyersOwn;
using ledger::IsOfNoUnit;
using ledger::IsOpen;
using ledger::IsReplaceable;
using ledger::IsUnsent;
using ledger::Stands;
using ledger::TakesBack;
using ledger::TakesFromBuyer;

// The remedy that a kind of case asks for, and the kind that a remedy makes of a case.
Remedy RemedyOf(CaseKind kind);
CaseKind KindFor(Remedy remedy, CaseKind kind);
bool IsGoodsKind(CaseKind kind);  // EXCHANGE, REPAIR, RESEND: goods instead of money
bool IsGoodsRemedy(Remedy remedy);
// Goods are to come back: return-refund, exchange, repair, and refund-only that was intercepted.
bool IsReturnKind(const Case& c);
// Where the units are (case-model.md, landing table).
bool WithBuyer(const Case& c);
bool OnTheWayBack(const Case& c);
// A replacement is on its way to the buyer, or there.
bool IsSentOut(const Case& c);

// RESERVED or HELD.
bool IsReady(const Leg& leg);
// It stands ready, or would if its case were reopened (26b).
bool IsReadyOrWaited(const Leg& leg);
// What so many of the units of its case have of it: of what is of no unit, only all of them.
int64_t PartOfLeg(const Leg& leg, uint32_t units, uint32_t of);

// Units that the event at hand names: all of the case where it names none.
uint32_t UnitsAtHand(const Turn& turn);
// Made by an offer, without an ask (rows 1b, 1e).
bool MadeByOffer(const Case& c);
// What the case asks for: a case without an ask takes it from the offer that opened it.
int64_t AskOf(const Case& c);
// What so many of the units have of that ask: what stands ready and is of no unit stays with the
// others.
int64_t PartOfAsk(const Order& order, const Case& c, int64_t ask, uint32_t units);
// What the case asks for the units at hand.
int64_t AskAtHand(const Turn& turn);
// Money of the case's decision that stands ready: what a return or an inspection cuts down.
int64_t ReadyMoney(const Order& order, const Case& c);
// What stays of it with so many of the case's units when the others are split off: every leg is
// divided by itself.
int64_t ReadyMoneyOf(const Order& order, const Case& c, uint32_t units);
// What a goods kind is worth in money, when it becomes a refund.
int64_t ValueAtHand(const Turn& turn);
// What the case's legs toward the buyer come to that went out, less what was reversed or taken
// back.
int64_t PaidOut(const Order& order, const Case& c);
// The same for another decision, which makes void what was to be taken back and has not gone.
int64_t PaidOutForAnother(const Order& order, const Case& c);
// Of the legs of a case: those that a decision of it gave to the buyer.
bool IsTowardBuyer(const Leg& leg);
// Points, coins and coupons: given back beside the money, not part of its sum.
bool IsRestored(LegKind kind);

// Whose move it is now; kUnspecified where nobody's (closed, or an appeal window).
Role ToMove(const Case& c);

}  // namespace refund::arbiter
