// The core on records of any bytes, without a log or a store: what the lane does with them, for
// targets that must be quick. Every step is encoded and read back, and so is every order.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/arbiter/apply.h"
#include "engine/base/bytes.h"
#include "engine/policy/pack_book.h"

namespace refund::fuzz {

// The bundled packs, compiled once.
const policy::PackBook& BundledPacks();

class Judge {
 public:
  // A record of the log, and the messages that it causes.
  void Take(ByteView record);
  // How many records were applied to an order.
  int applied() const { return applied_; }

 private:
  void TakeOne(ByteView record);
  void TakeBroadcast(const Event& event);
  void TakeOutage(const OutageDeclared& body, Instant recorded_at);
  void TakeOrderEvent(const Event& event);
  void FireDue(Order& order, Instant clock);
  void Keep(Order& order, const arbiter::Outcome& outcome);

  policy::PackBook packs_ = BundledPacks();
  std::map<std::string, Order> orders_;
  std::deque<std::string> messages_;  // records on their way to another key
  Instant tick_;
  int applied_ = 0;
};

}  // namespace refund::fuzz
