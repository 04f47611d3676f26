// Questions to the views of all partitions. Any number of readers, in any process, may run beside
// the writers: each opens RocksDB's secondary, which writes nothing into the directory. A reader
// sees what was flushed when it was opened or last refreshed, and every answer says as of where.
// One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/domain/step.h"
#include "projections/state/state_dir.h"
#include "projections/views/entries.h"

namespace refund::projections {

// Every record of the partition below `offset` is in the answer, and none from there on; `at` is
// the instant of the newest step in it.
struct ViewAsOf {
  uint32_t partition = 0;
  int64_t offset = 0;
  std::optional<Instant> at = {};  // absent: not known
  bool operator==(const ViewAsOf&) const = default;
};

// An answer, and the position of each partition that was asked.
template <class T>
struct Listing {
  std::vector<T> rows;
  std::vector<ViewAsOf> as_of;
};

struct CaseQuery {
  std::function<bool(const CaseSummary&)> wanted;  // absent: all
  size_t limit = std::numeric_limits<size_t>::max();
};

struct LegQuery {
  std::optional<LegState> state;  // absent: all that are not at their end
  std::function<bool(const LegEntry&)> wanted;
  size_t limit = std::numeric_limits<size_t>::max();
};

struct QueueQuery {
  std::function<bool(const CaseEntry&)> wanted;
  size_t limit = std::numeric_limits<size_t>::max();
};

struct DueQuery {
  std::optional<Instant> until;  // due at or before it
  size_t limit = std::numeric_limits<size_t>::max();
};

struct LedgerQuery {
  std::function<bool(const OrderEntry&)> wanted;
  size_t limit = std::numeric_limits<size_t>::max();
};

// What the steps of one order tell of it.
struct OrderLedgerRead {
  OrderEntry order;
  std::vector<LegEntry> legs;  // by id
};

class ViewReader {
 public:
  // kNotFound if there is no state at `root`. A partition without views is empty, at offset 0.
  static absl::StatusOr<std::unique_ptr<ViewReader>> Open(const std::string& root);
  ~ViewReader();

  const StateDirInfo& info() const;
  absl::Status Refresh();

  // Where the partition's views stand.
  absl::StatusOr<ViewAsOf> ReadPosition(uint32_t partition);
  // As StateReader::VerifyFiles.
  absl::Status VerifyFiles(uint32_t partition);

  // The first `limit` of those wanted, by next due (none last), then by id.
  absl::StatusOr<Listing<CaseSummary>> ListCases(const CaseQuery& query);
  // By order key: its cases by number. Else by a case id in hex or the start of one: all that
  // match, by id. kInvalidArgument for a text that is neither.
  absl::StatusOr<Listing<CaseSummary>> FindCases(std::string_view text);
  // By sequence.
  absl::StatusOr<Listing<Step>> ReadTimeline(std::string_view order);
  // By partition, then by offset.
  absl::StatusOr<Listing<Quarantined>> ListQuarantined();

  // The first `limit` of those wanted, by key.
  absl::StatusOr<Listing<OrderLedgerRead>> ListLedgers(const LedgerQuery& query);
  // The first `limit` of those wanted: by state, then the one that is longest in it.
  absl::StatusOr<Listing<LegEntry>> ListLegs(const LegQuery& query);
  // The first `limit` of those wanted: live arbitrations, then by due, then the dearer.
  absl::StatusOr<Listing<CaseEntry>> ListQueue(const QueueQuery& query);
  // The first `limit` of those that run, by due.
  absl::StatusOr<Listing<DeadlineEntry>> ListDue(const DueQuery& query);
  // Those of this order (empty: of all), by the instant of their grant.
  absl::StatusOr<Listing<VoucherEntry>> ListVouchers(std::string_view order);
  // By day, platform and what; those of all partitions summed.
  absl::StatusOr<Listing<TallyEntry>> ListTallies();
  // By order.
  absl::StatusOr<Listing<ParkedEntry>> ListParked();

 private:
  struct Inner;
  explicit ViewReader(std::unique_ptr<Inner> inner);
  const std::unique_ptr<Inner> inner_;
};

}  // namespace refund::projections
