package tokenomics_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
)

// benchEvents makes n events of distinct calls by 85,000 subjects, whose
// activity falls off as in Zipf's law, over the time before now that is given:
// an hour is what a live service records, 29 days what an import does.
func benchEvents(n int, over time.Duration) []tokenomics.Event {
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
			Call: tokenomics.Call{Model: models[r.IntN(len(models))], At: testNow.Add(-time.Duration(r.Int64N(int64(over)))),
				Usage: tokenomics.Usage{Input: r.Int64N(2000), CacheRead: r.Int64N(90_000), CacheWrite5m: r.Int64N(3000), Output: r.Int64N(1500)}},
		}
	}
	return events
}

// benchBoards are the three boards that the figures of recording are about.
func benchBoards() []tokenomics.Board {
	var boards []tokenomics.Board
	for _, m := range []tokenomics.Metric{tokenomics.ByTokens, tokenomics.ByCost, tokenomics.ByOutput} {
		boards = append(boards, tokenomics.Board{Name: m.String(), By: m})
	}
	return boards
}

// BenchmarkRecord records new events through the whole engine: names, keys,
// prices, three boards, facts, memory store. Every goroutine records batches of
// its own into one engine; run it with -cpu 1,2. The engine holds 85,000
// subjects before the clock starts.
func BenchmarkRecord(b *testing.B) {
	for _, over := range []struct {
		name string
		d    time.Duration
	}{{"live", time.Hour}, {"month", 29 * 24 * time.Hour}} {
		const round = 1 << 18
		warm, events := benchEvents(round, over.d), benchEvents(round, over.d)
		for i := range warm {
			warm[i].ID += "w"
		}
		for _, size := range []int{1, 256} {
			b.Run(fmt.Sprintf("%s/batch=%d", over.name, size), func(b *testing.B) { benchRecord(b, warm, events, size) })
		}
	}
}

func benchRecord(b *testing.B, warm, events []tokenomics.Event, size int) {
	b.ReportAllocs()
	ctx := context.Background()
	workers := runtime.GOMAXPROCS(0)
	done, recording, cpu := 0, time.Duration(0), time.Duration(0)
	for done < b.N {
		b.StopTimer()
		eng := tokenomics.Must(tokenomics.New(ctx, &tokenomics.Config{Now: clockAt(testNow), Boards: benchBoards()}))
		for part := range slices.Chunk(warm, 256) {
			if _, err := eng.Record(ctx, part...); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := eng.Badges(ctx, "person-00000"); err != nil { // from here on facts follow what is recorded
			b.Fatal(err)
		}
		runtime.GC()
		rounds := min(b.N-done, len(events)/size)
		var next atomic.Int64
		var wg sync.WaitGroup
		start, used := time.Now(), cpuTime()
		b.StartTimer()
		for range workers {
			wg.Go(func() {
				var receipts []tokenomics.Receipt
				for {
					k := int(next.Add(1)) - 1
					if k >= rounds {
						return
					}
					var err error
					if receipts, err = eng.RecordInto(ctx, receipts[:0], events[k*size:(k+1)*size]); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		b.StopTimer()
		recording += time.Since(start)
		cpu += cpuTime() - used
		done += rounds
	}
	b.ReportMetric(float64(recording.Nanoseconds())/float64(b.N*size), "ns/event")
	b.ReportMetric(float64(cpu.Nanoseconds())/float64(b.N*size), "cpu-ns/event")
	b.ReportMetric(float64(b.N*size)/recording.Seconds()/1e6, "Mevents/s")
}

// BenchmarkTop reads the first 250 of 85,000.
func BenchmarkTop(b *testing.B) {
	ctx := context.Background()
	eng := tokenomics.Must(tokenomics.New(ctx, &tokenomics.Config{Now: clockAt(testNow)}))
	if _, err := eng.Record(ctx, benchEvents(300_000, 29*24*time.Hour)...); err != nil {
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
