// What may be done next, each with a weight; nothing is built before it is chosen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tools/generate/random.h"

namespace refund::generate {

class History;

// Whom it is about: a case by its number, and a leg, offer, voucher or dispute by its index.
struct Target {
  uint32_t case_number = 0;
  size_t index = 0;
};

using Make = void (*)(History& history, const Target& target);

class Choices {
 public:
  void Clear() {
    all_.clear();
    sum_ = 0;
  }
  void Add(uint32_t weight, const Target& target, Make make) {
    all_.push_back({weight * factor_, make, target});
    sum_ += weight * factor_;
  }
  // What is added from now on weighs so much more.
  void Favour(uint32_t factor) { factor_ = factor; }
  bool empty() const { return sum_ == 0; }
  // One of them: by its weight, or any.
  void Take(Random& random, bool weighs, History& history) const {
    if (!weighs) return random.PickOf(all_).Do(history);
    uint64_t at = random.Below(sum_);
    for (const Choice& each : all_) {
      if (at < each.weight) return each.Do(history);
      at -= each.weight;
    }
  }

 private:
  struct Choice {
    uint32_t weight = 0;
    Make make = nullptr;
    Target target;
    void Do(History& history) const { make(history, target); }
  };
  std::vector<Choice> all_;
  uint64_t sum_ = 0;
  uint32_t factor_ = 1;
};

}  // namespace refund::generate
