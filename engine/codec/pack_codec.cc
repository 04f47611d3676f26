#include "engine/codec/pack_codec.h"

#include <capnp/dynamic.h>
#include <capnp/message.h>
#include <capnp/serialize.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/status.h"
#include "engine/codec/canonical.h"
#include "engine/codec/json_walker.h"
#include "engine/codec/kj_boundary.h"
#include "engine/codec/text_check.h"
#include "engine/policy/facts.h"
#include "engine/policy/fault.h"
#include "pack.capnp.h"

namespace refund::codec {
namespace {

using policy::Pack;
using policy::Question;

// Canonicity and decoding each visit the message once; texts and lists are counted again when
// looked at.
constexpr uint64_t kTraversalFactor = 4;
constexpr int kNestingLimit = 16;
// Of items in any one list: a list of empty structs takes no bytes, so its length needs a limit.
constexpr unsigned kMaxItems = 4096;

// ---- Writing ----

capnp::Text::Reader AsText(std::string_view text) { return {text.data(), text.size()}; }

void Write(const Money& from, schema::Money::Builder to) {
  to.setUnits(from.units);
  to.setCurrency(static_cast<schema::Currency>(from.currency));
}

void Write(const policy::Limit& from, schema::Limit::Builder to) {
  auto period = to.initPeriod();
  period.setCount(from.period.count);
  period.setUnit(static_cast<schema::PeriodUnit>(from.period.unit));
  to.setSource(AsText(from.source));
}

void Write(const policy::Count& from, schema::Count::Builder to) {
  to.setValue(from.value);
  to.setSource(AsText(from.source));
}

void Write(const policy::KindClause& from, schema::KindClause::Builder to) {
  to.setKind(static_cast<schema::CaseKind>(from.kind));
  to.setFrom(from.from.ms);
  to.setSource(AsText(from.source));
}

void Write(const std::pair<const Timer, policy::Limit>& from, schema::DeadlineLimit::Builder to) {
  to.setTimer(static_cast<schema::Timer>(from.first));
  Write(from.second, to.initLimit());
}

void Write(const std::pair<const CaseKind, policy::Limit>& from, schema::SellerReview::Builder to) {
  to.setKind(static_cast<schema::CaseKind>(from.first));
  Write(from.second, to.initLimit());
}

void Write(const Pack::Await& from, schema::Await::Builder to) {
  to.setFact(static_cast<schema::Fact>(from.fact));
  to.setComplaintsOnly(from.complaints_only);
  to.setSource(AsText(from.source));
}

void Write(const policy::VoucherClause& from, schema::VoucherClause::Builder to) {
  to.setKind(static_cast<schema::VoucherKind>(from.kind));
  Write(from.amount, to.initAmount());
  to.setSource(AsText(from.source));
}

void Write(const policy::AccountLimit& from, schema::AccountLimit::Builder to) {
  Write(from.limit, to.initLimit());
  to.setWindowDays(from.window_days);
  to.setSource(AsText(from.source));
}

void Write(const policy::EntranceClause& from, schema::EntranceClause::Builder to) {
  Write(from.open_window, to.initOpenWindow());
  to.setMostOpenings(from.most_openings);
  to.setCards(from.cards);
  to.setBuyerReopens(from.buyer_reopens);
  to.setClosedRefundMayReturn(from.closed_refund_may_return);
  to.setSource(AsText(from.source));
}

void Write(const SlotAsked& from, schema::Slot::Builder to) {
  to.setParty(static_cast<schema::Role>(from.party));
  to.setSlot(AsText(from.slot));
}

std::vector<std::string_view> AllowedNames(const policy::Test& test) {
  std::vector<std::string_view> names;
  const auto values = policy::ValuesOf(test.fact);
  for (size_t i = 0; i < values.size(); ++i) {
    if ((test.allowed >> i & 1) != 0) names.push_back(values[i]);
  }
  return names;
}

void Write(const policy::Test& from, schema::Test::Builder to) {
  to.setFact(static_cast<schema::Fact>(from.fact));
  if (!from.source.empty()) to.setSource(AsText(from.source));
  if (from.fact == FactName::kAsk) return Write(from.at_most, to.initAtMost());
  const auto names = AllowedNames(from);
  auto allowed = to.initAllowed(static_cast<unsigned>(names.size()));
  for (unsigned i = 0; i < allowed.size(); ++i) allowed.set(i, AsText(names[i]));
}

// Initialises a list only if there is something in it, so that an empty one has one form.
template <class Items, class Init>
void WriteList(const Items& items, Init init) {
  if (items.empty()) return;
  auto list = init(static_cast<unsigned>(items.size()));
  unsigned i = 0;
  for (const auto& item : items) Write(item, list[i++]);
}

void WriteRules(Question question, const std::vector<policy::Rule>& rules,
                capnp::List<schema::Rule>::Builder to) {
  for (unsigned i = 0; i < to.size(); ++i) {
    const policy::Rule& rule = rules[i];
    to[i].setLabel(AsText(rule.label));
    to[i].setCatalogue(AsText(rule.catalogue));
    to[i].setWords(AsText(rule.words));
    to[i].setAnswer(AsText(policy::NameOfAnswer(question, rule.answer)));
    WriteList(rule.when, [&](unsigned n) { return to[i].initWhen(n); });
  }
}

void WriteHead(const Pack& pack, schema::Pack::Builder to) {
  to.setPlatform(static_cast<schema::Platform>(pack.platform));
  to.setName(AsText(pack.name));
  to.setTitle(AsText(pack.title));
  to.setEffectiveFrom(pack.effective_from.ms);
  WriteList(pack.kinds, [&](unsigned n) { return to.initKinds(n); });
}

void WriteNumbers(const Pack& pack, schema::Pack::Builder to) {
  WriteList(pack.deadlines, [&](unsigned n) { return to.initDeadlines(n); });
  WriteList(pack.seller_review, [&](unsigned n) { return to.initSellerReview(n); });
  if (pack.evidence_perishable) Write(*pack.evidence_perishable, to.initEvidencePerishable());
  if (pack.filing_window) Write(*pack.filing_window, to.initFilingWindow());
  if (pack.return_in_transit) Write(*pack.return_in_transit, to.initReturnInTransit());
  if (pack.replacement_in_transit) {
    Write(*pack.replacement_in_transit, to.initReplacementInTransit());
  }
  if (pack.report_window) Write(*pack.report_window, to.initReportWindow());
  if (pack.outage_grace) Write(*pack.outage_grace, to.initOutageGrace());
  Write(pack.applications_per_line, to.initApplicationsPerLine());
  Write(pack.amendments, to.initAmendments());
  Write(pack.offers, to.initOffers());
  Write(pack.help_requests, to.initHelpRequests());
  Write(pack.evidence_rounds, to.initEvidenceRounds());
  Write(pack.payout_queries, to.initPayoutQueries());
  Write(pack.payout_retries, to.initPayoutRetries());
  Write(pack.bad_reviews_over, to.initBadReviewsOver());
  Write(pack.violations_over, to.initViolationsOver());
  Write(policy::Count{pack.good_review_basis_points, pack.good_review_source},
        to.initGoodReviewsBelow());
}

void WriteMoney(const Pack& pack, schema::Pack::Builder to) {
  if (pack.freight_flat != Money{}) Write(pack.freight_flat, to.initFreightFlat());
  if (pack.freight_cover_cap != Money{}) Write(pack.freight_cover_cap, to.initFreightCoverCap());
  if (!pack.freight_source.empty()) to.setFreightSource(AsText(pack.freight_source));
  WriteList(pack.vouchers, [&](unsigned n) { return to.initVouchers(n); });
  if (pack.anomaly_voucher) {
    to.setAnomalyVoucher(static_cast<schema::VoucherKind>(*pack.anomaly_voucher));
  }
  if (pack.voucher_budget) Write(*pack.voucher_budget, to.initVoucherBudget());
  if (pack.buyer_cap) Write(*pack.buyer_cap, to.initBuyerCap());
  to.setVoucherCounts(pack.voucher_counts);
  to.setFundRecovers(pack.fund_recovers);
}

void WriteOpenings(const Pack& pack, schema::Pack::Builder to) {
  to.setLostParcelOpensCase(pack.lost_parcel_opens_case);
  to.setInterceptedProductOpensCase(pack.intercepted_product_opens_case);
  to.setThreeOptions(pack.three_options);
  if (pack.entrance) Write(*pack.entrance, to.initEntrance());
}

void WriteArbitration(const Pack& pack, schema::Pack::Builder to) {
  WriteList(pack.awaits, [&](unsigned n) { return to.initAwaits(n); });
  to.setFirstStep(static_cast<schema::FirstStep>(pack.first_step));
  to.setEvidenceFrom(static_cast<schema::Side>(pack.evidence_from));
  WriteList(pack.slots, [&](unsigned n) { return to.initSlots(n); });
  Write(pack.authority_limit, to.initAuthorityLimit());
  to.setAuthoritySource(AsText(pack.authority_source));
  if (pack.help_grounds.empty()) return;
  auto grounds = to.initHelpGrounds(static_cast<unsigned>(pack.help_grounds.size()));
  for (unsigned i = 0; i < grounds.size(); ++i) {
    grounds.set(i, static_cast<schema::HelpGround>(pack.help_grounds[i]));
  }
}

void WriteQuestions(const Pack& pack, schema::Pack::Builder to) {
  const auto size = [](const auto& rules) { return static_cast<unsigned>(rules.size()); };
  WriteRules(Question::kRoute, pack.route, to.initRoute(size(pack.route)));
  WriteRules(Question::kTimeout, pack.timeout, to.initTimeout(size(pack.timeout)));
  WriteRules(Question::kPayer, pack.payer, to.initPayer(size(pack.payer)));
  WriteRules(Question::kRuling, pack.ruling, to.initRuling(size(pack.ruling)));
  WriteRules(Question::kFreight, pack.freight, to.initFreight(size(pack.freight)));
  WriteRules(Question::kLoss, pack.loss, to.initLoss(size(pack.loss)));
  WriteRules(Question::kUnfulfilled, pack.unfulfilled, to.initUnfulfilled(size(pack.unfulfilled)));
  WriteRules(Question::kPayFirst, pack.pay_first, to.initPayFirst(size(pack.pay_first)));
  WriteRules(Question::kMoneyFirst, pack.money_first, to.initMoneyFirst(size(pack.money_first)));
  WriteRules(Question::kAdvance, pack.advance, to.initAdvance(size(pack.advance)));
}

// ---- Reading. Each Read() gives false, and leaves why(), if a value is not what it must be. ----

class PackReader {
 public:
  const std::string& why() const { return why_; }

