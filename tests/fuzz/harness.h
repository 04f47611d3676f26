// What every fuzz target shares (README.md). A target is one file that defines the five below; the
// rest, libFuzzer's entries included, is harness.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/bytes.h"

namespace refund::fuzz {

// Where its seeds lie.
extern const char kCorpus[];
// What an input that goes the whole way comes to: "an applied event".
extern const char kReached[];

// One input. True if it went the whole way. What must hold, holds by CHECK.
bool Run(ByteView input);

// Called before the first input.
void Prepare();

// One change of the input, to at most `most` bytes: what is longer is cut. mutators.h has most of
// them.
std::string Mutate(ByteView input, size_t most, unsigned seed);

// The files of the corpus.
std::vector<std::string> Seeds();

std::string ReadWhole(const std::filesystem::path& path);

// libFuzzer's own mutation of the bytes, to at most `most`.
std::string Mutated(std::string bytes, size_t most);

// In the planted variant of a target a read past the end of a buffer, where `here`: called where an
// input has gone the whole way with values that no file of its corpus has. planted.cc.
void PlantedBug(bool here);

}  // namespace refund::fuzz
