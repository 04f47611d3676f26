// 1,000,000 random sequences of partial refunds: by units, by amount, of freight, decided anew,
// split, failed, rerouted, reversed, taken back, withdrawn, with cancelled units and bank disputes,
// over several lines, buckets and bearers. The ledger is driven as the engine drives it, and after
// every step all that it says is compared with a second, naive count, made from scratch out of the
// legs alone. Seeds are fixed: a failure names the seed and the sequence, and comes again.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "engine/domain/money.h"
#include "engine/domain/order.h"
#include "engine/ledger/accounts.h"
#include "engine/ledger/apportion.h"
#include "engine/ledger/buckets.h"
#include "engine/ledger/ceiling.h"

namespace refund::ledger {
namespace {

__extension__ using Wide = __int128;

constexpr size_t kMostLines = 3;
constexpr size_t kBuckets = CountOf<Bucket>();
constexpr int kSequences = 250'000;  // for each of four seeds

// splitmix64.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // From `low` to `high`, both included.
  int64_t In(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Next() % static_cast<uint64_t>(high - low + 1));
  }
  bool OneIn(int64_t n) { return In(1, n) == 1; }

 private:
  uint64_t state_;
};

// ---- The naive count. It is written from docs/decisions/0009 and shares nothing with the ledger.
// ----

constexpr std::array kMoneyBuckets = {
    Bucket::kCash,   Bucket::kPresaleDeposit, Bucket::kBalance, Bucket::kGiftCard,
    Bucket::kCredit, Bucket::kFreight,        Bucket::kPacking, Bucket::kTax};

bool NaiveIsMoney(Bucket bucket) {
  return std::find(kMoneyBuckets.begin(), kMoneyBuckets.end(), bucket) != kMoneyBuckets.end();
}
bool NaiveIsGoods(Bucket bucket) {
  return NaiveIsMoney(bucket) && bucket != Bucket::kFreight && bucket != Bucket::kPacking;
}
bool MayBeReplaced(LegState state) {
  return state == LegState::kProposed || state == LegState::kReserved || state == LegState::kHeld ||
         state == LegState::kFailed || state == LegState::kShortfall || state == LegState::kOwed;
}

Wide NaiveValue(const OrderLine& line, Bucket bucket) {
  if (bucket == Bucket::kCash) return line.paid;
  Wide value = 0;
  for (const BucketValue& each : line.buckets) value += each.bucket == bucket ? each.amount : 0;
  return value;
}
// The first `units` of them.
Wide NaiveFirst(const OrderLine& line, Bucket bucket, uint32_t units) {
  return NaiveValue(line, bucket) * units / line.quantity;
}
// What the units that were not cancelled are worth, rounded up.
Wide NaiveCaptured(const OrderLine& line, Bucket bucket) {
  if (NaiveValue(line, bucket) == 0) return 0;
  const Wide kept = line.quantity - line.cancelled;
  return (NaiveValue(line, bucket) * kept + line.quantity - 1) / line.quantity;
}

// What the buyer has of it, or is to have: less what came back, and what was taken back (0014).
Wide NaiveKept(const Order& order, const Leg& leg) {
  Wide kept = leg.amount - leg.reversed;
  for (const Leg& back : order.legs) {
    const bool there = back.state == LegState::kSettled || back.state == LegState::kReversed;
    if (back.kind == LegKind::kClawback && there && back.cause_leg == leg.id) {
      kept -= back.amount - back.reversed;
    }
  }
  return kept;
}

bool NaiveGives(const Leg& leg) {
  return leg.kind != LegKind::kClawback && leg.state != LegState::kVoid &&
         leg.state != LegState::kRerouted;
}

struct Count {
  std::array<std::array<Wide, kBuckets>, kMostLines> given{};
  std::array<std::array<Wide, kBuckets>, kMostLines> by_units{};
  Wide money = 0;     // given in money buckets
  Wide captured = 0;  // in money buckets
  Wide disputed = 0;
  Wide OfOrder() const { return captured - money - disputed; }
};

