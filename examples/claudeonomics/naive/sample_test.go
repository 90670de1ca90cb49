package naive

import (
	"math/big"
	"sync"
	"testing"

	"github.com/tokenomics-go/tokenomics/examples/claudeonomics/sample"
)

// today is the sample as of its last day, read once.
var today = sync.OnceValues(func() (Result, error) { return Recompute(sample.FS(), sample.At(), 30) })

// TestSample holds the oracle to the two people whom the sample's README adds
// up by hand, and to what the README says was laid in its files.
func TestSample(t *testing.T) {
	r, err := today()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who             string
		bills, unpriced int
		tokens, fresh   int64
		output          int64
		cost            string
	}{
		{"zofia.mbeki", 10, 0, 451_781, 33_991, 2_721, "0.20005925"},
		{"noor.delacroix", 8, 2, 179_502, 36_610, 2_800, "0.0871788"},
	} {
		got := r.Window.People[c.who]
		if got.Bills != c.bills || got.Unpriced != c.unpriced || got.Tokens != c.tokens || got.Fresh != c.fresh || got.Output != c.output || got.Cost != c.cost {
			t.Errorf("%s: %+v, want %+v", c.who, got, c)
		}
	}
	if r.Window.People["petra.alvarado"] != nil || r.All.People["petra.alvarado"] == nil {
		t.Error("petra.alvarado should be outside the window, and only there")
	}
	n := r.Read
	for name, c := range map[string][2]int{
		"malformed": {n.Malformed, 1}, "partial": {n.Partial, 1}, "synthetic": {n.Synthetic, 1}, "API errors": {n.APIErrors, 1},
		"invalid counts": {n.InvalidCounts, 2}, "invalid times": {n.InvalidTimes, 2}, "unkeyed": {n.Unkeyed, 1},
		"pr-link lines": {n.PRLines, 3}, "pull requests": {n.PullRequests, 2},
		"replayed": {n.CodexReplayed, 6}, "derived": {n.CodexDerived, 1}, "archived": {n.CodexArchived, 1}, "rewinds": {n.GeminiRewinds, 1},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %d, want %d", name, c[0], c[1])
		}
	}
}

// TestMovement proves that the sample's last day has something to show.
func TestMovement(t *testing.T) {
	now, err := today()
	if err != nil {
		t.Fatal(err)
	}
	yesterday, err := Recompute(sample.FS(), sample.At().AddDate(0, 0, -1), 30)
	if err != nil {
		t.Fatal(err)
	}
	was := map[string]int{}
	for _, s := range yesterday.Window.Boards["tokens"] {
		was[s.Name] = s.Rank
	}
	moved := map[string]int{}
	for _, s := range now.Window.Boards["tokens"] {
		if was[s.Name] != s.Rank {
			moved[s.Name] = was[s.Name] - s.Rank
		}
	}
	for _, who := range []string{"wen.castellano", "rashid.vantongeren"} {
		if moved[who] <= 0 {
			t.Errorf("%s has not risen: %v", who, moved)
		}
	}
	if first := now.Window.Boards["tokens"][0]; first.Name != "mara.lindqvist" {
		t.Errorf("first is %v", first)
	}
}

// TestConnoisseur proves that one person, and only one, spends a tenth or more
// on each of four models.
func TestConnoisseur(t *testing.T) {
	r, err := today()
	if err != nil {
		t.Fatal(err)
	}
	for who, models := range r.Window.Each {
		all := new(big.Rat).Set(r.Window.People[who].cost)
		tenth := all.Mul(all, big.NewRat(1, 10))
		n := 0
		for _, m := range models {
			if m.cost.Sign() > 0 && m.cost.Cmp(tenth) >= 0 {
				n++
			}
		}
		if (n >= 4) != (who == "ines.haugland") {
			t.Errorf("%s spends a tenth on each of %d models", who, n)
		}
	}
}
