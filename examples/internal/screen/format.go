package screen

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// Count writes a count for reading: exact below ten thousand, then three
// significant digits and a suffix, rounded half up: 9,431 or 12.3 K or 281 B.
func Count(n int64) string {
	if n < 0 {
		return "-" + count(-uint64(n)) // right for the least int64 too
	}
	return count(uint64(n))
}

func count(n uint64) string {
	if n < 10_000 {
		return group(strconv.FormatUint(n, 10))
	}
	unit := uint64(1000)
	for _, suffix := range []string{" K", " M", " B", " T", " P"} {
		for decimals, part := 2, unit/100; decimals >= 0; decimals, part = decimals-1, part*10 {
			rounded := n / part
			if n%part >= part-n%part {
				rounded++
			}
			if rounded < 1000 {
				text := strconv.FormatUint(rounded, 10)
				if decimals > 0 {
					text = text[:len(text)-decimals] + "." + text[len(text)-decimals:]
				}
				return text + suffix
			}
		}
		unit *= 1000
	}
	return group(strconv.FormatUint(n/1_000_000_000_000_000, 10)) + " P"
}

// Exact writes a count in full with thousands separated: 1,234,567.
func Exact(n int64) string {
	return group(strconv.FormatInt(n, 10))
}

func group(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// USD writes an amount rounded to cents, half to even: $1,234.50. What is not
// zero but rounds to nothing is written <$0.01.
func USD(m pricing.Money) string {
	cents := m.Round(2)
	if m.Sign() > 0 && cents.IsZero() {
		return "<$0.01"
	}
	text := ExactUSD(cents)
	switch i := strings.IndexByte(text, '.'); {
	case i < 0:
		return text + ".00"
	case i == len(text)-2:
		return text + "0"
	}
	return text
}

// ExactUSD writes an amount in full: $0.0291.
func ExactUSD(m pricing.Money) string {
	text := m.String()
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, rest, dot := strings.Cut(text, ".")
	if dot {
		rest = "." + rest
	}
	return sign + "$" + group(whole) + rest
}

// Percent writes part of whole as a whole percentage, rounded half up; "–"
// where there is no whole.
func Percent(part, whole int64) string {
	if whole <= 0 {
		return "–"
	}
	// floor((200·part + whole) / (2·whole)), which fits no int64.
	double := new(big.Int).Lsh(big.NewInt(whole), 1)
	p := new(big.Int).Mul(big.NewInt(part), big.NewInt(200))
	p.Add(p, big.NewInt(whole)).Div(p, double)
	switch {
	case part < whole && p.Cmp(big.NewInt(100)) == 0:
		return ">99%"
	case part > 0 && p.Sign() == 0:
		return "<1%"
	}
	return p.String() + "%"
}

// Plural writes a count in full and the word for what is counted: 1 call,
// 5,248 calls.
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Exact(n) + " " + many
}

// Span writes a duration of event time: 14h 20m or 3d 4h.
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + "h " + strconv.Itoa(int(d%time.Hour/time.Minute)) + "m"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + "d " + strconv.Itoa(int(d%(24*time.Hour)/time.Hour)) + "h"
}
