#include "engine/arbiter/turn.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/id.h"

namespace refund::arbiter {
namespace {

uint8_t YesOrNo(bool yes) { return static_cast<uint8_t>(yes ? YesNo::kYes : YesNo::kNo); }

Standing StandingOf(const RecordedFacts& facts, const policy::Pack& pack) {
  if (!facts.standing) return Standing::kUnknown;
  const bool marked = facts.standing->bad_reviews > pack.bad_reviews_over.value ||
                      facts.standing->violations > pack.violations_over.value;
  return marked ? Standing::kMarked : Standing::kClear;
}

Rating RatingOf(const RecordedFacts& facts, const policy::Pack& pack) {
  if (!facts.rating || facts.rating->rated == 0) return Rating::kUnknown;
  // good / rated < threshold, by cross-multiplication.
  __extension__ using Wide = unsigned __int128;
  const bool low = static_cast<Wide>(facts.rating->good) * 10000 <
                   static_cast<Wide>(facts.rating->rated) * pack.good_review_basis_points;
  return low ? Rating::kLow : Rating::kEnough;
}

}  // namespace

std::string Turn::CauseText() const {
  if (event != nullptr) return event->claim.id;
  // No claim id starts with this character, so the two kinds of cause never meet.
  std::string text = "\x01";
  text += NameOf(firing->timer);
  text += '/';
  text += NameOf(firing->role);
  text += '/';
  text += std::to_string(firing->generation);
  return text;
}

Id Turn::NewId(std::string_view kind) {
  const bool in_case = the_case != nullptr;
  return MakeId(kind, order.key, in_case ? the_case->id : Id{}, in_case ? the_case->reopening : 0,
                CauseText(), ids_made++);
}

const policy::Pack& Turn::Procedure() const {
  const policy::Pack* pack = packs.Find(the_case->procedure_pack);
  CHECK(pack != nullptr);
  return *pack;
}

const OrderLine& Turn::Line() const {
  const OrderLine* line = order.FindLine(the_case->line);
  CHECK(line != nullptr);
  return *line;
}

policy::Facts FactsOf(const Order& order, const Case& c, const policy::Pack& pack) {
  policy::Facts facts;
  const OrderLine* line = order.FindLine(c.line);
  facts.Set(FactName::kKind, static_cast<uint8_t>(c.kind));
  facts.Set(FactName::kReason, static_cast<uint8_t>(c.reason));
  facts.Set(FactName::kComplained, YesOrNo(c.by_complaint));
  facts.Set(FactName::kPerishable, YesOrNo(line != nullptr && line->perishable));
  facts.Set(FactName::kShipped, YesOrNo(order.shipped_at.has_value()));
  facts.Set(FactName::kDelivered, YesOrNo(order.delivered_at.has_value()));
  facts.Set(FactName::kSellerStanding, static_cast<uint8_t>(StandingOf(c.facts, pack)));
  facts.Set(FactName::kGoodReviews, static_cast<uint8_t>(RatingOf(c.facts, pack)));
  facts.Set(FactName::kAbuse,
            static_cast<uint8_t>(c.facts.abuse ? c.facts.abuse->verdict : AbuseVerdict::kUnknown));
  facts.Set(FactName::kLiability,
            static_cast<uint8_t>(c.finding ? c.finding->liability : Liability::kUnspecified));
  facts.Set(FactName::kRefusalGround, static_cast<uint8_t>(c.refusal_ground));
  facts.ask = {c.ask, order.currency};
  return facts;
}

int64_t CeilingOf(const OrderLine& line) {
  return line.paid - FloorShare(line.paid, line.cancelled, line.quantity);
}

bool IsUnsent(LegState state) {
  return state == LegState::kProposed || state == LegState::kReserved || state == LegState::kHeld;
}

bool IsReplaceable(LegState state) {
  return IsUnsent(state) || state == LegState::kFailed || state == LegState::kOwed;
}

bool IsOpen(LegState state) {
  return IsUnsent(state) || state == LegState::kSubmitted || state == LegState::kFailed ||
         state == LegState::kShortfall;
}

int64_t CommittedOn(const Order& order, std::string_view line, uint32_t unsent_of_case) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    if (leg.line != line || leg.state == LegState::kVoid || leg.state == LegState::kRerouted)
      continue;
    if (leg.case_number == unsent_of_case && IsUnsent(leg.state)) continue;
    CHECK(CheckedAdd(sum, leg.amount, sum));
  }
  return sum;
}

uint32_t UnitsHeld(const Order& order, std::string_view line, uint32_t except) {
  uint32_t units = 0;
  for (const Case& each : order.cases) {
    if (each.line == line && each.number != except && each.IsOpen()) units += each.quantity;
  }
  return units;
}

uint32_t UnitsGiven(const Order& order, std::string_view line, uint32_t except) {
  uint32_t units = 0;
  for (const Case& each : order.cases) {
    const bool paid = each.close_reason == CloseReason::kSettled ||
                      each.close_reason == CloseReason::kPayoutImpossible;
    if (each.line == line && each.number != except && !each.IsOpen() && paid)
      units += each.quantity;
  }
  return units;
}

namespace {

Role FirstUnsealed(const Case& c) {
  for (const AskedParty& each : c.asked_parties) {
    if (!each.sealed) return each.party;
  }
  return Role::kAgent;
}

// Whom the open offer waits for; without one, the platform, which negotiates.
Role AnswererOf(const Case& c) {
  for (const Offer& offer : c.offers) {
    if (offer.open) return offer.by == Role::kBuyer ? Role::kSeller : Role::kBuyer;
  }
  return Role::kAgent;
}

}  // namespace

Role ToMove(const Case& c) {
  if (c.OverlayIsLive()) {
    switch (c.overlay) {
      case Overlay::kEvidence:
        return FirstUnsealed(c);
      case Overlay::kNegotiating:
        return AnswererOf(c);
      case Overlay::kRuled:
        return Role::kUnspecified;
      default:
        return Role::kAgent;
    }
  }
  switch (c.phase) {
    case Phase::kAwaitSeller:
      return Role::kSeller;
    case Phase::kSellerRefused:
    case Phase::kAwaitBuyerOffer:
      return Role::kBuyer;
    case Phase::kFiled:
      return Role::kPlatform;
    case Phase::kSettling:
      return Role::kPsp;
    default:
      return Role::kUnspecified;
  }
}

}  // namespace refund::arbiter
