#include "engine/codec/claim_writer.h"

#include <string>
#include <string_view>
#include <vector>

namespace refund::codec {
namespace {

capnp::Text::Reader Text(const std::string& text) { return {text.c_str(), text.size()}; }

capnp::Data::Reader Bytes(ByteView bytes) {
  return {reinterpret_cast<const capnp::byte*>(bytes.data()), bytes.size()};
}

template <class S, class E>
S As(E value) {
  return static_cast<S>(value);
}

// An empty value gets no pointer: Reading refuses one that points at nothing.
#define REFUND_SET_TEXT(Name, value) \
  if (!(value).empty()) b.set##Name(Text(value))
#define REFUND_SET_LIST(Name, values) \
  if (!(values).empty()) WriteAll(values, b.init##Name(Count(values)))

template <class V>
uint32_t Count(const std::vector<V>& values) {
  return static_cast<uint32_t>(values.size());
}

void Write(const Money& v, schema::Money::Builder b) {
  b.setUnits(v.units);
  b.setCurrency(As<schema::Currency>(v.currency));
}

void Write(const Actor& v, schema::Actor::Builder b) {
  b.setRole(As<schema::Role>(v.role));
  REFUND_SET_TEXT(Id, v.id);
}

void Write(const LineUnits& v, schema::LineUnits::Builder b) {
  REFUND_SET_TEXT(Line, v.line);
  b.setQuantity(v.quantity);
}

void Write(const Evidence& v, schema::Evidence::Builder b) {
  b.setHash(Bytes(v.hash.view()));
  b.setKind(As<schema::EvidenceKind>(v.kind));
  REFUND_SET_TEXT(Slot, v.slot);
  REFUND_SET_TEXT(Uri, v.uri);
  b.setShared(v.shared);
}

void Write(const PaidLine& v, schema::PaidLine::Builder b) {
  REFUND_SET_TEXT(Line, v.line);
  REFUND_SET_TEXT(Sku, v.sku);
  b.setQuantity(v.quantity);
  Write(v.paid, b.initPaid());
  b.setPerishable(v.perishable);
}

void Write(const OfferOption& v, schema::OfferOption::Builder b) {
  b.setRemedy(As<schema::Remedy>(v.remedy));
  Write(v.amount, b.initAmount());
}

void Write(const SlotAsked& v, schema::SlotAsked::Builder b) {
  b.setParty(As<schema::Role>(v.party));
  REFUND_SET_TEXT(Slot, v.slot);
}

template <class V, class B>
void WriteAll(const std::vector<V>& values, B list) {
  for (uint32_t i = 0; i < list.size(); ++i) Write(values[i], list[i]);
}

// ---- Bodies ----

void Write(const LogOpened& v, schema::LogOpened::Builder b) {
  b.setLogId(Bytes(v.log_id.view()));
  b.setPartition(v.partition);
  b.setPartitions(v.partitions);
  REFUND_SET_TEXT(Partitioner, v.partitioner);
  b.setSemantic(v.semantic);
}

void Write(const PolicyPublished& v, schema::PolicyPublished::Builder b) {
  b.setDigest(Bytes(v.digest.view()));
  if (!v.pack.empty()) b.setPack(Bytes(v.pack));
}

void Write(const OrderPaid& v, schema::OrderPaid::Builder b) {
  REFUND_SET_TEXT(Buyer, v.buyer);
  REFUND_SET_TEXT(Merchant, v.merchant);
  REFUND_SET_LIST(Lines, v.lines);
}

void Write(const PriceSnapshotRecorded& v, schema::PriceSnapshotRecorded::Builder b) {
  REFUND_SET_LIST(Lines, v.lines);
}

void Write(const PresaleDepositPaid& v, schema::PresaleDepositPaid::Builder b) {
  Write(v.amount, b.initAmount());
}

void Write(const PresaleBalancePaid& v, schema::PresaleBalancePaid::Builder b) {
  Write(v.amount, b.initAmount());
}

void Write(const PromiseRecorded& v, schema::PromiseRecorded::Builder b) {
  b.setKind(As<schema::PromiseKind>(v.kind));
  REFUND_SET_TEXT(Detail, v.detail);
}

void Write(const OrderCancelled& v, schema::OrderCancelled::Builder b) {
  REFUND_SET_LIST(Lines, v.lines);
}

void Write(const ShipmentDeclared& v, schema::ShipmentDeclared::Builder b) {
  REFUND_SET_TEXT(Parcel, v.parcel);
  REFUND_SET_TEXT(Carrier, v.carrier);
}

void Write(const CarrierScan& v, schema::CarrierScan::Builder b) {
  REFUND_SET_TEXT(Parcel, v.parcel);
  REFUND_SET_TEXT(Carrier, v.carrier);
}

void Write(const DeliveryScan& v, schema::DeliveryScan::Builder b) {
  REFUND_SET_TEXT(Parcel, v.parcel);
  b.setLevel(As<schema::DeliveryLevel>(v.level));
}

// RefundRequested and ComplaintFiled ask for the same things.
template <class V, class B>
void WriteAsk(const V& v, B b) {
  b.setKind(As<schema::CaseKind>(v.kind));
  Write(v.units, b.initUnits());
  Write(v.ask, b.initAsk());
  b.setReason(As<schema::ClaimReason>(v.reason));
  REFUND_SET_LIST(Evidence, v.evidence);
}

void Write(const RefundRequested& v, schema::RefundRequested::Builder b) { WriteAsk(v, b); }
void Write(const ComplaintFiled& v, schema::ComplaintFiled::Builder b) { WriteAsk(v, b); }

void Write(const RefundAmended& v, schema::RefundAmended::Builder b) {
  b.setKind(As<schema::CaseKind>(v.kind));
  if (v.ask) Write(*v.ask, b.initAsk());
  REFUND_SET_LIST(Evidence, v.evidence);
}

void Write(const RefundRejected& v, schema::RefundRejected::Builder b) {
  b.setGround(As<schema::RefusalGround>(v.ground));
  REFUND_SET_LIST(Evidence, v.evidence);
}

void Write(const CaseReopened& v, schema::CaseReopened::Builder b) {
  b.setGround(As<schema::HelpGround>(v.ground));
  b.setReason(As<schema::ClaimReason>(v.reason));
  REFUND_SET_LIST(Evidence, v.evidence);
}

void Write(const OfferMade& v, schema::OfferMade::Builder b) {
  REFUND_SET_LIST(Options, v.options);
  if (v.expires_at) b.setExpiresAt(v.expires_at->ms);
}

void Write(const OfferChosen& v, schema::OfferChosen::Builder b) {
  b.setOffer(Bytes(v.offer.view()));
  b.setOption(v.option);
}

void Write(const OfferDeclined& v, schema::OfferDeclined::Builder b) {
  b.setOffer(Bytes(v.offer.view()));
}

void Write(const SettlementAgreed& v, schema::SettlementAgreed::Builder b) {
  Write(v.remedy, b.initRemedy());
  REFUND_SET_LIST(AgreedBy, v.agreed_by);
}

void Write(const PlatformHelpRequested& v, schema::PlatformHelpRequested::Builder b) {
  b.setGround(As<schema::HelpGround>(v.ground));
}

void Write(const PlatformIntervened& v, schema::PlatformIntervened::Builder b) {
  b.setGround(As<schema::HelpGround>(v.ground));
}

void Write(const InterventionOpened& v, schema::InterventionOpened::Builder b) {
  REFUND_SET_TEXT(Agent, v.agent);
  REFUND_SET_LIST(Slots, v.slots);
}

void Write(const EvidenceSubmitted& v, schema::EvidenceSubmitted::Builder b) {
  REFUND_SET_LIST(Evidence, v.evidence);
  b.setSeal(v.seal);
}

void Write(const EvidenceRequested& v, schema::EvidenceRequested::Builder b) {
  REFUND_SET_LIST(Slots, v.slots);
}

void Write(const LiabilityAssessed& v, schema::LiabilityAssessed::Builder b) {
  b.setLiability(As<schema::Liability>(v.liability));
  REFUND_SET_TEXT(Grounds, v.grounds);
}

void Write(const RulingProposed& v, schema::RulingProposed::Builder b) {
  b.setOutcome(As<schema::RulingOutcome>(v.outcome));
  b.setRemedy(As<schema::Remedy>(v.remedy));
  Write(v.amount, b.initAmount());
  if (!v.reason_codes.empty()) {
    auto codes = b.initReasonCodes(Count(v.reason_codes));
    for (uint32_t i = 0; i < codes.size(); ++i) codes.set(i, Text(v.reason_codes[i]));
  }
  if (!v.considered.empty()) {
    auto hashes = b.initConsidered(Count(v.considered));
    for (uint32_t i = 0; i < hashes.size(); ++i) hashes.set(i, Bytes(v.considered[i].view()));
  }
  REFUND_SET_TEXT(Text, v.text);
}

void Write(const RulingRejected& v, schema::RulingRejected::Builder b) {
  REFUND_SET_TEXT(Text, v.text);
}

void Write(const SellerStandingSnapshot& v, schema::SellerStandingSnapshot::Builder b) {
  b.setBadReviews(v.bad_reviews);
  b.setViolations(v.violations);
  b.setAsOf(v.as_of.ms);
  REFUND_SET_TEXT(SourceVersion, v.source_version);
}

void Write(const ProductRatingSnapshot& v, schema::ProductRatingSnapshot::Builder b) {
  REFUND_SET_TEXT(Line, v.line);
  b.setGood(v.good);
  b.setRated(v.rated);
  b.setAsOf(v.as_of.ms);
  REFUND_SET_TEXT(SourceVersion, v.source_version);
}

void Write(const AbuseAssessed& v, schema::AbuseAssessed::Builder b) {
  b.setVerdict(As<schema::AbuseVerdict>(v.verdict));
  b.setAsOf(v.as_of.ms);
  REFUND_SET_TEXT(ModelVersion, v.model_version);
}

void Write(const BuyerTierSnapshot& v, schema::BuyerTierSnapshot::Builder b) {
  REFUND_SET_TEXT(Tier, v.tier);
  b.setAsOf(v.as_of.ms);
  REFUND_SET_TEXT(SourceVersion, v.source_version);
}

void Write(const RefundPaid& v, schema::RefundPaid::Builder b) {
  b.setLeg(Bytes(v.leg.view()));
  REFUND_SET_TEXT(Reference, v.reference);
}

void Write(const RefundFailed& v, schema::RefundFailed::Builder b) {
  b.setLeg(Bytes(v.leg.view()));
  b.setFailure(As<schema::PayoutFailure>(v.failure));
  REFUND_SET_TEXT(Reference, v.reference);
}

// Kinds that say nothing beyond that they happened.
void Write(const Tick&, schema::Tick::Builder) {}
void Write(const OrderCompleted&, schema::OrderCompleted::Builder) {}
void Write(const RefundAccepted&, schema::RefundAccepted::Builder) {}
void Write(const RefundWithdrawn&, schema::RefundWithdrawn::Builder) {}
void Write(const InterventionWithdrawn&, schema::InterventionWithdrawn::Builder) {}
void Write(const RulingApproved&, schema::RulingApproved::Builder) {}
void Write(const AppealWaived&, schema::AppealWaived::Builder) {}

void WriteBody(const EventBody& v, schema::Body::Builder b) {
  switch (static_cast<EventKind>(v.index())) {
#define REFUND_WRITE_KIND(Name, text)              \
  case EventKind::k##Name:                         \
    Write(*std::get_if<Name>(&v), b.init##Name()); \
    break;
    REFUND_EVENT_KINDS(REFUND_WRITE_KIND)
#undef REFUND_WRITE_KIND
  }
}

}  // namespace

void WriteClaim(const Claim& v, schema::Claim::Builder b) {
  REFUND_SET_TEXT(Id, v.id);
  REFUND_SET_TEXT(Key, v.key);
  if (v.case_id) b.setCaseId(Bytes(v.case_id->view()));
  b.setOccurredAt(v.occurred_at.ms);
  Write(v.actor, b.initActor());
  if (v.expected_version) b.setExpectedVersion(*v.expected_version);
  WriteBody(v.body, b.initBody());
}

}  // namespace refund::codec
