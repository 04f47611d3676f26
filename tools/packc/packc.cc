#include "tools/packc/packc.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "engine/base/status.h"
#include "engine/codec/pack_codec.h"
#include "engine/policy/fault.h"
#include "tools/packc/rules.h"
#include "tools/packc/section.h"
#include "tools/packc/toml_tree.h"

namespace refund::packc {
namespace {

using policy::Pack;

constexpr int64_t kMaxCount = 1'000'000;

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string Bracketed(std::string_view table) { return "[" + std::string(table) + "]"; }

std::string Bracketed(std::string_view table, std::string_view key) {
  return "[" + std::string(table) + "." + std::string(key) + "]";
}

// Reads one file; one function per section of docs/formats/pack.md.
class Compiler {
 public:
  Compiler(const Node& root, Diagnostics& errors)
      : root_(root, "the pack", errors), errors_(errors) {}

  Pack Compile() {
    ReadHead();
    ReadKinds();
    ReadDeadlines();
    ReadWindows();
    ReadCounts();
    ReadThresholds();
    ReadAwaits();
    ReadArbitration();
    ReadFreight();
    ReadVouchers();
    ReadAccounts();
    ReadOpenings();
    ReadEntrance();
    ReadAllRules();
    examples_ = ReadExamples(root_, pack_, errors_);
    root_.Finish();
    return std::move(pack_);
  }

  std::vector<Example> TakeExamples() { return std::move(examples_); }

 private:
  void ReadHead() {
    pack_.platform = root_.Name<Platform>("platform", "platform");
    pack_.name = root_.Word("name");
    pack_.title = root_.Text("title");
    pack_.effective_from = root_.At("effective_from");
  }

  // Calls `read` with each entry of a table whose keys are names of E.
  template <class E, class Read>
  void ForEachNamed(const Node& table, std::string_view name, std::string_view what, Read read) {
    if (table.type != Node::Type::kTable) {
      Section(table, "[" + std::string(name) + "]", errors_);
      return;
    }
    for (const Entry& entry : table.entries) {
      Node key;
      key.type = Node::Type::kText;
      key.place = entry.place;
      key.text = entry.key;
      const auto value = ReadName<E>(key, what, errors_);
      if (value) read(*value, Section(entry.value, Bracketed(name, entry.key), errors_));
    }
  }

  void ReadKinds() {
    const Node* table = root_.Required("kinds", "as in [kinds.REFUND_ONLY]");
    if (table == nullptr) return;
    ForEachNamed<CaseKind>(*table, "kinds", "kind", [&](CaseKind kind, Section section) {
      const Instant from = section.At("from");
      pack_.kinds.push_back({kind, from, section.Source()});
      section.Finish();
    });
    std::sort(pack_.kinds.begin(), pack_.kinds.end(),
              [](const auto& a, const auto& b) { return a.kind < b.kind; });
  }

  policy::Limit ReadLimit(Section section) {
    policy::Limit limit;
    limit.period = section.Span("limit");
    limit.source = section.Source();
    section.Finish();
    return limit;
  }

  void ReadDeadlines() {
    const Node* table = root_.Required("deadlines", "as in [deadlines.T1]");
    if (table == nullptr) return;
    ForEachNamed<Timer>(*table, "deadlines", "timer", [&](Timer timer, Section section) {
      pack_.deadlines[timer] = ReadLimit(std::move(section));
    });
    for (const Timer timer : policy::kNeededTimers) {
      if (table->Find(NameOf(timer)) != nullptr) continue;
      errors_.Add(table->place, "missing " + Bracketed("deadlines", NameOf(timer)) +
                                    ": the machine arms this timer");
    }
  }

