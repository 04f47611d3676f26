#include "engine/log/kafka_inbox.h"

#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_names.h"

namespace refund::log {

std::string PlaceOf(const InboxMessage& message) {
  return absl::StrFormat("%s/%d@%d", message.topic, message.partition, message.offset);
}

namespace {

constexpr size_t kMostAtOnce = 500;  // of a partition
constexpr char kWhy[] = "refused";
constexpr char kFrom[] = "from";

struct Place {
  KafkaPlace at;
  int64_t next = 0;  // the first message that was not handed out
  int64_t done = 0;
};

class KafkaInbox : public Inbox {
 public:
  KafkaInbox(const KafkaLogOptions& options, std::unique_ptr<KafkaFetcher> fetcher,
             std::unique_ptr<KafkaAsker> asker, std::unique_ptr<KafkaProducer> producer)
      : options_(options),
        fetcher_(std::move(fetcher)),
        asker_(std::move(asker)),
        producer_(std::move(producer)) {}

  absl::Status Start(const std::string& topic) {
    ASSIGN_OR_RETURN(const KafkaAsker::Topic described,
                     asker_->Describe(topic, options_.timeout_ms));
    for (uint32_t p = 0; p < described.partitions; ++p) {
      Place place{{topic, p}};
      ASSIGN_OR_RETURN(const auto committed, asker_->AskCommitted(place.at, options_.timeout_ms));
      ASSIGN_OR_RETURN(const KafkaAsker::Ends ends, asker_->AskEnds(place.at, options_.timeout_ms));
      place.next = place.done = committed ? committed->next : ends.low;
      if (place.next < ends.low) return Removed(place, ends.low);
      RETURN_IF_ERROR(fetcher_->Start(place.at, place.next));
      places_.push_back(std::move(place));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<InboxMessage>> Poll() override {
    std::vector<InboxMessage> all;
    for (Place& place : places_) {
      ASSIGN_OR_RETURN(KafkaFetched fetched, fetcher_->Fetch(place.at, kMostAtOnce, 0));
      if (fetched.out_of_range) {
        ASSIGN_OR_RETURN(const KafkaAsker::Ends ends,
                         asker_->AskEnds(place.at, options_.timeout_ms));
        return Removed(place, ends.low);
      }
      for (KafkaMessage& each : fetched.messages) {
        place.next = each.offset + 1;
        InboxMessage message{place.at.topic, place.at.partition, each.offset,
                             std::move(each.headers), std::nullopt};
        // Kafka's null value, a tombstone, says as little as an empty one.
        if (!each.bytes.empty()) message.value = std::move(each.bytes);
        all.push_back(std::move(message));
      }
    }
    return all;
  }

  absl::Status Return(const std::vector<Returned>& returned) override {
    std::vector<KafkaRecord> records;
    for (const Returned& each : returned) {
      KafkaRecord record{{ReturnedTopic(options_), 0}, {}, {}};
      // An inbox may hold more than a topic takes: with two headers more, or unpacked. Then it is
      // named, and stays where it is.
      const bool fits = SizeOf(each.message) <= options_.record_bytes_max;
      if (fits) record.headers = each.message.headers;
      if (fits && each.message.value) record.bytes = *each.message.value;
      record.headers.emplace_back(kWhy, fits ? each.why : each.why + "; too large to be returned");
      record.headers.emplace_back(kFrom, PlaceOf(each.message));
      records.push_back(std::move(record));
    }
    return producer_->Send(records).status();
  }

  absl::Status Done() override {
    std::map<KafkaPlace, int64_t> moved;
    for (const Place& each : places_) {
      if (each.next > each.done) moved[each.at] = each.next;
    }
    if (moved.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(asker_->Commit(moved));
    for (Place& each : places_) each.done = each.next;
    return absl::OkStatus();
  }

 private:
  static size_t SizeOf(const InboxMessage& message) {
    size_t size = message.value ? message.value->size() : 0;
    for (const auto& [name, value] : message.headers) size += name.size() + value.size();
    return size;
  }

  // Never auto.offset.reset: a message that nobody took is a loss that somebody must hear of.
  static absl::Status Removed(const Place& place, int64_t low) {
    return Errorf(absl::StatusCode::kDataLoss,
                  "%s: expected offset %d, which was not taken yet, found %d as the first: "
                  "retention has removed what lies between, or the topic was made anew. Move the "
                  "group's offset there once this is understood",
                  ToString(place.at), place.next, low);
  }

  const KafkaLogOptions options_;
  const std::unique_ptr<KafkaFetcher> fetcher_;
  const std::unique_ptr<KafkaAsker> asker_;
  const std::unique_ptr<KafkaProducer> producer_;
  std::vector<Place> places_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Inbox>> OpenKafkaInbox(const KafkaLogOptions& options,
                                                      const std::vector<std::string>& topics) {
  KafkaLogOptions own = options;
  own.app += "-intake";
  ASSIGN_OR_RETURN(const KafkaSettings client, ClientSettings(own));
  ASSIGN_OR_RETURN(auto fetcher, KafkaFetcher::Open(ReaderSettings(client, own)));
  ASSIGN_OR_RETURN(auto asker, KafkaAsker::Open(AskerSettings(client, own, "read_committed")));
  ASSIGN_OR_RETURN(auto producer, KafkaProducer::Open(AppenderSettings(client, own)));
  RETURN_IF_ERROR(producer->Locate({ReturnedTopic(own)}, own.timeout_ms));
  auto inbox =
      std::make_unique<KafkaInbox>(own, std::move(fetcher), std::move(asker), std::move(producer));
  for (const std::string& topic : topics) RETURN_IF_ERROR(inbox->Start(topic));
  return inbox;
}

}  // namespace refund::log
