#include "engine/codec/event_types.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/json_walker.h"
#include "event.capnp.h"

namespace refund::codec {
namespace {

// rules.md §3.1, class "derived".
constexpr auto kDerived = std::to_array<std::string_view>(
    {"PolicyClauseEffective", "TrackAnomaly",   "EntranceOpened",    "EntranceAutoClosed",
     "GuidedToSeller",        "RefundClosed",   "RulingIssued",      "EvidenceWindowClosed",
     "VoucherGranted",        "VoucherExpired", "VoucherRevoked",    "RefundInstructed",
     "PayoutQueried",         "FundDrawn",      "FundRecovered",     "MerchantDebited",
     "FreightClaimPaid",      "DoublePaid",     "ViolationRecorded", "PenaltyApplied",
     "LabelGranted",          "LabelRevoked",   "DeadlineArmed",     "DeadlinePassed",
     "ProgressNotice",        "CommandRefused", "FactParked",        "FactStale",
     "FactConflict"});

// Class "message".
constexpr auto kMessages = std::to_array<std::string_view>(
    {"Draw", "DrawGranted", "DrawRefused", "DayTotals", "MerchantRolledUp"});

// Class "appended", of later issues.
constexpr auto kLater = std::to_array<std::string_view>({"VersionBarrier",
                                                         "OutageDeclared",
                                                         "PayoutHold",
                                                         "PayoutReleased",
                                                         "OrderVoided",
                                                         "FraudStop",
                                                         "ParcelLost",
                                                         "InterceptFailed",
                                                         "BuyerMessage",
                                                         "SellerReply",
                                                         "BuyerBlocked",
                                                         "SatisfactionRated",
                                                         "ChatMonitoringFlag",
                                                         "AfterSalesApplyClicked",
                                                         "IssueCardSubmitted",
                                                         "IssueCardAnswered",
                                                         "EntranceOpenRequested",
                                                         "EntranceReopened",
                                                         "ExternalComplaintReceived",
                                                         "RulingSetAside",
                                                         "Rearbitrated",
                                                         "AppealFiled",
                                                         "AppealDecided",
                                                         "VoucherGrantRequested",
                                                         "VoucherRedeemed",
                                                         "ReturnAddressGiven",
                                                         "ReturnAddressInvalid",
                                                         "ReturnShipped",
                                                         "ReturnReceived",
                                                         "ReturnInspected",
                                                         "ReplacementShipped",
                                                         "RepairDone",
                                                         "ResendShipped",
                                                         "ReplacementReceived",
                                                         "SellerCannotFulfil",
                                                         "RefundReversed",
                                                         "PayoutDestinationGiven",
                                                         "PaymentDisputeOpened",
                                                         "PaymentDisputeClosed",
                                                         "TradeInDevice",
                                                         "MerchantSettingChanged",
                                                         "FreightServiceSubscribed",
                                                         "DeadlineExtended",
                                                         "IpComplaintFiled",
                                                         "IpComplaintClosed",
                                                         "ProductIntercepted",
                                                         "SafetyEscalated"});

template <class Names>
bool Has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<capnp::StructSchema::Field> FindEvent(std::string_view name) {
  for (const auto member : capnp::Schema::from<schema::Body>().getUnionFields()) {
    if (EventName(member) == name) return member;
  }
  return std::nullopt;
}

std::string EventName(capnp::StructSchema::Field member) {
  std::string name = member.getProto().getName().cStr();
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

std::optional<std::string> WhyNotAppended(std::string_view name) {
  if (Has(kDerived, name)) return "is derived by the engine and cannot be appended";
  if (Has(kMessages, name)) {
    return "is a message between keys, made by the engine, and cannot be appended";
  }
  if (Has(kLater, name)) return absl::StrFormat("is not readable under semantic %d", kSemantic);
  return std::nullopt;
}

std::optional<std::string> WrittenBy(std::string_view name) {
  if (name == "LogOpened") return "is written by `refundctl init` and cannot be appended";
  if (name == "PolicyPublished") {
    return "is written by `refundctl policy publish` and cannot be appended";
  }
  return std::nullopt;
}

}  // namespace refund::codec
