#include "projections/views/generations.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/base/status.h"
#include "projections/state/files.h"

namespace refund::projections {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(std::string_view what, const std::string& path, const std::string& why) {
  return Errorf(absl::StatusCode::kInternal, "%s %s: %s", what, path, why);
}

std::string FolderOf(const std::string& link) { return fs::path(link).parent_path().string(); }

// "views-", of the link's own name.
std::string StemOf(const std::string& link) { return fs::path(link).filename().string() + "-"; }

// 0 unless it is the name of a generation.
uint64_t NumberOf(const std::string& name, const std::string& stem) {
  uint64_t number = 0;
  if (!name.starts_with(stem)) return 0;
  const char* const end = name.data() + name.size();
  const auto [at, error] = std::from_chars(name.data() + stem.size(), end, number);
  return error == std::errc() && at == end ? number : 0;
}

absl::StatusOr<std::vector<std::string>> Generations(const std::string& link) {
  ASSIGN_OR_RETURN(std::vector<std::string> names, ListDirectory(FolderOf(link)));
  const std::string stem = StemOf(link);
  std::erase_if(names, [&](const std::string& name) { return NumberOf(name, stem) == 0; });
  return names;
}

absl::Status Remove(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return error ? Failed("remove", path, error.message()) : absl::OkStatus();
}

// A directory in the link's place cannot be renamed over; it changes names with the new link.
absl::Status PutInPlace(const std::string& made, const std::string& link) {
  if (::rename(made.c_str(), link.c_str()) == 0) return absl::OkStatus();
  if (errno != EISDIR && errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR) {
    return Failed("rename to", link, std::strerror(errno));
  }
  if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, link.c_str(), RENAME_EXCHANGE) == 0) {
    return absl::OkStatus();
  }
  return Failed("exchange with", link, std::strerror(errno));
}

absl::Status Link(const std::string& link, const std::string& generation) {
  const std::string made = link + ".new";
  RETURN_IF_ERROR(Remove(made));
  const std::string target = fs::path(generation).filename().string();
  if (::symlink(target.c_str(), made.c_str()) != 0) {
    return Failed("create", made, std::strerror(errno));
  }
  RETURN_IF_ERROR(PutInPlace(made, link));
  return SyncDirectory(FolderOf(link));
}

absl::Status RemoveAllBut(const std::string& link, const std::string& generation) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, Generations(link));
  for (const std::string& name : names) {
    const std::string path = FolderOf(link) + "/" + name;
    if (path != generation) RETURN_IF_ERROR(Remove(path));
  }
  return Remove(link + ".new");
}

absl::StatusOr<std::string> NewName(const std::string& link) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, Generations(link));
  uint64_t newest = 0;
  for (const std::string& name : names) newest = std::max(newest, NumberOf(name, StemOf(link)));
  return link + "-" + std::to_string(newest + 1);
}

}  // namespace

absl::StatusOr<std::string> ServingViews(const std::string& link) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(link, error);
  if (status.type() == fs::file_type::not_found) {
    return Errorf(absl::StatusCode::kNotFound, "there are no views at %s", link);
  }
  if (error) return Failed("look at", link, error.message());
  if (status.type() != fs::file_type::symlink) return link;
  const fs::path target = fs::read_symlink(link, error);
  // It may have been replaced by a directory just now; then that serves.
  if (error) return Failed("read link", link, error.message());
  return FolderOf(link) + "/" + target.filename().string();
}

absl::StatusOr<std::string> ServingOrFirstViews(const std::string& link) {
  absl::StatusOr<std::string> serving = ServingViews(link);
  if (!absl::IsNotFound(serving.status())) return serving;
  RETURN_IF_ERROR(MakeDirectory(FolderOf(link)));
  // One larger than what may lie about: nothing of it is taken for the new one's.
  ASSIGN_OR_RETURN(const std::string first, NewName(link));
  RETURN_IF_ERROR(Link(link, first));
  RETURN_IF_ERROR(RemoveAllBut(link, first));
  return first;
}

absl::StatusOr<std::string> NextViews(const std::string& link) {
  ASSIGN_OR_RETURN(const std::string serving, ServingOrFirstViews(link));
  RETURN_IF_ERROR(RemoveAllBut(link, serving));
  ASSIGN_OR_RETURN(const std::string next, NewName(link));
  RETURN_IF_ERROR(MakeDirectory(next));
  return next;
}

absl::Status ServeViews(const std::string& link, const std::string& generation) {
  RETURN_IF_ERROR(Link(link, generation));
  return RemoveAllBut(link, generation);
}

absl::StatusOr<std::vector<std::string>> LeftoverViews(const std::string& link) {
  const absl::StatusOr<std::string> serving = ServingViews(link);
  ASSIGN_OR_RETURN(const std::vector<std::string> names, Generations(link));
  std::vector<std::string> left;
  for (const std::string& name : names) {
    const std::string path = FolderOf(link) + "/" + name;
    if (!serving.ok() || path != *serving) left.push_back(path);
  }
  return left;
}

}  // namespace refund::projections
