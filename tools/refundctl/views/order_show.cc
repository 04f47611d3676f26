#include "tools/refundctl/views/order_show.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/codec/order_codec.h"
#include "tools/refundctl/views/order_parts.h"
#include "tools/refundctl/views/sheet.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/table.h"

namespace refund::tools {
namespace {

using terminal::Align;
using terminal::Paper;
using terminal::Style;
using terminal::Styled;

Money In(const Order& order, int64_t units) { return {units, order.currency}; }

void Add(int64_t& sum, int64_t amount) {
  if (!CheckedAdd(sum, amount, sum)) sum = amount > 0 ? INT64_MAX : INT64_MIN;
}

// value - floor(value * cancelled / quantity), as decision 0009 has it.
int64_t CapturedOf(int64_t value, const OrderLine& line) {
  if (line.quantity == 0 || line.cancelled > line.quantity || value < 0) return value;
  return value - FloorShare(value, line.cancelled, line.quantity);
}

bool IsGiven(const Leg& leg) {
  return leg.state == LegState::kSettled || leg.state == LegState::kReversed;
}
bool IsOnItsWay(const Leg& leg) {
  return leg.state != LegState::kNone && leg.state != LegState::kVoid &&
         leg.state != LegState::kRerouted && !IsGiven(leg);
}
// What comes out of the line's own money, as against what compensates on top of it.
bool IsOfTheLine(const Leg& leg) {
  return leg.to == Bearer::kBuyer && !leg.line.empty() && leg.kind != LegKind::kVoucher &&
         leg.kind != LegKind::kFreightReturn && leg.kind != LegKind::kCompensation;
}

using Place = std::pair<size_t, Bucket>;  // which line of the order, then which bucket

std::string BucketsText(const OrderLine& line, const Order& order) {
  std::string text = FormatMoney(In(order, line.paid)) + " CASH";
  for (const BucketValue& each : line.buckets) {
    absl::StrAppendFormat(&text, " + %s %s", FormatMoney(In(order, each.amount)),
                          NameOf(each.bucket));
    if (each.funder != Bearer::kUnspecified) {
      absl::StrAppendFormat(&text, " (put up by %s)", NameOf(each.funder));
    }
  }
  return text;
}

std::vector<std::string> PartyLines(const Order& order) {
  std::vector<std::string> lines;
  if (!order.buyer.empty()) {
    lines.push_back(absl::StrFormat("buyer %s, merchant %s", order.buyer, order.merchant));
  }
  const auto when = [&](const char* what, const std::optional<Instant>& at) {
    if (at) lines.push_back(absl::StrFormat("%-9s %s", what, FormatInstant(*at)));
  };
  when("paid", order.paid_at);
  when("shipped", order.shipped_at);
  when("delivered", order.delivered_at);
  when("completed", order.completed_at);
  return lines;
}

std::vector<std::string> LineLines(const Order& order) {
  std::vector<std::string> lines;
  for (const OrderLine& each : order.lines) {
    std::string text = absl::StrFormat("%s: %d x %s, %s", each.line, each.quantity, each.sku,
                                       BucketsText(each, order));
    if (each.cancelled > 0) absl::StrAppendFormat(&text, ", %d cancelled", each.cancelled);
    if (each.perishable) text += ", perishable";
    if (!each.serial.empty()) text += ", serial " + each.serial;
    lines.push_back(std::move(text));
  }
  return lines;
}

std::vector<std::string> CaseLines(const Order& order) {
  std::vector<std::string> lines;
  for (const Case& c : order.cases) {
    std::string text =
        absl::StrFormat("%d: %s %s %s, %d of line %s: %s", c.number, ShortId(c.id), NameOf(c.kind),
                        FormatMoney(In(order, c.ask)), c.quantity, c.line, NameOf(c.phase));
    if (c.close_reason != CloseReason::kNone) {
      absl::StrAppendFormat(&text, " (%s)", NameOf(c.close_reason));
    }
    if (c.overlay != Overlay::kNone) {
      absl::StrAppendFormat(&text, ", arbitration %s", NameOf(c.overlay));
    }
    absl::StrAppendFormat(&text, ", goods %s", NameOf(c.goods));
    if (c.split_from != 0) absl::StrAppendFormat(&text, ", split from %d", c.split_from);
    lines.push_back(std::move(text));
  }
  return lines;
}

std::vector<std::string> LegLines(const Order& order) {
  std::vector<std::string> lines;
  for (const Leg& leg : order.legs) lines.push_back(LegText(leg, order.currency));
  return lines;
}

std::vector<std::string> EntranceLines(const Order& order) {
  const EntranceState& e = order.entrance;
  std::string text(NameOf(e.state));
  if (e.opened_at.ms != 0) {
    absl::StrAppendFormat(&text, ", opened %s by %s, opening %d", FormatInstant(e.opened_at),
                          NameOf(e.by), e.openings);
  }
  if (e.agreed) text += ", openable by agreement";
  std::vector<std::string> lines = {std::move(text)};
  for (const IssueCard& card : e.cards) {
    lines.push_back(absl::StrFormat(
        "card %s: %s %s, %d of line %s, %s; %s%s%s%s", FormatInstant(card.at), NameOf(card.kind),
        FormatMoney(In(order, card.ask)), card.quantity, card.line, NameOf(card.reason),
        card.answer == CardAnswer::kUnspecified ? "not answered" : NameOf(card.answer),
        card.by_auto ? " by itself" : "", card.late ? ", late" : "",
        card.unanswered ? ", the buyer may ask the platform" : ""));
  }
  return lines;
}

std::vector<std::string> VoucherLines(const Order& order) {
  std::vector<std::string> lines;
  for (const Voucher& each : order.vouchers) lines.push_back(VoucherText(each, order.currency));
  return lines;
}

std::vector<std::string> ParcelLines(const Order& order) {
  std::vector<std::string> lines;
  for (const Parcel& p : order.parcels) {
    std::string text = p.id + (p.carrier.empty() ? "" : " by " + p.carrier);
    if (p.declared_at) text += ", declared " + FormatInstant(*p.declared_at);
    if (p.scanned_at) text += ", last scan " + FormatInstant(*p.scanned_at);
    if (p.delivered_at) {
      absl::StrAppendFormat(&text, ", delivered %s (%s)", FormatInstant(*p.delivered_at),
                            NameOf(p.level));
    }
    if (p.lost) text += ", LOST";
    for (const Anomaly each : p.anomalies) absl::StrAppendFormat(&text, ", %s", NameOf(each));
    lines.push_back(std::move(text));
  }
  return lines;
}

std::vector<std::string> OtherLines(const Order& order) {
  std::vector<std::string> lines;
  for (const PromiseKind each : order.promises) {
    lines.push_back(absl::StrFormat("promised %s", NameOf(each)));
  }
  for (const std::string& each : order.external_complaints) {
    lines.push_back("complaint elsewhere: " + each);
  }
  if (order.safety) lines.push_back("a matter of safety: nothing closes by itself");
  if (order.intercepted) lines.push_back("the product was intercepted");
  if (order.double_paid) lines.push_back("ALARM: paid twice, by a refund and by the bank");
  for (const auto& [name, value] : order.settings) lines.push_back(name + " = " + value);
  for (const std::string& each : order.services) lines.push_back("service " + each);
  return lines;
}

std::vector<std::string> DeadlineLines(const Order& order) {
  std::vector<const Deadline*> all;
  for (const Deadline& each : order.deadlines) all.push_back(&each);
  return DeadlineTexts(std::move(all), order.clock, /*with_case=*/true);
}

std::vector<std::string> ParkedLines(const Order& order) {
  std::vector<std::string> lines;
  for (const ParkedFact& each : order.parked) {
    lines.push_back(absl::StrFormat("%s %s, since %s",
                                    NameOf(static_cast<EventKind>(each.body.index())),
                                    each.claim_id, FormatInstant(each.at)));
  }
  return lines;
}

std::string LedgerText(const Order& order, const Paper& paper) {
  terminal::Table table({{"LINE"},
                         {"BUCKET"},
                         {"CAPTURED", Align::kRight},
                         {"GIVEN", Align::kRight},
                         {"ON ITS WAY", Align::kRight},
                         {"REMAINING", Align::kRight}});
  for (const LedgerRow& row : LedgerOf(order)) {
    table.Add(
        {{row.line, Style::kBold},
         {std::string(NameOf(row.bucket))},
         {FormatMoney(In(order, row.captured))},
         {FormatMoney(In(order, row.given))},
         {FormatMoney(In(order, row.on_its_way))},
         {FormatMoney(In(order, row.remaining)), row.remaining < 0 ? Style::kRed : Style::kPlain}});
  }
  return table.size() == 0 ? "" : table.Render(paper) + "\n";
}

std::string LedgerJson(const Order& order) {
  std::vector<std::string> rows;
  for (const LedgerRow& row : LedgerOf(order)) {
    rows.push_back(JsonObject()
                       .Text("line", row.line)
                       .Text("bucket", NameOf(row.bucket))
                       .Number("captured", row.captured)
                       .Number("given", row.given)
                       .Number("on_its_way", row.on_its_way)
                       .Number("remaining", row.remaining)
                       .Done());
  }
  return JsonArray(rows);
}

}  // namespace

std::vector<LedgerRow> LedgerOf(const Order& order) {
  std::map<Place, LedgerRow> rows;
  const auto at = [&](size_t line, Bucket bucket) -> LedgerRow& {
    LedgerRow& row = rows[{line, bucket}];
    row.line = order.lines[line].line;
    row.bucket = bucket;
    return row;
  };
  for (size_t i = 0; i < order.lines.size(); ++i) {
    const OrderLine& line = order.lines[i];
    if (line.paid != 0) Add(at(i, Bucket::kCash).captured, CapturedOf(line.paid, line));
    for (const BucketValue& each : line.buckets) {
      Add(at(i, each.bucket).captured, CapturedOf(each.amount, line));
    }
    for (const Leg& leg : order.legs) {
      if (leg.line != line.line || !IsOfTheLine(leg)) continue;
      if (IsGiven(leg)) Add(at(i, leg.bucket).given, leg.amount - leg.reversed);
      if (IsOnItsWay(leg)) Add(at(i, leg.bucket).on_its_way, leg.amount);
    }
  }
  std::vector<LedgerRow> ledger;
  for (auto& [place, row] : rows) {
    row.remaining = row.captured;
    Add(row.remaining, -row.given);
    Add(row.remaining, -row.on_its_way);
    ledger.push_back(std::move(row));
  }
  return ledger;
}

std::string OrderShowText(const Order& order, std::span<const projections::ViewAsOf> as_of,
                          const Paper& paper) {
  Sheet sheet(paper);
  sheet.Add("parties", PartyLines(order));
  sheet.Add("lines", LineLines(order));
  sheet.Add("cases", CaseLines(order));
  sheet.Add("legs", LegLines(order));
  sheet.Add("vouchers", VoucherLines(order));
  sheet.Add("disputes", DisputeTexts(order));
  sheet.Add("entrance", EntranceLines(order));
  sheet.Add("parcels", ParcelLines(order));
  sheet.Add("deadlines", DeadlineLines(order));
  sheet.Add("parked", ParkedLines(order));
  sheet.Add("noted", OtherLines(order));
  return absl::StrFormat("%s  (%s), sequence %d, clock %s\n\n%s%s\nas of %s\n",
                         Styled(order.key, Style::kBold, paper), NameOf(order.platform),
                         order.sequence, FormatInstant(order.clock), LedgerText(order, paper),
                         sheet.text(), AsOfText(as_of));
}

std::string OrderShowJson(const Order& order, std::span<const projections::ViewAsOf> as_of) {
  return JsonObject()
             .AsOf(as_of)
             .Json("ledger", LedgerJson(order))
             .Json("order", codec::OrderToJson(order))
             .Done() +
         "\n";
}

}  // namespace refund::tools