  void ReadWindows() {
    if (const Node* table = root_.Optional("seller_review")) {
      ForEachNamed<CaseKind>(*table, "seller_review", "kind", [&](CaseKind kind, Section section) {
        pack_.seller_review[kind] = ReadLimit(std::move(section));
      });
    }
    if (const Node* table = root_.Optional("evidence")) {
      Section evidence(*table, "[evidence]", errors_);
      if (const Node* perishable = evidence.Optional("perishable")) {
        pack_.evidence_perishable =
            ReadLimit(Section(*perishable, "[evidence.perishable]", errors_));
      }
      evidence.Finish();
    }
    const std::pair<std::string_view, std::optional<policy::Limit>*> windows[] = {
        {"filing_window", &pack_.filing_window},
        {"return_in_transit", &pack_.return_in_transit},
        {"replacement_in_transit", &pack_.replacement_in_transit},
        {"report_window", &pack_.report_window},
        {"outage_grace", &pack_.outage_grace},
    };
    for (const auto& [key, limit] : windows) {
      const Node* table = root_.Optional(key);
      if (table != nullptr) *limit = ReadLimit(Section(*table, Bracketed(key), errors_));
    }
  }

  // Sums whose source stands beside them in the parent.
  Money ReadSum(Section& parent, std::string_view key) {
    const Node* node = parent.Required(key);
    if (node == nullptr) return {};
    Section section(*node, Quoted(key), errors_);
    const Money sum = section.Sum();
    section.Finish();
    return sum;
  }

  void ReadFreight() {
    const Node* table = root_.Optional("freight_sums");
    if (table == nullptr) return;
    Section section(*table, "[freight_sums]", errors_);
    pack_.freight_flat = ReadSum(section, "flat");
    pack_.freight_cover_cap = ReadSum(section, "cover_cap");
    pack_.freight_source = section.Source();
    section.Finish();
  }

  void ReadVoucher(const Node& node) {
    Section section(node, "[[vouchers]]", errors_);
    policy::VoucherClause clause;
    if (const Node* kind = section.Required("kind")) {
      // SETTLEMENT is worth what a claim was settled for.
      constexpr uint64_t kGoodwill =
          Sayable<VoucherKind>() &
          ~(uint64_t{1} << static_cast<unsigned>(VoucherKind::kSettlement));
      const auto number =
          ReadWord(*kind, "voucher", EnumNames<VoucherKind>::kNames, kGoodwill, errors_);
      clause.kind = static_cast<VoucherKind>(number.value_or(0));
      if (number && pack_.FindVoucher(clause.kind) != nullptr) {
        errors_.Add(kind->place, "voucher '" + kind->text + "' stands twice");
      }
    }
    clause.amount = section.Sum();
    clause.source = section.Source();
    section.Finish();
    pack_.vouchers.push_back(std::move(clause));
  }

  void ReadVouchers() {
    if (const Node* list = root_.Optional("vouchers")) {
      for (const Node& item : ReadList(*list, "[[vouchers]]", errors_)) ReadVoucher(item);
      std::sort(pack_.vouchers.begin(), pack_.vouchers.end(),
                [](const auto& a, const auto& b) { return a.kind < b.kind; });
    }
    pack_.voucher_counts = root_.YesNo("voucher_counts");
    pack_.fund_recovers = root_.YesNo("fund_recovers");
    const Node* anomaly = root_.Optional("anomaly_voucher");
    if (anomaly == nullptr) return;
    pack_.anomaly_voucher = ReadName<VoucherKind>(*anomaly, "voucher", errors_);
    if (pack_.anomaly_voucher && pack_.FindVoucher(*pack_.anomaly_voucher) == nullptr) {
      errors_.Add(anomaly->place, "the pack has no voucher '" + anomaly->text +
                                      "': add [[vouchers]] kind = \"" + anomaly->text + "\"");
    }
  }

  void ReadAccounts() {
    const std::pair<std::string_view, std::optional<policy::AccountLimit>*> accounts[] = {
        {"voucher_budget", &pack_.voucher_budget},
        {"buyer_cap", &pack_.buyer_cap},
    };
    constexpr int64_t kHundredYears = 36'600;
    for (const auto& [key, account] : accounts) {
      const Node* table = root_.Optional(key);
      if (table == nullptr) continue;
      Section section(*table, Bracketed(key), errors_);
      auto& limit = account->emplace();
      limit.limit = section.Sum();
      limit.window_days = static_cast<uint32_t>(section.Number("window_days", 0, kHundredYears));
      limit.source = section.Source();
      section.Finish();
    }
  }

