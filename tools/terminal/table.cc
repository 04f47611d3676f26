#include "tools/terminal/table.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "engine/base/check.h"
#include "tools/terminal/text_width.h"

namespace refund::terminal {
namespace {

constexpr std::string_view kGap = "  ";

// The column that may still shrink and is the widest, or the number of columns.
size_t WidestToCut(const std::vector<Column>& columns, const std::vector<size_t>& widths) {
  size_t widest = columns.size();
  for (size_t i = 0; i < columns.size(); ++i) {
    const size_t least = columns[i].least;
    if (least == 0 || widths[i] <= least) continue;
    if (widest == columns.size() || widths[i] > widths[widest]) widest = i;
  }
  return widest;
}

}  // namespace

void Table::Add(std::vector<Cell> row) {
  CHECK(row.size() == columns_.size());
  for (Cell& cell : row) cell.text = Printable(cell.text);
  rows_.push_back(std::move(row));
}

size_t Table::TotalOf(const std::vector<size_t>& widths) {
  const size_t gaps = widths.empty() ? 0 : kGap.size() * (widths.size() - 1);
  return std::accumulate(widths.begin(), widths.end(), gaps);
}

size_t Table::Width() const { return TotalOf(WidthsOn({})); }

std::vector<size_t> Table::WidthsOn(const Paper& paper) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i].text));
    widths.push_back(width);
  }
  if (paper.width == 0) return widths;
  for (size_t total = TotalOf(widths); total > paper.width; --total) {
    const size_t widest = WidestToCut(columns_, widths);
    if (widest == columns_.size()) break;  // the terminal wraps what is left
    --widths[widest];
  }
  return widths;
}

std::string Table::Line(const std::vector<Cell>& cells, const std::vector<size_t>& widths,
                        const Paper& paper) const {
  std::string line;
  size_t owed = 0;  // blanks that only a following text makes us print
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string text = CutTo(cells[i].text, widths[i]);
    const size_t blanks = widths[i] - DisplayWidth(text);
    const bool right = columns_[i].align == Align::kRight;
    if (right) owed += blanks;
    if (!text.empty()) {
      line.append(owed, ' ').append(Styled(text, cells[i].style, paper));
      owed = 0;
    }
    owed += (right ? 0 : blanks) + kGap.size();
  }
  return line + "\n";
}

std::string Table::Render(const Paper& paper) const {
  const std::vector<size_t> widths = WidthsOn(paper);
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.emplace_back(column.title, Style::kBold);
  std::string text = Line(titles, widths, paper);
  for (const auto& row : rows_) text += Line(row, widths, paper);
  return text;
}

}  // namespace refund::terminal
