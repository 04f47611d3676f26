// Placeholders in a script's bodies: names of things ($leg1), and short forms of the JSON that
// every second body has. They know no event.
// clang-format off
//   $cny(5990)               {"units":5990,"currency":"CNY"}
//   $units(1,2)              {"line":"1","quantity":2}
//   $piece(PHOTO,rot,photo)  a piece of evidence: kind, name of the file, slot (may be left out)
//   $shared(PHOTO,rot)       the same, marked as shared
//   $pieces(PHOTO,batch,20)  twenty of them, separated by commas
//   $hash(rot)               the SHA-256 of that name
//   $option(REFUND_ONLY,99)  {"remedy":"REFUND_ONLY","amount":{"units":99,"currency":"CNY"}}
//   $share(FUND,4000)        {"bearer":"FUND","basis_points":4000}
//   $actor(SELLER,m-1)       {"role":"SELLER","id":"m-1"}
//   $pack(taobao/2024-08-09) the digest of that pack, in hex
// clang-format on
#pragma once

#include <string>
#include <string_view>

#include "tests/cases/names.h"

namespace refund::cases {

struct Expanded {
  std::string text;
  bool complete = true;  // false: a name is not known yet, zeros stand in its place
  std::string error;     // not empty: no such placeholder
};

Expanded Expand(std::string_view text, const Names& names);

}  // namespace refund::cases
