#include "tools/refundctl/commands_policy_read.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/status.h"
#include "tools/packc/difference.h"
#include "tools/packc/examples.h"
#include "tools/packc/walk.h"
#include "tools/packc/words.h"
#include "tools/refundctl/log_flags.h"
#include "tools/refundctl/log_init.h"
#include "tools/refundctl/pack_files.h"
#include "tools/refundctl/whatif/bundled_disputes.h"
#include "tools/refundctl/whatif/compare.h"
#include "tools/refundctl/whatif/compare_text.h"
#include "tools/refundctl/whatif/recorded_log.h"
#include "tools/refundctl/whatif/what_if.h"

namespace refund::tools {
namespace {

using packc::Compiled;
using packc::Example;
using policy::Question;

struct ReadingOptions {
  std::vector<std::string> packs;
  std::string from;
  std::string to;
  std::string pack;
  std::vector<std::string> words;
  LogFlags log;
};

// By file, or by the name of a pack that comes with the binary.
std::optional<std::vector<Compiled>> Load(const std::vector<std::string>& names, Context& context) {
  const absl::StatusOr<std::vector<PackSource>> sources = FindPacks(names);
  if (!sources.ok()) {
    Fail(context, sources.status());
    return std::nullopt;
  }
  std::vector<Compiled> packs;
  for (const PackSource& source : *sources) {
    packs.push_back(packc::CompilePack(source.toml, source.file));
    PrintDiagnostics(packs.back().errors, context);
    if (!packs.back().errors.empty()) context.exit_code = kBadPolicy;
  }
  return context.exit_code == kOk ? std::optional(std::move(packs)) : std::nullopt;
}

std::string AnswerText(Question question, const policy::Rule& rule) {
  return std::string(policy::NameOfAnswer(question, rule.answer)) + " by " + rule.label;
}

// ---- test ----

void PrintExample(const Compiled& pack, const Example& example, const packc::Answered& answered,
                  const Context& context) {
  const std::string question(policy::NameOfQuestion(example.question));
  const std::string expected =
      std::string(policy::NameOfAnswer(example.question, example.expect)) + " by " + example.rule;
  const std::string found = AnswerText(example.question, *answered.rule);
  if (context.json) {
    std::printf(
        "{\"pack\":%s,\"question\":%s,\"example\":%s,\"ok\":%s,\"expected\":%s,\"found\":%s}\n",
        Quoted(pack.pack->name).c_str(), Quoted(question).c_str(), Quoted(example.name).c_str(),
        answered.as_expected ? "true" : "false", Quoted(expected).c_str(), Quoted(found).c_str());
  } else if (answered.as_expected) {
    std::printf("ok      %-12s %s: %s\n", question.c_str(), example.name.c_str(), found.c_str());
  } else {
    std::printf("FAILED  %-12s %s: expected %s, found %s\n        %s:%d: %s\n", question.c_str(),
                example.name.c_str(), expected.c_str(), found.c_str(), pack.file.c_str(),
                example.place.line, packc::FactsText(example.facts).c_str());
  }
}

void TestPack(const Compiled& pack, Context& context) {
  if (!context.json) std::printf("%s\n", pack.pack->name.c_str());
  size_t failed = 0;
  for (const Example& example : pack.examples) {
    const packc::Answered answered = packc::AnswerTo(example, *pack.pack);
    PrintExample(pack, example, answered, context);
    if (!answered.as_expected) ++failed;
  }
  if (failed > 0) context.exit_code = kBadPolicy;
  if (context.json) return;
  for (const std::string& rule : packc::RulesWithoutExample(*pack.pack, pack.examples)) {
    std::printf("note    no example is answered by %s\n", rule.c_str());
  }
  std::printf("%zu examples, %zu failed\n", pack.examples.size(), failed);
}

void RunTest(const ReadingOptions& options, Context& context) {
  std::vector<std::string> names = options.packs;
  if (names.empty()) {
    for (const PackSource& source : BundledPacks()) names.push_back(source.file);
  }
  const auto packs = Load(names, context);
  if (!packs) return;
  for (const Compiled& pack : *packs) TestPack(pack, context);
}

// ---- diff ----

constexpr char kBundled[] = "the bundled disputes";

absl::StatusOr<RecordedLog> ReadTopics(const LogAddress& address) {
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Log> log, OpenLogAt(address));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log->OpenReader());
  return ReadLog(*reader, address.name());
}

