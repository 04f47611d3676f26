// How plain values stand in Cap'n Proto structs, described once for both ways. A struct's Map()
// lists its members; a Writer runs it over a builder, a Reader over a reader, so no field can be
// written in one way and read in another. Internal to the codecs of what we store ourselves
// (order_codec.cc, step_codec.cc); the events of the log have stricter readers of their own.
//
//   template <class Io>
//   void Map(Io& io, Ref<Io, Finding> v) {
//     STORED(liability, Liability);
//     STORED(grounds, Grounds);
//   }
//
// An empty text, list, id or digest is a null pointer; so is an absent optional struct. An absent
// optional instant is -1: none that we accept is negative. An absent optional number is the least
// int64, which no amount is; an absent optional word is the value 0, UNSPECIFIED.
#pragma once

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/check.h"
#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/base/status.h"
#include "engine/codec/canonical.h"
#include "engine/codec/json_walker.h"
#include "engine/codec/kj_boundary.h"
#include "engine/domain/vocabulary.h"

namespace refund::codec::stored {

inline constexpr int64_t kAbsentInstant = -1;
inline constexpr int64_t kAbsentNumber = std::numeric_limits<int64_t>::min();
// No engine wrote an instant as far off as this, in milliseconds; nearer ones can be added to.
inline constexpr int64_t kTooFarOff = int64_t{1} << 62;

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsMap = false;
template <class K, class V>
inline constexpr bool kIsMap<std::map<K, V>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsOptionalEnum = false;
template <class T>
inline constexpr bool kIsOptionalEnum<std::optional<T>> = std::is_enum_v<T>;
// Ids and digests: fixed bytes, absent where all are zero.
template <class T>
inline constexpr bool kIsHash = std::is_same_v<T, Id> || std::is_same_v<T, Digest>;
template <class T>
inline constexpr bool kIsText = std::is_same_v<T, std::string>;

// A value as Map() sees it: const while writing.
template <class Io, class T>
using Ref = std::conditional_t<Io::kReads, T&, const T&>;

// The first thing that is wrong with the bytes. What is read after it is of no use, but harmless.
class Faults {
 public:
  void Note(std::string_view field, std::string_view what) {
    if (text_.empty()) text_ = std::string(field) + ": " + std::string(what);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

inline capnp::Text::Reader AsText(const std::string& text) { return {text.c_str(), text.size()}; }
inline capnp::Data::Reader AsData(ByteView bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}
inline ByteView AsView(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

template <class Builder>
class Writer {
 public:
  static constexpr bool kReads = false;
  explicit Writer(Builder at) : at_(at) {}

  template <class T, class Get, class Set, class Init, class Has>
  void Field(const T& value, std::string_view, Get get, Set set, Init init, Has) {
    if constexpr (kIsVector<T>) {
      if (!value.empty()) WriteList(value, init(at_, static_cast<uint32_t>(value.size())));
    } else if constexpr (kIsMap<T>) {
      if (!value.empty()) WriteEntries(value, init(at_, static_cast<uint32_t>(value.size())));
    } else if constexpr (std::is_same_v<T, std::optional<Instant>>) {
      set(at_, value ? value->ms : kAbsentInstant);
    } else if constexpr (std::is_same_v<T, std::optional<int64_t>>) {
      CHECK(value != kAbsentNumber);
      set(at_, value.value_or(kAbsentNumber));
    } else if constexpr (kIsOptionalEnum<T>) {
      using Word = typename T::value_type;
      CHECK(value != Word{});
      set(at_, static_cast<decltype(get(at_))>(value.value_or(Word{})));
    } else if constexpr (kIsOptional<T>) {
      if (value) WriteStruct(*value, init(at_));
    } else if constexpr (kIsText<T>) {
      if (!value.empty()) WriteText(value, get, set);
    } else if constexpr (kIsHash<T>) {
      if (!value.IsZero()) set(at_, AsData(value.view()));
    } else if constexpr (std::is_same_v<T, Instant>) {
      set(at_, value.ms);
    } else if constexpr (std::is_enum_v<T>) {
      set(at_, static_cast<decltype(get(at_))>(value));
    } else if constexpr (std::is_integral_v<T>) {
      set(at_, value);
    } else {
      WriteStruct(value, init(at_));
    }
  }

  Builder& at() { return at_; }

 private:
  template <class T, class Target>
  static void WriteStruct(const T& value, Target target) {
    Writer<Target> writer(target);
    Map(writer, value);
  }

  // The schema says whether it is text or just bytes.
  template <class Get, class Set>
  void WriteText(const std::string& value, Get get, Set set) {
    if constexpr (std::is_same_v<decltype(get(at_)), capnp::Data::Builder>) {
      set(at_, AsData(value));
    } else {
      set(at_, AsText(value));
    }
  }

  template <class T, class List>
  static void WriteList(const std::vector<T>& values, List list) {
    for (uint32_t i = 0; i < values.size(); ++i) {
      if constexpr (kIsText<T>) {
        list.set(i, AsText(values[i]));
      } else if constexpr (kIsHash<T>) {
        list.set(i, AsData(values[i].view()));
      } else if constexpr (std::is_enum_v<T>) {
        list.set(i, static_cast<std::decay_t<decltype(list[i])>>(values[i]));
      } else {
        WriteStruct(values[i], list[i]);
      }
    }
  }

  template <class K, class V, class List>
  static void WriteEntries(const std::map<K, V>& values, List list) {
    uint32_t i = 0;
    for (const auto& [key, value] : values) {
      Writer<std::decay_t<decltype(list[i])>> writer(list[i]);
      MapEntry(writer, key, value);
      ++i;
    }
  }

  Builder at_;
};

template <class Source>
class Reader {
 public:
  static constexpr bool kReads = true;
  Reader(Source at, Faults& faults) : at_(at), faults_(faults) {}

  template <class T, class Get, class Set, class Init, class Has>
  void Field(T& value, std::string_view name, Get get, Set, Init, Has has) {
    if constexpr (kIsVector<T>) {
      ReadList(value, name, get(at_));
    } else if constexpr (kIsMap<T>) {
      ReadEntries(value, get(at_));
    } else if constexpr (std::is_same_v<T, std::optional<Instant>>) {
      const int64_t ms = get(at_);
      if (ms != kAbsentInstant) ReadInstant(value.emplace(), name, ms);
    } else if constexpr (std::is_same_v<T, std::optional<int64_t>>) {
      const int64_t number = get(at_);
      if (number != kAbsentNumber) value = number;
    } else if constexpr (kIsOptionalEnum<T>) {
      typename T::value_type word{};
      ReadOne(word, name, get(at_));
      if (word != typename T::value_type{}) value = word;
    } else if constexpr (kIsOptional<T>) {
      if (has(at_)) ReadStruct(value.emplace(), get(at_));
    } else if constexpr (kIsHash<T>) {
      if (has(at_)) ReadHash(value, name, get(at_));
    } else {
      ReadOne(value, name, get(at_));
    }
  }

  Source& at() { return at_; }
  void Fault(std::string_view field, std::string_view what) { faults_.Note(field, what); }

 private:
  template <class T, class Stored>
  void ReadOne(T& value, std::string_view name, const Stored& stored) {
    if constexpr (kIsText<T>) {
      value.assign(reinterpret_cast<const char*>(stored.begin()), stored.size());
    } else if constexpr (kIsHash<T>) {
      ReadHash(value, name, stored);
    } else if constexpr (std::is_same_v<T, Instant>) {
      ReadInstant(value, name, stored);
    } else if constexpr (std::is_enum_v<T>) {
      if (static_cast<uint16_t>(stored) >= CountOf<T>()) {
        Fault(name, "unknown value " + std::to_string(static_cast<uint16_t>(stored)));
      } else {
        value = static_cast<T>(stored);
      }
    } else if constexpr (std::is_integral_v<T>) {
      value = stored;
    } else {
      ReadStruct(value, stored);
    }
  }

  void ReadInstant(Instant& value, std::string_view name, int64_t ms) {
    if (ms <= -kTooFarOff || ms >= kTooFarOff) {
      return Fault(name, "no instant is as far off as " + std::to_string(ms) + " ms");
    }
    value.ms = ms;
  }

  template <class Hash>
  void ReadHash(Hash& value, std::string_view name, capnp::Data::Reader stored) {
    if (Hash::FromBytes(AsView(stored), value)) return;
    Fault(name, "expected " + std::to_string(value.bytes.size()) + " bytes, found " +
                    std::to_string(stored.size()));
  }

  template <class T, class Stored>
  void ReadStruct(T& value, Stored stored) {
    Reader<Stored> reader(stored, faults_);
    Map(reader, value);
  }

  template <class T, class List>
  void ReadList(std::vector<T>& values, std::string_view name, List list) {
    values.resize(list.size());
    for (uint32_t i = 0; i < list.size(); ++i) ReadOne(values[i], name, list[i]);
  }

  template <class K, class V, class List>
  void ReadEntries(std::map<K, V>& values, List list) {
    for (uint32_t i = 0; i < list.size(); ++i) {
      std::pair<K, V> entry;
      Reader<std::decay_t<decltype(list[i])>> reader(list[i], faults_);
      MapEntry(reader, entry.first, entry.second);
      values.insert(values.end(), std::move(entry));
    }
  }

  Source at_;
  Faults& faults_;
};

// A member that stands in the schema's field Name. The lambdas are generic, so that those which the
// field has no accessor for are never compiled.
#define STORED_AS(value, name, Name)                                        \
  io.Field((value), name, [](auto& at) { return at.get##Name(); },          \
           [](auto& at, const auto& stored) { at.set##Name(stored); },      \
           [](auto& at, auto... sizes) { return at.init##Name(sizes...); }, \
           [](auto& at) { return at.has##Name(); })
#define STORED(member, Name) STORED_AS(v.member, #member, Name)

template <class Schema, class T>
std::string Encode(const T& value) {
  MessageBuilder message;
  Writer<typename Schema::Builder> writer(message->initRoot<Schema>());
  Map(writer, value);
  return message.CanonicalBytes();
}

template <class Schema, class T>
std::string ToJson(const T& value) {
  MessageBuilder message;
  Writer<typename Schema::Builder> writer(message->initRoot<Schema>());
  Map(writer, value);
  return StructToJson(message->getRoot<Schema>().asReader());
}

// Enough to read what we wrote, down to lists whose items all are defaults and take no bytes; not
// enough for a few flipped bits to keep us busy.
inline capnp::ReaderOptions LimitsFor(size_t words) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 4 * words + 4096;
  options.nestingLimit = 32;
  return options;
}

// Runs `body` over the root of the bytes; what it finds wrong goes to `faults`.
template <class Schema, class F>
void ReadRoot(ByteView bytes, Faults& faults, F&& body) {
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0) {
    faults.Note("bytes", "expected whole words, found " + std::to_string(bytes.size()) + " bytes");
    return;
  }
  // The reader wants words that are aligned; a view promises nothing.
  auto words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  std::memcpy(words.asBytes().begin(), bytes.data(), bytes.size());
  const bool whole = CatchKj([&] {
    const kj::ArrayPtr<const capnp::word> segments[] = {words};
    capnp::SegmentArrayMessageReader message(segments, LimitsFor(words.size()));
    body(message.getRoot<Schema>());
  });
  if (!whole) faults.Note("bytes", "a pointer or text is malformed");
}

// The T whose bytes these are; kDataLoss starting with `what` if they are nobody's. A value has one
// form, and writing it again shows whether this is it: that covers padding, bits of fields that we
// do not know, lists out of order, and whatever else a check of its own would forget.
template <class Schema, class T>
absl::StatusOr<T> Decode(ByteView bytes, std::string_view what) {
  T value;
  Faults faults;
  ReadRoot<Schema>(bytes, faults, [&](typename Schema::Reader root) {
    Reader<typename Schema::Reader> reader(root, faults);
    Map(reader, value);
  });
  if (faults.text().empty() && Encode<Schema>(value) != bytes) {
    faults.Note("bytes", "not the canonical form of what they say");
  }
  if (faults.text().empty()) return value;
  return Errorf(absl::StatusCode::kDataLoss, "%s: %s", what, faults.text());
}

}  // namespace refund::codec::stored
