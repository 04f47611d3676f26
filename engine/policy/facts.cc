#include "engine/policy/facts.h"

#include "engine/base/check.h"

namespace refund::policy {

std::span<const std::string_view> ValuesOf(FactName fact) {
  switch (fact) {
    case FactName::kKind:
      return EnumNames<CaseKind>::kNames;
    case FactName::kReason:
      return EnumNames<ClaimReason>::kNames;
    case FactName::kComplained:
    case FactName::kPerishable:
    case FactName::kShipped:
    case FactName::kDelivered:
    case FactName::kBadGoodsRefundable:
    case FactName::kBadGoodsCompensated:
    case FactName::kDamagedReturnable:
    case FactName::kFreightCovered:
    case FactName::kFreightInsured:
    case FactName::kReportedInTime:
    case FactName::kArrivalOverdue:
    case FactName::kPlatformOpened:
    case FactName::kLost:
      return EnumNames<YesNo>::kNames;
    case FactName::kSellerStanding:
      return EnumNames<Standing>::kNames;
    case FactName::kGoodReviews:
      return EnumNames<Rating>::kNames;
    case FactName::kAbuse:
      return EnumNames<AbuseVerdict>::kNames;
    case FactName::kLiability:
      return EnumNames<Liability>::kNames;
    case FactName::kRefusalGround:
      return EnumNames<RefusalGround>::kNames;
    case FactName::kGoods:
      return EnumNames<Goods>::kNames;
    case FactName::kAsk:
      return {};
  }
  CHECK(false && "every fact is a case");
}

bool IsRecorded(FactName fact) {
  return fact == FactName::kSellerStanding || fact == FactName::kGoodReviews ||
         fact == FactName::kAbuse;
}

bool IsYesNo(FactName fact) { return ValuesOf(fact).data() == EnumNames<YesNo>::kNames.data(); }

uint64_t PossibleValues(FactName fact) {
  const uint64_t all = (uint64_t{1} << ValuesOf(fact).size()) - 1;
  const bool always_there = fact == FactName::kKind || fact == FactName::kReason;
  return always_there ? all & ~uint64_t{1} : all;
}

}  // namespace refund::policy
