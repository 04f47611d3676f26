#include "engine/codec/event_keys.h"

#include <string_view>

#include "engine/base/check.h"

namespace refund::codec {
namespace {

// What people are told of a type of key.
struct KeyWords {
  std::string_view name;
  std::string_view phrase;
  std::string_view shape;
  std::string_view example;
};

KeyWords WordsOf(KeyType type) {
  switch (type) {
    case KeyType::kOrder:
      return {"order", "an order such as o/TAOBAO/123", "o/PLATFORM/ORDER", "o/TAOBAO/1001"};
    case KeyType::kMerchant:
      return {"merchant", "a merchant such as m/TAOBAO/7", "m/PLATFORM/MERCHANT", "m/TAOBAO/m-7"};
    case KeyType::kConversation:
      return {"conversation", "a conversation such as c/TAOBAO/9", "c/PLATFORM/CONVERSATION",
              "c/TAOBAO/9"};
    case KeyType::kAccount:
      return {"account", "an account such as a/TAOBAO/voucher-budget", "a/PLATFORM/ACCOUNT",
              "a/TAOBAO/voucher-budget"};
    case KeyType::kBroadcast:
      break;
  }
  CHECK(false);  // a broadcast kind has no key
  return {};
}

// The words of the natural type, and of the other where there is one.
std::string Both(EventKind kind, std::string_view KeyWords::*word, std::string_view between) {
  const KeyTypes types = KeyTypesOf(kind);
  std::string text(WordsOf(types.natural).*word);
  if (types.also == types.natural) return text;
  return text.append(between).append(WordsOf(types.also).*word);
}

}  // namespace

std::string KeyExpectedOf(EventKind kind) {
  return "the key of " + Both(kind, &KeyWords::phrase, " or of ");
}

std::string KeyWordsOf(EventKind kind) { return Both(kind, &KeyWords::name, " or "); }

std::string KeyShapesOf(EventKind kind) { return Both(kind, &KeyWords::shape, " or "); }

std::string KeyExampleOf(EventKind kind) {
  return std::string(WordsOf(KeyTypesOf(kind).natural).example);
}

}  // namespace refund::codec
