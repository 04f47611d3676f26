#include "server/refundd/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string_view>

#include "engine/codec/event_codec.h"

namespace refund::daemon {
namespace {

using Counters = prometheus::Family<prometheus::Counter>;
using Gauges = prometheus::Family<prometheus::Gauge>;
using Histograms = prometheus::Family<prometheus::Histogram>;
using Labels = std::map<std::string, std::string>;

const prometheus::Histogram::BucketBoundaries kCommitSeconds = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

Labels LabelOf(uint32_t partition) { return {{"partition", std::to_string(partition)}}; }

double SecondsSince(SteadyTime at) {
  return std::chrono::duration<double>(SteadyClock::now() - at).count();
}

// 0 where there is no Tick yet, or where the log is ahead of the clock.
double AgeSeconds(Instant at) {
  return at == Instant{} ? 0.0 : std::max<double>(0.0, (WallClock() - at) / 1000.0);
}

}  // namespace

struct Metrics::Inner {
  prometheus::Registry registry;
  std::mutex scraping;

  Counters& Counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Gauges& Gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }

  Counters& records = Counter("refund_records_total", "Records applied by this process.");
  Counters& decisions = Counter("refund_decisions_total", "Decisions made.");
  Counters& refusals = Counter("refund_refusals_total", "Requests that were not allowed then.");
  Counters& duplicates = Counter("refund_duplicates_total", "Claims sent again, and absorbed.");
  Counters& conflicts =
      Counter("refund_conflicts_total", "Other claims under an id that is taken.");
  Counters& quarantined =
      Counter("refund_quarantined_records_total", "Records that nobody can read.");
  Counters& fired = Counter("refund_deadlines_fired_total", "Deadlines that passed.");
  Counters& restarts = Counter("refund_partition_restarts_total",
                               "Failures after which the partition was to be opened again.");
  Counters& read_back = Counter("refund_outputs_read_back_total",
                                "Outputs that were read back, and are as they were put out.");
  Counters& put_out_again = Counter("refund_outputs_put_out_again_total",
                                    "Outputs that were missing when they were read back.");
  Gauges& next = Gauge("refund_next_offset", "The first offset that is not applied.");
  Gauges& lag = Gauge("refund_lag_records", "Records in the log that are not applied yet.");
  Gauges& backlog = Gauge("refund_deadlines_backlog",
                          "1 if deadlines are due that the last record left over, else 0.");
  Gauges& pending = Gauge("refund_checkpoint_pending_bytes",
                          "Bytes of changed orders that wait for the next checkpoint.");
  Gauges& unsaved =
      Gauge("refund_checkpoint_age_seconds",
            "Age of the oldest applied record that no checkpoint holds; 0 if all do.");
  Gauges& tick_age =
      Gauge("refund_tick_age_seconds", "Age of the newest Tick that the partition has applied.");
  Gauges& state = Gauge("refund_partition_state", "1 for the state that the partition is in.");
  Gauges& ready = Gauge("refund_partition_ready",
                        "1 if it has reached the end that the log had at start, and runs.");
  Histograms& commit = prometheus::BuildHistogram()
                           .Name("refund_commit_duration_seconds")
                           .Help("How long it took to make outputs and cursor durable.")
                           .Register(registry);
  Counters& messages = Counter("refund_messages_carried_total",
                               "Messages of the engine to other keys, put back into the log.");
  Counters& taken = Counter("refund_inbox_taken_total", "Messages of inboxes put into the log.");
  Counters& returned =
      Counter("refund_inbox_returned_total", "Messages of inboxes that were refused at the door.");
  Counters& ticks = Counter("refund_ticks_total", "Ticks appended to every partition.");
  Counters& outages = Counter("refund_outages_declared_total", "OutageDeclared records appended.");
  Gauges& intake_running = Gauge("refund_intake_running", "1 while intake runs, else 0.");
  Gauges& joined = Gauge("refund_group_joined",
                         "1 while the group that shares the partitions says which are its own.");
  Gauges& build = Gauge("refund_build_info", "1, with what this program is.");
};

namespace {

// Counters only rise.
void RaiseTo(Counters& family, const Labels& labels, int64_t total) {
  prometheus::Counter& counter = family.Add(labels);
  counter.Increment(std::max(0.0, static_cast<double>(total) - counter.Value()));
}

void Set(Gauges& family, const Labels& labels, double value) { family.Add(labels).Set(value); }

}  // namespace

Metrics::Metrics(const std::vector<uint32_t>& partitions) : inner_(std::make_unique<Inner>()) {
  for (const uint32_t each : partitions) inner_->commit.Add(LabelOf(each), kCommitSeconds);
  Set(inner_->build, {{"semantic", std::to_string(codec::kSemantic)}}, 1);
}

Metrics::~Metrics() = default;

void Metrics::ObserveCommit(uint32_t partition, double seconds) {
  inner_->commit.Add(LabelOf(partition), kCommitSeconds).Observe(seconds);
}

std::string Metrics::Text(const DaemonStanding& standing) {
  Inner& m = *inner_;
  std::lock_guard lock(m.scraping);
  const SteadyTime now = SteadyClock::now();
  for (const PartitionStanding& each : standing.partitions) {
    const Labels labels = LabelOf(each.partition);
    RaiseTo(m.records, labels, each.records);
    RaiseTo(m.decisions, labels, each.counts.decisions);
    RaiseTo(m.refusals, labels, each.counts.refused);
    RaiseTo(m.duplicates, labels, each.counts.duplicates);
    RaiseTo(m.conflicts, labels, each.counts.conflicts);
    RaiseTo(m.quarantined, labels, each.counts.quarantined);
    RaiseTo(m.fired, labels, each.counts.fired);
    RaiseTo(m.restarts, labels, each.restarts);
    RaiseTo(m.read_back, labels, each.read_back);
    RaiseTo(m.put_out_again, labels, each.put_out_again);
    Set(m.next, labels, static_cast<double>(each.next));
    Set(m.lag, labels, static_cast<double>(std::max<int64_t>(0, each.end - each.next)));
    Set(m.backlog, labels, each.backlog ? 1 : 0);
    Set(m.pending, labels, static_cast<double>(each.pending_bytes));
    Set(m.unsaved, labels, each.unsaved_since ? SecondsSince(*each.unsaved_since) : 0.0);
    Set(m.tick_age, labels, AgeSeconds(each.last_tick));
    Set(m.ready, labels, each.is_ready(now) ? 1 : 0);
    for (const PartitionState state : kPartitionStates) {
      Labels with_state = labels;
      with_state["state"] = std::string(NameOf(state));
      Set(m.state, with_state, each.state == state ? 1 : 0);
    }
  }
  if (const auto& share = standing.share) Set(m.joined, {}, share->joined ? 1 : 0);
  if (const auto& intake = standing.intake) {
    RaiseTo(m.messages, {}, intake->messages);
    RaiseTo(m.taken, {}, intake->taken);
    RaiseTo(m.returned, {}, intake->returned);
    RaiseTo(m.ticks, {}, intake->ticks);
    RaiseTo(m.outages, {}, intake->outages);
    Set(m.intake_running, {}, intake->running ? 1 : 0);
  }
  return prometheus::TextSerializer().Serialize(m.registry.Collect());
}

}  // namespace refund::daemon
