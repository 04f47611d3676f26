#include "tools/refundctl/care/rebuilder.h"

#include <memory>
#include <utility>

#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "projections/state/state_dir.h"
#include "server/lanes/partition.h"

namespace refund::tools {
namespace {

using projections::ViewRebuild;
using projections::ViewSink;

// Steps between two flushes: what the sink keeps in memory meanwhile.
constexpr int kStepsAFlush = 20'000;

class Folding {
 public:
  Folding(uint32_t partition, const std::vector<log::Output>& outputs, ViewSink& sink)
      : partition_(partition), outputs_(outputs), sink_(sink) {}

  // Everything that records below `next` gave.
  absl::Status UpTo(int64_t next) {
    int unflushed = 0;
    for (; at_ < outputs_.size() && outputs_[at_].cause_offset < next; ++at_) {
      const bool new_record =
          at_ == 0 || outputs_[at_].cause_offset != outputs_[at_ - 1].cause_offset;
      if (new_record && unflushed >= kStepsAFlush) {
        RETURN_IF_ERROR(sink_.Flush(outputs_[at_].cause_offset));
        unflushed = 0;
      }
      RETURN_IF_ERROR(TakeOne(outputs_[at_]));
      ++unflushed;
    }
    return sink_.Flush(next);
  }

 private:
  absl::Status TakeOne(const log::Output& output) {
    absl::Status taken;
    if (output.topic == log::Topic::kDecisions) {
      const absl::StatusOr<Step> step = codec::DecodeStep(output.bytes);
      taken = step.status();
      if (step.ok()) sink_.Take(*step, output.bytes);
    }
    if (output.topic == log::Topic::kQuarantined) {
      const absl::StatusOr<Quarantined> record = codec::DecodeQuarantined(output.bytes);
      taken = record.status();
      if (record.ok()) sink_.Take(*record);
    }
    if (taken.ok()) return taken;
    return Errorf(absl::StatusCode::kDataLoss, "output %d/%d/%d: %s", partition_,
                  output.cause_offset, output.k, Message(taken));
  }

  const uint32_t partition_;
  const std::vector<log::Output>& outputs_;
  ViewSink& sink_;
  size_t at_ = 0;
};

absl::Status CompareWithOld(ViewRebuild& rebuild, Folding& folding, int64_t committed,
                            const RebuildOptions& options, RebuiltPartition& result) {
  const std::optional<int64_t> old_next = rebuild.old_next();
  if (!old_next) {
    result.why_not = rebuild.why_not();
    return absl::OkStatus();
  }
  if (*old_next > committed) {
    result.why_not =
        absl::StrFormat("the old stand at offset %d, the outputs end at %d", *old_next, committed);
    result.differences.push_back({"position", std::to_string(*old_next), result.why_not});
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(folding.UpTo(*old_next));
  ASSIGN_OR_RETURN(result.differences, rebuild.Compare(options.most_differences));
  result.compared_at = *old_next;
  return absl::OkStatus();
}

absl::StatusOr<RebuiltPartition> RebuildOne(log::Committer& committer, const std::string& state,
                                            uint32_t partition, const RebuildOptions& options) {
  ASSIGN_OR_RETURN(const std::optional<log::Cursor> cursor, committer.ReadCursor());
  ASSIGN_OR_RETURN(const std::vector<log::Output> outputs, committer.ReadOutputs(0));
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewRebuild> rebuild,
                   ViewRebuild::Start(projections::ViewsDbPath(state, partition)));
  RebuiltPartition result;
  result.partition = partition;
  result.next = cursor ? cursor->next : 0;
  Folding folding(partition, outputs, rebuild->sink());
  RETURN_IF_ERROR(CompareWithOld(*rebuild, folding, result.next, options, result));
  RETURN_IF_ERROR(folding.UpTo(result.next));
  if (options.compare_only) return result;
  RETURN_IF_ERROR(rebuild->Swap());
  result.serves = true;
  return result;
}

}  // namespace

absl::StatusOr<std::vector<RebuiltPartition>> RebuildViews(Source& source, const std::string& state,
                                                           const RebuildOptions& options) {
  ASSIGN_OR_RETURN(const projections::StateDirInfo info, lanes::ReadOpening(*source.reader));
  const absl::Status its_state = projections::CheckStateDir(state, info);
  if (absl::IsNotFound(its_state)) return absl::InvalidArgumentError(its_state.message());
  RETURN_IF_ERROR(its_state);
  // All first: that fences, so no replay moves anything until the last has been swapped.
  std::vector<std::unique_ptr<log::Committer>> committers(info.partitions);
  for (uint32_t p = 0; p < info.partitions; ++p) {
    ASSIGN_OR_RETURN(committers[p], source.OpenCommitter(p));
  }
  std::vector<RebuiltPartition> rebuilt;
  for (uint32_t p = 0; p < info.partitions; ++p) {
    ASSIGN_OR_RETURN(RebuiltPartition one, RebuildOne(*committers[p], state, p, options));
    rebuilt.push_back(std::move(one));
  }
  return rebuilt;
}

}  // namespace refund::tools
