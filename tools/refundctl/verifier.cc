#include "tools/refundctl/verifier.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/codec/order_codec.h"
#include "engine/codec/step_codec.h"
#include "projections/state/meta.h"
#include "projections/state/read.h"
#include "projections/state/rocks_order_store.h"
#include "projections/views/read.h"
#include "projections/views/view_sink.h"
#include "server/lanes/partition.h"

namespace refund::tools {
namespace {

namespace fs = std::filesystem;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "refundctl-verify-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Takes the derived outputs in a committer's place, and compares them with the committed ones.
class Comparing final : public log::Committer {
 public:
  Comparing(uint32_t partition, std::vector<log::Output> committed)
      : partition_(partition), committed_(std::move(committed)) {}

  absl::StatusOr<std::optional<log::Cursor>> ReadCursor() override { return std::nullopt; }
  absl::StatusOr<std::vector<log::Output>> ReadOutputs(int64_t) override { return committed_; }
  absl::Status Commit(const std::vector<log::Output>& outputs, const log::Cursor&) override {
    for (const log::Output& derived : outputs) {
      if (at_ == committed_.size() || !difference_.empty()) break;
      if (derived != committed_[at_]) {
        difference_ = absl::StrFormat(
            "output %d/%d/%d, committed beside the log, is not what its record gives", partition_,
            derived.cause_offset, derived.k);
      }
      ++at_;
    }
    return absl::OkStatus();
  }

  int64_t compared() const { return static_cast<int64_t>(at_); }
  // The first difference, committed outputs that no record gives included.
  std::string difference() const {
    if (!difference_.empty() || at_ == committed_.size()) return difference_;
    return absl::StrFormat("output %d/%d/%d is committed beside the log, and no record gives it",
                           partition_, committed_[at_].cause_offset, committed_[at_].k);
  }

