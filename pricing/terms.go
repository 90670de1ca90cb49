package pricing

import (
	"math/big"
	"math/bits"
	"slices"
)

// maxApplied is the greatest number of modifiers that may apply to one call.
const maxApplied = 8

// terms is what a call's mode, place, account and hour make of a row: which
// rates and which modifiers.
type terms struct {
	variant  int32 // index into tables.variants; −1: the row's own rates
	cards    span
	n        uint8
	applied  [maxApplied]uint16 // indices into tables.mods
	fault    termsFault
	denied   meterSet // meters that have no known rate on these terms
	scope    meterSet // meters any modifier multiplies
	uniform  bool     // every applied modifier has the same scope
	noSteps  bool     // one of them cannot go with a context step
	num, den uint64   // the product of all, if uniform; den 0: it does not fit
}

// reset makes the terms those of a call that is standard in every way.
func (x *terms) reset(r *row) {
	// Field by field: a composite literal would be built and copied.
	x.variant, x.cards, x.uniform, x.num, x.den = -1, r.cards, true, 1, 1
	x.n, x.applied, x.fault, x.denied, x.scope, x.noSteps = 0, [maxApplied]uint16{}, noFault, 0, 0, false
}

// termsFault is why terms have no price.
type termsFault uint8

const (
	noFault termsFault = iota
	modeWithoutPrice
	excludedPair
	excludedStep
	tooManyModifiers
)

// sameName compares names, taking no notice of ASCII case nor of - for _.
func sameName(a, b string) bool { return a == b || len(a) == len(b) && sameFolded(a, b) }

func sameFolded(a, b string) bool {
	for i := range len(a) {
		if fold(a[i]) != fold(b[i]) {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case c == '-':
		return '_'
	}
	return c
}

// anyRegion reports whether a region is one of a list; a name that ends in *
// stands for all that begin so.
func anyRegion(list []string, region string) bool {
	for _, s := range list {
		if n := len(s) - 1; n >= 0 && s[n] == '*' {
			if len(region) >= n && sameName(s[:n], region[:n]) {
				return true
			}
		} else if sameName(s, region) {
			return true
		}
	}
	return false
}

// settle works out the terms of a call that is not standard in every way.
// geo is the geography in the model's id; it goes before the call's Region,
// except that a bare id's gives way to a Region.
func (t *tables) settle(out *terms, c *Call, e *entry, r *row, geo string, at int64) {
	region := geo
	if c.Region != "" && (geo == "" || geo == inRegion) {
		region = c.Region
	}
	var left modeSet // what still looks for its price
	if c.Tier != "" {
		left = t.served(c.Tier)
	}
	if c.Speed != "" {
		left |= t.served(c.Speed)
	}
	if t.order(out, e, r, left, region) {
		return
	}
	if r.variants.n != 0 && left != 0 {
		for i := r.variants.off; i < r.variants.off+r.variants.n; i++ {
			if v := &t.variants[i]; v.served&left != 0 {
				out.variant, out.cards = int32(i), v.cards
				left &^= v.served
				break
			}
		}
	}
	open := left
	// Kept in registers until all are in.
	n, num, den, scope := 0, uint64(1), uint64(1), meterSet(0)
	for _, i := range cut(t.refs, e.mods) {
		m := &t.mods[i]
		if m.gates&byMode != 0 && m.served&left == 0 || at < m.from || at >= m.until {
			continue
		}
		if m.gates&byRegion != 0 && !m.covers(region) || m.gates&(byAccount|byWindow) != 0 && !m.holds(c.Account, at) {
			continue
		}
		open &^= m.served
		if n == maxApplied {
			out.fault, out.denied = tooManyModifiers, allMeters
			break
		}
		if m.gates&hasRival != 0 && (n != 0 || out.variant >= 0) {
			out.n = uint8(n)
			t.exclude(out, m)
		}
		if n != 0 && m.meters != scope {
			out.uniform = false
		}
		if (num|den|m.num|m.den)>>32 == 0 {
			num, den = num*m.num, den*m.den
		} else {
			num, den = mulFraction(num, den, m.num, m.den)
		}
		scope |= m.meters
		out.noSteps = out.noSteps || m.noSteps
		out.applied[n] = i
		n++
	}
	out.n, out.num, out.den, out.scope = uint8(n), num, den, scope
	if out.fault == tooManyModifiers {
		return
	}
	if open != 0 {
		out.fault, out.denied = modeWithoutPrice, allMeters
	}
}

// covers reports whether a region is one of the modifier's.
func (m *modifier) covers(region string) bool {
	if region == "" {
		return false
	}
	return (m.regions[0] == region || anyRegion(m.regions, region)) && (len(m.notRegions) == 0 || !anyRegion(m.notRegions, region))
}

// holds reports whether the conditions of accounts and hours hold.
func (m *modifier) holds(account string, at int64) bool {
	if m.gates&byAccount != 0 && !slices.Contains(m.accounts, account) {
		return false
	}
	if m.gates&byWindow == 0 {
		return true
	}
	const day = 86400
	s := floorDiv(at, 1_000_000_000)
	days := floorDiv(s, day)
	second, weekday := int32(s-days*day), uint((days%7+11)%7) // 1970-01-01 was a Thursday
	for _, w := range m.windows {
		if w.days>>weekday&1 != 0 && second >= w.start && second < w.end {
			return true
		}
	}
	return false
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// exclude finds what of the terms so far a modifier cannot go with.
func (t *tables) exclude(out *terms, m *modifier) {
	for j := range int(out.n) {
		o := &t.mods[out.applied[j]]
		if slices.Contains(m.excludes, o.name) || slices.Contains(o.excludes, m.name) {
			out.fault = excludedPair
			out.denied |= m.meters | o.meters
		}
	}
	if out.variant >= 0 {
		if v := &t.variants[out.variant]; slices.Contains(m.excludes, v.name) || slices.Contains(v.excludes, m.name) {
			out.fault = excludedPair
			out.denied |= m.meters
		}
	}
}

// multiple returns the product of the modifiers that multiply a meter; 0/0 if
// it does not fit two 64-bit integers, and then bigMultiple gives it.
func (t *tables) multiple(x *terms, m meterSet) (num, den uint64) {
	if x.scope&m == 0 {
		return 1, 1
	}
	if x.uniform {
		return x.num, x.den
	}
	num, den = 1, 1
	for k := range int(x.n) {
		mod := &t.mods[x.applied[k]]
		if mod.meters&m == 0 {
			continue
		}
		num, den = mulFraction(num, den, mod.num, mod.den)
	}
	return num, den
}

// mulFraction returns a/b × c/d, reduced only where it must be; 0/0 stands
// for a fraction that does not fit, and stays so.
func mulFraction(a, b, c, d uint64) (num, den uint64) {
	if (a|b|c|d)>>32 == 0 {
		return a * c, b * d
	}
	if b == 0 {
		return 0, 0
	}
	g, h := gcd(a, d), gcd(c, b)
	hi, num := bits.Mul64(a/g, c/h)
	hi2, den := bits.Mul64(b/h, d/g)
	if hi|hi2 != 0 {
		return 0, 0
	}
	return num, den
}

// bigMultiple is multiple without limits.
func (t *tables) bigMultiple(x *terms, m meterSet) *big.Rat {
	p := big.NewRat(1, 1)
	for k := range int(x.n) {
		if mod := &t.mods[x.applied[k]]; mod.meters&m != 0 {
			p.Mul(p, new(big.Rat).SetFrac(new(big.Int).SetUint64(mod.num), new(big.Int).SetUint64(mod.den)))
		}
	}
	return p
}
