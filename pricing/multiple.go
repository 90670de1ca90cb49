package pricing

import (
	"fmt"
	"math/big"
	"strings"
)

// Multiple is an exact, non-negative multiplier such as 1.1 or 0.5. The zero
// Multiple is absent; a text that cannot be read is reported by [Book.With].
type Multiple struct {
	num, den uint64
	bad      string
}

// Times is the multiple of a decimal text or of a fraction of two: Times("0.5")
// halves a price, Times("2/3") takes a third off it, Times("0") makes it free.
func Times(multiple string) Multiple {
	over, under, isFraction := strings.Cut(multiple, "/")
	m := times(over)
	if !isFraction || m.bad != "" {
		return m
	}
	d := times(under)
	switch {
	case d.bad != "":
		return d
	case d.num == 0:
		return Multiple{bad: fmt.Sprintf("%q divides by zero", multiple)}
	}
	if m.num, m.den = mulFraction(m.num, m.den, d.den, d.num); m.den == 0 {
		return Multiple{bad: fmt.Sprintf("%q is too large or too fine for a fraction of 64-bit integers", multiple)}
	}
	g := gcd(m.num, m.den)
	return Multiple{num: m.num / g, den: m.den / g}
}

func times(text string) Multiple {
	d, err := parseDecimal(text)
	switch {
	case err != nil:
		return Multiple{bad: err.Error()}
	case d.neg:
		return Multiple{bad: fmt.Sprintf("%q is negative", text)}
	}
	num, den, ok := d.ratio(0, 1)
	if !ok {
		return Multiple{bad: fmt.Sprintf("%q is too large or too fine for a fraction of 64-bit integers", text)}
	}
	return Multiple{num: num, den: den}
}

// IsSet reports whether the multiple is there and valid.
func (f Multiple) IsSet() bool { return f.den != 0 }

// Cmp compares two multiples that are set; an absent one is less than any.
func (f Multiple) Cmp(g Multiple) int {
	return Rate{num: f.num, den: f.den}.Cmp(Rate{num: g.num, den: g.den})
}

// Err returns what is wrong with an invalid multiple; nil for an absent one.
func (f Multiple) Err() error {
	if f.bad == "" {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrSyntax, f.bad)
}

// String returns the exact decimal, or a fraction where there is none; "" if
// absent.
func (f Multiple) String() string {
	if f.den == 0 {
		return ""
	}
	return ratText(new(big.Rat).SetFrac(new(big.Int).SetUint64(f.num), new(big.Int).SetUint64(f.den)))
}

// MarshalText implements [encoding.TextMarshaler].
func (f Multiple) MarshalText() ([]byte, error) { return []byte(f.String()), f.Err() }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *Multiple) UnmarshalText(b []byte) error {
	v := Times(string(b))
	if err := v.Err(); err != nil {
		return err
	}
	*f = v
	return nil
}
