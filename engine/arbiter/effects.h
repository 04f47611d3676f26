// Effects: one update each, shared by all tables. Guards have held before an effect runs; the row
// has moved its own machine before its effects run.
#pragma once

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Filing
void OpenCase(Turn& turn);
void ArmSellerReview(Turn& turn);
void AskForDirectRuling(Turn& turn);
void DecideInstantly(Turn& turn);
void Amend(Turn& turn);
// Seller and buyer
void DecideByAcceptance(Turn& turn);
void DecideByChoice(Turn& turn);
void DecideByAgreement(Turn& turn);
void DecideByTimeout(Turn& turn);
void DecideThatRefusalStands(Turn& turn);
void MakeOffer(Turn& turn);
void MakeOfferInArbitration(Turn& turn);
void CloseOffer(Turn& turn);
void GoOnWithSellerReview(Turn& turn);
void RecordRefusal(Turn& turn);
void ArmEscalation(Turn& turn);
void WaiveGoods(Turn& turn);
// End
void VoidLegs(Turn& turn);
void ArmReopenWindow(Turn& turn);
void WithdrawOverlay(Turn& turn);
void Reopen(Turn& turn);
void ArmDeadlineOfPhase(Turn& turn);
void ReserveLegsAgain(Turn& turn);
void AskForHelp(Turn& turn);
// Arbitration
void CountHelp(Turn& turn);
void NoteWhoAsked(Turn& turn);
void ArmReview(Turn& turn);
void TakeHold(Turn& turn);
void ArmNegotiation(Turn& turn);
void PauseNegotiation(Turn& turn);
void GoOnNegotiating(Turn& turn);
void OpenRoundByPack(Turn& turn);
void OpenRoundForBoth(Turn& turn);
void OpenRoundAsAsked(Turn& turn);
void StoreEvidence(Turn& turn);
void StoreLateEvidence(Turn& turn);
void StoreEvidenceOutsideRound(Turn& turn);
void CloseWindow(Turn& turn);
void CloseRound(Turn& turn);
void EnterReview(Turn& turn);
void KeepProposal(Turn& turn);
void DropProposal(Turn& turn);
void RuleDirectly(Turn& turn);
void RuleAsProposed(Turn& turn);
void RuleAsApproved(Turn& turn);
void RuleByPack(Turn& turn);
void ArmAppealWindow(Turn& turn);
void RememberWaiver(Turn& turn);
void EndAsAgreed(Turn& turn);
void LandForMoney(Turn& turn);
void LandForSeller(Turn& turn);
void LandWithNothing(Turn& turn);
void RaisePriority(Turn& turn);
// Facts
void TakeSnapshot(Turn& turn);
void AddPresaleDeposit(Turn& turn);
void AddPresaleBalance(Turn& turn);
void RecordPromise(Turn& turn);
void CancelUnits(Turn& turn);
void Complete(Turn& turn);
void MarkShipped(Turn& turn);
void MarkDelivered(Turn& turn);
void RecordFact(Turn& turn);
void RecordFinding(Turn& turn);
// Legs
void SendLeg(Turn& turn);
void QueryLeg(Turn& turn);
void SettleLeg(Turn& turn);
void ArmRetry(Turn& turn);
void ArmAnswer(Turn& turn);
void EndLegDeadlines(Turn& turn);

// Binds to each case that has none yet the newest facts of the order, and says whether all that its
// pack waits for are there (case-model.md §3.1: facts bind once).
void BindFacts(Turn& turn, Case& c);

}  // namespace refund::arbiter
