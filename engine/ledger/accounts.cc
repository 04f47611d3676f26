#include "engine/ledger/accounts.h"

#include "engine/base/check.h"
#include "engine/domain/money.h"

namespace refund::ledger {
namespace {

void Post(Balances& balances, size_t from, size_t to, int64_t amount) {
  CHECK(CheckedAdd(balances[from], -amount, balances[from]));
  CHECK(CheckedAdd(balances[to], amount, balances[to]));
}

size_t AccountOf(Bearer bearer) { return static_cast<size_t>(bearer); }

const Voucher* FindVoucher(const Order& order, const Id& id) {
  for (const Voucher& each : order.vouchers) {
    if (each.id == id) return &each;
  }
  return nullptr;
}

void PostVoucher(Balances& balances, const Order& order, const Leg& leg) {
  Post(balances, AccountOf(leg.bearer), kVouchers, leg.amount);
  const Voucher* voucher = FindVoucher(order, leg.id);
  if (voucher == nullptr) return;
  Post(balances, kVouchers, AccountOf(leg.to), voucher->redeemed);
  if (voucher->state == VoucherState::kExpired || voucher->state == VoucherState::kRevoked) {
    Post(balances, kVouchers, AccountOf(leg.bearer), leg.amount - voucher->redeemed);
  }
}

void PostLeg(Balances& balances, const Order& order, const Leg& leg) {
  if (leg.state != LegState::kSettled && leg.state != LegState::kReversed) return;
  if (leg.kind == LegKind::kVoucher) return PostVoucher(balances, order, leg);
  Post(balances, AccountOf(leg.bearer), AccountOf(leg.to), leg.amount - leg.reversed);
}

void PostDispute(Balances& balances, const Dispute& dispute) {
  const size_t merchant = AccountOf(Bearer::kMerchant);
  if (dispute.state == DisputeState::kOpen) Post(balances, merchant, kPsp, dispute.amount);
  if (dispute.state == DisputeState::kLost) {
    Post(balances, merchant, AccountOf(Bearer::kBuyer), dispute.amount);
  }
}

}  // namespace

Balances BalancesOf(const Order& order) {
  Balances balances{};
  for (const Leg& leg : order.legs) PostLeg(balances, order, leg);
  for (const Dispute& each : order.disputes) PostDispute(balances, each);
  return balances;
}

int64_t SumOf(const Balances& balances) {
  __extension__ using Wide = __int128;  // has room for all of them
  Wide sum = 0;
  for (const int64_t each : balances) sum += each;
  CHECK(sum == static_cast<int64_t>(sum));
  return static_cast<int64_t>(sum);
}

}  // namespace refund::ledger
