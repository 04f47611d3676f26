// The closed list of facts that a pack's rules may ask about. A new fact is a code change with a
// decision record. Every fact but `ask` has a small closed set of values, so a condition is a set
// of allowed values, and lint can tell which rules can never fire.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/domain/money.h"
#include "engine/domain/vocabulary.h"

namespace refund::policy {

// clang-format off
#define REFUND_FACTS(X) \
  X(Kind, "kind") X(Reason, "reason") X(Complained, "complained") X(Perishable, "perishable") \
  X(Shipped, "shipped") X(Delivered, "delivered") X(SellerStanding, "seller_standing") \
  X(GoodReviews, "good_reviews") X(Abuse, "abuse") X(Liability, "liability") \
  X(RefusalGround, "refusal_ground") X(Ask, "ask") X(Goods, "goods") \
  X(BadGoodsRefundable, "bad_goods_refundable") X(BadGoodsCompensated, "bad_goods_compensated") \
  X(DamagedReturnable, "damaged_returnable") X(FreightCovered, "freight_covered") \
  X(FreightInsured, "freight_insured") X(ReportedInTime, "reported_in_time") \
  X(ArrivalOverdue, "arrival_overdue") X(PlatformOpened, "platform_opened") X(Lost, "lost")
#define REFUND_STANDINGS(X) X(Unknown, "UNKNOWN") X(Clear, "CLEAR") X(Marked, "MARKED")
#define REFUND_RATINGS(X) X(Unknown, "UNKNOWN") X(Enough, "ENOUGH") X(Low, "LOW")
#define REFUND_YES_NO(X) X(No, "NO") X(Yes, "YES")
// clang-format on

}  // namespace refund::policy

namespace refund {
REFUND_ENUM(FactName, REFUND_FACTS)
REFUND_ENUM(Standing, REFUND_STANDINGS)
REFUND_ENUM(Rating, REFUND_RATINGS)
REFUND_ENUM(YesNo, REFUND_YES_NO)
}  // namespace refund

namespace refund::policy {

inline constexpr size_t kFactCount = CountOf<FactName>();

// The names of the values that a fact may take, by number; empty for `ask`, which is money.
std::span<const std::string_view> ValuesOf(FactName fact);
// True for facts that others record (standing, rating, abuse): a pack may wait for them (G-90), and
// their value 0 is UNKNOWN.
bool IsRecorded(FactName fact);
// True for facts whose values are NO and YES.
bool IsYesNo(FactName fact);
// The values that a case can have (bit n = value number n): every case has a kind and a reason,
// while a finding and a refusal may still be missing (UNSPECIFIED). 0 for `ask`.
uint64_t PossibleValues(FactName fact);

// What holds for a case now: a value for each fact. Made by the arbiter from order and case.
struct Facts {
  std::array<uint8_t, kFactCount> value{};  // [Ask] is unused
  Money ask;

  uint8_t operator[](FactName fact) const { return value[static_cast<size_t>(fact)]; }
  void Set(FactName fact, uint8_t to) { value[static_cast<size_t>(fact)] = to; }
};

}  // namespace refund::policy