Count NaiveCount(const Order& order, uint32_t except) {
  Count count;
  for (const Leg& leg : order.legs) {
    if (!NaiveGives(leg)) continue;
    if (except != 0 && leg.case_number == except && MayBeReplaced(leg.state)) continue;
    const auto line = static_cast<size_t>(leg.line[0] - 'A');
    const auto bucket = static_cast<size_t>(leg.bucket);
    const Wide kept = NaiveKept(order, leg);
    count.given[line][bucket] += kept;
    if (leg.by_units) count.by_units[line][bucket] += kept;
    if (NaiveIsMoney(leg.bucket)) count.money += kept;
  }
  for (const OrderLine& line : order.lines) {
    for (const Bucket bucket : kMoneyBuckets) count.captured += NaiveCaptured(line, bucket);
  }
  for (const Dispute& each : order.disputes) {
    if (each.state != DisputeState::kWon) count.disputed += each.amount;
  }
  return count;
}

Wide Left(const Count& count, const OrderLine& line, Bucket bucket) {
  const auto index = static_cast<size_t>(line.line[0] - 'A');
  return std::max<Wide>(
      0, NaiveCaptured(line, bucket) - count.given[index][static_cast<size_t>(bucket)]);
}
Wide LeftOfLine(const Count& count, const OrderLine& line) {
  Wide sum = 0;
  for (const Bucket bucket : kMoneyBuckets) sum += Left(count, line, bucket);
  return sum;
}

bool HasLegByUnits(const Order& order, uint32_t number) {
  for (const Leg& leg : order.legs) {
    if (leg.case_number == number && leg.by_units && NaiveGives(leg) && NaiveKept(order, leg) > 0) {
      return true;
    }
  }
  return false;
}

// Units of the line in other cases: `open` ones count too, or only those given by units.
uint32_t NaiveUnits(const Order& order, const OrderLine& line, uint32_t except, bool open) {
  uint32_t units = 0;
  for (const Case& c : order.cases) {
    if (c.line != line.line || c.number == except) continue;
    if ((open && c.phase != Phase::kClosed) || HasLegByUnits(order, c.number)) units += c.quantity;
  }
  return units;
}

// What is due by units in one bucket for the units of the case.
Wide NaiveDue(const Order& order, const Count& count, const OrderLine& line, Bucket bucket,
              const Case& c) {
  const uint32_t before = line.cancelled + NaiveUnits(order, line, c.number, false);
  const uint32_t upto = std::min(line.quantity, before + c.quantity);
  const Wide left = Left(count, line, bucket);
  if (NaiveIsMoney(bucket) && !NaiveIsGoods(bucket)) {
    const bool had_goods = c.goods == Goods::kWithBuyer;
    const bool buyers_fault = c.finding && c.finding->liability == Liability::kBuyer;
    const bool last = before < line.quantity && upto == line.quantity;
    return last && !(had_goods && buyers_fault) ? left : 0;
  }
  const auto index = static_cast<size_t>(line.line[0] - 'A');
  const Wide due = NaiveFirst(line, bucket, upto) - NaiveFirst(line, bucket, line.cancelled) -
                   count.by_units[index][static_cast<size_t>(bucket)];
  return std::min(left, std::max<Wide>(0, due));
}

std::array<Wide, kParties> NaiveBalances(const Order& order) {
  std::array<Wide, kParties> balances{};
  for (const Leg& leg : order.legs) {
    if (leg.state != LegState::kSettled && leg.state != LegState::kReversed) continue;
    balances[static_cast<size_t>(leg.bearer)] -= leg.amount - leg.reversed;
    balances[static_cast<size_t>(leg.to)] += leg.amount - leg.reversed;
  }
  for (const Dispute& each : order.disputes) {
    if (each.state == DisputeState::kWon) continue;
    const bool lost = each.state == DisputeState::kLost;
    balances[static_cast<size_t>(Bearer::kMerchant)] -= each.amount;
    balances[lost ? static_cast<size_t>(Bearer::kBuyer) : kPsp] += each.amount;
  }
  return balances;
}

