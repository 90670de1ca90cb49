package sqlstore

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortRuns(t *testing.T) {
	type item struct{ key, place int }
	const seed = 5
	r := rand.New(rand.NewPCG(seed, seed))
	for range 2000 {
		var all []item
		for runs := r.IntN(9); runs > 0; runs-- {
			key := r.IntN(20)
			for range r.IntN(12) {
				all = append(all, item{key, len(all)})
				key += r.IntN(4)
			}
		}
		byKey := func(a, b item) int { return cmp.Compare(a.key, b.key) }
		want := slices.Clone(all)
		slices.SortStableFunc(want, byKey)
		got := slices.Clone(all)
		if sortRuns(got, byKey); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %v is sorted to %v, want %v", seed, all, got, want)
		}
	}
}
