#include "engine/base/id.h"

#include <algorithm>

#include "engine/base/sha256.h"

namespace refund {

bool Id::FromBytes(ByteView bytes, Id& out) {
  if (bytes.size() != out.bytes.size()) return false;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(out.bytes.data()));
  return true;
}

Id MakeId(std::string_view kind, std::string_view key, const Id& case_id, uint32_t reopening,
          std::string_view cause, uint32_t k) {
  std::string input;
  input.reserve(kind.size() + key.size() + case_id.bytes.size() + cause.size() + 24);
  AppendSized(input, kind);
  AppendSized(input, key);
  AppendSized(input, case_id.view());
  AppendBe32(input, reopening);
  AppendSized(input, cause);
  AppendBe32(input, k);
  Id id;
  const Digest digest = Sha256(input);
  std::copy_n(digest.bytes.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

}  // namespace refund
