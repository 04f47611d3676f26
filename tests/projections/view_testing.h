// A little language over steps, and a state whose views they are folded into.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/codec/step_codec.h"
#include "engine/domain/key.h"
#include "projections/state/state_dir.h"
#include "projections/views/read.h"
#include "projections/views/view_sink.h"
#include "tests/projections/store_testing.h"

namespace refund::testing {

// The first bytes of an id; the rest are zero.
inline Id IdOf(std::string_view hex_start) {
  std::string hex(hex_start);
  hex.resize(32, '0');
  std::string bytes;
  EXPECT_TRUE(FromHex(hex, bytes));
  Id id;
  EXPECT_TRUE(Id::FromBytes(bytes, id));
  return id;
}

inline constexpr char kOrder[] = "o/TAOBAO/1";

// A step of an order with one case, built up member by member.
class StepMaker {
 public:
  explicit StepMaker(uint64_t sequence, int64_t at, std::string_view key = kOrder) {
    step_.key = key;
    step_.sequence = sequence;
    step_.at = Instant{at};
    step_.cause.claim_id = "e-" + std::to_string(sequence);
    step_.cause.kind = EventKind::kRefundRequested;
  }

  StepMaker& Case(const CaseSummary& summary) {
    step_.cases.push_back(summary);
    return *this;
  }
  StepMaker& Leg(std::string_view id, LegState state, int64_t amount = 5990, uint32_t attempt = 0,
                 LegState from = LegState::kNone) {
    LegSummary leg;
    leg.id = IdOf(id);
    leg.case_number = 1;
    leg.kind = LegKind::kRefundOriginal;
    leg.bearer = Bearer::kMerchant;
    leg.to = Bearer::kBuyer;
    leg.line = "1";
    leg.amount = amount;
    leg.state = state;
    leg.attempt = attempt;
    step_.legs.push_back(leg);
    return Move(Machine::kLeg, static_cast<uint8_t>(from), static_cast<uint8_t>(state), leg.id);
  }
  StepMaker& AskedAfter(std::string_view leg) {
    const auto submitted = static_cast<uint8_t>(LegState::kSubmitted);
    return Move(Machine::kLeg, submitted, submitted, IdOf(leg));
  }
  StepMaker& Move(Machine machine, uint8_t from, uint8_t to, const Id& leg = {}) {
    step_.transitions.push_back({machine, "x", 1, from, to, leg});
    return *this;
  }
  StepMaker& Clock(DeadlineAct act, Timer timer, uint32_t generation, int64_t due,
                   int64_t remaining_ms = 0) {
    step_.deadlines.push_back(
        {act, timer, Role::kSeller, CaseNumber(), generation, Instant{due}, remaining_ms});
    return *this;
  }
  StepMaker& Made(DerivedKind kind, std::string_view subject, int64_t amount,
                  std::string_view word) {
    Derived derived;
    derived.kind = kind;
    derived.case_number = 1;
    derived.subject = IdOf(subject);
    derived.amount = amount;
    derived.word = word;
    step_.derived.push_back(derived);
    return *this;
  }
  StepMaker& Result(StepResult result, Refusal refusal = Refusal::kNone) {
    step_.result = result;
    step_.refusal = refusal;
    return *this;
  }
  StepMaker& Decided(Basis basis, int64_t amount) {
    Decision d;
    d.basis = basis;
    d.amount = amount;
    d.currency = Currency::kCny;
    step_.decisions.push_back(d);
    return *this;
  }
  operator const Step&() const { return step_; }  // NOLINT: read as a literal

 private:
  // Of the case that the step has newest; the first, as long as it has none.
  uint32_t CaseNumber() const { return step_.cases.empty() ? 1 : step_.cases.back().number; }
  Step step_;
};

// "c3" is the third of its order.
inline CaseSummary OpenCase(std::string_view id, std::optional<int64_t> due, int64_t ask = 5990) {
  CaseSummary c;
  c.id = IdOf(id);
  c.key = kOrder;
  c.platform = Platform::kTaobao;
  c.number = static_cast<uint32_t>(id.back() - '0');
  c.kind = CaseKind::kRefundOnly;
  c.phase = Phase::kAwaitSeller;
  c.ask = {ask, Currency::kCny};
  if (due) c.next_due = Instant{*due};
  return c;
}

// One partition.
class ViewsOfOne {
 public:
  ViewsOfOne() {
    EXPECT_TRUE(projections::CreateStateDir(root, {Full<Id>(), 1}).ok());
    Reopen();
  }
  void Reopen() {
    sink = nullptr;
    sink = Value(projections::ViewSink::Open(link, {}));
  }
  void Take(const Step& step) { sink->Take(step, codec::EncodeStep(step)); }
  void Flush() { ASSERT_TRUE(sink->Flush(++next).ok()); }
  // Each in a flush of its own.
  void TakeEach(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      Take(step);
      Flush();
    }
  }
  std::unique_ptr<projections::ViewReader> Reader() const {
    return Value(projections::ViewReader::Open(root));
  }

  TempDir dir;
  const std::string root = dir / "state";
  const std::string link = projections::ViewsDbPath(root, 0);
  std::unique_ptr<projections::ViewSink> sink;
  int64_t next = 0;
};

}  // namespace refund::testing
