package tokenomics_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// TestVerify: a healthy engine differs in nothing; a ledger that was written to
// behind its back is found out, row by row and price by price, and the boards are
// right again afterwards.
func TestVerify(t *testing.T) {
	ctx := context.Background()
	st := newSubjectStore()
	cfg := tokenomics.Config{Store: st, Boards: peopleBoards, Book: testBook(t, "0.0013")}
	eng := newEngine(t, cfg)
	versions := teamVersions(rand.New(rand.NewPCG(4, 4)), 200)
	record(t, eng, versions...)
	v, err := eng.Verify(ctx)
	if err != nil || !v.OK() || v.Events != int64(len(counting(versions))) || v.Boards < 10 {
		t.Fatalf("%+v, %v", v, err)
	}
	// Somebody writes to the store itself: an event, one that is older than the
	// window, and one with a price of their own making.
	for i, at := range []time.Time{testNow, testNow.Add(-31 * 24 * time.Hour)} {
		e := store.Entry{Event: call(fmt.Sprint("behind ", i), "zoe", at), Activation: 1, Cost: pricing.MustMoney("12"), High: pricing.MustMoney("12")}
		e.Team = "infra"
		if _, err := st.Put(ctx, []store.Entry{e}); err != nil {
			t.Fatal(err)
		}
	}
	v, err = eng.Verify(ctx)
	if err != nil || v.OK() || len(v.Prices) != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	found := map[string]tokenomics.RowDifference{}
	for _, d := range v.Rows {
		found[d.Board+"|"+d.Subject] = d
	}
	for _, want := range []string{"tokens|zoe", "tokens/team=infra|zoe", "cost|zoe", "teams|infra", "teams/subject=zoe|infra"} {
		if _, ok := found[want]; !ok {
			t.Errorf("%s was not found out: %v", want, v.Rows)
		}
	}
	if d := found["tokens|zoe"]; d.Shown.Rank != 0 || d.Ledger.Score != 1 {
		t.Errorf("%+v", d)
	}
	if p := v.Prices[0]; p.Ledger != pricing.MustMoney("12") || p.Book == p.Ledger {
		t.Errorf("%+v", p)
	}
	if s, ok, err := eng.Standing("tokens", "zoe"); !ok || s.Score != 1 || err != nil {
		t.Errorf("afterwards: %+v, %v", s, err)
	}
	if v, err := eng.Verify(ctx); err != nil || len(v.Rows) > 0 || len(v.Prices) != 2 {
		t.Errorf("again: %+v, %v", v, err)
	}
}

// TestVerifyOnlyThePast: what only history shows is compared, too.
func TestVerifyOnlyThePast(t *testing.T) {
	ctx := context.Background()
	st := memstore.New(nil)
	eng := newEngine(t, tokenomics.Config{Store: fiveMethods{st}, Boards: []tokenomics.Board{{Name: "b", History: 5}}})
	record(t, eng, call("a", "ana", testNow))
	e := store.Entry{Event: call("old", "ana", testNow.Add(-33*24*time.Hour)), Activation: 1}
	if _, err := st.Put(ctx, []store.Entry{e}); err != nil {
		t.Fatal(err)
	}
	v, err := eng.Verify(ctx)
	if err != nil || len(v.Rows) != 1 || v.Rows[0].Subject != "" || v.Rows[0].Board != "b" {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestVerifyIsBounded: however much differs, the list has an end, and all of it
// is counted.
func TestVerifyIsBounded(t *testing.T) {
	ctx := context.Background()
	st := memstore.New(nil)
	eng := newEngine(t, tokenomics.Config{Store: fiveMethods{st}, Boards: []tokenomics.Board{{Name: "b"}}})
	var entries []store.Entry
	for i := range 1500 {
		entries = append(entries, store.Entry{Event: call(fmt.Sprint(i), fmt.Sprint("s", i), testNow), Activation: 1})
	}
	if _, err := st.Put(ctx, entries); err != nil {
		t.Fatal(err)
	}
	v, err := eng.Verify(ctx)
	if err != nil || len(v.Rows) != 1000 || len(v.Prices) != 1000 || v.More != 1000 || v.OK() {
		t.Errorf("%d rows, %d prices, %d more, %v", len(v.Rows), len(v.Prices), v.More, err)
	}
}

// TestVerifyFails: a store that fails is an error, not a difference; a board that
// is not to be trusted is one.
func TestVerifyFails(t *testing.T) {
	ctx := context.Background()
	for k := 1; k <= 2; k++ {
		f := &failing{Store: memstore.New(nil)}
		eng := newEngine(t, tokenomics.Config{Store: f})
		record(t, eng, call("a", "ana", testNow))
		f.left = k
		if v, err := eng.Verify(ctx); !errors.Is(err, errDisk) || !v.OK() {
			t.Errorf("%d: %+v, %v", k, v, err)
		}
	}
	eng := newEngine(t, tokenomics.Config{Boards: []tokenomics.Board{{Name: "bad", Score: func(*tokenomics.Event) int64 { panic("oops") }}}})
	record(t, eng, call("a", "ana", testNow))
	if v, err := eng.Verify(ctx); err != nil || len(v.Rows) != 1 || !errors.Is(v.Rows[0].Err, tokenomics.ErrCallback) {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestVerifyWhileRecording: live traffic is no difference.
func TestVerifyWhileRecording(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{Store: newSubjectStore(), Boards: peopleBoards})
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			e := call(fmt.Sprint(i%200), fmt.Sprint("s", i%9), testNow)
			e.Revision, e.Team = int64(i), fmt.Sprint("t", i%3)
			if _, err := eng.Record(ctx, e); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 20 {
		if v, err := eng.Verify(ctx); err != nil || !v.OK() {
			t.Errorf("%+v, %v", v, err)
		}
	}
	close(stop)
	<-stopped
}
