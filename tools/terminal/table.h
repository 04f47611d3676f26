// Tables of text. As wide as their content, except on a terminal that is narrower: there the
// columns that may be cut down are, the widest first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/terminal/paper.h"

namespace refund::terminal {

enum class Align : uint8_t { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  size_t least = 0;  // may be cut down to so many columns; 0: never
};

struct Cell {
  Cell(std::string its_text, Style its_style = Style::kPlain)  // NOLINT: rows read as literals
      : text(std::move(its_text)), style(its_style) {}
  std::string text;
  Style style;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell per column; what cannot be printed is replaced.
  void Add(std::vector<Cell> row);
  size_t size() const { return rows_.size(); }
  // Columns that it takes where nothing is cut.
  size_t Width() const;
  // Title and rows, each line with its newline, no blanks at its end.
  std::string Render(const Paper& paper) const;

 private:
  static size_t TotalOf(const std::vector<size_t>& widths);
  std::vector<size_t> WidthsOn(const Paper& paper) const;
  std::string Line(const std::vector<Cell>& cells, const std::vector<size_t>& widths,
                   const Paper& paper) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace refund::terminal