  void ReadOpenings() {
    pack_.three_options = root_.YesNo("three_options", /*if_absent=*/true);
    const Node* table = root_.Optional("opens_case");
    if (table == nullptr) return;
    Section section(*table, "[opens_case]", errors_);
    pack_.lost_parcel_opens_case = section.YesNo("lost_parcel");
    pack_.intercepted_product_opens_case = section.YesNo("intercepted_product");
    section.Finish();
  }

  void ReadEntrance() {
    const Node* table = root_.Optional("entrance");
    if (table == nullptr) return;
    Section section(*table, "[entrance]", errors_);
    auto& entrance = pack_.entrance.emplace();
    entrance.open_window.period = section.Span("open_window");
    entrance.most_openings = static_cast<uint32_t>(section.Number("most_openings", 0, kMaxCount));
    entrance.cards = section.YesNo("cards");
    entrance.buyer_reopens = section.YesNo("buyer_reopens");
    entrance.closed_refund_may_return = section.YesNo("closed_refund_may_return");
    entrance.source = section.Source();
    entrance.open_window.source = entrance.source;
    section.Finish();
  }

  policy::Count ReadCount(Section& parent, std::string_view table, std::string_view key,
                          std::string_view number, int64_t highest) {
    const Node* node = parent.Required(key);
    if (node == nullptr) return {};
    Section section(*node, Bracketed(table, key), errors_);
    policy::Count count;
    count.value = static_cast<uint32_t>(section.Number(number, 0, highest));
    count.source = section.Source();
    section.Finish();
    return count;
  }

  void ReadCounts() {
    const Node* table = root_.Required("limits");
    if (table == nullptr) return;
    Section limits(*table, "[limits]", errors_);
    const std::pair<std::string_view, policy::Count*> counts[] = {
        {"applications_per_line", &pack_.applications_per_line},
        {"amendments", &pack_.amendments},
        {"offers", &pack_.offers},
        {"help_requests", &pack_.help_requests},
        {"evidence_rounds", &pack_.evidence_rounds},
        {"payout_queries", &pack_.payout_queries},
        {"payout_retries", &pack_.payout_retries},
    };
    for (const auto& [key, count] : counts) {
      *count = ReadCount(limits, "limits", key, "value", kMaxCount);
    }
    limits.Finish();
  }

  void ReadThresholds() {
    if (const Node* table = root_.Required("standing")) {
      Section standing(*table, "[standing]", errors_);
      pack_.bad_reviews_over =
          ReadCount(standing, "standing", "bad_reviews_over", "value", kMaxCount);
      pack_.violations_over =
          ReadCount(standing, "standing", "violations_over", "value", kMaxCount);
      standing.Finish();
    }
    if (const Node* table = root_.Required("rating")) {
      constexpr int64_t kWhole = 10'000;
      Section rating(*table, "[rating]", errors_);
      const policy::Count below =
          ReadCount(rating, "rating", "good_reviews_below", "basis_points", kWhole);
      pack_.good_review_basis_points = below.value;
      pack_.good_review_source = below.source;
      rating.Finish();
    }
  }

  void ReadAwait(const Node& node) {
    Section section(node, "[[awaits]]", errors_);
    Pack::Await await;
    const Node* fact = section.Required("fact");
    await.complaints_only = section.YesNo("complaints_only");
    await.source = section.Source();
    section.Finish();
    if (fact == nullptr) return;
    uint64_t recorded = 0;
    for (size_t i = 0; i < policy::kFactCount; ++i) {
      if (policy::IsRecorded(static_cast<FactName>(i))) recorded |= uint64_t{1} << i;
    }
    const auto number =
        ReadWord(*fact, "recorded fact", EnumNames<FactName>::kNames, recorded, errors_);
    if (!number) return;
    await.fact = static_cast<FactName>(*number);
    if (std::any_of(pack_.awaits.begin(), pack_.awaits.end(),
                    [&](const Pack::Await& a) { return a.fact == await.fact; })) {
      return errors_.Add(fact->place, "fact '" + fact->text + "' is awaited twice");
    }
    awaited_at_.emplace_back(await.fact, fact->place);
    pack_.awaits.push_back(std::move(await));
  }

