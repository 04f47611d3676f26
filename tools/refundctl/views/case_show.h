// Everything of one case, for people.
#pragma once

#include <span>
#include <string>

#include "engine/domain/order.h"
#include "engine/policy/pack_book.h"
#include "projections/views/read.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

struct CaseShown {
  const Order& order;
  const Case& the_case;
  const policy::PackBook& packs;  // for their names
  std::span<const projections::ViewAsOf> as_of;
};

std::string CaseShowText(const CaseShown& shown, const terminal::Paper& paper);

}  // namespace refund::tools
