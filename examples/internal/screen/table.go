package screen

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Column describes one column of a [Table].
type Column struct {
	Title string
	Right bool // align right: numbers
	Keep  int  // columns with the lowest Keep go first where the screen is narrow; 0: never
	Flex  int  // may shrink to this many cells before columns go; 0: may not
	Cut   int  // of a Flex column: it shrinks below a third of the screen only once all columns with a lower Keep are gone
	Tail  bool // where it shrinks, keep the end of the text: paths
	Spare bool // left out where none of its cells says anything
}

// Cell is one text of a table.
type Cell struct {
	Text  string
	Style Style
}

// Table is rows of cells under columns.
type Table struct {
	Columns []Column
	Rows    [][]Cell
}

// Add appends a row.
func (t *Table) Add(cells ...Cell) { t.Rows = append(t.Rows, cells) }

const gap = 2

// Print prints the table, indented by two. Where the screen is too narrow, flexible
// columns shrink, then the least important ones go; names, which have a Cut,
// shrink late.
func (t *Table) Print(s Screen) {
	shown, widths := t.layout(s.Width)
	row := func(cells []Cell) {
		var b strings.Builder
		for n, i := range shown {
			b.WriteString(strings.Repeat(" ", gap))
			fit := Fit
			if t.Columns[i].Tail {
				fit = FitEnd
			}
			text := fit(cells[i].Text, widths[n])
			pad := strings.Repeat(" ", widths[n]-Width(text))
			switch {
			case t.Columns[i].Right:
				b.WriteString(pad + s.Paint(cells[i].Style, text))
			case n == len(shown)-1:
				b.WriteString(s.Paint(cells[i].Style, text))
			default:
				b.WriteString(s.Paint(cells[i].Style, text) + pad)
			}
		}
		fmt.Fprintln(s.W, strings.TrimRight(b.String(), " "))
	}
	head := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = Cell{c.Title, Dim}
	}
	row(head)
	for _, r := range t.Rows {
		row(r)
	}
}

// silent reports whether no cell of a column has a text.
func (t *Table) silent(column int) bool {
	return !slices.ContainsFunc(t.Rows, func(r []Cell) bool { return r[column].Text != "" })
}

// layout returns which columns fit, and how wide each is.
func (t *Table) layout(limit int) (shown, widths []int) {
	full := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		full[i] = Width(c.Title)
		for _, r := range t.Rows {
			full[i] = max(full[i], Width(r[i].Text))
		}
		if c.Spare && t.silent(i) {
			continue
		}
		shown = append(shown, i)
	}
	for {
		widths = widths[:0]
		total := 0
		for _, i := range shown {
			widths = append(widths, full[i])
			total += full[i] + gap
		}
		if limit == 0 || total <= limit {
			return shown, widths
		}
		drop, keep := -1, math.MaxInt
		for n, i := range shown {
			if k := t.Columns[i].Keep; k > 0 && k < keep {
				drop, keep = n, k
			}
		}
		shrink := func(floor func(c *Column) int) {
			for n, i := range shown {
				if c := &t.Columns[i]; c.Flex > 0 {
					cut := min(max(total-limit, 0), max(widths[n]-floor(c), 0))
					widths[n] -= cut
					total -= cut
				}
			}
		}
		shrink(func(c *Column) int { // what shrinks early
			if c.Cut > 0 {
				return max(c.Flex, limit/3)
			}
			return c.Flex
		})
		shrink(func(c *Column) int { // what shrinks once less is left
			if c.Cut > keep {
				return max(c.Flex, limit/3)
			}
			return c.Flex
		})
		if total <= limit || drop < 0 {
			return shown, widths
		}
		shown = slices.Delete(shown, drop, drop+1)
	}
}
