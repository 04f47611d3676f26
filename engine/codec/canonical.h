// The canonical bytes of a struct: one segment, no segment table (capnproto.org/encoding.html,
// "Canonicalization"). Internal to the codec. Cap'n Proto's own functions build or walk a message
// through its readers, several times; these go once over the words. A test holds the two equal.
#pragma once

#include <capnp/message.h>

#include <array>
#include <memory>
#include <string>

namespace refund::codec {

// A builder whose first segment is there already and large enough for nearly everything.
class MessageBuilder {
 public:
  capnp::MallocMessageBuilder* operator->() { return &builder_; }
  // Of the root, as it has been built.
  std::string CanonicalBytes();

 private:
  // Kept by the thread for its next message. A builder leaves it zeroed, as it must find it.
  class Scratch {
   public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    kj::ArrayPtr<capnp::word> words() { return kj::arrayPtr(words_->data(), words_->size()); }

   private:
    std::unique_ptr<std::array<capnp::word, 4096>> words_;
  };

  Scratch scratch_;  // outlives the builder
  capnp::MallocMessageBuilder builder_{scratch_.words()};
};

// Whether the words are a message in canonical form of the plain kind that our writers make. Where
// this says no, MessageReader::isCanonical() has the word: it knows more kinds, and what is
// damaged.
bool IsPlainlyCanonical(kj::ArrayPtr<const capnp::word> words);

}  // namespace refund::codec
