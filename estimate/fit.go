package estimate

import (
	"fmt"
	"iter"
	"math/big"
	"slices"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Fit makes assumptions from a sample of recorded calls, in groups: people,
// days, teams. The likely share of each meter and model is that of all calls
// together; its bounds are the 10th and the 90th percentile of the groups'
// shares, so that a sample of one group has bounds of no width. source names
// the sample. Discount, long context and date are left to the caller.
//
// An empty sample, or one without tokens, is an error that matches
// [ErrAssumption].
func Fit(calls iter.Seq2[string, pricing.Call], source string) (Assumptions, error) {
	type model struct{ provider, name string }
	type sums struct {
		meters map[usage.Meter]int64
		models map[model]int64
		total  int64
	}
	groups := map[string]*sums{}
	all := &sums{map[usage.Meter]int64{}, map[model]int64{}, 0}
	for group, call := range calls {
		if err := call.Usage.Validate(); err != nil {
			return Assumptions{}, fmt.Errorf("%w: sample: %w", ErrAssumption, err)
		}
		g := groups[group]
		if g == nil {
			g = &sums{map[usage.Meter]int64{}, map[model]int64{}, 0}
			groups[group] = g
		}
		for _, s := range [2]*sums{all, g} {
			for m, n := range call.Usage.All() {
				if m.IsToken() {
					s.meters[m] = addSat(s.meters[m], n)
				}
			}
			n := call.Usage.Tokens()
			key := model{call.Provider, call.Model}
			s.models[key] = addSat(s.models[key], n)
			s.total = addSat(s.total, n)
		}
	}
	if all.total == 0 {
		return Assumptions{}, fmt.Errorf("%w: a sample without tokens", ErrAssumption)
	}
	bounds := func(likely int64, part func(*sums) int64) Span {
		var shares []int64
		for _, g := range groups {
			if g.total > 0 {
				shares = append(shares, shareOf(part(g), g.total))
			}
		}
		slices.Sort(shares)
		last := len(shares) - 1
		return Span{Low: min(likely, shares[(last+5)/10]), Likely: likely, High: max(likely, shares[last-(last+5)/10]), Source: source}
	}
	var a Assumptions
	for m := usage.Meter(0); m.IsToken(); m++ {
		if n := all.meters[m]; n > 0 {
			span := bounds(shareOf(n, all.total), func(s *sums) int64 { return s.meters[m] })
			a.Meters = append(a.Meters, MeterShare{m, span})
		}
	}
	for key, n := range all.models {
		span := bounds(shareOf(n, all.total), func(s *sums) int64 { return s.models[key] })
		a.Models = append(a.Models, ModelShare{key.provider, key.name, span})
	}
	slices.SortFunc(a.Models, func(x, y ModelShare) int {
		if x.Share.Likely != y.Share.Likely {
			return int(y.Share.Likely - x.Share.Likely)
		}
		return slices.Compare([]byte(x.Name()), []byte(y.Name()))
	})
	meters, models := make([]*Span, len(a.Meters)), make([]*Span, len(a.Models))
	for i := range a.Meters {
		meters[i] = &a.Meters[i].Share
	}
	for i := range a.Models {
		models[i] = &a.Models[i].Share
	}
	settle(meters)
	settle(models)
	return a, nil
}

// shareOf returns part of whole in parts per million, rounded down.
func shareOf(part, whole int64) int64 {
	v := new(big.Int).Mul(big.NewInt(part), big.NewInt(Million))
	return v.Quo(v, big.NewInt(whole)).Int64()
}

// settle gives what rounding down lost to the largest share.
func settle(shares []*Span) {
	largest, sum := shares[0], int64(0)
	for _, s := range shares {
		sum += s.Likely
		if s.Likely > largest.Likely {
			largest = s
		}
	}
	largest.Likely += Million - sum
	largest.High = max(largest.High, largest.Likely)
}
