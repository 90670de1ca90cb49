package main

import (
	"fmt"
	"strings"

	"github.com/tokenomics-go/tokenomics/estimate"
	"github.com/tokenomics-go/tokenomics/estimate/headline"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/pricing"
)

// print writes the report for people.
func (r *report) print(s screen.Screen) {
	s.Title("What was printed", "each sum is one multiplication")
	printClaims(s, r.claims)
	s.Title("The top user's month", "")
	printClaims(s, r.user)

	s.Title("What the figures say of themselves", "")
	checks := screen.Table{Columns: []screen.Column{{Title: ""}, {Title: "statement", Flex: 24}, {Title: "working", Flex: 24}}}
	for _, c := range headline.Checks() {
		mark, style := "no", screen.Down
		if c.Holds {
			mark, style = "yes", screen.Up
		}
		checks.Add(screen.Cell{Text: mark, Style: style}, screen.Cell{Text: c.Statement}, screen.Cell{Text: c.Working, Style: screen.Dim})
	}
	checks.Print(s)

	s.Title("What it may have cost", "60 trillion tokens as agent logs record them, list prices of "+headline.At().Format("2 January 2006"))
	ranges := screen.Table{Columns: []screen.Column{{Title: ""}, {Title: "low", Right: true}, {Title: "likely", Right: true}, {Title: "high", Right: true}}}
	addRange := func(name string, x estimate.Range) {
		ranges.Add(screen.Cell{Text: name}, screen.Cell{Text: dollars(x.Low)},
			screen.Cell{Text: dollars(x.Likely), Style: screen.Bold}, screen.Cell{Text: dollars(x.High)})
	}
	addRange("the company", r.spending.Range)
	addRange("a million tokens", r.spending.PerMillion)
	addRange("the top user", r.topUser.Range)
	ranges.Print(s)
	s.Printf("\n  No mix of these models and kinds can leave %s (%s) to %s (%s).\n",
		dollars(r.spending.Floor), r.spending.FloorWhy, dollars(r.spending.Ceiling), r.spending.CeilingWhy)
	s.Printf("  Ten points less cache reads (%s instead of %s) cost %s more.\n",
		share(r.cache-tenPoints), share(r.cache), dollars(r.tenPoints))

	s.Title("What was assumed", "and what each assumption alone does to the likely sum, from its low end to its high one")
	swing := map[string]estimate.Sensitivity{}
	for _, x := range r.spending.Sensitivity {
		swing[x.Name] = x
	}
	assumed := screen.Table{Columns: []screen.Column{{Title: "assumption"}, {Title: "low", Right: true}, {Title: "likely", Right: true},
		{Title: "high", Right: true}, {Title: "sum at low", Right: true, Keep: 2}, {Title: "sum at high", Right: true, Keep: 2}, {Title: "source", Flex: 16, Keep: 1}}}
	for _, x := range r.spending.Sensitivity {
		assumed.Add(screen.Cell{Text: x.Name}, screen.Cell{Text: share(x.Span.Low)}, screen.Cell{Text: share(x.Span.Likely), Style: screen.Bold},
			screen.Cell{Text: share(x.Span.High)}, screen.Cell{Text: dollars(x.AtLow)}, screen.Cell{Text: dollars(x.AtHigh)},
			screen.Cell{Text: x.Span.Source, Style: screen.Dim})
	}
	assumed.Print(s)
	s.Printf("\n  Price book %s. Nothing here knows what was paid.\n", r.spending.Sheet)
}

func printClaims(s screen.Screen, claims []claim) {
	t := screen.Table{Columns: []screen.Column{{Title: "printed", Right: true}, {Title: "multiplication", Right: true},
		{Title: "=", Right: true}, {Title: "because", Flex: 20}, {Title: "by", Keep: 1, Flex: 8}}}
	for _, c := range claims {
		t.Add(screen.Cell{Text: c.Printed, Style: screen.Bold},
			screen.Cell{Text: screen.Count(c.Tokens) + " × $" + c.PerMillion.String() + "/M"},
			screen.Cell{Text: whole(c.amount)}, screen.Cell{Text: c.Because}, screen.Cell{Text: c.By, Style: screen.Dim})
	}
	t.Print(s)
}

// dollars writes an amount to three digits: $60.6 M.
func dollars(m pricing.Money) string {
	nano, _, ok := m.FloorNano()
	const million = 1_000_000 * 1_000_000_000
	if !ok || nano < million {
		return screen.USD(m)
	}
	return "$" + screen.Count(nano/1_000_000_000)
}

// whole writes an amount without cents where it has none.
func whole(m pricing.Money) string { return strings.TrimSuffix(screen.USD(m), ".00") }

// share writes parts per million as a percentage: 93 % or 0.27 %.
func share(ppm int64) string {
	s := fmt.Sprintf("%d.%04d", ppm/10_000, ppm%10_000)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".") + " %"
}
