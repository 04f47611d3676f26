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

void Write(const BucketAmount& v, schema::BucketAmount::Builder b) {
  b.setBucket(As<schema::Bucket>(v.bucket));
  Write(v.amount, b.initAmount());
  b.setFunder(As<schema::Bearer>(v.funder));
}

void Write(const OfferOption& v, schema::OfferOption::Builder b) {
  b.setRemedy(As<schema::Remedy>(v.remedy));
  Write(v.amount, b.initAmount());
}

void Write(const SlotAsked& v, schema::SlotAsked::Builder b) {
  b.setParty(As<schema::Role>(v.party));
  REFUND_SET_TEXT(Slot, v.slot);
}

void Write(const LiabilityShare& v, schema::LiabilityShare::Builder b) {
  b.setBearer(As<schema::Bearer>(v.bearer));
  b.setBasisPoints(v.basis_points);
}

void Write(const DayTotal& v, schema::DayTotal::Builder b) {
  REFUND_SET_TEXT(Metric, v.metric);
  b.setNumerator(v.numerator);
  b.setDenominator(v.denominator);
}

void Write(const PaidLine& v, schema::PaidLine::Builder b);  // has a list, and stands in lists

template <class V, class B>
void WriteAll(const std::vector<V>& values, B list) {
  for (uint32_t i = 0; i < list.size(); ++i) Write(values[i], list[i]);
}