  bool Read(schema::Pack::Reader r, Pack& out) {
    return ReadHead(r, out) && ReadLimits(r, out) && ReadWindows(r, out) && ReadCounts(r, out) &&
           ReadStanding(r, out) && ReadArbitration(r, out) && ReadFreight(r, out) &&
           ReadVouchers(r, out) && ReadOpenings(r, out) && ReadQuestions(r, out);
  }

 private:
  bool Fail(std::string_view what, std::string_view detail) {
    why_ = std::string(what) + ": " + std::string(detail);
    return false;
  }

  bool Text(std::string_view what, capnp::Text::Reader from, std::string& out) {
    out.assign(from.begin(), from.size());
    if (const auto bad = FindBadText(out, /*lines=*/true)) return Fail(what, *bad);
    return true;
  }

  template <class E, class S>
  bool Enum(std::string_view what, S from, E& out, size_t known) {
    const auto number = static_cast<uint16_t>(from);
    if (number >= known) return Fail(what, "unknown number " + std::to_string(number));
    out = static_cast<E>(number);
    return true;
  }
  template <class E, class S>
  bool Enum(std::string_view what, S from, E& out) {
    return Enum(what, from, out, CountOf<E>());
  }

  bool Sum(schema::Money::Reader r, Money& out) {
    out.units = r.getUnits();
    return Enum("currency", r.getCurrency(), out.currency);
  }

