#include "engine/ledger/buckets.h"

namespace refund::ledger {

int64_t ValueOf(const OrderLine& line, Bucket bucket) {
  if (bucket == Bucket::kCash) return line.paid;
  for (const BucketValue& each : line.buckets) {
    if (each.bucket == bucket) return each.amount;
  }
  return 0;
}

LegKind KindOf(Bucket bucket) {
  if (IsCoupon(bucket)) return LegKind::kCouponRestore;
  switch (bucket) {
    case Bucket::kCash:
    case Bucket::kPresaleDeposit:
    case Bucket::kTax:
      return LegKind::kRefundOriginal;
    case Bucket::kBalance:
      return LegKind::kRefundBalance;
    case Bucket::kGiftCard:
      return LegKind::kGiftcardRestore;
    case Bucket::kCredit:
      return LegKind::kCreditCancel;
    case Bucket::kPoints:
      return LegKind::kPoints;
    case Bucket::kCoins:
      return LegKind::kCoins;
    case Bucket::kFreight:
    case Bucket::kPacking:
      return LegKind::kFreightOut;
    default:
      return LegKind::kUnspecified;
  }
}

bool GivesOrdersMoney(const Leg& leg, bool voucher_counts) {
  if (leg.to != Bearer::kBuyer || !Stands(leg) || IsBuyersOwn(leg)) return false;
  switch (leg.kind) {
    case LegKind::kRefundOriginal:
    case LegKind::kRefundBalance:
    case LegKind::kRefundBank:
    case LegKind::kOffline:
    case LegKind::kGiftcardRestore:
    case LegKind::kCreditCancel:
    case LegKind::kPoints:
    case LegKind::kCoins:
    case LegKind::kCouponRestore:
    case LegKind::kFreightOut:
    case LegKind::kPriceDiff:
    case LegKind::kAdvance:
      return true;
    case LegKind::kVoucher:
      return voucher_counts;
    default:
      return false;
  }
}

}  // namespace refund::ledger
