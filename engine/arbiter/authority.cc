#include "engine/arbiter/authority.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/arbiter/fail.h"
#include "engine/arbiter/row.h"
#include "engine/base/check.h"
#include "engine/domain/key.h"

namespace refund::arbiter {
namespace {

// Whoever may write to the log's own directory may do as he likes with it: the shell's user.
constexpr std::string_view kLocal = "local";
// Its name in the logs of before there were principals.
constexpr std::string_view kLocalBefore = "refundctl";

// What a principal may speak as. `relays`: others' words, which it has heard and answers for.
struct Speaker {
  std::string_view name;
  Short<Role, 2> speaks;
  Short<Role, 3> relays = {};
  bool supervises = false;  // approves over the limit, sets aside, arbitrates anew, holds payouts
};

constexpr std::array<Speaker, 11> kSpeakers = {{
    {"buyer", {Role::kBuyer}},
    {"seller", {Role::kSeller}},
    {"agent", {Role::kAgent}},
    {"supervisor", {Role::kAgent, Role::kPlatform}, {}, true},
    {"platform", {Role::kPlatform}, {Role::kAgent, Role::kSeller, Role::kBuyer}, true},
    {"psp", {Role::kPsp}},
    {"carrier", {Role::kCarrier}},
    {"model", {Role::kModel}},
    {"bot", {Role::kBot}},
    {"creator", {Role::kCreator}},
    {"engine", {Role::kEngine}},
}};

struct Principal {
  bool local = false;
  const Speaker* speaker = nullptr;  // null: local, or unknown
  std::string_view id;               // empty: it names none

  bool Is(std::string_view name) const { return speaker != nullptr && speaker->name == name; }
  bool Supervises() const { return local || (speaker != nullptr && speaker->supervises); }
};

Principal ParsePrincipal(std::string_view text) {
  Principal principal;
  principal.local = text == kLocal || text == kLocalBefore;
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (colon != std::string_view::npos) principal.id = text.substr(colon + 1);
  if (colon != std::string_view::npos && principal.id.empty()) return principal;
  // The engine is one: there is no other that an id could tell it from.
  if (name == "engine" && !principal.id.empty()) return principal;
  const auto* found = std::find_if(kSpeakers.begin(), kSpeakers.end(),
                                   [&](const Speaker& each) { return each.name == name; });
  if (found != kSpeakers.end()) principal.speaker = found;
  return principal;
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// "m-7" of "m-7/csr-3".
std::string_view MerchantOf(std::string_view id) { return id.substr(0, id.find('/')); }
std::string_view PersonOf(std::string_view id) {
  const size_t slash = id.find('/');
  return slash == std::string_view::npos ? std::string_view() : id.substr(slash + 1);
}

// A person of a merchant may sign as the merchant, and the merchant's own system as any of them.
bool IsOneOf(std::string_view principal, std::string_view actor) {
  if (principal == actor) return true;
  const std::string_view person = PersonOf(principal);
  if (person.empty()) return MerchantOf(actor) == principal;
  return actor == MerchantOf(principal) || actor == person;
}

bool NeedsSupervision(EventKind kind) {
  return kind == EventKind::kRulingApproved || kind == EventKind::kRulingSetAside ||
         kind == EventKind::kRearbitrated;
}

bool SpeaksAs(const Principal& principal, Role role) {
  return principal.speaker->speaks.Contains(role) || principal.speaker->relays.Contains(role);
}

bool IsSelf(const Principal& principal, const Actor& actor) {
  if (principal.id.empty() || actor.id.empty()) return true;
  if (principal.speaker->relays.Contains(actor.role)) return true;  // the id is the other's
  return principal.Is("seller") ? IsOneOf(principal.id, actor.id) : principal.id == actor.id;
}

// Of the key: an order's, once it is known, or a merchant's own.
std::string_view MerchantOfKey(const Order& order) {
  KeyParts parts;
  std::string error;
  CHECK(ParseKey(order.key, parts, error));
  return parts.type == KeyType::kMerchant ? parts.local : std::string_view(order.merchant);
}

// A party speaks on its own orders alone. The platform, which relays, need not name it.
bool IsPartyOf(const Turn& turn, const Principal& principal, std::string* why) {
  const Actor& actor = turn.actor();
  const bool relays = principal.speaker->relays.Contains(actor.role);
  const std::string_view id = relays || principal.id.empty() ? actor.id : principal.id;
  if (actor.role == Role::kBuyer) {
    const std::string& buyer = turn.order.buyer;
    if (buyer.empty() || id == buyer || (relays && id.empty())) return true;
    return Fail(why, "expected the order's buyer " + buyer + ", found " + Quoted(id));
  }
  if (actor.role == Role::kSeller && !relays) {
    const std::string_view merchant = MerchantOfKey(turn.order);
    if (merchant.empty() || MerchantOf(id) == merchant) return true;
    return Fail(why,
                "expected one of the merchant " + std::string(merchant) + ", found " + Quoted(id));
  }
  return true;
}

}  // namespace

bool IsPrincipal(std::string_view text) {
  const Principal principal = ParsePrincipal(text);
  return principal.local || principal.speaker != nullptr;
}

bool MaySay(const Turn& turn, std::string* why) {
  const std::string& text = turn.event->stamp.principal;
  const EventKind kind = turn.event->claim.kind();
  const Actor& actor = turn.actor();
  const Principal principal = ParsePrincipal(text);
  if (IsMessage(kind) && !principal.Is("engine")) {
    return Fail(why, "expected the principal \"engine\" for a message, found " + Quoted(text));
  }
  if (principal.local) return true;
  if (principal.speaker == nullptr) {
    return Fail(why, "expected a principal such as seller:m-7, found " + Quoted(text));
  }
  if (!SpeaksAs(principal, actor.role)) {
    return Fail(why, "expected a principal that may speak as " + std::string(NameOf(actor.role)) +
                         ", found " + Quoted(text));
  }
  if (NeedsSupervision(kind) && !principal.Supervises()) {
    return Fail(why, "expected a supervisor or the platform for " + std::string(NameOf(kind)) +
                         ", found " + Quoted(text));
  }
  if (!IsSelf(principal, actor)) {
    return Fail(why,
                "expected the actor whom " + Quoted(text) + " names, found " + Quoted(actor.id));
  }
  return IsPartyOf(turn, principal, why);
}

bool MayBroadcast(EventKind kind, Role role, std::string_view principal_text) {
  const Principal principal = ParsePrincipal(principal_text);
  const bool platform = principal.local || principal.Is("platform");
  switch (kind) {
    case EventKind::kLogOpened:
    case EventKind::kPolicyPublished:
    case EventKind::kTick:
      return (role == Role::kPlatform || role == Role::kEngine) &&
             (platform || principal.Is("engine"));
    case EventKind::kVersionBarrier:
    case EventKind::kOutageDeclared:
    case EventKind::kPayoutHold:
    case EventKind::kPayoutReleased:
      return (role == Role::kPlatform || role == Role::kAgent) && principal.Supervises();
    default:
      return false;
  }
}

}  // namespace refund::arbiter
