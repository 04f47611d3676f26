// The values that both orders and steps hold, as they stand in their schemas (stored_fields.h).
// Internal to the codec.
#pragma once

#include "engine/codec/stored_fields.h"
#include "engine/domain/event.h"
#include "engine/domain/money.h"
#include "engine/domain/order.h"

namespace refund::codec::stored {

template <class Io>
void Map(Io& io, Ref<Io, Money> v) {
  STORED(units, Units);
  STORED(currency, Currency);
}

template <class Io>
void Map(Io& io, Ref<Io, Actor> v) {
  STORED(role, Role);
  STORED(id, Id);
}

template <class Io>
void Map(Io& io, Ref<Io, DecisionRef> v) {
  STORED(id, Id);
  STORED(basis, Basis);
  STORED(outcome, Outcome);
  STORED(remedy, Remedy);
  STORED(amount, Amount);
  STORED(bearer, Bearer);
  STORED(row, Row);
  STORED(rule, Rule);
  STORED(catalogue, Catalogue);
  STORED(at, At);
  STORED(landed, Landed);
  STORED(quantity, Quantity);
}

template <class Io>
void Map(Io& io, Ref<Io, SpentTime> v) {
  STORED(buyer_ms, BuyerMs);
  STORED(seller_ms, SellerMs);
  STORED(platform_ms, PlatformMs);
}

}  // namespace refund::codec::stored
