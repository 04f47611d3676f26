// The tables of the engine against the tables of the page, exhaustively: for every state and event
// that either side names, every combination of what their guards speak of is tried, and both sides
// must take the same row to the same place. guards.map translates, and lists where they differ on
// purpose; a difference that it does not list, or an entry that nothing came of, fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <tuple>

#include "tests/machines/expression.h"
#include "tests/machines/tables.h"

namespace refund::machines {
namespace {

using Op = Expression::Op;

const std::string kNone = "none";

// "4g" is 4g-L1 to 4g-L9 as well; "F*" is whatever begins so.
bool IsNamed(const std::string& pattern, const std::string& label) {
  if (pattern.ends_with('*')) return label.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == label || label.starts_with(pattern + "-L");
}

std::string BaseOf(const std::string& state) { return state.substr(0, state.find(':')); }

std::string Underscored(std::string event) {
  std::replace(event.begin(), event.end(), ' ', '_');
  return event;
}

// ---- guards.map, read ----

struct Group {
  std::vector<std::string> tokens;
  bool exactly_one = false;
  Entry* entry = nullptr;
};

struct Said {
  Expression expression;
  Entry* entry = nullptr;
};

struct Translation {
  std::string table;
  std::string trigger;
  std::string event;
  Said condition;
};

struct Decided {
  std::vector<std::string> page;
  std::vector<std::string> ours;
  Said condition;
};

class Reading {
 public:
  Reading() : map_(ReadMap()) {
    for (Entry& entry : map_["define"]) defines_[entry.left] = {Read(entry, entry.right), &entry};
    for (Entry& entry : map_["guards"]) guards_[entry.left] = {Read(entry, entry.right), &entry};
    for (Entry& entry : map_["tables"]) tables_[entry.left] = {Read(entry, entry.right), &entry};
    for (Entry& entry : map_["events"]) ReadEvent(entry);
    for (Entry& entry : map_["constraints"]) ReadConstraint(entry);
    for (Entry& entry : map_["decided"]) ReadDecided(entry);
  }

  std::map<std::string, std::vector<Entry>>& sections() { return map_.sections; }
  std::vector<Group>& groups() { return groups_; }
  std::vector<Said>& constraints() { return constraints_; }
  std::vector<Decided>& decided() { return decided_; }
  const std::set<std::string>& words() const { return words_; }

  const Expression* Definition(const std::string& token) {
    const auto found = defines_.find(token);
    return found == defines_.end() ? nullptr : Use(found->second);
  }
  bool IsDefined(const std::string& token) const { return defines_.contains(token); }

  // A token that the page has not, of a row that it has not.
  bool IsOfOurRows(const std::string& token) {
    Entry* entry = Find("tokens", token);
    if (entry != nullptr) entry->used = true;
    return entry != nullptr;
  }

  // What the sentence means; nullptr if the map does not have it.
  const Expression* Guard(const std::string& table, const std::string& sentence) {
    for (const std::string& key : {table + "/" + sentence, sentence}) {
      const auto found = guards_.find(key);
      if (found != guards_.end()) return Use(found->second);
    }
    return nullptr;
  }

  Expression TableIsAsked(const std::string& table) {
    const auto found = tables_.find(table);
    return found == tables_.end() ? Expression{} : *Use(found->second);
  }

  // The events of the page that a trigger of ours answers to, and when.
  std::vector<std::pair<std::string, Expression>> EventsOf(const std::string& table,
                                                           const std::string& trigger) {
    std::vector<std::pair<std::string, Expression>> events;
    for (Translation& each : translations_) {
      if (each.table != table || each.trigger != trigger) continue;
      events.emplace_back(each.event, *Use(each.condition));
    }
    if (events.empty()) events.emplace_back(trigger, Expression{});
    return events;
  }

  std::string LabelOnPage(const std::string& label, const std::string& event) {
    const Entry* entry = Listed("labels", label, event);
    return entry == nullptr ? label : entry->right;
  }

  // SAME, or where the row of ours moves the phase, by its effects or by its label.
  std::string PhaseOf(const OurRow& row) {
    std::vector<std::string> names = row.effects;
    names.push_back("row " + row.label);
    std::string phase = "SAME";
    for (const std::string& name : names) {
      if (const Entry* entry = Find("phases", name)) phase = entry->right;
    }
    return phase;
  }

