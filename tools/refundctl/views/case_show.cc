#include "tools/refundctl/views/case_show.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/arbiter/turn.h"
#include "tools/refundctl/views/order_parts.h"
#include "tools/refundctl/views/sheet.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

using terminal::Paper;
using terminal::Style;
using terminal::Styled;

Money In(const Order& order, int64_t units) { return {units, order.currency}; }

std::string ClaimLine(const CaseShown& s) {
  const Case& c = s.the_case;
  return absl::StrFormat("%s %s, %s, %d unit%s of line %s%s", NameOf(c.kind),
                         FormatMoney(In(s.order, c.ask)), NameOf(c.reason), c.quantity,
                         c.quantity == 1 ? "" : "s", c.line,
                         c.by_complaint ? ", by complaint" : "");
}

std::vector<std::string> ClaimLines(const CaseShown& s) {
  const Case& c = s.the_case;
  std::vector<std::string> lines = {
      ClaimLine(s),
      absl::StrFormat("filed %s by %s", FormatInstant(c.filed_at), ActorText(c.filer))};
  if (c.closed_at.ms != 0) lines.push_back("closed " + FormatInstant(c.closed_at));
  if (!c.past_reasons.empty()) {
    std::vector<std::string> names;
    for (const ClaimReason each : c.past_reasons) names.emplace_back(NameOf(each));
    lines.push_back("earlier reasons: " + Listed(names));
  }
  if (c.split_from != 0) {
    lines.push_back(absl::StrFormat("split from case %d by a partial answer", c.split_from));
  }
  if (c.extra > 0) {
    lines.push_back("the buyer pays on top, for a dearer thing: " +
                    FormatMoney(In(s.order, c.extra)));
  }
  if (c.platform_opened) lines.push_back("opened by the platform: nobody asked for help");
  if (c.refusal_ground != RefusalGround::kUnspecified) {
    lines.push_back(absl::StrFormat("the seller refused: %s", NameOf(c.refusal_ground)));
  }
  return lines;
}

std::string ArbitrationLine(const Case& c) {
  std::string text = absl::StrFormat("arbitration %s", NameOf(c.overlay));
  if (c.asked != Side::kNone) absl::StrAppendFormat(&text, ", asked: %s", NameOf(c.asked));
  if (c.outcome != RulingOutcome::kUnspecified) {
    absl::StrAppendFormat(&text, ", outcome %s", NameOf(c.outcome));
  }
  if (!c.holder.empty()) absl::StrAppendFormat(&text, ", held by %s", c.holder);
  if (c.priority > 0) absl::StrAppendFormat(&text, ", priority %d", c.priority);
  if (c.final_by_agreement) text += ", by agreement";
  if (c.in_default)
    absl::StrAppendFormat(&text, ", %s did not do what was agreed", NameOf(*c.in_default));
  return text;
}

std::string RolesText(const std::vector<Role>& roles) {
  std::vector<std::string> names;
  for (const Role each : roles) names.emplace_back(NameOf(each));
  return Listed(names);
}

// What follows a ruling: who appealed or will not, whose pack it was decided by anew.
std::vector<std::string> AppealLines(const Case& c) {
  std::vector<std::string> lines;
  if (!c.appealed_by.empty()) lines.push_back("appealed by " + RolesText(c.appealed_by));
  if (!c.appeal_waived_by.empty()) {
    lines.push_back("will not appeal: " + RolesText(c.appeal_waived_by));
  }
  if (!c.ruling_authors.empty()) {
    lines.push_back("rulings by " + Listed(c.ruling_authors) + ", none of whom may review them");
  }
  if (!c.rearbitrated_pack.IsZero()) {
    lines.push_back("decided anew by pack " + c.rearbitrated_pack.hex());
  }
  return lines;
}

std::string GoodsLine(const Case& c) {
  std::string text = absl::StrFormat("goods       %s", NameOf(c.goods));
  if (c.fault != GoodsFault::kUnspecified) absl::StrAppendFormat(&text, " (%s)", NameOf(c.fault));
  if (c.shipped_back > 0) {
    absl::StrAppendFormat(&text, ", of %d: %d sent back, %d received, %d accepted", c.quantity,
                          c.shipped_back, c.received, c.accepted);
  }
  if (!c.return_parcel.empty()) text += ", parcel " + c.return_parcel;
  if (!c.return_address.empty()) text += ", to " + c.return_address;
  if (c.intercepted) text += ", intercepted";
  if (c.money_first) text += ", the money went first";
  return text;
}

// The replacement, repaired or re-sent thing.
std::vector<std::string> GoodsOutLines(const Case& c) {
  if (c.out_parcel.empty() && c.out_goods == Goods::kUnshipped) return {};
  return {absl::StrFormat("goods out   %s%s%s", NameOf(c.out_goods),
                          c.out_parcel.empty() ? "" : ", parcel " + c.out_parcel,
                          c.out_received ? ", confirmed by the buyer" : "")};
}

