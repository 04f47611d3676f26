// Text as JSON writes it, for what is printed by hand.
#pragma once

#include <string>
#include <string_view>

namespace refund {

// Quotes included.
std::string JsonText(std::string_view text);

}  // namespace refund
