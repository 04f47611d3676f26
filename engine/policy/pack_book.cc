#include "engine/policy/pack_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace refund::policy {

Instant PublishedPack::InForceFrom() const { return std::max(pack->effective_from, recorded_at); }

bool PackBook::Add(std::shared_ptr<const Pack> pack, Instant recorded_at) {
  if (Find(pack->digest) != nullptr) return false;
  packs_.push_back({std::move(pack), recorded_at});
  return true;
}

const Pack* PackBook::InForce(Platform platform, Instant at) const {
  const PublishedPack* best = nullptr;
  for (const PublishedPack& each : packs_) {
    if (each.pack->platform != platform || each.InForceFrom() > at) continue;
    const auto rank = [](const PublishedPack& p) {
      return std::tuple(p.InForceFrom(), p.pack->effective_from, p.recorded_at);
    };
    if (best == nullptr || rank(each) >= rank(*best)) best = &each;
  }
  return best == nullptr ? nullptr : best->pack.get();
}

const Pack* PackBook::Find(const Digest& digest) const {
  for (const PublishedPack& each : packs_) {
    if (each.pack->digest == digest) return each.pack.get();
  }
  return nullptr;
}

}  // namespace refund::policy
