// An order store in plain maps: the whole contract of OrderStore, without a disk, for what-if runs
// and tests. What is checkpointed are encoded bytes, so that every test that uses it exercises the
// codecs too, and a lane that is opened again on the same store goes on from there, as after a
// restart.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/replay/order_store.h"

namespace refund::replay {

class MemoryOrderStore : public OrderStore {
 public:
  absl::StatusOr<std::optional<PartitionMeta>> ReadMeta() override;
  absl::StatusOr<Order*> Load(std::string_view key) override;
  absl::Status RecallClaim(Order& order, const std::string& claim_id) override;
  void MarkChanged(const Order& order) override;
  absl::StatusOr<std::vector<DueOrder>> ReadDue() override;
  size_t ChangedBytes() const override;
  absl::Status Checkpoint(const PartitionMeta& meta) override;
  absl::StatusOr<Digest> StateDigest() override;

  // A crash: what was not checkpointed is gone. Pointers from Load() end here.
  void Drop();
  // By key: EncodeOrder() of every order, as of the newest checkpoint.
  const std::map<std::string, std::string>& stored() const { return stored_; }

 private:
  std::optional<PartitionMeta> meta_;
  std::map<std::string, std::string> stored_;
  std::set<DueOrder> due_;
  std::map<std::string, std::unique_ptr<Order>, std::less<>> residents_;
  std::set<std::string, std::less<>> changed_;
};

}  // namespace refund::replay
