package estimate

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// Errors of this package, for [errors.Is].
var (
	ErrAssumption = errors.New("estimate: assumption cannot hold")
	ErrRange      = errors.New("estimate: number out of range")
)

// Million is one whole in the parts per million that shares are written in.
const Million = 1_000_000

// Span is what is assumed of one share, in parts per million of the whole:
// the value thought likely and how far it may lie to either side. Source says
// where the numbers come from; an assumption without a source is a wish.
type Span struct {
	Low, Likely, High int64
	Source            string
}

// Sure returns the span of a share that is known, in parts per million.
func Sure(share int64, source string) Span {
	return Span{Low: share, Likely: share, High: share, Source: source}
}

// check reports a span that is not ordered or leaves 0 to one million.
func (s Span) check(name string) error {
	if s.Low < 0 || s.Low > s.Likely || s.Likely > s.High || s.High > Million {
		return fmt.Errorf("%w: %s is %d to %d to %d parts per million, want 0 ≤ low ≤ likely ≤ high ≤ %d",
			ErrAssumption, name, s.Low, s.Likely, s.High, Million)
	}
	return nil
}

// Range is an amount that is not known exactly.
type Range struct{ Low, Likely, High pricing.Money }

// Flat returns tokens × perMillion / 1,000,000: the one multiplication that
// headlines are made of. It is rounded at 1e-12, half to even.
func Flat(tokens int64, perMillion pricing.Money) (pricing.Money, error) {
	if tokens < 0 {
		return pricing.Money{}, fmt.Errorf("%w: %d tokens", ErrRange, tokens)
	}
	n := new(big.Int).Mul(big.NewInt(tokens), pico(perMillion))
	return money(n, big.NewInt(Million))
}

// PerMillion is the inverse of [Flat]: what a million tokens cost if tokens
// of them cost total. Zero tokens are an error that matches [ErrRange].
func PerMillion(total pricing.Money, tokens int64) (pricing.Money, error) {
	if tokens <= 0 {
		return pricing.Money{}, fmt.Errorf("%w: %d tokens", ErrRange, tokens)
	}
	return money(new(big.Int).Mul(pico(total), big.NewInt(Million)), big.NewInt(tokens))
}

// pico returns the amount as a count of 1e-12 units.
func pico(m pricing.Money) *big.Int {
	hi, lo := m.Pico()
	n := new(big.Int).Lsh(big.NewInt(hi), 64)
	return n.Add(n, new(big.Int).SetUint64(lo))
}

// money returns num/den counts of 1e-12 units, rounded half to even, or
// [pricing.ErrOverflow]. den must be positive.
func money(num, den *big.Int) (pricing.Money, error) {
	q, r := new(big.Int).QuoRem(num, den, new(big.Int))
	twice := new(big.Int).Abs(r)
	if c := twice.Lsh(twice, 1).Cmp(den); c > 0 || (c == 0 && q.Bit(0) == 1) {
		q.Add(q, big.NewInt(int64(num.Sign())))
	}
	if q.BitLen() > 126 {
		return pricing.Money{}, fmt.Errorf("estimate: amount: %w", pricing.ErrOverflow)
	}
	lo := new(big.Int).And(q, new(big.Int).SetUint64(1<<64-1)).Uint64()
	return pricing.FromPico(new(big.Int).Rsh(q, 64).Int64(), lo), nil
}
