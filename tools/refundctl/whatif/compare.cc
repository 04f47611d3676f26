#include "tools/refundctl/whatif/compare.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace refund::tools {
namespace {

using CaseName = std::pair<std::string, Id>;          // order and case
using Claimed = std::pair<std::string, std::string>;  // order and claim id

// What a run made of one case.
struct Course {
  uint32_t number = 0;
  std::vector<const Step*> steps;
  std::vector<const Decision*> decisions;
  const CaseSummary* end = nullptr;
};

struct Run {
  std::map<CaseName, Course> cases;
  std::map<Claimed, const Step*> claims;  // what each claim came to, when it first came
};

std::set<uint32_t> CasesOf(const Step& step) {
  std::set<uint32_t> numbers = {step.case_number};
  for (const Transition& each : step.transitions) numbers.insert(each.case_number);
  for (const CaseSummary& each : step.cases) numbers.insert(each.number);
  for (const Decision& each : step.decisions) numbers.insert(each.case_number);
  numbers.erase(0);
  return numbers;
}

Run Fold(std::span<const Step> steps) {
  Run run;
  std::map<std::pair<std::string, uint32_t>, Id> ids;
  for (const Step& step : steps) {
    if (!step.cause.IsDeadline()) run.claims.emplace(Claimed(step.key, step.cause.claim_id), &step);
    for (const CaseSummary& each : step.cases) ids[{step.key, each.number}] = each.id;
    for (const uint32_t number : CasesOf(step)) {
      const auto id = ids.find({step.key, number});
      if (id == ids.end()) continue;
      Course& course = run.cases[{step.key, id->second}];
      course.number = number;
      course.steps.push_back(&step);
      for (const Decision& each : step.decisions) {
        if (each.case_number == number) course.decisions.push_back(&each);
      }
      for (const CaseSummary& each : step.cases) {
        if (each.number == number) course.end = &each;
      }
    }
  }
  return run;
}

auto PayersOf(const Decision& decision) {
  std::vector<std::pair<Bearer, int64_t>> payers;
  for (const BearerShare& each : decision.bearers) payers.emplace_back(each.bearer, each.amount);
  return payers;
}

std::vector<Bearer> NamesOfPayers(const Decision& decision) {
  std::vector<Bearer> names;
  for (const BearerShare& each : decision.bearers) names.push_back(each.bearer);
  return names;
}

std::set<Difference> DifferencesOf(const Decision* was, const Decision* now) {
  if (was == nullptr) return {Difference::kAdded};
  if (now == nullptr) return {Difference::kRemoved};
  std::set<Difference> found;
  if (std::tie(was->outcome, was->remedy) != std::tie(now->outcome, now->remedy)) {
    found.insert(Difference::kOutcome);
  }
  if (std::tie(was->amount, was->currency) != std::tie(now->amount, now->currency)) {
    found.insert(Difference::kAmount);
  }
  // Another sum alone is no other payer.
  const bool same_payers = found.contains(Difference::kAmount)
                               ? NamesOfPayers(*was) == NamesOfPayers(*now)
                               : PayersOf(*was) == PayersOf(*now);
  if (!same_payers) found.insert(Difference::kPayer);
  if (was->basis != now->basis) found.insert(Difference::kBasis);
  if (was->at != now->at) found.insert(Difference::kTime);
  return found;
}

const Decision* FindDecision(const std::vector<const Decision*>& decisions, const Id& id) {
  const auto found = std::find_if(decisions.begin(), decisions.end(),
                                  [&](const Decision* each) { return each->id == id; });
  return found == decisions.end() ? nullptr : *found;
}

std::vector<DecisionChange> DecisionChanges(const Course& was, const Course& now) {
  std::vector<DecisionChange> changes;
  const auto note = [&](const Decision* a, const Decision* b) {
    std::set<Difference> found = DifferencesOf(a, b);
    if (!found.empty()) changes.push_back({std::move(found), a, b});
  };
  for (const Decision* each : was.decisions) note(each, FindDecision(now.decisions, each->id));
  for (const Decision* each : now.decisions) {
    if (FindDecision(was.decisions, each->id) == nullptr) note(nullptr, each);
  }
  return changes;
}

bool EndAlike(const CaseSummary* was, const CaseSummary* now) {
  if (was == nullptr || now == nullptr) return was == now;
  return std::tie(was->phase, was->close_reason, was->outcome) ==
         std::tie(now->phase, now->close_reason, now->outcome);
}

bool SameCause(const Cause& a, const Cause& b) {
  return std::tie(a.claim_id, a.kind, a.timer, a.role, a.generation) ==
         std::tie(b.claim_id, b.kind, b.timer, b.role, b.generation);
}

bool SameStep(const Step& was, uint32_t was_number, const Step& now, uint32_t now_number) {
  if (!SameCause(was.cause, now.cause) || was.at != now.at || was.result != now.result ||
      was.refusal != now.refusal || RowsOf(was, was_number) != RowsOf(now, now_number) ||
      was.decisions.size() != now.decisions.size()) {
    return false;
  }
  for (size_t i = 0; i < was.decisions.size(); ++i) {
    if (!DifferencesOf(&was.decisions[i], &now.decisions[i]).empty()) return false;
  }
  return true;
}

Parting FindParting(const Course& was, const Course& now) {
  for (size_t i = 0; i < std::max(was.steps.size(), now.steps.size()); ++i) {
    const Step* a = i < was.steps.size() ? was.steps[i] : nullptr;
    const Step* b = i < now.steps.size() ? now.steps[i] : nullptr;
    if (a == nullptr || b == nullptr || !SameStep(*a, was.number, *b, now.number)) return {a, b};
  }
  return {};
}

const Step* FindCounterfactual(const Course& was, const Run& now) {
  for (const Step* each : was.steps) {
    if (each->cause.IsDeadline() || each->result != StepResult::kApplied) continue;
    const auto there = now.claims.find({each->key, each->cause.claim_id});
    if (there != now.claims.end() && there->second->result != StepResult::kApplied) {
      return there->second;
    }
  }
  return nullptr;
}

int64_t NewestAmount(const Course& course) {
  return course.decisions.empty() ? 0 : course.decisions.back()->amount;
}

Currency CurrencyOf(const Course& was, const Course& now) {
  for (const Course* each : {&was, &now}) {
    if (!each->decisions.empty()) return each->decisions.back()->currency;
  }
  return Currency::kUnspecified;
}

CaseChange ChangeOf(const CaseName& name, const Course& was, const Course& now,
                    const Run& now_run) {
  CaseChange change;
  std::tie(change.key, change.id) = name;
  change.number = was.end != nullptr ? was.number : now.number;
  change.was = was.end;
  change.now = now.end;
  change.decisions = DecisionChanges(was, now);
  for (const DecisionChange& each : change.decisions) {
    change.differences.insert(each.differences.begin(), each.differences.end());
  }
  if (!EndAlike(was.end, now.end)) change.differences.insert(Difference::kEnd);
  change.currency = CurrencyOf(was, now);
  change.money = NewestAmount(now) - NewestAmount(was);
  change.parting = FindParting(was, now);
  change.counterfactual = FindCounterfactual(was, now_run);
  return change;
}

}  // namespace

