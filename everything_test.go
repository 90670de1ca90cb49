package tokenomics_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// TestEverythingAtOnce: whatever is done side by side, by one engine or two, none of it
// fails for that, and in the end all show what the ledger says.
func TestEverythingAtOnce(t *testing.T) {
	for _, shared := range []bool{false, true} {
		var st store.Store = memstore.New(nil)
		if shared {
			st = memstore.NewShared(nil, 64)
		}
		cfg := tokenomics.Config{Store: st, Titles: awardRules(), OnTransition: func(tiers.Transition) {}, Boards: []tokenomics.Board{
			{Name: "tokens-30d", Per: []tokenomics.Dimension{tokenomics.ByTeam}}, {Name: "cost", By: tokenomics.ByCost, Window: rank.Rolling7d}}}
		eng := newEngine(t, cfg)
		engines := []*tokenomics.Engine{eng}
		if shared {
			engines = append(engines, newEngine(t, cfg))
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg, run sync.WaitGroup
		for _, e := range engines {
			run.Go(func() { _ = e.Run(ctx) })
		}
		books := []string{"1", "2", "3"}
		for g := range 4 {
			wg.Go(func() {
				e := engines[g%len(engines)]
				for i := range 60 {
					ev := call(fmt.Sprint(g, "-", i%20), fmt.Sprint("p", i%7), testNow.Add(-time.Duration(i)*time.Hour))
					ev.Team, ev.Revision = fmt.Sprint("t", i%3), int64(i)
					if _, err := e.Record(ctx, ev); err != nil {
						t.Error(err)
					}
					switch (i + g*5) % 20 {
					case 0:
						_ = e.Rename(ctx, fmt.Sprint("p", i%7), fmt.Sprint("p", (i+1)%7))
					case 3:
						if _, err := e.Reprice(ctx, testBook(t, books[i%3]), time.Time{}, time.Time{}, fmt.Sprint(g, i)); err != nil {
							t.Error(err)
						}
					case 5:
						if _, err := e.Forget(ctx, fmt.Sprint("p", g)); err != nil {
							t.Error(err)
						}
					case 8:
						if v, err := e.Verify(ctx); err == nil && len(v.Rows) > 0 {
							t.Errorf("%+v", v)
						}
					case 11:
						if _, err := e.Awards(ctx, testNow); err != nil {
							t.Error(err)
						}
					case 13:
						if _, err := e.Profile(ctx, "p5"); err != nil {
							t.Error(err)
						}
					case 15:
						if _, err := e.Page("tokens-30d", "", 2); err != nil {
							t.Error(err)
						}
					case 17:
						b := e.Backfill()
						_ = b.Add(call(fmt.Sprint("old", g, i), "p6", testNow.Add(-50*aDay)))
						if _, err := b.Publish(ctx); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		cancel()
		run.Wait()
		follow(t, engines...)
		cfg.ReadOnly = true
		for _, e := range engines {
			sameAsFresh(t, e, cfg)
			if v, err := e.Verify(t.Context()); err != nil || !v.OK() {
				t.Errorf("shared=%t rows %+v, %d prices, %v", shared, v.Rows, len(v.Prices), err)
			}
			x, err := e.Awards(t.Context(), testNow)
			if err != nil {
				t.Fatal(err)
			}
			y, err := newEngine(t, cfg).Awards(t.Context(), testNow)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 7 {
				bx, _ := x.Of(fmt.Sprint("p", i))
				by, _ := y.Of(fmt.Sprint("p", i))
				if plainBadges(bx) != plainBadges(by) {
					t.Errorf("shared=%t: %s; %s", shared, plainBadges(bx), plainBadges(by))
				}
			}
		}
	}
}
