#include "tools/generate/history.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/arbiter/due.h"
#include "tools/generate/acts.h"

namespace refund::generate {
namespace {

constexpr uint64_t kMerchants = 97;
constexpr uint64_t kAgents = 7;
constexpr size_t kMostCases = 5;
constexpr int kMostStepsMore = 24;
constexpr int kStepsOfAnExplorer = 64;
constexpr int kWays = 8;  // that an explorer looks at before each step

std::string Numbered(std::string_view prefix, uint64_t number) {
  return std::string(prefix) + std::to_string(number);
}

bool Moves(const Step& step) {
  return std::any_of(step.transitions.begin(), step.transitions.end(), [](const Transition& each) {
    return each.machine == Machine::kPhase || each.machine == Machine::kOverlay ||
           each.machine == Machine::kGoods || each.machine == Machine::kLeg;
  });
}

bool HasLiveCase(const Order& order) {
  return std::any_of(order.cases.begin(), order.cases.end(), [](const Case& c) {
    return c.IsOpen() || c.OverlayIsLive() || (c.money_first && c.goods != Goods::kInspectedOk);
  });
}

}  // namespace

History::History(const Birth& birth, const policy::PackBook& packs, Tally& tally)
    : packs_(packs),
      tally_(tally),
      random_(birth.seed * 0x9e3779b97f4a7c15 + birth.number * 0xd1b54a32d192ed03),
      now_(birth.at),
      next_at_(birth.at),
      number_(birth.number),
      explores_(birth.explores) {
  order_.platform = birth.platform;
  order_.key =
      "o/" + std::string(NameOf(birth.platform)) + "/" + Numbered("", 100'000 + birth.number);
  merchant_ = Numbered("m-", random_.Below(kMerchants) + 1);
  agent_ = Numbered("agent-", random_.Below(kAgents) + 1);
  steps_left_ = explores_ ? kStepsOfAnExplorer : random_.Pick<int>({4, 8, 12, 16, 24, 36});
}

bool History::is_over() const {
  return broken_ || steps_left_ <= (AwaitsOthers() ? -kMostStepsMore : 0);
}

bool History::AwaitsOthers() const {
  return std::any_of(order_.cases.begin(), order_.cases.end(),
                     [](const Case& c) { return c.OverlayIsLive(); }) ||
         std::any_of(order_.legs.begin(), order_.legs.end(),
                     [](const Leg& leg) { return leg.state == LegState::kSubmitted; });
}

const Event* History::Step() {
  now_ = next_at_;
  PassUntil(now_);
  if (broken_) return nullptr;
  if (explores_ && order_.paid_at) {
    Explore();
  } else {
    GoOn();
  }
  if (broken_) return nullptr;
  Note();
  --steps_left_;
  return &event_;
}

void History::GoOn() {
  order_.paid_at ? Choose() : PayOrder(*this);
  if (!broken_) Wait();
}

// Of a few ways to go on the one that leads where fewest orders have been. The first is what
// anybody might do, and is gone unless another one is less familiar.
void History::Explore() {
  struct Way {
    Order order;
    Event event;
    arbiter::Outcome outcome;
    Instant next_at;
  };
  const Order order = order_;
  const Event event = event_;
  std::optional<Way> best;
  int64_t least = 0;
  for (int i = 0; i < kWays; ++i) {
    order_ = order;
    event_ = event;
    weighs_ = i == 0;
    GoOn();
    if (broken_) return;
    const int64_t familiarity = Familiarity();
    if (best && familiarity >= least) continue;
    least = familiarity;
    best = Way{std::move(order_), std::move(event_), std::move(outcome_), next_at_};
  }
  order_ = std::move(best->order);
  event_ = std::move(best->event);
  outcome_ = std::move(best->outcome);
  next_at_ = best->next_at;
}

// Of what was said, and of what passes before anything else is.
int64_t History::Familiarity() const {
  int64_t least = tally_.rows.Familiarity(outcome_.step, order_);
  if (arbiter::NextDue(order_, next_at_) == nullptr) return least;
  Order later = order_;
  while (const Deadline* due = arbiter::NextDue(later, next_at_)) {
    const Deadline deadline = *due;
    const arbiter::Outcome outcome = arbiter::Fire(later, deadline, packs_);
    if (outcome.broken) break;
    least = std::min(least, tally_.rows.Familiarity(outcome.step, later));
  }
  return least;
}

void History::PassUntil(Instant at) {
  while (!broken_) {
    const Deadline* due = arbiter::NextDue(order_, at);
    if (due == nullptr) return;
    const Deadline deadline = *due;
    const arbiter::Outcome outcome = arbiter::Fire(order_, deadline, packs_);
    ++tally_.fired;
    if (outcome.broken) return NoteBroken(*outcome.broken, tally_.broken_by_deadline);
    tally_.rows.Note(outcome.step, order_);
  }
}

// The order is in an undefined state from here on.
void History::NoteBroken(const std::string& invariant, int64_t& count) {
  if (tally_.how.empty()) tally_.how = order_.key + ": " + invariant;
  ++count;
  broken_ = true;
}

// Often just before, at or after a deadline; else hours, seldom days; and where all is done, some
// orders come back months later, through the entrance.
void History::Wait() {
  if (!HasLiveCase(order_) && order_.completed_at && random_.Percent(12)) {
    next_at_ = now_ + random_.Between(10 * kDayMs, 60 * kDayMs);
    return;
  }
  const uint64_t dice = random_.Below(100);
  if (dice < 28) {
    const Deadline* first = arbiter::EarliestDeadline(order_);
    const Deadline* some = order_.deadlines.empty() ? nullptr : &random_.PickOf(order_.deadlines);
    const Deadline* which = dice < 18 ? first : some;
    if (which != nullptr && !which->paused && which->due - now_ < 40 * kDayMs) {
      next_at_ = std::max(now_ + 1, which->due + random_.Between(-1, 1));
      return;
    }
  }
  next_at_ = now_ + (dice < 85   ? random_.Between(1, 8 * kHourMs)
                     : dice < 97 ? random_.Between(kHourMs, 3 * kDayMs)
                                 : random_.Between(kDayMs, 12 * kDayMs));
}

void History::Choose() {
  choices_.Clear();
  choices_.Favour(1);
  if (steps_left_ > 0 || !AwaitsOthers()) return ChooseAnything();
  AddMoneyActs(*this, choices_);
  for (const Case& c : order_.cases) {
    if (c.OverlayIsLive()) AddOverlayActs(*this, c, choices_);
  }
  choices_.Take(random_, weighs_, *this);
}

void History::ChooseAnything() {
  if (random_.Percent(5)) {
    AddHostileActs(*this, choices_);
    return choices_.Take(random_, weighs_, *this);
  }
  AddOrderActs(*this, choices_);
  AddMoneyActs(*this, choices_);
  AddEntranceActs(*this, choices_);
  AddVoucherActs(*this, choices_);
  if (order_.cases.size() < kMostCases && (!HasLiveCase(order_) || random_.Percent(15))) {
    AddFilingActs(*this, choices_);
  }
  if (!order_.cases.empty() && random_.Percent(30)) focus_ = random_.PickOf(order_.cases).number;
  for (const Case& c : order_.cases) {
    choices_.Favour(c.number == focus_ ? 5 : 1);
    AddPhaseActs(*this, c, choices_);
    if (c.OverlayIsLive()) AddOverlayActs(*this, c, choices_);
  }
  choices_.Take(random_, weighs_, *this);
}

void History::Say(EventBody body, Role role, const Target& target, std::string_view actor) {
  Event event;
  event.claim.id = Numbered("e-", ++said_);
  event.claim.key = order_.key;
  if (target.case_number > 0) event.claim.case_id = order_.cases[target.case_number - 1].id;
  event.claim.occurred_at = now_;
  event.claim.actor.role = role;
  switch (role) {
    case Role::kBuyer:
      event.claim.actor.id = Numbered("b-", number_ + 1);
      break;
    case Role::kSeller:
      event.claim.actor.id = merchant_;
      break;
    case Role::kAgent:
      event.claim.actor.id = actor.empty() ? agent_ : std::string(actor);
      break;
    case Role::kCarrier:
      event.claim.actor.id = "SF";
      break;
    default:
      event.claim.actor.id = role == Role::kPsp     ? "psp-1"
                             : role == Role::kModel ? "model-1"
                                                    : "platform-1";
  }
  if (auto* paid = std::get_if<OrderPaid>(&body)) {
    paid->buyer = Numbered("b-", number_ + 1);
    paid->merchant = merchant_;
  }
  event.claim.body = std::move(body);
  Apply(std::move(event));
}

void History::SayAgain() { Apply(event_); }

void History::SayOtherwise(EventBody body) {
  Event event = event_;
  event.claim.body = std::move(body);
  event.claim_hash = {};
  event.claim.occurred_at = now_;
  Apply(std::move(event));
}

// Only equality matters of a claim's hash, and hashing costs as much as all the rest: a count does.
void History::Apply(Event event) {
  event.stamp = {now_, "local"};
  if (event.claim_hash.IsZero()) {
    ++named_;
    std::memcpy(event.claim_hash.bytes.data(), &named_, sizeof named_);
  }
  event_ = std::move(event);
  outcome_ = arbiter::Apply(order_, event_, now_, packs_);
  if (outcome_.broken) NoteBroken(*outcome_.broken, tally_.broken);
}

void History::Note() {
  ++tally_.events;
  if (outcome_.duplicate) {
    ++tally_.duplicates;
    return;
  }
  tally_.rows.Note(outcome_.step, order_);
  if (Moves(outcome_.step)) ++tally_.moved;
  switch (outcome_.step.result) {
    case StepResult::kApplied:
      ++tally_.applied;
      break;
    case StepResult::kRefused:
      ++tally_.refused;
      break;
    case StepResult::kConflict:
      ++tally_.conflicts;
      break;
    default:
      ++tally_.parked;
  }
}

Evidence History::Piece(std::string_view slot) {
  Evidence piece;
  for (size_t i = 0; i < piece.hash.bytes.size(); i += 8) {
    const uint64_t word = random_.Next();
    for (size_t b = 0; b < 8; ++b) piece.hash.bytes[i + b] = static_cast<uint8_t>(word >> (8 * b));
  }
  piece.kind =
      random_.Pick({EvidenceKind::kPhoto, EvidenceKind::kVideo, EvidenceKind::kChatRecord});
  piece.slot = slot;
  return piece;
}

std::string History::Name(std::string_view prefix) { return Numbered(prefix, ++named_); }

}  // namespace refund::generate
