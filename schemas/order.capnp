@0xb1c7a5f1e3d24c01;
# The state of one order, as a checkpoint keeps it (engine/domain/order.h). All bytes are canonical: one
# segment, no segment table, so that equal states are equal bytes. An absent struct is a null pointer, an
# absent instant -1 (no instant that we accept is negative), an absent number the least Int64, an absent
# id or digest an empty Data. Maps are lists sorted by key. docs/formats/state.md.

using Cxx = import "/capnp/c++.capnp";
using T = import "types.capnp";
using E = import "event.capnp";
$Cxx.namespace("refund::schema");

struct Order {
  key @0 :Text;
  platform @1 :T.Platform;
  clock @2 :Int64 $T.instant;
  sequence @3 :UInt64;
  chain @4 :Data $T.hex $T.bytes(32) $T.optional;
  buyer @5 :Text $T.optional;
  merchant @6 :Text $T.optional;
  currency @7 :T.Currency;
  paidAt @8 :Int64 = -1 $T.instant $T.optional;
  completedAt @9 :Int64 = -1 $T.instant $T.optional;
  shippedAt @10 :Int64 = -1 $T.instant $T.optional;
  deliveredAt @11 :Int64 = -1 $T.instant $T.optional;
  lines @12 :List(OrderLine);
  promises @13 :List(T.PromiseKind);
  presaleDeposit @14 :Int64 $T.optional;
  presaleBalance @15 :Int64 $T.optional;
  facts @16 :RecordedFacts;
  ratings @17 :List(LineRating);
  # By line.
  cases @18 :List(Case);
  # Case number n is the n-th.
  legs @19 :List(Leg);
  deadlines @20 :List(Deadline);
  # Sorted by (due, case, timer, role, generation, leg, parcel).
  parked @21 :List(ParkedFact);
  seen @22 :List(SeenClaim);
  # By claim id.
  returnAddress @23 :Text $T.optional;
  entrance @24 :EntranceState;
  parcels @25 :List(Parcel);
  vouchers @26 :List(Voucher);
  disputes @27 :List(Dispute);
  draws @28 :List(AccountDraw);
  settings @29 :List(Setting);
  # By name.
  services @30 :List(Text);
  externalComplaints @31 :List(Text);
  safety @32 :Bool;
  intercepted @33 :Bool;
  device @34 :T.DeviceState $T.optional;
  generations @35 :List(Generation);
  # Of the order's own deadlines, by (timer, role).
  doublePaid @36 :Bool;
  arrivalOverdue @37 :Bool;
  doorPromised @38 :Bool;
}

struct OrderLine {
  line @0 :Text;
  sku @1 :Text;
  quantity @2 :UInt32;
  cancelled @3 :UInt32;
  paid @4 :Int64;
  perishable @5 :Bool;
  buckets @6 :List(BucketValue);
  supported @7 :List(T.CaseKind);
  serial @8 :Text $T.optional;
}

struct RecordedFacts {
  standing @0 :StandingFact $T.optional;
  rating @1 :RatingFact $T.optional;
  abuse @2 :AbuseFact $T.optional;
  tier @3 :TierFact $T.optional;
}

struct StandingFact {
  badReviews @0 :UInt32;
  violations @1 :UInt32;
  at @2 :Int64 $T.instant;
}

struct RatingFact {
  good @0 :UInt64;
  rated @1 :UInt64;
  at @2 :Int64 $T.instant;
}

struct AbuseFact {
  verdict @0 :T.AbuseVerdict;
  modelVersion @1 :Text;
  at @2 :Int64 $T.instant;
}

struct TierFact {
  tier @0 :Text;
  at @1 :Int64 $T.instant;
}

struct LineRating {
  line @0 :Text;
  rating @1 :RatingFact;
}

struct Deadline {
  timer @0 :T.Timer;
  caseNumber @1 :UInt32;
  role @2 :T.Role;
  generation @3 :UInt32;
  due @4 :Int64 $T.instant;
  armedAt @5 :Int64 $T.instant;
  ofOverlay @6 :Bool;
  paused @7 :Bool;
  remainingMs @8 :Int64 $T.optional;
  leg @9 :Data $T.hex $T.bytes(16) $T.optional;
  parcel @10 :Text $T.optional;
}

struct SeenClaim {
  id @0 :Text;
  claimHash @1 :Data $T.hex $T.bytes(32);
  sequence @2 :UInt64;
  conflictHash @3 :Data $T.hex $T.bytes(32) $T.optional;
}

