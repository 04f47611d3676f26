// Guards of appeal, authority, bank disputes and legs.
#include <algorithm>

#include "engine/arbiter/answers.h"
#include "engine/arbiter/due.h"
#include "engine/arbiter/fail.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/legs.h"
#include "engine/base/check.h"
#include "engine/ledger/ceiling.h"
#include "engine/ledger/takings.h"

namespace refund::arbiter {
namespace {

bool Has(const std::vector<Role>& roles, Role role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

// Four eyes (G-84): another agent, or the platform, has approved.
bool Approved(const Turn& turn, const Actor& by, std::string* why) {
  const bool may = by.role == Role::kAgent || by.role == Role::kPlatform;
  if (may && !by.id.empty() && by.id != turn.actor().id) return true;
  return Fail(why, "expected approved_by an AGENT or PLATFORM other than the actor (G-84), found " +
                       std::string(NameOf(by.role)) + " " + by.id);
}

bool Fits(const RulingProposed& ruling, std::string* why) {
  const bool pays = ruling.amount.units > 0;
  switch (ruling.outcome) {
    case RulingOutcome::kBuyer:
    case RulingOutcome::kSplit:
      if (IsGoodsRemedy(ruling.remedy) && ruling.amount.units >= 0) return true;
      if (pays && ruling.remedy != Remedy::kNone) return true;
      return Fail(why, "expected a remedy, and for money an amount above zero, with outcome " +
                           std::string(NameOf(ruling.outcome)));
    case RulingOutcome::kSeller:
    case RulingOutcome::kNone:
    case RulingOutcome::kVoid:
      if (ruling.amount.units == 0 && ruling.remedy == Remedy::kNone) return true;
      return Fail(why, "expected remedy NONE and an amount of zero with outcome " +
                           std::string(NameOf(ruling.outcome)));
    default:
      return Fail(why, "expected an outcome");
  }
}

int64_t DecidedAmount(const Case& c) {
  CHECK(!c.decisions.empty());
  return c.decisions.back().amount;
}

// Goods and vouchers are no money.
int64_t MoneyOf(Remedy remedy, int64_t amount) {
  return IsGoodsRemedy(remedy) || remedy == Remedy::kVoucher ? 0 : amount;
}

// What the decision in force gives: what went out, and what is still to go.
int64_t Standing(const Order& order, const Case& c) {
  int64_t sum = PaidOut(order, c);
  for (const Leg& leg : order.legs) {
    const bool to_go = IsReplaceable(leg.state) && IsTowardBuyer(leg) && !leg.decision.IsZero();
    if (leg.case_number == c.number && to_go && !IsRestored(leg.kind) &&
        leg.kind != LegKind::kVoucher) {
      sum += leg.amount - leg.reversed;
    }
  }
  return sum;
}

int64_t NewAmount(const Turn& turn) {
  const auto& body = turn.BodyAs<AppealDecided>();
  return body.ruling ? body.ruling->amount.units : DecidedAmount(*turn.the_case);
}

// Null where an appeal leaves the ruling as it was.
const RulingProposed* RulingAtHand(const Turn& turn) {
  if (const auto* proposed = turn.BodyIf<RulingProposed>()) return proposed;
  if (const auto* again = turn.BodyIf<Rearbitrated>()) return &again->ruling;
  const auto& ruling = turn.BodyAs<AppealDecided>().ruling;
  return ruling ? &*ruling : nullptr;
}

const Dispute* NamedDispute(const Turn& turn) {
  const auto* opened = turn.BodyIf<PaymentDisputeOpened>();
  const auto* closed = turn.BodyIf<PaymentDisputeClosed>();
  const std::string& id = opened != nullptr ? opened->dispute : closed->dispute;
  for (const Dispute& each : turn.order.disputes) {
    if (each.id == id) return &each;
  }
  return nullptr;
}

}  // namespace

// ---- Rulings ----

bool OutcomeFitsAmount(const Turn& turn, std::string* why) {
  return Fits(turn.BodyAs<RulingProposed>(), why);
}

bool SharesSum(const Turn& turn, std::string* why) {
  const RulingProposed* ruling = RulingAtHand(turn);
  if (ruling == nullptr || ruling->shares.empty()) return true;
  uint64_t sum = 0;
  for (size_t i = 0; i < ruling->shares.size(); ++i) {
    const LiabilityShare& share = ruling->shares[i];
    sum += share.basis_points;
    const bool twice =
        std::any_of(ruling->shares.begin(), ruling->shares.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const LiabilityShare& other) { return other.bearer == share.bearer; });
    if (twice || share.basis_points == 0 || share.bearer == Bearer::kBuyer) {
      return Fail(why, "expected each bearer once, with a share above zero, and not the BUYER");
    }
  }
  return sum == 10000 ||
         Fail(why, "expected shares that sum to 10000, found " + std::to_string(sum));
}

bool PackPaysFirst(const Turn& turn, std::string*) {
  return Says(turn, policy::Question::kPayFirst);
}
bool NothingLandedYet(const Turn& turn, std::string*) {
  const Case& c = *turn.the_case;
  return !c.landed_first && c.IsOpen() && c.phase != Phase::kSettling;
}
bool HasNotLandedFirst(const Turn& turn, std::string*) { return !turn.the_case->landed_first; }
bool HasLandedFirst(const Turn& turn, std::string*) { return turn.the_case->landed_first; }
bool DeltaTowardBuyer(const Turn& turn, std::string*) {
  return std::any_of(turn.order.legs.begin(), turn.order.legs.end(), [&](const Leg& leg) {
    return leg.case_number == turn.the_case->number && IsTowardBuyer(leg) && IsUnsent(leg.state) &&
           !leg.decision.IsZero();
  });
}
bool NoDeltaTowardBuyer(const Turn& turn, std::string* why) { return !DeltaTowardBuyer(turn, why); }

bool WasRuledFinally(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  if (c.final_by_agreement || c.decisions.empty()) {
    return Fail(why, "expected a case that a ruling ended, found an agreement");
  }
  // Row 28 is no ruling, and has no way back.
  const DecisionRef& last = c.decisions.back();
  const bool by_ruling =
      last.outcome == RulingOutcome::kVoid && last.basis != Basis::kRearbitration;
  return !c.voided || by_ruling ||
         Fail(why, "expected a case that a ruling ended, found one that was voided");
}

// ---- Appeal ----

bool FirstAppeal(const Turn& turn, std::string* why) {
  return !Has(turn.the_case->appealed_by, turn.actor().role) ||
         Fail(why, std::string(NameOf(turn.actor().role)) + " has appealed already");
}
bool LostSomething(const Turn& turn, std::string* why) {
  if (LosesByRuling(*turn.the_case, turn.actor().role) &&
      !Has(turn.the_case->appeal_waived_by, turn.actor().role)) {
    return true;
  }
  return Fail(why, std::string(NameOf(turn.actor().role)) +
                       " lost nothing by the ruling, or has waived the appeal");
}
bool AppealWindowIsOpen(const Turn& turn, std::string* why) {
  return IsArmed(turn.order, turn.the_case->number, Timer::kT10, Role::kUnspecified) ||
         Fail(why, "the appeal window (T10) is over");
}
bool OtherAppealIsPending(const Turn& turn, std::string* why) {
  return turn.the_case->outcome == RulingOutcome::kSplit ||
         Fail(why, "an appeal is pending, and only a split ruling has two that may appeal");
}
bool IsUpheld(const Turn& turn, std::string*) {
  return turn.BodyAs<AppealDecided>().result == AppealResult::kUpheld;
}
bool IsOverturned(const Turn& turn, std::string*) {
  return turn.BodyAs<AppealDecided>().result == AppealResult::kOverturned;
}
bool IsVaried(const Turn& turn, std::string*) {
  return turn.BodyAs<AppealDecided>().result == AppealResult::kVaried;
}
bool IsRemanded(const Turn& turn, std::string*) {
  return turn.BodyAs<AppealDecided>().result == AppealResult::kRemanded;
}
bool IsNotRemanded(const Turn& turn, std::string* why) { return !IsRemanded(turn, why); }
bool ReviewerIsNew(const Turn& turn, std::string* why) {
  const auto& authors = turn.the_case->ruling_authors;
  return std::find(authors.begin(), authors.end(), turn.actor().id) == authors.end() ||
         Fail(why, "expected a reviewer who has not ruled on this case, found " + turn.actor().id);
}
// An appeal that changes a ruling says what the new one is; one that does not, says nothing.
bool NewRulingIsThere(const Turn& turn, std::string* why) {
  const auto& body = turn.BodyAs<AppealDecided>();
  const bool changes =
      body.result == AppealResult::kOverturned || body.result == AppealResult::kVaried;
  if (changes != body.ruling.has_value()) {
    return Fail(why, changes ? "expected \"ruling\" with " + std::string(NameOf(body.result))
                             : "expected no \"ruling\" with " + std::string(NameOf(body.result)));
  }
  return !body.ruling || Fits(*body.ruling, why);
}
bool NewIsMore(const Turn& turn, std::string*) {
  return NewAmount(turn) > DecidedAmount(*turn.the_case);
}
bool NewIsNotMore(const Turn& turn, std::string* why) { return !NewIsMore(turn, why); }

// ---- Help ----

bool GoodsAreDisputed(const Turn& turn, std::string* why) {
  const Phase phase = turn.the_case->phase;
  return phase == Phase::kAwaitSellerReceipt || phase == Phase::kReceiptRefused ||
         Fail(why, "expected disputed goods, found " + std::string(NameOf(phase)));
}
bool AgreementWasBroken(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  return (c.final_by_agreement && c.in_default.has_value() && c.IsOpen()) ||
         Fail(why, "expected an agreement that was not kept by its deadline");
}
bool SpeaksOfWhatCameAfter(const Turn& turn, std::string* why) {
  const Phase phase = turn.the_case->phase;
  const bool refused = phase == Phase::kSellerRefused || phase == Phase::kReceiptRefused;
  const bool disputed = turn.actor().role == Role::kSeller && phase == Phase::kAwaitSellerReceipt;
  return refused || disputed ||
         Fail(why, "expected something that came after the decision, found " +
                       std::string(NameOf(phase)));
}
bool ByHelpSeeker(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kBuyer, Role::kSeller}, why);
}
bool NotInDefault(const Turn& turn, std::string* why) {
  return turn.the_case->in_default != turn.actor().role ||
         Fail(why, "who did not keep the agreement cannot end the arbitration alone");
}

