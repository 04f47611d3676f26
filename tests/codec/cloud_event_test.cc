// CloudEvents in both modes give the bytes that a line of JSON gives, or an error that names the
// place as the sender wrote it.
#include "engine/codec/cloud_event.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace refund::codec {
namespace {

constexpr char kBody[] =
    R"({"kind":"REFUND_ONLY","units":{"line":"1","quantity":1},"ask":{"units":5990,"currency":"CNY"},"reason":"TASTE"})";

MessageHeaders Binary() {
  return {{"content-type", "application/json; charset=utf-8"},
          {"traceparent", "00-1-2-01"},
          {"ce_specversion", "1.0"},
          {"ce_source", "/teams/refunds"},
          {"ce_id", "c-1"},
          {"ce_type", "RefundRequested"},
          {"ce_subject", "o/TAOBAO/1001"},
          {"ce_time", "2024-03-01T10:00:00.000+08:00"},
          {"ce_actorrole", "BUYER"},
          {"ce_actorid", "b-81"},
          {"ce_expectedversion", "3"},
          {"ce_region", "east"}};
}

std::string Structured(const std::string& subject = "o/TAOBAO/1001") {
  return R"({"specversion":"1.0","source":"/teams/refunds","id":"c-1","type":"RefundRequested","subject":")" +
         subject +
         R"(","time":"2024-03-01T10:00:00.000+08:00","actorrole":"BUYER","actorid":"b-81","expectedversion":3,)"
         R"("datacontenttype":"application/json","region":"east","data":)" +
         kBody + "}";
}

const MessageHeaders kStructured = {{"content-type", "application/cloudevents+json"}};

std::string LineBytes() {
  const auto line = ParseLine(
      R"({"id":"c-1","type":"RefundRequested","key":"o/TAOBAO/1001","occurred_at":"2024-03-01T10:00:00.000+08:00","actor":{"role":"BUYER","id":"b-81"},"expected_version":3,"body":)" +
          std::string(kBody) + "}",
      false);
  return std::get<ClaimLine>(line).claim_bytes;
}

std::string ErrorOf(const MessageHeaders& headers, std::optional<std::string_view> value) {
  const LineResult result = ParseCloudEvent(headers, value);
  const auto* error = std::get_if<LineError>(&result);
  return error == nullptr ? "no error" : error->Text();
}

MessageHeaders With(const std::string& name, const std::string& value) {
  MessageHeaders headers = Binary();
  for (auto& [key, text] : headers) {
    if (key == name) text = value;
  }
  return headers;
}

MessageHeaders Without(const std::string& name) {
  MessageHeaders headers = Binary();
  std::erase_if(headers, [&](const auto& each) { return each.first == name; });
  return headers;
}

TEST(CloudEvent, BothModesGiveTheBytesOfALine) {
  const LineResult binary = ParseCloudEvent(Binary(), kBody);
  ASSERT_TRUE(std::holds_alternative<ClaimLine>(binary)) << std::get<LineError>(binary).Text();
  EXPECT_EQ(std::get<ClaimLine>(binary).claim_bytes, LineBytes());
  EXPECT_FALSE(std::get<ClaimLine>(binary).recorded_at.has_value());
  const LineResult structured = ParseCloudEvent(kStructured, Structured());
  ASSERT_TRUE(std::holds_alternative<ClaimLine>(structured))
      << std::get<LineError>(structured).Text();
  EXPECT_EQ(std::get<ClaimLine>(structured).claim_bytes, LineBytes());
}

TEST(CloudEvent, ErrorsNameThePlaceAsTheSenderWroteIt) {
  EXPECT_EQ(ErrorOf(Binary(), std::nullopt), "expected an event, found a null value (a tombstone)");
  EXPECT_NE(ErrorOf({}, kBody).find("content-type: expected application/json"), std::string::npos);
  EXPECT_NE(
      ErrorOf({{"content-type", "application/cloudevents-batch+json"}}, "[]").find("content-type"),
      std::string::npos);
  EXPECT_EQ(ErrorOf(Without("ce_specversion"), kBody),
            "ce_specversion: expected the CloudEvents attribute specversion, found nothing");
  EXPECT_EQ(ErrorOf(With("ce_specversion", "0.3"), kBody),
            "ce_specversion: expected \"1.0\", found \"0.3\"");
  EXPECT_NE(ErrorOf(With("ce_subject", "1001"), kBody).find("ce_subject: expected"),
            std::string::npos);
  EXPECT_NE(ErrorOf(Without("ce_time"), kBody).find("ce_time: expected"), std::string::npos);
  EXPECT_NE(ErrorOf(With("ce_actorrole", "KING"), kBody).find("ce_actorrole: expected"),
            std::string::npos);
  EXPECT_NE(ErrorOf(With("ce_expectedversion", "-3"), kBody).find("ce_expectedversion: expected"),
            std::string::npos);
  EXPECT_NE(ErrorOf(kStructured, Structured("1001")).find("/subject: expected"), std::string::npos);
  MessageHeaders twice = Binary();
  twice.emplace_back("ce_id", "c-2");
  EXPECT_EQ(ErrorOf(twice, kBody), "ce_id: expected this header once, found it twice");
}

TEST(CloudEvent, TheBodyIsCheckedAsALinesIs) {
  EXPECT_NE(ErrorOf(Binary(), R"({"kind":"REFUND_ONLY")").find("/data: expected"),
            std::string::npos);
  EXPECT_NE(
      ErrorOf(
          Binary(),
          R"({"kind":"REFUND_ONLY","units":{"line":"1","quantity":1},"ask":{"units":59.90,"currency":"CNY"},"reason":"TASTE"})")
          .find("/data/ask/units: expected an integer of minor units"),
      std::string::npos);
  // Nothing can be smuggled past the body's end.
  EXPECT_NE(ErrorOf(Binary(), std::string(kBody) + R"(,"recorded_at":"2020-01-01T00:00:00Z")")
                .find("/data"),
            std::string::npos);
  // A message is the engine's alone, and a derived event is none.
  EXPECT_NE(ErrorOf(With("ce_type", "Draw"), kBody).find("ce_type"), std::string::npos);
  EXPECT_NE(ErrorOf(With("ce_type", "RulingIssued"), kBody).find("ce_type"), std::string::npos);
}

}  // namespace
}  // namespace refund::codec
