@0xb1c7a5f1e3d24a01;
# Types that several schemas share, and the annotations that tell the JSON walker how a field is
# written. Ordinals and enumerants are appended, never renumbered, never reused (schema.lock).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("refund::schema");

annotation instant @0xb1c7a5f1e3d24a02 (field) :Void;
# Int64 milliseconds since 1970, UTC. JSON: RFC 3339 with offset.
annotation hex @0xb1c7a5f1e3d24a03 (field) :Void;
# Data written as hex in JSON, not as base64: ids (16 bytes) and SHA-256 digests (32 bytes).
annotation bytes @0xb1c7a5f1e3d24a04 (field) :UInt32;
# The exact size of a Data field.
annotation optional @0xb1c7a5f1e3d24a05 (field) :Void;
# May be absent in JSON. Every other field is required; a required text, Data or list is not empty,
# since bytes cannot tell empty from absent.
annotation maximum @0xb1c7a5f1e3d24a06 (field) :UInt32;
# The most bytes of a text or Data, or items of a list (256 without it). The texts in a list have at
# most 256 bytes. A text that may have 1024 bytes or more may have line breaks.
annotation broadcast @0xb1c7a5f1e3d24a07 (field) :Void;
# A kind without a key, for every partition.
annotation example @0xb1c7a5f1e3d24a08 (field) :Text;
# One example of the body, as JSON; `refundctl schema` prints it, a test appends it.
annotation sender @0xb1c7a5f1e3d24a09 (field) :Role;
# Who typically says it: the actor of the example line. The arbiter judges who may.

struct Money {
  units @0 :Int64;
  currency @1 :Currency;
}

struct Actor {
  role @0 :Role;
  id @1 :Text $maximum(128);
}

# Enumerations. Numbers and names equal those of engine/domain/vocabulary.h; a test compares.

enum Platform {
  unspecified @0;
  taobao @1;
  tmall @2;
  jd @3;
  douyin @4;
  pinduoduo @5;
  kuaishou @6;
  alibaba1688 @7;
  wechat @8;
  lazada @9;
  aliexpress @10;
  alibabaCom @11;
}

enum Currency {
  unspecified @0;
  cny @1;
  usd @2;
  eur @3;
  gbp @4;
  jpy @5;
  krw @6;
  hkd @7;
  twd @8;
  sgd @9;
  myr @10;
  thb @11;
  vnd @12;
  php @13;
  idr @14;
  brl @15;
  rub @16;
  kwd @17;
}

enum Role {
  unspecified @0;
  buyer @1;
  seller @2;
  agent @3;
  platform @4;
  carrier @5;
  psp @6;
  model @7;
  bot @8;
  creator @9;
  engine @10;
}

enum CaseKind {
  unspecified @0;
  refundOnly @1;
  returnRefund @2;
  exchange @3;
  repair @4;
  resend @5;
  voucher @6;
  priceProtection @7;
}

enum ClaimReason {
  unspecified @0;
  damaged @1;
  wrongItem @2;
  missingItem @3;
  lateShipment @4;
  falseShipping @5;
  quality @6;
  notAsDescribed @7;
  falseMarketing @8;
  invoice @9;
  gift @10;
  address @11;
  priceRise @12;
  noPriceProtection @13;
  falseLowestPrice @14;
  size @15;
  colour @16;
  taste @17;
  stalled @18;
  track @19;
  notToDoor @20;
  notToVillage @21;
  attitude @22;
  shirking @23;
  readNoReply @24;
  sarcasm @25;
  harass @26;
  block @27;
  notReceived @28;
  spoiled @29;
  dangerous @30;
  counterfeit @31;
  other @32;
}

enum RefusalGround {
  unspecified @0;
  none @1;
  personalTaste @2;
  deliveredIntact @3;
  rightItemSent @4;
  alreadySettled @5;
  buyerMisuse @6;
  noEvidence @7;
  amountTooHigh @8;
  other @9;
  packedAsOrdered @10;
  batchInspected @11;
  notReturned @12;
  used @13;
  wrongGoods @14;
}

enum Phase {
  none @0;
  filed @1;
  awaitSeller @2;
  sellerRefused @3;
  awaitBuyerOffer @4;
  awaitBuyerReturn @5;
  awaitSellerReceipt @6;
  receiptRefused @7;
  awaitSellerShip @8;
  awaitBuyerReceipt @9;
  settling @10;
  closed @11;
}

enum CloseReason {
  none @0;
  settled @1;
  fulfilled @2;
  sellerRefusedFinal @3;
  buyerExpired @4;
  buyerWithdrew @5;
  ruledForSeller @6;
  dismissed @7;
  payoutImpossible @8;
  systemVoid @9;
}

enum Overlay {
  none @0;
  requested @1;
  negotiating @2;
  evidence @3;
  review @4;
  ruled @5;
  appealed @6;
  final @7;
  withdrawn @8;
}

enum Side {
  none @0;
  buyer @1;
  seller @2;
  both @3;
}

enum RulingOutcome {
  unspecified @0;
  buyer @1;
  seller @2;
  split @3;
  none @4;
  void @5;
}

