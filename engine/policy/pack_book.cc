#include "engine/policy/pack_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace refund::policy {

Instant PublishedPack::InForceFrom() const { return std::max(pack->effective_from, recorded_at); }

PackOverlay PutInPlace(const Pack& was, const Pack& now) {
  Pack pack = now;
  pack.platform = was.platform;
  pack.effective_from = was.effective_from;
  std::string domain = "refund/what-if/pack";
  domain += was.digest.view();
  domain += now.digest.view();
  pack.digest = Sha256(domain);
  return {was.digest, std::make_shared<const Pack>(std::move(pack))};
}

// What the log calls by the replaced pack's digest.
const Digest& PackBook::Resolved(const Digest& digest) const {
  return overlay_ && digest == overlay_->instead_of ? overlay_->pack->digest : digest;
}

bool PackBook::Add(std::shared_ptr<const Pack> pack, Instant recorded_at) {
  if (Find(pack->digest) != nullptr) return false;
  if (overlay_ && pack->digest == overlay_->instead_of) pack = overlay_->pack;
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

bool PackBook::Hold(const Brake& brake) {
  if (std::find(brakes_.begin(), brakes_.end(), brake) != brakes_.end()) return false;
  brakes_.push_back(brake);
  return true;
}

bool PackBook::Release(const Brake& brake) { return std::erase(brakes_, brake) > 0; }

bool PackBook::IsHeld(Platform platform, std::string_view merchant, const Digest& pack) const {
  for (const Brake& brake : brakes_) {
    const std::string_view name = brake.name;
    if (brake.scope == HoldScope::kAll) return true;
    if (brake.scope == HoldScope::kPlatform && name == NameOf(platform)) return true;
    if (brake.scope == HoldScope::kPack && IsNamed(pack, name)) return true;
    if (brake.scope == HoldScope::kMerchant &&
        name == std::string(NameOf(platform)) + "/" + std::string(merchant)) {
      return true;
    }
  }
  return false;
}

bool PackBook::IsNamed(const Digest& pack, std::string_view hex) const {
  if (hex == pack.hex()) return true;
  return overlay_ && pack == overlay_->pack->digest && hex == overlay_->instead_of.hex();
}

const Pack* PackBook::Find(const Digest& digest) const {
  const Digest& wanted = Resolved(digest);
  for (const PublishedPack& each : packs_) {
    if (each.pack->digest == wanted) return each.pack.get();
  }
  return nullptr;
}

}  // namespace refund::policy
