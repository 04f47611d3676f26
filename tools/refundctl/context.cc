#include "tools/refundctl/context.h"

#include <cstdio>

#include "engine/base/json_text.h"
#include "engine/base/status.h"

namespace refund::tools {
std::string Quoted(const std::string& text) { return JsonText(text); }

void Fail(Context& context, int code, const std::string& message) {
  context.exit_code = code;
  if (context.json) {
    std::fprintf(stderr, "{\"error\":%s,\"code\":%d}\n", Quoted(message).c_str(), code);
  } else {
    std::fprintf(stderr, "refundctl: %s\n", message.c_str());
  }
}

void Fail(Context& context, const absl::Status& status) {
  Fail(context, ExitCodeOf(status), Message(status));
}

}  // namespace refund::tools
