// Doctor: looks at a state, and at its log, and says what is well, what is not, and what to do. It
// writes nothing (but over Kafka a question for the time, to <prefix>.clock), and may run while a
// replay does.
#pragma once

#include <string>
#include <vector>

#include "tools/refundctl/log_init.h"

namespace refund::tools {

enum class Health : uint8_t { kOk, kWarning, kError };

struct Finding {
  Health health = Health::kOk;
  std::string what;   // "views of partition 0"
  std::string found;  // "at offset 57"
  std::string to_do;  // empty where all is well
};

struct DoctorOptions {
  std::string state;
  LogAddress log;     // empty: only the state is looked at
  bool deep = false;  // reads every block of every file, too
};

std::vector<Finding> Examine(const DoctorOptions& options);

// The worst of them.
Health WorstOf(const std::vector<Finding>& findings);

}  // namespace refund::tools
