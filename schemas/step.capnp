@0xb1c7a5f1e3d24d01;
# What a step came to: the record that leaves the engine (engine/domain/step.h), and what views keep of
# it. Canonical bytes, as in order.capnp: an absent struct is a null pointer, an absent instant -1, an
# absent id or digest an empty Data. docs/formats/state.md.

using Cxx = import "/capnp/c++.capnp";
using T = import "types.capnp";
using O = import "order.capnp";
$Cxx.namespace("refund::schema");

enum DeadlineAct {
  armed @0;
  passed @1;
  ended @2;
  paused @3;
  resumed @4;
}

enum PayoutAct {
  instruct @0;
  query @1;
}

struct Cause {
  claimId @0 :Text;
  # Empty for a deadline.
  kind @1 :UInt16;
  # The number of the event's member in event.capnp's Body; JSON writes its name.
  timer @2 :T.Timer;
  role @3 :T.Role;
  generation @4 :UInt32;
}

struct Transition {
  machine @0 :T.Machine;
  row @1 :Text;
  caseNumber @2 :UInt32;
  from @3 :UInt8;
  # A value of the machine's own enum, as `to`; JSON writes its name.
  to @4 :UInt8;
  leg @5 :Data $T.hex $T.bytes(16) $T.optional;
}

struct DeadlineChange {
  act @0 :DeadlineAct;
  timer @1 :T.Timer;
  role @2 :T.Role;
  caseNumber @3 :UInt32;
  generation @4 :UInt32;
  due @5 :Int64 $T.instant;
  remainingMs @6 :Int64 $T.optional;
}

struct FactRead {
  name @0 :Text;
  value @1 :Text;
  detail @2 :Text $T.optional;
}

struct RuleFired {
  question @0 :Text;
  label @1 :Text;
  catalogue @2 :Text;
  words @3 :Text;
  answer @4 :Text;
}

struct PartyClock {
  party @0 :T.Role;
  spentMs @1 :Int64;
  limit @2 :Text $T.optional;
}

struct BearerShare {
  bearer @0 :T.Bearer;
  basisPoints @1 :UInt32;
  amount @2 :Int64;
}

struct Decision {
  id @0 :Data $T.hex $T.bytes(16);
  caseId @1 :Data $T.hex $T.bytes(16);
  caseNumber @2 :UInt32;
  number @3 :UInt32;
  at @4 :Int64 $T.instant;
  basis @5 :T.Basis;
  outcome @6 :T.RulingOutcome;
  remedy @7 :T.Remedy;
  amount @8 :Int64;
  currency @9 :T.Currency;
  row @10 :Text;
  rounding @11 :Text $T.optional;
  bearers @12 :List(BearerShare);
  legs @13 :List(Data) $T.hex $T.bytes(16);
  facts @14 :List(FactRead);
  rules @15 :List(RuleFired);
  procedurePack @16 :Data $T.hex $T.bytes(32) $T.optional;
  commercialPack @17 :Data $T.hex $T.bytes(32) $T.optional;
  clocks @18 :List(PartyClock);
  liability @19 :T.Liability;
  considered @20 :List(Data) $T.hex $T.bytes(32);
  reasonCodes @21 :List(Text);
  authors @22 :List(T.Actor);
  text @23 :Text $T.optional;
  quantity @24 :UInt32;
  before @25 :Int64 $T.optional;
}

struct CaseSummary {
  id @0 :Data $T.hex $T.bytes(16);
  key @1 :Text;
  platform @2 :T.Platform;
  number @3 :UInt32;
  reopening @4 :UInt32;
  version @5 :Int64;
  kind @6 :T.CaseKind;
  reason @7 :T.ClaimReason;
  byComplaint @8 :Bool;
  ask @9 :T.Money;
  phase @10 :T.Phase;
  closeReason @11 :T.CloseReason;
  overlay @12 :T.Overlay;
  asked @13 :T.Side;
  outcome @14 :T.RulingOutcome;
  goods @15 :T.Goods;
  filedAt @16 :Int64 $T.instant;
  closedAt @17 :Int64 $T.instant $T.optional;
  nextDue @18 :Int64 = -1 $T.instant $T.optional;
  nextTimer @19 :T.Timer;
  decisions @20 :UInt32;
  lastDecision @21 :O.DecisionRef $T.optional;
  settled @22 :Int64;
  spent @23 :O.SpentTime;
  toMove @24 :T.Role;
  holder @25 :Text $T.optional;
  quantity @26 :UInt32;
  splitFrom @27 :UInt32 $T.optional;
}

struct Payout {
  act @0 :PayoutAct;
  leg @1 :Data $T.hex $T.bytes(16);
  key @2 :Text;
  caseId @3 :Data $T.hex $T.bytes(16);
  decision @4 :Data $T.hex $T.bytes(16);
  kind @5 :T.LegKind;
  bearer @6 :T.Bearer;
  line @7 :Text;
  amount @8 :T.Money;
  attempt @9 :UInt32;
  buyer @10 :Text;
  at @11 :Int64 $T.instant;
  to @12 :T.Bearer;
  bucket @13 :T.Bucket;
  destination @14 :Text $T.optional;
}

struct Derived {
  kind @0 :T.DerivedKind;
  # JSON writes the event's name: "VoucherGranted".
  caseNumber @1 :UInt32 $T.optional;
  subject @2 :Data $T.hex $T.bytes(16) $T.optional;
  amount @3 :Int64 $T.optional;
  party @4 :T.Role $T.optional;
  word @5 :Text $T.optional;
}

struct LegSummary {
  id @0 :Data $T.hex $T.bytes(16);
  caseNumber @1 :UInt32;
  kind @2 :T.LegKind;
  bearer @3 :T.Bearer;
  to @4 :T.Bearer;
  line @5 :Text $T.optional;
  bucket @6 :T.Bucket;
  amount @7 :Int64;
  reversed @8 :Int64 $T.optional;
  state @9 :T.LegState;
  attempt @10 :UInt32;
}

struct Step {
  key @0 :Text;
  sequence @1 :UInt64;
  at @2 :Int64 $T.instant;
  cause @3 :Cause;
  actor @4 :T.Actor;
  claimHash @5 :Data $T.hex $T.bytes(32) $T.optional;
  result @6 :T.StepResult;
  refusal @7 :T.Refusal $T.optional;
  guard @8 :Text $T.optional;
  detail @9 :Text $T.optional;
  caseNumber @10 :UInt32 $T.optional;
  transitions @11 :List(Transition);
  deadlines @12 :List(DeadlineChange);
  decisions @13 :List(Decision);
  cases @14 :List(CaseSummary);
  previous @15 :Data $T.hex $T.bytes(32) $T.optional;
  derived @16 :List(Derived);
  legs @17 :List(LegSummary);
}

struct Quarantined {
  partition @0 :UInt32;
  offset @1 :Int64;
  recordedAt @2 :Int64 $T.instant;
  why @3 :Text;
  hash @4 :Data $T.hex $T.bytes(32);
  bytes @5 :Data;
}
