// An explanation in print: for people and as one JSON object. Pure.
#pragma once

#include <span>
#include <string>

#include "engine/domain/step.h"
#include "projections/views/read.h"
#include "tools/refundctl/views/explain.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

std::string ExplanationText(const Explanation& e, std::span<const projections::ViewAsOf> as_of,
                            const terminal::Paper& paper);
std::string ExplanationJson(const Explanation& e, std::span<const projections::ViewAsOf> as_of);

// Of a case that has no decision: where it stands, whose move it is, by when, and what follows
// then.
std::string StandingText(const CaseSummary& summary, std::span<const projections::ViewAsOf> as_of);
std::string StandingJson(const CaseSummary& summary, std::span<const projections::ViewAsOf> as_of);

}  // namespace refund::tools
