// Typed reading of untrusted Cap'n Proto structs, field by field, with the limits of the schema. It
// remembers where it is, so that a message can say so, at the cost of a few stores per struct.
// Internal to the codec; its callers run inside CatchKj. A struct S is read by an overload of `bool
// Read(Reading&, S::Reader, Value&)`, found by its arguments.
#pragma once

#include <capnp/any.h>
#include <capnp/list.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/codec/field_rules.h"
#include "engine/domain/vocabulary.h"

namespace refund::codec {

inline ByteView View(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

class Reading {
 public:
  // Each reads one field. False, and why() is set, if it does not keep its rule. `present` is
  // whether its pointer is set.
  bool Text(const FieldRule& rule, bool present, capnp::Text::Reader text, std::string& out);
  bool Blob(const FieldRule& rule, bool present, capnp::Data::Reader data, std::string& out);
  bool At(const FieldRule& rule, int64_t ms, Instant& out);
  bool Texts(const FieldRule& rule, bool present, capnp::List<capnp::Text>::Reader list,
             std::vector<std::string>& out);
  bool Digests(const FieldRule& rule, bool present, capnp::List<capnp::Data>::Reader list,
               std::vector<Digest>& out);

  // Of an Id or a Digest.
  template <class T>
  bool Bytes(const FieldRule& rule, bool present, capnp::Data::Reader data, T& out) {
    return Size(rule, present, data.size(), "bytes") && (T::FromBytes(View(data), out) || !present);
  }

  // Of an Id or a Digest that is zero where it is absent.
  template <class T>
  bool BytesOrNone(const FieldRule& rule, bool present, capnp::Data::Reader data, T& out) {
    if (!Bytes(rule, present, data, out)) return false;
    return !present || !out.IsZero() ||
           Fail(rule, "not canonical: expected no pointer to bytes that are all zero");
  }

  template <class S, class E>
  bool Enum(const FieldRule& rule, S number, E& out, int index = -1) {
    out = static_cast<E>(number);
    constexpr bool kHasUnspecified = EnumNames<E>::kNames[0] == "UNSPECIFIED";
    return KnownEnum(rule, static_cast<uint16_t>(number), CountOf<E>(), kHasUnspecified, index);
  }

  template <class L, class E>
  bool Enums(const FieldRule& rule, bool present, L list, std::vector<E>& out) {
    if (!ListSize(rule, present, list, capnp::ElementSize::TWO_BYTES)) return false;
    const FieldRule element = ElementRule(rule);
    out.resize(list.size());
    for (uint32_t i = 0; i < list.size(); ++i) {
      if (!Enum(element, list[i], out[i], static_cast<int>(i))) return false;
    }
    return true;
  }

  template <class R, class V>
  bool Struct(const FieldRule& rule, bool present, R reader, V& out) {
    if (!present) return Fail(rule, "expected an object, found none");
    Enter(rule);
    if (!OnlyKnown(reader) || !Read(*this, reader, out)) return false;
    Leave();
    return true;
  }

  // Of an object that may be absent.
  template <class R, class V>
  bool StructOrNone(const FieldRule& rule, bool present, R reader, std::optional<V>& out) {
    return !present || Struct(rule, true, reader, out.emplace());
  }

  template <class L, class V>
  bool Structs(const FieldRule& rule, bool present, L list, std::vector<V>& out) {
    if (!ListSize(rule, present, list, capnp::ElementSize::INLINE_COMPOSITE)) return false;
    if (list.size() > 0 && !PlainTag(rule, capnp::AnyStruct::Reader(list[0]), list.size())) {
      return false;
    }
    out.resize(list.size());
    for (uint32_t i = 0; i < list.size(); ++i) {
      Enter(rule, static_cast<int>(i));
      if (!OnlyKnown(list[i]) || !Read(*this, list[i], out[i])) return false;
      Leave();
    }
    return true;
  }

  // No data and no pointer that our schema does not know: an old binary must not drop what it
  // cannot understand, and a value has one form only.
  template <class R>
  bool OnlyKnown(R reader) {
    return OnlyKnownBits(Rules<typename R::Reads>(), capnp::AnyStruct::Reader(reader));
  }

  // Always false; why() becomes "where: what". `index` is the item's, in a list.
  bool Fail(const FieldRule& rule, std::string_view what, int index = -1);
  bool FailHere(std::string_view what);

  const std::string& why() const { return why_; }

 private:
  struct Step {
    const FieldRule* rule;
    int index;  // in a list, or -1
  };

  void Enter(const FieldRule& rule, int index = -1);
  void Leave() { --depth_; }
  std::string Where() const;
  bool Plain(const FieldRule& rule, std::string_view text, bool lines);
  bool Size(const FieldRule& rule, bool present, size_t size, std::string_view unit);
  bool ListSize(const FieldRule& rule, bool present, capnp::AnyList::Reader list,
                capnp::ElementSize expected);
  bool PlainTag(const FieldRule& rule, capnp::AnyStruct::Reader first, uint32_t size);
  bool KnownEnum(const FieldRule& rule, uint16_t number, size_t known, bool has_unspecified,
                 int index);
  bool OnlyKnownBits(const StructRules& rules, capnp::AnyStruct::Reader reader);

  std::array<Step, 8> path_{};
  size_t depth_ = 0;
  std::string why_;
};

}  // namespace refund::codec
