package tokenomics_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// TestClimbIsTheProfiles: the way up is the same whether it is asked for alone or
// with all else, over histories with corrections, renames and people forgotten.
func TestClimbIsTheProfiles(t *testing.T) {
	ctx := t.Context()
	levels := map[int]bool{}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 7))
		clock := testNow
		cfg := foldConfig(&clock)
		if seed%4 == 3 { // a ladder about ranks takes the long way
			top := &cfg.Ladder.Rungs[len(cfg.Ladder.Rungs)-1]
			top.Enter = tiers.All{top.Enter, tiers.RankAtMost{Board: "tokens-5d", Rank: 1}}
		}
		eng := tokenomics.Must(tokenomics.New(ctx, &cfg))
		if _, err := eng.Record(ctx, history(r, clock.Add(-20*aDay), 20, 150)...); err != nil {
			t.Fatal(err)
		}
		if seed%3 == 1 {
			if err := eng.Rename(ctx, "dee", "ana"); err != nil {
				t.Fatal(err)
			}
		}
		clock = clock.Add(time.Duration(r.Int64N(int64(3 * aDay))))
		for _, name := range []string{"ana", "ben", "cy", "dee", "nobody", ""} {
			var want tiers.Climb
			if name != "" {
				p, err := eng.Profile(ctx, name)
				if err != nil {
					t.Fatal(err)
				}
				want = p.Tier
			}
			got, err := eng.Climb(ctx, name)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d: %q climbs %+v, its profile says %+v (%v)", seed, name, got, want, err)
			}
			levels[got.At.Level] = true
		}
	}
	if len(levels) < 4 {
		t.Errorf("only the levels %v were met", levels)
	}
}

// TestLadderOfCounters: a ladder may ask for counters of the host, where no title does.
func TestLadderOfCounters(t *testing.T) {
	ladder := tiers.DefaultLadder()
	ladder.Rungs = ladder.Rungs[:1]
	ladder.Rungs[0].Enter = tiers.AtLeast(tiers.Counter("merged"), 2)
	ladder.Rungs[0].Keep = nil
	eng := newEngine(t, tokenomics.Config{Ladder: &ladder, Titles: []tiers.Rule{}})
	record(t, eng, call("a", "ana", testNow), tokenomics.Observation("merged", "1", "ana", testNow, 3))
	b, err := eng.Badges(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	p, err := eng.Profile(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	c, err := eng.Climb(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	if b[0].Tier.Level != 1 || p.Tier.At.Level != 1 || c.At.Level != 1 {
		t.Errorf("badges %d profile %d climb %d", b[0].Tier.Level, p.Tier.At.Level, c.At.Level)
	}
}
