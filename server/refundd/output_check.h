// What a partition has put out, read back and compared: between a commit that was answered and a
// consumer that sees it lie a broker and a client, and both have lost and doubled records before
// (shared/design/engine.md §3.2). What is missing is to be put out again; what differs, or was put
// there by somebody else, stops the partition. The lane's thread says what is expected, another one
// reads.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/log.h"

namespace refund::daemon {

class OutputCheck {
 public:
  // Of the outputs whose cause is at or past `from`.
  OutputCheck(uint32_t partition, int64_t from)
      : partition_(partition), told_(from), compared_(from), read_(from) {}

  // ---- The lane's thread ----
  // These are all of the records from the last `next` on, and committed.
  void Expect(std::vector<log::Output> outputs, int64_t next);
  // Those that were not there; each once.
  std::vector<log::Output> TakeMissing();
  // How many were compared since it was asked last.
  int64_t TakeCompared();
  // kDataLoss, with what was expected and found, once something differs.
  absl::Status Found() const;

  // ---- The reading thread ----
  // Whether anything is expected that was not compared.
  bool HasMore() const;
  // Reads what has been committed since, and compares it. An error is the reader's.
  absl::Status Look(log::OutputReader& reader);
  // Of what was read and is not compared yet.
  size_t held_bytes() const;

 private:
  absl::StatusOr<bool> ReadOn(log::OutputReader& reader);  // whether there was more
  absl::Status Heed(const absl::Status& failed);
  void SkipGivenUp();
  void Compare(int64_t before);
  void CompareOne(const log::Output& expected, std::vector<log::Output>::const_iterator& found,
                  std::vector<log::Output>::const_iterator end);
  void NoteForeign(const log::Output& found);
  void Differs(const log::Output& at, const std::string& expected, const std::string& found);

  const uint32_t partition_;

  mutable std::mutex mutex_;
  std::deque<log::Output> expected_;  // in order; of the records from compared_ to told_
  size_t expected_bytes_ = 0;
  int64_t told_;
  int64_t compared_;      // all of the records before are
  int64_t given_up_ = 0;  // what was expected of the records before is forgotten
  int64_t newly_compared_ = 0;
  std::vector<log::Output> missing_;
  absl::Status difference_;

  // The reading thread's.
  int64_t read_;
  std::vector<log::Output> found_;  // and not compared
};

}  // namespace refund::daemon
