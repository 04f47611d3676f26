// What a view keeps between two writes: a value for each key, found by hash, written in the order
// of the keys.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "engine/base/id.h"
#include "engine/base/status.h"

namespace refund::projections {

struct KeptHash {
  size_t operator()(std::string_view key) const { return absl::Hash<std::string_view>{}(key); }
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
    const size_t before = all_.size();
    const auto place = places_.lazy_emplace(
        key, [&](const auto& make) { make(all_.emplace_back(key, Value{}).first, before); });
    return {all_[place->second].second, all_.size() > before};
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
  // A text is looked up by where it stands in its entry.
  using Name = std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>;
  absl::flat_hash_map<Name, size_t, KeptHash> places_;
  std::deque<Entry> all_;  // in order of coming; they stay where they are
};

}  // namespace refund::projections
