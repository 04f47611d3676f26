// How long others wait for a decision at a given rate of events:
//   latency_probe BROKERS FROM TO EVENTS_PER_S SECONDS
// Copies events of the log with the prefix FROM to TO, which has none but the first, as steadily as
// it can, while a refundd with lanes alone decides them, and reads TO's decisions under
// read_committed. One JSON line: from the moment at which an event was due to be appended to the
// moment at which its first step was read, in milliseconds. So light that it hardly takes from the
// machine what it measures.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/exit_code.h"
#include "engine/base/status.h"
#include "engine/log/kafka_names.h"

namespace refund::log {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr auto kTurn = std::chrono::milliseconds(10);  // how often events are handed out
constexpr double kQuietS = 3;   // so long after the last event, and no decision is to come
constexpr double kWarmUpS = 5;  // a partition's first transactions ask the broker for much
constexpr int kFetchMs = 5;
constexpr size_t kFetchMost = 2'000;
constexpr int kTimeoutMs = 30'000;

// Of one partition.
struct Lane {
  int64_t first = 0;                 // where TO ended
  std::vector<KafkaMessage> events;  // from there on, of FROM
  std::vector<double> seen;          // of each its first step, in seconds since the start; 0: never
};

struct Probe {
  KafkaLogOptions from;
  KafkaLogOptions to;
  double rate = 0;     // events/s of all partitions
  double seconds = 0;  // how long events are sent
  std::vector<Lane> lanes;
  Clock::time_point begun;

  double Now() const { return Seconds(Clock::now() - begun).count(); }
  size_t DueBy(double now) const {
    return static_cast<size_t>(std::max(0.0, now) * rate / static_cast<double>(lanes.size()));
  }
  double DueAt(size_t event) const {
    return static_cast<double>(event) * static_cast<double>(lanes.size()) / rate;
  }
};

absl::StatusOr<std::unique_ptr<KafkaFetcher>> OpenFetcher(const KafkaLogOptions& options,
                                                          const KafkaPlace& place, int64_t offset) {
  ASSIGN_OR_RETURN(const KafkaSettings client, ClientSettings(options));
  ASSIGN_OR_RETURN(auto fetcher, KafkaFetcher::Open(ReaderSettings(client, options)));
  RETURN_IF_ERROR(fetcher->Start(place, offset));
  return fetcher;
}

absl::Status LoadPartition(const KafkaLogOptions& from, uint32_t partition, size_t wanted,
                           Lane& lane) {
  std::vector<KafkaMessage>& events = lane.events;
  const KafkaPlace place{EventsTopic(from), partition};
  ASSIGN_OR_RETURN(const auto fetcher, OpenFetcher(from, place, lane.first));
  for (bool ended = false; !ended && events.size() < wanted;) {
    ASSIGN_OR_RETURN(KafkaFetched fetched, fetcher->Fetch(place, kFetchMost, 100));
    for (KafkaMessage& each : fetched.messages) events.push_back(std::move(each));
    ended = fetched.end.has_value();
  }
  if (events.size() < wanted) {
    return Errorf(absl::StatusCode::kInvalidArgument,
                  "%s: expected %d events for so long at that rate, found %d", ToString(place),
                  wanted, events.size());
  }
  events.resize(wanted);
  lane.seen.resize(wanted);
  return absl::OkStatus();
}

absl::Status Load(Probe& probe) {
  ASSIGN_OR_RETURN(const KafkaSettings client, ClientSettings(probe.to));
  ASSIGN_OR_RETURN(const auto asker,
                   KafkaAsker::Open(AskerSettings(client, probe.to, "read_committed")));
  ASSIGN_OR_RETURN(const KafkaAsker::Topic topic,
                   asker->Describe(EventsTopic(probe.to), kTimeoutMs));
  probe.lanes.resize(topic.partitions);
  const size_t wanted = probe.DueBy(probe.seconds);
  for (uint32_t p = 0; p < topic.partitions; ++p) {
    ASSIGN_OR_RETURN(const KafkaAsker::Ends ends,
                     asker->AskEnds({EventsTopic(probe.to), p}, kTimeoutMs));
    probe.lanes[p].first = ends.high;
    RETURN_IF_ERROR(LoadPartition(probe.from, p, wanted, probe.lanes[p]));
  }
  return absl::OkStatus();
}

absl::Status SendAll(const Probe& probe) {
  ASSIGN_OR_RETURN(const KafkaSettings client, ClientSettings(probe.to));
  ASSIGN_OR_RETURN(const auto producer, KafkaProducer::Open(AppenderSettings(client, probe.to)));
  RETURN_IF_ERROR(producer->Locate({EventsTopic(probe.to)}, kTimeoutMs));
  const size_t all = probe.DueBy(probe.seconds);
  for (size_t next = 0; next < all;) {
    const size_t due = std::min(all, probe.DueBy(probe.Now()));
    std::vector<KafkaRecord> records;
    for (; next < due; ++next) {
      for (uint32_t p = 0; p < probe.lanes.size(); ++p) {
        const KafkaMessage& event = probe.lanes[p].events[next];
        records.push_back({{EventsTopic(probe.to), p}, event.bytes, event.headers});
      }
    }
    RETURN_IF_ERROR(producer->Send(records).status());
    std::this_thread::sleep_for(kTurn);
  }
  return absl::OkStatus();
}

// Reads one partition's decisions until none is to come.
absl::Status Watch(Probe& probe, uint32_t partition) {
  const KafkaPlace place{OutputTopic(probe.to, Topic::kDecisions), partition};
  ASSIGN_OR_RETURN(const auto fetcher, OpenFetcher(probe.to, place, 0));
  Lane& lane = probe.lanes[partition];
  for (double last = probe.seconds; probe.Now() < last + kQuietS;) {
    ASSIGN_OR_RETURN(const KafkaFetched fetched, fetcher->Fetch(place, kFetchMost, kFetchMs));
    const double now = probe.Now();
    for (const KafkaMessage& each : fetched.messages) {
      const std::string* const source = each.Header("src");
      const std::vector<std::string> parts =
          absl::StrSplit(source == nullptr ? "" : *source, ',');  // partition, offset, k
      int64_t offset = 0;
      if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &offset)) {
        return Errorf(absl::StatusCode::kDataLoss, "%s offset %d: expected the source of a step",
                      ToString(place), each.offset);
      }
      if (offset < lane.first) continue;
      double& seen = lane.seen.at(static_cast<size_t>(offset - lane.first));
      if (seen == 0) seen = now;
    }
    if (!fetched.messages.empty()) last = std::max(last, now);
  }
  return absl::OkStatus();
}