  void ReadAwaits() {
    const Node* list = root_.Optional("awaits");
    if (list == nullptr) return;
    for (const Node& item : ReadList(*list, "[[awaits]]", errors_)) ReadAwait(item);
    std::sort(pack_.awaits.begin(), pack_.awaits.end(),
              [](const auto& a, const auto& b) { return a.fact < b.fact; });
  }

  bool IsAsked(Role party) const {
    return pack_.evidence_from == Side::kBoth ||
           pack_.evidence_from == (party == Role::kBuyer ? Side::kBuyer : Side::kSeller);
  }

  void ReadSlot(const Node& node) {
    Section section(node, "'slots'", errors_);
    SlotAsked slot;
    if (const Node* party = section.Required("party")) {
      constexpr uint64_t kParties = uint64_t{1} << static_cast<unsigned>(Role::kBuyer) |
                                    uint64_t{1} << static_cast<unsigned>(Role::kSeller);
      const auto role = ReadWord(*party, "party", EnumNames<Role>::kNames, kParties, errors_);
      slot.party = static_cast<Role>(role.value_or(0));
      if (role && pack_.evidence_from != Side::kNone && !IsAsked(slot.party)) {
        errors_.Add(party->place,
                    "evidence is not asked of " + party->text + ": see evidence_from");
      }
    }
    slot.slot = section.Word("slot");
    section.Finish();
    pack_.slots.push_back(std::move(slot));
  }

  void ReadEvidenceFrom(Section& section) {
    const Node* node = section.Required("evidence_from");
    if (node == nullptr) return;
    constexpr uint64_t kSomebody = Sayable<Side>() & ~uint64_t{1};  // not NONE
    const auto side = ReadWord(*node, "side", EnumNames<Side>::kNames, kSomebody, errors_);
    pack_.evidence_from = static_cast<Side>(side.value_or(0));
  }

  void ReadHelpGrounds(const Node& list) {
    for (const Node& item : ReadList(list, "'help_grounds'", errors_)) {
      const auto ground = ReadName<HelpGround>(item, "help ground", errors_);
      if (!ground) continue;
      if (std::find(pack_.help_grounds.begin(), pack_.help_grounds.end(), *ground) !=
          pack_.help_grounds.end()) {
        errors_.Add(item.place, "help ground '" + item.text + "' stands twice");
        continue;
      }
      pack_.help_grounds.push_back(*ground);
    }
    std::sort(pack_.help_grounds.begin(), pack_.help_grounds.end());
  }

  void ReadArbitration() {
    const Node* table = root_.Required("arbitration");
    if (table == nullptr) return;
    Section section(*table, "[arbitration]", errors_);
    pack_.first_step = section.Name<FirstStep>("first_step", "first step");
    ReadEvidenceFrom(section);
    if (const Node* slots = section.Optional("slots")) {
      for (const Node& item : ReadList(*slots, "'slots'", errors_)) ReadSlot(item);
    }
    if (const Node* limit = section.Required("authority_limit")) {
      const auto read = ReadMoney(*limit, "authority_limit", errors_).value_or(SourcedMoney{});
      pack_.authority_limit = read.money;
      pack_.authority_source = read.source;
    }
    if (const Node* grounds = section.Optional("help_grounds")) ReadHelpGrounds(*grounds);
    section.Finish();
  }

  void ReadAllRules() {
    const std::vector<PlacedRule> rules = ReadRules(root_, errors_);
    CheckLabels(rules, errors_);
    CheckLastRules(rules, errors_);
    CheckAwaits(rules, pack_, errors_);
    CheckNeverFires(rules, pack_, errors_);
    CheckAwaitedAreRead(rules);
    pack_.route = Of(policy::Question::kRoute, rules);
    pack_.timeout = Of(policy::Question::kTimeout, rules);
    pack_.payer = Of(policy::Question::kPayer, rules);
    pack_.ruling = Of(policy::Question::kRuling, rules);
    pack_.freight = Of(policy::Question::kFreight, rules);
    pack_.loss = Of(policy::Question::kLoss, rules);
    pack_.unfulfilled = Of(policy::Question::kUnfulfilled, rules);
    pack_.pay_first = Of(policy::Question::kPayFirst, rules);
    pack_.money_first = Of(policy::Question::kMoneyFirst, rules);
    pack_.advance = Of(policy::Question::kAdvance, rules);
  }

