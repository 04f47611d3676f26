// Questions to the views of all partitions. Any number of readers, in any process, may run beside
// the writers: each opens RocksDB's secondary, which writes nothing into the directory. A reader
// sees what was flushed when it was opened or last refreshed, and every answer says as of where.
// One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/domain/step.h"
#include "projections/state/read.h"
#include "projections/state/state_dir.h"

namespace refund::projections {

// An answer, and the position of each partition that was asked.
template <class T>
struct Listing {
  std::vector<T> rows;
  std::vector<AsOf> as_of;
};

struct CaseQuery {
  std::function<bool(const CaseSummary&)> wanted;  // absent: all
  size_t limit = std::numeric_limits<size_t>::max();
};

class ViewReader {
 public:
  // kNotFound if there is no state at `root`. A partition without views is empty, at offset 0.
  static absl::StatusOr<std::unique_ptr<ViewReader>> Open(const std::string& root);
  ~ViewReader();

  const StateDirInfo& info() const;
  absl::Status Refresh();

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

 private:
  struct Inner;
  explicit ViewReader(std::unique_ptr<Inner> inner);
  const std::unique_ptr<Inner> inner_;
};

}  // namespace refund::projections
