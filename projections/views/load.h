// How a view reads back the row that it is about to change, and moves what names it. Internal to
// projections/views.
#pragma once

#include <optional>
#include <string>

#include "engine/base/status.h"
#include "projections/views/entries.h"
#include "projections/views/view.h"

namespace refund::projections {

// The entry as it was last written; absent if there is none.
template <class Entry>
absl::StatusOr<std::optional<Entry>> Load(ViewRows& rows, ByteView key) {
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, rows.Get(key));
  if (!stored) return std::optional<Entry>();
  ASSIGN_OR_RETURN(Entry entry, Decode<Entry>(key, *stored));
  return std::optional(std::move(entry));
}

// An index row follows the row that it names: from where it was to where it belongs now.
inline void MoveIndex(ViewRows& rows, const std::optional<std::string>& before,
                      const std::optional<std::string>& now) {
  if (before == now) return;
  if (before) rows.Delete(*before);
  if (now) rows.Put(*now, {});
}

// The currency that a step speaks of, which is the order's; kUnspecified if it speaks of none.
inline Currency CurrencyOf(const Step& step) {
  for (const CaseSummary& each : step.cases) {
    if (each.ask.currency != Currency::kUnspecified) return each.ask.currency;
  }
  for (const Decision& each : step.decisions) {
    if (each.currency != Currency::kUnspecified) return each.currency;
  }
  return Currency::kUnspecified;
}

}  // namespace refund::projections
