#include "projections/state/value_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/status.h"
#include "tests/projections/store_testing.h"

namespace refund::projections {
namespace {

namespace fs = std::filesystem;

using absl::StatusCode;
using refund::testing::ReadFile;
using refund::testing::TempDir;
using refund::testing::Value;
using refund::testing::WriteFile;
using ::testing::HasSubstr;

class ValueFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<ValueFile> Writer(uint64_t end = 0) {
    return Value(ValueFile::OpenWriter(path_, end));
  }
  absl::StatusOr<std::string> Read(const ValueFile::Place& place) {
    ASSIGN_OR_RETURN(const auto reader, ValueFile::OpenReader(path_, 0));
    return reader->Read(place);
  }
  // Written, and no longer open.
  ValueFile::Place Written(const std::string& value, uint64_t behind = 0) {
    const auto file = Writer(behind);
    const ValueFile::Place place = file->Append(value);
    EXPECT_TRUE(file->Sync().ok());
    EXPECT_EQ(file->end(), behind + value.size());
    return place;
  }

  const TempDir dir_;
  const std::string path_ = dir_ / "values";
};

TEST_F(ValueFileTest, WhatWasSyncedIsReadByWhoWasThereBefore) {
  const auto reader = Value(ValueFile::OpenReader(path_, 0));
  const auto writer = Writer();
  std::vector<ValueFile::Place> places;
  for (int i = 0; i < 3000; ++i) places.push_back(writer->Append(std::string(i, 'a' + i % 26)));
  ASSERT_TRUE(writer->Sync().ok());
  ASSERT_TRUE(reader->CatchUp(writer->end()).ok());
  for (int i = 0; i < 3000; ++i) {
    EXPECT_EQ(Value(reader->Read(places[i])), std::string(i, 'a' + i % 26));
  }
  const auto later = writer->Append("later");
  ASSERT_TRUE(writer->Sync().ok());
  EXPECT_EQ(Value(reader->Read(later)), "later");
  EXPECT_EQ(Value(writer->Read(later)), "later");
  EXPECT_EQ(fs::file_size(path_), 3000U * 2999 / 2 + 5);
}

TEST_F(ValueFileTest, NothingIsMadeWhereNothingIsAppended) {
  const auto writer = Writer();
  EXPECT_TRUE(writer->Sync().ok());
  EXPECT_EQ(writer->Read({}).status().code(), StatusCode::kDataLoss);
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ValueFileTest, TheNextWriterCutsOffWhatNoRowNames) {
  const auto first = Written("first");
  Written("second", 5);  // and the rows that were to name it are never written
  const auto third = Written("third", 5);
  EXPECT_EQ(third.offset, 5U);
  EXPECT_EQ(Value(Read(first)), "first");
  EXPECT_EQ(Value(Read(third)), "third");
  EXPECT_EQ(fs::file_size(path_), 10U);
}

TEST_F(ValueFileTest, AFlippedByteIsFoundAndNamed) {
  const auto place = Written("some value");
  const std::string whole = ReadFile(path_);
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] ^= 0x10;
    WriteFile(path_, flipped);
    const absl::Status status = Read(place).status();
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_ + ": the 10 bytes at 0"));
  }
}

TEST_F(ValueFileTest, AFileThatIsCutOrMissingIsNotOpened) {
  const auto place = Written("some value");
  WriteFile(path_, "some");
  const auto refused = [&](const std::string& why) {
    for (const absl::Status& status :
         {ValueFile::OpenReader(path_, 10).status(), ValueFile::OpenWriter(path_, 10).status()}) {
      EXPECT_EQ(status.code(), StatusCode::kDataLoss);
      EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
      EXPECT_THAT(std::string(status.message()), HasSubstr(why));
    }
  };
  refused("expected at least 10 bytes, found 4");
  EXPECT_EQ(Read(place).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(ReadFile(path_), "some");
  fs::remove(path_);
  refused("No such file");
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ValueFileTest, ARemovedFileIsReadOnByWhoHasItOpen) {
  const auto place = Written("some value");
  const auto reader = Value(ValueFile::OpenReader(path_, 10));
  fs::remove(path_);
  EXPECT_TRUE(reader->CatchUp(10).ok());
  EXPECT_EQ(Value(reader->Read(place)), "some value");
}

TEST_F(ValueFileTest, AnErrorOfWritingIsToldBySyncAndThereIsNoSecondTry) {
  const auto writer = Writer();
  fs::create_directory(path_);
  writer->Append("x");
  EXPECT_EQ(writer->Sync().code(), StatusCode::kInternal);
  fs::remove(path_);
  writer->Append("y");
  EXPECT_EQ(writer->Sync().code(), StatusCode::kInternal);
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ValueFileTest, APlaceThatNoEngineWroteIsNone) {
  EXPECT_EQ(ValueFile::Place::Decode("too short").status().code(), StatusCode::kDataLoss);
  const ValueFile::Place place{1ULL << 40, 3, 7};
  EXPECT_EQ(Value(ValueFile::Place::Decode(place.Encode())).offset, 1ULL << 40);
}

}  // namespace
}  // namespace refund::projections
