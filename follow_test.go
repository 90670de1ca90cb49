package tokenomics_test

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

func follow(t testing.TB, engines ...*tokenomics.Engine) {
	t.Helper()
	for _, eng := range engines {
		if err := eng.Follow(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestInstancesShowTheSame: several engines record into one ledger, each its
// own part, repeated and reordered; at one position all have the same state, and
// that of an engine made anew.
func TestInstancesShowTheSame(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		st := newJournal(nil)
		if seed%2 == 1 {
			st.rand = r
		}
		cfg := tokenomics.Config{Store: st, Book: testBook(t, "0.0013")}
		engines := []*tokenomics.Engine{newEngine(t, cfg), newEngine(t, cfg), newEngine(t, cfg)}
		versions := randomVersions(r, 90)
		order := append(append([]tokenomics.Event(nil), versions...), versions[:r.IntN(len(versions))]...)
		r.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
		for len(order) > 0 {
			n := 1 + r.IntN(min(len(order), 20))
			eng := engines[r.IntN(len(engines))]
			if _, err := eng.Record(ctx, order[:n]...); err != nil {
				t.Fatal(err)
			}
			order = order[n:]
			if r.IntN(5) == 0 {
				follow(t, engines[r.IntN(len(engines))])
			}
			if r.IntN(20) == 0 {
				st.compact() // who lags must read the state anew
			}
		}
		follow(t, engines...)
		compareWithNaive(t, seed, engines[0], cfg.Book, versions)
		want := snapshot(t, engines[0])
		for i, eng := range append(engines, newEngine(t, cfg)) {
			if !bytes.Equal(want, snapshot(t, eng)) {
				t.Fatalf("seed %d: engine %d shows another state", seed, i)
			}
		}
	}
}

// TestOwnWritesAreShownAtOnce: without following, in every order of positions.
func TestOwnWritesAreShownAtOnce(t *testing.T) {
	st := newJournal(nil)
	cfg := tokenomics.Config{Store: st}
	a, b := newEngine(t, cfg), newEngine(t, cfg)
	for i := range 20 {
		e := call(fmt.Sprint(i%7), "ana", testNow)
		e.Revision, e.Usage.Input = int64(i), int64(i+1)
		eng := a
		if i%3 == 0 {
			eng = b
		}
		record(t, eng, e)
		s, _, err := eng.Standing("tokens-30d", "ana")
		var want int64
		for k := range 7 {
			for v := i; v >= 0; v-- {
				if v%7 == k {
					want += int64(v + 1)
					break
				}
			}
		}
		if err != nil || s.Score != want {
			t.Fatalf("after event %d its own engine shows %d, want %d (%v)", i, s.Score, want, err)
		}
	}
}

// slowAnswer is a journal whose Put waits before it answers.
type slowAnswer struct {
	*journal
	wait func()
}

func (s *slowAnswer) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	changes, err := s.journal.Put(ctx, entries)
	s.wait()
	return changes, err
}

// TestFollowOvertakesAWriter: what an engine wrote is followed before its own
// write is answered, and is not shown twice.
func TestFollowOvertakesAWriter(t *testing.T) {
	st := &slowAnswer{journal: newJournal(nil), wait: func() {}}
	eng := newEngine(t, tokenomics.Config{Store: st})
	st.wait = func() { follow(t, eng) }
	record(t, eng, call("a", "ana", testNow), call("b", "ana", testNow))
	st.wait = func() {}
	if s, _, err := eng.Standing("tokens-30d", "ana"); err != nil || s.Score != 2 {
		t.Errorf("%d, %v", s.Score, err)
	}
}

// brokenFeed is a journal whose feed can fail.
type brokenFeed struct {
	*journal
	put, fail error
	after     int // moves that come before the failure
}

func (f *brokenFeed) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	changes, err := f.journal.Put(ctx, entries)
	if f.put != nil {
		return nil, f.put
	}
	return changes, err
}

// breaks makes the feed fail from now on, or no more.
func (f *brokenFeed) breaks(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = err
}

func (f *brokenFeed) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fail
}

func (f *brokenFeed) Follow(ctx context.Context, after int64) iter.Seq2[store.Move, error] {
	return func(yield func(store.Move, error) bool) {
		n := 0
		for m, err := range f.journal.Follow(ctx, after) {
			if fail := f.failure(); fail != nil && n == f.after {
				yield(store.Move{}, fail)
				return
			}
			if n++; !yield(m, err) {
				return
			}
		}
	}
}

