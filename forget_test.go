package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// forgetOnce fails at the k-th Forget.
type forgetOnce struct {
	*memstore.Store
	left  int
	after bool
}

func (f *forgetOnce) Forget(ctx context.Context, s string) (store.Erased, error) {
	if f.left--; f.left == 0 {
		if f.after {
			_, err := f.Store.Forget(ctx, s)
			return store.Erased{}, errors.Join(errDisk, err)
		}
		return store.Erased{}, errDisk
	}
	return f.Store.Forget(ctx, s)
}

// TestForgetCalledAgain: whichever name of a person the host knows, and wherever the
// store fails, before or after it forgot, calling Forget again forgets all of the person.
func TestForgetCalledAgain(t *testing.T) {
	for _, after := range []bool{false, true} {
		for _, asked := range []string{"a", "b", "c", "d", "e"} {
			for k := 1; k <= 5; k++ {
				st := &forgetOnce{Store: memstore.New(nil), after: after}
				eng := newEngine(t, tokenomics.Config{Store: st})
				for _, who := range []string{"a", "b", "c", "d", "e"} {
					record(t, eng, call(who, who, testNow))
				}
				for _, l := range [][2]string{{"a", "b"}, {"b", "c"}, {"d", "c"}, {"e", "d"}} {
					if err := eng.Rename(t.Context(), l[0], l[1]); err != nil {
						t.Fatal(err)
					}
				}
				st.left = k
				if _, err := eng.Forget(t.Context(), asked); !errors.Is(err, errDisk) {
					t.Fatal(err)
				}
				if _, err := eng.Forget(t.Context(), asked); err != nil {
					t.Fatal(err)
				}
				top, err := eng.Top("tokens-30d", 9)
				if err != nil || len(top) != 0 {
					t.Errorf("after=%t %s, k=%d: %+v, %v", after, asked, k, top, err)
				}
			}
		}
	}
}

// TestForgetReachesOtherInstances: cursors of before are void there too, and who keeps
// pages hears that subjects moved.
func TestForgetReachesOtherInstances(t *testing.T) {
	sh := memstore.NewShared(nil, 100)
	cfg := tokenomics.Config{Store: sh}
	a, b := newEngine(t, cfg), newEngine(t, cfg)
	for i, who := range []string{"ana", "bo", "cem"} {
		for k := range 3 - i {
			record(t, a, call(fmt.Sprint(who, k), who, testNow))
		}
	}
	follow(t, a, b)
	p, err := b.Page("tokens-30d", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	moved := b.SubjectsMoved()
	if _, err := a.Forget(t.Context(), "bo"); err != nil {
		t.Fatal(err)
	}
	follow(t, b)
	q, err := b.Page("tokens-30d", p.Next, 1)
	if err != nil || !q.Shifted {
		t.Errorf("%+v %v", q, err)
	}
	if b.SubjectsMoved() == moved {
		t.Error("nothing moved")
	}
}

// TestImportOfWhatWasForgotten: a dump of before brings back neither the person nor
// their alias, and everything else.
func TestImportOfWhatWasForgotten(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	record(t, eng, call("a", "ana", testNow), call("b", "bo", testNow))
	if err := eng.Rename(t.Context(), "ana", "ana@x"); err != nil {
		t.Fatal(err)
	}
	var dump bytes.Buffer
	if _, err := eng.Export(t.Context(), &dump); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Forget(t.Context(), "ana"); err != nil {
		t.Fatal(err)
	}
	in, err := eng.Import(t.Context(), &dump)
	if err != nil || in.Of(tokenomics.Refused) != 1 || in.Of(tokenomics.Duplicate) != 1 || in.AliasesRefused != 1 || !errors.Is(in.Err, store.ErrForgotten) {
		t.Errorf("%+v, %v", in, err)
	}
	if bytes.Contains(snapshot(t, eng), []byte("ana")) {
		t.Error("she is back")
	}
}

// TestImportOfCircles: aliases that make a circle with those of the ledger are left out
// and counted; one that holds once another was taken back is not.
func TestImportOfCircles(t *testing.T) {
	x, y := newEngine(t, tokenomics.Config{}), newEngine(t, tokenomics.Config{})
	record(t, x, call("a", "ana", testNow))
	record(t, y, call("b", "bo", testNow))
	if err := errors.Join(x.Rename(t.Context(), "ana", "bo"), y.Rename(t.Context(), "bo", "ana")); err != nil {
		t.Fatal(err)
	}
	var dump bytes.Buffer
	if _, err := x.Export(t.Context(), &dump); err != nil {
		t.Fatal(err)
	}
	in, err := y.Import(t.Context(), strings.NewReader(dump.String()))
	if err != nil || in.Events != 1 || in.Aliases != 1 || in.AliasesRefused != 1 || !errors.Is(in.Err, store.ErrAliasCycle) {
		t.Errorf("%+v, %v", in, err)
	}
	if err := x.Rename(t.Context(), "bo", "cem"); err != nil { // which comes after ana in a dump
		t.Fatal(err)
	}
	dump.Reset()
	if _, err := x.Export(t.Context(), &dump); err != nil {
		t.Fatal(err)
	}
	in, err = y.Import(t.Context(), &dump)
	if list, err2 := y.Aliases(t.Context()); err != nil || in.AliasesRefused != 0 || in.Err != nil || err2 != nil || len(list) != 2 {
		t.Errorf("%+v, %v: %+v, %v", in, err, list, err2)
	}
}

// TestForgottenUnderAnEarlierName: an answer of the store that was lost leaves no name
// in what was announced, though the ledger links it to nobody any more.
func TestForgottenUnderAnEarlierName(t *testing.T) {
	clock := testNow
	st := &forgetOnce{Store: memstore.New(nil), after: true}
	eng := newEngine(t, tokenomics.Config{Store: st, Titles: awardRules(), Now: func() time.Time { return clock }, OnTransition: func(tiers.Transition) {}})
	record(t, eng, call("1", "ana@old", clock))
	clock = clock.Add(aDay)
	advance(t, eng, clock)
	if err := eng.Rename(t.Context(), "ana@old", "ana"); err != nil {
		t.Fatal(err)
	}
	st.left = 1
	if _, err := eng.Forget(t.Context(), "ana"); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	if _, err := eng.Forget(t.Context(), "ana"); err != nil {
		t.Fatal(err)
	}
	wantSaid(t, "after forgetting", first(said(eng, 0)))
}

// TestForgottenElsewhereInAnnouncements: what another instance forgets is in no
// announcement any more, and is not written into the ledger again.
func TestForgottenElsewhereInAnnouncements(t *testing.T) {
	clock := testNow
	sh := memstore.NewShared(nil, 100)
	cfg := tokenomics.Config{Store: sh, Titles: awardRules(), Now: func() time.Time { return clock }}
	b := newEngine(t, cfg)
	cfg.OnTransition = func(tiers.Transition) {}
	a := newEngine(t, cfg)
	record(t, a, call("a1", "ana", clock), call("a2", "ana", clock), call("b", "ben", clock))
	clock = clock.Add(aDay)
	advance(t, a, clock)
	if _, err := b.Forget(t.Context(), "ana"); err != nil {
		t.Fatal(err)
	}
	follow(t, a)
	advance(t, a, clock)
	wantSaid(t, "after forgetting elsewhere", first(said(a, 0)), "ben: unlock first")
	for _, name := range []string{"announced-subject", "announcements-subject-00"} {
		if _, data, err := sh.LoadCheckpoint(t.Context(), name); err != nil || bytes.Contains(data, []byte("ana")) {
			t.Errorf("%s: %v: %q", name, err, data)
		}
	}
}

// forgetsAtScan does something when it is scanned next.
type forgetsAtScan struct {
	*memstore.Store
	scan func()
}

func (f *forgetsAtScan) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	if f.scan != nil {
		do := f.scan
		f.scan = nil
		do()
	}
	return f.Store.Scan(ctx, q)
}