// The log whose cases are decided again: the one that was named, or, if none was, the bundled
// disputes.
absl::StatusOr<RecordedLog> LogToCompare(const LogAddress& address) {
  if (address.kafka) return ReadTopics(address);
  std::vector<std::string> packs;
  for (const Compiled& pack : CompileAll(BundledPacks()).packs) packs.push_back(pack.bytes);
  return address.empty() ? LogOfLines(BundledDisputes(), kBundled, packs)
                         : OpenRecordedLog(address.directory, packs);
}

// What two packs make of one log; its steps are pointed into.
struct Cases {
  RecordedLog log;
  std::vector<Step> was;
  std::vector<Step> now;
  std::optional<Comparison> comparison;  // empty: the log does not publish the first pack
};

absl::StatusOr<std::unique_ptr<Cases>> CompareCases(const LogAddress& log, const Compiled& from,
                                                    const Compiled& to) {
  auto cases = std::make_unique<Cases>();
  ASSIGN_OR_RETURN(cases->log, LogToCompare(log));
  if (!Publishes(cases->log, from.pack->digest)) return cases;
  ASSIGN_OR_RETURN(cases->was, DecideAgain(cases->log, std::nullopt));
  ASSIGN_OR_RETURN(cases->now, DecideAgain(cases->log, PutInPlace(*from.pack, *to.pack)));
  cases->comparison = Compare(cases->was, cases->now);
  return cases;
}

std::string NotPublished(const Compiled& from, const RecordedLog& log) {
  return from.pack->name + " (" + from.pack->digest.hex() + ") is not published on " + log.name +
         ": which of its cases would be decided differently cannot be said";
}

void PrintDiffJson(const Compiled& from, const Compiled& to,
                   const std::vector<packc::Change>& changes,
                   const std::vector<packc::AnsweredDifferently>& differently, const Cases& cases) {
  std::printf("{\"from\":%s,\"to\":%s,\"changes\":[", Quoted(from.pack->name).c_str(),
              Quoted(to.pack->name).c_str());
  const char* comma = "";
  for (const packc::Change& change : changes) {
    std::printf("%s{\"topic\":%s,\"subject\":%s,\"about\":%s,\"was\":%s,\"now\":%s}", comma,
                Quoted(change.topic).c_str(), Quoted(change.subject).c_str(),
                Quoted(change.about).c_str(), Quoted(change.was).c_str(),
                Quoted(change.now).c_str());
    comma = ",";
  }
  std::printf("],\"decided_differently\":[");
  comma = "";
  for (const auto& each : differently) {
    std::printf("%s{\"example\":%s,\"question\":%s,\"was\":%s,\"now\":%s}", comma,
                Quoted(each.example->name).c_str(),
                Quoted(std::string(policy::NameOfQuestion(each.example->question))).c_str(),
                Quoted(each.was).c_str(), Quoted(each.now).c_str());
    comma = ",";
  }
  std::printf("],%s}\n",
              (cases.comparison ? ComparisonJson(*cases.comparison, cases.log.name)
                                : "\"log\":" + Quoted(cases.log.name) + ",\"cases\":null,\"why\":" +
                                      Quoted(NotPublished(from, cases.log)))
                  .c_str());
}

void PrintDiff(const Compiled& from, const Compiled& to, const std::vector<packc::Change>& changes,
               const std::vector<packc::AnsweredDifferently>& differently, const Cases& cases) {
  std::printf("From %s to %s:\n", from.pack->name.c_str(), to.pack->name.c_str());
  if (changes.empty()) std::printf("  nothing changes\n");
  for (const packc::Change& change : changes) std::printf("  %s\n", change.Text().c_str());
  std::printf("\nExamples decided differently:\n");
  if (differently.empty()) std::printf("  none\n");
  for (const auto& each : differently) {
    std::printf("  %s, %s: %s → %s\n    %s\n", each.example->name.c_str(),
                std::string(policy::NameOfQuestion(each.example->question)).c_str(),
                each.was.c_str(), each.now.c_str(), packc::FactsText(each.example->facts).c_str());
  }
  const std::string text = cases.comparison ? ComparisonText(*cases.comparison, cases.log.name)
                                            : "\n" + NotPublished(from, cases.log) + ".\n";
  std::fputs(text.c_str(), stdout);
}

