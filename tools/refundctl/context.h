// What every command of refundctl shares: how it prints, and how it fails.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "engine/base/exit_code.h"

namespace refund::tools {

// Their names here.
enum : int {
  kOk = kExitOk,
  kDifference = kExitDifference,
  kUsage = kExitUsage,
  kBadPolicy = kExitBadPolicy,
  kLogUnreachable = kExitLogUnreachable,
  kCorrupt = kExitCorrupt,
  kRefusedForSafety = kExitRefusedForSafety,
  kInternal = kExitInternal,
};

struct Context {
  bool json = false;
  int exit_code = kOk;
};

// Prints "refundctl: <message>" to stderr (with --json {"error":…,"code":…}) and sets the exit code
// that goes with the status.
void Fail(Context& context, const absl::Status& status);
void Fail(Context& context, int code, const std::string& message);

// JSON text of a string, quotes included.
std::string Quoted(const std::string& text);

}  // namespace refund::tools
