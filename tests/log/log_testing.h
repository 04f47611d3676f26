// What the tests of the logs share: a directory of their own, status checks, and short ways to
// append and to read.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/status.h"
#include "engine/log/log.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace refund::log {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <class T>
absl::Status StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P(HasCode, code, "") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

MATCHER_P2(HasCode, code, text, "") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code && Message(StatusOf(arg)).find(text) != std::string::npos;
}

// The value, for a test that cannot go on without it.
template <class T>
T Get(absl::StatusOr<T> value) {
  if (!value.ok()) {
    ADD_FAILURE() << value.status().ToString();
    std::abort();
  }
  return *std::move(value);
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(testing::TempDir() + "log_test_XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

struct Given {
  uint32_t partition = 0;
  int64_t stamp = 0;
  std::string bytes;
};

// One session with all of them; several records of a partition come into one frame.
inline absl::Status Append(Appender& appender, const std::vector<Given>& records) {
  ASSIGN_OR_RETURN(auto session, appender.Begin());
  for (const Given& record : records) {
    session->Add(record.partition, Instant{record.stamp}, record.bytes);
  }
  return session->Sync();
}

inline absl::Status Append(Log& log, const std::vector<Given>& records) {
  ASSIGN_OR_RETURN(auto appender, log.OpenAppender());
  return Append(*appender, records);
}

// The whole partition, by batches of that limit.
inline absl::StatusOr<std::vector<Record>> ReadAll(Reader& reader, uint32_t partition,
                                                   const BatchLimit& limit = {}) {
  std::vector<Record> all;
  for (;;) {
    const auto from = static_cast<int64_t>(all.size());
    ASSIGN_OR_RETURN(const auto batch, reader.Read(partition, from, limit));
    if (batch.empty()) return all;
    all.insert(all.end(), batch.begin(), batch.end());
  }
}

inline absl::StatusOr<std::vector<Record>> ReadAll(Log& log, uint32_t partition) {
  ASSIGN_OR_RETURN(auto reader, log.OpenReader());
  return ReadAll(*reader, partition);
}

inline std::vector<std::string> BytesOf(const std::vector<Record>& records) {
  std::vector<std::string> bytes;
  for (const Record& record : records) bytes.push_back(record.bytes);
  return bytes;
}

// Every record of every partition, in one line each: two logs are equal if these are.
inline absl::StatusOr<std::vector<std::string>> Dump(Reader& reader) {
  std::vector<std::string> lines;
  for (uint32_t partition = 0; partition < reader.partitions(); ++partition) {
    ASSIGN_OR_RETURN(const auto records, ReadAll(reader, partition));
    for (const Record& record : records) {
      lines.push_back(absl::StrFormat("%d/%d %d %s", record.at.partition, record.at.offset,
                                      record.recorded_at.ms, record.bytes));
    }
  }
  return lines;
}

inline Cursor CursorAt(int64_t next) {
  return {.next = next, .digest = Sha256("digest at " + std::to_string(next))};
}

// Runs `body` in a child process, which ends with its result. The child must not touch what has
// locks.
template <class Body>
pid_t Fork(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  return child;
}

// The child's exit code; -1 if a signal ended it.
inline int WaitFor(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace refund::log
