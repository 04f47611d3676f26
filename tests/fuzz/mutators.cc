#include "tests/fuzz/mutators.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "tests/fuzz/harness.h"

namespace refund::fuzz {
namespace {

// Of [0, n).
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  size_t operator()(size_t n) { return engine_() % n; }
  template <class Things>
  const auto& Of(const Things& things) {
    return things[(*this)(std::size(things))];
  }

 private:
  std::mt19937 engine_;
};

bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool IsLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Every run of such characters.
std::vector<ByteView> RunsOf(ByteView text, bool (*is)(char)) {
  std::vector<ByteView> runs;
  for (auto at = text.begin(); at != text.end();) {
    const auto begin = std::find_if(at, text.end(), is);
    at = std::find_if_not(begin, text.end(), is);
    if (begin != at) runs.emplace_back(&*begin, static_cast<size_t>(at - begin));
  }
  return runs;
}

std::vector<std::string> LinesOf(ByteView text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.emplace_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// What the files of the corpus are made of.
struct Known {
  std::vector<std::string> words;
  std::vector<std::string> lines;
};

const Known& OfCorpus() {
  static const Known known = [] {
    std::set<std::string> words;
    std::set<std::string> lines;
    for (const std::string& seed : Seeds()) {
      for (const ByteView word : RunsOf(seed, IsLetter)) words.emplace(word);
      for (std::string& line : LinesOf(seed)) lines.insert(std::move(line));
    }
    return Known{{words.begin(), words.end()}, {lines.begin(), lines.end()}};
  }();
  return known;
}

std::string OtherNumber(ByteView number, Dice& dice) {
  static constexpr std::array<const char*, 7> kEdges = {"0",
                                                        "1",
                                                        "-1",
                                                        "2147483648",
                                                        "9007199254740993",
                                                        "9223372036854775807",
                                                        "18446744073709551616"};
  std::string other(number);
  switch (dice(5)) {
    case 0:
      return dice.Of(kEdges);
    case 1:  // a digit more
      return other.insert(dice(other.size() + 1), 1, static_cast<char>('0' + dice(10)));
    case 2:
      other[dice(other.size())] = static_cast<char>('0' + dice(10));
      return other;
    default:  // as wide as it was: a time stays one
      for (char& digit : other) digit = static_cast<char>('0' + dice(10));
      return other;
  }
}

// `text` with `by` where the view `part` of it lies.
std::string Replaced(ByteView text, ByteView part, ByteView by) {
  return std::string(text).replace(static_cast<size_t>(part.data() - text.data()), part.size(), by);
}

std::string WithNumber(ByteView text, Dice& dice) {
  const std::vector<ByteView> numbers = RunsOf(text, IsDigit);
  if (numbers.empty()) return std::string(text);
  const ByteView number = dice.Of(numbers);
  return Replaced(text, number, OtherNumber(number, dice));
}

// One of the corpus, or of this text: that one more likely fits.
std::string WithWord(ByteView text, Dice& dice) {
  const std::vector<ByteView> words = RunsOf(text, IsLetter);
  if (words.empty() || OfCorpus().words.empty()) return std::string(text);
  const ByteView other = dice(2) == 0 ? dice.Of(words) : ByteView(dice.Of(OfCorpus().words));
  return Replaced(text, dice.Of(words), other);
}

std::string WithLines(ByteView text, Dice& dice) {
  std::vector<std::string> lines = LinesOf(text);
  if (lines.empty() || OfCorpus().lines.empty()) return std::string(text);
  const size_t at = dice(lines.size());
  const auto place = lines.begin() + static_cast<ptrdiff_t>(at);
  const std::string line = *place;
  switch (dice(5)) {
    case 0:
      lines.erase(place);
      break;
    case 1:
      lines.insert(place, line);
      break;
    case 2:
      lines.insert(place, dice.Of(OfCorpus().lines));
      break;
    case 3:
      *place = dice.Of(OfCorpus().lines);
      break;
    default:
      lines[at].swap(lines[dice(lines.size())]);
  }
  std::string joined;
  for (const std::string& each : lines) joined += each;
  return joined;
}

// A little more or less, another place's value, or any.
uint64_t OtherValue(uint64_t value, uint64_t elsewhere, Dice& dice) {
  switch (dice(4)) {
    case 0:
      return value + 1 + dice(16);
    case 1:
      return value - 1 - dice(16);
    case 2:
      return elsewhere;
    default:
      return (uint64_t{dice(1ULL << 32)} << 32) | dice(1ULL << 32);
  }
}

}  // namespace

std::string MutatedText(ByteView text, size_t most, unsigned seed) {
  Dice dice(seed);
  const size_t how = dice(8);
  if (how < 2) return Mutated(std::string(text), most);
  if (how < 5) return WithNumber(text, dice);
  if (how < 7) return WithWord(text, dice);
  return WithLines(text, dice);
}

std::string MutatedMessage(ByteView message, size_t most, unsigned seed) {
  Dice dice(seed);
  const size_t width = dice(2) == 0 ? 8 : size_t{1} << dice(3);
  if (message.size() < width || dice(4) == 0) return Mutated(std::string(message), most);
  std::string bytes(message);
  const auto field = [&] { return bytes.data() + dice(bytes.size() / width) * width; };
  uint64_t value = 0;  // little-endian, as Cap'n Proto has it
  uint64_t elsewhere = 0;
  char* const at = field();
  std::memcpy(&value, at, width);
  std::memcpy(&elsewhere, field(), width);
  value = OtherValue(value, elsewhere, dice);
  std::memcpy(at, &value, width);
  return bytes;
}

}  // namespace refund::fuzz
