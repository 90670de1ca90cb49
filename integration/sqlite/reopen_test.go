package sqlite

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

var (
	reopenEvents = flag.Int("reopen.events", 200_000, "events in the window of BenchmarkReopen")
	reopenFile   = flag.String("reopen.file", "", "where BenchmarkReopen keeps its ledger, to be used again")
)

// BenchmarkReopen measures how long an engine with the default boards takes to
// start over a ledger of one month of 85,000 subjects: from the rollups of the
// store, and from saved boards.
//
//	go test -run xxx -bench Reopen -benchtime 3x -timeout 2h ./sqlite -reopen.events 10000000
func BenchmarkReopen(b *testing.B) {
	path := *reopenFile
	if path == "" {
		path = filepath.Join(b.TempDir(), "ledger.db")
	}
	now := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	cfg := tokenomics.Config{Now: func() time.Time { return now }}
	const pragmas = "&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=mmap_size(8589934592)"
	open := func() store.Store { return openStore(b, openDB(b, path, pragmas)) }
	if _, err := os.Stat(path); err != nil {
		if err := sqlstore.Migrate(ctx, openDB(b, path, pragmas), sqlstore.SQLite, nil); err != nil {
			b.Fatal(err)
		}
		fillMonth(b, open(), cfg, *reopenEvents, now)
	}
	s := open()
	if c, ok := store.As[store.Compactor](s); ok {
		if err := c.Compact(ctx, 0); err != nil {
			b.Fatal(err)
		}
	}
	start := func(b *testing.B) *tokenomics.Engine {
		c := cfg
		c.Store = s
		eng, err := tokenomics.New(ctx, &c)
		if err != nil {
			b.Fatal(err)
		}
		return eng
	}
	db := openDB(b, path, pragmas)
	b.Run("rollups", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			if _, err := db.ExecContext(ctx, "DELETE FROM tokenomics_checkpoint WHERE name LIKE 'boards%'"); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			start(b)
		}
	})
	if err := start(b).Checkpoint(ctx); err != nil {
		b.Fatal(err)
	}
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			start(b)
		}
	})
}

// fillMonth records n events of 85,000 subjects, whose activity falls off as in
// Zipf's law, over 29 days. Each is in a team, and one of twenty changes it in
// the middle of the month.
func fillMonth(b *testing.B, s store.Store, cfg tokenomics.Config, n int, now time.Time) {
	cfg.Store, cfg.Boards = s, []tokenomics.Board{}
	eng, err := tokenomics.New(ctx, &cfg)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.05, 1, 84_999)
	models := []string{"claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "gpt-6-sol"}
	batch := make([]tokenomics.Event, 0, 10_000)
	began := time.Now()
	for i := range n {
		who := zipf.Uint64()
		team := who
		if who%20 == 0 && i > n/2 {
			team++ // who changes team
		}
		batch = append(batch, tokenomics.Event{
			Source: "gateway", ID: fmt.Sprintf("msg_%016x", r.Uint64()), Subject: fmt.Sprintf("person-%05d", who),
			Team: fmt.Sprint("team", team%400), Session: "s",
			Call: tokenomics.Call{Model: models[r.IntN(len(models))], At: now.Add(-time.Duration(n-i) * (29 * 24 * time.Hour / time.Duration(n))),
				Usage: tokenomics.Usage{Input: r.Int64N(2000), CacheRead: r.Int64N(90_000), CacheWrite5m: r.Int64N(3000), Output: r.Int64N(1500)}},
		})
		if len(batch) == cap(batch) || i == n-1 {
			if _, err := eng.Record(ctx, batch...); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	b.Logf("%d events recorded in %s", n, time.Since(began).Round(time.Second))
}
