// Packs: TOML from authors, and compiled bytes from the log.
#include "engine/base/check.h"
#include "engine/codec/pack_codec.h"
#include "engine/policy/fault.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/mutators.h"
#include "tools/packc/packc.h"
#include "tools/packc/statements.h"

namespace refund::fuzz {

const char kCorpus[] = REFUND_CORPORA "/packs";
const char kReached[] = "a compiled pack";

void Prepare() {}

namespace {

void CheckPack(const policy::Pack& pack, ByteView bytes) {
  CHECK(policy::FaultOf(pack).empty());
  CHECK(codec::EncodePack(pack) == bytes);
  CHECK(!codec::PackToJson(bytes).empty());
  packc::StatementsOf(pack);
  for (const auto& [timer, limit] : pack.deadlines) {
    PlantedBug(limit.period.count > 90);  // no pack of the corpus counts that far
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

std::string Mutate(ByteView input, size_t most, unsigned seed) {
  const bool compiled = input.find('\0') != ByteView::npos;
  return compiled ? MutatedMessage(input, most, seed) : MutatedText(input, most, seed);
}

}  // namespace refund::fuzz
