package pricing

import (
	"iter"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Amounts yields what each meter costs: the amounts of [Cost.Lines], without
// their proof and without allocating, for sums over many calls.
func (c *Cost) Amounts() iter.Seq2[usage.Meter, Money] {
	return func(yield func(usage.Meter, Money) bool) {
		if c.book == nil {
			return
		}
		t := &c.book.t
		cd := &t.cards[c.card]
		for m, n := range c.usage.Vector() {
			meter := usage.Meter(m)
			if meter == usage.Requests && cd.has.has(meter) {
				n = c.usage.Calls()
			}
			if n == 0 || !cd.has.has(meter) || c.terms.denied.has(meter) {
				continue
			}
			a, _, _ := t.amount(cd, meter, n, &c.terms)
			if !yield(meter, Money{int64(a.hi), a.lo}) {
				return
			}
		}
	}
}
