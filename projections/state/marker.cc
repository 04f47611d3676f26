#include "projections/state/marker.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "projections/state/files.h"

namespace refund::projections {
namespace {

using absl::StatusCode;

constexpr std::string_view kMarkerName = "REFUND";

std::string_view WordOf(Contents contents) {
  return contents == Contents::kState ? "state" : "views";
}

// State of format 1 kept what an order had seen within the order.
uint32_t FormatOf(Contents contents) { return contents == Contents::kState ? 2 : 1; }

std::string MarkerText(Contents contents) {
  return std::string(WordOf(contents)) + " " + std::to_string(FormatOf(contents)) + "\n";
}

absl::Status CheckMarker(const std::string& directory, Contents contents, std::string_view text) {
  const std::string expected(WordOf(contents));
  uint32_t format = 0;
  if (text.starts_with(expected + " ") && text.ends_with("\n")) {
    std::from_chars(text.data() + expected.size() + 1, text.data() + text.size(), format);
  }
  const uint32_t known = FormatOf(contents);
  if (format == known) return absl::OkStatus();
  if (format > known) {
    return Errorf(StatusCode::kFailedPrecondition,
                  "%s has format %d, which is newer than %d, the newest that this program knows",
                  directory, format, known);
  }
  if (format > 0) {
    return Errorf(StatusCode::kOutOfRange,
                  "%s has format %d, this program writes %d: refundctl replay, or refundd, makes "
                  "it from the log again",
                  directory, format, known);
  }
  return Errorf(StatusCode::kFailedPrecondition, "%s does not hold %s: its file %s says otherwise",
                directory, expected, kMarkerName);
}

bool IsDataFile(std::string_view name) { return name.ends_with(".sst") || name.ends_with(".log"); }

// Without CURRENT, RocksDB would make a new database over what is left of the old one.
absl::Status CheckNotRobbed(const std::string& directory, const std::vector<std::string>& names) {
  const bool current = std::find(names.begin(), names.end(), "CURRENT") != names.end();
  if (current || std::none_of(names.begin(), names.end(), IsDataFile)) return absl::OkStatus();
  return Errorf(StatusCode::kDataLoss, "%s/CURRENT is missing", directory);
}

// Empty, or with nothing but a marker that is being written, or was when its writer crashed.
bool IsUnmade(const std::vector<std::string>& names) {
  const std::string unfinished = std::string(kMarkerName) + ".new";
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& each) { return each == unfinished; });
}

std::string MarkerPath(const std::string& directory) {
  return directory + "/" + std::string(kMarkerName);
}

}  // namespace

// The marker is written first, into an empty directory, so whatever stands in a directory without
// one is not ours.
absl::Status PrepareDirectory(const std::string& directory, Contents contents) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(directory));
  ASSIGN_OR_RETURN(const std::optional<std::string> marker, ReadSmallFile(MarkerPath(directory)));
  if (marker) {
    RETURN_IF_ERROR(CheckMarker(directory, contents, *marker));
    return CheckNotRobbed(directory, names);
  }
  if (!IsUnmade(names)) {
    return Errorf(StatusCode::kFailedPrecondition,
                  "%s holds something else: expected an empty directory or one with a file %s",
                  directory, kMarkerName);
  }
  RETURN_IF_ERROR(MakeDirectory(directory));
  return WriteFileAtomically(MarkerPath(directory), MarkerText(contents));
}

absl::Status CheckMade(const std::string& directory, Contents contents) {
  // Listed first: the writer makes the marker first, so whatever is listed besides has one by now.
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(directory));
  ASSIGN_OR_RETURN(const std::optional<std::string> marker, ReadSmallFile(MarkerPath(directory)));
  if (marker) RETURN_IF_ERROR(CheckMarker(directory, contents, *marker));
  if (!marker && !IsUnmade(names)) {
    return Errorf(StatusCode::kFailedPrecondition, "%s does not hold %s: it has no file %s",
                  directory, WordOf(contents), kMarkerName);
  }
  RETURN_IF_ERROR(CheckNotRobbed(directory, names));
  if (std::find(names.begin(), names.end(), "CURRENT") != names.end()) return absl::OkStatus();
  return Errorf(StatusCode::kNotFound, "%s holds nothing yet", directory);
}

}  // namespace refund::projections
