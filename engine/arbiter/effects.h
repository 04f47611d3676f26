// Effects: one update each, shared by all tables. Guards have held before an effect runs; the row
// has moved its own machine before its effects run.
#pragma once

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Filing
// Makes the case of the event at hand, in no phase yet; the row moves it on.
void CreateCase(Turn& turn);
void AwaitFacts(Turn& turn);
void BindNewest(Turn& turn);
void NoteOpenedByPlatform(Turn& turn);
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
void RaisePriority(Turn& turn);
// Facts
void OpenDispute(Turn& turn);
void WinDispute(Turn& turn);
void LoseDispute(Turn& turn);
// Of a leg that settles after a bank dispute was lost.
void TellOfLatePayment(Turn& turn);
void NoteParcel(Turn& turn);
void NoteLinked(Turn& turn);
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
// Goods (effects_goods.cc)
// An answer that names fewer units than the case holds: the rest becomes a sibling.
void SplitOffTheRest(Turn& turn);
void AskReturn(Turn& turn);
void AskReturnAfterMoney(Turn& turn);
void WaiveReturn(Turn& turn);
void Intercept(Turn& turn);
void FailInterception(Turn& turn);
void ArmShipping(Turn& turn);
void ShipReturn(Turn& turn);
void TakeAddress(Turn& turn);
void LoseAddress(Turn& turn);
void GiveUpReturn(Turn& turn);
void ArriveAtSeller(Turn& turn);
void AcceptGoods(Turn& turn);
void RefuseGoods(Turn& turn);
void CountAsAccepted(Turn& turn);
void DecideBySilentInspection(Turn& turn);
void ReturnToOrigin(Turn& turn);
void LoseReturn(Turn& turn);
// Under a live arbitration the goods move and the phase waits (F5d).
void ArriveAside(Turn& turn);
void LoseReturnAside(Turn& turn);
void MissInterceptionAside(Turn& turn);
void DecideByLoss(Turn& turn);
void SettleWithoutReturn(Turn& turn);
void ShipOut(Turn& turn);
void DeliverOut(Turn& turn);
void ConfirmOut(Turn& turn);
void LoseOut(Turn& turn);
void DecideByFallback(Turn& turn);
void DecideByDelivery(Turn& turn);
void RecoverGoods(Turn& turn);  // F5b
void EndReturnClocks(Turn& turn);
void ReleaseRecovery(Turn& turn);
// Landing: what each line does once the phase has been moved, and the same with the move.
void AfterL1(Turn& turn);
void AfterL2(Turn& turn);
void AfterL3(Turn& turn);
void AfterL5(Turn& turn);
void AfterL6(Turn& turn);
void AfterL7b(Turn& turn);
void AfterL7(Turn& turn);
void LandL1(Turn& turn);
void LandL2(Turn& turn);
void LandL3(Turn& turn);
void LandL5(Turn& turn);
void LandL6(Turn& turn);
void LandL7b(Turn& turn);
void LandL7(Turn& turn);
void LandL8(Turn& turn);
void LandL9(Turn& turn);
// Appeal and authority (effects_end.cc)
void SellerDefaults(Turn& turn);
void FileAppeal(Turn& turn);
void JoinAppeal(Turn& turn);
void UpholdRuling(Turn& turn);
void DecideAppeal(Turn& turn);
void SetAside(Turn& turn);
void PayFirst(Turn& turn);
void SettleDelta(Turn& turn);
void ResumeReturn(Turn& turn);
void VoidCase(Turn& turn);
void VoidOverlay(Turn& turn);
void RearbitrateCase(Turn& turn);
void NotePack(Turn& turn);
void ExtendDeadline(Turn& turn);
void NoteBreach(Turn& turn);
void GoOnShippingBack(Turn& turn);  // a15b
void GoOnAfterLoss(Turn& turn);     // a15c
void GoOnAskingSeller(Turn& turn);  // a15d
void GoOnShippingOut(Turn& turn);   // a15e
void GoOnReceiving(Turn& turn);     // a15i
void GoOnReturning(Turn& turn);     // a15f
void GoOnFulfilled(Turn& turn);     // a15g
void GoOnDelivered(Turn& turn);     // a15h
// Legs
void RerouteToKnown(Turn& turn);
void RerouteAsGiven(Turn& turn);
void OweLeg(Turn& turn);
void ReverseLeg(Turn& turn);
void GiveBackLeg(Turn& turn);
void DropWhatTakesItBack(Turn& turn);
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
