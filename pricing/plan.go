package pricing

import (
	"math/bits"
	"slices"

	"github.com/tokenomics-go/tokenomics/usage"
)

// ResolveCall is [Book.Resolve] for many calls on the same terms: the handle
// also has the rates of the served Tier, Speed, Region and Account of c
// multiplied beforehand, for every instant. It prices other calls of the model
// as any handle does, only not as fast.
func (b *Book) ResolveCall(c *Call) (Handle, error) {
	h, err := b.Resolve(c.Provider, c.Model)
	if err != nil {
		return h, err
	}
	h.plan = b.plan(c, h.l)
	return h, nil
}

// plan is what a model costs on one set of terms, instant by instant.
type plan struct {
	tier, speed, region, account string

	spans []planSpan // rising, without overlap
}

// planSpan is a span of time in which row and terms are the same.
type planSpan struct {
	from, until int64 // Unix nanoseconds
	row         uint32
	terms       terms
	cards       []card // the terms' cards, their hot rates multiplied
}

// plan works out the terms of a call for every instant. What cannot be
// multiplied beforehand, as prices that change by the hour, is left out.
func (b *Book) plan(c *Call, l lookup) *plan {
	t := &b.t
	e := &t.entries[l.entry]
	p := &plan{tier: c.Tier, speed: c.Speed, region: c.Region, account: c.Account}
	for _, s := range cut(t.segments, e.segments) {
		ends := []int64{s.until}
		for _, i := range cut(t.refs, e.mods) {
			for _, at := range [...]int64{t.mods[i].from, t.mods[i].until} {
				if s.from < at && at < s.until {
					ends = append(ends, at)
				}
			}
		}
		slices.Sort(ends)
		from := s.from
		for _, until := range slices.Compact(ends) {
			if ps, ok := t.planSpan(c, l, s.row, from); ok {
				ps.from, ps.until = from, until
				p.spans = append(p.spans, ps)
			}
			from = until
		}
	}
	return p
}

// planSpan multiplies the cards that the terms of a call lead to at an instant.
// ok is false if that is not exact, or does not hold at every hour.
func (t *tables) planSpan(c *Call, l lookup, row uint32, at int64) (ps planSpan, ok bool) {
	e, r := &t.entries[l.entry], &t.rows[row]
	for _, i := range cut(t.refs, e.mods) {
		if m := &t.mods[i]; m.gates&byWindow != 0 && at >= m.from && at < m.until {
			return ps, false
		}
	}
	ps.row = row
	x := &ps.terms
	x.reset(r)
	t.settle(x, c, e, r, l.geo, at)
	if x.denied != 0 || x.noSteps {
		return ps, false
	}
	for _, cd := range cut(t.cards, x.cards) {
		if cd.frac&hotSet != 0 || cd.has.has(usage.Requests) {
			return ps, false
		}
		for m := range usage.Meter(hotMeters) {
			num, den := t.multiple(x, setOf(m))
			hi, lo := bits.Mul64(cd.hot[m], num)
			if den <= hi {
				return ps, false // also where the multiple did not fit
			}
			var rest uint64
			if cd.hot[m], rest = bits.Div64(hi, lo, den); rest != 0 {
				return ps, false
			}
		}
		ps.cards = append(ps.cards, cd)
	}
	return ps, true
}

// price is [Book.price] for the calls that nearly all are: on the plan's
// terms, with meters of text only, one call each. ok is false for others.
func (p *plan) price(dst *Cost, c *Call, h *Handle) (ok bool, err error) {
	s, k, sum, used, ok := p.sum(c)
	if !ok {
		return false, nil
	}
	dst.usage = c.Usage
	dst.book, dst.row, dst.Matched, dst.assumed, dst.plain = h.book, s.row, h.l.match, false, true
	dst.terms = s.terms
	dst.card = s.terms.cards.off + uint32(k)
	dst.high = dst.card
	dst.Total = Money{int64(sum.hi), sum.lo}
	dst.High = dst.Total
	dst.missing = used &^ s.cards[k].has
	if dst.missing != 0 {
		return true, h.book.unpriced(dst, c)
	}
	dst.Status = Priced
	return true, nil
}

// Total is the cost of a call of this model without its proof, in less time than
// [Handle.PriceInto]. ok is false where there is more to say than one amount: a meter has
// no price, the cost is a range or an error, or the call is not on the terms that the
// handle was made for by [Book.ResolveCall]. Then PriceInto says it.
func (h Handle) Total(c *Call) (total Money, ok bool) {
	if h.plan == nil {
		return Money{}, false
	}
	s, k, sum, used, ok := h.plan.sum(c)
	if !ok || used&^s.cards[k].has != 0 {
		return Money{}, false
	}
	return Money{int64(sum.hi), sum.lo}, true
}

// sum multiplies the meters of a call by the rates of its span and card. ok is false for
// calls that are not as price says.
func (p *plan) sum(c *Call) (s *planSpan, k int, sum u128, used meterSet, ok bool) {
	if c.Tier != p.tier || c.Speed != p.speed || c.Region != p.region || c.Account != p.account {
		return nil, 0, u128{}, 0, false
	}
	u := &c.Usage
	hot, cold := u.TextBits(), u.OtherBits()
	at := unixNano(c.At)
	i := len(p.spans) - 1
	for i >= 0 && at < p.spans[i].from {
		i--
	}
	if i < 0 || at >= p.spans[i].until || cold != 0 || hot>>39 != 0 {
		return nil, 0, u128{}, 0, false
	}
	s = &p.spans[i]
	if len(s.cards) > 1 {
		prompt := u.Input + u.CacheRead + u.CacheWrites() // there are no others
		for k+1 < len(s.cards) && prompt > s.cards[k+1].above {
			k++
		}
	}
	sum, used = s.cards[k].sumHot(u)
	return s, k, sum, used, sum.hi < maxCostHi
}
