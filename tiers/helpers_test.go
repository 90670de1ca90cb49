package tiers

import (
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// noon is midday UTC of a day in April 2026, which begins on a Wednesday.
func noon(day int) time.Time { return time.Date(2026, 4, day, 12, 0, 0, 0, time.UTC) }

// dollars is an amount in whole micro-dollars.
func micro(t testing.TB, n int64) pricing.Money {
	t.Helper()
	return pricing.FromColumns(n, 0)
}

// call is a priced sample of some fresh tokens.
func call(at time.Time, tokens int64) Sample {
	return Sample{
		At: at, Provider: "anthropic", Model: "claude-sonnet-4-5", Session: "s1",
		Usage: usage.Usage{Input: tokens}, Cost: pricing.FromColumns(3*tokens, 0),
		Status: pricing.Priced, SavingKnown: true,
	}
}

// factsOf folds samples with everything kept.
func factsOf(t testing.TB, asOf time.Time, w Window, samples ...Sample) Facts {
	t.Helper()
	n := Needs{}.WithIdle(15 * time.Minute)
	if w.Zone != nil {
		n = n.With(w.Zone)
	}
	a := NewAccumulator(n)
	for _, s := range samples {
		a.Add(s)
	}
	f, err := a.Facts(asOf, w)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// title returns one of a list of rules.
func title(t testing.TB, rules []Rule, id string) *Rule {
	t.Helper()
	for i := range rules {
		if rules[i].ID == id {
			return &rules[i]
		}
	}
	t.Fatalf("no rule %q", id)
	return nil
}
