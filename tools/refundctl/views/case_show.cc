#include "tools/refundctl/views/case_show.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/arbiter/turn.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/text_width.h"

namespace refund::tools {
namespace {

using terminal::Paper;
using terminal::Printable;
using terminal::Style;
using terminal::Styled;

// A name and what is under it: the first line beside it, the others below.
class Sheet {
 public:
  explicit Sheet(const Paper& paper) : paper_(paper) {}
  void Add(std::string_view name, const std::vector<std::string>& lines) {
    bool first = true;
    for (const std::string& line : lines) {
      const std::string title = absl::StrFormat("  %-12s ", first ? name : "");
      text_ += Styled(title, Style::kBold, paper_) + Printable(line) + "\n";
      first = false;
    }
  }
  const std::string& text() const { return text_; }

 private:
  const Paper& paper_;
  std::string text_;
};

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
  return text;
}

std::string MoneyLine(const CaseShown& s) {
  int64_t settled = 0;
  int64_t open = 0;
  int64_t owed = 0;
  for (const Leg& leg : s.order.legs) {
    if (leg.case_number != s.the_case.number) continue;
    if (leg.state == LegState::kSettled) settled += leg.amount;
    if (leg.state == LegState::kOwed) owed += leg.amount;
    if (arbiter::IsOpen(leg.state)) open += leg.amount;
  }
  return absl::StrFormat("money       %s settled, %s on its way, %s owed",
                         FormatMoney(In(s.order, settled)), FormatMoney(In(s.order, open)),
                         FormatMoney(In(s.order, owed)));
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
  return {phase, ArbitrationLine(c), absl::StrFormat("goods       %s", NameOf(c.goods)),
          MoneyLine(s)};
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
  std::sort(mine.begin(), mine.end(), [](const Deadline* a, const Deadline* b) {
    return std::pair(a->due, a->timer) < std::pair(b->due, b->timer);
  });
  std::vector<std::string> lines;
  for (const Deadline* d : mine) {
    std::string text(NameOf(d->timer));
    if (d->role != Role::kUnspecified) absl::StrAppendFormat(&text, " of %s", NameOf(d->role));
    if (!d->leg.IsZero()) absl::StrAppendFormat(&text, ", leg %s", ShortId(d->leg));
    if (d->paused) {
      absl::StrAppendFormat(&text, ": paused with %s left", FormatDuration(d->remaining_ms));
    } else {
      absl::StrAppendFormat(&text, ": due %s (armed %s, %s left)", FormatInstant(d->due),
                            FormatInstant(d->armed_at), FormatDuration(d->due - s.order.clock));
    }
    lines.push_back(std::move(text));
  }
  return lines;
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
    lines.push_back(std::move(text));
  }
  return lines;
}

std::vector<std::string> EvidenceLines(const Case& c) {
  std::vector<std::string> lines;
  for (const EvidenceItem& item : c.evidence) {
    lines.push_back(absl::StrFormat(
        "%s %s by %s, %s%s%s, %s", item.hash.hex().substr(0, 12), NameOf(item.kind),
        NameOf(item.party),
        item.round == 0 ? "outside a round" : absl::StrFormat("round %d", item.round),
        item.slot.empty() ? "" : ", slot " + item.slot, item.late ? ", LATE" : "",
        FormatInstant(item.at)));
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
    if (leg.case_number != s.the_case.number) continue;
    std::string text = absl::StrFormat(
        "%s %s %s %s by %s, attempt %d", ShortId(leg.id), NameOf(leg.state), NameOf(leg.kind),
        FormatMoney(In(s.order, leg.amount)), NameOf(leg.bearer), leg.attempt);
    if (leg.queries > 0) absl::StrAppendFormat(&text, ", asked after %d times", leg.queries);
    if (!leg.reference.empty()) absl::StrAppendFormat(&text, ", reference %s", leg.reference);
    lines.push_back(std::move(text));
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
  sheet.Add("legs", LegLines(shown));
  sheet.Add("took", {TookLine(c)});
  sheet.Add("packs", {PackLine(shown, "procedure", c.procedure_pack),
                      PackLine(shown, "commercial", c.commercial_pack)});
  sheet.Add("counts", CountLines(shown));
  return absl::StrFormat("%s  case %d of %s (%s)\n\n%s\nas of %s\n",
                         Styled(c.id.hex(), Style::kBold, paper), c.number, shown.order.key,
                         NameOf(shown.order.platform), sheet.text(), AsOfText(shown.as_of));
}

}  // namespace refund::tools
