package dashboard

import (
	"math"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// figure is a count as somebody may see it.
type figure struct {
	Value int64 `json:"value" doc:"The count, or the bound it is below."`
	Exact bool  `json:"exact,omitempty" doc:"True: not rounded."`
	Below bool  `json:"below,omitempty" doc:"True: the count is less than value, and more is not told."`
}

// amount is a sum of money as somebody may see it.
type amount struct {
	Value    pricing.Money `json:"value" doc:"A decimal; the lower bound where high is given."`
	High     pricing.Money `json:"high,omitzero" doc:"The upper bound, where the cost is known only to lie between the two."`
	Exact    bool          `json:"exact,omitempty" doc:"True: not rounded."`
	Below    bool          `json:"below,omitempty" doc:"True: the amount is less than value, and more is not told."`
	Unpriced bool          `json:"unpriced,omitempty" doc:"True: some events have no full price; what they cost is not in it. Of others, but for everybody together, it is told from ten events on."`
}

// exactly is a figure that is not rounded.
func exactly(n int64) figure { return figure{Value: n, Exact: true} }

// exactAmount is an amount that is not rounded.
func exactAmount(low, high pricing.Money, unpriced int64) amount {
	a := amount{Value: low, Exact: true, Unpriced: unpriced > 0}
	if high.Cmp(low) > 0 {
		a.High = high
	}
	return a
}

// round returns n with that many significant digits, half up, away from zero.
func round(n int64, digits int) int64 {
	if n < 0 {
		if n == math.MinInt64 {
			n++
		}
		return -round(-n, digits)
	}
	unit := int64(1)
	for limit := int64(1); ; {
		if limit > math.MaxInt64/10 {
			break
		}
		limit *= 10
		if digits > 1 {
			digits--
			continue
		}
		if n < limit {
			break
		}
		unit *= 10
	}
	rest := n % unit
	n -= rest
	if rest >= unit-rest && unit > 1 && n <= math.MaxInt64-unit {
		n += unit
	}
	return n
}

// blurring says how figures of others are rounded.
type blurring struct {
	digits int
	least  int64 // negative: none
	exact  bool
	all    bool // of a sum over everybody
}

// blur is how the figures of persons are shown to a class of viewers.
func (p *Privacy) blur(c class) blurring {
	return blurring{digits: p.Digits, least: p.Least, exact: c.exact || p.Exact}
}

// blurGroups is how sums over groups are shown: with as many digits as a
// person's figure, for more would tell more of whoever makes up most of a sum;
// and without a least, for a group that is shown has many members.
func (p *Privacy) blurGroups(c class) blurring {
	return blurring{digits: p.Digits, least: -1, exact: c.exact || p.Exact}
}

// events shows how many events there were: few are not told, and of many two
// digits at most, so that no single one shows.
func (b blurring) events(n int64) figure {
	b.digits = min(b.digits, 2)
	return b.plain(n)
}

// count shows a count.
func (b blurring) count(n int64) figure {
	switch {
	case b.exact:
		return exactly(n)
	case n >= 0 && n < b.least:
		return figure{Value: b.least, Below: true}
	}
	return figure{Value: round(n, b.digits)}
}

// output shows a count of generated tokens: their least is a hundredth of that
// of all tokens.
func (b blurring) output(n int64) figure {
	b.least = b.leastOutput()
	return b.count(n)
}

func (b blurring) leastOutput() int64 {
	if b.least > 0 {
		return max(b.least/100, 1)
	}
	return b.least
}

// plain shows a count that has no least of its own. Of fewer than ten, and of the
// last digit, nothing is told: in those a single request shows.
func (b blurring) plain(n int64) figure {
	b.least = -1
	if b.exact {
		return b.count(n)
	}
	size := max(n, -n)
	if 0 < size && size < 10 {
		return figure{Value: 10, Below: true}
	}
	digits := 1
	for ; size >= 100 && digits < b.digits; size /= 10 {
		digits++
	}
	b.digits = digits
	return b.count(n)
}

// total shows the tokens of a sum: with a least only where it is of so few people
// that it is shown as a person's figure.
func (b blurring) total(n int64) figure {
	if b.least > 0 {
		return b.count(n)
	}
	return b.plain(n)
}

// money shows an amount. Bounds are rounded apart; one below the least is 0. That
// some events have no price is told of ten, as with other events; of everybody at
// once, as the page of costs does.
func (b blurring) money(low, high pricing.Money, unpriced int64) amount {
	if b.exact {
		return exactAmount(low, high, unpriced)
	}
	a := amount{Value: roundMoney(low, b.digits), Unpriced: unpriced >= 10 || b.all && unpriced > 0}
	if least := leastMoney(b.least); low.Sign() >= 0 && low.Cmp(least) < 0 {
		if high.Cmp(least) < 0 {
			return amount{Value: least, Below: true, Unpriced: a.Unpriced}
		}
		a.Value = pricing.Money{}
	}
	if high.Cmp(low) > 0 {
		if h := roundMoney(high, b.digits); h.Cmp(a.Value) > 0 {
			a.High = h
		}
	}
	return a
}

// leastMoney is the least amount that is told where n is the least count.
func leastMoney(n int64) pricing.Money {
	if n <= 0 {
		return pricing.Money{}
	}
	return nano(n * 1000) // one unit per million
}

// nano returns n thousand-millionths of a unit of currency.
func nano(n int64) pricing.Money { return pricing.FromColumns(n/1000, n%1000*1000) }

// roundMoney rounds to significant digits, from nano units; from micro units
// where there are too many of those.
func roundMoney(m pricing.Money, digits int) pricing.Money {
	if n, _, ok := m.FloorNano(); ok {
		return nano(round(n, digits))
	}
	micro, _ := m.Columns()
	return pricing.FromColumns(round(micro, digits), 0)
}
