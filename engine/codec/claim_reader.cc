#include "engine/codec/claim_reader.h"

#include <string>

#include "absl/strings/str_format.h"
#include "engine/codec/event_keys.h"
#include "engine/codec/text_check.h"
#include "engine/domain/key.h"

namespace refund::codec {

// One Read() per struct of schemas/event.capnp; the numbers are the schema's ordinals. They are
// static and not in an anonymous namespace, because Reading finds them by their arguments.

static bool Read(Reading& in, schema::Money::Reader r, Money& out) {
  const auto& rules = Rules<schema::Money>();
  out.units = r.getUnits();
  if (out.units < -kMaxUnits || out.units > kMaxUnits) {
    const bool low = out.units < 0;
    return in.Fail(rules[0], absl::StrFormat("expected at %s %d, found %d", low ? "least" : "most",
                                             low ? -kMaxUnits : kMaxUnits, out.units));
  }
  return in.Enum(rules[1], r.getCurrency(), out.currency);
}

static bool Read(Reading& in, schema::Actor::Reader r, Actor& out) {
  const auto& rules = Rules<schema::Actor>();
  return in.Enum(rules[0], r.getRole(), out.role) &&
         in.Text(rules[1], r.hasId(), r.getId(), out.id);
}

static bool Read(Reading& in, schema::LineUnits::Reader r, LineUnits& out) {
  const auto& rules = Rules<schema::LineUnits>();
  out.quantity = r.getQuantity();
  return in.Text(rules[0], r.hasLine(), r.getLine(), out.line);
}

static bool Read(Reading& in, schema::Evidence::Reader r, Evidence& out) {
  const auto& rules = Rules<schema::Evidence>();
  out.shared = r.getShared();
  return in.Bytes(rules[0], r.hasHash(), r.getHash(), out.hash) &&
         in.Enum(rules[1], r.getKind(), out.kind) &&
         in.Text(rules[2], r.hasSlot(), r.getSlot(), out.slot) &&
         in.Text(rules[3], r.hasUri(), r.getUri(), out.uri);
}

static bool Read(Reading& in, schema::BucketAmount::Reader r, BucketAmount& out) {
  const auto& rules = Rules<schema::BucketAmount>();
  return in.Enum(rules[0], r.getBucket(), out.bucket) &&
         in.Struct(rules[1], r.hasAmount(), r.getAmount(), out.amount) &&
         in.Enum(rules[2], r.getFunder(), out.funder);
}

static bool Read(Reading& in, schema::PaidLine::Reader r, PaidLine& out) {
  const auto& rules = Rules<schema::PaidLine>();
  out.quantity = r.getQuantity();
  out.perishable = r.getPerishable();
  return in.Text(rules[0], r.hasLine(), r.getLine(), out.line) &&
         in.Text(rules[1], r.hasSku(), r.getSku(), out.sku) &&
         in.Struct(rules[3], r.hasPaid(), r.getPaid(), out.paid) &&
         in.Structs(rules[5], r.hasBuckets(), r.getBuckets(), out.buckets) &&
         in.Enums(rules[6], r.hasSupported(), r.getSupported(), out.supported) &&
         in.Text(rules[7], r.hasSerial(), r.getSerial(), out.serial);
}

static bool Read(Reading& in, schema::OfferOption::Reader r, OfferOption& out) {
  const auto& rules = Rules<schema::OfferOption>();
  return in.Enum(rules[0], r.getRemedy(), out.remedy) &&
         in.Struct(rules[1], r.hasAmount(), r.getAmount(), out.amount);
}

static bool Read(Reading& in, schema::SlotAsked::Reader r, SlotAsked& out) {
  const auto& rules = Rules<schema::SlotAsked>();
  return in.Enum(rules[0], r.getParty(), out.party) &&
         in.Text(rules[1], r.hasSlot(), r.getSlot(), out.slot);
}

static bool Read(Reading& in, schema::LiabilityShare::Reader r, LiabilityShare& out) {
  const auto& rules = Rules<schema::LiabilityShare>();
  out.basis_points = r.getBasisPoints();
  return in.Enum(rules[0], r.getBearer(), out.bearer);
}

static bool Read(Reading& in, schema::DayTotal::Reader r, DayTotal& out) {
  const auto& rules = Rules<schema::DayTotal>();
  out.numerator = r.getNumerator();
  out.denominator = r.getDenominator();
  return in.Text(rules[0], r.hasMetric(), r.getMetric(), out.metric);
}

static bool Read(Reading& in, schema::LogOpened::Reader r, LogOpened& out) {
  const auto& rules = Rules<schema::LogOpened>();
  out.partition = r.getPartition();
  out.partitions = r.getPartitions();
  out.semantic = r.getSemantic();
  return in.Bytes(rules[0], r.hasLogId(), r.getLogId(), out.log_id) &&
         in.Text(rules[3], r.hasPartitioner(), r.getPartitioner(), out.partitioner);
}

static bool Read(Reading& in, schema::PolicyPublished::Reader r, PolicyPublished& out) {
  const auto& rules = Rules<schema::PolicyPublished>();
  return in.Bytes(rules[0], r.hasDigest(), r.getDigest(), out.digest) &&
         in.Blob(rules[1], r.hasPack(), r.getPack(), out.pack);
}

static bool Read(Reading& in, schema::OrderPaid::Reader r, OrderPaid& out) {
  const auto& rules = Rules<schema::OrderPaid>();
  return in.Text(rules[0], r.hasBuyer(), r.getBuyer(), out.buyer) &&
         in.Text(rules[1], r.hasMerchant(), r.getMerchant(), out.merchant) &&
         in.Structs(rules[2], r.hasLines(), r.getLines(), out.lines) &&
         in.Text(rules[3], r.hasReturnAddress(), r.getReturnAddress(), out.return_address);
}

static bool Read(Reading& in, schema::PriceSnapshotRecorded::Reader r, PriceSnapshotRecorded& out) {
  const auto& rules = Rules<schema::PriceSnapshotRecorded>();
  return in.Structs(rules[0], r.hasLines(), r.getLines(), out.lines);
}

static bool Read(Reading& in, schema::PresaleDepositPaid::Reader r, PresaleDepositPaid& out) {
  const auto& rules = Rules<schema::PresaleDepositPaid>();
  return in.Struct(rules[0], r.hasAmount(), r.getAmount(), out.amount);
}

static bool Read(Reading& in, schema::PresaleBalancePaid::Reader r, PresaleBalancePaid& out) {
  const auto& rules = Rules<schema::PresaleBalancePaid>();
  return in.Struct(rules[0], r.hasAmount(), r.getAmount(), out.amount);
}

static bool Read(Reading& in, schema::PromiseRecorded::Reader r, PromiseRecorded& out) {
  const auto& rules = Rules<schema::PromiseRecorded>();
  return in.Enum(rules[0], r.getKind(), out.kind) &&
         in.Text(rules[1], r.hasDetail(), r.getDetail(), out.detail);
}

static bool Read(Reading& in, schema::OrderCancelled::Reader r, OrderCancelled& out) {
  const auto& rules = Rules<schema::OrderCancelled>();
  return in.Structs(rules[0], r.hasLines(), r.getLines(), out.lines);
}

static bool Read(Reading& in, schema::ShipmentDeclared::Reader r, ShipmentDeclared& out) {
  const auto& rules = Rules<schema::ShipmentDeclared>();
  return in.Text(rules[0], r.hasParcel(), r.getParcel(), out.parcel) &&
         in.Text(rules[1], r.hasCarrier(), r.getCarrier(), out.carrier);
}

static bool Read(Reading& in, schema::CarrierScan::Reader r, CarrierScan& out) {
  const auto& rules = Rules<schema::CarrierScan>();
  return in.Text(rules[0], r.hasParcel(), r.getParcel(), out.parcel) &&
         in.Text(rules[1], r.hasCarrier(), r.getCarrier(), out.carrier);
}

static bool Read(Reading& in, schema::DeliveryScan::Reader r, DeliveryScan& out) {
  const auto& rules = Rules<schema::DeliveryScan>();
  return in.Text(rules[0], r.hasParcel(), r.getParcel(), out.parcel) &&
         in.Enum(rules[1], r.getLevel(), out.level);
}

// RefundRequested and ComplaintFiled ask for the same things.
template <class S, class V>
static bool ReadAsk(Reading& in, typename S::Reader r, V& out) {
  const auto& rules = Rules<S>();
  return in.Enum(rules[0], r.getKind(), out.kind) &&
         in.Struct(rules[1], r.hasUnits(), r.getUnits(), out.units) &&
         in.Struct(rules[2], r.hasAsk(), r.getAsk(), out.ask) &&
         in.Enum(rules[3], r.getReason(), out.reason) &&
         in.Structs(rules[4], r.hasEvidence(), r.getEvidence(), out.evidence);
}

static bool Read(Reading& in, schema::RefundRequested::Reader r, RefundRequested& out) {
  return ReadAsk<schema::RefundRequested>(in, r, out) &&
         in.StructOrNone(Rules<schema::RefundRequested>()[5], r.hasExtra(), r.getExtra(),
                         out.extra);
}

static bool Read(Reading& in, schema::ComplaintFiled::Reader r, ComplaintFiled& out) {
  return ReadAsk<schema::ComplaintFiled>(in, r, out);
}

static bool Read(Reading& in, schema::RefundAmended::Reader r, RefundAmended& out) {
  const auto& rules = Rules<schema::RefundAmended>();
  return in.Enum(rules[0], r.getKind(), out.kind) &&
         in.StructOrNone(rules[1], r.hasAsk(), r.getAsk(), out.ask) &&
         in.Structs(rules[2], r.hasEvidence(), r.getEvidence(), out.evidence);
}

static bool Read(Reading& in, schema::RefundAccepted::Reader r, RefundAccepted& out) {
  out.quantity = r.getQuantity();
  out.waived = r.getWaived();
  out.intercept = r.getIntercept();
  return in.Text(Rules<schema::RefundAccepted>()[3], r.hasAddress(), r.getAddress(), out.address);
}

static bool Read(Reading& in, schema::RefundRejected::Reader r, RefundRejected& out) {
  const auto& rules = Rules<schema::RefundRejected>();
  out.quantity = r.getQuantity();
  return in.Enum(rules[0], r.getGround(), out.ground) &&
         in.Structs(rules[1], r.hasEvidence(), r.getEvidence(), out.evidence);
}

static bool Read(Reading& in, schema::CaseReopened::Reader r, CaseReopened& out) {
  const auto& rules = Rules<schema::CaseReopened>();
  return in.Enum(rules[0], r.getGround(), out.ground) &&
         in.Enum(rules[1], r.getReason(), out.reason) &&
         in.Structs(rules[2], r.hasEvidence(), r.getEvidence(), out.evidence);
}

static bool Read(Reading& in, schema::OfferMade::Reader r, OfferMade& out) {
  const auto& rules = Rules<schema::OfferMade>();
  // 0 is the default, so it cannot be told from absent.
  if (r.getExpiresAt() != 0 && !in.At(rules[1], r.getExpiresAt(), out.expires_at.emplace())) {
    return false;
  }
  return in.Structs(rules[0], r.hasOptions(), r.getOptions(), out.options) &&
         in.BytesOrNone(rules[2], r.hasSupersedes(), r.getSupersedes(), out.supersedes) &&
         in.StructOrNone(rules[3], r.hasUnits(), r.getUnits(), out.units);
}

static bool Read(Reading& in, schema::OfferChosen::Reader r, OfferChosen& out) {
  const auto& rules = Rules<schema::OfferChosen>();
  out.option = r.getOption();
  out.quantity = r.getQuantity();
  return in.Bytes(rules[0], r.hasOffer(), r.getOffer(), out.offer);
}

static bool Read(Reading& in, schema::OfferDeclined::Reader r, OfferDeclined& out) {
  const auto& rules = Rules<schema::OfferDeclined>();
  return in.Bytes(rules[0], r.hasOffer(), r.getOffer(), out.offer);
}

static bool Read(Reading& in, schema::SettlementAgreed::Reader r, SettlementAgreed& out) {
  const auto& rules = Rules<schema::SettlementAgreed>();
  return in.Struct(rules[0], r.hasRemedy(), r.getRemedy(), out.remedy) &&
         in.Structs(rules[1], r.hasAgreedBy(), r.getAgreedBy(), out.agreed_by);
}

static bool Read(Reading& in, schema::PlatformHelpRequested::Reader r, PlatformHelpRequested& out) {
  return in.Enum(Rules<schema::PlatformHelpRequested>()[0], r.getGround(), out.ground);
}

static bool Read(Reading& in, schema::PlatformIntervened::Reader r, PlatformIntervened& out) {
  const auto& rules = Rules<schema::PlatformIntervened>();
  return in.Enum(rules[0], r.getGround(), out.ground) && in.Enum(rules[1], r.getKind(), out.kind) &&
         in.StructOrNone(rules[2], r.hasUnits(), r.getUnits(), out.units) &&
         in.StructOrNone(rules[3], r.hasAsk(), r.getAsk(), out.ask) &&
         in.Enum(rules[4], r.getReason(), out.reason);
}

static bool Read(Reading& in, schema::InterventionOpened::Reader r, InterventionOpened& out) {
  const auto& rules = Rules<schema::InterventionOpened>();
  return in.Text(rules[0], r.hasAgent(), r.getAgent(), out.agent) &&
         in.Structs(rules[1], r.hasSlots(), r.getSlots(), out.slots);
}

static bool Read(Reading& in, schema::EvidenceSubmitted::Reader r, EvidenceSubmitted& out) {
  const auto& rules = Rules<schema::EvidenceSubmitted>();
  out.seal = r.getSeal();
  return in.Structs(rules[0], r.hasEvidence(), r.getEvidence(), out.evidence);
}

static bool Read(Reading& in, schema::EvidenceRequested::Reader r, EvidenceRequested& out) {
  const auto& rules = Rules<schema::EvidenceRequested>();
  return in.Structs(rules[0], r.hasSlots(), r.getSlots(), out.slots);
}

static bool Read(Reading& in, schema::LiabilityAssessed::Reader r, LiabilityAssessed& out) {
  const auto& rules = Rules<schema::LiabilityAssessed>();
  return in.Enum(rules[0], r.getLiability(), out.liability) &&
         in.Text(rules[1], r.hasGrounds(), r.getGrounds(), out.grounds);
}

static bool Read(Reading& in, schema::RulingProposed::Reader r, RulingProposed& out) {
  const auto& rules = Rules<schema::RulingProposed>();
  out.quantity = r.getQuantity();
  return in.Enum(rules[0], r.getOutcome(), out.outcome) &&
         in.Enum(rules[1], r.getRemedy(), out.remedy) &&
         in.Struct(rules[2], r.hasAmount(), r.getAmount(), out.amount) &&
         in.Texts(rules[3], r.hasReasonCodes(), r.getReasonCodes(), out.reason_codes) &&
         in.Digests(rules[4], r.hasConsidered(), r.getConsidered(), out.considered) &&
         in.Text(rules[5], r.hasText(), r.getText(), out.text) &&
         in.Structs(rules[7], r.hasShares(), r.getShares(), out.shares);
}

static bool Read(Reading& in, schema::RulingRejected::Reader r, RulingRejected& out) {
  return in.Text(Rules<schema::RulingRejected>()[0], r.hasText(), r.getText(), out.text);
}

static bool Read(Reading& in, schema::SellerStandingSnapshot::Reader r,
                 SellerStandingSnapshot& out) {
  const auto& rules = Rules<schema::SellerStandingSnapshot>();
  out.bad_reviews = r.getBadReviews();
  out.violations = r.getViolations();
  return in.At(rules[2], r.getAsOf(), out.as_of) &&
         in.Text(rules[3], r.hasSourceVersion(), r.getSourceVersion(), out.source_version);
}

static bool Read(Reading& in, schema::ProductRatingSnapshot::Reader r, ProductRatingSnapshot& out) {
  const auto& rules = Rules<schema::ProductRatingSnapshot>();
  out.good = r.getGood();
  out.rated = r.getRated();
  return in.Text(rules[0], r.hasLine(), r.getLine(), out.line) &&
         in.At(rules[3], r.getAsOf(), out.as_of) &&
         in.Text(rules[4], r.hasSourceVersion(), r.getSourceVersion(), out.source_version);
}

static bool Read(Reading& in, schema::AbuseAssessed::Reader r, AbuseAssessed& out) {
  const auto& rules = Rules<schema::AbuseAssessed>();
  return in.Enum(rules[0], r.getVerdict(), out.verdict) &&
         in.At(rules[1], r.getAsOf(), out.as_of) &&
         in.Text(rules[2], r.hasModelVersion(), r.getModelVersion(), out.model_version);
}

static bool Read(Reading& in, schema::BuyerTierSnapshot::Reader r, BuyerTierSnapshot& out) {
  const auto& rules = Rules<schema::BuyerTierSnapshot>();
  return in.Text(rules[0], r.hasTier(), r.getTier(), out.tier) &&
         in.At(rules[1], r.getAsOf(), out.as_of) &&
         in.Text(rules[2], r.hasSourceVersion(), r.getSourceVersion(), out.source_version);
}

static bool Read(Reading& in, schema::RefundPaid::Reader r, RefundPaid& out) {
  const auto& rules = Rules<schema::RefundPaid>();
  out.attempt = r.getAttempt();
  return in.Bytes(rules[0], r.hasLeg(), r.getLeg(), out.leg) &&
         in.Text(rules[1], r.hasReference(), r.getReference(), out.reference);
}

static bool Read(Reading& in, schema::RefundFailed::Reader r, RefundFailed& out) {
  const auto& rules = Rules<schema::RefundFailed>();
  out.attempt = r.getAttempt();
  return in.Bytes(rules[0], r.hasLeg(), r.getLeg(), out.leg) &&
         in.Enum(rules[1], r.getFailure(), out.failure) &&
         in.Text(rules[2], r.hasReference(), r.getReference(), out.reference);
}

static bool Read(Reading&, schema::VersionBarrier::Reader r, VersionBarrier& out) {
  out.semantic = r.getSemantic();
  return true;
}

static bool Read(Reading& in, schema::OutageDeclared::Reader r, OutageDeclared& out) {
  const auto& rules = Rules<schema::OutageDeclared>();
  return in.At(rules[0], r.getFrom(), out.from) && in.At(rules[1], r.getTo(), out.to);
}

static bool Read(Reading& in, schema::PayoutHold::Reader r, PayoutHold& out) {
  const auto& rules = Rules<schema::PayoutHold>();
  return in.Enum(rules[0], r.getScope(), out.scope) &&
         in.Text(rules[1], r.hasName(), r.getName(), out.name);
}

static bool Read(Reading& in, schema::PayoutReleased::Reader r, PayoutReleased& out) {
  const auto& rules = Rules<schema::PayoutReleased>();
  return in.Enum(rules[0], r.getScope(), out.scope) &&
         in.Text(rules[1], r.hasName(), r.getName(), out.name);
}

static bool Read(Reading& in, schema::OrderVoided::Reader r, OrderVoided& out) {
  return in.Text(Rules<schema::OrderVoided>()[0], r.hasReason(), r.getReason(), out.reason);
}

static bool Read(Reading& in, schema::FraudStop::Reader r, FraudStop& out) {
  return in.Text(Rules<schema::FraudStop>()[0], r.hasReason(), r.getReason(), out.reason);
}

static bool Read(Reading& in, schema::ParcelLost::Reader r, ParcelLost& out) {
  return in.Text(Rules<schema::ParcelLost>()[0], r.hasParcel(), r.getParcel(), out.parcel);
}

static bool Read(Reading& in, schema::InterceptFailed::Reader r, InterceptFailed& out) {
  return in.Text(Rules<schema::InterceptFailed>()[0], r.hasParcel(), r.getParcel(), out.parcel);
}

static bool Read(Reading& in, schema::AfterSalesApplyClicked::Reader r,
                 AfterSalesApplyClicked& out) {
  return in.Enum(Rules<schema::AfterSalesApplyClicked>()[0], r.getChannel(), out.channel);
}

static bool Read(Reading& in, schema::IssueCardSubmitted::Reader r, IssueCardSubmitted& out) {
  const auto& rules = Rules<schema::IssueCardSubmitted>();
  return in.Enum(rules[0], r.getKind(), out.kind) &&
         in.Struct(rules[1], r.hasUnits(), r.getUnits(), out.units) &&
         in.Struct(rules[2], r.hasAsk(), r.getAsk(), out.ask) &&
         in.Enum(rules[3], r.getReason(), out.reason) &&
         in.Text(rules[4], r.hasText(), r.getText(), out.text) &&
         in.Structs(rules[5], r.hasEvidence(), r.getEvidence(), out.evidence);
}

static bool Read(Reading& in, schema::IssueCardAnswered::Reader r, IssueCardAnswered& out) {
  return in.Enum(Rules<schema::IssueCardAnswered>()[0], r.getAnswer(), out.answer);
}

static bool Read(Reading& in, schema::ReturnAddressGiven::Reader r, ReturnAddressGiven& out) {
  return in.Text(Rules<schema::ReturnAddressGiven>()[0], r.hasAddress(), r.getAddress(),
                 out.address);
}

static bool Read(Reading& in, schema::ReturnShipped::Reader r, ReturnShipped& out) {
  const auto& rules = Rules<schema::ReturnShipped>();
  out.quantity = r.getQuantity();
  return in.Text(rules[0], r.hasCarrier(), r.getCarrier(), out.carrier) &&
         in.Text(rules[1], r.hasParcel(), r.getParcel(), out.parcel) &&
         in.StructOrNone(rules[3], r.hasFreight(), r.getFreight(), out.freight);
}

static bool Read(Reading&, schema::ReturnReceived::Reader r, ReturnReceived& out) {
  out.quantity = r.getQuantity();
  return true;
}

static bool Read(Reading& in, schema::ReturnInspected::Reader r, ReturnInspected& out) {
  const auto& rules = Rules<schema::ReturnInspected>();
  out.quantity = r.getQuantity();
  return in.Enum(rules[0], r.getResult(), out.result) &&
         in.Enum(rules[2], r.getFault(), out.fault) &&
         in.StructOrNone(rules[3], r.hasDeduct(), r.getDeduct(), out.deduct) &&
         in.Structs(rules[4], r.hasEvidence(), r.getEvidence(), out.evidence);
}

static bool Read(Reading& in, schema::ReplacementShipped::Reader r, ReplacementShipped& out) {
  const auto& rules = Rules<schema::ReplacementShipped>();
  return in.Text(rules[0], r.hasCarrier(), r.getCarrier(), out.carrier) &&
         in.Text(rules[1], r.hasParcel(), r.getParcel(), out.parcel);
}

static bool Read(Reading& in, schema::RepairDone::Reader r, RepairDone& out) {
  const auto& rules = Rules<schema::RepairDone>();
  return in.Text(rules[0], r.hasCarrier(), r.getCarrier(), out.carrier) &&
         in.Text(rules[1], r.hasParcel(), r.getParcel(), out.parcel) &&
         in.Text(rules[2], r.hasSerial(), r.getSerial(), out.serial);
}

static bool Read(Reading& in, schema::ResendShipped::Reader r, ResendShipped& out) {
  const auto& rules = Rules<schema::ResendShipped>();
  return in.Text(rules[0], r.hasCarrier(), r.getCarrier(), out.carrier) &&
         in.Text(rules[1], r.hasParcel(), r.getParcel(), out.parcel);
}

static bool Read(Reading& in, schema::SellerCannotFulfil::Reader r, SellerCannotFulfil& out) {
  return in.Text(Rules<schema::SellerCannotFulfil>()[0], r.hasReason(), r.getReason(), out.reason);
}

static bool Read(Reading& in, schema::AppealFiled::Reader r, AppealFiled& out) {
  const auto& rules = Rules<schema::AppealFiled>();
  return in.Enum(rules[0], r.getGround(), out.ground) &&
         in.Text(rules[1], r.hasText(), r.getText(), out.text) &&
         in.Structs(rules[2], r.hasEvidence(), r.getEvidence(), out.evidence);
}

static bool Read(Reading& in, schema::AppealDecided::Reader r, AppealDecided& out) {
  const auto& rules = Rules<schema::AppealDecided>();
  return in.Enum(rules[0], r.getResult(), out.result) &&
         in.StructOrNone(rules[1], r.hasRuling(), r.getRuling(), out.ruling) &&
         in.Text(rules[2], r.hasText(), r.getText(), out.text);
}

static bool Read(Reading& in, schema::RulingSetAside::Reader r, RulingSetAside& out) {
  const auto& rules = Rules<schema::RulingSetAside>();
  return in.Text(rules[0], r.hasReason(), r.getReason(), out.reason) &&
         in.Struct(rules[1], r.hasApprovedBy(), r.getApprovedBy(), out.approved_by);
}

static bool Read(Reading& in, schema::Rearbitrated::Reader r, Rearbitrated& out) {
  const auto& rules = Rules<schema::Rearbitrated>();
  return in.Bytes(rules[0], r.hasPack(), r.getPack(), out.pack) &&
         in.Struct(rules[1], r.hasRuling(), r.getRuling(), out.ruling) &&
         in.Struct(rules[2], r.hasApprovedBy(), r.getApprovedBy(), out.approved_by);
}

static bool Read(Reading& in, schema::DeadlineExtended::Reader r, DeadlineExtended& out) {
  const auto& rules = Rules<schema::DeadlineExtended>();
  return in.Enum(rules[0], r.getTimer(), out.timer) && in.At(rules[1], r.getUntil(), out.until) &&
         in.Text(rules[2], r.hasReason(), r.getReason(), out.reason);
}

static bool Read(Reading& in, schema::PaymentDisputeOpened::Reader r, PaymentDisputeOpened& out) {
  const auto& rules = Rules<schema::PaymentDisputeOpened>();
  out.refundable = r.getRefundable();
  return in.Text(rules[0], r.hasDispute(), r.getDispute(), out.dispute) &&
         in.Struct(rules[1], r.hasAmount(), r.getAmount(), out.amount);
}

static bool Read(Reading& in, schema::PaymentDisputeClosed::Reader r, PaymentDisputeClosed& out) {
  const auto& rules = Rules<schema::PaymentDisputeClosed>();
  return in.Text(rules[0], r.hasDispute(), r.getDispute(), out.dispute) &&
         in.Enum(rules[1], r.getResult(), out.result);
}

static bool Read(Reading& in, schema::RefundReversed::Reader r, RefundReversed& out) {
  const auto& rules = Rules<schema::RefundReversed>();
  return in.Bytes(rules[0], r.hasLeg(), r.getLeg(), out.leg) &&
         in.Struct(rules[1], r.hasAmount(), r.getAmount(), out.amount) &&
         in.Text(rules[2], r.hasReference(), r.getReference(), out.reference);
}

static bool Read(Reading& in, schema::PayoutDestinationGiven::Reader r,
                 PayoutDestinationGiven& out) {
  const auto& rules = Rules<schema::PayoutDestinationGiven>();
  return in.Bytes(rules[0], r.hasLeg(), r.getLeg(), out.leg) &&
         in.Text(rules[1], r.hasDestination(), r.getDestination(), out.destination);
}

static bool Read(Reading& in, schema::VoucherGrantRequested::Reader r, VoucherGrantRequested& out) {
  const auto& rules = Rules<schema::VoucherGrantRequested>();
  return in.Enum(rules[0], r.getKind(), out.kind) &&
         in.Struct(rules[1], r.hasAmount(), r.getAmount(), out.amount) &&
         in.Text(rules[2], r.hasCause(), r.getCause(), out.cause);
}

static bool Read(Reading& in, schema::VoucherRedeemed::Reader r, VoucherRedeemed& out) {
  const auto& rules = Rules<schema::VoucherRedeemed>();
  return in.Bytes(rules[0], r.hasVoucher(), r.getVoucher(), out.voucher) &&
         in.Struct(rules[1], r.hasAmount(), r.getAmount(), out.amount);
}

static bool Read(Reading& in, schema::ExternalComplaintReceived::Reader r,
                 ExternalComplaintReceived& out) {
  const auto& rules = Rules<schema::ExternalComplaintReceived>();
  return in.Text(rules[0], r.hasSource(), r.getSource(), out.source) &&
         in.Text(rules[1], r.hasReference(), r.getReference(), out.reference);
}

static bool Read(Reading& in, schema::SafetyEscalated::Reader r, SafetyEscalated& out) {
  return in.Text(Rules<schema::SafetyEscalated>()[0], r.hasReference(), r.getReference(),
                 out.reference);
}

static bool Read(Reading& in, schema::ProductIntercepted::Reader r, ProductIntercepted& out) {
  return in.Text(Rules<schema::ProductIntercepted>()[0], r.hasReason(), r.getReason(), out.reason);
}

static bool Read(Reading& in, schema::BuyerMessage::Reader r, BuyerMessage& out) {
  return in.Text(Rules<schema::BuyerMessage>()[0], r.hasMessage(), r.getMessage(), out.message);
}

static bool Read(Reading& in, schema::SellerReply::Reader r, SellerReply& out) {
  const auto& rules = Rules<schema::SellerReply>();
  return in.Enum(rules[0], r.getBy(), out.by) &&
         in.Text(rules[1], r.hasMessage(), r.getMessage(), out.message);
}

static bool Read(Reading& in, schema::BuyerBlocked::Reader r, BuyerBlocked& out) {
  return in.Text(Rules<schema::BuyerBlocked>()[0], r.hasCause(), r.getCause(), out.cause);
}

static bool Read(Reading&, schema::SatisfactionRated::Reader r, SatisfactionRated& out) {
  out.satisfied = r.getSatisfied();
  return true;
}

static bool Read(Reading& in, schema::ChatMonitoringFlag::Reader r, ChatMonitoringFlag& out) {
  const auto& rules = Rules<schema::ChatMonitoringFlag>();
  return in.Text(rules[0], r.hasFlag(), r.getFlag(), out.flag) &&
         in.Text(rules[1], r.hasModelVersion(), r.getModelVersion(), out.model_version);
}

static bool Read(Reading& in, schema::TradeInDevice::Reader r, TradeInDevice& out) {
  return in.Enum(Rules<schema::TradeInDevice>()[0], r.getState(), out.state);
}

static bool Read(Reading& in, schema::MerchantSettingChanged::Reader r,
                 MerchantSettingChanged& out) {
  const auto& rules = Rules<schema::MerchantSettingChanged>();
  return in.Text(rules[0], r.hasSetting(), r.getSetting(), out.setting) &&
         in.Text(rules[1], r.hasValue(), r.getValue(), out.value);
}

static bool Read(Reading& in, schema::FreightServiceSubscribed::Reader r,
                 FreightServiceSubscribed& out) {
  return in.Text(Rules<schema::FreightServiceSubscribed>()[0], r.hasService(), r.getService(),
                 out.service);
}

static bool Read(Reading& in, schema::IpComplaintFiled::Reader r, IpComplaintFiled& out) {
  return in.Text(Rules<schema::IpComplaintFiled>()[0], r.hasReference(), r.getReference(),
                 out.reference);
}

static bool Read(Reading& in, schema::IpComplaintClosed::Reader r, IpComplaintClosed& out) {
  out.upheld = r.getUpheld();
  return in.Text(Rules<schema::IpComplaintClosed>()[0], r.hasReference(), r.getReference(),
                 out.reference);
}

static bool Read(Reading& in, schema::Draw::Reader r, Draw& out) {
  const auto& rules = Rules<schema::Draw>();
  out.window_days = r.getWindowDays();
  out.give_back = r.getGiveBack();
  return in.Bytes(rules[0], r.hasLeg(), r.getLeg(), out.leg) &&
         in.Text(rules[1], r.hasOrder(), r.getOrder(), out.order) &&
         in.Struct(rules[2], r.hasAmount(), r.getAmount(), out.amount) &&
         in.Struct(rules[3], r.hasLimit(), r.getLimit(), out.limit);
}

static bool Read(Reading& in, schema::DrawGranted::Reader r, DrawGranted& out) {
  const auto& rules = Rules<schema::DrawGranted>();
  return in.Bytes(rules[0], r.hasLeg(), r.getLeg(), out.leg) &&
         in.Text(rules[1], r.hasAccount(), r.getAccount(), out.account);
}

static bool Read(Reading& in, schema::DrawRefused::Reader r, DrawRefused& out) {
  const auto& rules = Rules<schema::DrawRefused>();
  return in.Bytes(rules[0], r.hasLeg(), r.getLeg(), out.leg) &&
         in.Text(rules[1], r.hasAccount(), r.getAccount(), out.account) &&
         in.Text(rules[2], r.hasReason(), r.getReason(), out.reason);
}

static bool Read(Reading& in, schema::DayTotals::Reader r, DayTotals& out) {
  const auto& rules = Rules<schema::DayTotals>();
  out.partition = r.getPartition();
  return in.At(rules[1], r.getDay(), out.day) &&
         in.Structs(rules[2], r.hasTotals(), r.getTotals(), out.totals);
}

static bool Read(Reading& in, schema::MerchantRolledUp::Reader r, MerchantRolledUp& out) {
  const auto& rules = Rules<schema::MerchantRolledUp>();
  return in.At(rules[0], r.getDay(), out.day) &&
         in.BytesOrNone(rules[1], r.hasPack(), r.getPack(), out.pack) &&
         in.Structs(rules[2], r.hasTotals(), r.getTotals(), out.totals);
}

// Kinds that say nothing beyond that they happened.
static bool Read(Reading&, schema::Tick::Reader, Tick&) { return true; }
static bool Read(Reading&, schema::OrderCompleted::Reader, OrderCompleted&) { return true; }
static bool Read(Reading&, schema::RefundWithdrawn::Reader, RefundWithdrawn&) { return true; }
static bool Read(Reading&, schema::InterventionWithdrawn::Reader, InterventionWithdrawn&) {
  return true;
}
static bool Read(Reading&, schema::RulingApproved::Reader, RulingApproved&) { return true; }
static bool Read(Reading&, schema::AppealWaived::Reader, AppealWaived&) { return true; }
static bool Read(Reading&, schema::EntranceOpenRequested::Reader, EntranceOpenRequested&) {
  return true;
}
static bool Read(Reading&, schema::EntranceReopened::Reader, EntranceReopened&) { return true; }
static bool Read(Reading&, schema::ReturnAddressInvalid::Reader, ReturnAddressInvalid&) {
  return true;
}
static bool Read(Reading&, schema::ReplacementReceived::Reader, ReplacementReceived&) {
  return true;
}

static bool Read(Reading& in, schema::Body::Reader r, EventBody& out) {
  const auto& rules = Rules<schema::Body>();
  const auto number = static_cast<size_t>(r.which());
  // Before the cast: EventKind has 8 bits, the wire has 16.
  if (number >= CountOf<EventKind>()) {
    return in.FailHere(absl::StrFormat("expected a kind of event below %d, found %d",
                                       CountOf<EventKind>(), number));
  }
  switch (static_cast<EventKind>(number)) {
#define REFUND_READ_KIND(Name, text) \
  case EventKind::k##Name:           \
    return in.Struct(rules[number], r.has##Name(), r.get##Name(), out.emplace<Name>());
    REFUND_EVENT_KINDS(REFUND_READ_KIND)
#undef REFUND_READ_KIND
  }
  return false;
}

static bool Read(Reading& in, schema::Stamp::Reader r, Stamp& out) {
  const auto& rules = Rules<schema::Stamp>();
  return in.At(rules[0], r.getRecordedAt(), out.recorded_at) &&
         in.Text(rules[1], r.hasPrincipal(), r.getPrincipal(), out.principal);
}

namespace {

bool CheckId(Reading& in, const FieldRule& rule, std::string_view id) {
  // The size and the control characters have been looked at.
  return IsPrintableAscii(id, rule.maximum) ||
         in.Fail(rule, "expected printable ASCII, found other characters");
}

bool CheckKey(Reading& in, const FieldRule& rule, const Claim& claim) {
  if (IsBroadcast(claim.kind())) {
    return claim.key.empty() ||
           in.Fail(rule, absl::StrFormat("expected no key for %s, found \"%s\"",
                                         NameOf(claim.kind()), claim.key));
  }
  KeyParts parts;
  std::string error;
  if (!ParseKey(claim.key, parts, error)) return in.Fail(rule, error);
  return MayHaveKey(claim.kind(), parts.type) ||
         in.Fail(rule, absl::StrFormat("expected %s, found \"%s\"", KeyExpectedOf(claim.kind()),
                                       claim.key));
}

bool CheckVersion(Reading& in, const FieldRule& rule, int64_t version, Claim& out) {
  if (version < -1) {
    return in.Fail(rule, absl::StrFormat("expected -1 or more, found %d", version));
  }
  if (version >= 0) out.expected_version = version;
  return true;
}

}  // namespace

bool ReadClaim(Reading& in, schema::Claim::Reader r, Claim& out) {
  const auto& rules = Rules<schema::Claim>();
  return in.OnlyKnown(r) && in.Text(rules[0], r.hasId(), r.getId(), out.id) &&
         CheckId(in, rules[0], out.id) && in.Text(rules[1], r.hasKey(), r.getKey(), out.key) &&
         (!r.hasCaseId() || in.Bytes(rules[2], true, r.getCaseId(), out.case_id.emplace())) &&
         in.At(rules[3], r.getOccurredAt(), out.occurred_at) &&
         in.Struct(rules[4], r.hasActor(), r.getActor(), out.actor) &&
         CheckVersion(in, rules[5], r.getExpectedVersion(), out) &&
         in.Struct(rules[6], r.hasBody(), r.getBody(), out.body) && CheckKey(in, rules[1], out);
}

bool ReadStamp(Reading& in, schema::Record::Reader record, Stamp& out) {
  return in.OnlyKnown(record) &&
         in.Struct(Rules<schema::Record>()[1], record.hasStamp(), record.getStamp(), out);
}

}  // namespace refund::codec
