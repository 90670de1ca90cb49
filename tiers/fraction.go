package tiers

import (
	"fmt"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// Fraction is an exact share, Num of Den. Den must be positive.
type Fraction struct{ Num, Den int64 }

// Percent returns n per cent.
func Percent(n int64) Fraction { return Fraction{n, 100} }

// PerMille returns n per thousand.
func PerMille(n int64) Fraction { return Fraction{n, 1000} }

// ParseFraction reads "60%", "12.5%" or "3/8". It may be above 1, as ratios
// may, but not negative.
func ParseFraction(s string) (Fraction, error) {
	bad := func() (Fraction, error) {
		return Fraction{}, fmt.Errorf("%w: %q is no share, want one such as 60%%, 12.5%% or 3/8", ErrInvalid, s)
	}
	var f Fraction
	if num, den, ok := strings.Cut(s, "/"); ok {
		n, err1 := parseDigits(num)
		d, err2 := parseDigits(den)
		if err1 != nil || err2 != nil {
			return bad()
		}
		f = Fraction{n, d}
	} else {
		text, ok := strings.CutSuffix(s, "%")
		whole, part, dot := strings.Cut(strings.TrimSpace(text), ".")
		if !ok || len(part) > 9 || (dot && part == "") {
			return bad()
		}
		n, err := parseDigits(whole + part)
		if err != nil || whole == "" {
			return bad()
		}
		f = Fraction{n, 100}
		for range part {
			f.Den *= 10
		}
	}
	if f.Den <= 0 {
		return bad()
	}
	return f, nil
}

// parseDigits reads a whole number without sign.
func parseDigits(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 62)
	return int64(n), err
}

// String returns the share as a percentage rounded down to a hundredth, such
// as "62.5 %".
func (f Fraction) String() string {
	if f.Den <= 0 {
		return "?"
	}
	n := new(big.Int).Mul(big.NewInt(f.Num), big.NewInt(10_000))
	n.Div(n, big.NewInt(f.Den)) // Euclidean: down, as Den > 0
	whole, part := new(big.Int).QuoRem(n, big.NewInt(100), new(big.Int))
	s := whole.String()
	if p := new(big.Int).Abs(part).Int64(); p != 0 {
		s += strings.TrimRight(fmt.Sprintf(".%02d", p), "0")
		if n.Sign() < 0 && whole.Sign() == 0 {
			s = "-" + s
		}
	}
	return s + " %"
}

// MarshalText returns the share exactly, as "Num/Den".
func (f Fraction) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d/%d", f.Num, f.Den), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]; see [ParseFraction].
func (f *Fraction) UnmarshalText(b []byte) error {
	v, err := ParseFraction(string(b))
	if err != nil {
		return err
	}
	*f = v
	return nil
}

// Cmp compares two fractions exactly.
func (f Fraction) Cmp(g Fraction) int { return cmpRatio(f.Num, f.Den, g) }

// isShare reports a valid fraction from 0 to 1.
func (f Fraction) isShare() bool { return f.Den > 0 && f.Num >= 0 && f.Num <= f.Den }

// cmpRatio compares num/den with f, exactly. den must be positive.
func cmpRatio(num, den int64, f Fraction) int {
	// num * f.Den against f.Num * den, by sign first and then in 128 bits.
	if (num < 0) != (f.Num < 0) {
		if num < 0 {
			return -1
		}
		return 1
	}
	ah, al := bits.Mul64(magnitude(num), uint64(f.Den))
	bh, bl := bits.Mul64(magnitude(f.Num), uint64(den))
	c := cmp128(ah, al, bh, bl)
	if num < 0 {
		return -c
	}
	return c
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func cmp128(ah, al, bh, bl uint64) int {
	switch {
	case ah != bh:
		if ah < bh {
			return -1
		}
		return 1
	case al < bl:
		return -1
	case al > bl:
		return 1
	}
	return 0
}

// reaches reports whether part is at least the share f of whole, exactly. Both
// amounts must not be negative; a whole of zero has no shares.
func reaches(part, whole pricing.Money, f Fraction) bool {
	if whole.Sign() <= 0 || part.Sign() < 0 {
		return false
	}
	a2, a1, a0 := mul192(part, uint64(f.Den))
	b2, b1, b0 := mul192(whole, uint64(f.Num))
	if a2 != b2 {
		return a2 > b2
	}
	return cmp128(a1, a0, b1, b0) >= 0
}

// mul192 multiplies a non-negative amount, in its units of 1e-12, by n.
func mul192(m pricing.Money, n uint64) (w2, w1, w0 uint64) {
	hi, lo := m.Pico()
	carry, w0 := bits.Mul64(lo, n)
	w2, w1 = bits.Mul64(uint64(hi), n)
	w1, c := bits.Add64(w1, carry, 0)
	return w2 + c, w1, w0
}

// shareOf returns part of whole as a fraction of a million, rounded down: what
// is shown of a ratio of amounts. It is 0 if whole is not positive.
func shareOf(part, whole pricing.Money) Fraction {
	const scale = 1_000_000
	if whole.Sign() <= 0 {
		return Fraction{0, scale}
	}
	q := bigPico(part)
	q.Mul(q, big.NewInt(scale)).Div(q, bigPico(whole))
	if !q.IsInt64() {
		return Fraction{0, scale}
	}
	return Fraction{q.Int64(), scale}
}

func bigPico(m pricing.Money) *big.Int {
	hi, lo := m.Pico()
	b := new(big.Int).Lsh(big.NewInt(hi), 64)
	return b.Add(b, new(big.Int).SetUint64(lo))
}