std::string MoneyLine(const CaseShown& s) {
  int64_t settled = 0;
  int64_t open = 0;
  int64_t owed = 0;
  int64_t back = 0;
  for (const Leg& leg : s.order.legs) {
    if (leg.case_number != s.the_case.number) continue;
    const bool to_buyer = leg.to == Bearer::kBuyer;
    if (leg.state == LegState::kSettled && !to_buyer) back += leg.amount;
    if (leg.state == LegState::kSettled && to_buyer) settled += leg.amount;
    if (leg.state == LegState::kReversed && to_buyer) settled += leg.amount - leg.reversed;
    if (leg.state == LegState::kOwed) owed += leg.amount;
    if (arbiter::IsOpen(leg.state) && to_buyer) open += leg.amount;
  }
  std::string text = absl::StrFormat(
      "money       %s settled, %s on its way, %s owed", FormatMoney(In(s.order, settled)),
      FormatMoney(In(s.order, open)), FormatMoney(In(s.order, owed)));
  if (back > 0) absl::StrAppendFormat(&text, ", %s taken back", FormatMoney(In(s.order, back)));
  return text;
}

std::vector<std::string> RegionLines(const CaseShown& s) {
  const Case& c = s.the_case;
  std::string phase = absl::StrFormat("phase       %s", NameOf(c.phase));
  if (c.close_reason != CloseReason::kNone) {
    absl::StrAppendFormat(&phase, " (%s)", NameOf(c.close_reason));
  }
  const Role to_move = arbiter::ToMove(c);
  if (to_move != Role::kUnspecified) {
    absl::StrAppendFormat(&phase, ", %s is to move", Spoken(to_move));
  }
  if (c.remedy != Remedy::kUnspecified) {
    absl::StrAppendFormat(&phase, ", performing %s", NameOf(c.remedy));
  }
  if (c.voided) phase += ", voided";
  std::vector<std::string> lines = {phase, ArbitrationLine(c), GoodsLine(c)};
  for (std::string& each : GoodsOutLines(c)) lines.push_back(std::move(each));
  lines.push_back(MoneyLine(s));
  return lines;
}

std::string PackLine(const CaseShown& s, std::string_view role, const Digest& digest) {
  const policy::Pack* pack = s.packs.Find(digest);
  return absl::StrFormat("%-11s %s  %s", role, pack == nullptr ? "(not at hand)" : pack->name,
                         digest.hex());
}

std::vector<std::string> FactLines(const Case& c) {
  std::vector<std::string> lines;
  if (const auto& f = c.facts.standing) {
    lines.push_back(absl::StrFormat("seller: %d bad reviews, %d violations, recorded %s",
                                    f->bad_reviews, f->violations, FormatInstant(f->at)));
  }
  if (const auto& f = c.facts.rating) {
    lines.push_back(absl::StrFormat("product: %d good of %d rated, recorded %s", f->good, f->rated,
                                    FormatInstant(f->at)));
  }
  if (const auto& f = c.facts.abuse) {
    lines.push_back(absl::StrFormat("abuse: %s by model %s, recorded %s", NameOf(f->verdict),
                                    f->model_version, FormatInstant(f->at)));
  }
  if (const auto& f = c.facts.tier) {
    lines.push_back(
        absl::StrFormat("buyer's tier: %s, recorded %s", f->tier, FormatInstant(f->at)));
  }
  if (!c.ready) lines.push_back("waiting for the facts that the pack awaits (T0)");
  return lines;
}

std::vector<std::string> DeadlineLines(const CaseShown& s) {
  std::vector<const Deadline*> mine;
  for (const Deadline& d : s.order.deadlines) {
    if (d.case_number == s.the_case.number) mine.push_back(&d);
  }
  return DeadlineTexts(std::move(mine), s.order.clock, /*with_case=*/false);
}

std::vector<std::string> OfferLines(const CaseShown& s) {
  std::vector<std::string> lines;
  for (const Offer& offer : s.the_case.offers) {
    std::string text = absl::StrFormat("%s by %s%s%s:", ShortId(offer.id), NameOf(offer.by),
                                       offer.of_overlay ? ", in arbitration" : "",
                                       offer.open ? ", open" : ", closed");
    for (size_t i = 0; i < offer.options.size(); ++i) {
      absl::StrAppendFormat(&text, " %d) %s %s", i, NameOf(offer.options[i].remedy),
                            FormatMoney(offer.options[i].amount));
    }
    if (offer.open && offer.expires_at.ms != 0) {
      absl::StrAppendFormat(&text, " (until %s)", FormatInstant(offer.expires_at + -1));
    }
    lines.push_back(std::move(text));
  }
  return lines;
}

