#include "tests/cases/must.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/cases/script.h"

namespace refund::cases {
namespace {

using Texts = std::vector<std::string>;

Texts List(const std::string& text) { return absl::StrSplit(text, ',', absl::SkipEmpty()); }

std::string Joined(const Texts& texts) {
  return texts.empty() ? "none" : absl::StrJoin(texts, ",");
}

template <class E>
std::string Text(E value) {
  return std::string(NameOf(value));
}

int64_t Kept(const Leg& leg) { return leg.amount - leg.reversed; }

// "SETTLED:5990"; other kinds than the plain refund are named: "CLAWBACK:RESERVED:5990". What the
// provider gave back is taken off: "REVERSED:5990-5990".
std::string LegText(const Leg& leg) {
  std::string text = Text(leg.state) + ":" + std::to_string(leg.amount);
  if (leg.reversed > 0) text += "-" + std::to_string(leg.reversed);
  return (leg.kind == LegKind::kRefundOriginal ? "" : Text(leg.kind) + ":") + text;
}

// Given back in kind, or a promise: no money moves with it.
bool IsInKind(LegKind kind) {
  return kind == LegKind::kPoints || kind == LegKind::kCoins || kind == LegKind::kCouponRestore ||
         kind == LegKind::kVoucher;
}

std::string WordOf(const std::string& text, std::string_view name) {
  for (const std::string& word : Texts(absl::StrSplit(text, ' ', absl::SkipEmpty()))) {
    if (word.starts_with(std::string(name) + "=")) return word.substr(name.size() + 1);
  }
  return "";
}

class Checker {
 public:
  Checker(const std::string& text, Instant start, const Seen& seen)
      : text_(text), start_(start), seen_(seen) {}

  Texts Check() {
    FindCase();
    for (const std::string& word : Texts(absl::StrSplit(text_, ' ', absl::SkipEmpty()))) {
      const size_t equals = word.find('=');
      if (equals == std::string::npos) {
        failures_.push_back("\"" + word + "\": expected name=value");
      } else {
        One(word.substr(0, equals), word.substr(equals + 1));
      }
    }
    return failures_;
  }

 private:
  void FindCase() {
    const std::string number = WordOf(text_, "case");
    const auto& cases = seen_.order.cases;
    size_t n = cases.size();
    if (!number.empty() && !absl::SimpleAtoi(number, &n)) {
      failures_.push_back("case: expected a number, found " + number);
      return;
    }
    if (n >= 1 && n <= cases.size()) case_ = &cases[n - 1];
    if (case_ != nullptr && !case_->decisions.empty()) decision_ = &case_->decisions.back();
  }

  void Equal(const std::string& name, const std::string& expected, const std::string& found) {
    if (expected != found)
      failures_.push_back(name + ": expected " + expected + ", found " + found);
  }

  void One(const std::string& name, const std::string& value) {
    if (name == "key" || name == "case") return;
    if (name == "path") return Path(List(value));
    if (name == "no_row") return NoRow(List(value));
    if (name == "at") return At(name, value, decision_ == nullptr ? Instant{} : decision_->at);
    if (name == "row_at") return RowAt(value);
    if (name == "derived") return InOrder(name, List(value), DerivedNames());
    if (name == "no_derived") return NoDerived(List(value));
    if (name == "count") return DerivedCount(List(value));
    if (name == "due") return Equal(name, WithFullTimes(value), Joined(Due(false)));
    if (name == "order_due") return Equal(name, WithFullTimes(value), Joined(Due(true)));
    const auto& known = Values();
    const auto found = known.find(name);
    if (found == known.end()) {
      failures_.push_back(name + ": no such word");
    } else {
      Equal(name, value, found->second(*this));
    }
  }

  static std::string CaseText(const Checker& c, std::string (*of)(const Case&)) {
    return c.case_ == nullptr ? "no case" : of(*c.case_);
  }
  static std::string DecisionText(const Checker& c, std::string (*of)(const DecisionRef&)) {
    return c.decision_ == nullptr ? "no decision" : of(*c.decision_);
  }

  using Value = std::function<std::string(const Checker&)>;
  static Value OfCase(std::string (*of)(const Case&)) {
    return [of](const Checker& c) { return CaseText(c, of); };
  }
  static Value OfDecision(std::string (*of)(const DecisionRef&)) {
    return [of](const Checker& c) { return DecisionText(c, of); };
  }
  static Value Number(int64_t (Checker::*of)() const) {
    return [of](const Checker& c) { return std::to_string((c.*of)()); };
  }

