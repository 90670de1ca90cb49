package tokenomics_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// factsEngine is an engine with 85,000 subjects, a million calls in 29 days and
// the default rules, 32 of them, on a clock that can be moved.
func factsEngine(b *testing.B, n int) (*tokenomics.Engine, *time.Time) {
	b.Helper()
	clock := testNow
	eng := tokenomics.Must(tokenomics.New(context.Background(), &tokenomics.Config{
		Now: func() time.Time { return clock }, Titles: tiers.DefaultRules(),
	}))
	events := benchEvents(n, 29*24*time.Hour)
	for len(events) > 0 {
		part := events[:min(4096, len(events))]
		if _, err := eng.Record(context.Background(), part...); err != nil {
			b.Fatal(err)
		}
		events = events[len(part):]
	}
	return eng, &clock
}

// BenchmarkAwards reads the ledger for the first time and evaluates everybody at
// every close; then closes one more day, with what was recorded on it; then asks
// who holds what again.
func BenchmarkAwards(b *testing.B) {
	ctx := context.Background()
	const calls = 1_000_000
	var first, closing, again, recorded time.Duration
	for b.Loop() {
		b.StopTimer()
		eng, clock := factsEngine(b, calls)
		b.StartTimer()
		used := cpuTime()
		if _, err := eng.Awards(ctx, *clock); err != nil {
			b.Fatal(err)
		}
		first += cpuTime() - used

		*clock = clock.Add(24 * time.Hour)
		if err := eng.Advance(ctx, *clock); err != nil {
			b.Fatal(err)
		}
		events := benchEvents(calls/29, time.Hour)
		for i := range events {
			events[i].At = events[i].At.Add(24 * time.Hour)
			events[i].ID += "n"
		}
		used = cpuTime()
		if _, err := eng.Record(ctx, events...); err != nil {
			b.Fatal(err)
		}
		recorded += cpuTime() - used
		*clock = clock.Add(24 * time.Hour)
		used = cpuTime()
		if err := eng.Advance(ctx, *clock); err != nil {
			b.Fatal(err)
		}
		closing += cpuTime() - used
		used = cpuTime()
		if a, err := eng.Awards(ctx, *clock); err != nil || a.Len() < 50_000 {
			b.Fatal(a.Len(), err)
		}
		again += cpuTime() - used
	}
	b.ReportMetric(first.Seconds()/float64(b.N), "first-s")
	b.ReportMetric(closing.Seconds()/float64(b.N), "close-s")
	b.ReportMetric(again.Seconds()/float64(b.N), "again-s")
}

// BenchmarkBadges asks for the tiers and titles of a page of 250: of nobody who
// was touched meanwhile, and of 250 who all were.
func BenchmarkBadges(b *testing.B) {
	ctx := context.Background()
	eng, clock := factsEngine(b, 300_000)
	top, err := eng.Top("tokens-30d", 250)
	if err != nil {
		b.Fatal(err)
	}
	names := make([]string, len(top))
	for i := range top {
		names[i] = top[i].Subject
	}
	if _, err := eng.Badges(ctx, names...); err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, touched := range []bool{false, true} {
		b.Run(fmt.Sprintf("touched=%t", touched), func(b *testing.B) {
			b.ReportAllocs()
			var cpu time.Duration
			for b.Loop() {
				if touched {
					b.StopTimer()
					for _, name := range names {
						n++
						record(b, eng, tokenomics.Event{Source: "gateway", ID: fmt.Sprint("touch", n), Subject: name, Session: "s",
							Call: tokenomics.Call{Model: "claude-opus-5-5", At: *clock, Usage: tokenomics.Usage{Input: 1}}})
					}
					b.StartTimer()
				}
				used := cpuTime()
				if _, err := eng.Badges(ctx, names...); err != nil {
					b.Fatal(err)
				}
				cpu += cpuTime() - used
			}
			b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-µs")
		})
	}
}
