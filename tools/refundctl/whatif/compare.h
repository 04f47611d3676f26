// Two runs of one log, case by case: what was decided otherwise, and where they part. Decisions are
// met by their ids, which name causes and no packs. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/domain/step.h"

namespace refund::tools {

// In which respect a decision, or a case, is not the same. kEnd is said of cases alone: another
// phase, close reason or outcome when the log ends.
enum class Difference : uint8_t {
  kAdded,
  kRemoved,
  kOutcome,
  kAmount,
  kPayer,
  kBasis,
  kTime,
  kEnd
};

// Pointers are into the steps that were compared; null: that run has none.
struct DecisionChange {
  std::set<Difference> differences;
  const Decision* was = nullptr;
  const Decision* now = nullptr;
};

// The first step of the case that the two runs do not share: what each of them does there.
struct Parting {
  const Step* was = nullptr;
  const Step* now = nullptr;
};

struct CaseChange {
  std::string key;
  Id id;
  uint32_t number = 0;  // where both have the case, the first run's
  std::set<Difference> differences;
  std::vector<DecisionChange> decisions;  // those that are not the same, the first run's first
  const CaseSummary* was = nullptr;       // as the case stands when the log ends
  const CaseSummary* now = nullptr;
  Currency currency = Currency::kUnspecified;
  int64_t money = 0;  // what the newest decision comes to, less what it came to before
  Parting parting;
  // The step of the second run that did not take what the first one took: from here on people
  // answer to what did not happen.
  const Step* counterfactual = nullptr;
};

struct Comparison {
  int64_t orders = 0;               // with cases, in either run
  int64_t cases = 0;                // in either run
  std::vector<CaseChange> changed;  // by key, then by number
  std::map<Currency, int64_t> money;
};

Comparison Compare(std::span<const Step> was, std::span<const Step> now);

// The labels of the rows that the step took for that case (or for the order), in order.
std::vector<std::string> RowsOf(const Step& step, uint32_t case_number);

}  // namespace refund::tools
