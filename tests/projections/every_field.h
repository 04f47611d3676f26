// Values with every field set to something of its own, and equality over every field, by reflection
// over aggregates (Boost.PFR): a member that is added to a struct is in the tests without anybody's
// help.
#pragma once

#include <algorithm>
#include <boost/pfr.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/domain/order.h"
#include "engine/domain/step.h"

namespace refund::testing {

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsMap = false;
template <class K, class V>
inline constexpr bool kIsMap<std::map<K, V>> = true;
template <class T>
inline constexpr bool kIsSet = false;
template <class T>
inline constexpr bool kIsSet<std::set<T>> = true;
template <class T>
inline constexpr bool kIsPair = false;
template <class A, class B>
inline constexpr bool kIsPair<std::pair<A, B>> = true;

// What may be parked.
using AnswersToALeg = std::variant<RefundPaid, RefundFailed, RefundReversed, DrawGranted,
                                   DrawRefused, PayoutDestinationGiven>;

// Fills values: all of it, or, with a seed, here and there.
class Filler {
 public:
  Filler() = default;
  explicit Filler(uint32_t seed) : random_(std::in_place, seed) {}

  template <class T>
  void Fill(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = Choose();
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(1 + Next() % (CountOf<T>() - 1));
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(Next());
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (Choose()) value = "text-" + std::to_string(Next());
    } else if constexpr (std::is_same_v<T, Instant>) {
      value.ms = 1'700'000'000'000 + Next();
    } else if constexpr (std::is_same_v<T, Id> || std::is_same_v<T, Digest>) {
      if (Choose()) FillHash(value);
    } else if constexpr (std::is_same_v<T, ParkedFact>) {
      FillParked(value);
    } else {
      FillWhole(value);
    }
  }

 private:
  bool Choose() { return !random_ || (*random_)() % 2 == 0; }
  int64_t Next() { return random_ ? static_cast<int64_t>((*random_)() % 100'000) : ++count_; }
  size_t Size() { return random_ ? (*random_)() % 4 : 2; }

  template <class T>
  void FillHash(T& hash) {
    const Digest digest = Sha256(std::to_string(Next()));
    T::FromBytes(digest.view().substr(0, hash.bytes.size()), hash);
  }

  // Its body is one of a few kinds.
  void FillParked(ParkedFact& fact) {
    Fill(fact.claim_id);
    Fill(fact.at);
    FillOneOf(AnswersToALeg{}, fact.body);
  }

  template <class... Kinds>
  void FillOneOf(std::variant<Kinds...>, EventBody& body) {
    size_t left = static_cast<size_t>(Next()) % sizeof...(Kinds);
    ((left-- == 0 ? Fill(body.template emplace<Kinds>()) : void()), ...);
  }

  template <class T>
  void FillWhole(T& value) {
    if constexpr (kIsVector<T>) {
      value.resize(Size());
      for (auto& each : value) Fill(each);
    } else if constexpr (kIsMap<T>) {
      for (size_t left = Size(); left > 0; --left) {
        typename T::key_type key{};
        Fill(key);
        Fill(value[key]);
      }
    } else if constexpr (kIsSet<T>) {
      for (size_t left = Size(); left > 0; --left) {
        typename T::key_type key{};
        Fill(key);
        value.insert(std::move(key));
      }
    } else if constexpr (kIsPair<T>) {
      Fill(value.first);
      Fill(value.second);
    } else if constexpr (kIsOptional<T>) {
      if (Choose()) Fill(value.emplace());
    } else {
      boost::pfr::for_each_field(value, [&](auto& field) { Fill(field); });
    }
  }

  int64_t count_ = 0;
  std::optional<std::mt19937> random_;
};

template <class T>
T Full() {
  T value;
  Filler().Fill(value);
  return value;
}

template <class T>
T Random(uint32_t seed) {
  T value;
  Filler(seed).Fill(value);
  return value;
}

template <class T>
bool Same(const T& a, const T& b);

template <class T>
bool SameFields(const T& a, const T& b) {
  bool same = true;
  boost::pfr::for_each_field(a, [&](const auto& field, auto index) {
    same = same && Same(field, boost::pfr::get<decltype(index)::value>(b));
  });
  return same;
}

// True if every member is, down to the last.
template <class T>
bool Same(const T& a, const T& b) {
  if constexpr (kIsVector<T>) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return Same(x, y); });
  } else if constexpr (kIsMap<T>) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      return x.first == y.first && Same(x.second, y.second);
    });
  } else if constexpr (kIsOptional<T>) {
    return a.has_value() == b.has_value() && (!a || Same(*a, *b));
  } else if constexpr (std::is_same_v<T, EventBody>) {
    if (a.index() != b.index()) return false;
    return std::visit(
        [&](const auto& body) { return Same(body, std::get<std::decay_t<decltype(body)>>(b)); }, a);
  } else if constexpr (requires { a == b; }) {
    return a == b;
  } else {
    return SameFields(a, b);
  }
}

}  // namespace refund::testing
