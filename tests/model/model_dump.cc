// model_dump FILE.jsonl PACK.toml…: what the engine comes to on a log of as-recorded lines, in the
// words of the reference model (README.md): one JSON object an order. It drives the core alone,
// without a log or a store, and resolves the model's placeholders.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_join.h"
#include "engine/arbiter/apply.h"
#include "engine/arbiter/due.h"
#include "engine/base/check.h"
#include "engine/codec/json_lines.h"
#include "tools/packc/packc.h"

namespace refund {
namespace {

std::string ReadFile(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

[[noreturn]] void Die(const std::string& text) {
  std::fprintf(stderr, "model_dump: %s\n", text.c_str());
  std::exit(1);
}

// The value of a top-level text member; lines are written by our own script, so this will do.
std::string Member(const std::string& line, const std::string& name) {
  const std::string start = "\"" + name + "\":\"";
  const size_t at = line.find(start);
  if (at == std::string::npos) return "";
  const size_t from = at + start.size();
  return line.substr(from, line.find('"', from) - from);
}

template <class E>
std::string Text(E value) {
  return std::string(NameOf(value));
}

auto Rank(const Leg& leg) {
  return std::tuple(leg.case_number, Text(leg.kind), Text(leg.to), leg.line, Text(leg.bucket),
                    Text(leg.bearer), leg.amount, leg.reversed, Text(leg.state));
}

std::vector<const Leg*> LiveLegs(const Order& order) {
  std::vector<const Leg*> legs;
  for (const Leg& leg : order.legs) {
    if (leg.state != LegState::kVoid) legs.push_back(&leg);
  }
  std::stable_sort(legs.begin(), legs.end(),
                   [](const Leg* a, const Leg* b) { return Rank(*a) < Rank(*b); });
  return legs;
}

// The offers of an order, in order of creation: remembered as steps come, since offers lie in
// cases.
struct Known {
  Order order;
  std::vector<Id> offers;
  std::vector<std::pair<std::string, std::string>> refusals;
  std::string broken;  // an invariant that our own step broke: the order stops there

  void Learn() {
    for (const Case& c : order.cases) {
      for (const Offer& offer : c.offers) {
        if (std::find(offers.begin(), offers.end(), offer.id) == offers.end()) {
          offers.push_back(offer.id);
        }
      }
    }
  }
};

std::string Resolve(const Known& known, const std::string& name) {
  size_t digits = name.size();
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(name[digits - 1])) != 0) --digits;
  const std::string what = name.substr(0, digits);
  const size_t n = std::stoul(name.substr(digits));
  const std::string none(32, 'e');
  if (n == 0) return none;
  if (what == "case") {
    return n <= known.order.cases.size() ? known.order.cases[n - 1].id.hex() : none;
  }
  if (what == "offer") return n <= known.offers.size() ? known.offers[n - 1].hex() : none;
  if (what == "leg") {
    const auto legs = LiveLegs(known.order);
    return n <= legs.size() ? legs[n - 1]->id.hex() : none;
  }
  Die("unknown placeholder $" + name);
}

std::string WithIds(const Known& known, const std::vector<Digest>& packs, const std::string& line) {
  std::string out;
  for (size_t at = 0; at < line.size();) {
    if (line[at] != '$') {
      out += line[at++];
      continue;
    }
    const size_t end = line.find('"', at);
    const std::string name = line.substr(at + 1, end - at - 1);
    if (name.starts_with("pack")) {
      const size_t n = std::stoul(name.substr(4));
      if (n == 0 || n > packs.size()) Die("no such pack: $" + name);
      out += packs[n - 1].hex();
    } else {
      out += Resolve(known, name);
    }
    at = end;
  }
  return out;
}

class Dump {
 public:
  void Publish(const char* path) {
    packc::Compiled compiled = packc::CompilePack(ReadFile(path), path);
    for (const packc::Diagnostic& error : compiled.errors) Die(error.Text());
    digests_.push_back(compiled.pack->digest);
    packs_.Add(std::make_shared<const policy::Pack>(*std::move(compiled.pack)), Instant{0});
  }

