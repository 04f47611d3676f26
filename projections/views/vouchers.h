// The vouchers of each order: granted, redeemed, expired, revoked. How much of one is spent is
// known to the order's state alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "projections/views/entries.h"
#include "projections/views/view.h"

namespace refund::projections {

class Vouchers final : public View {
 public:
  using View::Take;
  void Take(const Step& step, ByteView bytes) override;
  absl::Status Write(ViewRows& rows) override;

 private:
  struct Grant {
    uint32_t case_number = 0;
    std::string kind;
    int64_t amount = 0;
    Instant at;
    std::optional<Instant> expires_at;
  };
  struct Moves {
    std::optional<Grant> grant;
    std::optional<VoucherState> state;
    Instant since;
  };
  void TakeState(const Step& step, const Id& voucher, VoucherState state);

  std::map<std::pair<std::string, Id>, Moves> moves_;
};

}  // namespace refund::projections
