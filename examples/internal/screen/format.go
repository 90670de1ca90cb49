package screen

import (
	"strconv"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// Count writes a count for reading: exact below ten thousand, then three
// significant digits and a suffix, rounded half up: 9,431 or 12.3 K or 281 B.
func Count(n int64) string {
	if n < 0 {
		return "-" + Count(-n)
	}
	if n < 10_000 {
		return Exact(n)
	}
	unit := int64(1000)
	for _, suffix := range []string{" K", " M", " B", " T", " P"} {
		for decimals, part := 2, unit/100; decimals >= 0; decimals, part = decimals-1, part*10 {
			rounded := n / part
			if n%part >= part-n%part {
				rounded++
			}
			if rounded < 1000 {
				text := strconv.FormatInt(rounded, 10)
				if decimals > 0 {
					text = text[:len(text)-decimals] + "." + text[len(text)-decimals:]
				}
				return text + suffix
			}
		}
		unit *= 1000
	}
	return Exact(n/1_000_000_000_000_000) + " P"
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
	for part > 1<<55 { // keep 200·part inside int64; both lose the same bits
		part >>= 1
		whole >>= 1
	}
	p := (200*part + whole) / (2 * whole)
	switch {
	case p == 100 && part < whole:
		return ">99%"
	case p == 0 && part > 0:
		return "<1%"
	}
	return strconv.FormatInt(p, 10) + "%"
}

// Spark draws one bar a value, the highest full; a dot for nothing.
func Spark(values []int64) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	var top int64
	for _, v := range values {
		top = max(top, v)
	}
	shift := 0 // so that 8·top fits an int64
	for top>>shift > 1<<59 {
		shift++
	}
	var b strings.Builder
	for _, v := range values {
		if v <= 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(bars[max((v>>shift*8+(top>>shift)/2)/(top>>shift)-1, 0)])
	}
	return b.String()
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
