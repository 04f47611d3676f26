#include "tools/refundctl/commands_log.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/calendar.h"
#include "engine/base/status.h"
#include "engine/codec/json_lines.h"
#include "engine/log/file_log.h"
#include "server/intake/intake.h"
#include "tools/refundctl/line_reader.h"
#include "tools/refundctl/log_flags.h"
#include "tools/refundctl/log_init.h"
#include "tools/refundctl/pack_files.h"
#include "tools/refundctl/times.h"
#include "tools/terminal/progress_bar.h"

namespace refund::tools {
namespace {

constexpr int64_t kMostTicks = 1'000'000;

// ---- init ----

struct InitOptions {
  LogFlags log;
  uint32_t partitions = 4;
  std::string at;
  std::string packs;
};

absl::StatusOr<std::vector<packc::Compiled>> PacksFor(const std::string& choice, Context& context) {
  if (choice == "none") return std::vector<packc::Compiled>{};
  std::vector<PackSource> sources = BundledPacks();
  if (!choice.empty()) {
    ASSIGN_OR_RETURN(sources, ReadPackDirectory(choice));
  }
  CompiledPacks compiled = CompileAll(sources);
  if (compiled.errors.empty()) return std::move(compiled.packs);
  std::string all;
  for (const packc::Diagnostic& error : compiled.errors) all += error.Text() + "\n";
  Fail(context, kBadPolicy, all + "the packs have errors; nothing was written");
  return absl::CancelledError();  // said already
}

void RunInit(const InitOptions& options, Context& context) {
  const std::optional<LogAddress> log = FindLog(options.log, context);
  if (!log) return;
  const absl::StatusOr<Instant> at = StampFor(*log, options.at);
  if (!at.ok()) return Fail(context, at.status());
  const auto packs = PacksFor(options.packs, context);
  if (!packs.ok()) {
    return absl::IsCancelled(packs.status()) ? void() : Fail(context, packs.status());
  }
  const absl::StatusOr<uint32_t> made = InitLog(*log, options.partitions, *at, *packs);
  if (!made.ok()) return Fail(context, made.status());
  if (context.json) {
    std::printf("{\"log\":%s,\"partitions\":%u,\"at\":\"%s\",\"packs\":%zu}\n",
                Quoted(log->name()).c_str(), *made, FormatInstant(*at).c_str(), packs->size());
  } else {
    std::printf("%s: a log of %u partitions, opened %s, with %zu packs\n", log->name().c_str(),
                *made, FormatInstant(*at).c_str(), packs->size());
  }
}

// ---- append ----

struct AppendOptions {
  LogFlags log;
  std::string file;
  bool as_recorded = false;
};

// A line's fate, known before the batch is durable and told after.
struct Fate {
  int64_t line = 0;
  std::string id;
  std::optional<intake::Taken> taken;
  std::string pointer, expected, found;  // of a line that did not go in
};

class Append {
 public:
  Append(const AppendOptions& options, LogAddress address, Context& context)
      : options_(options), address_(std::move(address)), context_(context) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(options_.file));
    terminal::ProgressBar bar("append", reader.bytes_total());
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<InputLine> lines, reader.Next());
      if (lines.empty()) break;
      RETURN_IF_ERROR(TakeBatch(lines));
      bar.Set(reader.bytes_read());
    }
    bar.Finish();
    Summary();
    return absl::OkStatus();
  }

 private:
  absl::Status TakeBatch(const std::vector<InputLine>& lines) {
    std::vector<Fate> fates;
    std::vector<std::pair<size_t, codec::LineResult>> parsed;
    for (const InputLine& line : lines) {
      ++lines_;
      Fate& fate = fates.emplace_back();
      fate.line = line.number;
      codec::LineResult result =
          line.too_long
              ? codec::LineResult(codec::LineError{"", "a line of at most 4 MiB", "a longer one"})
              : codec::ParseLine(line.text, options_.as_recorded);
      if (const auto* error = std::get_if<codec::LineError>(&result)) {
        fate.pointer = error->pointer;
        fate.expected = error->expected;
        fate.found = error->found;
      } else {
        parsed.emplace_back(fates.size() - 1, std::move(result));
      }
    }
    if (!parsed.empty()) RETURN_IF_ERROR(AppendParsed(parsed, fates));
    for (const Fate& fate : fates) Tell(fate);
    std::fflush(stdout);
    return absl::OkStatus();
  }

  absl::Status AppendParsed(const std::vector<std::pair<size_t, codec::LineResult>>& parsed,
                            std::vector<Fate>& fates) {
    RETURN_IF_ERROR(OpenFor(parsed.front().second));
    RETURN_IF_ERROR(intake_->Begin());
    for (const auto& [index, result] : parsed) {
      Fate& fate = fates[index];
      std::variant<intake::Taken, intake::Refused> answer;
      if (const auto* raw = std::get_if<codec::RawLine>(&result)) {
        ASSIGN_OR_RETURN(answer, intake_->TakeRaw(*raw));
      } else {
        const auto& line = std::get<codec::ClaimLine>(result);
        fate.id = line.claim.id;
        ASSIGN_OR_RETURN(answer, intake_->Take(line, {line.recorded_at, Now()}));
      }
      if (const auto* taken = std::get_if<intake::Taken>(&answer)) {
        fate.taken = *taken;
      } else {
        const auto& refused = std::get<intake::Refused>(answer);
        fate.pointer = refused.pointer;
        fate.expected = refused.expected;
        fate.found = refused.found;
      }
    }
    RETURN_IF_ERROR(intake_->End());
    for (Fate& fate : fates) {
      if (fate.taken && !fate.taken->was_there) fate.taken->at = intake_->Landed(fate.taken->at);
    }
    return absl::OkStatus();
  }

  // The log, made first where there is none: opened at the first line's own time.
  absl::Status OpenFor(const codec::LineResult& first) {
    if (intake_) return absl::OkStatus();
    if (!options_.as_recorded) RETURN_IF_ERROR(CheckClockAt(address_));
    absl::StatusOr<std::unique_ptr<log::Log>> log = OpenLogAt(address_);
    if (absl::IsNotFound(log.status())) {
      Instant at = Now();
      if (options_.as_recorded) {
        const auto* raw = std::get_if<codec::RawLine>(&first);
        at = raw != nullptr ? raw->recorded_at : *std::get<codec::ClaimLine>(first).recorded_at;
      }
      RETURN_IF_ERROR(InitLog(address_, 4, at, CompileAll(BundledPacks()).packs).status());
      log = OpenLogAt(address_);
    }
    RETURN_IF_ERROR(log.status());
    log_ = *std::move(log);
    intake_ = std::make_unique<intake::Intake>(*log_, kPrincipal);
    return intake_->Open();
  }

  void Tell(const Fate& fate) {
    if (!fate.taken) {
      ++errors_;
      context_.exit_code = kDifference;
      return context_.json ? TellErrorJson(fate) : TellError(fate);
    }
    ++(fate.taken->was_there ? there_ : appended_);
    if (!context_.json) return;
    std::printf("{\"line\":%lld,\"id\":%s,\"partition\":%u,\"offset\":%lld%s}\n",
                static_cast<long long>(fate.line), Quoted(fate.id).c_str(),
                fate.taken->at.partition, static_cast<long long>(fate.taken->at.offset),
                fate.taken->was_there ? ",\"was_there\":true" : "");
  }

  void TellErrorJson(const Fate& fate) {
    std::printf(
        "{\"line\":%lld,\"error\":{\"file\":%s,\"pointer\":%s,\"expected\":%s,\"found\":%s}}\n",
        static_cast<long long>(fate.line), Quoted(options_.file).c_str(),
        Quoted(fate.pointer).c_str(), Quoted(fate.expected).c_str(), Quoted(fate.found).c_str());
  }

  void TellError(const Fate& fate) {
    std::fprintf(stderr, "%s:%lld: %s: expected %s, found %s\n", options_.file.c_str(),
                 static_cast<long long>(fate.line),
                 fate.pointer.empty() ? "/" : fate.pointer.c_str(), fate.expected.c_str(),
                 fate.found.c_str());
  }

  void Summary() {
    const char* form =
        context_.json
            ? "{\"lines\":%lld,\"appended\":%lld,\"already_there\":%lld,\"errors\":%lld}\n"
            : "%lld lines: %lld appended, %lld already there, %lld errors\n";
    std::printf(form, static_cast<long long>(lines_), static_cast<long long>(appended_),
                static_cast<long long>(there_), static_cast<long long>(errors_));
  }

  const AppendOptions& options_;
  const LogAddress address_;
  Context& context_;
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<intake::Intake> intake_;
  int64_t lines_ = 0;
  int64_t appended_ = 0;
  int64_t there_ = 0;
  int64_t errors_ = 0;
};

