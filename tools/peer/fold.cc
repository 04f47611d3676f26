#include "tools/peer/fold.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "engine/arbiter/due.h"
#include "engine/base/sha256.h"
#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/order_codec.h"
#include "engine/codec/pack_codec.h"
#include "engine/codec/step_codec.h"

namespace refund::peer {

absl::StatusOr<std::string> Fold::Take(ByteView record) {
  auto read = codec::DecodeRecord(record, codec::kSemantic);
  Event* event = std::get_if<Event>(&read);
  if (event == nullptr) return std::string();  // ours puts it into quarantine: no order hears of it
  event_ = std::move(*event);
  return IsBroadcast(event_.claim.kind()) ? TakeBroadcast() : event_.claim.key;
}

absl::StatusOr<std::string> Fold::TakeBroadcast() {
  const EventBody& body = event_.claim.body;
  if (const auto* published = std::get_if<PolicyPublished>(&body)) return TakePack(*published);
  switch (event_.claim.kind()) {
    case EventKind::kTick:
      tick_ = std::max(tick_, event_.stamp.recorded_at);
      return std::string("!tick");
    // They act on orders that have no record of their own, which no task of Streams can reach
    // from here. Generated logs have none.
    case EventKind::kPayoutHold:
    case EventKind::kPayoutReleased:
    case EventKind::kOutageDeclared:
      return Errorf(absl::StatusCode::kUnimplemented, "the peer does not know %s",
                    NameOf(event_.claim.kind()));
    default:
      return std::string();
  }
}

absl::StatusOr<std::string> Fold::TakePack(const PolicyPublished& published) {
  ASSIGN_OR_RETURN(policy::Pack pack, codec::DecodePack(published.pack));
  const std::string name = "!pack/" + pack.digest.hex();
  packs_.Add(std::make_shared<const policy::Pack>(std::move(pack)), event_.stamp.recorded_at);
  return name;
}

absl::StatusOr<Stepped> Fold::Step(ByteView state) {
  Stepped out;
  ASSIGN_OR_RETURN(Order order, OrderOf(state));
  const Instant clock = std::max({order.clock, tick_, event_.stamp.recorded_at});
  RETURN_IF_ERROR(FireDue(order, clock, out));
  arbiter::Outcome outcome = arbiter::Apply(order, event_, clock, packs_);
  if (!outcome.duplicate) RETURN_IF_ERROR(Keep(order, std::move(outcome), out));
  if (!out.steps.empty()) out.state = codec::EncodeOrder(order);
  return out;
}

absl::StatusOr<Order> Fold::OrderOf(ByteView state) const {
  if (!state.empty()) return codec::DecodeOrder(state);
  return arbiter::NewOrder(event_.claim.key);
}

absl::Status Fold::FireDue(Order& order, Instant clock, Stepped& out) {
  while (const Deadline* due = arbiter::NextDue(order, clock)) {
    RETURN_IF_ERROR(Keep(order, arbiter::Fire(order, *due, packs_), out));
  }
  return absl::OkStatus();
}

// As the lane chains steps.
absl::Status Fold::Keep(Order& order, arbiter::Outcome outcome, Stepped& out) {
  if (outcome.broken) {
    return Errorf(absl::StatusCode::kDataLoss, "order %s: our own step broke an invariant: %s",
                  order.key, *outcome.broken);
  }
  outcome.step.previous = order.chain;
  out.steps.push_back(codec::EncodeStep(outcome.step));
  order.chain = Sha256(out.steps.back());
  return absl::OkStatus();
}

}  // namespace refund::peer
