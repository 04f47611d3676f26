#include "projections/views/vouchers.h"

#include "engine/base/status.h"
#include "projections/views/load.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

// The n-th T26 that the step armed is that of the n-th voucher that it granted.
std::optional<Instant> ExpiryOf(const Step& step, size_t n) {
  for (const DeadlineChange& each : step.deadlines) {
    if (each.act != DeadlineAct::kArmed || each.timer != Timer::kT26) continue;
    if (n-- == 0) return each.due;
  }
  return std::nullopt;
}

}  // namespace

void Vouchers::TakeState(const Step& step, const Id& voucher, VoucherState state) {
  Moves& moves = moves_[{step.key, voucher}];
  moves.state = state;
  moves.since = step.at;
}

void Vouchers::Take(const Step& step, ByteView) {
  size_t granted = 0;
  for (const Derived& each : step.derived) {
    if (each.kind != DerivedKind::kVoucherGranted) continue;
    TakeState(step, each.subject, VoucherState::kIssued);
    moves_[{step.key, each.subject}].grant = {each.case_number, each.word, each.amount, step.at,
                                              ExpiryOf(step, granted++)};
  }
  for (const Transition& each : step.transitions) {
    if (each.machine == Machine::kVoucher && each.from != each.to) {
      TakeState(step, each.leg, static_cast<VoucherState>(each.to));
    }
  }
  for (const Derived& each : step.derived) {
    if (each.kind == DerivedKind::kVoucherExpired) {
      TakeState(step, each.subject, VoucherState::kExpired);
    }
    if (each.kind == DerivedKind::kVoucherRevoked) {
      TakeState(step, each.subject, VoucherState::kRevoked);
    }
  }
}

absl::Status Vouchers::Write(ViewRows& rows) {
  for (const auto& [name, moves] : moves_) {
    const auto& [order, id] = name;
    const std::string row = VoucherKey(order, id);
    ASSIGN_OR_RETURN(std::optional<VoucherEntry> entry, Load<VoucherEntry>(rows, row));
    if (!entry) entry.emplace();
    entry->key = order;
    entry->id = id;
    if (const auto& grant = moves.grant) {
      entry->case_number = grant->case_number;
      entry->kind = grant->kind;
      entry->amount = grant->amount;
      entry->granted_at = grant->at;
      entry->expires_at = grant->expires_at;
    }
    if (moves.state) {
      entry->state = *moves.state;
      entry->since = moves.since;
    }
    rows.Put(row, Encode(*entry));
  }
  moves_.clear();
  return absl::OkStatus();
}

}  // namespace refund::projections
