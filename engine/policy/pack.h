// A pack: a platform's rules at one date, as data. Made by tools/packc from TOML, carried on the
// log as canonical bytes whose SHA-256 is its id, never changed once published. Every number names
// its source (G-nn of rules.md §5). Here are plain values; bytes are engine/codec/pack_codec's
// affair.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/calendar.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/domain/event.h"
#include "engine/domain/money.h"
#include "engine/domain/vocabulary.h"
#include "engine/policy/facts.h"

namespace refund::policy {

// One test of a condition: the fact's value is in `allowed` (bit n = value number n), or, for
// `ask`, the ask is at most `at_most` in the same currency.
struct Test {
  FactName fact = FactName::kKind;
  uint64_t allowed = 0;
  Money at_most;
  std::string source = {};  // of `at_most`: "G-69"
};

// The questions that rules answer, each with its own ordered list.
enum class Question : uint8_t { kRoute, kTimeout, kPayer, kRuling };
inline constexpr std::array kQuestions = {Question::kRoute, Question::kTimeout, Question::kPayer,
                                          Question::kRuling};

// The timers that rows of the machine arm today: a pack must have a limit for each.
inline constexpr std::array kNeededTimers = {Timer::kT0,  Timer::kT1,  Timer::kT2,  Timer::kT4,
                                             Timer::kT8,  Timer::kT9,  Timer::kT10, Timer::kT11,
                                             Timer::kT12, Timer::kT13, Timer::kT15};

// First match wins; the last rule of a question has no test. `answer` is a value of Route,
// OnTimeout, Bearer or Ruler, by question.
struct Rule {
  std::string label;       // "direct-ruling-of-marked-seller"
  std::string catalogue;   // "TB-20"
  std::string words;       // one sentence, for the explanation
  std::vector<Test> when;  // all must hold
  uint8_t answer = 0;
};

// A kind of case that the platform takes, from a date on (a clause of the pack with its own date).
struct KindClause {
  CaseKind kind = CaseKind::kUnspecified;
  Instant from;
  std::string source;
};

struct Limit {
  Period period;
  std::string source;  // "G-12"
};

struct Count {
  uint32_t value = 0;
  std::string source;
};

struct Pack {
  Platform platform = Platform::kUnspecified;
  std::string name;  // "taobao/2024-08-09"
  std::string title;
  Instant effective_from;
  std::vector<KindClause> kinds;

  // Deadlines by timer; T1 may differ by kind, T8 for perishable goods.
  std::map<Timer, Limit> deadlines;
  std::map<CaseKind, Limit> seller_review;   // T1 by kind; else deadlines[T1]
  std::optional<Limit> evidence_perishable;  // T8
  std::optional<Limit> filing_window;        // after OrderCompleted (G-13); absent: no limit

  Count applications_per_line;  // g7
  Count amendments;
  Count offers;  // per party
  Count help_requests;
  Count evidence_rounds;
  Count payout_queries;  // m18
  Count payout_retries;  // m11

  // Thresholds that turn recorded counts into facts.
  Count bad_reviews_over;
  Count violations_over;
  uint32_t good_review_basis_points = 7000;  // strictly below is LOW (G-18)
  std::string good_review_source;

  // Facts that a filed case waits for, and whether only a complaint does (G-90).
  struct Await {
    FactName fact = FactName::kSellerStanding;
    bool complaints_only = false;
    std::string source = {};
  };
  std::vector<Await> awaits;

  FirstStep first_step = FirstStep::kReview;
  Side evidence_from = Side::kBoth;
  std::vector<SlotAsked> slots;
  Money authority_limit;  // above it a ruling needs four eyes (G-84)
  std::string authority_source;
  std::vector<HelpGround> help_grounds;  // besides a refusal (row a1a)

  std::vector<Rule> route;    // Route
  std::vector<Rule> timeout;  // OnTimeout
  std::vector<Rule> payer;    // Bearer
  std::vector<Rule> ruling;   // Ruler

  Digest digest;  // of the canonical bytes; set by whoever decoded or compiled them

  const std::vector<Rule>& RulesOf(Question question) const;
  // The limit for that timer in a case of that kind, perishable or not. Every timer that a row of
  // the machine arms has one: lint sees to it.
  const Limit& LimitOf(Timer timer, CaseKind kind, bool perishable) const;
  const KindClause* FindKind(CaseKind kind) const;
};

std::string_view NameOfQuestion(Question question);
// The answers that the question has, by number; 0 is UNSPECIFIED, which no rule may give.
std::span<const std::string_view> AnswersOf(Question question);
// The answer as text: "DIRECT", "MERCHANT", …
std::string_view NameOfAnswer(Question question, uint8_t answer);

}  // namespace refund::policy
