// Whom a principal may speak for (docs/decisions/0010).
#include "engine/arbiter/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace refund::arbiter {
namespace {

using ::testing::HasSubstr;

// An order of b-81 at m-7, or nothing known yet.
std::string WhyNot(const std::string& principal, Actor actor, EventBody body,
                   const std::string& key = "o/TAOBAO/1") {
  Order order;
  order.key = key;
  if (key == "o/TAOBAO/1") {
    order.buyer = "b-81";
    order.merchant = "m-7";
  }
  const policy::PackBook packs;
  Event event;
  event.claim.key = key;
  event.claim.actor = std::move(actor);
  event.claim.body = std::move(body);
  event.stamp.principal = principal;
  Turn turn(order, packs, {});
  turn.event = &event;
  std::string why;
  const bool may = MaySay(turn, &why);
  EXPECT_EQ(may, why.empty());
  EXPECT_EQ(may, MaySay(turn, nullptr));
  return why;
}

bool May(const std::string& principal, Actor actor, EventBody body = RefundWithdrawn{}) {
  return WhyNot(principal, std::move(actor), std::move(body)).empty();
}

TEST(PrincipalTest, LocalMaySayAllButMessages) {
  for (const std::string local : {"local", "refundctl"}) {
    EXPECT_TRUE(May(local, {Role::kBuyer, "b-1"}, RefundRequested{}));
    EXPECT_TRUE(May(local, {Role::kSeller, "m-9"}, RefundAccepted{}));
    EXPECT_TRUE(May(local, {Role::kAgent, "agent-3"}, RulingApproved{}));
    EXPECT_TRUE(May(local, {Role::kPsp, "psp-1"}, RefundPaid{}));
    EXPECT_FALSE(May(local, {Role::kEngine, "engine"}, Draw{}));
  }
}

TEST(PrincipalTest, UnknownOnesMaySayNothing) {
  for (const std::string unknown :
       {"", "test", "case-script", "LOCAL", "Buyer:b-81", "buyer:", ":b-81", "local:me", "engine:1",
        "unspecified", "admin", "buyer ", "sellers:m-7"}) {
    EXPECT_THAT(WhyNot(unknown, {Role::kBuyer, "b-81"}, RefundWithdrawn{}),
                HasSubstr("found \"" + unknown + "\""));
    EXPECT_FALSE(May(unknown, {Role::kEngine, ""}));
  }
}

TEST(PrincipalTest, IsLocalOrASpeakerThatIsKnown) {
  for (const std::string_view known : {"local", "buyer:b-81", "platform", "engine"}) {
    EXPECT_TRUE(IsPrincipal(known)) << known;
  }
  for (const std::string_view unknown : {"", "test", "buyer:", "engine:1"}) {
    EXPECT_FALSE(IsPrincipal(unknown)) << unknown;
  }
}

TEST(PrincipalTest, SpeaksInItsOwnRole) {
  struct Row {
    std::string principal;
    std::vector<Role> roles;
  };
  const std::vector<Row> rows = {
      {"buyer:b-81", {Role::kBuyer}},
      {"seller:m-7", {Role::kSeller}},
      {"agent", {Role::kAgent}},
      {"supervisor", {Role::kAgent, Role::kPlatform}},
      {"platform", {Role::kAgent, Role::kPlatform, Role::kSeller, Role::kBuyer}},
      {"psp", {Role::kPsp}},
      {"carrier", {Role::kCarrier}},
      {"model", {Role::kModel}},
      {"bot", {Role::kBot}},
      {"creator", {Role::kCreator}},
      {"engine", {Role::kEngine}},
  };
  for (const Row& row : rows) {
    for (size_t i = 0; i < CountOf<Role>(); ++i) {
      const auto role = static_cast<Role>(i);
      const bool expected = std::find(row.roles.begin(), row.roles.end(), role) != row.roles.end();
      EXPECT_EQ(May(row.principal, {role, ""}), expected)
          << row.principal << " as " << NameOf(role);
    }
  }
}

TEST(PrincipalTest, IsWhomTheActorNames) {
  EXPECT_TRUE(May("agent:agent-3", {Role::kAgent, "agent-3"}));
  EXPECT_TRUE(May("agent:agent-3", {Role::kAgent, ""}));
  EXPECT_TRUE(May("agent", {Role::kAgent, "agent-3"}));
  EXPECT_EQ(WhyNot("agent:agent-3", {Role::kAgent, "agent-4"}, RefundWithdrawn{}),
            "expected the actor whom \"agent:agent-3\" names, found \"agent-4\"");
  EXPECT_FALSE(May("supervisor:agent-9", {Role::kAgent, "agent-3"}));
  EXPECT_FALSE(May("supervisor:agent-9", {Role::kPlatform, "platform-1"}));
  EXPECT_FALSE(May("carrier:SF", {Role::kCarrier, "YTO"}));
  // The platform relays what others say, so the id is theirs; but in its own name it is itself.
  EXPECT_TRUE(May("platform:desk-1", {Role::kAgent, "agent-3"}));
  EXPECT_TRUE(May("platform:desk-1", {Role::kSeller, "m-7"}));
  EXPECT_FALSE(May("platform:desk-1", {Role::kPlatform, "desk-2"}));
}

TEST(PrincipalTest, ASellerAnswersForItsOwnMerchantAlone) {
  EXPECT_TRUE(May("seller:m-7", {Role::kSeller, "m-7"}, RefundAccepted{}));
  EXPECT_TRUE(May("seller:m-7", {Role::kSeller, "m-7/csr-3"}, RefundAccepted{}));
  EXPECT_TRUE(May("seller:m-7/csr-3", {Role::kSeller, "m-7/csr-3"}, RefundAccepted{}));
  EXPECT_TRUE(May("seller:m-7/csr-3", {Role::kSeller, "m-7"}, RefundAccepted{}));
  EXPECT_TRUE(May("seller:m-7/csr-3", {Role::kSeller, "csr-3"}, RefundAccepted{}));
  EXPECT_TRUE(May("seller:m-7/csr-3", {Role::kSeller, ""}, RefundAccepted{}));
  EXPECT_FALSE(May("seller:m-7/csr-3", {Role::kSeller, "csr-4"}, RefundAccepted{}));
  EXPECT_FALSE(May("seller:m-7", {Role::kSeller, "m-8"}, RefundAccepted{}));
  EXPECT_FALSE(May("seller:m-7", {Role::kSeller, "m-77"}, RefundAccepted{}));
  EXPECT_EQ(WhyNot("seller:m-8/csr-3", {Role::kSeller, "m-8/csr-3"}, RefundAccepted{}),
            "expected one of the merchant m-7, found \"m-8/csr-3\"");
  // A door that names nobody vouches for the actor's own id.
  EXPECT_TRUE(May("seller", {Role::kSeller, "m-7/csr-3"}, RefundAccepted{}));
  EXPECT_FALSE(May("seller", {Role::kSeller, "m-8"}, RefundAccepted{}));
  EXPECT_FALSE(May("seller", {Role::kSeller, ""}, RefundAccepted{}));
}

TEST(PrincipalTest, ABuyerSpeaksOnItsOwnOrdersAlone) {
  EXPECT_TRUE(May("buyer:b-81", {Role::kBuyer, "b-81"}));
  EXPECT_EQ(WhyNot("buyer:b-82", {Role::kBuyer, "b-82"}, RefundWithdrawn{}),
            "expected the order's buyer b-81, found \"b-82\"");
  EXPECT_TRUE(May("buyer", {Role::kBuyer, "b-81"}));
  EXPECT_FALSE(May("buyer", {Role::kBuyer, ""}));
  // Nor can the platform relay a stranger's word as the buyer's.
  EXPECT_TRUE(May("platform", {Role::kBuyer, "b-81"}));
  EXPECT_FALSE(May("platform", {Role::kBuyer, "b-82"}));
}

TEST(PrincipalTest, BeforeThePaymentNobodyKnowsTheParties) {
  const std::string key = "o/TAOBAO/2";
  EXPECT_EQ(WhyNot("buyer:b-82", {Role::kBuyer, "b-82"}, RefundRequested{}, key), "");
  EXPECT_EQ(WhyNot("seller:m-9", {Role::kSeller, "m-9"}, ShipmentDeclared{}, key), "");
}

TEST(PrincipalTest, AMerchantsKeyIsItsOwn) {
  const MerchantSettingChanged body{"auto_open", "true"};
  EXPECT_EQ(WhyNot("seller:m-7", {Role::kSeller, "m-7"}, body, "m/TAOBAO/m-7"), "");
  EXPECT_NE(WhyNot("seller:m-8", {Role::kSeller, "m-8"}, body, "m/TAOBAO/m-7"), "");
}

TEST(PrincipalTest, TheSecondPairOfEyesIsASupervisors) {
  for (const EventBody& body :
       std::vector<EventBody>{RulingApproved{}, RulingSetAside{}, Rearbitrated{}}) {
    EXPECT_THAT(WhyNot("agent:agent-3", {Role::kAgent, "agent-3"}, body),
                HasSubstr("expected a supervisor or the platform for "));
    EXPECT_TRUE(May("supervisor:agent-9", {Role::kAgent, "agent-9"}, body));
    EXPECT_TRUE(May("platform", {Role::kPlatform, "platform-1"}, body));
    EXPECT_TRUE(May("local", {Role::kAgent, "agent-9"}, body));
  }
  EXPECT_TRUE(May("agent:agent-3", {Role::kAgent, "agent-3"}, RulingProposed{}));
  EXPECT_TRUE(May("agent:agent-3", {Role::kAgent, "agent-3"}, RulingRejected{}));
}

TEST(PrincipalTest, MessagesAreTheEnginesAlone) {
  for (const EventBody& body : std::vector<EventBody>{Draw{}, DrawGranted{}, DrawRefused{},
                                                      DayTotals{}, MerchantRolledUp{}}) {
    EXPECT_TRUE(May("engine", {Role::kEngine, "engine"}, body));
    EXPECT_FALSE(May("engine", {Role::kPlatform, "engine"}, body));
    EXPECT_FALSE(May("platform", {Role::kPlatform, "platform-1"}, body));
    EXPECT_FALSE(May("local", {Role::kEngine, "engine"}, body));
  }
}

TEST(BroadcastTest, ATickIsThePlatformsOrTheEngines) {
  for (const EventKind kind :
       {EventKind::kTick, EventKind::kLogOpened, EventKind::kPolicyPublished}) {
    for (const std::string_view principal : {"local", "refundctl", "engine", "platform"}) {
      EXPECT_TRUE(MayBroadcast(kind, Role::kPlatform, principal));
      EXPECT_TRUE(MayBroadcast(kind, Role::kEngine, principal));
      EXPECT_FALSE(MayBroadcast(kind, Role::kSeller, principal));
      EXPECT_FALSE(MayBroadcast(kind, Role::kAgent, principal));
    }
    for (const std::string_view principal : {"", "supervisor", "agent:a", "seller:m-7", "test"}) {
      EXPECT_FALSE(MayBroadcast(kind, Role::kPlatform, principal)) << principal;
    }
  }
}

TEST(BroadcastTest, BrakesBarriersAndOutagesAreASupervisorsOrThePlatforms) {
  for (const EventKind kind : {EventKind::kVersionBarrier, EventKind::kOutageDeclared,
                               EventKind::kPayoutHold, EventKind::kPayoutReleased}) {
    for (const std::string_view principal : {"local", "supervisor:agent-9", "platform"}) {
      EXPECT_TRUE(MayBroadcast(kind, Role::kPlatform, principal));
      EXPECT_TRUE(MayBroadcast(kind, Role::kAgent, principal));
      EXPECT_FALSE(MayBroadcast(kind, Role::kEngine, principal));
      EXPECT_FALSE(MayBroadcast(kind, Role::kBuyer, principal));
    }
    for (const std::string_view principal : {"", "engine", "agent:agent-3", "seller:m-7"}) {
      EXPECT_FALSE(MayBroadcast(kind, Role::kPlatform, principal)) << principal;
    }
  }
}

TEST(BroadcastTest, NothingElseIsOne) {
  for (size_t i = 0; i < CountOf<EventKind>(); ++i) {
    const auto kind = static_cast<EventKind>(i);
    EXPECT_EQ(MayBroadcast(kind, Role::kPlatform, "local"), IsBroadcast(kind)) << NameOf(kind);
  }
}

}  // namespace
}  // namespace refund::arbiter