enum Remedy {
  unspecified @0;
  none @1;
  refundOnly @2;
  returnRefund @3;
  exchange @4;
  repair @5;
  resend @6;
  voucher @7;
  priceDifference @8;
}

enum Goods {
  unshipped @0;
  shipped @1;
  withBuyer @2;
  intercepting @3;
  returnDue @4;
  returnInTransit @5;
  atSeller @6;
  inspectedOk @7;
  inspectedBad @8;
  lost @9;
  returnedToOrigin @10;
  waived @11;
}

enum LegState {
  none @0;
  proposed @1;
  reserved @2;
  held @3;
  submitted @4;
  settled @5;
  failed @6;
  shortfall @7;
  owed @8;
  rerouted @9;
  reversed @10;
  void @11;
}

enum LegKind {
  unspecified @0;
  refundOriginal @1;
  refundBalance @2;
  refundBank @3;
  offline @4;
  points @5;
  coins @6;
  couponRestore @7;
  giftcardRestore @8;
  voucher @9;
  freightOut @10;
  freightReturn @11;
  priceDiff @12;
  compensation @13;
  creditCancel @14;
  advance @15;
  recovery @16;
  clawback @17;
  commissionReversal @18;
  fee @19;
}

enum Bearer {
  unspecified @0;
  merchant @1;
  platform @2;
  fund @3;
  freightCover @4;
  insurer @5;
  carrier @6;
  creator @7;
  tradeIn @8;
  buyer @9;
}

enum Liability {
  unspecified @0;
  merchant @1;
  buyer @2;
  carrier @3;
  platform @4;
  creator @5;
  notMerchant @6;
  undetermined @7;
}

enum PayoutFailure {
  unspecified @0;
  retryable @1;
  permanent @2;
  insufficient @3;
}

enum AbuseVerdict {
  unknown @0;
  normal @1;
  abnormal @2;
}

enum DeliveryLevel {
  unspecified @0;
  door @1;
  locker @2;
  station @3;
  village @4;
  town @5;
}

enum HelpGround {
  unspecified @0;
  sellerRefused @1;
  passiveHandling @2;
  handedAround @3;
  newEvidence @4;
  newReason @5;
  lateInLog @6;
  platformReview @7;
  chatMonitoring @8;
  other @9;
  goodsDisputed @10;
  agreementBroken @11;
  cardRefused @12;
  cardUnanswered @13;
}

enum EvidenceKind {
  unspecified @0;
  photo @1;
  video @2;
  chatRecord @3;
  logisticsTrack @4;
  listingSnapshot @5;
  liveClip @6;
  inspection @7;
  deliveryProof @8;
  priceCapture @9;
  freightReceipt @10;
  invoiceCopy @11;
  socialPost @12;
  other @13;
}

enum PromiseKind {
  unspecified @0;
  ship48h @1;
  villageDelivery @2;
  freeShipping @3;
  badGoodsCompensated @4;
  badGoodsRefundable @5;
  damagedReturnable @6;
  priceMatch @7;
  estimatedArrival @8;
  gift @9;
  invoice @10;
  carrier @11;
}

enum Route {
  unspecified @0;
  seller @1;
  instant @2;
  direct @3;
}

enum OnTimeout {
  unspecified @0;
  accept @1;
  platform @2;
}

enum FirstStep {
  unspecified @0;
  negotiate @1;
  evidence @2;
  review @3;
}

enum Ruler {
  unspecified @0;
  person @1;
  packForBuyer @2;
  packForSeller @3;
}

enum Basis {
  unspecified @0;
  automatic @1;
  directRuling @2;
  acceptance @3;
  timeout @4;
  choice @5;
  agreement @6;
  ruling @7;
  automaticRuling @8;
  refusalStands @9;
  appeal @10;
  rearbitration @11;
  inspection @12;
  loss @13;
  fallback @14;
  delivery @15;
}

enum Timer {
  t0 @0;
  t1 @1;
  t2 @2;
  t3 @3;
  t4 @4;
  t5 @5;
  t6 @6;
  t7 @7;
  t8 @8;
  t9 @9;
  t10 @10;
  t11 @11;
  t12 @12;
  t13 @13;
  t14 @14;
  t15 @15;
  t16 @16;
  t17 @17;
  t18 @18;
  t19 @19;
  t20 @20;
  t21 @21;
  t22 @22;
  t23 @23;
  t24 @24;
  t25 @25;
  t26 @26;
  t27 @27;
}

enum StepResult {
  applied @0;
  refused @1;
  conflict @2;
  parked @3;
  stale @4;
}

enum Machine {
  phase @0;
  overlay @1;
  goods @2;
  leg @3;
  fact @4;
  entrance @5;
  account @6;
  voucher @7;
}

