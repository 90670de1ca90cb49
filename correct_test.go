package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

func keyed(id string) tokenomics.Key { return tokenomics.Key{Source: "test", ID: id} }

// TestVoidAndRestore: a call is taken back wherever it shows, however old it is,
// and comes back by an amendment; both are versions, so another order of the
// same versions gives the same state.
func TestVoidAndRestore(t *testing.T) {
	ctx := context.Background()
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Now: func() time.Time { return clock }})
	e := call("a", "ana", testNow)
	e.Revision, e.Trust = 3, store.Gateway
	record(t, eng, e, call("b", "bo", testNow))
	clock = testNow.Add(20 * 24 * time.Hour)
	before := snapshot(t, eng)
	rs, err := eng.Void(ctx, keyed("a"), keyed("nobody's"), keyed("a"))
	if err != nil || len(rs) != 3 || rs[0].Status != tokenomics.Superseding || rs[0].Cost.Sign() != 0 || !rs[0].Counts {
		t.Fatalf("%+v, %v", rs, err)
	}
	if rs[1].Status != tokenomics.Invalid || !errors.Is(rs[1].Err, tokenomics.ErrNotFound) || rs[2].Status != tokenomics.Duplicate {
		t.Errorf("%+v", rs[1:])
	}
	if _, ok, _ := eng.Standing("tokens-30d", "ana"); ok {
		t.Error("a call taken back is ranked")
	}
	if rs, err := eng.Void(ctx, keyed("a")); err != nil || rs[0].Status != tokenomics.Duplicate {
		t.Errorf("again: %+v, %v", rs, err)
	}
	sameAsFresh(t, eng, tokenomics.Config{Store: eng.Store(), Now: func() time.Time { return clock }})
	r, err := eng.Amend(ctx, keyed("a"), func(e *tokenomics.Event) { e.Void = false })
	if err != nil || r.Status != tokenomics.Superseding || r.Cost != pricing.MustMoney("0.000001") {
		t.Errorf("restored: %+v, %v", r, err)
	}
	if s, ok, _ := eng.Standing("tokens-30d", "ana"); !ok || s.Score != 1 {
		t.Errorf("restored: %+v", s)
	}
	if bytes.Equal(before, snapshot(t, eng)) {
		t.Error("the versions leave no trace in the ledger")
	}
	if rs, err := eng.Void(ctx); err != nil || len(rs) != 0 {
		t.Errorf("nothing: %v, %v", rs, err)
	}
}

// TestAmend: a correction counts wherever the old version did.
func TestAmend(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{})
	e := call("a", "ana", testNow)
	e.Trust, e.Labels = store.Gateway, store.Labels{{Key: "k", Value: "v"}}
	record(t, eng, e)
	r, err := eng.Amend(ctx, e.Key(), func(e *tokenomics.Event) {
		e.Subject, e.Usage.Input, e.At = "bo", 7, e.At.Add(-48*time.Hour).In(time.FixedZone("CET", 3600))
		e.Source, e.ID, e.Trust = "x", "y", store.SelfReported // are not for changing
	})
	if err != nil || r.Status != tokenomics.Superseding {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, ok, _ := eng.Standing("tokens-30d", "ana"); ok {
		t.Error("ana still stands")
	}
	if steps, err := eng.Steps("tokens-30d", "bo"); err != nil || steps[27] != 7 {
		t.Errorf("bo's steps %v, %v", steps, err)
	}
	got, err := eng.Store().Get(ctx, []tokenomics.Key{e.Key()})
	if err != nil || got[0].Revision != 1 || got[0].Trust != store.Gateway {
		t.Errorf("%+v, %v", got, err)
	}
	if r, err := eng.Amend(ctx, e.Key(), func(*tokenomics.Event) {}); err != nil || r.Status != tokenomics.Duplicate {
		t.Errorf("nothing changed: %+v, %v", r, err)
	}
	if r, err := eng.Amend(ctx, e.Key(), func(e *tokenomics.Event) { e.Usage.Output = -1 }); err != nil || r.Status != tokenomics.Invalid || r.Err == nil {
		t.Errorf("nonsense: %+v, %v", r, err)
	}
	if _, err := eng.Amend(ctx, keyed("z"), func(*tokenomics.Event) {}); !errors.Is(err, tokenomics.ErrNotFound) {
		t.Errorf("an unknown call: %v", err)
	}
	if _, err := eng.Amend(ctx, e.Key(), func(*tokenomics.Event) { panic("oops") }); !errors.Is(err, tokenomics.ErrCallback) {
		t.Errorf("a panic: %v", err)
	}
	last := call("last", "ana", testNow)
	last.Revision = math.MaxInt64
	record(t, eng, last)
	if _, err := eng.Amend(ctx, last.Key(), func(e *tokenomics.Event) { e.Usage.Input = 2 }); err == nil {
		t.Error("the greatest revision was amended")
	}
	sameAsFresh(t, eng, tokenomics.Config{Store: eng.Store()})
}

