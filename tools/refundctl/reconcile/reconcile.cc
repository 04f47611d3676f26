#include "tools/refundctl/reconcile/reconcile.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace refund::tools {
namespace {

using Rows = std::vector<const SettlementRow*>;

std::string MoneyText(int64_t units, Currency currency) {
  return absl::StrFormat("%d %s", units, NameOf(currency));
}

// Whether what the provider says last is what we know.
bool Agrees(const SettlementRow& row, const projections::LegEntry& ours) {
  switch (row.status) {
    case Settlement::kSettled:
      return ours.leg.state == LegState::kSettled;
    case Settlement::kReversed:
      return ours.leg.state == LegState::kReversed;
    default:
      break;
  }
  switch (ours.leg.state) {
    case LegState::kFailed:
    case LegState::kShortfall:
    case LegState::kOwed:
    case LegState::kRerouted:
    case LegState::kVoid:
      return true;
    case LegState::kSubmitted:
      // It speaks of a try before this one.
      return ours.leg.attempt > 1 && row.settled_at && *row.settled_at < ours.since;
    default:
      return false;
  }
}

class Matching {
 public:
  Matching(const std::map<Id, OurLeg>& legs, Reconciliation& result)
      : legs_(legs), result_(result) {}

  void Take(const Id& id, const Rows& rows) {
    id_ = id;
    rows_ = &rows;
    const auto found = legs_.find(id);
    ours_ = found == legs_.end() ? nullptr : &found->second;
    const SettlementRow& last = *rows.back();
    if (ours_ == nullptr) {
      return Add(FindingKind::kUnknownLeg, "no such leg", Text(last));
    }
    const size_t before = result_.findings.size();
    CompareMoney();
    ComparePaidOnce();
    const bool same_money = result_.findings.size() == before;
    const projections::LegEntry& entry = ours_->entry;
    if (!Agrees(last, entry)) {
      Add(FindingKind::kStatus, std::string(NameOf(entry.leg.state)), Text(last));
      if (same_money) Answer(last);
    } else {
      CompareReference();
    }
  }

 private:
  static std::string Text(const SettlementRow& row) {
    return absl::StrFormat("%s %s", NameOf(row.status),
                           MoneyText(row.amount.units, row.amount.currency));
  }
  void Add(FindingKind kind, std::string ours, std::string file) {
    Finding finding{
        kind, id_, ours_ == nullptr ? "" : ours_->entry.key, {}, std::move(ours), std::move(file)};
    for (const SettlementRow* row : *rows_) finding.lines.push_back(row->line);
    result_.findings.push_back(std::move(finding));
  }

  // Of a reversal the amount is what came back. Each kind of difference once a leg.
  void CompareMoney() {
    const projections::LegEntry& entry = ours_->entry;
    bool other_amount = false;
    bool other_currency = false;
    for (const SettlementRow* row : *rows_) {
      const bool reversed =
          row->status == Settlement::kReversed && entry.leg.state == LegState::kReversed;
      if (row->status == Settlement::kReversed && !reversed) continue;  // its status differs
      const int64_t units = reversed ? entry.leg.reversed : entry.leg.amount;
      if (row->amount.units != units && !std::exchange(other_amount, true)) {
        Add(FindingKind::kAmount, MoneyText(units, entry.currency), Text(*row));
      }
      if (row->amount.currency != entry.currency && !std::exchange(other_currency, true)) {
        Add(FindingKind::kCurrency, MoneyText(units, entry.currency), Text(*row));
      }
    }
  }

  void ComparePaidOnce() {
    const auto times = std::count_if(rows_->begin(), rows_->end(), [](const SettlementRow* row) {
      return row->status == Settlement::kSettled;
    });
    if (times > 1) {
      Add(FindingKind::kPaidTwice, std::string(NameOf(ours_->entry.leg.state)),
          absl::StrFormat("SETTLED %d times", times));
    }
  }

