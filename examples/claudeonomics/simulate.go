package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
)

// maxSimulated keeps a slip of the finger from filling the memory.
const maxSimulated = 2_000_000

// simulationDay is the last day of the simulated month: the day before the
// news.
var simulationDay = time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)

// simulate feeds an invented company through Engine.Record, event by event,
// as the days pass, and prints what a board of its size answers and costs.
func simulate(ctx context.Context, out screen.Screen, o options) error {
	c := newCompany(o.simulate, 2026, simulationDay)
	clock := c.day(0)
	cfg := &tokenomics.Config{Boards: o.boards(), Now: func() time.Time { return clock }}
	eng, err := tokenomics.New(ctx, cfg)
	if err != nil {
		return err
	}
	start := time.Now()
	var recording time.Duration
	var receipts []tokenomics.Receipt
	for d := range c.days {
		batches := make(chan []tokenomics.Event, 4)
		go func() {
			defer close(batches)
			c.events(d, func(b []tokenomics.Event) { batches <- b })
		}()
		for batch := range batches {
			began := time.Now()
			for i := range batch {
				clock = batch[i].At
				if receipts, err = eng.RecordInto(ctx, receipts[:0], batch[i:i+1]); err != nil {
					return err
				}
				if receipts[0].Status != tokenomics.Accepted {
					return fmt.Errorf("event %s was not accepted: %s %w", batch[i].ID, receipts[0].Status, receipts[0].Err)
				}
			}
			recording += time.Since(began)
		}
		if out.TTY {
			out.Printf("\r  day %d of %d, %s events", d+1, c.days, screen.Exact(eng.Stats().Events))
		}
	}
	clock = c.day(c.days - 1).Add(24*time.Hour - time.Second)
	if out.TTY {
		out.Printf("\r\x1b[K")
	}
	took := time.Since(start)
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)

	b, err := newReport(ctx, eng, o, clock)
	if err != nil {
		return err
	}
	if o.subject != "" {
		return b.printPerson(ctx, out, o.subject)
	}
	b.printBoard(out, fmt.Sprintf("a simulated company of %s", screen.Exact(int64(o.simulate))))
	if err := printRanks(out, eng, b, c); err != nil {
		return err
	}
	printSimulation(out, eng, b, took, recording, &mem)
	return nil
}

// printRanks answers what a list of the top cannot: where anybody stands.
func printRanks(out screen.Screen, eng *tokenomics.Engine, b *report, c *company) error {
	out.Title("Anybody's rank", "exact, of the same instant")
	t := screen.Table{Columns: []screen.Column{{Title: "who"}, {Title: "rank", Right: true}, {Title: b.metricTitle(), Right: true}, {Title: "asked in", Right: true, Keep: 1}}}
	for _, i := range []int{0, len(c.people) / 4, len(c.people) / 2, len(c.people) - 1} {
		began := time.Now()
		s, ok, err := eng.Standing(b.board, c.people[i].name)
		asked := time.Since(began)
		if err != nil {
			return err
		}
		if !ok {
			t.Add(screen.Cell{Text: c.people[i].name}, screen.Cell{Text: "unranked"}, screen.Cell{Text: "0"}, screen.Cell{Text: asked.String()})
			continue
		}
		t.Add(screen.Cell{Text: s.Subject}, screen.Cell{Text: screen.Exact(int64(s.Rank))}, screen.Cell{Text: b.score(s)}, screen.Cell{Text: asked.Round(100 * time.Nanosecond).String()})
	}
	t.Print(out)
	return nil
}

func printSimulation(out screen.Screen, eng *tokenomics.Engine, b *report, took, recording time.Duration, mem *runtime.MemStats) {
	n := eng.Stats().Events
	out.Title("How it was made", "")
	out.Wrapped("  ", fmt.Sprintf("%s events through Engine.Record, one by one, in %s: %s events a second on %d cores (%s with making them up). "+
		"Memory in use after it: %s, ledger included, %d bytes an event.",
		screen.Exact(n), recording.Round(10*time.Millisecond), screen.Count(int64(float64(n)/recording.Seconds())), runtime.GOMAXPROCS(0),
		took.Round(10*time.Millisecond), bytesText(mem.HeapAlloc), int64(mem.HeapAlloc)/max(n, 1)))
	out.Wrapped("  ", fmt.Sprintf("Every event is an honest aggregate of many calls (Requests > 1, %s calls in all). Sums say nothing of the size of one prompt, "+
		"so no context step is read from them and the cost is a range: %s to %s at list prices of %s. The spread is log-normal by quantiles, "+
		"σ = %.2f, seed 2026: σ is chosen so that the first of 85,000 has 281 billion of 60.2 trillion tokens. Nobody here exists.",
		screen.Count(b.total.Usage.Requests), screen.USD(b.total.Cost), screen.USD(b.total.High), simulationDay.Format(time.DateOnly), sigma()))
}

func bytesText(n uint64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}
