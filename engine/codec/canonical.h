// The canonical bytes of a struct: one segment, no segment table. Internal to the codec.
#pragma once

#include <capnp/message.h>

#include <array>
#include <string>

namespace refund::codec {

// A builder whose first segment is on the stack, for messages that are small and short-lived.
class MessageBuilder {
 public:
  capnp::MallocMessageBuilder* operator->() { return &builder_; }

 private:
  std::array<capnp::word, 256> scratch_{};  // must be zero
  capnp::MallocMessageBuilder builder_{kj::arrayPtr(scratch_.data(), scratch_.size())};
};

template <class R>
std::string CanonicalBytes(R reader) {
  const auto words = capnp::canonicalize(reader);
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

}  // namespace refund::codec
