// Files that are read at once: what is no such file is said, and a pipe is one.
#include "engine/log/whole_file.h"

#include <sys/stat.h>

#include <thread>

#include "tests/log/log_testing.h"

namespace refund::log {
namespace {

class WholeFileTest : public testing::Test {
 protected:
  TemporaryDirectory directory_;
};

TEST_F(WholeFileTest, ReadsAFileAndAnEmptyOne) {
  const std::string path = directory_ / "file";
  const std::string bytes(200'000, 'x');
  WriteFile(path, bytes);
  EXPECT_EQ(Get(ReadWholeFile(path)), bytes);
  WriteFile(path, "");
  EXPECT_EQ(Get(ReadWholeFile(path)), "");
}

TEST_F(WholeFileTest, ReadsAPipe) {
  const std::string path = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string bytes(200'000, 'x');
  std::thread writer([&] { WriteFile(path, bytes); });
  EXPECT_EQ(Get(ReadWholeFile(path)), bytes);
  writer.join();
}

TEST_F(WholeFileTest, WhatHasNoEndIsTooLarge) {
  EXPECT_THAT(ReadWholeFile("/dev/zero"),
              HasCode(absl::StatusCode::kInvalidArgument,
                      "/dev/zero: expected a file of at most 256 MiB, found more"));
}

TEST_F(WholeFileTest, WhatIsNoneIsSaid) {
  EXPECT_THAT(ReadWholeFile(directory_ / "none"), HasCode(absl::StatusCode::kNotFound));
  EXPECT_FALSE(ReadWholeFile(directory_ / "").ok());
}

}  // namespace
}  // namespace refund::log
