#include <algorithm>

#include "absl/strings/str_format.h"
#include "engine/base/json_text.h"
#include "server/refundd/daemon.h"

namespace refund::daemon {
namespace {

const char* YesNo(bool yes) { return yes ? "true" : "false"; }

std::string PartitionJson(const PartitionStanding& each) {
  std::string json =
      absl::StrFormat("{\"partition\":%d,\"state\":\"%s\",\"ready\":%s,\"next\":%d,\"lag\":%d",
                      each.partition, NameOf(each.state), YesNo(each.caught_up()), each.next,
                      std::max<int64_t>(0, each.end - each.next));
  if (!each.error.empty()) json += ",\"error\":" + JsonText(each.error);
  return json + "}";
}

}  // namespace

bool IsReady(const DaemonStanding& standing) {
  if (standing.intake && !standing.intake->running) return false;
  if (standing.share && !standing.share->joined) return false;
  return std::all_of(standing.partitions.begin(), standing.partitions.end(),
                     [](const PartitionStanding& each) { return each.caught_up(); });
}

std::string ReadyJson(const DaemonStanding& standing) {
  std::string json = absl::StrFormat("{\"ready\":%s,\"partitions\":[", YesNo(IsReady(standing)));
  for (const PartitionStanding& each : standing.partitions) {
    json += (json.back() == '[' ? "" : ",") + PartitionJson(each);
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
    if (!intake->error.empty()) json += ",\"error\":" + JsonText(intake->error);
    json += "}";
  }
  return json + "}\n";
}

}  // namespace refund::daemon
