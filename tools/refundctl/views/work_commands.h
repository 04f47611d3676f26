// What the commands over work and money do, without the command line: queue, due, legs, vouchers,
// tallies, orders, and what waits or lies in quarantine. Each opens the state, prints to stdout,
// and writes nothing into the state.
#pragma once

#include <cstdint>
#include <string>

#include "tools/refundctl/context.h"

namespace refund::tools {

struct WorkOptions {
  std::string state;
  std::string order;     // KEY
  std::string platform;  // TAOBAO, …
  std::string agent;     // who holds the case
  std::string leg_state;
  std::string until;
  int64_t limit = 100;
};

void ShowQueue(const WorkOptions& options, Context& context);
void ListDue(const WorkOptions& options, Context& context);
void ListLegs(const WorkOptions& options, Context& context);
void ListVouchers(const WorkOptions& options, Context& context);
void ListTallies(const WorkOptions& options, Context& context);
void ListOrders(const WorkOptions& options, Context& context);
void ShowOrder(const WorkOptions& options, Context& context);
void ListParked(const WorkOptions& options, Context& context);
void ExportQuarantine(const WorkOptions& options, Context& context);

}  // namespace refund::tools
