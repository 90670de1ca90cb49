package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// hooked is a store whose calls can be bent.
type hooked struct {
	store.Store
	put      func(context.Context, []store.Entry) ([]store.Change, error)
	scan     func() error
	activate func(store.Activation) error // after it happened
}

func (h *hooked) Put(ctx context.Context, es []store.Entry) ([]store.Change, error) {
	if h.put != nil {
		return h.put(ctx, es)
	}
	return h.Store.Put(ctx, es)
}

func (h *hooked) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	if h.scan != nil {
		if err := h.scan(); err != nil {
			return func(yield func(store.Entry, error) bool) { yield(store.Entry{}, err) }
		}
	}
	return h.Store.Scan(ctx, q)
}

func (h *hooked) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	done, err := h.Store.Activate(ctx, expected, a)
	if err == nil && h.activate != nil {
		return done, h.activate(done)
	}
	return done, err
}

func sameAsFresh(t *testing.T, eng *tokenomics.Engine, cfg tokenomics.Config) {
	t.Helper()
	if !bytes.Equal(snapshot(t, eng), snapshot(t, newEngine(t, cfg))) {
		t.Error("a fresh engine over the same ledger has another state")
	}
}

// TestTwoEnginesTwoBooks: an engine that has not heard of a newer book learns
// of it from the store, and reads it from there if it does not have it.
func TestTwoEnginesTwoBooks(t *testing.T) {
	st := memstore.New(nil)
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	old := newEngine(t, tokenomics.Config{Store: st, Book: cheap})
	both := newEngine(t, tokenomics.Config{Store: st, Book: cheap, Books: []*pricing.Book{dear}})
	newer := newEngine(t, tokenomics.Config{Store: st, Book: dear, Books: []*pricing.Book{cheap}})
	if r := record(t, old, call("z", "ana", testNow)); r[0].Cost != pricing.MustMoney("0.000003") {
		t.Errorf("an engine without the newer book: %s", r[0].Cost)
	}
	if r := record(t, both, call("x", "ana", testNow), call("y", "ana", testNow.Add(-1))); r[0].Cost != pricing.MustMoney("0.000003") || r[1].Cost != pricing.MustMoney("0.000001") {
		t.Errorf("an engine that has both books: %s and %s", r[0].Cost, r[1].Cost)
	}
	if r := record(t, newer, call("x", "ana", testNow)); r[0].Status != tokenomics.Duplicate || r[0].Cost != pricing.MustMoney("0.000003") {
		t.Errorf("the newer engine: %+v", r[0])
	}
}

// TestEventsAheadFollowTheNewBook: what was recorded ahead of the clock is
// priced by the book that is activated before its time comes.
func TestEventsAheadFollowTheNewBook(t *testing.T) {
	clock := testNow
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	cfg := tokenomics.Config{Store: memstore.New(nil), Book: cheap, Now: func() time.Time { return clock }}
	record(t, newEngine(t, cfg), call("ahead", "ana", testNow.Add(4*time.Minute)))
	clock = testNow.Add(time.Minute)
	cfg.Book, cfg.Books = dear, []*pricing.Book{cheap}
	eng := newEngine(t, cfg)
	if s, _, err := eng.Standing("cost-30d", "ana"); err != nil || s.Cost != pricing.MustMoney("0.000003") {
		t.Errorf("ana costs %s (%v)", s.Cost, err)
	}
}

// TestReadOnly: an engine that looks at the past changes nothing, above all no
// prices.
func TestReadOnly(t *testing.T) {
	ctx := context.Background()
	clock := testNow
	st := memstore.New(nil)
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	cfg := tokenomics.Config{Store: st, Book: cheap, Now: func() time.Time { return clock }}
	record(t, newEngine(t, cfg), call("a", "ana", testNow))
	clock = clock.Add(24 * time.Hour)
	cfg.Book, cfg.Books = dear, []*pricing.Book{cheap}
	newEngine(t, cfg)
	clock = testNow.Add(-time.Hour)
	for _, readOnly := range []bool{true, false} {
		cfg.ReadOnly = readOnly
		eng := newEngine(t, cfg)
		if acts, err := st.Activations(ctx); err != nil || len(acts) != 2 {
			t.Errorf("read-only %t: %d activations (%v) after looking at the past", readOnly, len(acts), err)
		}
		if _, err := eng.Record(ctx, call("b", "ana", clock)); errors.Is(err, store.ErrReadOnly) != readOnly {
			t.Errorf("read-only %t: Record says %v", readOnly, err)
		}
	}
}

