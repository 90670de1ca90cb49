package memstore

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

var events = flag.Int("events", 200_000, "events in the memory test and the scan benchmark")

// work deals a company's events: 85,000 subjects with a long tail, sessions
// of about twenty calls, five models, four meters, ids of twelve bytes.
type work struct {
	r        *rand.Rand
	zipf     *rand.Zipf
	n        int
	subjects []string
	sessions []string
	batch    []store.Entry
}

func newWork() *work {
	r := rand.New(rand.NewPCG(7, 7))
	w := &work{r: r, zipf: rand.NewZipf(r, 1.1, 50, 84_999), batch: make([]store.Entry, 256)}
	for i := range 85_000 {
		w.subjects = append(w.subjects, fmt.Sprintf("user-%05d@example.com", i))
		w.sessions = append(w.sessions, "")
	}
	return w
}

func (w *work) next() []store.Entry {
	models := [...]string{"claude-opus-4-8", "claude-sonnet-4-9", "claude-haiku-4-7", "claude-opus-4-7", "claude-fable-1"}
	for i := range w.batch {
		who := w.zipf.Uint64()
		if w.sessions[who] == "" || w.r.IntN(20) == 0 {
			w.sessions[who] = fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", w.r.Uint32(), w.r.IntN(1<<16), w.r.IntN(1<<12), w.r.IntN(1<<16), w.r.Uint64()>>16)
		}
		cost := pricing.FromPico(0, w.r.Uint64N(1e6)*1e6)
		w.batch[i] = store.Entry{
			Event: store.Event{
				Source: "anthropic", ID: fmt.Sprintf("msg_%08x", w.n), Subject: w.subjects[who],
				Call: pricing.Call{Provider: "anthropic", Model: models[w.r.IntN(5)], At: day0.Add(time.Duration(w.n) * time.Second / 4),
					Usage: usage.Usage{Input: w.r.Int64N(5000), CacheRead: w.r.Int64N(200_000), CacheWrite5m: w.r.Int64N(20_000), Output: w.r.Int64N(4000)}},
				Session: w.sessions[who], Team: "team-" + models[who%5], Actor: store.Human, Trust: store.ClientLog,
			},
			Cost: cost, High: cost, Status: pricing.Priced, Activation: 1,
		}
		w.n++
	}
	return w.batch
}

// BenchmarkPut puts batches of 256 new events: put-ns is the time of an event
// in Put. The time of an operation counts the making of the event too.
func BenchmarkPut(b *testing.B) {
	s, w := New(nil), newWork()
	b.ReportAllocs()
	var inPut time.Duration
	for b.Loop() {
		batch := w.next()
		start := time.Now()
		if _, err := s.Put(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
		inPut += time.Since(start)
	}
	b.ReportMetric(float64(inPut.Nanoseconds())/float64(s.Len()), "put-ns/event")
}

// BenchmarkPutDuplicates puts events that are there already, as reading the
// same logs again does. Time and allocations are per event.
func BenchmarkPutDuplicates(b *testing.B) {
	s, w := New(nil), newWork()
	var batches [][]store.Entry
	for range 1000 {
		batch := append([]store.Entry(nil), w.next()...)
		batches = append(batches, batch)
		_, _ = s.Put(context.Background(), batch)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += 256 {
		if _, err := s.Put(context.Background(), batches[i/256%len(batches)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScan scans everything, and one subject. Time is per scan.
func BenchmarkScan(b *testing.B) {
	s, w := New(nil), newWork()
	for w.n < *events {
		_, _ = s.Put(context.Background(), w.next())
	}
	for _, q := range []store.Query{{}, {Subject: w.subjects[0]}, {Subject: w.subjects[40_000]}, {From: day0.Add(time.Hour), To: day0.Add(2 * time.Hour)}} {
		b.Run(fmt.Sprintf("%s/%v", q.Subject, !q.From.IsZero()), func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n = 0
				for _, err := range s.Scan(context.Background(), q) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
			b.ReportMetric(float64(n), "events")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(max(n, 1)), "ns/event")
		})
	}
}

// TestMemory states what an event costs, all in: records, index, names and
// links.
func TestMemory(t *testing.T) {
	w := newWork()
	before := heap()
	s := New(nil)
	for w.n < *events {
		if _, err := s.Put(t.Context(), w.next()); err != nil {
			t.Fatal(err)
		}
	}
	w.batch = nil
	perEvent := float64(heap()-before) / float64(s.Len())
	t.Logf("%d events: %.1f bytes an event; records %.1f", s.Len(), perEvent, float64(s.arena.bytes)/float64(s.Len()))
	runtime.KeepAlive(w)
	if perEvent > 160 {
		t.Errorf("an event takes %.0f bytes, want at most 160", perEvent)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
