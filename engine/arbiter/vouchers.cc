#include "engine/arbiter/vouchers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/fail.h"
#include "engine/arbiter/find_row.h"
#include "engine/base/calendar.h"
#include "engine/base/check.h"
#include "engine/base/sha256.h"
#include "engine/domain/key.h"

namespace refund::arbiter {
namespace {

const policy::Pack* PackNow(const Turn& turn) {
  return turn.packs.InForce(turn.order.platform, turn.at);
}

// A voucher whose leg still waits for its accounts is here too, in state NONE.
Voucher* FindVoucher(Order& order, const Id& id) {
  for (Voucher& each : order.vouchers) {
    if (each.id == id) return &each;
  }
  return nullptr;
}

int64_t LeftOf(const Voucher& voucher) { return voucher.amount - voucher.redeemed; }

void Move(Turn& turn, Voucher& voucher, std::string_view row, VoucherState to) {
  turn.step.transitions.push_back({Machine::kVoucher, std::string(row), voucher.case_number,
                                   static_cast<uint8_t>(voucher.state), static_cast<uint8_t>(to),
                                   voucher.id});
  voucher.state = to;
}

bool HasRole(const Turn& turn, std::initializer_list<Role> roles, std::string* why) {
  const Role role = turn.actor().role;
  if (std::find(roles.begin(), roles.end(), role) != roles.end()) return true;
  std::string expected;
  for (const Role each : roles) expected += " " + std::string(NameOf(each));
  return Fail(why, "expected" + expected + ", found " + std::string(NameOf(role)));
}

bool InTheOrdersCurrency(const Turn& turn, Money amount, std::string* why) {
  return amount.currency == turn.order.currency ||
         Fail(why, "expected " + std::string(NameOf(turn.order.currency)) + ", found " +
                       std::string(NameOf(amount.currency)));
}

bool IsPositive(Money amount, std::string* why) {
  return amount.units > 0 || Fail(why, "expected more than 0, found " + FormatMoney(amount));
}

bool IsAtMost(Money amount, int64_t most, std::string* why) {
  return amount.units <= most ||
         Fail(why, "expected at most " + FormatMoney({most, amount.currency}) + ", found " +
                       FormatMoney(amount));
}

// ---- Row 1f, by request: what guards ask ----

const VoucherGrantRequested& Grant(const Turn& turn) {
  return turn.BodyAs<VoucherGrantRequested>();
}

const policy::VoucherClause* ClauseOf(const Turn& turn) {
  return PackNow(turn)->FindVoucher(Grant(turn).kind);
}

bool GrantedBefore(const Order& order, std::string_view cause) {
  return std::any_of(order.vouchers.begin(), order.vouchers.end(),
                     [&](const Voucher& each) { return each.cause == cause; });
}

bool ByGranter(const Turn& turn, std::string* why) {
  return HasRole(turn, {Role::kAgent, Role::kPlatform}, why);
}
bool OrderIsPaid(const Turn& turn, std::string*) { return turn.order.paid_at.has_value(); }
bool PackIsInForce(const Turn& turn, std::string*) { return PackNow(turn) != nullptr; }
// A settlement is never granted: it is what a case comes to.
bool KindIsGoodwill(const Turn& turn, std::string* why) {
  const bool given = Grant(turn).kind != VoucherKind::kSettlement && ClauseOf(turn) != nullptr;
  return given || Fail(why, "the pack gives no voucher of the kind " +
                                std::string(NameOf(Grant(turn).kind)));
}
bool GrantIsPositive(const Turn& turn, std::string* why) {
  return IsPositive(Grant(turn).amount, why);
}
bool GrantInCurrency(const Turn& turn, std::string* why) {
  return InTheOrdersCurrency(turn, Grant(turn).amount, why);
}
bool GrantWithinClause(const Turn& turn, std::string* why) {
  return IsAtMost(Grant(turn).amount, ClauseOf(turn)->amount.units, why);
}
// A grant that names no cause has its claim id alone, which is absorbed when it comes again.
bool CauseIsNew(const Turn& turn, std::string* why) {
  const std::string& cause = Grant(turn).cause;
  const bool is_new = cause.empty() || !GrantedBefore(turn.order, cause);
  return is_new || Fail(why, "a voucher was granted for \"" + cause + "\"");
}

// ---- Row F8: what guards ask ----

Voucher* Redeemed(const Turn& turn) {
  return FindVoucher(turn.order, turn.BodyAs<VoucherRedeemed>().voucher);
}

bool ByTill(const Turn& turn, std::string* why) {
  return HasRole(turn, {Role::kPlatform, Role::kBuyer, Role::kPsp}, why);
}
bool VoucherIsThere(const Turn& turn, std::string* why) {
  const Voucher* voucher = Redeemed(turn);
  const VoucherState state = voucher == nullptr ? VoucherState::kNone : voucher->state;
  if (state == VoucherState::kIssued || state == VoucherState::kRedeemed) return true;
  return Fail(
      why,
      "expected a voucher of " + turn.order.key + " that can be redeemed, found " +
          (state == VoucherState::kNone ? "none" : "one that is " + std::string(NameOf(state))));
}
bool RedeemedIsPositive(const Turn& turn, std::string* why) {
  return IsPositive(turn.BodyAs<VoucherRedeemed>().amount, why);
}
bool RedeemedInCurrency(const Turn& turn, std::string* why) {
  return InTheOrdersCurrency(turn, turn.BodyAs<VoucherRedeemed>().amount, why);
}
bool RedeemedIsLeft(const Turn& turn, std::string* why) {
  return IsAtMost(turn.BodyAs<VoucherRedeemed>().amount, LeftOf(*Redeemed(turn)), why);
}

void Redeem(Turn& turn) {
  Voucher& voucher = *Redeemed(turn);
  voucher.redeemed += turn.BodyAs<VoucherRedeemed>().amount.units;
  const bool whole = LeftOf(voucher) == 0;
  Move(turn, voucher, "F8", whole ? VoucherState::kRedeemed : VoucherState::kIssued);
  if (whole) EndOfVoucher(turn, voucher.id);
}

// ---- The leg of a goodwill voucher ----

bool IsGoodwill(const Leg& leg) { return leg.case_number == 0; }

bool DrawsAreOpen(const Turn& turn, std::string*) { return turn.leg->draws_open > 0; }
bool NoDrawIsOpen(const Turn& turn, std::string*) { return turn.leg->draws_open == 0; }
bool NoBrakeHolds(const Turn& turn, std::string*) {
  return !turn.packs.IsHeld(turn.order.platform, turn.order.merchant, PackNow(turn)->digest);
}

void IssueOfLeg(Turn& turn) {
  const Voucher* pending = FindVoucher(turn.order, turn.leg->id);
  CHECK(pending != nullptr);
  IssueVoucher(turn, *turn.leg, pending->kind);
}

void DropPending(Turn& turn) {
  std::erase_if(turn.order.vouchers, [&](const Voucher& each) { return each.id == turn.leg->id; });
}

void GiveBackItsDraws(Turn& turn) { GiveBackDraws(turn, *turn.leg); }

constexpr Guard kDrawsOpen{"its money is limited across orders", Refusal::kNone, false,
                           DrawsAreOpen};
constexpr Guard kAllGranted{"every account has granted it", Refusal::kNone, false, NoDrawIsOpen};
constexpr Guard kNotHeld{"no PayoutHold keeps it", Refusal::kNone, false, NoBrakeHolds};
constexpr Effect kIssue{"VoucherGranted", IssueOfLeg};
constexpr Effect kDrop{"no voucher", DropPending};
constexpr Effect kGiveBack{"what was granted goes back", GiveBackItsDraws};

using enum LegState;
constexpr Trigger kGranted = Trigger::On(EventKind::kDrawGranted);
constexpr Trigger kRefused = Trigger::On(EventKind::kDrawRefused);

// The rows of case-model.md §3.6 as they are for a leg without a case and without an outside
// issuer.
// clang-format off
constexpr std::array kLegRows = {
  //     label  from          on            when           to          then
  LegRow{"m1",  {kNone},      {kReserve},   {kDrawsOpen},  kProposed,  {}},
  LegRow{"m4",  {kNone},      {kReserve},   {},            kReserved,  {}},
  LegRow{"m2",  {kProposed},  {kGranted},   {kAllGranted}, kReserved,  {}},
  LegRow{"m3",  {kProposed},  {kRefused},   {},            kVoid,      {kDrop, kGiveBack}},
  LegRow{"m7",  {kReserved},  {kMayBeSent}, {kNotHeld},    kSubmitted, {}},
  LegRow{"m9",  {kSubmitted}, {kMayBeSent}, {},            kSettled,   {kIssue}},
};
// clang-format on
static_assert(LabelsAreUnique(kLegRows));
static_assert(EveryStateIsReachable(kLegRows, kNone));

bool TakeRowOfLeg(Turn& turn, Leg& leg, Trigger on) {
  turn.leg = &leg;
  static const auto& rows = *new RowsByTrigger<LegRow>(kLegRows);
  const LegRow* row = FindRow(rows, leg.state, on, turn, nullptr);
  if (row == nullptr) return false;
  turn.row = row->label;
  turn.step.transitions.push_back({Machine::kLeg, std::string(row->label), 0,
                                   static_cast<uint8_t>(leg.state), static_cast<uint8_t>(row->to),
                                   leg.id});
  leg.state = row->to;
  for (const Effect& effect : row->then) effect.apply(turn);
  return true;
}

// ---- Draws ----

std::string AccountKey(const Order& order, const std::string& local) {
  return "a/" + std::string(NameOf(order.platform)) + "/" + local;
}

// A token that cannot stand in a key stands there as its hash.
std::string CapKey(const Order& order) {
  std::string key = AccountKey(order, "buyer-cap/" + order.buyer);
  KeyParts parts;
  std::string error;
  if (ParseKey(key, parts, error)) return key;
  return AccountKey(order, "buyer-cap/" + Sha256(order.buyer).hex().substr(0, 32));
}

void Send(Turn& turn, std::string account, Draw draw) {
  turn.messages.push_back(
      {turn.NewId("message").hex(), std::move(account), turn.at, EventBody(std::move(draw))});
}

void AskAccount(Turn& turn, Leg& leg, std::string account,
                const std::optional<policy::AccountLimit>& limit) {
  if (!limit) return;
  Send(turn, std::move(account),
       {leg.id, turn.order.key, turn.InCurrency(leg.amount), limit->limit, limit->window_days,
        false});
  ++leg.draws_open;
}

void GiveBack(Turn& turn, AccountDraw& draw) {
  draw.given_back = true;
  Send(turn, draw.order,
       {draw.leg, turn.order.key, turn.InCurrency(draw.amount), turn.InCurrency(0), 0, true});
}

// Makes the leg and asks its accounts. Its voucher waits with it, in state NONE.
void Propose(Turn& turn, const policy::Pack& pack, VoucherKind kind, int64_t amount,
             std::string cause) {
  Order& order = turn.order;
  Leg leg;
  leg.id = turn.NewId("leg");
  leg.kind = LegKind::kVoucher;
  leg.bearer = Bearer::kPlatform;
  leg.amount = amount;
  AskAccount(turn, leg, AccountKey(order, "voucher-budget"), pack.voucher_budget);
  AskAccount(turn, leg, CapKey(order), pack.buyer_cap);
  Voucher pending;
  pending.id = leg.id;
  pending.kind = kind;
  pending.amount = amount;
  pending.cause = std::move(cause);
  order.vouchers.push_back(std::move(pending));
  order.legs.push_back(std::move(leg));
  TakeRowOfLeg(turn, order.legs.back(), kReserve);
  SendGoodwillVouchers(turn);
}

void ProposeRequested(Turn& turn) {
  const VoucherGrantRequested& grant = Grant(turn);
  Propose(turn, *PackNow(turn), grant.kind, grant.amount.units, grant.cause);
}

// ---- The rows ----

constexpr Guard kByGranter{"the actor is an agent or the platform", Refusal::kRoleMayNot, false,
                           ByGranter};
constexpr Guard kPaid{"the order is paid", Refusal::kNotPaid, false, OrderIsPaid};
constexpr Guard kPack{"a pack is in force", Refusal::kNoPolicyInForce, false, PackIsInForce};
constexpr Guard kGoodwill{"the pack gives a voucher of that kind", Refusal::kUnsupportedKind, true,
                          KindIsGoodwill};
constexpr Guard kGrantPositive{"the amount is above zero", Refusal::kAmountNotPositive, true,
                               GrantIsPositive};
constexpr Guard kGrantCurrency{"the amount is in the order's currency", Refusal::kOtherCurrency,
                               true, GrantInCurrency};
constexpr Guard kWithinClause{"the amount is at most the pack's", Refusal::kTooMuch, true,
                              GrantWithinClause};
constexpr Guard kNewCause{"no voucher was granted for that cause", Refusal::kGrantedBefore, true,
                          CauseIsNew};
constexpr Guard kByTill{"the actor is the platform, the buyer or the payment provider",
                        Refusal::kRoleMayNot, false, ByTill};
constexpr Guard kThere{"the voucher can be redeemed", Refusal::kNoSuchVoucher, true,
                       VoucherIsThere};
constexpr Guard kRedeemedPositive{"the amount is above zero", Refusal::kAmountNotPositive, true,
                                  RedeemedIsPositive};
constexpr Guard kRedeemedCurrency{"the amount is in the voucher's currency",
                                  Refusal::kOtherCurrency, true, RedeemedInCurrency};
constexpr Guard kLeft{"the amount is at most what is left", Refusal::kOverTheCeiling, true,
                      RedeemedIsLeft};
constexpr Effect kPropose{"a VOUCHER leg, by its accounts", ProposeRequested};
constexpr Effect kRedeem{"redeemed", Redeem};

// clang-format off
constexpr std::array kRows = {
  FactRow{"1f", {Trigger::On(EventKind::kVoucherGrantRequested)},
          {kByGranter, kPaid, kPack, kGoodwill, kGrantPositive, kGrantCurrency, kWithinClause, kNewCause}, {kPropose}},
  FactRow{"F8", {Trigger::On(EventKind::kVoucherRedeemed)},
          {kByTill, kThere, kRedeemedPositive, kRedeemedCurrency, kLeft}, {kRedeem}},
};
// clang-format on
static_assert(LabelsAreUnique(kRows));

// 1f stands in the phase table, though it makes no case; F8 is a fact.
void NoteRow(Turn& turn, std::string_view label) {
  turn.row = label;
  const Machine machine = label == "1f" ? Machine::kPhase : Machine::kFact;
  turn.step.transitions.push_back({machine, std::string(label), 0, 0, 0, Id{}});
}

}  // namespace

std::span<const FactRow> VoucherRows() { return kRows; }
std::span<const LegRow> GoodwillLegRows() { return kLegRows; }

void IssueVoucher(Turn& turn, const Leg& leg, VoucherKind kind) {
  Voucher* voucher = FindVoucher(turn.order, leg.id);
  if (voucher == nullptr) {
    turn.order.vouchers.emplace_back();
    voucher = &turn.order.vouchers.back();
    voucher->id = leg.id;
    voucher->case_number = leg.case_number;
    voucher->kind = kind;
    voucher->amount = leg.amount;
  }
  voucher->granted_at = turn.at;
  Move(turn, *voucher, "m9", VoucherState::kIssued);
  Note(turn, DerivedKind::kVoucherGranted, voucher->id, voucher->amount, Role::kBuyer,
       std::string(NameOf(kind)));
  const policy::Limit* limit = PackNow(turn)->FindLimit(Timer::kT26);
  if (limit == nullptr) return;
  voucher->expires_at = FirstInstantTooLate(turn.at, limit->period);
  Arming arming;
  arming.timer = Timer::kT26;
  arming.role = Role::kBuyer;
  arming.leg = voucher->id;
  arming.due = voucher->expires_at;
  ArmOnOrder(turn, arming);
}

bool TakeVoucherEvent(Turn& turn, Trigger on, NotTaken* why) {
  for (const FactRow& row : kRows) {
    if (!row.on.Contains(on) || !GuardsHold(row, turn, why)) continue;
    NoteRow(turn, row.label);
    for (const Effect& effect : row.then) effect.apply(turn);
    return true;
  }
  return false;
}

void PassVoucherDeadline(Turn& turn) {
  Voucher* voucher = FindVoucher(turn.order, turn.firing->leg);
  CHECK(voucher != nullptr && voucher->state == VoucherState::kIssued);
  NoteRow(turn, "F8");
  Move(turn, *voucher, "F8", VoucherState::kExpired);
  Note(turn, DerivedKind::kVoucherExpired, voucher->id, LeftOf(*voucher), Role::kBuyer,
       std::string(NameOf(voucher->kind)));
}

int64_t RevokeSettlementVouchers(Turn& turn, uint32_t case_number) {
  int64_t spent = 0;
  for (Voucher& each : turn.order.vouchers) {
    if (each.kind != VoucherKind::kSettlement || each.case_number != case_number) continue;
    CHECK(CheckedAdd(spent, each.redeemed, spent));
    if (each.state != VoucherState::kIssued) continue;
    Move(turn, each, "F8", VoucherState::kRevoked);
    EndOfVoucher(turn, each.id);
    Note(turn, DerivedKind::kVoucherRevoked, each.id, LeftOf(each), Role::kBuyer,
         std::string(NameOf(each.kind)));
  }
  return spent;
}

void GrantAnomalyVoucher(Turn& turn, const Parcel& parcel, Anomaly kind) {
  const policy::Pack* pack = PackNow(turn);
  if (!pack->anomaly_voucher) return;
  const policy::VoucherClause* clause = pack->FindVoucher(*pack->anomaly_voucher);
  CHECK(clause != nullptr);
  if (clause->amount.currency != turn.order.currency) return;
  std::string cause = std::string(NameOf(kind)) + "/" + parcel.id;
  if (GrantedBefore(turn.order, cause)) return;
  NoteRow(turn, "1f");
  Propose(turn, *pack, clause->kind, clause->amount.units, std::move(cause));
}

bool SendGoodwillVouchers(Turn& turn) {
  bool moved = false;
  for (Leg& leg : turn.order.legs) {
    if (!IsGoodwill(leg) || leg.state != kReserved) continue;
    const bool sent = TakeRowOfLeg(turn, leg, kMayBeSent);
    leg.by_brake = !sent;
    if (sent) TakeRowOfLeg(turn, leg, kMayBeSent);
    moved = moved || sent;
  }
  return moved;
}

void GiveBackDraws(Turn& turn, const Leg& leg) {
  for (AccountDraw& each : turn.order.draws) {
    if (each.leg == leg.id && !each.given_back) GiveBack(turn, each);
  }
}

namespace {

bool TakeGranted(Turn& turn, Leg& leg, const std::string& account) {
  std::vector<AccountDraw>& draws = turn.order.draws;
  const bool again = std::any_of(draws.begin(), draws.end(), [&](const AccountDraw& each) {
    return each.leg == leg.id && each.order == account;
  });
  if (again || (leg.state != kProposed && leg.state != kVoid)) {
    turn.step.result = StepResult::kStale;
    turn.step.detail = "the leg is " + std::string(NameOf(leg.state)) + " already";
    return true;
  }
  // On an order's key a draw names the account that granted it.
  draws.push_back({leg.id, account, leg.amount, turn.at, false});
  if (leg.state == kVoid) {
    turn.step.detail = "the leg is VOID: what was granted goes back";
    GiveBack(turn, draws.back());
    return true;
  }
  --leg.draws_open;
  if (TakeRowOfLeg(turn, leg, kGranted)) SendGoodwillVouchers(turn);
  return true;
}

bool TakeRefused(Turn& turn, Leg& leg, const DrawRefused& refused) {
  if (leg.state == kProposed) {
    turn.step.detail = refused.account + " refused: " + refused.reason;
    leg.draws_open = 0;
    return TakeRowOfLeg(turn, leg, kRefused);
  }
  turn.step.result = leg.state == kVoid ? StepResult::kStale : StepResult::kConflict;
  turn.step.detail = "the leg is " + std::string(NameOf(leg.state)) + " already";
  return true;
}

}  // namespace

bool TakeDrawAnswer(Turn& turn, Trigger on) {
  const bool granted = on == kGranted;
  const Id& id = granted ? turn.BodyAs<DrawGranted>().leg : turn.BodyAs<DrawRefused>().leg;
  Leg* leg = turn.order.FindLeg(id);
  if (leg == nullptr || !IsGoodwill(*leg)) return false;
  return granted ? TakeGranted(turn, *leg, turn.BodyAs<DrawGranted>().account)
                 : TakeRefused(turn, *leg, turn.BodyAs<DrawRefused>());
}

}  // namespace refund::arbiter
