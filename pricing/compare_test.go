package pricing

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/usage"
)

// The rise of Sonnet 5 was known from its launch until it was cancelled.
func TestAsKnown(t *testing.T) {
	call := Call{Model: "claude-sonnet-5", At: at("2026-09-02"), Usage: usage.Usage{Input: 1_000_000, Output: 1_000_000}}
	for known, want := range map[string]string{"2026-07-01": "18", "2026-08-09": "18", "2026-08-10": "12", "2026-10-01": "12"} {
		if got := price(t, Builtin().AsKnown(at(known)), call); got != want {
			t.Errorf("as known on %s: %s, want %s", known, got, want)
		}
	}
	july := Builtin().AsKnown(at("2026-07-20"))
	if _, err := july.Price(Call{Model: "claude-opus-5", At: at("2026-10-01")}); !errors.Is(err, ErrUnknownModel) {
		t.Errorf("a model of four days later: %v", err)
	}
	// The price cut of a month later was not known: the price then seemed open.
	if got := price(t, july, Call{Model: "gpt-5.6-luna", At: at("2026-09-01"), Usage: usage.Usage{Input: 100_000}}); got != "0.1" {
		t.Errorf("before the cut was known: %s", got)
	}
	if got := price(t, Builtin(), Call{Model: "gpt-5.6-luna", At: at("2026-09-01"), Usage: usage.Usage{Input: 100_000}}); got != "0.02" {
		t.Errorf("after: %s", got)
	}
	if v := july.Version(); v == Builtin().Version() || v != Builtin().AsKnown(at("2026-07-20")).Version() {
		t.Errorf("version %s", v)
	}
	now := Builtin().AsKnown(at("2199-01-01"))
	for _, c := range []Call{opusCall(), {Model: "gemini-3.8-flash", At: at("2027-05-01"), Usage: usage.Usage{Input: 7}}} {
		if got, want := price(t, now, c), price(t, Builtin(), c); got != want {
			t.Errorf("knowing all, %+v costs %s, want %s", c, got, want)
		}
	}
}

func TestCompare(t *testing.T) {
	after := with(t, Builtin(), Sheet{Name: "contract", Models: []Model{
		{Provider: "openai", ID: "gpt-4o", Rates: Rates{Input: PerMillion("2"), Output: PerMillion("10")}},
		{Provider: "", ID: "myclaw", Rates: Rates{Input: PerMillion("1")}}}})
	million := usage.Usage{Input: 1_000_000}
	calls := []Call{
		{Model: "gpt-4o", At: at("2026-10-01"), Usage: million}, {Model: "gpt-4o", At: at("2026-10-01"), Usage: usage.Usage{CacheRead: 1_000_000}},
		{Model: "claude-opus-5", At: at("2026-10-01"), Usage: million}, {Model: "myclaw", At: at("2026-10-01"), Usage: million},
		{Model: "nobody", At: at("2026-10-01"), Usage: million}, {Model: "gpt-4o", At: at("2026-10-01"), Usage: usage.Usage{Input: -1}},
	}
	got, err := Compare(Builtin(), after, slices.Values(calls))
	if err != nil || got.Calls != 6 || got.Changed != 3 || got.Failed != 2 || got.Before != MustMoney("8.75") || got.After != MustMoney("8") {
		t.Errorf("%+v, %v", got, err)
	}
	want := []ModelComparison{
		{Model: "gpt-4o", Calls: 2, Changed: 2, Before: MustMoney("3.75"), After: MustMoney("2"), NoLongerPriced: 1},
		{Model: "myclaw", Calls: 1, Changed: 1, After: MustMoney("1"), NewlyPriced: 1},
		{Model: "claude-opus-5", Calls: 1, Before: MustMoney("5"), After: MustMoney("5")},
	}
	if !slices.Equal(got.Models, want) {
		t.Errorf("models %+v", got.Models)
	}
}

func TestExchange(t *testing.T) {
	euro := Sheet{Name: "lab", Currency: "EUR", Exchange: []Exchange{{From: at("2026-01-01"), Rate: Times("1.1")}, {From: at("2026-07-01"), Rate: Times("1.2345")}},
		Models: []Model{{Provider: "lab", ID: "lab-1", From: at("2025-06-01"), Rates: Rates{Input: PerMillion("2"), Images: Each("0.01")},
			Steps:    []Step{{Above: 1000, Rates: Rates{Input: PerMillion("4")}}},
			Variants: []Variant{{Name: "fast", Modes: []string{"fast"}, Rates: Rates{Input: PerMillion("10")}}}}}}
	book := with(t, Builtin(), euro)
	for _, tt := range []struct {
		when, speed string
		u           usage.Usage
		want        string
	}{
		{"2026-06-30T23:59:59Z", "", usage.Usage{Input: 1000}, "0.0022"},
		{"2026-07-01", "", usage.Usage{Input: 1000, Images: 1}, "0.014814"},
		{"2026-07-01", "", usage.Usage{Input: 1001}, "0.004942938"},
		{"2026-07-01", "fast", usage.Usage{Input: 1000}, "0.012345"},
	} {
		cost, err := book.Price(Call{Model: "lab-1", At: at(tt.when), Speed: tt.speed, Usage: tt.u})
		if err != nil || cost.Total != MustMoney(tt.want) || !strings.Contains(cost.Explain(), "EUR at 1.") {
			t.Errorf("%s %s: %s, %v, want %s\n%s", tt.when, tt.speed, cost.Total, err, tt.want, cost.Explain())
		}
	}
	if _, err := book.Price(Call{Model: "lab-1", At: at("2025-12-31")}); !errors.Is(err, ErrUnknownModel) {
		t.Errorf("before the first rate of exchange: %v", err)
	}
	for field, s := range map[string]Sheet{
		"currency": {Name: "s", Currency: "EUR", Models: euro.Models},
		"exchange": {Name: "s", Currency: "USD", Exchange: euro.Exchange, Models: euro.Models},
	} {
		var se *SheetError
		if _, err := Builtin().With(s); !errors.As(err, &se) || se.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, x := range [][]Exchange{{{Rate: Times("0")}}, {{}}, {{Rate: Times("1")}, {Rate: Times("2")}}, {{Rate: Times("1.000000000000000003")}}} {
		s := euro
		s.Exchange = x
		s.Models = []Model{{ID: "m", Rates: Rates{Input: PerMillion("0.0833333333333333")}}}
		if _, err := Builtin().With(s); !errors.Is(err, ErrInvalidSheet) {
			t.Errorf("%v: %v", x, err)
		}
	}
}
