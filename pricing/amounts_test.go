package pricing_test

import (
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// TestAmountsAreThoseOfTheLines, of every model that is in force.
func TestAmountsAreThoseOfTheLines(t *testing.T) {
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	book := pricing.Builtin()
	n := 0
	for m := range book.Models() {
		c := pricing.Call{Provider: m.Provider, Model: m.ID, At: at, Usage: usage.Usage{Input: 1234, CacheRead: 99_999, Output: 777, Reasoning: 31, WebSearches: 3}}
		cost, err := book.Price(c)
		if cost.Status == pricing.Unpriced {
			continue
		}
		type pair struct {
			m usage.Meter
			a pricing.Money
		}
		var lines, amounts []pair
		for l := range cost.Lines() {
			lines = append(lines, pair{l.Meter, l.Amount})
		}
		for m, a := range cost.Amounts() {
			amounts = append(amounts, pair{m, a})
		}
		if len(lines) != len(amounts) {
			t.Fatalf("%s/%s (%v): %d lines, %d amounts", m.Provider, m.ID, err, len(lines), len(amounts))
		}
		for i := range lines {
			if lines[i] != amounts[i] {
				t.Errorf("%s/%s: %v and %v", m.Provider, m.ID, lines[i], amounts[i])
			}
		}
		n += len(lines)
	}
	if n < 100 {
		t.Errorf("only %d lines compared", n)
	}
}
