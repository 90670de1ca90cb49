package sqlite

import (
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/integration/month"
	"github.com/tokenomics-go/tokenomics/store"
)

var (
	events   = flag.Int("events", 5_000, "how many events TestSize writes")
	subjects = flag.Uint64("subjects", 85_000, "of how many subjects at most, by Zipf's law")
)

// TestSize writes a month, and says what it takes: time and bytes an event, the
// time of catching up the rollups, and that of reading the sums by day and
// subject, which an engine reopens from. They equal what the rows add up to.
//
//	go test ./sqlite -run TestSize -v -events 10000000
func TestSize(t *testing.T) {
	s, path := fresh(t)
	const size = 1000
	m := month.New(*events, *subjects)
	var puts []time.Duration
	for from := 0; from < *events; from += size {
		batch := m.Deal(size)
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