// TestBooksRetire: a book that prices nothing any more is not asked for.
func TestBooksRetire(t *testing.T) {
	ctx := context.Background()
	st := memstore.New(nil)
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	eng := newEngine(t, tokenomics.Config{Store: st, Book: cheap})
	record(t, eng, call("a", "ana", testNow))
	if _, err := eng.Reprice(ctx, dear, time.Time{}, time.Time{}, "all of it"); err != nil {
		t.Fatal(err)
	}
	if _, err := tokenomics.New(ctx, &tokenomics.Config{Store: st, Book: dear, Now: clockAt(testNow)}); err != nil {
		t.Errorf("the old book is still asked for: %v", err)
	}
}

// TestRepriceAgain: a Reprice whose answer was lost, or that failed half way,
// is completed by the same call.
func TestRepriceAgain(t *testing.T) {
	ctx := context.Background()
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	for _, broken := range []string{"activate", "put", "scan"} {
		h := &hooked{Store: memstore.New(nil)}
		cfg := tokenomics.Config{Store: h, Book: cheap, Books: []*pricing.Book{dear}}
		eng := newEngine(t, cfg)
		for i := range 30 {
			record(t, eng, call(fmt.Sprint(i), "ana", testNow))
		}
		switch broken {
		case "activate":
			h.activate = func(store.Activation) error { return errDisk }
		case "put":
			h.put = func(context.Context, []store.Entry) ([]store.Change, error) { return nil, errDisk }
		case "scan":
			h.scan = func() error { return errDisk }
		}
		if _, err := eng.Reprice(ctx, dear, time.Time{}, time.Time{}, "again"); !errors.Is(err, errDisk) {
			t.Fatalf("%s: %v", broken, err)
		}
		h.activate, h.put, h.scan = nil, nil, nil
		if _, err := eng.Reprice(ctx, dear, time.Time{}, time.Time{}, "again"); err != nil {
			t.Fatalf("%s: again: %v", broken, err)
		}
		if s, _, err := eng.Standing("cost-30d", "ana"); err != nil || s.Cost != pricing.MustMoney("0.00009") {
			t.Errorf("%s: ana costs %s (%v)", broken, s.Cost, err)
		}
		cfg.Book, cfg.Books = dear, []*pricing.Book{cheap}
		sameAsFresh(t, eng, cfg)
	}
	eng := newEngine(t, tokenomics.Config{Book: cheap})
	if _, err := eng.Reprice(ctx, nil, time.Time{}, time.Time{}, ""); !errors.Is(err, tokenomics.ErrConfig) {
		t.Errorf("no book: %v", err)
	}
	if _, err := eng.Reprice(ctx, dear, testNow, testNow, ""); !errors.Is(err, tokenomics.ErrConfig) {
		t.Errorf("no span: %v", err)
	}
}

// TestRepriceManyOfOneInstant: pages of events that share a time are all read.
func TestRepriceManyOfOneInstant(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{Book: testBook(t, "1")})
	var events []tokenomics.Event
	for i := range 25_000 {
		events = append(events, call(fmt.Sprint(i), "ana", testNow.Add(-time.Duration(i/12_000)*time.Hour)))
	}
	record(t, eng, events...)
	res, err := eng.Reprice(ctx, testBook(t, "2"), time.Time{}, time.Time{}, "")
	if err != nil || res.Changed != len(events) || res.After != pricing.MustMoney("0.05") {
		t.Errorf("%+v, %v", res, err)
	}
}

