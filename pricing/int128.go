package pricing

import (
	"math/big"
	"math/bits"
)

// u128 is an unsigned 128-bit integer.
type u128 struct{ hi, lo uint64 }

// mul128 returns a × k and whether it passed 128 bits.
func mul128(a u128, k uint64) (u128, bool) {
	over, mid := bits.Mul64(a.hi, k)
	hi, lo := bits.Mul64(a.lo, k)
	hi, carry := bits.Add64(hi, mid, 0)
	return u128{hi, lo}, over|carry != 0
}

// add128 returns a + b and whether it passed 128 bits.
func add128(a, b u128) (u128, bool) {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	hi, carry := bits.Add64(a.hi, b.hi, carry)
	return u128{hi, lo}, carry != 0
}

// div128 returns a / d and the rest; d must not be zero.
func div128(a u128, d uint64) (q u128, rest uint64) {
	q.hi, rest = a.hi/d, a.hi%d
	q.lo, rest = bits.Div64(rest, a.lo, d)
	return q, rest
}

// gcd returns the greatest common divisor; gcd(0, b) is b.
func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// big returns n as a big integer, for the slow paths.
func (n u128) big() *big.Int {
	b := new(big.Int).SetUint64(n.hi)
	return b.Or(b.Lsh(b, 64), new(big.Int).SetUint64(n.lo))
}

// fromBig returns the low 128 bits of a non-negative b.
func fromBig(b *big.Int) u128 {
	lo := new(big.Int).And(b, new(big.Int).SetUint64(1<<64-1))
	return u128{new(big.Int).Rsh(b, 64).Uint64(), lo.Uint64()}
}