// Both packs' examples; one that stands in both, once.
std::vector<Example> ExamplesOfBoth(const Compiled& from, const Compiled& to) {
  std::vector<Example> examples = from.examples;
  for (const Example& example : to.examples) {
    const bool there = std::any_of(examples.begin(), examples.end(), [&](const Example& e) {
      return e.question == example.question &&
             packc::FactsText(e.facts) == packc::FactsText(example.facts);
    });
    if (!there) examples.push_back(example);
  }
  return examples;
}

void RunDiff(const ReadingOptions& options, Context& context) {
  LogAddress log;
  if (!options.log.empty()) {
    std::optional<LogAddress> found = FindLog(options.log, context);
    if (!found) return;
    log = *std::move(found);
  }
  const auto packs = Load({options.from, options.to}, context);
  if (!packs) return;
  const Compiled& from = (*packs)[0];
  const Compiled& to = (*packs)[1];
  const auto changes = packc::Differences(*from.pack, *to.pack);
  const std::vector<Example> examples = ExamplesOfBoth(from, to);
  const auto differently = packc::AnsweredDifferentlyBy(*from.pack, *to.pack, examples);
  const auto cases = CompareCases(log, from, to);
  if (!cases.ok()) return Fail(context, cases.status());
  context.json ? PrintDiffJson(from, to, changes, differently, **cases)
               : PrintDiff(from, to, changes, differently, **cases);
}

// ---- explain ----

constexpr const char* NameOfWhat(packc::Step::What what) {
  switch (what) {
    case packc::Step::What::kPassedOver:
      return "passed over";
    case packc::Step::What::kAnswers:
      return "ANSWERS";
    case packc::Step::What::kNotAsked:
      return "not asked";
  }
  return "?";
}

std::string FlipText(const packc::Walk& walk) {
  if (!walk.flip) return "no single fact would change it";
  return "were " + std::string(NameOf(walk.flip->fact)) + " " + walk.flip->would_be + " and not " +
         walk.flip->was + ": " + AnswerText(walk.question, *walk.flip->rule);
}

void PrintWalkJson(const Compiled& pack, const packc::Walk& walk) {
  std::printf("{\"pack\":%s,\"question\":%s,\"answer\":%s,\"rule\":%s,\"rules\":[",
              Quoted(pack.pack->name).c_str(),
              Quoted(std::string(policy::NameOfQuestion(walk.question))).c_str(),
              Quoted(std::string(policy::NameOfAnswer(walk.question, walk.answer->answer))).c_str(),
              Quoted(walk.answer->label).c_str());
  const char* comma = "";
  for (const packc::Step& step : walk.steps) {
    std::printf("%s{\"rule\":%s,\"what\":%s,\"why\":%s}", comma, Quoted(step.rule->label).c_str(),
                Quoted(NameOfWhat(step.what)).c_str(), Quoted(step.why).c_str());
    comma = ",";
  }
  std::printf("],\"flip\":");
  if (walk.flip) {
    std::printf(
        "{\"fact\":%s,\"was\":%s,\"would_be\":%s,\"answer\":%s,\"rule\":%s}}\n",
        Quoted(std::string(NameOf(walk.flip->fact))).c_str(), Quoted(walk.flip->was).c_str(),
        Quoted(walk.flip->would_be).c_str(),
        Quoted(std::string(policy::NameOfAnswer(walk.question, walk.flip->rule->answer))).c_str(),
        Quoted(walk.flip->rule->label).c_str());
  } else {
    std::printf("null}\n");
  }
}