// TestFeedThatFails: an answer that was lost is found in the feed; a feed that
// breaks off in the middle leaves boards that are not read.
func TestFeedThatFails(t *testing.T) {
	ctx := context.Background()
	st := &brokenFeed{journal: newJournal(nil)}
	cfg := tokenomics.Config{Store: st}
	eng, other := newEngine(t, cfg), newEngine(t, cfg)
	st.put = errDisk
	if _, err := eng.Record(ctx, call("lost", "ana", testNow)); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	st.put = nil
	if n, err := eng.Len("tokens-30d"); n != 1 || err != nil {
		t.Errorf("a write whose answer was lost: %d ranked, %v", n, err)
	}
	var events []tokenomics.Event
	for i := range 10_000 {
		events = append(events, call(fmt.Sprint(i), fmt.Sprint("s", i%100), testNow))
	}
	record(t, other, events...)
	st.fail, st.after = errDisk, 6000
	if err := eng.Follow(ctx); !errors.Is(err, errDisk) {
		t.Errorf("Follow over a broken feed: %v", err)
	}
	for range 2 {
		if top, err := eng.Top("tokens-30d", 200); err == nil && len(top) != 1 && len(top) != 101 {
			t.Errorf("half of the feed is shown: %d rows", len(top))
		}
	}
	st.fail = nil
	follow(t, eng)
	if !bytes.Equal(snapshot(t, eng), snapshot(t, other)) {
		t.Error("after the failure the engines differ")
	}
	record(t, other, call("more", "bo", testNow))
	st.fail, st.after = errDisk, 0
	mine := record(t, eng, call("mine", "ana", testNow)) // durable, but the feed is broken
	if mine[0].Status != tokenomics.Accepted {
		t.Errorf("%+v", mine[0])
	}
	if _, err := eng.Len("tokens-30d"); !errors.Is(err, errDisk) {
		t.Errorf("boards without an own, acknowledged write are read: %v", err)
	}
	st.fail = nil
	if s, _, err := eng.Standing("tokens-30d", "ana"); err != nil || s.Score != 2 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestFollowHearsOfBooks: the prices that another instance changed are followed,
// and its book is known here.
func TestFollowHearsOfBooks(t *testing.T) {
	ctx := context.Background()
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	cfg := tokenomics.Config{Store: newJournal(nil), Book: cheap}
	a, b := newEngine(t, cfg), newEngine(t, cfg)
	record(t, a, call("x", "ana", testNow), call("y", "bo", testNow))
	follow(t, b)
	if _, err := b.Reprice(ctx, dear, time.Time{}, time.Time{}, "dear"); err != nil {
		t.Fatal(err)
	}
	follow(t, a)
	if s, _, err := a.Standing("cost-30d", "ana"); err != nil || s.Cost != pricing.MustMoney("0.000003") {
		t.Errorf("ana costs %s (%v)", s.Cost, err)
	}
	if book := a.Book(testNow); book == nil || book.Version() != dear.Version() {
		t.Error("the new book is not known")
	}
	if !bytes.Equal(snapshot(t, a), snapshot(t, b)) {
		t.Error("the engines differ")
	}
}

// TestInstancesAtOnce: three engines record, follow and are read side by side.
func TestInstancesAtOnce(t *testing.T) {
	ctx := context.Background()
	versions := randomVersions(rand.New(rand.NewPCG(4, 4)), 300)
	want := newEngine(t, tokenomics.Config{})
	record(t, want, versions...)
	st := newJournal(nil)
	var engines []*tokenomics.Engine
	var wg sync.WaitGroup
	for i := range 3 {
		eng := newEngine(t, tokenomics.Config{Store: st})
		engines = append(engines, eng)
		for w := range 2 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(i), uint64(w)))
				order := r.Perm(len(versions))
				for len(order) > 0 {
					n := min(len(order), 1+r.IntN(9))
					var batch []tokenomics.Event
					for _, k := range order[:n] {
						batch = append(batch, versions[k])
					}
					order = order[n:]
					if _, err := eng.Record(ctx, batch...); err != nil {
						t.Error(err)
					}
					if r.IntN(4) == 0 {
						if err := eng.Follow(ctx); err != nil {
							t.Error(err)
						}
					}
					if _, err := eng.Top("cost-30d", 3); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	follow(t, engines...)
	for i, eng := range engines {
		if !bytes.Equal(snapshot(t, want), snapshot(t, eng)) {
			t.Errorf("engine %d ended in another state", i)
		}
	}
}
