#include <algorithm>
#include <chrono>
#include <iterator>
#include <numeric>
#include <thread>
#include <tuple>
#include <utility>

#include "engine/base/status.h"
#include "engine/log/kafka_format.h"
#include "engine/log/kafka_parts.h"

namespace refund::log {
namespace {

using Clock = std::chrono::steady_clock;

bool AddressLess(const Output& a, const Output& b) {
  return std::tie(a.cause_offset, a.k) < std::tie(b.cause_offset, b.k);
}

// Some outputs of one topic's partition, as they lie there.
struct FoundOutputs {
  struct One {
    Output output;
    bool again = false;  // so it lies behind outputs of later causes
  };
  std::vector<One> all;
  int64_t next = 0;  // the offset of the first message that is not among them
};

// One partition of an output topic, whose offsets have gaps: control records, and what was aborted.
class TopicReader {
 public:
  TopicReader(const KafkaShared& shared, KafkaFetcher& fetcher, Topic topic, uint32_t partition)
      : shared_(shared),
        fetcher_(fetcher),
        topic_(topic),
        place_(shared.Outputs(topic, partition)) {}
  ~TopicReader() { fetcher_.Stop(place_); }

  // Everything whose cause is at or past `cause`.
  absl::StatusOr<std::vector<Output>> ReadFrom(int64_t cause) {
    RETURN_IF_ERROR(Settle());
    ASSIGN_OR_RETURN(const int64_t from, FindPlace(cause));
    ASSIGN_OR_RETURN(FoundOutputs found, ReadAt(from, kAll));
    std::vector<Output> outputs;
    for (FoundOutputs::One& each : found.all) {
      if (each.output.cause_offset >= cause) outputs.push_back(std::move(each.output));
    }
    return outputs;
  }

  // The newest; absent if there is none.
  absl::StatusOr<std::optional<Output>> ReadLast() {
    RETURN_IF_ERROR(Settle());
    for (int64_t back = kLinear;; back *= 2) {
      const int64_t from = std::max(ends_.low, ends_.high - back);
      ASSIGN_OR_RETURN(const FoundOutputs found, ReadAt(from, kAll));
      const bool enough =
          std::any_of(found.all.begin(), found.all.end(), [](auto& each) { return !each.again; });
      if (!enough && from > ends_.low) continue;
      if (found.all.empty()) return std::nullopt;
      return std::max_element(found.all.begin(), found.all.end(),
                              [](auto& a, auto& b) { return AddressLess(a.output, b.output); })
          ->output;
    }
  }

  // An offset before which no cause is at or past `cause`. Causes never go down, but for what was
  // put out again, so it is found by halving. After Settle(), as the next.
  absl::StatusOr<int64_t> FindPlace(int64_t cause) {
    int64_t from = ends_.low;
    for (int64_t to = ends_.high; cause > 0 && to - from > kLinear;) {
      const int64_t middle = from + (to - from) / 2;
      ASSIGN_OR_RETURN(const FoundOutputs found, ReadAt(middle, {1, SIZE_MAX}));
      const auto first =
          std::find_if(found.all.begin(), found.all.end(), [](auto& each) { return !each.again; });
      (first == found.all.end() || first->output.cause_offset >= cause ? to : from) = middle;
    }
    return from;
  }

  // From that offset on, until so many are there that were not put out again, or so many bytes; at
  // least one.
  absl::StatusOr<FoundOutputs> ReadAt(int64_t offset, const BatchLimit& most) {
    FoundOutputs found;
    found.next = std::max(offset, ends_.high);
    if (offset >= ends_.high) return found;
    RETURN_IF_ERROR(fetcher_.Start(place_, offset));
    Clock::time_point deadline = shared_.Deadline();
    size_t count = 0;
    size_t bytes = 0;
    for (bool ended = false; !ended && count < most.records && bytes < most.bytes;) {
      // One by one near the end: a batch waits until it is full.
      ASSIGN_OR_RETURN(KafkaFetched fetched,
                       fetcher_.Fetch(place_, std::min(most.records, kFetchRecords), kOutputsMs));
      for (KafkaMessage& message : fetched.messages) {
        found.next = message.offset + 1;
        ended = ended || found.next >= ends_.high;
        const bool again = IsAgain(message);
        ASSIGN_OR_RETURN(Output output, OutputOf(place_, topic_, std::move(message)));
        bytes += output.bytes.size();
        found.all.push_back({std::move(output), again});
        count += again ? 0 : 1;
        deadline = shared_.Deadline();
      }
      if (fetched.end && *fetched.end >= ends_.high) {
        ended = true;
        found.next = *fetched.end;
      }
      if (!ended && Clock::now() > deadline) {
        return Errorf(absl::StatusCode::kUnavailable,
                      "%s: the outputs up to offset %d did not come within %d ms; last heard: %s",
                      ToString(place_), ends_.high, shared_.options.timeout_ms,
                      fetcher_.LastError());
      }
    }
    return found;
  }