double Percentile(const std::vector<double>& sorted, double share) {
  const auto at = static_cast<size_t>(static_cast<double>(sorted.size()) * share);
  return sorted.empty() ? 0 : sorted[std::min(at, sorted.size() - 1)];
}

void Print(const Probe& probe) {
  std::vector<double> waits;
  std::vector<double> slowest(static_cast<size_t>(probe.seconds) + 1);  // by second
  for (const Lane& lane : probe.lanes) {
    for (size_t n = probe.DueBy(kWarmUpS); n < lane.seen.size(); ++n) {
      if (lane.seen[n] == 0) continue;
      waits.push_back(1000 * (lane.seen[n] - probe.DueAt(n)));
      double& worst = slowest[static_cast<size_t>(probe.DueAt(n))];
      worst = std::max(worst, waits.back());
    }
  }
  std::sort(waits.begin(), waits.end());
  absl::PrintF(
      "{\"events_per_s\":%.0f,\"decided\":%d,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,"
      "\"slowest_by_second\":[%s]}\n",
      probe.rate, waits.size(), Percentile(waits, 0.5), Percentile(waits, 0.9),
      Percentile(waits, 0.99), absl::StrJoin(slowest, ",", [](std::string* out, double each) {
        absl::StrAppendFormat(out, "%.0f", each);
      }));
}

absl::Status Run(Probe& probe) {
  RETURN_IF_ERROR(Load(probe));
  probe.begun = Clock::now();
  std::vector<absl::Status> ends(probe.lanes.size() + 1);
  std::vector<std::thread> threads;
  for (uint32_t p = 0; p < probe.lanes.size(); ++p) {
    threads.emplace_back([&, p] { ends[p] = Watch(probe, p); });
  }
  ends.back() = SendAll(probe);
  for (std::thread& each : threads) each.join();
  for (const absl::Status& each : ends) RETURN_IF_ERROR(each);
  Print(probe);
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Probe probe;
  if (argc != 6 || !absl::SimpleAtod(argv[4], &probe.rate) || probe.rate <= 0 ||
      !absl::SimpleAtod(argv[5], &probe.seconds) || probe.seconds <= kWarmUpS) {
    std::fprintf(stderr,
                 "latency_probe: expected BROKERS FROM TO EVENTS_PER_S SECONDS, more than %.0f\n",
                 kWarmUpS);
    return kExitUsage;
  }
  probe.from.brokers = probe.to.brokers = argv[1];
  probe.from.prefix = argv[2];
  probe.to.prefix = argv[3];
  const absl::Status status = Run(probe);
  if (status.ok()) return kExitOk;
  std::fprintf(stderr, "latency_probe: %s\n", Message(status).c_str());
  return ExitCodeOf(status);
}

}  // namespace
}  // namespace refund::log

int main(int argc, char** argv) { return refund::log::Main(argc, argv); }
