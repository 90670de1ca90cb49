package pricing

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Rate is an exact, non-negative price of a single unit of a meter: a
// fraction of 64-bit integers, in lowest terms, counting 1e-12 currency units.
// The zero Rate is absent, which is not the same as free: PerMillion("0") is
// free. Rates are comparable with ==.
//
// The constructors take exact decimal texts. One that cannot be read gives an
// invalid rate, which [Book.With] reports together with its place.
type Rate struct {
	num, den uint64 // num/den · 1e-12 units; den 0: absent or bad
	bad      string // what was wrong with the text
}

// PerMillion is a price of 1,000,000 units, as token prices are quoted.
func PerMillion(amount string) Rate { return Per(amount, 1_000_000) }

// PerThousand is a price of 1,000 units, as searches are quoted.
func PerThousand(amount string) Rate { return Per(amount, 1000) }

// Each is a price of one unit.
func Each(amount string) Rate { return Per(amount, 1) }

// PerHour is a price of one hour, for meters that count milliseconds.
func PerHour(amount string) Rate { return Per(amount, 3_600_000) }

// PerMinute is a price of one minute, for meters that count milliseconds.
func PerMinute(amount string) Rate { return Per(amount, 60_000) }

// PerSecond is a price of one second, for meters that count milliseconds.
func PerSecond(amount string) Rate { return Per(amount, 1000) }

// PerMillionHours is a price of 1,000,000 tokens kept for one hour, for
// usage.CacheTokenSeconds.
func PerMillionHours(amount string) Rate { return Per(amount, 3_600_000_000) }

// Per is a price of the given number of units, which must be positive.
func Per(amount string, units int64) Rate {
	if units <= 0 {
		return Rate{bad: fmt.Sprintf("price of %d units, want at least 1", units)}
	}
	d, err := parseDecimal(amount)
	switch {
	case err != nil:
		return Rate{bad: err.Error()}
	case d.neg:
		return Rate{bad: fmt.Sprintf("%q is negative", amount)}
	}
	num, den, ok := d.ratio(12, uint64(units))
	if !ok {
		return Rate{bad: fmt.Sprintf("%q per %d units is too large or too fine for a fraction of 64-bit integers", amount, units)}
	}
	return Rate{num: num, den: den}
}

// IsSet reports whether the rate is there and valid. A free rate is set.
func (r Rate) IsSet() bool { return r.den != 0 }

// Err returns what is wrong with an invalid rate; nil for an absent one.
func (r Rate) Err() error {
	if r.bad == "" {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrSyntax, r.bad)
}

// Cmp compares two set rates; an absent rate is less than any set one.
func (r Rate) Cmp(s Rate) int {
	if r.den == 0 || s.den == 0 {
		return int(min(r.den, 1)) - int(min(s.den, 1))
	}
	a, _ := mul128(u128{0, r.num}, s.den)
	b, _ := mul128(u128{0, s.num}, r.den)
	switch {
	case a == b:
		return 0
	case a.hi < b.hi, a.hi == b.hi && a.lo < b.lo:
		return -1
	}
	return 1
}

// Rat returns the price of a single unit in currency units; nil if absent.
func (r Rate) Rat() *big.Rat {
	if r.den == 0 {
		return nil
	}
	q := new(big.Rat).SetFrac(new(big.Int).SetUint64(r.num), new(big.Int).SetUint64(r.den))
	return q.Quo(q, new(big.Rat).SetInt64(picoPerUnit))
}

// String returns the price of a single unit: a plain decimal such as
// "0.000005", or a fraction such as "1/45000000" where no decimal is exact.
// An absent rate is "".
func (r Rate) String() string { return r.per(1) }

// per returns the exact price of n units.
func (r Rate) per(n int64) string {
	if r.den == 0 {
		return ""
	}
	q := r.Rat()
	q.Mul(q, new(big.Rat).SetInt64(n))
	return ratText(q)
}

// ratText writes an exact decimal if there is one, else a fraction.
func ratText(q *big.Rat) string {
	if n, exact := q.FloatPrec(); exact {
		return q.FloatString(n)
	}
	return q.String()
}

