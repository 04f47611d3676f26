#include "tools/refundctl/views/listing_texts.h"

#include <sstream>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "engine/base/calendar.h"
#include "engine/codec/step_codec.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/table.h"

namespace refund::tools {
namespace {

using projections::CaseEntry;
using projections::DeadlineEntry;
using projections::LegEntry;
using projections::Listing;
using projections::TallyEntry;
using projections::VoucherEntry;
using terminal::Align;
using terminal::Cell;
using terminal::Style;
using terminal::Table;

// Under a table: how many there are, and as of where.
template <class T>
std::string Foot(const Listing<T>& listing, std::string_view one, std::string_view many) {
  return absl::StrFormat("\n%d %s, as of %s\n", listing.rows.size(),
                         listing.rows.size() == 1 ? one : many, AsOfText(listing.as_of));
}

template <class T>
std::string LastLine(const Listing<T>& listing, std::string_view what) {
  const auto count = static_cast<int64_t>(listing.rows.size());
  return JsonObject().AsOf(listing.as_of).Number(what, count).Done() + "\n";
}

std::string CaseText(uint32_t number) { return number == 0 ? "-" : std::to_string(number); }

std::string TimerText(Timer timer, Role role) {
  std::string text(NameOf(timer));
  if (role != Role::kUnspecified) absl::StrAppendFormat(&text, " of %s", NameOf(role));
  return text;
}

std::string DecimalText(absl::int128 number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

// Of a case's next deadline, "-" without one.
std::string NextText(const CaseSummary& c) {
  if (!c.next_due) return "-";
  return absl::StrFormat("%s (%s)", FormatInstant(*c.next_due), NameOf(c.next_timer));
}

}  // namespace

// ---- queue ----

std::string QueueText(const Listing<CaseEntry>& queue, const terminal::Paper& paper) {
  Table table({{"NEXT DUE"},
               {"ORDER"},
               {"CASE"},
               {"STANDS AT", Align::kLeft, 20},
               {"TO MOVE"},
               {"HOLDER"},
               {"PRIORITY", Align::kRight},
               {"ASKED", Align::kLeft, 16}});
  for (const CaseEntry& each : queue.rows) {
    const CaseSummary& c = each.summary;
    table.Add({{NextText(c)},
               {c.key, Style::kBold},
               {ShortId(c.id)},
               {StandText(c), c.overlay == Overlay::kNone ? Style::kPlain : Style::kYellow},
               {c.to_move == Role::kUnspecified ? "-" : std::string(NameOf(c.to_move))},
               {c.holder.empty() ? "-" : c.holder},
               {std::to_string(each.priority), each.priority > 0 ? Style::kRed : Style::kPlain},
               {AskText(c)}});
  }
  return table.Render(paper) + Foot(queue, "open case", "open cases");
}

std::string QueueJson(const Listing<CaseEntry>& queue) {
  std::string text;
  for (const CaseEntry& each : queue.rows) {
    text += JsonObject()
                .Number("priority", each.priority)
                .Json("case", codec::SummaryToJson(each.summary))
                .Done() +
            "\n";
  }
  return text + LastLine(queue, "queue");
}

// ---- due ----

std::string DueText(const Listing<DeadlineEntry>& due, const terminal::Paper& paper) {
  Table table({{"DUE"}, {"TIMER"}, {"ORDER"}, {"CASE", Align::kRight}, {"ARMED"}});
  for (const DeadlineEntry& each : due.rows) {
    table.Add({{FormatInstant(each.due), Style::kBold},
               {TimerText(each.name.timer, each.name.role)},
               {each.key},
               {CaseText(each.name.case_number)},
               {FormatInstant(each.armed_at)}});
  }
  return table.Render(paper) + Foot(due, "deadline that runs", "deadlines that run");
}

std::string DueJson(const Listing<DeadlineEntry>& due) {
  std::string text;
  for (const DeadlineEntry& each : due.rows) {
    JsonObject object;
    object.Text("due", FormatInstant(each.due)).Text("timer", NameOf(each.name.timer));
    if (each.name.role != Role::kUnspecified) object.Text("role", NameOf(each.name.role));
    object.Number("generation", each.name.generation).Text("key", each.key);
    if (each.name.case_number != 0) object.Number("case_number", each.name.case_number);
    text += object.Text("armed_at", FormatInstant(each.armed_at)).Done() + "\n";
  }
  return text + LastLine(due, "due");
}

// ---- legs ----

std::string LegsText(const Listing<LegEntry>& legs, const terminal::Paper& paper) {
  Table table({{"STATE"},
               {"SINCE"},
               {"ORDER"},
               {"CASE", Align::kRight},
               {"LEG"},
               {"MONEY"},
               {"FROM -> TO"},
               {"LINE, BUCKET"},
               {"TRY", Align::kRight},
               {"OVERDUE"}});
  for (const LegEntry& each : legs.rows) {
    const LegSummary& leg = each.leg;
    table.Add({{std::string(NameOf(leg.state)), Style::kBold},
               {FormatInstant(each.since)},
               {each.key},
               {CaseText(leg.case_number)},
               {ShortId(leg.id)},
               {LegMoneyText(leg, each.currency)},
               {LegWayText(leg)},
               {absl::StrFormat("%s %s", leg.line.empty() ? "-" : leg.line, NameOf(leg.bucket))},
               {std::to_string(leg.attempt)},
               {each.IsOverdue() ? absl::StrFormat("asked %dx", each.queries) : "-",
                each.IsOverdue() ? Style::kRed : Style::kPlain}});
  }
  return table.Render(paper) + Foot(legs, "leg", "legs");
}

std::string LegsJson(const Listing<LegEntry>& legs) {
  std::string text;
  for (const LegEntry& each : legs.rows) {
    const LegSummary& leg = each.leg;
    JsonObject object;
    object.Text("leg", leg.id.hex()).Text("key", each.key);
    if (leg.case_number != 0) object.Number("case_number", leg.case_number);
    object.Text("state", NameOf(leg.state))
        .Text("since", FormatInstant(each.since))
        .Text("made_at", FormatInstant(each.made_at))
        .Text("kind", NameOf(leg.kind))
        .Text("bearer", NameOf(leg.bearer))
        .Text("to", NameOf(leg.to))
        .Text("line", leg.line)
        .Text("bucket", NameOf(leg.bucket))
        .Number("amount", leg.amount)
        .Number("reversed", leg.reversed);
    if (each.currency != Currency::kUnspecified) object.Text("currency", NameOf(each.currency));
    text += object.Number("attempt", leg.attempt)
                .Number("queries", each.queries)
                .Bool("overdue", each.IsOverdue())
                .Done() +
            "\n";
  }
  return text + LastLine(legs, "legs");
}

// ---- vouchers ----

std::string VouchersText(const Listing<VoucherEntry>& vouchers, const terminal::Paper& paper) {
  Table table({{"GRANTED"},
               {"ORDER"},
               {"CASE", Align::kRight},
               {"VOUCHER"},
               {"KIND"},
               {"AMOUNT", Align::kRight},
               {"STATE"},
               {"SINCE"},
               {"EXPIRES"}});
  for (const VoucherEntry& each : vouchers.rows) {
    table.Add({{FormatInstant(each.granted_at)},
               {each.key, Style::kBold},
               {CaseText(each.case_number)},
               {ShortId(each.id)},
               {each.kind},
               {FormatMoney({each.amount, each.currency})},
               {std::string(NameOf(each.state))},
               {FormatInstant(each.since)},
               {each.expires_at ? FormatInstant(*each.expires_at) : "-"}});
  }
  return table.Render(paper) + Foot(vouchers, "voucher", "vouchers");
}

std::string VouchersJson(const Listing<VoucherEntry>& vouchers) {
  std::string text;
  for (const VoucherEntry& each : vouchers.rows) {
    JsonObject object;
    object.Text("voucher", each.id.hex()).Text("key", each.key);
    if (each.case_number != 0) object.Number("case_number", each.case_number);
    object.Text("kind", each.kind).Number("amount", each.amount);
    if (each.currency != Currency::kUnspecified) object.Text("currency", NameOf(each.currency));
    object.Text("state", NameOf(each.state))
        .Text("granted_at", FormatInstant(each.granted_at))
        .Text("since", FormatInstant(each.since));
    if (each.expires_at) object.Text("expires_at", FormatInstant(*each.expires_at));
    text += object.Done() + "\n";
  }
  return text + LastLine(vouchers, "vouchers");
}

// ---- tallies ----

std::string DayText(int32_t day) {
  const CivilDate date = CivilFromDays(day);
  return absl::StrFormat("%04d-%02d-%02d", date.year, date.month, date.day);
}

std::string SumText(absl::int128 units, Currency currency) {
  const bool negative = units < 0;
  std::string digits = DecimalText(negative ? -units : units);
  const auto after = static_cast<size_t>(MinorUnitDigits(currency));
  if (digits.size() <= after) digits.insert(0, after + 1 - digits.size(), '0');
  if (after > 0) digits.insert(digits.size() - after, ".");
  return absl::StrFormat("%s%s %s", negative ? "-" : "", digits, NameOf(currency));
}

std::string TalliesText(const Listing<TallyEntry>& tallies, const terminal::Paper& paper) {
  Table table({{"DAY (BEIJING)"},
               {"PLATFORM"},
               {"WHAT"},
               {"COUNT", Align::kRight},
               {"SUM", Align::kRight}});
  for (const TallyEntry& each : tallies.rows) {
    const bool summed = each.name.currency != Currency::kUnspecified;
    table.Add(
        {{DayText(each.name.day)},
         {each.name.platform == Platform::kUnspecified ? "-"
                                                       : std::string(NameOf(each.name.platform))},
         {each.name.what, Style::kBold},
         {std::to_string(each.count)},
         {summed ? SumText(each.sum, each.name.currency) : "-"}});
  }
  return table.Render(paper) + Foot(tallies, "tally", "tallies");
}

std::string TalliesJson(const Listing<TallyEntry>& tallies) {
  std::string text;
  for (const TallyEntry& each : tallies.rows) {
    JsonObject object;
    object.Text("day", DayText(each.name.day));
    if (each.name.platform != Platform::kUnspecified) {
      object.Text("platform", NameOf(each.name.platform));
    }
    object.Text("what", each.name.what).Number("count", each.count);
    if (each.name.currency != Currency::kUnspecified) {
      // As a text: a day's sum may be beyond what JSON numbers hold exactly.
      object.Text("sum", DecimalText(each.sum)).Text("currency", NameOf(each.name.currency));
    }
    text += object.Done() + "\n";
  }
  return text + LastLine(tallies, "tallies");
}

// ---- orders ----

namespace {

// What an order's legs come to, by where they lead. Points, coins and coupons are counted with the
// money: they are in minor units of what they were worth.
struct LegSums {
  absl::int128 given = 0;
  absl::int128 on_its_way = 0;
  absl::int128 taken_back = 0;
};

LegSums SumsOf(const std::vector<LegEntry>& legs) {
  LegSums sums;
  for (const LegEntry& each : legs) {
    const LegSummary& leg = each.leg;
    const bool there = leg.state == LegState::kSettled || leg.state == LegState::kReversed;
    if (there && leg.to == Bearer::kBuyer) sums.given += leg.amount - leg.reversed;
    if (there && leg.to != Bearer::kBuyer) sums.taken_back += leg.amount - leg.reversed;
    const bool open = !there && leg.state != LegState::kVoid && leg.state != LegState::kRerouted;
    if (open && leg.to == Bearer::kBuyer) sums.on_its_way += leg.amount;
  }
  return sums;
}

}  // namespace

std::string OrdersText(const Listing<projections::OrderLedgerRead>& orders,
                       const terminal::Paper& paper) {
  Table table({{"ORDER"},
               {"NEWEST STEP"},
               {"STEPS", Align::kRight},
               {"REFUSED", Align::kRight},
               {"ENTRANCE"},
               {"LEGS", Align::kRight},
               {"GIVEN", Align::kRight},
               {"ON ITS WAY", Align::kRight},
               {"TAKEN BACK", Align::kRight}});
  for (const projections::OrderLedgerRead& each : orders.rows) {
    const LegSums sums = SumsOf(each.legs);
    const auto text = [&](absl::int128 sum) {
      return each.legs.empty() ? "-" : SumText(sum, each.order.currency);
    };
    table.Add({{each.order.key, Style::kBold},
               {FormatInstant(each.order.last_at)},
               {std::to_string(each.order.sequence)},
               {std::to_string(each.order.refused)},
               {each.order.entrance_since ? std::string(NameOf(each.order.entrance)) : "-"},
               {std::to_string(each.legs.size())},
               {text(sums.given)},
               {text(sums.on_its_way)},
               {text(sums.taken_back)}});
  }
  return table.Render(paper) + Foot(orders, "order", "orders");
}

std::string OrdersJson(const Listing<projections::OrderLedgerRead>& orders) {
  std::string text;
  for (const projections::OrderLedgerRead& each : orders.rows) {
    const LegSums sums = SumsOf(each.legs);
    JsonObject object;
    object.Text("key", each.order.key)
        .Text("first_at", FormatInstant(each.order.first_at))
        .Text("last_at", FormatInstant(each.order.last_at))
        .Number("sequence", each.order.sequence)
        .Number("refused", each.order.refused);
    if (each.order.entrance_since) {
      object.Text("entrance", NameOf(each.order.entrance))
          .Text("entrance_since", FormatInstant(*each.order.entrance_since));
    }
    object.Number("legs", static_cast<int64_t>(each.legs.size()));
    if (each.order.currency != Currency::kUnspecified) {
      object.Text("currency", NameOf(each.order.currency));
    }
    text += object.Text("given", DecimalText(sums.given))
                .Text("on_its_way", DecimalText(sums.on_its_way))
                .Text("taken_back", DecimalText(sums.taken_back))
                .Done() +
            "\n";
  }
  return text + LastLine(orders, "orders");
}

// ---- parked facts ----

std::string ParkedText(const Listing<ParkedOn>& parked, const terminal::Paper& paper) {
  Table table({{"SINCE"}, {"ORDER"}, {"FACT"}, {"CLAIM", Align::kLeft, 12}});
  for (const ParkedOn& each : parked.rows) {
    table.Add({{FormatInstant(each.fact.at)},
               {each.key, Style::kBold},
               {std::string(NameOf(static_cast<EventKind>(each.fact.body.index())))},
               {each.fact.claim_id}});
  }
  return table.Render(paper) +
         Foot(parked, "fact that came early and waits", "facts that came early and wait");
}

std::string ParkedJson(const Listing<ParkedOn>& parked) {
  std::string text;
  for (const ParkedOn& each : parked.rows) {
    const auto kind = static_cast<EventKind>(each.fact.body.index());
    text += JsonObject()
                .Text("key", each.key)
                .Text("type", NameOf(kind))
                .Text("claim_id", each.fact.claim_id)
                .Text("at", FormatInstant(each.fact.at))
                .Done() +
            "\n";
  }
  return text + LastLine(parked, "parked");
}

}  // namespace refund::tools
