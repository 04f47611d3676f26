#include "tools/refundctl/views/explain_changes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/policy/assess.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

using policy::Facts;
using policy::Pack;
using policy::Question;

Money Amount(const Decision& d) { return {d.amount, d.currency}; }

// The question whose answer brought the decision about, if rules of a pack did.
std::optional<Question> DecidingQuestion(Basis basis) {
  switch (basis) {
    case Basis::kAutomatic:
    case Basis::kDirectRuling:
      return Question::kRoute;
    case Basis::kTimeout:
      return Question::kTimeout;
    case Basis::kRuling:
    case Basis::kAutomaticRuling:
      return Question::kRuling;
    case Basis::kLoss:
      return Question::kLoss;
    case Basis::kFallback:
      return Question::kUnfulfilled;
    default:
      return std::nullopt;
  }
}

// What a value of a fact means in this pack's numbers: " (over 20 bad reviews or …)", or empty.
std::string Meaning(const Pack& pack, FactName fact, std::string_view value) {
  if (value == "UNKNOWN") return " (not recorded in time)";
  if (fact == FactName::kSellerStanding) {
    const bool clear = value == "CLEAR";
    return absl::StrFormat(" (%s %d bad reviews %s %d violations, %s)", clear ? "at most" : "over",
                           pack.bad_reviews_over.value, clear ? "and" : "or",
                           pack.violations_over.value, pack.bad_reviews_over.source);
  }
  if (fact == FactName::kGoodReviews) {
    return absl::StrFormat(" (%s %s good reviews, %s)", value == "LOW" ? "under" : "at least",
                           ShareText(pack.good_review_basis_points), pack.good_review_source);
  }
  return "";
}

// The other recorded values that would have led to the same answer, so that an UNKNOWN which flips
// does not hide the CLEAR that does too.
std::string OrElse(const Pack& pack, Question question, const Facts& facts,
                   const policy::Flip& flip) {
  if (!policy::IsRecorded(flip.fact)) return "";
  std::string text;
  const auto values = policy::ValuesOf(flip.fact);
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] == flip.was || values[i] == flip.would_be) continue;
    Facts changed = facts;
    changed.Set(flip.fact, static_cast<uint8_t>(i));
    if (policy::Assess(pack, question, changed).rule->answer != flip.rule->answer) continue;
    text += absl::StrFormat(" or %s%s", values[i], Meaning(pack, flip.fact, values[i]));
  }
  return text;
}

// Words of a rule inside a sentence: without its full stop.
std::string_view Inner(std::string_view words) {
  if (words.ends_with('.')) words.remove_suffix(1);
  return words;
}

Change ChangeOf(const Pack& pack, Question question, const Facts& facts, const policy::Flip& flip) {
  Change change;
  change.what = NameOf(flip.fact);
  change.was = flip.was;
  change.would_be = flip.would_be;
  change.then = policy::NameOfAnswer(question, flip.rule->answer);
  change.text = absl::StrFormat(
      "had %s been %s%s%s instead of %s, rule %s would have answered %s to \"%s\": %s", change.what,
      change.would_be, Meaning(pack, flip.fact, flip.would_be), OrElse(pack, question, facts, flip),
      change.was, RuleText(flip.rule->label, flip.rule->catalogue), change.then,
      policy::NameOfQuestion(question), Inner(flip.rule->words));
  return change;
}

class Changes {
 public:
  Changes(const ExplainInput& input, const Decision& d, const Facts& facts)
      : input_(input), step_(input.steps[input.step]), d_(d), facts_(facts) {}

  // Of what was decided, in the order of nearness.
  std::vector<Change> OfOutcome() const {
    std::vector<Change> all;
    AddDeadline(all);
    AddAct(all);
    if (const auto question = DecidingQuestion(d_.basis)) AddFlip(*question, all);
    if (d_.basis == Basis::kRuling) AddFounding(all);
    return all;
  }
  // Of who pays.
  std::vector<Change> OfPayer() const {
    std::vector<Change> all;
    if (d_.amount > 0) AddFlip(Question::kPayer, all);
    return all;
  }

 private:
  void AddFlip(Question question, std::vector<Change>& all) const {
    const Pack* pack = input_.procedure;
    if (pack == nullptr || !IsReproduced(question)) return;
    if (const auto flip = policy::NearestFlip(*pack, question, facts_)) {
      all.push_back(ChangeOf(*pack, question, facts_, *flip));
    }
  }

  bool IsReproduced(Question question) const {
    return std::any_of(d_.rules.begin(), d_.rules.end(), [&](const RuleFired& fired) {
      return fired.question == policy::NameOfQuestion(question) &&
             Reproduces(*input_.procedure, fired, facts_);
    });
  }

  void AddDeadline(std::vector<Change>& all) const;
  void AddAct(std::vector<Change>& all) const;
  void AddFounding(std::vector<Change>& all) const;
  std::optional<Instant> LastDue(Timer timer) const;
  std::string AfterSilence() const;

  const ExplainInput& input_;
  const Step& step_;
  const Decision& d_;
  const Facts& facts_;
};

