#include "server/refundd/config.h"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "engine/arbiter/authority.h"
#include "engine/base/bytes.h"
#include "engine/base/calendar.h"
#include "tools/packc/diagnostic.h"
#include "tools/packc/section.h"
#include "tools/packc/toml_tree.h"

namespace refund::daemon {
namespace {

using packc::Diagnostics;
using packc::Node;

// One table of the file. What is absent keeps its default; what is wrong is reported with its key.
class Table {
 public:
  Table(const Node& node, std::string name, Diagnostics& errors)
      : node_(node), name_(std::move(name)), errors_(errors) {}

  // Null if it is absent, or no table, which is reported.
  const Node* TableOf(std::string_view key) { return Find(key, Node::Type::kTable, "a table"); }

  void Text(std::string_view key, std::string_view expected, std::string& into) {
    const Node* node = Find(key, Node::Type::kText, expected);
    if (node == nullptr) return;
    const bool is_line = !node->text.empty() && node->text.find('\n') == std::string::npos &&
                         node->text.find('\0') == std::string::npos;
    if (!is_line) return Wrong(key, *node, expected);
    into = node->text;
  }

  void YesNo(std::string_view key, bool& into) {
    const Node* node = Find(key, Node::Type::kYesNo, "true or false");
    if (node != nullptr) into = node->yes;
  }

  void Number(std::string_view key, int64_t lowest, int64_t highest, int64_t& into) {
    const std::string expected = absl::StrFormat("a whole number from %d to %d", lowest, highest);
    const Node* node = Find(key, Node::Type::kNumber, expected);
    if (node == nullptr) return;
    if (node->number < lowest || node->number > highest) return Wrong(key, *node, expected);
    into = node->number;
  }

  void Duration(std::string_view key, int64_t lowest_ms, int64_t highest_ms, int64_t& into) {
    const std::string expected =
        absl::StrFormat("a duration from %s to %s, such as \"%s\"", FormatDuration(lowest_ms),
                        FormatDuration(highest_ms), FormatPeriod({into, PeriodUnit::kMillisecond}));
    const Node* node = Find(key, Node::Type::kText, expected);
    if (node == nullptr) return;
    Period period;
    if (!ParsePeriod(node->text, period) || period.unit >= PeriodUnit::kDay ||
        period.count > kDayMs) {
      return Wrong(key, *node, expected);
    }
    const int64_t ms = FirstInstantTooLate({0}, period).ms - 1;
    if (ms < lowest_ms || ms > highest_ms) return Wrong(key, *node, expected);
    into = ms;
  }

  // The number of the word among those.
  template <class E>
  void OneOf(std::string_view key, const std::vector<std::string_view>& words, E& into) {
    std::string expected;
    for (const std::string_view word : words) {
      expected += (expected.empty() ? "\"" : ", \"") + std::string(word) + "\"";
    }
    const Node* node = Find(key, Node::Type::kText, "one of " + expected);
    if (node == nullptr) return;
    const auto found = std::find(words.begin(), words.end(), node->text);
    if (found == words.end()) {
      return Report(key, *node, packc::UnknownWord("value", node->text, words));
    }
    into = static_cast<E>(found - words.begin());
  }

  // Absent is whatever the caller makes of it; anything there counts as known.
  const Node* Any(std::string_view key) {
    known_.push_back(Path(key));
    return node_.Find(key);
  }

  void Wrong(std::string_view key, const Node& node, std::string_view expected) {
    Report(key, node, absl::StrFormat("expected %s, found %s", expected, Describe(node)));
  }

  void Report(std::string_view key, const Node& node, const std::string& what) {
    errors_.Add(node.place, Path(key) + ": " + what);
  }

  void Finish() {
    for (const packc::Entry& entry : node_.entries) {
      const std::string path = Path(entry.key);
      if (std::find(known_.begin(), known_.end(), path) != known_.end()) continue;
      const std::vector<std::string_view> known(known_.begin(), known_.end());
      errors_.Add(entry.place, packc::UnknownWord("key", path, known) +
                                   "; refundd --print-default-config shows them all");
    }
  }

 private:
  std::string Path(std::string_view key) const {
    return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
  }

  const Node* Find(std::string_view key, Node::Type type, std::string_view expected) {
    const Node* node = Any(key);
    if (node == nullptr || node->type == Node::Type::kRefused) return nullptr;
    if (node->type == type) return node;
    Wrong(key, *node, expected);
    return nullptr;
  }

