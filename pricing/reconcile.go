package pricing

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"
)

// Reconciliation sets what a book makes of calls against what the provider
// says they cost. Every sum is exact.
type Reconciliation struct {
	ReconciledSums
	Groups []ReconciledGroup // by day, provider and model, in that order
	Worst  []ReconciledCall  // the calls that differ most, the largest difference first
}

// ReconciledSums are sums over calls. Computed, High, Reported and Residual
// are of the calls that are wholly priced, so that like is set against like;
// Reported + Uncovered is all that the provider reported.
type ReconciledSums struct {
	Calls, Unpriced, Partial int   // all of them; those without a price; those with a part of one
	Agreed                   int   // priced calls whose report equals the cost, or lies in its range
	Computed, High           Money // the sums of Cost.Total and Cost.High
	Reported                 Money
	Residual                 Money // Reported − Computed: positive where the provider charged more
	Uncovered                Money // reported for calls that are not wholly priced
}

// ReconciledGroup is the part of one model on one day, by the names the calls
// use.
type ReconciledGroup struct {
	Day             time.Time // a midnight in UTC
	Provider, Model string
	ReconciledSums
}

// ReconciledCall is a call and what is said of it. Index is its place among
// the calls, from 0.
type ReconciledCall struct {
	Index    int
	Call     Call
	Computed Money // Cost.Total
	Reported Money
	Residual Money // how far Reported lies outside the cost, or the range of costs
	Err      error // of Book.Price; nil for a wholly priced call
}

// Reconcile prices calls and compares with what their provider reported, as
// OpenRouter does in usage.cost. worst is how many of the calls that differ
// most to list; of calls that differ equally the first ones. A call whose price
// is not wholly known differs by all that was reported. Calls without a report
// have no place in it.
//
// A residual is a question, not an error of either side: a discount the book
// does not have, a tier the record does not tell, a fee of the gateway. The
// error matches [ErrOverflow] if the sums do not fit.
func Reconcile(b *Book, calls iter.Seq2[Call, Money], worst int) (Reconciliation, error) {
	var out Reconciliation
	groups := map[groupKey]*ReconciledSums{}
	var cost Cost
	index := 0
	for c, reported := range calls {
		err := b.PriceInto(&cost, &c)
		k := groupKey{c.At.UTC().Truncate(24 * time.Hour), c.Provider, c.Model}
		g := groups[k]
		if g == nil {
			g = new(ReconciledSums)
			groups[k] = g
		}
		residual, rerr := outside(&cost, reported)
		if rerr != nil {
			return Reconciliation{}, rerr
		}
		for _, s := range [...]*ReconciledSums{g, &out.ReconciledSums} {
			if err := s.add(&cost, reported, residual); err != nil {
				return Reconciliation{}, err
			}
		}
		if !residual.IsZero() && worst > 0 {
			out.Worst = keepWorst(out.Worst, worst, ReconciledCall{Index: index, Call: c, Computed: cost.Total, Reported: reported, Residual: residual, Err: err})
		}
		index++
	}
	for k, g := range groups {
		out.Groups = append(out.Groups, ReconciledGroup{k.day, k.provider, k.model, *g})
	}
	slices.SortFunc(out.Groups, func(x, y ReconciledGroup) int {
		return cmp.Or(x.Day.Compare(y.Day), strings.Compare(x.Provider, y.Provider), strings.Compare(x.Model, y.Model))
	})
	return out, nil
}

type groupKey struct {
	day             time.Time
	provider, model string
}

// outside returns how far a report lies outside the range of a cost.
func outside(c *Cost, reported Money) (Money, error) {
	switch {
	case c.Status != Priced:
		return reported, nil
	case reported.Cmp(c.Total) < 0:
		return reported.Sub(c.Total)
	case reported.Cmp(c.High) > 0:
		return reported.Sub(c.High)
	}
	return Money{}, nil
}

func (s *ReconciledSums) add(c *Cost, reported, residual Money) (err error) {
	sum := func(to *Money, m Money) {
		if err == nil {
			*to, err = to.Add(m)
		}
	}
	s.Calls++
	switch c.Status {
	case Unpriced:
		s.Unpriced++
	case Partial:
		s.Partial++
	case Priced:
		if residual.IsZero() {
			s.Agreed++
		}
		sum(&s.Computed, c.Total)
		sum(&s.High, c.High)
		sum(&s.Reported, reported)
		if err == nil {
			s.Residual, err = s.Reported.Sub(s.Computed)
		}
		return err
	}
	sum(&s.Uncovered, reported)
	return err
}

// keepWorst puts a call in its place among the n that differ most.
func keepWorst(list []ReconciledCall, n int, c ReconciledCall) []ReconciledCall {
	size := c.Residual.Abs()
	if len(list) == n && size.Cmp(list[n-1].Residual.Abs()) <= 0 {
		return list
	}
	i, _ := slices.BinarySearchFunc(list, size, func(o ReconciledCall, size Money) int {
		if o.Residual.Abs().Cmp(size) >= 0 {
			return -1
		}
		return 1
	})
	list = slices.Insert(list, i, c)
	return list[:min(len(list), n)]
}
