#include "engine/codec/step_codec.h"

#include <capnp/dynamic.h>
#include <capnp/message.h>
#include <capnp/schema.h>

#include <string>
#include <string_view>

#include "engine/codec/event_codec.h"
#include "engine/codec/field_rules.h"
#include "engine/codec/json_walker.h"
#include "engine/codec/stored_fields.h"
#include "engine/codec/stored_values.h"
#include "step.capnp.h"

namespace refund::codec {
namespace stored {

template <class Io>
void Map(Io& io, Ref<Io, Cause> v) {
  STORED(claim_id, ClaimId);
  STORED(kind, Kind);
  STORED(timer, Timer);
  STORED(role, Role);
  STORED(generation, Generation);
}

template <class Io>
void Map(Io& io, Ref<Io, Transition> v) {
  STORED(machine, Machine);
  STORED(row, Row);
  STORED(case_number, CaseNumber);
  STORED(from, From);
  STORED(to, To);
  STORED(leg, Leg);
}

template <class Io>
void Map(Io& io, Ref<Io, DeadlineChange> v) {
  STORED(act, Act);
  STORED(timer, Timer);
  STORED(role, Role);
  STORED(case_number, CaseNumber);
  STORED(generation, Generation);
  STORED(due, Due);
  STORED(remaining_ms, RemainingMs);
}

template <class Io>
void Map(Io& io, Ref<Io, FactRead> v) {
  STORED(name, Name);
  STORED(value, Value);
  STORED(detail, Detail);
}

template <class Io>
void Map(Io& io, Ref<Io, RuleFired> v) {
  STORED(question, Question);
  STORED(label, Label);
  STORED(catalogue, Catalogue);
  STORED(words, Words);
  STORED(answer, Answer);
}

template <class Io>
void Map(Io& io, Ref<Io, PartyClock> v) {
  STORED(party, Party);
  STORED(spent_ms, SpentMs);
  STORED(limit, Limit);
}

template <class Io>
void Map(Io& io, Ref<Io, BearerShare> v) {
  STORED(bearer, Bearer);
  STORED(basis_points, BasisPoints);
  STORED(amount, Amount);
}

template <class Io>
void Map(Io& io, Ref<Io, Decision> v) {
  STORED(id, Id);
  STORED(case_id, CaseId);
  STORED(case_number, CaseNumber);
  STORED(number, Number);
  STORED(at, At);
  STORED(basis, Basis);
  STORED(outcome, Outcome);
  STORED(remedy, Remedy);
  STORED(amount, Amount);
  STORED(currency, Currency);
  STORED(row, Row);
  STORED(rounding, Rounding);
  STORED(bearers, Bearers);
  STORED(legs, Legs);
  STORED(facts, Facts);
  STORED(rules, Rules);
  STORED(procedure_pack, ProcedurePack);
  STORED(commercial_pack, CommercialPack);
  STORED(clocks, Clocks);
  STORED(liability, Liability);
  STORED(considered, Considered);
  STORED(reason_codes, ReasonCodes);
  STORED(authors, Authors);
  STORED(text, Text);
  STORED(quantity, Quantity);
  STORED(before, Before);
}

template <class Io>
void Map(Io& io, Ref<Io, CaseSummary> v) {
  STORED(id, Id);
  STORED(key, Key);
  STORED(platform, Platform);
  STORED(number, Number);
  STORED(reopening, Reopening);
  STORED(version, Version);
  STORED(kind, Kind);
  STORED(reason, Reason);
  STORED(by_complaint, ByComplaint);
  STORED(ask, Ask);
  STORED(phase, Phase);
  STORED(close_reason, CloseReason);
  STORED(overlay, Overlay);
  STORED(asked, Asked);
  STORED(outcome, Outcome);
  STORED(goods, Goods);
  STORED(filed_at, FiledAt);
  STORED(closed_at, ClosedAt);
  STORED(next_due, NextDue);
  STORED(next_timer, NextTimer);
  STORED(decisions, Decisions);
  STORED(last_decision, LastDecision);
  STORED(settled, Settled);
  STORED(spent, Spent);
  STORED(to_move, ToMove);
  STORED(holder, Holder);
  STORED(quantity, Quantity);
  STORED(split_from, SplitFrom);
}

template <class Io>
void Map(Io& io, Ref<Io, Payout> v) {
  STORED(act, Act);
  STORED(leg, Leg);
  STORED(key, Key);
  STORED(case_id, CaseId);
  STORED(decision, Decision);
  STORED(kind, Kind);
  STORED(bearer, Bearer);
  STORED(line, Line);
  STORED(amount, Amount);
  STORED(attempt, Attempt);
  STORED(buyer, Buyer);
  STORED(at, At);
  STORED(to, To);
  STORED(bucket, Bucket);
  STORED(destination, Destination);
}

template <class Io>
void Map(Io& io, Ref<Io, Derived> v) {
  STORED(kind, Kind);
  STORED(case_number, CaseNumber);
  STORED(subject, Subject);
  STORED(amount, Amount);
  STORED(party, Party);
  STORED(word, Word);
}

template <class Io>
void Map(Io& io, Ref<Io, LegSummary> v) {
  STORED(id, Id);
  STORED(case_number, CaseNumber);
  STORED(kind, Kind);
  STORED(bearer, Bearer);
  STORED(to, To);
  STORED(line, Line);
  STORED(bucket, Bucket);
  STORED(amount, Amount);
  STORED(reversed, Reversed);
  STORED(state, State);
  STORED(attempt, Attempt);
}

template <class Io>
void Map(Io& io, Ref<Io, Step> v) {
  STORED(key, Key);
  STORED(sequence, Sequence);
  STORED(at, At);
  STORED(cause, Cause);
  STORED(actor, Actor);
  STORED(claim_hash, ClaimHash);
  STORED(result, Result);
  STORED(refusal, Refusal);
  STORED(guard, Guard);
  STORED(detail, Detail);
  STORED(case_number, CaseNumber);
  STORED(transitions, Transitions);
  STORED(deadlines, Deadlines);
  STORED(decisions, Decisions);
  STORED(cases, Cases);
  STORED(previous, Previous);
  STORED(derived, Derived);
  STORED(legs, Legs);
}

template <class Io>
void Map(Io& io, Ref<Io, Quarantined> v) {
  STORED(partition, Partition);
  STORED(offset, Offset);
  STORED(recorded_at, RecordedAt);
  STORED(why, Why);
  STORED(hash, Hash);
  STORED(bytes, Bytes);
}

}  // namespace stored

namespace {

using Object = capnp::DynamicStruct::Reader;
using Field = capnp::StructSchema::Field;

std::string_view NameOf(Field field) {
  const capnp::Text::Reader name = field.getProto().getName();
  return {name.begin(), name.size()};
}

bool IsOmitted(const Object& object, Field field) {
  return RuleOf(field).optional && !object.has(field, capnp::HasMode::NON_DEFAULT);
}

// What StructToJson writes, but `special(out, object, field)` may write a field's value itself.
template <class Special>
void AppendObject(std::string& out, const Object& object, const Special& special) {
  out += '{';
  const char* separator = "";
  for (const Field field : object.getSchema().getFields()) {
    if (IsOmitted(object, field)) continue;
    out += separator;
    separator = ",";
    AppendJsonText(out, SnakeName(NameOf(field)));
    out += ':';
    if (!special(out, object, field)) AppendFieldJson(out, object, field);
  }
  out += '}';
}

template <class List, class Append>
void AppendEach(std::string& out, List list, Append append) {
  out += '[';
  const char* separator = "";
  for (const auto item : list) {
    out += separator;
    separator = ",";
    append(out, item);
  }
  out += ']';
}

// The word for a value of a machine's own enum; a fact and an account have no states.
std::string_view StateName(Machine machine, uint8_t state) {
  switch (machine) {
    case Machine::kPhase:
      return refund::NameOf(static_cast<Phase>(state));
    case Machine::kOverlay:
      return refund::NameOf(static_cast<Overlay>(state));
    case Machine::kGoods:
      return refund::NameOf(static_cast<Goods>(state));
    case Machine::kLeg:
      return refund::NameOf(static_cast<LegState>(state));
    case Machine::kEntrance:
      return refund::NameOf(static_cast<Entrance>(state));
    case Machine::kVoucher:
      return refund::NameOf(static_cast<VoucherState>(state));
    case Machine::kFact:
    case Machine::kAccount:
      break;
  }
  return "";
}

void AppendTransition(std::string& out, schema::Transition::Reader transition) {
  const Machine machine = static_cast<Machine>(transition.getMachine());
  AppendObject(out, transition, [&](std::string& text, const Object&, Field field) {
    const std::string_view name = NameOf(field);
    if (name != "from" && name != "to") return false;
    AppendJsonText(text,
                   StateName(machine, name == "from" ? transition.getFrom() : transition.getTo()));
    return true;
  });
}

// With the event's own name, as rules.md writes it, and not in the case of the other words.
void AppendDerived(std::string& out, schema::Derived::Reader derived) {
  AppendObject(out, derived, [&](std::string& text, const Object&, Field field) {
    if (NameOf(field) != "kind") return false;
    AppendJsonText(text, refund::NameOf(static_cast<DerivedKind>(derived.getKind())));
    return true;
  });
}

void AppendMember(std::string& out, std::string_view name, std::string_view text) {
  AppendJsonText(out, name);
  out += ':';
  AppendJsonText(out, text);
}

// An event or a deadline: each with what it has, and nothing of the other.
void AppendCause(std::string& out, const Cause& cause) {
  out += '{';
  if (cause.IsDeadline()) {
    AppendMember(out, "timer", refund::NameOf(cause.timer));
    out += ',';
    AppendMember(out, "role", refund::NameOf(cause.role));
    out += ",\"generation\":" + std::to_string(cause.generation);
  } else {
    AppendMember(out, "claim_id", cause.claim_id);
    out += ',';
    AppendMember(out, "kind", refund::NameOf(cause.kind));
  }
  out += '}';
}

}  // namespace

std::string EncodeStep(const Step& step) { return stored::Encode<schema::Step>(step); }
std::string EncodeSummary(const CaseSummary& summary) {
  return stored::Encode<schema::CaseSummary>(summary);
}
std::string EncodePayout(const Payout& payout) { return stored::Encode<schema::Payout>(payout); }
std::string EncodeQuarantined(const Quarantined& record) {
  return stored::Encode<schema::Quarantined>(record);
}

std::string EncodeMessage(const KeyMessage& message) {
  Claim claim;
  claim.id = message.id;
  claim.key = message.key;
  claim.occurred_at = message.at;
  claim.actor = {Role::kEngine, "engine"};
  claim.body = message.body;
  return EncodeClaim(claim);
}

absl::StatusOr<Step> DecodeStep(ByteView bytes) {
  return stored::Decode<schema::Step, Step>(bytes, "step");
}
absl::StatusOr<CaseSummary> DecodeSummary(ByteView bytes) {
  return stored::Decode<schema::CaseSummary, CaseSummary>(bytes, "case summary");
}
absl::StatusOr<Payout> DecodePayout(ByteView bytes) {
  return stored::Decode<schema::Payout, Payout>(bytes, "payout");
}
absl::StatusOr<Quarantined> DecodeQuarantined(ByteView bytes) {
  return stored::Decode<schema::Quarantined, Quarantined>(bytes, "quarantined record");
}

std::string StepToJson(const Step& step) {
  capnp::MallocMessageBuilder message;
  stored::Writer<schema::Step::Builder> writer(message.initRoot<schema::Step>());
  Map(writer, step);
  const Object object = message.getRoot<schema::Step>().asReader();
  std::string out;
  AppendObject(out, object, [&](std::string& text, const Object& it, Field field) {
    const std::string_view name = NameOf(field);
    if (name == "cause") {
      AppendCause(text, step.cause);
    } else if (name == "transitions") {
      AppendEach(text, it.as<schema::Step>().getTransitions(), AppendTransition);
    } else if (name == "derived") {
      AppendEach(text, it.as<schema::Step>().getDerived(), AppendDerived);
    } else {
      return false;
    }
    return true;
  });
  return out;
}

std::string DecisionToJson(const Decision& decision) {
  return stored::ToJson<schema::Decision>(decision);
}
std::string SummaryToJson(const CaseSummary& summary) {
  return stored::ToJson<schema::CaseSummary>(summary);
}
std::string PayoutToJson(const Payout& payout) { return stored::ToJson<schema::Payout>(payout); }
std::string QuarantinedToJson(const Quarantined& record) {
  return stored::ToJson<schema::Quarantined>(record);
}

}  // namespace refund::codec
