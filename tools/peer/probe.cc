// What tools/bench/peer.py asks of a topic:
//   peer_probe drain BROKERS TOPIC       reads it as fast as librdkafka can
//   peer_probe decisions BROKERS TOPIC   sums up the steps on it, in no order
// "begun" at the first record of a drain; then one JSON line.
#include <cstdio>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"
#include "engine/base/status.h"
#include "tools/peer/decisions.h"
#include "tools/peer/drain.h"

namespace refund::peer {
namespace {

absl::Status PrintDrained(const std::string& brokers, const std::string& topic) {
  ASSIGN_OR_RETURN(const Drained drained, Drain(brokers, topic));
  absl::PrintF("{\"records\":%d,\"bytes\":%d,\"seconds\":%.4f}\n", drained.records, drained.bytes,
               drained.seconds);
  return absl::OkStatus();
}

std::string Hex(const Decided::Sum& sum) {
  return absl::StrFormat("%016x%016x%016x%016x", sum[0], sum[1], sum[2], sum[3]);
}

absl::Status PrintDecisions(const std::string& brokers, const std::string& topic) {
  ASSIGN_OR_RETURN(const Decided decided, ReadDecisions(brokers, topic));
  absl::PrintF(
      "{\"all_steps\":%d,\"orders\":%d,\"steps\":%d,\"by_record\":%d,\"decisions\":%d,"
      "\"twice_or_missing\":%d,\"hash\":\"%s\"}\n",
      decided.all_steps, decided.orders, decided.steps, decided.by_record, decided.decisions,
      decided.twice_or_missing, Hex(decided.hash));
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  const std::string_view verb = argc == 4 ? argv[1] : "";
  if (verb != "drain" && verb != "decisions") {
    std::fprintf(stderr, "peer_probe: expected drain or decisions, BROKERS and TOPIC\n");
    return kExitUsage;
  }
  const absl::Status status =
      verb == "drain" ? PrintDrained(argv[2], argv[3]) : PrintDecisions(argv[2], argv[3]);
  if (status.ok()) return kExitOk;
  std::fprintf(stderr, "peer_probe: %s\n", Message(status).c_str());
  return ExitCodeOf(status);
}

}  // namespace
}  // namespace refund::peer

int main(int argc, char** argv) { return refund::peer::Main(argc, argv); }
