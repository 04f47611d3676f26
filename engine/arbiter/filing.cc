#include "engine/arbiter/filing.h"

#include <algorithm>

#include "engine/arbiter/entrance.h"
#include "engine/base/check.h"
#include "engine/ledger/apportion.h"
#include "engine/ledger/ceiling.h"

namespace refund::arbiter {
namespace {

template <class Body>
Filing Asked(const Body& body) {
  return {body.kind, body.units.line, body.units.quantity, body.ask.units, 0, body.reason};
}

// All that is free of the line at hand, for its whole value: goods that are lost or intercepted.
std::optional<Filing> WholeLine(const Turn& turn, ClaimReason reason) {
  const OrderLine* line = turn.order.FindLine(turn.line);
  CHECK(line != nullptr);
  const uint32_t taken = ledger::UnitsTaken(turn.order, *line, 0);
  if (taken >= line->quantity) return std::nullopt;
  const uint32_t free = line->quantity - taken;
  const int64_t worth = std::min(ledger::RefundableFor(turn.order, *line, free, 0),
                                 ledger::RemainingMoney(turn.order, *line, {}));
  if (worth <= 0) return std::nullopt;
  return Filing{CaseKind::kRefundOnly, line->line, free, worth, 0, reason};
}

}  // namespace

std::optional<Filing> FilingOf(const Turn& turn) {
  if (const auto* body = turn.BodyIf<RefundRequested>()) {
    Filing filing = Asked(*body);
    if (body->extra) filing.extra = body->extra->units;
    return filing;
  }
  if (const auto* body = turn.BodyIf<ComplaintFiled>()) return Asked(*body);
  if (const auto* body = turn.BodyIf<OfferMade>()) {
    CHECK(body->units && !body->options.empty());
    return Filing{KindFor(body->options.front().remedy, CaseKind::kRefundOnly),
                  body->units->line,
                  body->units->quantity,
                  0,
                  0,
                  ClaimReason::kOther};
  }
  if (const auto* body = turn.BodyIf<PlatformIntervened>()) {
    CHECK(body->units);
    return Filing{
        body->kind, body->units->line, body->units->quantity, body->ask ? body->ask->units : 0,
        0,          body->reason};
  }
  if (turn.BodyIf<PlatformHelpRequested>() != nullptr) {
    const IssueCard* card = CardForHelp(turn.order);
    CHECK(card != nullptr);
    return Filing{card->kind, card->line, card->quantity, card->ask, 0, card->reason};
  }
  if (turn.BodyIf<ParcelLost>() != nullptr) return WholeLine(turn, ClaimReason::kNotReceived);
  if (turn.BodyIf<ProductIntercepted>() != nullptr)
    return WholeLine(turn, ClaimReason::kCounterfeit);
  return std::nullopt;
}

}  // namespace refund::arbiter
