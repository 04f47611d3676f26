#include "engine/codec/order_codec.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/check.h"
#include "engine/codec/stored_fields.h"
#include "engine/codec/stored_values.h"
#include "order.capnp.h"

namespace refund::codec {
namespace stored {
namespace {

std::vector<Deadline> Sorted(std::vector<Deadline> deadlines) {
  std::sort(deadlines.begin(), deadlines.end(), LiesBefore);
  return deadlines;
}

}  // namespace

template <class Io>
void Map(Io& io, Ref<Io, BucketValue> v) {
  STORED(bucket, Bucket);
  STORED(amount, Amount);
  STORED(funder, Funder);
}

template <class Io>
void Map(Io& io, Ref<Io, OrderLine> v) {
  STORED(line, Line);
  STORED(sku, Sku);
  STORED(quantity, Quantity);
  STORED(cancelled, Cancelled);
  STORED(paid, Paid);
  STORED(perishable, Perishable);
  STORED(buckets, Buckets);
  STORED(supported, Supported);
  STORED(serial, Serial);
}

template <class Io>
void Map(Io& io, Ref<Io, StandingFact> v) {
  STORED(bad_reviews, BadReviews);
  STORED(violations, Violations);
  STORED(at, At);
}

template <class Io>
void Map(Io& io, Ref<Io, RatingFact> v) {
  STORED(good, Good);
  STORED(rated, Rated);
  STORED(at, At);
}

template <class Io>
void Map(Io& io, Ref<Io, AbuseFact> v) {
  STORED(verdict, Verdict);
  STORED(model_version, ModelVersion);
  STORED(at, At);
}

template <class Io>
void Map(Io& io, Ref<Io, TierFact> v) {
  STORED(tier, Tier);
  STORED(at, At);
}

template <class Io>
void Map(Io& io, Ref<Io, RecordedFacts> v) {
  STORED(standing, Standing);
  STORED(rating, Rating);
  STORED(abuse, Abuse);
  STORED(tier, Tier);
}

template <class Io>
void MapEntry(Io& io, Ref<Io, std::string> line, Ref<Io, RatingFact> rating) {
  STORED_AS(line, "line", Line);
  STORED_AS(rating, "rating", Rating);
}

template <class Io>
void Map(Io& io, Ref<Io, Deadline> v) {
  STORED(timer, Timer);
  STORED(case_number, CaseNumber);
  STORED(role, Role);
  STORED(generation, Generation);
  STORED(due, Due);
  STORED(armed_at, ArmedAt);
  STORED(of_overlay, OfOverlay);
  STORED(paused, Paused);
  STORED(remaining_ms, RemainingMs);
  STORED(leg, Leg);
  STORED(parcel, Parcel);
}

template <class Io>
void MapEntry(Io& io, Ref<Io, std::string> id, Ref<Io, SeenClaim> v) {
  STORED_AS(id, "id", Id);
  STORED(claim_hash, ClaimHash);
  STORED(sequence, Sequence);
  STORED(conflict_hash, ConflictHash);
}

template <class Io>
void Map(Io& io, Ref<Io, EvidenceItem> v) {
  STORED(hash, Hash);
  STORED(kind, Kind);
  STORED(slot, Slot);
  STORED(party, Party);
  STORED(round, Round);
  STORED(late, Late);
  STORED(shared, Shared);
  STORED(at, At);
}

template <class Io>
void Map(Io& io, Ref<Io, OfferOption> v) {
  STORED(remedy, Remedy);
  STORED(amount, Amount);
}

template <class Io>
void Map(Io& io, Ref<Io, Offer> v) {
  STORED(id, Id);
  STORED(by, By);
  STORED(options, Options);
  STORED(open, Open);
  STORED(of_overlay, OfOverlay);
  STORED(expires_at, ExpiresAt);
}

template <class Io>
void Map(Io& io, Ref<Io, LiabilityShare> v) {
  STORED(bearer, Bearer);
  STORED(basis_points, BasisPoints);
}

template <class Io>
void Map(Io& io, Ref<Io, RulingProposed> v) {
  STORED(outcome, Outcome);
  STORED(remedy, Remedy);
  STORED(amount, Amount);
  STORED(reason_codes, ReasonCodes);
  STORED(considered, Considered);
  STORED(text, Text);
  STORED(quantity, Quantity);
  STORED(shares, Shares);
}

template <class Io>
void Map(Io& io, Ref<Io, Proposal> v) {
  STORED(author, Author);
  STORED(ruling, Ruling);
}

template <class Io>
void Map(Io& io, Ref<Io, Finding> v) {
  STORED(liability, Liability);
  STORED(grounds, Grounds);
  STORED(author, Author);
}

template <class Io>
void Map(Io& io, Ref<Io, AskedParty> v) {
  STORED(party, Party);
  STORED(sealed, Sealed);
}

template <class Io>
void Map(Io& io, Ref<Io, SlotAsked> v) {
  STORED(party, Party);
  STORED(slot, Slot);
}

template <class Io>
void MapEntry(Io& io, Ref<Io, std::pair<Timer, Role>> key, Ref<Io, uint32_t> count) {
  STORED_AS(key.first, "timer", Timer);
  STORED_AS(key.second, "role", Role);
  STORED_AS(count, "count", Count);
}

template <class Io>
void MapGoods(Io& io, Ref<Io, Case> v) {
  STORED(shipped_back, ShippedBack);
  STORED(received, Received);
  STORED(accepted, Accepted);
  STORED(fault, Fault);
  STORED(return_parcel, ReturnParcel);
  STORED(return_freight, ReturnFreight);
  STORED(freight_claimed, FreightClaimed);
  STORED(return_address, ReturnAddress);
  STORED(invalid_address, InvalidAddress);
  STORED(intercepted, Intercepted);
  STORED(money_first, MoneyFirst);
  STORED(out_goods, OutGoods);
  STORED(out_parcel, OutParcel);
  STORED(out_received, OutReceived);
  STORED(return_lost, ReturnLost);
  STORED(intercept_failed, InterceptFailed);
  STORED(extra, Extra);
}

template <class Io>
void MapRemedy(Io& io, Ref<Io, Case> v) {
  STORED(remedy, Remedy);
  STORED(landed_first, LandedFirst);
  STORED(platform_opened, PlatformOpened);
  STORED(voided, Voided);
  STORED(appealed_by, AppealedBy);
  STORED(ruling_authors, RulingAuthors);
  STORED(in_default, InDefault);
  STORED(split_from, SplitFrom);
  STORED(rearbitrated_pack, RearbitratedPack);
  STORED(settled_claim, SettledClaim);
  STORED(extensions, Extensions);
}

template <class Io>
void MapStanding(Io& io, Ref<Io, Case> v) {
  STORED(phase, Phase);
  STORED(close_reason, CloseReason);
  STORED(last_open_phase, LastOpenPhase);
  STORED(goods, Goods);
  STORED(overlay, Overlay);
  STORED(asked, Asked);
  STORED(outcome, Outcome);
  STORED(final_by_agreement, FinalByAgreement);
  STORED(opened_by_row, OpenedByRow);
  STORED(help_asked_by, HelpAskedBy);
  STORED(decided, Decided);
  STORED(priority, Priority);
  STORED(holder, Holder);
}

template <class Io>
void MapDispute(Io& io, Ref<Io, Case> v) {
  STORED(round, Round);
  STORED(asked_parties, AskedParties);
  STORED(slots, Slots);
  STORED(evidence, Evidence);
  STORED(finding, Finding);
  STORED(proposal, Proposal);
  STORED(offers, Offers);
  STORED(decisions, Decisions);
  STORED(refusal_ground, RefusalGround);
  STORED(appeal_waived_by, AppealWaivedBy);
}

template <class Io>
void MapTallies(Io& io, Ref<Io, Case> v) {
  STORED(amendments, Amendments);
  STORED(offers_by_seller, OffersBySeller);
  STORED(offers_by_buyer, OffersByBuyer);
  STORED(offers_by_platform, OffersByPlatform);
  STORED(help_requests, HelpRequests);
  STORED(spent, Spent);
  STORED(last_step_at, LastStepAt);
  STORED(generations, Generations);
  STORED(passed_at, PassedAt);
  STORED(phase_before, PhaseBefore);
  STORED(overlay_before, OverlayBefore);
}

template <class Io>
void Map(Io& io, Ref<Io, Case> v) {
  STORED(id, Id);
  STORED(number, Number);
  STORED(reopening, Reopening);
  STORED(version, Version);
  STORED(kind, Kind);
  STORED(line, Line);
  STORED(quantity, Quantity);
  STORED(ask, Ask);
  STORED(reason, Reason);
  STORED(past_reasons, PastReasons);
  STORED(by_complaint, ByComplaint);
  STORED(filer, Filer);
  STORED(filed_at, FiledAt);
  STORED(closed_at, ClosedAt);
  STORED(procedure_pack, ProcedurePack);
  STORED(commercial_pack, CommercialPack);
  STORED(facts, Facts);
  STORED(ready, Ready);
  MapStanding(io, v);
  MapDispute(io, v);
  MapTallies(io, v);
  MapGoods(io, v);
  MapRemedy(io, v);
}

template <class Io>
void Map(Io& io, Ref<Io, Leg> v) {
  STORED(id, Id);
  STORED(decision, Decision);
  STORED(case_number, CaseNumber);
  STORED(kind, Kind);
  STORED(bearer, Bearer);
  STORED(line, Line);
  STORED(amount, Amount);
  STORED(state, State);
  STORED(attempt, Attempt);
  STORED(queries, Queries);
  STORED(reference, Reference);
  STORED(to, To);
  STORED(bucket, Bucket);
  STORED(by_units, ByUnits);
  STORED(reversed, Reversed);
  STORED(reversals, Reversals);
  STORED(cause_leg, CauseLeg);
  STORED(destination, Destination);
  STORED(draws_open, DrawsOpen);
  STORED(held_by_appeal, HeldByAppeal);
  STORED(held_by_dispute, HeldByDispute);
  STORED(by_brake, ByBrake);
  STORED(behind, Behind);
  STORED(waited, Waited);
}

template <class Io>
void Map(Io& io, Ref<Io, Voucher> v) {
  STORED(id, Id);
  STORED(case_number, CaseNumber);
  STORED(kind, Kind);
  STORED(state, State);
  STORED(amount, Amount);
  STORED(redeemed, Redeemed);
  STORED(granted_at, GrantedAt);
  STORED(expires_at, ExpiresAt);
  STORED(cause, Cause);
}

template <class Io>
void Map(Io& io, Ref<Io, Dispute> v) {
  STORED(id, Id);
  STORED(amount, Amount);
  STORED(refundable, Refundable);
  STORED(state, State);
}

template <class Io>
void Map(Io& io, Ref<Io, IssueCard> v) {
  STORED(kind, Kind);
  STORED(line, Line);
  STORED(quantity, Quantity);
  STORED(ask, Ask);
  STORED(reason, Reason);
  STORED(at, At);
  STORED(answer, Answer);
  STORED(late, Late);
  STORED(unanswered, Unanswered);
  STORED(by_auto, ByAuto);
}

template <class Io>
void Map(Io& io, Ref<Io, EntranceState> v) {
  STORED(state, State);
  STORED(openings, Openings);
  STORED(opened_at, OpenedAt);
  STORED(by, By);
  STORED(cards, Cards);
  STORED(agreed, Agreed);
}

template <class Io>
void Map(Io& io, Ref<Io, Parcel> v) {
  STORED(id, Id);
  STORED(carrier, Carrier);
  STORED(declared_at, DeclaredAt);
  STORED(scanned_at, ScannedAt);
  STORED(delivered_at, DeliveredAt);
  STORED(level, Level);
  STORED(lost, Lost);
  STORED(anomalies, Anomalies);
}

template <class Io>
void Map(Io& io, Ref<Io, AccountDraw> v) {
  STORED(leg, Leg);
  STORED(order, Order);
  STORED(amount, Amount);
  STORED(at, At);
  STORED(given_back, GivenBack);
}

template <class Io>
void MapEntry(Io& io, Ref<Io, std::string> name, Ref<Io, std::string> value) {
  STORED_AS(name, "name", Name);
  STORED_AS(value, "value", Value);
}

template <class Io>
void Map(Io& io, Ref<Io, RefundPaid> v) {
  STORED(leg, Leg);
  STORED(reference, Reference);
  STORED(attempt, Attempt);
}

template <class Io>
void Map(Io& io, Ref<Io, RefundFailed> v) {
  STORED(leg, Leg);
  STORED(failure, Failure);
  STORED(reference, Reference);
  STORED(attempt, Attempt);
}

template <class Io>
void Map(Io& io, Ref<Io, RefundReversed> v) {
  STORED(leg, Leg);
  STORED(amount, Amount);
  STORED(reference, Reference);
}

template <class Io>
void Map(Io& io, Ref<Io, DrawGranted> v) {
  STORED(leg, Leg);
  STORED(account, Account);
}

template <class Io>
void Map(Io& io, Ref<Io, DrawRefused> v) {
  STORED(leg, Leg);
  STORED(account, Account);
  STORED(reason, Reason);
}

template <class Io>
void Map(Io& io, Ref<Io, PayoutDestinationGiven> v) {
  STORED(leg, Leg);
  STORED(destination, Destination);
}

// The answers to a leg: no other kind is ever parked.
#define REFUND_PARKED_KINDS(X) \
  X(RefundPaid)                \
  X(RefundFailed) X(RefundReversed) X(DrawGranted) X(DrawRefused) X(PayoutDestinationGiven)

template <class Io>
void Map(Io& io, Ref<Io, EventBody> v) {
#define REFUND_READ_PARKED(Name) \
  if (io.at().is##Name()) return STORED_AS(v.template emplace<Name>(), #Name, Name);
#define REFUND_WRITE_PARKED(Name) \
  if (const auto* body = std::get_if<Name>(&v)) return STORED_AS(*body, #Name, Name);
  if constexpr (Io::kReads) {
    REFUND_PARKED_KINDS(REFUND_READ_PARKED)
    io.Fault("body", "a kind that is never parked");
  } else {
    REFUND_PARKED_KINDS(REFUND_WRITE_PARKED)
    CHECK(false);  // a kind that is never parked
  }
#undef REFUND_READ_PARKED
#undef REFUND_WRITE_PARKED
}
#undef REFUND_PARKED_KINDS

template <class Io>
void Map(Io& io, Ref<Io, ParkedFact> v) {
  STORED(claim_id, ClaimId);
  STORED(at, At);
  STORED(body, Body);
}

template <class Io>
void MapDeadlines(Io& io, Ref<Io, std::vector<Deadline>> deadlines) {
  if constexpr (Io::kReads) {
    STORED_AS(deadlines, "deadlines", Deadlines);
  } else {
    STORED_AS(Sorted(deadlines), "deadlines", Deadlines);
  }
}

// What an order has besides cases and their money, and what an account has.
template <class Io>
void MapAround(Io& io, Ref<Io, Order> v) {
  STORED(return_address, ReturnAddress);
  STORED(entrance, Entrance);
  STORED(parcels, Parcels);
  STORED(vouchers, Vouchers);
  STORED(disputes, Disputes);
  STORED(draws, Draws);
  STORED(settings, Settings);
  STORED(services, Services);
  STORED(external_complaints, ExternalComplaints);
  STORED(safety, Safety);
  STORED(intercepted, Intercepted);
  STORED(device, Device);
  STORED(generations, Generations);
  STORED(double_paid, DoublePaid);
  STORED(arrival_overdue, ArrivalOverdue);
}

template <class Io>
void Map(Io& io, Ref<Io, Order> v) {
  STORED(key, Key);
  STORED(platform, Platform);
  STORED(clock, Clock);
  STORED(sequence, Sequence);
  STORED(chain, Chain);
  STORED(buyer, Buyer);
  STORED(merchant, Merchant);
  STORED(currency, Currency);
  STORED(paid_at, PaidAt);
  STORED(completed_at, CompletedAt);
  STORED(shipped_at, ShippedAt);
  STORED(delivered_at, DeliveredAt);
  STORED(lines, Lines);
  STORED(promises, Promises);
  STORED(door_promised, DoorPromised);
  STORED(presale_deposit, PresaleDeposit);
  STORED(presale_balance, PresaleBalance);
  STORED(facts, Facts);
  STORED(ratings, Ratings);
  STORED(cases, Cases);
  STORED(legs, Legs);
  MapDeadlines(io, v.deadlines);
  STORED(parked, Parked);
  STORED(seen, Seen);
  MapAround(io, v);
}

}  // namespace stored

namespace {

// What a case's print needs of its order, in the shape of schema::CaseView.
struct CaseView {
  std::string key;
  Platform platform;
  Currency currency;
  Instant clock;
  const Case& of_it;
  std::vector<Leg> legs;
  std::vector<Deadline> deadlines;
};

template <class Io>
void Map(Io& io, const CaseView& v) {
  STORED(key, Key);
  STORED(platform, Platform);
  STORED(currency, Currency);
  STORED(clock, Clock);
  STORED_AS(v.of_it, "case", Case);
  STORED(legs, Legs);
  STORED(deadlines, Deadlines);
}

CaseView ViewOf(const Order& order, const Case& of_it) {
  CaseView view{order.key, order.platform, order.currency, order.clock, of_it, {}, {}};
  for (const Leg& each : order.legs) {
    if (each.case_number == of_it.number) view.legs.push_back(each);
  }
  for (const Deadline& each : stored::Sorted(order.deadlines)) {
    if (each.case_number == of_it.number) view.deadlines.push_back(each);
  }
  return view;
}

// The key, if that much can be read.
std::string NameIn(ByteView bytes) {
  std::string key;
  stored::Faults ignored;
  stored::ReadRoot<schema::Order>(bytes, ignored, [&](schema::Order::Reader root) {
    const capnp::Text::Reader text = root.getKey();
    key.assign(text.begin(), text.size());
  });
  return "order " + (key.empty() ? std::string("(its key cannot be read)") : key);
}

}  // namespace

std::string EncodeOrder(const Order& order) { return stored::Encode<schema::Order>(order); }

absl::StatusOr<Order> DecodeOrder(ByteView bytes) {
  absl::StatusOr<Order> order = stored::Decode<schema::Order, Order>(bytes, "state");
  if (order.ok()) return order;
  return Annotate(order.status(), NameIn(bytes));
}

std::string OrderToJson(const Order& order) { return stored::ToJson<schema::Order>(order); }

std::string CaseToJson(const Order& order, const Case& of_it) {
  return stored::ToJson<schema::CaseView>(ViewOf(order, of_it));
}

}  // namespace refund::codec
