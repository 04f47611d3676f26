// How often a log has taken each row of the machine, and how often a case stood as one stands now:
// what is seldom is looked for (History::Explore), what never was is named.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/domain/order.h"
#include "engine/domain/step.h"

namespace refund::generate {

struct RowTaken {
  std::string_view table;  // "phase"
  std::string_view label;
  int64_t times = 0;
};

class Rows {
 public:
  // Every row that a log's records and deadlines can take, and none of them taken.
  Rows();

  // The step was taken, and left the order as it is.
  void Note(const Step& step, const Order& order);
  // How often the like was seen, up to kFamiliar: the row of the step that was taken least often,
  // or, one more, how often a case stood as one stands that the step moved.
  static constexpr int64_t kFamiliar = 50;
  int64_t Familiarity(const Step& step, const Order& order) const;

  const std::vector<RowTaken>& all() const { return rows_; }  // table by table
  int64_t taken() const;                                      // how many, at least once
  const RowTaken& rarest() const;

 private:
  template <class Table>
  void Add(std::string_view name, int table, const Table& rows);

  std::vector<RowTaken> rows_;
  // By table and label; and by what Stand() says of a case. Never iterated.
  absl::flat_hash_map<std::pair<int, std::string_view>, size_t> index_;
  absl::flat_hash_map<uint64_t, int64_t> stands_;
};

}  // namespace refund::generate
