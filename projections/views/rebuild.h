// The views of one partition, folded again beside those that serve: compared with them where they
// stood, and put in their place by one rename. Whoever reads finds the old or the new, whole; while
// it is at work the old have no other writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "projections/views/view_sink.h"

namespace refund::projections {

struct ViewDifference {
  std::string view;  // "legs"
  std::string key;   // as people read it
  std::string what;  // "the new has no such row"
};

class ViewRebuild {
 public:
  // `link` is ViewsDbPath(). kFailedPrecondition while another process writes the views, or where
  // they have a newer format.
  static absl::StatusOr<std::unique_ptr<ViewRebuild>> Start(const std::string& link);
  // What was made is removed, unless it serves.
  ~ViewRebuild();

  // Where the old stand. Absent, and `why_not` says why, where there is nothing to compare with:
  // none are there, an older program folded them, or they cannot be read.
  std::optional<int64_t> old_next() const;
  const std::string& why_not() const;

  // To be fed from the beginning of the log.
  ViewSink& sink();
  // When the sink was flushed at old_next(): the first `most` rows in which the two differ.
  absl::StatusOr<std::vector<ViewDifference>> Compare(size_t most);
  // The new serve from now on, and the old are gone.
  absl::Status Swap();

 private:
  struct Inner;
  explicit ViewRebuild(std::unique_ptr<Inner> inner);
  const std::unique_ptr<Inner> inner_;
};

}  // namespace refund::projections
