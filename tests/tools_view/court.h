// A little court: events and deadlines go to the real arbiter, and what it answers is explained and
// printed by the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/arbiter/apply.h"
#include "engine/arbiter/due.h"
#include "engine/policy/pack_book.h"
#include "tests/policy/pack_files.h"
#include "tools/refundctl/views/explain.h"

namespace refund::testing {

inline Instant At(std::string_view text) {
  Instant at;
  std::string error;
  EXPECT_TRUE(ParseInstant(text, at, error)) << error;
  return at;
}

inline const Actor kTheBuyer{Role::kBuyer, "b-1"};
inline const Actor kTheSeller{Role::kSeller, "m-1"};
inline const Actor kAnAgent{Role::kAgent, "a-7"};
inline const Actor kTheModel{Role::kModel, "abuse-3"};
inline const Actor kThePlatform{Role::kPlatform, "ops"};

class Court {
 public:
  Court(Platform platform, std::string_view pack_path, std::string_view start) : now_(At(start)) {
    order_.key = "o/" + std::string(NameOf(platform)) + "/1001";
    order_.platform = platform;
    packs_.Add(std::make_shared<const policy::Pack>(PackOf(std::string(pack_path))), Instant{1});
    Pay();
  }

  // An event `ms` after the last; deadlines that were due before it pass first.
  const Step& Take(const Actor& actor, EventBody body, int64_t ms = kMinuteMs) {
    Wait(ms);
    Event event;
    event.claim.id = "e-" + std::to_string(++events_);
    event.claim.key = order_.key;
    event.claim.occurred_at = now_;
    event.claim.actor = actor;
    event.claim.body = std::move(body);
    event.claim_hash = Sha256(event.claim.id);
    event.stamp.recorded_at = now_;
    event.stamp.principal = "local";
    return Keep(arbiter::Apply(order_, event, now_, packs_));
  }

  void Wait(int64_t ms) {
    now_ = now_ + ms;
    while (const Deadline* due = arbiter::NextDue(order_, now_)) {
      Keep(arbiter::Fire(order_, Deadline(*due), packs_));
    }
  }

  const Step& File(Money ask, bool complaint = false,
                   ClaimReason reason = ClaimReason::kNotAsDescribed) {
    if (complaint) {
      return Take(kTheBuyer, ComplaintFiled{CaseKind::kRefundOnly, {"L1", 1}, ask, reason, {}});
    }
    return Take(kTheBuyer, RefundRequested{CaseKind::kRefundOnly, {"L1", 1}, ask, reason, {}, {}});
  }

  const Case& TheCase() const { return order_.cases.front(); }
  const Order& order() const { return order_; }
  const policy::PackBook& packs() const { return packs_; }
  const policy::Pack& Pack() const { return *packs_.packs().front().pack; }
  const std::vector<Step>& steps() const { return steps_; }

  // Of the newest decision.
  tools::Explanation Explained() const {
    tools::ExplainInput input{steps_, 0, 0, &Pack(), &Pack()};
    bool found = false;
    for (size_t i = 0; i < steps_.size(); ++i) {
      if (steps_[i].decisions.empty()) continue;
      input.step = i;
      input.decision = steps_[i].decisions.size() - 1;
      found = true;
    }
    EXPECT_TRUE(found) << "nothing was decided";
    return found ? tools::Explain(input) : tools::Explanation{};
  }

 private:
  void Pay() {
    OrderPaid paid;
    paid.buyer = "b-1";
    paid.merchant = "m-1";
    PaidLine& line = paid.lines.emplace_back();
    line.line = "L1";
    line.sku = "sku-1";
    line.quantity = 1;
    line.paid = {5990, Currency::kCny};
    Take(kThePlatform, paid, 0);
  }

  const Step& Keep(arbiter::Outcome outcome) {
    EXPECT_FALSE(outcome.broken) << *outcome.broken;
    EXPECT_EQ(outcome.step.refusal, Refusal::kNone) << outcome.step.detail;
    steps_.push_back(std::move(outcome.step));
    return steps_.back();
  }

  Order order_;
  policy::PackBook packs_;
  Instant now_;
  std::vector<Step> steps_;
  int events_ = 0;
};

}  // namespace refund::testing