// ---- One sequence ----

class Sequence {
 public:
  explicit Sequence(Random& random) : random_(random) {}

  // The first thing that is wrong, and what was done before; empty if all holds.
  std::string Run() {
    MakeOrder();
    Check();
    for (auto left = random_.In(2, 7); left > 0 && failure_.empty(); --left) {
      Step();
      ++steps_;
      Check();
    }
    if (failure_.empty()) RefundTheRest();
    if (failure_.empty()) return "";
    return failure_ + "\n  after:" + trail_;
  }

  uint64_t steps() const { return steps_; }
  uint64_t wholes() const { return wholes_; }

 private:
  void Expect(bool holds, const char* what) {
    if (!holds && failure_.empty()) failure_ = what;
  }
  void Did(const char* what, int64_t number = 0) {
    trail_ += ' ';
    trail_ += what;
    if (number != 0) trail_ += ':' + std::to_string(number);
  }

  int64_t AnyAmount() {
    switch (random_.In(0, 3)) {
      case 0:
        return random_.In(0, 12);
      case 3:
        return random_.OneIn(8) ? kMaxUnits - random_.In(0, 9) : random_.In(0, 99);
      default:
        return random_.In(1, 30'000);
    }
  }

  void MakeOrder() {
    const auto lines = static_cast<size_t>(random_.OneIn(3) ? random_.In(2, kMostLines) : 1);
    for (size_t i = 0; i < lines; ++i) {
      OrderLine line;
      line.line = std::string(1, static_cast<char>('A' + i));
      line.quantity = static_cast<uint32_t>(random_.In(1, 6));
      line.paid = AnyAmount();
      for (size_t b = static_cast<size_t>(Bucket::kCash) + 1; b < kBuckets; ++b) {
        if (random_.OneIn(6)) {
          line.buckets.push_back({static_cast<Bucket>(b), AnyAmount(), Bearer::kMerchant});
        }
      }
      if (random_.OneIn(8)) line.cancelled = static_cast<uint32_t>(random_.In(0, line.quantity));
      order_.lines.push_back(std::move(line));
    }
  }

  void Step() {
    switch (random_.In(0, 14)) {
      case 0:
      case 1:
      case 2:
        return ByUnits();
      case 3:
      case 4:
        return ByAmount();
      case 5:
        return DecideAgain();
      case 6:
      case 7:
        return Answer();
      case 8:
        return Reroute();
      case 9:
        return Reverse();
      case 10:
        return Withdraw();
      case 11:
        return Cancel();
      case 12:
        return MoveDispute();
      case 13:
        return TakeBack();
      default:
        return Split();
    }
  }

  OrderLine& AnyLine() {
    return order_
        .lines[static_cast<size_t>(random_.In(0, static_cast<int64_t>(order_.lines.size()) - 1))];
  }
  Case* AnyCase() {
    if (order_.cases.empty()) return nullptr;
    return &order_.cases[static_cast<size_t>(
        random_.In(0, static_cast<int64_t>(order_.cases.size()) - 1))];
  }
  Leg* AnyLegIn(std::initializer_list<LegState> states) {
    std::vector<Leg*> found;
    for (Leg& leg : order_.legs) {
      if (std::find(states.begin(), states.end(), leg.state) != states.end()) found.push_back(&leg);
    }
    if (found.empty()) return nullptr;
    return found[static_cast<size_t>(random_.In(0, static_cast<int64_t>(found.size()) - 1))];
  }

  uint32_t NewCase(const OrderLine& line, uint32_t quantity) {
    Case c;
    c.number = static_cast<uint32_t>(order_.cases.size() + 1);
    c.line = line.line;
    c.quantity = quantity;
    c.phase = Phase::kAwaitSeller;
    order_.cases.push_back(std::move(c));
    return order_.cases.back().number;
  }

  uint32_t FreeUnits(const OrderLine& line) const {
    const uint32_t taken = line.cancelled + NaiveUnits(order_, line, 0, true);
    return taken < line.quantity ? line.quantity - taken : 0;
  }

  void ByUnits() {
    const OrderLine& line = AnyLine();
    const uint32_t free = FreeUnits(line);
    if (free == 0) return;
    Case& c = order_.cases[NewCase(line, static_cast<uint32_t>(random_.In(1, free))) - 1];
    if (random_.OneIn(4)) {
      c.goods = Goods::kWithBuyer;
      c.finding = Finding{random_.OneIn(2) ? Liability::kBuyer : Liability::kMerchant, "", {}};
    }
    const int64_t refundable = RefundableFor(order_, line, c.quantity, c.number);
    Did("units", refundable);
    if (refundable <= RemainingMoney(order_, line, {c.number})) Decide(c, c.quantity, refundable);
  }

  void ByAmount() {
    const OrderLine& line = AnyLine();
    const uint32_t free = FreeUnits(line);
    Case& c =
        order_.cases[NewCase(line, free == 0 ? 1 : static_cast<uint32_t>(random_.In(1, free))) - 1];
    const int64_t most = RemainingMoney(order_, line, {c.number});
    if (most == 0) return;
    const int64_t amount = random_.OneIn(6) ? most : random_.In(1, most);
    Did("amount", amount);
    Decide(c, free == 0 || random_.OneIn(2) ? 0 : c.quantity, amount);
  }

  // Another decision of the same case: a difference where its money went, else in place of the
  // first.
  void DecideAgain() {
    Case* c = AnyCase();
    if (c == nullptr || c->phase == Phase::kClosed) return;
    const OrderLine& line = *order_.FindLine(c->line);
    const int64_t most = RemainingMoney(order_, line, {c->number});
    if (most == 0) return;
    const bool went = std::any_of(order_.legs.begin(), order_.legs.end(), [&](const Leg& leg) {
      return leg.case_number == c->number && !MayBeReplaced(leg.state) &&
             leg.state != LegState::kVoid;
    });
    Did("again");
    Decide(*c, went ? 0 : c->quantity, random_.In(1, most));
  }

  void Decide(Case& c, uint32_t quantity, int64_t amount) {
    const OrderLine& line = *order_.FindLine(c.line);
    const Count count = NaiveCount(order_, c.number);
    Asked asked;
    asked.case_number = c.number;
    asked.quantity = quantity;
    asked.amount = amount;
    asked.freight_first = random_.OneIn(10);
    asked.restore_coupons = random_.OneIn(2);
    const Apportioned got = Apportion(order_, line, asked);
    CheckApportioned(c, line, count, asked, got);
    for (Leg& leg : order_.legs) {
      if (leg.case_number == c.number && MayBeReplaced(leg.state)) leg.state = LegState::kVoid;
    }
    const std::vector<BearerShare> bearers = BearersOf(amount, AnyShares());
    const std::vector<Portion> portions = Portions(got.money, bearers);
    CheckPortions(got.money, bearers, portions);
    for (const Portion& each : portions) {
      AddLeg(c, each.bucket, each.bearer, each.amount, each.by_units);
    }
    for (const Share& each : got.restored) {
      AddLeg(c, each.bucket, Bearer::kPlatform, each.amount, each.by_units);
    }
  }

  std::vector<LiabilityShare> AnyShares() {
    constexpr std::array kPayers = {Bearer::kMerchant, Bearer::kPlatform, Bearer::kFund,
                                    Bearer::kCarrier, Bearer::kInsurer};
    std::vector<LiabilityShare> shares;
    uint32_t left = 10000;
    while (left > 0 && shares.size() < 2 && random_.OneIn(3)) {
      const auto part = static_cast<uint32_t>(random_.In(1, left));
      shares.push_back({kPayers[static_cast<size_t>(random_.In(0, kPayers.size() - 1))], part});
      left -= part;
    }
    if (left > 0) shares.push_back({Bearer::kMerchant, left});
    return shares;
  }

  // None is all zeros, which stands for no leg.
  Id NextId() const {
    Id id{};
    id.bytes[0] = static_cast<uint8_t>(order_.legs.size() + 1);
    return id;
  }

  Leg& AddLeg(const Case& c, Bucket bucket, Bearer bearer, int64_t amount, bool by_units) {
    Leg leg;
    leg.id = NextId();
    leg.case_number = c.number;
    leg.kind = KindOf(bucket);
    if (NaiveIsMoney(bucket) && random_.OneIn(10)) leg.kind = LegKind::kAdvance;
    leg.bearer = bearer;
    leg.decision.bytes[0] = 1;  // what no decision owns, and follows another, is the buyer's own
    leg.line = c.line;
    leg.bucket = bucket;
    leg.amount = amount;
    leg.by_units = by_units;
    leg.state = LegState::kReserved;
    order_.legs.push_back(std::move(leg));
    return order_.legs.back();
  }

  // The payment system's word for one leg, and the end of the case when all is there.
  void Answer() {
    Leg* leg = AnyLegIn({LegState::kReserved, LegState::kSubmitted, LegState::kFailed});
    if (leg == nullptr) return;
    constexpr std::array kAnswers = {LegState::kSubmitted, LegState::kSettled, LegState::kSettled,
                                     LegState::kSettled,   LegState::kFailed,  LegState::kShortfall,
                                     LegState::kOwed};
    leg->state = kAnswers[static_cast<size_t>(random_.In(0, kAnswers.size() - 1))];
    Did("answer", static_cast<int64_t>(leg->state));
    const uint32_t number = leg->case_number;
    const bool over = std::all_of(order_.legs.begin(), order_.legs.end(), [&](const Leg& each) {
      return each.case_number != number || !IsOpen(each.state);
    });
    if (over) order_.cases[number - 1].phase = Phase::kClosed;
  }

  Leg Successor(const Leg& leg, int64_t amount) {
    Leg next = leg;
    next.id = NextId();
    next.cause_leg = leg.id;
    next.amount = amount;
    next.reversed = 0;
    next.kind = leg.kind == LegKind::kRefundOriginal ? LegKind::kRefundBank : leg.kind;
    next.state = random_.OneIn(3) ? LegState::kOwed : LegState::kReserved;
    return next;
  }

  void Reroute() {
    Leg* leg = AnyLegIn({LegState::kFailed, LegState::kOwed});
    if (leg == nullptr || !NaiveGives(*leg)) return;
    Did("reroute", leg->amount);
    leg->state = LegState::kRerouted;
    order_.legs.push_back(Successor(*leg, leg->amount));
  }

  void Reverse() {
    Leg* leg = AnyLegIn({LegState::kSettled, LegState::kReversed});
    if (leg == nullptr || !NaiveGives(*leg)) return;
    const auto kept = static_cast<int64_t>(NaiveKept(order_, *leg));
    if (kept == 0) return;
    const int64_t amount = random_.In(1, kept);
    Did("reverse", amount);
    leg->reversed += amount;
    leg->state = LegState::kReversed;
    Leg next = Successor(*leg, amount);
    order_.legs.push_back(std::move(next));
  }

  // Some of what the buyer has is taken back, and comes at once or never.
  void TakeBack() {
    Leg* leg = AnyLegIn({LegState::kSettled, LegState::kReversed});
    if (leg == nullptr || !NaiveGives(*leg)) return;
    const auto kept = static_cast<int64_t>(NaiveKept(order_, *leg));
    if (kept == 0) return;
    Leg back = *leg;
    back.id = NextId();
    back.cause_leg = leg->id;
    back.kind = LegKind::kClawback;
    back.to = leg->bearer;
    back.bearer = Bearer::kBuyer;
    back.amount = random_.In(1, kept);
    back.reversed = 0;
    back.state = random_.OneIn(4) ? LegState::kOwed : LegState::kSettled;
    Did("back", back.amount);
    order_.legs.push_back(std::move(back));
  }

  void Withdraw() {
    Case* c = AnyCase();
    if (c == nullptr) return;
    Did("withdraw", c->number);
    VoidUnsent(*c);
  }
  void VoidUnsent(Case& c) {
    for (Leg& leg : order_.legs) {
      if (leg.case_number == c.number && MayBeReplaced(leg.state)) leg.state = LegState::kVoid;
    }
    c.phase = Phase::kClosed;
  }

  // A fact: it comes when it comes, and may lift what was given above what was captured.
  void Cancel() {
    OrderLine& line = AnyLine();
    if (line.cancelled == line.quantity || !random_.OneIn(3)) return;
    Did("cancel");
    line.cancelled += static_cast<uint32_t>(random_.In(1, line.quantity - line.cancelled));
    lifted_ = true;
  }

  void MoveDispute() {
    for (Dispute& each : order_.disputes) {
      if (each.state != DisputeState::kOpen) continue;
      each.state = random_.OneIn(3) ? DisputeState::kLost : DisputeState::kWon;
      Did("closed", static_cast<int64_t>(each.state));
      for (Leg& leg : order_.legs) {
        if (leg.state != LegState::kHeld) continue;
        leg.state = each.state == DisputeState::kLost ? LegState::kVoid : LegState::kReserved;
      }
      lifted_ = lifted_ || each.state == DisputeState::kLost;
      return;
    }
    const int64_t amount = AnyAmount();
    Did("dispute", amount);
    order_.disputes.push_back({"d", amount, random_.OneIn(2), DisputeState::kOpen});
    for (Leg& leg : order_.legs) {
      if (leg.state == LegState::kReserved) leg.state = LegState::kHeld;
    }
  }

  // Some units are answered, the others are a sibling case, with their part of what is reserved.
  void Split() {
    Case* c = AnyCase();
    if (c == nullptr || c->phase == Phase::kClosed || c->quantity < 2) return;
    const uint32_t number = c->number;
    const uint32_t whole = c->quantity;
    const auto kept = static_cast<uint32_t>(random_.In(1, whole - 1));
    for (const Leg& leg : order_.legs) {
      if (leg.case_number == number && leg.state != LegState::kReserved) return;
    }
    Did("split", kept);
    c->quantity = kept;
    const uint32_t sibling = NewCase(*order_.FindLine(c->line), whole - kept);
    for (size_t i = 0, legs = order_.legs.size(); i < legs; ++i) {
      if (order_.legs[i].case_number != number) continue;
      Leg rest = order_.legs[i];
      order_.legs[i].amount = order_.legs[i].amount * kept / whole;
      rest.id = NextId();
      rest.case_number = sibling;
      rest.amount -= order_.legs[i].amount;
      if (order_.legs[i].amount == 0) order_.legs[i].state = LegState::kVoid;
      if (rest.amount > 0) order_.legs.push_back(std::move(rest));
    }
  }

  // At the end: what is not decided is withdrawn, and the units that nobody has are given back at
  // once. Then every bucket of the line has given exactly what was captured in it.
  void RefundTheRest() {
    const bool disputed =
        std::any_of(order_.disputes.begin(), order_.disputes.end(),
                    [](const Dispute& each) { return each.state != DisputeState::kWon; });
    if (lifted_ || disputed) return;
    for (Case& c : order_.cases) {
      if (c.phase != Phase::kClosed && !HasLegByUnits(order_, c.number)) VoidUnsent(c);
    }
    for (const OrderLine& line : order_.lines) {
      const uint32_t free = FreeUnits(line);
      if (free == 0) continue;
      const int64_t left = RemainingMoney(order_, line, {});
      Did("rest", left);
      Case& c = order_.cases[NewCase(line, free) - 1];
      Expect(RefundableFor(order_, line, free, c.number) == left,
             "the last units are not worth all that remains");
      if (left > 0 && failure_.empty()) Decide(c, free, left);
      Check();
      const Count count = NaiveCount(order_, 0);
      const auto index = static_cast<size_t>(line.line[0] - 'A');
      for (const Bucket bucket : kMoneyBuckets) {
        Expect(count.given[index][static_cast<size_t>(bucket)] == NaiveCaptured(line, bucket),
               "a whole refund does not sum to what was captured");
      }
      ++wholes_;
      if (!failure_.empty()) return;
    }
  }

  // ---- What must hold ----

  void Check() {
    const Count now = NaiveCount(order_, 0);
    for (size_t i = 0; i < order_.lines.size(); ++i) {
      const OrderLine& line = order_.lines[i];
      for (size_t b = 0; b < kBuckets; ++b) {
        const auto bucket = static_cast<Bucket>(b);
        const Wide captured = NaiveCaptured(line, bucket);
        Expect(now.given[i][b] <= std::max(captured, before_.given[i][b]),
               "more was given than was captured in a bucket");
        if (captured == 0) continue;
        Expect(CapturedOf(line, bucket) == captured, "CapturedOf");
        Expect(GivenFrom(order_, line, bucket, {}) == now.given[i][b], "GivenFrom");
        Expect(RemainingOf(order_, line, bucket, {}) == Left(now, line, bucket), "RemainingOf");
      }
      Expect(RemainingMoney(order_, line, {}) ==
                 std::max<Wide>(0, std::min(LeftOfLine(now, line), now.OfOrder())),
             "RemainingMoney");
      Expect(UnitsTaken(order_, line, 0) == line.cancelled + NaiveUnits(order_, line, 0, true),
             "UnitsTaken");
    }
    Expect(OrderRemaining(order_, {}) == now.OfOrder(), "OrderRemaining");
    // Below zero only by a fact, and then nothing is added to what was given.
    Expect(now.OfOrder() >= 0 || now.money <= before_.money, "more was given than the order has");
    CheckBalances();
    before_ = now;
  }

  void CheckBalances() {
    const Balances balances = BalancesOf(order_);
    const std::array<Wide, kParties> naive = NaiveBalances(order_);
    Wide sum = 0;
    for (size_t i = 0; i < kParties; ++i) {
      Expect(balances[i] == naive[i], "a balance");
      sum += balances[i];
    }
    Expect(sum == 0, "the balances do not sum to zero");
  }

  void CheckApportioned(const Case& c, const OrderLine& line, const Count& count,
                        const Asked& asked, const Apportioned& got) {
    Wide refundable = 0;
    for (const Bucket bucket : kMoneyBuckets) {
      refundable += NaiveDue(order_, count, line, bucket, c);
    }
    Expect(RefundableFor(order_, line, c.quantity, c.number) == refundable, "RefundableFor");
    const bool by_units = asked.quantity > 0 && !asked.freight_first && asked.amount == refundable;
    Wide sum = 0;
    for (const Share& share : got.money) {
      sum += share.amount;
      Expect(share.amount > 0 && share.amount <= Left(count, line, share.bucket),
             "a share is more than remains of its bucket");
      Expect(share.by_units == by_units, "by units, or by amount");
      Expect(!by_units || share.amount == NaiveDue(order_, count, line, share.bucket, c),
             "a share is not what is due by units");
    }
    Expect(sum == asked.amount, "the shares do not sum to the amount");
    if (!by_units) CheckByAmount(line, count, asked, got);
    for (const Share& share : got.restored) {
      Expect(by_units && !NaiveIsMoney(share.bucket) &&
                 share.amount <= Left(count, line, share.bucket),
             "restored more than remains");
    }
  }

  // Each goods bucket within one of its exact part of what falls on the goods.
  void CheckByAmount(const OrderLine& line, const Count& count, const Asked& asked,
                     const Apportioned& got) {
    const auto share_of = [&](Bucket bucket) {
      for (const Share& share : got.money) {
        if (share.bucket == bucket) return Wide{share.amount};
      }
      return Wide{0};
    };
    Wide goods = 0;
    for (const Bucket bucket : kMoneyBuckets) {
      goods += NaiveIsGoods(bucket) ? Left(count, line, bucket) : 0;
    }
    const Wide freight = Left(count, line, Bucket::kFreight);
    const Wide first = asked.freight_first ? std::min<Wide>(asked.amount, freight) : 0;
    const Wide on_goods = std::min(asked.amount - first, goods);
    const Wide on_freight =
        asked.freight_first ? first : std::min(asked.amount - on_goods, freight);
    Expect(share_of(Bucket::kFreight) == on_freight, "the freight's share");
    Expect(share_of(Bucket::kPacking) == asked.amount - on_goods - on_freight,
           "the packing's share");
    for (const Bucket bucket : kMoneyBuckets) {
      if (!NaiveIsGoods(bucket) || goods == 0) continue;
      const Wide off = share_of(bucket) * goods - on_goods * Left(count, line, bucket);
      Expect(-goods < off && off < goods, "a share is off by one or more");
    }
  }

  void CheckPortions(const std::vector<Share>& shares, const std::vector<BearerShare>& bearers,
                     const std::vector<Portion>& portions) {
    std::array<Wide, kBuckets> of_bucket{};
    std::array<Wide, CountOf<Bearer>()> of_bearer{};
    for (const Portion& each : portions) {
      Expect(each.amount > 0, "a portion of nothing");
      of_bucket[static_cast<size_t>(each.bucket)] += each.amount;
      of_bearer[static_cast<size_t>(each.bearer)] += each.amount;
    }
    Wide amount = 0;
    for (const Share& share : shares) {
      Expect(of_bucket[static_cast<size_t>(share.bucket)] == share.amount, "a bucket's portions");
      amount += share.amount;
    }
    for (const BearerShare& each : bearers) {
      Expect(of_bearer[static_cast<size_t>(each.bearer)] == each.amount, "a bearer's portions");
      const Wide off = Wide{each.amount} * 10000 - amount * each.basis_points;
      Expect(-10000 < off && off < 10000, "a bearer's amount is off by one or more");
    }
  }

  Random& random_;
  Order order_;
  Count before_;
  bool lifted_ = false;  // a fact may have lifted what was given above what was captured
  uint64_t steps_ = 0;
  uint64_t wholes_ = 0;
  std::string failure_;
  std::string trail_;
};

class RandomRefundsTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomRefundsTest, NeverExceedTheCeilingAndSumExactly) {
  uint64_t steps = 0;
  uint64_t wholes = 0;
  for (int i = 0; i < kSequences; ++i) {
    Random random(GetParam() << 32 | static_cast<uint64_t>(i));
    Sequence sequence(random);
    const std::string failure = sequence.Run();
    ASSERT_EQ(failure, "") << "seed " << GetParam() << ", sequence " << i;
    steps += sequence.steps();
    wholes += sequence.wholes();
  }
  std::printf("%d sequences, %llu steps, %llu lines refunded whole\n", kSequences,
              static_cast<unsigned long long>(steps), static_cast<unsigned long long>(wholes));
}

INSTANTIATE_TEST_SUITE_P(FourSeeds, RandomRefundsTest, ::testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace refund::ledger
