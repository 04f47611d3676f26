// A case's life as one picture that needs nothing beside it: lanes for phase, arbitration, goods
// and money, its clocks as bars, its decisions as marks, times in Beijing. The distance between two
// steps grows with the logarithm of the time between them, so that seconds and weeks both show.
// Pure: the same bytes for the same steps.
#pragma once

#include <span>
#include <string>

#include "engine/domain/step.h"
#include "projections/views/read.h"
#include "tools/refundctl/views/timeline_text.h"

namespace refund::tools {

std::string CaseSvg(const CaseSteps& timeline, const CaseSummary& of,
                    std::span<const projections::ViewAsOf> as_of);

}  // namespace refund::tools
