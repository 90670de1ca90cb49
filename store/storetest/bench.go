package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Bench measures a store: putting new events one by one and in batches,
// putting them again, reading keys, scanning one subject and everything. The
// time is that of the whole operation, the making of new events included; where
// it is about many events, ns/event
// is the time of one.
func Bench(b *testing.B, open func(t testing.TB) store.Store) {
	for _, size := range []int{1, 256, 1000} {
		b.Run(fmt.Sprint("put/", size), func(b *testing.B) {
			st, n := open(b), 0
			var batches []store.Entry // made while the clock stands, some at once
			b.ReportAllocs()
			for b.Loop() {
				if len(batches) == 0 {
					b.StopTimer()
					batches = benchBatch(n, size*max(1, 1024/size))
					n += len(batches)
					b.StartTimer()
				}
				benchPut(b, st, batches[:size])
				batches = batches[size:]
			}
			perEvent(b, size)
		})
	}
	b.Run("put-again/256", func(b *testing.B) {
		st := open(b)
		batch := benchBatch(0, 256)
		benchPut(b, st, batch)
		b.ReportAllocs()
		for b.Loop() {
			benchPut(b, st, batch)
		}
		perEvent(b, len(batch))
	})

	const held = 20_000
	filled := func(b *testing.B) store.Store {
		st := open(b)
		for n := 0; n < held; n += 1000 {
			benchPut(b, st, benchBatch(n, 1000))
		}
		return st
	}
	b.Run("get/256", func(b *testing.B) {
		st := filled(b)
		var keys []store.Key
		for _, e := range benchBatch(held/2, 256) {
			keys = append(keys, e.Key())
		}
		b.ReportAllocs()
		for b.Loop() {
			if got, err := st.Get(context.Background(), keys); err != nil || len(got) != len(keys) {
				b.Fatal(len(got), err)
			}
		}
		perEvent(b, len(keys))
	})
	b.Run("scan/subject", func(b *testing.B) {
		benchScan(b, filled(b), store.Query{Subject: "subject-7"})
	})
	b.Run("scan/all", func(b *testing.B) {
		benchScan(b, filled(b), store.Query{})
	})
}

func benchScan(b *testing.B, st store.Store, q store.Query) {
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n = 0
		for _, err := range st.Scan(context.Background(), q) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	perEvent(b, n)
}

func benchPut(b *testing.B, st store.Store, batch []store.Entry) {
	if _, err := st.Put(context.Background(), batch); err != nil {
		b.Fatal(err)
	}
}

func perEvent(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(max(n, 1)), "ns/event")
}

// benchBatch deals events of a thousand subjects.
func benchBatch(from, n int) []store.Entry {
	batch := make([]store.Entry, n)
	for i := range batch {
		k := from + i
		cost := pico(uint64(k%1000) * 1_000_000)
		batch[i] = store.Entry{
			Event: store.Event{
				Source: "anthropic", ID: fmt.Sprintf("msg_%08x", k), Subject: fmt.Sprint("subject-", k*7919%1000),
				Call: pricing.Call{Provider: "anthropic", Model: "model-a", At: day.Add(time.Duration(k) * time.Second),
					Usage: usage.Usage{Input: int64(k % 5000), CacheRead: int64(k % 100_000), CacheWrite5m: int64(k % 9000), Output: int64(k % 4000)}},
				Session: fmt.Sprint("session-", k/20), Team: "team-a", Actor: store.Human, Trust: store.ClientLog,
			},
			Cost: cost, High: cost, Status: pricing.Priced, Activation: 1,
		}
	}
	return batch
}
