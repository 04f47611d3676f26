#include "tools/refundctl/context.h"

#include <cstdio>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"

namespace refund::tools {
namespace {

ExitCode CodeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kPermissionDenied:
      return kLogUnreachable;
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kOutOfRange:
      return kCorrupt;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return kRefusedForSafety;
    default:
      return kInternal;
  }
}

}  // namespace

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&quoted, "\\u%04x", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

void Fail(Context& context, ExitCode code, const std::string& message) {
  context.exit_code = code;
  if (context.json) {
    std::fprintf(stderr, "{\"error\":%s,\"code\":%d}\n", Quoted(message).c_str(), code);
  } else {
    std::fprintf(stderr, "refundctl: %s\n", message.c_str());
  }
}

void Fail(Context& context, const absl::Status& status) {
  Fail(context, CodeOf(status.code()), Message(status));
}

}  // namespace refund::tools
