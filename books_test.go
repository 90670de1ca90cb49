package tokenomics_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// early is a ledger as early versions wrote it: without the books themselves.
type early struct{ store.Store }

func (s early) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	a.Sheets = nil
	return s.Store.Activate(ctx, expected, a)
}

// bent is a ledger whose books are not what they were.
type bent struct {
	store.Store
	how func(sheets []byte) []byte
}

func (s bent) Activations(ctx context.Context) ([]store.Activation, error) {
	acts, err := s.Store.Activations(ctx)
	for i := range acts {
		if len(acts[i].Sheets) > 0 {
			acts[i].Sheets = s.how(bytes.Clone(acts[i].Sheets))
		}
	}
	return acts, err
}

// newerBook makes the bytes of a book say that a later version wrote them.
func newerBook(b []byte) []byte {
	body := b[:len(b)-8]
	body[4]++
	sum := sha256.Sum256(body)
	return append(body, sum[:8]...)
}

// TestLedgerCarriesItsBooks: a build with the sheets of today opens a ledger
// that another build wrote with its own, without being given them: what is old
// keeps its price, what is new gets the new one from now on.
func TestLedgerCarriesItsBooks(t *testing.T) {
	ctx := context.Background()
	clock := testNow
	now := func() time.Time { return clock }
	st := memstore.New(nil)
	theirs := testBook(t, "0.5")
	opus := call("old", "ana", testNow)
	opus.Provider, opus.Model = "anthropic", "claude-opus-5-5"
	record(t, newEngine(t, tokenomics.Config{Store: st, Book: theirs, Now: now}), call("a", "ana", testNow), opus)

	clock = clock.Add(24 * time.Hour)
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Store: st, Now: now}) // the built-in book
	if err != nil {
		t.Fatal(err)
	}
	late, fresh := call("late", "ana", clock.Add(-time.Minute)), opus
	fresh.ID, fresh.At = "new", clock
	r := record(t, eng, call("a", "ana", testNow), opus, late, fresh)
	half := pricing.MustMoney("0.0000005")
	if r[0].Status != tokenomics.Duplicate || r[0].Cost != half || r[1].Priced != pricing.Unpriced {
		t.Errorf("what was old: %+v, %+v", r[0], r[1])
	}
	if r[2].Cost != half {
		t.Errorf("what happened under the old book and arrives late costs %s, want %s", r[2].Cost, half)
	}
	if want, err := pricing.Builtin().Price(fresh.Call); err != nil || r[3].Cost != want.Total {
		t.Errorf("what is new costs %s, want %s (%v)", r[3].Cost, want.Total, err)
	}
	proof, err := eng.Explain(ctx, tokenomics.Key{Source: "test", ID: "a"})
	if err != nil || proof.Cost.Total != half || proof.Activation.Book != theirs.Version() {
		t.Errorf("the proof of the old event: %s by %s, %v", proof.Cost.Total, proof.Activation.Book, err)
	}

	// A book is written once, whoever activates it again; and Reprice keeps its
	// book too.
	if _, err := eng.Reprice(ctx, testBook(t, "9"), testNow, clock, "contract"); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Reprice(ctx, theirs, testNow, clock, "back"); err != nil {
		t.Fatal(err)
	}
	acts, err := st.Activations(ctx)
	if err != nil || len(acts) != 4 {
		t.Fatalf("%d activations, %v", len(acts), err)
	}
	for i, carries := range []bool{true, true, true, false} {
		if (len(acts[i].Sheets) > 0) != carries {
			t.Errorf("activation %d carries its book: %t", i+1, !carries)
		}
	}
	again, err := tokenomics.New(ctx, &tokenomics.Config{Store: st, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(snapshot(t, eng), snapshot(t, again)) {
		t.Error("an engine that reads the books from the ledger has another state")
	}
}

// TestBooksThatCannotBeRead: a book that is nowhere, or in a form that is not
// understood here, is asked for; nothing is priced by a guess.
func TestBooksThatCannotBeRead(t *testing.T) {
	ctx := context.Background()
	mine, theirs := testBook(t, "1"), testBook(t, "3")
	other, err := testBook(t, "5").MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	euros, err := pricing.NewBook(pricing.Sheet{Name: "e", Source: "made up", AsOf: testNow, Currency: "EUR",
		Models: []pricing.Model{{Provider: "acme", ID: "small", Rates: pricing.Rates{Input: pricing.PerMillion("1")}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		store func(store.Store) store.Store
		book  *pricing.Book
		want  error
	}{
		{"an early ledger", func(s store.Store) store.Store { return early{s} }, theirs, tokenomics.ErrBookMissing},
		{"damaged", func(s store.Store) store.Store {
			return bent{s, func(b []byte) []byte { b[len(b)/2] ^= 1; return b }}
		}, theirs, pricing.ErrDamagedBook},
		{"newer", func(s store.Store) store.Store {
			return bent{s, func(b []byte) []byte { return newerBook(b) }}
		}, theirs, pricing.ErrNewerBook},
		{"another under its name", func(s store.Store) store.Store {
			return bent{s, func([]byte) []byte { return other }}
		}, theirs, tokenomics.ErrBookMissing},
		{"another currency", func(s store.Store) store.Store { return s }, euros, tokenomics.ErrConfig},
	} {
		st := c.store(memstore.New(nil))
		record(t, newEngine(t, tokenomics.Config{Store: st, Book: c.book, Now: clockAt(testNow.Add(-time.Hour))}))
		_, err := tokenomics.New(ctx, &tokenomics.Config{Store: st, Book: mine, Now: clockAt(testNow)})
		if !errors.Is(err, c.want) || c.want != tokenomics.ErrConfig && !errors.Is(err, tokenomics.ErrBookMissing) {
			t.Errorf("%s: %v", c.name, err)
		}
		if acts, err := st.Activations(ctx); err != nil || len(acts) != 1 {
			t.Errorf("%s: an engine that cannot price the ledger added an activation: %d, %v", c.name, len(acts), err)
		}
		if c.want != tokenomics.ErrConfig {
			eng := newEngine(t, tokenomics.Config{Store: st, Book: mine, Books: []*pricing.Book{c.book}})
			if r := record(t, eng, call("x", "ana", testNow)); r[0].Status != tokenomics.Accepted {
				t.Errorf("%s: with the book given: %+v", c.name, r[0])
			}
		}
	}
}

// TestPricesAreCaughtUpOnce: what an interrupted Reprice left is looked for until
// it was found once, and no longer.
func TestPricesAreCaughtUpOnce(t *testing.T) {
	ctx := context.Background()
	st := &hooked{Store: newJournal(nil)}
	scans := 0
	st.scan = func() error { scans++; return nil }
	journal := withCheckpoints{st, st.Store.(*journal)}
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	eng := newEngine(t, tokenomics.Config{Store: journal, Book: cheap})
	record(t, eng, call("a", "ana", testNow))
	st.put = func(context.Context, []store.Entry) ([]store.Change, error) { return nil, errDisk }
	if _, err := eng.Reprice(ctx, dear, time.Time{}, time.Time{}, "fix"); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	st.put = nil
	for i := range 3 {
		scans = 0
		eng = newEngine(t, tokenomics.Config{Store: journal, Book: dear})
		if (scans > 1) != (i == 0) { // the boards take one
			t.Errorf("start %d after the failure read the ledger %d times", i+1, scans)
		}
	}
	if s, _, err := eng.Standing("cost-30d", "ana"); err != nil || s.Cost != pricing.MustMoney("0.000003") {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := eng.Reprice(ctx, cheap, time.Time{}, time.Time{}, "back"); err != nil {
		t.Fatal(err)
	}
	scans = 0
	newEngine(t, tokenomics.Config{Store: journal, Book: cheap})
	if scans > 1 {
		t.Errorf("after a Reprice that was complete the ledger was read %d times", scans)
	}
}

// withCheckpoints is a store that keeps checkpoints, but has no feed.
type withCheckpoints struct {
	store.Store
	store.Checkpointer
}
