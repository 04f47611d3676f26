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
  # A name of the question's own enumeration: Route, OnTimeout, Bearer, Ruler.
}