  static const std::map<std::string, Value>& Values() {
    static const std::map<std::string, Value> values = {
        {"kind", OfCase([](const Case& c) { return Text(c.kind); })},
        {"ask", OfCase([](const Case& c) { return std::to_string(c.ask); })},
        {"phase", OfCase([](const Case& c) { return Text(c.phase); })},
        {"close", OfCase([](const Case& c) { return Text(c.close_reason); })},
        {"overlay", OfCase([](const Case& c) { return Text(c.overlay); })},
        {"goods", OfCase([](const Case& c) { return Text(c.goods); })},
        {"reopening", OfCase([](const Case& c) { return std::to_string(c.reopening); })},
        {"help", OfCase([](const Case& c) { return std::to_string(c.help_requests); })},
        {"priority", OfCase([](const Case& c) { return std::to_string(c.priority); })},
        {"quantity", OfCase([](const Case& c) { return std::to_string(c.quantity); })},
        {"split_from", OfCase([](const Case& c) { return std::to_string(c.split_from); })},
        {"asked", OfCase([](const Case& c) { return Text(c.asked); })},
        {"out_goods", OfCase([](const Case& c) { return Text(c.out_goods); })},
        {"fault", OfCase([](const Case& c) { return Text(c.fault); })},
        {"shipped_back", OfCase([](const Case& c) { return std::to_string(c.shipped_back); })},
        {"received", OfCase([](const Case& c) { return std::to_string(c.received); })},
        {"accepted", OfCase([](const Case& c) { return std::to_string(c.accepted); })},
        {"round", OfCase([](const Case& c) { return std::to_string(c.round); })},
        {"ruled", OfCase([](const Case& c) { return Text(c.outcome); })},
        {"holder", OfCase([](const Case& c) { return c.holder; })},
        {"decisions", OfCase([](const Case& c) { return std::to_string(c.decisions.size()); })},
        {"remedy", OfDecision([](const DecisionRef& d) { return Text(d.remedy); })},
        {"outcome", OfDecision([](const DecisionRef& d) { return Text(d.outcome); })},
        {"basis", OfDecision([](const DecisionRef& d) { return Text(d.basis); })},
        {"payer", OfDecision([](const DecisionRef& d) { return Text(d.bearer); })},
        {"amount", OfDecision([](const DecisionRef& d) { return std::to_string(d.amount); })},
        {"rule", OfDecision([](const DecisionRef& d) { return d.rule; })},
        {"catalogue", OfDecision([](const DecisionRef& d) { return d.catalogue; })},
        {"bearers", [](const Checker& c) { return Joined(c.Bearers()); }},
        {"paused", [](const Checker& c) { return Joined(c.Paused()); }},
        {"order_legs", [](const Checker& c) { return Joined(c.LegsOf(0)); }},
        {"net", [](const Checker& c) { return Joined(c.Net()); }},
        {"vouchers", [](const Checker& c) { return Joined(c.Vouchers()); }},
        {"disputes", [](const Checker& c) { return Joined(c.Disputes()); }},
        {"entrance", [](const Checker& c) { return Text(c.seen_.order.entrance.state); }},
        {"openings",
         [](const Checker& c) { return std::to_string(c.seen_.order.entrance.openings); }},
        {"opened_by", [](const Checker& c) { return Text(c.seen_.order.entrance.by); }},
        {"cards",
         [](const Checker& c) { return std::to_string(c.seen_.order.entrance.cards.size()); }},
        {"late_cards", [](const Checker& c) { return std::to_string(c.LateCards()); }},
        {"drawn", Number(&Checker::Drawn)},
        {"cases", [](const Checker& c) { return std::to_string(c.seen_.order.cases.size()); }},
        {"refusal", [](const Checker& c) { return Joined(c.Refusals()); }},
        {"legs", [](const Checker& c) { return Joined(c.Legs()); }},
        {"payouts", [](const Checker& c) { return Joined(c.Payouts()); }},
        {"late", [](const Checker& c) { return std::to_string(c.LatePieces()); }},
        {"paid", Number(&Checker::Paid)},
        {"duplicates", [](const Checker& c) { return std::to_string(c.seen_.duplicates); }},
        {"quarantined", [](const Checker& c) { return std::to_string(c.seen_.quarantined); }},
        {"conflicts", [](const Checker& c) { return c.Count(StepResult::kConflict); }},
        {"parked", [](const Checker& c) { return c.Count(StepResult::kParked); }},
        {"stale", [](const Checker& c) { return c.Count(StepResult::kStale); }},
    };
    return values;
  }

