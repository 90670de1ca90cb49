package pricing

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

const hour = 3_600_000 // milliseconds

// Anthropic: code execution is 0.05 an hour beyond 1,550 hours a month and
// organization.
func TestCreditsOfCodeExecution(t *testing.T) {
	call := func(account, when string, ms int64) Call {
		return Call{Model: "claude-opus-5", Account: account, At: at(when), Usage: usage.Usage{Input: 1000, ContainerMs: ms}}
	}
	calls := []Call{
		call("a", "2026-10-31T23:59:59Z", 100*hour), // the last of the month pays
		call("a", "2026-10-01", 1000*hour),
		call("a", "2026-10-15", 500*hour),
		call("a", "2026-11-01", 10*hour),
		call("b", "2026-10-15", 1550*hour+1),
		call("c", "2026-10-15", 0),
		{Model: "gpt-4o", Account: "a", At: at("2026-10-02"), Usage: usage.Usage{ContainerMs: hour}},                          // not Anthropic's
		{Provider: "anthropic", Model: "claude-9", Account: "a", At: at("2026-10-02"), Usage: usage.Usage{ContainerMs: hour}}, // unknown
	}
	want := []struct {
		month, account string
		used, beyond   int64
		credit         string
	}{
		{"2026-10-01", "a", 1550 * hour, 50 * hour, "77.5"},
		{"2026-10-01", "b", 1550 * hour, 1, "77.5"},
		{"2026-11-01", "a", 10 * hour, 0, "0.5"},
	}
	for range 3 {
		got, err := Builtin().Credits(slices.Values(calls))
		if err != nil || got.Total != MustMoney("155.5") || len(got.Grants) != len(want) || got.Unpriced != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		for i, w := range want {
			g := got.Grants[i]
			if !g.Month.Equal(at(w.month)) || g.Account != w.account || g.Used != w.used || g.Beyond != w.beyond || g.Credit != MustMoney(w.credit) ||
				g.Name != "code execution" || g.Provider != "anthropic" || g.Quantity != 1550*hour || g.Sheet != "anthropic" || g.Source == "" {
				t.Errorf("grant %d: %+v, want %+v", i, g, w)
			}
		}
		slices.Reverse(calls)
		calls[1], calls[4] = calls[4], calls[1]
	}
}

func TestAllowanceOverlaid(t *testing.T) {
	book := with(t, Builtin(), Sheet{Name: "contract", Allowances: []Allowance{
		{Name: "code execution", Provider: "anthropic", Meter: usage.ContainerMs, Quantity: 2 * hour},
		{Name: "welcome", Meter: usage.ContainerMs, Quantity: hour, Accounts: []string{"new"}, From: at("2026-10-10"), Until: at("2026-10-20")},
		{Name: "searches", Provider: "anthropic", Meter: usage.WebSearches, Quantity: 3},
	}})
	call := func(day string, u usage.Usage) Call {
		return Call{Model: "claude-opus-5", Account: "new", At: at(day), Usage: u}
	}
	got, err := book.Credits(slices.Values([]Call{
		call("2026-10-05", usage.Usage{ContainerMs: hour}),
		call("2026-10-12", usage.Usage{ContainerMs: 5 * hour, WebSearches: 2}),
		call("2026-10-21", usage.Usage{ContainerMs: hour, WebSearches: 2}),
	}))
	if err != nil || len(got.Grants) != 3 || got.Total != MustMoney("0.18") {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, w := range []struct {
		name         string
		used, beyond int64
		credit       string
	}{{"welcome", hour, 3 * hour, "0.05"}, {"code execution", 2 * hour, 5 * hour, "0.1"}, {"searches", 3, 1, "0.03"}} {
		g := got.Grants[i]
		if g.Name != w.name || g.Used != w.used || g.Beyond != w.beyond || g.Credit != MustMoney(w.credit) {
			t.Errorf("grant %d: %+v, want %+v", i, g, w)
		}
	}
	if Builtin().Version() == book.Version() || book.AsKnown(at("2199-01-01")).t.allowances == nil {
		t.Error("allowances are not part of the book")
	}
}

// What remains to be paid is what the rest alone would have cost: the oracle
// walks the calls in the order of time.
func TestCreditsEqualTheRestAlone(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, 1))
	// A rate without an exact decimal, and a price change within the month.
	book := with(t, new(Book), Sheet{Name: "s", Models: []Model{
		{Provider: "p", ID: "m", Until: at("2026-10-15"), Rates: Rates{ComputeMs: PerHour("0.0000001")}},
		{Provider: "p", ID: "m", From: at("2026-10-15"), Rates: Rates{ComputeMs: PerHour("0.0000007")}}},
		Allowances: []Allowance{{Name: "free", Provider: "p", Meter: usage.ComputeMs, Quantity: 1_000_000}}})
	for range 200 {
		var calls []Call
		for i := range 1 + r.IntN(20) {
			calls = append(calls, Call{Model: "m", At: at("2026-10-01").Add(time.Duration(i*37) * time.Hour), Usage: usage.Usage{ComputeMs: r.Int64N(200_000)}})
		}
		var list, pay Money
		free := int64(1_000_000)
		for _, c := range calls {
			list = must(list.Add(must(book.Price(c)).Total))
			n := min(free, c.Usage.ComputeMs)
			free -= n
			c.Usage.ComputeMs -= n
			pay = must(pay.Add(must(book.Price(c)).Total))
		}
		r.Shuffle(len(calls), func(i, k int) { calls[i], calls[k] = calls[k], calls[i] })
		got, err := book.Credits(slices.Values(calls))
		if want := must(list.Sub(pay)); err != nil || got.Total != want {
			t.Fatalf("seed %d: credit %s, want %s, %v", seed, got.Total, want, err)
		}
	}
}

func TestAllowanceFaults(t *testing.T) {
	good := Allowance{Name: "free", Meter: usage.ContainerMs, Quantity: 1}
	for field, change := range map[string]func(*Allowance){
		"name":     func(a *Allowance) { a.Name = "" },
		"provider": func(a *Allowance) { a.Provider = " p" },
		"until":    func(a *Allowance) { a.From, a.Until = at("2026-02-01"), at("2026-01-01") },
		"meter":    func(a *Allowance) { a.Meter = usage.Requests },
		"quantity": func(a *Allowance) { a.Quantity = 0 },
	} {
		bad := good
		change(&bad)
		var se *SheetError
		if _, err := NewBook(Sheet{Name: "s", Allowances: []Allowance{bad}}); !errors.As(err, &se) || se.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := NewBook(Sheet{Name: "s", Allowances: []Allowance{good, good}}); !errors.Is(err, ErrInvalidSheet) {
		t.Errorf("twice: %v", err)
	}
}
