#include "tools/refundctl/core_speed.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/arbiter/apply.h"
#include "engine/arbiter/due.h"
#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/pack_codec.h"
#include "engine/log/file_log.h"
#include "engine/policy/pack_book.h"

namespace refund::tools {
namespace {

struct Input {
  std::string bytes;
  Digest claim_hash;
};

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

absl::StatusOr<std::vector<Input>> ReadPartition(log::Reader& reader, uint32_t partition) {
  std::vector<Input> inputs;
  while (true) {
    ASSIGN_OR_RETURN(std::vector<log::Record> records,
                     reader.Read(partition, static_cast<int64_t>(inputs.size()), {}));
    if (records.empty()) return inputs;
    for (log::Record& record : records) {
      const auto read = codec::DecodeRecord(record.bytes, codec::kSemantic);
      const Event* event = std::get_if<Event>(&read);
      inputs.push_back({std::move(record.bytes), event == nullptr ? Digest{} : event->claim_hash});
    }
  }
}

// A partition's fold without all that makes it a lane.
class Fold {
 public:
  explicit Fold(CoreSpeed& speed) : speed_(speed) {}

  absl::Status Take(const Input& input) {
    ++speed_.records;
    auto read = codec::DecodeUnhashed(input.bytes, codec::kSemantic);
    Event* event = std::get_if<Event>(&read);
    if (event == nullptr) return absl::OkStatus();
    event->claim_hash = input.claim_hash;
    return IsBroadcast(event->claim.kind()) ? TakeBroadcast(*event) : TakeOrders(*event);
  }

  // What the last Tick has made due of orders that nobody speaks of any more: a lane fires it at
  // the Tick, with the same steps, since each happens at its own due.
  absl::Status FireTheRest() {
    for (Order* order : in_order_) RETURN_IF_ERROR(FireUntil(*order, tick_));
    return absl::OkStatus();
  }

 private:
  absl::Status TakeBroadcast(const Event& event) {
    tick_ = std::max(tick_, event.stamp.recorded_at);
    const auto* published = std::get_if<PolicyPublished>(&event.claim.body);
    if (published == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(policy::Pack pack, codec::DecodePack(published->pack));
    packs_.Add(std::make_shared<const policy::Pack>(std::move(pack)), event.stamp.recorded_at);
    return absl::OkStatus();
  }

  absl::Status TakeOrders(const Event& event) {
    Order& order = OrderAt(event.claim.key);
    const Instant clock = std::max({order.clock, tick_, event.stamp.recorded_at});
    RETURN_IF_ERROR(FireUntil(order, clock));
    const arbiter::Outcome outcome = arbiter::Apply(order, event, clock, packs_);
    const bool refused = !outcome.duplicate && outcome.step.result == StepResult::kRefused;
    ++(refused ? speed_.refused : speed_.events);
    if (outcome.duplicate) ++speed_.duplicates;
    return Count(order, outcome);
  }

  absl::Status FireUntil(Order& order, Instant clock) {
    for (const Deadline* due; (due = arbiter::NextDue(order, clock)) != nullptr;) {
      ++speed_.fired;
      RETURN_IF_ERROR(Count(order, arbiter::Fire(order, *due, packs_)));
    }
    return absl::OkStatus();
  }

  absl::Status Count(const Order& order, const arbiter::Outcome& outcome) {
    if (outcome.broken) {
      return Errorf(absl::StatusCode::kDataLoss, "order %s: our own step broke an invariant: %s",
                    order.key, *outcome.broken);
    }
    speed_.decisions += static_cast<int64_t>(outcome.step.decisions.size());
    return absl::OkStatus();
  }

  Order& OrderAt(const std::string& name) {
    std::unique_ptr<Order>& order = orders_[name];
    if (order != nullptr) return *order;
    order = std::make_unique<Order>(arbiter::NewOrder(name));
    in_order_.push_back(order.get());
    return *order;
  }

  CoreSpeed& speed_;
  policy::PackBook packs_;
  Instant tick_;
  absl::flat_hash_map<std::string, std::unique_ptr<Order>> orders_;  // never iterated
  std::vector<Order*> in_order_;                                     // as they came
};

}  // namespace

absl::StatusOr<CoreSpeed> MeasureCore(const std::string& file) {
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log::OpenFileLog(file));
  CoreSpeed speed;
  for (uint32_t p = 0; p < reader->partitions(); ++p) {
    ASSIGN_OR_RETURN(const std::vector<Input> inputs, ReadPartition(*reader, p));
    Fold fold(speed);
    const auto start = std::chrono::steady_clock::now();
    const double cpu = CpuSeconds();
    for (const Input& input : inputs) RETURN_IF_ERROR(fold.Take(input));
    RETURN_IF_ERROR(fold.FireTheRest());
    speed.cpu_seconds += CpuSeconds() - cpu;
    speed.seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  return speed;
}

}  // namespace refund::tools