  bool One(schema::Limit::Reader r, policy::Limit& out) {
    constexpr size_t kUnits = static_cast<size_t>(PeriodUnit::kYear) + 1;
    out.period.count = r.getPeriod().getCount();
    return Enum("unit of a period", r.getPeriod().getUnit(), out.period.unit, kUnits) &&
           Text("source", r.getSource(), out.source);
  }

  bool One(schema::Count::Reader r, policy::Count& out) {
    out.value = r.getValue();
    return Text("source", r.getSource(), out.source);
  }

  bool One(schema::KindClause::Reader r, policy::KindClause& out) {
    out.from.ms = r.getFrom();
    return Enum("kind", r.getKind(), out.kind) && Text("source", r.getSource(), out.source);
  }

  bool One(schema::Await::Reader r, Pack::Await& out) {
    out.complaints_only = r.getComplaintsOnly();
    return Enum("awaited fact", r.getFact(), out.fact) && Text("source", r.getSource(), out.source);
  }

  bool One(schema::VoucherClause::Reader r, policy::VoucherClause& out) {
    return Enum("kind of a voucher", r.getKind(), out.kind) && Sum(r.getAmount(), out.amount) &&
           Text("source", r.getSource(), out.source);
  }

  bool One(schema::AccountLimit::Reader r, policy::AccountLimit& out) {
    out.window_days = r.getWindowDays();
    return Sum(r.getLimit(), out.limit) && Text("source", r.getSource(), out.source);
  }

