package pricing

import (
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/tokenomics-go/tokenomics/usage"
)

// A call priced in integers costs what shopspring/decimal makes of the same
// texts: every line rounded once, half to even, at 1e-12, then added up. Both
// ways to price are held to it, by name and by a handle of the terms.
func FuzzPriceEqualsDecimal(f *testing.F) {
	f.Add(uint64(5), uint8(0), uint64(25), uint8(0), uint64(11), uint8(1), int64(1200), int64(900))
	f.Add(uint64(3625), uint8(6), uint64(1), uint8(12), uint64(5), uint8(1), int64(1), int64(1))
	f.Add(uint64(1), uint8(7), uint64(15), uint8(7), uint64(1), uint8(0), int64(5), int64(5)) // halves
	f.Add(uint64(1)<<62, uint8(18), uint64(999_999_999_999), uint8(0), uint64(1)<<60, uint8(17), int64(usage.MaxCount), int64(1))
	f.Fuzz(func(t *testing.T, input uint64, inputExp uint8, output uint64, outputExp uint8, by uint64, byExp uint8, in, out int64) {
		text := func(coef uint64, exp uint8) string {
			return decimal.NewFromUint64(coef).Shift(-int32(exp % 19)).String()
		}
		rates := [...]string{text(input, inputExp), text(output, outputExp)}
		factor := text(by, byExp)
		book, err := NewBook(Sheet{Name: "s", Models: []Model{{Provider: "p", ID: "m", Rates: Rates{Input: PerMillion(rates[0]), Output: PerMillion(rates[1])}}},
			Modifiers: []Modifier{{Name: "by", Provider: "p", Modes: []string{"batch"}, By: Times(factor)}}})
		if err != nil {
			if !strings.Contains(err.Error(), "too large or too fine") {
				t.Fatal(err)
			}
			return
		}
		call := Call{Provider: "p", Model: "m", Tier: "batch", Usage: usage.Usage{Input: in, Output: out}}
		want := decimal.Zero
		for i, n := range [...]int64{in, out} {
			line := decimal.NewFromInt(n).Mul(decimal.RequireFromString(rates[i])).Shift(-6).Mul(decimal.RequireFromString(factor))
			want = want.Add(line.RoundBank(12))
		}
		h, err := book.ResolveCall(&call)
		if err != nil {
			t.Fatal(err)
		}
		var onTerms Cost
		_ = h.PriceInto(&onTerms, &call)
		cost, err := book.Price(call)
		switch {
		case onTerms != cost:
			t.Fatalf("by name %s, on terms %s", cost.Explain(), onTerms.Explain())
		case call.Usage.Validate() != nil:
			if !errors.Is(err, usage.ErrRange) {
				t.Fatalf("%+v: %v, want ErrRange", call.Usage, err)
			}
		case want.GreaterThanOrEqual(decimal.RequireFromString("9223372036854.775808")):
			if !errors.Is(err, ErrOverflow) {
				t.Fatalf("%s: %v, want ErrOverflow", want, err)
			}
		case err != nil || !cost.Total.Decimal().Equal(want):
			t.Fatalf("%d × %s and %d × %s per million, × %s: %s (%v), want %s", in, rates[0], out, rates[1], factor, cost.Total, err, want)
		}
	})
}