  // In [labels], [ours] and [elsewhere] a row stands alone, or with one of its events.
  Entry* Listed(const std::string& section, const std::string& label, const std::string& event) {
    Entry* entry = Find(section, label + " on " + event);
    return entry != nullptr ? entry : Find(section, label);
  }

 private:
  Expression Read(const Entry& entry, const std::string& text) {
    Expression read = Parse(text, Where(entry));
    CollectTokens(read, words_);
    return read;
  }

  const Expression* Use(Said& said) {
    said.entry->used = true;
    return &said.expression;
  }

  Entry* Find(const std::string& section, const std::string& left) {
    for (Entry& entry : map_[section]) {
      if (entry.left != left) continue;
      entry.used = true;
      return &entry;
    }
    return nullptr;
  }

  // "what | condition": the condition may have a | of its own.
  static std::pair<std::string, std::string> Halves(const std::string& text) {
    const size_t bar = text.find(" | ");
    if (bar == std::string::npos) return {text, "true"};
    return {text.substr(0, bar), text.substr(bar + 3)};
  }

  // TABLE | trigger = event | condition
  void ReadEvent(Entry& entry) {
    const auto left = Split(entry.left, " | ");
    const auto [event, condition] = Halves(entry.right);
    ASSERT_EQ(left.size(), 2U) << Where(entry);
    translations_.push_back({left[0], left[1], event, {Read(entry, condition), &entry}});
  }

  // one: a b c   most: a b c   or a condition
  void ReadConstraint(Entry& entry) {
    for (const char* word : {"one: ", "most: "}) {
      if (!entry.left.starts_with(word)) continue;
      const std::string tokens = entry.left.substr(std::string(word).size());
      groups_.push_back({Split(tokens, " "), entry.left.starts_with("one"), &entry});
      words_.insert(groups_.back().tokens.begin(), groups_.back().tokens.end());
      return;
    }
    constraints_.push_back({Read(entry, entry.left), &entry});
  }

  // page labels -> our labels | condition
  void ReadDecided(Entry& entry) {
    const auto [rows, condition] = Halves(entry.left);
    const auto sides = Split(rows, " -> ");
    ASSERT_EQ(sides.size(), 2U) << Where(entry);
    decided_.push_back(
        {Split(sides[0], ","), Split(sides[1], ","), {Read(entry, condition), &entry}});
  }

  Map map_;
  std::set<std::string> words_;
  std::map<std::string, Said> defines_;
  std::map<std::string, Said> guards_;
  std::map<std::string, Said> tables_;
  std::vector<Translation> translations_;
  std::vector<Group> groups_;
  std::vector<Said> constraints_;
  std::vector<Decided> decided_;
};

// ---- One state and one event ----

struct Candidate {
  std::string label;  // the page's
  std::string own;    // ours, or the page's line
  std::string to;
  std::string phase;
  Expression when;
  size_t row = 0;  // of its side

  std::string Text() const { return own + " to " + to + (phase == "SAME" ? "" : " / " + phase); }
};

struct Difference {
  uint64_t count = 0;
  uint64_t first = 0;
  uint64_t always = ~0ULL;  // tokens that held in all of them
  uint64_t ever = 0;        // and in any
};

struct Counts {
  uint64_t situations = 0;
  uint64_t combinations = 0;
  uint64_t most_tokens = 0;
  std::set<size_t> page_reached;
  std::set<size_t> ours_reached;
};

class Situation {
 public:
  Situation(Reading& reading, const Machine& machine, std::string state, std::string event)
      : reading_(reading), machine_(machine), state_(std::move(state)), event_(std::move(event)) {}

  void Compare(Counts& counts) {
    GatherPage();
    GatherOurs();
    if (page_.empty() && ours_.empty()) return;
    PlaceTokens();
    if (!PlaceConstraints()) return;
    ++counts.situations;
    counts.most_tokens = std::max<uint64_t>(counts.most_tokens, tokens_.size());
    Enumerate(counts);
    Report();
  }

 private:
  Expression Simplified(const Expression& expression) {
    static const Expression kTrue;
    static const Expression kFalse = Not(Expression{});
    const auto constant = [](bool so) { return so ? &kTrue : &kFalse; };
    return Simplify(expression, [&](const std::string& token) -> const Expression* {
      if (token[0] == '@') {
        return constant(token.substr(1) == state_ || token.substr(1) == BaseOf(state_));
      }
      if (token.starts_with("on:")) return constant(token.substr(3) == Underscored(event_));
      return reading_.Definition(token);
    });
  }

