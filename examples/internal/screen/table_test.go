package screen

import (
	"bytes"
	"strings"
	"testing"
)

// Names are cut late: the sparkline goes first, the cost after them. A name of
// any length leaves room for the rest.
func TestNamesAreCutLate(t *testing.T) {
	const name = "rashid.van.longeren-oyelaran"
	table := func(who string) *Table {
		tbl := &Table{Columns: []Column{{Title: "who", Flex: 10, Cut: 8}, {Title: "titles", Flex: 14, Keep: 3}, {Title: "tokens"}, {Title: "cost", Keep: 9}, {Title: "days", Keep: 2}}}
		tbl.Add(Cell{Text: who}, Cell{Text: strings.Repeat("t", 30)}, Cell{Text: "3.24 B"}, Cell{Text: "$528.68"}, Cell{Text: strings.Repeat("▇", 30)})
		return tbl
	}
	for _, c := range []struct {
		width      int
		who        string
		has, hasNo string
	}{
		{120, name, name + "  " + strings.Repeat("t", 30), "…"},
		{100, name, name + "  tttt", "……"},
		{80, name, name + "  tttt", "▇"},
		{50, name, name + "  3.24 B  $528.68", "ttt"},
		{40, name, "…  3.24 B  $528.68", "▇"},
		{24, name, "…  3.24 B", "$"},
		{120, strings.Repeat("n", 200), "▇", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"},
	} {
		var out bytes.Buffer
		table(c.who).Print(Screen{W: &out, Width: c.width})
		_, row, _ := strings.Cut(out.String(), "\n")
		if !strings.Contains(row, c.has) || strings.Contains(row, c.hasNo) || Width(strings.TrimRight(row, "\n")) > c.width {
			t.Errorf("at %d: %q, want %q and no %q", c.width, row, c.has, c.hasNo)
		}
	}
}
