// refundd: disputes are decided as they come in. docs/OPERATIONS.md is its manual.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/exit_code.h"
#include "engine/base/status.h"
#include "engine/log/whole_file.h"
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
  const absl::StatusOr<std::string> toml = log::ReadWholeFile(path);
  if (!toml.ok()) {
    exit = Fail(kExitUsage, "--config: " + Message(toml.status()) +
                                ": name a file that can be read; "
                                "refundd --print-default-config prints one to begin with");
    return std::nullopt;
  }
  std::vector<std::string> errors;
  std::optional<Config> config = ParseConfig(path, *toml, errors);
  for (const std::string& each : errors) std::fprintf(stderr, "%s\n", each.c_str());
  if (!config) exit = kExitBadPolicy;
  return config;
}

// The signals that stop the process, delivered to nobody but Wait() and a watch.
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
  // Until it is told to stop, ends the process when a signal comes. For as long as nothing has been
  // begun that an end could find half done: reading a file and opening a log may take as long as
  // whoever keeps them likes.
  std::jthread EndWhenAsked() const {
    return std::jthread([this](const std::stop_token& stop) {
      constexpr int64_t kLookAroundMs = 5;
      while (!stop.stop_requested()) {
        if (Wait(kLookAroundMs) != 0) std::_Exit(kExitOk);
      }
    });
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

// `watch`: ends the process when it is asked to, until there is a daemon that can be stopped.
int RunDaemon(const Config& config, const StopSignals& signals, std::jthread watch) {
  constexpr int64_t kLookAroundMs = 100;
  OpenJournal(config.log_level);
  Refusal refusal;
  const std::unique_ptr<Daemon> daemon = Daemon::Open(
      config, [config] { return OpenLog(config); }, refusal);
  watch.request_stop();
  watch.join();
  if (daemon == nullptr) return Fail(refusal.exit, refusal.message);
  daemon->Start();
  int signal = 0;
  while (signal == 0 && !daemon->IsOver()) signal = signals.Wait(kLookAroundMs);
  Note(LogLevel::kInfo, "stopping", {{"signal", signal}});
  signals.Release();
  return daemon->Stop();
}

int Run(int argc, char** argv, const StopSignals& signals) {
  std::jthread watch = signals.EndWhenAsked();
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
  if (!options.check) return RunDaemon(*config, signals, std::move(watch));
  std::printf("%s: ok\n", options.config.c_str());
  return kExitOk;
}

}  // namespace
}  // namespace refund::daemon

int main(int argc, char** argv) {
  // Before anything else, and before any thread, which inherit it: who is told to stop in its first
  // moments stops as it should.
  const refund::daemon::StopSignals signals;
  // The one place for what no boundary caught: a bug of ours, or no memory.
  try {
    return refund::daemon::Run(argc, argv, signals);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "refundd: internal error: %s\n", error.what());
    return refund::kExitInternal;
  }
}