// ---- Authority ----

bool ByWhoMayDecideAlone(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kPlatform}, why);
}
bool FourEyes(const Turn& turn, std::string* why) {
  const auto* aside = turn.BodyIf<RulingSetAside>();
  return Approved(
      turn, aside != nullptr ? aside->approved_by : turn.BodyAs<Rearbitrated>().approved_by, why);
}
bool PackIsKnown(const Turn& turn, std::string* why) {
  const Digest& pack = turn.BodyAs<Rearbitrated>().pack;
  return turn.packs.Find(pack) != nullptr ||
         Fail(why, "expected a pack that is on the log, found " + pack.hex());
}
bool RearbitrationFits(const Turn& turn, std::string* why) {
  return Fits(turn.BodyAs<Rearbitrated>().ruling, why);
}
// Nothing is landed any more, so goods that are ruled now would never be waited for.
bool RemedyNeedsNoLanding(const Turn& turn, std::string* why) {
  const RulingProposed* ruling = nullptr;
  if (const auto* body = turn.BodyIf<Rearbitrated>()) ruling = &body->ruling;
  if (const auto* body = turn.BodyIf<AppealDecided>())
    ruling = body->ruling ? &*body->ruling : ruling;
  if (const auto* body = turn.BodyIf<RulingProposed>()) {
    ruling = turn.the_case->landed_first ? body : nullptr;
  }
  return ruling == nullptr || !IsGoodsRemedy(ruling->remedy) ||
         Fail(why,
              "expected a remedy of money, since the case was paid first or is settled, found " +
                  std::string(NameOf(ruling->remedy)));
}
bool DecisionIsDifferent(const Turn& turn, std::string*) {
  const RulingProposed& ruling = turn.BodyAs<Rearbitrated>().ruling;
  return MoneyOf(ruling.remedy, ruling.amount.units) != Standing(turn.order, *turn.the_case);
}
bool DecisionIsTheSame(const Turn& turn, std::string* why) {
  return !DecisionIsDifferent(turn, why);
}

