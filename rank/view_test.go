package rank

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestViewIsTheBoard: a view of now shows what the board shows, what AsOf of now
// computes from the sums, and goes on showing it when the board changes.
func TestViewIsTheBoard(t *testing.T) {
	now := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		b, err := New(Config{Window: Rolling30d, Ties: Ties(seed % 4), CountHidden: seed%8 < 4})
		if err != nil {
			t.Fatal(err)
		}
		if v := b.View(); v.Len() != 0 || v.Rows(0, 5) != nil || !v.At().IsZero() {
			t.Fatal("the view of a board without a now holds something")
		}
		if err := b.Advance(now); err != nil {
			t.Fatal(err)
		}
		people := 1 + r.IntN(700)
		for range 3 * people {
			delta := r.Int64N(40) - 8
			if seed%3 == 0 {
				delta *= r.Int64N(1e9)
			}
			if err := b.Add(fmt.Sprint("s", r.IntN(people)), now.AddDate(0, 0, -r.IntN(30)), delta); err != nil {
				t.Fatal(err)
			}
		}
		if seed%2 == 0 {
			for range r.IntN(5) {
				if err := b.Hide(fmt.Sprint("s", r.IntN(people))); err != nil {
					t.Fatal(err)
				}
			}
		}
		v := b.View()
		past, err := b.AsOf(now)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Collect(b.All())
		if !slices.Equal(slices.Collect(past.All()), want) || !slices.Equal(slices.Collect(v.All()), want) {
			t.Fatalf("seed %d: board, view and AsOf of now differ", seed)
		}
		if v.Len() != b.Len() || v.Total() != b.Total() || !v.At().Equal(past.At()) || v.Total() != past.Total() {
			t.Fatalf("seed %d: %d rows of %v, want %d of %v", seed, v.Len(), v.Total(), b.Len(), b.Total())
		}
		for range 20 {
			from, n := r.IntN(len(want)+3)-1, r.IntN(9)
			var page []Standing
			if from >= 0 && from < len(want) {
				page = want[from:min(len(want), from+n)]
			}
			if got := v.Rows(from, n); !slices.Equal(got, page) {
				t.Fatalf("seed %d: %d rows from %d are %v, want %v", seed, n, from, got, page)
			}
		}
		var wg sync.WaitGroup
		for range 2 { // the index is made by whoever comes first
			wg.Go(func() {
				for _, s := range want {
					if got, ok := v.Standing(s.Subject); !ok || got != s {
						t.Errorf("seed %d: %v, want %v", seed, got, s)
					}
				}
			})
		}
		wg.Wait()
		if err := b.Add("s0", now, 1<<40); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(slices.Collect(v.All()), want) {
			t.Fatalf("seed %d: the view changed with the board", seed)
		}
	}
}
