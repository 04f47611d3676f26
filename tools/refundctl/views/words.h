// How the commands that read put values into words: names, moneys, positions. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/order.h"
#include "engine/domain/step.h"
#include "projections/views/read.h"

namespace refund::tools {

// The first 8 of its 32 hex digits: enough to name a case.
std::string ShortId(const Id& id);

// "0/57 at 2024-03-01T10:00:00.000+08:00, 1/33 (partition/offset)": of the newest step in it.
std::string AsOfText(std::span<const projections::ViewAsOf> as_of);

// The name of a state of that machine: "AWAIT_SELLER". Facts and accounts have none.
std::string_view StateName(Machine machine, uint8_t state);

// "phase", "arbitration", "goods", "leg", "fact"
std::string_view MachineWord(Machine machine);

// "the buyer", "the seller", "an agent", …
std::string_view Spoken(Role role);
// "SELLER m-1", or "SELLER" where it has no id.
std::string ActorText(const Actor& actor);

// "REFUND_ONLY 59.90 CNY, NOT_AS_DESCRIBED"
std::string AskText(const CaseSummary& summary);

// "SETTLING", "AWAIT_SELLER, arbitration REVIEW", "CLOSED (SETTLED)"
std::string StandText(const CaseSummary& summary);

// "REFUND_ORIGINAL 59.90 CNY", "… (10.00 CNY reversed)"
std::string LegMoneyText(const LegSummary& leg, Currency currency);
// "MERCHANT -> BUYER"
std::string LegWayText(const LegSummary& leg);
LegSummary SummaryOf(const Leg& leg);

// "event RefundAccepted ra-1", "T1 of SELLER passed"
std::string CauseText(const Cause& cause);

// "silence-accepts (G-12)"; empty without a rule.
std::string RuleText(std::string_view label, std::string_view catalogue);

// "10000 of 10000" is said as "100 %": basis points for people.
std::string ShareText(uint32_t basis_points);

// Joined with ", ".
std::string Listed(const std::vector<std::string>& texts);

}  // namespace refund::tools
