package sqlite

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

var (
	events   = flag.Int("events", 5_000, "how many events TestSize writes")
	subjects = flag.Uint64("subjects", 85_000, "of how many subjects at most, by Zipf's law")
)

// month deals events of thirty days in the order of time, with ids as random as
// providers' are.
func month(r *rand.Rand, z *rand.Zipf, from, n, of int) []store.Entry {
	start := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	batch := make([]store.Entry, n)
	for i := range batch {
		who := z.Uint64()
		cost := pricing.FromPico(0, r.Uint64N(2e12))
		batch[i] = store.Entry{
			Event: store.Event{
				Source: "anthropic", ID: fmt.Sprintf("msg_%012x%012x", r.Uint64N(1<<48), r.Uint64N(1<<48)), Subject: fmt.Sprintf("user-%05d@example.com", who),
				Call: pricing.Call{Provider: "anthropic", Model: []string{"claude-opus-4-6", "claude-sonnet-4-6"}[r.IntN(2)],
					At:    start.Add(time.Duration(float64(from+i) / float64(of) * float64(30*24*time.Hour))),
					Usage: usage.Usage{Input: r.Int64N(5000), CacheRead: r.Int64N(100_000), CacheWrite5m: r.Int64N(9000), Output: r.Int64N(4000)}},
				Session: fmt.Sprintf("%08x-%d", who*2654435761, (from+i)/200_000), Team: fmt.Sprint("team-", who%100), Actor: store.Human, Trust: store.ClientLog,
			},
			Cost: cost, High: cost, Status: pricing.Priced, Activation: 1,
		}
	}
	return batch
}

// TestSize writes a month, and says what it takes: time and bytes an event, the
// time of catching up the rollups, and that of reading the sums by day and
// subject, which an engine reopens from. They equal what the rows add up to.
//
//	go test ./sqlite -run TestSize -v -events 10000000
func TestSize(t *testing.T) {
	s, path := fresh(t)
	const seed, size = 7, 1000
	r := rand.New(rand.NewPCG(seed, seed))
	z := rand.NewZipf(r, 1.1, 20, *subjects-1)
	var puts []time.Duration
	for from := 0; from < *events; from += size {
		batch := month(r, z, from, size, *events)
		begin := time.Now()
		if _, err := s.Put(ctx, batch); err != nil {
			t.Fatal(err)
		}
		puts = append(puts, time.Since(begin))
	}
	slices.Sort(puts)
	begin := time.Now()
	if err := s.Compact(ctx, 0); err != nil {
		t.Fatal(err)
	}
	rolled := time.Since(begin)
	begin = time.Now()
	var sums, counted int64
	for sum, err := range s.Sum(ctx, store.Query{}, nil, store.ByDay, store.BySubject) {
		if err != nil {
			t.Fatal(err)
		}
		sums, counted = sums+1, counted+sum.Events
	}
	took := time.Since(begin)
	begin = time.Now()
	models := 0
	for _, err := range s.Sum(ctx, store.Query{}, nil, store.ByModel) {
		if err != nil {
			t.Fatal(err)
		}
		models++
	}
	byModel := time.Since(begin)
	if want := int64(len(puts) * size); counted != want || models != 2 {
		t.Errorf("the sums are of %d events and %d models, want %d and 2", counted, models, want)
	}
	db := openDB(t, path, "")
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	file, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var rollups int64
	if err := db.QueryRow("SELECT SUM(LENGTH(data)) FROM tokenomics_rollup").Scan(&rollups); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d events of %d subjects and days, batches of %d: fastest %v, median %v; %d bytes an event all in, rollups %d bytes a subject and day",
		counted, sums, size, puts[0], puts[len(puts)/2], file.Size()/counted, rollups/sums)
	t.Logf("rollups caught up in %v, sums by day and subject in %v, by model in %v", rolled, took, byModel)
}