// TestLostWrites: writes whose answer was lost are shown once the store
// answers, whenever they land.
func TestLostWrites(t *testing.T) {
	ctx := context.Background()
	t.Run("landed, nobody records again", func(t *testing.T) {
		f := &failing{Store: memstore.New(nil), after: true}
		eng := newEngine(t, tokenomics.Config{Store: f})
		f.left = 1
		if _, err := eng.Record(ctx, call("x", "ana", testNow)); !errors.Is(err, errDisk) {
			t.Fatal(err)
		}
		if n, err := eng.Len("tokens-30d"); n != 1 || err != nil {
			t.Errorf("%d ranked (%v)", n, err)
		}
		sameAsFresh(t, eng, tokenomics.Config{Store: f.Store})
	})
	t.Run("landed, corrected while the store cannot be read", func(t *testing.T) {
		h := &hooked{Store: memstore.New(nil)}
		eng := newEngine(t, tokenomics.Config{Store: h})
		h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
			_, err := h.Store.Put(ctx, es)
			return nil, errors.Join(errDisk, err)
		}
		e := call("x", "ana", testNow)
		e.Usage.Input = 100
		if _, err := eng.Record(ctx, e); !errors.Is(err, errDisk) {
			t.Fatal(err)
		}
		h.put, h.scan = nil, func() error { return errDisk }
		e.Revision, e.Usage.Input = 1, 30
		record(t, eng, e)
		if _, err := eng.Top("tokens-30d", 9); !errors.Is(err, errDisk) {
			t.Errorf("a board that cannot be brought up to date is read: %v", err)
		}
		h.scan = nil
		if top, err := eng.Top("tokens-30d", 9); err != nil || len(top) != 1 || top[0].Score != 30 {
			t.Errorf("%v, %v", top, err)
		}
	})
	t.Run("lands late", func(t *testing.T) {
		h := &hooked{Store: memstore.New(nil)}
		eng := newEngine(t, tokenomics.Config{Store: h})
		var late []store.Entry
		h.put = func(_ context.Context, es []store.Entry) ([]store.Change, error) {
			late = append(late, es...)
			return nil, context.DeadlineExceeded
		}
		x := call("x", "ana", testNow)
		if _, err := eng.Record(ctx, x); err == nil {
			t.Fatal("no error")
		}
		h.put = nil
		record(t, eng, call("y", "bo", testNow))
		if n, _ := eng.Len("tokens-30d"); n != 1 {
			t.Errorf("%d ranked", n)
		}
		if _, err := h.Store.Put(ctx, late); err != nil {
			t.Fatal(err)
		}
		if r := record(t, eng, x); r[0].Status != tokenomics.Duplicate {
			t.Errorf("the retry is %s", r[0].Status)
		}
		if n, err := eng.Len("tokens-30d"); n != 2 || err != nil {
			t.Errorf("%d ranked (%v) after the retry", n, err)
		}
	})
	t.Run("cancelled before anything", func(t *testing.T) {
		h := &hooked{Store: memstore.New(nil)}
		eng := newEngine(t, tokenomics.Config{Store: h})
		h.scan = func() error { t.Error("the boards were rebuilt for nothing"); return nil }
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := eng.Record(gone, call("x", "ana", testNow)); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if n, err := eng.Len("tokens-30d"); n != 0 || err != nil {
			t.Errorf("%d ranked, %v", n, err)
		}
	})
}

// TestSlideThatFails: boards that miss what was far ahead say so until the
// store answers.
func TestSlideThatFails(t *testing.T) {
	clock := testNow
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h, MaxFuture: tokenomics.NoLimit, Now: func() time.Time { return clock }})
	var far []tokenomics.Event // more than a board keeps ahead
	for i := range 5000 {
		far = append(far, call(fmt.Sprint(i), "ana", testNow.Add(9*24*time.Hour)))
	}
	record(t, eng, far...)
	clock = testNow.Add(9 * 24 * time.Hour)
	h.scan = func() error { return errDisk }
	for range 3 {
		if _, err := eng.Top("tokens-30d", 9); !errors.Is(err, errDisk) {
			t.Errorf("%v", err)
		}
	}
	h.scan = nil
	if top, err := eng.Top("tokens-30d", 9); err != nil || len(top) != 1 || top[0].Score != 5000 {
		t.Errorf("%v, %v", top, err)
	}
}

// TestWritesOfOneKeyDoNotOverlap: a correction is not shown before what it
// corrects, however slow the store's answer was.
func TestWritesOfOneKeyDoNotOverlap(t *testing.T) {
	ctx := context.Background()
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h})
	landed, release := make(chan bool), make(chan bool)
	var first atomic.Bool // a sync.Once would make the second write wait, too
	h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
		changes, err := h.Store.Put(ctx, es)
		if first.CompareAndSwap(false, true) {
			close(landed)
			<-release
		}
		return changes, err
	}
	use := call("x", "ana", testNow)
	use.Usage.Input = 100
	second := use
	second.Revision, second.Usage.Input = 1, 30
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := eng.Record(ctx, use); err != nil {
			t.Error(err)
		}
	})
	<-landed
	done := make(chan bool)
	wg.Go(func() {
		if _, err := eng.Record(ctx, second); err != nil {
			t.Error(err)
		}
		close(done)
	})
	select {
	case <-done:
		t.Error("the correction overtook what it corrects")
	case <-time.After(20 * time.Millisecond):
	}
	if n, err := eng.Len("tokens-30d"); n != 0 || err != nil {
		t.Errorf("%d ranked (%v) before anything is shown", n, err)
	}
	close(release)
	wg.Wait()
	if top, err := eng.Top("tokens-30d", 1); err != nil || top[0].Score != 30 {
		t.Errorf("%v, %v", top, err)
	}
}