  // A case waits only for what decides its route (rules.md G-90).
  void CheckAwaitedAreRead(const std::vector<PlacedRule>& rules) {
    const auto unclear = [](const PlacedRule& placed) { return !placed.understood; };
    if (std::any_of(rules.begin(), rules.end(), unclear)) return;
    for (const auto& [fact, place] : awaited_at_) {
      const auto reads_it = [fact = fact](const PlacedRule& placed) {
        return placed.question == policy::Question::kRoute &&
               std::any_of(placed.rule.when.begin(), placed.rule.when.end(),
                           [&](const policy::Test& test) { return test.fact == fact; });
      };
      if (std::any_of(rules.begin(), rules.end(), reads_it)) continue;
      errors_.Add(place, "no rule of 'route' reads " + std::string(NameOf(fact)) +
                             ": cases would wait for nothing");
    }
  }

  static std::vector<policy::Rule> Of(policy::Question question,
                                      const std::vector<PlacedRule>& rules) {
    std::vector<policy::Rule> own;
    for (const PlacedRule& placed : rules) {
      if (placed.question == question) own.push_back(placed.rule);
    }
    if (!own.empty()) return own;
    if (auto rule = DefaultRule(question)) own.push_back(*std::move(rule));
    return own;
  }

  Section root_;
  Diagnostics& errors_;
  Pack pack_;
  std::vector<Example> examples_;
  std::vector<std::pair<FactName, Place>> awaited_at_;
};

// What the engine will say of the bytes, so that no pack is published which it would refuse.
void Encode(const Pack& pack, Diagnostics& errors, Compiled& out) {
  std::string bytes = codec::EncodePack(pack);
  auto decoded = codec::DecodePack(bytes);
  if (!decoded.ok()) return errors.Add(Place{}, Message(decoded.status()));
  out.pack = *std::move(decoded);
  out.bytes = std::move(bytes);
}

Place PlaceOf(const Node& root, std::string_view key) {
  const Node* node = root.Find(key);
  return node == nullptr ? Place{} : node->place;
}

Diagnostic At(const Compiled& pack, Place place, std::string message) {
  return {pack.file, place.line, place.column, std::move(message)};
}

void LintPair(const Compiled& earlier, const Compiled& later, std::vector<Diagnostic>& found) {
  const Pack& a = *earlier.pack;
  const Pack& b = *later.pack;
  if (a.name == b.name) {
    found.push_back(At(later, later.name_at, "name '" + b.name + "' is taken by " + earlier.file));
  }
  if (a.platform == b.platform && a.effective_from == b.effective_from) {
    found.push_back(At(later, later.effective_from_at,
                       "overlaps " + earlier.file + ": both are packs of " +
                           std::string(NameOf(b.platform)) + " from " +
                           FormatInstant(b.effective_from) + " on"));
  }
}

}  // namespace

Compiled CompilePack(std::string_view toml, std::string_view file) {
  Compiled compiled;
  compiled.file = file;
  Diagnostics errors(file);
  if (const auto root = ParseToml(toml, errors)) {
    compiled.name_at = PlaceOf(*root, "name");
    compiled.effective_from_at = PlaceOf(*root, "effective_from");
    Compiler compiler(*root, errors);
    const Pack pack = compiler.Compile();
    compiled.examples = compiler.TakeExamples();
    if (errors.empty()) Encode(pack, errors, compiled);
  }
  compiled.errors = errors.Take();
  return compiled;
}

std::vector<Diagnostic> LintTogether(const std::vector<Compiled>& packs) {
  std::vector<Diagnostic> found;
  for (size_t later = 0; later < packs.size(); ++later) {
    for (size_t earlier = 0; earlier < later; ++earlier) {
      if (packs[earlier].pack && packs[later].pack) LintPair(packs[earlier], packs[later], found);
    }
  }
  return found;
}

}  // namespace refund::packc
