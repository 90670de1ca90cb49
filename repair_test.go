package tokenomics_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// TestNewCompletesReprice: what an interrupted Reprice left is priced when the
// next engine starts, even if that brings a newer book still.
func TestNewCompletesReprice(t *testing.T) {
	ctx := context.Background()
	h := &hooked{Store: memstore.New(nil)}
	cheap, dear, newer := testBook(t, "1"), testBook(t, "3"), testBook(t, "7")
	eng := newEngine(t, tokenomics.Config{Store: h, Book: cheap})
	record(t, eng, call("x", "ana", testNow.Add(-time.Hour)))
	h.put = func(context.Context, []store.Entry) ([]store.Change, error) { return nil, errDisk }
	if _, err := eng.Reprice(ctx, dear, time.Time{}, time.Time{}, "fix"); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	h.put = nil
	eng = newEngine(t, tokenomics.Config{Store: h, Book: newer, Books: []*pricing.Book{cheap, dear}})
	p, err := eng.Explain(ctx, tokenomics.Key{Source: "test", ID: "x"})
	if err != nil || p.Entry.Cost != pricing.MustMoney("0.000003") || p.Cost.Total != p.Entry.Cost {
		t.Errorf("%v: the ledger says %s, the proof %s", err, p.Entry.Cost, p.Cost.Total)
	}
}

// TestRecordWhileRepricing: an engine knows the book it is being given before
// the ledger names it.
func TestRecordWhileRepricing(t *testing.T) {
	ctx := context.Background()
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h, Book: testBook(t, "1")})
	h.activate = func(store.Activation) error {
		if _, err := eng.Record(ctx, call("x", "ana", testNow)); err != nil {
			t.Errorf("record while this engine activates its own book: %v", err)
		}
		return nil
	}
	if _, err := eng.Reprice(ctx, testBook(t, "3"), time.Time{}, time.Time{}, ""); err != nil {
		t.Error(err)
	}
}

// TestOneBookIsActivatedOnce: books are told apart by their versions.
func TestOneBookIsActivatedOnce(t *testing.T) {
	st := memstore.New(nil)
	for range 3 {
		newEngine(t, tokenomics.Config{Store: st, Book: testBook(t, "1"), Books: []*pricing.Book{testBook(t, "1")}})
	}
	if acts, err := st.Activations(context.Background()); err != nil || len(acts) != 1 {
		t.Errorf("%d activations (%v) of one book after 3 starts", len(acts), err)
	}
}

// TestAnotherEnginesActivation: meeting one while repricing, or while starting,
// is not an error, and does not overrule it.
func TestAnotherEnginesActivation(t *testing.T) {
	ctx := context.Background()
	a, b, c := testBook(t, "1"), testBook(t, "3"), testBook(t, "7")
	all := []*pricing.Book{a, b, c}
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h, Book: a, Books: all})
	record(t, eng, call("x", "ana", testNow), call("ahead", "bo", testNow.Add(4*time.Minute)))
	other := newEngine(t, tokenomics.Config{Store: h.Store, Book: a, Books: all})
	h.activate = func(store.Activation) error {
		_, err := other.Reprice(ctx, c, time.Time{}, time.Time{}, "later")
		return err
	}
	if _, err := eng.Reprice(ctx, b, time.Time{}, time.Time{}, "earlier"); err != nil {
		t.Errorf("a Reprice that was overtaken: %v", err)
	}
	h.activate = nil
	if r := record(t, eng, call("x", "ana", testNow)); r[0].Cost != pricing.MustMoney("0.000007") {
		t.Errorf("x costs %s, want what the later book says", r[0].Cost)
	}
	h.activate = func(act store.Activation) error {
		_, err := h.Store.Activate(ctx, act.Seq, store.Activation{From: testNow.Add(time.Second), Book: a.Version()})
		return err
	}
	if _, err := tokenomics.New(ctx, &tokenomics.Config{Store: h, Book: b, Books: all, Now: clockAt(testNow)}); err != nil {
		t.Errorf("a start while another engine starts: %v", err)
	}
}

// TestHearingOfABookRenewsTheBoards: the engine that activated it priced the
// ledger again.
func TestHearingOfABookRenewsTheBoards(t *testing.T) {
	st := memstore.New(nil)
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	eng := newEngine(t, tokenomics.Config{Store: st, Book: cheap, Books: []*pricing.Book{dear}})
	x := call("x", "ana", testNow.Add(time.Minute))
	record(t, eng, x)
	newEngine(t, tokenomics.Config{Store: st, Book: dear, Books: []*pricing.Book{cheap}}) // only starts
	x.Revision = 1
	record(t, eng, x)
	if s, _, err := eng.Standing("cost-30d", "ana"); err != nil || s.Cost != pricing.MustMoney("0.000003") {
		t.Errorf("ana costs %s (%v)", s.Cost, err)
	}
}

