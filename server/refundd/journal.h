// What refundd says of itself: JSON lines on stderr, one an event. Ids, offsets and messages of
// errors; never what a claim contains. Any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "server/refundd/config.h"

namespace refund::daemon {

struct Field {
  Field(std::string_view name_in, std::string_view value_in);
  Field(std::string_view name_in, int64_t value_in);

  std::string_view name;
  std::string json;
};

void OpenJournal(LogLevel least);
// `event` is a few words that never change, so that they can be searched for.
void Note(LogLevel level, std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace refund::daemon
