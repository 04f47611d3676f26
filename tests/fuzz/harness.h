// What every fuzz target shares (README.md). A target is one file that defines the three below; the
// rest, libFuzzer's entry included, is harness.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/bytes.h"

namespace refund::fuzz {

// What an input that goes the whole way comes to: "an applied event".
extern const char kReached[];

// One input. True if it went the whole way. What must hold, holds by CHECK.
bool Run(ByteView input);

// Called before the first input.
void Prepare();

std::string ReadWhole(const std::filesystem::path& path);

// libFuzzer's own mutation of the bytes, to at most `most`.
std::string Mutated(std::string bytes, size_t most);

// With -DREFUND_PLANT_BUG a read past the end of a buffer, where `here`: a target calls it where an
// input has gone the whole way with values that no file of its corpus has.
void PlantedBug(bool here);

}  // namespace refund::fuzz
