package pricing

import (
	"math"
	"math/bits"
)

// Money is an exact amount: a signed 128-bit count of 1e-12 currency units.
// The zero value is zero and amounts are comparable with ==. It says nothing
// of the currency: a [Book] has one, and a ledger keeps one.
//
// The range is ±(2^127−1)·1e-12, about ±1.7e26 units. Every operation is exact
// or an error that matches [ErrOverflow] or [ErrInexact]; none wraps.
type Money struct {
	hi int64
	lo uint64
}

// picoPerUnit is the number of counts in one currency unit.
const picoPerUnit = 1_000_000_000_000

// FromPico returns the amount of hi·2^64 + lo counts of 1e-12 units, in two's
// complement. The one pattern without a negative, −2^127, lies outside the
// range and is taken for −(2^127−1).
func FromPico(hi int64, lo uint64) Money {
	if hi == math.MinInt64 && lo == 0 {
		lo = 1
	}
	return Money{hi, lo}
}

// Pico is the inverse of [FromPico].
func (m Money) Pico() (hi int64, lo uint64) { return m.hi, m.lo }

// Add returns m + n, or [ErrOverflow].
func (m Money) Add(n Money) (Money, error) {
	lo, carry := bits.Add64(m.lo, n.lo, 0)
	hi, _ := bits.Add64(uint64(m.hi), uint64(n.hi), carry)
	s := Money{int64(hi), lo}
	if (m.hi < 0) == (n.hi < 0) && (s.hi < 0) != (m.hi < 0) || s.isMin() {
		return Money{}, errAmount("sum")
	}
	return s, nil
}

// Sub returns m − n, or [ErrOverflow].
func (m Money) Sub(n Money) (Money, error) { return m.Add(n.Neg()) }

// Neg returns −m.
func (m Money) Neg() Money {
	lo, borrow := bits.Sub64(0, m.lo, 0)
	hi, _ := bits.Sub64(0, uint64(m.hi), borrow)
	return Money{int64(hi), lo}
}

// Abs returns the absolute value of m.
func (m Money) Abs() Money {
	if m.hi < 0 {
		return m.Neg()
	}
	return m
}

// MulInt returns m × n, or [ErrOverflow].
func (m Money) MulInt(n int64) (Money, error) {
	a := m.Abs()
	k := uint64(n)
	if n < 0 {
		k = -k
	}
	over, mid := bits.Mul64(uint64(a.hi), k)
	hi, lo := bits.Mul64(a.lo, k)
	hi, carry := bits.Add64(hi, mid, 0)
	if over+carry != 0 || hi > math.MaxInt64 {
		return Money{}, errAmount("product")
	}
	p := Money{int64(hi), lo}
	if (m.hi < 0) != (n < 0) {
		return p.Neg(), nil
	}
	return p, nil
}

// Cmp returns −1, 0 or +1 as m is less than, equal to or greater than n.
func (m Money) Cmp(n Money) int {
	switch {
	case m == n:
		return 0
	case m.hi < n.hi, m.hi == n.hi && m.lo < n.lo:
		return -1
	}
	return 1
}

// Sign returns −1, 0 or +1.
func (m Money) Sign() int {
	switch {
	case m.hi < 0:
		return -1
	case m == Money{}:
		return 0
	}
	return 1
}

// IsZero reports whether the amount is zero.
func (m Money) IsZero() bool { return m == Money{} }

// Round returns m rounded to the given number of decimal places, half to
// even; from 12 places on it returns m. Fewer than 0 places count as 0. An
// amount too near the end of the range to be rounded away from zero is cut.
func (m Money) Round(places int) Money {
	if places >= 12 {
		return m
	}
	unit := uint64(1)
	for range 12 - max(places, 0) {
		unit *= 10
	}
	a := m.Abs()
	q, rest := div128(u128{uint64(a.hi), a.lo}, unit)
	p, _ := mul128(q, unit)
	if rest > unit/2 || rest == unit/2 && q.lo&1 == 1 {
		if up, over := add128(p, u128{0, unit}); !over && up.hi <= math.MaxInt64 {
			p = up
		}
	}
	r := Money{int64(p.hi), p.lo}
	if m.hi < 0 {
		return r.Neg()
	}
	return r
}

// Columns returns the amount as two integers for storage:
// micro·1e-6 + pico·1e-12, with pico in 0 to 999999 and micro rounded down.
// SQL engines sum each column exactly; [FromColumns] takes the sums. Amounts
// beyond ±9.2e12 units do not fit ([Money.FitsColumns]; no [Cost] is that
// large) and are clamped to the nearest that does.
func (m Money) Columns() (micro, pico int64) {
	q, rest, ok := m.floorDiv(1_000_000)
	if !ok {
		if m.hi < 0 {
			return math.MinInt64, 0
		}
		return math.MaxInt64, 999_999
	}
	return q, int64(rest)
}

// FitsColumns reports whether [Money.Columns] gives the amount exactly.
func (m Money) FitsColumns() bool {
	_, _, ok := m.floorDiv(1_000_000)
	return ok
}

// FromColumns returns micro·1e-6 + pico·1e-12 units. Any two integers are
// welcome, so sums of columns need no carrying.
func FromColumns(micro, pico int64) Money {
	m, _ := Money{hi: micro >> 63, lo: uint64(micro)}.MulInt(1_000_000) // |product| < 2^83
	s, _ := m.Add(Money{hi: pico >> 63, lo: uint64(pico)})
	return s
}

// FloorNano returns the amount as nano·1e-9 + rest·1e-12, nano rounded down
// and rest in 0 to 999: the score of a cost board and what it leaves. ok is
// false, and both are zero, where nano does not fit: beyond ±9.2e9 units.
func (m Money) FloorNano() (nano int64, rest uint16, ok bool) {
	q, r, ok := m.floorDiv(1000)
	if !ok {
		return 0, 0, false
	}
	return q, uint16(r), true
}

// floorDiv divides the count by d > 0, rounding down; ok says the quotient
// fits an int64.
func (m Money) floorDiv(d uint64) (q int64, rest uint64, ok bool) {
	a := m.Abs()
	n, rest := div128(u128{uint64(a.hi), a.lo}, d)
	if n.hi != 0 || n.lo > math.MaxInt64 {
		// −2^63 with nothing left over is the one more that fits.
		if m.hi < 0 && n == (u128{0, 1 << 63}) && rest == 0 {
			return math.MinInt64, 0, true
		}
		return 0, 0, false
	}
	if m.hi >= 0 {
		return int64(n.lo), rest, true
	}
	if rest == 0 {
		return -int64(n.lo), 0, true
	}
	return -int64(n.lo) - 1, d - rest, true
}

func (m Money) isMin() bool { return m.hi == math.MinInt64 && m.lo == 0 }
