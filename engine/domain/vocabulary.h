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
  X(BuyerMisuse, "BUYER_MISUSE") X(NoEvidence, "NO_EVIDENCE") X(AmountTooHigh, "AMOUNT_TOO_HIGH") X(Other, "OTHER") \
  X(PackedAsOrdered, "PACKED_AS_ORDERED") X(BatchInspected, "BATCH_INSPECTED") \
  X(NotReturned, "NOT_RETURNED") X(Used, "USED") X(WrongGoods, "WRONG_GOODS")
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

#define REFUND_LEG_KINDS(X) X(Unspecified, "UNSPECIFIED") X(RefundOriginal, "REFUND_ORIGINAL") \
  X(RefundBalance, "REFUND_BALANCE") X(RefundBank, "REFUND_BANK") X(Offline, "OFFLINE") \
  X(Points, "POINTS") X(Coins, "COINS") X(CouponRestore, "COUPON_RESTORE") \
  X(GiftcardRestore, "GIFTCARD_RESTORE") X(Voucher, "VOUCHER") X(FreightOut, "FREIGHT_OUT") \
  X(FreightReturn, "FREIGHT_RETURN") X(PriceDiff, "PRICE_DIFF") X(Compensation, "COMPENSATION") \
  X(CreditCancel, "CREDIT_CANCEL") X(Advance, "ADVANCE") X(Recovery, "RECOVERY") X(Clawback, "CLAWBACK") \
  X(CommissionReversal, "COMMISSION_REVERSAL") X(Fee, "FEE")
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

#define REFUND_PAYOUT_FAILURES(X) X(Unspecified, "UNSPECIFIED") X(Retryable, "RETRYABLE") X(Permanent, "PERMANENT") \
  X(Insufficient, "INSUFFICIENT")
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
  X(LateInLog, "LATE_IN_LOG") X(PlatformReview, "PLATFORM_REVIEW") X(ChatMonitoring, "CHAT_MONITORING") X(Other, "OTHER") \
  X(GoodsDisputed, "GOODS_DISPUTED") X(AgreementBroken, "AGREEMENT_BROKEN") \
  X(CardRefused, "CARD_REFUSED") X(CardUnanswered, "CARD_UNANSWERED")
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
  X(AutomaticRuling, "AUTOMATIC_RULING") X(RefusalStands, "REFUSAL_STANDS") \
  X(Appeal, "APPEAL") X(Rearbitration, "REARBITRATION") X(Inspection, "INSPECTION") X(Loss, "LOSS") \
  X(Fallback, "FALLBACK") X(Delivery, "DELIVERY")
REFUND_ENUM(Basis, REFUND_BASES)

// Deadlines (case-model.md §3.3). kT0 is number 0, and so on; gaps are timers of later issues.
#define REFUND_TIMERS(X) \
  X(T0, "T0") X(T1, "T1") X(T2, "T2") X(T3, "T3") X(T4, "T4") X(T5, "T5") X(T6, "T6") X(T7, "T7") X(T8, "T8") \
  X(T9, "T9") X(T10, "T10") X(T11, "T11") X(T12, "T12") X(T13, "T13") X(T14, "T14") X(T15, "T15") \
  X(T16, "T16") X(T17, "T17") X(T18, "T18") X(T19, "T19") X(T20, "T20") X(T21, "T21") X(T22, "T22") \
  X(T23, "T23") X(T24, "T24") X(T25, "T25") X(T26, "T26") X(T27, "T27")
REFUND_ENUM(Timer, REFUND_TIMERS)

// What a step came to.
#define REFUND_RESULTS(X) \
  X(Applied, "APPLIED") X(Refused, "REFUSED") X(Conflict, "CONFLICT") X(Parked, "PARKED") X(Stale, "STALE")
REFUND_ENUM(StepResult, REFUND_RESULTS)

// Which table a row stands in.
#define REFUND_MACHINES(X) X(Phase, "PHASE") X(Overlay, "OVERLAY") X(Goods, "GOODS") X(Leg, "LEG") X(Fact, "FACT") \
  X(Entrance, "ENTRANCE") X(Account, "ACCOUNT") X(Voucher, "VOUCHER")
REFUND_ENUM(Machine, REFUND_MACHINES)

// A kind of value with which an order was paid, in the fixed order of case-model.md §3.7.
#define REFUND_BUCKETS(X) \
  X(Unspecified, "UNSPECIFIED") X(Cash, "CASH") X(PresaleDeposit, "PRESALE_DEPOSIT") \
  X(Balance, "BALANCE") X(GiftCard, "GIFT_CARD") X(Credit, "CREDIT") X(Points, "POINTS") \
  X(Coins, "COINS") X(ShopCoupon, "SHOP_COUPON") X(PlatformCoupon, "PLATFORM_COUPON") \
  X(CreatorCoupon, "CREATOR_COUPON") X(ChannelPromotion, "CHANNEL_PROMOTION") X(Subsidy, "SUBSIDY") \
  X(TradeIn, "TRADE_IN") X(Freight, "FREIGHT") X(Packing, "PACKING") X(Tax, "TAX")