// TestOverflowHeals: a total beyond what a board can hold is an error, never a
// wrap, and goes away with what caused it. Profiles of others are not touched.
func TestOverflowHeals(t *testing.T) {
	for name, beside := range map[string]func(n int) []tokenomics.Event{
		"alone": func(int) []tokenomics.Event { return nil },
		"in a batch": func(n int) []tokenomics.Event {
			return []tokenomics.Event{call(fmt.Sprint("beside", n), "ana", testNow)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			eng := newEngine(t, tokenomics.Config{})
			record(t, eng, call("small", "ana", testNow))
			huge := func(id string) tokenomics.Event {
				e := call(id, "eve", testNow)
				e.Model, e.Usage = "large", tokenomics.Usage{Input: 1e12, Output: 1e12}
				return e
			}
			n := 0
			for ; n < 1000; n++ {
				record(t, eng, append(beside(n), huge(fmt.Sprint(n)))...)
				if _, err := eng.Top("cost-30d", 1); err != nil {
					if !errors.Is(err, rank.ErrOverflow) {
						t.Fatal(err)
					}
					break
				}
			}
			if n == 1000 {
				t.Fatal("no overflow: the test is too weak")
			}
			p, err := eng.Profile(context.Background(), "ana")
			if err != nil || !p.Standings[0].Ranked || p.Standings[1].Err == nil {
				t.Errorf("ana's profile: %v, %+v", err, p.Standings)
			}
			void := huge(fmt.Sprint(n))
			void.Void = true
			record(t, eng, void)
			if top, err := eng.Top("cost-30d", 2); err != nil || len(top) != 2 || top[0].Subject != "eve" {
				t.Errorf("after the void: %v, %v", top, err)
			}
			sameAsFresh(t, eng, tokenomics.Config{Store: eng.Store()})
		})
	}
}

// TestSmallAmountsAndUnknownOnes: an unranked subject of a board by cost still
// shows what is known.
func TestSmallAmountsAndUnknownOnes(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	e := call("x", "ana", testNow)
	e.Model = "unheard-of"
	tiny := call("y", "bo", testNow)
	tiny.Usage = tokenomics.Usage{CacheRead: 1} // 510 pico
	record(t, eng, e, tiny)
	if s, ranked, err := eng.Standing("cost-30d", "ana"); ranked || err != nil || s.Unpriced != 1 {
		t.Errorf("ana: %+v, ranked %t, %v", s, ranked, err)
	}
	if s, ranked, err := eng.Standing("cost-30d", "bo"); ranked || err != nil || s.Cost != pricing.MustMoney("0.00000000051") {
		t.Errorf("bo: %+v, ranked %t, %v", s, ranked, err)
	}
}

// TestUnknownOutcomesAreCounted: inputs of a failed call are counted too.
func TestUnknownOutcomesAreCounted(t *testing.T) {
	f := &failing{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: f})
	f.left = 1
	bad := call("", "ana", testNow)
	if _, err := eng.Record(context.Background(), call("a", "ana", testNow), bad, bad); err == nil {
		t.Fatal("no error")
	}
	if s := eng.Stats(); s.Unknown != 3 || s.Events != 0 {
		t.Errorf("%+v", s)
	}
}

// TestSnapshotWriterMayDoAnything: the host's writer is called when nothing is
// locked.
func TestSnapshotWriterMayDoAnything(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{})
	record(t, eng, call("a", "ana", testNow))
	w := writerFunc(func(p []byte) (int, error) {
		record(t, eng, call("b", "ana", testNow))
		return len(p), nil
	})
	if err := eng.Snapshot(ctx, w); err != nil {
		t.Error(err)
	}
	if err := eng.Snapshot(ctx, writerFunc(func([]byte) (int, error) { return 0, io.ErrClosedPipe })); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestCalendarBoards: boards of a calendar window, with history, stay equal to
// those of a fresh engine as time goes on.
func TestCalendarBoards(t *testing.T) {
	clock := time.Date(2026, 10, 28, 22, 0, 0, 0, time.UTC)
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Skip("no time zones here")
	}
	var boards []tokenomics.Board
	for name, w := range map[string]rank.Window{"month": rank.ThisMonth(nil), "tokyo": rank.ThisMonth(tokyo), "week": rank.ThisWeek(nil), "ever": rank.Ever(), "7d": rank.Rolling7d} {
		boards = append(boards, tokenomics.Board{Name: name, Window: w, By: tokenomics.ByCost, History: 3})
	}
	st := memstore.New(nil)
	cfg := tokenomics.Config{Store: st, Boards: boards, Book: testBook(t, "0.0013"), Now: func() time.Time { return clock }}
	eng := newEngine(t, cfg)
	for i := range 120 {
		clock = clock.Add(3 * time.Hour)
		e := call(fmt.Sprint(i%70), fmt.Sprint("s", i%3), clock.Add(-time.Duration(i%50)*time.Hour))
		e.Revision, e.Usage.Input = int64(i), int64(i)
		record(t, eng, e)
		if i%17 == 0 {
			sameAsFresh(t, eng, cfg)
		}
	}
}