std::vector<std::string> EvidenceLines(const Case& c) {
  std::vector<std::string> lines;
  for (const EvidenceItem& item : c.evidence) {
    lines.push_back(absl::StrFormat(
        "%s %s by %s, %s%s%s%s, %s", item.hash.hex().substr(0, 12), NameOf(item.kind),
        NameOf(item.party),
        item.round == 0 ? "outside a round" : absl::StrFormat("round %d", item.round),
        item.slot.empty() ? "" : ", slot " + item.slot, item.late ? ", LATE" : "",
        item.shared ? ", shared" : "", FormatInstant(item.at)));
  }
  if (c.overlay == Overlay::kEvidence) {
    for (const AskedParty& each : c.asked_parties) {
      lines.push_back(absl::StrFormat("round %d asks %s: %s", c.round, NameOf(each.party),
                                      each.sealed ? "sealed" : "open"));
    }
  }
  return lines;
}

std::vector<std::string> FindingLines(const Case& c) {
  if (!c.finding) return {};
  return {absl::StrFormat("liability %s, by %s: %s", NameOf(c.finding->liability),
                          ActorText(c.finding->author), c.finding->grounds)};
}

std::vector<std::string> ProposalLines(const CaseShown& s) {
  if (!s.the_case.proposal) return {};
  const RulingProposed& ruling = s.the_case.proposal->ruling;
  return {absl::StrFormat("%s %s %s by %s, waits for a second pair of eyes", NameOf(ruling.outcome),
                          NameOf(ruling.remedy), FormatMoney(ruling.amount),
                          ActorText(s.the_case.proposal->author))};
}

std::vector<std::string> DecisionLines(const CaseShown& s) {
  std::vector<std::string> lines;
  const auto& decisions = s.the_case.decisions;
  for (size_t i = 0; i < decisions.size(); ++i) {
    const DecisionRef& d = decisions[i];
    std::string text =
        absl::StrFormat("%d: %s %s %s by %s, row %s", i + 1, NameOf(d.outcome), NameOf(d.remedy),
                        FormatMoney(In(s.order, d.amount)), NameOf(d.basis), d.row);
    if (d.quantity > 0) absl::StrAppendFormat(&text, ", %d units", d.quantity);
    if (!d.rule.empty()) text += ", rule " + RuleText(d.rule, d.catalogue);
    if (d.bearer != Bearer::kUnspecified)
      absl::StrAppendFormat(&text, ", %s pays", NameOf(d.bearer));
    lines.push_back(
        absl::StrFormat("%s, %s%s", text, FormatInstant(d.at), d.landed ? ", landed" : ""));
  }
  return lines;
}

std::vector<std::string> LegLines(const CaseShown& s) {
  std::vector<std::string> lines;
  for (const Leg& leg : s.order.legs) {
    if (leg.case_number == s.the_case.number) lines.push_back(LegText(leg, s.order.currency));
  }
  return lines;
}

std::vector<std::string> VoucherLines(const CaseShown& s) {
  std::vector<std::string> lines;
  for (const Voucher& each : s.order.vouchers) {
    if (each.case_number == s.the_case.number) lines.push_back(VoucherText(each, s.order.currency));
  }
  return lines;
}

std::vector<std::string> CountLines(const CaseShown& s) {
  const Case& c = s.the_case;
  return {absl::StrFormat("version %d, reopening %d; the order's sequence %d, clock %s", c.version,
                          c.reopening, s.order.sequence, FormatInstant(s.order.clock)),
          absl::StrFormat("%d amendments, offers %d/%d/%d (seller/buyer/platform), %d requests for "
                          "help, %d rounds",
                          c.amendments, c.offers_by_seller, c.offers_by_buyer, c.offers_by_platform,
                          c.help_requests, c.round)};
}

std::string TookLine(const Case& c) {
  return absl::StrFormat("buyer %s, seller %s, platform %s", FormatDuration(c.spent.buyer_ms),
                         FormatDuration(c.spent.seller_ms), FormatDuration(c.spent.platform_ms));
}

}  // namespace

std::string CaseShowText(const CaseShown& shown, const Paper& paper) {
  const Case& c = shown.the_case;
  Sheet sheet(paper);
  sheet.Add("asked", ClaimLines(shown));
  sheet.Add("stands at", RegionLines(shown));
  sheet.Add("facts", FactLines(c));
  sheet.Add("deadlines", DeadlineLines(shown));
  sheet.Add("offers", OfferLines(shown));
  sheet.Add("evidence", EvidenceLines(c));
  sheet.Add("finding", FindingLines(c));
  sheet.Add("proposal", ProposalLines(shown));
  sheet.Add("decisions", DecisionLines(shown));
  sheet.Add("appeal", AppealLines(c));
  sheet.Add("legs", LegLines(shown));
  sheet.Add("vouchers", VoucherLines(shown));
  sheet.Add("bank", DisputeTexts(shown.order));
  sheet.Add("took", {TookLine(c)});
  sheet.Add("packs", {PackLine(shown, "procedure", c.procedure_pack),
                      PackLine(shown, "commercial", c.commercial_pack)});
  sheet.Add("counts", CountLines(shown));
  return absl::StrFormat("%s  case %d of %s (%s)\n\n%s\nas of %s\n",
                         Styled(c.id.hex(), Style::kBold, paper), c.number, shown.order.key,
                         NameOf(shown.order.platform), sheet.text(), AsOfText(shown.as_of));
}

}  // namespace refund::tools
