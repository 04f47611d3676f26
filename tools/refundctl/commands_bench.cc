#include "tools/refundctl/commands_bench.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/pack_codec.h"
#include "engine/log/log.h"
#include "server/intake/intake.h"
#include "tools/generate/generator.h"
#include "tools/refundctl/core_speed.h"
#include "tools/refundctl/log_flags.h"
#include "tools/refundctl/log_init.h"
#include "tools/refundctl/pack_files.h"
#include "tools/refundctl/times.h"
#include "tools/terminal/progress_bar.h"

namespace refund::tools {
namespace {

struct Flags {
  generate::GeneratorOptions generator;
  std::string out;
  LogFlags log;
};

// Where the records go.
class Target {
 public:
  virtual ~Target() = default;
  virtual absl::Status Take(const generate::Record& record) = 0;
  virtual absl::Status Finish() = 0;
};

class File : public Target {
 public:
  static absl::StatusOr<std::unique_ptr<Target>> Open(const std::string& path) {
    std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
    if (file == nullptr) {
      return absl::InvalidArgumentError("--out: " + path + " cannot be written");
    }
    return std::unique_ptr<Target>(new File(path, file));
  }
  ~File() override {
    if (file_ != stdout && file_ != nullptr) std::fclose(file_);
  }

  absl::Status Take(const generate::Record& record) override {
    std::string line = generate::ToLine(record);
    line += '\n';
    if (std::fwrite(line.data(), 1, line.size(), file_) == line.size()) return absl::OkStatus();
    return Failed();
  }
  absl::Status Finish() override {
    if (file_ == stdout) return std::fflush(file_) == 0 ? absl::OkStatus() : Failed();
    return std::fclose(std::exchange(file_, nullptr)) == 0 ? absl::OkStatus() : Failed();
  }

 private:
  File(const std::string& path, std::FILE* file) : path_(path), file_(file) {}
  absl::Status Failed() const {
    return absl::UnavailableError("--out: " + path_ + " cannot be written");
  }

  const std::string path_;
  std::FILE* file_;
};

// A log, through intake; one that is not there yet is opened where the records begin.
class ToLog : public Target {
 public:
  static absl::StatusOr<std::unique_ptr<Target>> Open(const LogAddress& address,
                                                      const std::vector<packc::Compiled>& packs) {
    std::unique_ptr<ToLog> target(new ToLog);
    absl::StatusOr<std::unique_ptr<log::Log>> log = OpenLogAt(address);
    if (absl::IsNotFound(log.status())) {
      RETURN_IF_ERROR(InitLog(address, 4, generate::kStart, packs).status());
      log = OpenLogAt(address);
    }
    RETURN_IF_ERROR(log.status());
    target->log_ = *std::move(log);
    target->intake_ = std::make_unique<intake::Intake>(*target->log_, kPrincipal);
    RETURN_IF_ERROR(target->intake_->Open());
    return std::unique_ptr<Target>(std::move(target));
  }

  absl::Status Take(const generate::Record& record) override {
    if (in_batch_ == 0) RETURN_IF_ERROR(intake_->Begin());
    std::variant<intake::Taken, intake::Refused> answer;
    if (record.raw) {
      ASSIGN_OR_RETURN(answer, intake_->TakeRaw(*record.raw));
    } else {
      const codec::ClaimLine line{codec::EncodeClaim(record.claim), record.claim, record.at};
      ASSIGN_OR_RETURN(answer, intake_->Take(line, {record.at, record.at}));
    }
    if (const auto* refused = std::get_if<intake::Refused>(&answer)) {
      return Errorf(absl::StatusCode::kFailedPrecondition,
                    "the log takes no %s of %s: %s: expected %s, found %s",
                    NameOf(record.claim.kind()), FormatInstant(record.at), refused->pointer,
                    refused->expected, refused->found);
    }
    return ++in_batch_ == kBatch ? EndBatch() : absl::OkStatus();
  }
  absl::Status Finish() override { return in_batch_ == 0 ? absl::OkStatus() : EndBatch(); }

 private:
  static constexpr int kBatch = 4096;
  absl::Status EndBatch() {
    in_batch_ = 0;
    return intake_->End();
  }

