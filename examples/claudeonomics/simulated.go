package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/examples/internal/company"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
)

// print prints the board, the ranks of some and how all of it was made.
func (sim *simulation) print(out screen.Screen, r *report) error {
	r.printBoard(out, "a simulated company of "+screen.Exact(int64(len(sim.company.People))))
	if err := sim.printRanks(out, r); err != nil {
		return err
	}
	sim.printMaking(out, r)
	return nil
}

// printRanks answers what a list of the top cannot: where anybody stands.
func (sim *simulation) printRanks(out screen.Screen, r *report) error {
	people := sim.company.People
	out.Title("Anybody's rank", "exact, of the same instant")
	t := screen.Table{Columns: []screen.Column{{Title: "who"}, {Title: "rank", Right: true}, {Title: r.metricTitle(), Right: true}, {Title: "asked in", Right: true, Keep: 1}}}
	for _, i := range slices.Compact([]int{0, len(people) / 4, len(people) / 2, len(people) - 1}) {
		began := time.Now()
		s, ok, err := sim.eng.Standing(r.board, people[i].Name)
		asked := time.Since(began)
		if err != nil {
			return err
		}
		if !ok {
			t.Add(screen.Cell{Text: people[i].Name}, screen.Cell{Text: "unranked"}, screen.Cell{Text: "0"}, screen.Cell{Text: asked.String()})
			continue
		}
		t.Add(screen.Cell{Text: s.Subject}, screen.Cell{Text: screen.Exact(int64(s.Rank))}, screen.Cell{Text: r.score(s)}, screen.Cell{Text: asked.Round(100 * time.Nanosecond).String()})
	}
	t.Print(out)
	return nil
}

func (sim *simulation) printMaking(out screen.Screen, r *report) {
	n := sim.eng.Stats().Events
	out.Title("How it was made", "")
	out.Wrapped("  ", fmt.Sprintf("%s through Engine.Record, one by one, in %s: %s events a second on %s (%s with making them up). "+
		"Memory in use after it: %s, ledger included, %d bytes an event.",
		screen.Plural(n, "event", "events"), sim.recording.Round(10*time.Millisecond), screen.Count(int64(float64(n)/max(sim.recording.Seconds(), 1e-9))),
		screen.Plural(int64(runtime.GOMAXPROCS(0)), "core", "cores"), sim.took.Round(10*time.Millisecond), bytesText(sim.memory), sim.memory/uint64(max(n, 1))))
	out.Wrapped("  ", fmt.Sprintf("Every event is an honest aggregate of many calls (Requests > 1, %s calls in this window). Sums say nothing of the size of one prompt, "+
		"so no context step is read from them and the cost is a range: %s to %s at list prices of %s. The spread is log-normal by quantiles, "+
		"σ = %.2f, seed 2026: σ is chosen so that the first of 85,000 has 281 billion of 60.2 trillion tokens. Nobody here exists.",
		screen.Count(r.total.Usage.Requests), screen.USD(r.total.Cost), screen.USD(r.total.High), simulationDay.Format(time.DateOnly), company.Sigma()))
}

// qualityLine says what became of the events; there were no files.
func (sim *simulation) qualityLine(r *report) *qualityLine {
	stats := sim.eng.Stats()
	q := newQualityLine(&stats)
	q.Events = stats.Events
	q.Older = stats.Events - r.total.Events // nothing is later than the last day
	return q
}

func bytesText(n uint64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}
