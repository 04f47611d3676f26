#include "server/refundd/journal.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

#include "engine/base/json_text.h"

namespace refund::daemon {
namespace {

spdlog::level::level_enum LevelOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

Field::Field(std::string_view name_in, std::string_view value_in)
    : name(name_in), json(JsonText(value_in)) {}
Field::Field(std::string_view name_in, int64_t value_in)
    : name(name_in), json(std::to_string(value_in)) {}

void OpenJournal(LogLevel least) {
  auto logger = std::make_shared<spdlog::logger>("refundd",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
                      spdlog::pattern_time_type::utc);
  logger->set_level(LevelOf(least));
  spdlog::set_default_logger(std::move(logger));
}

void Note(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line = "\"event\":" + JsonText(event);
  for (const Field& each : fields) {
    line += ",\"" + std::string(each.name) + "\":" + each.json;
  }
  spdlog::default_logger_raw()->log(LevelOf(level),
                                    spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace refund::daemon