  std::unique_ptr<log::Log> log_;
  std::unique_ptr<intake::Intake> intake_;
  int in_batch_ = 0;
};

absl::Status AddTo(policy::PackBook& book, const std::string& bytes) {
  ASSIGN_OR_RETURN(policy::Pack pack, codec::DecodePack(bytes));
  book.Add(std::make_shared<const policy::Pack>(std::move(pack)), generate::kStart);
  return absl::OkStatus();
}

struct Made {
  generate::Counts counts;
  double seconds = 0;
};

// To the file that is named, or to the log.
absl::StatusOr<Made> Generate(const Flags& flags, const LogAddress& log) {
  const CompiledPacks bundled = CompileAll(BundledPacks());
  generate::GeneratorOptions options = flags.generator;
  for (const packc::Compiled& own : CompileAll(GeneratorPacks()).packs) {
    options.packs.push_back(own.bytes);
  }
  policy::PackBook book;
  for (const packc::Compiled& each : bundled.packs) RETURN_IF_ERROR(AddTo(book, each.bytes));
  for (const std::string& own : options.packs) RETURN_IF_ERROR(AddTo(book, own));
  std::unique_ptr<Target> target;
  if (log.empty()) {
    ASSIGN_OR_RETURN(target, File::Open(flags.out));
  } else {
    ASSIGN_OR_RETURN(target, ToLog::Open(log, bundled.packs));
  }
  const auto start = std::chrono::steady_clock::now();
  generate::Generator generator(options, book);
  terminal::ProgressBar bar("generate", flags.generator.events);
  generate::Record record;
  while (generator.Next(record)) {
    RETURN_IF_ERROR(target->Take(record));
    bar.Set(generator.counts().records);
  }
  RETURN_IF_ERROR(target->Finish());
  bar.Finish();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return Made{generator.counts(), took.count()};
}

long long L(int64_t n) { return static_cast<long long>(n); }

std::string TextOf(const generate::RowTaken& row) {
  return std::string(row.table) + " " + std::string(row.label);
}

// As JSON texts.
std::string NeverTaken(const generate::Rows& rows) {
  std::string never;
  for (const generate::RowTaken& each : rows.all()) {
    if (each.times == 0) never += (never.empty() ? "" : ",") + Quoted(TextOf(each));
  }
  return never;
}

// Where the records themselves go to stdout, to stderr.
void Tell(const Flags& flags, const Made& made, const std::vector<generate::Share>& shares,
          const Context& context) {
  const generate::Counts& c = made.counts;
  const generate::Tally& t = c.tally;
  std::FILE* to = flags.out == "-" ? stderr : stdout;
  if (context.json) {
    std::fprintf(
        to,
        "{\"events\":%lld,\"closing\":%lld,\"ticks\":%lld,\"raw\":%lld,\"orders\":%lld,"
        "\"cases\":%lld,\"contested\":%lld,\"legs\":%lld,\"applied\":%lld,\"refused\":%lld,"
        "\"duplicates\":%lld,\"conflicts\":%lld,\"parked\":%lld,\"fired\":%lld,\"broken\":%lld",
        L(flags.generator.events), L(c.records - flags.generator.events), L(c.ticks), L(c.raw),
        L(c.orders), L(c.cases), L(c.contested), L(c.legs), L(t.applied), L(t.refused),
        L(t.duplicates), L(t.conflicts), L(t.parked), L(t.fired),
        L(t.broken + t.broken_by_deadline));
    for (const generate::Share& each : shares) {
      std::fprintf(to, ",\"%s\":%.4f", each.name, each.found);
    }
    const generate::RowTaken& rarest = t.rows.rarest();
    std::fprintf(to,
                 ",\"rows\":%zu,\"rows_taken\":%lld,\"rows_never\":[%s],\"rarest_row\":%s,"
                 "\"rarest_row_times\":%lld,\"seconds\":%.3f}\n",
                 t.rows.all().size(), L(t.rows.taken()), NeverTaken(t.rows).c_str(),
                 Quoted(TextOf(rarest)).c_str(), L(rarest.times), made.seconds);
    return;
  }
  std::fprintf(
      to,
      "%lld records of %lld orders and %lld cases, %lld of them contested, %lld legs, in "
      "%.2f s; %.1f %% are refused\n",
      L(c.records), L(c.orders), L(c.cases), L(c.contested), L(c.legs), made.seconds,
      t.events == 0 ? 0.0 : 100.0 * static_cast<double>(t.refused) / static_cast<double>(t.events));
  for (const generate::Share& each : shares) {
    std::fprintf(to, "  %-22s %6.3f, at least %.3f\n", each.name, each.found, each.least);
  }
  std::fprintf(to, "  %-22s %lld of %zu, the rarest (%s) %lld times\n", "rows", L(t.rows.taken()),
               t.rows.all().size(), TextOf(t.rows.rarest()).c_str(), L(t.rows.rarest().times));
  if (t.rows.rarest().times == 0) std::fprintf(to, "  never: %s\n", NeverTaken(t.rows).c_str());
}

void CheckShares(const Flags& flags, const std::vector<generate::Share>& shares, Context& context) {
  if (flags.generator.events < generate::kEventsForEveryRow) return;  // shares of its own
  for (const generate::Share& each : shares) {
    if (each.found >= each.least) continue;
    std::fprintf(stderr, "refundctl: %s: expected at least %.3f, found %.3f\n", each.name,
                 each.least, each.found);
    context.exit_code = kDifference;
  }
}

void CheckRows(const Flags& flags, const generate::Rows& rows, Context& context) {
  if (flags.generator.events < generate::kEventsForEveryRow) return;
  for (const generate::RowTaken& each : rows.all()) {
    if (each.times > 0) continue;
    std::fprintf(stderr, "refundctl: row %s: expected to be taken, found that it never was\n",
                 TextOf(each).c_str());
    context.exit_code = kDifference;
  }
}

void CheckInvariants(const generate::Tally& t) {
  if (t.broken + t.broken_by_deadline == 0) return;
  std::fprintf(stderr,
               "refundctl: this engine broke an invariant of its own on %lld orders, first on %s\n"
               "  left out with what would have come after: %lld records; by a deadline, which "
               "will stop a replay: %lld\n",
               L(t.broken + t.broken_by_deadline), t.how.c_str(), L(t.broken),
               L(t.broken_by_deadline));
}

void RunGenerate(const Flags& flags, Context& context) {
  if (flags.out.empty() == flags.log.empty()) {
    return Fail(context, kUsage, "expected either --out or --to-kafka");
  }
  LogAddress log;
  if (flags.out.empty()) {
    std::optional<LogAddress> found = FindLog(flags.log, context);
    if (!found) return;
    log = *std::move(found);
  }
  const absl::StatusOr<Made> made = Generate(flags, log);
  if (!made.ok()) return Fail(context, made.status());
  const std::vector<generate::Share> shares = generate::SharesOf(made->counts);
  Tell(flags, *made, shares, context);
  CheckShares(flags, shares, context);
  CheckRows(flags, made->counts.tally.rows, context);
  CheckInvariants(made->counts.tally);
}

void RunCore(const std::string& file, Context& context) {
  const absl::StatusOr<CoreSpeed> speed = MeasureCore(file);
  if (!speed.ok()) return Fail(context, speed.status());
  const double rate = speed->events == 0 ? 0 : static_cast<double>(speed->events) / speed->seconds;
  const double cpu_us =
      speed->events == 0 ? 0 : speed->cpu_seconds * 1e6 / static_cast<double>(speed->events);
  std::printf(
      context.json
          ? "{\"metric\":\"core\",\"records\":%lld,\"events\":%lld,\"refused\":%lld,"
            "\"duplicates\":%lld,\"fired\":%lld,\"decisions\":%lld,\"seconds\":%.3f,"
            "\"events_per_s\":%.0f,\"cpu_us_per_event\":%.3f}\n"
          : "%lld records: %lld events, %lld refused, %lld duplicates; %lld deadlines, %lld "
            "decisions, in %.3f s\n%.0f events/s, %.3f us of CPU an event\n",
      L(speed->records), L(speed->events), L(speed->refused), L(speed->duplicates), L(speed->fired),
      L(speed->decisions), speed->seconds, rate, cpu_us);
}

void AddCoreCommand(CLI::App& bench, Context& context) {
  auto file = std::make_shared<std::string>();
  CLI::App* command = bench.add_subcommand(
      "core", "How fast the core is by itself: decode, Apply and the invariants, in memory");
  command->add_option("--file", *file, "an exported log")->required();
  command->callback([file, &context] { RunCore(*file, context); });
}

}  // namespace

void AddBenchCommand(CLI::App& app, Context& context) {
  CLI::App* bench = app.add_subcommand("bench", "Make something to measure with, and measure");
  bench->require_subcommand(1);
  AddCoreCommand(*bench, context);
  auto flags = std::make_shared<Flags>();
  CLI::App* command = bench->add_subcommand(
      "generate", "A log of the past, made up: the same seed gives the same bytes");
  command
      ->add_option("--events", flags->generator.events,
                   "records, but for those at the end: what is open goes on, then Ticks")
      ->required()
      ->check(CLI::Range(int64_t{1}, int64_t{10'000'000'000}));
  command->add_flag("--closing-ticks,!--no-closing-ticks", flags->generator.closing_ticks,
                    "at the end, Ticks until all that was armed has passed");
  command->add_option("--seed", flags->generator.seed, "a number")->capture_default_str();
  command->add_option("--out", flags->out, "as-recorded JSON Lines; - is stdout");
  AddLogFlags(*command, flags->log, "--to-kafka",
              "kafka://HOST:PORT/PREFIX (or a directory): appended through intake; a log that was "
              "never opened is, at the first record's time");
  command->callback([flags, &context] { RunGenerate(*flags, context); });
}

}  // namespace refund::tools
