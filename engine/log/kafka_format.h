// How the log's records and its cursor lie in Kafka (docs/formats/topics.md). Internal to
// engine/log.
//
//   <prefix>.events      one record an event, without a key, to the partition that intake says;
//                        header recorded_at: milliseconds, decimal
//   <prefix>.decisions .payouts .messages .quarantined
//                        one record an output, in the partition of its cause; headers src:
//                        "partition,offset,k" of the cause; id; again, if it was lost and is put
//                        out once more
//   offsets of the group <app> on <prefix>.events
//                        C, with the metadata "refund-cursor/1 <digest> <owner>"
//
// Events are written without transactions, so that their offsets are dense and a gap is a loss.
// Outputs and C are written in one transaction, by the producer <app>/<prefix>/<partition>.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "engine/log/kafka_client.h"
#include "engine/log/log.h"

namespace refund::log {

KafkaHeaders EventHeaders(Instant recorded_at);
// Of an event; the earliest there is if it has none that can be read: then it is not intake's, and
// the lane puts it into quarantine.
Instant StampOf(const KafkaMessage& event);

std::string SourceOf(uint32_t partition, const Output& output);
KafkaHeaders OutputHeaders(uint32_t partition, const Output& output, bool again);
// kDataLoss without a source.
absl::StatusOr<Output> OutputOf(const KafkaPlace& place, Topic topic, KafkaMessage message);
// It was lost and put out once more, so it lies behind outputs of later causes.
bool IsAgain(const KafkaMessage& output);

// This process, among all that ever were.
const std::string& Owner();
std::string MetadataOf(const Cursor& cursor);
// kDataLoss if its metadata are not a committer's; `where` is for the message.
absl::StatusOr<Cursor> CursorOf(const KafkaAsker::Committed& committed, const std::string& where);
// Empty where nobody has written its name.
std::string OwnerOf(const KafkaAsker::Committed& committed);

}  // namespace refund::log
