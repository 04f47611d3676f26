// Guards: one pure predicate each, shared by all tables. A guard never changes anything.
#pragma once

#include "engine/arbiter/row.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// What a guard's predicate looks like. `why` may be null.
#define REFUND_GUARD(Name) bool Name(const Turn& turn, std::string* why)

REFUND_GUARD(ByBuyer);
REFUND_GUARD(BySeller);
REFUND_GUARD(ByPlatform);
REFUND_GUARD(ByPlatformOrRow);
REFUND_GUARD(ByPayoutSystem);
REFUND_GUARD(ByCashier);
REFUND_GUARD(ByShop);
REFUND_GUARD(ByOperations);
REFUND_GUARD(ByRecorder);
REFUND_GUARD(ByFinder);
REFUND_GUARD(ByParty);
REFUND_GUARD(ByOfferParty);
REFUND_GUARD(ByFiler);
REFUND_GUARD(ByBothParties);
REFUND_GUARD(ByWhoAskedForHelp);
REFUND_GUARD(VersionFits);
REFUND_GUARD(OverlayIsNotLive);
REFUND_GUARD(OrderIsPaid);
REFUND_GUARD(PolicyIsInForce);
REFUND_GUARD(LineIsKnown);
REFUND_GUARD(KindIsSupported);
REFUND_GUARD(AmendedKindIsSupported);
REFUND_GUARD(WithinFilingWindow);
REFUND_GUARD(FewerApplications);
REFUND_GUARD(FewerAmendments);
REFUND_GUARD(SomethingIsAmended);
REFUND_GUARD(FewerOffers);
REFUND_GUARD(FewerHelpRequests);
REFUND_GUARD(RoundsAreLeft);
REFUND_GUARD(UnitsAreFree);
REFUND_GUARD(CaseUnitsAreFree);
REFUND_GUARD(AmountIsPositive);
REFUND_GUARD(CurrencyIsTheOrders);
REFUND_GUARD(AskIsRefundable);
REFUND_GUARD(ClaimSaysSomethingNew);
REFUND_GUARD(ReopeningSaysSomethingNew);
REFUND_GUARD(AskIsUnderCeiling);
REFUND_GUARD(AmountIsUnderCeiling);
REFUND_GUARD(OptionIsUnderCeiling);
REFUND_GUARD(ProposalIsUnderCeiling);
REFUND_GUARD(RemedyIsSupported);
REFUND_GUARD(AFactIsMissing);
REFUND_GUARD(RouteIsInstant);
REFUND_GUARD(RouteIsDirect);
REFUND_GUARD(TimeoutAccepts);
REFUND_GUARD(CaseHasAsk);
REFUND_GUARD(CaseHasNoAsk);
REFUND_GUARD(OfferIsKnown);
REFUND_GUARD(OfferIsOpen);
REFUND_GUARD(OptionExists);
REFUND_GUARD(OfferLastsPastNow);
REFUND_GUARD(MayAnswerOffer);
REFUND_GUARD(GroundIsShown);
REFUND_GUARD(NothingIsSent);
REFUND_GUARD(NothingIsOnItsWay);
REFUND_GUARD(NoLegIsOpen);
REFUND_GUARD(NoLegIsOwed);
REFUND_GUARD(ALegIsOwed);
REFUND_GUARD(ClosedForTheBuyerToReopen);
REFUND_GUARD(ClosedByRefusalOrExpiry);
REFUND_GUARD(NotClosedByTheSystem);
REFUND_GUARD(ReopenWindowIsOpen);
REFUND_GUARD(RefusedOrGroundIsNamed);
REFUND_GUARD(PhaseIsOpen);
REFUND_GUARD(FirstStepIsNegotiate);
REFUND_GUARD(FirstStepIsEvidence);
REFUND_GUARD(FirstStepIsReview);
REFUND_GUARD(PartyIsAsked);
REFUND_GUARD(EvidenceIsFree);
REFUND_GUARD(RoundStaysOpen);
REFUND_GUARD(OtherWindowIsOpen);
REFUND_GUARD(NoProposalIsPending);
REFUND_GUARD(AProposalIsPending);
REFUND_GUARD(IsNotTheAuthor);
REFUND_GUARD(RulingIsFounded);
REFUND_GUARD(OutcomeFitsAmount);
REFUND_GUARD(IsOverAuthorsLimit);
REFUND_GUARD(PackRules);
REFUND_GUARD(RuledForMoney);
REFUND_GUARD(RuledForSeller);
REFUND_GUARD(RuledNothing);
REFUND_GUARD(MayAppeal);
REFUND_GUARD(IsLastWhoMayAppeal);
REFUND_GUARD(NotOpenedByRow);
REFUND_GUARD(NothingDecidedYet);
REFUND_GUARD(SnapshotAgrees);
REFUND_GUARD(LinesAreSane);
REFUND_GUARD(CancelledUnitsAreThere);
REFUND_GUARD(SumDoesNotOverflow);
REFUND_GUARD(EvidenceHasRoom);
REFUND_GUARD(CaseIsSettling);
REFUND_GUARD(FailureIsRetryable);
REFUND_GUARD(FailureIsFinal);
REFUND_GUARD(RetriesAreLeft);
REFUND_GUARD(QueriesAreLeft);

#undef REFUND_GUARD

// Roles that lose something by the newest ruling, and so may appeal it.
bool LosesByRuling(const Case& c, Role role);

}  // namespace refund::arbiter
