package rank

import (
	"math/big"
	"math/bits"
)

// Sum is an exact 128-bit signed sum of scores: Hi·2⁶⁴ + Lo. It is comparable,
// its zero value is zero, and no number of int64 scores a machine can hold
// overflows it.
type Sum struct {
	Hi int64
	Lo uint64
}

func (s Sum) plus(v int64) Sum {
	lo, carry := bits.Add64(s.Lo, uint64(v), 0)
	return Sum{s.Hi + v>>63 + int64(carry), lo}
}

func (s Sum) add(t Sum) Sum {
	lo, carry := bits.Add64(s.Lo, t.Lo, 0)
	return Sum{s.Hi + t.Hi + int64(carry), lo}
}

// Int64 returns the sum as an int64; it is false if the sum does not fit.
func (s Sum) Int64() (int64, bool) {
	v := int64(s.Lo)
	return v, s.Hi == v>>63
}

// Float64 returns the nearest float64, for ratios and charts.
func (s Sum) Float64() float64 {
	if v, ok := s.Int64(); ok {
		return float64(v)
	}
	f, _ := new(big.Float).SetInt(s.Big()).Float64()
	return f
}

// Big returns the sum as a new big integer.
func (s Sum) Big() *big.Int {
	v := big.NewInt(s.Hi)
	return v.Lsh(v, 64).Add(v, new(big.Int).SetUint64(s.Lo))
}

// String returns the sum in decimal.
func (s Sum) String() string { return s.Big().String() }

// fits reports whether the sum is a score.
func (s Sum) fits() bool { return s.Hi == int64(s.Lo)>>63 }

func (s Sum) minus(v int64) Sum {
	lo, borrow := bits.Sub64(s.Lo, uint64(v), 0)
	return Sum{s.Hi - v>>63 - int64(borrow), lo}
}
