@0xb1c7a5f1e3d24e01;
# A pack: a platform's rules at one date (engine/policy/pack.h), as it travels in PolicyPublished.
# Its id is the SHA-256 of its canonical bytes: one segment, no segment table. Lists that stand for
# maps are sorted by their key. Made by tools/packc from TOML. docs/formats/pack.md.

using Cxx = import "/capnp/c++.capnp";
using T = import "types.capnp";
$Cxx.namespace("refund::schema");

struct Pack {
  platform @0 :T.Platform;
  name @1 :Text;
  title @2 :Text;
  effectiveFrom @3 :Int64 $T.instant;
  kinds @4 :List(KindClause);

  deadlines @5 :List(DeadlineLimit);
  sellerReview @6 :List(SellerReview) $T.optional;
  evidencePerishable @7 :Limit $T.optional;
  filingWindow @8 :Limit $T.optional;

  applicationsPerLine @9 :Count;
  amendments @10 :Count;
  offers @11 :Count;
  helpRequests @12 :Count;
  evidenceRounds @13 :Count;
  payoutQueries @14 :Count;
  payoutRetries @15 :Count;

  badReviewsOver @16 :Count;
  violationsOver @17 :Count;
  goodReviewsBelow @18 :Count;
  # Basis points: 7000 is 70.00%.

  awaits @19 :List(Await) $T.optional;

  firstStep @20 :T.FirstStep;
  evidenceFrom @21 :T.Side;
  slots @22 :List(Slot) $T.optional;
  authorityLimit @23 :T.Money;
  authoritySource @24 :Text;
  helpGrounds @25 :List(T.HelpGround) $T.optional;

  route @26 :List(Rule);
  timeout @27 :List(Rule);
  payer @28 :List(Rule);
  ruling @29 :List(Rule);

  freight @30 :List(Rule);
  loss @31 :List(Rule);
  unfulfilled @32 :List(Rule);
  payFirst @33 :List(Rule);
  moneyFirst @34 :List(Rule);
  advance @35 :List(Rule);

  returnInTransit @36 :Limit $T.optional;
  replacementInTransit @37 :Limit $T.optional;
  reportWindow @38 :Limit $T.optional;
  outageGrace @39 :Limit $T.optional;

  freightFlat @40 :T.Money $T.optional;
  freightCoverCap @41 :T.Money $T.optional;
  freightSource @42 :Text $T.optional;

  vouchers @43 :List(VoucherClause) $T.optional;
  anomalyVoucher @44 :T.VoucherKind $T.optional;
  # UNSPECIFIED: none.
  voucherBudget @45 :AccountLimit $T.optional;
  buyerCap @46 :AccountLimit $T.optional;
  voucherCounts @47 :Bool;

  lostParcelOpensCase @48 :Bool;
  interceptedProductOpensCase @49 :Bool;
  threeOptions @50 :Bool;
  entrance @51 :EntranceClause $T.optional;
  fundRecovers @52 :Bool;
}

enum PeriodUnit {
  millisecond @0;
  second @1;
  minute @2;
  hour @3;
  day @4;
  month @5;
  year @6;
}

struct Period {
  count @0 :Int64;
  unit @1 :PeriodUnit;
}

struct Limit {
  period @0 :Period;
  source @1 :Text;
}

struct Count {
  value @0 :UInt32;
  source @1 :Text;
}

struct VoucherClause {
  kind @0 :T.VoucherKind;
  amount @1 :T.Money;
  source @2 :Text;
}

struct AccountLimit {
  limit @0 :T.Money;
  windowDays @1 :UInt32;
  # 0: the Beijing month.
  source @2 :Text;
}

struct EntranceClause {
  openWindow @0 :Limit;
  mostOpenings @1 :UInt32;
  # 0: without limit.
  cards @2 :Bool;
  buyerReopens @3 :Bool;
  closedRefundMayReturn @4 :Bool;
  source @5 :Text;
}

struct KindClause {
  kind @0 :T.CaseKind;
  from @1 :Int64 $T.instant;
  source @2 :Text;
}

struct DeadlineLimit {
  timer @0 :T.Timer;
  limit @1 :Limit;
}

struct SellerReview {
  kind @0 :T.CaseKind;
  limit @1 :Limit;
}

enum Fact {
  kind @0;
  reason @1;
  complained @2;
  perishable @3;
  shipped @4;
  delivered @5;
  sellerStanding @6;
  goodReviews @7;
  abuse @8;
  liability @9;
  refusalGround @10;
  ask @11;
  goods @12;
  badGoodsRefundable @13;
  badGoodsCompensated @14;
  damagedReturnable @15;
  freightCovered @16;
  freightInsured @17;
  reportedInTime @18;
  arrivalOverdue @19;
  platformOpened @20;
  lost @21;
}

struct Await {
  fact @0 :Fact;
  complaintsOnly @1 :Bool;
  source @2 :Text;
}

struct Slot {
  party @0 :T.Role;
  slot @1 :Text;
}

struct Test {
  fact @0 :Fact;
  allowed @1 :List(Text) $T.optional;
  # The names of the fact's allowed values, in the order of their numbers. Text, since each fact has
  # an enumeration of its own, and so that a person who reads the bytes as JSON understands them.
  atMost @2 :T.Money $T.optional;
  # For `ask` alone, in place of `allowed`.
  source @3 :Text $T.optional;
  # Of `atMost`.
}

struct Rule {
  label @0 :Text;
  catalogue @1 :Text;
  words @2 :Text;
  when @3 :List(Test) $T.optional;
  answer @4 :Text;
  # A name of the question's own enumeration: Route, OnTimeout, Bearer, Ruler, OnLoss, OnUnfulfilled
  # or YesNo.
}