 private:
  const uint32_t partition_;
  const std::vector<log::Output> committed_;
  size_t at_ = 0;
  std::string difference_;
};

// ---- Deriving ----

// What was committed beside the log; empty for an exported file.
struct Committed {
  std::optional<log::Cursor> cursor;
  std::vector<log::Output> outputs;
};

absl::StatusOr<Committed> ReadCommitted(Source& source, uint32_t partition) {
  Committed committed;
  if (!source.log) return committed;
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Outputs> outputs, source.OpenOutputs(partition));
  ASSIGN_OR_RETURN(committed.cursor, outputs->ReadCursor());
  ASSIGN_OR_RETURN(committed.outputs, outputs->ReadOutputs(0));
  return committed;
}

// Derives the partition up to that offset into a new state, and compares the outputs on the way.
absl::StatusOr<std::string> Derive(Source& source, const std::string& fresh, uint32_t partition,
                                   int64_t upto, const Committed& committed, Verification& result) {
  std::vector<log::Output> expected = committed.outputs;
  std::erase_if(expected, [&](const log::Output& output) { return output.cause_offset >= upto; });
  Comparing comparing(partition, std::move(expected));
  ASSIGN_OR_RETURN(const auto store, projections::RocksOrderStore::Open(
                                         projections::StateDbPath(fresh, partition), {}));
  ASSIGN_OR_RETURN(const auto views,
                   projections::ViewSink::Open(projections::ViewsDbPath(fresh, partition), {}));
  const replay::LaneParts parts{partition,
                                source.reader.get(),
                                source.log ? &comparing : nullptr,
                                store.get(),
                                {views.get()}};
  ASSIGN_OR_RETURN(const auto lane, replay::Lane::Start(parts, {}));
  if (upto > 0) RETURN_IF_ERROR(lane->Run(upto));
  std::string difference = comparing.difference();
  if (difference.empty() && committed.cursor && committed.cursor->next == upto &&
      committed.cursor->has_digest && committed.cursor->digest != lane->meta().output_digest) {
    difference = absl::StrFormat(
        "partition %d: the digest committed at offset %d is not the derived one", partition, upto);
  }
  result.records = std::max(result.records, lane->records_read());
  result.outputs = std::max(result.outputs, comparing.compared());
  RETURN_IF_ERROR(views->Close());
  RETURN_IF_ERROR(store->Close());
  return difference;
}

// The state as it stood at its own offset, and the outputs, which may be committed further.
absl::StatusOr<std::string> DerivePartition(Source& source, const std::string& fresh,
                                            uint32_t partition, int64_t upto,
                                            Verification& result) {
  ASSIGN_OR_RETURN(const Committed committed, ReadCommitted(source, partition));
  const int64_t cursor = committed.cursor ? committed.cursor->next : 0;
  if (source.log && cursor < upto) {
    return absl::StrFormat(
        "partition %d: the state stands at offset %d, the outputs beside the log only at %d",
        partition, upto, cursor);
  }
  Verification here;
  ASSIGN_OR_RETURN(std::string difference, Derive(source, fresh, partition, upto, committed, here));
  if (difference.empty() && committed.cursor && committed.cursor->next > upto) {
    ASSIGN_OR_RETURN(difference, Derive(source, fresh + "-outputs", partition,
                                        committed.cursor->next, committed, here));
  }
  result.records += here.records;
  result.outputs += here.outputs;
  return difference;
}

// ---- Comparing states ----

using Rows = std::map<std::string, std::string>;

std::string FirstDifference(const std::string& what, const Rows& stored, const Rows& derived) {
  for (const auto& [key, value] : derived) {
    const auto found = stored.find(key);
    if (found == stored.end()) return what + " " + key + ": the state has none, the log gives one";
    if (found->second != value) {
      return what + " " + key + ": the state has " + found->second.substr(0, 2000) +
             ", the log gives " + value.substr(0, 2000);
    }
  }
  for (const auto& [key, value] : stored) {
    if (!derived.contains(key)) return what + " " + key + ": the state has one, the log gives none";
  }
  return "";
}

std::string MetaText(const replay::PartitionMeta& meta) {
  std::string text = absl::StrFormat(
      "next=%d output=%s last_record=%s tick=%s applied=%d refused=%d duplicates=%d conflicts=%d "
      "quarantined=%d fired=%d decisions=%d events=%d semantic=%d",
      meta.next, meta.output_digest.hex(), meta.last_record.hex(), FormatInstant(meta.last_tick),
      meta.counts.applied, meta.counts.refused, meta.counts.duplicates, meta.counts.conflicts,
      meta.counts.quarantined, meta.counts.fired, meta.counts.decisions, meta.counts.events,
      meta.semantic);
  for (const replay::StoredPack& pack : meta.packs) {
    text += " pack=" + pack.digest.hex() + "@" + FormatInstant(pack.recorded_at);
  }
  return text + " pending=" + ToHex(projections::EncodePending(meta));
}

absl::StatusOr<Rows> StateRows(const std::string& state, std::vector<std::string>& keys) {
  ASSIGN_OR_RETURN(const auto reader, projections::StateReader::Open(state));
  Rows rows;
  for (uint32_t p = 0; p < reader->info().partitions; ++p) {
    RETURN_IF_ERROR(reader->VerifyFiles(p));
    ASSIGN_OR_RETURN(const auto meta, reader->ReadMeta(p));
    if (!meta.value) continue;
    rows["meta of partition " + std::to_string(p)] = MetaText(*meta.value);
    ASSIGN_OR_RETURN(const auto due, reader->ReadDue(p));
    for (const replay::DueOrder& each : due) {
      rows["due " + FormatInstant(each.due) + " " + each.key] = "";
    }
  }
  RETURN_IF_ERROR(reader->ForEachOrder([&](const Order& order, const projections::AsOf&) {
    keys.push_back(order.key);
    rows["order " + order.key] = codec::OrderToJson(order);
    return true;
  }));
  return rows;
}

absl::StatusOr<Rows> ViewRows(const std::string& state, const std::vector<std::string>& keys) {
  ASSIGN_OR_RETURN(const auto reader, projections::ViewReader::Open(state));
  for (uint32_t p = 0; p < reader->info().partitions; ++p) RETURN_IF_ERROR(reader->VerifyFiles(p));
  Rows rows;
  ASSIGN_OR_RETURN(const auto cases, reader->ListCases({}));
  for (const CaseSummary& each : cases.rows)
    rows["case " + each.id.hex()] = codec::SummaryToJson(each);
  ASSIGN_OR_RETURN(const auto quarantined, reader->ListQuarantined());
  for (const Quarantined& each : quarantined.rows) {
    rows[absl::StrFormat("quarantined %d/%d", each.partition, each.offset)] =
        codec::QuarantinedToJson(each);
  }
  for (const std::string& key : keys) {
    ASSIGN_OR_RETURN(const auto steps, reader->ReadTimeline(key));
    for (const Step& step : steps.rows) {
      rows[absl::StrFormat("step %s %012d", key, step.sequence)] = codec::StepToJson(step);
    }
  }
  return rows;
}

absl::StatusOr<std::string> CompareStates(const std::string& state, const std::string& fresh,
                                          Verification& result) {
  std::vector<std::string> keys;
  std::vector<std::string> derived_keys;
  ASSIGN_OR_RETURN(const Rows stored, StateRows(state, keys));
  ASSIGN_OR_RETURN(const Rows derived, StateRows(fresh, derived_keys));
  result.orders = static_cast<int64_t>(derived_keys.size());
  if (std::string difference = FirstDifference("state:", stored, derived); !difference.empty()) {
    return difference;
  }
  ASSIGN_OR_RETURN(const Rows stored_views, ViewRows(state, keys));
  ASSIGN_OR_RETURN(const Rows derived_views, ViewRows(fresh, derived_keys));
  return FirstDifference("views:", stored_views, derived_views);
}

}  // namespace

absl::StatusOr<Verification> Verify(Source& source, const std::string& state) {
  ASSIGN_OR_RETURN(const projections::StateDirInfo info, lanes::ReadOpening(*source.reader));
  const absl::Status its_state = projections::CheckStateDir(state, info);
  if (absl::IsNotFound(its_state)) return absl::InvalidArgumentError(its_state.message());
  RETURN_IF_ERROR(its_state);
  const TemporaryDirectory temporary;
  if (temporary.path().empty()) return absl::UnavailableError("no temporary directory can be made");
  const std::string fresh = temporary.path() + "/state";
  RETURN_IF_ERROR(projections::CreateStateDir(fresh, info));
  RETURN_IF_ERROR(projections::CreateStateDir(fresh + "-outputs", info));

  Verification result;
  ASSIGN_OR_RETURN(const auto reader, projections::StateReader::Open(state));
  for (uint32_t p = 0; p < info.partitions; ++p) {
    ASSIGN_OR_RETURN(const auto meta, reader->ReadMeta(p));
    const int64_t upto = meta.value ? meta.value->next : 0;
    ASSIGN_OR_RETURN(const std::string difference, DerivePartition(source, fresh, p, upto, result));
    if (result.difference.empty()) result.difference = difference;
    ASSIGN_OR_RETURN(const int64_t end, source.reader->End(p));
    result.behind += end - upto;
  }
  if (!result.difference.empty()) return result;
  ASSIGN_OR_RETURN(result.difference, CompareStates(state, fresh, result));
  return result;
}

}  // namespace refund::tools