std::vector<std::string> RowsOf(const Step& step, uint32_t case_number) {
  std::vector<std::string> rows;
  for (const Transition& each : step.transitions) {
    if (each.case_number == case_number || each.case_number == 0) rows.push_back(each.row);
  }
  return rows;
}

Comparison Compare(std::span<const Step> was, std::span<const Step> now) {
  const Run was_run = Fold(was);
  const Run now_run = Fold(now);
  std::set<CaseName> names;
  for (const Run* run : {&was_run, &now_run}) {
    for (const auto& [name, course] : run->cases) names.insert(name);
  }
  Comparison result;
  std::set<std::string> orders;
  const auto course_in = [](const Run& run, const CaseName& name) {
    const auto found = run.cases.find(name);
    return found == run.cases.end() ? Course() : found->second;
  };
  for (const CaseName& name : names) {
    orders.insert(name.first);
    CaseChange change = ChangeOf(name, course_in(was_run, name), course_in(now_run, name), now_run);
    if (change.differences.empty()) continue;
    if (change.money != 0) result.money[change.currency] += change.money;
    result.changed.push_back(std::move(change));
  }
  result.orders = static_cast<int64_t>(orders.size());
  result.cases = static_cast<int64_t>(names.size());
  std::stable_sort(result.changed.begin(), result.changed.end(),
                   [](const CaseChange& a, const CaseChange& b) {
                     return std::tie(a.key, a.number) < std::tie(b.key, b.number);
                   });
  return result;
}

}  // namespace refund::tools
