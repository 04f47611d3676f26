#include "engine/policy/pack.h"

#include "engine/base/check.h"

namespace refund::policy {

const std::vector<Rule>& Pack::RulesOf(Question question) const {
  switch (question) {
    case Question::kRoute:
      return route;
    case Question::kTimeout:
      return timeout;
    case Question::kPayer:
      return payer;
    case Question::kRuling:
      return ruling;
    case Question::kFreight:
      return freight;
    case Question::kLoss:
      return loss;
    case Question::kUnfulfilled:
      return unfulfilled;
    case Question::kPayFirst:
      return pay_first;
    case Question::kMoneyFirst:
      return money_first;
    case Question::kAdvance:
      return advance;
  }
  CHECK(false && "every question is a case");
}

const Limit& Pack::LimitOf(Timer timer, CaseKind kind, bool perishable) const {
  if (timer == Timer::kT1) {
    if (const auto found = seller_review.find(kind); found != seller_review.end()) {
      return found->second;
    }
  }
  if (timer == Timer::kT8 && perishable && evidence_perishable) return *evidence_perishable;
  const auto found = deadlines.find(timer);
  CHECK(found != deadlines.end());
  return found->second;
}

const KindClause* Pack::FindKind(CaseKind kind) const {
  for (const KindClause& clause : kinds) {
    if (clause.kind == kind) return &clause;
  }
  return nullptr;
}

const Limit* Pack::FindLimit(Timer timer) const {
  const auto found = deadlines.find(timer);
  return found == deadlines.end() ? nullptr : &found->second;
}

const VoucherClause* Pack::FindVoucher(VoucherKind kind) const {
  for (const VoucherClause& clause : vouchers) {
    if (clause.kind == kind) return &clause;
  }
  return nullptr;
}

std::string_view NameOfQuestion(Question question) {
  switch (question) {
    case Question::kRoute:
      return "route";
    case Question::kTimeout:
      return "timeout";
    case Question::kPayer:
      return "payer";
    case Question::kRuling:
      return "ruling";
    case Question::kFreight:
      return "freight";
    case Question::kLoss:
      return "loss";
    case Question::kUnfulfilled:
      return "unfulfilled";
    case Question::kPayFirst:
      return "pay_first";
    case Question::kMoneyFirst:
      return "money_first";
    case Question::kAdvance:
      return "advance";
  }
  CHECK(false && "every question is a case");
}

std::span<const std::string_view> AnswersOf(Question question) {
  switch (question) {
    case Question::kRoute:
      return EnumNames<Route>::kNames;
    case Question::kTimeout:
      return EnumNames<OnTimeout>::kNames;
    case Question::kPayer:
    case Question::kFreight:
      return EnumNames<Bearer>::kNames;
    case Question::kRuling:
      return EnumNames<Ruler>::kNames;
    case Question::kLoss:
      return EnumNames<OnLoss>::kNames;
    case Question::kUnfulfilled:
      return EnumNames<OnUnfulfilled>::kNames;
    case Question::kPayFirst:
    case Question::kMoneyFirst:
    case Question::kAdvance:
      return EnumNames<YesNo>::kNames;
  }
  CHECK(false && "every question is a case");
}

std::string_view NameOfAnswer(Question question, uint8_t answer) {
  const auto answers = AnswersOf(question);
  return answer < answers.size() ? answers[answer] : "?";
}

}  // namespace refund::policy