  int64_t end() const { return ends_.high; }

  // A commit is answered before its marker has reached every partition: until then its outputs are
  // not to be seen. They lie below where the partition ends now; what comes after is of later
  // commits, of which there is always one open where they come without a pause. A transaction that
  // hangs (KAFKA-14053) hides all that come after it, for ever.
  absl::Status Settle() {
    ASSIGN_OR_RETURN(const KafkaAsker::Ends all,
                     shared_.uncommitted->AskEnds(place_, shared_.options.timeout_ms));
    for (const Clock::time_point deadline = shared_.Deadline();;) {
      ASSIGN_OR_RETURN(ends_, shared_.committed->AskEnds(place_, shared_.options.timeout_ms));
      if (ends_.high >= all.high) return absl::OkStatus();
      if (Clock::now() > deadline) {
        return Errorf(absl::StatusCode::kUnavailable,
                      "%s: expected every transaction to have ended, found one open at offset %d "
                      "of %d for more than %d ms",
                      ToString(place_), ends_.high, all.high, shared_.options.timeout_ms);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

 private:
  static constexpr int64_t kLinear = 256;
  static constexpr BatchLimit kAll{SIZE_MAX, SIZE_MAX};
  static constexpr int kOutputsMs = 20;

  const KafkaShared& shared_;
  KafkaFetcher& fetcher_;
  const Topic topic_;
  const KafkaPlace place_;
  KafkaAsker::Ends ends_;
};

}  // namespace

// ---- What was committed ----

KafkaOutputs::KafkaOutputs(std::shared_ptr<KafkaShared> shared, uint32_t partition,
                           std::unique_ptr<KafkaFetcher> fetcher)
    : shared_(std::move(shared)), partition_(partition), fetcher_(std::move(fetcher)) {}

absl::StatusOr<std::unique_ptr<KafkaOutputs>> KafkaOutputs::Open(
    const std::shared_ptr<KafkaShared>& shared, uint32_t partition) {
  ASSIGN_OR_RETURN(auto fetcher, shared->OpenFetcher());
  return std::unique_ptr<KafkaOutputs>(new KafkaOutputs(shared, partition, std::move(fetcher)));
}

absl::StatusOr<std::optional<Cursor>> KafkaOutputs::ReadCursor() {
  const KafkaPlace place = shared_->Events(partition_);
  ASSIGN_OR_RETURN(const auto found,
                   shared_->committed->AskCommitted(place, shared_->options.timeout_ms));
  if (!found) return CursorFromTails();
  ASSIGN_OR_RETURN(Cursor cursor,
                   CursorOf(*found, "group " + shared_->options.app + " on " + ToString(place)));
  return cursor;
}

absl::StatusOr<std::string> KafkaOutputs::ReadOwner() {
  ASSIGN_OR_RETURN(const auto found, shared_->committed->AskCommitted(shared_->Events(partition_),
                                                                      shared_->options.timeout_ms));
  return found ? OwnerOf(*found) : "";
}

absl::StatusOr<std::vector<Output>> KafkaOutputs::ReadOutputs(int64_t from_offset) {
  std::vector<Output> all;
  for (const Topic topic : kOutputTopics) {
    TopicReader reader(*shared_, *fetcher_, topic, partition_);
    ASSIGN_OR_RETURN(std::vector<Output> outputs, reader.ReadFrom(from_offset));
    std::move(outputs.begin(), outputs.end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(), AddressLess);
  return all;
}

// C is gone, as after offsets.retention.minutes without a commit: never auto.offset.reset. A
// transaction ends on a record's boundary, and records past the last cause had no outputs.
absl::StatusOr<std::optional<Cursor>> KafkaOutputs::CursorFromTails() {
  std::optional<Cursor> cursor;
  for (const Topic topic : kOutputTopics) {
    TopicReader reader(*shared_, *fetcher_, topic, partition_);
    ASSIGN_OR_RETURN(const std::optional<Output> last, reader.ReadLast());
    if (!last) continue;
    const int64_t before = cursor ? cursor->next : 0;
    cursor = Cursor{std::max(before, last->cause_offset + 1), {}, /*has_digest=*/false};
  }
  return cursor;
}

// ---- What is committed from now on ----

namespace {

// Not commit by commit: a
// transaction leaves no mark that a reader could tell it by.
class KafkaFollower : public OutputReader {
 public:
  KafkaFollower(std::shared_ptr<KafkaShared> shared, uint32_t partition,
                std::unique_ptr<KafkaFetcher> fetcher, std::unique_ptr<KafkaOutputs> outputs)
      : shared_(std::move(shared)),
        partition_(partition),
        fetcher_(std::move(fetcher)),
        outputs_(std::move(outputs)) {}

  absl::StatusOr<Committed> Read(int64_t from_offset, const BatchLimit& limit) override {
    // What is committed after C was read comes with the next call.
    ASSIGN_OR_RETURN(const std::optional<Cursor> cursor, outputs_->ReadCursor());
    Committed committed;
    if (!cursor) return committed;
    committed.next = cursor->next;
    if (cursor->next <= from_offset) return committed;
    const bool elsewhere = from_offset != next_;
    next_ = -1;
    for (size_t i = 0; i < kOutputTopics.size(); ++i) {
      TopicReader reader(*shared_, *fetcher_, kOutputTopics[i], partition_);
      RETURN_IF_ERROR(reader.Settle());
      if (elsewhere) {
        places_[i] = Place();
        ASSIGN_OR_RETURN(places_[i].at, reader.FindPlace(from_offset));
      }
      RETURN_IF_ERROR(ReadMore(reader, from_offset, limit, places_[i]));
      if (places_[i].at < reader.end()) {
        committed.next = std::min(committed.next, places_[i].highest);
      }
    }
    for (Place& place : places_) HandOut(place, committed);
    std::stable_sort(committed.outputs.begin(), committed.outputs.end(), AddressLess);
    next_ = committed.next;
    return committed;
  }

 private:
  // Where reading of a topic stands.
  struct Place {
    int64_t at = 0;
    bool seeking = true;        // `at` may lie before what is asked for
    int64_t highest = -1;       // cause that came, in order
    std::vector<Output> ahead;  // came already, of causes that are not handed out yet
  };

  static absl::Status ReadMore(TopicReader& reader, int64_t from_offset, const BatchLimit& limit,
                               Place& place) {
    // With what another topic, that lies further back, has kept from being handed out.
    size_t bytes =
        std::accumulate(place.ahead.begin(), place.ahead.end(), size_t{0},
                        [](size_t sum, const Output& each) { return sum + each.bytes.size(); });
    // At least the whole of one record's.
    while (place.at < reader.end() &&
           (place.highest <= from_offset ||
            (place.ahead.size() < limit.records && bytes < limit.bytes))) {
      ASSIGN_OR_RETURN(FoundOutputs found,
                       reader.ReadAt(place.at, {std::max<size_t>(1, limit.records),
                                                std::max<size_t>(1, limit.bytes)}));
      place.at = found.next;
      for (FoundOutputs::One& each : found.all) {
        const int64_t cause = each.output.cause_offset;
        bytes += each.output.bytes.size();
        if (!each.again) place.highest = std::max(place.highest, cause);
        // What was read before it was lost needs no second reading.
        if (each.again && cause < from_offset) continue;
        // What lies before the place that was looked for is no concern of the caller's.
        if (place.seeking && cause < from_offset) continue;
        place.seeking = place.seeking && each.again;
        place.ahead.push_back(std::move(each.output));
      }
    }
    if (place.at >= reader.end()) place.seeking = false;
    return absl::OkStatus();
  }

  static void HandOut(Place& place, Committed& committed) {
    std::vector<Output> later;
    for (Output& each : place.ahead) {
      auto& to = each.cause_offset < committed.next ? committed.outputs : later;
      to.push_back(std::move(each));
    }
    place.ahead = std::move(later);
  }

  const std::shared_ptr<KafkaShared> shared_;
  const uint32_t partition_;
  const std::unique_ptr<KafkaFetcher> fetcher_;
  const std::unique_ptr<KafkaOutputs> outputs_;
  std::array<Place, kOutputTopics.size()> places_;
  int64_t next_ = -1;  // where the last call ended; -1: the places say nothing
};

}  // namespace

absl::StatusOr<std::unique_ptr<OutputReader>> OpenKafkaFollower(
    const std::shared_ptr<KafkaShared>& shared, uint32_t partition) {
  ASSIGN_OR_RETURN(auto outputs, KafkaOutputs::Open(shared, partition));
  ASSIGN_OR_RETURN(auto fetcher, shared->OpenFetcher());
  return std::make_unique<KafkaFollower>(shared, partition, std::move(fetcher), std::move(outputs));
}

}  // namespace refund::log