REFUND_ENUM(Bucket, REFUND_BUCKETS)

// Why a voucher is granted. SETTLEMENT settles a claim (G-29); the others are goodwill (G-87).
#define REFUND_VOUCHER_KINDS(X) \
  X(Unspecified, "UNSPECIFIED") X(Settlement, "SETTLEMENT") X(LogisticsSubsidy, "LOGISTICS_SUBSIDY") \
  X(ExperienceComp, "EXPERIENCE_COMP") X(ExperienceLoss, "EXPERIENCE_LOSS") \
  X(VillageDelivery, "VILLAGE_DELIVERY") X(Other, "OTHER")
REFUND_ENUM(VoucherKind, REFUND_VOUCHER_KINDS)

// After its leg is SETTLED.
#define REFUND_VOUCHER_STATES(X) \
  X(None, "NONE") X(Issued, "ISSUED") X(Redeemed, "REDEEMED") X(Expired, "EXPIRED") \
  X(Revoked, "REVOKED")
REFUND_ENUM(VoucherState, REFUND_VOUCHER_STATES)

// What the seller found in the returned parcel.
#define REFUND_INSPECTIONS(X) \
  X(Unspecified, "UNSPECIFIED") X(Accepted, "ACCEPTED") X(Refused, "REFUSED")
REFUND_ENUM(Inspection, REFUND_INSPECTIONS)

// What is wrong with returned goods: INSPECTED_BAD(kind).
#define REFUND_GOODS_FAULTS(X) \
  X(Unspecified, "UNSPECIFIED") X(Damaged, "DAMAGED") X(WrongItem, "WRONG_ITEM") X(Short, "SHORT") \
  X(Used, "USED")
REFUND_ENUM(GoodsFault, REFUND_GOODS_FAULTS)

#define REFUND_APPEAL_RESULTS(X) \
  X(Unspecified, "UNSPECIFIED") X(Upheld, "UPHELD") X(Overturned, "OVERTURNED") X(Varied, "VARIED") \
  X(Remanded, "REMANDED")
REFUND_ENUM(AppealResult, REFUND_APPEAL_RESULTS)

// How a bank dispute on a payment ended, from the merchant's side.
#define REFUND_DISPUTE_RESULTS(X) \
  X(Unspecified, "UNSPECIFIED") X(Won, "WON") X(Lost, "LOST")
REFUND_ENUM(DisputeResult, REFUND_DISPUTE_RESULTS)

#define REFUND_DISPUTE_STATES(X) \
  X(None, "NONE") X(Open, "OPEN") X(Won, "WON") X(Lost, "LOST")
REFUND_ENUM(DisputeState, REFUND_DISPUTE_STATES)

// The after-sales entrance of an order (rules.md §3.2).
#define REFUND_ENTRANCES(X) \
  X(Shut, "SHUT") X(CardPending, "CARD_PENDING") X(Open, "OPEN") X(AutoClosed, "AUTO_CLOSED") \
  X(Expired, "EXPIRED")
REFUND_ENUM(Entrance, REFUND_ENTRANCES)

// Who opened it.
#define REFUND_ENTRANCE_BYS(X) \
  X(Unspecified, "UNSPECIFIED") X(Seller, "SELLER") X(Card, "CARD") X(Auto, "AUTO") X(Buyer, "BUYER") \
  X(Agreement, "AGREEMENT")
REFUND_ENUM(EntranceBy, REFUND_ENTRANCE_BYS)

#define REFUND_CARD_ANSWERS(X) \
  X(Unspecified, "UNSPECIFIED") X(Agree, "AGREE") X(Refuse, "REFUSE")
REFUND_ENUM(CardAnswer, REFUND_CARD_ANSWERS)

// Where the buyer clicked (TB-28); a channel not listed is refused.
#define REFUND_CHANNELS(X) \
  X(Unspecified, "UNSPECIFIED") X(OrderList, "ORDER_LIST") X(OrderDetail, "ORDER_DETAIL") \
  X(Other, "OTHER")
REFUND_ENUM(Channel, REFUND_CHANNELS)

// What a PayoutHold stops.
#define REFUND_HOLD_SCOPES(X) \
  X(Unspecified, "UNSPECIFIED") X(All, "ALL") X(Platform, "PLATFORM") X(Merchant, "MERCHANT") \
  X(Pack, "PACK")
REFUND_ENUM(HoldScope, REFUND_HOLD_SCOPES)

#define REFUND_REPLIERS(X) \
  X(Unspecified, "UNSPECIFIED") X(Human, "HUMAN") X(Bot, "BOT")
REFUND_ENUM(ReplierKind, REFUND_REPLIERS)

// The old device of a trade-in (G-91).
#define REFUND_DEVICE_STATES(X) \
  X(Unspecified, "UNSPECIFIED") X(Held, "HELD") X(Processed, "PROCESSED") X(Returned, "RETURNED")
REFUND_ENUM(DeviceState, REFUND_DEVICE_STATES)

