#include "tools/generate/generator.h"

#include <algorithm>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/sha256.h"

namespace refund::generate {
namespace {

constexpr int64_t kStepsOfAnOrder = 16;  // about
constexpr int64_t kSpan = 500 * kDayMs;  // over which a short log spreads
constexpr int64_t kLeastSpacing = kMinuteMs;
constexpr int64_t kLeastTick = 6 * kHourMs;
constexpr int64_t kTicksPerMille = 20;
constexpr uint64_t kRawOneIn = 1500;
constexpr int64_t kClosingInstants = 20;
constexpr int64_t kClosingStep = 10 * kDayMs;
constexpr int64_t kFiredByATick = 1000;  // engine/replay/lane.h
constexpr int64_t kExploresOneIn = 2;
constexpr int64_t kRowOnceIn = kEventsForEveryRow / 5;  // else it is behind

bool IsLater(const std::unique_ptr<History>& a, const std::unique_ptr<History>& b) {
  return a->next_at() != b->next_at() ? a->next_at() > b->next_at()
                                      : a->order().key > b->order().key;
}

}  // namespace

std::string ToLine(const Record& record) {
  if (!record.raw) return codec::ClaimToJson(record.claim, record.at);
  return "{\"raw\":\"" + ToBase64(record.raw->bytes) +
         "\",\"partition\":" + std::to_string(record.raw->partition) + ",\"recorded_at\":\"" +
         FormatInstant(record.at) + "\"}";
}

std::vector<Share> SharesOf(const Counts& counts) {
  const auto share = [](int64_t part, int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  const int64_t events = counts.tally.events;
  return {{"events_per_case", share(events, counts.cases), 8},
          {"cases_argued", share(counts.argued, counts.cases), 0.30},
          {"legs_per_event", share(counts.legs, events), 0.125},
          {"orders_with_two_cases", share(counts.returning, counts.orders), 0.30},
          {"events_that_move", share(counts.tally.moved, events), 0.40}};
}

Generator::Generator(const GeneratorOptions& options, const policy::PackBook& packs)
    : options_(options),
      packs_(packs),
      random_(options.seed),
      spacing_ms_(
          std::max(kLeastSpacing, kSpan / std::max<int64_t>(1, options.events / kStepsOfAnOrder))),
      tick_ms_(std::max(kLeastTick,
                        kSpan / std::max<int64_t>(1, options.events * kTicksPerMille / 1000))),
      next_birth_(kStart),
      next_tick_(kStart + tick_ms_),
      last_at_(kStart) {}

bool Generator::Next(Record& record) {
  if (counts_.packs < static_cast<int64_t>(options_.packs.size())) {
    TakePack(record, options_.packs[static_cast<size_t>(counts_.packs)]);
    ++counts_.records;
    return true;
  }
  if (counts_.records >= options_.events) EndOrders();
  do {
    if (!closed_) BeginOrdersUntilOneIsFirst();
    if (alive_.empty()) return TakeClosingTick(record);
    if (next_tick_ <= alive_.front()->next_at()) {
      TakeTick(record, next_tick_);
      next_tick_ = next_tick_ + tick_ms_;
      break;
    }
    if (counts_.records > 0 && random_.Below(kRawOneIn) == 0) {
      TakeRaw(record);
      break;
    }
  } while (!TakeStep(record));
  ++counts_.records;
  return true;
}

// What is not over goes on to its end, and nothing begins.
void Generator::EndOrders() {
  if (std::exchange(closed_, true)) return;
  const auto over = std::partition(alive_.begin(), alive_.end(), [](const auto& each) {
    each->End();
    return !each->is_over();
  });
  std::for_each(over, alive_.end(), [&](const auto& each) { Retire(*each); });
  alive_.erase(over, alive_.end());
  std::make_heap(alive_.begin(), alive_.end(), IsLater);
  if (!options_.closing_ticks) return;
  closing_ticks_ = kClosingInstants * (1 + 2 * counts_.orders / kFiredByATick);
}

void Generator::BeginOrdersUntilOneIsFirst() {
  while (alive_.empty() || next_birth_ <= alive_.front()->next_at()) {
    const bool explores = counts_.orders % kExploresOneIn == 0 && ARowIsBehind();
    const Birth birth{static_cast<uint64_t>(counts_.orders), options_.seed, SomePlatform(explores),
                      next_birth_, explores};
    alive_.push_back(std::make_unique<History>(birth, packs_, counts_.tally));
    std::push_heap(alive_.begin(), alive_.end(), IsLater);
    ++counts_.orders;
    next_birth_ = next_birth_ + random_.Between(1, 2 * spacing_ms_);
  }
}

// Most of what is seldom done is done where the packs that the log brings along hold.
Platform Generator::SomePlatform(bool explores) {
  const auto& packs = packs_.packs();
  const uint64_t own = options_.packs.size();
  if (!explores || own == 0 || random_.Percent(30)) return random_.PickOf(packs).pack->platform;
  return packs[packs.size() - 1 - random_.Below(own)].pack->platform;
}

bool Generator::ARowIsBehind() const {
  const Tally& tally = counts_.tally;
  return tally.rows.rarest().times * kRowOnceIn <= tally.events;
}

bool Generator::TakeStep(Record& record) {
  std::pop_heap(alive_.begin(), alive_.end(), IsLater);
  History& history = *alive_.back();
  const Instant at = history.next_at();
  const Event* event = history.Step();
  if (event != nullptr) {
    record = {at, event->claim, std::nullopt};
    last_at_ = at;
  }
  if (history.is_over()) {
    Retire(history);
    alive_.pop_back();
  } else {
    std::push_heap(alive_.begin(), alive_.end(), IsLater);
  }
  return event != nullptr;
}

void Generator::TakePack(Record& record, const std::string& pack) {
  ++counts_.packs;
  const Digest digest = Sha256(pack);
  Claim published;
  published.id = "policy/" + digest.hex();
  published.occurred_at = kStart;
  published.actor = {Role::kPlatform, "generator"};
  published.body = PolicyPublished{digest, pack};
  record = {kStart, std::move(published), std::nullopt};
}

void Generator::TakeTick(Record& record, Instant at) {
  Claim tick;
  tick.id = "tick-" + std::to_string(++counts_.ticks);
  tick.occurred_at = at;
  tick.actor = {Role::kPlatform, "ticker"};
  tick.body = Tick{};
  last_at_ = at;
  record = {at, std::move(tick), std::nullopt};
}

// Nothing that a record could be.
void Generator::TakeRaw(Record& record) {
  ++counts_.raw;
  std::string bytes(40, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random_.Below(256));
  record = {last_at_, {}, codec::RawLine{std::move(bytes), 0, last_at_}};
}

// Until all that was armed by then has passed. The last instant is said as often as the lanes need
// at so many a Tick, even if all orders lie in one partition.
bool Generator::TakeClosingTick(Record& record) {
  if (closing_ticks_ == 0) return false;
  const int64_t each = 1 + 2 * counts_.orders / kFiredByATick;
  const bool is_first = closing_ticks_ % each == 0;
  --closing_ticks_;
  ++counts_.records;
  TakeTick(record, is_first ? last_at_ + kClosingStep : last_at_);
  return true;
}

void Generator::Retire(const History& history) {
  const Order& order = history.order();
  counts_.cases += static_cast<int64_t>(order.cases.size());
  counts_.legs += static_cast<int64_t>(order.legs.size());
  counts_.returning += order.cases.size() >= 2 ? 1 : 0;
  for (const Case& c : order.cases) {
    if (c.overlay == Overlay::kNone) continue;
    ++counts_.contested;
    const bool argued = std::any_of(c.evidence.begin(), c.evidence.end(),
                                    [](const EvidenceItem& each) { return each.round > 0; });
    counts_.argued += argued ? 1 : 0;
  }
}

}  // namespace refund::generate
