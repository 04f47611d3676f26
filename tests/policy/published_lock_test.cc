// A published pack never changes: policies/published.lock holds the digest of each. A new pack adds
// a line; REFUND_UPDATE_LOCK=1 writes the file, and the diff is the review.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/policy/pack_files.h"

namespace refund {
namespace {

TEST(PublishedLockTest, NoPublishedPackHasChanged) {
  std::string lock =
      "# name digest, one line a pack. A line here never changes (docs/formats/pack.md).\n";
  for (const std::string& path : testing::PackFilesBelow("policies")) {
    const policy::Pack pack = testing::PackOf(path);
    lock += pack.name + " " + pack.digest.hex() + "\n";
  }
  if (std::getenv("REFUND_UPDATE_LOCK") != nullptr) {
    std::ofstream(std::string(REFUND_SOURCE_DIR) + "/policies/published.lock", std::ios::binary)
        << lock;
  }
  EXPECT_EQ(testing::ReadSourceFile("policies/published.lock"), lock);
}

}  // namespace
}  // namespace refund
