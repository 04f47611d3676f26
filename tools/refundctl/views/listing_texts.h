// The lists of work and of money, in print: for people as tables, and as JSON with one object a
// line and a last line that says as of where. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/order.h"
#include "projections/views/read.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

std::string QueueText(const projections::Listing<projections::CaseEntry>& queue,
                      const terminal::Paper& paper);
std::string QueueJson(const projections::Listing<projections::CaseEntry>& queue);

std::string DueText(const projections::Listing<projections::DeadlineEntry>& due,
                    const terminal::Paper& paper);
std::string DueJson(const projections::Listing<projections::DeadlineEntry>& due);

std::string LegsText(const projections::Listing<projections::LegEntry>& legs,
                     const terminal::Paper& paper);
std::string LegsJson(const projections::Listing<projections::LegEntry>& legs);

std::string VouchersText(const projections::Listing<projections::VoucherEntry>& vouchers,
                         const terminal::Paper& paper);
std::string VouchersJson(const projections::Listing<projections::VoucherEntry>& vouchers);

std::string TalliesText(const projections::Listing<projections::TallyEntry>& tallies,
                        const terminal::Paper& paper);
std::string TalliesJson(const projections::Listing<projections::TallyEntry>& tallies);

std::string OrdersText(const projections::Listing<projections::OrderLedgerRead>& orders,
                       const terminal::Paper& paper);
std::string OrdersJson(const projections::Listing<projections::OrderLedgerRead>& orders);

// A fact that waits for its leg, and the order on which it does.
struct ParkedOn {
  std::string key;
  ParkedFact fact;
};
std::string ParkedText(const projections::Listing<ParkedOn>& parked, const terminal::Paper& paper);
std::string ParkedJson(const projections::Listing<ParkedOn>& parked);

// "2024-03-01", of days since 1970.
std::string DayText(int32_t day);
// Minor units as an amount, however many: "123.45 CNY".
std::string SumText(absl::int128 units, Currency currency);

}  // namespace refund::tools
