package screen

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/pricing"
)

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 9_999: "9,999", 10_000: "10.0 K", 12_345: "12.3 K", 99_949: "99.9 K", 99_950: "100 K",
		999_499: "999 K", 999_500: "1.00 M", 9_994_999: "9.99 M", 9_995_000: "10.0 M", 281_000_000_000: "281 B",
		60_200_000_000_000: "60.2 T", -12_345: "-12.3 K", math.MaxInt64: "9,223 P",
		math.MinInt64: "-9,223 P", math.MinInt64 + 1: "-9,223 P", -9_999: "-9,999",
	} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestUSD(t *testing.T) {
	for in, want := range map[string]string{
		"0": "$0.00", "0.0049": "<$0.01", "0.0051": "$0.01", "0.015": "$0.02", "1234567.891": "$1,234,567.89", "-0.5": "-$0.50",
	} {
		if got := USD(pricing.MustMoney(in)); got != want {
			t.Errorf("USD(%s) = %q, want %q", in, got, want)
		}
	}
	if got := ExactUSD(pricing.MustMoney("1234.000000000001")); got != "$1,234.000000000001" {
		t.Errorf("ExactUSD = %q", got)
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{0, 0, "–"}, {0, 5, "0%"}, {1, 1000, "<1%"}, {999, 1000, ">99%"}, {5, 5, "100%"}, {1, 2, "50%"}, {math.MaxInt64 / 2, math.MaxInt64, "50%"},
		{1, math.MaxInt64, "<1%"}, {1 << 54, math.MaxInt64, "<1%"}, {math.MaxInt64 - 1, math.MaxInt64, ">99%"}, {math.MaxInt64, math.MaxInt64, "100%"},
		{math.MaxInt64, 1, "922337203685477580700%"}, {math.MinInt64, 1, "-922337203685477580800%"}, {1, math.MinInt64, "–"},
		{-1, 200, "0%"}, {-3, 200, "-1%"}, {3, 2, "150%"}} {
		if got := Percent(c.part, c.whole); got != c.want {
			t.Errorf("Percent(%d, %d) = %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int64]string{0: "0 calls", 1: "1 call", 2: "2 calls", 5248: "5,248 calls"} {
		if got := Plural(n, "call", "calls"); got != want {
			t.Errorf("Plural(%d) = %q, want %q", n, got, want)
		}
	}
}

// NO_COLOR counts when it is there and not empty: no-color.org.
func TestNoColor(t *testing.T) {
	for _, c := range []struct {
		noColor, term string
		want          bool
	}{{"", "xterm", true}, {"1", "xterm", false}, {"0", "xterm", false}, {"", "dumb", false}, {"", "", true}} {
		env := map[string]string{"NO_COLOR": c.noColor, "TERM": c.term}
		if got := wantsColor(func(name string) string { return env[name] }); got != c.want {
			t.Errorf("NO_COLOR=%q TERM=%q: colors %v, want %v", c.noColor, c.term, got, c.want)
		}
	}
}

// A name may not move the cursor, turn the line round or break the table.
func TestHostileNames(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b[31mred": "[31mred", "a\u202eb": "ab", "a\nb": "a·b", "\xff": "·", "zoë": "zoë", "👩\u200d💻": "👩\u200d💻",
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Fit("漢字漢字", 5); Width(got) > 5 || !strings.HasSuffix(got, "…") {
		t.Errorf("Fit = %q, %d cells", got, Width(got))
	}
}

func TestFitEnd(t *testing.T) {
	for n, want := range map[int]string{9: "abcdefghi", 8: "…cdefghi", 2: "…i", 1: "…", 0: ""} {
		if got := FitEnd("abcdefghi", n); got != want {
			t.Errorf("FitEnd to %d = %q, want %q", n, got, want)
		}
	}
	if got := FitEnd("漢字漢字", 4); Width(got) > 4 || !strings.HasSuffix(got, "字") {
		t.Errorf("FitEnd = %q", got)
	}
}

func TestTableFitsItsScreen(t *testing.T) {
	tbl := Table{Columns: []Column{{Title: "#", Right: true}, {Title: "who", Flex: 8}, {Title: "tokens", Right: true}, {Title: "days", Keep: 1}}}
	tbl.Add(Cell{Text: "1"}, Cell{Text: strings.Repeat("very long 名前 ", 20)}, Cell{Text: "281 B"}, Cell{Text: strings.Repeat("▇", 30)})
	for width := 24; width < 200; width++ {
		var out bytes.Buffer
		tbl.Print(Screen{W: &out, Width: width})
		for line := range strings.Lines(out.String()) {
			if w := Width(strings.TrimRight(line, "\n")); w > width {
				t.Fatalf("at width %d a line takes %d cells: %q", width, w, line)
			}
		}
		if !strings.Contains(out.String(), "281 B") {
			t.Fatalf("at width %d the tokens are gone:\n%s", width, out.String())
		}
	}
}

// A spare column goes where it says nothing, another stays.
func TestSpareColumns(t *testing.T) {
	tbl := Table{Columns: []Column{{Title: "meter"}, {Title: "factors", Spare: true}, {Title: "why"}, {Title: "amount", Right: true}}}
	tbl.Add(Cell{Text: "input"}, Cell{}, Cell{}, Cell{Text: "$1"})
	tbl.Add(Cell{Text: "output"}, Cell{}, Cell{}, Cell{Text: "$2"})
	var out bytes.Buffer
	tbl.Print(Screen{W: &out})
	if want := "  meter   why  amount\n  input            $1\n  output           $2\n"; out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	out.Reset()
	tbl.Rows[1][1].Text = "batch ×0.5"
	if tbl.Print(Screen{W: &out}); !strings.Contains(out.String(), "factors") {
		t.Errorf("a column with one cell is gone:\n%s", out.String())
	}
}
