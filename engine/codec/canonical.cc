#include "engine/codec/canonical.h"

#include <capnp/any.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace refund::codec {
namespace {

// A pointer on the wire, little-endian as we are.
struct Pointer {
  uint64_t word = 0;

  enum Kind : uint8_t { kStruct = 0, kList = 1 };
  // How large a list's elements are; above these are pointers and whole structs.
  enum Element : uint8_t { kVoid = 0, kBit = 1, kEightBytes = 5, kPointer = 6, kComposite = 7 };

  bool IsNull() const { return word == 0; }
  uint32_t kind() const { return word & 3; }
  int64_t offset() const { return static_cast<int32_t>(word) >> 2; }
  // Of a struct, and of a list's tag, whose offset is the number of its structs.
  uint32_t data() const { return static_cast<uint16_t>(word >> 32); }
  uint32_t pointers() const { return static_cast<uint16_t>(word >> 48); }
  uint32_t tag_count() const { return static_cast<uint32_t>(word) >> 2; }
  // Of a list.
  uint32_t element() const { return (word >> 32) & 7; }
  uint32_t count() const { return static_cast<uint32_t>(word >> 35); }
};

// Of a list that is neither of pointers nor of structs.
size_t WordsOf(uint32_t element, uint64_t count) {
  constexpr uint64_t kBits[] = {0, 1, 8, 16, 32, 64};
  return (count * kBits[element] + 63) / 64;
}

// Walks in preorder: in canonical form everything lies just where this comes by.
class Checker {
 public:
  explicit Checker(kj::ArrayPtr<const capnp::word> words)
      : words_(reinterpret_cast<const uint64_t*>(words.begin())), size_(words.size()) {}

  bool IsCanonical() {
    return size_ > 0 && words_[0] != 0 && Follow(0, kMostDepth) && next_ == size_;
  }

 private:
  static constexpr int kMostDepth = 10;  // below the reader's own limit

  // False where it would not fit.
  bool Claim(uint64_t words, size_t& at) {
    if (words > size_ - next_) return false;
    at = next_;
    next_ += words;
    return true;
  }

  bool Follow(size_t at, int depth) {
    const Pointer pointer{words_[at]};
    if (pointer.IsNull()) return true;
    if (depth == 0 || pointer.kind() > Pointer::kList) return false;
    // A struct of nothing points at itself.
    if (pointer.kind() == Pointer::kStruct && pointer.data() + pointer.pointers() == 0) {
      return pointer.offset() == -1;
    }
    const auto target = static_cast<int64_t>(at) + 1 + pointer.offset();
    if (target != static_cast<int64_t>(next_)) return false;
    return pointer.kind() == Pointer::kStruct ? Struct(pointer, depth) : List(pointer, depth);
  }

  bool Struct(Pointer pointer, int depth) {
    const size_t size = pointer.data() + pointer.pointers();
    size_t at = 0;
    return Claim(size, at) && EndsInData(at, pointer) && EndsInPointer(at, pointer) &&
           FollowAll(at + pointer.data(), pointer.pointers(), depth);
  }

  // Nothing behind it that a shorter struct would say as well.
  bool EndsInData(size_t at, Pointer shape) const {
    return shape.data() == 0 || words_[at + shape.data() - 1] != 0;
  }
  bool EndsInPointer(size_t at, Pointer shape) const {
    return shape.pointers() == 0 || words_[at + shape.data() + shape.pointers() - 1] != 0;
  }

  bool FollowAll(size_t at, size_t pointers, int depth) {
    for (size_t i = 0; i < pointers; ++i) {
      if (!Follow(at + i, depth - 1)) return false;
    }
    return true;
  }

  bool List(Pointer pointer, int depth) {
    size_t at = 0;
    switch (pointer.element()) {
      case Pointer::kVoid:
      case Pointer::kBit:
        return false;
      case Pointer::kPointer:
        return Claim(pointer.count(), at) && FollowAll(at, pointer.count(), depth);
      case Pointer::kComposite:
        return Claim(uint64_t{pointer.count()} + 1, at) && Structs(pointer, at, depth);
      default:
        return Claim(WordsOf(pointer.element(), pointer.count()), at) && IsPadded(pointer, at);
    }
  }

  bool IsPadded(Pointer list, size_t at) const {
    const size_t size = uint64_t{list.count()} << (list.element() - 2);
    const auto* bytes = reinterpret_cast<const char*>(words_ + at);
    return std::all_of(bytes + size, bytes + (size + 7) / 8 * 8, [](char b) { return b == 0; });
  }

  // The shape is that of the largest data and the most pointers among them.
  bool Structs(Pointer list, size_t at, int depth) {
    const Pointer tag{words_[at]};
    const size_t size = tag.data() + tag.pointers();
    if (tag.kind() != Pointer::kStruct || size == 0 ||
        uint64_t{tag.tag_count()} * size != list.count()) {
      return false;
    }
    bool data = false;
    bool pointers = false;
    for (size_t i = 0; i < tag.tag_count(); ++i) {
      const size_t each = at + 1 + i * size;
      data = data || EndsInData(each, tag);
      pointers = pointers || EndsInPointer(each, tag);
      if (!FollowAll(each + tag.data(), tag.pointers(), depth)) return false;
    }
    return data && pointers;
  }

