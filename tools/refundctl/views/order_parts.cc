#include "tools/refundctl/views/order_parts.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

std::string DeadlineText(const Deadline& d, Instant clock, bool with_case) {
  std::string text;
  if (with_case && d.case_number != 0) absl::StrAppendFormat(&text, "case %d, ", d.case_number);
  absl::StrAppendFormat(&text, "%s", NameOf(d.timer));
  if (d.role != Role::kUnspecified) absl::StrAppendFormat(&text, " of %s", NameOf(d.role));
  if (!d.leg.IsZero()) {
    absl::StrAppendFormat(&text, ", %s %s", d.timer == Timer::kT26 ? "voucher" : "leg",
                          ShortId(d.leg));
  }
  if (!d.parcel.empty()) text += ", parcel " + d.parcel;
  if (d.paused) {
    return absl::StrFormat("%s: paused with %s left", text, FormatDuration(d.remaining_ms));
  }
  return absl::StrFormat("%s: due %s (armed %s, %s left)", text, FormatInstant(d.due),
                         FormatInstant(d.armed_at), FormatDuration(d.due - clock));
}

}  // namespace

std::vector<std::string> DeadlineTexts(std::vector<const Deadline*> deadlines, Instant clock,
                                       bool with_case) {
  std::sort(deadlines.begin(), deadlines.end(), [](const Deadline* a, const Deadline* b) {
    return std::tie(a->due, a->case_number, a->timer, a->role, a->generation) <
           std::tie(b->due, b->case_number, b->timer, b->role, b->generation);
  });
  std::vector<std::string> lines;
  for (const Deadline* each : deadlines) lines.push_back(DeadlineText(*each, clock, with_case));
  return lines;
}

std::string LegText(const Leg& leg, Currency currency) {
  const LegSummary summary = SummaryOf(leg);
  std::string text = absl::StrFormat("%s %s %s, %s", ShortId(leg.id), NameOf(leg.state),
                                     LegMoneyText(summary, currency), LegWayText(summary));
  if (!leg.line.empty()) absl::StrAppendFormat(&text, ", line %s %s", leg.line, NameOf(leg.bucket));
  if (leg.by_units) text += ", by units";
  absl::StrAppendFormat(&text, ", attempt %d", leg.attempt);
  if (leg.queries > 0) absl::StrAppendFormat(&text, ", asked after %d times", leg.queries);
  if (leg.draws_open > 0) absl::StrAppendFormat(&text, ", waits for %d accounts", leg.draws_open);
  if (leg.held_by_appeal) text += ", held by the appeal";
  if (leg.held_by_dispute) text += ", held by a bank dispute";
  if (leg.by_brake) text += ", held by a PayoutHold";
  if (!leg.cause_leg.IsZero()) text += ", after leg " + ShortId(leg.cause_leg);
  if (!leg.destination.empty()) text += ", to " + leg.destination;
  if (!leg.reference.empty()) text += ", reference " + leg.reference;
  return text;
}

std::string VoucherText(const Voucher& v, Currency currency) {
  std::string text = absl::StrFormat("%s %s %s: %s", ShortId(v.id), NameOf(v.kind),
                                     FormatMoney({v.amount, currency}), NameOf(v.state));
  if (v.redeemed > 0)
    absl::StrAppendFormat(&text, ", %s spent", FormatMoney({v.redeemed, currency}));
  if (v.expires_at.ms != 0)
    absl::StrAppendFormat(&text, ", until %s", FormatInstant(v.expires_at + -1));
  if (v.case_number != 0) absl::StrAppendFormat(&text, ", of case %d", v.case_number);
  if (!v.cause.empty()) text += ", for " + v.cause;
  return text;
}

std::vector<std::string> DisputeTexts(const Order& order) {
  std::vector<std::string> lines;
  for (const Dispute& each : order.disputes) {
    lines.push_back(absl::StrFormat("%s: %s, %s%s", each.id,
                                    FormatMoney({each.amount, order.currency}), NameOf(each.state),
                                    each.refundable ? ", refunds may still go out" : ""));
  }
  return lines;
}

}  // namespace refund::tools