  std::string Resolved(const std::string& to) const {
    const std::string there = to == "SAME" ? state_ : to;
    return machine_.name == "OVERLAY" ? BaseOf(there) : there;
  }

  void Add(std::vector<Candidate>& side, Candidate candidate) {
    candidate.when = Simplified(candidate.when);
    if (!candidate.when.Is(Op::kFalse)) side.push_back(std::move(candidate));
  }

  bool StartsHere(const std::set<std::string>& from) const {
    return from.empty() || from.contains(state_) || from.contains(BaseOf(state_));
  }

  void GatherPage() {
    for (size_t i = 0; i < machine_.page.size(); ++i) {
      const PageRow& row = machine_.page[i];
      if (!StartsHere(row.from) || !row.on.contains(event_)) continue;
      if (reading_.Listed("elsewhere", row.label, event_) != nullptr) continue;
      Add(page_, {row.label, row.label, Resolved(row.to), row.phase, row.when, i});
    }
  }

  void GatherOurs() {
    for (size_t i = 0; i < machine_.ours.size(); ++i) {
      const OurRow& row = machine_.ours[i];
      if (!StartsHere(row.from)) continue;
      for (const std::string& trigger : row.on) {
        for (auto& [event, condition] : reading_.EventsOf(row.table, trigger)) {
          if (event != event_) continue;
          Add(ours_, {reading_.LabelOnPage(row.label, event_), row.label, Resolved(row.to),
                      reading_.PhaseOf(row), WhenOf(row, condition), i});
        }
      }
    }
  }

  Expression WhenOf(const OurRow& row, const Expression& condition) {
    std::vector<Expression> parts{reading_.TableIsAsked(row.table), condition};
    for (const std::string& sentence : row.guards) {
      const Expression* guard = reading_.Guard(row.table, sentence);
      if (guard == nullptr) {
        ADD_FAILURE() << "[guards] has no \"" << sentence << "\" (row " << row.label << " of "
                      << row.table << ")";
        continue;
      }
      parts.push_back(*guard);
    }
    return AllOf(std::move(parts));
  }

  void PlaceTokens() {
    std::set<std::string> tokens;
    for (const auto* side : {&page_, &ours_}) {
      for (const Candidate& each : *side) CollectTokens(each.when, tokens);
    }
    tokens_.assign(tokens.begin(), tokens.end());
    ASSERT_LT(tokens_.size(), 64U);
    for (auto* side : {&page_, &ours_}) {
      for (Candidate& each : *side) Place(each.when, [&](const auto& name) { return Bit(name); });
    }
  }

  int Bit(const std::string& token) const {
    const auto found = std::find(tokens_.begin(), tokens_.end(), token);
    return found == tokens_.end() ? -1 : static_cast<int>(found - tokens_.begin());
  }

  // False if no case can be here with this event.
  bool PlaceConstraints() {
    for (Said& each : reading_.constraints()) {
      Expression folded = Simplified(each.expression);
      if (folded.Is(Op::kTrue)) continue;
      // Of what no row here asks for, nothing can be said.
      if (!Place(folded, [&](const auto& name) { return Bit(name); })) continue;
      if (folded.Is(Op::kFalse)) {
        each.entry->used = true;
        return false;
      }
      constraints_.push_back({std::move(folded), each.entry});
    }
    return true;
  }

  // Each variable is one token, or a group of which at most one holds.
  std::vector<std::vector<uint64_t>> Variables() {
    std::vector<std::vector<uint64_t>> variables;
    std::set<std::string> grouped;
    for (Group& group : reading_.groups()) {
      std::vector<uint64_t> options;
      for (const std::string& token : group.tokens) {
        const int bit = Bit(token);
        if (bit < 0 || grouped.contains(token)) continue;
        options.push_back(1ULL << bit);
        grouped.insert(token);
      }
      if (options.empty()) continue;
      if (options.size() > 1) group.entry->used = true;
      if (!group.exactly_one || options.size() < group.tokens.size()) options.push_back(0);
      variables.push_back(std::move(options));
    }
    for (const std::string& token : tokens_) {
      if (!grouped.contains(token)) variables.push_back({0, 1ULL << Bit(token)});
    }
    return variables;
  }

