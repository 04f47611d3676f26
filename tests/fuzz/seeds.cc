// fuzz_seeds DIR: the corpora of the fuzz targets, made from scripts and packs of the tree. Run by
// hand when a format changes (README.md); what it writes is committed.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/check.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/step_codec.h"
#include "engine/domain/event.h"
#include "engine/log/file_log.h"
#include "engine/log/segment_log.h"
#include "tests/cases/emit.h"
#include "tests/cases/run_script.h"
#include "tests/cases/script.h"
#include "tests/cases/world.h"
#include "tests/fuzz/records.h"

namespace refund::fuzz {
namespace {

constexpr size_t kScripts = 24;
constexpr size_t kMostBytes = 3000;  // of a script: a long one makes every mutation slow
constexpr const char* kPacks[] = {"tests/policy/packs/douyin-test", "douyin/2024-01-01",
                                  "taobao/2024-08-09"};

struct Seed {
  std::string name;
  std::string text;
  cases::ScriptRun run;
};

class Corpora {
 public:
  explicit Corpora(std::filesystem::path root) : root_(std::move(root)) {}

  void Write(const std::string& target, const std::string& name, ByteView bytes) const {
    std::filesystem::create_directories(root_ / target);
    std::ofstream(root_ / target / name, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), std::ssize(bytes));
  }

 private:
  std::filesystem::path root_;
};

// Every n-th of the short ones, so that all machines are among them.
std::vector<Seed> Seeds() {
  std::vector<std::pair<std::string, std::string>> scripts;
  for (const std::string& path : cases::ScriptPaths()) {
    std::string text = *cases::ReadWholeFile(path);
    if (text.size() <= kMostBytes) {
      scripts.emplace_back(std::filesystem::path(path).stem().string(), std::move(text));
    }
  }
  std::vector<Seed> seeds;
  for (size_t i = 0; i < kScripts; ++i) {
    auto& [name, text] = scripts[i * scripts.size() / kScripts];
    auto run = cases::RunScript(*cases::ParseScript(name, text));
    CHECK(run.ok());
    seeds.push_back({name, std::move(text), *std::move(run)});
  }
  return seeds;
}

// What people appended: the judge carries messages itself.
std::vector<codec::LineResult> LinesOf(const Seed& seed) {
  std::vector<codec::LineResult> lines;
  for (const cases::Recorded& each : seed.run.Lines()) {
    const auto* claim = std::get_if<codec::ClaimLine>(&each.line);
    if (claim == nullptr || !IsMessage(claim->claim.kind())) lines.push_back(each.line);
  }
  return lines;
}

std::string RecordOf(const codec::LineResult& line) {
  if (const auto* raw = std::get_if<codec::RawLine>(&line)) return raw->bytes;
  const auto& claim = std::get<codec::ClaimLine>(line);
  return codec::EncodeRecord(claim.claim_bytes, {*claim.recorded_at, "local"});
}

void WriteEvents(const Corpora& corpora, const Seed& seed) {
  std::vector<std::string> records;
  std::string text;
  for (const codec::LineResult& line : LinesOf(seed)) {
    records.push_back(RecordOf(line));
    text += cases::LineToJson(line) + "\n";
  }
  corpora.Write("events", seed.name, JoinRecords(records));
  corpora.Write("json_lines", seed.name + ".jsonl", text);
  corpora.Write("case_scripts", seed.name + ".case", seed.text);
}

void WriteStored(const Corpora& corpora, const Seed& seed) {
  for (const auto& [key, bytes] : seed.run.orders)
    corpora.Write("stored", seed.name + ".order", "o" + bytes);
  const Step& step = seed.run.steps.back();
  corpora.Write("stored", seed.name + ".step", "s" + codec::EncodeStep(step));
}

// Without comments and empty lines: a mutation of them proves little.
std::string Statements(const std::string& toml) {
  std::string statements;
  std::istringstream lines(toml);
  for (std::string line; std::getline(lines, line);) {
    bool quoted = false;
    const auto comment = std::find_if(line.begin(), line.end(), [&](char c) {
      quoted = quoted != (c == '"');
      return c == '#' && !quoted;
    });
    line.erase(comment, line.end());
    line.erase(line.find_last_not_of(' ') + 1);
    if (!line.empty()) statements += line + "\n";
  }
  return statements;
}

void WritePacks(const Corpora& corpora) {
  for (const std::string name : kPacks) {
    const std::string flat = std::filesystem::path(name).filename().string();
    const bool bundled = !name.starts_with("tests/");
    const std::string toml = (bundled ? "policies/" : "") + name + ".toml";
    corpora.Write("packs", flat + ".toml",
                  Statements(*cases::ReadWholeFile(cases::SourcePath(toml))));
    if (bundled) corpora.Write("packs", flat + ".pack", *cases::PackBytes(name));
  }
}

// A log with these records, and outputs as a lane would commit them.
void WriteSegments(const Corpora& corpora, const std::vector<std::string>& records,
                   const std::string& name) {
  const std::string directory = std::filesystem::temp_directory_path() / "refund-fuzz-seeds";
  std::filesystem::remove_all(directory);
  CHECK(log::CreateSegmentLog(directory, 1).ok());
  const auto log = *log::OpenSegmentLog(directory);
  const auto appender = *log->OpenAppender();
  const auto committer = *log->OpenCommitter(0);
  int64_t next = 0;
  for (const std::string& record : records) {
    const auto session = *appender->Begin();
    session->Add(0, Instant{++next * kSecondMs}, record);
    CHECK(session->Sync().ok());
    const log::Output output{log::Topic::kDecisions, next - 1, 0, record.substr(0, 40)};
    CHECK(committer->Commit({output}, {.next = next, .digest = Sha256(record)}).ok());
  }
  const std::string segment = "/0000/00000000000000000000.seg";
  corpora.Write("segments", name + ".events",
                *cases::ReadWholeFile(directory + "/events" + segment));
  corpora.Write("segments", name + ".outputs",
                *cases::ReadWholeFile(directory + "/outputs" + segment));
  CHECK(log::ExportLog(**log->OpenReader(), directory + "/export").ok());
  corpora.Write("segments", name + ".export", *cases::ReadWholeFile(directory + "/export"));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace refund::fuzz

int main(int argc, char** argv) {
  using namespace refund::fuzz;
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds DIR\n");
    return 2;
  }
  const Corpora corpora(argv[1]);
  const std::vector<Seed> seeds = Seeds();
  for (const Seed& seed : seeds) {
    WriteEvents(corpora, seed);
    WriteStored(corpora, seed);
  }
  WritePacks(corpora);
  WriteSegments(corpora, {"one", "two", std::string(300, 'x')}, "short");
  std::vector<std::string> records;
  for (const auto& line : LinesOf(seeds.front())) records.push_back(RecordOf(line));
  WriteSegments(corpora, records, "real");
  return 0;
}
