// Package pricing sets the pricing of one call beside other ways to do it, in
// one run on one machine: go test -run '^$' -bench . ./pricing
package pricing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// call has four meters, at an instant with an older price and above a context
// step.
func call() pricing.Call {
	return pricing.Call{Provider: "anthropic", Model: "claude-opus-4-6", At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Usage: usage.Usage{Input: 1200, CacheRead: 250_000, CacheWrite5m: 3100, Output: 900}}
}

// modified is call with two modifiers, batch and US inference.
func modified() pricing.Call {
	c := call()
	c.Tier, c.Region = "batch", "us"
	return c
}

// What the two cost: (1200 × 10 + 250,000 × 1 + 3100 × 12.5 + 900 × 37.5) / 1e6,
// and that × 0.5 × 1.1.
const callCost, modifiedCost = "0.3345", "0.183975"

// peer is one way to price the call. run does it n times.
type peer struct {
	name    string
	run     func(n int)
	samples []float64 // ns a call
}

// sample is how long one measurement takes, roughly: short enough that most
// meet no interruption, so that the minimum is that of a quiet machine.
const sample = 200 * time.Microsecond

// BenchmarkPeers measures all peers in turn, round after round, and prints a
// table. Its own ns/op means nothing.
func BenchmarkPeers(b *testing.B) {
	peers := []*peer{
		{name: "floor: one map look-up, five multiply-adds", run: floor()},
		{name: "PriceInto by handle: date, step", run: byHandle(b, call(), callCost)},
		{name: "PriceInto by handle: date, step, batch, us", run: byHandle(b, modified(), modifiedCost)},
		{name: "the same, by handle of its terms", run: byTerms(b, modified(), modifiedCost)},
		{name: "PriceInto by name: date, step, batch, us", run: byName(b, modified(), modifiedCost)},
		{name: "Price by value: date, step, batch, us", run: byValue(b, modified(), modifiedCost)},
		{name: "shopspring/decimal, rates in hand: 4 products, 2 factors", run: byDecimal(b)},
	}
	times := make([]int, len(peers))
	for i, p := range peers {
		times[i] = calibrate(p.run)
	}
	node := genaiPrices(b)
	for b.Loop() {
		for i, p := range peers {
			start := time.Now()
			p.run(times[i])
			p.samples = append(p.samples, float64(time.Since(start).Nanoseconds())/float64(times[i]))
		}
	}
	if node != nil {
		peers = append(peers, node)
	}
	b.Log("\n" + table(peers))
}

// calibrate returns how often to run within one sample.
func calibrate(run func(int)) int {
	for n := 1; ; n *= 2 {
		start := time.Now()
		run(n)
		if time.Since(start) >= sample {
			return n
		}
	}
}

func table(peers []*peer) string {
	var w strings.Builder
	fmt.Fprintf(&w, "%-58s %10s %10s %9s %9s\n", "one call (ns)", "min", "median", "× floor", "× handle")
	base := slices.Min(peers[0].samples)
	handle := slices.Min(peers[2].samples)
	for _, p := range peers {
		least := slices.Min(p.samples)
		fmt.Fprintf(&w, "%-58s %10.1f %10.1f %9.1f %9.2f\n", p.name, least, median(p.samples), least/base, least/handle)
	}
	return strings.TrimRight(w.String(), "\n")
}

func median(s []float64) float64 {
	s = slices.Clone(s)
	slices.SortFunc(s, cmp.Compare)
	return s[len(s)/2]
}

// floor is what no calculator can go below: it knows no date, no step, no
// modifier, no unknown meter and no overflow.
func floor() func(int) {
	type key struct{ provider, model string }
	rates := map[key]*[5]int64{}
	for i := range 400 {
		rates[key{"anthropic", fmt.Sprintf("model-%d", i)}] = &[5]int64{10, 1, 12, 20, 37}
	}
	rates[key{"anthropic", "claude-opus-4-6"}] = &[5]int64{10_000_000, 1_000_000, 12_500_000, 20_000_000, 37_500_000}
	c := call()
	var sum int64
	return func(n int) {
		for range n {
			r := rates[key{c.Provider, c.Model}]
			u := &c.Usage
			sum += u.Input*r[0] + u.CacheRead*r[1] + u.CacheWrite5m*r[2] + u.CacheWrite1h*r[3] + u.Output*r[4]
		}
	}
}

func byTerms(b *testing.B, c pricing.Call, want string) func(int) {
	h, err := pricing.Builtin().ResolveCall(&c)
	if err != nil {
		b.Fatal(err)
	}
	return through(b, h, c, want)
}

func byHandle(b *testing.B, c pricing.Call, want string) func(int) {
	h, err := pricing.Builtin().Resolve(c.Provider, c.Model)
	if err != nil {
		b.Fatal(err)
	}
	return through(b, h, c, want)
}

func through(b *testing.B, h pricing.Handle, c pricing.Call, want string) func(int) {
	var cost pricing.Cost
	run := func(n int) {
		for range n {
			if err := h.PriceInto(&cost, &c); err != nil {
				b.Fatal(err)
			}
		}
	}
	run(1)
	check(b, cost.Total.String(), want)
	return run
}

func byName(b *testing.B, c pricing.Call, want string) func(int) {
	book := pricing.Builtin()
	var cost pricing.Cost
	run := func(n int) {
		for range n {
			if err := book.PriceInto(&cost, &c); err != nil {
				b.Fatal(err)
			}
		}
	}
	run(1)
	check(b, cost.Total.String(), want)
	return run
}

func byValue(b *testing.B, c pricing.Call, want string) func(int) {
	book := pricing.Builtin()
	var total pricing.Money
	run := func(n int) {
		for range n {
			cost, err := book.Price(c)
			if err != nil {
				b.Fatal(err)
			}
			total = cost.Total
		}
	}
	run(1)
	check(b, total.String(), want)
	return run
}

// byDecimal is the arithmetic alone, in arbitrary precision.
func byDecimal(b *testing.B) func(int) {
	d := decimal.RequireFromString
	rates := [...]decimal.Decimal{d("0.00001"), d("0.000001"), d("0.0000125"), d("0.0000375")}
	half, tenth := d("0.5"), d("1.1")
	u := call().Usage
	counts := [...]int64{u.Input, u.CacheRead, u.CacheWrite5m, u.Output}
	var total decimal.Decimal
	run := func(n int) {
		for range n {
			total = decimal.Zero
			for i, q := range counts {
				total = total.Add(rates[i].Mul(decimal.NewFromInt(q)))
			}
			total = total.Mul(half).Mul(tenth)
		}
	}
	run(1)
	check(b, total.String(), modifiedCost)
	return run
}

func check(b *testing.B, got, want string) {
	b.Helper()
	if got != want {
		b.Fatalf("the call costs %s, want %s", got, want)
	}
}