  // The number under which it was paid; of a reversal the provider may use another.
  void CompareReference() {
    for (auto row = rows_->rbegin(); row != rows_->rend(); ++row) {
      if ((*row)->status != Settlement::kSettled) continue;
      if (!ours_->reference.empty() && (*row)->reference != ours_->reference) {
        Add(FindingKind::kReference, ours_->reference, (*row)->reference);
      }
      return;
    }
  }

  // Made of the file and the leg alone, so that the same lines sent again are absorbed. Why a
  // payment failed the file does not say: it is tried again, and the pack bounds how often.
  void Answer(const SettlementRow& row) {
    const projections::LegEntry& entry = ours_->entry;
    const bool waits = entry.leg.state == LegState::kSubmitted;
    const bool paid = row.status == Settlement::kSettled;
    if (!paid && !(waits && row.status == Settlement::kFailed)) return;
    if (!waits && entry.leg.state != LegState::kFailed) return;
    Claim claim;
    claim.id =
        absl::StrFormat("reconcile-%s-%d-%s", id_.hex(), entry.leg.attempt, NameOf(row.status));
    claim.key = entry.key;
    claim.occurred_at = row.settled_at.value_or(entry.since);
    claim.actor = {Role::kPsp, "reconcile"};
    if (paid) {
      claim.body = RefundPaid{id_, row.reference, 0};
    } else {
      claim.body = RefundFailed{id_, PayoutFailure::kRetryable, row.reference, entry.leg.attempt};
    }
    result_.answers.push_back(std::move(claim));
  }

  const std::map<Id, OurLeg>& legs_;
  Reconciliation& result_;
  Id id_;
  const Rows* rows_ = nullptr;
  const OurLeg* ours_ = nullptr;
};

}  // namespace

Between RangeOf(const std::vector<SettlementRow>& rows) {
  Between range;
  for (const SettlementRow& row : rows) {
    if (!row.settled_at) continue;
    range.since = range.since ? std::min(*range.since, *row.settled_at) : *row.settled_at;
    range.until = range.until ? std::max(*range.until, *row.settled_at) : *row.settled_at;
  }
  return range;
}

bool IsOutsideTheFile(const projections::LegEntry& entry) {
  switch (entry.leg.kind) {
    case LegKind::kVoucher:
    case LegKind::kPoints:
    case LegKind::kCoins:
    case LegKind::kCouponRestore:
    case LegKind::kGiftcardRestore:
    case LegKind::kCreditCancel:
    case LegKind::kOffline:
      return true;
    default:
      return false;
  }
}

bool BelongsInFile(const projections::LegEntry& entry, const Between& between) {
  const bool paid = entry.leg.state == LegState::kSettled || entry.leg.state == LegState::kReversed;
  return paid && !IsOutsideTheFile(entry) && between.Holds(entry.since);
}

Reconciliation Reconcile(const std::vector<SettlementRow>& rows, const std::map<Id, OurLeg>& legs,
                         const Between& between) {
  Reconciliation result;
  std::map<Id, Rows> by_leg;
  for (const SettlementRow& row : rows) {
    by_leg[row.leg].push_back(&row);
    Sum& sum = result.file[{row.amount.currency, std::string(NameOf(row.status))}];
    ++sum.count;
    sum.units += row.amount.units;
  }
  Matching matching(legs, result);
  for (const auto& [id, its] : by_leg) matching.Take(id, its);
  for (const auto& [id, ours] : legs) {
    const projections::LegEntry& entry = ours.entry;
    Sum& sum = result.ours[{entry.currency, std::string(NameOf(entry.leg.state))}];
    ++sum.count;
    sum.units += entry.leg.amount;
    if (by_leg.contains(id) || !BelongsInFile(entry, between)) continue;
    result.findings.push_back(
        {FindingKind::kNotInFile,
         id,
         entry.key,
         {},
         absl::StrFormat("%s %s at %s", NameOf(entry.leg.state),
                         MoneyText(entry.leg.amount, entry.currency), FormatInstant(entry.since)),
         "not there"});
  }
  std::stable_sort(result.findings.begin(), result.findings.end(),
                   [](const Finding& a, const Finding& b) {
                     return a.leg != b.leg ? a.leg < b.leg : a.kind < b.kind;
                   });
  return result;
}

}  // namespace refund::tools
