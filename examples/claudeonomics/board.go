package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/pricing"
)

var tierStyles = []screen.Style{screen.Plain, screen.Bronze, screen.Silver, screen.Gold, screen.Platinum, screen.Emerald}

func tierStyle(level int) screen.Style { return tierStyles[min(level, len(tierStyles)-1)] }

// tierText is a mark whose shape tells the tiers apart without color, and the
// tier's name.
func tierText(level int, name string) string {
	if level == 0 {
		return "–"
	}
	const marks = "○◔◑◕●"
	return string([]rune(marks)[min(level-1, 4)]) + " " + name
}

// printBoard prints the heading and the rows.
func (r *report) printBoard(out screen.Screen, source string) {
	out.Title("CLAUDEONOMICS", screen.Safe(source))
	note := fmt.Sprintf("%s to %s UTC · %s ranked by %s · %s tokens · %s",
		r.from.Format(time.DateOnly), r.to.Add(-time.Nanosecond).Format(time.DateOnly),
		screen.Exact(int64(r.ranked)), r.metricTitle(), screen.Count(r.total.Tokens), headCost(r.total))
	out.Wrapped("", note)
	if r.ranked == 0 {
		out.Printf("\n  Nobody has a place on this board.\n")
		return
	}
	out.Printf("\n")
	if len(r.rows) > 0 {
		r.printRows(out)
	}
	if r.total.Unpriced > 0 {
		out.Wrapped("  ", unpricedNote(r.total.Unpriced, r.total.Events))
	}
	if more := r.ranked - len(r.rows); more > 0 {
		out.Printf("  … and %s more\n", screen.Exact(int64(more)))
	}
}

// unpricedNote explains the mark of [knownCost].
func unpricedNote(unpriced, events int64) string {
	has := "have"
	if unpriced == 1 {
		has = "has"
	}
	return fmt.Sprintf("* %s of %s %s no full price; what they cost is not known and not in the sums.",
		screen.Exact(unpriced), screen.Plural(events, "call", "calls"), has)
}

// knownCost writes a cost. Where it leaves out calls without a price it has a
// mark, and is unknown if none of them has one.
func knownCost(cost tokenomics.Money, unpriced int64, none bool) string {
	switch {
	case unpriced == 0:
		return screen.USD(cost)
	case none:
		return "unknown"
	}
	return screen.USD(cost) + "*"
}

// headCost writes the cost of everything where no column says what it is.
func headCost(t tokenomics.Total) string {
	s := costText(t)
	if s == "unknown" {
		s = "cost unknown*"
	}
	return s
}

func (r *report) printRows(out screen.Screen) {
	t := screen.Table{Columns: []screen.Column{
		{Title: "#", Right: true}, {Title: "±", Keep: 6}, {Title: "who", Flex: 10, Cut: 8}, {Title: "tier", Keep: 7},
		{Title: "titles", Keep: 3, Flex: 14}, {Title: "tokens", Right: true}, {Title: "cost", Right: true, Keep: 9},
		{Title: "cache", Right: true, Keep: 5}, {Title: lastSteps(r), Keep: 2},
	}}
	switch r.metric { // the column ranked by, if it is not there anyway
	case tokenomics.ByOutput, tokenomics.ByFresh:
		t.Columns = slices.Insert(t.Columns, 5, screen.Column{Title: r.metricTitle(), Right: true})
	}
	for i := range r.rows {
		l := &r.rows[i]
		cost := knownCost(l.cost, l.unpriced, l.cost.IsZero())
		move, style := movement(l.was, l.Rank)
		cells := []screen.Cell{
			{Text: screen.Exact(int64(l.Rank)), Style: screen.Bold}, {Text: move, Style: style},
			{Text: screen.Safe(l.Subject)}, {Text: tierText(l.level, l.tier), Style: tierStyle(l.level)},
			{Text: strings.Join(l.titles, ", "), Style: screen.Accent}, {Text: screen.Count(l.tokens)}, {Text: cost},
			{Text: screen.Percent(l.tokens-l.fresh, l.tokens), Style: screen.Dim}, {Text: sparkline(l.steps), Style: tierStyle(l.level)},
		}
		if len(t.Columns) > len(cells) {
			cells = slices.Insert(cells, 5, screen.Cell{Text: r.score(l.Standing)})
		}
		t.Add(cells...)
	}
	t.Print(out)
}

func sparkline(steps []int64) string {
	bars, _ := screen.Bars(steps)
	return screen.Spark(bars)
}

// lastSteps titles the sparklines: how far they look back, and how much is in
// one bar where that is more than a step.
func lastSteps(r *report) string {
	steps := len(r.rows[0].steps)
	bars, each := screen.Bars(r.rows[0].steps)
	unit := "hour"
	if steps > 1 && r.to.Sub(r.from) == time.Duration(steps)*24*time.Hour {
		unit = "day"
	}
	title := "last " + unit
	if shown := len(bars) * each; shown > 1 {
		title = fmt.Sprintf("last %d %ss", shown, unit)
	}
	if each > 1 {
		title += fmt.Sprintf(", %d a bar", each)
	}
	return title
}