  void Take(const std::string& line) {
    Instant at;
    std::string error;
    if (!ParseInstant(Member(line, "recorded_at"), at, error)) Die("no recorded_at: " + line);
    if (Member(line, "type") == "Tick") return Tick(at);
    const std::string key = Member(line, "key");
    Known& known = orders_[key];
    if (known.order.sequence == 0) known.order = arbiter::NewOrder(key);
    const Instant clock = std::max({known.order.clock, tick_, at});
    FireDue(known, clock);
    if (!known.broken.empty()) return;
    const std::string resolved = WithIds(known, digests_, line);
    const auto read = codec::ParseLine(resolved, true);
    const auto* claim = std::get_if<codec::ClaimLine>(&read);
    if (claim == nullptr) {
      Die(std::get<codec::LineError>(read).Text() + ": " + resolved);
    }
    Event event;
    event.claim = claim->claim;
    event.claim_hash = Sha256(claim->claim_bytes);
    event.stamp = {at, "local"};
    Keep(known, arbiter::Apply(known.order, event, clock, packs_));
  }

  void Print() const {
    for (const auto& [key, known] : orders_) std::printf("%s\n", Report(key, known).c_str());
  }

 private:
  void Tick(Instant at) {
    tick_ = std::max(tick_, at);
    for (auto& [key, known] : orders_) FireDue(known, tick_);
  }

  void FireDue(Known& known, Instant clock) {
    while (const Deadline* due = arbiter::NextDue(known.order, clock)) {
      if (!known.broken.empty()) return;
      Keep(known, arbiter::Fire(known.order, *due, packs_));
    }
  }

  void Keep(Known& known, const arbiter::Outcome& outcome) {
    if (outcome.broken) known.broken = *outcome.broken;
    if (outcome.step.result == StepResult::kRefused) {
      known.refusals.emplace_back(outcome.step.cause.claim_id, Text(outcome.step.refusal));
    }
    known.Learn();
  }

  static std::string Report(const std::string& key, const Known& known) {
    std::vector<std::string> cases;
    for (const Case& c : known.order.cases) cases.push_back(CaseText(c));
    std::vector<std::string> legs;
    for (const Leg* leg : LiveLegs(known.order)) {
      legs.push_back("[" + std::to_string(leg->case_number) + ",\"" + Text(leg->kind) + "\",\"" +
                     Text(leg->bearer) + "\",\"" + Text(leg->to) + "\",\"" + leg->line + "\",\"" +
                     Text(leg->bucket) + "\"," + std::to_string(leg->amount) + "," +
                     std::to_string(leg->reversed) + ",\"" + Text(leg->state) + "\"]");
    }
    auto refusals = known.refusals;
    std::sort(refusals.begin(), refusals.end());
    std::vector<std::string> refused;
    for (const auto& [claim, code] : refusals) {
      refused.push_back("[\"" + claim + "\",\"" + code + "\"]");
    }
    const std::string died =
        known.broken.empty() ? "" : ",\"died\":\"broke an invariant: " + known.broken + "\"";
    return "{\"key\":\"" + key + "\",\"cases\":[" + absl::StrJoin(cases, ",") + "],\"legs\":[" +
           absl::StrJoin(legs, ",") + "],\"refusals\":[" + absl::StrJoin(refused, ",") + "]" +
           died + "}";
  }

  static std::string CaseText(const Case& c) {
    std::vector<std::string> decisions;
    for (const DecisionRef& d : c.decisions) decisions.push_back(std::to_string(d.amount));
    return "{\"number\":" + std::to_string(c.number) + ",\"kind\":\"" + Text(c.kind) +
           "\",\"quantity\":" + std::to_string(c.quantity) + ",\"phase\":\"" + Text(c.phase) +
           "\",\"close_reason\":\"" + Text(c.close_reason) + "\",\"overlay\":\"" + Text(c.overlay) +
           "\",\"outcome\":\"" + Text(c.outcome) + "\",\"goods\":\"" + Text(c.goods) +
           "\",\"ask\":" + std::to_string(c.ask) + ",\"decisions\":[" +
           absl::StrJoin(decisions, ",") + "]}";
  }

  policy::PackBook packs_;
  std::vector<Digest> digests_;
  std::map<std::string, Known> orders_;
  Instant tick_;
};

}  // namespace
}  // namespace refund

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: model_dump FILE.jsonl PACK.toml…\n");
    return 2;
  }
  refund::Dump dump;
  for (int i = 2; i < argc; ++i) dump.Publish(argv[i]);
  std::ifstream in(argv[1], std::ios::binary);
  std::string line;
  while (std::getline(in, line)) {
    if (!line.empty()) dump.Take(line);
  }
  dump.Print();
  return 0;
}
