#include "tools/refundctl/commands_policy.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/status.h"
#include "engine/codec/pack_codec.h"
#include "engine/log/log.h"
#include "server/intake/intake.h"
#include "tools/packc/statements.h"
#include "tools/refundctl/commands_policy_read.h"
#include "tools/refundctl/log_flags.h"
#include "tools/refundctl/log_init.h"
#include "tools/refundctl/pack_files.h"
#include "tools/refundctl/times.h"

namespace refund::tools {
namespace {

struct PolicyOptions {
  std::vector<std::string> files;
  LogFlags log;
  std::string at;
  std::string out;
};

// Compiles all, or says every error and gives none.
std::vector<packc::Compiled> CompileOrFail(const PolicyOptions& options, Context& context) {
  const absl::StatusOr<std::vector<PackSource>> sources = ReadPackFiles(options.files);
  if (!sources.ok()) {
    Fail(context, sources.status());
    return {};
  }
  CompiledPacks compiled = CompileAll(*sources);
  if (compiled.errors.empty()) return std::move(compiled.packs);
  PrintDiagnostics(compiled.errors, context);
  context.exit_code = kBadPolicy;
  return {};
}

void PrintPack(const packc::Compiled& pack, const Context& context, const std::string& extra_json) {
  if (context.json) {
    std::printf("{\"pack\":%s,\"digest\":\"%s\",\"bytes\":%zu%s}\n",
                Quoted(pack.pack->name).c_str(), pack.pack->digest.hex().c_str(), pack.bytes.size(),
                extra_json.c_str());
  } else {
    std::printf("%s  %s  %zu bytes\n", pack.pack->digest.hex().c_str(), pack.pack->name.c_str(),
                pack.bytes.size());
  }
}

void RunLint(const PolicyOptions& options, Context& context) {
  for (const packc::Compiled& pack : CompileOrFail(options, context)) PrintPack(pack, context, "");
}

// Writes <out>/<digest>.pack, so that `sha256sum` of the file is its name.
void RunCompile(const PolicyOptions& options, Context& context) {
  for (const packc::Compiled& pack : CompileOrFail(options, context)) {
    const std::string directory = options.out.empty() ? "." : options.out;
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    const std::string file = directory + "/" + pack.pack->digest.hex() + ".pack";
    std::ofstream out(file, std::ios::binary);
    out << pack.bytes;
    out.close();
    if (!out)
      return Fail(context, Errorf(absl::StatusCode::kUnavailable, "%s: cannot be written", file));
    PrintPack(pack, context, ",\"file\":" + Quoted(file));
  }
}

void PrintRules(const policy::Pack& pack, policy::Question question) {
  std::printf("\n%s\n", std::string(policy::NameOfQuestion(question)).c_str());
  for (const policy::Rule& rule : pack.RulesOf(question)) {
    std::printf("  %-16s %-40s %-8s %s\n",
                std::string(policy::NameOfAnswer(question, rule.answer)).c_str(),
                rule.label.c_str(), rule.catalogue.c_str(), rule.words.c_str());
  }
}

// What a pack says but its rules, under a heading for each topic; its head is printed before.
void PrintStatements(const policy::Pack& pack) {
  std::string topic = "pack";
  for (const packc::Statement& statement : packc::StatementsOf(pack)) {
    if (statement.topic == "pack") continue;
    if (statement.topic != topic) std::printf("\n%s\n", statement.topic.c_str());
    topic = statement.topic;
    std::printf("  %-24s %-32s %s\n", statement.subject.c_str(), statement.says.c_str(),
                statement.about.c_str());
  }
}

void RunShow(const PolicyOptions& options, Context& context) {
  for (const packc::Compiled& compiled : CompileOrFail(options, context)) {
    if (context.json) {
      std::printf("%s\n", codec::PackToJson(compiled.bytes).c_str());
      continue;
    }
    const policy::Pack& pack = *compiled.pack;
    std::printf("%s  %s\n%s, in force from %s\n", pack.name.c_str(), pack.digest.hex().c_str(),
                pack.title.c_str(), FormatInstant(pack.effective_from).c_str());
    PrintStatements(pack);
    for (const policy::Question question : policy::kQuestions) PrintRules(pack, question);
  }
}

void RunPublish(const PolicyOptions& options, Context& context) {
  const std::optional<LogAddress> address = FindLog(options.log, context);
  if (!address) return;
  const absl::StatusOr<Instant> at = StampFor(*address, options.at);
  if (!at.ok()) return Fail(context, at.status());
  const std::vector<packc::Compiled> packs = CompileOrFail(options, context);
  if (packs.empty()) return;
  const absl::StatusOr<std::unique_ptr<log::Log>> log = OpenLogAt(*address);
  if (!log.ok()) return Fail(context, log.status());
  const absl::StatusOr<Instant> highest = intake::HighestStamp(**log);
  if (!highest.ok()) return Fail(context, highest.status());
  if (!options.at.empty() && *at < *highest) {
    return Fail(context, kUsage,
                "--at: expected at or after the log's highest stamp, " + FormatInstant(*highest) +
                    ", found " + FormatInstant(*at));
  }
  for (const packc::Compiled& pack : packs) {
    const absl::StatusOr<bool> appended = intake::PublishPack(**log, pack.bytes, *at, kPrincipal);
    if (absl::IsAlreadyExists(appended.status())) {
      return Fail(context, kBadPolicy, Message(appended.status()));
    }
    if (!appended.ok()) return Fail(context, appended.status());
    PrintPack(pack, context, *appended ? ",\"published\":true" : ",\"published\":false");
    if (!context.json) {
      std::printf(*appended ? "  published to every partition\n" : "  was published before\n");
    }
  }
}

CLI::App* AddVerb(CLI::App& parent, const char* name, const char* words,
                  const std::shared_ptr<PolicyOptions>& options, Context& context,
                  void (*run)(const PolicyOptions&, Context&)) {
  CLI::App* verb = parent.add_subcommand(name, words);
  verb->add_option("files", options->files, "packs, as TOML")->required();
  verb->callback([options, &context, run] { run(*options, context); });
  verb->fallthrough();
  return verb;
}

}  // namespace

void AddPolicyCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<PolicyOptions>();
  CLI::App* policy = app.add_subcommand("policy", "Packs: a platform's rules at one date");
  policy->require_subcommand(1);
  AddVerb(*policy, "lint", "Every mistake, with file, line and column", options, context, RunLint);
  CLI::App* compile = AddVerb(*policy, "compile", "To canonical bytes, named by their SHA-256",
                              options, context, RunCompile);
  compile->add_option("--out", options->out, "directory (default: here)");
  AddVerb(*policy, "show", "What a pack says", options, context, RunShow);
  AddPolicyReading(*policy, context);
  CLI::App* publish =
      AddVerb(*policy, "publish", "Onto the log, in force from its date or now, the later", options,
              context, RunPublish);
  AddLogFlags(*publish, options->log);
  publish->add_option("--at", options->at,
                      "stamp: RFC 3339 with offset, or integer ms (default: now)");
}

}  // namespace refund::tools
