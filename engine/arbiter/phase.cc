// The phase table: whose move it is (case-model.md §3.2). Rows of refund-only, without
// interception.
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/row.h"

namespace refund::arbiter {
namespace {

using enum Phase;
using C = CloseReason;
using R = Refusal;

constexpr Trigger On(EventKind kind) { return Trigger::On(kind); }
constexpr Trigger Passed(Timer timer) { return Trigger::Passed(timer); }
constexpr auto kStay = PhaseRow::Target::kStay;
constexpr auto kLastOpen = PhaseRow::Target::kLastOpen;
constexpr auto kThere = PhaseRow::Target::kState;

// clang-format off
//                     what must hold                                       else refused as          asks body  predicate
constexpr Guard kByBuyer      {"the actor is the buyer",                         R::kRoleMayNot,             false,  ByBuyer};
constexpr Guard kBySeller     {"the actor is the seller",                        R::kRoleMayNot,             false,  BySeller};
constexpr Guard kByPlatform   {"the actor has platform authority",               R::kRoleMayNot,             false,  ByPlatform};
constexpr Guard kByFiler      {"the actor filed the case",                       R::kNotTheFiler,            false,  ByFiler};
constexpr Guard kBoth         {"both parties agreed",                            R::kNotBothParties,         true,  ByBothParties};
constexpr Guard kVersion      {"expected_version equals, or is absent",          R::kVersionMismatch,        true,  VersionFits};
constexpr Guard kNotLive      {"the arbitration is not live",                    R::kArbitrationIsLive,      false, OverlayIsNotLive};
constexpr Guard kPaid         {"the order is paid",                              R::kNotPaid,                false, OrderIsPaid};
constexpr Guard kPolicy       {"a pack is in force",                             R::kNoPolicyInForce,        false, PolicyIsInForce};
constexpr Guard kLine         {"the line and its units are of the order",        R::kNoSuchLine,             true,  LineIsKnown};
constexpr Guard kKind         {"the platform takes this kind",                   R::kUnsupportedKind,        true,  KindIsSupported};
constexpr Guard kNewKind      {"the platform takes the amended kind",            R::kUnsupportedKind,        true,  AmendedKindIsSupported};
constexpr Guard kInWindow     {"the filing window is open",                      R::kOutOfWindow,            true,  WithinFilingWindow};
constexpr Guard kFewCases     {"fewer than N applications on the line",          R::kTooManyApplications,    true,  FewerApplications};
constexpr Guard kFewAmends    {"fewer than N amendments",                        R::kTooManyAmendments,      false, FewerAmendments};
constexpr Guard kAmends       {"the amendment changes something",                R::kNothingNew,             true,  SomethingIsAmended};
constexpr Guard kFewOffers    {"fewer than N offers of this party",              R::kTooManyOffers,          false,  FewerOffers};
constexpr Guard kFewHelp      {"fewer than N requests for help",                 R::kTooManyRequests,        false, FewerHelpRequests};
constexpr Guard kFree         {"no other open case holds these units",           R::kUnitsNotFree,           true,  UnitsAreFree};
constexpr Guard kStillFree    {"no other open case holds the case's units",      R::kUnitsNotFree,           false, CaseUnitsAreFree};
constexpr Guard kNewClaim     {"not the claim of a ruled case again",            R::kNothingNew,             true,  ClaimSaysSomethingNew};
constexpr Guard kNewGround    {"new evidence or a new ground",                   R::kNothingNew,             true,  ReopeningSaysSomethingNew};
constexpr Guard kPositive     {"the amount is above zero",                       R::kAmountNotPositive,      true,  AmountIsPositive};
constexpr Guard kCurrency     {"the currency is the order's",                    R::kOtherCurrency,          true,  CurrencyIsTheOrders};
constexpr Guard kRefundable   {"the ask is at most what is refundable",          R::kOverTheCeiling,         true,  AskIsRefundable};
constexpr Guard kCeiling      {"the ask is under the ceiling",                   R::kOverTheCeiling,         false, AskIsUnderCeiling};
constexpr Guard kSumCeiling   {"the amount is under the ceiling",                R::kOverTheCeiling,         true,  AmountIsUnderCeiling};
constexpr Guard kOptCeiling   {"the option is under the ceiling",                R::kOverTheCeiling,         true,  OptionIsUnderCeiling};
constexpr Guard kRemedy       {"the remedy is one of this semantic",             R::kUnsupportedRemedy,      true,  RemedyIsSupported};
constexpr Guard kLasts        {"the offer lasts past now",                       R::kOfferLapsed,            true,  OfferLastsPastNow};
constexpr Guard kKnownOffer   {"the offer is one of this case",                  R::kNoSuchOffer,            false,  OfferIsKnown};
constexpr Guard kOpenOffer    {"the offer is the newest, and open",              R::kOfferLapsed,            false,  OfferIsOpen};
constexpr Guard kOption       {"the offer has this option",                      R::kNoSuchOffer,            true,  OptionExists};
constexpr Guard kMayAnswer    {"the actor is whom the offer was made to",        R::kRoleMayNot,             false,  MayAnswerOffer};
constexpr Guard kShown        {"a ground that needs a picture has one",          R::kEvidenceMissing,        true,  GroundIsShown};
constexpr Guard kUnsent       {"no leg is past RESERVED or HELD",                R::kLegAlreadySent,         false, NothingIsSent};
constexpr Guard kForBuyer     {"closed by refusal, expiry or withdrawal",        R::kNotExpectedNow,         false, ClosedForTheBuyerToReopen};
constexpr Guard kForHelp      {"closed by refusal or expiry",                    R::kNotExpectedNow,         false, ClosedByRefusalOrExpiry};
constexpr Guard kNotVoid      {"not closed by the system",                       R::kNotExpectedNow,         false, NotClosedByTheSystem};
constexpr Guard kReopenable   {"the window for reopening is open",               R::kOutOfWindow,            false, ReopenWindowIsOpen};
// These only choose between rows.
constexpr Guard kMissing      {"an awaited fact is missing",                     R::kNone,          false, AFactIsMissing};
constexpr Guard kInstant      {"the pack's route is INSTANT",                    R::kNone,          false, RouteIsInstant};
constexpr Guard kDirect       {"the pack's route is DIRECT",                     R::kNone,          false, RouteIsDirect};
constexpr Guard kAccepts      {"the pack accepts on timeout",                    R::kNone,          false, TimeoutAccepts};
constexpr Guard kHasRoom      {"the ask is under the ceiling",                   R::kNone,          false, AskIsUnderCeiling};
constexpr Guard kAsk          {"the case has an ask",                            R::kNotExpectedNow,         false, CaseHasAsk};
constexpr Guard kNoAsk        {"the case has no ask",                            R::kNotExpectedNow,         false, CaseHasNoAsk};
constexpr Guard kNoneOpen     {"no leg toward the buyer is open",                R::kNone,          false, NoLegIsOpen};
constexpr Guard kNoneOwed     {"no leg is owed",                                 R::kNone,          false, NoLegIsOwed};
constexpr Guard kOneOwed      {"a leg is owed",                                  R::kNone,          false, ALegIsOwed};

constexpr Effect kOpen        {"units held; facts bound; T0 if one is missing", OpenCase};
constexpr Effect kArmT1       {"arm T1",                                    ArmSellerReview};
constexpr Effect kAskDirect   {"direct ruling (a0)",                        AskForDirectRuling};
constexpr Effect kAuto        {"decision AUTOMATIC; legs RESERVED",         DecideInstantly};
constexpr Effect kWaive       {"goods with the buyer are WAIVED",           WaiveGoods};
constexpr Effect kAmend       {"the claim as amended",                      Amend};
constexpr Effect kAccept      {"decision by ACCEPTANCE; legs RESERVED",     DecideByAcceptance};
constexpr Effect kChoose      {"decision by CHOICE; legs RESERVED",         DecideByChoice};
constexpr Effect kAgree       {"decision by AGREEMENT; legs RESERVED",      DecideByAgreement};
constexpr Effect kTimeout     {"decision by TIMEOUT; legs RESERVED",        DecideByTimeout};
constexpr Effect kStands      {"decision: the refusal stands",              DecideThatRefusalStands};
constexpr Effect kOffer       {"the offer is open; T1 paused; arm T2",      MakeOffer};
constexpr Effect kGoOn        {"T1 goes on with what was left",             GoOnWithSellerReview};
constexpr Effect kRefuse      {"the refusal's ground and evidence",         RecordRefusal};
constexpr Effect kArmT4       {"arm T4",                                    ArmEscalation};
constexpr Effect kVoid        {"unsent legs VOID",                          VoidLegs};
constexpr Effect kArmT9       {"arm T9",                                    ArmReopenWindow};
constexpr Effect kEndOverlay  {"a live arbitration is WITHDRAWN (a17)",     WithdrawOverlay};
constexpr Effect kReopen      {"reopening + 1; arbitration from NONE again", Reopen};
constexpr Effect kArmPhase    {"the phase's deadline anew",                 ArmDeadlineOfPhase};
constexpr Effect kReserve     {"the legs it had RESERVED again",            ReserveLegsAgain};
constexpr Effect kCountHelp   {"counted as help",                          CountHelp};
constexpr Effect kHelp        {"arbitration REQUESTED (a1c, a1f)",          AskForHelp};

constexpr std::array kPhaseRows = {
  //       label    from                                          on                                                              when                                                                                                          to              then
  PhaseRow{"0",     {Phase::kNone},                               {On(EventKind::kRefundRequested), On(EventKind::kComplaintFiled)}, {kPaid, kByBuyer, kPolicy, kLine, kKind, kInWindow, kFewCases, kFree, kNewClaim, kPositive, kCurrency, kRefundable}, kFiled,   {kOpen}},
  PhaseRow{"0b",    {kFiled},                                     {On(EventKind::kSellerStandingSnapshot), On(EventKind::kProductRatingSnapshot), On(EventKind::kAbuseAssessed), On(EventKind::kBuyerTierSnapshot)}, {kMissing},  kFiled,         {}},
  PhaseRow{"1a",    {kFiled},                                     {kReady},                                                       {kInstant, kHasRoom},                                                                                         kSettling,      {kAuto, kWaive}},
  PhaseRow{"1c",    {kFiled},                                     {kReady},                                                       {kDirect, kHasRoom},                                                                                          kFiled,         {kAskDirect}},
  PhaseRow{"1",     {kFiled},                                     {kReady},                                                       {},                                                                                                           kAwaitSeller,   {kArmT1}},
  PhaseRow{"2",     {kAwaitSeller, kSellerRefused},               {On(EventKind::kRefundAmended)},                                {kByFiler, kVersion, kNotLive, kFewAmends, kAmends, kNewKind, kPositive, kCurrency, kRefundable},                       kAwaitSeller,   {kAmend, kArmT1}},
  PhaseRow{"3",     {kAwaitSeller},                               {On(EventKind::kRefundAccepted)},                               {kBySeller, kVersion, kNotLive, kCeiling},                                                                    kSettling,      {kAccept, kWaive}},
  PhaseRow{"5",     {kAwaitSeller},                               {On(EventKind::kOfferMade)},                                    {kBySeller, kVersion, kNotLive, kFewOffers, kPositive, kCurrency, kRemedy, kLasts, kSumCeiling},                       kAwaitBuyerOffer, {kOffer}},
  PhaseRow{"6-L1",  {kAwaitBuyerOffer},                           {On(EventKind::kOfferChosen)},                                  {kNotLive, kKnownOffer, kMayAnswer, kOpenOffer, kOption, kOptCeiling},                                        kSettling,      {kChoose, kWaive}},
  PhaseRow{"6b-L1", {kAwaitSeller, kSellerRefused, kAwaitBuyerOffer, kReceiptRefused}, {On(EventKind::kSettlementAgreed)},        {kByPlatform, kBoth, kNotLive, kPositive, kCurrency, kRemedy, kSumCeiling},                                                kSettling,      {kAgree, kWaive}},
  PhaseRow{"7a",    {kAwaitBuyerOffer},                           {On(EventKind::kOfferDeclined)},                                {kNotLive, kKnownOffer, kMayAnswer, kOpenOffer, kAsk},                                                        kAwaitSeller,   {kGoOn}},
  PhaseRow{"7b",    {kAwaitBuyerOffer},                           {Passed(Timer::kT2)},                                           {kAsk},                                                                                                       kAwaitSeller,   {kGoOn}},
  PhaseRow{"7c",    {kAwaitBuyerOffer},                           {On(EventKind::kOfferDeclined)},                                {kNotLive, kKnownOffer, kMayAnswer, kOpenOffer, kNoAsk},                                                      kClosed,        {}, kThere, C::kBuyerWithdrew},
  PhaseRow{"7d",    {kAwaitBuyerOffer},                           {Passed(Timer::kT2)},                                           {kNoAsk},                                                                                                     kClosed,        {}, kThere, C::kBuyerExpired},
  PhaseRow{"8",     {kAwaitSeller},                               {On(EventKind::kRefundRejected)},                               {kBySeller, kVersion, kNotLive, kShown},                                                                      kSellerRefused, {kRefuse, kArmT4}},
  PhaseRow{"9-L1",  {kAwaitSeller},                               {Passed(Timer::kT1)},                                           {kAccepts, kHasRoom},                                                                                         kSettling,      {kTimeout, kWaive}},
  PhaseRow{"9d",    {kAwaitSeller},                               {Passed(Timer::kT1)},                                           {},                                                                                                           kAwaitSeller,   {kHelp}},
  PhaseRow{"10",    {kSellerRefused},                             {Passed(Timer::kT4)},                                           {},                                                                                                           kClosed,        {kStands, kArmT9}, kThere, C::kSellerRefusedFinal},
  PhaseRow{"23",    {kFiled, kAwaitSeller, kSellerRefused, kAwaitBuyerOffer, kAwaitBuyerReturn, kAwaitSellerReceipt, kReceiptRefused, kAwaitSellerShip, kAwaitBuyerReceipt, kSettling}, {On(EventKind::kRefundWithdrawn)}, {kByFiler, kVersion, kUnsent}, kClosed, {kVoid, kEndOverlay, kArmT9}, kThere, C::kBuyerWithdrew},
  PhaseRow{"24",    {kSettling},                                  {kLegsDone},                                                    {kNotLive, kNoneOpen, kNoneOwed},                                                                             kClosed,        {kArmT9}, kThere, C::kSettled},
  PhaseRow{"25",    {kSettling},                                  {kLegsDone},                                                    {kNotLive, kNoneOpen, kOneOwed},                                                                              kClosed,        {}, kThere, C::kPayoutImpossible},
  PhaseRow{"26a",   {kClosed},                                    {On(EventKind::kCaseReopened)},                                 {kByBuyer, kForBuyer, kNotLive, kReopenable, kStillFree, kNewGround, kAsk},                                    kAwaitSeller,   {kReopen, kArmT1}},
  PhaseRow{"26b",   {kClosed},                                    {On(EventKind::kCaseReopened)},                                 {kByPlatform, kNotVoid, kNotLive, kStillFree, kCeiling},                                                      Phase::kNone,   {kReopen, kArmPhase, kReserve}, kLastOpen},
  PhaseRow{"26c",   {kClosed},                                    {On(EventKind::kPlatformHelpRequested)},                        {kByBuyer, kForHelp, kNotLive, kReopenable, kStillFree, kCeiling, kFewHelp},                                  Phase::kNone,   {kReopen, kCountHelp, kArmPhase, kReserve, kHelp}, kLastOpen},
  // Archived: no way back but row 26b.
  PhaseRow{"T9",    {kClosed},                                    {Passed(Timer::kT9)},                                           {},                                                                                                           kClosed,        {}, kStay},
};
// clang-format on
static_assert(LabelsAreUnique(kPhaseRows));

}  // namespace

std::span<const PhaseRow> PhaseRows() { return kPhaseRows; }

}  // namespace refund::arbiter
