// A small seeded generator of our own (splitmix64), so that a seed gives the same bytes with every
// compiler and library: no std:: distribution promises that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace refund::generate {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 to n - 1. The bias of a modulo is nothing beside our n.
  uint64_t Below(uint64_t n) { return Next() % n; }
  // Both ends included.
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low) + 1));
  }
  // So often in a hundred.
  bool Percent(uint32_t percent) { return Below(100) < percent; }
  template <class T>
  T Pick(std::initializer_list<T> items) {
    return items.begin()[Below(items.size())];
  }
  template <class Items>
  auto& PickOf(Items& items) {
    return items[Below(items.size())];
  }

 private:
  uint64_t state_;
};

}  // namespace refund::generate
