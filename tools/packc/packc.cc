#include "tools/packc/packc.h"

#include <algorithm>
#include <cstdint>
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
    ReadAllRules();
    root_.Finish();
    return std::move(pack_);
  }

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
    if (const Node* table = root_.Optional("filing_window")) {
      pack_.filing_window = ReadLimit(Section(*table, "[filing_window]", errors_));
    }
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
    return own;
  }

  Section root_;
  Diagnostics& errors_;
  Pack pack_;
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
    const Pack pack = Compiler(*root, errors).Compile();
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