  const Node& node_;
  const std::string name_;
  Diagnostics& errors_;
  std::vector<std::string> known_;  // paths
};

void ReadPartitions(Table& lanes, Config& config) {
  static constexpr char kKey[] = "partitions";
  static constexpr char kExpected[] = "\"all\", or a list of different numbers such as [0, 2]";
  const Node* node = lanes.Any(kKey);
  if (node == nullptr || (node->type == Node::Type::kText && node->text == "all")) return;
  if (node->type != Node::Type::kList || node->items.empty()) {
    return lanes.Wrong(kKey, *node, kExpected);
  }
  std::vector<uint32_t> partitions;
  for (const Node& item : node->items) {
    const bool fits = item.type == Node::Type::kNumber && item.number >= 0 && item.number < 1024;
    if (!fits) return lanes.Wrong(kKey, item, "a number of a partition, from 0 to 1023");
    partitions.push_back(static_cast<uint32_t>(item.number));
  }
  std::sort(partitions.begin(), partitions.end());
  if (std::adjacent_find(partitions.begin(), partitions.end()) != partitions.end()) {
    return lanes.Wrong(kKey, *node, kExpected);
  }
  config.partitions = std::move(partitions);
}

// A group deals out all partitions, and needs somebody to be a group with.
void ReadAssign(Table& lanes, Config& config) {
  lanes.OneOf("assign", {"static", "group"}, config.assign);
  lanes.Duration("session_timeout", kSecondMs, 5 * kMinuteMs, config.session_timeout_ms);
  if (config.assign != Assign::kGroup) return;
  if (!config.kafka) {
    lanes.Wrong("assign", *lanes.Any("assign"),
                "\"static\", or brokers in [kafka] whose group shares the partitions");
  } else if (config.partitions) {
    lanes.Wrong("partitions", *lanes.Any("partitions"),
                "\"all\" beside assign = \"group\", which deals them out");
  }
}

void ReadPrincipal(Table& ticker, Config& config) {
  static constexpr char kKey[] = "principal";
  static constexpr char kExpected[] =
      "who may let time pass: \"platform\", \"platform:NAME\" or \"local\"";
  std::string principal = config.ticker_principal;
  ticker.Text(kKey, kExpected, principal);
  const bool may =
      arbiter::MayBroadcast(EventKind::kTick, refund::Role::kPlatform, principal) &&
      arbiter::MayBroadcast(EventKind::kOutageDeclared, refund::Role::kPlatform, principal);
  if (!may) return ticker.Wrong(kKey, *ticker.Any(kKey), kExpected);
  config.ticker_principal = principal;
}

// "127.0.0.1:7480" or "[::1]:7480".
bool ParseListen(const std::string& text, std::string& address, uint16_t& port) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  address = text.substr(0, colon);
  uint32_t number = 0;
  const std::string digits = text.substr(colon + 1);
  if (digits.empty() || !absl::SimpleAtoi(digits, &number) || number > 65535) return false;
  port = static_cast<uint16_t>(number);
  in6_addr six{};
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
    return ::inet_pton(AF_INET6, address.c_str(), &six) == 1;
  }
  in_addr four{};
  return ::inet_pton(AF_INET, address.c_str(), &four) == 1;
}

bool IsLoopback(const std::string& address) {
  return address == "::1" || address.substr(0, 4) == "127.";
}

void ReadHttp(Table& http, Config& config) {
  static constexpr char kKey[] = "listen";
  static constexpr char kExpected[] = "an address and a port such as \"127.0.0.1:7480\"";
  bool allow_remote = false;
  http.YesNo("allow_remote", allow_remote);
  std::string listen = config.listen();
  http.Text(kKey, kExpected, listen);
  const Node* node = http.Any(kKey);
  std::string address;
  uint16_t port = 0;
  if (!ParseListen(listen, address, port)) return http.Wrong(kKey, *node, kExpected);
  if (!allow_remote && !IsLoopback(address)) {
    return http.Wrong(kKey, *node,
                      "an address of this machine alone, or allow_remote = true beside it");
  }
  config.http_address = address;
  config.http_port = port;
}

// A table whose keys are somebody else's names. A value is never shown: it may be a password.
std::vector<std::pair<std::string, std::string>> ReadPairs(Table& parent, std::string_view key) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const Node* node = parent.TableOf(key);
  if (node == nullptr) return pairs;
  for (const packc::Entry& entry : node->entries) {
    if (entry.value.type != Node::Type::kText || entry.value.text.empty()) {
      parent.Report(std::string(key) + "." + entry.key, entry.value,
                    "expected a text in quotes, found another value, which is not shown");
    } else {
      pairs.emplace_back(entry.key, entry.value.text);
    }
  }
  return pairs;
}

// No stranger is the engine, and its own topics are no door.
intake::PrincipalByTopic ReadInboxes(Table& kafka, const log::KafkaLogOptions& options) {
  static constexpr char kPrincipal[] =
      "who may write there: a principal such as \"platform\" or \"seller:m-7\"";
  const std::vector<std::string> own = log::OwnTopics(options);
  intake::PrincipalByTopic inboxes;
  const Node* node = kafka.TableOf("inboxes");
  if (node == nullptr) return inboxes;
  for (const packc::Entry& entry : node->entries) {
    const std::string key = "inboxes." + entry.key;
    const std::string& principal = entry.value.text;
    if (std::find(own.begin(), own.end(), entry.key) != own.end()) {
      kafka.Report(key, entry.value, "expected a topic that others write, found one of the log's");
    } else if (principal == intake::kEnginePrincipal || !arbiter::IsPrincipal(principal)) {
      kafka.Wrong(key, entry.value, kPrincipal);
    } else {
      inboxes[entry.key] = principal;
    }
  }
  return inboxes;
}

