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
//   route        where a filed case goes first                       Route
//   timeout      the seller let T1 pass                              OnTimeout
//   payer        who finally bears a refund                          Bearer
//   ruling       who rules once a case is under review               Ruler
//   freight      who bears the return freight (BUYER: no leg)        Bearer
//   loss         a returned parcel is lost (17a, 17b)                OnLoss
//   unfulfilled  a replacement does not come (21a to 21d)            OnUnfulfilled
//   pay_first    a ruling is paid before its appeal window ends (a10p)   YesNo
//   money_first  the money goes before the goods come back (4f, L3)      YesNo
//   advance      the platform pays first and takes it back (ADVANCE)     YesNo
// A pack that is silent on one of the last six gets its default from packc: BUYER, PAY, REFUND, NO,
// NO, NO, as an unconditional rule with the label "default".
enum class Question : uint8_t {
  kRoute,
  kTimeout,
  kPayer,
  kRuling,
  kFreight,
  kLoss,
  kUnfulfilled,
  kPayFirst,
  kMoneyFirst,
  kAdvance
};
inline constexpr size_t kQuestionCount = 10;
inline constexpr std::array kQuestions = {
    Question::kRoute,      Question::kTimeout, Question::kPayer,       Question::kRuling,
    Question::kFreight,    Question::kLoss,    Question::kUnfulfilled, Question::kPayFirst,
    Question::kMoneyFirst, Question::kAdvance};

// The timers that rows of the machine arm today: a pack must have a limit for each.
inline constexpr std::array kNeededTimers = {Timer::kT0,  Timer::kT1,  Timer::kT2,  Timer::kT3,
                                             Timer::kT4,  Timer::kT5,  Timer::kT6,  Timer::kT7,
                                             Timer::kT8,  Timer::kT9,  Timer::kT10, Timer::kT11,
                                             Timer::kT12, Timer::kT13, Timer::kT14, Timer::kT15};
// Those of the order itself are armed only where the pack has a limit: T20 to T22, T24 to T27.

// First match wins; the last rule of a question has no test. `answer` is a value of
// the question's own enumeration.
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

// A voucher that a platform gives out of goodwill (G-87), and what it draws on (G-85).
struct VoucherClause {
  VoucherKind kind = VoucherKind::kUnspecified;
  Money amount;
  std::string source;
};

// A limit that spans orders, kept by an account.
struct AccountLimit {
  Money limit;
  uint32_t window_days = 0;  // 0: the Beijing month
  std::string source;
};

// The after-sales entrance (rules.md §1.1.c). Absent in a pack: there is none, and no window but
// `filing_window` binds filing.
struct EntranceClause {
  Limit open_window;                      // after OrderCompleted, in which it may be opened (TB-27)
  uint32_t most_openings = 0;             // 0: without limit (TB-38)
  bool cards = false;                     // the buyer may fill in the problem (TB-30)
  bool buyer_reopens = false;             // TB-44
  bool closed_refund_may_return = false;  // an order whose refund was closed may open again (TB-41)
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
  std::map<CaseKind, Limit> seller_review;      // T1 by kind; else deadlines[T1]
  std::optional<Limit> evidence_perishable;     // T8
  std::optional<Limit> filing_window;           // after OrderCompleted (G-13); absent: no limit
  std::optional<Limit> return_in_transit;       // T5 until delivery; else deadlines[T5]
  std::optional<Limit> replacement_in_transit;  // T7 until delivery; else deadlines[T7]
  std::optional<Limit> report_window;  // after delivery, for the fact `reported_in_time` (G-32)
  std::optional<Limit> outage_grace;  // added from the end of an outage to windows that ended in it

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

  std::vector<Rule> route;        // Route
  std::vector<Rule> timeout;      // OnTimeout
  std::vector<Rule> payer;        // Bearer
  std::vector<Rule> ruling;       // Ruler
  std::vector<Rule> freight;      // Bearer
  std::vector<Rule> loss;         // OnLoss
  std::vector<Rule> unfulfilled;  // OnUnfulfilled
  std::vector<Rule> pay_first;    // YesNo
  std::vector<Rule> money_first;  // YesNo
  std::vector<Rule> advance;      // YesNo

  Money freight_flat;       // of a return without a receipt (G-86)
  Money freight_cover_cap;  // what cover and insurance pay at most (G-86)
  std::string freight_source;

  std::vector<VoucherClause> vouchers;
  std::optional<VoucherKind>
      anomaly_voucher;  // granted on a TrackAnomaly, once per parcel and kind
  std::optional<AccountLimit> voucher_budget;  // goodwill draws on the platform's budget
  std::optional<AccountLimit> buyer_cap;       // and on the buyer's cap
  // What the guarantee fund pays for a carrier's fault, it claims from the carrier (G-26).
  bool fund_recovers = false;
  bool voucher_counts = false;  // a settlement voucher counts against the refund ceiling

  // What opens a case of itself (row 1d).
  bool lost_parcel_opens_case = false;
  bool intercepted_product_opens_case = false;

  bool three_options = true;  // the platform's offer may have up to three options (PD-04)
  std::optional<EntranceClause> entrance;

  Digest digest;  // of the canonical bytes; set by whoever decoded or compiled them

  const std::vector<Rule>& RulesOf(Question question) const;
  // The limit for that timer in a case of that kind, perishable or not. Every timer that a row of
  // the machine arms has one: lint sees to it.
  const Limit& LimitOf(Timer timer, CaseKind kind, bool perishable) const;
  const KindClause* FindKind(CaseKind kind) const;
  // Null where the pack has no limit for it.
  const Limit* FindLimit(Timer timer) const;
  const VoucherClause* FindVoucher(VoucherKind kind) const;
};

std::string_view NameOfQuestion(Question question);
// The answers that the question has, by number; 0 is UNSPECIFIED, which no rule may give.
std::span<const std::string_view> AnswersOf(Question question);
// The answer as text: "DIRECT", "MERCHANT", …
std::string_view NameOfAnswer(Question question, uint8_t answer);

}  // namespace refund::policy
