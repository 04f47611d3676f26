// The log: ordered bytes with addresses. It knows no domain; what a record means is the codec's
// affair. An interface for each of its users: intake appends, lanes read, lanes commit what they
// made of it, and others read or follow what was committed. Implementations: segment_log (a
// directory), kafka_log (topics), file_log (an exported file, read-only), memory_log (tests). One
// conformance suite runs over all that can write.
//
// Offsets of a partition are dense from 0. All calls are blocking; an object belongs to one thread,
// but any number of objects, in any number of processes, may be open on one log.
//
// Errors: kNotFound (no log there), kDataLoss (stored bytes are corrupt: file, byte position, what
// was expected and found), kFailedPrecondition (refused for safety: somebody else holds it, it
// exists, access is forbidden, or a commit does not go on from the last one), kInvalidArgument (no
// such partition, a record too large for this log), kOutOfRange (a read past the end), kUnavailable
// and kResourceExhausted (the machinery: retry may help).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"

namespace refund::log {

// Where a record lies.
struct Address {
  uint32_t partition = 0;
  int64_t offset = 0;
  auto operator<=>(const Address&) const = default;
};

struct Record {
  Address at;
  Instant recorded_at;  // what intake stamped, kept beside the bytes so that the log can be scanned
  std::string bytes;
};

// A batch ends at whichever limit is met first; at least one record is returned where there is one.
struct BatchLimit {
  size_t records = 4096;
  size_t bytes = 4 << 20;
};

class Reader {
 public:
  virtual ~Reader() = default;
  virtual uint32_t partitions() const = 0;
  // The next offset to be written, as of now. A torn tail does not count.
  virtual absl::StatusOr<int64_t> End(uint32_t partition) = 0;
  // Records from `offset` on, in order, without gaps; empty at the end of the log. What was
  // returned once stays: it is durable, even if its writer died before it could acknowledge it.
  // kOutOfRange past the end: whoever was there has seen records that the log has lost.
  virtual absl::StatusOr<std::vector<Record>> Read(uint32_t partition, int64_t offset,
                                                   const BatchLimit& limit) = 0;
};

// A record that came to lie elsewhere than Add() said.
struct Moved {
  Address announced;
  Address at;
};

// The right to append, from Begin() until destroyed: exclusive over all processes, or, where the
// appender is not exclusive(), over the sessions of one Log object. Nothing is acknowledged, and
// after a crash any part may be missing, until Sync() has returned OK.
class AppendSession {
 public:
  virtual ~AppendSession() = default;
  // The highest recorded_at in the whole log, this session's own records included; kMinInstant in
  // an empty log. Not exclusive: what it was when the session began, by the last records of every
  // partition; another process may have gone past it.
  virtual Instant highest() const = 0;
  // The next offset of that partition, this session's own records included. Not exclusive: as far
  // as this session knows.
  virtual int64_t End(uint32_t partition) const = 0;
  // Says which offset the record gets; where that turned out otherwise, moved() says so.
  // `recorded_at` must be at or after highest(), and there are at most 2^30 - 12 bytes: the
  // caller's contract, and a CHECK.
  virtual Address Add(uint32_t partition, Instant recorded_at, ByteView bytes) = 0;
  // Makes all that was added durable (fsync). After an error the session is of no further use, and
  // any part of what it added may be in the log, unacknowledged, as after a crash. kInvalidArgument
  // for a record that is larger than this log takes: then nothing was appended.
  virtual absl::Status Sync() = 0;
  // Of what was synced, the records that lie elsewhere than Add() said, because another process
  // appended at the same time. None where the appender is exclusive().
  virtual std::vector<Moved> moved() const { return {}; }
};

class Appender {
 public:
  virtual ~Appender() = default;
  virtual uint32_t partitions() const = 0;
  // Whether a session excludes those of all processes. A broker gives no such right to a producer
  // that is never transactional, and one that is makes gaps (docs/decisions/0015-kafka-log.md).
  virtual bool exclusive() const { return true; }
  // Waits for whoever is appending; an appender's own session must have ended. Cuts a torn tail (a
  // frame that its file ends inside).
  virtual absl::StatusOr<std::unique_ptr<AppendSession>> Begin() = 0;
};

// What a lane has made of a record: bytes for one of the output topics. A topic has records of one
// type alone (docs/formats/outputs.md).
enum class Topic : uint8_t { kDecisions = 0, kPayouts = 1, kMessages = 2, kQuarantined = 3 };

struct Output {
  Topic topic = Topic::kDecisions;
  int64_t cause_offset = 0;  // the record it came from, and its place among that record's outputs:
  uint32_t k = 0;            // with the partition, its address
  std::string bytes;
  // What it is, wherever it lies: made from what `bytes` say, and carried beside them where a log
  // has headers. Not compared, and lost where there are none.
  std::string id = {};
  bool operator==(const Output& other) const {
    return topic == other.topic && cause_offset == other.cause_offset && k == other.k &&
           bytes == other.bytes;
  }
};

// How far a partition's outputs are committed, and the running digest of inputs and outputs so far.
struct Cursor {
  int64_t next = 0;  // the first offset that is not consumed
  Digest digest;
  // False for a cursor that was lost, and made again from the outputs' own tails: past the last
  // record that had outputs. The true one may lie beyond, by records that had none.
  bool has_digest = true;
  bool operator==(const Cursor&) const = default;
};

// What was committed of one partition, for whoever only reads it. Over Kafka it disturbs no
// committer, and shows what is committed while it is read.
class Outputs {
 public:
  virtual ~Outputs() = default;
  // Absent before the first commit. A broker may lose it while the outputs are there: then it is
  // made again from them, without a digest.
  virtual absl::StatusOr<std::optional<Cursor>> ReadCursor() = 0;
  // What was committed, in order, from the first output whose cause is at or past `from_offset`.
  virtual absl::StatusOr<std::vector<Output>> ReadOutputs(int64_t from_offset) = 0;
};

// The outputs of one partition. Opening one fences: it is refused (kFailedPrecondition) while
// another process holds it, or, in memory and over Kafka, it makes every older one fail from then
// on. kAborted, from any call: fenced. Another owner has the partition, so it must be given up, and
// no other committer opened. Over Kafka a committer learns that when it commits, and not before.
class Committer : public Outputs {
 public:
  // Atomic and durable: all outputs and the cursor, or nothing. `cursor.next` must lie past the
  // last one committed, and each output's cause below it: else kFailedPrecondition, and nothing has
  // happened. After another error it is not known whether it happened: open another committer,
  // whose ReadCursor knows, as after a crash. (In memory and embedded, this one's knows too.)
  virtual absl::Status Commit(const std::vector<Output>& outputs, const Cursor& cursor) = 0;
  // Puts out again what was committed once and is not there any more, and leaves the cursor where
  // it is. kDataLoss where that cannot be: a file that has lost some is corrupt.
  virtual absl::Status Repeat(const std::vector<Output>& outputs);
};

// Follows what a partition's committer commits, without fencing anybody: for whoever carries
// messages, in the committer's process or another.
class OutputReader {
 public:
  virtual ~OutputReader() = default;
  struct Committed {
    std::vector<Output> outputs;
    int64_t next = 0;  // all outputs of causes below it have been read; 0 before the first commit
  };
  // The outputs whose cause is at or past `from_offset`, commit by commit, until the limit is met;
  // none, and `next`, where there are none yet. A `next` below `from_offset`: fewer is committed.
  // Over Kafka also what somebody has put there out of order since.
  virtual absl::StatusOr<Committed> Read(int64_t from_offset, const BatchLimit& limit) = 0;
};

// All for one log.
class Log {
 public:
  virtual ~Log() = default;
  virtual absl::StatusOr<std::unique_ptr<Reader>> OpenReader() = 0;
  virtual absl::StatusOr<std::unique_ptr<Appender>> OpenAppender() = 0;
  virtual absl::StatusOr<std::unique_ptr<Committer>> OpenCommitter(uint32_t partition) = 0;
  // Asked before this process opens a committer again, after one of its own has failed: kAborted if
  // another process has opened one since, which must not be fenced by its own predecessor. Nothing
  // to ask where a second one is refused anyway.
  virtual absl::Status IsStillMine(uint32_t) { return absl::OkStatus(); }
  virtual absl::StatusOr<std::unique_ptr<OutputReader>> FollowOutputs(uint32_t partition) = 0;
  // By default a committer, so that in memory and embedded it is one's for as long as it is open.
  virtual absl::StatusOr<std::unique_ptr<Outputs>> OpenOutputs(uint32_t partition) {
    return OpenCommitter(partition);
  }
};

}  // namespace refund::log
