// The phase table: whose move it is (case-model.md §3.2), for all kinds of case.
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/row.h"

namespace refund::arbiter {
namespace {

using enum Phase;
using C = CloseReason;
using R = Refusal;

consteval Trigger On(EventKind kind) { return Trigger::On(kind); }
consteval Trigger Passed(Timer timer) { return Trigger::Passed(timer); }
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
constexpr Guard kNotTooOld    {"the order is not too old",                       R::kOutOfWindow,            true,  OrderMayBeFiledOn};
constexpr Guard kInWindow     {"past its validity the entrance is open",         R::kEntranceShut,            true,  WithinFilingWindow};
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
constexpr Guard kOldLegs      {"the legs it had are under the ceiling",         R::kOverTheCeiling,         false, OldLegsAreUnderCeiling};
constexpr Guard kSumCeiling   {"the amount is under the ceiling",                R::kOverTheCeiling,         true,  AmountIsUnderCeiling};
constexpr Guard kOptCeiling   {"the option is under the ceiling",                R::kOverTheCeiling,         true,  OptionIsUnderCeiling};
constexpr Guard kRemedy       {"a remedy is named",             R::kUnsupportedRemedy,      true,  RemedyIsSupported};
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
constexpr Guard kByCarrier    {"the actor is the carrier or the platform",        R::kRoleMayNot,             false, ByCarrier};
constexpr Guard kBySellerOrCarrier {"the actor is the seller, the carrier or the platform", R::kRoleMayNot,   false, BySellerOrCarrier};
constexpr Guard kByPlatformAlone {"the actor is the platform",                     R::kRoleMayNot,             false, ByWhoMayDecideAlone};
constexpr Guard kByHelpSeeker {"the actor is a party",                            R::kRoleMayNot,             false, ByHelpSeeker};
constexpr Guard kUnsettled    {"no voucher of the buyer's choice settled this reason", R::kSettledAlready,     true,  ReasonIsNotSettled};
constexpr Guard kUnits        {"the units are of the case",                       R::kOutOfQuantity,          true,  QuantityFits};
constexpr Guard kUnitsCame    {"the units are of the case, all under arbitration", R::kOutOfQuantity,         true,  ReceivedUnitsFit};
constexpr Guard kAllowed      {"the goods allow the remedies",                    R::kGoodsForbid,            true,  GoodsAllowTheOptions};
constexpr Guard kOptions      {"at most three options",                           R::kTooMuch,                true,  IsUpTo3Options};
constexpr Guard kSupersedes   {"it supersedes the newest offer",                  R::kNoSuchOffer,            true,  SupersedesTheOpen};
constexpr Guard kCard         {"an issue card was refused or left unanswered",    R::kNoCard,                 false, CardWasLeft};
constexpr Guard kNotWaived    {"the goods are not waived",                        R::kNone,                   true,  IsNotWaived};
constexpr Guard kWaived       {"the goods are waived",                            R::kNone,                   true,  IsWaived};
constexpr Guard kShipped      {"the goods are on their way to the buyer",         R::kNotExpectedNow,         false, GoodsAreShipped};
constexpr Guard kUsable       {"the address is usable",                           R::kAddressUnusable,        true,  GivenAddressIsUsable};
constexpr Guard kUnused       {"the evidence is not used elsewhere",              R::kEvidenceUsedElsewhere,  true,  EvidenceIsFree};
constexpr Guard kRoom         {"the case has room for it",                        R::kTooMuch,                true,  EvidenceHasRoom};
constexpr Guard kDeduct       {"the deduction leaves something",                  R::kOverTheAsk,             true,  DeductFits};
constexpr Guard kFirstWord    {"the first word of its arrival",                   R::kNotExpectedNow,         false, IsFirstWordOfArrival};
constexpr Guard kSerial       {"the same serial number",                          R::kWrongSerial,            true,  SerialIsTheSame};
constexpr Guard kFourEyes     {"another one has approved",                        R::kSameAuthor,             true,  FourEyes};
constexpr Guard kKnownPack    {"the pack is on the log",                          R::kNoSuchPack,             true,  PackIsKnown};
constexpr Guard kRulingFits   {"outcome, remedy and amount agree",                R::kOutcomeAndAmountDisagree, true, RearbitrationFits};
constexpr Guard kNoGoods      {"the remedy is money",                             R::kUnsupportedRemedy,      true,  RemedyNeedsNoLanding};
constexpr Guard kShares       {"the shares sum to 10000",                         R::kSplitDoesNotSum,        true,  SharesSum};
constexpr Guard kMayExtend    {"the platform, or the party that waits",           R::kRoleMayNot,             true,  MayExtend};
constexpr Guard kArmed        {"the deadline is armed",                           R::kNotArmed,               true,  TimerIsArmed};
constexpr Guard kLater        {"until is later than it is due",                   R::kNotLater,               true,  UntilIsLater};
// These only choose between rows.
constexpr Guard kMissing      {"an awaited fact is missing",                     R::kNone,          false, AFactIsMissing};
constexpr Guard kInstant      {"the pack's route is INSTANT",                    R::kNone,          false, RouteIsInstant};
constexpr Guard kDirect       {"the pack's route is DIRECT",                     R::kNone,          false, RouteIsDirect};
constexpr Guard kAccepts      {"the pack accepts on timeout",                    R::kNone,          false, TimeoutAccepts};
constexpr Guard kHasRoom      {"the ask is under the ceiling",                   R::kNone,          false, AskIsUnderCeiling};
constexpr Guard kNothingBack  {"nothing is to come back",                         R::kNone,          false, NothingComesBack};
constexpr Guard kMoneyKind    {"the kind is money only",                          R::kNone,          false, IsMoneyKind};
constexpr Guard kRefundAsked  {"a refund is asked for",                           R::kNone,          false, IsRefundAsked};
constexpr Guard kReturnAsked  {"a return-refund, with goods to come back",        R::kNone,          false, IsReturnAsked};
constexpr Guard kNoDispute    {"no bank dispute holds the payment",               R::kNone,          false, NoBankDisputeHolds};
constexpr Guard kPackLost     {"the pack opens a case for a lost parcel",         R::kNone,          true,  PackOpensForLoss};
constexpr Guard kPackStop     {"the pack opens a case for an intercepted product", R::kNone,         false, PackOpensForInterception};
constexpr Guard kAtHand       {"units of the line are free",                      R::kNone,          false, LineIsAtHand};
constexpr Guard kMoneyOnly    {"refund-only, price protection or voucher",        R::kNone,          false, KindIsPriceOrVoucher};
constexpr Guard kStays        {"no goods are to be stopped",                      R::kNone,          true,  NoGoodsMove};
constexpr Guard kStop         {"the seller stops the parcel",                     R::kNone,          true,  AsksToIntercept};
constexpr Guard kReturnKind   {"return-refund, exchange or repair",               R::kNone,          false, KindComesBack};
constexpr Guard kReturnRefund {"return-refund",                                   R::kNone,          false, KindIsReturnRefund};
constexpr Guard kRefundOnly   {"refund-only",                                     R::kNone,          false, KindIsRefundOnly};
constexpr Guard kResend       {"re-send",                                         R::kNotExpectedNow, false, KindIsResend};
constexpr Guard kIsResend     {"the kind is re-send",                             R::kNone,          false, KindIsResend};
constexpr Guard kExchange     {"exchange",                                        R::kNotExpectedNow, false, KindIsExchange};
constexpr Guard kRepair       {"repair",                                          R::kNotExpectedNow, false, KindIsRepair};
constexpr Guard kWith         {"the units are with the buyer",                    R::kNone,          false, UnitsAreWithBuyer};
constexpr Guard kAway         {"the units are not with the buyer",                R::kNone,          false, UnitsAreNotWithBuyer};
constexpr Guard kAddress      {"there is a usable address",                       R::kNone,          true,  AddressIsUsable};
constexpr Guard kNoAddress    {"there is no usable address",                      R::kNone,          true,  AddressIsMissing};
constexpr Guard kMoneyFirst   {"the pack pays before the goods",                  R::kNone,          false, MoneyGoesFirst};
constexpr Guard kGoodsFirst   {"the goods come before the money",                 R::kNone,          false, GoodsGoFirst};
constexpr Guard kStopped      {"the parcel is being intercepted",                 R::kNotExpectedNow, false, GoodsAreIntercepting};
constexpr Guard kReturn       {"a kind in which goods come back",                 R::kNotExpectedNow, false, KindIsReturn};
constexpr Guard kRefundKind   {"money follows the return",                        R::kNone,          false, KindIsRefund};
constexpr Guard kSwapKind     {"goods follow the return",                         R::kNone,          false, KindIsGoods};
constexpr Guard kOut          {"exchange, re-send or repair",                     R::kNotExpectedNow, false, KindIsOut};
constexpr Guard kNotOut       {"no money is out",                                 R::kNone,          false, MoneyIsNotOut};
constexpr Guard kWorth        {"what the units are worth is under the ceiling",   R::kNone,          false, ValueIsUnderCeiling};
constexpr Guard kItsParcel    {"the return parcel",                               R::kNone,          true,  IsReturnParcel};
constexpr Guard kNewParcel    {"the replacement's parcel",                        R::kNone,          true,  IsReplacementParcel};
constexpr Guard kAccepted     {"the goods are accepted",                          R::kNone,          true,  ReturnIsAccepted};
constexpr Guard kCame         {"the goods were not lost on their way to the buyer", R::kNone,         false, GoodsCame};
constexpr Guard kNeverCame    {"the goods were lost on their way to the buyer",   R::kNone,          false, GoodsNeverCame};
constexpr Guard kNotAccepted  {"the goods are refused",                           R::kNone,          true,  ReturnIsRefused};
constexpr Guard kNotLost      {"the goods are not lost",                          R::kNone,          false, GoodsAreNotLost};
constexpr Guard kPays         {"the pack pays for a lost return",                 R::kNone,          false, LossIsPaid};
constexpr Guard kRefunds      {"the pack refunds what cannot be sent",            R::kNone,          false, UnfulfilledIsRefunded};
constexpr Guard kDue          {"a difference or return freight is due",           R::kNone,          false, DifferenceIsDue};
constexpr Guard kNothingDue   {"no difference and no return freight is due",      R::kNone,          false, NothingIsDue};
constexpr Guard kWithMoney    {"closed with money or goods",                      R::kNone,          false, ClosedWithMoney};
constexpr Guard kImpossible   {"SETTLING, or closed as impossible to pay",        R::kNone,          false, ClosedImpossible};
constexpr Guard kDifferent    {"the result differs from the old",                 R::kNone,          true,  DecisionIsDifferent};
constexpr Guard kSame         {"the result is the old one",                       R::kNone,          true,  DecisionIsTheSame};
constexpr Guard kL1           {"L1: money only, or nothing is to come back",      R::kNone,          true,  LandsL1};
constexpr Guard kL2           {"L2: a return, then the money",                    R::kNone,          true,  LandsL2};
constexpr Guard kL3           {"L3: the money, then a return",                    R::kNone,          true,  LandsL3};
constexpr Guard kL4           {"L4: a return, then goods",                        R::kNone,          true,  LandsL4};
constexpr Guard kL5           {"L5: goods are to be sent",                        R::kNone,          true,  LandsL5};
constexpr Guard kL6           {"L6: the return is under way",                     R::kNone,          true,  LandsL6};
constexpr Guard kAskThere     {"the case has an ask",                            R::kNotExpectedNow,         false, CaseHasAsk};
constexpr Guard kNoAsk        {"the case has no ask",                            R::kNotExpectedNow,         false, CaseHasNoAsk};
constexpr Guard kNoneOpen     {"no leg toward the buyer is open",                R::kNone,          false, NoLegIsOpen};
constexpr Guard kNoneOwed     {"no leg is owed",                                 R::kNone,          false, NoLegIsOwed};
constexpr Guard kOneOwed      {"a leg is owed",                                  R::kNone,          false, ALegIsOwed};

constexpr Effect kAwait       {"units held; facts bound; T0 if one is missing", AwaitFacts};
constexpr Effect kBind        {"units held; facts bound",                   BindNewest};
constexpr Effect kByThem      {"units held; not counted as help",           NoteOpenedByPlatform};
constexpr Effect kAskAfter    {"RETURN_DUE; arm T3; recovery stands ready", AskReturnAfterMoney};
constexpr Effect kAsk         {"RETURN_DUE; arm T3, or T14 without a usable address", AskReturn};
constexpr Effect kKeep        {"the goods are WAIVED",                      WaiveReturn};
constexpr Effect kIntercept   {"INTERCEPTING; arm T5",                      Intercept};
constexpr Effect kMissed      {"RETURN_DUE; arm T3",                        FailInterception};
constexpr Effect kArmT6       {"arm T6",                                    ArmShipping};
constexpr Effect kShip        {"RETURN_IN_TRANSIT; arm T5; return freight PROPOSED", ShipReturn};
constexpr Effect kTakeAddress {"T14 off; T3 armed, or goes on",             TakeAddress};
constexpr Effect kLoseAddress {"T3 paused; arm T14",                        LoseAddress};
constexpr Effect kNoReturn    {"goods instead become a refund by LOSS",     SettleWithoutReturn};
constexpr Effect kGiveUp      {"becomes refund-only, WAIVED; the seller pays the freight", GiveUpReturn};
constexpr Effect kArrive      {"AT_SELLER; T5 anew",                        ArriveAtSeller};
constexpr Effect kTakeGoods   {"INSPECTED_OK; legs cut to their condition", AcceptGoods};
constexpr Effect kSilent      {"decision by TIMEOUT, full quantity",        DecideBySilentInspection};
constexpr Effect kRefuseGoods {"INSPECTED_BAD",                             RefuseGoods};
constexpr Effect kLossDecided {"LOST; decision by LOSS, liability CARRIER", DecideByLoss};
constexpr Effect kLoseReturn  {"LOST",                                      LoseReturn};
constexpr Effect kShipOut     {"the new parcel is SHIPPED; arm T7",         ShipOut};
constexpr Effect kFallBack    {"decision by FALLBACK: the value in money",  DecideByFallback};
constexpr Effect kConfirm     {"the new parcel is WITH_BUYER",              ConfirmOut};
constexpr Effect kDifference  {"decision by DELIVERY: the price difference", DecideByDelivery};
constexpr Effect kLoseOut     {"the new parcel is LOST, liability CARRIER", LoseOut};
constexpr Effect kVoidOverlay {"a live arbitration is FINAL, VOID (a18)",   VoidOverlay};
constexpr Effect kVoidCase    {"legs VOID; CLAWBACK for what was paid",     VoidCase};
constexpr Effect kAgain       {"decision by REARBITRATION; delta legs",     RearbitrateCase};
constexpr Effect kNotePack    {"the pack is recorded",                      NotePack};
constexpr Effect kExtend      {"generation + 1, due later",                 ExtendDeadline};
constexpr Effect kDoL1        {"L1: what the buyer keeps is WAIVED",        AfterL1};
constexpr Effect kDoL2        {"L2, L4: RETURN_DUE; arm T3 or T14",         AfterL2};
constexpr Effect kDoL3        {"L3: RETURN_DUE; arm T3; recovery stands ready", AfterL3};
constexpr Effect kDoL5        {"L5: arm T6",                                AfterL5};
constexpr Effect kDoL6        {"L6: T5 anew",                               AfterL6};
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
constexpr Effect kForget      {"what it had reserved is over",               ForgetReady};
constexpr Effect kReserve     {"the legs it had RESERVED again",            ReserveLegsAgain};
constexpr Effect kCountHelp   {"counted as help",                          CountHelp};
constexpr Effect kDefault     {"the seller is in default",                  SellerDefaults};
constexpr Effect kHelp        {"arbitration REQUESTED (a1c, a1f)",          AskForHelp};

constexpr auto kOpenPhases = Short<Phase, 10>{kFiled, kAwaitSeller, kSellerRefused, kAwaitBuyerOffer, kAwaitBuyerReturn, kAwaitSellerReceipt, kReceiptRefused, kAwaitSellerShip, kAwaitBuyerReceipt, kSettling};

// A row that says *land*, for the lines that decide for the buyer: the landing table, written out.
#define LISTED(...) __VA_ARGS__
#define LANDS(label, from, on, when, then) \
  PhaseRow{label "-L1", {LISTED from}, {LISTED on}, {LISTED when, kL1}, kSettling,          {LISTED then, kDoL1}}, \
  PhaseRow{label "-L2", {LISTED from}, {LISTED on}, {LISTED when, kL2}, kAwaitBuyerReturn,  {LISTED then, kDoL2}}, \
  PhaseRow{label "-L3", {LISTED from}, {LISTED on}, {LISTED when, kL3}, kSettling,          {LISTED then, kDoL3}}, \
  PhaseRow{label "-L4", {LISTED from}, {LISTED on}, {LISTED when, kL4}, kAwaitBuyerReturn,  {LISTED then, kDoL2}}, \
  PhaseRow{label "-L5", {LISTED from}, {LISTED on}, {LISTED when, kL5}, kAwaitSellerShip,   {LISTED then, kDoL5}}, \
  PhaseRow{label "-L6", {LISTED from}, {LISTED on}, {LISTED when, kL6}, kAwaitSellerReceipt,{LISTED then, kDoL6}}

constexpr std::array kPhaseRows = {
  //       label    from                                          on                                                              when                                                                                                          to              then
  // Filing
  PhaseRow{"0",     {Phase::kNone},     {On(EventKind::kRefundRequested), On(EventKind::kComplaintFiled)}, {kPaid, kByBuyer, kPolicy, kLine, kKind, kNotTooOld, kInWindow, kFewCases, kFree, kNewClaim, kUnsettled, kPositive, kCurrency, kRefundable}, kFiled, {kAwait}},
  PhaseRow{"0b",    {kFiled},           {On(EventKind::kSellerStandingSnapshot), On(EventKind::kProductRatingSnapshot), On(EventKind::kAbuseAssessed), On(EventKind::kBuyerTierSnapshot)}, {kMissing}, kFiled, {}},
  PhaseRow{"1a",    {kFiled},           {kReady},                                  {kInstant, kNothingBack, kHasRoom, kNoDispute, kMoneyKind},   kSettling,        {kAuto, kWaive}},
  PhaseRow{"1b",    {Phase::kNone},     {On(EventKind::kOfferMade)},               {kPaid, kBySeller, kPolicy, kLine, kFree, kPositive, kCurrency, kRemedy, kAllowed, kOptions, kLasts}, kAwaitBuyerOffer, {kBind, kOffer}},
  PhaseRow{"1c",    {kFiled},           {kReady},                                  {kDirect, kRefundAsked, kHasRoom},                            kFiled,           {kAskDirect}},
  PhaseRow{"1d",    {Phase::kNone},     {On(EventKind::kPlatformIntervened)},      {kPaid, kByPlatform, kPolicy, kLine, kKind, kFree, kPositive, kCurrency, kRefundable}, kAwaitSeller, {kByThem, kArmT1, kHelp}},
  PhaseRow{"1d-lost", {Phase::kNone},   {On(EventKind::kParcelLost)},              {kPaid, kByCarrier, kPolicy, kPackLost, kAtHand},             kAwaitSeller,     {kByThem, kArmT1, kHelp}},
  PhaseRow{"1d-stop", {Phase::kNone},   {On(EventKind::kProductIntercepted)},      {kPaid, kByPlatform, kPolicy, kPackStop, kAtHand},            kAwaitSeller,     {kByThem, kArmT1, kHelp}},
  PhaseRow{"1e",    {Phase::kNone},     {On(EventKind::kOfferMade)},               {kPaid, kByPlatform, kPolicy, kLine, kFree, kPositive, kCurrency, kRemedy, kAllowed, kOptions, kLasts}, kAwaitBuyerOffer, {kByThem, kOffer}},
  PhaseRow{"1g",    {kFiled},           {kReady},                                  {kInstant, kReturnAsked, kHasRoom, kNoDispute},               kSettling,        {kAuto, kAskAfter}},
  PhaseRow{"1h",    {Phase::kNone},     {On(EventKind::kPlatformHelpRequested)},   {kPaid, kByBuyer, kPolicy, kCard, kLine, kFree},              kAwaitSeller,     {kBind, kCountHelp, kArmT1, kHelp}},
  PhaseRow{"1",     {kFiled},           {kReady},                                  {},                                                           kAwaitSeller,     {kArmT1}},
  // Seller and buyer
  PhaseRow{"2",     {kAwaitSeller, kSellerRefused}, {On(EventKind::kRefundAmended)}, {kByFiler, kVersion, kNotLive, kFewAmends, kStillFree, kAmends, kNewKind, kPositive, kCurrency, kRefundable}, kAwaitSeller, {kAmend, kArmT1}},
  PhaseRow{"3",     {kAwaitSeller},     {On(EventKind::kRefundAccepted)},          {kBySeller, kVersion, kNotLive, kUnits, kCeiling, kMoneyOnly, kStays}, kSettling, {kAccept, kWaive}},
  PhaseRow{"4",     {kAwaitSeller},     {On(EventKind::kRefundAccepted)},          {kBySeller, kVersion, kNotLive, kUnits, kCeiling, kReturnKind, kStays, kNotWaived, kWith, kAddress, kGoodsFirst}, kAwaitBuyerReturn, {kAccept, kAsk}},
  PhaseRow{"4a",    {kAwaitSeller},     {On(EventKind::kRefundAccepted)},          {kBySeller, kVersion, kNotLive, kUnits, kCeiling, kReturnRefund, kStays, kWaived}, kSettling, {kAccept, kKeep}},
  PhaseRow{"4b",    {kAwaitSeller},     {On(EventKind::kRefundAccepted)},          {kBySeller, kVersion, kNotLive, kUnits, kIsResend},                                  kAwaitSellerShip, {kAccept, kArmT6}},
  PhaseRow{"4c",    {kAwaitSeller},     {On(EventKind::kRefundAccepted)},          {kBySeller, kVersion, kNotLive, kUnits, kCeiling, kRefundOnly, kStop, kShipped}, kAwaitSellerReceipt, {kAccept, kIntercept}},
  PhaseRow{"4d",    {kAwaitSeller},     {On(EventKind::kRefundAccepted)},          {kBySeller, kVersion, kNotLive, kUnits, kCeiling, kReturnKind, kStays, kNotWaived, kWith, kNoAddress}, kAwaitBuyerReturn, {kAccept, kAsk}},
  PhaseRow{"4e",    {kAwaitSellerReceipt}, {On(EventKind::kInterceptFailed)},      {kByCarrier, kNotLive, kStopped},                             kAwaitBuyerReturn, {kMissed}},
  PhaseRow{"4f",    {kAwaitSeller},     {On(EventKind::kRefundAccepted)},          {kBySeller, kVersion, kNotLive, kUnits, kCeiling, kReturnRefund, kStays, kNotWaived, kWith, kAddress, kMoneyFirst}, kSettling, {kAccept, kAskAfter}},
  LANDS("4g",       (kAwaitSeller),     (On(EventKind::kRefundAccepted)),          (kBySeller, kVersion, kNotLive, kUnits, kCeiling, kReturnKind, kStays, kNotWaived, kAway), (kAccept)),
  PhaseRow{"5",     {kAwaitSeller},     {On(EventKind::kOfferMade)},               {kBySeller, kVersion, kNotLive, kFewOffers, kPositive, kCurrency, kRemedy, kAllowed, kOptions, kSupersedes, kLasts, kSumCeiling}, kAwaitBuyerOffer, {kOffer}},
  LANDS("6",        (kAwaitBuyerOffer), (On(EventKind::kOfferChosen)),             (kNotLive, kKnownOffer, kMayAnswer, kOpenOffer, kOption, kUnits, kOptCeiling), (kChoose)),
  LANDS("6b",       (kAwaitSeller, kSellerRefused, kAwaitBuyerOffer, kReceiptRefused), (On(EventKind::kSettlementAgreed)), (kByPlatform, kNotLive, kBoth, kPositive, kCurrency, kRemedy, kSumCeiling), (kAgree)),
  PhaseRow{"7a",    {kAwaitBuyerOffer}, {On(EventKind::kOfferDeclined)},           {kNotLive, kKnownOffer, kMayAnswer, kOpenOffer, kAskThere},   kAwaitSeller,     {kGoOn}},
  PhaseRow{"7b",    {kAwaitBuyerOffer}, {Passed(Timer::kT2)},                      {kAskThere},                                                  kAwaitSeller,     {kGoOn}},
  PhaseRow{"7c",    {kAwaitBuyerOffer}, {On(EventKind::kOfferDeclined)},           {kNotLive, kKnownOffer, kMayAnswer, kOpenOffer, kNoAsk},      kClosed,          {}, kThere, C::kBuyerWithdrew},
  PhaseRow{"7d",    {kAwaitBuyerOffer}, {Passed(Timer::kT2)},                      {kNoAsk},                                                     kClosed,          {}, kThere, C::kBuyerExpired},
  PhaseRow{"8",     {kAwaitSeller},     {On(EventKind::kRefundRejected)},          {kBySeller, kVersion, kNotLive, kUnits, kShown},              kSellerRefused,   {kRefuse, kArmT4}},
  LANDS("9",        (kAwaitSeller),     (Passed(Timer::kT1)),                      (kAccepts, kHasRoom),                                         (kTimeout)),
  PhaseRow{"9d",    {kAwaitSeller},     {Passed(Timer::kT1)},                      {},                                                           kAwaitSeller,     {kHelp}},
  PhaseRow{"10",    {kSellerRefused},   {Passed(Timer::kT4)},                      {},                                                           kClosed,          {kStands, kArmT9}, kThere, C::kSellerRefusedFinal},
  // Goods back, goods out
  PhaseRow{"11",    {kAwaitBuyerReturn},   {On(EventKind::kReturnShipped)},        {kByBuyer, kNotLive, kUnits, kPositive, kCurrency, kReturn},  kAwaitSellerReceipt, {kShip}},
  PhaseRow{"11a",   {kAwaitBuyerReturn},   {On(EventKind::kReturnAddressGiven)},   {kBySeller, kReturn, kUsable},                                kAwaitBuyerReturn, {kTakeAddress}},
  PhaseRow{"11b",   {kAwaitBuyerReturn},   {On(EventKind::kReturnAddressInvalid)}, {kByCarrier, kReturn},                                        kAwaitBuyerReturn, {kLoseAddress}},
  PhaseRow{"12",    {kAwaitBuyerReturn},   {Passed(Timer::kT3)},                   {kNotOut, kReturn, kCame},                                           kClosed,          {kVoid, kArmT9}, kThere, C::kBuyerExpired},
  // Ours: what was to come back has never come to the buyer.
  PhaseRow{"12l",   {kAwaitBuyerReturn},   {On(EventKind::kParcelLost), Passed(Timer::kT3)}, {kNotLive, kNeverCame, kReturn},                              kSettling,        {kNoReturn}},
  PhaseRow{"12b",   {kAwaitBuyerReturn},   {Passed(Timer::kT14)},                  {kWorth, kReturn},                                            kSettling,        {kGiveUp}},
  PhaseRow{"12c",   {kAwaitBuyerReturn},   {Passed(Timer::kT14)},                  {kReturn},                                                    kAwaitBuyerReturn, {kHelp}},
  PhaseRow{"13",    {kAwaitSellerReceipt}, {On(EventKind::kDeliveryScan), On(EventKind::kReturnReceived)}, {kBySellerOrCarrier, kItsParcel, kFirstWord, kUnitsCame, kReturn}, kAwaitSellerReceipt, {kArrive}},
  PhaseRow{"14a",   {kAwaitSellerReceipt}, {On(EventKind::kReturnInspected)},      {kBySeller, kVersion, kNotLive, kUnits, kUnused, kRoom, kAccepted, kRefundKind, kDeduct}, kSettling, {kTakeGoods}},
  PhaseRow{"14b",   {kAwaitSellerReceipt}, {On(EventKind::kReturnInspected)},      {kBySeller, kVersion, kNotLive, kUnits, kUnused, kRoom, kAccepted, kSwapKind},   kAwaitSellerShip, {kTakeGoods, kArmT6}},
  PhaseRow{"15a",   {kAwaitSellerReceipt}, {Passed(Timer::kT5)},                   {kNotLost, kRefundKind},                                      kSettling,        {kSilent}},
  PhaseRow{"15b",   {kAwaitSellerReceipt}, {Passed(Timer::kT5)},                   {kNotLost, kSwapKind},                                        kAwaitSellerShip, {kSilent, kArmT6}},
  PhaseRow{"16",    {kAwaitSellerReceipt}, {On(EventKind::kReturnInspected)},      {kBySeller, kVersion, kNotLive, kUnits, kUnused, kRoom, kNotAccepted, kReturn}, kReceiptRefused, {kRefuseGoods, kArmT4}},
  PhaseRow{"17a",   {kAwaitSellerReceipt}, {On(EventKind::kParcelLost)},           {kByCarrier, kNotLive, kItsParcel, kFirstWord, kPays, kWorth, kReturn},   kSettling,        {kLossDecided}},
  PhaseRow{"17b",   {kAwaitSellerReceipt}, {On(EventKind::kParcelLost)},           {kByCarrier, kNotLive, kItsParcel, kFirstWord, kReturn},                  kAwaitSeller,     {kLoseReturn, kArmT1}},
  PhaseRow{"18a",   {kReceiptRefused},     {On(EventKind::kReturnInspected)},      {kBySeller, kVersion, kNotLive, kUnits, kUnused, kRoom, kAccepted, kRefundKind, kDeduct}, kSettling, {kTakeGoods}},
  PhaseRow{"18b",   {kReceiptRefused},     {On(EventKind::kReturnInspected)},      {kBySeller, kVersion, kNotLive, kUnits, kUnused, kRoom, kAccepted, kSwapKind},   kAwaitSellerShip, {kTakeGoods, kArmT6}},
  PhaseRow{"19",    {kReceiptRefused},     {Passed(Timer::kT4)},                   {kReturn},                                                    kClosed,          {kStands, kArmT9}, kThere, C::kSellerRefusedFinal},
  PhaseRow{"20a",   {kAwaitSellerShip},    {On(EventKind::kReplacementShipped)},   {kBySeller, kNotLive, kExchange},                             kAwaitBuyerReceipt, {kShipOut}},
  PhaseRow{"20b",   {kAwaitSellerShip},    {On(EventKind::kRepairDone)},           {kBySeller, kNotLive, kRepair, kSerial},                      kAwaitBuyerReceipt, {kShipOut}},
  PhaseRow{"20c",   {kAwaitSellerShip},    {On(EventKind::kResendShipped)},        {kBySeller, kNotLive, kResend},                               kAwaitBuyerReceipt, {kShipOut}},
  PhaseRow{"21a",   {kAwaitSellerShip},    {Passed(Timer::kT6)},                   {kRefunds, kWorth, kOut},                                     kSettling,        {kFallBack}},
  PhaseRow{"21b",   {kAwaitSellerShip},    {Passed(Timer::kT6)},                   {kOut},                                                       kAwaitSellerShip, {kDefault, kHelp}},
  PhaseRow{"21c",   {kAwaitSellerShip},    {On(EventKind::kSellerCannotFulfil)},   {kBySeller, kNotLive, kRefunds, kWorth, kOut},                kSettling,        {kFallBack}},
  PhaseRow{"21d",   {kAwaitSellerShip},    {On(EventKind::kSellerCannotFulfil)},   {kBySeller, kNotLive, kOut},                                  kAwaitSellerShip, {kDefault, kHelp}},
  PhaseRow{"22a",   {kAwaitBuyerReceipt},  {On(EventKind::kReplacementReceived)},  {kByBuyer, kNotLive, kNothingDue, kOut},                      kClosed,          {kConfirm, kArmT9}, kThere, C::kFulfilled},
  PhaseRow{"22b",   {kAwaitBuyerReceipt},  {On(EventKind::kReplacementReceived)},  {kByBuyer, kNotLive, kDue, kOut},                             kSettling,        {kDifference}},
  PhaseRow{"22c",   {kAwaitBuyerReceipt},  {Passed(Timer::kT7)},                   {kNothingDue, kOut},                                          kClosed,          {kConfirm, kArmT9}, kThere, C::kFulfilled},
  PhaseRow{"22d",   {kAwaitBuyerReceipt},  {Passed(Timer::kT7)},                   {kDue, kOut},                                                 kSettling,        {kDifference}},
  PhaseRow{"22e",   {kAwaitBuyerReceipt},  {On(EventKind::kParcelLost)},           {kByCarrier, kNotLive, kNewParcel, kOut},                     kAwaitSellerShip, {kLoseOut, kArmT6}},
  // End, money, authority
  PhaseRow{"23",    kOpenPhases,           {On(EventKind::kRefundWithdrawn)},      {kByFiler, kVersion, kUnsent},                                kClosed,          {kVoid, kEndOverlay, kArmT9}, kThere, C::kBuyerWithdrew},
  PhaseRow{"24",    {kSettling},           {kLegsDone},                            {kNotLive, kNoneOpen, kNoneOwed},                             kClosed,          {kArmT9}, kThere, C::kSettled},
  PhaseRow{"24a",   {kClosed},             {On(EventKind::kRefundReversed)},       {kNotLive, kWithMoney},                                       kSettling,        {}},
  PhaseRow{"24b",   {kSettling, kClosed},  {On(EventKind::kRefundReversed)},       {kNotLive, kImpossible},                                      kSettling,        {}},
  PhaseRow{"25",    {kSettling},           {kLegsDone},                            {kNotLive, kNoneOpen, kOneOwed},                              kClosed,          {}, kThere, C::kPayoutImpossible},
  PhaseRow{"25a",   {kClosed},             {On(EventKind::kPayoutDestinationGiven)}, {kNotLive, kImpossible},                                    kSettling,        {}},
  PhaseRow{"26a",   {kClosed},             {On(EventKind::kCaseReopened)},         {kByBuyer, kForBuyer, kAskThere, kNotLive, kReopenable, kStillFree, kNewGround}, kAwaitSeller, {kReopen, kForget, kArmT1}},
  PhaseRow{"26b",   {kClosed},             {On(EventKind::kCaseReopened)},         {kByPlatform, kNotVoid, kNotLive, kStillFree, kOldLegs},      Phase::kNone,     {kReopen, kArmPhase, kReserve}, kLastOpen},
  PhaseRow{"26c",   {kClosed},             {On(EventKind::kPlatformHelpRequested)}, {kByHelpSeeker, kForHelp, kNotLive, kReopenable, kStillFree, kOldLegs, kFewHelp}, Phase::kNone, {kReopen, kCountHelp, kArmPhase, kReserve, kHelp}, kLastOpen},
  PhaseRow{"28",    kOpenPhases,           {On(EventKind::kOrderVoided), On(EventKind::kFraudStop)}, {kByPlatformAlone},                         kClosed,          {kVoidOverlay, kVoidCase}, kThere, C::kSystemVoid},
  PhaseRow{"28-closed", {kClosed},         {On(EventKind::kOrderVoided), On(EventKind::kFraudStop)}, {kByPlatformAlone, kNotVoid},               kClosed,          {kVoidOverlay, kVoidCase}, kThere, C::kSystemVoid},
  PhaseRow{"29a",   {kSettling, kClosed},  {On(EventKind::kRearbitrated)},         {kByPlatform, kNotVoid, kNotLive, kFourEyes, kKnownPack, kRulingFits, kNoGoods, kShares, kDifferent, kCurrency, kSumCeiling}, kSettling, {kAgain}},
  PhaseRow{"29b",   {kSettling, kClosed},  {On(EventKind::kRearbitrated)},         {kByPlatform, kNotVoid, kNotLive, kFourEyes, kKnownPack, kSame}, Phase::kNone,  {kNotePack}, kStay},
  PhaseRow{"29c",   {kFiled, kAwaitSeller, kSellerRefused, kAwaitBuyerOffer, kAwaitBuyerReturn, kAwaitSellerReceipt, kReceiptRefused, kAwaitSellerShip, kAwaitBuyerReceipt}, {On(EventKind::kRearbitrated)}, {kByPlatform, kNotLive, kFourEyes, kKnownPack}, Phase::kNone, {kNotePack}, kStay},
  PhaseRow{"30",    kOpenPhases,           {On(EventKind::kDeadlineExtended)},     {kMayExtend, kArmed, kLater},                                 Phase::kNone,     {kExtend}, kStay},
  // Archived: no way back but row 26b.
  PhaseRow{"T9",    {kClosed},             {Passed(Timer::kT9)},                   {},                                                           kClosed,          {}, kStay},
};
// clang-format on
static_assert(LabelsAreUnique(kPhaseRows));
#undef LANDS
#undef LISTED

}  // namespace

std::span<const PhaseRow> PhaseRows() { return kPhaseRows; }

}  // namespace refund::arbiter
