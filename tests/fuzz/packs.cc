// Packs: TOML from authors, and compiled bytes from the log.
#include "engine/base/check.h"
#include "engine/codec/pack_codec.h"
#include "engine/policy/fault.h"
#include "tests/fuzz/harness.h"
#include "tools/packc/packc.h"
#include "tools/packc/statements.h"

namespace refund::fuzz {

const char kReached[] = "a compiled pack";

void Prepare() {}

namespace {

void CheckPack(const policy::Pack& pack, ByteView bytes) {
  CHECK(policy::FaultOf(pack).empty());
  CHECK(codec::EncodePack(pack) == bytes);
  CHECK(!codec::PackToJson(bytes).empty());
  packc::StatementsOf(pack);
  for (const auto& [timer, limit] : pack.deadlines) {
    PlantedBug(limit.period.count > 99);  // no bundled pack counts that far
  }
}

}  // namespace

bool Run(ByteView input) {
  if (const auto pack = codec::DecodePack(input); pack.ok()) {
    CheckPack(*pack, input);
    return true;
  }
  const packc::Compiled compiled = packc::CompilePack(input, "fuzz.toml");
  CHECK(compiled.pack.has_value() == compiled.errors.empty());
  for (const packc::Diagnostic& error : compiled.errors) CHECK(!error.Text().empty());
  if (!compiled.pack) return false;
  CHECK(codec::DecodePack(compiled.bytes).ok());
  CheckPack(*compiled.pack, compiled.bytes);
  return true;
}

}  // namespace refund::fuzz
