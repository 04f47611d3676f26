// Why a decision is what it is. Pure: from the decision, the step that made it, the order's other
// steps and the packs, to everything that there is to say; explain_text.h prints it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/domain/step.h"
#include "engine/policy/pack.h"

namespace refund::tools {

struct ExplainInput {
  std::span<const Step> steps;               // of the order, by sequence
  size_t step = 0;                           // the one that decided
  size_t decision = 0;                       // which of its decisions
  const policy::Pack* procedure = nullptr;   // null: its bytes are not at hand
  const policy::Pack* commercial = nullptr;  // likewise
};

// A fact as it was, and for which questions a rule looked at it.
struct FactUsed {
  FactRead fact;
  std::vector<std::string> read_for;  // "route", "payer"; empty: on record, but nobody asked
};

// A rule that stood before the one that answered, and the first test that it failed.
struct PassedOver {
  std::string label;
  std::string catalogue;
  std::string why;  // "seller_standing is CLEAR, not MARKED"
};

struct RuleAnswered {
  RuleFired fired;
  std::vector<PassedOver> passed_over;
};

// A row that was taken, with its words.
struct PathRow {
  Instant at;
  uint64_t sequence = 0;
  std::string cause;  // "RefundAccepted ra-1", "T1 of SELLER passed"
  Machine machine = Machine::kPhase;
  std::string label;
  std::string from;
  std::string to;
  std::vector<std::string> when;
  std::vector<std::string> then;
  bool decided = false;
};

// Something that, had it been otherwise, would have changed what was decided (or who pays).
struct Change {
  std::string what;  // a fact's name, a timer, "act", "finding"
  std::string was;
  std::string would_be;
  std::string then;  // what would have followed: "SELLER", "MERCHANT", a refusal, a row
  std::string text;  // the whole, as a sentence
};

struct PackSeen {
  Digest digest;
  std::string name;  // empty, as the rest: its bytes are not at hand
  std::string title;
  std::optional<Instant> effective_from;
};

struct Explanation {
  Decision decision;
  std::string key;
  Money ask;
  std::string sentence;
  std::string cause;           // of the deciding step
  std::vector<PathRow> path;   // of the case, up to the deciding step and with it
  std::vector<PathRow> since;  // what the case did after it
  std::vector<FactUsed> facts;
  std::vector<RuleAnswered> rules;
  PackSeen procedure;
  PackSeen commercial;
  std::vector<LegSummary> legs;        // of the decision, as they stand now
  std::vector<std::string> rested_on;  // where people decided: the finding, the authors, the limit
  std::optional<Change> nearest;       // absent: nothing that is known by itself would have
  std::vector<Change> others;          // further ones, and what would have changed who pays
};

Explanation Explain(const ExplainInput& input);

// The facts as the rules saw them, from what the decision kept of them.
policy::Facts FactsFrom(const std::vector<FactRead>& read, Money ask);

}  // namespace refund::tools