// What is wrong with a parcel's track (G-36).
#define REFUND_ANOMALIES(X) \
  X(Unspecified, "UNSPECIFIED") X(Stalled, "STALLED") X(Backward, "BACKWARD") \
  X(ImpossibleJump, "IMPOSSIBLE_JUMP") X(Lost, "LOST")
REFUND_ENUM(Anomaly, REFUND_ANOMALIES)

// Acts against a platform's norms (rules.md §3.10).
#define REFUND_VIOLATIONS(X) \
  X(Unspecified, "UNSPECIFIED") X(RefuseWithoutCause, "REFUSE_WITHOUT_CAUSE") \
  X(AfterSalesTimeout, "AFTER_SALES_TIMEOUT") X(PassiveReception, "PASSIVE_RECEPTION") \
  X(BlockWithoutCause, "BLOCK_WITHOUT_CAUSE") X(FalseShipping, "FALSE_SHIPPING") \
  X(AbnormalAddress, "ABNORMAL_ADDRESS") X(PassiveHandling, "PASSIVE_HANDLING") \
  X(BreachOfAgreement, "BREACH_OF_AGREEMENT")
REFUND_ENUM(Violation, REFUND_VIOLATIONS)

// A pack's answer when a returned parcel is lost (rows 17a, 17b).
#define REFUND_ON_LOSSES(X) \
  X(Unspecified, "UNSPECIFIED") X(Pay, "PAY") X(AskSeller, "ASK_SELLER")
REFUND_ENUM(OnLoss, REFUND_ON_LOSSES)

// A pack's answer when a replacement does not come (rows 21a to 21d).
#define REFUND_ON_UNFULFILLED(X) \
  X(Unspecified, "UNSPECIFIED") X(Refund, "REFUND") X(Platform, "PLATFORM")
REFUND_ENUM(OnUnfulfilled, REFUND_ON_UNFULFILLED)

// What the fold makes and nobody can append (rules.md §3.1, class "derived").
#define REFUND_DERIVED_KINDS(X) \
  X(Unspecified, "UNSPECIFIED") X(PolicyClauseEffective, "PolicyClauseEffective") \
  X(TrackAnomaly, "TrackAnomaly") X(EntranceOpened, "EntranceOpened") \
  X(EntranceAutoClosed, "EntranceAutoClosed") X(GuidedToSeller, "GuidedToSeller") \
  X(RefundClosed, "RefundClosed") X(EvidenceWindowClosed, "EvidenceWindowClosed") \
  X(RulingIssued, "RulingIssued") X(VoucherGranted, "VoucherGranted") \
  X(VoucherExpired, "VoucherExpired") X(VoucherRevoked, "VoucherRevoked") \
  X(RefundInstructed, "RefundInstructed") X(PayoutQueried, "PayoutQueried") X(FundDrawn, "FundDrawn") \
  X(FundRecovered, "FundRecovered") X(MerchantDebited, "MerchantDebited") \
  X(FreightClaimPaid, "FreightClaimPaid") X(DoublePaid, "DoublePaid") \
  X(ViolationRecorded, "ViolationRecorded") X(PenaltyApplied, "PenaltyApplied") \
  X(LabelGranted, "LabelGranted") X(LabelRevoked, "LabelRevoked") X(DeadlineArmed, "DeadlineArmed") \
  X(DeadlinePassed, "DeadlinePassed") X(ProgressNotice, "ProgressNotice") \
  X(CommandRefused, "CommandRefused") X(FactParked, "FactParked") X(FactStale, "FactStale") \
  X(FactConflict, "FactConflict")
REFUND_ENUM(DerivedKind, REFUND_DERIVED_KINDS)

// Why a request is refused: by the row that came closest; of rows as close, the first of these.
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
  X(MayNotAppeal, "MAY_NOT_APPEAL") X(EvidenceMissing, "EVIDENCE_MISSING") X(TooMuch, "TOO_MUCH") \
  X(OutOfQuantity, "OUT_OF_QUANTITY") X(NotAuthorized, "NOT_AUTHORIZED") \
  X(SettledAlready, "SETTLED_ALREADY") X(EntranceShut, "ENTRANCE_SHUT") \
  X(EntranceOpenBefore, "ENTRANCE_OPEN_BEFORE") X(NoCard, "NO_CARD") \
  X(ChannelUnknown, "CHANNEL_UNKNOWN") X(NoSuchVoucher, "NO_SUCH_VOUCHER") X(BudgetExhausted, "BUDGET_EXHAUSTED") \
  X(ReviewerWasAuthor, "REVIEWER_WAS_AUTHOR") X(NotArmed, "NOT_ARMED") X(NotLater, "NOT_LATER") \
  X(WrongSerial, "WRONG_SERIAL") X(AddressUnusable, "ADDRESS_UNUSABLE") X(GoodsForbid, "GOODS_FORBID") \
  X(SplitDoesNotSum, "SPLIT_DOES_NOT_SUM") X(NoSuchPack, "NO_SUCH_PACK") \
  X(NoSuchDispute, "NO_SUCH_DISPUTE") X(GrantedBefore, "GRANTED_BEFORE")
REFUND_ENUM(Refusal, REFUND_REFUSALS)

// clang-format on

}  // namespace refund
