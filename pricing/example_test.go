package pricing_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// Price one call at list price.
func ExampleBook_Price() {
	cost, err := pricing.Builtin().Price(pricing.Call{
		Model: "claude-opus-5", At: date(2026, 10, 1),
		Usage: usage.Usage{Input: 1200, CacheRead: 45_000, Output: 800},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cost.Total, cost.Status, cost.Matched)
	// Output: 0.0485 priced exact
}

// A model nobody knows and a meter without a rate are told apart, and neither
// is free.
func ExampleModelError() {
	book := pricing.Builtin()
	for _, c := range []pricing.Call{
		{Model: "claude-opus-99", At: date(2026, 10, 1), Usage: usage.Usage{Input: 10}},
		{Model: "gpt-4o", At: date(2026, 10, 1), Usage: usage.Usage{Input: 10, AudioOutput: 5}},
	} {
		cost, err := book.Price(c)
		var me *pricing.ModelError
		switch {
		case errors.Is(err, pricing.ErrUnknownModel):
			fmt.Println(c.Model, "is in no sheet:", cost.Status)
		case errors.As(err, &me):
			fmt.Println(c.Model, "has no rate for", me.Meters[0], "and costs at least", cost.Total)
		}
	}
	// Output:
	// claude-opus-99 is in no sheet: unpriced
	// gpt-4o has no rate for audio_output and costs at least 0.000025
}

// Extend the price list in code: a model of your own, contract prices for one
// quarter, and a discount for one account.
func ExampleBook_With() {
	book, err := pricing.Builtin().With(pricing.Sheet{
		Name: "acme", Source: "order form 2026-07", AsOf: date(2026, 7, 1), Currency: "USD",
		Models: []pricing.Model{
			{Provider: "internal", ID: "myclaw", Rates: pricing.Rates{
				ComputeMs: pricing.PerHour("2.50"), // a GPU-hour
				Input:     pricing.PerMillion("0"), // explicitly free
				Output:    pricing.PerMillion("0"),
			}},
			{Provider: "anthropic", ID: "claude-opus-5", From: date(2026, 10, 1), Until: date(2027, 1, 1), Rates: pricing.Rates{
				Input: pricing.PerMillion("4"), CacheRead: pricing.PerMillion("0.4"), Output: pricing.PerMillion("20"),
			}},
		},
		Modifiers: []pricing.Modifier{
			{Name: "volume discount", Provider: "openai", Accounts: []string{"acme-prod"}, By: pricing.Times("0.85")},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range []pricing.Call{
		{Model: "myclaw", At: date(2026, 10, 1), Usage: usage.Usage{Input: 5000, Output: 900, ComputeMs: 18_000}},
		{Model: "claude-opus-5", At: date(2026, 9, 30), Usage: usage.Usage{Input: 1_000_000}},
		{Model: "claude-opus-5", At: date(2026, 10, 1), Usage: usage.Usage{Input: 1_000_000}},
		{Model: "gpt-4o", At: date(2026, 10, 1), Account: "acme-prod", Usage: usage.Usage{Input: 1_000_000}},
	} {
		cost, err := book.Price(c)
		fmt.Println(c.Model, cost.Total, err)
	}
	// Output:
	// myclaw 0.0125 <nil>
	// claude-opus-5 5 <nil>
	// claude-opus-5 4 <nil>
	// gpt-4o 2.125 <nil>
}

// Why a call cost what it did.
func ExampleCost_Lines() {
	cost, err := pricing.Builtin().Price(pricing.Call{
		Model: "claude-opus-5", At: date(2026, 10, 1), Speed: "fast", Region: "us",
		Usage: usage.Usage{Input: 200, CacheRead: 6000, Output: 30, WebSearches: 1},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for l := range cost.Lines() {
		fmt.Print(l.Meter, ": ", l.Quantity, " × ", l.UnitPrice)
		for _, f := range l.Factors {
			fmt.Print(" × ", f.By, " (", f.Name, ")")
		}
		fmt.Println(" =", l.Amount)
	}
	fmt.Println("total:", cost.Total)
	// Output:
	// input: 200 × 0.00001 × 1.1 (us-inference) = 0.0022
	// cache_read: 6000 × 0.000001 × 1.1 (us-inference) = 0.0066
	// output: 30 × 0.00005 × 1.1 (us-inference) = 0.00165
	// web_searches: 1 × 0.01 = 0.01
	// total: 0.02045
}

// Sums over several calls are priced as bounds where a context step might
// have applied to some of them.
func ExampleCost_bounds() {
	cost, err := pricing.Builtin().Price(pricing.Call{
		Model: "gpt-5.5", At: date(2026, 10, 1),
		Usage: usage.Usage{Input: 2_000_000, Output: 40_000, Requests: 40},
	})
	fmt.Println(cost.Total, "to", cost.High, err)
	// Output: 11.2 to 21.8 <nil>
}

// Read a sheet from a file's text.
func ExampleParseSheet() {
	sheet, err := pricing.ParseSheet([]byte(`{
	  "name": "lab", "provider": "lab", "source": "https://lab.example/prices", "as_of": "2026-10-01",
	  "models": [
	    {"id": "lab-1", "from": "2026-09-01",
	     "rates": {"input": "0.25", "cache_read": "0.025", "output": "1.25", "web_searches": "5/k"},
	     "steps": [{"above": 128000, "rates": {"input": "0.5", "cache_read": "0.05", "output": "2.5"}}]}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	book, err := pricing.NewBook(sheet)
	if err != nil {
		fmt.Println(err)
		return
	}
	cost, err := book.Price(pricing.Call{Model: "lab-1", At: date(2026, 10, 1), Usage: usage.Usage{Input: 128_001}})
	fmt.Println(cost.Total, err)
	// Output: 0.0640005 <nil>
}

// A log that has only one figure for cache writes, and no tier.
func ExampleBook_Bounds() {
	bounds, err := pricing.Builtin().Bounds(pricing.Call{
		Model: "claude-opus-5", At: date(2026, 10, 1),
		Usage: usage.Usage{CacheWrite5m: 1_000_000},
	}, pricing.UnknownTTL|pricing.UnknownMode)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bounds.Low.Total, "to", bounds.High.Total)
	for _, reason := range bounds.Reasons {
		fmt.Println(reason)
	}
	// Output:
	// 3.125 to 20
	// lifetime of the cache writes not known: cache_write_5m or cache_write_1h makes 7.5
	// mode of service not known: batch or fast makes 15
}

// OpenRouter says what each call cost; the book did not know of a discount.
func ExampleReconcile() {
	call := pricing.Call{Provider: "anthropic", Model: "claude-opus-5", At: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC),
		Usage: usage.Usage{Input: 1_000_000}}
	recorded := func(yield func(pricing.Call, pricing.Money) bool) {
		_ = yield(call, pricing.MustMoney("5")) && yield(call, pricing.MustMoney("4.75"))
	}
	r, err := pricing.Reconcile(pricing.Builtin(), recorded, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range r.Groups {
		fmt.Println(g.Day.Format(time.DateOnly), g.Model, g.Computed, g.Reported, g.Residual)
	}
	fmt.Println(r.Agreed, "of", r.Calls, "agree; call", r.Worst[0].Index, "differs by", r.Worst[0].Residual)
	// Output:
	// 2026-10-01 claude-opus-5 10 9.75 -0.25
	// 1 of 2 agree; call 1 differs by -0.25
}

// Anthropic's containers: 1,550 hours a month are free.
func ExampleBook_Credits() {
	hours := func(day, n int) pricing.Call {
		return pricing.Call{Model: "claude-opus-5", Account: "acme", At: date(2026, 10, day),
			Usage: usage.Usage{ContainerMs: int64(n) * 3_600_000}}
	}
	credits, err := pricing.Builtin().Credits(slices.Values([]pricing.Call{hours(1, 1500), hours(2, 100)}))
	if err != nil {
		fmt.Println(err)
		return
	}
	g := credits.Grants[0]
	fmt.Println(g.Account, g.Month.Format("2006-01"), g.Name, g.Used/3_600_000, "hours free,", g.Beyond/3_600_000, "beyond, credit", g.Credit)
	// Output: acme 2026-10 code execution 1550 hours free, 50 beyond, credit 77.5
}
