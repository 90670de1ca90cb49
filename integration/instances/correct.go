package instances

import (
	"sync"
	"testing"

	"github.com/tokenomics-go/tokenomics"
)

// testCorrections: three engines correct one call at the same moment, and take it
// back and restore it: each sees what it changes, so nothing is lost.
func testCorrections(t *testing.T, l Ledger) {
	const each = 20
	cfg := tokenomics.Config{Book: book(t, "1")}
	var engines []*tokenomics.Engine
	for range 3 {
		s, _ := l.Open(t)
		engines = append(engines, open(t, s, cfg))
	}
	e := tokenomics.Event{Source: "test", ID: "one", Subject: "ana",
		Call: tokenomics.Call{Provider: "acme", Model: "small", At: noon, Usage: tokenomics.Usage{Input: 1}}}
	if _, err := engines[0].Record(ctx, e); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i, eng := range engines {
		wg.Go(func() {
			for n := range each {
				if r, err := eng.Amend(ctx, e.Key(), func(e *tokenomics.Event) { e.Usage.Input++ }); err != nil || !r.Counts {
					t.Errorf("engine %d: %+v, %v", i, r, err)
				}
				if n%5 != 0 {
					continue
				}
				if rs, err := eng.Void(ctx, e.Key()); err != nil || !rs[0].Counts {
					t.Errorf("engine %d: %+v, %v", i, rs, err)
				}
				if _, err := eng.Amend(ctx, e.Key(), func(e *tokenomics.Event) { e.Void = false }); err != nil {
					t.Errorf("engine %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	for i, eng := range engines {
		if err := eng.Follow(ctx); err != nil {
			t.Fatal(err)
		}
		if s, _, err := eng.Standing("tokens-30d", "ana"); s.Score != 1+int64(len(engines))*each || err != nil {
			t.Errorf("engine %d: %+v, %v, want %d: a correction was lost", i, s, err, 1+len(engines)*each)
		}
	}
	same(t, l, cfg, engines...)
}
