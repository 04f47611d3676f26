// One order's life, made up step by step: the order is folded by the engine itself (arbiter::Apply
// and Fire), so what comes next is chosen from how it really stands. Deterministic in its seed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/arbiter/apply.h"
#include "engine/domain/event.h"
#include "engine/domain/order.h"
#include "engine/policy/pack_book.h"
#include "tools/generate/choices.h"
#include "tools/generate/random.h"
#include "tools/generate/rows.h"

namespace refund::generate {

// What its steps came to.
struct Tally {
  int64_t events = 0;
  int64_t applied = 0;
  int64_t refused = 0;
  int64_t duplicates = 0;
  int64_t conflicts = 0;
  int64_t parked = 0;  // or too late
  int64_t moved = 0;   // events that changed a phase, an overlay, goods or a leg
  int64_t fired = 0;   // deadlines: no records
  Rows rows;           // by events and deadlines
  // Orders on which the engine broke an invariant by a record, which was left out with all that
  // would have come after it; and by a deadline, which no generator can leave out.
  int64_t broken = 0;
  int64_t broken_by_deadline = 0;
  std::string how;  // of the first: the order's key, and the invariant
};

struct Birth {
  uint64_t number = 0;
  uint64_t seed = 0;
  Platform platform = Platform::kUnspecified;
  Instant at;
  bool explores = false;  // its people do what has seldom been done
};

class History {
 public:
  History(const Birth& birth, const policy::PackBook& packs, Tally& tally);

  // One record, at next_at(), which is then the time of the record after it. Null if there is none:
  // the engine broke an invariant of its own, and what would have done it is not said.
  const Event* Step();
  Instant next_at() const { return next_at_; }
  // Arbitrations and payouts are seen to their end first: a case that nobody takes up, and a leg
  // that nobody answers, fire again and again.
  bool is_over() const;
  // Nothing new from here on.
  void End() { steps_left_ = std::min(steps_left_, 0); }
  // Deadlines that are due by then pass.
  void PassUntil(Instant at);

  // ---- For the acts (acts.h) ----

  Order& order() { return order_; }
  const Order& order() const { return order_; }
  Case& CaseOf(const Target& target) { return order_.cases[target.case_number - 1]; }
  const OrderLine& LineOf(const Case& c) { return *order_.FindLine(c.line); }
  Random& random() { return random_; }
  Instant now() const { return now_; }
  const policy::PackBook& packs() const { return packs_; }
  // The pack in force now; null before the first.
  const policy::Pack* pack() const { return packs_.InForce(order_.platform, now_); }

  // The record of this step, and what it does to the order. Nothing that points into the order
  // holds after it.
  void Say(EventBody body, Role role, const Target& target = {}, std::string_view actor = {});
  // Bytes sent before: the newest event again, or its id with another body.
  void SayAgain();
  void SayOtherwise(EventBody body);
  bool has_said() const { return !event_.claim.id.empty(); }

  Money Cny(int64_t units) const { return {units, Currency::kCny}; }
  Evidence Piece(std::string_view slot = {});
  std::string Name(std::string_view prefix);  // "x-1", "x-2": new in this order
  std::string_view Agent() const { return agent_; }

 private:
  void GoOn();
  void Explore();
  int64_t Familiarity() const;
  void Choose();
  void ChooseAnything();
  void Wait();
  void Apply(Event event);
  void Note();
  bool AwaitsOthers() const;
  void NoteBroken(const std::string& invariant, int64_t& count);

  const policy::PackBook& packs_;
  Tally& tally_;
  Random random_;
  Order order_;
  Event event_;  // the newest, and what it came to
  arbiter::Outcome outcome_;
  Choices choices_;
  Instant now_;
  Instant next_at_;
  uint64_t number_;
  std::string agent_;
  std::string merchant_;
  const bool explores_;
  int steps_left_ = 0;  // below 0: only arbitrations and payouts go on
  bool weighs_ = true;  // else what is seldom done is as likely as what is done every day
  bool broken_ = false;
  uint32_t said_ = 0;
  uint32_t named_ = 0;
  uint32_t focus_ = 1;  // the case at which most things happen for a while
};

}  // namespace refund::generate
