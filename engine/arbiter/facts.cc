// The fact table: what is legal in every phase, touches the order, a case or its money, and moves
// no phase by itself (case-model.md §3.2, F1 to F11). Answers to legs, F11, go to the leg machine.
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/row.h"

namespace refund::arbiter {
namespace {

using R = Refusal;
consteval Trigger On(EventKind kind) { return Trigger::On(kind); }

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
constexpr Guard kOpen         {"the case is open, or its arbitration live", R::kNotExpectedNow,     false, CaseIsOpenOrLive};
constexpr Guard kUnused       {"the evidence is not used elsewhere",        R::kEvidenceUsedElsewhere, true, EvidenceIsFree};
constexpr Guard kRoom         {"the case has room for it",                  R::kTooMuch,            true, EvidenceHasRoom};

constexpr Guard kByBuyer     {"the actor is the buyer",                    R::kRoleMayNot,         false, ByBuyer};
constexpr Guard kBySeller    {"the actor is the seller",                   R::kRoleMayNot,         false, BySeller};
constexpr Guard kBySellerOrCarrier {"the actor is the seller, the carrier or the platform", R::kRoleMayNot, false, BySellerOrCarrier};
constexpr Guard kByCarrier   {"the actor is the carrier or the platform",  R::kRoleMayNot,         false, ByCarrier};
constexpr Guard kByPlatform  {"the actor has platform authority",          R::kRoleMayNot,         false, ByPlatform};
constexpr Guard kByPlatformAlone {"the actor is the platform",             R::kRoleMayNot,         false, ByWhoMayDecideAlone};
constexpr Guard kByTalker    {"the actor talks, or watches",               R::kRoleMayNot,         false, ByTalker};
constexpr Guard kByShopkeeper {"the actor is the seller or the platform",  R::kRoleMayNot,         false, ByShopkeeper};
constexpr Guard kLive        {"the arbitration is live",                   R::kNotExpectedNow,     false, OverlayIsLive};
constexpr Guard kMoneyFirst  {"a return is due after the money",           R::kNotExpectedNow,     false, MoneyWentFirst};
constexpr Guard kMoneyOut    {"money is out",                              R::kNone,               false, MoneyIsOut};
constexpr Guard kOfCase      {"a parcel of a case",                        R::kNone,               false, IsOfACase};
constexpr Guard kOfOrder     {"a parcel of the order",                     R::kNone,               false, IsOfTheOrder};
constexpr Guard kItsReturn   {"the return parcel",                         R::kNone,               true,  IsReturnParcel};
constexpr Guard kItsNew      {"the replacement's parcel",                  R::kNone,               true,  IsReplacementParcel};
constexpr Guard kOwedBack    {"the goods are owed back to the buyer",      R::kNone,               false, GoodsAreOwedBack};
constexpr Guard kOnItsWay    {"the return is on its way",                  R::kNotExpectedNow,     false, ReturnIsOnItsWay};
constexpr Guard kUnderWay    {"the return is under way",                   R::kNotExpectedNow,     false, IsFirstWordOfArrival};
constexpr Guard kInspectable {"the return is on its way or there",         R::kNotExpectedNow,     false, ReturnIsAtTheSeller};
constexpr Guard kReturnIsDue {"a return is due",                           R::kNotExpectedNow,     false, ReturnIsDue};
constexpr Guard kStopped     {"the parcel is being intercepted",           R::kNotExpectedNow,     false, GoodsAreIntercepting};
constexpr Guard kAwaited     {"something of that kind is to be sent",      R::kNotExpectedNow,     true,  ReplacementIsAwaited};
constexpr Guard kNewIsOut    {"the replacement is on its way",             R::kNotExpectedNow,     false, ReplacementIsOut};
constexpr Guard kUnits       {"all units of the case",                     R::kOutOfQuantity,      true,  NamesAllUnits};
constexpr Guard kAccepted    {"the goods are accepted",                    R::kNone,               true,  ReturnIsAccepted};
constexpr Guard kNotAccepted {"the goods are refused",                     R::kNone,               true,  ReturnIsRefused};
constexpr Guard kCurrency    {"the currency is the order's",               R::kOtherCurrency,      true,  CurrencyIsTheOrders};
constexpr Guard kNewDispute  {"the dispute is new",                        R::kSnapshotContradicts, true, DisputeIsNew};
constexpr Guard kOpenDispute {"the dispute is open",                       R::kNoSuchDispute,      true,  DisputeIsKnown};
constexpr Guard kWon         {"the merchant won it",                       R::kNone,               true,  DisputeIsWon};
constexpr Guard kDisputeLost {"the merchant lost it",                      R::kNone,               true,  DisputeIsLost};

constexpr Effect kParcel   {"the parcel",                     NoteParcel};
constexpr Effect kArrive   {"AT_SELLER; T5 anew",             ArriveAtSeller};
constexpr Effect kReturned {"RETURNED_TO_ORIGIN",             ReturnToOrigin};
constexpr Effect kArriveAside {"AT_SELLER",                   ArriveAside};
constexpr Effect kOutThere {"the new parcel is WITH_BUYER; T7 anew", DeliverOut};
constexpr Effect kShipOut  {"the new parcel is SHIPPED",      ShipOut};
constexpr Effect kLostAside{"LOST; taken up when the arbitration ends", LoseReturnAside};
constexpr Effect kLost     {"LOST",                           LoseReturn};
constexpr Effect kLoseOut  {"the new parcel is LOST",         LoseOut};
constexpr Effect kShip     {"RETURN_IN_TRANSIT; T3 off; arm T5; return freight claimed", ShipReturn};
constexpr Effect kTakeBack {"INSPECTED_OK",                   CountAsAccepted};
constexpr Effect kReleased {"T3, T5 off; recovery VOID",      ReleaseRecovery};
constexpr Effect kRefuseGoods {"INSPECTED_BAD",               RefuseGoods};
constexpr Effect kEndT5    {"T3, T5 off",                     EndReturnClocks};
constexpr Effect kHelp     {"arbitration REQUESTED (a1c, a1f)", AskForHelp};
constexpr Effect kRecover  {"RECOVERY from the buyer; what is owed is VOID", RecoverGoods};
constexpr Effect kCounted  {"the units count as accepted",    CountAsAccepted};
constexpr Effect kMissedAside {"taken up when the arbitration ends", MissInterceptionAside};
constexpr Effect kConfirm  {"the new parcel is WITH_BUYER",   ConfirmOut};
constexpr Effect kLinked   {"linked to the order",            NoteLinked};
constexpr Effect kDispute  {"legs HELD",                      OpenDispute};
constexpr Effect kDisputeWon {"HELD legs RESERVED",           WinDispute};
constexpr Effect kDisputeGone {"HELD legs VOID; DoublePaid if a leg was paid too", LoseDispute};
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
  FactRow{"F3-shipped",   {On(EventKind::kShipmentDeclared), On(EventKind::kCarrierScan)}, {kByOperations}, {kShipped}},
  // Of a case: its return, or its replacement.
  FactRow{"F3-return",    {On(EventKind::kDeliveryScan)},          {kByOperations, kOfCase, kItsReturn, kMoneyFirst, kOnItsWay}, {kParcel, kArrive}},
  FactRow{"F3-back",      {On(EventKind::kDeliveryScan)},          {kByOperations, kOfCase, kItsReturn, kOwedBack},   {kParcel, kReturned}},
  FactRow{"F3-replaced",  {On(EventKind::kDeliveryScan)},          {kByOperations, kOfCase, kItsNew},                 {kParcel, kOutThere}},
  FactRow{"F3-replacement", {On(EventKind::kReplacementShipped), On(EventKind::kRepairDone), On(EventKind::kResendShipped)}, {kLive, kAwaited, kBySeller}, {kShipOut}},
  FactRow{"F5a-received", {On(EventKind::kReturnReceived)},        {kMoneyFirst, kOnItsWay, kBySeller, kUnits},       {kArrive}},
  FactRow{"F5d-arrived",  {On(EventKind::kDeliveryScan), On(EventKind::kReturnReceived)}, {kOfCase, kLive, kItsReturn, kUnderWay, kBySellerOrCarrier, kUnits}, {kParcel, kArriveAside}},
  FactRow{"F3-arrived",   {On(EventKind::kDeliveryScan)},          {kByOperations, kOfCase, kItsReturn, kUnderWay},   {kParcel, kArriveAside}},
  // Where no row waits for it any more, or not yet, it is noted all the same.
  FactRow{"F3-parcel",    {On(EventKind::kDeliveryScan)},          {kByOperations, kOfCase, kItsReturn},              {kParcel}},
  FactRow{"F3-delivered", {On(EventKind::kDeliveryScan)},          {kByOperations, kOfOrder},                         {kDelivered}},
  FactRow{"F5d-lost",     {On(EventKind::kParcelLost)},            {kByCarrier, kOfCase, kLive, kItsReturn, kUnderWay}, {kParcel, kLostAside}},
  FactRow{"F4-return",    {On(EventKind::kParcelLost)},            {kByCarrier, kOfCase, kItsReturn, kUnderWay},      {kParcel, kLost}},
  FactRow{"F5d-out-lost", {On(EventKind::kParcelLost)},            {kByCarrier, kOfCase, kLive, kItsNew},             {kParcel, kLoseOut}},
  FactRow{"F4",           {On(EventKind::kParcelLost)},            {kByCarrier},                                      {kParcel}},
  FactRow{"F5a-shipped",  {On(EventKind::kReturnShipped)},         {kMoneyFirst, kReturnIsDue, kByBuyer, kUnits, kPositive, kCurrency}, {kShip}},
  FactRow{"F5a-accepted", {On(EventKind::kReturnInspected)},       {kMoneyFirst, kInspectable, kBySeller, kUnits, kAccepted}, {kTakeBack, kReleased}},
  FactRow{"F5a-refused",  {On(EventKind::kReturnInspected)},       {kMoneyFirst, kInspectable, kBySeller, kUnits, kNotAccepted}, {kRefuseGoods, kEndT5, kHelp}},
  FactRow{"F5b",          {Trigger::Passed(Timer::kT3)},           {kMoneyOut},                                     {kRecover}},
  FactRow{"F5c",          {Trigger::Passed(Timer::kT5)},           {kMoneyOut},                                     {kCounted, kReleased}},
  FactRow{"F5d-shipped",  {On(EventKind::kReturnShipped)},         {kLive, kReturnIsDue, kByBuyer, kUnits, kPositive, kCurrency}, {kShip}},
  FactRow{"F5d-intercept", {On(EventKind::kInterceptFailed)},      {kLive, kStopped, kByCarrier},                     {kMissedAside}},
  FactRow{"F5d-replaced", {On(EventKind::kReplacementReceived)},   {kLive, kNewIsOut, kByBuyer},                      {kConfirm}},
  FactRow{"F6",   {On(EventKind::kSellerStandingSnapshot), On(EventKind::kProductRatingSnapshot), On(EventKind::kAbuseAssessed), On(EventKind::kBuyerTierSnapshot)}, {kByRecorder}, {kFact}},
  FactRow{"F7",           {On(EventKind::kBuyerMessage), On(EventKind::kSellerReply), On(EventKind::kChatMonitoringFlag), On(EventKind::kSatisfactionRated), On(EventKind::kBuyerBlocked)}, {kByTalker}, {}},
  FactRow{"F7-settings",  {On(EventKind::kMerchantSettingChanged), On(EventKind::kFreightServiceSubscribed)}, {kByShopkeeper}, {kLinked}},
  FactRow{"F9",   {On(EventKind::kEvidenceSubmitted)},                                {kByParty, kOpen, kRoom, kUnused}, {kEvidence}},
  FactRow{"F10",  {On(EventKind::kLiabilityAssessed)},                                {kByFinder, kOpen},               {kFinding}},
  FactRow{"F13",          {On(EventKind::kExternalComplaintReceived), On(EventKind::kSafetyEscalated), On(EventKind::kProductIntercepted), On(EventKind::kTradeInDevice)}, {kByPlatform}, {kLinked}},
  FactRow{"27",           {On(EventKind::kPaymentDisputeOpened)},  {kByCashier, kPaid, kNewDispute, kPositive, kCurrency}, {kDispute}},
  FactRow{"27a",          {On(EventKind::kPaymentDisputeClosed)},  {kByCashier, kOpenDispute, kWon},                  {kDisputeWon}},
  FactRow{"27b",          {On(EventKind::kPaymentDisputeClosed)},  {kByCashier, kOpenDispute, kDisputeLost},          {kDisputeGone}},
  FactRow{"28-order",     {On(EventKind::kOrderVoided), On(EventKind::kFraudStop)}, {kByPlatformAlone, kPaid},        {}},
};
// clang-format on
static_assert(LabelsAreUnique(kFactRows));

}  // namespace

std::span<const FactRow> FactRows() { return kFactRows; }

}  // namespace refund::arbiter