  // ---- What happened ----

  Texts Rows() const {
    Texts rows;
    for (const Step* step : seen_.steps) {
      for (const Transition& each : step->transitions) rows.push_back(each.row);
    }
    return rows;
  }

  Texts Refusals() const {
    Texts codes;
    for (const Step* step : seen_.steps) {
      if (step->result == StepResult::kRefused) codes.push_back(Text(step->refusal));
    }
    return codes;
  }

  std::string Count(StepResult result) const {
    return std::to_string(std::count_if(seen_.steps.begin(), seen_.steps.end(),
                                        [&](const Step* step) { return step->result == result; }));
  }

  bool IsOfCase(uint32_t number) const { return case_ != nullptr && case_->number == number; }

  Texts LegsOf(uint32_t number) const {
    Texts legs;
    for (const Leg& leg : seen_.order.legs) {
      if (leg.case_number == number) legs.push_back(LegText(leg));
    }
    return legs;
  }
  Texts Legs() const { return case_ == nullptr ? Texts() : LegsOf(case_->number); }

  static bool HasArrived(const Leg& leg) {
    return leg.state == LegState::kSettled || leg.state == LegState::kReversed;
  }

  int64_t Paid() const {
    int64_t sum = 0;
    for (const Leg& leg : seen_.order.legs) {
      const bool counts = IsOfCase(leg.case_number) && leg.to == Bearer::kBuyer;
      if (counts && HasArrived(leg)) sum += Kept(leg);
    }
    return sum;
  }

  // What each party has got (or given, below zero) in money, over the whole order.
  Texts Net() const {
    std::map<Bearer, int64_t> sums;
    for (const Leg& leg : seen_.order.legs) {
      if (!HasArrived(leg) || IsInKind(leg.kind)) continue;
      sums[leg.bearer] -= Kept(leg);
      sums[leg.to] += Kept(leg);
    }
    Texts net;
    for (const auto& [bearer, sum] : sums) {
      if (sum != 0) net.push_back(Text(bearer) + ":" + std::to_string(sum));
    }
    return net;
  }

  Texts Vouchers() const {
    Texts vouchers;
    for (const Voucher& each : seen_.order.vouchers) {
      vouchers.push_back(Text(each.state) + ":" + std::to_string(each.amount));
    }
    return vouchers;
  }

  Texts Disputes() const {
    Texts disputes;
    for (const Dispute& each : seen_.order.disputes) {
      disputes.push_back(Text(each.state) + ":" + std::to_string(each.amount));
    }
    return disputes;
  }

  int64_t LateCards() const {
    const auto& cards = seen_.order.entrance.cards;
    return std::count_if(cards.begin(), cards.end(), [](const IssueCard& c) { return c.late; });
  }

  // Of an account: what is drawn from it and was not given back.
  int64_t Drawn() const {
    int64_t sum = 0;
    for (const AccountDraw& draw : seen_.order.draws) sum += draw.given_back ? 0 : draw.amount;
    return sum;
  }

  // "MERCHANT:600", of the case's newest decision.
  Texts Bearers() const {
    Texts bearers;
    for (const Step* step : seen_.steps) {
      for (const Decision& each : step->decisions) {
        if (decision_ == nullptr || each.id != decision_->id) continue;
        for (const BearerShare& share : each.bearers) {
          bearers.push_back(Text(share.bearer) + ":" + std::to_string(share.amount));
        }
      }
    }
    return bearers;
  }

  // "VoucherGranted", "ViolationRecorded/AFTER_SALES_TIMEOUT".
  Texts DerivedNames() const {
    Texts names;
    for (const Step* step : seen_.steps) {
      for (const Derived& each : step->derived) {
        names.push_back(Text(each.kind) + (each.word.empty() ? "" : "/" + each.word));
      }
    }
    return names;
  }

  int64_t LatePieces() const {
    if (case_ == nullptr) return 0;
    return std::count_if(case_->evidence.begin(), case_->evidence.end(),
                         [](const EvidenceItem& item) { return item.late; });
  }

  Texts Payouts() const {
    Texts payouts;
    for (const Payout* each : seen_.payouts) {
      payouts.push_back(Text(each->act) + ":" + std::to_string(each->amount.units) + ":" +
                        std::to_string(each->attempt));
    }
    return payouts;
  }

