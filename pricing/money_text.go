package pricing

import (
	"database/sql/driver"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/shopspring/decimal"
)

// ParseMoney reads a decimal such as "12", "-0.000001" or "1.5e-05". Spaces,
// group separators and currency signs are errors that match [ErrSyntax]; a
// digit beyond 1e-12 other than zero is [ErrInexact], never rounded.
func ParseMoney(s string) (Money, error) {
	d, err := parseDecimal(s)
	if err != nil {
		return Money{}, err
	}
	mag, err := d.scaled(12)
	if err != nil {
		return Money{}, fmt.Errorf("%w: amount %q", err, s)
	}
	if mag.hi > math.MaxInt64 {
		return Money{}, errAmount(strconv.Quote(s))
	}
	m := Money{int64(mag.hi), mag.lo}
	if d.neg {
		m = m.Neg()
	}
	return m, nil
}

// String returns the exact amount as a plain decimal: no exponent, no
// trailing zeros, "0" for zero.
func (m Money) String() string {
	var buf [48]byte
	return string(m.append(buf[:0]))
}

// AppendText implements [encoding.TextAppender]; see [Money.String].
func (m Money) AppendText(b []byte) ([]byte, error) { return m.append(b), nil }

// MarshalText implements [encoding.TextMarshaler]; see [Money.String].
func (m Money) MarshalText() ([]byte, error) { return m.append(nil), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]; see [ParseMoney].
func (m *Money) UnmarshalText(b []byte) error {
	v, err := ParseMoney(string(b))
	if err == nil {
		*m = v
	}
	return err
}

// MarshalJSON writes the amount as a JSON string, so that no reader takes it
// for a float.
func (m Money) MarshalJSON() ([]byte, error) {
	return append(m.append([]byte{'"'}), '"'), nil
}

// UnmarshalJSON reads a JSON string or a JSON number, both exactly; null
// leaves m as it is.
func (m *Money) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if len(b) >= 2 && b[0] == '"' && b[len(b)-1] == '"' {
		b = b[1 : len(b)-1]
	}
	return m.UnmarshalText(b)
}

// Value implements [driver.Valuer]: the exact decimal as a string, for
// NUMERIC and TEXT columns. For sums in any engine see [Money.Columns].
func (m Money) Value() (driver.Value, error) { return m.String(), nil }

// Scan implements sql.Scanner for strings, byte slices and integers (whole
// units). Floats are refused: they are not exact.
func (m *Money) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return m.UnmarshalText([]byte(v))
	case []byte:
		return m.UnmarshalText(v)
	case int64:
		*m = FromColumns(0, picoPerUnit)
		p, err := m.MulInt(v)
		*m = p
		return err
	}
	return fmt.Errorf("%w: cannot scan %T into Money, want an exact text or an integer", ErrSyntax, src)
}

// Decimal returns the exact amount as a shopspring decimal.
func (m Money) Decimal() decimal.Decimal {
	if hi := m.hi; hi == int64(m.lo)>>63 {
		return decimal.New(int64(m.lo), -12)
	}
	a := m.Abs()
	n := new(big.Int).SetUint64(uint64(a.hi))
	n.Or(n.Lsh(n, 64), new(big.Int).SetUint64(a.lo))
	if m.hi < 0 {
		n.Neg(n)
	}
	return decimal.NewFromBigInt(n, -12)
}

