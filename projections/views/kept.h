// What a view keeps between two writes: a value for each key, found by hash, written in the order
// of the keys.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "engine/base/id.h"
#include "engine/base/status.h"

namespace refund::projections {

struct KeptHash {
  size_t operator()(const std::string& key) const { return absl::Hash<std::string_view>{}(key); }
  // A piece of a SHA-256 already.
  size_t operator()(const Id& id) const {
    size_t hash = 0;
    std::memcpy(&hash, id.bytes.data(), sizeof hash);
    return hash;
  }
};

template <class Key, class Value>
class Kept {
 public:
  // The key's value, and whether it is new.
  std::pair<Value&, bool> At(const Key& key) {
    const auto [place, is_new] = places_.try_emplace(key, all_.size());
    if (is_new) all_.emplace_back(key, Value{});
    return {all_[place->second].second, is_new};
  }

  // Calls write(key, value) for each, up to the first that fails, and forgets them all.
  template <class Write>
  absl::Status WriteAll(Write write) {
    std::vector<Entry*> sorted;
    sorted.reserve(all_.size());
    for (Entry& each : all_) sorted.push_back(&each);
    std::sort(sorted.begin(), sorted.end(),
              [](const Entry* a, const Entry* b) { return a->first < b->first; });
    for (Entry* each : sorted) RETURN_IF_ERROR(write(each->first, each->second));
    places_.clear();
    all_.clear();
    return absl::OkStatus();
  }

 private:
  using Entry = std::pair<Key, Value>;
  absl::flat_hash_map<Key, size_t, KeptHash> places_;
  std::deque<Entry> all_;  // in order of coming
};

}  // namespace refund::projections
