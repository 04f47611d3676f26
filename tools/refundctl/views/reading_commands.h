// What the commands that only read do, without the command line: each opens the state, prints to
// stdout, and on failure says so and sets the exit code. Nothing is written into the state.
#pragma once

#include <cstdint>
#include <string>

#include "tools/refundctl/context.h"

namespace refund::tools {

struct CaseOptions {
  std::string state;
  std::string text;  // CASE
  bool open = false;
  uint32_t decision = 0;  // 0: the newest
  std::string role;
  bool svg = false;  // of the timeline: as a picture
};

void ListCases(const CaseOptions& options, Context& context);
void ShowCase(const CaseOptions& options, Context& context);
void ShowTimeline(const CaseOptions& options, Context& context);
void ExplainCase(const CaseOptions& options, Context& context);
void ListActions(const CaseOptions& options, Context& context);

struct QuarantineOptions {
  std::string state;
  std::string where;  // PARTITION/OFFSET
};

void ListQuarantine(const QuarantineOptions& options, Context& context);
void ShowQuarantined(const QuarantineOptions& options, Context& context);

// An empty type: all of them.
void PrintSchema(const std::string& type, Context& context);

struct MachinesOptions {
  bool mermaid = false;
  bool dot = false;
  bool svg = false;
  std::string of;  // one of them; empty: all
};
void PrintMachines(const MachinesOptions& options, Context& context);

}  // namespace refund::tools