// ---- tick ----

struct TickOptions {
  LogFlags log;
  std::string until;
  std::string every;
};

absl::StatusOr<int64_t> EveryMs(const std::string& text) {
  Period period;
  if (!ParsePeriod(text, period) || period.count == 0 || period.unit >= PeriodUnit::kDay) {
    return Errorf(absl::StatusCode::kInvalidArgument,
                  "--every: expected a duration such as 500ms, 60s, 15min or 24h, found \"%s\"",
                  text);
  }
  return FirstInstantTooLate({0}, period).ms - 1;
}

absl::StatusOr<int64_t> RunTick(const TickOptions& options, const LogAddress& address) {
  ASSIGN_OR_RETURN(const Instant until, ParseTime("--until", options.until));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Log> log, OpenLogAt(address));
  int64_t ticks = 0;
  if (!options.every.empty()) {
    ASSIGN_OR_RETURN(const int64_t every, EveryMs(options.every));
    ASSIGN_OR_RETURN(const Instant highest, intake::HighestStamp(*log));
    if ((until - highest) / every > kMostTicks) {
      return Errorf(absl::StatusCode::kInvalidArgument,
                    "--every: expected at most %d Ticks a call, this would be %d", kMostTicks,
                    (until - highest) / every);
    }
    for (Instant at = highest + every; at < until; at = at + every, ++ticks) {
      RETURN_IF_ERROR(intake::AppendTick(*log, at, kPrincipal));
    }
  }
  RETURN_IF_ERROR(intake::AppendTick(*log, until, kPrincipal));
  return ticks + 1;
}

