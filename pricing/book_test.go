package pricing

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

func price(t *testing.T, b *Book, c Call) string {
	t.Helper()
	cost, err := b.Price(c)
	if err != nil && !errors.Is(err, ErrUnpriced) {
		return err.Error()
	}
	return cost.Total.String() + map[bool]string{true: "?"}[err != nil]
}

func with(t *testing.T, b *Book, sheets ...Sheet) *Book {
	t.Helper()
	nb, err := b.With(sheets...)
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

// A later sheet wins in its span, and outside it the earlier one still holds.
func TestLaterSheetWins(t *testing.T) {
	contract := Sheet{Name: "contract", Models: []Model{{Provider: "anthropic", ID: "claude-opus-5",
		From: at("2026-09-01"), Until: at("2026-10-01"), Rates: Rates{Input: PerMillion("3"), Output: PerMillion("15")}}}}
	book := with(t, Builtin(), contract)
	for when, want := range map[string]string{"2026-08-31T23:59:59Z": "5", "2026-09-01": "3", "2026-09-30T23:59:59Z": "3", "2026-10-01": "5"} {
		for _, model := range []string{"claude-opus-5", "claude-5-opus", "anthropic/claude-opus-5"} {
			if got := price(t, book, Call{Model: model, At: at(when), Usage: usage.Usage{Input: 1_000_000}}); got != want {
				t.Errorf("%s at %s: %s, want %s", model, when, got, want)
			}
		}
	}
	// The modifiers of the vendor's sheet hold for the new row, its fast
	// rates do not.
	if got := price(t, book, Call{Model: "claude-opus-5", At: at("2026-09-02"), Tier: "batch", Region: "us", Usage: usage.Usage{Input: 1_000_000}}); got != "1.65" {
		t.Errorf("batch on contract rates: %s", got)
	}
	if got := price(t, book, Call{Model: "claude-opus-5", At: at("2026-09-02"), Speed: "fast", Usage: usage.Usage{Input: 1_000_000}}); got != "0?" {
		t.Errorf("fast on contract rates: %s", got)
	}
	if got := price(t, Builtin(), Call{Model: "claude-opus-5", At: at("2026-09-02"), Usage: usage.Usage{Input: 1_000_000}}); got != "5" {
		t.Errorf("the book it was made of changed: %s", got)
	}
	// A third sheet over the middle of the second.
	book = with(t, book, Sheet{Name: "promotion", Models: []Model{{Provider: "anthropic", ID: "claude-opus-5",
		From: at("2026-09-10"), Until: at("2026-09-11"), Rates: Rates{Input: PerMillion("1")}}}})
	for when, want := range map[string]string{"2026-09-09": "3", "2026-09-10": "1", "2026-09-11": "3", "2026-10-02": "5"} {
		if got := price(t, book, Call{Model: "claude-opus-5", At: at(when), Usage: usage.Usage{Input: 1_000_000}}); got != want {
			t.Errorf("at %s: %s, want %s", when, got, want)
		}
	}
}

// A new row under what was only an alias takes over that name alone, in its
// span alone.
func TestRowForAnAlias(t *testing.T) {
	book := with(t, Builtin(), Sheet{Name: "snapshot", Models: []Model{{Provider: "anthropic", ID: "claude-opus-4-20250514",
		From: at("2026-01-01"), Rates: Rates{Input: PerMillion("9")}}}})
	for _, tt := range []struct{ model, when, want string }{
		{"claude-opus-4-20250514", "2025-12-31", "15"}, {"claude-opus-4-20250514", "2026-01-01", "9"}, {"claude-opus-4", "2026-01-01", "15"},
	} {
		if got := price(t, book, Call{Model: tt.model, At: at(tt.when), Usage: usage.Usage{Input: 1_000_000}}); got != tt.want {
			t.Errorf("%s at %s: %s, want %s", tt.model, tt.when, got, tt.want)
		}
	}
}

func TestCancelledRowsNeverApply(t *testing.T) {
	row := func(from string, s State, input string) Model {
		m := Model{Provider: "v", ID: "m", State: s, Rates: Rates{Input: PerMillion(input)}}
		if from != "" {
			m.From = at(from)
		}
		return m
	}
	first := row("", InForce, "1")
	first.Until = at("2026-06-01")
	book, err := NewBook(Sheet{Name: "s", Models: []Model{first, row("2026-06-01", Scheduled, "2"), row("2026-03-01", Cancelled, "9")}})
	if err != nil {
		t.Fatal(err)
	}
	for when, want := range map[string]string{"2026-04-01": "1", "2026-07-01": "2"} {
		if got := price(t, book, Call{Model: "m", At: at(when), Usage: usage.Usage{Input: 1_000_000}}); got != want {
			t.Errorf("at %s: %s, want %s", when, got, want)
		}
	}
	var states []string
	for m := range book.Models() {
		states = append(states, m.State.String())
	}
	if got := strings.Join(states, " "); got != "in_force scheduled cancelled" {
		t.Errorf("rows kept: %s", got)
	}
}

// Discounts and markups by provider, model, region, account, meter, date and
// hour.
func TestOverlays(t *testing.T) {
	night := Window{Start: 22 * time.Hour, End: 24 * time.Hour, Days: []time.Weekday{time.Monday}}
	book := with(t, Builtin(), Sheet{Name: "deal", Source: "order form 7", Modifiers: []Modifier{
		{Name: "volume", Provider: "anthropic", Accounts: []string{"acme", "acme-eu"}, By: Times("0.9"), From: at("2026-08-01"), Until: at("2026-11-01")},
		{Name: "opus-output", Provider: "anthropic", Models: []string{"claude-opus-5"}, Accounts: []string{"acme"}, By: Times("0.5"), Meters: []usage.Meter{usage.Output, usage.WebSearches}},
		{Name: "markup", By: Times("1.2"), Meters: []usage.Meter{usage.FileSearches}},
		{Name: "monday-night", Provider: "openai", Windows: []Window{night}, By: Times("0.1")},
	}})
	million := usage.Usage{Input: 1_000_000, Output: 1_000_000}
	for _, tt := range []struct {
		name string
		call Call
		want string
	}{
		{"another account", Call{Model: "claude-opus-5", At: at("2026-10-01"), Usage: million}, "30"},
		{"both discounts", Call{Model: "claude-opus-5", Account: "acme", At: at("2026-10-01"), Usage: million}, "15.75"},
		{"one of them", Call{Model: "claude-opus-5", Account: "acme-eu", At: at("2026-10-01"), Usage: million}, "27"},
		{"accounts are exact", Call{Model: "claude-opus-5", Account: "ACME", At: at("2026-10-01"), Usage: million}, "30"},
		{"after its end", Call{Model: "claude-opus-5", Account: "acme", At: at("2026-11-01"), Usage: million}, "17.5"},
		{"with batch", Call{Model: "claude-opus-5", Account: "acme-eu", Tier: "batch", At: at("2026-10-01"), Usage: million}, "13.5"},
		{"on web searches", Call{Model: "claude-opus-5", Account: "acme", At: at("2026-12-01"), Usage: usage.Usage{WebSearches: 1000}}, "5"},
		{"every provider", Call{Model: "gpt-4.1", At: at("2026-10-01"), Usage: usage.Usage{FileSearches: 1000}}, "3"},
		{"before the hour", Call{Model: "gpt-4o", At: at("2026-10-05T21:59:59Z"), Usage: million}, "12.5"},
		{"in the hour", Call{Model: "gpt-4o", At: at("2026-10-05T23:59:59Z"), Usage: million}, "1.25"},
		{"in the hour, said in another zone", Call{Model: "gpt-4o", At: at("2026-10-06T00:30:00+02:00"), Usage: million}, "1.25"},
		{"on Tuesday", Call{Model: "gpt-4o", At: at("2026-10-06T23:00:00Z"), Usage: million}, "12.5"},
	} {
		if got := price(t, book, tt.call); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	// A modifier of the same provider and name replaces the vendor's.
	book = with(t, book, Sheet{Name: "deal 2", Modifiers: []Modifier{{Name: "batch", Provider: "anthropic", Modes: []string{"batch"}, By: Times("0.4")}}})
	if got := price(t, book, Call{Model: "claude-opus-5", Tier: "batch", At: at("2026-10-01"), Usage: million}); got != "12" {
		t.Errorf("replaced batch: %s", got)
	}
}

func TestTooManyModifiers(t *testing.T) {
	s := Sheet{Name: "many", Models: []Model{{Provider: "v", ID: "m", Rates: Rates{Input: PerMillion("1")}}}}
	for i := range maxApplied + 1 {
		s.Modifiers = append(s.Modifiers, Modifier{Name: string(rune('a' + i)), Provider: "v", By: Times("1.1")})
	}
	book, err := NewBook(s)
	if err != nil {
		t.Fatal(err)
	}
	if cost, err := book.Price(Call{Model: "m", Usage: usage.Usage{Input: 1}}); !errors.Is(err, ErrUnpriced) || cost.Status != Partial {
		t.Errorf("%s, %v", cost.Status, err)
	}
}

// The version follows from the sheets and their order alone.
func TestVersion(t *testing.T) {
	a := Sheet{Name: "a", Models: []Model{{ID: "m", Rates: Rates{Input: PerMillion("1")}}}}
	b := Sheet{Name: "b", Models: []Model{{ID: "n", Rates: Rates{Input: PerMillion("1.0")}}}}
	ab, err := NewBook(a, b)
	if err != nil {
		t.Fatal(err)
	}
	one, err := NewBook(a)
	if err != nil {
		t.Fatal(err)
	}
	if v := with(t, one, b).Version(); v != ab.Version() || len(v) != 16 {
		t.Errorf("built in two steps: %s, in one: %s", v, ab.Version())
	}
	ba, err := NewBook(b, a)
	if err != nil {
		t.Fatal(err)
	}
	changed := a
	changed.Models = []Model{{ID: "m", Rates: Rates{Input: PerMillion("1.000001")}}}
	ca, err := NewBook(changed, b)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{ab.Version(): true}
	for _, v := range []string{one.Version(), ba.Version(), ca.Version(), Builtin().Version(), with(t, Builtin(), a).Version()} {
		if seen[v] {
			t.Errorf("version %s is given twice", v)
		}
		seen[v] = true
	}
	if with(t, Builtin()) != Builtin() {
		t.Error("With() of nothing made a new book")
	}
}

func TestInvalidSheets(t *testing.T) {
	ok := func() Model { return Model{Provider: "v", ID: "m", Rates: Rates{Input: PerMillion("1")}} }
	model := func(change func(*Model)) Sheet {
		m := ok()
		change(&m)
		return Sheet{Name: "s", Models: []Model{m}}
	}
	modifier := func(m Modifier) Sheet { return Sheet{Name: "s", Models: []Model{ok()}, Modifiers: []Modifier{m}} }
	tests := []struct {
		sheet        Sheet
		field, model string
	}{
		{Sheet{Models: []Model{ok()}}, "name", ""},
		{Sheet{Name: "s", Currency: "euro"}, "currency", ""},
		{model(func(m *Model) { m.ID = "" }), "id", "models[0]"},
		{model(func(m *Model) { m.ID = " m" }), "id", "v/ m"},
		{model(func(m *Model) { m.ID = strings.Repeat("x", 600) }), "id", ""},
		{model(func(m *Model) { m.Rates = Rates{} }), "rates", "v/m"},
		{model(func(m *Model) { m.Rates.Output = PerMillion("1,5") }), "rates.output", "v/m"},
		{model(func(m *Model) { m.Rates.Output = PerMillion("-1") }), "rates.output", "v/m"},
		{model(func(m *Model) { m.Rates.Output = Per("1", 0) }), "rates.output", "v/m"},
		{model(func(m *Model) { m.Rates.Output = Each("1e30") }), "rates.output", "v/m"},
		{model(func(m *Model) { m.From, m.Until = at("2026-01-02"), at("2026-01-02") }), "until", "v/m"},
		{model(func(m *Model) { m.From = at("1600-01-02") }), "from", "v/m"},
		{model(func(m *Model) { m.State = 7 }), "state", "v/m"},
		{model(func(m *Model) { m.Steps = []Step{{Rates: m.Rates}} }), "steps[0].above", "v/m"},
		{model(func(m *Model) { m.Steps = []Step{{Above: 5, Rates: m.Rates}, {Above: 5, Rates: m.Rates}} }), "steps[1].above", "v/m"},
		{model(func(m *Model) { m.Steps = []Step{{Above: 5, Rates: Rates{Output: PerMillion("1")}}} }), "steps[0].rates.input", "v/m"},
		{model(func(m *Model) { m.Variants = []Variant{{Modes: []string{"x"}, Rates: m.Rates}} }), "variants[0].name", "v/m"},
		{model(func(m *Model) { m.Variants = []Variant{{Name: "x", Rates: m.Rates}} }), "variants[0].modes", "v/m"},
		{model(func(m *Model) { m.Variants = []Variant{{Name: "x", Modes: []string{"Standard"}, Rates: m.Rates}} }), "variants[0].modes", "v/m"},
		{model(func(m *Model) { m.BilledAs = map[usage.Meter]usage.Meter{usage.ImageInput: usage.Output} }), "billed_as", "v/m"},
		{model(func(m *Model) { m.BilledAs = map[usage.Meter]usage.Meter{usage.Pages: usage.Input} }), "billed_as", "v/m"},
		{model(func(m *Model) { m.BilledAs = map[usage.Meter]usage.Meter{usage.Input: usage.Input} }), "billed_as", "v/m"},
		{model(func(m *Model) { m.BilledAs = map[usage.Meter]usage.Meter{200: usage.Input} }), "billed_as", "v/m"},
		{Sheet{Name: "s", Models: []Model{ok(), ok()}}, "from", "v/m"},
		{Sheet{Name: "s", Models: []Model{ok(), {Provider: "v", ID: "n", Aliases: []string{"m"}, Rates: ok().Rates}}}, "aliases", "v/n"},
		{modifier(Modifier{By: Times("1")}), "name", "modifiers[0]"},
		{modifier(Modifier{Name: "x"}), "by", `modifier "x" of ""`},
		{modifier(Modifier{Name: "x", By: Times("-1")}), "by", `modifier "x" of ""`},
		{modifier(Modifier{Name: "x", By: Times("1/0")}), "by", `modifier "x" of ""`},
		{modifier(Modifier{Name: "x", By: Times("1"), NotRegions: []string{"eu"}}), "not_regions", `modifier "x" of ""`},
		{modifier(Modifier{Name: "x", By: Times("1"), Windows: []Window{{Start: 5, End: 4}}}), "windows[0]", `modifier "x" of ""`},
		{modifier(Modifier{Name: "x", By: Times("1"), Windows: []Window{{End: time.Hour, Days: []time.Weekday{9}}}}), "windows[0].days", `modifier "x" of ""`},
		{modifier(Modifier{Name: "x", By: Times("1"), Meters: []usage.Meter{77}}), "meters", `modifier "x" of ""`},
		{modifier(Modifier{Name: "x", By: Times("1"), Modes: []string{""}}), "modes", `modifier "x" of ""`},
		{modifier(Modifier{Name: "x", By: Times("1"), Models: []string{"typo"}}), "models", `modifier "x" of ""`},
		{modifier(Modifier{Name: "x", By: Times("1"), Excludes: []string{"typo"}}), "excludes", `modifier "x" of ""`},
		{Sheet{Name: "s", Modifiers: []Modifier{{Name: "x", By: Times("1")}, {Name: "x", By: Times("1")}}}, "name", `modifier "x" of ""`},
		{Sheet{Name: "s", Currency: "EUR", Models: []Model{ok()}}, "currency", ""},
	}
	for _, tt := range tests {
		_, err := Builtin().With(tt.sheet)
		var se *SheetError
		if !errors.Is(err, ErrInvalidSheet) || !errors.As(err, &se) {
			t.Errorf("%s of %s: error %v", tt.field, tt.model, err)
			continue
		}
		if se.Field != tt.field || tt.model != "" && se.Model != tt.model || se.Reason == "" || se.Sheet != tt.sheet.Name {
			t.Errorf("error %+v, want field %s of %s", se, tt.field, tt.model)
		}
	}
	// All faults are named at once.
	_, err := NewBook(Sheet{Name: "s", Models: []Model{{ID: "a"}, {ID: "b"}}})
	if err == nil || strings.Count(err.Error(), "no rate at all") != 2 {
		t.Errorf("two faults: %v", err)
	}
}

// What the built-in book's Models say can be compiled into a book that prices
// alike.
func TestModelsAreComplete(t *testing.T) {
	byProvider := map[string]*Sheet{}
	for _, s := range loadSheets(t) {
		byProvider[s.Name] = &Sheet{Name: s.Name, Resale: s.Resale, Modifiers: s.Modifiers}
	}
	for m := range Builtin().Models() {
		byProvider[m.Provider].Models = append(byProvider[m.Provider].Models, m)
	}
	var sheets []Sheet
	for _, s := range loadSheets(t) {
		sheets = append(sheets, *byProvider[s.Name])
	}
	book, err := NewBook(sheets...)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Call{opusCall(), plainOpusCall(), {Model: "grok-4.3", At: at("2026-10-01"), Usage: usage.Usage{Input: 200_000, Reasoning: 5}},
		{Model: "claude-opus-5", Speed: "fast", At: at("2026-10-01"), Usage: usage.Usage{Input: 200_000, WebSearches: 5}},
		{Model: "gemini-2.5-flash", At: at("2026-10-01"), Usage: usage.Usage{VideoInput: 200_000, AudioCacheRead: 5}}} {
		if got, want := price(t, book, c), price(t, Builtin(), c); got != want {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
}
