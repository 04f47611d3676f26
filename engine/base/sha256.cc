#include "engine/base/sha256.h"

// The functions of one algorithm rather than EVP: of a hash of some hundred bytes, and we make ten
// a step, EVP's setting up took a quarter. OpenSSL calls them deprecated, and keeps them.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>

#include "engine/base/check.h"

namespace refund {

bool Digest::FromBytes(ByteView bytes, Digest& out) {
  if (bytes.size() != out.bytes.size()) return false;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(out.bytes.data()));
  return true;
}

struct Sha256Stream::Context {
  SHA256_CTX sha;
};

Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) {
  CHECK(SHA256_Init(&context_->sha) == 1);
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Add(ByteView bytes) {
  CHECK(SHA256_Update(&context_->sha, bytes.data(), bytes.size()) == 1);
}

Digest Sha256Stream::Finish() {
  Digest digest;
  CHECK(SHA256_Final(digest.bytes.data(), &context_->sha) == 1);
  CHECK(SHA256_Init(&context_->sha) == 1);
  return digest;
}

Digest Sha256(ByteView bytes) {
  SHA256_CTX sha;
  Digest digest;
  CHECK(SHA256_Init(&sha) == 1);
  CHECK(SHA256_Update(&sha, bytes.data(), bytes.size()) == 1);
  CHECK(SHA256_Final(digest.bytes.data(), &sha) == 1);
  return digest;
}

}  // namespace refund
