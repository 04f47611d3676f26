#include "tools/refundctl/views/work_commands.h"

#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/domain/key.h"
#include "projections/state/read.h"
#include "projections/views/order_ledger.h"
#include "projections/views/read.h"
#include "tools/refundctl/views/listing_texts.h"
#include "tools/refundctl/views/order_show.h"
#include "tools/refundctl/views/printing.h"
#include "tools/refundctl/views/quarantine_export.h"

namespace refund::tools {
namespace {

using absl::StatusCode;
using projections::Listing;
using projections::StateReader;
using projections::ViewAsOf;
using projections::ViewReader;

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

// A name of that enumeration; absent for an empty text.
template <class E>
absl::StatusOr<std::optional<E>> ParseFlag(std::string_view flag, const std::string& text) {
  if (text.empty()) return std::optional<E>();
  const auto value = ParseName<E>(UpperCase(text));
  if (value && static_cast<size_t>(*value) != 0) return std::optional<E>(*value);
  std::string names;
  for (size_t i = 1; i < CountOf<E>(); ++i) {
    absl::StrAppendFormat(&names, "%s%s", i > 1 ? ", " : "", EnumNames<E>::kNames[i]);
  }
  return Errorf(StatusCode::kInvalidArgument, "%s: expected one of %s, found %s", flag, names,
                text);
}

absl::StatusOr<std::optional<Instant>> ParseUntil(const std::string& text) {
  if (text.empty()) return std::optional<Instant>();
  Instant at;
  const char* const end = text.data() + text.size();
  if (const auto [rest, error] = std::from_chars(text.data(), end, at.ms);
      error == std::errc() && rest == end) {
    return std::optional(at);
  }
  std::string error;
  if (ParseInstant(text, at, error)) return std::optional(at);
  return Errorf(StatusCode::kInvalidArgument, "--until: %s", error);
}

absl::Status CheckOrderKey(const std::string& text) {
  KeyParts parts;
  std::string error;
  if (ParseKey(text, parts, error) && parts.type == KeyType::kOrder) return absl::OkStatus();
  return Errorf(StatusCode::kInvalidArgument,
                "expected the key of an order, as o/TAOBAO/1001, found \"%s\"", text);
}

bool IsOfPlatform(const CaseSummary& summary, const std::optional<Platform>& platform) {
  return !platform || summary.platform == *platform;
}

absl::StatusOr<std::string> Queue(const WorkOptions& options, bool json) {
  ASSIGN_OR_RETURN(const auto platform, ParseFlag<Platform>("--platform", options.platform));
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  projections::QueueQuery query;
  query.limit = static_cast<size_t>(options.limit);
  query.wanted = [&](const projections::CaseEntry& each) {
    return IsOfPlatform(each.summary, platform) &&
           (options.agent.empty() || each.summary.holder == options.agent);
  };
  ASSIGN_OR_RETURN(const auto queue, views->ListQueue(query));
  return json ? QueueJson(queue) : QueueText(queue, StdoutPaper());
}

absl::StatusOr<std::string> Due(const WorkOptions& options, bool json) {
  projections::DueQuery query;
  ASSIGN_OR_RETURN(query.until, ParseUntil(options.until));
  query.limit = static_cast<size_t>(options.limit);
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(const auto due, views->ListDue(query));
  return json ? DueJson(due) : DueText(due, StdoutPaper());
}

// Steps that speak of no case do not say in which currency; the order does.
template <class Entry>
absl::Status FillCurrencies(const std::string& root, std::vector<Entry>& rows) {
  std::unique_ptr<StateReader> state;
  for (Entry& each : rows) {
    if (each.currency != Currency::kUnspecified) continue;
    if (state == nullptr) {
      ASSIGN_OR_RETURN(state, StateReader::Open(root));
    }
    ASSIGN_OR_RETURN(const projections::Found<Order> found, state->ReadOrder(each.key));
    if (found.value) each.currency = found.value->currency;
  }
  return absl::OkStatus();
}

// Without a state: what has to be paid or looked into.
bool IsToBePaid(const projections::LegEntry& each) {
  return each.leg.state == LegState::kSubmitted || each.leg.state == LegState::kFailed ||
         each.leg.state == LegState::kShortfall || each.leg.state == LegState::kOwed;
}

absl::StatusOr<std::string> Legs(const WorkOptions& options, bool json) {
  projections::LegQuery query;
  ASSIGN_OR_RETURN(query.state, ParseFlag<LegState>("--in", options.leg_state));
  if (!query.state) query.wanted = IsToBePaid;
  query.limit = static_cast<size_t>(options.limit);
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(auto legs, views->ListLegs(query));
  RETURN_IF_ERROR(FillCurrencies(options.state, legs.rows));
  return json ? LegsJson(legs) : LegsText(legs, StdoutPaper());
}

absl::StatusOr<std::string> Vouchers(const WorkOptions& options, bool json) {
  if (!options.order.empty()) RETURN_IF_ERROR(CheckOrderKey(options.order));
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(auto vouchers, views->ListVouchers(options.order));
  RETURN_IF_ERROR(FillCurrencies(options.state, vouchers.rows));
  return json ? VouchersJson(vouchers) : VouchersText(vouchers, StdoutPaper());
}

absl::StatusOr<std::string> Tallies(const WorkOptions& options, bool json) {
  ASSIGN_OR_RETURN(const auto platform, ParseFlag<Platform>("--platform", options.platform));
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(auto tallies, views->ListTallies());
  if (platform) {
    std::erase_if(tallies.rows, [&](const projections::TallyEntry& each) {
      return each.name.platform != *platform;
    });
  }
  return json ? TalliesJson(tallies) : TalliesText(tallies, StdoutPaper());
}

absl::StatusOr<std::string> Orders(const WorkOptions& options, bool json) {
  ASSIGN_OR_RETURN(const auto platform, ParseFlag<Platform>("--platform", options.platform));
  projections::LedgerQuery query;
  query.limit = static_cast<size_t>(options.limit);
  query.wanted = [&](const projections::OrderEntry& each) {
    KeyParts parts;
    std::string error;
    return ParseKey(each.key, parts, error) && parts.type == KeyType::kOrder &&
           (!platform || parts.platform == *platform);
  };
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(const auto orders, views->ListLedgers(query));
  return json ? OrdersJson(orders) : OrdersText(orders, StdoutPaper());
}

absl::StatusOr<std::string> OneOrder(const WorkOptions& options, bool json) {
  RETURN_IF_ERROR(CheckOrderKey(options.order));
  ASSIGN_OR_RETURN(const std::unique_ptr<StateReader> state, StateReader::Open(options.state));
  ASSIGN_OR_RETURN(const projections::Found<Order> found, state->ReadOrder(options.order));
  if (!found.value) {
    return Errorf(StatusCode::kInvalidArgument, "no order %s, as of %d/%d", options.order,
                  found.as_of.partition, found.as_of.offset);
  }
  const std::array as_of = {
      ViewAsOf{found.as_of.partition, found.as_of.offset, found.value->clock}};
  return json ? OrderShowJson(*found.value, as_of)
              : OrderShowText(*found.value, as_of, StdoutPaper());
}

// The view knows on which orders something was parked; whether it still waits, the order.
absl::StatusOr<std::string> Parked(const WorkOptions& options, bool json) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(const Listing<projections::ParkedEntry> entries, views->ListParked());
  ASSIGN_OR_RETURN(const std::unique_ptr<StateReader> state, StateReader::Open(options.state));
  Listing<ParkedOn> parked{{}, entries.as_of};
  for (const projections::ParkedEntry& each : entries.rows) {
    ASSIGN_OR_RETURN(const projections::Found<Order> found, state->ReadOrder(each.key));
    if (!found.value) continue;
    for (const ParkedFact& fact : found.value->parked) parked.rows.push_back({each.key, fact});
  }
  return json ? ParkedJson(parked) : ParkedText(parked, StdoutPaper());
}

absl::StatusOr<std::string> Exported(const WorkOptions& options, bool json) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(const Listing<Quarantined> listing, views->ListQuarantined());
  return json ? QuarantineExportJson(listing.rows, listing.as_of)
              : QuarantineExportText(listing.rows, listing.as_of);
}

}  // namespace

void ShowQueue(const WorkOptions& options, Context& context) {
  PrintOrFail(context, [&] { return Queue(options, context.json); });
}

void ListDue(const WorkOptions& options, Context& context) {
  PrintOrFail(context, [&] { return Due(options, context.json); });
}

void ListLegs(const WorkOptions& options, Context& context) {
  PrintOrFail(context, [&] { return Legs(options, context.json); });
}

void ListVouchers(const WorkOptions& options, Context& context) {
  PrintOrFail(context, [&] { return Vouchers(options, context.json); });
}

void ListTallies(const WorkOptions& options, Context& context) {
  PrintOrFail(context, [&] { return Tallies(options, context.json); });
}

void ListOrders(const WorkOptions& options, Context& context) {
  PrintOrFail(context, [&] { return Orders(options, context.json); });
}

void ShowOrder(const WorkOptions& options, Context& context) {
  PrintOrFail(context, [&] { return OneOrder(options, context.json); });
}

void ListParked(const WorkOptions& options, Context& context) {
  PrintOrFail(context, [&] { return Parked(options, context.json); });
}

void ExportQuarantine(const WorkOptions& options, Context& context) {
  PrintOrFail(context, [&] { return Exported(options, context.json); });
}

}  // namespace refund::tools
