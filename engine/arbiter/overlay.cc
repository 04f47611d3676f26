// The overlay table: arbitration (case-model.md §3.4). While it is live the phase stays where it
// is.
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/row.h"

namespace refund::arbiter {
namespace {

using enum Overlay;
using R = Refusal;

consteval Trigger On(EventKind kind) { return Trigger::On(kind); }
consteval Trigger Passed(Timer timer) { return Trigger::Passed(timer); }

// clang-format off
constexpr Guard kByBuyer     {"the actor is the buyer",                        R::kRoleMayNot,        false,  ByBuyer};
constexpr Guard kBySeller    {"the actor is the seller",                       R::kRoleMayNot,        false,  BySeller};
constexpr Guard kByPlatform  {"the actor has platform authority",              R::kRoleMayNot,        false,  ByPlatform};
constexpr Guard kByPlatformOrRow {"platform authority, or the row itself",    R::kRoleMayNot,        false,  ByPlatformOrRow};
constexpr Guard kByParty     {"the actor is a party",                          R::kRoleMayNot,        false,  ByParty};
constexpr Guard kByOfferer   {"the actor is a party or the platform",          R::kRoleMayNot,        false,  ByOfferParty};
constexpr Guard kBoth        {"both parties agreed",                           R::kNotBothParties,    true,  ByBothParties};
constexpr Guard kWhoAsked    {"the actor asked for help",                      R::kNotWhoAsked,       false,  ByWhoAskedForHelp};
constexpr Guard kVersion     {"expected_version equals, or is absent",         R::kVersionMismatch,   true,  VersionFits};
constexpr Guard kRefused     {"the seller refused, or a ground the pack names", R::kGroundNotNamed,   true,  RefusedOrGroundIsNamed};
constexpr Guard kFewHelp     {"fewer than N requests for help",                R::kTooManyRequests,   false, FewerHelpRequests};
constexpr Guard kOpenPhase   {"the case is open",                              R::kNone,     false, PhaseIsOpen};
constexpr Guard kOpenOrRow   {"the case is open, or a row asks",               R::kNone,     false, PhaseIsOpenOrRowAsks};
constexpr Guard kCeiling     {"the ask is under the ceiling",                  R::kOverTheCeiling,    false, AskIsUnderCeiling};
constexpr Guard kPackCeiling {"what the pack rules is under the ceiling",       R::kNone,              false,  PackRulingIsUnderCeiling};
constexpr Guard kSumCeiling  {"the amount is under the ceiling",               R::kOverTheCeiling,    true,  AmountIsUnderCeiling};
constexpr Guard kOptCeiling  {"the option is under the ceiling",               R::kOverTheCeiling,    true,  OptionIsUnderCeiling};
constexpr Guard kPropCeiling {"the proposed amount is under the ceiling",      R::kOverTheCeiling,    false, ProposalIsUnderCeiling};
constexpr Guard kPositive    {"the amount is above zero",                      R::kAmountNotPositive, true,  AmountIsPositive};
constexpr Guard kCurrency    {"the currency is the order's",                   R::kOtherCurrency,     true,  CurrencyIsTheOrders};
constexpr Guard kRemedy      {"a remedy is named",            R::kUnsupportedRemedy, true,  RemedyIsSupported};
constexpr Guard kLasts        {"the offer lasts past now",                       R::kOfferLapsed,            true,  OfferLastsPastNow};
constexpr Guard kFewOffers   {"fewer than N offers of this party",             R::kTooManyOffers,     false,  FewerOffers};
constexpr Guard kKnownOffer  {"the offer is one of this case",                 R::kNoSuchOffer,       false,  OfferIsKnown};
constexpr Guard kOpenOffer   {"the offer is the newest, and open",             R::kOfferLapsed,       false,  OfferIsOpen};
constexpr Guard kOption      {"the offer has this option",                     R::kNoSuchOffer,       true,  OptionExists};
constexpr Guard kMayAnswer   {"the actor is whom the offer was made to",       R::kRoleMayNot,        false,  MayAnswerOffer};
constexpr Guard kUnused      {"the evidence is not used elsewhere",            R::kEvidenceUsedElsewhere, true, EvidenceIsFree};
constexpr Guard kRoom        {"the case has room for it",                      R::kTooMuch,           true,  EvidenceHasRoom};
constexpr Guard kRounds      {"fewer than N rounds",                           R::kTooManyRounds,     false, RoundsAreLeft};
constexpr Guard kNoProposal  {"no proposal is pending",                        R::kProposalPending,   false, NoProposalIsPending};
constexpr Guard kProposal    {"a proposal is pending",                         R::kNoProposalPending, false, AProposalIsPending};
constexpr Guard kOtherEyes   {"the actor is not the author",                   R::kSameAuthor,        true,  IsNotTheAuthor};
constexpr Guard kNoGoods     {"the remedy is landed, or is money",              R::kUnsupportedRemedy,        true,  RemedyNeedsNoLanding};
constexpr Guard kFounded     {"there is a finding of liability",               R::kNoFinding,         false, RulingIsFounded};
constexpr Guard kOutcome     {"outcome, remedy and amount agree",              R::kOutcomeAndAmountDisagree, true, OutcomeFitsAmount};
constexpr Guard kMayAppeal   {"the actor lost something, and has not waived",  R::kMayNotAppeal,      false,  MayAppeal};
constexpr Guard kNotByRow    {"a party asked, not a deadline",                 R::kNotWhoAsked,       false, NotOpenedByRow};
constexpr Guard kUndecided   {"nothing is decided in this arbitration",        R::kAlreadyDecided,    false, NothingDecidedYet};
constexpr Guard kByHelpSeeker {"the actor is a party",                         R::kRoleMayNot,        false, ByHelpSeeker};
constexpr Guard kDisputed    {"the goods are disputed",                        R::kNotExpectedNow,    false, GoodsAreDisputed};
constexpr Guard kBroken      {"what was agreed was not done by its deadline",  R::kNotExpectedNow,    false, AgreementWasBroken};
constexpr Guard kAfter       {"it is about what came after the decision",      R::kNothingNew,        false, SpeaksOfWhatCameAfter};
constexpr Guard kKeptIt      {"the actor is not in default",                   R::kNotExpectedNow,    false, NotInDefault};
constexpr Guard kAll         {"all units of the case",                         R::kOutOfQuantity,     true,  NamesAllUnits};
constexpr Guard kUnits       {"the units are of the case",                     R::kOutOfQuantity,     true,  QuantityFits};
constexpr Guard kAllowed     {"the goods allow the remedies",                  R::kGoodsForbid,       true,  GoodsAllowTheOptions};
constexpr Guard kOptions     {"at most three options",                         R::kTooMuch,           true,  IsUpTo3Options};
constexpr Guard kSupersedes  {"it supersedes the newest offer",                R::kNoSuchOffer,       true,  SupersedesTheOpen};
constexpr Guard kShares      {"the shares sum to 10000",                       R::kSplitDoesNotSum,   true,  SharesSum};
constexpr Guard kInTime      {"the appeal window is open",                     R::kOutOfWindow,       false, AppealWindowIsOpen};
constexpr Guard kFirstAppeal {"this party's first appeal",                     R::kMayNotAppeal,      false, FirstAppeal};
constexpr Guard kLost        {"the actor lost something",                      R::kMayNotAppeal,      false, LostSomething};
constexpr Guard kJoins       {"the ruling was split",                          R::kMayNotAppeal,      false, OtherAppealIsPending};
constexpr Guard kNewEyes     {"the reviewer has not ruled on the case",        R::kReviewerWasAuthor, true,  ReviewerIsNew};
constexpr Guard kNewRuling   {"the new ruling is there, and fits",             R::kOutcomeAndAmountDisagree, true, NewRulingIsThere};
constexpr Guard kByRuling    {"a ruling ended it",                             R::kNotExpectedNow,    false, WasRuledFinally};
constexpr Guard kFourEyes    {"another one has approved",                      R::kSameAuthor,        true,  FourEyes};
// These only choose between rows.
constexpr Guard kNegotiates  {"the pack negotiates first",                     R::kNone,     false, FirstStepIsNegotiate};
constexpr Guard kAsksFirst   {"the pack asks for evidence first",              R::kNone,     false, FirstStepIsEvidence};
constexpr Guard kReviews     {"the pack goes straight to review",              R::kNone,     false, FirstStepIsReview};
constexpr Guard kAsked       {"this party is asked, the round is open",        R::kNone,     false,  PartyIsAsked};
constexpr Guard kStaysOpen   {"a slot or a seal is still missing",             R::kNone,     true,  RoundStaysOpen};
constexpr Guard kOtherT8     {"the other's T8 is armed",                       R::kNone,     false, OtherWindowIsOpen};
constexpr Guard kOverLimit   {"the amount is over the author's limit",         R::kNone,     true,  IsOverAuthorsLimit};
constexpr Guard kPackRules   {"the pack decides",                              R::kNone,     false, PackRules};
constexpr Guard kPaysFirst   {"the pack pays first",                           R::kNone,     false, PackPaysFirst};
constexpr Guard kNotLanded   {"nothing has landed yet",                        R::kNone,     false, NothingLandedYet};
constexpr Guard kNotFirst    {"it was not paid first",                         R::kNone,     false, HasNotLandedFirst};
constexpr Guard kIsFirst     {"it was paid first",                             R::kNone,     false, HasLandedFirst};
constexpr Guard kDelta       {"more is due to the buyer",                      R::kNone,     false, DeltaTowardBuyer};
constexpr Guard kNoDelta     {"no more is due to the buyer",                   R::kNone,     false, NoDeltaTowardBuyer};
constexpr Guard kUpheld      {"the ruling is UPHELD",                          R::kNone,     true,  IsUpheld};
constexpr Guard kOverturned  {"the ruling is OVERTURNED",                      R::kNone,     true,  IsOverturned};
constexpr Guard kVaried      {"the ruling is VARIED",                          R::kNone,     true,  IsVaried};
constexpr Guard kRemanded    {"the ruling is REMANDED",                        R::kNone,     true,  IsRemanded};
constexpr Guard kNotRemanded {"the ruling is not REMANDED",                    R::kNone,     true,  IsNotRemanded};
constexpr Guard kMore        {"the new sum is above the old",                  R::kNone,     true,  NewIsMore};
constexpr Guard kNoMore      {"the new sum is not above the old",              R::kNone,     true,  NewIsNotMore};
constexpr Guard kUnmoved     {"the goods are as they were",                    R::kNone,     false, GoodsAreAsTheyWere};
constexpr Guard kReturnGone  {"the return has been sent",                      R::kNone,     false, ReturnHasGone};
constexpr Guard kReturnLost  {"the return was lost, and the pack pays",        R::kNone,     false, ReturnWasLost};
constexpr Guard kReturnAsked {"the return was lost, and the seller is asked",  R::kNone,     false, ReturnWasLostAndAsked};
constexpr Guard kOutLost     {"the replacement was lost",                      R::kNone,     false, ReplacementWasLost};
constexpr Guard kMissed      {"the interception failed",                       R::kNone,     false, InterceptionFailed};
constexpr Guard kOutSent     {"the replacement was sent",                      R::kNone,     false, ReplacementWasSent};
constexpr Guard kThere       {"the replacement was received",                  R::kNone,     false, ReplacementWasReceived};
constexpr Guard kDue         {"a difference or return freight is due",         R::kNone,     false, DifferenceIsDue};
constexpr Guard kNothingDue  {"no difference and no return freight is due",    R::kNone,     false, NothingIsDue};
constexpr Guard kL1          {"L1: money only, or nothing is to come back",    R::kNone,     true,  LandsL1};
constexpr Guard kL2          {"L2: a return, then the money",                  R::kNone,     true,  LandsL2};
constexpr Guard kL3          {"L3: the money, then a return",                  R::kNone,     true,  LandsL3};
constexpr Guard kL4          {"L4: a return, then goods",                      R::kNone,     true,  LandsL4};
constexpr Guard kL5          {"L5: goods are to be sent",                      R::kNone,     true,  LandsL5};
constexpr Guard kL6          {"L6: the return is under way",                   R::kNone,     true,  LandsL6};
constexpr Guard kL7b         {"L7b: for the seller, and the money went first", R::kNone,     true,  LandsL7b};
constexpr Guard kL7          {"L7: for the seller",                            R::kNone,     true,  LandsL7};
constexpr Guard kL8          {"L8: nothing found, nothing to perform",         R::kNone,     true,  LandsL8};
constexpr Guard kL9          {"L9: void",                                      R::kNone,     true,  LandsL9};
constexpr Guard kLast        {"the last that could appeal",                    R::kNone,     false,  IsLastWhoMayAppeal};

constexpr Effect kDoL1       {"land: SETTLING",                            LandL1};
constexpr Effect kDoL2       {"land: AWAIT_BUYER_RETURN",                  LandL2};
constexpr Effect kDoL3       {"land: SETTLING, a return still due",        LandL3};
constexpr Effect kDoL5       {"land: AWAIT_SELLER_SHIP",                   LandL5};
constexpr Effect kDoL6       {"land: AWAIT_SELLER_RECEIPT",                LandL6};
constexpr Effect kDoL7b      {"land: CLOSED(RULED_FOR_SELLER), RECOVERY",  LandL7b};
constexpr Effect kDoL7       {"land: CLOSED(RULED_FOR_SELLER)",            LandL7};
constexpr Effect kDoL8       {"land: CLOSED(DISMISSED)",                   LandL8};
constexpr Effect kDoL9       {"land: CLOSED(SYSTEM_VOID)",                 LandL9};
constexpr Effect kBreach     {"the breach is a finding",                   NoteBreach};
constexpr Effect kFirst      {"paid first",                                PayFirst};
constexpr Effect kReturnOn   {"a return still due goes on",                ResumeReturn};
constexpr Effect kSettleDelta {"SETTLING: the difference",                 SettleDelta};
constexpr Effect kAppeal     {"legs HELD; arm T13",                        FileAppeal};
constexpr Effect kJoin       {"the other appeal joins",                    JoinAppeal};
constexpr Effect kUphold     {"legs RESERVED again",                       UpholdRuling};
constexpr Effect kDecideAppeal {"decision by APPEAL; old legs VOID, new ones RESERVED", DecideAppeal};
constexpr Effect kSetAside   {"the ruling falls; legs HELD; arm T13",      SetAside};
constexpr Effect kGoReceipt  {"the return is under way (row 11)",          GoOnShippingBack};
constexpr Effect kGoLoss     {"the lost return is paid (row 17a)",         GoOnAfterLoss};
constexpr Effect kGoSeller   {"the seller is asked (row 17b)",             GoOnAskingSeller};
constexpr Effect kGoShip     {"it is sent again (row 22e)",                GoOnShippingOut};
constexpr Effect kGoReceive  {"it is on its way (row 20)",                 GoOnReceiving};
constexpr Effect kGoReturn   {"it is to be sent back (row 4e)",            GoOnReturning};
constexpr Effect kGoFulfilled {"fulfilled (row 22a)",                      GoOnFulfilled};
constexpr Effect kGoDelivered {"the difference is settled (row 22b)",      GoOnDelivered};
constexpr Effect kDirect     {"decision by a named rule; legs RESERVED",   RuleDirectly};
constexpr Effect kArmT10     {"arm T10",                                   ArmAppealWindow};
constexpr Effect kCount      {"counted as help",                           CountHelp};
constexpr Effect kAsker      {"who asked is noted, not counted as help",  NoteWhoAsked};
constexpr Effect kArmT13     {"arm T13",                                   ArmReview};
constexpr Effect kAgreed     {"decision by ACCEPTANCE; legs RESERVED",     DecideByAcceptance};
constexpr Effect kChosen     {"decision by CHOICE; legs RESERVED",         DecideByChoice};
constexpr Effect kSettled    {"decision by AGREEMENT; legs RESERVED",      DecideByAgreement};
constexpr Effect kFinalWord  {"final by agreement",                        EndAsAgreed};
constexpr Effect kHold       {"the agent holds the case",                  TakeHold};
constexpr Effect kArmT11     {"arm T11",                                   ArmNegotiation};
constexpr Effect kOffer      {"the offer is open; arm T2",                 MakeOfferInArbitration};
constexpr Effect kPauseT11   {"T11 paused while the offer is open",        PauseNegotiation};
constexpr Effect kClose      {"the offer is closed",                       CloseOffer};
constexpr Effect kGoOnT11    {"T11 goes on, or starts",                    GoOnNegotiating};
constexpr Effect kRound      {"round + 1 as the pack says; T8 per party",  OpenRoundByPack};
constexpr Effect kRoundBoth  {"round + 1 of both; T8 per party",           OpenRoundForBoth};
constexpr Effect kRoundAsked {"round + 1 as asked; T8 per party",          OpenRoundAsAsked};
constexpr Effect kStore      {"append to the round",                       StoreEvidence};
constexpr Effect kStoreLate  {"stored, flagged LATE, not decisive",        StoreLateEvidence};
constexpr Effect kWindow     {"EvidenceWindowClosed",                      CloseWindow};
constexpr Effect kSeal       {"round sealed",                              CloseRound};
constexpr Effect kEnter      {"arm T13; the pack may rule (a10b)",         EnterReview};
constexpr Effect kKeep       {"proposal pending: four eyes",               KeepProposal};
constexpr Effect kDrop       {"the proposal is gone, kept in the trail",   DropProposal};
constexpr Effect kRule       {"decision by RULING; legs RESERVED",         RuleAsProposed};
constexpr Effect kApprove    {"decision by RULING; legs RESERVED",         RuleAsApproved};
constexpr Effect kPackWord   {"decision by AUTOMATIC_RULING; legs RESERVED", RuleByPack};
constexpr Effect kWaived     {"the waiver is remembered",                  RememberWaiver};
constexpr Effect kPriority   {"priority + 1",                              RaisePriority};

constexpr auto kEarly = Short<Overlay, 10>{kRequested, kNegotiating, kEvidence};
constexpr auto kUnruled = Short<Overlay, 10>{kRequested, kNegotiating, kEvidence, kReview};
constexpr auto kLive = Short<Overlay, 10>{kRequested, kNegotiating, kEvidence, kReview, kRuled, kAppealed};

// A row that says *land*: the lines that decide for the buyer, and all of them.
#define LISTED(...) __VA_ARGS__ __VA_OPT__(, )
#define LANDS_FOR_BUYER(label, from, on, when, then) \
  OverlayRow{label "-L1", from, {on}, {LISTED when kL1}, kFinal, {LISTED then kDoL1}}, \
  OverlayRow{label "-L2", from, {on}, {LISTED when kL2}, kFinal, {LISTED then kDoL2}}, \
  OverlayRow{label "-L3", from, {on}, {LISTED when kL3}, kFinal, {LISTED then kDoL3}}, \
  OverlayRow{label "-L4", from, {on}, {LISTED when kL4}, kFinal, {LISTED then kDoL2}}, \
  OverlayRow{label "-L5", from, {on}, {LISTED when kL5}, kFinal, {LISTED then kDoL5}}, \
  OverlayRow{label "-L6", from, {on}, {LISTED when kL6}, kFinal, {LISTED then kDoL6}}
#define LANDS(label, from, on, when, then) \
  LANDS_FOR_BUYER(label, from, on, when, then), \
  OverlayRow{label "-L7b", from, {on}, {LISTED when kL7b}, kFinal, {LISTED then kDoL7b}}, \
  OverlayRow{label "-L7", from, {on}, {LISTED when kL7}, kFinal, {LISTED then kDoL7}}, \
  OverlayRow{label "-L8", from, {on}, {LISTED when kL8}, kFinal, {LISTED then kDoL8}}, \
  OverlayRow{label "-L9", from, {on}, {LISTED when kL9}, kFinal, {LISTED then kDoL9}}

constexpr auto kHelpAsked = On(EventKind::kPlatformHelpRequested);
constexpr auto kDecided = On(EventKind::kAppealDecided);
constexpr auto kTakenBack = On(EventKind::kInterventionWithdrawn);

constexpr std::array kOverlayRows = {
  //         label     from                                          on                                      when                                                              to            then
  OverlayRow{"a0",     {Overlay::kNone, kWithdrawn},                 {kDirectRuling},                        {},                                                               kRuled,       {kDirect, kArmT10}},
  OverlayRow{"a1a",    {Overlay::kNone},                             {kHelpAsked},                           {kOpenPhase, kByBuyer, kRefused},                                 kRequested,   {kCount, kArmT13}},
  OverlayRow{"a1a-again", {kWithdrawn},                              {kHelpAsked},                           {kOpenPhase, kByBuyer, kRefused, kFewHelp},                       kRequested,   {kCount, kArmT13}},
  OverlayRow{"a1b",    {Overlay::kNone},                             {kHelpAsked},                           {kOpenPhase, kBySeller, kDisputed},                               kRequested,   {kCount, kArmT13}},
  OverlayRow{"a1b-again", {kWithdrawn},                              {kHelpAsked},                           {kOpenPhase, kBySeller, kDisputed, kFewHelp},                     kRequested,   {kCount, kArmT13}},
  OverlayRow{"a1c",    {Overlay::kNone, kWithdrawn},                 {On(EventKind::kPlatformIntervened), kRowAsksForHelp}, {kOpenOrRow, kByPlatformOrRow},                     kRequested,   {kAsker, kArmT13}},
  OverlayRow{"a1d",    {kFinal},                                     {kHelpAsked},                           {kOpenPhase, kByHelpSeeker, kBroken},                             kRequested,   {kBreach, kCount, kArmT13}},
  OverlayRow{"a1e",    {kFinal},                                     {kHelpAsked},                           {kOpenPhase, kByHelpSeeker, kAfter, kFewHelp},                    kRequested,   {kCount, kArmT13}},
  OverlayRow{"a1f",    {kFinal},                                     {kRowAsksForHelp},                      {},                                                               kRequested,   {kAsker, kArmT13}},
  LANDS_FOR_BUYER("a2", kUnruled, On(EventKind::kRefundAccepted), (kBySeller, kVersion, kNoProposal, kKeptIt, kAll, kCeiling), (kAgreed, kFinalWord)),
  OverlayRow{"a3a",    {kRequested},                                 {On(EventKind::kInterventionOpened)},   {kByPlatform, kNegotiates},                                       kNegotiating, {kHold, kArmT11}},
  OverlayRow{"a3b",    {kRequested},                                 {On(EventKind::kInterventionOpened)},   {kByPlatform, kAsksFirst},                                        kEvidence,    {kHold, kRound}},
  OverlayRow{"a3c",    {kRequested},                                 {On(EventKind::kInterventionOpened)},   {kByPlatform, kReviews},                                          kReview,      {kHold, kEnter}},
  OverlayRow{"a3d",    {kRequested},                                 {On(EventKind::kOfferMade)},            {kByPlatform, kFewOffers, kPositive, kCurrency, kRemedy, kAllowed, kOptions, kLasts, kSumCeiling}, kNegotiating, {kOffer}},
  OverlayRow{"a3e",    {kNegotiating},                               {On(EventKind::kOfferMade)},            {kByOfferer, kFewOffers, kPositive, kCurrency, kRemedy, kAllowed, kOptions, kSupersedes, kLasts, kSumCeiling}, kNegotiating, {kOffer, kPauseT11}},
  LANDS_FOR_BUYER("a4", (Short<Overlay, 10>{kNegotiating}), On(EventKind::kOfferChosen), (kKnownOffer, kMayAnswer, kOpenOffer, kOption, kAll, kOptCeiling), (kChosen, kFinalWord)),
  LANDS_FOR_BUYER("a4b", kUnruled, On(EventKind::kSettlementAgreed), (kByPlatform, kBoth, kNoProposal, kPositive, kCurrency, kRemedy, kSumCeiling), (kSettled, kFinalWord)),
  OverlayRow{"a5a",    {kNegotiating},                               {Passed(Timer::kT11)},                  {},                                                               kEvidence,    {kRoundBoth}},
  OverlayRow{"a5b",    {kNegotiating},                               {On(EventKind::kOfferDeclined)},        {kKnownOffer, kMayAnswer, kOpenOffer},                            kEvidence,    {kRoundBoth}},
  OverlayRow{"a5c",    {kNegotiating},                               {Passed(Timer::kT2)},                   {},                                                               kNegotiating, {kClose, kGoOnT11}},
  OverlayRow{"a6a",    {kEvidence},                                  {On(EventKind::kEvidenceSubmitted)},    {kByParty, kRoom, kUnused, kAsked, kStaysOpen},                    kEvidence,    {kStore}},
  OverlayRow{"a6b",    {kEvidence},                                  {On(EventKind::kEvidenceSubmitted)},    {kByParty, kRoom, kUnused, kAsked},                               kReview,      {kStore, kSeal, kEnter}},
  OverlayRow{"a6c",    {kEvidence, kReview},                         {On(EventKind::kEvidenceSubmitted)},    {kByParty, kRoom, kUnused},                                       Overlay::kNone, {kStoreLate}, OverlayRow::Target::kStay},
  OverlayRow{"a7a",    {kEvidence},                                  {Passed(Timer::kT8)},                   {kOtherT8},                                                       kEvidence,    {kWindow}},
  OverlayRow{"a7b",    {kEvidence},                                  {Passed(Timer::kT8)},                   {},                                                               kReview,      {kSeal, kEnter}},
  OverlayRow{"a8",     {kReview},                                    {On(EventKind::kEvidenceRequested)},    {kByPlatform, kNoProposal, kRounds},                              kEvidence,    {kRoundAsked}},
  OverlayRow{"a9",     {kReview},                                    {On(EventKind::kRulingProposed)},       {kByPlatform, kNoProposal, kFounded, kUnits, kOutcome, kNoGoods, kShares, kCurrency, kSumCeiling, kOverLimit}, kReview, {kKeep}},
  OverlayRow{"a9b",    {kReview},                                    {On(EventKind::kRulingProposed)},       {kByPlatform, kNoProposal, kFounded, kUnits, kOutcome, kNoGoods, kShares, kCurrency, kSumCeiling}, kRuled,  {kRule, kArmT10}},
  OverlayRow{"a10",    {kReview},                                    {On(EventKind::kRulingApproved)},       {kByPlatform, kProposal, kOtherEyes, kUnits, kPropCeiling},       kRuled,       {kApprove, kArmT10}},
  OverlayRow{"a10b",   {kReview},                                    {kReviewEntered},                       {kPackRules, kPackCeiling},                                           kRuled,       {kPackWord, kArmT10}},
  OverlayRow{"a10p-L1", {kRuled},                                    {kPayFirst},                            {kPaysFirst, kNotLanded, kL1},                                    Overlay::kNone, {kFirst, kDoL1}, OverlayRow::Target::kStay},
  OverlayRow{"a10p-L3", {kRuled},                                    {kPayFirst},                            {kPaysFirst, kNotLanded, kL3},                                    Overlay::kNone, {kFirst, kDoL3}, OverlayRow::Target::kStay},
  OverlayRow{"a11",    {kReview},                                    {On(EventKind::kRulingRejected)},       {kByPlatform, kProposal, kOtherEyes},                             kReview,      {kDrop}},
  LANDS("a12a", (Short<Overlay, 10>{kRuled}), Passed(Timer::kT10), (kNotFirst), ()),
  LANDS("a12b", (Short<Overlay, 10>{kRuled}), On(EventKind::kAppealWaived), (kByParty, kMayAppeal, kLast, kNotFirst), (kWaived)),
  OverlayRow{"a12c",   {kRuled},                                     {Passed(Timer::kT10)},                  {kIsFirst, kNoDelta},                                             kFinal,       {kReturnOn}},
  OverlayRow{"a12d",   {kRuled},                                     {On(EventKind::kAppealWaived)},         {kByParty, kMayAppeal, kLast, kIsFirst, kNoDelta},                kFinal,       {kWaived, kReturnOn}},
  OverlayRow{"a12e",   {kRuled},                                     {Passed(Timer::kT10)},                  {kIsFirst, kDelta},                                               kFinal,       {kSettleDelta}},
  OverlayRow{"a12e-waived", {kRuled},                                {On(EventKind::kAppealWaived)},         {kByParty, kMayAppeal, kLast, kIsFirst, kDelta},                  kFinal,       {kWaived, kSettleDelta}},
  // The first of two that could appeal waives: the other's window runs on (docs/decisions/0006).
  OverlayRow{"a12w",   {kRuled},                                     {On(EventKind::kAppealWaived)},         {kByParty, kMayAppeal},                                           kRuled,       {kWaived}},
  OverlayRow{"a13",    {kRuled},                                     {On(EventKind::kAppealFiled)},          {kByParty, kInTime, kFirstAppeal, kLost, kUnused, kRoom},         kAppealed,    {kAppeal}},
  // After a split ruling the other party's appeal joins the one that is pending.
  OverlayRow{"a13j",   {kAppealed},                                  {On(EventKind::kAppealFiled)},          {kByParty, kFirstAppeal, kLost, kJoins, kUnused, kRoom},          kAppealed,    {kJoin}},
  OverlayRow{"a14d",   {kAppealed},                                  {kDecided},                             {kByPlatform, kNewEyes, kRemanded},                               kReview,      {kArmT13}},
  LANDS("a14a", (Short<Overlay, 10>{kAppealed}), kDecided, (kByPlatform, kNewEyes, kUpheld, kNotFirst, kNewRuling), (kUphold)),
  LANDS("a14b", (Short<Overlay, 10>{kAppealed}), kDecided, (kByPlatform, kNewEyes, kOverturned, kNotFirst, kNewRuling, kFounded, kShares, kCurrency, kSumCeiling), (kDecideAppeal)),
  LANDS("a14c", (Short<Overlay, 10>{kAppealed}), kDecided, (kByPlatform, kNewEyes, kVaried, kNotFirst, kNewRuling, kFounded, kShares, kCurrency, kSumCeiling), (kDecideAppeal)),
  OverlayRow{"a14e",   {kAppealed},                                  {kDecided},                             {kByPlatform, kNewEyes, kNotRemanded, kIsFirst, kNewRuling, kFounded, kNoGoods, kShares, kCurrency, kNoMore}, kFinal, {kDecideAppeal, kReturnOn}},
  OverlayRow{"a14f",   {kAppealed},                                  {kDecided},                             {kByPlatform, kNewEyes, kNotRemanded, kIsFirst, kNewRuling, kFounded, kNoGoods, kShares, kCurrency, kMore, kSumCeiling}, kFinal, {kDecideAppeal, kSettleDelta}},
  OverlayRow{"a15a",   kEarly,                                       {kTakenBack},                           {kNotByRow, kWhoAsked, kUndecided, kUnmoved},                     kWithdrawn,   {}},
  OverlayRow{"a15b",   kEarly,                                       {kTakenBack},                           {kNotByRow, kWhoAsked, kUndecided, kReturnGone},                  kWithdrawn,   {kGoReceipt}},
  OverlayRow{"a15c",   kEarly,                                       {kTakenBack},                           {kNotByRow, kWhoAsked, kUndecided, kReturnLost},                  kWithdrawn,   {kGoLoss}},
  OverlayRow{"a15d",   kEarly,                                       {kTakenBack},                           {kNotByRow, kWhoAsked, kUndecided, kReturnAsked},                 kWithdrawn,   {kGoSeller}},
  OverlayRow{"a15e",   kEarly,                                       {kTakenBack},                           {kNotByRow, kWhoAsked, kUndecided, kOutLost},                     kWithdrawn,   {kGoShip}},
  OverlayRow{"a15f",   kEarly,                                       {kTakenBack},                           {kNotByRow, kWhoAsked, kUndecided, kMissed},                      kWithdrawn,   {kGoReturn}},
  OverlayRow{"a15g",   kEarly,                                       {kTakenBack},                           {kNotByRow, kWhoAsked, kUndecided, kThere, kNothingDue},          kWithdrawn,   {kGoFulfilled}},
  OverlayRow{"a15h",   kEarly,                                       {kTakenBack},                           {kNotByRow, kWhoAsked, kUndecided, kThere, kDue},                 kWithdrawn,   {kGoDelivered}},
  OverlayRow{"a15i",   kEarly,                                       {kTakenBack},                           {kNotByRow, kWhoAsked, kUndecided, kOutSent},                     kWithdrawn,   {kGoReceive}},
  OverlayRow{"a16",    {kFinal},                                     {On(EventKind::kRulingSetAside)},       {kByPlatform, kByRuling, kFourEyes},                              kReview,      {kSetAside}},
  OverlayRow{"a17",    kLive,                                        {kCaseWithdrawn},                       {},                                                               kWithdrawn,   {}},
  OverlayRow{"a18",    kLive,                                        {kOrderVoided},                         {},                                                               kFinal,       {}},
  OverlayRow{"a19",    {kRequested, kReview, kAppealed},             {Passed(Timer::kT13)},                  {},                                                               Overlay::kNone, {kPriority, kArmT13}, OverlayRow::Target::kStay},
};
// clang-format on
static_assert(LabelsAreUnique(kOverlayRows));
#undef LANDS
#undef LANDS_FOR_BUYER
#undef LISTED

}  // namespace

std::span<const OverlayRow> OverlayRows() { return kOverlayRows; }

}  // namespace refund::arbiter
