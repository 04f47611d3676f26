#include "engine/codec/reading.h"

#include <cstring>

#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/codec/text_check.h"

namespace refund::codec {

void Reading::Enter(const FieldRule& rule, int index) {
  CHECK(depth_ < path_.size());
  path_[depth_++] = {&rule, index};
}

std::string Reading::Where() const {
  std::string where;
  for (size_t i = 0; i < depth_; ++i) {
    if (i > 0) where += '.';
    where += path_[i].rule->name;
    if (path_[i].index >= 0) absl::StrAppendFormat(&where, "[%d]", path_[i].index);
  }
  return where;
}

bool Reading::FailHere(std::string_view what) {
  why_ = depth_ == 0 ? std::string(what) : absl::StrFormat("%s: %s", Where(), what);
  return false;
}

bool Reading::Fail(const FieldRule& rule, std::string_view what, int index) {
  Enter(rule, index);
  return FailHere(what);
}

bool Reading::Size(const FieldRule& rule, bool present, size_t size, std::string_view unit) {
  if (present && size == 0)
    return Fail(rule, "not canonical: expected no pointer to an empty value");
  const bool fits = rule.bytes && unit == "bytes" ? size == *rule.bytes : size <= rule.maximum;
  if (present ? fits : rule.optional) return true;
  return Fail(rule, absl::StrFormat("expected %s, found %d", LimitText(rule, unit), size));
}

bool Reading::Plain(const FieldRule& rule, std::string_view text, bool lines) {
  const auto bad = FindBadText(text, lines);
  if (!bad) return true;
  return Fail(rule, absl::StrFormat("expected UTF-8 without control characters, found %s", *bad));
}

bool Reading::Text(const FieldRule& rule, bool present, capnp::Text::Reader text,
                   std::string& out) {
  if (!Size(rule, present, text.size(), "bytes")) return false;
  out.assign(text.begin(), text.size());
  return Plain(rule, out, rule.prose());
}

bool Reading::Blob(const FieldRule& rule, bool present, capnp::Data::Reader data,
                   std::string& out) {
  if (!Size(rule, present, data.size(), "bytes")) return false;
  out.assign(View(data));
  return true;
}

bool Reading::At(const FieldRule& rule, int64_t ms, Instant& out) {
  out.ms = ms;
  if (out >= kMinInstant && out <= kMaxInstant) return true;
  return Fail(rule, absl::StrFormat("expected an instant from 1970 to 9999, found %d ms", ms));
}

bool Reading::ListSize(const FieldRule& rule, bool present, capnp::AnyList::Reader list,
                       capnp::ElementSize expected) {
  if (!Size(rule, present, list.size(), "items")) return false;
  // A reader of structs takes a list of numbers too (that is how Cap'n Proto lets a list grow),
  // which would give one value two forms.
  if (!present || list.getElementSize() == expected) return true;
  return Fail(rule, "not canonical: expected the schema's kind of list");
}

// The word in front of a list of structs holds their number in 29 of 30 bits; isCanonical() of
// 0.9.2 does not look at the last one.
bool Reading::PlainTag(const FieldRule& rule, capnp::AnyStruct::Reader first, uint32_t size) {
  uint32_t count_and_kind = 0;
  std::memcpy(&count_and_kind, first.getDataSection().begin() - sizeof(capnp::word),
              sizeof(count_and_kind));
  if (count_and_kind == size << 2) return true;
  return Fail(rule, "not canonical: expected a plain list tag");
}

bool Reading::Texts(const FieldRule& rule, bool present, capnp::List<capnp::Text>::Reader list,
                    std::vector<std::string>& out) {
  if (!ListSize(rule, present, list, capnp::ElementSize::POINTER)) return false;
  const FieldRule element = ElementRule(rule);
  out.resize(list.size());
  for (uint32_t i = 0; i < list.size(); ++i) {
    out[i].assign(list[i].begin(), list[i].size());
    Enter(rule, static_cast<int>(i));
    if (out[i].empty() || out[i].size() > element.maximum) {
      return FailHere(
          absl::StrFormat("expected %s, found %d", LimitText(element, "bytes"), out[i].size()));
    }
    if (const auto bad = FindBadText(out[i], false)) {
      return FailHere(absl::StrFormat("expected UTF-8 without control characters, found %s", *bad));
    }
    Leave();
  }
  return true;
}

bool Reading::Digests(const FieldRule& rule, bool present, capnp::List<capnp::Data>::Reader list,
                      std::vector<Digest>& out) {
  FieldRule items = rule;  // $bytes is of each, not of the list
  if (!ListSize(items, present, list, capnp::ElementSize::POINTER)) return false;
  out.resize(list.size());
  for (uint32_t i = 0; i < list.size(); ++i) {
    if (Digest::FromBytes(View(list[i]), out[i])) continue;
    Enter(rule, static_cast<int>(i));
    return FailHere(absl::StrFormat("expected 32 bytes, found %d", list[i].size()));
  }
  return true;
}

bool Reading::KnownEnum(const FieldRule& rule, uint16_t number, size_t known, bool has_unspecified,
                        int index) {
  if (number >= known) {
    return Fail(rule, absl::StrFormat("expected a number below %d, found %d", known, number),
                index);
  }
  if (number > 0 || !has_unspecified || rule.optional) return true;
  return Fail(rule, "expected a value, found UNSPECIFIED", index);
}

bool Reading::OnlyKnownBits(const StructRules& rules, capnp::AnyStruct::Reader reader) {
  const auto data = reader.getDataSection();
  uint64_t unknown = data.size() % 8;
  for (size_t at = 0; at + 8 <= data.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, data.begin() + at, 8);  // the wire is little-endian, and so are we
    unknown |= at / 8 < rules.known_bits.size() ? word & ~rules.known_bits[at / 8] : 1;
  }
  if (unknown == 0 && reader.getPointerSection().size() <= rules.pointers) return true;
  return FailHere("not canonical: expected only fields of the schema, found others");
}

}  // namespace refund::codec
