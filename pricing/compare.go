package pricing

import (
	"cmp"
	"iter"
	"slices"
)

// Comparison is what two books make of the same calls.
type Comparison struct {
	Calls         int   // all of them
	Changed       int   // whose Total, High or Status differ
	Before, After Money // the sums of Total
	Models        []ModelComparison
	Failed        int // calls neither book can price at all, such as impossible counts
}

// ModelComparison is the part of one model, by the names the calls use.
type ModelComparison struct {
	Provider, Model string
	Calls, Changed  int
	Before, After   Money
	NewlyPriced     int // calls whose status rose
	NoLongerPriced  int // calls whose status fell
}

// Compare prices calls by two books: what a new price list would have made of
// the past, or what a contract saves. Models are listed by the size of their
// difference, the largest first. The error matches [ErrOverflow] if the sums
// do not fit.
func Compare(before, after *Book, calls iter.Seq[Call]) (Comparison, error) {
	var out Comparison
	index := map[[2]string]int{}
	var a, b Cost
	for c := range calls {
		errA, errB := before.PriceInto(&a, &c), after.PriceInto(&b, &c)
		out.Calls++
		if a.book == nil && b.book == nil {
			if errA != nil && errB != nil {
				out.Failed++
			}
			continue
		}
		k := [2]string{c.Provider, c.Model}
		i, known := index[k]
		if !known {
			i = len(out.Models)
			index[k] = i
			out.Models = append(out.Models, ModelComparison{Provider: c.Provider, Model: c.Model})
		}
		m := &out.Models[i]
		m.Calls++
		if a.Total != b.Total || a.High != b.High || a.Status != b.Status {
			m.Changed++
			out.Changed++
		}
		switch {
		case b.Status > a.Status:
			m.NewlyPriced++
		case b.Status < a.Status:
			m.NoLongerPriced++
		}
		for _, s := range [...]struct {
			sum *Money
			add Money
		}{{&m.Before, a.Total}, {&m.After, b.Total}, {&out.Before, a.Total}, {&out.After, b.Total}} {
			v, err := s.sum.Add(s.add)
			if err != nil {
				return Comparison{}, err
			}
			*s.sum = v
		}
	}
	slices.SortFunc(out.Models, func(x, y ModelComparison) int {
		return cmp.Or(y.difference().Cmp(x.difference()), cmp.Compare(x.Provider, y.Provider), cmp.Compare(x.Model, y.Model))
	})
	return out, nil
}

// difference is the absolute difference; both sums are sums of costs, so it
// fits.
func (m *ModelComparison) difference() Money {
	d, err := m.After.Sub(m.Before)
	if err != nil {
		return Money{}
	}
	return d.Abs()
}