// TestExportWhileForgetting: a copy that names somebody who was forgotten on the way has
// no end.
func TestExportWhileForgetting(t *testing.T) {
	h := &forgetsAtScan{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h})
	record(t, eng, call("a", "ana", testNow))
	if err := eng.Rename(t.Context(), "ana", "ana@x"); err != nil {
		t.Fatal(err)
	}
	h.scan = func() {
		_, err := eng.Forget(t.Context(), "ana")
		if err != nil {
			t.Error(err)
		}
	}
	var b bytes.Buffer
	if _, err := eng.Export(t.Context(), &b); err == nil {
		t.Errorf("exported %s", b.String())
	}
	if _, err := newEngine(t, tokenomics.Config{}).Import(t.Context(), &b); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("imported all the same: %v", err)
	}
	b.Reset()
	if _, err := eng.Export(t.Context(), &b); err != nil || bytes.Contains(b.Bytes(), []byte("ana")) {
		t.Errorf("again: %v: %s", err, b.String())
	}
}

// forgetsAtPut does something before what is put next.
type forgetsAtPut struct {
	*memstore.Shared
	put func()
}

func (f *forgetsAtPut) Put(ctx context.Context, es []store.Entry) ([]store.Change, error) {
	if do := f.put; do != nil {
		f.put = nil
		do()
	}
	return f.Shared.Put(ctx, es)
}

// TestRepriceWhileForgetting: what is forgotten between being read and being priced is
// priced under the key it has then.
func TestRepriceWhileForgetting(t *testing.T) {
	st := &forgetsAtPut{Shared: memstore.NewShared(nil, 100)}
	eng := newEngine(t, tokenomics.Config{Store: st, Boards: peopleBoards})
	record(t, eng, call("a", "ana", testNow), call("b", "bo", testNow))
	st.put = func() {
		if _, err := st.Forget(t.Context(), "ana"); err != nil {
			t.Error(err)
		}
	}
	done, err := eng.Reprice(t.Context(), testBook(t, "3"), time.Time{}, time.Time{}, "dearer")
	if err != nil || done.Events != 2 || done.Changed != 2 || done.After != pricing.MustMoney("0.000006") {
		t.Errorf("%+v, %v", done, err)
	}
	if v, err := eng.Verify(t.Context()); err != nil || !v.OK() || v.Events != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}
