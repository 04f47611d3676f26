#include "tools/packc/words.h"

#include <vector>

#include "engine/policy/assess.h"

namespace refund::packc {
namespace {

// The value's name; what is missing is called so, as in policy::ValueText.
std::string ValueWords(FactName fact, size_t value) {
  policy::Facts facts;
  facts.Set(fact, static_cast<uint8_t>(value));
  return policy::ValueText(fact, facts);
}

// "A", "A or B", "A, B or C"
std::string OneOf(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 < names.size() ? ", " : " or ";
    text += names[i];
  }
  return text;
}

}  // namespace

std::string_view WordsOfTimer(Timer timer) {
  switch (timer) {
    case Timer::kT0:
      return "facts awaited";
    case Timer::kT1:
      return "the seller answers";
    case Timer::kT2:
      return "the buyer answers an offer";
    case Timer::kT3:
      return "the buyer ships back";
    case Timer::kT4:
      return "the buyer asks for help after a refusal";
    case Timer::kT5:
      return "the seller inspects a return";
    case Timer::kT6:
      return "the seller ships a replacement";
    case Timer::kT7:
      return "the buyer confirms a replacement";
    case Timer::kT8:
      return "evidence, per party and round";
    case Timer::kT9:
      return "reopening a closed case";
    case Timer::kT10:
      return "appeal against a ruling";
    case Timer::kT11:
      return "negotiation";
    case Timer::kT12:
      return "the payment provider answers";
    case Timer::kT13:
      return "review by an agent";
    case Timer::kT14:
      return "a usable return address";
    case Timer::kT15:
      return "a failed payout is tried again";
    case Timer::kT20:
      return "first answer to an issue card";
    case Timer::kT21:
      return "an issue card without an answer";
    case Timer::kT22:
      return "the entrance, open and idle";
    case Timer::kT23:
      return "shipping";
    case Timer::kT24:
      return "first scan after the shipment was declared";
    case Timer::kT25:
      return "next scan of a parcel";
    case Timer::kT26:
      return "a voucher is redeemed";
    case Timer::kT27:
      return "arrival at the promised level";
    case Timer::kT16:
    case Timer::kT17:
    case Timer::kT18:
    case Timer::kT19:
      return "";
  }
  return "";
}

std::string_view WordsOfQuestion(policy::Question question) {
  switch (question) {
    case policy::Question::kRoute:
      return "where a filed case goes first";
    case policy::Question::kTimeout:
      return "what the seller's silence means";
    case policy::Question::kPayer:
      return "who finally bears a refund";
    case policy::Question::kRuling:
      return "who rules under review";
    case policy::Question::kFreight:
      return "who bears the return freight";
    case policy::Question::kLoss:
      return "what follows when a return is lost";
    case policy::Question::kUnfulfilled:
      return "what follows when a replacement does not come";
    case policy::Question::kPayFirst:
      return "whether a ruling is paid before its appeal window ends";
    case policy::Question::kMoneyFirst:
      return "whether the money goes before the goods come back";
    case policy::Question::kAdvance:
      return "whether the platform pays first";
  }
  return "";
}

std::string AllowedWords(const policy::Test& test) {
  if (test.fact == FactName::kAsk) return "at most " + FormatMoney(test.at_most);
  std::vector<std::string> names;
  for (size_t i = 0; i < policy::ValuesOf(test.fact).size(); ++i) {
    if ((test.allowed >> i & 1) != 0) names.push_back(ValueWords(test.fact, i));
  }
  return OneOf(names);
}

std::string TestWords(const policy::Test& test) {
  return std::string(NameOf(test.fact)) + " is " + AllowedWords(test);
}

std::string ConditionWords(const policy::Rule& rule) {
  if (rule.when.empty()) return "always";
  std::string text;
  for (const policy::Test& test : rule.when) {
    text += (text.empty() ? "" : " and ") + TestWords(test);
  }
  return text;
}

}  // namespace refund::packc
