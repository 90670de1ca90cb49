package pricing

import (
	"math/big"
	"math/bits"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Price returns the exact cost of a call. It does not allocate unless it
// returns an error.
//
// The error matches [ErrUnknownModel] if the model is in no sheet at c.At (the
// cost's Status is then Unpriced), [ErrUnpriced] if it is and a meter in use
// has no rate (Partial: Total is the cost of the others), [usage.ErrRange] for
// impossible counts, or [ErrOverflow] for a cost of 9.2e12 currency units and
// more.
func (b *Book) Price(c Call) (cost Cost, err error) {
	err = b.PriceInto(&cost, &c) // a named result saves copying it
	return cost, err
}

// PriceInto is [Book.Price] without copying the call and the cost. It keeps
// neither pointer.
func (b *Book) PriceInto(dst *Cost, c *Call) error {
	l, fault := b.t.resolve(c.Provider, c.Model)
	if fault != found {
		return b.unknown(dst, c, fault)
	}
	return b.price(dst, c, l)
}

// Handle is a model of a book, found once and for all: pricing through it
// saves looking the names up. It is immutable and safe for concurrent use. The
// zero Handle is no model: it prices nothing.
type Handle struct {
	book *Book
	l    lookup
	plan *plan // of ResolveCall; or nil
}

// Resolve finds the model that a provider and a model's name mean, as
// [Book.Price] does.
func (b *Book) Resolve(provider, model string) (Handle, error) {
	l, fault := b.t.resolve(provider, model)
	if fault != found {
		var c Cost
		return Handle{}, b.unknown(&c, &Call{Provider: provider, Model: model}, fault)
	}
	return Handle{book: b, l: l}, nil
}

// Provider returns the short name of the provider.
func (h Handle) Provider() string {
	if h.book == nil {
		return ""
	}
	return h.book.t.entries[h.l.entry].provider
}

// ID returns the provider's own id of the model.
func (h Handle) ID() string {
	if h.book == nil {
		return ""
	}
	return h.book.t.entries[h.l.entry].id
}

// Match says how the name was found.
func (h Handle) Match() Match { return h.l.match }

// PriceInto is [Book.PriceInto] for calls of this model: c.Provider and
// c.Model are not looked at.
func (h Handle) PriceInto(dst *Cost, c *Call) error {
	if h.book == nil {
		return new(Book).unknown(dst, c, unknownName)
	}
	if h.plan != nil {
		if ok, err := h.plan.price(dst, c, &h); ok {
			return err
		}
	}
	return h.book.price(dst, c, h.l)
}

// price prices a call of a model that was found.
func (b *Book) price(dst *Cost, c *Call, l lookup) error {
	t := &b.t
	e := &t.entries[l.entry]
	at := unixNano(c.At)
	segments := cut(t.segments, e.segments)
	i := len(segments) - 1
	for i >= 0 && at < segments[i].from {
		i--
	}
	if i < 0 || at >= segments[i].until {
		return b.notInForce(dst, c, l.entry)
	}
	return b.priceRow(dst, c, l, segments[i].row, at)
}

// priceRow prices a call by a row.
func (b *Book) priceRow(dst *Cost, c *Call, l lookup, row uint32, at int64) error {
	if err := b.begin(dst, c, l, row, at); err != nil {
		return err
	}
	t, x := &b.t, &dst.terms
	dst.card, dst.high = x.cards.off, x.cards.off
	if x.cards.n > 1 {
		dst.high = t.reach(x.cards, c.Usage.Prompt())
		if c.Usage.Requests <= 1 {
			dst.card = dst.high
		}
	}
	if x.noSteps && dst.high != x.cards.off {
		t.refuseSteps(dst)
	}
	return b.total(dst, c)
}

// begin checks the counts and works out the terms: all but the step.
func (b *Book) begin(dst *Cost, c *Call, l lookup, row uint32, at int64) error {
	t, u := &b.t, &c.Usage
	dst.usage = *u
	cold := u.OtherBits()
	if (u.TextBits()|cold)>>39 != 0 { // negative, or perhaps beyond usage.MaxCount < 2^40
		if err := u.Validate(); err != nil {
			*dst = Cost{}
			return err
		}
	}
	dst.book, dst.row, dst.Matched, dst.assumed = b, row, l.match, false
	dst.plain = cold == 0
	e, r, x := &t.entries[l.entry], &t.rows[row], &dst.terms
	x.reset(r)
	if e.terms || l.geo != "" || len(c.Tier)|len(c.Speed)|len(c.Region)|len(c.Account) != 0 {
		t.settle(x, c, e, r, l.geo, at)
	}
	return nil
}

// reach returns the last of a row's cards whose threshold a prompt passes.
func (t *tables) reach(cards span, prompt int64) uint32 {
	k, last := cards.off, cards.off+cards.n-1
	for k < last && prompt > t.cards[k+1].above {
		k++
	}
	return k
}

// refuseSteps denies what modifiers multiply that cannot go with a step; of an
// aggregate it drops the step, which its calls cannot have reached.
func (t *tables) refuseSteps(dst *Cost) {
	x := &dst.terms
	for k := range int(x.n) {
		m := &t.mods[x.applied[k]]
		if !m.noSteps {
			continue
		}
		if dst.card == x.cards.off {
			dst.high = dst.card
			return
		}
		x.fault = excludedStep
		x.denied |= m.meters
	}
}

// total adds the lines up. The chosen card and terms are in dst.
func (b *Book) total(dst *Cost, c *Call) error {
	t, x := &b.t, &dst.terms
	cd := &t.cards[dst.card]
	sum, missing, ok := t.sum(cd, &c.Usage, x, dst.plain)
	if x.denied != 0 {
		missing |= usedMeters(&dst.usage) & x.denied &^ setOf(usage.Requests)
	}
	if !ok || sum.hi >= maxCostHi {
		*dst = Cost{}
		return errCost(c)
	}
	dst.Total = Money{int64(sum.hi), sum.lo}
	dst.High = dst.Total
	if dst.high != dst.card {
		if err := t.highest(dst, c); err != nil {
			return err
		}
	}
	dst.missing = missing
	if missing != 0 {
		return b.unpriced(dst, c)
	}
	dst.Status = Priced
	return nil
}

// maxCostHi bounds a cost, so that any fits [Money.Columns]: 2^63 · 1e-6 units
// are 500,000 · 2^64 counts.
const maxCostHi = 500_000

// highest finds the dearest of the steps that the sums of an aggregate could
// reach.
func (t *tables) highest(dst *Cost, c *Call) error {
	reach := dst.high
	dst.high = dst.card
	for k := dst.card + 1; k <= reach; k++ {
		s, _, ok := t.sum(&t.cards[k], &dst.usage, &dst.terms, dst.plain)
		if !ok || s.hi >= maxCostHi {
			*dst = Cost{}
			return errCost(c)
		}
		if m := (Money{int64(s.hi), s.lo}); m.Cmp(dst.High) > 0 {
			dst.High, dst.high = m, k
		}
	}
	return nil
}

// sum returns the cost in 1e-12 units of the meters that have a rate and are
// not denied, and the meters in use that have none. ok is false on overflow.
// plain says that the meters beyond Reasoning are all zero.
func (t *tables) sum(cd *card, u *usage.Usage, x *terms, plain bool) (sum u128, missing meterSet, ok bool) {
	sum, used := cd.sumHot(u)
	missing = used &^ cd.has
	exact := used&cd.frac|x.denied == 0
	if exact && x.scope != 0 {
		sum, exact = scale(sum, cd, used, x)
	}
	if !exact {
		sum = u128{}
		for s := used; s != 0; s &= s - 1 {
			m := usage.Meter(bits.TrailingZeros32(uint32(s)))
			if !t.addLine(&sum, cd, m, u.Get(m), x) {
				return u128{}, 0, false
			}
		}
	}
	if !plain || cd.has.has(usage.Requests) {
		more, ok := t.sumCold(&sum, cd, u, x)
		return sum, missing | more, ok
	}
	return sum, missing, true
}

// sumHot returns the cost of the hot meters at the card's rates, and those in
// use.
func (cd *card) sumHot(u *usage.Usage) (u128, meterSet) {
	// Eight products of 2^40 and 2^64 at most cannot pass 2^107.
	h, l, used := tally(0, 0, 0, u.Input, cd.hot[0], usage.Input)
	h, l, used = tally(h, l, used, u.CacheRead, cd.hot[1], usage.CacheRead)
	h, l, used = tally(h, l, used, u.CacheWrite5m, cd.hot[2], usage.CacheWrite5m)
	h, l, used = tally(h, l, used, u.CacheWrite30m, cd.hot[3], usage.CacheWrite30m)
	h, l, used = tally(h, l, used, u.CacheWrite1h, cd.hot[4], usage.CacheWrite1h)
	h, l, used = tally(h, l, used, u.CacheWrite12h, cd.hot[5], usage.CacheWrite12h)
	h, l, used = tally(h, l, used, u.Output, cd.hot[6], usage.Output)
	h, l, used = tally(h, l, used, u.Reasoning, cd.hot[7], usage.Reasoning)
	return u128{h, l}, used
}

// tally adds n × rate, and the meter to used if n, which is 0 to 2^40, is not
// zero. It has no branch.
func tally(h, l uint64, used meterSet, n int64, rate uint64, m usage.Meter) (uint64, uint64, meterSet) {
	ph, pl := bits.Mul64(uint64(n), rate)
	l, carry := bits.Add64(l, pl, 0)
	h, _ = bits.Add64(h, ph, carry)
	return h, l, used | meterSet(uint64(-n)>>63)<<m
}

// scale multiplies the sum of the hot meters by what all of them are
// multiplied by, if that is exact line by line: if the divisor divides every
// rate, every line is a whole number, and so is their sum. ok is false if it
// is not.
func scale(sum u128, cd *card, used meterSet, x *terms) (product u128, ok bool) {
	if !x.uniform || x.den == 0 || used&^x.scope != 0 {
		return u128{}, false
	}
	if x.den != 1 {
		if !divides(x.den, cd.common) {
			return u128{}, false
		}
		if sum.hi == 0 {
			sum.lo /= x.den
		} else {
			sum, _ = div128(sum, x.den)
		}
	}
	product, over := mul128(sum, x.num)
	return product, !over
}

// divides reports whether d divides n, sparing the slow division where the
// fast one will do.
func divides(d, n uint64) bool {
	if (d|n)>>32 == 0 {
		return uint32(n)%uint32(d) == 0
	}
	return n%d == 0
}

// sumCold adds the lines of the meters beyond Reasoning.
func (t *tables) sumCold(sum *u128, cd *card, u *usage.Usage, x *terms) (missing meterSet, ok bool) {
	for m := usage.Meter(hotMeters); int(m) < usage.NumMeters; m++ {
		n := u.Get(m)
		if m == usage.Requests {
			if !cd.has.has(m) {
				continue
			}
			n = u.Calls()
		}
		if n == 0 {
			continue
		}
		if !cd.has.has(m) {
			missing |= setOf(m)
		} else if !t.addLine(sum, cd, m, n, x) {
			return missing, false
		}
	}
	return missing, true
}

// addLine adds the cost of n units of a meter, if it has a rate.
func (t *tables) addLine(sum *u128, cd *card, m usage.Meter, n int64, x *terms) bool {
	if x.denied.has(m) {
		return true
	}
	a, _, ok := t.amount(cd, m, n, x)
	if !ok {
		return false
	}
	var over bool
	*sum, over = add128(*sum, a)
	return !over && sum.hi < 1<<63
}

// amount returns the cost of n units of a meter in 1e-12 units, rounded at
// most once, half to even. A meter without a rate costs nothing here.
func (t *tables) amount(cd *card, m usage.Meter, n int64, x *terms) (a u128, rounded, ok bool) {
	rate := t.rate(cd, m)
	if rate.den == 0 {
		return u128{}, false, true
	}
	fn, fd := t.multiple(x, setOf(m))
	return product(uint64(n), rate.num, rate.den, fn, fd, func() *big.Rat { return t.bigMultiple(x, setOf(m)) })
}

// rate returns the rate of a meter on a card.
func (t *tables) rate(cd *card, m usage.Meter) Rate {
	if !cd.has.has(m) {
		return Rate{}
	}
	if int(m) < hotMeters && !cd.frac.has(m) {
		return Rate{num: cd.hot[m], den: 1}
	}
	for _, c := range cut(t.cold, cd.cold) {
		if c.meter == m {
			return Rate{num: c.num, den: c.den}
		}
	}
	return Rate{}
}

// product returns q × rn/rd × fn/fd, rounded half to even. Where an
// intermediate passes 128 bits (or fd is 0 because the multiple did not fit)
// it computes with big integers. ok is false if the result passes 127 bits.
func product(q, rn, rd, fn, fd uint64, exact func() *big.Rat) (a u128, rounded, ok bool) {
	hi, num := bits.Mul64(rn, fn)
	hi2, den := bits.Mul64(rd, fd)
	if hi|hi2 == 0 && den != 0 {
		h, l := bits.Mul64(q, num)
		v, rest := u128{h, l}, uint64(0)
		if den != 1 {
			v, rest = div128(v, den)
		}
		if rest != 0 {
			// rest against den−rest says above, below or at one half.
			if up := den - rest; rest > up || rest == up && v.lo&1 == 1 {
				v, _ = add128(v, u128{0, 1})
			}
		}
		return v, rest != 0, v.hi < 1<<63
	}
	return productBig(q, rn, rd, exact())
}

// productBig is product without limits.
func productBig(q, rn, rd uint64, f *big.Rat) (a u128, rounded, ok bool) {
	p := new(big.Rat).SetFrac(new(big.Int).SetUint64(rn), new(big.Int).SetUint64(rd))
	p.Mul(p, f)
	p.Mul(p, new(big.Rat).SetInt(new(big.Int).SetUint64(q)))
	n, rest := new(big.Int).QuoRem(p.Num(), p.Denom(), new(big.Int))
	if rest.Sign() != 0 {
		rounded = true
		c := rest.Lsh(rest, 1).Cmp(p.Denom())
		if c > 0 || c == 0 && n.Bit(0) == 1 {
			n.Add(n, big.NewInt(1))
		}
	}
	if n.BitLen() > 127 {
		return u128{}, rounded, false
	}
	return fromBig(n), rounded, true
}
