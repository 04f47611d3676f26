#include "tools/refundctl/views/words.h"

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace refund::tools {

std::string ShortId(const Id& id) { return id.hex().substr(0, 8); }

std::string AsOfText(std::span<const projections::ViewAsOf> as_of) {
  std::string text;
  for (const projections::ViewAsOf& each : as_of) {
    absl::StrAppendFormat(&text, "%s%d/%d", text.empty() ? "" : ", ", each.partition, each.offset);
    if (each.at) text += " at " + FormatInstant(*each.at);
  }
  return text + " (partition/offset)";
}

std::string_view StateName(Machine machine, uint8_t state) {
  switch (machine) {
    case Machine::kPhase:
      return NameOf(static_cast<Phase>(state));
    case Machine::kOverlay:
      return NameOf(static_cast<Overlay>(state));
    case Machine::kGoods:
      return NameOf(static_cast<Goods>(state));
    case Machine::kLeg:
      return NameOf(static_cast<LegState>(state));
    case Machine::kEntrance:
      return NameOf(static_cast<Entrance>(state));
    case Machine::kVoucher:
      return NameOf(static_cast<VoucherState>(state));
    case Machine::kFact:
    case Machine::kAccount:
      return "";
  }
  return "";
}

std::string_view MachineWord(Machine machine) {
  switch (machine) {
    case Machine::kPhase:
      return "phase";
    case Machine::kOverlay:
      return "arbitration";
    case Machine::kGoods:
      return "goods";
    case Machine::kLeg:
      return "leg";
    case Machine::kFact:
      return "fact";
    case Machine::kEntrance:
      return "entrance";
    case Machine::kAccount:
      return "account";
    case Machine::kVoucher:
      return "voucher";
  }
  return "";
}

std::string_view Spoken(Role role) {
  switch (role) {
    case Role::kBuyer:
      return "the buyer";
    case Role::kSeller:
      return "the seller";
    case Role::kAgent:
      return "an agent";
    case Role::kPlatform:
      return "the platform";
    case Role::kPsp:
      return "the payment provider";
    case Role::kCarrier:
      return "the carrier";
    case Role::kEngine:
      return "the engine";
    case Role::kUnspecified:
      return "nobody";
    default:
      return NameOf(role);
  }
}

std::string ActorText(const Actor& actor) {
  std::string text(NameOf(actor.role));
  return actor.id.empty() ? text : text + " " + actor.id;
}

std::string AskText(const CaseSummary& summary) {
  std::string text = absl::StrFormat("%s %s, %s", NameOf(summary.kind), FormatMoney(summary.ask),
                                     NameOf(summary.reason));
  if (summary.quantity > 1) absl::StrAppendFormat(&text, ", %d units", summary.quantity);
  if (summary.split_from != 0) absl::StrAppendFormat(&text, ", split from %d", summary.split_from);
  return summary.by_complaint ? text + ", complaint" : text;
}

std::string StandText(const CaseSummary& summary) {
  std::string text(NameOf(summary.phase));
  if (summary.close_reason != CloseReason::kNone) {
    absl::StrAppendFormat(&text, " (%s)", NameOf(summary.close_reason));
  }
  if (summary.phase != Phase::kClosed && summary.overlay != Overlay::kNone) {
    absl::StrAppendFormat(&text, ", arbitration %s", NameOf(summary.overlay));
  }
  return text;
}

std::string LegMoneyText(const LegSummary& leg, Currency currency) {
  std::string text =
      absl::StrFormat("%s %s", NameOf(leg.kind), FormatMoney({leg.amount, currency}));
  if (leg.reversed != 0) {
    absl::StrAppendFormat(&text, " (%s reversed)", FormatMoney({leg.reversed, currency}));
  }
  return text;
}

std::string LegWayText(const LegSummary& leg) {
  return absl::StrFormat("%s -> %s", NameOf(leg.bearer), NameOf(leg.to));
}

LegSummary SummaryOf(const Leg& leg) {
  LegSummary summary;
  summary.id = leg.id;
  summary.case_number = leg.case_number;
  summary.kind = leg.kind;
  summary.bearer = leg.bearer;
  summary.to = leg.to;
  summary.line = leg.line;
  summary.bucket = leg.bucket;
  summary.amount = leg.amount;
  summary.reversed = leg.reversed;
  summary.state = leg.state;
  summary.attempt = leg.attempt;
  return summary;
}

std::string CauseText(const Cause& cause) {
  if (!cause.IsDeadline()) return absl::StrFormat("%s %s", NameOf(cause.kind), cause.claim_id);
  if (cause.role == Role::kUnspecified) return absl::StrFormat("%s passed", NameOf(cause.timer));
  return absl::StrFormat("%s of %s passed", NameOf(cause.timer), NameOf(cause.role));
}

std::string RuleText(std::string_view label, std::string_view catalogue) {
  if (label.empty()) return "";
  return absl::StrFormat("%s (%s)", label, catalogue);
}

std::string ShareText(uint32_t basis_points) {
  if (basis_points % 100 == 0) return absl::StrFormat("%d %%", basis_points / 100);
  return absl::StrFormat("%d.%02d %%", basis_points / 100, basis_points % 100);
}

std::string Listed(const std::vector<std::string>& texts) { return absl::StrJoin(texts, ", "); }

}  // namespace refund::tools
