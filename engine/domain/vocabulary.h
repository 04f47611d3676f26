// The closed word lists: every enumeration that is stored, printed or read from outside. A value's
// number is that of the Cap'n Proto schema, and its name is the UPPER_SNAKE of JSON Lines, packs
// and the console. Values are never renumbered and never reused; new ones go to the end. Where
// there is an kUnspecified, it means "not said" and is never accepted from outside.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace refund {

// For each listed enum: its type, how many values it has, NameOf(value), and ParseName<Type>(name).
template <class E>
struct EnumNames;

template <class E>
constexpr std::string_view NameOf(E value) {
  const auto index = static_cast<size_t>(value);
  return index < EnumNames<E>::kNames.size() ? EnumNames<E>::kNames[index] : "?";
}

template <class E>
constexpr size_t CountOf() {
  return EnumNames<E>::kNames.size();
}

template <class E>
constexpr std::optional<E> ParseName(std::string_view name) {
  for (size_t i = 0; i < EnumNames<E>::kNames.size(); ++i) {
    if (EnumNames<E>::kNames[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

#define REFUND_ENUM_VALUE(id, name) k##id,
#define REFUND_ENUM_NAME(id, name) std::string_view(name),
#define REFUND_ENUM(Type, LIST)                                             \
  enum class Type : uint8_t { LIST(REFUND_ENUM_VALUE) };                    \
  template <>                                                               \
  struct EnumNames<Type> {                                                  \
    static constexpr auto kNames = std::to_array({LIST(REFUND_ENUM_NAME)}); \
  };

// clang-format off

#define REFUND_PLATFORMS(X) \
  X(Unspecified, "UNSPECIFIED") X(Taobao, "TAOBAO") X(Tmall, "TMALL") X(Jd, "JD") X(Douyin, "DOUYIN") \
  X(Pinduoduo, "PINDUODUO") X(Kuaishou, "KUAISHOU") X(Alibaba1688, "ALIBABA1688") X(Wechat, "WECHAT") \
  X(Lazada, "LAZADA") X(Aliexpress, "ALIEXPRESS") X(AlibabaCom, "ALIBABA_COM")
REFUND_ENUM(Platform, REFUND_PLATFORMS)

// ISO 4217; its exponent is MinorUnitDigits() in money.h.
#define REFUND_CURRENCIES(X) \
  X(Unspecified, "UNSPECIFIED") X(Cny, "CNY") X(Usd, "USD") X(Eur, "EUR") X(Gbp, "GBP") X(Jpy, "JPY") \
  X(Krw, "KRW") X(Hkd, "HKD") X(Twd, "TWD") X(Sgd, "SGD") X(Myr, "MYR") X(Thb, "THB") X(Vnd, "VND") \
  X(Php, "PHP") X(Idr, "IDR") X(Brl, "BRL") X(Rub, "RUB") X(Kwd, "KWD")
REFUND_ENUM(Currency, REFUND_CURRENCIES)

#define REFUND_ROLES(X) \
  X(Unspecified, "UNSPECIFIED") X(Buyer, "BUYER") X(Seller, "SELLER") X(Agent, "AGENT") \
  X(Platform, "PLATFORM") X(Carrier, "CARRIER") X(Psp, "PSP") X(Model, "MODEL") X(Bot, "BOT") \
  X(Creator, "CREATOR") X(Engine, "ENGINE")
REFUND_ENUM(Role, REFUND_ROLES)

#define REFUND_CASE_KINDS(X) \
  X(Unspecified, "UNSPECIFIED") X(RefundOnly, "REFUND_ONLY") X(ReturnRefund, "RETURN_REFUND") \
  X(Exchange, "EXCHANGE") X(Repair, "REPAIR") X(Resend, "RESEND") X(Voucher, "VOUCHER") \
  X(PriceProtection, "PRICE_PROTECTION")
REFUND_ENUM(CaseKind, REFUND_CASE_KINDS)

// Why a buyer asks (rules.md §3.10).
#define REFUND_CLAIM_REASONS(X) \
  X(Unspecified, "UNSPECIFIED") X(Damaged, "DAMAGED") X(WrongItem, "WRONG_ITEM") X(MissingItem, "MISSING_ITEM") \
  X(LateShipment, "LATE_SHIPMENT") X(FalseShipping, "FALSE_SHIPPING") X(Quality, "QUALITY") \
  X(NotAsDescribed, "NOT_AS_DESCRIBED") X(FalseMarketing, "FALSE_MARKETING") X(Invoice, "INVOICE") \
  X(Gift, "GIFT") X(Address, "ADDRESS") X(PriceRise, "PRICE_RISE") X(NoPriceProtection, "NO_PRICE_PROTECTION") \
  X(FalseLowestPrice, "FALSE_LOWEST_PRICE") X(Size, "SIZE") X(Colour, "COLOUR") X(Taste, "TASTE") \
  X(Stalled, "STALLED") X(Track, "TRACK") X(NotToDoor, "NOT_TO_DOOR") X(NotToVillage, "NOT_TO_VILLAGE") \
  X(Attitude, "ATTITUDE") X(Shirking, "SHIRKING") X(ReadNoReply, "READ_NO_REPLY") X(Sarcasm, "SARCASM") \
  X(Harass, "HARASS") X(Block, "BLOCK") X(NotReceived, "NOT_RECEIVED") X(Spoiled, "SPOILED") \
  X(Dangerous, "DANGEROUS") X(Counterfeit, "COUNTERFEIT") X(Other, "OTHER")
REFUND_ENUM(ClaimReason, REFUND_CLAIM_REASONS)

// Why a seller refuses. NONE is a refusal without a word (TB-12).
#define REFUND_REFUSAL_GROUNDS(X) \
  X(Unspecified, "UNSPECIFIED") X(None, "NONE") X(PersonalTaste, "PERSONAL_TASTE") \
  X(DeliveredIntact, "DELIVERED_INTACT") X(RightItemSent, "RIGHT_ITEM_SENT") X(AlreadySettled, "ALREADY_SETTLED") \
  X(BuyerMisuse, "BUYER_MISUSE") X(NoEvidence, "NO_EVIDENCE") X(AmountTooHigh, "AMOUNT_TOO_HIGH") X(Other, "OTHER")
REFUND_ENUM(RefusalGround, REFUND_REFUSAL_GROUNDS)

#define REFUND_PHASES(X) \
  X(None, "NONE") X(Filed, "FILED") X(AwaitSeller, "AWAIT_SELLER") X(SellerRefused, "SELLER_REFUSED") \
  X(AwaitBuyerOffer, "AWAIT_BUYER_OFFER") X(AwaitBuyerReturn, "AWAIT_BUYER_RETURN") \
  X(AwaitSellerReceipt, "AWAIT_SELLER_RECEIPT") X(ReceiptRefused, "RECEIPT_REFUSED") \
  X(AwaitSellerShip, "AWAIT_SELLER_SHIP") X(AwaitBuyerReceipt, "AWAIT_BUYER_RECEIPT") \
  X(Settling, "SETTLING") X(Closed, "CLOSED")
REFUND_ENUM(Phase, REFUND_PHASES)

#define REFUND_CLOSE_REASONS(X) \
  X(None, "NONE") X(Settled, "SETTLED") X(Fulfilled, "FULFILLED") X(SellerRefusedFinal, "SELLER_REFUSED_FINAL") \
  X(BuyerExpired, "BUYER_EXPIRED") X(BuyerWithdrew, "BUYER_WITHDREW") X(RuledForSeller, "RULED_FOR_SELLER") \
  X(Dismissed, "DISMISSED") X(PayoutImpossible, "PAYOUT_IMPOSSIBLE") X(SystemVoid, "SYSTEM_VOID")
REFUND_ENUM(CloseReason, REFUND_CLOSE_REASONS)

#define REFUND_OVERLAYS(X) \
  X(None, "NONE") X(Requested, "REQUESTED") X(Negotiating, "NEGOTIATING") X(Evidence, "EVIDENCE") \
  X(Review, "REVIEW") X(Ruled, "RULED") X(Appealed, "APPEALED") X(Final, "FINAL") X(Withdrawn, "WITHDRAWN")
REFUND_ENUM(Overlay, REFUND_OVERLAYS)

// Who is asked for evidence.
#define REFUND_SIDES(X) X(None, "NONE") X(Buyer, "BUYER") X(Seller, "SELLER") X(Both, "BOTH")
REFUND_ENUM(Side, REFUND_SIDES)

#define REFUND_OUTCOMES(X) \
  X(Unspecified, "UNSPECIFIED") X(Buyer, "BUYER") X(Seller, "SELLER") X(Split, "SPLIT") X(None, "NONE") X(Void, "VOID")
REFUND_ENUM(RulingOutcome, REFUND_OUTCOMES)

#define REFUND_REMEDIES(X) \
  X(Unspecified, "UNSPECIFIED") X(None, "NONE") X(RefundOnly, "REFUND_ONLY") X(ReturnRefund, "RETURN_REFUND") \
  X(Exchange, "EXCHANGE") X(Repair, "REPAIR") X(Resend, "RESEND") X(Voucher, "VOUCHER") X(PriceDifference, "PRICE_DIFFERENCE")
REFUND_ENUM(Remedy, REFUND_REMEDIES)

#define REFUND_GOODS(X) \
  X(Unshipped, "UNSHIPPED") X(Shipped, "SHIPPED") X(WithBuyer, "WITH_BUYER") X(Intercepting, "INTERCEPTING") \
  X(ReturnDue, "RETURN_DUE") X(ReturnInTransit, "RETURN_IN_TRANSIT") X(AtSeller, "AT_SELLER") \
  X(InspectedOk, "INSPECTED_OK") X(InspectedBad, "INSPECTED_BAD") X(Lost, "LOST") \
  X(ReturnedToOrigin, "RETURNED_TO_ORIGIN") X(Waived, "WAIVED")
REFUND_ENUM(Goods, REFUND_GOODS)

#define REFUND_LEG_STATES(X) \
  X(None, "NONE") X(Proposed, "PROPOSED") X(Reserved, "RESERVED") X(Held, "HELD") X(Submitted, "SUBMITTED") \
  X(Settled, "SETTLED") X(Failed, "FAILED") X(Shortfall, "SHORTFALL") X(Owed, "OWED") X(Rerouted, "REROUTED") \
  X(Reversed, "REVERSED") X(Void, "VOID")
REFUND_ENUM(LegState, REFUND_LEG_STATES)

#define REFUND_LEG_KINDS(X) X(Unspecified, "UNSPECIFIED") X(RefundOriginal, "REFUND_ORIGINAL")
REFUND_ENUM(LegKind, REFUND_LEG_KINDS)

// Who finally pays, in the order that breaks ties (case-model.md §3.6).
#define REFUND_BEARERS(X) \
  X(Unspecified, "UNSPECIFIED") X(Merchant, "MERCHANT") X(Platform, "PLATFORM") X(Fund, "FUND") \
  X(FreightCover, "FREIGHT_COVER") X(Insurer, "INSURER") X(Carrier, "CARRIER") X(Creator, "CREATOR") \
  X(TradeIn, "TRADE_IN") X(Buyer, "BUYER")
REFUND_ENUM(Bearer, REFUND_BEARERS)

// A finding of who is at fault. kUnspecified = there is no finding.
#define REFUND_LIABILITIES(X) \
  X(Unspecified, "UNSPECIFIED") X(Merchant, "MERCHANT") X(Buyer, "BUYER") X(Carrier, "CARRIER") \
  X(Platform, "PLATFORM") X(Creator, "CREATOR") X(NotMerchant, "NOT_MERCHANT") X(Undetermined, "UNDETERMINED")
REFUND_ENUM(Liability, REFUND_LIABILITIES)

#define REFUND_PAYOUT_FAILURES(X) X(Unspecified, "UNSPECIFIED") X(Retryable, "RETRYABLE") X(Permanent, "PERMANENT")
REFUND_ENUM(PayoutFailure, REFUND_PAYOUT_FAILURES)

#define REFUND_ABUSE_VERDICTS(X) X(Unknown, "UNKNOWN") X(Normal, "NORMAL") X(Abnormal, "ABNORMAL")
REFUND_ENUM(AbuseVerdict, REFUND_ABUSE_VERDICTS)

#define REFUND_DELIVERY_LEVELS(X) \
  X(Unspecified, "UNSPECIFIED") X(Door, "DOOR") X(Locker, "LOCKER") X(Station, "STATION") X(Village, "VILLAGE") X(Town, "TOWN")
REFUND_ENUM(DeliveryLevel, REFUND_DELIVERY_LEVELS)

// A ground on which help is asked, or a case opened again.
#define REFUND_HELP_GROUNDS(X) \
  X(Unspecified, "UNSPECIFIED") X(SellerRefused, "SELLER_REFUSED") X(PassiveHandling, "PASSIVE_HANDLING") \
  X(HandedAround, "HANDED_AROUND") X(NewEvidence, "NEW_EVIDENCE") X(NewReason, "NEW_REASON") \
  X(LateInLog, "LATE_IN_LOG") X(PlatformReview, "PLATFORM_REVIEW") X(ChatMonitoring, "CHAT_MONITORING") X(Other, "OTHER")
REFUND_ENUM(HelpGround, REFUND_HELP_GROUNDS)

#define REFUND_EVIDENCE_KINDS(X) \
  X(Unspecified, "UNSPECIFIED") X(Photo, "PHOTO") X(Video, "VIDEO") X(ChatRecord, "CHAT_RECORD") \
  X(LogisticsTrack, "LOGISTICS_TRACK") X(ListingSnapshot, "LISTING_SNAPSHOT") X(LiveClip, "LIVE_CLIP") \
  X(Inspection, "INSPECTION") X(DeliveryProof, "DELIVERY_PROOF") X(PriceCapture, "PRICE_CAPTURE") \
  X(FreightReceipt, "FREIGHT_RECEIPT") X(InvoiceCopy, "INVOICE_COPY") X(SocialPost, "SOCIAL_POST") X(Other, "OTHER")
REFUND_ENUM(EvidenceKind, REFUND_EVIDENCE_KINDS)

#define REFUND_PROMISE_KINDS(X) \
  X(Unspecified, "UNSPECIFIED") X(Ship48h, "SHIP48H") X(VillageDelivery, "VILLAGE_DELIVERY") X(FreeShipping, "FREE_SHIPPING") \
  X(BadGoodsCompensated, "BAD_GOODS_COMPENSATED") X(BadGoodsRefundable, "BAD_GOODS_REFUNDABLE") \
  X(DamagedReturnable, "DAMAGED_RETURNABLE") X(PriceMatch, "PRICE_MATCH") X(EstimatedArrival, "ESTIMATED_ARRIVAL") \
  X(Gift, "GIFT") X(Invoice, "INVOICE") X(Carrier, "CARRIER")
REFUND_ENUM(PromiseKind, REFUND_PROMISE_KINDS)

// Where a filed case goes first: a pack's answer (case-model.md rows 1, 1a, 1c).
#define REFUND_ROUTES(X) X(Unspecified, "UNSPECIFIED") X(Seller, "SELLER") X(Instant, "INSTANT") X(Direct, "DIRECT")
REFUND_ENUM(Route, REFUND_ROUTES)

#define REFUND_TIMEOUTS(X) X(Unspecified, "UNSPECIFIED") X(Accept, "ACCEPT") X(Platform, "PLATFORM")
REFUND_ENUM(OnTimeout, REFUND_TIMEOUTS)

// How an arbitration starts (rows a3a, a3b, a3c).
#define REFUND_FIRST_STEPS(X) X(Unspecified, "UNSPECIFIED") X(Negotiate, "NEGOTIATE") X(Evidence, "EVIDENCE") X(Review, "REVIEW")
REFUND_ENUM(FirstStep, REFUND_FIRST_STEPS)

// Who rules once the overlay is in REVIEW (row a10b): a person, or the pack by itself.
#define REFUND_RULERS(X) X(Unspecified, "UNSPECIFIED") X(Person, "PERSON") X(PackForBuyer, "PACK_FOR_BUYER") X(PackForSeller, "PACK_FOR_SELLER")
REFUND_ENUM(Ruler, REFUND_RULERS)

// How a decision came about.
#define REFUND_BASES(X) \
  X(Unspecified, "UNSPECIFIED") X(Automatic, "AUTOMATIC") X(DirectRuling, "DIRECT_RULING") X(Acceptance, "ACCEPTANCE") \
  X(Timeout, "TIMEOUT") X(Choice, "CHOICE") X(Agreement, "AGREEMENT") X(Ruling, "RULING") \
  X(AutomaticRuling, "AUTOMATIC_RULING") X(RefusalStands, "REFUSAL_STANDS")
REFUND_ENUM(Basis, REFUND_BASES)

// Deadlines (case-model.md §3.3). kT0 is number 0, and so on; gaps are timers of later issues.
#define REFUND_TIMERS(X) \
  X(T0, "T0") X(T1, "T1") X(T2, "T2") X(T3, "T3") X(T4, "T4") X(T5, "T5") X(T6, "T6") X(T7, "T7") X(T8, "T8") \
  X(T9, "T9") X(T10, "T10") X(T11, "T11") X(T12, "T12") X(T13, "T13") X(T14, "T14") X(T15, "T15")
REFUND_ENUM(Timer, REFUND_TIMERS)

// What a step came to.
#define REFUND_RESULTS(X) \
  X(Applied, "APPLIED") X(Refused, "REFUSED") X(Conflict, "CONFLICT") X(Parked, "PARKED") X(Stale, "STALE")
REFUND_ENUM(StepResult, REFUND_RESULTS)

// Which table a row stands in.
#define REFUND_MACHINES(X) X(Phase, "PHASE") X(Overlay, "OVERLAY") X(Goods, "GOODS") X(Leg, "LEG") X(Fact, "FACT")
REFUND_ENUM(Machine, REFUND_MACHINES)

// Why a request is refused, in order of precedence: when several would do, the first is named.
#define REFUND_REFUSALS(X) \
  X(None, "NONE") \
  X(NotPaid, "NOT_PAID") X(NoPolicyInForce, "NO_POLICY_IN_FORCE") X(NoSuchCase, "NO_SUCH_CASE") \
  X(CaseNotNamed, "CASE_NOT_NAMED") X(NoSuchLine, "NO_SUCH_LINE") X(RoleMayNot, "ROLE_MAY_NOT") \
  X(NotTheFiler, "NOT_THE_FILER") X(VersionMismatch, "VERSION_MISMATCH") X(NotExpectedNow, "NOT_EXPECTED_NOW") \
  X(ArbitrationIsLive, "ARBITRATION_IS_LIVE") X(UnsupportedKind, "UNSUPPORTED_KIND") X(OutOfWindow, "OUT_OF_WINDOW") \
  X(LateInLog, "LATE_IN_LOG") X(TooManyApplications, "TOO_MANY_APPLICATIONS") X(TooManyAmendments, "TOO_MANY_AMENDMENTS") \
  X(TooManyOffers, "TOO_MANY_OFFERS") X(TooManyRequests, "TOO_MANY_REQUESTS") X(TooManyRounds, "TOO_MANY_ROUNDS") \
  X(UnitsNotFree, "UNITS_NOT_FREE") X(AmountNotPositive, "AMOUNT_NOT_POSITIVE") X(OtherCurrency, "OTHER_CURRENCY") \
  X(OverTheAsk, "OVER_THE_ASK") X(OverTheCeiling, "OVER_THE_CEILING") X(NoSuchOffer, "NO_SUCH_OFFER") \
  X(OfferLapsed, "OFFER_LAPSED") X(GroundNotNamed, "GROUND_NOT_NAMED") X(NothingNew, "NOTHING_NEW") \
  X(EvidenceUsedElsewhere, "EVIDENCE_USED_ELSEWHERE") X(ProposalPending, "PROPOSAL_PENDING") \
  X(NoProposalPending, "NO_PROPOSAL_PENDING") X(SameAuthor, "SAME_AUTHOR") X(NoFinding, "NO_FINDING") \
  X(UnsupportedRemedy, "UNSUPPORTED_REMEDY") X(OutcomeAndAmountDisagree, "OUTCOME_AND_AMOUNT_DISAGREE") \
  X(LegAlreadySent, "LEG_ALREADY_SENT") X(NotWhoAsked, "NOT_WHO_ASKED") X(AlreadyDecided, "ALREADY_DECIDED") \
  X(SnapshotContradicts, "SNAPSHOT_CONTRADICTS") X(Overflow, "OVERFLOW") X(NotBothParties, "NOT_BOTH_PARTIES") \
  X(MayNotAppeal, "MAY_NOT_APPEAL") X(EvidenceMissing, "EVIDENCE_MISSING") X(TooMuch, "TOO_MUCH")
REFUND_ENUM(Refusal, REFUND_REFUSALS)

// clang-format on

}  // namespace refund
