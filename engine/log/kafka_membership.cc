#include "engine/log/kafka_membership.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_names.h"

namespace refund::log {

absl::StatusOr<std::unique_ptr<Membership>> JoinKafkaGroup(const KafkaLogOptions& options,
                                                           int session_timeout_ms,
                                                           Membership::OnChange on_change) {
  ASSIGN_OR_RETURN(const KafkaSettings client, ClientSettings(options));
  return KafkaMember::Open(MemberSettings(client, options, session_timeout_ms),
                           EventsTopic(options), std::move(on_change));
}

}  // namespace refund::log
