package usage

import (
	"math"
	"strconv"
)

// Reasons why a value is no count.
const (
	reasonNegative = "a count cannot be negative"
	reasonTooLarge = "a count above 1000000000000, or a total above 1000000000000000, is taken for a fault"
	reasonFraction = "want a whole number"
	reasonNoNumber = "want a number"
)

// maxTotal bounds a total: more than the sum of as many meters as there are.
const maxTotal = 1000 * MaxCount

// parseCount reads the text of a JSON value as a count from 0 to limit, which
// is at most maxTotal. Any spelling of a whole number is exact: 12, 12.0, 1e3,
// 1.5e1 and -0. A string that is nothing but such a number counts too, for
// protocols that write 64-bit integers as strings. Everything else has a
// reason.
func parseCount(b []byte, limit int64) (n int64, reason string) {
	if len(b) <= 16 {
		for _, c := range b {
			if c < '0' || c > '9' {
				return parseCountSlow(b, limit)
			}
			n = n*10 + int64(c-'0')
		}
		if n > limit {
			return 0, reasonTooLarge
		}
		return n, ""
	}
	return parseCountSlow(b, limit)
}

func parseCountSlow(b []byte, limit int64) (int64, string) {
	d, ok := parseDecimal(b)
	switch {
	case !ok:
		return 0, reasonNoNumber
	case len(d.digits) == 0:
		return 0, ""
	case d.exp < 0:
		return 0, reasonFraction
	case d.negative:
		return 0, reasonNegative
	case len(d.digits)+d.exp > 16:
		return 0, reasonTooLarge
	}
	var n int64
	for _, c := range d.digits {
		n = n*10 + int64(c-'0')
	}
	for range d.exp {
		n *= 10
	}
	if n > limit {
		return 0, reasonTooLarge
	}
	return n, ""
}

// decimal is a number as it was written: ±digits × 10^exp, with no zero at
// either end of digits. Zero has no digits.
type decimal struct {
	negative bool
	digits   []byte
	exp      int
}

// maxDigits bounds the digits of a number that is not plainly a count.
const maxDigits = 64

// parseDecimal reads a JSON number, or a string that holds one.
func parseDecimal(b []byte) (d decimal, ok bool) {
	if len(b) >= 2 && b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	s := scanner{data: b}
	if len(b) == 0 || s.number(0) != len(b) {
		return d, false
	}
	if b[0] == '-' {
		d.negative, b = true, b[1:]
	}
	var kept [maxDigits]byte
	n, fraction := 0, false
	for len(b) > 0 && b[0]|0x20 != 'e' {
		c := b[0]
		b = b[1:]
		if c == '.' {
			fraction = true
			continue
		}
		if fraction {
			d.exp--
		}
		switch {
		case n == 0 && c == '0': // a leading zero
		case n < maxDigits:
			kept[n] = c
			n++
		case c != '0':
			return d, false // more digits than any count or price has
		default:
			d.exp++
		}
	}
	if len(b) > 0 {
		d.exp += exponent(b[1:])
	}
	for n > 0 && kept[n-1] == '0' {
		n--
		d.exp++
	}
	if n == 0 {
		return decimal{}, true
	}
	d.digits = append(make([]byte, 0, n), kept[:n]...)
	return d, true
}

// exponent reads a signed exponent and saturates far beyond any use.
func exponent(b []byte) int {
	sign := 1
	switch b[0] {
	case '-':
		sign, b = -1, b[1:]
	case '+':
		b = b[1:]
	}
	e := 0
	for _, c := range b {
		if e = e*10 + int(c-'0'); e > math.MaxInt16 {
			return sign * math.MaxInt16
		}
	}
	return sign * e
}

// plain spells a decimal without an exponent and without trailing zeros.
func (d decimal) plain() string {
	if len(d.digits) == 0 {
		return "0"
	}
	var b []byte
	if d.negative {
		b = append(b, '-')
	}
	point := len(d.digits) + d.exp // digits before the decimal point
	switch {
	case point <= 0:
		b = append(b, "0."...)
		for range -point {
			b = append(b, '0')
		}
		b = append(b, d.digits...)
	case d.exp < 0:
		b = append(append(append(b, d.digits[:point]...), '.'), d.digits[point:]...)
	default:
		b = append(b, d.digits...)
		for range d.exp {
			b = append(b, '0')
		}
	}
	return string(b)
}

// cost reads a member as an amount of money that the provider reports,
// shifted by 10^shift, and returns it as a plain decimal; empty if absent.
func (d *decoder) cost(o *object, k key, shift int) string {
	s := o.vals[k]
	if !s.ok() || d.err != nil {
		return ""
	}
	v, ok := parseDecimal(d.data[s.from:s.to])
	switch {
	case !ok:
		d.refuse(o, k, reasonNoNumber, nil)
		return ""
	case v.negative:
		d.refuse(o, k, "a cost cannot be negative", ErrRange)
		return ""
	}
	if len(v.digits) > 0 {
		v.exp += shift
	}
	if point := len(v.digits) + v.exp; point > 18 || v.exp < -30 {
		d.refuse(o, k, "a cost of this size or precision is taken for a fault", ErrRange)
		return ""
	}
	return v.plain()
}

// millis reads a member that is a duration in seconds, and returns it in
// milliseconds, rounded half to even where it is finer.
func (d *decoder) millis(o *object, k key) int64 {
	s := o.vals[k]
	if !s.ok() || d.err != nil {
		return 0
	}
	v, ok := parseDecimal(d.data[s.from:s.to])
	switch {
	case !ok:
		d.refuse(o, k, reasonNoNumber, nil)
		return 0
	case v.negative:
		d.refuse(o, k, "a duration cannot be negative", ErrRange)
		return 0
	case len(v.digits) == 0:
		return 0
	case len(v.digits)+v.exp > 9:
		d.refuse(o, k, "a duration of 1000000000 seconds or more is taken for a fault", ErrRange)
		return 0
	}
	v.exp += 3
	if v.exp >= 0 {
		n, _ := strconv.ParseInt(v.plain(), 10, 64)
		return n
	}
	d.note("rounded: a duration finer than a millisecond")
	whole, half := len(v.digits)+v.exp, int64(0) // digits before the point
	var n int64
	if whole >= 0 {
		n, _ = strconv.ParseInt("0"+string(v.digits[:whole]), 10, 64)
		switch c := v.digits[whole]; {
		case c > '5', c == '5' && whole+1 < len(v.digits), c == '5' && n&1 == 1:
			half = 1
		}
	}
	return n + half
}
