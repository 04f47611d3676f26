// What is compared: the rows of the page (expected.txt), the rows of the engine, and guards.map,
// which says what a sentence of the engine is in the words of the page.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/machines/expression.h"

namespace refund::machines {

// The page has three machines: CASE (its tables PHASE and then FACT), OVERLAY and LEG.
struct PageRow {
  std::string label;
  std::set<std::string> from;  // empty: any
  std::set<std::string> on;
  Expression when;
  std::string to;  // SAME, LAST_OPEN, a state
  std::string phase = "SAME";
  size_t line = 0;
};

struct OurRow {
  std::string table;  // PHASE, FACT, VOUCHER; OVERLAY; LEG, GOODWILL
  std::string label;
  std::set<std::string> from;  // empty: any; CLOSED stands for every CLOSED:…
  std::vector<std::string> on;
  std::vector<std::string> guards;
  std::vector<std::string> effects;
  std::string to;
};

struct Machine {
  std::string name;
  std::vector<std::string> states;
  std::vector<PageRow> page;
  std::vector<OurRow> ours;
};

std::vector<Machine> AllMachines();
// The tokens of expected.txt's legend.
std::set<std::string> LegendTokens();

// One line of guards.map: `left = right # why`, and whether anything came of it.
struct Entry {
  std::string left;
  std::string right;
  std::string why;
  size_t line = 0;
  bool used = false;
};

struct Map {
  std::map<std::string, std::vector<Entry>> sections;
  std::vector<Entry>& operator[](const std::string& section) { return sections[section]; }
};

Map ReadMap();

std::string Trim(std::string_view text);
std::vector<std::string> Split(std::string_view text, std::string_view separator);
std::string Where(const Entry& entry);

}  // namespace refund::machines
