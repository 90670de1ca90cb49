package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// The numbers are those of the list of faults in docs/design.md.

// TestFault9ClockLeaps: a clock that leaps ahead and comes back leaves no trace,
// and what was recorded meanwhile is judged by what it said then.
func TestFault9ClockLeaps(t *testing.T) {
	clock := testNow
	cfg := tokenomics.Config{Store: newJournal(nil), Now: func() time.Time { return clock }}
	eng, other := newEngine(t, cfg), newEngine(t, cfg)
	record(t, eng, call("a", "ana", testNow))
	clock = testNow.AddDate(0, 2, 0)
	record(t, eng, call("ahead", "bo", clock))
	if n, err := eng.Len("tokens-30d"); n != 1 || err != nil {
		t.Errorf("ahead: %d ranked, %v", n, err)
	}
	clock = testNow
	follow(t, other)
	for i, e := range []*tokenomics.Engine{eng, other} {
		if top, err := e.Top("tokens-30d", 9); err != nil || len(top) != 1 || top[0].Subject != "ana" {
			t.Errorf("engine %d shows %+v (%v) when the clock is right again", i, top, err)
		}
	}
	clock = testNow.AddDate(0, 2, 0)
	if top, err := other.Top("tokens-30d", 9); err != nil || len(top) != 1 || top[0].Subject != "bo" {
		t.Errorf("when its time has come: %+v (%v)", top, err)
	}
}