void PrintWalk(const packc::Walk& walk) {
  std::printf("\n%s, %s: %s\n", std::string(policy::NameOfQuestion(walk.question)).c_str(),
              std::string(packc::WordsOfQuestion(walk.question)).c_str(),
              AnswerText(walk.question, *walk.answer).c_str());
  for (const packc::Step& step : walk.steps) {
    const bool passed = step.what == packc::Step::What::kPassedOver;
    std::printf("  %-12s %s (%s): %s\n", NameOfWhat(step.what), step.rule->label.c_str(),
                step.rule->catalogue.c_str(), passed ? step.why.c_str() : step.rule->words.c_str());
  }
  std::printf("  %s\n", FlipText(walk).c_str());
}

std::optional<Question> QuestionNamed(const std::string& name) {
  for (const Question question : policy::kQuestions) {
    if (policy::NameOfQuestion(question) == name) return question;
  }
  return std::nullopt;
}

struct Asked {
  std::vector<Question> questions;  // all, if none is named
  policy::Facts facts;
};

// Words with '=' are facts, others are questions. Gives what is wrong, if anything is.
std::optional<std::string> ReadAsked(const std::vector<std::string>& words, Asked& asked) {
  for (const std::string& word : words) {
    if (word.find('=') != std::string::npos) {
      if (auto wrong = packc::SetFact(word, asked.facts)) return wrong;
      continue;
    }
    const auto question = QuestionNamed(word);
    if (!question) {
      std::vector<std::string_view> known;
      for (const Question each : policy::kQuestions) known.push_back(NameOfQuestion(each));
      return packc::UnknownWord("question", word, known);
    }
    asked.questions.push_back(*question);
  }
  if (asked.questions.empty()) {
    asked.questions.assign(policy::kQuestions.begin(), policy::kQuestions.end());
  }
  return packc::MissingFact(asked.facts);
}

void RunExplain(const ReadingOptions& options, Context& context) {
  Asked asked;
  if (const auto wrong = ReadAsked(options.words, asked)) return Fail(context, kUsage, *wrong);
  const auto packs = Load({options.pack}, context);
  if (!packs) return;
  const Compiled& pack = packs->front();
  if (!context.json) {
    std::printf("%s, given %s\n", pack.pack->name.c_str(), packc::FactsText(asked.facts).c_str());
  }
  for (const Question question : asked.questions) {
    const packc::Walk walk = packc::WalkThrough(*pack.pack, question, asked.facts);
    context.json ? PrintWalkJson(pack, walk) : PrintWalk(walk);
  }
}

CLI::App* AddVerb(CLI::App& policy, const char* name, const char* words,
                  const std::shared_ptr<ReadingOptions>& options, Context& context,
                  void (*run)(const ReadingOptions&, Context&)) {
  CLI::App* verb = policy.add_subcommand(name, words);
  verb->callback([options, &context, run] { run(*options, context); });
  return verb;
}

}  // namespace

void AddPolicyReading(CLI::App& policy, Context& context) {
  auto options = std::make_shared<ReadingOptions>();
  CLI::App* test = AddVerb(policy, "test", "A pack's own examples: ok, or what differed", options,
                           context, RunTest);
  test->add_option("packs", options->packs, "files or names (default: all that come with it)");
  CLI::App* diff = AddVerb(policy, "diff",
                           "What changes from one pack to another, in words, and which cases "
                           "decide differently with it",
                           options, context, RunDiff);
  diff->add_option("from", options->from, "file or name")->required();
  diff->add_option("to", options->to, "file or name")->required();
  AddLogFlags(*diff, options->log, "--log",
              "whose cases: a log's directory, kafka://host:port/prefix, an exported log, or JSON "
              "Lines as recorded (default: the bundled disputes)");
  CLI::App* explain =
      AddVerb(policy, "explain", "Which rule answers, which were passed over, and why", options,
              context, RunExplain);
  explain->add_option("pack", options->pack, "file or name")->required();
  explain
      ->add_option("words", options->words,
                   "[QUESTION…] fact=value…; kind and reason must be there")
      ->required();
}

}  // namespace refund::tools