namespace {
Role PartyOf(const Turn& turn, Timer timer) {
  switch (timer) {
    case Timer::kT1:
    case Timer::kT5:
    case Timer::kT6:
    case Timer::kT14:
      return Role::kSeller;
    case Timer::kT3:
    case Timer::kT4:
    case Timer::kT7:
    case Timer::kT9:
      return Role::kBuyer;
    case Timer::kT2:
      for (const Deadline& d : turn.order.deadlines) {
        if (d.case_number == turn.the_case->number && d.timer == timer) return d.role;
      }
      return Role::kBuyer;
    default:
      return Role::kPlatform;
  }
}
// Of the case, not of one of its legs. Null if it is not armed.
const Deadline* DeadlineNamed(const Turn& turn) {
  const Timer timer = turn.BodyAs<DeadlineExtended>().timer;
  for (const Deadline& d : turn.order.deadlines) {
    if (d.case_number == turn.the_case->number && d.timer == timer && d.leg.IsZero()) return &d;
  }
  return nullptr;
}
}  // namespace

// A deadline may be extended by whom it favours to wait for: a seller extends the buyer's, a buyer
// the seller's, the platform any.
bool MayExtend(const Turn& turn, std::string* why) {
  const Role role = turn.actor().role;
  if (role == Role::kPlatform || role == Role::kAgent) return true;
  const Role whose = PartyOf(turn, turn.BodyAs<DeadlineExtended>().timer);
  const bool others = (role == Role::kSeller && whose == Role::kBuyer) ||
                      (role == Role::kBuyer && whose == Role::kSeller);
  return others || Fail(why, "expected the platform, or the party that waits, found " +
                                 std::string(NameOf(role)));
}
bool TimerIsArmed(const Turn& turn, std::string* why) {
  return DeadlineNamed(turn) != nullptr ||
         Fail(why, std::string(NameOf(turn.BodyAs<DeadlineExtended>().timer)) + " is not armed");
}
bool UntilIsLater(const Turn& turn, std::string* why) {
  const Instant until = turn.BodyAs<DeadlineExtended>().until;
  const Instant due = DeadlineNamed(turn)->due;
  return until > due || Fail(why, "expected an instant after " + FormatInstant(due) + ", found " +
                                      FormatInstant(until));
}

