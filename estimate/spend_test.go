package estimate

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

var april = time.Date(2026, time.April, 7, 0, 0, 0, 0, time.UTC)

// testBook has two models; the big one cost three times as much before 2026.
func testBook(t testing.TB) *pricing.Book {
	t.Helper()
	m := pricing.PerMillion
	b, err := pricing.NewBook(pricing.Sheet{
		Name: "test",
		Models: []pricing.Model{
			{Provider: "anthropic", ID: "big", Until: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Rates: pricing.Rates{
				Input: m("15"), CacheRead: m("1.5"), CacheWrite5m: m("18.75"), Output: m("75")}},
			{Provider: "anthropic", ID: "big", From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Rates: pricing.Rates{
				Input: m("5"), CacheRead: m("0.5"), CacheWrite5m: m("6.25"), Output: m("25")}},
			{Provider: "anthropic", ID: "small",
				Rates: pricing.Rates{Input: m("1"), CacheRead: m("0.1"), CacheWrite5m: m("1.25"), Output: m("5")},
				Steps: []pricing.Step{{Above: 200_000, Rates: pricing.Rates{
					Input: m("2"), CacheRead: m("0.2"), CacheWrite5m: m("2.5"), Output: m("7.5")}}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func testAssumptions() Assumptions {
	return Assumptions{
		At: april,
		Meters: []MeterShare{
			{usage.Input, Span{0, 50_000, 200_000, "test"}},
			{usage.CacheRead, Span{700_000, 900_000, 970_000, "test"}},
			{usage.CacheWrite5m, Span{10_000, 40_000, 80_000, "test"}},
			{usage.Output, Span{2_000, 10_000, 30_000, "test"}},
		},
		Models: []ModelShare{
			{"anthropic", "big", Span{400_000, 800_000, 1_000_000, "test"}},
			{"anthropic", "small", Span{0, 200_000, 600_000, "test"}},
		},
		LongContext: Span{0, 100_000, 300_000, "test"},
		Discount:    Span{0, 0, 300_000, "test"},
	}
}

func TestSpendLikely(t *testing.T) {
	a := testAssumptions()
	s, err := Spend(testBook(t), 1_000_000_000, a)
	if err != nil {
		t.Fatal(err)
	}
	// big: .05·5 + .9·.5 + .04·6.25 + .01·25 = 1.2 a million.
	// small: a tenth below the step is .05 + .09 + .05 + .05 = .24, at ten per
	// cent above it, where output is 7.5: .9·.24 + .1·(.1+.18+.1+.075) = .2615.
	// Together .8·1.2 + .2·.2615 = 1.0123 a million.
	if got := s.Likely.String(); got != "1012.3" {
		t.Errorf("likely %s, want 1012.3", got)
	}
	if got := s.PerMillion.Likely.String(); got != "1.0123" {
		t.Errorf("per million %s, want 1.0123", got)
	}
	if s.FloorWhy != "all cache_read of anthropic/small" || s.Floor.String() != "70" {
		t.Errorf("floor %s: %s", s.Floor, s.FloorWhy)
	}
	if s.CeilingWhy != "all output of anthropic/big" || s.Ceiling.String() != "25000" {
		t.Errorf("ceiling %s: %s", s.Ceiling, s.CeilingWhy)
	}
	if s.Sensitivity[0].Name != "share of anthropic/big" && s.Sensitivity[0].Name != "share of cache_read" {
		t.Errorf("most sensitive to %s", s.Sensitivity[0].Name)
	}
	for _, x := range s.Sensitivity {
		if min(x.AtLow.Cmp(s.Low), x.AtHigh.Cmp(s.Low)) < 0 || max(x.AtLow.Cmp(s.High), x.AtHigh.Cmp(s.High)) > 0 {
			t.Errorf("%s alone leaves the range: %s, %s", x.Name, x.AtLow, x.AtHigh)
		}
	}
	for i := 1; i < len(s.Sensitivity); i++ {
		if s.Sensitivity[i-1].Swing.Cmp(s.Sensitivity[i].Swing) < 0 {
			t.Errorf("sensitivity %d is out of order", i)
		}
	}
}

// No combination of assumptions that was drawn at random lies outside Low and
// High, and the floor and the ceiling hold for those.
func TestSpendBoundsHoldForRandomMixes(t *testing.T) {
	const seed, tokens = 3, 60_000_000_000_000
	book := testBook(t)
	a := testAssumptions()
	a.OtherDates = []time.Time{april.AddDate(-1, 0, 0)}
	s, err := Spend(book, tokens, a)
	if err != nil {
		t.Fatal(err)
	}
	if s.Floor.Cmp(s.Low) > 0 || s.Low.Cmp(s.Likely) > 0 || s.Likely.Cmp(s.High) > 0 || s.High.Cmp(s.Ceiling) > 0 {
		t.Fatalf("out of order: %s %s %s %s %s", s.Floor, s.Low, s.Likely, s.High, s.Ceiling)
	}
	rates := map[bool]map[string][4]string{ // by old price or not
		false: {"big": {"5", "0.5", "6.25", "25"}, "small": {"1", "0.1", "1.25", "5"}, "small long": {"2", "0.2", "2.5", "7.5"}},
		true:  {"big": {"15", "1.5", "18.75", "75"}, "small": {"1", "0.1", "1.25", "5"}, "small long": {"2", "0.2", "2.5", "7.5"}},
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range 2000 {
		meters, models := draw(r, a.meterSpans()), draw(r, a.modelSpans())
		long := a.LongContext.Low + r.Int64N(a.LongContext.High-a.LongContext.Low+1)
		off := a.Discount.Low + r.Int64N(a.Discount.High-a.Discount.Low+1)
		old := r.IntN(2) == 0
		perMillion := func(model string) *big.Rat {
			sum := new(big.Rat)
			for k, share := range meters {
				rate, _ := new(big.Rat).SetString(rates[old][model][k])
				sum.Add(sum, rate.Mul(rate, big.NewRat(share, Million)))
			}
			return sum
		}
		small := new(big.Rat).Add(
			new(big.Rat).Mul(perMillion("small"), big.NewRat(Million-long, Million)),
			new(big.Rat).Mul(perMillion("small long"), big.NewRat(long, Million)))
		cost := new(big.Rat).Add(
			new(big.Rat).Mul(perMillion("big"), big.NewRat(models[0], Million)),
			new(big.Rat).Mul(small, big.NewRat(models[1], Million)))
		cost.Mul(cost, big.NewRat(Million-off, Million))
		cost.Mul(cost, big.NewRat(tokens, Million))
		low, _ := new(big.Rat).SetString(s.Low.String())
		high, _ := new(big.Rat).SetString(s.High.String())
		if cost.Cmp(low) < 0 || cost.Cmp(high) > 0 {
			t.Fatalf("seed %d, mix %d: %s is outside %s to %s", seed, i, cost.FloatString(2), s.Low, s.High)
		}
	}
}

// draw returns shares within their spans that sum to one million.
func draw(r *rand.Rand, spans []Span) []int64 {
	out := make([]int64, len(spans))
	rest := int64(Million)
	for i, s := range spans {
		out[i] = s.Low
		rest -= s.Low
	}
	for rest > 0 {
		i := r.IntN(len(spans))
		more := min(rest, spans[i].High-out[i])
		if more > 1 {
			more = 1 + r.Int64N(more)
		}
		out[i] += more
		rest -= more
	}
	return out
}

func TestMovedSharesStayWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	for range 1000 {
		shares := draw(r, []Span{{High: Million}, {High: Million}, {High: Million}})
		k, v := r.IntN(3), r.Int64N(Million+1)
		got := moved(shares, k, v)
		if got[k] != v || got[0]+got[1]+got[2] != Million || min(got[0], got[1], got[2]) < 0 {
			t.Fatalf("moved(%v, %d, %d) = %v", shares, k, v, got)
		}
	}
	if got := moved([]int64{Million, 0, 0}, 0, 400_000); got[0] != 400_000 || got[1]+got[2] != 600_000 {
		t.Errorf("rest of a sole share: %v", got)
	}
	if got := moved([]int64{Million}, 0, 5); got[0] != Million {
		t.Errorf("a share without others: %v", got)
	}
}

func TestMovedWithinSpans(t *testing.T) {
	const seed = 6
	r := rand.New(rand.NewPCG(seed, 0))
	spans := testAssumptions()
	for range 1000 {
		spans := spans.meterSpans()
		shares := draw(r, spans)
		k := r.IntN(len(spans))
		v := spans[k].Low + r.Int64N(spans[k].High-spans[k].Low+1)
		var sum int64
		for i, s := range movedWithin(spans, shares, k, v) {
			sum += s
			if s < spans[i].Low || s > spans[i].High {
				t.Fatalf("seed %d: share %d of %v moved to %d is %d, outside %v", seed, i, shares, v, s, spans[i])
			}
		}
		if sum != Million {
			t.Fatalf("seed %d: sum %d", seed, sum)
		}
	}
}

func TestSpendRefusesWhatCannotHold(t *testing.T) {
	book := testBook(t)
	for name, spoil := range map[string]func(*Assumptions){
		"sum":        func(a *Assumptions) { a.Meters[0].Share.Likely++ },
		"order":      func(a *Assumptions) { a.Discount = Span{Low: 2, Likely: 1, High: 3} },
		"whole":      func(a *Assumptions) { a.Discount = Span{High: Million + 1} },
		"negative":   func(a *Assumptions) { a.LongContext = Span{Low: -1} },
		"twice":      func(a *Assumptions) { a.Meters[1].Meter = usage.Input },
		"no tokens":  func(a *Assumptions) { a.Meters[1].Meter = usage.WebSearches },
		"no meters":  func(a *Assumptions) { a.Meters = nil },
		"no models":  func(a *Assumptions) { a.Models = nil },
		"no room":    func(a *Assumptions) { a.Models[0].Share.High, a.Models[1].Share.High = 800_000, 200_000-1 },
		"too little": func(a *Assumptions) { a.Models = a.Models[:1] },
	} {
		a := testAssumptions()
		spoil(&a)
		if _, err := Spend(book, 1, a); !errors.Is(err, ErrAssumption) {
			t.Errorf("%s: %v, want ErrAssumption", name, err)
		}
	}
	if _, err := Spend(book, -1, testAssumptions()); !errors.Is(err, ErrRange) {
		t.Errorf("negative tokens: %v", err)
	}
	a := testAssumptions()
	a.Models[0].Model = "nobody-knows"
	if _, err := Spend(book, 1, a); !errors.Is(err, pricing.ErrUnknownModel) {
		t.Errorf("unknown model: %v", err)
	}
	if s, err := Spend(book, 0, testAssumptions()); err != nil || !s.High.IsZero() {
		t.Errorf("nothing spent costs %s, %v", s.High, err)
	}
}

func TestMoneyRoundsHalfToEven(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		want     string
	}{{1, 2, "0"}, {3, 2, "0.000000000002"}, {5, 2, "0.000000000002"}, {-3, 2, "-0.000000000002"}, {7, 3, "0.000000000002"}} {
		if got, err := money(big.NewInt(c.num), big.NewInt(c.den)); err != nil || got.String() != c.want {
			t.Errorf("%d/%d = %s, %v; want %s", c.num, c.den, got, err, c.want)
		}
	}
	if _, err := money(new(big.Int).Lsh(big.NewInt(1), 130), big.NewInt(1)); !errors.Is(err, pricing.ErrOverflow) {
		t.Errorf("2^130: %v", err)
	}
}

// Sixty trillion tokens at fifteen dollars a million, and what a million of
// them costs then.
func ExampleFlat() {
	total, err := Flat(60_000_000_000_000, pricing.MustMoney("15"))
	fmt.Println(total, err)
	each, err := PerMillion(total, 60_000_000_000_000)
	fmt.Println(each, err)
	// Output:
	// 900000000 <nil>
	// 15 <nil>
}