  const uint64_t* const words_;
  const size_t size_;
  size_t next_ = 1;
};

// Copies a message that was built in one segment, in preorder and cut to what is not default.
class Copier {
 public:
  // `out` is all zero: what is null is not written.
  Copier(const uint64_t* in, uint64_t* out) : in_(in), out_(out) {}

  // Returns how many words were written.
  size_t Copy() {
    FollowAll(in_, 1, 0);
    return next_;
  }

 private:
  void FollowAll(const uint64_t* from, size_t count, size_t to) {
    for (size_t i = 0; i < count; ++i) {
      if (from[i] != 0) Follow(from + i, to + i);
    }
  }

  void Follow(const uint64_t* from, size_t to) {
    const Pointer pointer{*from};
    const uint64_t* target = from + 1 + pointer.offset();
    pointer.kind() == Pointer::kStruct ? Struct(pointer, target, to) : List(pointer, target, to);
  }

  size_t Claim(size_t words) { return std::exchange(next_, next_ + words); }

  void Point(size_t from, size_t target, uint64_t kind, uint64_t upper) {
    const auto offset =
        static_cast<uint32_t>(static_cast<int64_t>(target) - static_cast<int64_t>(from) - 1);
    out_[from] = kind | (offset << 2) | upper << 32;
  }

  static uint32_t Trimmed(const uint64_t* words, uint32_t size) {
    while (size > 0 && words[size - 1] == 0) --size;
    return size;
  }
  static uint64_t Shape(uint64_t data, uint64_t pointers) { return data | pointers << 16; }

  void Struct(Pointer pointer, const uint64_t* target, size_t to) {
    const uint32_t data = Trimmed(target, pointer.data());
    const uint32_t pointers = Trimmed(target + pointer.data(), pointer.pointers());
    // A struct of nothing points at itself.
    const size_t at = data + pointers == 0 ? to : Claim(data + pointers);
    Point(to, at, Pointer::kStruct, Shape(data, pointers));
    std::memcpy(out_ + at, target, data * sizeof(uint64_t));
    FollowAll(target + pointer.data(), pointers, at + data);
  }

  void List(Pointer pointer, const uint64_t* target, size_t to) {
    if (pointer.element() == Pointer::kComposite) return Structs(target, to);
    const bool plain = pointer.element() != Pointer::kPointer;
    const size_t size = plain ? WordsOf(pointer.element(), pointer.count()) : pointer.count();
    const size_t at = Claim(size);
    Point(to, at, Pointer::kList, pointer.word >> 32);
    if (plain) {
      std::memcpy(out_ + at, target, size * sizeof(uint64_t));
      return;
    }
    FollowAll(target, size, at);
  }

  void Structs(const uint64_t* target, size_t to) {
    const Pointer tag{*target++};
    const size_t count = tag.tag_count();
    const size_t stride = tag.data() + tag.pointers();
    uint32_t data = 0;
    uint32_t pointers = 0;
    for (size_t i = 0; i < count; ++i) {
      const uint64_t* each = target + i * stride;
      data = std::max(data, Trimmed(each, tag.data()));
      pointers = std::max(pointers, Trimmed(each + tag.data(), tag.pointers()));
    }
    const size_t size = data + pointers;
    const size_t at = Claim(1 + count * size);
    Point(to, at, Pointer::kList, Pointer::kComposite | uint64_t{count * size} << 3);
    out_[at] = count << 2 | Shape(data, pointers) << 32;
    for (size_t i = 0; i < count; ++i) {
      const uint64_t* each = target + i * stride;
      const size_t copy = at + 1 + i * size;
      std::memcpy(out_ + copy, each, data * sizeof(uint64_t));
      FollowAll(each + tag.data(), pointers, copy + data);
    }
  }

  const uint64_t* const in_;
  uint64_t* const out_;
  size_t next_ = 1;
};

template <class Words>
std::unique_ptr<Words>& Spare() {
  static thread_local std::unique_ptr<Words> spare;
  return spare;
}

}  // namespace

MessageBuilder::Scratch::Scratch() : words_(std::move(Spare<decltype(words_)::element_type>())) {
  if (words_ == nullptr) words_ = std::make_unique<decltype(words_)::element_type>();
}

MessageBuilder::Scratch::~Scratch() { Spare<decltype(words_)::element_type>() = std::move(words_); }

std::string MessageBuilder::CanonicalBytes() {
  const auto segments = builder_.getSegmentsForOutput();
  if (segments.size() != 1) {
    const auto root = builder_.getRoot<capnp::AnyPointer>().asReader();
    const auto words = root.getAs<capnp::AnyStruct>().canonicalize();
    const auto chars = words.asChars();
    return {chars.begin(), chars.size()};
  }
  // Never longer than what was built.
  std::string bytes(segments[0].size() * sizeof(uint64_t), '\0');
  Copier copier(reinterpret_cast<const uint64_t*>(segments[0].begin()),
                reinterpret_cast<uint64_t*>(bytes.data()));
  bytes.resize(copier.Copy() * sizeof(uint64_t));
  return bytes;
}

bool IsPlainlyCanonical(kj::ArrayPtr<const capnp::word> words) {
  return Checker(words).IsCanonical();
}

}  // namespace refund::codec
