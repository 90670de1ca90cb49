package dashboard

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// TestRound: significant digits, half up, never overflowing.
func TestRound(t *testing.T) {
	for _, c := range []struct {
		n      int64
		digits int
		want   int64
	}{
		{0, 2, 0}, {7, 2, 7}, {99, 2, 99}, {994, 2, 990}, {995, 2, 1000}, {281_500_000_000, 2, 280_000_000_000},
		{285_000_000_000, 2, 290_000_000_000}, {-994, 2, -990}, {1234, 1, 1000}, {1234, 3, 1230}, {1234, 18, 1234},
		{math.MaxInt64, 2, 9_200_000_000_000_000_000}, {math.MinInt64, 1, -9_000_000_000_000_000_000},
		{9_500_000_000_000_000_000 - 1_000_000_000_000_000_000, 1, 9_000_000_000_000_000_000},
	} {
		if got := round(c.n, c.digits); got != c.want {
			t.Errorf("round(%d, %d) = %d, want %d", c.n, c.digits, got, c.want)
		}
	}
}

// TestRoundIsCoarse: as many figures look alike as the digits say, whatever
// they are.
func TestRoundIsCoarse(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for range 20_000 {
		n, digits := rng.Int64N(math.MaxInt64), 1+rng.IntN(4)
		got := round(n, digits)
		unit := int64(1)
		for m := n; m >= int64(math.Pow10(digits)); m /= 10 {
			unit *= 10
		}
		if got%unit != 0 || got-n > unit/2 || n-got > unit/2+unit%2 && got < math.MaxInt64-unit {
			t.Fatalf("round(%d, %d) = %d, unit %d", n, digits, got, unit)
		}
	}
}

// TestBlur: what is below the least is not told, whatever it is.
func TestBlur(t *testing.T) {
	p := Privacy{Digits: 2, Least: 1_000_000}
	b := p.blur(class{})
	if a, z := b.count(1), b.count(999_999); a != z || !a.Below || a.Value != 1_000_000 {
		t.Errorf("below the least: %+v and %+v", a, z)
	}
	if got := b.count(0); got != b.count(5) {
		t.Errorf("nothing is told from little: %+v", got)
	}
	if got := b.count(1_234_567); got != (figure{Value: 1_200_000}) {
		t.Errorf("%+v", got)
	}
	if a, z := b.money(nano(1), nano(1), 0), b.money(nano(999_999_999), nano(999_999_999), 0); a != z || !a.Below {
		t.Errorf("money below the least: %+v and %+v", a, z)
	}
	if a, z := b.money(nano(1), nano(5_000_000_000), 9), b.money(nano(999_999_999), nano(5_000_000_000), 0); a != z || a.Value.Sign() != 0 || a.High != nano(5_000_000_000) {
		t.Errorf("a lower bound below the least: %+v and %+v", a, z)
	}
	for n, want := range map[int64]figure{0: {}, 1: {Value: 10, Below: true}, 9: {Value: 10, Below: true}, 14: {Value: 10}, 99: {Value: 100}, 101: {Value: 100}, 1_250: {Value: 1_300}, -47: {Value: -50}} {
		if got := b.plain(n); got != want {
			t.Errorf("%d is %+v, want %+v", n, got, want)
		}
	}
	if got := p.blur(class{exact: true}).count(7); got != exactly(7) {
		t.Errorf("exact viewer: %+v", got)
	}
}

// TestPseudonyms: none without a key; another one on each list and in each
// period; the same for the same.
func TestPseudonyms(t *testing.T) {
	p := Privacy{Key: []byte(strings.Repeat("k", 32))}
	a := p.pseudonym("tokens-30d", "2026-11", "ana")
	if a != p.pseudonym("tokens-30d", "2026-11", "ana") || len(a) != 19 {
		t.Errorf("%q is not stable", a)
	}
	other := Privacy{Key: []byte(strings.Repeat("l", 32))}
	for _, b := range []string{
		p.pseudonym("cost-30d", "2026-11", "ana"), p.pseudonym("tokens-30d", "2026-12", "ana"), p.pseudonym("tokens-30d", "2026-11", "bob"),
		p.pseudonym("tokens-30d2026-11", "", "ana"), other.pseudonym("tokens-30d", "2026-11", "ana"),
	} {
		if a == b {
			t.Errorf("%q twice", a)
		}
	}
	if none := (&Privacy{}).pseudonym("tokens-30d", "2026-11", "ana"); none != "" {
		t.Errorf("a pseudonym without a key: %q", none)
	}
}

func TestPeriods(t *testing.T) {
	at := time.Date(2027, 1, 2, 3, 0, 0, 0, time.UTC)
	for kind, want := range map[string]string{"day": "2027-01-02", "week": "2026-W53", "month": "2027-01", "year": "2027", "hour": ""} {
		if got := periodOf(kind, at); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

// TestDisplay: what is shown is valid, short, and turns nothing around.
func TestDisplay(t *testing.T) {
	for in, want := range map[string]string{
		"ana": "ana", "": "?", "\u202e": "?", "a\u202eb": "ab", "a\x00b\nc": "abc", "\xff\xfe": "�", "x\u2066y\u2069": "xy",
		"ünïcödé 漢字 עברית": "ünïcödé 漢字 עברית", "👩\u200d🚀": "👩\u200d🚀", "<b>": "<b>", "\u200b": "?", "e\u0301": "e\u0301",
		"z" + strings.Repeat("\u0301", 50): "z" + strings.Repeat("\u0301", 4),
	} {
		if got := display(in); got != want {
			t.Errorf("display(%q) = %q, want %q", in, got, want)
		}
	}
	long := display(strings.Repeat("名", 10_000))
	if utf8.RuneCountInString(long) != maxShown+1 || !strings.HasSuffix(long, "…") {
		t.Errorf("a long name is shown with %d characters", utf8.RuneCountInString(long))
	}
}
