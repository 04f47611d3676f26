@0xb1c7a5f1e3d24b01;
# A record of the log: a claim (what the sender said) and a stamp (what intake added). All bytes are
# canonical: one segment, no segment table. A new kind is a new struct and a new member at the end of
# Body; a struct grows by fields at its end. docs/formats/event.md.

using Cxx = import "/capnp/c++.capnp";
using T = import "types.capnp";
$Cxx.namespace("refund::schema");

struct Record {
  claim @0 :Data;
  # The canonical bytes of a Claim. Its hash covers exactly these.
  stamp @1 :Stamp;
}

struct Stamp {
  recordedAt @0 :Int64 $T.instant;
  principal @1 :Text $T.optional $T.maximum(128);
}

struct Claim {
  id @0 :Text $T.maximum(128);
  key @1 :Text $T.maximum(128) $T.optional;
  caseId @2 :Data $T.hex $T.bytes(16) $T.optional;
  occurredAt @3 :Int64 $T.instant;
  actor @4 :T.Actor;
  expectedVersion @5 :Int64 = -1 $T.optional;
  body @6 :Body;
}

struct LineUnits {
  line @0 :Text $T.maximum(64);
  quantity @1 :UInt32;
}

struct Evidence {
  hash @0 :Data $T.hex $T.bytes(32);
  kind @1 :T.EvidenceKind;
  slot @2 :Text $T.maximum(64) $T.optional;
  uri @3 :Text $T.maximum(512) $T.optional;
  shared @4 :Bool $T.optional;
}

struct PaidLine {
  line @0 :Text $T.maximum(64);
  sku @1 :Text $T.maximum(64);
  quantity @2 :UInt32;
  paid @3 :T.Money;
  perishable @4 :Bool $T.optional;
  buckets @5 :List(BucketAmount) $T.optional $T.maximum(16);
  supported @6 :List(T.CaseKind) $T.optional $T.maximum(16);
  serial @7 :Text $T.optional $T.maximum(64);
}

struct BucketAmount {
  bucket @0 :T.Bucket;
  amount @1 :T.Money;
  funder @2 :T.Bearer $T.optional;
}

struct LiabilityShare {
  bearer @0 :T.Bearer;
  basisPoints @1 :UInt32;
}

struct OfferOption {
  remedy @0 :T.Remedy;
  amount @1 :T.Money;
}

struct SlotAsked {
  party @0 :T.Role;
  slot @1 :Text $T.maximum(64);
}

# ---- Bodies. The member's name is the event's, rules.md §3.1. ----

