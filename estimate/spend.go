package estimate

import (
	"fmt"
	"math/big"
	"sort"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// Spending is what a total of tokens may have cost.
type Spending struct {
	Tokens int64

	// Range is the cost: Likely with every assumption at its likely value,
	// Low and High the least and the most that any combination of the
	// assumptions within their spans can give.
	Range

	// PerMillion is Range as a price of a million tokens.
	PerMillion Range

	// Floor and Ceiling are bounds that no mix at all of the named models
	// and meters can leave: every token on the cheapest meter of the
	// cheapest model, every token on the dearest of the dearest.
	Floor, Ceiling pricing.Money

	// FloorWhy and CeilingWhy name the meter and the model of the bounds.
	FloorWhy, CeilingWhy string

	// Sensitivity lists the assumptions, the one that moves the answer most
	// first. An assumption that cannot move it is not listed.
	Sensitivity []Sensitivity

	// Sheet is the version of the price book.
	Sheet string
}

// Sensitivity is what one assumption alone does to the answer, all others
// staying likely. A share that grows takes from its fellows in proportion to
// their likely shares, each within its span.
type Sensitivity struct {
	Name     string        // such as "share of cache_read"
	Span     Span          // what was assumed
	AtLow    pricing.Money // the cost with the assumption at its low end
	AtHigh   pricing.Money // the cost with the assumption at its high end
	Swing    pricing.Money // the distance of the two
	Category string        // "meter", "model", "context", "discount" or "date"
}

// Spend infers what tokens must have cost from assumptions about what they
// were. Every amount is computed in whole numbers and rounded once, at 1e-12,
// half to even. A model or meter that book has no price for is an error: an
// inferred sum is no place for silent zeros.
func Spend(book *pricing.Book, tokens int64, a Assumptions) (Spending, error) {
	if tokens < 0 {
		return Spending{}, fmt.Errorf("%w: %d tokens", ErrRange, tokens)
	}
	if err := a.Validate(); err != nil {
		return Spending{}, err
	}
	grids := make([]*grid, 0, 1+len(a.OtherDates))
	for _, at := range append([]time.Time{a.At}, a.OtherDates...) {
		g, err := newGrid(book, &a, at)
		if err != nil {
			return Spending{}, err
		}
		grids = append(grids, g)
	}
	s := Spending{Tokens: tokens, Sheet: book.Version()}
	in := inference{tokens: big.NewInt(tokens), a: &a, grid: grids[0]}
	likely := in.likely()

	low, high := in.extremes(grids)
	floor, ceiling := in.bounds(grids, &s)
	for _, p := range []struct {
		to *pricing.Money
		v  *big.Int
	}{{&s.Likely, likely}, {&s.Low, low}, {&s.High, high}, {&s.Floor, floor}, {&s.Ceiling, ceiling}} {
		m, err := in.amount(p.v)
		if err != nil {
			return Spending{}, err
		}
		*p.to = m
	}
	if tokens > 0 {
		for _, p := range []struct {
			to   *pricing.Money
			from pricing.Money
		}{{&s.PerMillion.Low, s.Low}, {&s.PerMillion.Likely, s.Likely}, {&s.PerMillion.High, s.High}} {
			m, err := PerMillion(p.from, tokens)
			if err != nil {
				return Spending{}, err
			}
			*p.to = m
		}
	}
	var err error
	s.Sensitivity, err = in.sensitivities(grids)
	return s, err
}

// inference carries what the parts of one Spend share. Its values are whole
// numbers in units of 1e-12 currency a million tokens, times one million for
// each share they were multiplied with: meters, models, context and discount.
type inference struct {
	tokens *big.Int
	a      *Assumptions
	grid   *grid
}

// scale is the product of the four shares' wholes.
var scale = new(big.Int).Exp(big.NewInt(Million), big.NewInt(4), nil)

// amount turns a value into money for all tokens.
func (in *inference) amount(v *big.Int) (pricing.Money, error) {
	den := new(big.Int).Mul(scale, big.NewInt(Million))
	return money(new(big.Int).Mul(v, in.tokens), den)
}

// likely is the value with every assumption at its likely value.
func (in *inference) likely() *big.Int {
	return in.grid.value(in.a.meterShares(), in.a.modelShares(), in.a.LongContext.Likely, in.a.Discount.Likely)
}

// extremes returns the least and the greatest value over all assumptions. The
// value is linear in each group of shares, so both are reached at corners: a
// corner of the meters' shares, with the models filled greedily for it.
func (in *inference) extremes(grids []*grid) (low, high *big.Int) {
	corners := corners(in.a.meterSpans())
	models := in.a.modelSpans()
	for _, g := range grids {
		for _, meters := range corners {
			for _, context := range []int64{in.a.LongContext.Low, in.a.LongContext.High} {
				cost := g.modelCosts(meters, context)
				low = least(low, g.fold(cost, fill(models, cost, false), in.a.Discount.High))
				high = greatest(high, g.fold(cost, fill(models, cost, true), in.a.Discount.Low))
			}
		}
	}
	return low, high
}

// bounds returns the values of the cheapest and the dearest single price.
func (in *inference) bounds(grids []*grid, s *Spending) (floor, ceiling *big.Int) {
	for _, g := range grids {
		for k, meter := range in.a.Meters {
			for m, model := range in.a.Models {
				meters, models := whole(len(in.a.Meters), k), whole(len(in.a.Models), m)
				why := fmt.Sprintf("all %s of %s", meter.Meter, model.Name())
				if v := g.value(meters, models, 0, in.a.Discount.High); floor == nil || v.Cmp(floor) < 0 {
					floor, s.FloorWhy = v, why
				}
				context := min(in.a.LongContext.High, 1) * Million
				if v := g.value(meters, models, context, in.a.Discount.Low); ceiling == nil || v.Cmp(ceiling) > 0 {
					ceiling, s.CeilingWhy = v, why
				}
			}
		}
	}
	return floor, ceiling
}

// sensitivities moves one assumption at a time.
func (in *inference) sensitivities(grids []*grid) ([]Sensitivity, error) {
	a, g := in.a, in.grid
	meters, models := a.meterShares(), a.modelShares()
	var out []Sensitivity
	add := func(category, name string, span Span, low, high *big.Int) error {
		s := Sensitivity{Category: category, Name: name, Span: span}
		var err error
		if s.AtLow, err = in.amount(low); err != nil {
			return err
		}
		if s.AtHigh, err = in.amount(high); err != nil {
			return err
		}
		if s.Swing, err = s.AtHigh.Sub(s.AtLow); err != nil {
			return err
		}
		if s.Swing = s.Swing.Abs(); !s.Swing.IsZero() {
			out = append(out, s)
		}
		return nil
	}
	for k, m := range a.Meters {
		low := g.value(movedWithin(a.meterSpans(), meters, k, m.Share.Low), models, a.LongContext.Likely, a.Discount.Likely)
		high := g.value(movedWithin(a.meterSpans(), meters, k, m.Share.High), models, a.LongContext.Likely, a.Discount.Likely)
		if err := add("meter", "share of "+m.Meter.String(), m.Share, low, high); err != nil {
			return nil, err
		}
	}
	for k, m := range a.Models {
		low := g.value(meters, movedWithin(a.modelSpans(), models, k, m.Share.Low), a.LongContext.Likely, a.Discount.Likely)
		high := g.value(meters, movedWithin(a.modelSpans(), models, k, m.Share.High), a.LongContext.Likely, a.Discount.Likely)
		if err := add("model", "share of "+m.Name(), m.Share, low, high); err != nil {
			return nil, err
		}
	}
	low, high := g.value(meters, models, a.LongContext.Low, a.Discount.Likely), g.value(meters, models, a.LongContext.High, a.Discount.Likely)
	if err := add("context", "share of long context", a.LongContext, low, high); err != nil {
		return nil, err
	}
	low, high = g.value(meters, models, a.LongContext.Likely, a.Discount.Low), g.value(meters, models, a.LongContext.Likely, a.Discount.High)
	if err := add("discount", "discount", a.Discount, low, high); err != nil {
		return nil, err
	}
	for _, other := range grids[1:] {
		name := "prices of " + other.at.Format(time.DateOnly)
		v := other.value(meters, models, a.LongContext.Likely, a.Discount.Likely)
		if err := add("date", name, Span{}, in.likely(), v); err != nil {
			return nil, err
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Swing.Cmp(out[j].Swing) > 0 })
	return out, nil
}

// least returns the smaller of two values; a nil one is no value.
func least(a, b *big.Int) *big.Int {
	if a == nil || b.Cmp(a) < 0 {
		return b
	}
	return a
}

// greatest returns the greater of two values; a nil one is no value.
func greatest(a, b *big.Int) *big.Int {
	if a == nil || b.Cmp(a) > 0 {
		return b
	}
	return a
}
