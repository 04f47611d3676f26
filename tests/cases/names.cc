#include "tests/cases/names.h"

namespace refund::cases {

void Names::Add(const std::string& kind, const Id& id) {
  if (name_.contains(id.hex())) return;
  const std::string name = kind + std::to_string(++count_[kind]);
  hex_[name] = id.hex();
  name_[id.hex()] = name;
}

void Names::Learn(const Order& order) {
  for (const Case& each : order.cases) {
    Add("case", each.id);
    for (const DecisionRef& decision : each.decisions) Add("decision", decision.id);
    for (const Offer& offer : each.offers) Add("offer", offer.id);
  }
  for (const Leg& leg : order.legs) Add("leg", leg.id);
  for (const Voucher& voucher : order.vouchers) {
    const std::string hex = voucher.id.hex();
    if (vouchers_.insert(hex).second) hex_["voucher" + std::to_string(vouchers_.size())] = hex;
  }
}

std::optional<std::string> Names::Find(std::string_view name) const {
  const auto found = hex_.find(std::string(name));
  return found == hex_.end() ? std::nullopt : std::optional(found->second);
}

std::string Names::NameOf(const Id& id) const {
  const auto found = name_.find(id.hex());
  return found == name_.end() ? id.hex() : "$" + found->second;
}

std::string Names::WithNames(std::string text) const {
  for (const auto& [hex, name] : name_) {
    for (size_t at = 0; (at = text.find(hex, at)) != std::string::npos;) {
      text.replace(at, hex.size(), "$" + name);
    }
  }
  return text;
}

}  // namespace refund::cases
