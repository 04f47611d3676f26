#include "tools/packc/statements.h"

#include <optional>
#include <utility>

#include "tools/packc/words.h"

namespace refund::packc {
namespace {

using policy::Pack;
using policy::Question;
using policy::Rule;

std::string Sourced(std::string says, std::string_view source) {
  return source.empty() ? says : says + " (" + std::string(source) + ")";
}

// Gathers everything that a pack says but its rules.
class Statements {
 public:
  explicit Statements(const Pack& pack) : pack_(pack) {
    SayHead();
    SayTime();
    SayCounts();
    SayArbitration();
    SayMoney();
    SayOpenings();
  }

  std::vector<Statement> Take() { return std::move(said_); }

 private:
  void Say(std::string_view topic, std::string_view subject, std::string says,
           std::string_view about = {}) {
    said_.push_back(
        {std::string(topic), std::string(subject), std::string(about), std::move(says)});
  }
  void SayFlag(std::string_view topic, std::string_view subject, bool yes) {
    Say(topic, subject, yes ? "yes" : "no");
  }
  void SayLimit(std::string_view topic, std::string_view subject, const policy::Limit& limit,
                std::string_view about = {}) {
    Say(topic, subject, Sourced(FormatPeriod(limit.period), limit.source), about);
  }
  void SayCount(std::string_view topic, std::string_view subject, const policy::Count& count) {
    Say(topic, subject, Sourced(std::to_string(count.value), count.source));
  }
  void SaySum(std::string_view topic, std::string_view subject, Money sum,
              std::string_view source) {
    if (sum != Money{}) Say(topic, subject, Sourced(FormatMoney(sum), source));
  }

  void SayHead() {
    Say("pack", "platform", std::string(NameOf(pack_.platform)));
    Say("pack", "effective_from", FormatInstant(pack_.effective_from));
    Say("pack", "title", pack_.title);
    for (const auto& kind : pack_.kinds) {
      Say("kinds", NameOf(kind.kind),
          Sourced("taken from " + FormatInstant(kind.from), kind.source));
    }
  }

  void SayTime() {
    for (const auto& [timer, limit] : pack_.deadlines) {
      SayLimit("deadlines", NameOf(timer), limit, WordsOfTimer(timer));
    }
    for (const auto& [kind, limit] : pack_.seller_review) {
      SayLimit("seller_review", NameOf(kind), limit, "T1 for this kind");
    }
    const std::pair<std::string_view, const std::optional<policy::Limit>&> windows[] = {
        {"evidence.perishable", pack_.evidence_perishable},
        {"filing_window", pack_.filing_window},
        {"return_in_transit", pack_.return_in_transit},
        {"replacement_in_transit", pack_.replacement_in_transit},
        {"report_window", pack_.report_window},
        {"outage_grace", pack_.outage_grace},
    };
    for (const auto& [name, limit] : windows) {
      if (limit) SayLimit("windows", name, *limit);
    }
  }

  void SayCounts() {
    SayCount("limits", "applications_per_line", pack_.applications_per_line);
    SayCount("limits", "amendments", pack_.amendments);
    SayCount("limits", "offers", pack_.offers);
    SayCount("limits", "help_requests", pack_.help_requests);
    SayCount("limits", "evidence_rounds", pack_.evidence_rounds);
    SayCount("limits", "payout_queries", pack_.payout_queries);
    SayCount("limits", "payout_retries", pack_.payout_retries);
    SayCount("standing", "bad_reviews_over", pack_.bad_reviews_over);
    SayCount("standing", "violations_over", pack_.violations_over);
    Say("rating", "good_reviews_below",
        Sourced(std::to_string(pack_.good_review_basis_points) + " basis points",
                pack_.good_review_source));
    for (const auto& await : pack_.awaits) {
      Say("awaits", NameOf(await.fact),
          Sourced(await.complaints_only ? "by complaints" : "by every case", await.source));
    }
  }

  void SayArbitration() {
    Say("arbitration", "first_step", std::string(NameOf(pack_.first_step)));
    Say("arbitration", "evidence_from", std::string(NameOf(pack_.evidence_from)));
    std::string slots;
    for (const auto& slot : pack_.slots) {
      slots += (slots.empty() ? "" : ", ") + std::string(NameOf(slot.party)) + " " + slot.slot;
    }
    if (!slots.empty()) Say("arbitration", "slots", slots);
    SaySum("arbitration", "authority_limit", pack_.authority_limit, pack_.authority_source);
    for (const HelpGround ground : pack_.help_grounds) {
      Say("help_grounds", NameOf(ground), "named");
    }
  }

  void SayAccount(std::string_view subject, const std::optional<policy::AccountLimit>& account) {
    if (!account) return;
    const std::string window = account->window_days == 0
                                   ? " a month"
                                   : " in " + std::to_string(account->window_days) + " days";
    Say("vouchers", subject, Sourced(FormatMoney(account->limit) + window, account->source));
  }

  void SayMoney() {
    SaySum("freight_sums", "flat", pack_.freight_flat, pack_.freight_source);
    SaySum("freight_sums", "cover_cap", pack_.freight_cover_cap, pack_.freight_source);
    for (const auto& voucher : pack_.vouchers) {
      SaySum("vouchers", NameOf(voucher.kind), voucher.amount, voucher.source);
    }
    if (pack_.anomaly_voucher) {
      Say("vouchers", "anomaly_voucher", std::string(NameOf(*pack_.anomaly_voucher)));
    }
    SayAccount("voucher_budget", pack_.voucher_budget);
    SayAccount("buyer_cap", pack_.buyer_cap);
    SayFlag("vouchers", "voucher_counts", pack_.voucher_counts);
    SayFlag("payer", "fund_recovers", pack_.fund_recovers);
  }

  void SayOpenings() {
    SayFlag("opens_case", "lost_parcel", pack_.lost_parcel_opens_case);
    SayFlag("opens_case", "intercepted_product", pack_.intercepted_product_opens_case);
    SayFlag("offers", "three_options", pack_.three_options);
    if (!pack_.entrance) return;
    const policy::EntranceClause& entrance = *pack_.entrance;
    SayLimit("entrance", "open_window", entrance.open_window);
    const uint32_t most = entrance.most_openings;
    Say("entrance", "most_openings", most == 0 ? "without limit" : std::to_string(most));
    SayFlag("entrance", "cards", entrance.cards);
    SayFlag("entrance", "buyer_reopens", entrance.buyer_reopens);
    SayFlag("entrance", "closed_refund_may_return", entrance.closed_refund_may_return);
  }

  const Pack& pack_;
  std::vector<Statement> said_;
};

}  // namespace

std::vector<Statement> StatementsOf(const Pack& pack) { return Statements(pack).Take(); }

std::vector<Statement> RuleStatements(const Pack& pack, Question question) {
  std::vector<Statement> said;
  for (const Rule& rule : pack.RulesOf(question)) {
    const std::string answer(policy::NameOfAnswer(question, rule.answer));
    said.push_back(
        {std::string(NameOfQuestion(question)), rule.label, std::string(WordsOfQuestion(question)),
         Sourced(answer + ", " + ConditionWords(rule), rule.catalogue) + ": " + rule.words});
  }
  return said;
}

}  // namespace refund::packc
