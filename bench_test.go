package tokenomics_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
)

// benchEvents makes n events of distinct calls by 85,000 subjects, whose
// activity falls off as in Zipf's law, over the last 30 days.
func benchEvents(n int) []tokenomics.Event {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.05, 1, 84_999)
	models := []string{"claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "gpt-6-sol"}
	names := make([]string, 85_000)
	for i := range names {
		names[i] = fmt.Sprintf("person-%05d", i)
	}
	events := make([]tokenomics.Event, n)
	for i := range events {
		who := int(zipf.Uint64())
		events[i] = tokenomics.Event{
			Source: "gateway", ID: fmt.Sprintf("msg_%016x", r.Uint64()), Subject: names[who], Team: "team", Session: "s",
			Call: tokenomics.Call{Model: models[r.IntN(len(models))], At: testNow.Add(-time.Duration(r.Int64N(int64(29 * 24 * time.Hour)))),
				Usage: tokenomics.Usage{Input: r.Int64N(2000), CacheRead: r.Int64N(90_000), CacheWrite5m: r.Int64N(3000), Output: r.Int64N(1500)}},
		}
	}
	return events
}

// BenchmarkRecord records new events through the whole engine: names, keys,
// prices, four boards, memory store.
func BenchmarkRecord(b *testing.B) {
	ctx := context.Background()
	const round = 1 << 18
	events := benchEvents(round)
	for _, size := range []int{1, 256} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			var receipts []tokenomics.Receipt
			var eng *tokenomics.Engine
			at := round
			for b.Loop() {
				if at+size > round {
					b.StopTimer()
					eng = tokenomics.Must(tokenomics.New(ctx, &tokenomics.Config{Now: clockAt(testNow)}))
					at = 0
					b.StartTimer()
				}
				var err error
				if receipts, err = eng.RecordInto(ctx, receipts[:0], events[at:at+size]); err != nil {
					b.Fatal(err)
				}
				at += size
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/event")
		})
	}
}

// BenchmarkTop reads the first 250 of 85,000.
func BenchmarkTop(b *testing.B) {
	ctx := context.Background()
	eng := tokenomics.Must(tokenomics.New(ctx, &tokenomics.Config{Now: clockAt(testNow)}))
	if _, err := eng.Record(ctx, benchEvents(300_000)...); err != nil {
		b.Fatal(err)
	}
	for _, board := range []string{"tokens-30d", "cost-30d"} {
		b.Run(board, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if top, err := eng.Top(board, 250); err != nil || len(top) != 250 {
					b.Fatal(len(top), err)
				}
			}
		})
	}
}