// TestFault18Cardinality: a flood of made-up subjects fills no memory, touches
// nobody who is there, and each of them is told why.
func TestFault18Cardinality(t *testing.T) {
	ctx := context.Background()
	const room = 5000
	invented := 300_000
	if testing.Short() || raceEnabled {
		invented = 30_000
	}
	eng := newEngine(t, tokenomics.Config{MaxSubjects: room})
	for i := range room {
		record(t, eng, call(fmt.Sprint("real", i), fmt.Sprint("subject", i), testNow))
	}
	before := heap()
	flood := make([]tokenomics.Event, 1000)
	var receipts []tokenomics.Receipt
	for n := 0; n < invented; n += len(flood) {
		for i := range flood {
			flood[i] = call(fmt.Sprint("fake", n+i), fmt.Sprint("invented", n+i), testNow)
		}
		var err error
		if receipts, err = eng.RecordInto(ctx, receipts[:0], flood); err != nil {
			t.Fatal(err)
		}
		for _, r := range receipts {
			if r.Status != tokenomics.Refused || !errors.Is(r.Err, tokenomics.ErrTooManySubjects) {
				t.Fatalf("%+v", r)
			}
		}
	}
	const allowed = 4 << 20
	if grown := heap() - before; grown > allowed {
		t.Errorf("%d invented subjects took %d bytes", invented, grown)
	}
	if s := eng.Stats(); s.Subjects != room || s.Of(tokenomics.Refused) != int64(invented) {
		t.Errorf("%+v", s)
	}
	// Those who are there go on, and so do corrections, of whomever they are.
	fix := call("real0", "somebody else", testNow)
	fix.Revision = 1
	if r := record(t, eng, call("more", "subject1", testNow), fix); r[0].Status != tokenomics.Accepted || r[1].Status != tokenomics.Superseding {
		t.Errorf("%s, %s", r[0].Status, r[1].Status)
	}
	if _, err := tokenomics.New(ctx, &tokenomics.Config{MaxSubjects: -1}); !errors.Is(err, tokenomics.ErrConfig) {
		t.Errorf("a negative bound: %v", err)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// quitting is a store that cancels a context at its k-th call, before or after
// the call has its effect.
type quitting struct {
	*journal
	left   int
	after  bool
	cancel context.CancelFunc
}

func (c *quitting) call(f func()) {
	c.left--
	if c.left == 0 && !c.after {
		c.cancel()
	}
	f()
	if c.left == 0 && c.after {
		c.cancel()
	}
}

func (c *quitting) Put(ctx context.Context, es []store.Entry) (changes []store.Change, err error) {
	c.call(func() { changes, err = c.journal.Put(ctx, es) })
	return
}

func (c *quitting) Get(ctx context.Context, keys []store.Key) (es []store.Entry, err error) {
	c.call(func() { es, err = c.journal.Get(ctx, keys) })
	return
}

func (c *quitting) Scan(ctx context.Context, q store.Query) (all iter.Seq2[store.Entry, error]) {
	c.call(func() { all = c.journal.Scan(ctx, q) })
	return
}

func (c *quitting) ScanAt(ctx context.Context, q store.Query, head *int64) (all iter.Seq2[store.Entry, error]) {
	c.call(func() { all = c.journal.ScanAt(ctx, q, head) })
	return
}

func (c *quitting) Follow(ctx context.Context, after int64) (all iter.Seq2[store.Move, error]) {
	c.call(func() { all = c.journal.Follow(ctx, after) })
	return
}

func (c *quitting) Head(ctx context.Context) (head int64, err error) {
	c.call(func() { head, err = c.journal.Head(ctx) })
	return
}

func (c *quitting) Activations(ctx context.Context) (acts []store.Activation, err error) {
	c.call(func() { acts, err = c.journal.Activations(ctx) })
	return
}

func (c *quitting) Activate(ctx context.Context, expected int64, a store.Activation) (done store.Activation, err error) {
	c.call(func() { done, err = c.journal.Activate(ctx, expected, a) })
	return
}

// TestFault27CancelledAtEveryPoint: whichever call of the store it is at which
// the caller gives up, nothing is shown that the ledger has not, the error says
// so, and doing the same again completes it.
func TestFault27CancelledAtEveryPoint(t *testing.T) {
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	var events []tokenomics.Event
	for i := range 30 {
		events = append(events, call(fmt.Sprint(i), fmt.Sprint("s", i%4), testNow.Add(-time.Duration(i)*time.Hour)))
	}
	events = append(events, call("old", "s1", testNow.Add(-40*24*time.Hour))) // whose key is looked up
	var want []byte
	for _, after := range []bool{false, true} {
		for k := 1; ; k++ {
			st := &quitting{journal: newJournal(nil), after: after}
			cfg := tokenomics.Config{Store: st, Book: cheap}
			eng, other := newEngine(t, cfg), newEngine(t, cfg)
			record(t, other, call("theirs", "s9", testNow))
			ctx, cancel := context.WithCancel(context.Background())
			st.left, st.cancel = k, cancel
			work := []func(context.Context) error{
				func(ctx context.Context) error { _, err := eng.Record(ctx, events...); return err },
				eng.Follow,
				func(ctx context.Context) error {
					_, err := eng.Reprice(ctx, dear, time.Time{}, time.Time{}, "dear")
					return err
				},
				eng.Checkpoint,
				func(ctx context.Context) error { return eng.Snapshot(ctx, &bytes.Buffer{}) },
			}
			for i, do := range work {
				for err := do(ctx); err != nil; err = do(ctx) {
					if !errors.Is(err, context.Canceled) {
						t.Fatalf("k=%d after=%t, work %d: %v", k, after, i, err)
					}
					ctx = context.Background()
				}
			}
			done := st.left > 0
			st.left = 0
			cancel()
			got := snapshot(t, eng)
			if want == nil {
				want = got
			}
			if follow(t, other); !bytes.Equal(want, got) || !bytes.Equal(want, snapshot(t, other)) {
				t.Fatalf("k=%d after=%t: another state", k, after)
			}
			if done {
				if k < 10 {
					t.Fatalf("the store was called %d times only", k)
				}
				break
			}
		}
	}
}

// TestLostWritesAreFoundOnce: writes whose answers were lost, and that are
// repeated, lead to no rebuild each; not even if there were more of them than can
// be told apart.
func TestLostWritesAreFoundOnce(t *testing.T) {
	ctx := context.Background()
	clock := testNow
	h := &hooked{Store: memstore.New(nil)}
	cfg := tokenomics.Config{Store: h, Boards: []tokenomics.Board{{Name: "tokens"}}, Now: func() time.Time { return clock }}
	eng := newEngine(t, cfg)
	scans := 0
	h.scan = func() error { scans++; return nil }
	lose := func(name string, n int, lands bool) {
		h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
			if !lands {
				return nil, errDisk
			}
			_, err := h.Store.Put(ctx, es)
			return nil, errors.Join(errDisk, err)
		}
		for at := 0; at < n; at += 5000 {
			var batch []tokenomics.Event
			for i := range 5000 {
				batch = append(batch, call(fmt.Sprint(name, at+i), "ana", testNow))
			}
			if _, err := eng.Record(ctx, batch...); !errors.Is(err, errDisk) {
				t.Fatal(err)
			}
		}
		h.put = nil
	}
	repeat := func(name string, n int) {
		for i := range n {
			record(t, eng, call(fmt.Sprint(name, i), "ana", testNow))
			if _, err := eng.Top("tokens", 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	lose("a", 10_000, true)
	scans = 0
	if repeat("a", 500); scans > 1 {
		t.Errorf("500 repetitions of what had landed led to %d rebuilds", scans)
	}

	lose("b", 120_000, false) // more than are told apart; none landed
	scans = 0
	if repeat("a", 500); scans > 1 {
		t.Errorf("while any version may be a lost one, 500 repetitions led to %d rebuilds", scans)
	}
	var late []store.Entry
	for i := range 10 {
		e := store.Entry{Event: call(fmt.Sprint("b", i), "bo", testNow), Activation: 1}
		late = append(late, e)
	}
	if _, err := h.Store.Put(ctx, late); err != nil {
		t.Fatal(err)
	}
	record(t, eng, late[0].Event) // a duplicate of what landed late
	clock = clock.Add(time.Minute)
	if s, _, err := eng.Standing("tokens", "bo"); err != nil || s.Score != 10 {
		t.Errorf("what landed late is shown as %d (%v), want 10", s.Score, err)
	}
	clock = clock.Add(2 * time.Hour)
	scans = 0
	if repeat("a", 100); scans > 1 {
		t.Errorf("hours later there are still rebuilds: %d", scans)
	}
}
