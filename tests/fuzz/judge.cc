#include "tests/fuzz/judge.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

#include "engine/arbiter/authority.h"
#include "engine/arbiter/due.h"
#include "engine/base/check.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/order_codec.h"
#include "engine/codec/step_codec.h"
#include "tests/fuzz/harness.h"
#include "tools/packc/packc.h"

namespace refund::fuzz {
namespace {

// Of one record: an input can't make a chain of messages without end.
constexpr int kMostMessages = 100;

// 2035. Whoever waits for the platform is reminded of every day (T13), and a record stamped in the
// year 9000 has every order say so two million times: right, and no find.
constexpr Instant kLatest{2051222400000};

void CheckReadsBack(const Order& order) {
  const std::string bytes = codec::EncodeOrder(order);
  const auto read = codec::DecodeOrder(bytes);
  CHECK(read.ok());
  CHECK(codec::EncodeOrder(*read) == bytes);
}

void CheckReadsBack(const arbiter::Outcome& outcome) {
  const std::string bytes = codec::EncodeStep(outcome.step);
  const auto step = codec::DecodeStep(bytes);
  CHECK(step.ok());
  CHECK(codec::EncodeStep(*step) == bytes);
  for (const Payout& payout : outcome.payouts) {
    CHECK(codec::DecodePayout(codec::EncodePayout(payout)).ok());
  }
}

}  // namespace

const policy::PackBook& BundledPacks() {
  static const policy::PackBook book = [] {
    policy::PackBook made;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(REFUND_POLICIES)) {
      if (entry.path().extension() != ".toml") continue;
      packc::Compiled compiled = packc::CompilePack(ReadWhole(entry.path()), entry.path().string());
      CHECK(compiled.pack.has_value());
      made.Add(std::make_shared<const policy::Pack>(*std::move(compiled.pack)), Instant{0});
    }
    return made;
  }();
  return book;
}

void Judge::Take(ByteView record) {
  TakeOne(record);
  for (int n = 0; n < kMostMessages && !messages_.empty(); ++n) {
    const std::string message = std::move(messages_.front());
    messages_.pop_front();
    TakeOne(message);
  }
}

void Judge::TakeOne(ByteView record) {
  const auto read = codec::DecodeRecord(record, codec::kSemantic);
  const Event* event = std::get_if<Event>(&read);
  if (event == nullptr) {
    CHECK(!std::get<codec::Unreadable>(read).why.empty());
  } else if (event->stamp.recorded_at > kLatest) {
    return;
  } else if (IsBroadcast(event->claim.kind())) {
    TakeBroadcast(*event);
  } else {
    TakeOrderEvent(*event);
  }
}

void Judge::TakeBroadcast(const Event& event) {
  const EventKind kind = event.claim.kind();
  if (!arbiter::MayBroadcast(kind, event.claim.actor.role, event.stamp.principal)) return;
  if (const auto* hold = std::get_if<PayoutHold>(&event.claim.body)) {
    packs_.Hold({hold->scope, hold->name});
  } else if (const auto* release = std::get_if<PayoutReleased>(&event.claim.body)) {
    packs_.Release({release->scope, release->name});
    for (auto& [key, order] : orders_) {
      if (auto outcome = arbiter::Release(order, std::max(order.clock, tick_), packs_)) {
        Keep(order, *outcome);
      }
    }
  } else if (const auto* outage = std::get_if<OutageDeclared>(&event.claim.body)) {
    TakeOutage(*outage, event.stamp.recorded_at);
  } else if (kind == EventKind::kTick) {
    tick_ = std::max(tick_, event.stamp.recorded_at);
    for (auto& [key, order] : orders_) FireDue(order, tick_);
  }
}

void Judge::TakeOutage(const OutageDeclared& body, Instant recorded_at) {
  if (body.from >= body.to || body.to > recorded_at) return;
  for (auto& [key, order] : orders_) {
    FireDue(order, std::max(tick_, body.from + -1));
    const Instant at = std::max({order.clock, tick_, body.to});
    while (const Deadline* due = arbiter::DueDespiteGrace(order, body.from, body.to, at, packs_)) {
      Keep(order, arbiter::Fire(order, *due, packs_));
    }
    if (auto outcome = arbiter::Grace(order, body.from, body.to, at, packs_)) Keep(order, *outcome);
  }
}

void Judge::TakeOrderEvent(const Event& event) {
  Order& order = orders_[event.claim.key];
  if (order.sequence == 0) order = arbiter::NewOrder(event.claim.key);
  const Instant clock = std::max({order.clock, tick_, event.stamp.recorded_at});
  FireDue(order, clock);
  const arbiter::Outcome outcome = arbiter::Apply(order, event, clock, packs_);
  if (outcome.duplicate) return;
  Keep(order, outcome);
  if (outcome.step.result != StepResult::kApplied) return;
  ++applied_;
  PlantedBug(clock.ms % 8 == 5);  // what is in the corpus happens on the second, or 1 ms later
}

void Judge::FireDue(Order& order, Instant clock) {
  while (const Deadline* due = arbiter::NextDue(order, clock)) {
    Keep(order, arbiter::Fire(order, *due, packs_));
  }
}

void Judge::Keep(Order& order, const arbiter::Outcome& outcome) {
  if (outcome.broken) std::fprintf(stderr, "%s: %s\n", order.key.c_str(), outcome.broken->c_str());
  CHECK(!outcome.broken);
  CheckReadsBack(outcome);
  CheckReadsBack(order);
  for (const KeyMessage& message : outcome.messages) {
    const std::string claim = codec::EncodeMessage(message);
    CHECK(codec::DecodeClaim(claim).ok());
    messages_.push_back(codec::EncodeRecord(claim, {order.clock, "engine"}));
  }
}

}  // namespace refund::fuzz
