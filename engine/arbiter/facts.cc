// The fact table: what is legal in every phase, touches the order, a case or its money, and moves
// no phase by itself (case-model.md §3.2, F1 to F11). Answers to legs, F11, go to the leg machine.
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/row.h"

namespace refund::arbiter {
namespace {

using R = Refusal;
constexpr Trigger On(EventKind kind) { return Trigger::On(kind); }

// clang-format off
constexpr Guard kByCashier   {"the actor may say what was paid",           R::kRoleMayNot,         false, ByCashier};
constexpr Guard kByShop      {"the actor may cancel",                      R::kRoleMayNot,         false, ByShop};
constexpr Guard kByOperations {"the actor runs the order",                  R::kRoleMayNot,         false, ByOperations};
constexpr Guard kByRecorder   {"the actor records facts of others",         R::kRoleMayNot,         false, ByRecorder};
constexpr Guard kByFinder     {"the actor may find liability",              R::kRoleMayNot,         false, ByFinder};
constexpr Guard kByParty      {"the actor is a party",                      R::kRoleMayNot,         false, ByParty};
constexpr Guard kSane         {"lines are unique, with units and amounts",  R::kSnapshotContradicts, true, LinesAreSane};
constexpr Guard kAgrees       {"the snapshot agrees with the frozen one",   R::kSnapshotContradicts, true, SnapshotAgrees};
constexpr Guard kPositive     {"the amount is above zero",                  R::kAmountNotPositive,  true, AmountIsPositive};
constexpr Guard kSum          {"the sum does not overflow",                 R::kOverflow,           true, SumDoesNotOverflow};
constexpr Guard kPaid         {"the order is paid",                         R::kNotPaid,            false, OrderIsPaid};
constexpr Guard kUncased      {"the units are not cancelled yet",           R::kUnitsNotFree,       true, CancelledUnitsAreThere};
constexpr Guard kOpen         {"the case is open",                          R::kNotExpectedNow,     false, PhaseIsOpen};
constexpr Guard kUnused       {"the evidence is not used elsewhere",        R::kEvidenceUsedElsewhere, true, EvidenceIsFree};
constexpr Guard kRoom         {"the case has room for it",                  R::kTooMuch,            true, EvidenceHasRoom};

constexpr Effect kSnapshot {"freeze lines and cash",          TakeSnapshot};
constexpr Effect kDeposit  {"the presale deposit",            AddPresaleDeposit};
constexpr Effect kBalance  {"the presale balance",            AddPresaleBalance};
constexpr Effect kPromise  {"the promise",                    RecordPromise};
constexpr Effect kCancel   {"the ceiling falls by the units", CancelUnits};
constexpr Effect kComplete {"the order is complete",          Complete};
constexpr Effect kShipped  {"UNSHIPPED to SHIPPED",           MarkShipped};
constexpr Effect kDelivered{"SHIPPED to WITH_BUYER",          MarkDelivered};
constexpr Effect kFact     {"the fact, newest; it binds cases that have none", RecordFact};
constexpr Effect kEvidence {"stored outside a round",         StoreEvidenceOutsideRound};
constexpr Effect kFinding  {"the finding",                    RecordFinding};

constexpr std::array kFactRows = {
  FactRow{"F1",   {On(EventKind::kOrderPaid), On(EventKind::kPriceSnapshotRecorded)}, {kByCashier, kSane, kAgrees}, {kSnapshot}},
  FactRow{"F1-deposit", {On(EventKind::kPresaleDepositPaid)},                         {kByCashier, kPositive, kSum}, {kDeposit}},
  FactRow{"F1-balance", {On(EventKind::kPresaleBalancePaid)},                         {kByCashier, kPositive, kSum}, {kBalance}},
  FactRow{"F1-promise", {On(EventKind::kPromiseRecorded)},                            {kByOperations},                  {kPromise}},
  FactRow{"F2-cancelled", {On(EventKind::kOrderCancelled)},                           {kByShop, kPaid, kUncased}, {kCancel}},
  FactRow{"F2-completed", {On(EventKind::kOrderCompleted)},                           {kByCashier, kPaid},              {kComplete}},
  FactRow{"F3-shipped",   {On(EventKind::kShipmentDeclared), On(EventKind::kCarrierScan)}, {kByOperations},             {kShipped}},
  FactRow{"F3-delivered", {On(EventKind::kDeliveryScan)},                             {kByOperations},                  {kDelivered}},
  FactRow{"F6",   {On(EventKind::kSellerStandingSnapshot), On(EventKind::kProductRatingSnapshot), On(EventKind::kAbuseAssessed), On(EventKind::kBuyerTierSnapshot)}, {kByRecorder}, {kFact}},
  FactRow{"F9",   {On(EventKind::kEvidenceSubmitted)},                                {kByParty, kOpen, kRoom, kUnused}, {kEvidence}},
  FactRow{"F10",  {On(EventKind::kLiabilityAssessed)},                                {kByFinder, kOpen},               {kFinding}},
};
// clang-format on
static_assert(LabelsAreUnique(kFactRows));

}  // namespace

std::span<const FactRow> FactRows() { return kFactRows; }

}  // namespace refund::arbiter
