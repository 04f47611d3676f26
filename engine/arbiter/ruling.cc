#include "engine/arbiter/ruling.h"

#include "engine/arbiter/due.h"
#include "engine/arbiter/legs.h"
#include "engine/base/calendar.h"
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
    read.push_back(
        {std::string(NameOf(fact)), policy::ValueText(fact, facts), DetailOf(fact, c, pack)});
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
  DecisionRef ref{d.id, d.basis, d.outcome, d.remedy, d.amount, bearer, d.row, "", "", d.at, false};
  // The rule that led here; the payer's rule only says who pays.
  for (const RuleFired& rule : d.rules) {
    if (!ref.rule.empty() && rule.question == "payer") continue;
    ref.rule = rule.label;
    ref.catalogue = rule.catalogue;
    break;
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

void Decide(Turn& turn, const Verdict& verdict) {
  Case& c = *turn.the_case;
  const policy::Pack& pack = turn.Procedure();
  policy::Facts facts = FactsOf(turn.order, c, pack);
  // An agreement finds nobody at fault (row 6b), so no finding says who pays.
  const bool settled = verdict.basis == Basis::kAgreement;
  if (settled) facts.Set(FactName::kLiability, static_cast<uint8_t>(Liability::kUnspecified));
  VoidReplacedLegs(turn);

  Decision d = Draft(turn, verdict);
  if (settled) d.liability = Liability::kUnspecified;
  d.facts = ReadAll(c, pack, facts);
  for (const policy::Question question : verdict.asked) {
    d.rules.push_back(Fired(question, *policy::Assess(pack, question, facts).rule));
  }
  Bearer bearer = Bearer::kUnspecified;
  if (verdict.amount > 0) {
    const policy::Rule& rule = *policy::Assess(pack, policy::Question::kPayer, facts).rule;
    d.rules.push_back(Fired(policy::Question::kPayer, rule));
    bearer = static_cast<Bearer>(rule.answer);
    d.bearers.push_back({bearer, 10000, verdict.amount});
    d.legs.push_back(ReserveLeg(turn, d, d.bearers.back()));
  }
  c.decisions.push_back(RefOf(d, bearer));
  turn.step.decisions.push_back(std::move(d));
}

}  // namespace refund::arbiter
