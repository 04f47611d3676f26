// Which directory the views of a partition lie in. <partition>/views is a symbolic link to the
// generation that serves (views-1, views-2, …), so that one made anew takes the place of the old by
// one rename, and whoever opens the views finds one or the other whole. A directory in the link's
// place is one from before there were generations, and serves as it is. Internal to projections.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace refund::projections {

// The directory that serves. kNotFound if there is none yet.
absl::StatusOr<std::string> ServingViews(const std::string& link);

// Likewise; where there is none, the first generation is, which its writer makes.
absl::StatusOr<std::string> ServingOrFirstViews(const std::string& link);

// An empty directory for the next generation, its number larger than all before. What an earlier
// attempt left is removed.
absl::StatusOr<std::string> NextViews(const std::string& link);

// From now on that one serves; the others are removed. After a crash one or the other serves, and
// what is left over is removed by the next that comes by.
absl::Status ServeViews(const std::string& link, const std::string& generation);

// Directories of generations that do not serve: a rebuild at work, or what a crash left.
absl::StatusOr<std::vector<std::string>> LeftoverViews(const std::string& link);

}  // namespace refund::projections
