package tiers_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/tiers"
	"github.com/tokenomics-go/tokenomics/usage"
)

// A ladder of the team's own: a first day, half of all prompts from caches, a
// place among the ten best savers.
func teamLadder() tiers.Ladder {
	return tiers.Ladder{
		Name:   "belt",
		Window: tiers.LastDays(28),
		Rungs: []tiers.Rung{
			{Name: "white", Enter: tiers.AtLeast(tiers.ActiveDays, 1)},
			{Name: "blue", Enter: tiers.All{
				tiers.AtLeast(tiers.ActiveDays, 8),
				tiers.Ratio{Of: tiers.CacheReads, Per: tiers.Prompt, AtLeast: tiers.Percent(50), Min: tiers.Count(100_000)},
			}},
			{Name: "black", Enter: tiers.RankAtMost{Board: "saving-30d", Rank: 10, MinPopulation: 50}},
		},
		MinDwell: 7 * 24 * time.Hour,
	}
}

func teamRules() []tiers.Rule {
	return []tiers.Rule{
		{ // once a month, for as long as the month stays that way
			ID: "thrifty-month", Version: 1, Kind: tiers.Repeatable, Category: "thrift",
			Window: tiers.Window{Period: tiers.CalMonth},
			Gate: tiers.All{
				tiers.AtLeast(tiers.ActiveDays, 10),
				tiers.MoneyAtMost(tiers.Cost, pricing.MustMoney("150")),
			},
			Revocation: tiers.Live(),
			Text:       tiers.Text{Title: "Thrifty Month", Description: "10 active days for at most 150."},
		},
		{ // three levels, by a counter of the host's own
			ID: "reviewer", Version: 1, Kind: tiers.Leveled, Category: "outcome",
			Window: tiers.LastDays(90),
			Levels: tiers.Steps(tiers.Counter("reviews"), 5, 25, 100),
			Text:   tiers.Text{Title: "Reviewer", Description: "Review 5, 25 and 100 changes within 90 days."},
		},
		{ // in Go, for what data does not reach
			ID: "palindrome", Version: 1, Hidden: true, Category: "fun",
			Gate: tiers.Func{Name: "calls read the same backwards", Fn: func(f *tiers.Facts) bool {
				s := []byte(fmt.Sprint(f.Calls))
				r := slices.Clone(s)
				slices.Reverse(r)
				return f.Calls > 100 && slices.Equal(s, r)
			}},
			Text: tiers.Text{Title: "Palindrome", Description: "Have made a number of calls that reads the same backwards."},
		},
	}
}