void ReadKafka(Table& kafka, Config& config) {
  static constexpr char kBrokers[] = "brokers such as \"host:9092,host:9093\", or \"\" for none";
  log::KafkaLogOptions options;
  const Node* brokers = kafka.Any("brokers");
  if (brokers != nullptr && brokers->type != Node::Type::kText) {
    kafka.Wrong("brokers", *brokers, kBrokers);
  } else if (brokers != nullptr) {
    options.brokers = brokers->text;
  }
  kafka.Text("prefix", "the beginning of the topics' names", options.prefix);
  kafka.Text("app", "a name", options.app);
  int64_t kbytes = options.fetch_queue_kbytes;
  kafka.Number("fetch_queue_kbytes", 64, 2 << 20, kbytes);
  options.fetch_queue_kbytes = static_cast<int>(kbytes);
  int64_t timeout = options.timeout_ms;
  kafka.Duration("timeout", kSecondMs, 10 * kMinuteMs, timeout);
  options.timeout_ms = static_cast<int>(timeout);
  kafka.Duration("read_back_interval", 100, kHourMs, config.read_back_interval_ms);
  for (auto& [name, value] : ReadPairs(kafka, "settings")) {
    options.settings[name] = value;
  }
  intake::PrincipalByTopic inboxes = ReadInboxes(kafka, options);
  if (options.brokers.empty()) return;
  if (inboxes.empty()) {
    inboxes = {{options.prefix + ".inbox", "platform"},
               {options.prefix + ".payout-results", "psp"}};
  }
  inboxes[options.prefix + ".messages"] = intake::kEnginePrincipal;
  config.kafka = std::move(options);
  config.inboxes = std::move(inboxes);
}

template <class F>
void ReadTable(Table& root, const std::string& name, Diagnostics& errors, F read) {
  const Node* node = root.TableOf(name);
  if (node == nullptr) return;
  Table table(*node, name, errors);
  read(table);
  table.Finish();
}

constexpr char kDirectory[] = "the path of a directory";

Config ReadConfig(const Node& file, Diagnostics& errors) {
  Config config;
  Table root(file, "", errors);
  root.OneOf("role", {"both", "intake", "lanes"}, config.role);
  ReadTable(root, "log", errors,
            [&](Table& t) { t.Text("directory", kDirectory, config.log_directory); });
  ReadTable(root, "kafka", errors, [&](Table& t) { ReadKafka(t, config); });
  ReadTable(root, "state", errors,
            [&](Table& t) { t.Text("directory", kDirectory, config.state_directory); });
  ReadTable(root, "lanes", errors, [&](Table& t) {
    ReadPartitions(t, config);
    ReadAssign(t, config);
    t.Number("threads", 0, 256, config.threads);
    t.Duration("commit_interval", 1, 10 * kSecondMs, config.commit_interval_ms);
    t.Number("batch_records", 1, 1'000'000, config.batch_records);
    t.Duration("checkpoint_interval", 1, kHourMs, config.checkpoint_interval_ms);
    t.Number("checkpoint_bytes", 1 << 16, int64_t{1} << 36, config.checkpoint_bytes);
    t.Number("memory_bytes", 8 << 20, int64_t{1} << 40, config.memory_bytes);
  });
  ReadTable(root, "ticker", errors, [&](Table& t) {
    t.Duration("interval", 100, 10 * kMinuteMs, config.tick_interval_ms);
    ReadPrincipal(t, config);
  });
  ReadTable(root, "http", errors, [&](Table& t) { ReadHttp(t, config); });
  ReadTable(root, "logging", errors, [&](Table& t) {
    t.OneOf("level", {"debug", "info", "warning", "error"}, config.log_level);
  });
  root.Finish();
  return config;
}

}  // namespace

std::string Config::listen() const {
  const bool six = http_address.find(':') != std::string::npos;
  return (six ? "[" + http_address + "]" : http_address) + ":" + std::to_string(http_port);
}

std::string Config::log_key() const {
  return kafka ? "kafka.brokers = \"" + kafka->brokers + "\""
               : "log.directory = \"" + log_directory + "\"";
}

std::string_view NameOf(Role role) {
  switch (role) {
    case Role::kBoth:
      return "both";
    case Role::kIntake:
      return "intake";
    case Role::kLanes:
      return "lanes";
  }
  return "?";
}

std::optional<Config> ParseConfig(std::string_view file, std::string_view toml,
                                  std::vector<std::string>& errors) {
  Diagnostics diagnostics(file);
  const std::optional<Node> tree = packc::ParseToml(toml, diagnostics);
  std::optional<Config> config;
  if (tree) config = ReadConfig(*tree, diagnostics);
  if (diagnostics.empty()) return config;
  for (const packc::Diagnostic& each : diagnostics.Take()) errors.push_back(each.Text());
  return std::nullopt;
}

}  // namespace refund::daemon