struct Body {
  union {
    logOpened @0 :LogOpened $T.broadcast $T.sender(engine)
      $T.example("{\"log_id\":\"00112233445566778899aabbccddeeff\",\"partition\":0,\"partitions\":4,\"partitioner\":\"murmur2\",\"semantic\":1}");
    policyPublished @1 :PolicyPublished $T.broadcast $T.sender(engine)
      $T.example("{\"digest\":\"4862f447f2c7f272fa2f4aaf89dadb3b1ac09105bd5864f8d1a0c9452bb0a226\",\"pack\":\"cGFjaw==\"}");
    tick @2 :Tick $T.broadcast $T.sender(engine) $T.example("{}");
    orderPaid @3 :OrderPaid $T.sender(platform)
      $T.example("{\"buyer\":\"b-81\",\"merchant\":\"m-7\",\"lines\":[{\"line\":\"1\",\"sku\":\"orange-5kg\",\"quantity\":1,\"paid\":{\"units\":5990,\"currency\":\"CNY\"},\"perishable\":true}]}");
    priceSnapshotRecorded @4 :PriceSnapshotRecorded $T.sender(platform)
      $T.example("{\"lines\":[{\"line\":\"1\",\"sku\":\"orange-5kg\",\"quantity\":1,\"paid\":{\"units\":5990,\"currency\":\"CNY\"}}]}");
    presaleDepositPaid @5 :PresaleDepositPaid $T.sender(platform) $T.example("{\"amount\":{\"units\":10000,\"currency\":\"CNY\"}}");
    presaleBalancePaid @6 :PresaleBalancePaid $T.sender(platform) $T.example("{\"amount\":{\"units\":89900,\"currency\":\"CNY\"}}");
    promiseRecorded @7 :PromiseRecorded $T.sender(seller) $T.example("{\"kind\":\"SHIP48H\"}");
    orderCancelled @8 :OrderCancelled $T.sender(buyer) $T.example("{\"lines\":[{\"line\":\"1\",\"quantity\":1}]}");
    orderCompleted @9 :OrderCompleted $T.sender(platform) $T.example("{}");
    shipmentDeclared @10 :ShipmentDeclared $T.sender(seller) $T.example("{\"parcel\":\"p-1\",\"carrier\":\"SF\"}");
    carrierScan @11 :CarrierScan $T.sender(carrier) $T.example("{\"parcel\":\"p-1\",\"carrier\":\"SF\"}");
    deliveryScan @12 :DeliveryScan $T.sender(carrier) $T.example("{\"parcel\":\"p-1\",\"level\":\"DOOR\"}");
    refundRequested @13 :RefundRequested $T.sender(buyer)
      $T.example("{\"kind\":\"REFUND_ONLY\",\"units\":{\"line\":\"1\",\"quantity\":1},\"ask\":{\"units\":5990,\"currency\":\"CNY\"},\"reason\":\"TASTE\"}");
    complaintFiled @14 :ComplaintFiled $T.sender(buyer)
      $T.example("{\"kind\":\"REFUND_ONLY\",\"units\":{\"line\":\"1\",\"quantity\":1},\"ask\":{\"units\":5990,\"currency\":\"CNY\"},\"reason\":\"QUALITY\"}");
    refundAmended @15 :RefundAmended $T.sender(buyer) $T.example("{\"ask\":{\"units\":3000,\"currency\":\"CNY\"}}");
    refundAccepted @16 :RefundAccepted $T.sender(seller) $T.example("{}");
    refundRejected @17 :RefundRejected $T.sender(seller) $T.example("{\"ground\":\"PERSONAL_TASTE\"}");
    refundWithdrawn @18 :RefundWithdrawn $T.sender(buyer) $T.example("{}");
    caseReopened @19 :CaseReopened $T.sender(buyer)
      $T.example("{\"ground\":\"NEW_EVIDENCE\",\"evidence\":[{\"hash\":\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\",\"kind\":\"PHOTO\"}]}");
    offerMade @20 :OfferMade $T.sender(seller)
      $T.example("{\"options\":[{\"remedy\":\"REFUND_ONLY\",\"amount\":{\"units\":3000,\"currency\":\"CNY\"}}]}");
    offerChosen @21 :OfferChosen $T.sender(buyer) $T.example("{\"offer\":\"00112233445566778899aabbccddeeff\",\"option\":0}");
    offerDeclined @22 :OfferDeclined $T.sender(buyer) $T.example("{\"offer\":\"00112233445566778899aabbccddeeff\"}");
    settlementAgreed @23 :SettlementAgreed $T.sender(platform)
      $T.example("{\"remedy\":{\"remedy\":\"REFUND_ONLY\",\"amount\":{\"units\":3000,\"currency\":\"CNY\"}},\"agreed_by\":[{\"role\":\"BUYER\",\"id\":\"b-81\"},{\"role\":\"SELLER\",\"id\":\"m-7\"}]}");
    platformHelpRequested @24 :PlatformHelpRequested $T.sender(buyer) $T.example("{\"ground\":\"SELLER_REFUSED\"}");
    platformIntervened @25 :PlatformIntervened $T.sender(platform) $T.example("{\"ground\":\"PLATFORM_REVIEW\"}");
    interventionOpened @26 :InterventionOpened $T.sender(agent) $T.example("{\"agent\":\"agent-3\"}");
    interventionWithdrawn @27 :InterventionWithdrawn $T.sender(buyer) $T.example("{}");
    evidenceSubmitted @28 :EvidenceSubmitted $T.sender(buyer)
      $T.example("{\"evidence\":[{\"hash\":\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\",\"kind\":\"PHOTO\",\"slot\":\"photo\"}],\"seal\":true}");
    evidenceRequested @29 :EvidenceRequested $T.sender(agent) $T.example("{\"slots\":[{\"party\":\"SELLER\",\"slot\":\"delivery-proof\"}]}");
    liabilityAssessed @30 :LiabilityAssessed $T.sender(agent) $T.example("{\"liability\":\"MERCHANT\",\"grounds\":\"photos show rot\"}");
    rulingProposed @31 :RulingProposed $T.sender(agent)
      $T.example("{\"outcome\":\"BUYER\",\"remedy\":\"REFUND_ONLY\",\"amount\":{\"units\":5990,\"currency\":\"CNY\"},\"reason_codes\":[\"TASTE\"],\"text\":\"taste is a ground\"}");
    rulingApproved @32 :RulingApproved $T.sender(agent) $T.example("{}");
    rulingRejected @33 :RulingRejected $T.sender(agent) $T.example("{\"text\":\"the photo shows another item\"}");
    appealWaived @34 :AppealWaived $T.sender(buyer) $T.example("{}");
    sellerStandingSnapshot @35 :SellerStandingSnapshot $T.sender(platform)
      $T.example("{\"bad_reviews\":21,\"violations\":0,\"as_of\":\"2024-03-01T00:00:00+08:00\",\"source_version\":\"standing-4\"}");
    productRatingSnapshot @36 :ProductRatingSnapshot $T.sender(platform)
      $T.example("{\"line\":\"1\",\"good\":6999,\"rated\":10000,\"as_of\":\"2024-03-01T00:00:00+08:00\",\"source_version\":\"rating-1\"}");
    abuseAssessed @37 :AbuseAssessed $T.sender(model)
      $T.example("{\"verdict\":\"ABNORMAL\",\"as_of\":\"2024-08-20T10:00:00+08:00\",\"model_version\":\"v3\"}");
    buyerTierSnapshot @38 :BuyerTierSnapshot $T.sender(platform)
      $T.example("{\"tier\":\"88VIP\",\"as_of\":\"2024-03-01T00:00:00+08:00\",\"source_version\":\"tier-1\"}");
    refundPaid @39 :RefundPaid $T.sender(psp) $T.example("{\"leg\":\"00112233445566778899aabbccddeeff\",\"reference\":\"psp-991\"}");
    refundFailed @40 :RefundFailed $T.sender(psp)
      $T.example("{\"leg\":\"00112233445566778899aabbccddeeff\",\"failure\":\"RETRYABLE\",\"reference\":\"psp-992\"}");
    versionBarrier @41 :VersionBarrier $T.broadcast $T.sender(engine)
      $T.example("{\"semantic\":2}");
    outageDeclared @42 :OutageDeclared $T.broadcast $T.sender(engine)
      $T.example("{\"from\":\"2024-03-01T00:00:00+08:00\",\"to\":\"2024-03-01T02:00:00+08:00\"}");
    payoutHold @43 :PayoutHold $T.broadcast $T.sender(platform)
      $T.example("{\"scope\":\"MERCHANT\",\"name\":\"TAOBAO/m-7\"}");
    payoutReleased @44 :PayoutReleased $T.broadcast $T.sender(platform)
      $T.example("{\"scope\":\"MERCHANT\",\"name\":\"TAOBAO/m-7\"}");
    orderVoided @45 :OrderVoided $T.sender(platform)
      $T.example("{\"reason\":\"paid by mistake\"}");
    fraudStop @46 :FraudStop $T.sender(platform)
      $T.example("{\"reason\":\"stolen card\"}");
    parcelLost @47 :ParcelLost $T.sender(carrier)
      $T.example("{\"parcel\":\"p-1\"}");
    interceptFailed @48 :InterceptFailed $T.sender(carrier)
      $T.example("{\"parcel\":\"p-1\"}");
    afterSalesApplyClicked @49 :AfterSalesApplyClicked $T.sender(buyer)
      $T.example("{\"channel\":\"ORDER_LIST\"}");
    issueCardSubmitted @50 :IssueCardSubmitted $T.sender(buyer)
      $T.example("{\"kind\":\"RETURN_REFUND\",\"units\":{\"line\":\"1\",\"quantity\":1},\"ask\":{\"units\":89900,\"currency\":\"CNY\"},\"reason\":\"QUALITY\"}");
    issueCardAnswered @51 :IssueCardAnswered $T.sender(seller)
      $T.example("{\"answer\":\"AGREE\"}");
    entranceOpenRequested @52 :EntranceOpenRequested $T.sender(seller)
      $T.example("{}");
    entranceReopened @53 :EntranceReopened $T.sender(buyer)
      $T.example("{}");
    returnAddressGiven @54 :ReturnAddressGiven $T.sender(seller)
      $T.example("{\"address\":\"addr-9\"}");
    returnAddressInvalid @55 :ReturnAddressInvalid $T.sender(carrier)
      $T.example("{}");
    returnShipped @56 :ReturnShipped $T.sender(buyer)
      $T.example("{\"carrier\":\"SF\",\"parcel\":\"r-1\",\"freight\":{\"units\":1000,\"currency\":\"CNY\"}}");
    returnReceived @57 :ReturnReceived $T.sender(seller)
      $T.example("{}");
    returnInspected @58 :ReturnInspected $T.sender(seller)
      $T.example("{\"result\":\"ACCEPTED\"}");
    replacementShipped @59 :ReplacementShipped $T.sender(seller)
      $T.example("{\"carrier\":\"SF\",\"parcel\":\"x-1\"}");
    repairDone @60 :RepairDone $T.sender(seller)
      $T.example("{\"carrier\":\"SF\",\"parcel\":\"x-1\",\"serial\":\"S-77\"}");
    resendShipped @61 :ResendShipped $T.sender(seller)
      $T.example("{\"carrier\":\"SF\",\"parcel\":\"x-1\"}");
    replacementReceived @62 :ReplacementReceived $T.sender(buyer)
      $T.example("{}");
    sellerCannotFulfil @63 :SellerCannotFulfil $T.sender(seller)
      $T.example("{\"reason\":\"out of stock\"}");
    appealFiled @64 :AppealFiled $T.sender(buyer)
      $T.example("{\"ground\":\"NEW_EVIDENCE\",\"evidence\":[{\"hash\":\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\",\"kind\":\"PHOTO\"}]}");
    appealDecided @65 :AppealDecided $T.sender(agent)
      $T.example("{\"result\":\"UPHELD\"}");
    rulingSetAside @66 :RulingSetAside $T.sender(platform)
      $T.example("{\"reason\":\"forged photo\",\"approved_by\":{\"role\":\"AGENT\",\"id\":\"agent-9\"}}");
    rearbitrated @67 :Rearbitrated $T.sender(platform)
      $T.example("{\"pack\":\"4862f447f2c7f272fa2f4aaf89dadb3b1ac09105bd5864f8d1a0c9452bb0a226\",\"ruling\":{\"outcome\":\"SELLER\",\"remedy\":\"NONE\",\"amount\":{\"units\":0,\"currency\":\"CNY\"}},\"approved_by\":{\"role\":\"AGENT\",\"id\":\"agent-9\"}}");
    deadlineExtended @68 :DeadlineExtended $T.sender(platform)
      $T.example("{\"timer\":\"T1\",\"until\":\"2024-06-21T00:00:00+08:00\",\"reason\":\"promotion peak\"}");
    paymentDisputeOpened @69 :PaymentDisputeOpened $T.sender(psp)
      $T.example("{\"dispute\":\"cb-1\",\"amount\":{\"units\":5990,\"currency\":\"CNY\"}}");
    paymentDisputeClosed @70 :PaymentDisputeClosed $T.sender(psp)
      $T.example("{\"dispute\":\"cb-1\",\"result\":\"LOST\"}");
    refundReversed @71 :RefundReversed $T.sender(psp)
      $T.example("{\"leg\":\"00112233445566778899aabbccddeeff\",\"amount\":{\"units\":5990,\"currency\":\"CNY\"},\"reference\":\"psp-993\"}");
    payoutDestinationGiven @72 :PayoutDestinationGiven $T.sender(buyer)
      $T.example("{\"leg\":\"00112233445566778899aabbccddeeff\",\"destination\":\"acct-5\"}");
    voucherGrantRequested @73 :VoucherGrantRequested $T.sender(agent)
      $T.example("{\"kind\":\"EXPERIENCE_COMP\",\"amount\":{\"units\":500,\"currency\":\"CNY\"},\"cause\":\"long wait\"}");
    voucherRedeemed @74 :VoucherRedeemed $T.sender(platform)
      $T.example("{\"voucher\":\"00112233445566778899aabbccddeeff\",\"amount\":{\"units\":500,\"currency\":\"CNY\"}}");
    externalComplaintReceived @75 :ExternalComplaintReceived $T.sender(platform)
      $T.example("{\"source\":\"12315\",\"reference\":\"c-77\"}");
    safetyEscalated @76 :SafetyEscalated $T.sender(platform)
      $T.example("{\"reference\":\"police-3\"}");
    productIntercepted @77 :ProductIntercepted $T.sender(platform)
      $T.example("{\"reason\":\"counterfeit\"}");
    buyerMessage @78 :BuyerMessage $T.sender(buyer)
      $T.example("{\"message\":\"msg-1\"}");
    sellerReply @79 :SellerReply $T.sender(seller)
      $T.example("{\"by\":\"HUMAN\",\"message\":\"msg-2\"}");
    buyerBlocked @80 :BuyerBlocked $T.sender(seller)
      $T.example("{\"cause\":\"insults\"}");
    satisfactionRated @81 :SatisfactionRated $T.sender(buyer)
      $T.example("{\"satisfied\":true}");
    chatMonitoringFlag @82 :ChatMonitoringFlag $T.sender(model)
      $T.example("{\"flag\":\"SARCASM\",\"model_version\":\"chat-2\"}");
    tradeInDevice @83 :TradeInDevice $T.sender(platform)
      $T.example("{\"state\":\"HELD\"}");
    merchantSettingChanged @84 :MerchantSettingChanged $T.sender(seller)
      $T.example("{\"setting\":\"auto_open\",\"value\":\"true\"}");
    freightServiceSubscribed @85 :FreightServiceSubscribed $T.sender(seller)
      $T.example("{\"service\":\"RETURN_FREIGHT_COVER\"}");
    ipComplaintFiled @86 :IpComplaintFiled $T.sender(platform)
      $T.example("{\"reference\":\"ip-1\"}");
    ipComplaintClosed @87 :IpComplaintClosed $T.sender(platform)
      $T.example("{\"reference\":\"ip-1\",\"upheld\":true}");
    draw @88 :Draw $T.sender(engine)
      $T.example("{\"leg\":\"00112233445566778899aabbccddeeff\",\"order\":\"o/PINDUODUO/1\",\"amount\":{\"units\":500,\"currency\":\"CNY\"},\"limit\":{\"units\":10000,\"currency\":\"CNY\"},\"window_days\":30}");
    drawGranted @89 :DrawGranted $T.sender(engine)
      $T.example("{\"leg\":\"00112233445566778899aabbccddeeff\",\"account\":\"a/PINDUODUO/voucher-budget\"}");
    drawRefused @90 :DrawRefused $T.sender(engine)
      $T.example("{\"leg\":\"00112233445566778899aabbccddeeff\",\"account\":\"a/PINDUODUO/voucher-budget\",\"reason\":\"BUDGET_EXHAUSTED\"}");
    dayTotals @91 :DayTotals $T.sender(engine)
      $T.example("{\"partition\":0,\"day\":\"2024-03-01T00:00:00+08:00\",\"totals\":[{\"metric\":\"REFUSAL_RATE\",\"numerator\":2,\"denominator\":10}]}");
    merchantRolledUp @92 :MerchantRolledUp $T.sender(engine)
      $T.example("{\"day\":\"2024-03-01T00:00:00+08:00\",\"totals\":[{\"metric\":\"REFUSAL_RATE\",\"numerator\":2,\"denominator\":10}]}");
  }
}