// A custom ladder and custom rules for one subject.
func Example() {
	ladder, rules := teamLadder(), teamRules()
	if err := ladder.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	set, err := tiers.NewSet(rules...)
	if err != nil {
		fmt.Println(err)
		return
	}

	// Fold the subject's calls into facts. The engine does this for a host.
	acc := tiers.NewAccumulator(set.Needs().Join(ladder.Needs()))
	start := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	for day := range 11 {
		acc.Add(tiers.Sample{
			At: start.AddDate(0, 0, day), Provider: "anthropic", Model: "claude-opus-4-5",
			Usage: usage.Usage{Input: 30_000, CacheRead: 60_000, Output: 5_000, Requests: 11},
			Cost:  pricing.MustMoney("0.31"), Status: pricing.Priced,
		})
		acc.Count("reviews", start.AddDate(0, 0, day), 2)
	}
	now := start.AddDate(0, 0, 12)

	facts, err := acc.See(now, ladder.Lens())
	if err != nil {
		fmt.Println(err)
		return
	}
	climb := ladder.Progress(&facts)
	fmt.Printf("%s, next %s:\n", climb.At.Name, climb.Next.Name)
	for _, gate := range climb.Gate {
		fmt.Println(" ", gate)
	}

	byLens, err := set.Gather(nil, acc, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range byLens {
		byLens[i].Subject = "ana"
	}
	states := make([]tiers.State, set.Len())
	for _, tr := range set.Eval(byLens, states, nil) {
		fmt.Println(tr.String())
	}
	reviewer, _ := set.Index("reviewer")
	why := set.Explain(reviewer, byLens, states)
	fmt.Print(why.String())
	// Output:
	// blue, next black:
	//   rank on saving-30d at most 10: not known (the board was not looked at)
	// ana: unlock thrifty-month for 2026-04
	// ana: unlock reviewer
	// ana: unlock palindrome
	// Reviewer (reviewer, version 1) over the last 90 days, 2026-01-14 to 2026-04-13: level 1 of 3
	//   for level 2:
	//     reviews at least 25: 88 %, has 22, missing 3
}

// A subject's path over 90 days: three busy weeks, a quiet month, a return.
func ExampleSet_Replay() {
	set, err := tiers.NewSet(tiers.DefaultRules()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	ladder := tiers.DefaultLadder()
	acc := tiers.NewAccumulator(set.Needs().Join(ladder.Needs()))
	work := func(first tiers.Day, days int) {
		for d := first; d < first+tiers.Day(days); d++ {
			if d.Weekend() {
				continue
			}
			acc.Add(tiers.Sample{
				At: d.Start(nil).Add(10 * time.Hour), Provider: "anthropic", Model: "claude-sonnet-4-5", Session: d.String(),
				Usage: usage.Usage{Input: 2_000_000, CacheRead: 45_000_000, CacheWrite5m: 3_000_000, Output: 400_000, Requests: 300},
				Cost:  pricing.MustMoney("36.75"), Status: pricing.Priced,
				Saving: pricing.MustMoney("119.25"), SavingKnown: true,
			})
		}
	}
	start := tiers.DateOf(2026, time.January, 5)
	work(start, 21)
	work(start+52, 19)

	path := func(f *tiers.Facts) { f.Subject = "ana" }
	place := func(f *tiers.Facts) {
		path(f)
		f.Population = map[string]int{tiers.TokensBoard: 40}
		f.Rank = map[string]int{tiers.TokensBoard: 12}
	}
	_, steps, err := ladder.Replay(acc, tiers.State{}, start, start+89, path)
	if err != nil {
		fmt.Println(err)
		return
	}
	trs, err := set.Replay(acc, make([]tiers.State, set.Len()), start, start+89, place)
	if err != nil {
		fmt.Println(err)
		return
	}
	steps = append(steps, trs...)
	slices.SortStableFunc(steps, func(a, b tiers.Transition) int { return a.At.Compare(b.At) })
	for _, s := range steps {
		switch s.Rule {
		case "tier", "even-keel", "welcome-back", "cache-wizard":
			fmt.Println(s.At.Format(time.DateOnly), s.String())
		}
	}
	// Output:
	// 2026-01-05 ana: unlock tier
	// 2026-01-05 ana: unlock cache-wizard
	// 2026-01-09 ana: level_up tier 1 to 2
	// 2026-01-16 ana: level_up tier 2 to 3
	// 2026-01-16 ana: unlock even-keel
	// 2026-02-12 ana: level_down tier 3 to 2
	// 2026-02-18 ana: revoke even-keel
	// 2026-02-20 ana: level_down tier 2 to 1
	// 2026-03-02 ana: unlock welcome-back
	// 2026-03-04 ana: reinstate tier 1 to 2
	// 2026-03-11 ana: reinstate tier 2 to 3
	// 2026-03-11 ana: reinstate even-keel
	// 2026-04-03 ana: level_down tier 3 to 2
}

// Rules as a document, for people who do not write Go.
func ExampleParseFile() {
	file, err := tiers.ParseFile([]byte(`{
	  "rules": [{
	    "id": "early-and-thrifty", "version": 1, "kind": "one_time",
	    "window": {"period": "rolling", "days": 30, "zone": "Europe/Berlin"},
	    "gate": {"all": [
	      {"metric": "active_days", "at_least": 10},
	      {"metric": "cost", "at_most": "40"},
	      {"hours": {"from": 5, "to": 9, "at_least": "50%", "min": 100}}
	    ]},
	    "revocation": "grace 168h",
	    "text": {"title": "Early and Thrifty"}
	  }]
	}`), time.LoadLocation)
	fmt.Println(len(file.Rules), file.Rules[0].Window, err)

	_, err = tiers.ParseFile([]byte(`{"rules":[{"id":"x","version":1,"kind":"one_time","text":{"title":"X"},
	  "gate":{"all":[{"metric":"active_days","at_least":10},{"metric":"karma","at_least":1}]}}]}`), nil)
	fmt.Println(err)
	// Output:
	// 1 the last 30 days in Europe/Berlin <nil>
	// tiers: invalid rule: x: gate.all[1].metric: "karma" is no metric
}

// What a harder rule would do, before anybody sees it.
func ExampleSimulate() {
	rule := func(days int64) tiers.Rule {
		return tiers.Rule{ID: "regular", Version: 1, Window: tiers.LastDays(30), Gate: tiers.AtLeast(tiers.ActiveDays, days), Text: tiers.Text{Title: "Regular"}}
	}
	now, err := tiers.NewSet(rule(3))
	if err != nil {
		fmt.Println(err)
		return
	}
	next, err := tiers.NewSet(rule(5))
	if err != nil {
		fmt.Println(err)
		return
	}
	first := tiers.DateOf(2026, time.April, 1)
	var people []tiers.Person
	for i, name := range []string{"ana", "ben", "cem", "dot"} {
		acc := tiers.NewAccumulator(now.Needs().Join(next.Needs()))
		for d := range tiers.Day(2 * (i + 1)) { // 2, 4, 6 and 8 active days
			acc.Add(tiers.Sample{At: (first + d).Start(nil), Model: "m"})
		}
		people = append(people, tiers.Person{Subject: name, Samples: acc})
	}
	outlook, err := tiers.Simulate(now, next, slices.Values(people), first, first+14)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range outlook {
		fmt.Println(o.Rule, "held by", o.Levels[1], "of", o.Levels[0]+o.Levels[1], "- gains:", o.Gain, "loses:", o.Lose)
	}
	// Output:
	// regular held by 2 of 4 - gains: [] loses: [ben]
}

// Thresholds that fit a population instead of guesses.
func ExampleLadder_Calibrate() {
	ladder := tiers.DefaultLadder()
	var people []*tiers.Facts
	for i := range 200 { // the 200th uses 40,000 times as much as the first
		acc := tiers.NewAccumulator(ladder.Needs())
		for d := range 20 {
			acc.Add(tiers.Sample{At: time.Date(2026, 4, 1+d, 0, 0, 0, 0, time.UTC), Model: "m", Usage: usage.Usage{Input: 1000 * int64(i+1) * int64(i+1)}})
		}
		facts, err := acc.See(time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC), ladder.Lens())
		if err != nil {
			fmt.Println(err)
			return
		}
		people = append(people, &facts)
	}
	_, fits, err := ladder.Calibrate(slices.Values(people), []tiers.Fraction{
		tiers.Percent(90), tiers.Percent(50), tiers.Percent(20), tiers.Percent(5), tiers.Percent(1),
	})
	for _, f := range fits {
		fmt.Printf("%-8s %s tokens: %d of 200\n", f.Rung, f.Threshold, f.Reach)
	}
	fmt.Println(err)
	// Output:
	// Bronze   8,820,000 tokens: 180 of 200
	// Silver   204,020,000 tokens: 100 of 200
	// Gold     518,420,000 tokens: 40 of 200
	// Platinum 729,620,000 tokens: 10 of 200
	// Emerald  792,020,000 tokens: 2 of 200
	// <nil>
}

// Groups of thirty that anybody can win.
func ExampleLeague() {
	league := tiers.League{Divisions: []string{"stone", "iron", "gold"}, Size: 3, Promote: 1, Demote: 1}
	groups := league.Groups("2026-W15", []tiers.Member{
		{Subject: "ana", Division: 1}, {Subject: "ben", Division: 1}, {Subject: "cem", Division: 1},
	})
	for _, r := range league.Finish(groups[0], map[string]int64{"ana": 40, "ben": 70, "cem": 10}) {
		fmt.Println(r.Rank, r.Subject, r.Score, league.Divisions[r.Next])
	}
	// Output:
	// 1 ben 70 gold
	// 2 ana 40 iron
	// 3 cem 10 stone
}
