#include "projections/state/rocks_options.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <cstdarg>

#include "projections/state/file_checksum.h"

namespace refund::projections {
namespace {

// Before they are merged.
constexpr int kRunsOfState = 16;
constexpr int kRunsOfViews = 5;

// RocksDB's own log says nothing that its statuses do not say, and a reader must not
// write into a directory that is not its own.
class SilentLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::BlockBasedTableOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;  // the newest that 7.8 reads
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  table.block_cache = cache;
  // Indexes and filters lie in no cache, and what they take grows with the database: a key for each
  // block, and neighbours begin alike.
  table.block_size = 16 << 10;
  table.index_block_restart_interval = 16;
  return table;
}

// Levels would merge nearly all of a database with each few flushes, and so the more the longer the
// log; runs of like size are merged with each other, which is seldom. An order is written again and
// again, and lies in many runs until they are merged: that costs disk, so all is merged once it
// comes to three times what counts.
void MergeSeldom(Contents contents, rocksdb::Options& options) {
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  const int runs = contents == Contents::kState ? kRunsOfState : kRunsOfViews;
  options.level0_file_num_compaction_trigger = runs;
  options.level0_slowdown_writes_trigger = 64;
  options.level0_stop_writes_trigger = 96;
  options.compaction_options_universal.size_ratio = 50;
  options.compaction_options_universal.min_merge_width = runs / 2;
  options.compaction_options_universal.max_size_amplification_percent = 200;
}

}  // namespace

rocksdb::Options PinnedOptions(Contents contents, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::Options options;
  options.paranoid_checks = true;
  options.force_consistency_checks = true;
  options.verify_sst_unique_id_in_manifest = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.recycle_log_file_num = 0;
  options.wal_compression = rocksdb::kNoCompression;
  options.manual_wal_flush = false;
  options.unordered_write = false;
  options.enable_pipelined_write = false;
  options.track_and_verify_wals_in_manifest = false;
  options.best_efforts_recovery = false;
  // A background error ends the process; RocksDB's bugs cluster in its attempts to go on.
  options.max_bgerror_resume_count = 0;
  options.file_checksum_gen_factory = FileChecksums();
  options.compression = rocksdb::kNoCompression;
  options.bottommost_compression = rocksdb::kLZ4Compression;
  options.level_compaction_dynamic_level_bytes = true;
  options.write_buffer_size = 16 << 20;
  // Rows come table by table, in the order of their keys: each lies just behind the one before it.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  options.max_background_jobs = 2;
  options.max_open_files = -1;
  options.allow_data_in_errors = false;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log = std::make_shared<SilentLogger>();
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(cache)));
  MergeSeldom(contents, options);
  return options;
}

}  // namespace refund::projections
