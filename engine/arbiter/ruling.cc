#include "engine/arbiter/ruling.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/arbiter/answers.h"
#include "engine/arbiter/due.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/vouchers.h"
#include "engine/base/calendar.h"
#include "engine/ledger/apportion.h"
#include "engine/ledger/buckets.h"
#include "engine/ledger/ceiling.h"
#include "engine/policy/assess.h"

namespace refund::arbiter {
namespace {

std::string StandingDetail(const StandingFact& fact, const policy::Pack& pack) {
  return std::to_string(fact.bad_reviews) + " bad reviews (marked over " +
         std::to_string(pack.bad_reviews_over.value) + "), " + std::to_string(fact.violations) +
         " violations (marked over " + std::to_string(pack.violations_over.value) + "), " +
         pack.bad_reviews_over.source + ", recorded " + FormatInstant(fact.at);
}

std::string RatingDetail(const RatingFact& fact, const policy::Pack& pack) {
  return std::to_string(fact.good) + " good of " + std::to_string(fact.rated) +
         " rated (low below " + std::to_string(pack.good_review_basis_points) +
         " of 10000), recorded " + FormatInstant(fact.at);
}

std::string DetailOf(FactName fact, const Case& c, const policy::Pack& pack) {
  if (fact == FactName::kSellerStanding && c.facts.standing) {
    return StandingDetail(*c.facts.standing, pack);
  }
  if (fact == FactName::kGoodReviews && c.facts.rating) return RatingDetail(*c.facts.rating, pack);
  if (fact == FactName::kAbuse && c.facts.abuse) {
    return "model " + c.facts.abuse->model_version + ", recorded " +
           FormatInstant(c.facts.abuse->at);
  }
  if (fact == FactName::kLiability && c.finding) {
    return "found by " + std::string(NameOf(c.finding->author.role)) + " " + c.finding->author.id;
  }
  return "";
}

std::vector<FactRead> ReadAll(const Case& c, const policy::Pack& pack, const policy::Facts& facts) {
  std::vector<FactRead> read;
  read.reserve(policy::kFactCount);
  for (size_t i = 0; i < policy::kFactCount; ++i) {
    const auto fact = static_cast<FactName>(i);
    FactRead& one = read.emplace_back();
    one.name = NameOf(fact);
    one.value = policy::ValueText(fact, facts);
    one.detail = DetailOf(fact, c, pack);
  }
  return read;
}

RuleFired Fired(policy::Question question, const policy::Rule& rule) {
  return {std::string(policy::NameOfQuestion(question)), rule.label, rule.catalogue, rule.words,
          std::string(policy::NameOfAnswer(question, rule.answer))};
}

std::string LimitOf(const Turn& turn, Role party) {
  const Deadline* best = nullptr;
  for (const Deadline& d : turn.order.deadlines) {
    if (d.case_number == turn.the_case->number && d.role == party &&
        (best == nullptr || d.due < best->due)) {
      best = &d;
    }
  }
  if (turn.firing != nullptr && turn.firing->role == party) {
    return std::string(NameOf(turn.firing->timer)) + " armed " +
           FormatInstant(turn.firing->armed_at) + ", passed " + FormatInstant(turn.firing->due);
  }
  if (best == nullptr) return "";
  if (best->paused) {
    return std::string(NameOf(best->timer)) + " paused with " + FormatDuration(best->remaining_ms) +
           " left";
  }
  return std::string(NameOf(best->timer)) + " armed " + FormatInstant(best->armed_at) + ", due " +
         FormatInstant(best->due);
}

std::vector<PartyClock> ClocksOf(const Turn& turn) {
  const SpentTime& spent = turn.the_case->spent;
  return {{Role::kBuyer, spent.buyer_ms, LimitOf(turn, Role::kBuyer)},
          {Role::kSeller, spent.seller_ms, LimitOf(turn, Role::kSeller)},
          {Role::kPlatform, spent.platform_ms, LimitOf(turn, Role::kPlatform)}};
}

DecisionRef RefOf(const Decision& d, Bearer bearer) {
  DecisionRef ref{d.id,  d.basis, d.outcome, d.remedy, d.amount, bearer,
                  d.row, "",      "",        d.at,     false,    d.quantity};
  // The rule that led here comes before the payer's, which only says who pays.
  if (!d.rules.empty()) {
    ref.rule = d.rules.front().label;
    ref.catalogue = d.rules.front().catalogue;
  }
  return ref;
}

Decision Draft(Turn& turn, const Verdict& verdict) {
  Case& c = *turn.the_case;
  Decision d;
  d.id = turn.NewId("decision");
  d.case_id = c.id;
  d.case_number = c.number;
  d.number = static_cast<uint32_t>(c.decisions.size()) + 1;
  d.at = turn.at;
  d.basis = verdict.basis;
  d.outcome = verdict.outcome;
  d.remedy = verdict.remedy;
  d.amount = verdict.amount;
  d.currency = turn.order.currency;
  d.quantity = c.quantity;
  d.row = turn.row;
  d.procedure_pack = c.procedure_pack;
  d.commercial_pack = c.commercial_pack;
  d.clocks = ClocksOf(turn);
  d.liability = c.finding ? c.finding->liability : Liability::kUnspecified;
  d.considered = verdict.considered;
  d.reason_codes = verdict.reason_codes;
  d.authors = verdict.authors;
  d.text = verdict.text;
  return d;
}

}  // namespace

namespace {

// The money of this decision that is still to be moved, by bucket.
ledger::Apportioned ApportionIt(const Turn& turn, const Verdict& verdict, int64_t amount,
                                bool merchant_or_platform) {
  const Case& c = *turn.the_case;
  ledger::Asked asked;
  asked.case_number = c.number;
  const bool by_line = verdict.remedy == Remedy::kPriceDifference || IsGoodsRemedy(verdict.remedy);
  // What is left over after money went is a sum, not units.
  const bool rest = amount != verdict.amount;
  asked.quantity = by_line || rest ? 0 : c.quantity;
  asked.amount = amount;
  asked.freight_first =
      c.reason == ClaimReason::kNotToVillage || c.reason == ClaimReason::kNotToDoor;
  asked.restore_coupons = c.goods == Goods::kUnshipped || merchant_or_platform;
  return ledger::Apportion(turn.order, turn.Line(), asked);
}

LegKind KindOfLeg(const Verdict& verdict, Bucket bucket) {
  const bool difference =
      verdict.remedy == Remedy::kPriceDifference || IsGoodsRemedy(verdict.remedy);
  return difference ? LegKind::kPriceDiff : ledger::KindOf(bucket);
}

void ReserveFor(Turn& turn, Decision& d, Leg leg) {
  leg.decision = d.id;
  d.legs.push_back(ReserveLeg(turn, std::move(leg)));
}

// What the fund pays for the carrier's fault, the carrier owes it (G-26).
bool IsTheCarriers(const Turn& turn) {
  const auto& finding = turn.the_case->finding;
  return turn.Procedure().fund_recovers && finding && finding->liability == Liability::kCarrier;
}

void ReserveMoney(Turn& turn, Decision& d, const Verdict& verdict, int64_t amount) {
  const bool advance = Says(turn, policy::Question::kAdvance);
  const bool forgiving = std::all_of(d.bearers.begin(), d.bearers.end(), [](const BearerShare& b) {
    return b.bearer == Bearer::kMerchant || b.bearer == Bearer::kPlatform;
  });
  const ledger::Apportioned apportioned = ApportionIt(turn, verdict, amount, forgiving);
  d.rounding = apportioned.rounding;
  for (const ledger::Portion& portion : ledger::Portions(apportioned.money, d.bearers)) {
    Leg leg;
    leg.kind = KindOfLeg(verdict, portion.bucket);
    leg.bearer = portion.bearer;
    leg.bucket = portion.bucket;
    leg.amount = portion.amount;
    leg.by_units = portion.by_units;
    if (advance && portion.bearer != Bearer::kPlatform) {
      leg.kind = LegKind::kAdvance;
      leg.behind = std::exchange(leg.bearer, Bearer::kPlatform);
    } else if (portion.bearer == Bearer::kFund && IsTheCarriers(turn)) {
      leg.behind = Bearer::kCarrier;
    }
    ReserveFor(turn, d, std::move(leg));
  }
  for (const ledger::Share& share : apportioned.restored) {
    Leg leg;
    leg.kind = ledger::KindOf(share.bucket);
    leg.bearer = d.bearers.front().bearer;
    leg.bucket = share.bucket;
    leg.amount = share.amount;
    leg.by_units = share.by_units;
    ReserveFor(turn, d, std::move(leg));
  }
}

// Of nothing there is no voucher, nor anybody who bears it: the part of an ask of 1 that one of two
// units has, or what a ceiling leaves.
void ReserveVoucher(Turn& turn, Decision& d, int64_t amount) {
  if (amount == 0) return;
  Leg leg;
  leg.kind = LegKind::kVoucher;
  leg.bearer = d.bearers.front().bearer;
  leg.bucket = turn.Procedure().voucher_counts ? Bucket::kCash : Bucket::kUnspecified;
  leg.amount = amount;
  ReserveFor(turn, d, std::move(leg));
}

// Too much has gone out: it is taken back from the buyer, the newest leg first.
void ClawBack(Turn& turn, Decision& d, int64_t amount) {
  std::vector<Id> out;
  for (const Leg& leg : turn.order.legs) {
    const bool paid = leg.state == LegState::kSubmitted || leg.state == LegState::kSettled ||
                      leg.state == LegState::kReversed;
    if (leg.case_number == turn.the_case->number && paid && IsTowardBuyer(leg) &&
        !IsRestored(leg.kind) && leg.kind != LegKind::kVoucher && !leg.decision.IsZero()) {
      out.push_back(leg.id);
    }
  }
  for (auto id = out.rbegin(); id != out.rend() && amount > 0; ++id) {
    const Leg source = *turn.order.FindLeg(*id);
    const int64_t part =
        std::min(amount, source.amount - source.reversed - TakenBack(turn.order, *id));
    if (part <= 0) continue;
    ReserveFor(turn, d, TakingBack(turn, source, LegKind::kClawback, part));
    ClaimFromBehind(turn, source.id);
    amount -= part;
  }
}

// The legs that stand ready become the decision's, with those who bear them.
void TakeOverReadyLegs(Turn& turn, Decision& d) {
  std::map<Bearer, int64_t> borne;
  for (Leg& leg : turn.order.legs) {
    if (leg.case_number != turn.the_case->number || !IsReady(leg) || !IsTowardBuyer(leg)) continue;
    if (leg.decision.IsZero()) continue;
    leg.decision = d.id;
    d.legs.push_back(leg.id);
    const Bearer bearer = leg.kind == LegKind::kAdvance ? leg.behind : leg.bearer;
    if (!IsRestored(leg.kind)) borne[bearer] += leg.amount;
  }
  if (borne.empty()) return;
  std::vector<int64_t> amounts;
  amounts.reserve(borne.size());
  for (const auto& [bearer, amount] : borne) amounts.push_back(amount);
  const std::vector<int64_t> points = ledger::LargestRemainder(10000, amounts);
  std::vector<LiabilityShare> shares;
  for (const auto& [bearer, amount] : borne) {
    shares.push_back({bearer, static_cast<uint32_t>(points[shares.size()])});
  }
  d.bearers = ledger::BearersOf(d.amount, shares);
}

void SetBearers(Turn& turn, Decision& d, const Verdict& verdict, const policy::Facts& facts) {
  if (verdict.remedy == Remedy::kVoucher && verdict.offered_by != Bearer::kUnspecified) {
    d.bearers = {{verdict.offered_by, 10000, verdict.amount}};
    return;
  }
  if (!verdict.shares.empty()) {
    d.bearers = ledger::BearersOf(verdict.amount, verdict.shares);
    return;
  }
  const policy::Rule& rule =
      *policy::Assess(turn.Procedure(), policy::Question::kPayer, facts).rule;
  d.rules.push_back(Fired(policy::Question::kPayer, rule));
  d.bearers = {{static_cast<Bearer>(rule.answer), 10000, verdict.amount}};
}

// The bearers of the difference: in the proportions of the whole.
std::vector<BearerShare> Scaled(const std::vector<BearerShare>& bearers, int64_t amount) {
  std::vector<LiabilityShare> shares;
  shares.reserve(bearers.size());
  for (const BearerShare& each : bearers) shares.push_back({each.bearer, each.basis_points});
  return ledger::BearersOf(amount, shares);
}

// What a goods remedy leaves to be paid with the goods: below zero, what the buyer gets back.
void NoteDifference(Case& c, const Verdict& verdict) {
  if (!IsGoodsRemedy(verdict.remedy) || verdict.basis == Basis::kDelivery) return;
  if (verdict.difference > 0 || c.extra < 0) c.extra = -verdict.difference;
}

void MoveTheDifference(Turn& turn, Decision& d, const Verdict& verdict) {
  // Of a voucher no money is due, so all that went is too much.
  if (verdict.remedy == Remedy::kVoucher) {
    ClawBack(turn, d, d.before);
    return ReserveVoucher(turn, d, verdict.amount);
  }
  // For the seller after the money, or for nobody, the landing says what is taken back.
  const bool for_nobody = verdict.outcome == RulingOutcome::kNone ||
                          verdict.outcome == RulingOutcome::kVoid ||
                          (verdict.outcome == RulingOutcome::kSeller && turn.the_case->money_first);
  const bool lands = !turn.the_case->landed_first && verdict.basis != Basis::kRearbitration &&
                     verdict.basis != Basis::kRefusalStands;
  const bool by_landing = for_nobody && lands;
  if (by_landing) return;
  const int64_t difference = verdict.amount - d.before;
  if (difference < 0) return ClawBack(turn, d, -difference);
  if (difference == 0) return;
  std::vector<BearerShare> whole = d.bearers;
  d.bearers = Scaled(whole, difference);
  ReserveMoney(turn, d, verdict, difference);
  d.bearers = std::move(whole);
}

}  // namespace

namespace {

// A fact (a bank dispute, a cancellation) may have lowered what is left below what was reserved:
// rows without a ceiling of their own decide no more than that.
int64_t WithinCeiling(const Turn& turn, const Verdict& verdict) {
  if (IsGoodsRemedy(verdict.remedy) && verdict.basis != Basis::kDelivery) return 0;
  if (verdict.remedy == Remedy::kVoucher && !turn.Procedure().voucher_counts) return verdict.amount;
  const Case& c = *turn.the_case;
  const int64_t left = ledger::RemainingMoney(turn.order, turn.Line(), {c.number});
  // Money that a voucher replaces is free again only once it has come back.
  const int64_t went = verdict.remedy == Remedy::kVoucher ? 0 : PaidOutForAnother(turn.order, c);
  return std::min(verdict.amount, left + went);
}

}  // namespace

void Decide(Turn& turn, const Verdict& as_asked) {
  Verdict verdict = as_asked;
  if (!verdict.as_reserved) verdict.amount = WithinCeiling(turn, as_asked);
  Case& c = *turn.the_case;
  const policy::Pack& pack = turn.Procedure();
  policy::Facts facts = FactsOf(turn.order, c, pack);
  // An agreement finds nobody at fault (row 6b), so no finding says who pays.
  const bool settled = verdict.basis == Basis::kAgreement;
  if (settled) facts.Set(FactName::kLiability, static_cast<uint8_t>(Liability::kUnspecified));
  const bool refunds =
      verdict.remedy == Remedy::kRefundOnly || verdict.remedy == Remedy::kReturnRefund;
  if (!refunds) TakeWhatIsOfNoUnit(turn);
  if (verdict.remedy == Remedy::kNone) {
    RememberReady(turn);
  } else {
    ForgetReady(turn);
  }
  if (!verdict.as_reserved) VoidReplacedLegs(turn);
  if (refunds && verdict.amount > 0) GiveBackDifference(turn);
  // Of an overturned voucher the unspent part is revoked; the spent part is its bearer's loss
  // (G-30).
  if (!verdict.as_reserved) RevokeSettlementVouchers(turn, c.number);

  Decision d = Draft(turn, verdict);
  if (settled) d.liability = Liability::kUnspecified;
  d.before = PaidOut(turn.order, c);
  d.facts = ReadAll(c, pack, facts);
  for (const policy::Question question : verdict.asked) {
    d.rules.push_back(Fired(question, *policy::Assess(pack, question, facts).rule));
  }
  if (verdict.as_reserved) TakeOverReadyLegs(turn, d);
  if (verdict.amount > 0 && d.bearers.empty()) SetBearers(turn, d, verdict, facts);
  if (!verdict.as_reserved) MoveTheDifference(turn, d, verdict);
  c.remedy = verdict.remedy;
  c.decided = true;
  NoteDifference(c, verdict);
  const Bearer bearer = d.bearers.empty() ? Bearer::kUnspecified : d.bearers.front().bearer;
  c.decisions.push_back(RefOf(d, bearer));
  turn.step.decisions.push_back(std::move(d));
}

}  // namespace refund::arbiter