  bool One(schema::EntranceClause::Reader r, policy::EntranceClause& out) {
    out.most_openings = r.getMostOpenings();
    out.cards = r.getCards();
    out.buyer_reopens = r.getBuyerReopens();
    out.closed_refund_may_return = r.getClosedRefundMayReturn();
    return One(r.getOpenWindow(), out.open_window) && Text("source", r.getSource(), out.source);
  }

  bool One(schema::Slot::Reader r, SlotAsked& out) {
    return Enum("party of a slot", r.getParty(), out.party) && Text("slot", r.getSlot(), out.slot);
  }

  bool One(schema::Test::Reader r, policy::Test& out) {
    if (!Enum("fact of a condition", r.getFact(), out.fact) ||
        !Text("source", r.getSource(), out.source)) {
      return false;
    }
    if (out.fact == FactName::kAsk) return Sum(r.getAtMost(), out.at_most);
    if (!Fits(r.getAllowed())) return false;
    const auto values = policy::ValuesOf(out.fact);
    for (const auto allowed : r.getAllowed()) {
      const auto found = std::find(values.begin(), values.end(),
                                   std::string_view(allowed.begin(), allowed.size()));
      if (found == values.end()) return Fail("condition", "unknown value of " + Name(out.fact));
      out.allowed |= uint64_t{1} << (found - values.begin());
    }
    return true;
  }

  template <class From>
  bool Fits(const From& list) {
    return list.size() <= kMaxItems || Fail("list", "more than 4096 items");
  }

  template <class From, class To>
  bool List(From from, std::vector<To>& out) {
    if (!Fits(from)) return false;
    for (const auto each : from) {
      if (!One(each, out.emplace_back())) return false;
    }
    return true;
  }

  bool Rules(Question question, capnp::List<schema::Rule>::Reader from,
             std::vector<policy::Rule>& out) {
    if (!Fits(from)) return false;
    const auto answers = policy::AnswersOf(question);
    for (const auto r : from) {
      policy::Rule& rule = out.emplace_back();
      const auto answer = std::find(answers.begin(), answers.end(),
                                    std::string_view(r.getAnswer().begin(), r.getAnswer().size()));
      if (answer == answers.end()) return Fail(policy::NameOfQuestion(question), "unknown answer");
      rule.answer = static_cast<uint8_t>(answer - answers.begin());
      if (!Text("label", r.getLabel(), rule.label) ||
          !Text("catalogue", r.getCatalogue(), rule.catalogue) ||
          !Text("words", r.getWords(), rule.words) || !List(r.getWhen(), rule.when)) {
        return false;
      }
    }
    return true;
  }

  bool ReadHead(schema::Pack::Reader r, Pack& out) {
    out.effective_from.ms = r.getEffectiveFrom();
    return Enum("platform", r.getPlatform(), out.platform) && Text("name", r.getName(), out.name) &&
           Text("title", r.getTitle(), out.title) && List(r.getKinds(), out.kinds);
  }

