// Directories that go away, and a small language over orders and stores.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/replay/order_store.h"
#include "projections/state/rocks_order_store.h"
#include "tests/projections/every_field.h"

namespace refund::testing {

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "refund-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// The value of a StatusOr, or the test fails with its status.
template <class T>
T Value(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  if (!result.ok()) std::abort();
  return *std::move(result);
}

inline std::unique_ptr<projections::RocksOrderStore> OpenStore(const std::string& path,
                                                               size_t resident_bytes = 64 << 20) {
  return Value(projections::RocksOrderStore::Open(path, {resident_bytes, nullptr}));
}

inline replay::PartitionMeta MetaAt(int64_t next) {
  replay::PartitionMeta meta;
  meta.log_id = Full<Id>();
  meta.partition = 0;
  meta.partitions = 1;
  meta.semantic = 1;
  meta.next = next;
  meta.counts.events = next;
  return meta;
}

inline Deadline DueAt(int64_t ms) {
  Deadline deadline;
  deadline.timer = Timer::kT1;
  deadline.due = Instant{ms};
  return deadline;
}

// One step of an order: its sequence grows, and its deadlines are these.
inline Order& StepOrder(replay::OrderStore& store, std::string_view key,
                        const std::vector<Deadline>& deadlines) {
  Order* const order = Value(store.Load(key));
  ++order->sequence;
  order->deadlines = deadlines;
  store.MarkChanged(*order);
  return *order;
}

// "due key, due key", as the newest checkpoint has it.
inline std::string DueText(replay::OrderStore& store) {
  std::string text;
  for (const replay::DueOrder& each : Value(store.ReadDue())) {
    if (!text.empty()) text += ", ";
    text += std::to_string(each.due.ms) + " " + each.key;
  }
  return text;
}

}  // namespace refund::testing