struct EvidenceItem {
  hash @0 :Data $T.hex $T.bytes(32);
  kind @1 :T.EvidenceKind;
  slot @2 :Text $T.optional;
  party @3 :T.Role;
  round @4 :UInt32;
  late @5 :Bool;
  shared @6 :Bool;
  at @7 :Int64 $T.instant;
}

struct Offer {
  id @0 :Data $T.hex $T.bytes(16);
  by @1 :T.Role;
  options @2 :List(E.OfferOption);
  open @3 :Bool;
  ofOverlay @4 :Bool;
  expiresAt @5 :Int64 $T.instant;
}

struct Proposal {
  author @0 :T.Actor;
  ruling @1 :E.RulingProposed;
}

struct Finding {
  liability @0 :T.Liability;
  grounds @1 :Text $T.optional;
  author @2 :T.Actor;
}

struct DecisionRef {
  id @0 :Data $T.hex $T.bytes(16);
  basis @1 :T.Basis;
  outcome @2 :T.RulingOutcome;
  remedy @3 :T.Remedy;
  amount @4 :Int64;
  bearer @5 :T.Bearer;
  row @6 :Text;
  rule @7 :Text $T.optional;
  catalogue @8 :Text $T.optional;
  at @9 :Int64 $T.instant;
  landed @10 :Bool;
  quantity @11 :UInt32;
}

struct AskedParty {
  party @0 :T.Role;
  sealed @1 :Bool;
}

struct SpentTime {
  buyerMs @0 :Int64;
  sellerMs @1 :Int64;
  platformMs @2 :Int64;
}

struct Generation {
  timer @0 :T.Timer;
  role @1 :T.Role;
  count @2 :UInt32;
}

struct Case {
  id @0 :Data $T.hex $T.bytes(16);
  number @1 :UInt32;
  reopening @2 :UInt32;
  version @3 :Int64;
  kind @4 :T.CaseKind;
  line @5 :Text;
  quantity @6 :UInt32;
  ask @7 :Int64;
  reason @8 :T.ClaimReason;
  pastReasons @9 :List(T.ClaimReason);
  byComplaint @10 :Bool;
  filer @11 :T.Actor;
  filedAt @12 :Int64 $T.instant;
  closedAt @13 :Int64 $T.instant $T.optional;
  # 0 while open.
  procedurePack @14 :Data $T.hex $T.bytes(32) $T.optional;
  commercialPack @15 :Data $T.hex $T.bytes(32) $T.optional;
  facts @16 :RecordedFacts;
  ready @17 :Bool;
  phase @18 :T.Phase;
  closeReason @19 :T.CloseReason;
  lastOpenPhase @20 :T.Phase;
  goods @21 :T.Goods;
  overlay @22 :T.Overlay;
  asked @23 :T.Side;
  outcome @24 :T.RulingOutcome;
  finalByAgreement @25 :Bool;
  openedByRow @26 :Bool;
  helpAskedBy @27 :T.Role;
  priority @28 :UInt32;
  holder @29 :Text $T.optional;
  round @30 :UInt32;
  askedParties @31 :List(AskedParty);
  slots @32 :List(E.SlotAsked);
  evidence @33 :List(EvidenceItem);
  finding @34 :Finding $T.optional;
  proposal @35 :Proposal $T.optional;
  offers @36 :List(Offer);
  decisions @37 :List(DecisionRef);
  refusalGround @38 :T.RefusalGround;
  appealWaivedBy @39 :List(T.Role);
  amendments @40 :UInt32;
  offersBySeller @41 :UInt32;
  offersByBuyer @42 :UInt32;
  offersByPlatform @43 :UInt32;
  helpRequests @44 :UInt32;
  spent @45 :SpentTime;
  lastStepAt @46 :Int64 $T.instant;
  generations @47 :List(Generation);
  # By (timer, role).
  passedAt @48 :Int64 $T.instant;
  phaseBefore @49 :T.Phase;
  overlayBefore @50 :T.Overlay;
  shippedBack @51 :UInt32;
  received @52 :UInt32;
  accepted @53 :UInt32;
  fault @54 :T.GoodsFault $T.optional;
  returnParcel @55 :Text $T.optional;
  returnFreight @56 :Int64 = -9223372036854775808 $T.optional;
  freightClaimed @57 :Bool;
  returnAddress @58 :Text $T.optional;
  invalidAddress @59 :Text $T.optional;
  intercepted @60 :Bool;
  moneyFirst @61 :Bool;
  outGoods @62 :T.Goods;
  outParcel @63 :Text $T.optional;
  outReceived @64 :Bool;
  returnLost @65 :Bool;
  interceptFailed @66 :Bool;
  extra @67 :Int64 $T.optional;
  remedy @68 :T.Remedy $T.optional;
  landedFirst @69 :Bool;
  platformOpened @70 :Bool;
  voided @71 :Bool;
  appealedBy @72 :List(T.Role);
  rulingAuthors @73 :List(Text);
  inDefault @74 :T.Role $T.optional;
  splitFrom @75 :UInt32 $T.optional;
  rearbitratedPack @76 :Data $T.hex $T.bytes(32) $T.optional;
  settledClaim @77 :Bool;
  extensions @78 :UInt32;
  decided @79 :Bool;
}

