// Records of the log as bytes nobody checked: the codec, then the arbiter on a real order.
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "engine/codec/event_codec.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/judge.h"
#include "tests/fuzz/mutators.h"
#include "tests/fuzz/records.h"

namespace refund::fuzz {

const char kCorpus[] = REFUND_CORPORA "/events";
const char kReached[] = "an applied event";

void Prepare() { BundledPacks(); }

bool Run(ByteView input) {
  Judge judge;
  for (const std::string& record : SplitRecords(input)) judge.Take(record);
  return judge.applied() > 0;
}

namespace {

// What the record says, said at another time, of another order, or expecting another version; as it
// was if nobody can read it.
std::string Retold(const std::string& record, const std::string& other, unsigned seed) {
  auto read = codec::DecodeRecord(record, codec::kSemantic);
  auto told = codec::DecodeRecord(other, codec::kSemantic);
  auto* const event = std::get_if<Event>(&read);
  if (event == nullptr) return record;
  std::minstd_rand dice(seed);
  const unsigned how = dice() % 6;
  if (how < 2) {
    event->stamp.recorded_at.ms += dice() % (2 * kSecondMs);
  } else if (how == 2) {
    event->stamp.recorded_at.ms += dice() % (60 * 24) * kHourMs;
  } else if (how == 3) {
    event->claim.occurred_at.ms += dice() % (4 * kHourMs) - 2 * kHourMs;
  } else if (how == 4) {
    event->claim.expected_version = dice() % 8;
  } else if (const auto* of = std::get_if<Event>(&told)) {
    event->claim.key = of->claim.key;
  }
  return codec::EncodeRecord(codec::EncodeClaim(event->claim), event->stamp);
}

}  // namespace

// Changes one record, or leaves it out, says it again or otherwise, or swaps it with the one
// before: lengths stay right, so that the other records are read.
std::string Mutate(ByteView input, size_t most, unsigned seed) {
  std::vector<std::string> records = SplitRecords(input);
  if (records.empty()) return Mutated(std::string(input), most);
  const size_t at = seed % records.size();
  const unsigned how = seed / 1024 % 8;
  if (how == 0) {
    records.erase(records.begin() + static_cast<ptrdiff_t>(at));
  } else if (how == 1) {
    records.push_back(records[at]);
  } else if (how == 2 && at > 0) {
    records[at].swap(records[at - 1]);
  } else if (how < 5) {
    records[at] = Retold(records[at], records[seed / 8192 % records.size()], seed);
  } else {
    const size_t room = most > input.size() ? most - input.size() : 0;
    records[at] = MutatedMessage(records[at], records[at].size() + room, seed);
  }
  return JoinRecords(records);
}

}  // namespace refund::fuzz