// ---- Bank disputes ----

bool DisputeIsNew(const Turn& turn, std::string* why) {
  return NamedDispute(turn) == nullptr || Fail(why, "this dispute is on record already");
}
bool DisputeIsKnown(const Turn& turn, std::string* why) {
  const Dispute* dispute = NamedDispute(turn);
  return (dispute != nullptr && dispute->state == DisputeState::kOpen) ||
         Fail(why, "expected an open bank dispute");
}
bool DisputeIsWon(const Turn& turn, std::string*) {
  return turn.BodyAs<PaymentDisputeClosed>().result == DisputeResult::kWon;
}
bool DisputeIsLost(const Turn& turn, std::string*) {
  return turn.BodyAs<PaymentDisputeClosed>().result == DisputeResult::kLost;
}

// ---- Legs ----

// What row 26b or 26c would reserve again, beside all that the case still owes: nobody voids that.
bool OldLegsAreUnderCeiling(const Turn& turn, std::string* why) {
  int64_t sum = 0;
  for (const Leg& leg : LegsItHad(turn.order, *turn.the_case)) {
    if (!IsRestored(leg.kind) && leg.bucket != Bucket::kUnspecified) sum += leg.amount;
  }
  const int64_t most = ledger::RemainingMoney(turn.order, turn.Line(), {});
  return sum <= most || Fail(why, "expected at most " + FormatMoney(turn.InCurrency(most)) +
                                      " that is left of the line, found legs of " +
                                      FormatMoney(turn.InCurrency(sum)));
}

