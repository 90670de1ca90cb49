// Package instances proves on a real database what engines over one ledger
// promise: whoever writes what, all of them show the same.
package instances

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// Ledger is one ledger in a database.
type Ledger struct {
	// Open returns the ledger as another process would see it, with connections
	// of its own, and what cuts them in mid-flight.
	Open func(t testing.TB) (s store.Store, cut func())

	// Hold opens a transaction that keeps everybody from writing until it is
	// released; it is then rolled back.
	Hold func(t testing.TB) (release func())
}

var (
	ctx   = context.Background()
	noon  = time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	clock = func() time.Time { return noon }
)

// book is a price book with fractions of a nano-unit.
func book(t testing.TB, input string) *pricing.Book {
	t.Helper()
	b, err := pricing.NewBook(pricing.Sheet{Name: "test", Source: "made up", AsOf: noon, Currency: "USD", Models: []pricing.Model{
		{Provider: "acme", ID: "small", Rates: pricing.Rates{Input: pricing.PerMillion(input), Output: pricing.PerMillion("0.0217")}},
		{Provider: "acme", ID: "odd", Rates: pricing.Rates{Input: pricing.PerMillion("1")}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// call is one version of a call; those of one id may differ in everything.
func call(r *rand.Rand, id int) tokenomics.Event {
	return tokenomics.Event{Source: "test", ID: fmt.Sprint("call", id), Revision: r.Int64N(5), Void: r.IntN(15) == 0,
		Subject: fmt.Sprint("subject", r.IntN(20)), Team: fmt.Sprint("team", r.IntN(3)), Session: "s", Trust: store.Trust(r.IntN(2)),
		Call: tokenomics.Call{Provider: "acme", Model: []string{"small", "odd", "unheard-of"}[r.IntN(3)],
			At:    noon.Add(-time.Duration(r.Int64N(int64(32 * 24 * time.Hour)))),
			Usage: tokenomics.Usage{Input: r.Int64N(3000), Output: r.Int64N(900), CacheRead: r.Int64N(500)}}}
}

func open(t testing.TB, s store.Store, cfg tokenomics.Config) *tokenomics.Engine {
	t.Helper()
	cfg.Store = s
	if cfg.Now == nil {
		cfg.Now = clock
	}
	eng, err := tokenomics.New(ctx, &cfg)
	if err != nil {
		t.Fatal(err)
	}
	return eng
}

func snapshot(t testing.TB, eng *tokenomics.Engine) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := eng.Snapshot(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// same fails the test unless all engines, and one made anew, have one state. The
// engine made anew reads every event, not sums nor a checkpoint.
func same(t *testing.T, l Ledger, cfg tokenomics.Config, engines ...*tokenomics.Engine) {
	t.Helper()
	s, _ := l.Open(t)
	want := snapshot(t, open(t, plain{s, must[store.Follower](t, s)}, cfg))
	for i, eng := range engines {
		if err := eng.Follow(ctx); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, snapshot(t, eng)) {
			t.Errorf("engine %d of %d shows another state than one made anew", i, len(engines))
		}
	}
}

// plain is a store without its quick ways to open.
type plain struct {
	store.Store
	store.Follower
}

func must[T any](t testing.TB, s store.Store) T {
	t.Helper()
	v, ok := store.As[T](s)
	if !ok {
		t.Fatalf("the store lacks an ability")
	}
	return v
}

// run runs an engine until the test ends.
func run(t testing.TB, engines ...*tokenomics.Engine) {
	running, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for _, eng := range engines {
		wg.Go(func() {
			if err := eng.Run(running); !errors.Is(err, context.Canceled) {
				t.Errorf("Run: %v", err)
			}
		})
	}
	t.Cleanup(func() { stop(); wg.Wait() })
}

// Test runs everything.
func Test(t *testing.T, fresh func(t testing.TB) Ledger) {
	t.Run("three record at once", func(t *testing.T) { testThree(t, fresh(t)) })
	t.Run("within a second", func(t *testing.T) { testLag(t, fresh(t)) })
	t.Run("writers are killed", func(t *testing.T) { testKilled(t, fresh(t)) })
	t.Run("a transaction is held open", func(t *testing.T) { testHeld(t, fresh(t)) })
	t.Run("another build's book", func(t *testing.T) { testBooks(t, fresh(t)) })
	t.Run("reopen", func(t *testing.T) { testReopen(t, fresh(t)) })
	t.Run("corrections at once", func(t *testing.T) { testCorrections(t, fresh(t)) })
	t.Run("abilities", func(t *testing.T) { testAbilities(t, fresh) })
}

// testThree: three engines record overlapping, contradicting versions while
// they run; one reprices meanwhile, one is pruned of its feed.
func testThree(t *testing.T, l Ledger) {
	cfg := tokenomics.Config{Book: book(t, "0.0013")}
	var engines []*tokenomics.Engine
	for range 3 {
		s, _ := l.Open(t)
		engines = append(engines, open(t, s, cfg))
	}
	run(t, engines...)
	var wg sync.WaitGroup
	for i, eng := range engines {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for n := range 25 {
				var batch []tokenomics.Event
				for range 1 + r.IntN(30) {
					batch = append(batch, call(r, r.IntN(400)))
				}
				if _, err := eng.Record(ctx, batch...); err != nil {
					t.Error(err)
				}
				if i == 1 && n == 12 {
					if _, err := eng.Reprice(ctx, book(t, "0.0077"), noon.AddDate(0, 0, -10), time.Time{}, "half of it"); err != nil {
						t.Error(err)
					}
				}
				if _, err := eng.Top("cost-30d", 5); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	same(t, l, cfg, engines...)
}

// testLag: what one engine records, another that only runs shows within a second.
func testLag(t *testing.T, l Ledger) {
	sa, _ := l.Open(t)
	sb, _ := l.Open(t)
	cfg := tokenomics.Config{Book: book(t, "1")}
	a, b := open(t, sa, cfg), open(t, sb, cfg)
	run(t, b)
	r := rand.New(rand.NewPCG(2, 2))
	best, worst := time.Hour, time.Duration(0)
	for i := range 5 {
		e := call(r, i)
		e.Void, e.At, e.Subject = false, noon, fmt.Sprint("fresh", i)
		start := time.Now()
		if _, err := a.Record(ctx, e); err != nil {
			t.Fatal(err)
		}
		for {
			if _, shown, err := b.Standing("tokens-30d", e.Subject); err != nil {
				t.Fatal(err)
			} else if shown {
				break
			}
			if time.Since(start) > time.Minute {
				t.Fatal("not shown after a minute")
			}
		}
		best, worst = min(best, time.Since(start)), max(worst, time.Since(start))
	}
	t.Logf("shown by the other engine after %s to %s", best, worst)
	if best > time.Second { // the machine may be busy, but not each time
		t.Errorf("it never took less than %s", best)
	}
}

// testKilled: engines whose connections are cut while they write, and who try
// again or not, leave the others right.
func testKilled(t *testing.T, l Ledger) {
	cfg := tokenomics.Config{Book: book(t, "0.0013")}
	s, _ := l.Open(t)
	stays := open(t, s, cfg)
	run(t, stays)
	r := rand.New(rand.NewPCG(3, 3))
	lost := 0
	for round := range 12 {
		s, cut := l.Open(t)
		eng := open(t, s, cfg)
		var batches [][]tokenomics.Event
		for range 30 {
			var batch []tokenomics.Event
			for range 40 {
				batch = append(batch, call(r, r.IntN(1500)))
			}
			batches = append(batches, batch)
		}
		begun := make(chan bool)
		var wg sync.WaitGroup
		var failed []tokenomics.Event
		wg.Go(func() {
			for i, batch := range batches {
				if i == 1 {
					close(begun)
				}
				if _, err := eng.Record(ctx, batch...); err != nil {
					failed = batch
					return
				}
			}
		})
		<-begun
		cut()
		wg.Wait()
		if failed != nil {
			lost++
			if round%2 == 0 { // the host tries again elsewhere
				if _, err := stays.Record(ctx, failed...); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if lost == 0 {
		t.Error("no write was ever cut: the test is too weak")
	}
	same(t, l, cfg, stays)
}

// testHeld: while a transaction is open that keeps writers waiting, engines answer
// from what they show and follow; afterwards all of it is there.
func testHeld(t *testing.T, l Ledger) {
	cfg := tokenomics.Config{Book: book(t, "0.0013")}
	sa, _ := l.Open(t)
	sb, _ := l.Open(t)
	a, b := open(t, sa, cfg), open(t, sb, cfg)
	run(t, a, b)
	r := rand.New(rand.NewPCG(4, 4))
	first := call(r, 1)
	first.Void, first.At, first.Subject = false, noon, "first"
	if _, err := a.Record(ctx, first); err != nil {
		t.Fatal(err)
	}
	release := l.Hold(t)
	var wg sync.WaitGroup
	for i, eng := range []*tokenomics.Engine{a, b} {
		wg.Go(func() {
			var batch []tokenomics.Event
			r := rand.New(rand.NewPCG(5, uint64(i)))
			for range 50 {
				batch = append(batch, call(r, r.IntN(80)))
			}
			if _, err := eng.Record(ctx, batch...); err != nil {
				t.Error(err)
			}
		})
	}
	for range 20 {
		if err := b.Follow(ctx); err != nil {
			t.Error(err)
		}
		if s, shown, err := b.Standing("tokens-30d", "first"); err != nil || !shown {
			t.Errorf("while others wait to write: %+v, %v", s, err)
		}
	}
	release()
	wg.Wait()
	same(t, l, cfg, a, b)
}

// testBooks: a ledger written by a build with sheets of its own opens with
// today's, and keeps its prices.
func testBooks(t *testing.T, l Ledger) {
	theirs := book(t, "0.5")
	s, _ := l.Open(t)
	old := tokenomics.Event{Source: "test", ID: "old", Subject: "ana",
		Call: tokenomics.Call{Provider: "acme", Model: "small", At: noon, Usage: tokenomics.Usage{Input: 1}}}
	if _, err := open(t, s, tokenomics.Config{Book: theirs}).Record(ctx, old); err != nil {
		t.Fatal(err)
	}
	again, _ := l.Open(t)
	tomorrow := func() time.Time { return noon.Add(24 * time.Hour) }
	eng := open(t, again, tokenomics.Config{Now: tomorrow}) // the built-in book
	fresh := old
	fresh.ID, fresh.Provider, fresh.Model, fresh.At = "new", "anthropic", "claude-opus-5-5", tomorrow()
	late := old
	late.ID = "late"
	receipts, err := eng.Record(ctx, old, late, fresh)
	if err != nil {
		t.Fatal(err)
	}
	want, err := pricing.Builtin().Price(fresh.Call)
	if err != nil || receipts[2].Cost != want.Total {
		t.Errorf("what is new costs %s, want %s (%v)", receipts[2].Cost, want.Total, err)
	}
	for _, r := range receipts[:2] {
		if r.Cost != pricing.MustMoney("0.0000005") {
			t.Errorf("what happened under the old book costs %s", r.Cost)
		}
	}
}

// testReopen: an engine that opens from saved boards, or from the sums of the
// store, is the one that reads every event.
func testReopen(t *testing.T, l Ledger) {
	cfg := tokenomics.Config{Book: book(t, "0.0013")}
	s, _ := l.Open(t)
	eng := open(t, s, cfg)
	r := rand.New(rand.NewPCG(6, 6))
	record := func() {
		var batch []tokenomics.Event
		for range 300 {
			batch = append(batch, call(r, r.IntN(700)))
		}
		if _, err := eng.Record(ctx, batch...); err != nil {
			t.Fatal(err)
		}
	}
	record()
	record()
	s2, _ := l.Open(t)
	same(t, l, cfg, open(t, s2, cfg)) // from sums
	if c, ok := store.As[store.Compactor](s); ok {
		if err := c.Compact(ctx, 0); err != nil {
			t.Fatal(err)
		}
	}
	same(t, l, cfg, open(t, s2, cfg))
	if err := eng.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	record()
	s3, _ := l.Open(t)
	saved := &noScan{Store: s3, Follower: must[store.Follower](t, s3), Checkpointer: must[store.Checkpointer](t, s3)}
	reopened := open(t, saved, cfg)
	if saved.scans > 0 {
		t.Error("an engine read the whole ledger to open, though boards were saved")
	}
	same(t, l, cfg, reopened)
}

// noScan counts how often all of a store is read.
type noScan struct {
	store.Store
	store.Follower
	store.Checkpointer
	scans int
}

func (s *noScan) ScanAt(ctx context.Context, q store.Query, head *int64) iter.Seq2[store.Entry, error] {
	s.scans++
	return s.Follower.ScanAt(ctx, q, head)
}
