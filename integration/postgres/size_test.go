package postgres

import (
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/integration/month"
)

var events = flag.Int("events", 2_000, "how many events TestSize writes")

// TestSize writes a month of 85,000 subjects at most, and says what it takes.
//
//	go test ./postgres -run TestSize -v -events 1000000
func TestSize(t *testing.T) {
	const size = 1000
	s, opts := fresh(t)
	m := month.New(*events, 85_000)
	var puts []time.Duration
	for range *events / size {
		batch := m.Deal(size)
		begin := time.Now()
		if _, err := s.Put(ctx, batch); err != nil {
			t.Fatal(err)
		}
		puts = append(puts, time.Since(begin))
	}
	slices.Sort(puts)
	if err := s.Compact(ctx, 0); err != nil {
		t.Fatal(err)
	}
	var bytes, rows int64
	if err := openDB(t, "").QueryRow("SELECT (SELECT SUM(pg_total_relation_size(CAST(schemaname || '.' || tablename AS regclass))) FROM pg_tables WHERE starts_with(tablename, $1)), (SELECT COUNT(*) FROM "+opts.Prefix+"event)", opts.Prefix).Scan(&bytes, &rows); err != nil {
		t.Fatal(err)
	}
	if rows != int64(len(puts)*size) {
		t.Errorf("%d events, want %d", rows, len(puts)*size)
	}
	t.Logf("%d events, batches of %d: fastest %v, median %v; %d bytes an event all in", rows, size, puts[0], puts[len(puts)/2], bytes/rows)
}