void Changes::AddDeadline(std::vector<Change>& all) const {
  if (!step_.cause.IsDeadline()) return;
  if (d_.basis != Basis::kTimeout && d_.basis != Basis::kRefusalStands) return;
  const bool seller = d_.basis == Basis::kTimeout;
  const std::string last = FormatInstant(step_.at + -1);
  Change change;
  change.what = NameOf(step_.cause.timer);
  change.was = "passed " + FormatInstant(step_.at);
  change.would_be = absl::StrFormat("%s by %s", seller ? "answered" : "asked for help", last);
  const bool inspects = step_.cause.timer == Timer::kT5;
  change.then = seller ? "no decision by silence" : "no decision by expiry";
  change.text = absl::StrFormat(
      "had %s by %s, the last instant in time, %s would not have passed and nothing would have "
      "been decided by it",
      inspects ? "the seller refused what came back (ReturnInspected REFUSED)"
      : seller ? "the seller refused (RefundRejected) or made an offer (OfferMade)"
               : "the buyer asked for help (PlatformHelpRequested) or amended the claim "
                 "(RefundAmended)",
      last, NameOf(step_.cause.timer));
  all.push_back(std::move(change));
}

// When that deadline of the case was to pass, as last armed or resumed before the decision.
std::optional<Instant> Changes::LastDue(Timer timer) const {
  std::optional<Instant> due;
  for (const Step& step : input_.steps.first(input_.step)) {
    for (const DeadlineChange& each : step.deadlines) {
      if (each.case_number != d_.case_number || each.timer != timer) continue;
      const bool runs = each.act == DeadlineAct::kArmed || each.act == DeadlineAct::kResumed;
      due = runs ? std::optional(each.due) : std::nullopt;
    }
  }
  return due;
}

// What would have come of T1, had the seller said nothing.
std::string Changes::AfterSilence() const {
  const std::optional<Instant> due = LastDue(Timer::kT1);
  if (!due || input_.procedure == nullptr) return "";
  const policy::Rule& rule = *policy::Assess(*input_.procedure, Question::kTimeout, facts_).rule;
  return absl::StrFormat(
      "; had the seller said nothing, T1 would have passed %s and rule %s "
      "answered %s",
      FormatInstant(*due), RuleText(rule.label, rule.catalogue),
      policy::NameOfAnswer(Question::kTimeout, rule.answer));
}

void Changes::AddAct(std::vector<Change>& all) const {
  Change change{"act", CauseText(step_.cause), "", "", ""};
  switch (d_.basis) {
    case Basis::kAcceptance:
      if (d_.row.starts_with(
              "a")) {  // the seller gave in under arbitration: the refusal was before
        change.would_be = "no RefundAccepted";
        change.then = "the arbitration";
        change.text =
            "had the seller not given in (RefundAccepted), the arbitration would have gone on";
        break;
      }
      change.would_be = "RefundRejected";
      change.then = "row 8";
      change.text =
          "had the seller refused instead (RefundRejected), the buyer would have had to "
          "ask the platform for help (row 8, T4)" +
          AfterSilence();
      break;
    case Basis::kChoice:
      change.would_be = "OfferDeclined";
      change.then = d_.row.starts_with("a") ? "row a5b" : "row 7a";
      change.text =
          absl::StrFormat("had the offer been declined instead (OfferDeclined), %s (%s)",
                          d_.row.starts_with("a") ? "the arbitration would have gone on to evidence"
                                                  : "the seller's review would have gone on",
                          change.then);
      break;
    case Basis::kAgreement:
      change.would_be = "agreed_by without both parties";
      change.then = NameOf(Refusal::kNotBothParties);
      change.text =
          "had agreed_by not named both a BUYER and a SELLER, the settlement would have "
          "been refused as NOT_BOTH_PARTIES";
      break;
    default:
      return;
  }
  all.push_back(std::move(change));
}

void Changes::AddFounding(std::vector<Change>& all) const {
  Change change;
  change.what = "finding";
  change.was = NameOf(d_.liability);
  change.would_be = "none";
  change.then = NameOf(Refusal::kNoFinding);
  change.text =
      "without a finding of who is at fault (LiabilityAssessed) the ruling would have "
      "been refused as NO_FINDING (TT-21)";
  all.push_back(std::move(change));
  const Pack* pack = input_.procedure;
  if (pack == nullptr || d_.amount == 0 || d_.authors.size() != 1) return;
  Change limit;
  limit.what = "amount";
  limit.was = FormatMoney(Amount(d_));
  limit.would_be = "over " + FormatMoney(pack->authority_limit);
  limit.then = "row a9";
  limit.text = absl::StrFormat(
      "over %s (%s) it would have waited for a second pair of eyes (row "
      "a9)",
      FormatMoney(pack->authority_limit), pack->authority_source);
  all.push_back(std::move(limit));
}

}  // namespace

std::vector<Change> ChangesOfOutcome(const ExplainInput& input, const Decision& d,
                                     const Facts& facts) {
  return Changes(input, d, facts).OfOutcome();
}

std::vector<Change> ChangesOfPayer(const ExplainInput& input, const Decision& d,
                                   const Facts& facts) {
  return Changes(input, d, facts).OfPayer();
}

std::optional<Question> QuestionNamed(std::string_view name) {
  for (const Question question : policy::kQuestions) {
    if (policy::NameOfQuestion(question) == name) return question;
  }
  return std::nullopt;
}

bool Reproduces(const Pack& pack, const RuleFired& fired, const Facts& facts) {
  const auto question = QuestionNamed(fired.question);
  return question && policy::Assess(pack, *question, facts).rule->label == fired.label;
}

}  // namespace refund::tools