enum Refusal {
  none @0;
  notPaid @1;
  noPolicyInForce @2;
  noSuchCase @3;
  caseNotNamed @4;
  noSuchLine @5;
  roleMayNot @6;
  notTheFiler @7;
  versionMismatch @8;
  notExpectedNow @9;
  arbitrationIsLive @10;
  unsupportedKind @11;
  outOfWindow @12;
  lateInLog @13;
  tooManyApplications @14;
  tooManyAmendments @15;
  tooManyOffers @16;
  tooManyRequests @17;
  tooManyRounds @18;
  unitsNotFree @19;
  amountNotPositive @20;
  otherCurrency @21;
  overTheAsk @22;
  overTheCeiling @23;
  noSuchOffer @24;
  offerLapsed @25;
  groundNotNamed @26;
  nothingNew @27;
  evidenceUsedElsewhere @28;
  proposalPending @29;
  noProposalPending @30;
  sameAuthor @31;
  noFinding @32;
  unsupportedRemedy @33;
  outcomeAndAmountDisagree @34;
  legAlreadySent @35;
  notWhoAsked @36;
  alreadyDecided @37;
  snapshotContradicts @38;
  overflow @39;
  notBothParties @40;
  mayNotAppeal @41;
  evidenceMissing @42;
  tooMuch @43;
  outOfQuantity @44;
  notAuthorized @45;
  settledAlready @46;
  entranceShut @47;
  entranceOpenBefore @48;
  noCard @49;
  channelUnknown @50;
  noSuchVoucher @51;
  budgetExhausted @52;
  reviewerWasAuthor @53;
  notArmed @54;
  notLater @55;
  wrongSerial @56;
  addressUnusable @57;
  goodsForbid @58;
  splitDoesNotSum @59;
  noSuchPack @60;
  noSuchDispute @61;
  grantedBefore @62;
}

enum Bucket {
  unspecified @0;
  cash @1;
  presaleDeposit @2;
  balance @3;
  giftCard @4;
  credit @5;
  points @6;
  coins @7;
  shopCoupon @8;
  platformCoupon @9;
  creatorCoupon @10;
  channelPromotion @11;
  subsidy @12;
  tradeIn @13;
  freight @14;
  packing @15;
  tax @16;
}

enum VoucherKind {
  unspecified @0;
  settlement @1;
  logisticsSubsidy @2;
  experienceComp @3;
  experienceLoss @4;
  villageDelivery @5;
  other @6;
}

enum VoucherState {
  none @0;
  issued @1;
  redeemed @2;
  expired @3;
  revoked @4;
}

enum Inspection {
  unspecified @0;
  accepted @1;
  refused @2;
}

enum GoodsFault {
  unspecified @0;
  damaged @1;
  wrongItem @2;
  short @3;
  used @4;
}

enum AppealResult {
  unspecified @0;
  upheld @1;
  overturned @2;
  varied @3;
  remanded @4;
}

enum DisputeResult {
  unspecified @0;
  won @1;
  lost @2;
}

enum DisputeState {
  none @0;
  open @1;
  won @2;
  lost @3;
}

enum Entrance {
  shut @0;
  cardPending @1;
  open @2;
  autoClosed @3;
  expired @4;
}

enum EntranceBy {
  unspecified @0;
  seller @1;
  card @2;
  auto @3;
  buyer @4;
  agreement @5;
}

enum CardAnswer {
  unspecified @0;
  agree @1;
  refuse @2;
}

enum Channel {
  unspecified @0;
  orderList @1;
  orderDetail @2;
  other @3;
}

enum HoldScope {
  unspecified @0;
  all @1;
  platform @2;
  merchant @3;
  pack @4;
}

enum ReplierKind {
  unspecified @0;
  human @1;
  bot @2;
}

enum DeviceState {
  unspecified @0;
  held @1;
  processed @2;
  returned @3;
}

enum Anomaly {
  unspecified @0;
  stalled @1;
  backward @2;
  impossibleJump @3;
  lost @4;
}

enum Violation {
  unspecified @0;
  refuseWithoutCause @1;
  afterSalesTimeout @2;
  passiveReception @3;
  blockWithoutCause @4;
  falseShipping @5;
  abnormalAddress @6;
  passiveHandling @7;
  breachOfAgreement @8;
}

enum OnLoss {
  unspecified @0;
  pay @1;
  askSeller @2;
}

enum OnUnfulfilled {
  unspecified @0;
  refund @1;
  platform @2;
}

enum DerivedKind {
  unspecified @0;
  policyClauseEffective @1;
  trackAnomaly @2;
  entranceOpened @3;
  entranceAutoClosed @4;
  guidedToSeller @5;
  refundClosed @6;
  evidenceWindowClosed @7;
  rulingIssued @8;
  voucherGranted @9;
  voucherExpired @10;
  voucherRevoked @11;
  refundInstructed @12;
  payoutQueried @13;
  fundDrawn @14;
  fundRecovered @15;
  merchantDebited @16;
  freightClaimPaid @17;
  doublePaid @18;
  violationRecorded @19;
  penaltyApplied @20;
  labelGranted @21;
  labelRevoked @22;
  deadlineArmed @23;
  deadlinePassed @24;
  progressNotice @25;
  commandRefused @26;
  factParked @27;
  factStale @28;
  factConflict @29;
}
