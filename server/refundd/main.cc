// refundd: disputes are decided as they come in. docs/OPERATIONS.md is its manual.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/exit_code.h"
#include "server/refundd/config.h"
#include "server/refundd/daemon.h"
#include "server/refundd/journal.h"
#include "server/refundd/open_log.h"

namespace refund::daemon {
namespace {

constexpr char kAbout[] =
    "refundd takes in what the log brings and decides refund disputes as it comes, until it is "
    "told "
    "to stop.";

constexpr char kExitCodes[] =
    "Exit codes: 0 stopped as told, 2 usage, 3 bad configuration, 4 log unreachable, 5 stored "
    "bytes\n"
    "corrupt or outputs diverged, 6 refused for safety (another process, another log), 70 "
    "internal.\n"
    "SIGTERM or SIGINT stops it when what is at hand is finished; a second one stops it at once.";

int Fail(ExitCode code, const std::string& message) {
  std::fprintf(stderr, "refundd: %s\n", message.c_str());
  return code;
}

struct Options {
  std::string config;
  bool check = false;
  bool print_default = false;
};

std::optional<Config> ReadConfig(const std::string& path, int& exit) {
  std::ifstream file(path, std::ios::binary);
  const std::string toml{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    exit = Fail(kExitUsage, "--config " + path +
                                ": cannot be read: name a file that can; "
                                "refundd --print-default-config prints one to begin with");
    return std::nullopt;
  }
  std::vector<std::string> errors;
  std::optional<Config> config = ParseConfig(path, toml, errors);
  for (const std::string& each : errors) std::fprintf(stderr, "%s\n", each.c_str());
  if (!config) exit = kExitBadPolicy;
  return config;
}

// The signals that stop the process, delivered to nobody but Wait().
class StopSignals {
 public:
  StopSignals() {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGHUP, SIG_IGN);
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  // The signal, or 0 after so many milliseconds without one.
  int Wait(int64_t ms) const {
    const timespec time{ms / 1000, (ms % 1000) * 1'000'000};
    return std::max(0, ::sigtimedwait(&set_, nullptr, &time));
  }
  // From now on they end the process at once.
  void Release() const {
    ::signal(SIGTERM, SIG_DFL);
    ::signal(SIGINT, SIG_DFL);
    ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
  }

 private:
  sigset_t set_;
};

int RunDaemon(const Config& config) {
  constexpr int64_t kLookAroundMs = 100;
  const StopSignals signals;  // before any thread, which inherit it
  OpenJournal(config.log_level);
  Refusal refusal;
  const std::unique_ptr<Daemon> daemon = Daemon::Open(
      config, [config] { return OpenLog(config); }, refusal);
  if (daemon == nullptr) return Fail(refusal.exit, refusal.message);
  daemon->Start();
  int signal = 0;
  while (signal == 0 && !daemon->IsOver()) signal = signals.Wait(kLookAroundMs);
  Note(LogLevel::kInfo, "stopping", {{"signal", signal}});
  signals.Release();
  return daemon->Stop();
}

int Run(int argc, char** argv) {
  Options options;
  CLI::App app(kAbout, "refundd");
  app.footer(kExitCodes);
  app.add_option("--config", options.config, "the configuration, a TOML file");
  app.add_flag("--check-config", options.check, "say whether the file is right, and end");
  app.add_flag("--print-default-config", options.print_default,
               "print a file with every key, its default and what it means, and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;  // --help is a ParseError too
  }
  if (options.print_default) {
    const std::string_view text = DefaultConfigFile();
    const bool printed = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    return printed && std::fflush(stdout) == 0
               ? kExitOk
               : Fail(kExitLogUnreachable, "stdout cannot be written");
  }
  if (options.config.empty()) {
    return Fail(kExitUsage, "--config FILE is missing; refundd --print-default-config prints one");
  }
  int exit = kExitOk;
  const std::optional<Config> config = ReadConfig(options.config, exit);
  if (!config) return exit;
  if (!options.check) return RunDaemon(*config);
  std::printf("%s: ok\n", options.config.c_str());
  return kExitOk;
}

}  // namespace
}  // namespace refund::daemon

int main(int argc, char** argv) {
  // The one place for what no boundary caught: a bug of ours, or no memory.
  try {
    return refund::daemon::Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "refundd: internal error: %s\n", error.what());
    return refund::kExitInternal;
  }
}