// FromDecimal returns the amount of a shopspring decimal: [ErrInexact] if it
// has digits beyond 1e-12, [ErrOverflow] if it is out of range.
func FromDecimal(d decimal.Decimal) (Money, error) {
	if e := d.Exponent(); e > 40 || e < -10_000 {
		if d.IsZero() {
			return Money{}, nil
		}
		if e > 40 {
			return Money{}, errAmount("decimal")
		}
		return Money{}, fmt.Errorf("%w: amount with exponent %d", ErrInexact, e)
	}
	s := d.Shift(12)
	if !s.IsInteger() {
		return Money{}, fmt.Errorf("%w: amount %s", ErrInexact, d)
	}
	n := s.BigInt()
	if n.BitLen() > 127 {
		return Money{}, errAmount("decimal")
	}
	a := new(big.Int).Abs(n)
	lo := new(big.Int).And(a, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	m := Money{int64(a.Rsh(a, 64).Uint64()), lo}
	if n.Sign() < 0 {
		m = m.Neg()
	}
	return m, nil
}

// append appends the plain decimal.
func (m Money) append(b []byte) []byte {
	if m.hi < 0 {
		b = append(b, '-')
		m = m.Neg()
	}
	return appendScaled(b, u128{uint64(m.hi), m.lo}, 12)
}

// appendScaled appends n·10^-scale as a plain decimal without trailing zeros;
// scale is at most 40.
func appendScaled(b []byte, n u128, scale int) []byte {
	var digits [80]byte
	i := len(digits)
	for n.hi != 0 {
		var r uint64
		n, r = div128(n, 1e19)
		for range 19 {
			i--
			digits[i] = byte('0' + r%10)
			r /= 10
		}
	}
	for n.lo != 0 {
		i--
		digits[i] = byte('0' + n.lo%10)
		n.lo /= 10
	}
	for len(digits)-i <= scale {
		i--
		digits[i] = '0'
	}
	end, point := len(digits), len(digits)-scale
	for end > point && digits[end-1] == '0' {
		end--
	}
	for i < point-1 && digits[i] == '0' { // 19-digit groups may lead with zeros
		i++
	}
	b = append(b, digits[i:point]...)
	if end > point {
		b = append(append(b, '.'), digits[point:end]...)
	}
	return b
}

// dec is a parsed decimal: ±coef·10^exp.
type dec struct {
	neg  bool
	coef u128
	exp  int
}

// parseDecimal reads [+-]digits[.digits][e[+-]digits]. Zeros at either end
// cost nothing, so "0.50000…" of any length is read; a coefficient beyond 128
// bits is [ErrOverflow].
func parseDecimal(s string) (dec, error) {
	var d dec
	fail := func(reason string) (dec, error) {
		if len(s) > 64 {
			s = s[:64] + "…"
		}
		return dec{}, fmt.Errorf("%w: %q %s", ErrSyntax, s, reason)
	}
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		d.neg = s[i] == '-'
		i++
	}
	var seen, point bool
	zeros := 0 // zeros read and not yet multiplied in
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' {
			if point {
				return fail("has two points")
			}
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		seen = true
		if point {
			d.exp--
		}
		zeros++
		if c == '0' {
			continue
		}
		if d.coef != (u128{}) {
			for range zeros {
				var over bool
				if d.coef, over = mul128(d.coef, 10); over {
					return dec{}, fmt.Errorf("%w: %d digits", ErrOverflow, len(s))
				}
			}
		}
		zeros = 0
		var over bool
		if d.coef, over = add128(d.coef, u128{0, uint64(c - '0')}); over {
			return dec{}, fmt.Errorf("%w: %d digits", ErrOverflow, len(s))
		}
	}
	if !seen {
		return fail("is not a decimal number")
	}
	d.exp += zeros
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > 10_000 || e < -10_000 {
			return fail("has no valid exponent")
		}
		d.exp += e
		i = len(s)
	}
	if i < len(s) {
		return fail("is not a decimal number")
	}
	if d.coef == (u128{}) {
		return dec{}, nil
	}
	return d, nil
}

// scaled returns coef·10^(exp+places), which must be a whole number of at
// most 128 bits: else the bare [ErrInexact] or [ErrOverflow].
func (d dec) scaled(places int) (u128, error) {
	n := d.coef
	if n == (u128{}) {
		return n, nil
	}
	e := d.exp + places
	for ; e < 0; e++ {
		q, rest := div128(n, 10)
		if rest != 0 {
			return u128{}, ErrInexact
		}
		n = q
	}
	for ; e > 0; e-- {
		var over bool
		if n, over = mul128(n, 10); over {
			return u128{}, ErrOverflow
		}
	}
	return n, nil
}