  void Enumerate(Counts& counts) {
    const auto variables = Variables();
    uint64_t all = 1;
    for (const auto& options : variables) all *= options.size();
    ASSERT_LT(all, 1ULL << 25) << "too many combinations of " << state_ << " and " << event_;
    for (uint64_t n = 0; n < all; ++n) {
      uint64_t bits = 0;
      uint64_t left = n;
      for (const auto& options : variables) {
        bits |= options[left % options.size()];
        left /= options.size();
      }
      if (!CanBe(bits)) continue;
      ++counts.combinations;
      CompareOne(bits, counts);
    }
  }

  bool CanBe(uint64_t bits) {
    for (Said& each : constraints_) {
      if (each.expression.Holds(bits)) continue;
      each.entry->used = true;
      return false;
    }
    return true;
  }

  static const Candidate* First(const std::vector<Candidate>& side, uint64_t bits) {
    for (const Candidate& each : side) {
      if (each.when.Holds(bits)) return &each;
    }
    return nullptr;
  }

  void CompareOne(uint64_t bits, Counts& counts) {
    const Candidate* page = First(page_, bits);
    const Candidate* ours = First(ours_, bits);
    if (page != nullptr) counts.page_reached.insert(page->row);
    if (ours != nullptr) counts.ours_reached.insert(ours->row);
    if (page == nullptr && ours == nullptr) return;
    if (page != nullptr && ours != nullptr && page->label == ours->label && page->to == ours->to &&
        page->phase == ours->phase) {
      return;
    }
    if (page == nullptr && reading_.Listed("ours", ours->own, event_) != nullptr) return;
    if (IsDecided(page, ours, bits)) return;
    Difference& difference = differences_[{page, ours}];
    if (difference.count++ == 0) difference.first = bits;
    difference.always &= bits;
    difference.ever |= bits;
  }

  bool IsDecided(const Candidate* page, const Candidate* ours, uint64_t bits) {
    const std::string page_label = page != nullptr ? page->label : kNone;
    const std::string our_label = ours != nullptr ? ours->own : kNone;
    const auto names = [](const std::vector<std::string>& patterns, const std::string& label) {
      return std::any_of(patterns.begin(), patterns.end(),
                         [&](const std::string& each) { return IsNamed(each, label); });
    };
    for (Decided& each : reading_.decided()) {
      if (!names(each.page, page_label) || !names(each.ours, our_label)) continue;
      const Expression& condition = PlacedConditionOf(each);
      if (!condition.Holds(bits)) continue;
      each.condition.entry->used = true;
      return true;
    }
    return false;
  }

  // Never holds if it speaks of what no row here asks for.
  const Expression& PlacedConditionOf(const Decided& decided) {
    const auto [found, is_new] = decided_.try_emplace(&decided);
    if (is_new) {
      Expression placed = Simplified(decided.condition.expression);
      const bool known = Place(placed, [&](const auto& name) { return Bit(name); });
      found->second = known ? std::move(placed) : Not(Expression{});
    }
    return found->second;
  }

  void Report() {
    for (const auto& [sides, difference] : differences_) {
      std::ostringstream text;
      text << machine_.name << " " << state_ << " × " << event_ << ": the page takes "
           << (sides.first != nullptr ? sides.first->Text() : kNone) << ", the engine "
           << (sides.second != nullptr ? sides.second->Text() : kNone) << "\n  in "
           << difference.count << " combinations; in all of them:";
      for (size_t i = 0; i < tokens_.size(); ++i) {
        if ((difference.always >> i & 1) != 0) text << " " << tokens_[i];
        if ((difference.ever >> i & 1) == 0) text << " !" << tokens_[i];
      }
      text << "\n  first:";
      for (size_t i = 0; i < tokens_.size(); ++i) {
        if ((difference.first >> i & 1) != 0) text << " " << tokens_[i];
      }
      ADD_FAILURE() << text.str();
    }
  }

