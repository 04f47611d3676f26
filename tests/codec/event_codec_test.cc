#include "engine/codec/event_codec.h"

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/codec/canonical.h"
#include "engine/codec/claim_writer.h"
#include "engine/codec/event_keys.h"
#include "engine/codec/json_lines.h"
#include "engine/codec/json_walker.h"
#include "event.capnp.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/projections/every_field.h"
#include "types.capnp.h"

namespace refund::codec {
namespace {

const Stamp kStamp{{1'709'258'400'000}, "intake"};

Claim ExampleClaim(std::string_view type) {
  auto line = ParseExportedLine(ExampleLine(type), false);
  if (const auto* error = std::get_if<LineError>(&line)) ADD_FAILURE() << error->Text();
  return std::get<ClaimLine>(std::move(line)).claim;
}

template <class Body>
Claim With(std::string_view type, const std::function<void(Claim&, Body&)>& edit) {
  Claim claim = ExampleClaim(type);
  edit(claim, std::get<Body>(claim.body));
  return claim;
}

std::string RecordOf(const Claim& claim) { return EncodeRecord(EncodeClaim(claim), kStamp); }

// Why these bytes are not read; "" if they are.
std::string Why(ByteView bytes) {
  const auto result = DecodeRecord(bytes, kSemantic);
  const auto* unreadable = std::get_if<Unreadable>(&result);
  return unreadable == nullptr ? "" : unreadable->why;
}

std::string WhyNot(const Claim& claim) { return Why(RecordOf(claim)); }

// A claim as Cap'n Proto builds it, edited below our own writer's level.
std::string RawClaim(std::string_view type,
                     const std::function<void(schema::Claim::Builder)>& edit) {
  MessageBuilder message;
  auto root = message->initRoot<schema::Claim>();
  WriteClaim(ExampleClaim(type), root);
  edit(root);
  return message.CanonicalBytes();
}

std::string WhyNotRaw(std::string_view type,
                      const std::function<void(schema::Claim::Builder)>& edit) {
  return Why(EncodeRecord(RawClaim(type, edit), kStamp));
}

// ---- Reading what was written ----

TEST(EventCodec, EveryExampleComesBackAsItWas) {
  for (const std::string& type : EventTypeNames()) {
    const std::string claim_bytes = EncodeClaim(ExampleClaim(type));
    const auto result = DecodeRecord(EncodeRecord(claim_bytes, kStamp), kSemantic);
    ASSERT_TRUE(std::holds_alternative<Event>(result)) << std::get<Unreadable>(result).why;
    const Event& event = std::get<Event>(result);
    EXPECT_EQ(NameOf(event.claim.kind()), type);
    EXPECT_EQ(EncodeClaim(event.claim), claim_bytes);
    EXPECT_EQ(event.claim_hash, Sha256(claim_bytes));
    EXPECT_EQ(event.stamp.recorded_at, kStamp.recorded_at);
    EXPECT_EQ(event.stamp.principal, "intake");
  }
}

// The example's envelope around a body of which every field is set.
template <class Body>
Claim FullClaim() {
  Claim claim = ExampleClaim(NameOf(static_cast<EventKind>(EventBody(Body{}).index())));
  refund::testing::Filler().Fill(claim.body.emplace<Body>());
  return claim;
}

template <class... Bodies>
std::vector<Claim> FullClaims(std::variant<Bodies...>) {
  return {FullClaim<Bodies>()...};
}

TEST(EventCodec, EveryFieldOfEveryKindComesBack) {
  for (const Claim& claim : FullClaims(EventBody())) {
    const std::string claim_bytes = EncodeClaim(claim);
    const absl::StatusOr<Claim> back = DecodeClaim(claim_bytes);
    ASSERT_TRUE(back.ok()) << NameOf(claim.kind()) << ": " << back.status();
    EXPECT_TRUE(refund::testing::Same(back->body, claim.body)) << NameOf(claim.kind());
    EXPECT_EQ(EncodeClaim(*back), claim_bytes) << NameOf(claim.kind());
  }
}

template <class... Bodies>
void FillRandomly(std::variant<Bodies...>, uint32_t seed, EventBody& body) {
  size_t left = body.index();
  refund::testing::Filler filler(seed);
  ((left-- == 0 ? filler.Fill(body.emplace<Bodies>()) : void()), ...);
}

TEST(EventCodec, WhatIsThereAndWhatIsNotComesBack) {
  size_t read = 0;
  for (const std::string& type : EventTypeNames()) {
    for (uint32_t seed = 0; seed < 40; ++seed) {
      Claim claim = ExampleClaim(type);
      FillRandomly(EventBody(), seed, claim.body);
      const absl::StatusOr<Claim> back = DecodeClaim(EncodeClaim(claim));
      if (!back.ok()) {  // something that must be there is not
        EXPECT_THAT(std::string(back.status().message()), ::testing::HasSubstr(", found 0"));
        continue;
      }
      ++read;
      EXPECT_TRUE(refund::testing::Same(back->body, claim.body)) << type << " " << seed;
    }
  }
  EXPECT_GT(read, 1000U);
}

TEST(EventCodec, EveryOptionalFieldComesBack) {
  Claim claim = With<RulingProposed>("RulingProposed", [](Claim& c, RulingProposed& b) {
    c.case_id = Id{{1, 2, 3}};
    c.expected_version = 0;
    b.reason_codes = {"TASTE", "QUALITY"};
    b.considered = {Digest{{9}}, Digest{{8}}};
    b.text = "two\nlines, 中文";
  });
  const auto result = DecodeRecord(RecordOf(claim), kSemantic);
  ASSERT_TRUE(std::holds_alternative<Event>(result)) << std::get<Unreadable>(result).why;
  const Claim& back = std::get<Event>(result).claim;
  EXPECT_EQ(back.case_id, claim.case_id);
  EXPECT_EQ(back.expected_version, 0);
  const auto& body = std::get<RulingProposed>(back.body);
  EXPECT_EQ(body.reason_codes, (std::vector<std::string>{"TASTE", "QUALITY"}));
  EXPECT_EQ(body.considered, (std::vector<Digest>{Digest{{9}}, Digest{{8}}}));
  EXPECT_EQ(body.text, "two\nlines, 中文");
}

TEST(EventCodec, BytesNeedNotBeAligned) {
  const std::string record = RecordOf(ExampleClaim("OrderPaid"));
  for (size_t shift = 0; shift < 8; ++shift) {
    const std::string shifted = std::string(shift, 'x') + record;
    EXPECT_EQ(Why(ByteView(shifted).substr(shift)), "");
  }
}

TEST(EventCodec, DecodeClaimSaysWhatDecodeRecordSays) {
  const Claim bad = With<RefundRequested>(
      "RefundRequested", [](Claim&, RefundRequested& b) { b.ask.units = kMaxUnits + 1; });
  const auto claim = DecodeClaim(EncodeClaim(bad));
  EXPECT_EQ(claim.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(claim.status().message(),
            "body.refundRequested.ask.units: expected at most 1000000000000000, found "
            "1000000000000001");
  EXPECT_EQ(WhyNot(bad), claim.status().message());
}

// ---- Refusing ----

TEST(EventCodec, BytesThatAreNoMessage) {
  EXPECT_EQ(Why(""), "record: expected 8-byte words, found 0 bytes");
  EXPECT_EQ(Why("abc"), "record: expected 8-byte words, found 3 bytes");
  EXPECT_EQ(Why(std::string(16, '\xff')),
            "record: expected one segment of well-formed Cap'n Proto, found damaged bytes");
  EXPECT_EQ(Why(std::string("\x00\x00\x00\x00\x40\x00\x40\x00", 8)),
            "record: expected one segment of well-formed Cap'n Proto, found damaged bytes");
  EXPECT_EQ(Why(std::string(kMaxRecordBytes + 8, '\0')),
            "record: expected at most 2101248 bytes, found 2101256");
  EXPECT_EQ(Why(EncodeRecord("", kStamp)), "claim: expected 8-byte words, found 0 bytes");
  EXPECT_EQ(Why(EncodeRecord(std::string(8, '\0'), kStamp)),
            "id: expected 1 to 128 bytes, found 0");
}

TEST(EventCodec, AnotherSemantic) {
  const auto result = DecodeRecord(RecordOf(ExampleClaim("Tick")), 2);
  EXPECT_EQ(std::get<Unreadable>(result).why, "record: expected semantic 1, found 2");
}

TEST(EventCodec, OnlyAPolicyMayBeLarge) {
  Claim policy = With<PolicyPublished>(
      "PolicyPublished", [](Claim&, PolicyPublished& b) { b.pack.assign(1 << 20, 'p'); });
  EXPECT_EQ(WhyNot(policy), "");
  std::get<PolicyPublished>(policy.body).pack += 'p';
  EXPECT_EQ(WhyNot(policy),
            "body.policyPublished.pack: expected 1 to 1048576 bytes, found 1048577");
  const Claim ruling = With<RulingProposed>(
      "RulingProposed", [](Claim&, RulingProposed& b) { b.text.assign(256 << 10, 't'); });
  EXPECT_EQ(WhyNot(ruling), "claim: expected at most 262144 bytes, found " +
                                std::to_string(EncodeClaim(ruling).size()));
}

TEST(EventCodec, TheClaimItself) {
  const auto why = [](const std::function<void(Claim&)>& edit) {
    Claim claim = ExampleClaim("OrderCompleted");
    edit(claim);
    return WhyNot(claim);
  };
  EXPECT_EQ(why([](Claim& c) { c.id = ""; }), "id: expected 1 to 128 bytes, found 0");
  EXPECT_EQ(why([](Claim& c) { c.id.assign(129, 'a'); }), "id: expected 1 to 128 bytes, found 129");
  EXPECT_EQ(why([](Claim& c) { c.id = "é"; }),
            "id: expected printable ASCII, found other characters");
  EXPECT_EQ(why([](Claim& c) { c.key = ""; }),
            "key: expected the key of an order such as o/TAOBAO/123, found \"\"");
  EXPECT_EQ(why([](Claim& c) { c.key = "m/TAOBAO/1"; }),
            "key: expected the key of an order such as o/TAOBAO/123, found \"m/TAOBAO/1\"");
  EXPECT_EQ(why([](Claim& c) { c.key = "o/EBAY/1"; }),
            "key: expected a key such as o/TAOBAO/123, found \"o/EBAY/1\": unknown platform");
  EXPECT_EQ(why([](Claim& c) { c.occurred_at.ms = -1; }),
            "occurredAt: expected an instant from 1970 to 9999, found -1 ms");
  EXPECT_EQ(why([](Claim& c) { c.occurred_at.ms = kMaxInstant.ms + 1; }),
            "occurredAt: expected an instant from 1970 to 9999, found 253402272000000 ms");
  EXPECT_EQ(why([](Claim& c) { c.actor.role = Role::kUnspecified; }),
            "actor.role: expected a value, found UNSPECIFIED");
  EXPECT_EQ(why([](Claim& c) { c.actor.role = static_cast<Role>(11); }),
            "actor.role: expected a number below 11, found 11");
  EXPECT_EQ(why([](Claim& c) { c.actor.id = ""; }), "actor.id: expected 1 to 128 bytes, found 0");
  EXPECT_EQ(why([](Claim& c) { c.expected_version = -2; }),
            "expectedVersion: expected -1 or more, found -2");
  Claim tick = ExampleClaim("Tick");
  tick.key = "o/JD/1";
  EXPECT_EQ(WhyNot(tick), "key: expected no key for Tick, found \"o/JD/1\"");
}

// Each kind of key to each kind of event: exactly the ones of rules.md are taken.
TEST(EventCodec, KeysOfEveryKind) {
  const std::vector<std::pair<KeyType, std::string>> keys = {{KeyType::kBroadcast, ""},
                                                             {KeyType::kOrder, "o/TAOBAO/1"},
                                                             {KeyType::kMerchant, "m/TAOBAO/1"},
                                                             {KeyType::kConversation, "c/TAOBAO/1"},
                                                             {KeyType::kAccount, "a/TAOBAO/1"}};
  for (const std::string& type : EventTypeNames()) {
    Claim claim = ExampleClaim(type);
    for (const auto& [key_type, key] : keys) {
      claim.key = key;
      EXPECT_EQ(WhyNot(claim).empty(), MayHaveKey(claim.kind(), key_type)) << type << " " << key;
    }
  }
  const auto taken = [](EventKind kind) {
    std::string types;
    for (const auto& [type, letter] : {std::pair{KeyType::kOrder, 'o'},
                                       {KeyType::kMerchant, 'm'},
                                       {KeyType::kConversation, 'c'},
                                       {KeyType::kAccount, 'a'}}) {
      if (MayHaveKey(kind, type)) types += letter;
    }
    return types;
  };
  EXPECT_EQ(taken(EventKind::kOutageDeclared), "");
  EXPECT_EQ(taken(EventKind::kRefundRequested), "o");
  EXPECT_EQ(taken(EventKind::kDrawGranted), "o");
  EXPECT_EQ(taken(EventKind::kDraw), "a");
  EXPECT_EQ(taken(EventKind::kIpComplaintFiled), "a");
  EXPECT_EQ(taken(EventKind::kDayTotals), "m");
  EXPECT_EQ(taken(EventKind::kMerchantSettingChanged), "om");
  EXPECT_EQ(taken(EventKind::kSellerReply), "oc");
  EXPECT_EQ(taken(EventKind::kExternalComplaintReceived), "oa");
}

TEST(EventCodec, AWrongKeySaysWhatWasExpected) {
  const auto why = [](std::string_view type, const std::string& key) {
    Claim claim = ExampleClaim(type);
    claim.key = key;
    return WhyNot(claim);
  };
  EXPECT_EQ(
      why("Draw", "o/TAOBAO/1"),
      "key: expected the key of an account such as a/TAOBAO/voucher-budget, found \"o/TAOBAO/1\"");
  EXPECT_EQ(why("MerchantSettingChanged", "a/TAOBAO/1"),
            "key: expected the key of a merchant such as m/TAOBAO/7 or of an order such as "
            "o/TAOBAO/123, found \"a/TAOBAO/1\"");
  EXPECT_EQ(why("BuyerMessage", "m/TAOBAO/1"),
            "key: expected the key of a conversation such as c/TAOBAO/9 or of an order such as "
            "o/TAOBAO/123, found \"m/TAOBAO/1\"");
}

TEST(EventCodec, TimerZeroIsATimer) {
  const Claim claim = With<DeadlineExtended>(
      "DeadlineExtended", [](Claim&, DeadlineExtended& b) { b.timer = Timer::kT0; });
  const absl::StatusOr<Claim> back = DecodeClaim(EncodeClaim(claim));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(std::get<DeadlineExtended>(back->body).timer, Timer::kT0);
}

// Zero is absent, so an offer that supersedes "zero" has a second form, which is not taken.
TEST(EventCodec, AnAbsentIdHasOneForm) {
  EXPECT_EQ(
      WhyNotRaw("OfferMade",
                [](auto c) {
                  const capnp::byte zero[16] = {};
                  c.getBody().getOfferMade().setSupersedes(capnp::Data::Reader(zero, sizeof(zero)));
                }),
      "body.offerMade.supersedes: not canonical: expected no pointer to bytes that are all "
      "zero");
  EXPECT_EQ(WhyNotRaw("MerchantRolledUp",
                      [](auto c) {
                        const capnp::byte zero[32] = {};
                        c.getBody().getMerchantRolledUp().setPack(
                            capnp::Data::Reader(zero, sizeof(zero)));
                      }),
            "body.merchantRolledUp.pack: not canonical: expected no pointer to bytes that are all "
            "zero");
}

TEST(EventCodec, TheStamp) {
  const std::string claim = EncodeClaim(ExampleClaim("Tick"));
  EXPECT_EQ(Why(EncodeRecord(claim, {{-1}, "p"})),
            "stamp.recordedAt: expected an instant from 1970 to 9999, found -1 ms");
  EXPECT_EQ(Why(EncodeRecord(claim, {{0}, std::string(129, 'p')})),
            "stamp.principal: expected at most 128 bytes, found 129");
  EXPECT_EQ(Why(EncodeRecord(claim, {{0}, ""})), "");
}

TEST(EventCodec, Texts) {
  const auto why = [](const std::string& text) {
    return WhyNot(With<ShipmentDeclared>("ShipmentDeclared",
                                         [&](Claim&, ShipmentDeclared& b) { b.parcel = text; }));
  };
  const std::string where = "body.shipmentDeclared.parcel: expected ";
  EXPECT_EQ(why(""), where + "1 to 64 bytes, found 0");
  EXPECT_EQ(why(std::string(65, 'p')), where + "1 to 64 bytes, found 65");
  const std::string clean = where + "UTF-8 without control characters, found ";
  EXPECT_EQ(why("a\nb"), clean + "control character U+000A at byte 1");
  EXPECT_EQ(why(std::string("a\0b", 3)), clean + "control character U+0000 at byte 1");
  EXPECT_EQ(why("a\x7f"), clean + "control character U+007F at byte 1");
  EXPECT_EQ(why("\xc2\x85"), clean + "control character U+0085 at byte 0");
  EXPECT_EQ(why("ab\xff"), clean + "byte 0xff at 2, which is not UTF-8");
  EXPECT_EQ(why("\xc0\xaf"), clean + "byte 0xc0 at 0, which is not UTF-8");
  EXPECT_EQ(why("\xe0\x80\xaf"), clean + "byte 0xe0 at 0, which is not UTF-8");
  EXPECT_EQ(why("\xed\xa0\x80"), clean + "byte 0xed at 0, which is not UTF-8");
  EXPECT_EQ(why("\xf4\x90\x80\x80"), clean + "byte 0xf4 at 0, which is not UTF-8");
  EXPECT_EQ(why("\xe4\xb8"), clean + "byte 0xe4 at 0, which is not UTF-8");
  EXPECT_EQ(why("包裹 😀"), "");
}

TEST(EventCodec, ListsAndWhatIsInThem) {
  const auto paid = [](const std::function<void(OrderPaid&)>& edit) {
    return WhyNot(With<OrderPaid>("OrderPaid", [&](Claim&, OrderPaid& b) { edit(b); }));
  };
  EXPECT_EQ(paid([](OrderPaid& b) { b.lines.clear(); }),
            "body.orderPaid.lines: expected 1 to 100 items, found 0");
  EXPECT_EQ(paid([](OrderPaid& b) { b.lines.resize(101, b.lines[0]); }),
            "body.orderPaid.lines: expected 1 to 100 items, found 101");
  EXPECT_EQ(paid([](OrderPaid& b) {
              b.lines.resize(2, b.lines[0]);
              b.lines[1].paid.currency = Currency::kUnspecified;
            }),
            "body.orderPaid.lines[1].paid.currency: expected a value, found UNSPECIFIED");
  EXPECT_EQ(paid([](OrderPaid& b) { b.lines[0].paid.units = -kMaxUnits - 1; }),
            "body.orderPaid.lines[0].paid.units: expected at least -1000000000000000, found "
            "-1000000000000001");
  EXPECT_EQ(paid([](OrderPaid& b) {
              b.lines[0].supported = {CaseKind::kRepair, CaseKind::kUnspecified};
            }),
            "body.orderPaid.lines[0].supported[1]: expected a value, found UNSPECIFIED");
  EXPECT_EQ(paid([](OrderPaid& b) { b.lines[0].supported = {static_cast<CaseKind>(8)}; }),
            "body.orderPaid.lines[0].supported[0]: expected a number below 8, found 8");
  EXPECT_EQ(paid([](OrderPaid& b) {
              b.lines[0].buckets.resize(17, {Bucket::kCoins, {1, Currency::kCny}});
            }),
            "body.orderPaid.lines[0].buckets: expected at most 16 items, found 17");
  EXPECT_EQ(paid([](OrderPaid& b) {
              b.lines[0].buckets = {{Bucket::kUnspecified, {1, Currency::kCny}}};
            }),
            "body.orderPaid.lines[0].buckets[0].bucket: expected a value, found UNSPECIFIED");
  const auto ruling = [](const std::function<void(RulingProposed&)>& edit) {
    return WhyNot(
        With<RulingProposed>("RulingProposed", [&](Claim&, RulingProposed& b) { edit(b); }));
  };
  EXPECT_EQ(ruling([](RulingProposed& b) {
              b.reason_codes = {"a", ""};
            }),
            "body.rulingProposed.reasonCodes[1]: expected 1 to 256 bytes, found 0");
  EXPECT_EQ(ruling([](RulingProposed& b) { b.reason_codes = {"a\tb"}; }),
            "body.rulingProposed.reasonCodes[0]: expected UTF-8 without control characters, found "
            "control character U+0009 at byte 1");
}

TEST(EventCodec, BytesBelowOurOwnWriter) {
  EXPECT_EQ(WhyNotRaw("Tick", [](auto c) { c.setCaseId(kj::heapArray<capnp::byte>(15)); }),
            "caseId: expected 16 bytes, found 15");
  EXPECT_EQ(WhyNotRaw("OrderCompleted", [](auto c) { c.setKey(""); }),
            "key: not canonical: expected no pointer to an empty value");
  EXPECT_EQ(
      WhyNotRaw("RefundRejected", [](auto c) { c.getBody().getRefundRejected().initEvidence(0); }),
      "body.refundRejected.evidence: not canonical: expected no pointer to an empty value");
  EXPECT_EQ(
      WhyNotRaw("OrderPaid", [](auto c) { c.getBody().getOrderPaid().getLines()[0].disownPaid(); }),
      "body.orderPaid.lines[0].paid: expected an object, found none");
  EXPECT_EQ(WhyNotRaw("RulingProposed",
                      [](auto c) {
                        const capnp::byte bytes[31] = {};
                        c.getBody().getRulingProposed().initConsidered(1).set(
                            0, capnp::Data::Reader(bytes, sizeof(bytes)));
                      }),
            "body.rulingProposed.considered[0]: expected 32 bytes, found 31");
  EXPECT_EQ(WhyNotRaw("Tick", [](auto c) { c.disownActor(); }),
            "actor: expected an object, found none");
  EXPECT_EQ(WhyNotRaw("Tick", [](auto c) { c.disownBody(); }),
            "body: expected an object, found none");
}

// The same value in other bytes: not truncated, or with a segment table in front.
TEST(EventCodec, OtherFormsOfTheSameValue) {
  capnp::MallocMessageBuilder message;
  auto claim = message.initRoot<schema::Claim>();
  WriteClaim(ExampleClaim("OrderPaid"), claim);
  const auto segment = message.getSegmentsForOutput()[0].asBytes();
  const ByteView plain(reinterpret_cast<const char*>(segment.begin()), segment.size());
  EXPECT_EQ(Why(EncodeRecord(plain, kStamp)),
            "claim: not canonical: expected the bytes of capnp::canonicalize");
  const auto framed = capnp::messageToFlatArray(message);
  EXPECT_NE(
      Why(EncodeRecord({reinterpret_cast<const char*>(framed.begin()), framed.size() * 8}, kStamp)),
      "");
  const std::string record = RecordOf(ExampleClaim("Tick"));
  EXPECT_EQ(Why(record + std::string(8, '\0')),
            "record: not canonical: expected the bytes of capnp::canonicalize");
}

// What a newer binary may have written: data and pointers that this one does not know.
TEST(EventCodec, FieldsThatTheSchemaDoesNotKnow) {
  const std::string why = "not canonical: expected only fields of the schema, found others";
  EXPECT_EQ(WhyNotRaw("DeliveryScan",
                      [](auto c) {
                        capnp::AnyStruct::Builder scan(c.getBody().getDeliveryScan());
                        scan.getDataSection()[2] = 1;  // behind the enum's 16 bits
                      }),
            "body.deliveryScan: " + why);
  EXPECT_EQ(
      WhyNotRaw("Tick",
                [](auto c) { capnp::AnyStruct::Builder(c.getBody()).getDataSection()[7] = 1; }),
      "body: " + why);
  // One more word of data than LineUnits has: written through a struct that is larger.
  EXPECT_EQ(WhyNotRaw("Tick",
                      [](auto c) {
                        auto wide = capnp::AnyStruct::Builder(c.getBody())
                                        .getPointerSection()[0]
                                        .template initAs<schema::RefundAmended>();
                        wide.setKind(schema::CaseKind::REPAIR);
                      }),
            "body.tick: " + why);
  EXPECT_EQ(WhyNotRaw("Tick",
                      [](auto c) {
                        auto more = capnp::AnyStruct::Builder(c.getBody())
                                        .getPointerSection()[0]
                                        .template initAs<schema::CarrierScan>();
                        more.setCarrier("SF");
                      }),
            "body.tick: " + why);
  EXPECT_EQ(
      WhyNotRaw("Tick",
                [](auto c) { capnp::AnyStruct::Builder(c.getBody()).getDataSection()[0] = 93; }),
      "body: expected a kind of event below 93, found 93");
}

// A reader of structs takes lists of numbers as well; they would be a second form.
TEST(EventCodec, ListsOfAnotherKind) {
  const auto body_pointer = [](schema::Claim::Builder c) {
    return capnp::AnyStruct::Builder(capnp::AnyStruct::Builder(c.getBody())
                                         .getPointerSection()[0]
                                         .getAs<capnp::AnyStruct>())
        .getPointerSection();
  };
  EXPECT_EQ(WhyNotRaw("OrderCancelled",
                      [&](auto c) {
                        body_pointer(c)[0].template initAs<capnp::List<uint32_t>>(2).set(0, 7);
                      }),
            "body.orderCancelled.lines: not canonical: expected the schema's kind of list");
}

// capnp::MessageReader::isCanonical() 0.9.2 does not see the highest bit of the tag.
TEST(EventCodec, AListTagWithABitTooMany) {
  std::string claim = EncodeClaim(ExampleClaim("OrderCancelled"));
  const size_t tag = claim.find(std::string("\x04\0\0\0\x01\0\x01\0\x01\0\0\0", 12));
  ASSERT_NE(tag, std::string::npos);
  claim[tag + 3] = '\x80';
  EXPECT_EQ(Why(EncodeRecord(claim, kStamp)),
            "body.orderCancelled.lines: not canonical: expected a plain list tag");
}

// ---- Mutations: whatever the bytes, an answer; and what is accepted has one form. ----

void ExpectSaneAnswer(const std::string& bytes) {
  const auto result = DecodeRecord(bytes, kSemantic);
  if (const auto* unreadable = std::get_if<Unreadable>(&result)) {
    ASSERT_FALSE(unreadable->why.empty());
    return;
  }
  const Event& event = std::get<Event>(result);
  ASSERT_EQ(EncodeRecord(EncodeClaim(event.claim), event.stamp), bytes);
}

void ExpectSaneAnswersToMutationsOf(const std::string& record) {
  for (size_t at = 0; at < record.size(); ++at) {
    for (const int mask : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff}) {
      std::string mutated = record;
      mutated[at] = static_cast<char>(mutated[at] ^ mask);
      ExpectSaneAnswer(mutated);
    }
    ExpectSaneAnswer(record.substr(0, at));
    ExpectSaneAnswer(record.substr(at));
  }
}

TEST(EventCodec, NoMutationIsMistaken) {
  for (const std::string& type : EventTypeNames()) {
    ExpectSaneAnswersToMutationsOf(RecordOf(ExampleClaim(type)));
  }
}

TEST(EventCodec, NoMutationOfAFullClaimIsMistaken) {
  for (const Claim& claim : FullClaims(EventBody())) {
    ExpectSaneAnswersToMutationsOf(RecordOf(claim));
  }
}

// ---- The vocabulary ----

template <class E>
void ExpectSameEnum(capnp::EnumSchema schema) {
  const auto enumerants = schema.getEnumerants();
  const std::string name = schema.getShortDisplayName().cStr();
  ASSERT_EQ(enumerants.size(), CountOf<E>()) << name;
  for (const auto enumerant : enumerants) {
    EXPECT_EQ(EnumName(enumerant.getProto().getName().cStr()),
              NameOf(static_cast<E>(enumerant.getOrdinal())))
        << name;
  }
}

TEST(Vocabulary, IsTheSchemas) {
#define REFUND_SAME_ENUM(Name) ExpectSameEnum<Name>(capnp::Schema::from<schema::Name>());
  REFUND_SAME_ENUM(Platform)
  REFUND_SAME_ENUM(Currency)
  REFUND_SAME_ENUM(Role)
  REFUND_SAME_ENUM(CaseKind)
  REFUND_SAME_ENUM(ClaimReason)
  REFUND_SAME_ENUM(RefusalGround)
  REFUND_SAME_ENUM(Phase)
  REFUND_SAME_ENUM(CloseReason)
  REFUND_SAME_ENUM(Overlay)
  REFUND_SAME_ENUM(Side)
  REFUND_SAME_ENUM(RulingOutcome)
  REFUND_SAME_ENUM(Remedy)
  REFUND_SAME_ENUM(Goods)
  REFUND_SAME_ENUM(LegState)
  REFUND_SAME_ENUM(LegKind)
  REFUND_SAME_ENUM(Bearer)
  REFUND_SAME_ENUM(Liability)
  REFUND_SAME_ENUM(PayoutFailure)
  REFUND_SAME_ENUM(AbuseVerdict)
  REFUND_SAME_ENUM(DeliveryLevel)
  REFUND_SAME_ENUM(HelpGround)
  REFUND_SAME_ENUM(EvidenceKind)
  REFUND_SAME_ENUM(PromiseKind)
  REFUND_SAME_ENUM(Route)
  REFUND_SAME_ENUM(OnTimeout)
  REFUND_SAME_ENUM(FirstStep)
  REFUND_SAME_ENUM(Ruler)
  REFUND_SAME_ENUM(Basis)
  REFUND_SAME_ENUM(Timer)
  REFUND_SAME_ENUM(StepResult)
  REFUND_SAME_ENUM(Machine)
  REFUND_SAME_ENUM(Refusal)
  REFUND_SAME_ENUM(Bucket)
  REFUND_SAME_ENUM(VoucherKind)
  REFUND_SAME_ENUM(VoucherState)
  REFUND_SAME_ENUM(Inspection)
  REFUND_SAME_ENUM(GoodsFault)
  REFUND_SAME_ENUM(AppealResult)
  REFUND_SAME_ENUM(DisputeResult)
  REFUND_SAME_ENUM(DisputeState)
  REFUND_SAME_ENUM(Entrance)
  REFUND_SAME_ENUM(EntranceBy)
  REFUND_SAME_ENUM(CardAnswer)
  REFUND_SAME_ENUM(Channel)
  REFUND_SAME_ENUM(HoldScope)
  REFUND_SAME_ENUM(ReplierKind)
  REFUND_SAME_ENUM(DeviceState)
  REFUND_SAME_ENUM(Anomaly)
  REFUND_SAME_ENUM(Violation)
  REFUND_SAME_ENUM(OnLoss)
  REFUND_SAME_ENUM(OnUnfulfilled)
#undef REFUND_SAME_ENUM
}

// An enum whose names are those of events, and stand in CamelCase.
TEST(Vocabulary, DerivedKindsAreTheSchemas) {
  const auto enumerants = capnp::Schema::from<schema::DerivedKind>().getEnumerants();
  ASSERT_EQ(enumerants.size(), CountOf<DerivedKind>());
  EXPECT_EQ(NameOf(DerivedKind::kUnspecified), "UNSPECIFIED");
  for (const auto enumerant : enumerants) {
    std::string name = enumerant.getProto().getName().cStr();
    if (enumerant.getOrdinal() == 0) continue;
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
    EXPECT_EQ(name, NameOf(static_cast<DerivedKind>(enumerant.getOrdinal())));
  }
}

TEST(Vocabulary, KindsAreTheSchemas) {
  const std::vector<std::string> names = EventTypeNames();
  ASSERT_EQ(names.size(), CountOf<EventKind>());
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(names[i], NameOf(static_cast<EventKind>(i)));
    const auto described = DescribeType(names[i], true);
    ASSERT_TRUE(described.ok());
    const bool broadcast = described->find("\"class\":\"broadcast\"") != std::string::npos;
    EXPECT_EQ(broadcast, IsBroadcast(static_cast<EventKind>(i))) << names[i];
  }
}

}  // namespace
}  // namespace refund::codec
