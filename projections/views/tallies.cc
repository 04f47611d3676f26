#include "projections/views/tallies.h"

#include <optional>
#include <string_view>

#include "engine/base/calendar.h"
#include "engine/base/status.h"
#include "engine/domain/key.h"
#include "projections/views/load.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

int32_t DayOf(Instant at) { return static_cast<int32_t>(DaysFromCivil(BeijingDate(at))); }

Platform PlatformOf(const std::string& key) {
  KeyParts parts;
  std::string error;
  return ParseKey(key, parts, error) ? parts.platform : Platform::kUnspecified;
}

const CaseSummary* CaseIn(const Step& step, uint32_t number) {
  for (const CaseSummary& each : step.cases) {
    if (each.number == number) return &each;
  }
  return nullptr;
}

const LegSummary* LegIn(const Step& step, const Id& leg) {
  for (const LegSummary& each : step.legs) {
    if (each.id == leg) return &each;
  }
  return nullptr;
}

std::string Words(std::string_view what, std::string_view which) {
  return std::string(what).append(" ").append(which);
}

// Counts one step. `add(what, currency, amount)`; amount 0 without a currency.
template <class F>
class StepTally {
 public:
  StepTally(const Step& step, const F& add) : step_(step), currency_(CurrencyOf(step)), add_(add) {}

  void Count() {
    if (step_.result == StepResult::kRefused) Add("refused", NameOf(step_.refusal));
    if (step_.result != StepResult::kApplied && step_.result != StepResult::kRefused) {
      Add("absorbed", NameOf(step_.result));
    }
    for (const Transition& each : step_.transitions) CountMove(each);
    for (const Decision& each : step_.decisions) {
      add_(Words("decided", NameOf(each.basis)), each.currency, each.amount);
    }
    for (const Derived& each : step_.derived) CountDerived(each);
    if (IsApplied(EventKind::kPaymentDisputeOpened)) Add("bank dispute", "OPENED");
    if (IsApplied(EventKind::kAppealFiled)) Add("appeal", "FILED");
  }

 private:
  bool IsApplied(EventKind kind) const {
    return step_.result == StepResult::kApplied && !step_.cause.IsDeadline() &&
           step_.cause.kind == kind;
  }
  void Add(std::string_view what, std::string_view which) {
    add_(Words(what, which), Currency::kUnspecified, 0);
  }

  void CountMove(const Transition& t) {
    if (t.from == t.to) return;
    if (t.machine == Machine::kPhase) CountPhase(t);
    if (t.machine == Machine::kLeg) CountLeg(t);
    if (t.machine == Machine::kOverlay && t.to == static_cast<uint8_t>(Overlay::kRequested)) {
      Add("arbitration", "REQUESTED");
    }
    if (t.machine == Machine::kEntrance) Add("entrance", NameOf(static_cast<Entrance>(t.to)));
  }

  void CountPhase(const Transition& t) {
    const CaseSummary* c = CaseIn(step_, t.case_number);
    if (c == nullptr) return;
    if (t.from == static_cast<uint8_t>(Phase::kNone)) {
      add_(Words("filed", NameOf(c->kind)), c->ask.currency, c->ask.units);
    }
    if (t.to == static_cast<uint8_t>(Phase::kClosed)) Add("closed", NameOf(c->close_reason));
  }

  void CountLeg(const Transition& t) {
    const LegSummary* leg = LegIn(step_, t.leg);
    if (leg == nullptr) return;
    const std::string_view kind = NameOf(leg->kind);
    switch (static_cast<LegState>(t.to)) {
      case LegState::kSettled:
        add_(Words(leg->to == Bearer::kBuyer ? "paid out" : "taken back", kind), currency_,
             leg->amount);
        return;
      case LegState::kReversed:
        add_(Words("reversed", kind), currency_, leg->reversed);
        return;
      case LegState::kShortfall:
        add_(Words("shortfall", NameOf(leg->bearer)), currency_, leg->amount);
        return;
      case LegState::kOwed:
        add_(Words("owed", NameOf(leg->bearer)), currency_, leg->amount);
        return;
      default:
        return;
    }
  }

  void CountDerived(const Derived& d) {
    switch (d.kind) {
      case DerivedKind::kVoucherGranted:
        add_("voucher GRANTED", currency_, d.amount);
        return;
      case DerivedKind::kVoucherExpired:
        add_("voucher EXPIRED", currency_, d.amount);
        return;
      case DerivedKind::kVoucherRevoked:
        add_("voucher REVOKED", currency_, d.amount);
        return;
      case DerivedKind::kViolationRecorded:
        Add("violation", d.word);
        return;
      case DerivedKind::kDoublePaid:
        add_("alarm DOUBLE_PAID", currency_, d.amount);
        return;
      case DerivedKind::kTrackAnomaly:
        Add("track anomaly", d.word);
        return;
      default:
        return;
    }
  }

  const Step& step_;
  const Currency currency_;
  const F& add_;
};

}  // namespace

void Tallies::Take(const Step& step, ByteView) {
  const int32_t day = DayOf(step.at);
  const Platform platform = PlatformOf(step.key);
  const auto add = [&](std::string what, Currency currency, int64_t amount) {
    Added& added = added_[{day, platform, std::move(what), currency}];
    ++added.count;
    added.sum += amount;
  };
  StepTally(step, add).Count();
}

void Tallies::Take(const Quarantined& record) {
  ++added_[{DayOf(record.recorded_at), Platform::kUnspecified, "quarantined RECORD",
            Currency::kUnspecified}]
        .count;
}

absl::Status Tallies::Write(ViewRows& rows) {
  for (const auto& [name, added] : added_) {
    const std::string row = TallyKey(name);
    ASSIGN_OR_RETURN(std::optional<TallyEntry> entry, Load<TallyEntry>(rows, row));
    if (!entry) entry = TallyEntry{name, 0, 0};
    entry->count += added.count;
    entry->sum += added.sum;
    rows.Put(row, Encode(*entry));
  }
  added_.clear();
  return absl::OkStatus();
}

}  // namespace refund::projections
