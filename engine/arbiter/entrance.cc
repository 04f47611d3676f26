#include "engine/arbiter/entrance.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/fail.h"
#include "engine/arbiter/find_row.h"
#include "engine/arbiter/guards.h"
#include "engine/base/calendar.h"
#include "engine/base/check.h"
#include "engine/ledger/ceiling.h"

namespace refund::arbiter {
namespace {

const policy::Pack* PackNow(const Turn& turn) {
  return turn.packs.InForce(turn.order.platform, turn.at);
}

// Null where the pack has no entrance.
const policy::EntranceClause* Clause(const Turn& turn) {
  const policy::Pack* pack = PackNow(turn);
  return pack != nullptr && pack->entrance ? &*pack->entrance : nullptr;
}

// ---- Windows ----

// Windows are measured, not fired: the sender's own time counts, at most the record's (G-47).
Instant Measured(const Turn& turn) {
  return turn.event == nullptr ? turn.at : std::min(turn.event->claim.occurred_at, turn.at);
}

// The first instant past the validity of after-sales (G-13). Absent where none ends.
std::optional<Instant> ValidityEnd(const Turn& turn) {
  const policy::Pack* pack = turn.OrdersPack();
  if (!turn.order.completed_at || pack == nullptr || !pack->filing_window) return std::nullopt;
  return FirstInstantTooLate(*turn.order.completed_at, pack->filing_window->period);
}

bool IsPastValidity(const Turn& turn) {
  const std::optional<Instant> end = ValidityEnd(turn);
  return end && Measured(turn) >= *end;
}

// The first instant at which the entrance may no longer be opened (TB-27, G-02). Absent without an
// entrance, or before completion.
std::optional<Instant> WindowEnd(const Turn& turn) {
  const policy::EntranceClause* clause = Clause(turn);
  if (!turn.order.completed_at || clause == nullptr) return std::nullopt;
  return FirstInstantTooLate(*turn.order.completed_at, clause->open_window.period);
}

bool IsInWindow(const Turn& turn) {
  const std::optional<Instant> end = WindowEnd(turn);
  return end && Measured(turn) < *end;
}

bool FailWindow(const Turn& turn, std::string* why) {
  const std::optional<Instant> end = WindowEnd(turn);
  if (!end) return Fail(why, "expected a completed order and a pack with an entrance, found none");
  return Fail(why, "expected before " + FormatInstant(*end) + ", " +
                       FormatPeriod(Clause(turn)->open_window.period) + " after completion (" +
                       Clause(turn)->open_window.source + "), found " +
                       FormatInstant(Measured(turn)));
}

// ---- Lines that had their refund ----

// Neither what is given back beside the money, nor a voucher (G-30 lets a refund follow it), nor a
// price difference, which leaves the goods sold.
bool IsOfRefund(const Leg& leg) {
  return IsTowardBuyer(leg) && !IsRestored(leg.kind) && leg.kind != LegKind::kVoucher &&
         leg.kind != LegKind::kPriceDiff && leg.kind != LegKind::kCompensation &&
         leg.kind != LegKind::kFreightReturn;
}

bool IsPaidFor(const Order& order, const Leg& leg) {
  const bool price_protection =
      leg.case_number > 0 && order.cases[leg.case_number - 1].kind == CaseKind::kPriceProtection;
  // What was reversed, in part or whole, is SETTLED no more (m16).
  return IsOfRefund(leg) && !price_protection && leg.state == LegState::kSettled;
}

bool HasPaidRefund(const Order& order, std::string_view line) {
  return std::any_of(order.legs.begin(), order.legs.end(),
                     [&](const Leg& leg) { return leg.line == line && IsPaidFor(order, leg); });
}

bool HadCase(const Order& order, std::string_view line) {
  return std::any_of(order.cases.begin(), order.cases.end(),
                     [&](const Case& c) { return c.line == line; });
}

// G-07, TB-39, TB-41. Behind a guard that the pack has an entrance.
bool IsBlocked(const Turn& turn, std::string_view line) {
  if (HasPaidRefund(turn.order, line)) return true;
  return !Clause(turn)->closed_refund_may_return && HadCase(turn.order, line);
}

bool FailBlocked(const Turn& turn, std::string_view line, std::string* why) {
  return Fail(why, HasPaidRefund(turn.order, line)
                       ? "line " + std::string(line) + " has had a refund that was paid"
                       : "line " + std::string(line) + " has had a case, and " +
                             PackNow(turn)->name + " lets no closed refund return");
}

// ---- Guards ----

// The seller opens, the buyer reopens.
bool ByItsParty(const Turn& turn, std::string* why) {
  return turn.BodyIf<EntranceReopened>() != nullptr ? ByBuyer(turn, why) : BySeller(turn, why);
}

bool OrderIsCompleted(const Turn& turn, std::string* why) {
  return turn.order.completed_at.has_value() ||
         Fail(why, "expected OrderCompleted before, found none");
}

bool ChannelIsListed(const Turn& turn, std::string* why) {
  const Channel channel = turn.BodyAs<AfterSalesApplyClicked>().channel;
  return channel == Channel::kOrderList || channel == Channel::kOrderDetail ||
         Fail(why,
              "expected ORDER_LIST or ORDER_DETAIL (TB-28), found " + std::string(NameOf(channel)));
}

bool ACaseMayBeFiled(const Turn& turn, std::string*) {
  return turn.order.entrance.state == Entrance::kOpen || !IsPastValidity(turn);
}

bool ACardIsOffered(const Turn& turn, std::string*) {
  return IsInWindow(turn) && Clause(turn)->cards;
}

bool WindowIsOver(const Turn& turn, std::string*) {
  return WindowEnd(turn).has_value() && !IsInWindow(turn);
}

bool WindowIsOpen(const Turn& turn, std::string* why) {
  return IsInWindow(turn) || FailWindow(turn, why);
}

// An agreement may come before completion, when the window has not begun.
bool WindowIsNotOver(const Turn& turn, std::string* why) {
  return !WindowIsOver(turn, nullptr) || FailWindow(turn, why);
}

// Says what the pack in force lacks.
bool FailPack(const Turn& turn, std::string_view what, std::string* why) {
  const policy::Pack* pack = PackNow(turn);
  return Fail(why, "expected a pack in force with " + std::string(what) + ", found " +
                       (pack == nullptr ? std::string("no pack") : pack->name));
}

bool PackHasEntrance(const Turn& turn, std::string* why) {
  return Clause(turn) != nullptr || FailPack(turn, "an after-sales entrance", why);
}

bool PackTakesCards(const Turn& turn, std::string* why) {
  const policy::EntranceClause* clause = Clause(turn);
  return (clause != nullptr && clause->cards) || FailPack(turn, "issue cards (TB-30)", why);
}

bool PackLetsBuyersReopen(const Turn& turn, std::string* why) {
  const policy::EntranceClause* clause = Clause(turn);
  return (clause != nullptr && clause->buyer_reopens) ||
         FailPack(turn, "reopening by the buyer (TB-44)", why);
}

// Past the validity, and no other waits for its answer; one that waited past T21 may be replaced.
bool ACardIsDue(const Turn& turn, std::string* why) {
  const EntranceState& entrance = turn.order.entrance;
  if (!IsPastValidity(turn)) {
    const std::optional<Instant> end = ValidityEnd(turn);
    return Fail(why, "a case may be filed without a card" +
                         (end ? " before " + FormatInstant(*end) : std::string()));
  }
  if (entrance.state != Entrance::kCardPending || entrance.cards.back().unanswered) return true;
  return Fail(why,
              "the card of " + FormatInstant(entrance.cards.back().at) + " waits for its answer");
}

bool ACardWaits(const Turn& turn, std::string* why) {
  const Entrance state = turn.order.entrance.state;
  return state == Entrance::kCardPending ||
         Fail(why, "expected a card that waits for its answer, the entrance is " +
                       std::string(NameOf(state)));
}

bool CardLineIsKnown(const Turn& turn, std::string* why) {
  const LineUnits& units = turn.BodyAs<IssueCardSubmitted>().units;
  const OrderLine* line = turn.order.FindLine(units.line);
  if (line == nullptr) return Fail(why, "expected a line of the order, found " + units.line);
  return (units.quantity >= 1 && units.quantity <= line->quantity) ||
         Fail(why, "expected 1 to " + std::to_string(line->quantity) + " units of line " +
                       units.line + ", found " + std::to_string(units.quantity));
}

bool CardKindIsSupported(const Turn& turn, std::string* why) {
  const auto& card = turn.BodyAs<IssueCardSubmitted>();
  const policy::KindClause* clause = PackNow(turn)->FindKind(card.kind);
  if (clause == nullptr || clause->from > turn.at) {
    return Fail(why, "expected a kind that " + PackNow(turn)->name + " takes at " +
                         FormatInstant(turn.at) + ", found " + std::string(NameOf(card.kind)));
  }
  const std::vector<CaseKind>& supported = turn.order.FindLine(card.units.line)->supported;
  return supported.empty() ||
         std::find(supported.begin(), supported.end(), card.kind) != supported.end() ||
         Fail(why, "expected a kind that the product supports (TB-37), found " +
                       std::string(NameOf(card.kind)));
}

// With goods instead of money the ask is the price difference, which may be none.
bool CardAskIsSane(const Turn& turn, std::string* why) {
  const auto& card = turn.BodyAs<IssueCardSubmitted>();
  const int64_t least = IsGoodsKind(card.kind) ? 0 : 1;
  return card.ask.units >= least ||
         Fail(why, "expected at least " + std::to_string(least) + " minor units, found " +
                       std::to_string(card.ask.units));
}

bool CardCurrencyIsTheOrders(const Turn& turn, std::string* why) {
  const Currency found = turn.BodyAs<IssueCardSubmitted>().ask.currency;
  return found == turn.order.currency ||
         Fail(why, "expected " + std::string(NameOf(turn.order.currency)) + ", found " +
                       std::string(NameOf(found)));
}

bool CardAskIsUnderCeiling(const Turn& turn, std::string* why) {
  const auto& card = turn.BodyAs<IssueCardSubmitted>();
  const OrderLine& line = *turn.order.FindLine(card.units.line);
  const int64_t left = ledger::RemainingMoney(turn.order, line, {});
  return IsAtMostOfLine(turn, line.line, card.ask, left, why);
}

bool CardLineIsNotBlocked(const Turn& turn, std::string* why) {
  const std::string& line = turn.BodyAs<IssueCardSubmitted>().units.line;
  return !IsBlocked(turn, line) || FailBlocked(turn, line, why);
}

bool ALineIsNotBlocked(const Turn& turn, std::string* why) {
  const std::vector<OrderLine>& lines = turn.order.lines;
  const bool found = std::any_of(lines.begin(), lines.end(), [&](const OrderLine& each) {
    return !IsBlocked(turn, each.line);
  });
  return found || FailBlocked(turn, lines.front().line, why);
}

bool ALineIsUnpaid(const Turn& turn, std::string* why) {
  const std::vector<OrderLine>& lines = turn.order.lines;
  return std::any_of(
             lines.begin(), lines.end(),
             [&](const OrderLine& each) { return !HasPaidRefund(turn.order, each.line); }) ||
         Fail(why, "every line has had a refund that was paid");
}

bool OpeningsAreLeft(const Turn& turn, std::string* why) {
  const policy::EntranceClause& clause = *Clause(turn);
  const uint32_t openings = turn.order.entrance.openings;
  return clause.most_openings == 0 || openings < clause.most_openings ||
         Fail(why, "expected fewer than " + std::to_string(clause.most_openings) + " openings (" +
                       clause.source + "), found " + std::to_string(openings));
}

bool WasOpenedBefore(const Turn& turn, std::string* why) {
  return turn.order.entrance.openings > 0 ||
         Fail(why, "expected an entrance that was open before, found none");
}

bool WasAgreed(const Turn& turn, std::string*) { return turn.order.entrance.agreed; }

bool SellerOpensByItself(const Turn& turn, std::string*) {
  const auto& settings = turn.order.settings;
  const auto found = settings.find("auto_open");
  return found != settings.end() && found->second == "true";
}

bool SellerAgrees(const Turn& turn, std::string*) {
  return turn.BodyAs<IssueCardAnswered>().answer == CardAnswer::kAgree;
}

// The entrance is in use, or safety holds whatever closes by itself (F13).
bool IsBusy(const Turn& turn, std::string*) {
  const std::vector<Case>& cases = turn.order.cases;
  return turn.order.safety ||
         std::any_of(cases.begin(), cases.end(), [](const Case& c) { return c.IsOpen(); });
}

// ---- Effects ----

std::optional<Instant> DueBy(const policy::Pack* pack, Timer timer, Instant from) {
  const policy::Limit* limit = pack != nullptr ? pack->FindLimit(timer) : nullptr;
  if (limit == nullptr) return std::nullopt;
  return FirstInstantTooLate(from, limit->period);
}

void ArmNow(Turn& turn, Timer timer, Role role) {
  Arming arming;
  arming.timer = timer;
  arming.role = role;
  arming.due = DueBy(PackNow(turn), timer, turn.at);
  if (arming.due) ArmOnOrder(turn, arming);
}

void OpenBy(Turn& turn, EntranceBy by) {
  EntranceState& entrance = turn.order.entrance;
  ++entrance.openings;
  entrance.opened_at = turn.at;
  entrance.by = by;
  if (by == EntranceBy::kAgreement) entrance.agreed = false;
  Note(turn, DerivedKind::kEntranceOpened, Id{}, 0, Role::kUnspecified, std::string(NameOf(by)));
}

template <EntranceBy by>
void Open(Turn& turn) {
  OpenBy(turn, by);
}

void ArmIdle(Turn& turn) { ArmNow(turn, Timer::kT22, Role::kBuyer); }

void KeepCard(Turn& turn) {
  const auto& body = turn.BodyAs<IssueCardSubmitted>();
  IssueCard card;
  card.kind = body.kind;
  card.line = body.units.line;
  card.quantity = body.units.quantity;
  card.ask = body.ask.units;
  card.reason = body.reason;
  card.at = turn.at;
  turn.order.entrance.cards.push_back(std::move(card));
}

void AnswerCard(Turn& turn, CardAnswer answer) {
  IssueCard& card = turn.order.entrance.cards.back();
  card.answer = answer;
  // The rate is measured by when the answer was given, though T20 passed by the order's clock
  // (G-47). The pack is that of the card's step, by which T20 was armed.
  const std::optional<Instant> due =
      DueBy(turn.packs.InForce(turn.order.platform, card.at), Timer::kT20, card.at);
  card.late = due && Measured(turn) >= *due;
}

void AgreeToCard(Turn& turn) { AnswerCard(turn, CardAnswer::kAgree); }
void RefuseCard(Turn& turn) { AnswerCard(turn, CardAnswer::kRefuse); }

// Who opens while a card waits has answered it.
void AgreeToWaitingCard(Turn& turn) {
  if (turn.order.entrance.state == Entrance::kCardPending) AgreeToCard(turn);
}

void AgreeByItself(Turn& turn) {
  IssueCard& card = turn.order.entrance.cards.back();
  card.answer = CardAnswer::kAgree;
  card.by_auto = true;
}

void ArmAnswer(Turn& turn) {
  ArmNow(turn, Timer::kT20, Role::kSeller);
  ArmNow(turn, Timer::kT21, Role::kSeller);
}

void MarkLate(Turn& turn) { turn.order.entrance.cards.back().late = true; }
void MarkUnanswered(Turn& turn) { turn.order.entrance.cards.back().unanswered = true; }
void RememberAgreement(Turn& turn) { turn.order.entrance.agreed = true; }

void GuideToSeller(Turn& turn) {
  Note(turn, DerivedKind::kGuidedToSeller, Id{}, 0, Role::kUnspecified,
       std::string(NameOf(turn.BodyAs<AfterSalesApplyClicked>().channel)));
}

void NoteClosed(Turn& turn) {
  Note(turn, DerivedKind::kEntranceAutoClosed, Id{}, 0, Role::kUnspecified, {});
}

// ---- The table ----

using enum Entrance;
using R = Refusal;
using E = EventKind;

consteval Trigger On(EventKind kind) { return Trigger::On(kind); }
consteval Trigger Passed(Timer timer) { return Trigger::Passed(timer); }
constexpr auto kStay = EntranceRow::Target::kStay;

// clang-format off
//                            what must hold                                   else refused as          asks body  predicate
constexpr Guard kPaid         {"the order is paid",                              R::kNotPaid,             false, OrderIsPaid};
constexpr Guard kBuyer        {"the actor is the buyer",                         R::kRoleMayNot,          false, ByBuyer};
constexpr Guard kSeller       {"the actor is the seller",                        R::kRoleMayNot,          false, BySeller};
constexpr Guard kPlatform     {"the actor has platform authority",               R::kRoleMayNot,          false, ByPlatform};
constexpr Guard kItsParty     {"the seller opens, the buyer reopens",            R::kRoleMayNot,          true,  ByItsParty};
constexpr Guard kBoth         {"both parties agreed",                            R::kNotBothParties,      true,  ByBothParties};
constexpr Guard kChannel      {"the channel is listed",                          R::kChannelUnknown,      true,  ChannelIsListed};
constexpr Guard kMayFile      {"a case may be filed",                            R::kNone,                true,  ACaseMayBeFiled};
constexpr Guard kOffersCard   {"the pack takes cards, within the window",        R::kNone,                true,  ACardIsOffered};
constexpr Guard kOver         {"the window is over",                             R::kNone,                true,  WindowIsOver};
constexpr Guard kCompleted    {"the order is completed",                         R::kNotExpectedNow,      false, OrderIsCompleted};
constexpr Guard kInWindow     {"within the window of the entrance",              R::kOutOfWindow,         true,  WindowIsOpen};
constexpr Guard kNotOver      {"the window is not over",                         R::kOutOfWindow,         true,  WindowIsNotOver};
constexpr Guard kEntrance     {"the pack has an entrance",                       R::kEntranceShut,        false, PackHasEntrance};
constexpr Guard kCards        {"the pack takes issue cards",                     R::kEntranceShut,        false, PackTakesCards};
constexpr Guard kReopens      {"the pack lets buyers reopen",                    R::kEntranceShut,        false, PackLetsBuyersReopen};
constexpr Guard kOpened       {"it was open before",                             R::kEntranceShut,        false, WasOpenedBefore};
constexpr Guard kCardDue      {"past the validity, and no card waits",           R::kNotExpectedNow,      true,  ACardIsDue};
constexpr Guard kWaits        {"a card waits for its answer",                    R::kNoCard,              false, ACardWaits};
constexpr Guard kLine         {"the line and its units are of the order",        R::kNoSuchLine,          true,  CardLineIsKnown};
constexpr Guard kKind         {"platform and product take this kind",            R::kUnsupportedKind,     true,  CardKindIsSupported};
constexpr Guard kPositive     {"the ask is above zero, or of a goods kind",      R::kAmountNotPositive,   true,  CardAskIsSane};
constexpr Guard kCurrency     {"the currency is the order's",                    R::kOtherCurrency,       true,  CardCurrencyIsTheOrders};
constexpr Guard kCeiling      {"the ask is under the ceiling",                   R::kOverTheCeiling,      true,  CardAskIsUnderCeiling};
constexpr Guard kLineFree     {"the line has had no refund",                     R::kSettledAlready,      true,  CardLineIsNotBlocked};
constexpr Guard kSomeFree     {"some line has had no refund",                    R::kSettledAlready,      false, ALineIsNotBlocked};
constexpr Guard kSomeUnpaid   {"some line has had no paid refund",               R::kSettledAlready,      false, ALineIsUnpaid};
constexpr Guard kOpeningsLeft {"fewer than N openings",                          R::kEntranceOpenBefore,  false, OpeningsAreLeft};
constexpr Guard kAgreed       {"the parties agreed before",                      R::kNone,                false, WasAgreed};
constexpr Guard kAuto         {"the seller has set auto_open",                   R::kNone,                false, SellerOpensByItself};
constexpr Guard kAgrees       {"the answer is AGREE",                            R::kNone,                true,  SellerAgrees};
constexpr Guard kBusy         {"a case is open, or safety holds",                R::kNone,                false, IsBusy};

constexpr Effect kOpenSeller    {"opened by the seller; counted",         Open<EntranceBy::kSeller>};
constexpr Effect kOpenCard      {"opened by the card; counted",           Open<EntranceBy::kCard>};
constexpr Effect kOpenAuto      {"opened by itself; counted",             Open<EntranceBy::kAuto>};
constexpr Effect kOpenBuyer     {"opened again by the buyer; counted",    Open<EntranceBy::kBuyer>};
constexpr Effect kOpenAgreement {"opened by agreement; counted",          Open<EntranceBy::kAgreement>};
constexpr Effect kArmT22        {"T22",                                   ArmIdle};
constexpr Effect kKeepCard      {"the card is kept, and pushed",          KeepCard};
constexpr Effect kArmT20T21     {"T20, T21",                              ArmAnswer};
constexpr Effect kAgreeCard     {"the card is agreed to",                 AgreeToCard};
constexpr Effect kAgreeWaiting  {"a card that waits is agreed to",        AgreeToWaitingCard};
constexpr Effect kAutoAnswer    {"the card counts as answered",           AgreeByItself};
constexpr Effect kRefuse        {"the card is refused",                   RefuseCard};
constexpr Effect kLate          {"a miss in the rate, nothing else",      MarkLate};
constexpr Effect kUnanswered    {"the buyer may ask the platform (1h)",   MarkUnanswered};
constexpr Effect kRemember      {"openable at once",                      RememberAgreement};
constexpr Effect kGuide         {"GuidedToSeller",                        GuideToSeller};
constexpr Effect kClosed        {"EntranceAutoClosed",                    NoteClosed};

constexpr auto kEntranceRows = std::to_array<EntranceRow>({
  //          label  from                                               on                                                     when                                                                   to            then
  // A click tells the buyer what there is; it makes no case (TB-28 to TB-30).
  EntranceRow{"e1",  {kShut, kCardPending, kOpen, kAutoClosed, kExpired}, {On(E::kAfterSalesApplyClicked)},                      {kPaid, kBuyer, kChannel, kMayFile},                                   kShut,        {}, kStay},
  EntranceRow{"e2",  {kShut, kCardPending, kAutoClosed, kExpired},        {On(E::kAfterSalesApplyClicked)},                      {kPaid, kBuyer, kChannel, kOffersCard},                                kShut,        {}, kStay},
  EntranceRow{"e3",  {kShut, kAutoClosed, kExpired},                      {On(E::kAfterSalesApplyClicked)},                      {kPaid, kBuyer, kChannel, kOver},                                      kExpired,     {kGuide}},
  EntranceRow{"e4",  {kShut, kCardPending, kAutoClosed, kExpired},        {On(E::kAfterSalesApplyClicked)},                      {kPaid, kBuyer, kChannel},                                             kShut,        {kGuide}, kStay},
  // The card (TB-30 to TB-34, TB-45 to TB-48).
  EntranceRow{"e5",  {kShut, kCardPending, kAutoClosed, kExpired},        {On(E::kIssueCardSubmitted)},                          {kPaid, kBuyer, kCards, kCardDue, kInWindow, kLine, kKind, kPositive, kCurrency, kCeiling, kLineFree, kOpeningsLeft, kAuto}, kOpen,        {kKeepCard, kAutoAnswer, kOpenAuto, kArmT22}},
  EntranceRow{"e6",  {kShut, kCardPending, kAutoClosed, kExpired},        {On(E::kIssueCardSubmitted)},                          {kPaid, kBuyer, kCards, kCardDue, kInWindow, kLine, kKind, kPositive, kCurrency, kCeiling, kLineFree, kOpeningsLeft},        kCardPending, {kKeepCard, kArmT20T21}},
  EntranceRow{"e7",  {kShut, kCardPending, kOpen, kAutoClosed, kExpired}, {On(E::kIssueCardAnswered)},                           {kPaid, kSeller, kWaits, kAgrees},                                     kOpen,        {kAgreeCard, kOpenCard, kArmT22}},
  EntranceRow{"e8",  {kShut, kCardPending, kOpen, kAutoClosed, kExpired}, {On(E::kIssueCardAnswered)},                           {kPaid, kSeller, kWaits},                                              kShut,        {kRefuse}},
  // Opened by a word (TB-27, TB-44, TB-49).
  EntranceRow{"e9",  {kShut, kCardPending, kAutoClosed, kExpired},        {On(E::kEntranceOpenRequested), On(E::kEntranceReopened)}, {kPaid, kItsParty, kAgreed, kInWindow, kSomeUnpaid},               kOpen,        {kAgreeWaiting, kOpenAgreement, kArmT22}},
  EntranceRow{"e10", {kShut, kCardPending, kAutoClosed, kExpired},        {On(E::kEntranceOpenRequested)},                       {kPaid, kSeller, kEntrance, kCompleted, kInWindow, kSomeFree, kOpeningsLeft}, kOpen, {kAgreeWaiting, kOpenSeller, kArmT22}},
  EntranceRow{"e11", {kShut, kCardPending, kAutoClosed, kExpired},        {On(E::kEntranceReopened)},                            {kPaid, kBuyer, kReopens, kOpened, kInWindow, kSomeFree, kOpeningsLeft}, kOpen,      {kOpenBuyer, kArmT22}},
  EntranceRow{"e12", {kShut, kCardPending, kOpen, kAutoClosed, kExpired}, {On(E::kSettlementAgreed)},                            {kPaid, kPlatform, kBoth, kEntrance, kNotOver},                        kShut,        {kRemember}, kStay},
  // Time (TB-43, TB-45, G-08, G-10).
  EntranceRow{"e13", {kCardPending},                                      {Passed(Timer::kT20)},                                 {},                                                                    kShut,        {kLate}, kStay},
  EntranceRow{"e14", {kCardPending},                                      {Passed(Timer::kT21)},                                 {},                                                                    kShut,        {kUnanswered}, kStay},
  EntranceRow{"e15", {kOpen},                                             {Passed(Timer::kT22)},                                 {kBusy},                                                               kShut,        {kArmT22}, kStay},
  EntranceRow{"e16", {kOpen},                                             {Passed(Timer::kT22)},                                 {kOver},                                                               kExpired,     {kClosed}},
  EntranceRow{"e17", {kOpen},                                             {Passed(Timer::kT22)},                                 {},                                                                    kAutoClosed,  {kClosed}},
});
// clang-format on
static_assert(LabelsAreUnique(kEntranceRows));
static_assert(EveryStateIsReachable(kEntranceRows, kShut));

// What was armed for a state ends when it is left.
void EndDeadlinesOf(Turn& turn, Entrance state) {
  if (state == kCardPending) {
    EndOnOrder(turn, Timer::kT20);
    EndOnOrder(turn, Timer::kT21);
  }
  if (state == kOpen) EndOnOrder(turn, Timer::kT22);
}

const std::string& FiledLine(const Turn& turn) {
  if (const auto* body = turn.BodyIf<RefundRequested>()) return body->units.line;
  return turn.BodyAs<ComplaintFiled>().units.line;
}

}  // namespace

std::span<const EntranceRow> EntranceRows() { return kEntranceRows; }

bool TakeEntranceRow(Turn& turn, Trigger on, NotTaken* why) {
  const Entrance from = turn.order.entrance.state;
  static const auto& rows = *new RowsByTrigger<EntranceRow>(EntranceRows());
  const EntranceRow* row = FindRow(rows, from, on, turn, why);
  if (row == nullptr) {
    if (why->guard.empty()) {
      why->detail =
          on.Name() + " is not expected while the entrance is " + std::string(NameOf(from));
    }
    return false;
  }
  const Entrance to = row->target == kStay ? from : row->to;
  turn.row = row->label;
  if (to != from) EndDeadlinesOf(turn, from);
  for (const Effect& effect : row->then) effect.apply(turn);  // they see the state that is left
  turn.order.entrance.state = to;
  turn.step.transitions.push_back({Machine::kEntrance, std::string(row->label), 0,
                                   static_cast<uint8_t>(from), static_cast<uint8_t>(to), Id{}});
  return true;
}

void PassEntranceDeadline(Turn& turn) {
  // Each of the three ends with the state that a row for it stands at.
  CHECK(TakeEntranceRow(turn, Trigger::Passed(turn.firing->timer), nullptr));
}

bool OrderIsNotTooOld(const Turn& turn, std::string* why) {
  if (ACaseMayBeFiled(turn, nullptr) || IsInWindow(turn)) return true;
  if (WindowEnd(turn)) return FailWindow(turn, why);
  const policy::Limit& limit = *turn.OrdersPack()->filing_window;
  return Fail(why, "expected before " + FormatInstant(*ValidityEnd(turn)) + ", " +
                       FormatPeriod(limit.period) + " after completion (" + limit.source +
                       "), found " + FormatInstant(Measured(turn)));
}

bool EntranceLetsFile(const Turn& turn, std::string* why) {
  if (!IsPastValidity(turn)) return true;
  if (!OrderIsNotTooOld(turn, why)) return false;
  const Entrance state = turn.order.entrance.state;
  if (state != kOpen) {
    return Fail(why, "expected before " + FormatInstant(*ValidityEnd(turn)) +
                         ", or an open after-sales entrance; it is " + std::string(NameOf(state)));
  }
  const std::string& line = FiledLine(turn);
  return !HasPaidRefund(turn.order, line) || FailBlocked(turn, line, why);
}

const IssueCard* CardForHelp(const Order& order) {
  const std::vector<IssueCard>& cards = order.entrance.cards;
  for (auto card = cards.rbegin(); card != cards.rend(); ++card) {
    if (card->answer == CardAnswer::kAgree) return nullptr;
    if (card->answer == CardAnswer::kRefuse || card->unanswered) return &*card;
  }
  return nullptr;
}

}  // namespace refund::arbiter
