package tiers

import (
	"testing"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// The events without a full price are counted by model too, over days, in one
// accumulator or merged from two.
func TestUnpricedByModel(t *testing.T) {
	samples := []Sample{call(noon(1), 10), call(noon(1), 20), call(noon(2), 30), call(noon(2), 40)}
	samples[1].Status, samples[2].Status = pricing.Partial, pricing.Unpriced
	samples[3].Model = "claude-opus-4-5"
	whole, a, b := NewAccumulator(Needs{}), NewAccumulator(Needs{}), NewAccumulator(Needs{})
	for i, s := range samples {
		whole.Add(s)
		[]*Accumulator{a, b}[i%2].Add(s)
	}
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	for name, acc := range map[string]*Accumulator{"whole": whole, "merged": a} {
		f, err := acc.Facts(noon(3), LastDays(7))
		if err != nil || len(f.Models) != 2 {
			t.Fatalf("%s: %d models (%v)", name, len(f.Models), err)
		}
		if f.Models[0].Unpriced != 0 || f.Models[1].Unpriced != 2 || f.Models[1].Calls != 3 || f.Unpriced != 2 {
			t.Errorf("%s: %+v of %d unpriced", name, f.Models, f.Unpriced)
		}
	}
}
