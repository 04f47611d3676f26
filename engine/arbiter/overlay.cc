// The overlay table: arbitration (case-model.md §3.4). While it is live the phase stays where it
// is.
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/row.h"

namespace refund::arbiter {
namespace {

using enum Overlay;
using R = Refusal;

constexpr Trigger On(EventKind kind) { return Trigger::On(kind); }
constexpr Trigger Passed(Timer timer) { return Trigger::Passed(timer); }

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
constexpr Guard kCeiling     {"the ask is under the ceiling",                  R::kOverTheCeiling,    false, AskIsUnderCeiling};
constexpr Guard kSumCeiling  {"the amount is under the ceiling",               R::kOverTheCeiling,    true,  AmountIsUnderCeiling};
constexpr Guard kOptCeiling  {"the option is under the ceiling",               R::kOverTheCeiling,    true,  OptionIsUnderCeiling};
constexpr Guard kPropCeiling {"the proposed amount is under the ceiling",      R::kOverTheCeiling,    false, ProposalIsUnderCeiling};
constexpr Guard kPositive    {"the amount is above zero",                      R::kAmountNotPositive, true,  AmountIsPositive};
constexpr Guard kCurrency    {"the currency is the order's",                   R::kOtherCurrency,     true,  CurrencyIsTheOrders};
constexpr Guard kRemedy      {"the remedy is one of this semantic",            R::kUnsupportedRemedy, true,  RemedyIsSupported};
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
constexpr Guard kNoneAway    {"no money of the case is on its way",            R::kLegAlreadySent,    false, NothingIsOnItsWay};
constexpr Guard kFounded     {"there is a finding of liability",               R::kNoFinding,         false, RulingIsFounded};
constexpr Guard kOutcome     {"outcome, remedy and amount agree",              R::kOutcomeAndAmountDisagree, true, OutcomeFitsAmount};
constexpr Guard kMayAppeal   {"the actor lost something, and has not waived",  R::kMayNotAppeal,      false,  MayAppeal};
constexpr Guard kNotByRow    {"a party asked, not a deadline",                 R::kNotWhoAsked,       false, NotOpenedByRow};
constexpr Guard kUndecided   {"nothing is decided in this arbitration",        R::kAlreadyDecided,    false, NothingDecidedYet};
// These only choose between rows.
constexpr Guard kNegotiates  {"the pack negotiates first",                     R::kNone,     false, FirstStepIsNegotiate};
constexpr Guard kAsksFirst   {"the pack asks for evidence first",              R::kNone,     false, FirstStepIsEvidence};
constexpr Guard kReviews     {"the pack goes straight to review",              R::kNone,     false, FirstStepIsReview};
constexpr Guard kAsked       {"this party is asked, the round is open",        R::kNone,     false,  PartyIsAsked};
constexpr Guard kStaysOpen   {"a slot or a seal is still missing",             R::kNone,     true,  RoundStaysOpen};
constexpr Guard kOtherT8     {"the other's T8 is armed",                       R::kNone,     false, OtherWindowIsOpen};
constexpr Guard kOverLimit   {"the amount is over the author's limit",         R::kNone,     true,  IsOverAuthorsLimit};
constexpr Guard kPackRules   {"the pack decides",                              R::kNone,     false, PackRules};
constexpr Guard kMoney       {"ruled for money",                               R::kNone,     false, RuledForMoney};
constexpr Guard kSeller      {"ruled for the seller",                          R::kNone,     false, RuledForSeller};
constexpr Guard kNothing     {"nothing found, nothing to perform",             R::kNone,     false, RuledNothing};
constexpr Guard kLast        {"the last that could appeal",                    R::kNone,     false,  IsLastWhoMayAppeal};

constexpr Effect kDirect     {"decision by a named rule; legs RESERVED",   RuleDirectly};
constexpr Effect kArmT10     {"arm T10",                                   ArmAppealWindow};
constexpr Effect kCount      {"counted as help",                           CountHelp};
constexpr Effect kAsker      {"who asked is noted, not counted as help",  NoteWhoAsked};
constexpr Effect kArmT13     {"arm T13",                                   ArmReview};
constexpr Effect kAgreed     {"decision by ACCEPTANCE; legs RESERVED",     DecideByAcceptance};
constexpr Effect kChosen     {"decision by CHOICE; legs RESERVED",         DecideByChoice};
constexpr Effect kSettled    {"decision by AGREEMENT; legs RESERVED",      DecideByAgreement};
constexpr Effect kFinalWord  {"final by agreement",                        EndAsAgreed};
constexpr Effect kL1         {"land: SETTLING",                            LandForMoney};
constexpr Effect kL7         {"land: CLOSED(RULED_FOR_SELLER)",            LandForSeller};
constexpr Effect kL8         {"land: CLOSED(DISMISSED)",                   LandWithNothing};
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

constexpr std::array kOverlayRows = {
  //         label     from                                          on                                      when                                                              to            then
  OverlayRow{"a0",     {Overlay::kNone},                             {kDirectRuling},                        {},                                                               kRuled,       {kDirect, kArmT10}},
  OverlayRow{"a1a",    {Overlay::kNone, kWithdrawn},                 {On(EventKind::kPlatformHelpRequested)}, {kByBuyer, kOpenPhase, kRefused, kFewHelp},                      kRequested,   {kCount, kArmT13}},
  OverlayRow{"a1c",    {Overlay::kNone, kWithdrawn},                 {On(EventKind::kPlatformIntervened), kRowAsksForHelp}, {kByPlatformOrRow, kOpenPhase},                     kRequested,   {kAsker, kArmT13}},
  OverlayRow{"a1f",    {kFinal},                                     {kRowAsksForHelp},                      {},                                                               kRequested,   {kAsker, kArmT13}},
  OverlayRow{"a2-L1",  {kRequested, kNegotiating, kEvidence, kReview}, {On(EventKind::kRefundAccepted)},     {kBySeller, kVersion, kNoProposal, kCeiling},                     kFinal,       {kAgreed, kFinalWord, kL1}},
  OverlayRow{"a3a",    {kRequested},                                 {On(EventKind::kInterventionOpened)},   {kByPlatform, kNegotiates},                                       kNegotiating, {kHold, kArmT11}},
  OverlayRow{"a3b",    {kRequested},                                 {On(EventKind::kInterventionOpened)},   {kByPlatform, kAsksFirst},                                        kEvidence,    {kHold, kRound}},
  OverlayRow{"a3c",    {kRequested},                                 {On(EventKind::kInterventionOpened)},   {kByPlatform, kReviews},                                          kReview,      {kHold, kEnter}},
  OverlayRow{"a3d",    {kRequested},                                 {On(EventKind::kOfferMade)},            {kByPlatform, kFewOffers, kPositive, kCurrency, kRemedy, kLasts, kSumCeiling}, kNegotiating, {kOffer}},
  OverlayRow{"a3e",    {kNegotiating},                               {On(EventKind::kOfferMade)},            {kByOfferer, kFewOffers, kPositive, kCurrency, kRemedy, kLasts, kSumCeiling}, kNegotiating, {kPauseT11, kOffer}},
  OverlayRow{"a4-L1",  {kNegotiating},                               {On(EventKind::kOfferChosen)},          {kKnownOffer, kMayAnswer, kOpenOffer, kOption, kOptCeiling},       kFinal,       {kChosen, kFinalWord, kL1}},
  OverlayRow{"a4b-L1", {kRequested, kNegotiating, kEvidence, kReview}, {On(EventKind::kSettlementAgreed)},   {kByPlatform, kBoth, kNoProposal, kPositive, kCurrency, kRemedy, kSumCeiling},  kFinal,       {kSettled, kFinalWord, kL1}},
  OverlayRow{"a5a",    {kNegotiating},                               {Passed(Timer::kT11)},                  {},                                                               kEvidence,    {kRoundBoth}},
  OverlayRow{"a5b",    {kNegotiating},                               {On(EventKind::kOfferDeclined)},        {kKnownOffer, kMayAnswer, kOpenOffer},                            kEvidence,    {kRoundBoth}},
  OverlayRow{"a5c",    {kNegotiating},                               {Passed(Timer::kT2)},                   {},                                                               kNegotiating, {kClose, kGoOnT11}},
  OverlayRow{"a6a",    {kEvidence},                                  {On(EventKind::kEvidenceSubmitted)},    {kByParty, kRoom, kUnused, kAsked, kStaysOpen},                    kEvidence,    {kStore}},
  OverlayRow{"a6b",    {kEvidence},                                  {On(EventKind::kEvidenceSubmitted)},    {kByParty, kRoom, kUnused, kAsked},                               kReview,      {kStore, kSeal, kEnter}},
  OverlayRow{"a6c",    {kEvidence, kReview},                         {On(EventKind::kEvidenceSubmitted)},    {kByParty, kRoom, kUnused},                                       Overlay::kNone, {kStoreLate}, OverlayRow::Target::kStay},
  OverlayRow{"a7a",    {kEvidence},                                  {Passed(Timer::kT8)},                   {kOtherT8},                                                       kEvidence,    {kWindow}},
  OverlayRow{"a7b",    {kEvidence},                                  {Passed(Timer::kT8)},                   {},                                                               kReview,      {kSeal, kEnter}},
  OverlayRow{"a8",     {kReview},                                    {On(EventKind::kEvidenceRequested)},    {kByPlatform, kNoProposal, kRounds},                              kEvidence,    {kRoundAsked}},
  OverlayRow{"a9",     {kReview},                                    {On(EventKind::kRulingProposed)},       {kByPlatform, kNoProposal, kFounded, kNoneAway, kOutcome, kCurrency, kSumCeiling, kOverLimit}, kReview, {kKeep}},
  OverlayRow{"a9b",    {kReview},                                    {On(EventKind::kRulingProposed)},       {kByPlatform, kNoProposal, kFounded, kNoneAway, kOutcome, kCurrency, kSumCeiling}, kRuled,  {kRule, kArmT10}},
  OverlayRow{"a10",    {kReview},                                    {On(EventKind::kRulingApproved)},       {kByPlatform, kProposal, kOtherEyes, kNoneAway, kPropCeiling},               kRuled,       {kApprove, kArmT10}},
  OverlayRow{"a10b",   {kReview},                                    {kReviewEntered},                       {kPackRules, kNoneAway, kCeiling},                                           kRuled,       {kPackWord, kArmT10}},
  OverlayRow{"a11",    {kReview},                                    {On(EventKind::kRulingRejected)},       {kByPlatform, kProposal, kOtherEyes},                             kReview,      {kDrop}},
  OverlayRow{"a12a-L1", {kRuled},                                    {Passed(Timer::kT10)},                  {kMoney},                                                         kFinal,       {kL1}},
  OverlayRow{"a12a-L7", {kRuled},                                    {Passed(Timer::kT10)},                  {kSeller},                                                        kFinal,       {kL7}},
  OverlayRow{"a12a-L8", {kRuled},                                    {Passed(Timer::kT10)},                  {kNothing},                                                       kFinal,       {kL8}},
  OverlayRow{"a12b-L1", {kRuled},                                    {On(EventKind::kAppealWaived)},         {kByParty, kMayAppeal, kLast, kMoney},                            kFinal,       {kWaived, kL1}},
  OverlayRow{"a12b-L7", {kRuled},                                    {On(EventKind::kAppealWaived)},         {kByParty, kMayAppeal, kLast, kSeller},                           kFinal,       {kWaived, kL7}},
  OverlayRow{"a12b-L8", {kRuled},                                    {On(EventKind::kAppealWaived)},         {kByParty, kMayAppeal, kLast, kNothing},                          kFinal,       {kWaived, kL8}},
  // The first of two that could appeal waives: the other's window runs on (docs/decisions/0006).
  OverlayRow{"a12w",   {kRuled},                                     {On(EventKind::kAppealWaived)},         {kByParty, kMayAppeal},                                           kRuled,       {kWaived}},
  OverlayRow{"a15a",   {kRequested, kNegotiating, kEvidence},        {On(EventKind::kInterventionWithdrawn)}, {kNotByRow, kWhoAsked, kUndecided},                              kWithdrawn,   {}},
  OverlayRow{"a17",    {kRequested, kNegotiating, kEvidence, kReview, kRuled, kAppealed}, {kCaseWithdrawn},  {},                                                               kWithdrawn,   {}},
  OverlayRow{"a19",    {kRequested, kReview, kAppealed},             {Passed(Timer::kT13)},                  {},                                                               Overlay::kNone, {kPriority, kArmT13}, OverlayRow::Target::kStay},
};
// clang-format on
static_assert(LabelsAreUnique(kOverlayRows));

}  // namespace

std::span<const OverlayRow> OverlayRows() { return kOverlayRows; }

}  // namespace refund::arbiter
