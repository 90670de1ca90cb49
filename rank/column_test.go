package rank

import (
	"maps"
	"math"
	"math/rand/v2"
	"testing"
)

// A column says the same in every form, and whatever the way from one to another.
func TestColumnInAllForms(t *testing.T) {
	forms := map[string]int{}
	for name, value := range map[string]func(*rand.Rand) int64{
		"small":      smallValues,
		"some great": someGreatValues,
		"great":      wideValues,
		"edges": func(r *rand.Rand) int64 {
			return []int64{0, math.MaxInt32, math.MinInt32, math.MaxInt32 + 1, math.MinInt32 - 1, math.MaxInt64, math.MinInt64}[r.IntN(7)]
		},
	} {
		for _, active := range []int{1, 3, 20} { // one in so many members
			rng := rand.New(rand.NewPCG(21, uint64(active)))
			var c column
			want := map[uint32]int64{}
			for round := range 40 {
				n := 300 + 10*round // members join
				for range n / active / (1 + round%7) {
					i, v := uint32(rng.IntN(n)/active*active), value(rng)
					c.set(i, v, n)
					if want[i] = v; v == 0 {
						delete(want, i)
					}
				}
				checkColumn(t, name, &c, want, n)
				if round%3 == 2 {
					c.pack()
					checkColumn(t, name+", packed", &c, want, n)
				}
				switch {
				case c.narrow != nil && c.patch.n > 0:
					forms["narrow with a patch"]++
				case c.narrow != nil:
					forms["narrow"]++
				case c.dense != nil:
					forms["open"]++
				case c.patch.n > 0 && c.packed.n > 0:
					forms["packed with a patch"]++
				case c.patch.n > 0:
					forms["patch"]++
				default:
					forms["packed"]++
				}
			}
		}
	}
	if len(forms) != 6 {
		t.Errorf("not all forms were met: %v", forms)
	}
}

func checkColumn(t *testing.T, what string, c *column, want map[uint32]int64, n int) {
	t.Helper()
	for i := range uint32(n + 3) {
		if got := c.get(i); got != want[i] {
			t.Fatalf("%s: the sum of %d is %d, want %d", what, i, got, want[i])
		}
	}
	each, runs := map[uint32]int64{}, map[uint32]int64{}
	c.each(func(i uint32, v int64) {
		if _, twice := each[i]; twice || v == 0 {
			t.Fatalf("%s: each yields member %d twice, or for nothing", what, i)
		}
		each[i] = v
	})
	c.eachRun(func(run []entry) {
		for _, e := range run {
			runs[e.i] = e.score
		}
	})
	if !maps.Equal(each, want) || !maps.Equal(runs, want) || c.size() < len(want) {
		t.Fatalf("%s: each yields %v, eachRun %v, size is %d; want %v", what, each, runs, c.size(), want)
	}
	for _, scorer := range []Scorer{nil, CapPerStep(5)} {
		nodes := make([]node, n)
		c.addTo(nodes, scorer, -1)
		for i := range nodes {
			if nodes[i].total != -scorer.Score(want[uint32(i)]) {
				t.Fatalf("%s: addTo took %d from %d, want %d", what, nodes[i].total, i, want[uint32(i)])
			}
		}
	}
}