// TestCorrectionsDoNotOvertakeEachOther: 32 goroutines each add one to a call and
// one takes it back and restores it: nothing is lost, as each sees what it changes.
func TestCorrectionsDoNotOvertakeEachOther(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{})
	record(t, eng, call("a", "ana", testNow))
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if r, err := eng.Amend(ctx, keyed("a"), func(e *tokenomics.Event) { e.Usage.Input++ }); err != nil || !r.Counts {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	wg.Go(func() {
		if _, err := eng.Void(ctx, keyed("a")); err != nil {
			t.Error(err)
		}
		if _, err := eng.Amend(ctx, keyed("a"), func(e *tokenomics.Event) { e.Void = false }); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	if s, _, err := eng.Standing("tokens-30d", "ana"); s.Score != 33 || err != nil {
		t.Errorf("%+v, %v", s, err)
	}
	sameAsFresh(t, eng, tokenomics.Config{Store: eng.Store()})
}

// TestCorrectionsOfTwoEngines: two engines over one ledger correct one call at the
// same moment, and a third goroutine takes it back and restores it: each sees what
// it changes, so nothing is lost, on a store with a feed and on one without.
func TestCorrectionsOfTwoEngines(t *testing.T) {
	ctx := context.Background()
	for name, s := range map[string]store.Store{"shared": memstore.NewShared(nil, 1000), "journal": newJournal(nil)} {
		t.Run(name, func(t *testing.T) {
			cfg := tokenomics.Config{Store: s}
			engines := []*tokenomics.Engine{newEngine(t, cfg), newEngine(t, cfg)}
			record(t, engines[0], call("a", "ana", testNow))
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					for range 50 {
						if r, err := engines[i%2].Amend(ctx, keyed("a"), func(e *tokenomics.Event) { e.Usage.Input++ }); err != nil || !r.Counts {
							t.Errorf("%+v, %v", r, err)
						}
					}
				})
			}
			for _, eng := range engines {
				wg.Go(func() {
					for range 10 {
						if rs, err := eng.Void(ctx, keyed("a")); err != nil || !rs[0].Counts {
							t.Errorf("%+v, %v", rs, err)
						}
						if _, err := eng.Amend(ctx, keyed("a"), func(e *tokenomics.Event) { e.Void = false }); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			for _, eng := range engines {
				if err := eng.Follow(ctx); err != nil {
					t.Fatal(err)
				}
				if s, _, err := eng.Standing("tokens-30d", "ana"); s.Score != 401 || err != nil {
					t.Errorf("%+v, %v", s, err)
				}
			}
			sameAsFresh(t, engines[0], cfg)
		})
	}
}

// TestAmendSeesWhatCameBetween: of a call that another engine corrects between
// looking and writing, the newer version is corrected.
func TestAmendSeesWhatCameBetween(t *testing.T) {
	for name, s := range map[string]store.Store{"alone": memstore.New(nil), "shared": memstore.NewShared(nil, 10), "journal": newJournal(nil)} {
		cfg := tokenomics.Config{Store: s}
		eng, other := newEngine(t, cfg), newEngine(t, cfg)
		record(t, eng, call("a", "ana", testNow))
		add := func(eng *tokenomics.Engine, n int64, between func()) {
			t.Helper()
			if r, err := eng.Amend(t.Context(), keyed("a"), func(e *tokenomics.Event) { between(); e.Usage.Input += n }); err != nil || !r.Counts {
				t.Fatalf("%s: %+v, %v", name, r, err)
			}
		}
		before, err := eng.Explain(t.Context(), keyed("a"))
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		add(eng, 10, func() { // the greater one: of two versions of one revision it would count
			if calls++; calls == 1 {
				add(other, 1, func() {})
			}
		})
		after, err := eng.Explain(t.Context(), keyed("a"))
		if got := after.Entry.Usage.Input - before.Entry.Usage.Input; got != 11 || calls != 2 || err != nil {
			t.Errorf("%s: %d more, want 11; f was called %d times, want twice; %v", name, got, calls, err)
		}
	}
}

// TestFault8Backfill: older history enters by a backfill, and only so; nothing of
// it shows before it is published, all of it after. Corrections of it come in the
// common way.
func TestFault8Backfill(t *testing.T) {
	ctx := context.Background()
	boards := []tokenomics.Board{{Name: "ever"}, {Name: "cost", By: tokenomics.ByCost}}
	boards[0].Window = rank.Ever()
	cfg := tokenomics.Config{Boards: boards, Store: memstore.New(nil)}
	eng := newEngine(t, cfg)
	old := testNow.Add(-300 * 24 * time.Hour)
	if r := record(t, eng, call("x", "ana", old)); r[0].Status != tokenomics.TooLate {
		t.Fatalf("%+v", r)
	}
	var events []tokenomics.Event
	for i := range 25_000 {
		events = append(events, call(fmt.Sprint(i), fmt.Sprint("s", i%7), old.Add(time.Duration(i)*time.Minute)))
	}
	recent := call("recent", "ana", testNow)
	bad, ahead := call("bad", "ana", old), call("ahead", "ana", testNow.Add(time.Hour))
	bad.Usage.Output = -1
	b := eng.Backfill()
	for part := range slices.Chunk(append(events, recent, bad, ahead, events[0]), 999) {
		if err := b.Add(part...); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := eng.Len("ever"); n != 0 || err != nil {
		t.Errorf("%d ranked before it is published (%v)", n, err)
	}
	rs, err := b.Publish(ctx)
	if err != nil || len(rs) != len(events)+4 {
		t.Fatal(len(rs), err)
	}
	want := []tokenomics.Status{tokenomics.Accepted, tokenomics.Invalid, tokenomics.TooEarly, tokenomics.Duplicate}
	for i, w := range want {
		if got := rs[len(events)+i].Status; got != w {
			t.Errorf("receipt %d: %s, want %s", i, got, w)
		}
	}
	if s := eng.Stats(); s.Of(tokenomics.Accepted) != int64(len(events))+1 || s.Events != int64(len(rs))+1 {
		t.Errorf("%+v", s)
	}
	if n, err := eng.Len("ever"); n != 8 || err != nil {
		t.Errorf("%d ranked (%v)", n, err)
	}
	got, err := eng.Store().Get(ctx, []tokenomics.Key{keyed("0"), keyed("recent")})
	if err != nil || got[0].Flags != store.FlagBackfilled || got[1].Flags != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if r, err := eng.Amend(ctx, keyed("0"), func(e *tokenomics.Event) { e.Usage.Input = 5 }); err != nil || !r.Counts {
		t.Errorf("amending the old: %+v, %v", r, err)
	}
	sameAsFresh(t, eng, cfg)
	if _, err := b.Publish(ctx); !errors.Is(err, tokenomics.ErrClosed) {
		t.Errorf("published again: %v", err)
	}
	if err := b.Add(recent); !errors.Is(err, tokenomics.ErrClosed) {
		t.Errorf("added to afterwards: %v", err)
	}
}

// TestFault40BackfillIsSeenAtOnce: while a backfill is written in parts, readers
// see none of it, live recording waits, and the first thing seen is all of it.
func TestFault40BackfillIsSeenAtOnce(t *testing.T) {
	ctx := context.Background()
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h})
	record(t, eng, call("live", "ana", testNow))
	b := eng.Backfill()
	for i := range 25_000 {
		if err := b.Add(call(fmt.Sprint(i), "bo", testNow.Add(-time.Duration(i)*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	parts := 0
	h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
		if n, err := eng.Len("tokens-30d"); n != 1 || err != nil {
			t.Errorf("part %d: %d ranked (%v)", parts, n, err)
		}
		parts++
		return h.Store.Put(ctx, es)
	}
	if _, err := b.Publish(ctx); err != nil || parts != 3 {
		t.Fatal(parts, err)
	}
	if s, ok, err := eng.Standing("tokens-30d", "bo"); !ok || s.Score != 25_000 || err != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestBackfillThatFails: whichever part fails, before or after it is written, the
// boards show what the ledger has, and publishing again completes it.
func TestBackfillThatFails(t *testing.T) {
	ctx := context.Background()
	for _, after := range []bool{false, true} {
		for k := 1; k <= 3; k++ {
			f := &failing{Store: memstore.New(nil), after: after}
			eng := newEngine(t, tokenomics.Config{Store: f})
			b := eng.Backfill()
			for i := range 25_000 {
				if err := b.Add(call(fmt.Sprint(i), "ana", testNow.Add(-time.Duration(i)*time.Minute))); err != nil {
					t.Fatal(err)
				}
			}
			f.left = k
			if _, err := b.Publish(ctx); !errors.Is(err, errDisk) {
				t.Fatalf("part %d: %v", k, err)
			}
			known := 0
			for _, err := range f.Store.Scan(ctx, store.Query{}) {
				if err != nil {
					t.Fatal(err)
				}
				known++
			}
			if s, _, err := eng.Standing("tokens-30d", "ana"); s.Score != int64(known) || err != nil {
				t.Errorf("part %d: %d in the ledger, %+v, %v", k, known, s, err)
			}
			if s := eng.Stats(); s.Unknown != 25_000 {
				t.Errorf("%+v", s)
			}
			rs, err := b.Publish(ctx)
			if err != nil || len(rs) != 25_000 {
				t.Fatal(len(rs), err)
			}
			if s, _, err := eng.Standing("tokens-30d", "ana"); s.Score != 25_000 || err != nil {
				t.Errorf("part %d: %+v, %v", k, s, err)
			}
		}
	}
}

// TestBackfillMeetsANewBook: a price book that another engine activates in the
// middle prices all of it.
func TestBackfillMeetsANewBook(t *testing.T) {
	ctx := context.Background()
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	books := []*pricing.Book{cheap, dear}
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h, Book: cheap, Books: books})
	b := eng.Backfill()
	for i := range 12_000 {
		if err := b.Add(call(fmt.Sprint(i), "ana", testNow.Add(-time.Duration(i)*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	parts := 0
	h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
		if parts++; parts == 2 {
			if _, err := newEngine(t, tokenomics.Config{Store: h.Store, Book: cheap, Books: books}).Reprice(ctx, dear, time.Time{}, time.Time{}, "dear"); err != nil {
				t.Error(err)
			}
		}
		return h.Store.Put(ctx, es)
	}
	rs, err := b.Publish(ctx)
	if err != nil || rs[11_999].Status != tokenomics.Accepted || rs[11_999].Cost != pricing.MustMoney("0.000003") {
		t.Fatalf("%+v, %v", rs[11_999], err)
	}
	if s, _, err := eng.Standing("cost-30d", "ana"); err != nil || s.Cost != pricing.MustMoney("0.036") {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestBackfillOfWhatIsKnown: a call that was recorded when it happened is a duplicate
// in a backfill, and keeps its version.
func TestBackfillOfWhatIsKnown(t *testing.T) {
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Now: func() time.Time { return clock }})
	live := call("live", "ana", clock)
	record(t, eng, live)
	clock = clock.Add(40 * aDay)
	b := eng.Backfill()
	if err := b.Add(live, call("old", "ana", testNow)); err != nil {
		t.Fatal(err)
	}
	r, err := b.Publish(t.Context())
	if err != nil || r[0].Status != tokenomics.Duplicate || r[1].Status != tokenomics.Accepted {
		t.Errorf("%+v %v", r, err)
	}
	if r := record(t, eng, call("old", "ana", testNow)); r[0].Status != tokenomics.Duplicate {
		t.Errorf("again, without a backfill: %+v", r)
	}
}
