// Rows: the machine as a table. A row says from where, on what, under which guards, to where, with
// which effects. The first row of a table whose state, trigger and guards fit is taken; what no row
// takes is refused. Rows are constexpr and carry the labels of case-model.md §3, which decisions,
// docs, tests and the console cite; a label is never reused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "engine/domain/event.h"
#include "engine/domain/vocabulary.h"

namespace refund::arbiter {

struct Turn;

// What a row answers to: an event, a deadline that passed, or something that another row brought
// about in the same step.
class Trigger {
 public:
  constexpr Trigger() = default;
  static constexpr Trigger On(EventKind kind) { return Trigger(static_cast<uint8_t>(kind)); }
  static constexpr Trigger Passed(Timer timer) {
    return Trigger(static_cast<uint8_t>(kTimers + static_cast<uint8_t>(timer)));
  }
  static constexpr Trigger Derived(uint8_t n) {
    return Trigger(static_cast<uint8_t>(kDerived + n));
  }

  constexpr bool operator==(const Trigger&) const = default;
  constexpr EventKind event() const { return static_cast<EventKind>(code_); }
  static constexpr size_t kCodes = 256;
  constexpr size_t code() const { return code_; }
  // "RefundAccepted", "T1 passed", "ready"
  std::string Name() const;

 private:
  static constexpr uint8_t kTimers = 128;
  static constexpr uint8_t kDerived = 192;
  constexpr explicit Trigger(uint8_t code) : code_(code) {}
  uint8_t code_ = 255;
};

inline constexpr Trigger kReady = Trigger::Derived(0);         // the case's awaited facts are there
inline constexpr Trigger kDirectRuling = Trigger::Derived(1);  // row 1c
inline constexpr Trigger kRowAsksForHelp = Trigger::Derived(2);  // rows 9d, 26c
inline constexpr Trigger kReviewEntered = Trigger::Derived(3);
inline constexpr Trigger kLegsDone = Trigger::Derived(4);       // no leg toward the buyer is open
inline constexpr Trigger kCaseWithdrawn = Trigger::Derived(5);  // row 23
inline constexpr Trigger kReserve = Trigger::Derived(6);        // a decision's leg
inline constexpr Trigger kMayBeSent = Trigger::Derived(7);      // looked at after every step
inline constexpr Trigger kNotNeeded = Trigger::Derived(8);  // closed, or replaced by a new decision
inline constexpr Trigger kPayFirst = Trigger::Derived(9);   // a ruling that may be paid at once
inline constexpr Trigger kOrderVoided = Trigger::Derived(10);      // row 28
inline constexpr Trigger kFreightApproved = Trigger::Derived(11);  // the step to SETTLING or 22b
inline constexpr Trigger kFreightDropped = Trigger::Derived(12);
inline constexpr Trigger kHeldNow = Trigger::Derived(13);  // an appeal, a set aside, a bank dispute
inline constexpr Trigger kFreedNow = Trigger::Derived(14);   // and its end
inline constexpr Trigger kCovered = Trigger::Derived(15);    // the platform pays in its place
inline constexpr Trigger kOweAtOnce = Trigger::Derived(16);  // nowhere to send it

// A predicate over the situation. On failure it may say in `why` what was expected and found.
struct Guard {
  std::string_view name;
  Refusal refusal = Refusal::kNone;  // what a request is told that fails here
  bool asks_body = false;            // cannot be judged before the event is there
  bool (*holds)(const Turn& turn, std::string* why) = nullptr;
};

struct Effect {
  std::string_view name;
  void (*apply)(Turn& turn) = nullptr;
};

// A short constexpr list.
template <class T, size_t N>
class Short {
 public:
  constexpr Short() = default;
  constexpr Short(std::initializer_list<T> items) {  // NOLINT: rows read as literals
    for (const T& item : items) items_[size_++] = item;
  }
  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + size_; }
  constexpr size_t size() const { return size_; }
  constexpr const T& operator[](size_t i) const { return items_[i]; }
  constexpr bool Contains(const T& item) const {
    for (const T& each : *this) {
      if (each == item) return true;
    }
    return false;
  }

 private:
  std::array<T, N> items_{};
  size_t size_ = 0;
};

// Phase, Overlay or LegState.
template <class State>
struct Row {
  std::string_view label;
  Short<State, 10> from;
  Short<Trigger, 4> on;
  Short<Guard, 16> when;
  State to{};
  Short<Effect, 8> then;
  // kStay: `to` is ignored. kLastOpen: the phase in which the case was closed.
  enum class Target : uint8_t { kState, kStay, kLastOpen } target = Target::kState;
  CloseReason close = CloseReason::kNone;  // with Phase::kClosed
};

using PhaseRow = Row<Phase>;
using OverlayRow = Row<Overlay>;
using LegRow = Row<LegState>;

// A fact row touches the order or a case and moves no phase by itself (case-model.md, F1 to F11).
struct FactRow {
  std::string_view label;
  Short<Trigger, 6> on;
  Short<Guard, 16> when;
  Short<Effect, 8> then;
};

std::span<const PhaseRow> PhaseRows();
std::span<const OverlayRow> OverlayRows();
std::span<const LegRow> LegRows();
std::span<const FactRow> FactRows();

template <class Rows>
consteval bool LabelsAreUnique(const Rows& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t j = i + 1; j < rows.size(); ++j) {
      if (rows[i].label == rows[j].label) return false;
    }
  }
  return true;
}

// Every state that some row starts from is `initial`, or the target of some row.
template <class State, size_t N>
consteval bool EveryStateIsReachable(const std::array<Row<State>, N>& rows, State initial) {
  for (const Row<State>& row : rows) {
    for (const State from : row.from) {
      bool reached = from == initial;
      for (const Row<State>& other : rows) {
        reached = reached || (other.target == Row<State>::Target::kState && other.to == from);
      }
      if (!reached) return false;
    }
  }
  return true;
}

}  // namespace refund::arbiter