  // "T4" of every deadline of the case that waits, sorted.
  Texts Paused() const {
    Texts paused;
    for (const Deadline& d : seen_.order.deadlines) {
      if (IsOfCase(d.case_number) && d.paused) paused.push_back(Text(d.timer));
    }
    std::sort(paused.begin(), paused.end());
    return paused;
  }

  // "T1@2024-03-03T10:00:00.001+08:00" of every running deadline of the case (or of the order
  // itself), sorted.
  Texts Due(bool of_order) const {
    Texts due;
    for (const Deadline& d : seen_.order.deadlines) {
      const bool counts = of_order ? d.case_number == 0 : IsOfCase(d.case_number);
      if (counts && !d.paused) {
        due.push_back(Text(d.timer) + "@" + FormatInstant(d.due));
      }
    }
    std::sort(due.begin(), due.end());
    return due;
  }

  // ---- Checks that are not equalities ----

  void Path(const Texts& labels) { InOrder("path", labels, Rows()); }

  // Whether `found` has them all in this order, among others. What is expected without its word
  // ("RefundClosed") or its line ("9" of "9-L1") fits any.
  void InOrder(const std::string& name, const Texts& expected, const Texts& found) {
    auto at = found.begin();
    for (const std::string& each : expected) {
      at = std::find_if(at, found.end(), [&](const std::string& f) { return Fits(each, f); });
      if (at == found.end()) {
        failures_.push_back(name + ": expected " + Joined(expected) + ", found " + Joined(found) +
                            ", which stops before " + each);
        return;
      }
      ++at;
    }
  }
  static bool Fits(const std::string& expected, const std::string& found) {
    return expected == found || expected == found.substr(0, found.find('/')) ||
           expected == found.substr(0, found.find('-'));
  }

  void NoDerived(const Texts& names) {
    const Texts found = DerivedNames();
    for (const std::string& name : names) {
      if (CountOf(name, found) > 0) {
        failures_.push_back("no_derived: expected no " + name + ", found " + Joined(found));
      }
    }
  }
  static int64_t CountOf(const std::string& name, const Texts& found) {
    return std::count_if(found.begin(), found.end(),
                         [&](const std::string& f) { return Fits(name, f); });
  }

  // "TrackAnomaly:1,VoucherGranted:1"
  void DerivedCount(const Texts& expected) {
    const Texts found = DerivedNames();
    for (const std::string& each : expected) {
      const std::string name = each.substr(0, each.find(':'));
      Equal("count", each, name + ":" + std::to_string(CountOf(name, found)));
    }
  }

  void NoRow(const Texts& labels) {
    const Texts rows = Rows();
    for (const std::string& label : labels) {
      if (CountOf(label, rows) > 0) {
        failures_.push_back("no_row: expected no " + label + ", found " + Joined(rows));
      }
    }
  }

  void At(const std::string& name, const std::string& value, Instant found) {
    Instant expected;
    if (!ParseTime(value, start_, expected)) {
      failures_.push_back(name + ": expected a time, found " + value);
    } else {
      Equal(name, FormatInstant(expected), FormatInstant(found));
    }
  }

  // "T1@+48h1ms" → "T1@2024-03-03T10:00:00.001+08:00", sorted.
  std::string WithFullTimes(const std::string& value) const {
    Texts due = List(value);
    for (std::string& each : due) {
      const size_t at = each.find('@');
      Instant instant;
      if (at != std::string::npos && ParseTime(each.substr(at + 1), start_, instant)) {
        each = each.substr(0, at + 1) + FormatInstant(instant);
      }
    }
    std::sort(due.begin(), due.end());
    return Joined(due);
  }

  // "9-L1@+48h1ms": the newest step that took the row.
  void RowAt(const std::string& value) {
    const size_t at = value.find('@');
    const std::string label = value.substr(0, at);
    Instant found{};
    for (const Step* step : seen_.steps) {
      for (const Transition& each : step->transitions) {
        if (each.row == label) found = step->at;
      }
    }
    At("row_at " + label, at == std::string::npos ? "" : value.substr(at + 1), found);
  }

  const std::string& text_;
  const Instant start_;
  const Seen& seen_;
  const Case* case_ = nullptr;
  const DecisionRef* decision_ = nullptr;
  Texts failures_;
};

}  // namespace

std::vector<std::string> CheckMust(const std::string& text, Instant start, const Seen& seen) {
  return Checker(text, start, seen).Check();
}

std::string KeyOfMust(const std::string& text) { return WordOf(text, "key"); }

}  // namespace refund::cases
