package memstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/storetest"
)

func TestSharedStore(t *testing.T) {
	storetest.Run(t, func(testing.TB) store.Store { return NewShared(nil, 1<<20) }, nil)
}

// TestSharedScanAtIsOneState: each event here is new and moves the feed by one, so a
// state of n events is the one at position n, whatever others put meanwhile.
func TestSharedScanAtIsOneState(t *testing.T) {
	for range 100 {
		s, ctx := NewShared(nil, 1<<10), context.Background()
		var wg sync.WaitGroup
		for w := range 2 {
			wg.Go(func() {
				for i := range 40 {
					e := store.Entry{Event: store.Event{Source: "s", ID: fmt.Sprint(w, "-", i), Subject: "ada"}}
					e.Model, e.At = "m", day0
					if _, err := s.Put(ctx, []store.Entry{e}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for head := int64(0); head < 80 && !t.Failed(); {
			n := int64(0)
			for _, err := range s.ScanAt(ctx, store.Query{}, &head) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n != head {
				t.Errorf("%d events at position %d", n, head)
			}
		}
		wg.Wait()
	}
}

// TestSharedKeepsSome: the feed is bounded, and says so to who lags too far.
func TestSharedKeepsSome(t *testing.T) {
	s, ctx := NewShared(nil, 10), context.Background()
	for i := range 100 {
		e := store.Entry{Event: store.Event{Source: "s", ID: fmt.Sprint(i), Subject: "ada"}}
		e.Model, e.At = "m", day0
		if _, err := s.Put(ctx, []store.Entry{e}); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range s.Follow(ctx, max(0, int64(i-9))) {
			if err != nil {
				t.Fatal(i, err)
			}
			n++
		}
		if n != min(i+1, 10) || len(s.moves) > 20 {
			t.Fatalf("after %d moves %d of the last ten are there, %d in all", i+1, n, len(s.moves))
		}
	}
	for _, err := range s.Follow(ctx, 0) {
		if !errors.Is(err, store.ErrCompacted) {
			t.Errorf("following from the beginning: %v", err)
		}
	}
}

// TestSharedPruneEndsTheFeed: a key that was forgotten may come again as a new one,
// so who followed until then reads the state anew.
func TestSharedPruneEndsTheFeed(t *testing.T) {
	s, ctx := NewShared(nil, 100), context.Background()
	e := store.Entry{Event: store.Event{Source: "s", ID: "a", Subject: "ada"}}
	e.Model, e.At = "m", day0
	if _, err := s.Put(ctx, []store.Entry{e}); err != nil {
		t.Fatal(err)
	}
	before, _ := s.Head(ctx)
	if n, err := s.Prune(ctx, day0.Add(1)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	failed := false
	for _, err := range s.Follow(ctx, before) {
		failed = errors.Is(err, store.ErrCompacted)
	}
	if !failed {
		t.Error("the feed goes on over what was pruned")
	}
}
