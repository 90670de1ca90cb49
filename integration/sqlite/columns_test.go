package sqlite

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// TestSharedColumns puts batches of every small size, of which the rows share
// some columns at random: what is handed over once is each row's.
func TestSharedColumns(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, seed))
	s, _ := fresh(t)
	n := 0
	for round := range 150 {
		shared := r.IntN(1 << 9)
		if r.IntN(4) == 0 {
			shared = 1<<9 - 1
		}
		text := func(column, row int) string {
			if shared>>column&1 == 1 {
				row = 0
			}
			return []string{"", "a", "'b'", "c\x00d", "é"}[(round+column+row)%5]
		}
		batch := make([]store.Entry, 1+round%11)
		for i := range batch {
			e := entry(fmt.Sprint("id", n), r.Int64N(1000))
			n++
			e.Source, e.Subject = "s"+text(0, i), "u"+text(1, i)
			e.Provider, e.Model, e.Session, e.Workflow, e.Team = text(2, i), text(3, i), text(4, i), text(5, i), text(6, i)
			e.Void = shared>>7&1 == 0 && r.IntN(2) == 0
			e.Cost = pricing.FromPico(0, r.Uint64N(1e13))
			e.High = e.Cost
			batch[i] = e
		}
		if shared>>8&1 == 0 && n > len(batch) { // one key is known: its row is left out
			batch[r.IntN(len(batch))] = known(t, s, r)
		}
		if _, err := s.Put(ctx, batch); err != nil {
			t.Fatalf("seed %d, round %d: %v", seed, round, err)
		}
		for i, want := range batch {
			got, err := s.Get(ctx, []store.Key{want.Key()})
			if err != nil || len(got) != 1 || store.Compare(&got[0].Event, &want.Event) != 0 || got[0].Cost != want.Cost {
				t.Fatalf("seed %d, round %d, row %d: there is %+v (%v), want %+v", seed, round, i, got, err, want)
			}
		}
	}
	compareSubjects(t, fmt.Sprint("seed ", seed), s)
}

// known is an entry that is there.
func known(t *testing.T, s store.Store, r *rand.Rand) store.Entry {
	t.Helper()
	var all []store.Entry
	for e, err := range s.Scan(ctx, store.Query{Voids: true}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all[r.IntN(len(all))]
}
