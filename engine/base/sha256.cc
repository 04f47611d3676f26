#include "engine/base/sha256.h"

#include <openssl/evp.h>

#include <algorithm>

#include "engine/base/check.h"

namespace refund {
namespace {

// Fetched once: EVP_sha256() would look the algorithm up at every init.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

}  // namespace

bool Digest::FromBytes(ByteView bytes, Digest& out) {
  if (bytes.size() != out.bytes.size()) return false;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(out.bytes.data()));
  return true;
}

struct Sha256Stream::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  Context() { CHECK(evp != nullptr); }
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) {
  CHECK(EVP_DigestInit_ex2(context_->evp, Algorithm(), nullptr) == 1);
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Add(ByteView bytes) {
  CHECK(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) == 1);
}

Digest Sha256Stream::Finish() {
  Digest digest;
  CHECK(EVP_DigestFinal_ex(context_->evp, digest.bytes.data(), nullptr) == 1);
  CHECK(EVP_DigestInit_ex2(context_->evp, Algorithm(), nullptr) == 1);
  return digest;
}

Digest Sha256(ByteView bytes) {
  // One context a thread: allocating one costs as much as hashing a small message.
  static thread_local Sha256Stream stream;
  stream.Add(bytes);
  return stream.Finish();
}

}  // namespace refund