struct Leg {
  id @0 :Data $T.hex $T.bytes(16);
  decision @1 :Data $T.hex $T.bytes(16);
  caseNumber @2 :UInt32;
  kind @3 :T.LegKind;
  bearer @4 :T.Bearer;
  line @5 :Text;
  amount @6 :Int64;
  state @7 :T.LegState;
  attempt @8 :UInt32;
  queries @9 :UInt32;
  reference @10 :Text $T.optional;
  to @11 :T.Bearer;
  bucket @12 :T.Bucket;
  byUnits @13 :Bool;
  reversed @14 :Int64 $T.optional;
  reversals @15 :UInt32 $T.optional;
  causeLeg @16 :Data $T.hex $T.bytes(16) $T.optional;
  destination @17 :Text $T.optional;
  drawsOpen @18 :UInt32 $T.optional;
  heldByAppeal @19 :Bool;
  heldByDispute @20 :Bool;
  byBrake @21 :Bool;
  behind @22 :T.Bearer $T.optional;
  waited @23 :Bool;
}

struct BucketValue {
  bucket @0 :T.Bucket;
  amount @1 :Int64;
  funder @2 :T.Bearer $T.optional;
}

struct Voucher {
  id @0 :Data $T.hex $T.bytes(16);
  caseNumber @1 :UInt32;
  kind @2 :T.VoucherKind;
  state @3 :T.VoucherState;
  amount @4 :Int64;
  redeemed @5 :Int64;
  grantedAt @6 :Int64 $T.instant;
  expiresAt @7 :Int64 $T.instant;
  cause @8 :Text $T.optional;
}

struct Dispute {
  id @0 :Text;
  amount @1 :Int64;
  refundable @2 :Bool;
  state @3 :T.DisputeState;
}

struct IssueCard {
  kind @0 :T.CaseKind;
  line @1 :Text;
  quantity @2 :UInt32;
  ask @3 :Int64;
  reason @4 :T.ClaimReason;
  at @5 :Int64 $T.instant;
  answer @6 :T.CardAnswer $T.optional;
  late @7 :Bool;
  unanswered @8 :Bool;
  byAuto @9 :Bool;
}

struct EntranceState {
  state @0 :T.Entrance;
  openings @1 :UInt32;
  openedAt @2 :Int64 $T.instant $T.optional;
  by @3 :T.EntranceBy $T.optional;
  cards @4 :List(IssueCard);
  agreed @5 :Bool;
}

struct Parcel {
  id @0 :Text;
  carrier @1 :Text $T.optional;
  declaredAt @2 :Int64 = -1 $T.instant $T.optional;
  scannedAt @3 :Int64 = -1 $T.instant $T.optional;
  deliveredAt @4 :Int64 = -1 $T.instant $T.optional;
  level @5 :T.DeliveryLevel $T.optional;
  lost @6 :Bool;
  anomalies @7 :List(T.Anomaly);
}

struct AccountDraw {
  leg @0 :Data $T.hex $T.bytes(16);
  order @1 :Text;
  amount @2 :Int64;
  at @3 :Int64 $T.instant;
  givenBack @4 :Bool;
}

struct Setting {
  name @0 :Text;
  value @1 :Text;
}

struct ParkedFact {
  claimId @0 :Text;
  at @1 :Int64 $T.instant;
  body @2 :ParkedBody;
}

struct ParkedBody {
  union {
    refundPaid @0 :E.RefundPaid;
    refundFailed @1 :E.RefundFailed;
    refundReversed @2 :E.RefundReversed;
    drawGranted @3 :E.DrawGranted;
    drawRefused @4 :E.DrawRefused;
    payoutDestinationGiven @5 :E.PayoutDestinationGiven;
  }
}

struct CaseView {
  # Never stored: what a command prints of one case, with what the order knows of it.
  key @0 :Text;
  platform @1 :T.Platform;
  currency @2 :T.Currency;
  clock @3 :Int64 $T.instant;
  case @4 :Case;
  legs @5 :List(Leg);
  deadlines @6 :List(Deadline);
}
