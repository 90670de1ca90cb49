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
