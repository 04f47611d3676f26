#include "tools/generate/line.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/json_text.h"
#include "engine/codec/json_lines.h"

namespace refund::generate {
namespace {

// A type of this namespace, so that the overloads below are found wherever they stand.
struct Out {
  std::string text;
};

void Append(Out& out, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  if (!plain) {
    out.text += JsonText(text);
    return;
  }
  out.text += '"';
  out.text += text;
  out.text += '"';
}

template <class T>
concept Whole = std::is_integral_v<T> && !std::is_same_v<T, bool>;

// ---- Values ----

void AppendValue(Out& out, const std::string& text) { Append(out, text); }
void AppendValue(Out& out, bool value) { out.text += value ? "true" : "false"; }
template <Whole T>
void AppendValue(Out& out, T number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.text.append(digits, end);
}
template <class E>
  requires std::is_enum_v<E>
void AppendValue(Out& out, E value) {
  out.text += '"';
  out.text += NameOf(value);
  out.text += '"';
}
void AppendHex(Out& out, const uint8_t* bytes, size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  out.text += '"';
  for (size_t i = 0; i < size; ++i) {
    out.text += kDigits[bytes[i] >> 4];
    out.text += kDigits[bytes[i] & 15];
  }
  out.text += '"';
}
void AppendValue(Out& out, const Id& id) { AppendHex(out, id.bytes.data(), id.bytes.size()); }
void AppendValue(Out& out, const Digest& digest) {
  AppendHex(out, digest.bytes.data(), digest.bytes.size());
}
void AppendValue(Out& out, Instant at) { Append(out, FormatInstant(at)); }

// ---- Objects: keys in the order of the schema, what is optional and absent left out ----

class Object {
 public:
  explicit Object(Out& out) : out_(out) { out_.text += '{'; }
  ~Object() { out_.text += '}'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  template <class T>
  void Has(std::string_view key, const T& value) {
    if (!std::exchange(first_, false)) out_.text += ',';
    out_.text += '"';
    out_.text += key;
    out_.text += "\":";
    AppendValue(out_, value);
  }
  template <class T>
  void May(std::string_view key, const T& value) {
    if (value != T{}) Has(key, value);
  }
  template <class T>
  void May(std::string_view key, const std::optional<T>& value) {
    if (value) Has(key, *value);
  }
  template <class T>
  void May(std::string_view key, const std::vector<T>& values) {
    if (!values.empty()) Has(key, values);
  }

 private:
  Out& out_;
  bool first_ = true;
};

void Fill(Object& o, const Money& v) {
  o.Has("units", v.units);
  o.Has("currency", v.currency);
}
void Fill(Object& o, const Actor& v) {
  o.Has("role", v.role);
  o.Has("id", v.id);
}
void Fill(Object& o, const LineUnits& v) {
  o.Has("line", v.line);
  o.Has("quantity", v.quantity);
}
void Fill(Object& o, const Evidence& v) {
  o.Has("hash", v.hash);
  o.Has("kind", v.kind);
  o.May("slot", v.slot);
  o.May("uri", v.uri);
  o.May("shared", v.shared);
}
void Fill(Object& o, const BucketAmount& v) {
  o.Has("bucket", v.bucket);
  o.Has("amount", v.amount);
  o.May("funder", v.funder);
}
void Fill(Object& o, const OfferOption& v) {
  o.Has("remedy", v.remedy);
  o.Has("amount", v.amount);
}
void Fill(Object& o, const LiabilityShare& v) {
  o.Has("bearer", v.bearer);
  o.Has("basis_points", v.basis_points);
}
void Fill(Object& o, const PaidLine& v);
void Fill(Object& o, const RulingProposed& v);

template <class T>
concept Filled = requires(Object& o, const T& v) { Fill(o, v); };

template <Filled T>
void AppendValue(Out& out, const T& value) {
  Object object(out);
  Fill(object, value);
}
template <class T>
void AppendValue(Out& out, const std::vector<T>& values) {
  out.text += '[';
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out.text += ',';
    AppendValue(out, values[i]);
  }
  out.text += ']';
}

void Fill(Object& o, const PaidLine& v) {
  o.Has("line", v.line);
  o.Has("sku", v.sku);
  o.Has("quantity", v.quantity);
  o.Has("paid", v.paid);
  o.May("perishable", v.perishable);
  o.May("buckets", v.buckets);
  o.May("supported", v.supported);
  o.May("serial", v.serial);
}
void Fill(Object& o, const OrderPaid& v) {
  o.Has("buyer", v.buyer);
  o.Has("merchant", v.merchant);
  o.Has("lines", v.lines);
  o.May("return_address", v.return_address);
}
void Fill(Object&, const Tick&) {}
void Fill(Object&, const OrderCompleted&) {}
void Fill(Object&, const RefundWithdrawn&) {}
void Fill(Object&, const AppealWaived&) {}
void Fill(Object&, const EntranceOpenRequested&) {}
void Fill(Object& o, const ShipmentDeclared& v) {
  o.Has("parcel", v.parcel);
  o.Has("carrier", v.carrier);
}
void Fill(Object& o, const CarrierScan& v) {
  o.Has("parcel", v.parcel);
  o.Has("carrier", v.carrier);
}
void Fill(Object& o, const DeliveryScan& v) {
  o.Has("parcel", v.parcel);
  o.Has("level", v.level);
}
void Fill(Object& o, const RefundRequested& v) {
  o.Has("kind", v.kind);
  o.Has("units", v.units);
  o.Has("ask", v.ask);
  o.Has("reason", v.reason);
  o.May("evidence", v.evidence);
  o.May("extra", v.extra);
}
void Fill(Object& o, const ComplaintFiled& v) {
  o.Has("kind", v.kind);
  o.Has("units", v.units);
  o.Has("ask", v.ask);
  o.Has("reason", v.reason);
  o.May("evidence", v.evidence);
}
void Fill(Object& o, const RefundAccepted& v) {
  o.May("quantity", v.quantity);
  o.May("waived", v.waived);
  o.May("intercept", v.intercept);
  o.May("address", v.address);
}
void Fill(Object& o, const RefundRejected& v) {
  o.Has("ground", v.ground);
  o.May("evidence", v.evidence);
  o.May("quantity", v.quantity);
}
void Fill(Object& o, const CaseReopened& v) {
  o.Has("ground", v.ground);
  o.May("reason", v.reason);
  o.May("evidence", v.evidence);
}
void Fill(Object& o, const OfferMade& v) {
  o.Has("options", v.options);
  o.May("expires_at", v.expires_at);
  o.May("supersedes", v.supersedes);
  o.May("units", v.units);
}
void Fill(Object& o, const SettlementAgreed& v) {
  o.Has("remedy", v.remedy);
  o.Has("agreed_by", v.agreed_by);
}
void Fill(Object& o, const PlatformHelpRequested& v) { o.Has("ground", v.ground); }
void Fill(Object& o, const PlatformIntervened& v) {
  o.Has("ground", v.ground);
  o.May("kind", v.kind);
  o.May("units", v.units);
  o.May("ask", v.ask);
  o.May("reason", v.reason);
}
void Fill(Object& o, const EvidenceSubmitted& v) {
  o.May("evidence", v.evidence);
  o.May("seal", v.seal);
}
void Fill(Object& o, const LiabilityAssessed& v) {
  o.Has("liability", v.liability);
  o.May("grounds", v.grounds);
}
void Fill(Object& o, const RulingProposed& v) {
  o.Has("outcome", v.outcome);
  o.Has("remedy", v.remedy);
  o.Has("amount", v.amount);
  o.May("reason_codes", v.reason_codes);
  o.May("considered", v.considered);
  o.May("text", v.text);
  o.May("quantity", v.quantity);
  o.May("shares", v.shares);
}
void Fill(Object& o, const Rearbitrated& v) {
  o.Has("pack", v.pack);
  o.Has("ruling", v.ruling);
  o.Has("approved_by", v.approved_by);
}
void Fill(Object& o, const SellerStandingSnapshot& v) {
  o.Has("bad_reviews", v.bad_reviews);
  o.Has("violations", v.violations);
  o.Has("as_of", v.as_of);
  o.May("source_version", v.source_version);
}
void Fill(Object& o, const ProductRatingSnapshot& v) {
  o.Has("line", v.line);
  o.Has("good", v.good);
  o.Has("rated", v.rated);
  o.Has("as_of", v.as_of);
  o.May("source_version", v.source_version);
}
void Fill(Object& o, const AbuseAssessed& v) {
  o.Has("verdict", v.verdict);
  o.Has("as_of", v.as_of);
  o.May("model_version", v.model_version);
}
void Fill(Object& o, const RefundPaid& v) {
  o.Has("leg", v.leg);
  o.May("reference", v.reference);
  o.May("attempt", v.attempt);
}
void Fill(Object& o, const RefundFailed& v) {
  o.Has("leg", v.leg);
  o.Has("failure", v.failure);
  o.May("reference", v.reference);
  o.May("attempt", v.attempt);
}
void Fill(Object& o, const RefundReversed& v) {
  o.Has("leg", v.leg);
  o.Has("amount", v.amount);
  o.May("reference", v.reference);
}
void Fill(Object& o, const PayoutDestinationGiven& v) {
  o.Has("leg", v.leg);
  o.Has("destination", v.destination);
}
void Fill(Object& o, const AfterSalesApplyClicked& v) { o.Has("channel", v.channel); }
void Fill(Object& o, const ReturnShipped& v) {
  o.Has("carrier", v.carrier);
  o.Has("parcel", v.parcel);
  o.May("quantity", v.quantity);
  o.May("freight", v.freight);
}
void Fill(Object& o, const AppealFiled& v) {
  o.Has("ground", v.ground);
  o.May("text", v.text);
  o.May("evidence", v.evidence);
}
void Fill(Object& o, const BuyerMessage& v) { o.Has("message", v.message); }
void Fill(Object& o, const SellerReply& v) {
  o.Has("by", v.by);
  o.Has("message", v.message);
}
void Fill(Object& o, const SatisfactionRated& v) { o.May("satisfied", v.satisfied); }
void Fill(Object& o, const ChatMonitoringFlag& v) {
  o.Has("flag", v.flag);
  o.May("model_version", v.model_version);
}

template <class Body>
std::string Line(const Claim& claim, Instant recorded_at, const Body& body) {
  Out out;
  out.text.reserve(512);
  {
    Object line(out);
    line.Has("id", claim.id);
    line.Has("type", claim.kind());
    line.May("key", claim.key);
    const std::string at = FormatInstant(recorded_at);
    line.Has("occurred_at",
             claim.occurred_at == recorded_at ? at : FormatInstant(claim.occurred_at));
    line.Has("actor", claim.actor);
    line.May("case", claim.case_id);
    line.May("expected_version", claim.expected_version);
    line.Has("recorded_at", at);
    line.Has("body", body);
  }
  return std::move(out.text);
}

}  // namespace

std::string LineOf(const Claim& claim, Instant recorded_at) {
  return std::visit(
      [&]<class Body>(const Body& body) {
        if constexpr (Filled<Body>) {
          return Line(claim, recorded_at, body);
        } else {
          return codec::ClaimToJson(claim, recorded_at);
        }
      },
      claim.body);
}

}  // namespace refund::generate
