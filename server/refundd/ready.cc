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

bool IsReady(const std::vector<PartitionStanding>& partitions, const IntakeStanding* intake) {
  if (intake != nullptr && !intake->running) return false;
  return std::all_of(partitions.begin(), partitions.end(),
                     [](const PartitionStanding& each) { return each.caught_up(); });
}

std::string ReadyJson(const std::vector<PartitionStanding>& partitions,
                      const IntakeStanding* intake) {
  std::string json = absl::StrFormat("{\"ready\":%s", YesNo(IsReady(partitions, intake)));
  json += ",\"partitions\":[";
  for (size_t i = 0; i < partitions.size(); ++i) {
    json += (i == 0 ? "" : ",") + PartitionJson(partitions[i]);
  }
  json += "]";
  if (intake != nullptr) {
    json += absl::StrFormat(",\"intake\":{\"running\":%s,\"last_tick\":\"%s\"",
                            YesNo(intake->running), FormatInstant(intake->last_tick));
    if (!intake->error.empty()) json += ",\"error\":" + JsonText(intake->error);
    json += "}";
  }
  return json + "}\n";
}

}  // namespace refund::daemon