void Write(const PaidLine& v, schema::PaidLine::Builder b) {
  REFUND_SET_TEXT(Line, v.line);
  REFUND_SET_TEXT(Sku, v.sku);
  b.setQuantity(v.quantity);
  Write(v.paid, b.initPaid());
  b.setPerishable(v.perishable);
  REFUND_SET_LIST(Buckets, v.buckets);
  if (!v.supported.empty()) {
    auto kinds = b.initSupported(Count(v.supported));
    for (uint32_t i = 0; i < kinds.size(); ++i) kinds.set(i, As<schema::CaseKind>(v.supported[i]));
  }
  REFUND_SET_TEXT(Serial, v.serial);
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
  REFUND_SET_TEXT(ReturnAddress, v.return_address);
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

// RefundRequested, ComplaintFiled and IssueCardSubmitted ask for the same things.
template <class V, class B>
void WriteAsk(const V& v, B b) {
  b.setKind(As<schema::CaseKind>(v.kind));
  Write(v.units, b.initUnits());
  Write(v.ask, b.initAsk());
  b.setReason(As<schema::ClaimReason>(v.reason));
  REFUND_SET_LIST(Evidence, v.evidence);
}

void Write(const RefundRequested& v, schema::RefundRequested::Builder b) {
  WriteAsk(v, b);
  if (v.extra) Write(*v.extra, b.initExtra());
}

void Write(const ComplaintFiled& v, schema::ComplaintFiled::Builder b) { WriteAsk(v, b); }

void Write(const RefundAmended& v, schema::RefundAmended::Builder b) {
  b.setKind(As<schema::CaseKind>(v.kind));
  if (v.ask) Write(*v.ask, b.initAsk());
  REFUND_SET_LIST(Evidence, v.evidence);
}

void Write(const RefundAccepted& v, schema::RefundAccepted::Builder b) {
  b.setQuantity(v.quantity);
  b.setWaived(v.waived);
  b.setIntercept(v.intercept);
  REFUND_SET_TEXT(Address, v.address);
}

void Write(const RefundRejected& v, schema::RefundRejected::Builder b) {
  b.setGround(As<schema::RefusalGround>(v.ground));
  REFUND_SET_LIST(Evidence, v.evidence);
  b.setQuantity(v.quantity);
}

void Write(const CaseReopened& v, schema::CaseReopened::Builder b) {
  b.setGround(As<schema::HelpGround>(v.ground));
  b.setReason(As<schema::ClaimReason>(v.reason));
  REFUND_SET_LIST(Evidence, v.evidence);
}

void Write(const OfferMade& v, schema::OfferMade::Builder b) {
  REFUND_SET_LIST(Options, v.options);
  if (v.expires_at) b.setExpiresAt(v.expires_at->ms);
  if (!v.supersedes.IsZero()) b.setSupersedes(Bytes(v.supersedes.view()));
  if (v.units) Write(*v.units, b.initUnits());
}

void Write(const OfferChosen& v, schema::OfferChosen::Builder b) {
  b.setOffer(Bytes(v.offer.view()));
  b.setOption(v.option);
  b.setQuantity(v.quantity);
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
  b.setKind(As<schema::CaseKind>(v.kind));
  if (v.units) Write(*v.units, b.initUnits());
  if (v.ask) Write(*v.ask, b.initAsk());
  b.setReason(As<schema::ClaimReason>(v.reason));
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
  b.setQuantity(v.quantity);
  REFUND_SET_LIST(Shares, v.shares);
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
  b.setAttempt(v.attempt);
}

void Write(const RefundFailed& v, schema::RefundFailed::Builder b) {
  b.setLeg(Bytes(v.leg.view()));
  b.setFailure(As<schema::PayoutFailure>(v.failure));
  REFUND_SET_TEXT(Reference, v.reference);
  b.setAttempt(v.attempt);
}

void Write(const VersionBarrier& v, schema::VersionBarrier::Builder b) {
  b.setSemantic(v.semantic);
}

void Write(const OutageDeclared& v, schema::OutageDeclared::Builder b) {
  b.setFrom(v.from.ms);
  b.setTo(v.to.ms);
}

void Write(const PayoutHold& v, schema::PayoutHold::Builder b) {
  b.setScope(As<schema::HoldScope>(v.scope));
  REFUND_SET_TEXT(Name, v.name);
}

void Write(const PayoutReleased& v, schema::PayoutReleased::Builder b) {
  b.setScope(As<schema::HoldScope>(v.scope));
  REFUND_SET_TEXT(Name, v.name);
}

void Write(const OrderVoided& v, schema::OrderVoided::Builder b) {
  REFUND_SET_TEXT(Reason, v.reason);
}

void Write(const FraudStop& v, schema::FraudStop::Builder b) { REFUND_SET_TEXT(Reason, v.reason); }

void Write(const ParcelLost& v, schema::ParcelLost::Builder b) {
  REFUND_SET_TEXT(Parcel, v.parcel);
}

void Write(const InterceptFailed& v, schema::InterceptFailed::Builder b) {
  REFUND_SET_TEXT(Parcel, v.parcel);
}

void Write(const AfterSalesApplyClicked& v, schema::AfterSalesApplyClicked::Builder b) {
  b.setChannel(As<schema::Channel>(v.channel));
}

void Write(const IssueCardSubmitted& v, schema::IssueCardSubmitted::Builder b) {
  WriteAsk(v, b);
  REFUND_SET_TEXT(Text, v.text);
}

void Write(const IssueCardAnswered& v, schema::IssueCardAnswered::Builder b) {
  b.setAnswer(As<schema::CardAnswer>(v.answer));
}

void Write(const ReturnAddressGiven& v, schema::ReturnAddressGiven::Builder b) {
  REFUND_SET_TEXT(Address, v.address);
}

void Write(const ReturnShipped& v, schema::ReturnShipped::Builder b) {
  REFUND_SET_TEXT(Carrier, v.carrier);
  REFUND_SET_TEXT(Parcel, v.parcel);
  b.setQuantity(v.quantity);
  if (v.freight) Write(*v.freight, b.initFreight());
}

void Write(const ReturnReceived& v, schema::ReturnReceived::Builder b) {
  b.setQuantity(v.quantity);
}

void Write(const ReturnInspected& v, schema::ReturnInspected::Builder b) {
  b.setResult(As<schema::Inspection>(v.result));
  b.setQuantity(v.quantity);
  b.setFault(As<schema::GoodsFault>(v.fault));
  if (v.deduct) Write(*v.deduct, b.initDeduct());
  REFUND_SET_LIST(Evidence, v.evidence);
}

void Write(const ReplacementShipped& v, schema::ReplacementShipped::Builder b) {
  REFUND_SET_TEXT(Carrier, v.carrier);
  REFUND_SET_TEXT(Parcel, v.parcel);
}

void Write(const RepairDone& v, schema::RepairDone::Builder b) {
  REFUND_SET_TEXT(Carrier, v.carrier);
  REFUND_SET_TEXT(Parcel, v.parcel);
  REFUND_SET_TEXT(Serial, v.serial);
}

void Write(const ResendShipped& v, schema::ResendShipped::Builder b) {
  REFUND_SET_TEXT(Carrier, v.carrier);
  REFUND_SET_TEXT(Parcel, v.parcel);
}

void Write(const SellerCannotFulfil& v, schema::SellerCannotFulfil::Builder b) {
  REFUND_SET_TEXT(Reason, v.reason);
}

void Write(const AppealFiled& v, schema::AppealFiled::Builder b) {
  b.setGround(As<schema::HelpGround>(v.ground));
  REFUND_SET_TEXT(Text, v.text);
  REFUND_SET_LIST(Evidence, v.evidence);
}

void Write(const AppealDecided& v, schema::AppealDecided::Builder b) {
  b.setResult(As<schema::AppealResult>(v.result));
  if (v.ruling) Write(*v.ruling, b.initRuling());
  REFUND_SET_TEXT(Text, v.text);
}

void Write(const RulingSetAside& v, schema::RulingSetAside::Builder b) {
  REFUND_SET_TEXT(Reason, v.reason);
  Write(v.approved_by, b.initApprovedBy());
}

void Write(const Rearbitrated& v, schema::Rearbitrated::Builder b) {
  b.setPack(Bytes(v.pack.view()));
  Write(v.ruling, b.initRuling());
  Write(v.approved_by, b.initApprovedBy());
}

void Write(const DeadlineExtended& v, schema::DeadlineExtended::Builder b) {
  b.setTimer(As<schema::Timer>(v.timer));
  b.setUntil(v.until.ms);
  REFUND_SET_TEXT(Reason, v.reason);
}

void Write(const PaymentDisputeOpened& v, schema::PaymentDisputeOpened::Builder b) {
  REFUND_SET_TEXT(Dispute, v.dispute);
  Write(v.amount, b.initAmount());
  b.setRefundable(v.refundable);
}

void Write(const PaymentDisputeClosed& v, schema::PaymentDisputeClosed::Builder b) {
  REFUND_SET_TEXT(Dispute, v.dispute);
  b.setResult(As<schema::DisputeResult>(v.result));
}

void Write(const RefundReversed& v, schema::RefundReversed::Builder b) {
  b.setLeg(Bytes(v.leg.view()));
  Write(v.amount, b.initAmount());
  REFUND_SET_TEXT(Reference, v.reference);
}

void Write(const PayoutDestinationGiven& v, schema::PayoutDestinationGiven::Builder b) {
  b.setLeg(Bytes(v.leg.view()));
  REFUND_SET_TEXT(Destination, v.destination);
}

void Write(const VoucherGrantRequested& v, schema::VoucherGrantRequested::Builder b) {
  b.setKind(As<schema::VoucherKind>(v.kind));
  Write(v.amount, b.initAmount());
  REFUND_SET_TEXT(Cause, v.cause);
}

void Write(const VoucherRedeemed& v, schema::VoucherRedeemed::Builder b) {
  b.setVoucher(Bytes(v.voucher.view()));
  Write(v.amount, b.initAmount());
}

void Write(const ExternalComplaintReceived& v, schema::ExternalComplaintReceived::Builder b) {
  REFUND_SET_TEXT(Source, v.source);
  REFUND_SET_TEXT(Reference, v.reference);
}

void Write(const SafetyEscalated& v, schema::SafetyEscalated::Builder b) {
  REFUND_SET_TEXT(Reference, v.reference);
}

void Write(const ProductIntercepted& v, schema::ProductIntercepted::Builder b) {
  REFUND_SET_TEXT(Reason, v.reason);
}

void Write(const BuyerMessage& v, schema::BuyerMessage::Builder b) {
  REFUND_SET_TEXT(Message, v.message);
}

void Write(const SellerReply& v, schema::SellerReply::Builder b) {
  b.setBy(As<schema::ReplierKind>(v.by));
  REFUND_SET_TEXT(Message, v.message);
}

void Write(const BuyerBlocked& v, schema::BuyerBlocked::Builder b) {
  REFUND_SET_TEXT(Cause, v.cause);
}

void Write(const SatisfactionRated& v, schema::SatisfactionRated::Builder b) {
  b.setSatisfied(v.satisfied);
}

void Write(const ChatMonitoringFlag& v, schema::ChatMonitoringFlag::Builder b) {
  REFUND_SET_TEXT(Flag, v.flag);
  REFUND_SET_TEXT(ModelVersion, v.model_version);
}

void Write(const TradeInDevice& v, schema::TradeInDevice::Builder b) {
  b.setState(As<schema::DeviceState>(v.state));
}

void Write(const MerchantSettingChanged& v, schema::MerchantSettingChanged::Builder b) {
  REFUND_SET_TEXT(Setting, v.setting);
  REFUND_SET_TEXT(Value, v.value);
}

void Write(const FreightServiceSubscribed& v, schema::FreightServiceSubscribed::Builder b) {
  REFUND_SET_TEXT(Service, v.service);
}

void Write(const IpComplaintFiled& v, schema::IpComplaintFiled::Builder b) {
  REFUND_SET_TEXT(Reference, v.reference);
}

void Write(const IpComplaintClosed& v, schema::IpComplaintClosed::Builder b) {
  REFUND_SET_TEXT(Reference, v.reference);
  b.setUpheld(v.upheld);
}

void Write(const Draw& v, schema::Draw::Builder b) {
  b.setLeg(Bytes(v.leg.view()));
  REFUND_SET_TEXT(Order, v.order);
  Write(v.amount, b.initAmount());
  Write(v.limit, b.initLimit());
  b.setWindowDays(v.window_days);
  b.setGiveBack(v.give_back);
}

void Write(const DrawGranted& v, schema::DrawGranted::Builder b) {
  b.setLeg(Bytes(v.leg.view()));
  REFUND_SET_TEXT(Account, v.account);
}

void Write(const DrawRefused& v, schema::DrawRefused::Builder b) {
  b.setLeg(Bytes(v.leg.view()));
  REFUND_SET_TEXT(Account, v.account);
  REFUND_SET_TEXT(Reason, v.reason);
}

void Write(const DayTotals& v, schema::DayTotals::Builder b) {
  b.setPartition(v.partition);
  b.setDay(v.day.ms);
  REFUND_SET_LIST(Totals, v.totals);
}

void Write(const MerchantRolledUp& v, schema::MerchantRolledUp::Builder b) {
  b.setDay(v.day.ms);
  if (!v.pack.IsZero()) b.setPack(Bytes(v.pack.view()));
  REFUND_SET_LIST(Totals, v.totals);
}

// Kinds that say nothing beyond that they happened.
void Write(const Tick&, schema::Tick::Builder) {}
void Write(const OrderCompleted&, schema::OrderCompleted::Builder) {}
void Write(const RefundWithdrawn&, schema::RefundWithdrawn::Builder) {}
void Write(const InterventionWithdrawn&, schema::InterventionWithdrawn::Builder) {}
void Write(const RulingApproved&, schema::RulingApproved::Builder) {}
void Write(const AppealWaived&, schema::AppealWaived::Builder) {}
void Write(const EntranceOpenRequested&, schema::EntranceOpenRequested::Builder) {}
void Write(const EntranceReopened&, schema::EntranceReopened::Builder) {}
void Write(const ReturnAddressInvalid&, schema::ReturnAddressInvalid::Builder) {}
void Write(const ReplacementReceived&, schema::ReplacementReceived::Builder) {}

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
