package tiers

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// valueKind says what a Value holds.
type valueKind uint8

const (
	countValue  valueKind = iota // n
	amountValue                  // m
	spanValue                    // n nanoseconds
	dayValue                     // n days since 1970-01-01
	shareValue                   // n of d
)

// Value is a fact or a threshold: a count, an amount of money, a span of
// time, a day or a share. It is exact and comparable; the zero Value is the
// count 0.
type Value struct {
	kind valueKind
	n, d int64
	m    pricing.Money
}

// Count is a whole number as a Value.
func Count(n int64) Value { return Value{n: n} }

// Amount is an amount of money as a Value.
func Amount(m pricing.Money) Value { return Value{kind: amountValue, m: m} }

// Span is a duration as a Value.
func Span(d time.Duration) Value { return Value{kind: spanValue, n: int64(d)} }

// OnDay is a civil day as a Value.
func OnDay(d Day) Value { return Value{kind: dayValue, n: int64(d)} }

// Share is a fraction as a Value.
func Share(f Fraction) Value { return Value{kind: shareValue, n: f.Num, d: f.Den} }

// Int64 returns the count, nanoseconds or day number; 0 of other kinds.
func (v Value) Int64() int64 {
	if v.kind == amountValue || v.kind == shareValue {
		return 0
	}
	return v.n
}

// Money returns the amount; zero of other kinds.
func (v Value) Money() pricing.Money { return v.m }

// Fraction returns the share; false of other kinds.
func (v Value) Fraction() (Fraction, bool) { return Fraction{v.n, v.d}, v.kind == shareValue }

// cmp compares two values of one kind. Values of different kinds compare as
// equal: validation has refused them.
func (v Value) cmp(w Value) int {
	switch {
	case v.kind != w.kind:
		return 0
	case v.kind == amountValue:
		return v.m.Cmp(w.m)
	case v.kind == shareValue:
		return cmpRatio(v.n, v.d, Fraction{w.n, w.d})
	case v.n < w.n:
		return -1
	case v.n > w.n:
		return 1
	}
	return 0
}

// String returns the value for people: "4,200,000", "12.5", "3h20m",
// "2026-04-07", "62.5 %".
func (v Value) String() string {
	switch v.kind {
	case amountValue:
		return v.m.String()
	case spanValue:
		return spanText(time.Duration(v.n))
	case dayValue:
		return Day(v.n).String()
	case shareValue:
		return Fraction{v.n, v.d}.String()
	}
	return grouped(v.n)
}

// MarshalJSON returns a number for a count and a text for everything else:
// amounts as decimals, spans as durations, days as dates, shares as "n/d".
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case countValue:
		return strconv.AppendInt(nil, v.n, 10), nil
	case spanValue:
		return strconv.AppendQuote(nil, time.Duration(v.n).String()), nil
	case shareValue:
		return fmt.Appendf(nil, `"%d/%d"`, v.n, v.d), nil
	}
	return strconv.AppendQuote(nil, v.String()), nil
}

// spanText is the duration without its zero units, cut to whole seconds.
func spanText(d time.Duration) string {
	s := d.Truncate(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// grouped writes n with a comma between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// plural returns "1 day", "2 days".
func plural(n int64, unit string) string {
	if n == 1 || n == -1 {
		return grouped(n) + " " + unit
	}
	return grouped(n) + " " + unit + "s"
}