  Reading& reading_;
  const Machine& machine_;
  std::string state_;
  std::string event_;
  std::vector<Candidate> page_;
  std::vector<Candidate> ours_;
  std::vector<std::string> tokens_;
  std::vector<Said> constraints_;
  std::map<const Decided*, Expression> decided_;
  std::map<std::pair<const Candidate*, const Candidate*>, Difference> differences_;
};

// ---- All of them ----

std::set<std::string> EventsOf(const Machine& machine, Reading& reading) {
  std::set<std::string> events;
  for (const PageRow& row : machine.page) events.insert(row.on.begin(), row.on.end());
  for (const OurRow& row : machine.ours) {
    for (const std::string& trigger : row.on) {
      for (const auto& [event, condition] : reading.EventsOf(row.table, trigger)) {
        events.insert(event);
      }
    }
  }
  return events;
}

Counts CompareAll(Reading& reading, const Machine& machine) {
  Counts counts;
  for (const std::string& event : EventsOf(machine, reading)) {
    for (const std::string& state : machine.states) {
      Situation(reading, machine, state, event).Compare(counts);
    }
  }
  return counts;
}

// A row that no combination reaches is compared with nothing.
void ExpectAllReached(Reading& reading, const Machine& machine, const Counts& counts) {
  for (size_t i = 0; i < machine.page.size(); ++i) {
    const PageRow& row = machine.page[i];
    const bool elsewhere = std::any_of(row.on.begin(), row.on.end(), [&](const auto& event) {
      return reading.Listed("elsewhere", row.label, event) != nullptr;
    });
    EXPECT_TRUE(elsewhere || counts.page_reached.contains(i))
        << "expected.txt:" << row.line << ": row " << row.label << " is never taken";
  }
  for (size_t i = 0; i < machine.ours.size(); ++i) {
    EXPECT_TRUE(counts.ours_reached.contains(i))
        << "row " << machine.ours[i].label << " of " << machine.ours[i].table << " is never taken";
  }
}

TEST(Machines, AreThoseOfThePage) {
  Reading reading;
  for (const Machine& machine : AllMachines()) {
    const Counts counts = CompareAll(reading, machine);
    ExpectAllReached(reading, machine, counts);
    std::cout << machine.name << ": " << counts.combinations << " combinations in "
              << counts.situations << " states with an event, of at most " << counts.most_tokens
              << " tokens; " << machine.page.size() << " rows of the page, " << machine.ours.size()
              << " of the engine\n";
    RecordProperty(machine.name, std::to_string(counts.combinations));
  }
  for (const std::string& word : reading.words()) reading.IsOfOurRows(word);
  for (const auto& [name, entries] : reading.sections()) {
    for (const Entry& entry : entries) {
      EXPECT_TRUE(entry.used) << Where(entry) << ": nothing came of [" << name << "] "
                              << entry.left;
    }
  }
}

TEST(Machines, MapSpeaksOfThePagesTokens) {
  Reading reading;
  const std::set<std::string> legend = LegendTokens();
  for (const std::string& word : reading.words()) {
    if (word[0] == '@' || word.starts_with("on:") || reading.IsDefined(word)) continue;
    EXPECT_TRUE(legend.contains(word) || reading.IsOfOurRows(word))
        << "guards.map: no token of expected.txt: " << word;
  }
}

TEST(Machines, MapGivesReasons) {
  Reading reading;
  for (const auto& [name, entries] : reading.sections()) {
    for (const Entry& entry : entries) {
      const bool needs = (name == "guards" && entry.right == "true") || name == "define" ||
                         name == "constraints" || name == "ours" || name == "elsewhere" ||
                         name == "decided";
      EXPECT_TRUE(!needs || !entry.why.empty()) << Where(entry) << ": why?";
    }
  }
}

// "0009 (30)" at the head of a reason is item 30 of docs/decisions/0009-….md.
bool IsThere(const std::string& cited) {
  const std::string page = cited.substr(0, 4);
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(REFUND_SOURCE_DIR) + "/docs/decisions")) {
    if (!file.path().filename().string().starts_with(page + "-")) continue;
    const size_t item = cited.find('(');
    if (item != 5) return true;
    const std::string number = cited.substr(6, cited.find(')') - 6) + ". ";
    std::ifstream text(file.path());
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with(number)) return true;
    }
  }
  return false;
}

TEST(Machines, DifferencesAreDecided) {
  Reading reading;
  for (const char* name : {"decided", "ours"}) {
    for (const Entry& entry : reading.sections()[name]) {
      const bool cites = entry.why.size() >= 4 && std::isdigit(entry.why[0]) != 0;
      EXPECT_TRUE(cites && IsThere(entry.why))
          << Where(entry) << ": no such page or item in docs/decisions: " << entry.why;
    }
  }
}

}  // namespace
}  // namespace refund::machines