// movement says how a rank changed since yesterday.
func movement(was, is int) (string, screen.Style) {
	switch {
	case was == 0:
		return "new", screen.Accent
	case was > is:
		return fmt.Sprintf("▲%d", was-is), screen.Up
	case was < is:
		return fmt.Sprintf("▼%d", is-was), screen.Down
	}
	return "=", screen.Dim
}

// costText writes a total's cost, as a range where it is one, and marked as
// [knownCost] does.
func costText(t tokenomics.Total) string {
	s := screen.USD(t.Cost)
	if t.High.Cmp(t.Cost) > 0 {
		s += " to " + screen.USD(t.High)
	}
	switch {
	case t.Unpriced == 0:
		return s
	case t.Unpriced == t.Events && t.Cost.IsZero():
		return "unknown"
	}
	return s + "*"
}

// printModels prints the totals by model, dearest first. A kind of token that
// none of them used has no column.
func (r *report) printModels(out screen.Screen) {
	if len(r.models) == 0 {
		return
	}
	kinds := []struct {
		column screen.Column
		count  func(*tokenomics.Usage) int64
	}{
		{screen.Column{Title: "input", Keep: 3}, func(u *tokenomics.Usage) int64 { return u.Prompt() - u.CacheReads() - u.CacheWrites() }},
		{screen.Column{Title: "cache read", Keep: 4}, (*tokenomics.Usage).CacheReads},
		{screen.Column{Title: "cache write", Keep: 2}, (*tokenomics.Usage).CacheWrites},
		{screen.Column{Title: "output", Keep: 5}, (*tokenomics.Usage).Generated},
	}
	out.Title("By model", "list prices, exact; the same window")
	t := screen.Table{Columns: []screen.Column{{Title: "model", Flex: 14, Cut: 4}, {Title: "calls", Right: true, Keep: 6}}}
	for _, k := range kinds {
		k.column.Right, k.column.Spare = true, true
		t.Columns = append(t.Columns, k.column)
	}
	t.Columns = append(t.Columns, screen.Column{Title: "tokens", Right: true}, screen.Column{Title: "cost", Right: true})
	add := func(m tokenomics.Total, name string, style screen.Style) {
		cells := []screen.Cell{{Text: name, Style: style}, {Text: screen.Exact(m.Usage.Requests), Style: style}}
		for _, k := range kinds {
			text := ""
			if k.count(&r.total.Usage) != 0 {
				text = screen.Count(k.count(&m.Usage))
			}
			cells = append(cells, screen.Cell{Text: text, Style: style})
		}
		t.Add(append(cells, screen.Cell{Text: screen.Count(m.Tokens), Style: style}, screen.Cell{Text: costText(m), Style: style})...)
	}
	models := slices.Clone(r.models)
	slices.SortStableFunc(models, func(a, b tokenomics.Total) int { return b.Cost.Cmp(a.Cost) })
	for _, m := range models {
		add(m, screen.Safe(m.Key), screen.Plain)
	}
	add(r.total, "together", screen.Bold)
	t.Print(out)
}

// printProof prints why the dearest call of the window costs what it does.
func (r *report) printProof(out screen.Screen, proof tokenomics.Proof) {
	e := &proof.Entry
	out.Title("Proof of the dearest call", fmt.Sprintf("%s/%s", screen.Safe(e.Source), screen.Safe(e.ID)))
	out.Wrapped("  ", fmt.Sprintf("%s, %s, %s, matched %s; price book %s", screen.Safe(e.Subject), screen.Safe(e.Model),
		e.At.Format(time.RFC3339), proof.Cost.Matched, proof.Activation.Book))
	t := screen.Table{Columns: []screen.Column{
		{Title: "meter"}, {Title: "quantity", Right: true}, {Title: "unit price", Right: true, Keep: 3}, {Title: "factors", Keep: 2, Spare: true},
		{Title: "amount", Right: true}, {Title: "row", Keep: 1, Flex: 16},
	}}
	for l := range proof.Cost.Lines() {
		t.Add(screen.Cell{Text: l.Meter.String()}, screen.Cell{Text: screen.Exact(l.Quantity)}, screen.Cell{Text: "$" + unitPrice(&l)},
			screen.Cell{Text: factors(&l)}, screen.Cell{Text: screen.ExactUSD(l.Amount)}, screen.Cell{Text: l.Sheet + " " + l.Row, Style: screen.Dim})
	}
	cells := []screen.Cell{{Text: "together", Style: screen.Bold}, {}, {}, {}, {Text: screen.ExactUSD(proof.Cost.Total), Style: screen.Bold}, {}}
	t.Add(cells...)
	t.Print(out)
}

func unitPrice(l *pricing.Line) string { return fmt.Sprint(l.UnitPrice) }

func factors(l *pricing.Line) string {
	var parts []string
	for _, f := range l.Factors {
		parts = append(parts, fmt.Sprintf("%s ×%s", f.Name, f.By))
	}
	return strings.Join(parts, ", ")
}