// ---- export ----

struct ExportOptions {
  LogFlags log;
  std::string out;
};

// An export may replace an older export, and nothing else: not a segment of the very log it reads.
absl::Status CheckExportTarget(const std::string& out) {
  std::error_code error;
  if (!std::filesystem::exists(out, error)) return absl::OkStatus();
  std::ifstream file(out, std::ios::binary);
  std::string magic(8, '\0');
  file.read(magic.data(), static_cast<std::streamsize>(magic.size()));
  if (file && magic == "RFNDEXPT") return absl::OkStatus();
  return Errorf(absl::StatusCode::kFailedPrecondition,
                "--out %s: is there already and is no exported log; it is not overwritten", out);
}

absl::StatusOr<int64_t> RunExport(const ExportOptions& options, const LogAddress& address) {
  RETURN_IF_ERROR(CheckExportTarget(options.out));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Log> log, OpenLogAt(address));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log->OpenReader());
  return log::ExportLog(*reader, options.out);
}

}  // namespace

void AddInitCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<InitOptions>();
  CLI::App* command =
      app.add_subcommand("init", "Make a new log: LogOpened, then the bundled packs");
  AddLogFlags(*command, options->log);
  command->add_option("--partitions", options->partitions, "fixed for ever")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--at", options->at,
                      "stamp: RFC 3339 with offset, or integer ms (default: now)");
  command->add_option("--packs", options->packs,
                      "a directory of *.toml, or none (default: the bundled)");
  command->callback([options, &context] { RunInit(*options, context); });
}

void AddAppendCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<AppendOptions>();
  CLI::App* command =
      app.add_subcommand("append", "Take JSON Lines into the log (makes it if there is none)");
  AddLogFlags(*command, options->log);
  command->add_flag("--as-recorded", options->as_recorded, "each line brings its recorded_at");
  command->add_option("file", options->file, "a file, or - for stdin")->required();
  command->callback([options, &context] {
    std::optional<LogAddress> log = FindLog(options->log, context);
    if (!log) return;
    const absl::Status done = Append(*options, *std::move(log), context).Run();
    if (!done.ok()) Fail(context, done);
  });
}

void AddTickCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<TickOptions>();
  CLI::App* command =
      app.add_subcommand("tick", "Let time pass: one Tick a partition, or one every so often");
  AddLogFlags(*command, options->log);
  command->add_option("--until", options->until, "RFC 3339 with offset, or integer ms")->required();
  command->add_option("--every", options->every, "from the log's highest stamp on: 15min, 24h");
  command->callback([options, &context] {
    const std::optional<LogAddress> log = FindLog(options->log, context);
    if (!log) return;
    const absl::StatusOr<int64_t> ticks = RunTick(*options, *log);
    if (!ticks.ok()) return Fail(context, ticks.status());
    std::printf(context.json ? "{\"ticks\":%lld}\n" : "%lld Ticks to every partition\n",
                static_cast<long long>(*ticks));
  });
}

void AddExportCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command =
      app.add_subcommand("export", "The events as one file that replay and verify take");
  AddLogFlags(*command, options->log);
  command->add_option("--out", options->out, "file to write")->required();
  command->callback([options, &context] {
    const std::optional<LogAddress> log = FindLog(options->log, context);
    if (!log) return;
    const absl::StatusOr<int64_t> records = RunExport(*options, *log);
    if (!records.ok()) return Fail(context, records.status());
    if (context.json) {
      std::printf("{\"out\":%s,\"records\":%lld}\n", Quoted(options->out).c_str(),
                  static_cast<long long>(*records));
    } else {
      std::printf("%s: %lld records\n", options->out.c_str(), static_cast<long long>(*records));
    }
  });
}

}  // namespace refund::tools