// rateUnits are the units a rate's text may name, largest first.
var rateUnits = [...]struct {
	suffix string
	units  int64
}{
	{"Mh", 3_600_000_000}, {"hour", 3_600_000}, {"M", 1_000_000}, {"minute", 60_000}, {"k", 1000}, {"each", 1},
}

// MarshalText writes the rate as a decimal and its unit: "5/M" per million,
// "10/k" per thousand, "0.03/each", "0.08/hour", "0.006/minute" and "0.5/Mh"
// per million token-hours; the first of each, million, thousand, hour, minute
// and Mh that is exact. It is the form of rates in JSON sheets.
func (r Rate) MarshalText() ([]byte, error) {
	if r.den == 0 {
		return nil, fmt.Errorf("%w: a rate that is not set has no text", ErrSyntax)
	}
	q := r.Rat()
	for _, suffix := range [...]string{"M", "k", "hour", "minute", "Mh"} {
		p := new(big.Rat).Mul(q, new(big.Rat).SetInt64(unitsOf(suffix)))
		if n, exact := p.FloatPrec(); exact {
			return []byte(p.FloatString(n) + "/" + suffix), nil
		}
	}
	// num/den = amount/units with the amount in whole 1e-12 units.
	amount := new(big.Rat).SetFrac(new(big.Int).SetUint64(r.num), big.NewInt(picoPerUnit))
	return []byte(ratText(amount) + "/" + strconv.FormatUint(r.den, 10)), nil
}

// UnmarshalText reads what MarshalText writes, any of its units or a whole
// number of units: "0.5/3600000000".
func (r *Rate) UnmarshalText(b []byte) error {
	amount, unit, ok := strings.Cut(string(b), "/")
	if !ok {
		return fmt.Errorf("%w: rate %q names no unit, want one such as %q", ErrSyntax, b, amount+"/M")
	}
	n := unitsOf(unit)
	if n == 0 {
		var err error
		if n, err = strconv.ParseInt(unit, 10, 64); err != nil {
			return fmt.Errorf("%w: rate %q: unknown unit %q, want M, k, each, hour, minute, Mh or a whole number", ErrSyntax, b, unit)
		}
	}
	v := Per(amount, n)
	if err := v.Err(); err != nil {
		return err
	}
	*r = v
	return nil
}

func unitsOf(suffix string) int64 {
	for _, u := range rateUnits {
		if u.suffix == suffix {
			return u.units
		}
	}
	return 0
}

// ratio returns coef·10^(exp+places)/per in lowest terms, if both terms fit
// 64 bits.
func (d dec) ratio(places int, per uint64) (num, den uint64, ok bool) {
	if d.coef == (u128{}) {
		return 0, 1, true
	}
	n, m := d.coef, u128{0, per}
	e := d.exp + places
	if e > 60 || e < -60 {
		return 0, 0, false
	}
	// Cancel tens first, so that long runs of zeros cost no range.
	for ; e < 0; e++ {
		if q, rest := div128(n, 10); rest == 0 {
			n = q
		} else if p, over := mul128(m, 10); !over {
			m = p
		} else {
			return 0, 0, false
		}
	}
	for ; e > 0; e-- {
		if q, rest := div128(m, 10); rest == 0 {
			m = q
		} else if p, over := mul128(n, 10); !over {
			n = p
		} else {
			return 0, 0, false
		}
	}
	a, b := n, m
	for b != (u128{}) {
		a, b = b, mod128(a, b)
	}
	n, m = quo128(n, a), quo128(m, a)
	return n.lo, m.lo, n.hi == 0 && m.hi == 0
}

func mod128(a, b u128) u128 {
	if a.hi == 0 && b.hi == 0 {
		return u128{0, a.lo % b.lo}
	}
	return fromBig(new(big.Int).Rem(a.big(), b.big()))
}

func quo128(a, b u128) u128 {
	if b.hi == 0 {
		q, _ := div128(a, b.lo)
		return q
	}
	return fromBig(new(big.Int).Quo(a.big(), b.big()))
}