// TestBookThatCannotPrice: a book with a slip of the pen must not lock the
// ledger: what it cannot price is unpriced.
func TestBookThatCannotPrice(t *testing.T) {
	ctx := context.Background()
	st := memstore.New(nil)
	cheap, absurd := testBook(t, "1"), testBook(t, "900000000000")
	cfg := tokenomics.Config{Store: st, Book: cheap, Books: []*pricing.Book{absurd}}
	eng := newEngine(t, cfg)
	e := call("x", "ana", testNow)
	e.Usage.Input = 1e12
	record(t, eng, e, call("y", "ana", testNow))
	res, err := eng.Reprice(ctx, absurd, time.Time{}, time.Time{}, "")
	if err != nil || res.Failed != 1 || res.Events != 2 {
		t.Errorf("%+v, %v", res, err)
	}
	cfg.Book = absurd
	sameAsFresh(t, eng, cfg)
}

// TestBooksHiddenTogether: a book that two later ones hide between them is not
// asked for.
func TestBooksHiddenTogether(t *testing.T) {
	ctx := context.Background()
	st := early{memstore.New(nil)}
	a, b, c := testBook(t, "1"), testBook(t, "3"), testBook(t, "7")
	eng := newEngine(t, tokenomics.Config{Store: st, Book: a})
	for _, r := range []struct {
		book        *pricing.Book
		from, until time.Time
	}{{b, time.Time{}, testNow}, {c, testNow, time.Time{}}} {
		if _, err := eng.Reprice(ctx, r.book, r.from, r.until, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tokenomics.New(ctx, &tokenomics.Config{Store: st, Book: c, Books: []*pricing.Book{b}, Now: clockAt(testNow)}); err != nil {
		t.Error(err)
	}
	if _, err := tokenomics.New(ctx, &tokenomics.Config{Store: st, Book: c, Now: clockAt(testNow)}); !errors.Is(err, tokenomics.ErrBookMissing) {
		t.Errorf("without the book of the first span: %v", err)
	}
}

// TestLostGreaterVersion: a lost version that lands after a lesser one was
// recorded is taken off the boards when it is superseded.
func TestLostGreaterVersion(t *testing.T) {
	ctx := context.Background()
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h})
	var late []store.Entry
	h.put = func(_ context.Context, es []store.Entry) ([]store.Change, error) {
		late = append(late, es...)
		return nil, context.DeadlineExceeded
	}
	x := call("x", "ana", testNow)
	x.Revision, x.Usage.Input = 5, 500
	if _, err := eng.Record(ctx, x); err == nil {
		t.Fatal("no error")
	}
	h.put = nil
	x.Revision, x.Usage.Input = 1, 10
	record(t, eng, x)
	if _, err := h.Store.Put(ctx, late); err != nil {
		t.Fatal(err)
	}
	x.Revision, x.Usage.Input = 6, 600
	record(t, eng, x)
	if top, err := eng.Top("tokens-30d", 1); err != nil || len(top) != 1 || top[0].Score != 600 {
		t.Errorf("%v, %v", top, err)
	}
}

// TestDeadlinesHold: whoever waits for a store that hangs gives up in time.
func TestDeadlinesHold(t *testing.T) {
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h})
	h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
		_, err := h.Store.Put(ctx, es)
		return nil, errors.Join(errDisk, err)
	}
	if _, err := eng.Record(context.Background(), call("a", "ana", testNow)); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	h.put = nil
	hangs, release := make(chan bool), make(chan bool)
	h.scan = func() error { close(hangs); <-release; return nil }
	read := make(chan error)
	go func() {
		_, err := eng.Top("tokens-30d", 1)
		read <- err
	}()
	<-hangs
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := eng.Record(ctx, call("b", "ana", testNow)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Record: %v", err)
	}
	if err := eng.Advance(ctx, testNow); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Advance: %v", err)
	}
	close(release)
	if err := <-read; err != nil {
		t.Errorf("the read that waited: %v", err)
	}
}

// TestSnapshotOfABrokenBoard: a picture of what cannot be relied on is an
// error.
func TestSnapshotOfABrokenBoard(t *testing.T) {
	boards := []tokenomics.Board{{Name: "bad", Score: func(*tokenomics.Event) int64 { panic("oops") }}}
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Boards: boards, Now: func() time.Time { return clock }})
	record(t, eng, call("a", "ana", testNow))
	if err := eng.Snapshot(context.Background(), writerFunc(func(p []byte) (int, error) { return len(p), nil })); !errors.Is(err, tokenomics.ErrCallback) {
		t.Errorf("%v", err)
	}
	clock = testNow.Add(40 * 24 * time.Hour) // the event has left the board
	if top, err := eng.Top("bad", 1); err != nil || len(top) != 0 {
		t.Errorf("%v, %v", top, err)
	}
}
