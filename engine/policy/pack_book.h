// The packs that a partition knows, at its present offset, and which of them is in force when.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/domain/vocabulary.h"
#include "engine/policy/pack.h"

namespace refund::policy {

struct PublishedPack {
  std::shared_ptr<const Pack> pack;
  Instant recorded_at;
  // In force from the later of its date and its record (shared/design/README.md §1).
  Instant InForceFrom() const;
};

// A PayoutHold in force.
struct Brake {
  HoldScope scope = HoldScope::kUnspecified;
  std::string name;  // "TAOBAO", "TAOBAO/m-7", or a pack's digest in hex; empty for ALL
  bool operator==(const Brake&) const = default;
};

// What if this pack had stood in the place of that one? Where the log publishes `instead_of`, and
// wherever it names it, `pack` is read.
struct PackOverlay {
  Digest instead_of;
  std::shared_ptr<const Pack> pack;
};
// `now` in the place of `was`: for the same platform, from the same date. Its digest is of a domain
// of its own, so that no step decided by it can be taken for one that was decided by a published
// pack.
PackOverlay PutInPlace(const Pack& was, const Pack& now);

class PackBook {
 public:
  // Before the first Add().
  void Overlay(PackOverlay overlay) { overlay_ = std::move(overlay); }
  // False if a pack of that digest is there already: publishing is idempotent.
  bool Add(std::shared_ptr<const Pack> pack, Instant recorded_at);
  // The pack in force at `at` among those known: the latest to come in force, ties by the later
  // effective_from, then by the later record. Null if there is none.
  const Pack* InForce(Platform platform, Instant at) const;
  const Pack* Find(const Digest& digest) const;
  const std::vector<PublishedPack>& packs() const { return packs_; }  // in order of publication

  // The brakes (PayoutHold, PayoutReleased): false if it changes nothing.
  bool Hold(const Brake& brake);
  bool Release(const Brake& brake);
  bool IsHeld(Platform platform, std::string_view merchant, const Digest& pack) const;
  const std::vector<Brake>& brakes() const { return brakes_; }  // in the order in which they came

 private:
  const Digest& Resolved(const Digest& digest) const;
  bool IsNamed(const Digest& pack, std::string_view hex) const;

  std::optional<PackOverlay> overlay_;
  std::vector<PublishedPack> packs_;
  std::vector<Brake> brakes_;
};

}  // namespace refund::policy