  bool ReadLimits(schema::Pack::Reader r, Pack& out) {
    if (!Fits(r.getDeadlines()) || !Fits(r.getSellerReview())) return false;
    for (const auto each : r.getDeadlines()) {
      Timer timer{};
      if (!Enum("timer", each.getTimer(), timer)) return false;
      if (!One(each.getLimit(), out.deadlines[timer])) return false;
    }
    for (const auto each : r.getSellerReview()) {
      CaseKind kind{};
      if (!Enum("kind of a seller review", each.getKind(), kind)) return false;
      if (!One(each.getLimit(), out.seller_review[kind])) return false;
    }
    return true;
  }

  bool ReadWindows(schema::Pack::Reader r, Pack& out) {
    return (!r.hasEvidencePerishable() ||
            One(r.getEvidencePerishable(), out.evidence_perishable.emplace())) &&
           (!r.hasFilingWindow() || One(r.getFilingWindow(), out.filing_window.emplace())) &&
           (!r.hasReturnInTransit() ||
            One(r.getReturnInTransit(), out.return_in_transit.emplace())) &&
           (!r.hasReplacementInTransit() ||
            One(r.getReplacementInTransit(), out.replacement_in_transit.emplace())) &&
           (!r.hasReportWindow() || One(r.getReportWindow(), out.report_window.emplace())) &&
           (!r.hasOutageGrace() || One(r.getOutageGrace(), out.outage_grace.emplace()));
  }

  bool ReadFreight(schema::Pack::Reader r, Pack& out) {
    return (!r.hasFreightFlat() || Sum(r.getFreightFlat(), out.freight_flat)) &&
           (!r.hasFreightCoverCap() || Sum(r.getFreightCoverCap(), out.freight_cover_cap)) &&
           Text("source", r.getFreightSource(), out.freight_source);
  }

  bool ReadVouchers(schema::Pack::Reader r, Pack& out) {
    out.voucher_counts = r.getVoucherCounts();
    out.fund_recovers = r.getFundRecovers();
    if (r.getAnomalyVoucher() != schema::VoucherKind::UNSPECIFIED &&
        !Enum("anomaly voucher", r.getAnomalyVoucher(), out.anomaly_voucher.emplace())) {
      return false;
    }
    return List(r.getVouchers(), out.vouchers) &&
           (!r.hasVoucherBudget() || One(r.getVoucherBudget(), out.voucher_budget.emplace())) &&
           (!r.hasBuyerCap() || One(r.getBuyerCap(), out.buyer_cap.emplace()));
  }

  bool ReadOpenings(schema::Pack::Reader r, Pack& out) {
    out.lost_parcel_opens_case = r.getLostParcelOpensCase();
    out.intercepted_product_opens_case = r.getInterceptedProductOpensCase();
    out.three_options = r.getThreeOptions();
    return !r.hasEntrance() || One(r.getEntrance(), out.entrance.emplace());
  }

  bool ReadQuestions(schema::Pack::Reader r, Pack& out) {
    return Rules(Question::kRoute, r.getRoute(), out.route) &&
           Rules(Question::kTimeout, r.getTimeout(), out.timeout) &&
           Rules(Question::kPayer, r.getPayer(), out.payer) &&
           Rules(Question::kRuling, r.getRuling(), out.ruling) &&
           Rules(Question::kFreight, r.getFreight(), out.freight) &&
           Rules(Question::kLoss, r.getLoss(), out.loss) &&
           Rules(Question::kUnfulfilled, r.getUnfulfilled(), out.unfulfilled) &&
           Rules(Question::kPayFirst, r.getPayFirst(), out.pay_first) &&
           Rules(Question::kMoneyFirst, r.getMoneyFirst(), out.money_first) &&
           Rules(Question::kAdvance, r.getAdvance(), out.advance);
  }

  bool ReadCounts(schema::Pack::Reader r, Pack& out) {
    return One(r.getApplicationsPerLine(), out.applications_per_line) &&
           One(r.getAmendments(), out.amendments) && One(r.getOffers(), out.offers) &&
           One(r.getHelpRequests(), out.help_requests) &&
           One(r.getEvidenceRounds(), out.evidence_rounds) &&
           One(r.getPayoutQueries(), out.payout_queries) &&
           One(r.getPayoutRetries(), out.payout_retries);
  }

