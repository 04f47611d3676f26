#include <algorithm>
#include <chrono>

#include "absl/strings/str_format.h"
#include "engine/base/json_text.h"
#include "server/refundd/daemon.h"

namespace refund::daemon {
namespace {

const char* YesNo(bool yes) { return yes ? "true" : "false"; }

// Of a partition, or of intake: why it failed, or that it does not get on.
template <class Standing>
std::string ErrorJson(const Standing& each, SteadyTime now) {
  std::string error = each.error;
  if (each.is_late(now)) {
    const auto late = std::chrono::duration_cast<std::chrono::seconds>(now - each.due);
    error = absl::StrFormat("has not got on for %d s: the log or the disk does not answer",
                            late.count());
  }
  return error.empty() ? "" : ",\"error\":" + JsonText(error);
}

std::string PartitionJson(const PartitionStanding& each, SteadyTime now) {
  return absl::StrFormat("{\"partition\":%d,\"state\":\"%s\",\"ready\":%s,\"next\":%d,\"lag\":%d",
                         each.partition, NameOf(each.state), YesNo(each.is_ready(now)), each.next,
                         std::max<int64_t>(0, each.end - each.next)) +
         ErrorJson(each, now) + "}";
}

}  // namespace

bool IsReady(const DaemonStanding& standing, SteadyTime now) {
  if (const auto& intake = standing.intake; intake && (!intake->running || intake->is_late(now)))
    return false;
  if (standing.share && !standing.share->joined) return false;
  return std::all_of(standing.partitions.begin(), standing.partitions.end(),
                     [&](const PartitionStanding& each) { return each.is_ready(now); });
}

std::string ReadyJson(const DaemonStanding& standing, SteadyTime now) {
  std::string json =
      absl::StrFormat("{\"ready\":%s,\"partitions\":[", YesNo(IsReady(standing, now)));
  for (const PartitionStanding& each : standing.partitions) {
    json += (json.back() == '[' ? "" : ",") + PartitionJson(each, now);
  }
  json += "]";
  if (const auto& share = standing.share) {
    json += absl::StrFormat(",\"group\":{\"joined\":%s", YesNo(share->joined));
    if (!share->error.empty()) json += ",\"error\":" + JsonText(share->error);
    json += "}";
  }
  if (const auto& intake = standing.intake) {
    json += absl::StrFormat(",\"intake\":{\"running\":%s,\"last_tick\":\"%s\"",
                            YesNo(intake->running), FormatInstant(intake->last_tick));
    json += ErrorJson(*intake, now) + "}";
  }
  return json + "}\n";
}

}  // namespace refund::daemon