struct LogOpened {
  logId @0 :Data $T.hex $T.bytes(16);
  partition @1 :UInt32;
  partitions @2 :UInt32;
  partitioner @3 :Text;
  semantic @4 :UInt32;
}
struct PolicyPublished {
  digest @0 :Data $T.hex $T.bytes(32);
  pack @1 :Data $T.maximum(1048576);
}
struct Tick {}

struct OrderPaid {
  buyer @0 :Text $T.maximum(128);
  merchant @1 :Text $T.maximum(128);
  lines @2 :List(PaidLine) $T.maximum(100);
  returnAddress @3 :Text $T.optional $T.maximum(128);
}
struct PriceSnapshotRecorded {
  lines @0 :List(PaidLine) $T.maximum(100);
}
struct PresaleDepositPaid {
  amount @0 :T.Money;
}
struct PresaleBalancePaid {
  amount @0 :T.Money;
}
struct PromiseRecorded {
  kind @0 :T.PromiseKind;
  detail @1 :Text $T.optional;
}
struct OrderCancelled {
  lines @0 :List(LineUnits) $T.maximum(100);
}
struct OrderCompleted {}
struct ShipmentDeclared {
  parcel @0 :Text $T.maximum(64);
  carrier @1 :Text $T.maximum(64);
}
struct CarrierScan {
  parcel @0 :Text $T.maximum(64);
  carrier @1 :Text $T.maximum(64);
}
struct DeliveryScan {
  parcel @0 :Text $T.maximum(64);
  level @1 :T.DeliveryLevel;
}
struct RefundRequested {
  kind @0 :T.CaseKind;
  units @1 :LineUnits;
  ask @2 :T.Money;
  reason @3 :T.ClaimReason;
  evidence @4 :List(Evidence) $T.optional $T.maximum(20);
  extra @5 :T.Money $T.optional;
}
struct ComplaintFiled {
  kind @0 :T.CaseKind;
  units @1 :LineUnits;
  ask @2 :T.Money;
  reason @3 :T.ClaimReason;
  evidence @4 :List(Evidence) $T.optional $T.maximum(20);
}
struct RefundAmended {
  kind @0 :T.CaseKind $T.optional;
  ask @1 :T.Money $T.optional;
  evidence @2 :List(Evidence) $T.optional $T.maximum(20);
}
struct RefundAccepted {
  quantity @0 :UInt32 $T.optional;
  waived @1 :Bool $T.optional;
  intercept @2 :Bool $T.optional;
  address @3 :Text $T.optional $T.maximum(128);
}
struct RefundRejected {
  ground @0 :T.RefusalGround;
  evidence @1 :List(Evidence) $T.optional $T.maximum(20);
  quantity @2 :UInt32 $T.optional;
}
struct RefundWithdrawn {}
struct CaseReopened {
  ground @0 :T.HelpGround;
  reason @1 :T.ClaimReason $T.optional;
  evidence @2 :List(Evidence) $T.optional $T.maximum(20);
}
struct OfferMade {
  options @0 :List(OfferOption) $T.maximum(3);
  expiresAt @1 :Int64 $T.instant $T.optional;
  supersedes @2 :Data $T.hex $T.bytes(16) $T.optional;
  units @3 :LineUnits $T.optional;
}
struct OfferChosen {
  offer @0 :Data $T.hex $T.bytes(16);
  option @1 :UInt32;
  quantity @2 :UInt32 $T.optional;
}
struct OfferDeclined {
  offer @0 :Data $T.hex $T.bytes(16);
}
struct SettlementAgreed {
  remedy @0 :OfferOption;
  agreedBy @1 :List(T.Actor) $T.maximum(4);
}
struct PlatformHelpRequested {
  ground @0 :T.HelpGround;
}
struct PlatformIntervened {
  ground @0 :T.HelpGround;
  kind @1 :T.CaseKind $T.optional;
  units @2 :LineUnits $T.optional;
  ask @3 :T.Money $T.optional;
  reason @4 :T.ClaimReason $T.optional;
}
struct InterventionOpened {
  agent @0 :Text $T.maximum(128);
  slots @1 :List(SlotAsked) $T.optional $T.maximum(20);
}
struct InterventionWithdrawn {}
struct EvidenceSubmitted {
  evidence @0 :List(Evidence) $T.optional $T.maximum(20);
  seal @1 :Bool $T.optional;
}
struct EvidenceRequested {
  slots @0 :List(SlotAsked) $T.maximum(20);
}
struct LiabilityAssessed {
  liability @0 :T.Liability;
  grounds @1 :Text $T.optional $T.maximum(4096);
}
struct RulingProposed {
  outcome @0 :T.RulingOutcome;
  remedy @1 :T.Remedy;
  amount @2 :T.Money;
  reasonCodes @3 :List(Text) $T.optional $T.maximum(20);
  considered @4 :List(Data) $T.optional $T.hex $T.bytes(32) $T.maximum(100);
  text @5 :Text $T.optional $T.maximum(4096);
  quantity @6 :UInt32 $T.optional;
  shares @7 :List(LiabilityShare) $T.optional $T.maximum(9);
}
struct RulingApproved {}
struct RulingRejected {
  text @0 :Text $T.optional $T.maximum(4096);
}
struct AppealWaived {}
struct SellerStandingSnapshot {
  badReviews @0 :UInt32;
  violations @1 :UInt32;
  asOf @2 :Int64 $T.instant;
  sourceVersion @3 :Text $T.optional;
}
struct ProductRatingSnapshot {
  line @0 :Text $T.maximum(64);
  good @1 :UInt64;
  rated @2 :UInt64;
  asOf @3 :Int64 $T.instant;
  sourceVersion @4 :Text $T.optional;
}
struct AbuseAssessed {
  verdict @0 :T.AbuseVerdict;
  asOf @1 :Int64 $T.instant;
  modelVersion @2 :Text;
}
struct BuyerTierSnapshot {
  tier @0 :Text $T.maximum(64);
  asOf @1 :Int64 $T.instant;
  sourceVersion @2 :Text $T.optional;
}
struct RefundPaid {
  leg @0 :Data $T.hex $T.bytes(16);
  reference @1 :Text $T.optional;
  attempt @2 :UInt32 $T.optional;
}
struct RefundFailed {
  leg @0 :Data $T.hex $T.bytes(16);
  failure @1 :T.PayoutFailure;
  reference @2 :Text $T.optional;
  attempt @3 :UInt32 $T.optional;
}
struct DayTotal {
  metric @0 :Text $T.maximum(64);
  numerator @1 :Int64;
  denominator @2 :Int64;
}
struct VersionBarrier {
  semantic @0 :UInt32;
}
struct OutageDeclared {
  from @0 :Int64 $T.instant;
  to @1 :Int64 $T.instant;
}
struct PayoutHold {
  scope @0 :T.HoldScope;
  name @1 :Text $T.optional $T.maximum(128);
}
struct PayoutReleased {
  scope @0 :T.HoldScope;
  name @1 :Text $T.optional $T.maximum(128);
}
struct OrderVoided {
  reason @0 :Text $T.optional $T.maximum(256);
}
struct FraudStop {
  reason @0 :Text $T.optional $T.maximum(256);
}
struct ParcelLost {
  parcel @0 :Text $T.maximum(64);
}
struct InterceptFailed {
  parcel @0 :Text $T.optional $T.maximum(64);
}
struct AfterSalesApplyClicked {
  channel @0 :T.Channel;
}
struct IssueCardSubmitted {
  kind @0 :T.CaseKind;
  units @1 :LineUnits;
  ask @2 :T.Money;
  reason @3 :T.ClaimReason;
  text @4 :Text $T.optional $T.maximum(1024);
  evidence @5 :List(Evidence) $T.optional $T.maximum(20);
}
struct IssueCardAnswered {
  answer @0 :T.CardAnswer;
}
struct EntranceOpenRequested {}
struct EntranceReopened {}
struct ReturnAddressGiven {
  address @0 :Text $T.maximum(128);
}
struct ReturnAddressInvalid {}
struct ReturnShipped {
  carrier @0 :Text $T.maximum(64);
  parcel @1 :Text $T.maximum(64);
  quantity @2 :UInt32 $T.optional;
  freight @3 :T.Money $T.optional;
}
struct ReturnReceived {
  quantity @0 :UInt32 $T.optional;
}
struct ReturnInspected {
  result @0 :T.Inspection;
  quantity @1 :UInt32 $T.optional;
  fault @2 :T.GoodsFault $T.optional;
  deduct @3 :T.Money $T.optional;
  evidence @4 :List(Evidence) $T.optional $T.maximum(20);
}
struct ReplacementShipped {
  carrier @0 :Text $T.maximum(64);
  parcel @1 :Text $T.maximum(64);
}
struct RepairDone {
  carrier @0 :Text $T.maximum(64);
  parcel @1 :Text $T.maximum(64);
  serial @2 :Text $T.optional $T.maximum(64);
}
struct ResendShipped {
  carrier @0 :Text $T.maximum(64);
  parcel @1 :Text $T.maximum(64);
}
struct ReplacementReceived {}
struct SellerCannotFulfil {
  reason @0 :Text $T.optional $T.maximum(256);
}
struct AppealFiled {
  ground @0 :T.HelpGround;
  text @1 :Text $T.optional $T.maximum(1024);
  evidence @2 :List(Evidence) $T.optional $T.maximum(20);
}
struct AppealDecided {
  result @0 :T.AppealResult;
  ruling @1 :RulingProposed $T.optional;
  text @2 :Text $T.optional $T.maximum(4096);
}
struct RulingSetAside {
  reason @0 :Text $T.maximum(1024);
  approvedBy @1 :T.Actor;
}
struct Rearbitrated {
  pack @0 :Data $T.hex $T.bytes(32);
  ruling @1 :RulingProposed;
  approvedBy @2 :T.Actor;
}
struct DeadlineExtended {
  timer @0 :T.Timer;
  until @1 :Int64 $T.instant;
  reason @2 :Text $T.optional $T.maximum(256);
}
struct PaymentDisputeOpened {
  dispute @0 :Text $T.maximum(64);
  amount @1 :T.Money;
  refundable @2 :Bool $T.optional;
}
struct PaymentDisputeClosed {
  dispute @0 :Text $T.maximum(64);
  result @1 :T.DisputeResult;
}
struct RefundReversed {
  leg @0 :Data $T.hex $T.bytes(16);
  amount @1 :T.Money;
  reference @2 :Text $T.optional;
}
struct PayoutDestinationGiven {
  leg @0 :Data $T.hex $T.bytes(16);
  destination @1 :Text $T.maximum(128);
}
struct VoucherGrantRequested {
  kind @0 :T.VoucherKind;
  amount @1 :T.Money;
  cause @2 :Text $T.optional $T.maximum(256);
}
struct VoucherRedeemed {
  voucher @0 :Data $T.hex $T.bytes(16);
  amount @1 :T.Money;
}
struct ExternalComplaintReceived {
  source @0 :Text $T.maximum(64);
  reference @1 :Text $T.maximum(128);
}
struct SafetyEscalated {
  reference @0 :Text $T.optional $T.maximum(128);
}
struct ProductIntercepted {
  reason @0 :Text $T.optional $T.maximum(256);
}
struct BuyerMessage {
  message @0 :Text $T.maximum(128);
}
struct SellerReply {
  by @0 :T.ReplierKind;
  message @1 :Text $T.maximum(128);
}
struct BuyerBlocked {
  cause @0 :Text $T.optional $T.maximum(256);
}
struct SatisfactionRated {
  satisfied @0 :Bool $T.optional;
}
struct ChatMonitoringFlag {
  flag @0 :Text $T.maximum(64);
  modelVersion @1 :Text $T.maximum(128);
}
struct TradeInDevice {
  state @0 :T.DeviceState;
}
struct MerchantSettingChanged {
  setting @0 :Text $T.maximum(64);
  value @1 :Text $T.optional $T.maximum(256);
}
struct FreightServiceSubscribed {
  service @0 :Text $T.maximum(64);
}
struct IpComplaintFiled {
  reference @0 :Text $T.maximum(128);
}
struct IpComplaintClosed {
  reference @0 :Text $T.maximum(128);
  upheld @1 :Bool $T.optional;
}
struct Draw {
  leg @0 :Data $T.hex $T.bytes(16);
  order @1 :Text $T.maximum(128);
  amount @2 :T.Money;
  limit @3 :T.Money;
  windowDays @4 :UInt32 $T.optional;
  giveBack @5 :Bool $T.optional;
}
struct DrawGranted {
  leg @0 :Data $T.hex $T.bytes(16);
  account @1 :Text $T.maximum(128);
}
struct DrawRefused {
  leg @0 :Data $T.hex $T.bytes(16);
  account @1 :Text $T.maximum(128);
  reason @2 :Text $T.optional $T.maximum(256);
}
struct DayTotals {
  partition @0 :UInt32;
  day @1 :Int64 $T.instant;
  totals @2 :List(DayTotal) $T.optional $T.maximum(1000);
}
struct MerchantRolledUp {
  day @0 :Int64 $T.instant;
  pack @1 :Data $T.hex $T.bytes(32) $T.optional;
  totals @2 :List(DayTotal) $T.optional $T.maximum(1000);
}
