// What a script calls the things that the engine makes: $case1 is the first case that it made, and
// so on. Ids are hashes; nobody should have to read one.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/id.h"
#include "engine/domain/order.h"

namespace refund::cases {

class Names {
 public:
  // Cases, decisions, legs, offers and vouchers that are new in it. A voucher's id is its leg's: it
  // is printed as the leg, and found under both names.
  void Learn(const Order& order);
  // "case1" → its id in hex. Empty if there is none (yet).
  std::optional<std::string> Find(std::string_view name) const;
  // "$leg1"
  std::string NameOf(const Id& id) const;
  // The text with every known id replaced by its name.
  std::string WithNames(std::string text) const;

 private:
  void Add(const std::string& kind, const Id& id);

  std::map<std::string, std::string> hex_;   // by name
  std::map<std::string, std::string> name_;  // by hex
  std::map<std::string, int> count_;         // by kind
  std::set<std::string> vouchers_;           // by hex
};

}  // namespace refund::cases