  bool ReadStanding(schema::Pack::Reader r, Pack& out) {
    out.good_review_basis_points = r.getGoodReviewsBelow().getValue();
    return One(r.getBadReviewsOver(), out.bad_reviews_over) &&
           One(r.getViolationsOver(), out.violations_over) &&
           Text("source", r.getGoodReviewsBelow().getSource(), out.good_review_source) &&
           List(r.getAwaits(), out.awaits);
  }

  bool ReadArbitration(schema::Pack::Reader r, Pack& out) {
    if (!Fits(r.getHelpGrounds())) return false;
    for (const auto ground : r.getHelpGrounds()) {
      if (!Enum("help ground", ground, out.help_grounds.emplace_back())) return false;
    }
    return Enum("first step", r.getFirstStep(), out.first_step) &&
           Enum("evidence from", r.getEvidenceFrom(), out.evidence_from) &&
           List(r.getSlots(), out.slots) && Sum(r.getAuthorityLimit(), out.authority_limit) &&
           Text("source", r.getAuthoritySource(), out.authority_source);
  }

  static std::string Name(FactName fact) { return std::string(NameOf(fact)); }

  std::string why_;
};

// ---- Bytes ----

// Cap'n Proto reads aligned words; a view of a record's middle is not aligned.
class Words {
 public:
  explicit Words(ByteView bytes) : words_(kj::heapArray<capnp::word>(bytes.size() / 8)) {
    std::memcpy(words_.begin(), bytes.data(), bytes.size());
  }
  kj::ArrayPtr<const capnp::word> view() const { return words_; }

 private:
  kj::Array<capnp::word> words_;
};

// Calls `use` with the root of the message; false if that threw.
template <class Use>
bool WithRoot(ByteView bytes, Use use) {
  const Words words(bytes);
  return CatchKj([&] {
    const kj::ArrayPtr<const capnp::word> segments[1] = {words.view()};
    capnp::ReaderOptions options;
    options.traversalLimitInWords = words.view().size() * kTraversalFactor;
    options.nestingLimit = kNestingLimit;
    capnp::SegmentArrayMessageReader message(kj::arrayPtr(segments, 1), options);
    use(message);
  });
}

absl::Status Refuse(std::string_view why) {
  return Errorf(absl::StatusCode::kInvalidArgument, "decode pack: %s", std::string(why));
}

}  // namespace

std::string EncodePack(const Pack& pack) {
  MessageBuilder message;
  auto root = message->initRoot<schema::Pack>();
  WriteHead(pack, root);
  WriteNumbers(pack, root);
  WriteArbitration(pack, root);
  WriteMoney(pack, root);
  WriteOpenings(pack, root);
  WriteQuestions(pack, root);
  return message.CanonicalBytes();
}

absl::StatusOr<Pack> DecodePack(ByteView bytes) {
  if (bytes.size() > kMaxPackBytes) {
    return Refuse(
        absl::StrFormat("expected at most %d bytes, found %d", kMaxPackBytes, bytes.size()));
  }
  if (bytes.empty() || bytes.size() % 8 != 0) {
    return Refuse(absl::StrFormat("expected whole words of 8 bytes, found %d bytes", bytes.size()));
  }
  Pack pack;
  PackReader reader;
  bool canonical = false;
  bool read = false;
  const bool well_formed = WithRoot(bytes, [&](capnp::MessageReader& message) {
    canonical = message.isCanonical();
    read = canonical && reader.Read(message.getRoot<schema::Pack>(), pack);
  });
  // One text for both: which of the two it is depends on the version of the library.
  if (!well_formed || !canonical) return Refuse("bytes are not canonical");
  if (!read) return Refuse(reader.why());
  if (const std::string fault = policy::FaultOf(pack); !fault.empty()) return Refuse(fault);
  // What our schema does not know is not in `pack`, and maps have dropped what stood twice.
  if (EncodePack(pack) != bytes) return Refuse("bytes hold more than a pack of this version");
  pack.digest = Sha256(bytes);
  return pack;
}

std::string PackToJson(ByteView bytes) {
  if (!DecodePack(bytes).ok()) return {};
  std::string json;
  const bool read = WithRoot(bytes, [&](capnp::MessageReader& message) {
    json = StructToJson(capnp::toDynamic(message.getRoot<schema::Pack>()));
  });
  CHECK(read);
  return json;
}

}  // namespace refund::codec
