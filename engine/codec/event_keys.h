// Which types of key the claims of a kind may have (rules.md §3.1), for the reader of bytes and for
// JSON Lines alike. Internal to the codec.
#pragma once

#include <string>

#include "engine/domain/event.h"
#include "engine/domain/key.h"

namespace refund::codec {

// The natural type first; `also` is the same where there is no other.
struct KeyTypes {
  KeyType natural = KeyType::kOrder;
  KeyType also = KeyType::kOrder;
};

constexpr KeyTypes KeyTypesOf(EventKind kind) {
  if (IsBroadcast(kind)) return {KeyType::kBroadcast, KeyType::kBroadcast};
  switch (kind) {
    // A conversation, or the order that it is about.
    case EventKind::kBuyerMessage:
    case EventKind::kSellerReply:
    case EventKind::kBuyerBlocked:
    case EventKind::kSatisfactionRated:
    case EventKind::kChatMonitoringFlag:
    case EventKind::kSafetyEscalated:
      return {KeyType::kConversation, KeyType::kOrder};
    // Reaches an order as a fact recorded on its key.
    case EventKind::kMerchantSettingChanged:
    case EventKind::kFreightServiceSubscribed:
      return {KeyType::kMerchant, KeyType::kOrder};
    case EventKind::kDayTotals:
    case EventKind::kMerchantRolledUp:
      return {KeyType::kMerchant, KeyType::kMerchant};
    // The account is its source's, when it names no order.
    case EventKind::kExternalComplaintReceived:
      return {KeyType::kOrder, KeyType::kAccount};
    case EventKind::kIpComplaintFiled:
    case EventKind::kIpComplaintClosed:
    case EventKind::kDraw:
      return {KeyType::kAccount, KeyType::kAccount};
    default:
      return {};
  }
}

constexpr bool MayHaveKey(EventKind kind, KeyType type) {
  const KeyTypes types = KeyTypesOf(kind);
  return type == types.natural || type == types.also;
}

// "the key of a merchant such as m/TAOBAO/7 or of an order such as o/TAOBAO/123". Not for broadcast
// kinds, which have no key.
std::string KeyExpectedOf(EventKind kind);

// "merchant or order", for whoever describes a kind.
std::string KeyWordsOf(EventKind kind);
// "m/PLATFORM/MERCHANT or o/PLATFORM/ORDER".
std::string KeyShapesOf(EventKind kind);
// A key of the natural type, for examples.
std::string KeyExampleOf(EventKind kind);

}  // namespace refund::codec