bool ClosedWithMoney(const Turn& turn, std::string*) {
  const CloseReason reason = turn.the_case->close_reason;
  return reason == CloseReason::kSettled || reason == CloseReason::kFulfilled;
}
bool ClosedImpossible(const Turn& turn, std::string*) {
  return turn.the_case->phase == Phase::kSettling ||
         turn.the_case->close_reason == CloseReason::kPayoutImpossible;
}
bool ByDestinationGiver(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kBuyer, Role::kPlatform}, why);
}

namespace {
// What a remanded case decides anew waits for its own appeal window (a12e).
bool IsOfLandedDecision(const Case& c, const Leg& leg) {
  if (leg.decision.IsZero()) return true;  // the return freight, approved with the landing
  return std::any_of(c.decisions.begin(), c.decisions.end(),
                     [&](const DecisionRef& d) { return d.id == leg.decision && d.landed; });
}
}  // namespace

namespace {
// What was paid out can be taken back once it is there.
bool SourceHasSettled(const Order& order, const Leg& leg) {
  return !TakesFromBuyer(leg) || ledger::IsThere(ledger::PaymentOf(order, leg));
}
}  // namespace

// m7, m11 and m17, of a leg of a case. Toward the buyer: when the case is SETTLING and its
// arbitration not live, or paid first; what is taken back: at once, unless the arbitration is live.
bool MaySendLeg(const Turn& turn, std::string*) {
  const Leg& leg = *turn.leg;
  const Case& c = turn.order.cases[leg.case_number - 1];
  const bool live = c.OverlayIsLive();
  if (!IsTowardBuyer(leg)) return !live && SourceHasSettled(turn.order, leg);
  if (ledger::GivesOrdersMoney(leg, false) && !NoBankDisputeHolds(turn, nullptr)) return false;
  const bool paid_first =
      c.landed_first && c.overlay == Overlay::kRuled && IsOfLandedDecision(c, leg);
  // In a case that is closed nothing stands ready but what has come back since.
  const bool pays = c.phase == Phase::kSettling || c.phase == Phase::kClosed;
  return pays && (!live || paid_first);
}

bool FailureIsInsufficient(const Turn& turn, std::string*) {
  return turn.BodyAs<RefundFailed>().failure == PayoutFailure::kInsufficient;
}
// Where to is no cure for a payer without money, nor needed where nothing is due any more.
bool AnotherDestinationIsKnown(const Turn& turn, std::string*) {
  return !FailureIsInsufficient(turn, nullptr) && !IsNoLongerDue(turn, *turn.leg) &&
         !KnownDestination(turn.order, *turn.leg).empty();
}
bool ReversalFits(const Turn& turn, std::string* why) {
  const auto& body = turn.BodyAs<RefundReversed>();
  const Leg& leg = *turn.leg;
  if (body.amount.currency == turn.order.currency && body.amount.units > 0 &&
      body.amount.units <= leg.amount - leg.reversed) {
    return true;
  }
  return Fail(why, "expected at most " + FormatMoney(turn.InCurrency(leg.amount - leg.reversed)) +
                       " to be reversed, found " + FormatMoney(body.amount));
}

}  // namespace refund::arbiter
