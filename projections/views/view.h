// A view is a fold of a partition's steps into rows that answer one kind of question. It never
// feeds back, and each can be rebuilt from the log alone. All views of a partition stand in one
// database and are written together, so they are always of one position.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/domain/step.h"

namespace refund::projections {

// Where a view writes its rows. Changes become visible together, and to Get() not before.
class ViewRows {
 public:
  virtual ~ViewRows() = default;
  virtual absl::StatusOr<std::optional<std::string>> Get(ByteView key) = 0;
  virtual void Put(ByteView key, std::string value) = 0;
  virtual void Delete(ByteView key) = 0;
};

class View {
 public:
  virtual ~View() = default;
  // What happened, in the order of the log. Kept in memory until the next Write().
  virtual void Take(const Step&, ByteView /*bytes*/) {}
  virtual void Take(const Quarantined&) {}
  // The rows of all that was taken since the last time, which is forgotten.
  virtual absl::Status Write(ViewRows& rows) = 0;
};

}  // namespace refund::projections
