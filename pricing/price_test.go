package pricing

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

func TestPriceDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	book, call := Builtin(), opusCall()
	h, err := book.Resolve(call.Provider, call.Model)
	if err != nil {
		t.Fatal(err)
	}
	onTerms, err := book.ResolveCall(&call)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(onTerms.plan.spans); n == 0 {
		t.Error("the terms of the call are not worked out")
	}
	grammar := call
	grammar.Provider, grammar.Model = "", "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-6-v1:0"
	grammar.Tier, grammar.Region = "", ""
	odd, err := book.With(oddSheet())
	if err != nil {
		t.Fatal(err)
	}
	rounded := Call{Provider: "odd", Model: "fractions", Usage: usage.Usage{Input: 7, Output: 3, Images: 1, Requests: 2}}
	cost, err := book.Price(call)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := h.Total(&call); ok {
		t.Error("a handle of Resolve knows a total")
	}
	var dst Cost
	for name, f := range map[string]func() error{
		"by value":  func() error { _, err := book.Price(call); return err },
		"into":      func() error { return book.PriceInto(&dst, &call) },
		"by handle": func() error { return h.PriceInto(&dst, &call) },
		"on terms":  func() error { return onTerms.PriceInto(&dst, &call) },
		"total": func() error {
			if total, ok := onTerms.Total(&call); !ok || total != cost.Total {
				return fmt.Errorf("total is %s, %t, want %s", total, ok, cost.Total)
			}
			return nil
		},
		"by grammar": func() error { return book.PriceInto(&dst, &grammar) },
		"fractions":  func() error { return odd.PriceInto(&dst, &rounded) },
	} {
		if n := testing.AllocsPerRun(100, func() {
			if err := f(); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}

func TestPriceRefusesImpossibleCounts(t *testing.T) {
	for _, u := range []usage.Usage{{Input: -1}, {Output: usage.MaxCount + 1}, {Pages: -1 << 62}, {Requests: -1}, {CacheTokenSeconds: 1<<63 - 1}} {
		cost, err := Builtin().Price(Call{Model: "claude-opus-5", At: at("2026-10-01"), Usage: u})
		if !errors.Is(err, usage.ErrRange) || cost != (Cost{}) {
			t.Errorf("%+v: %v, %v", u, cost.Total, err)
		}
	}
	if _, err := Builtin().Price(Call{Model: "claude-opus-5", At: at("2026-10-01"), Usage: usage.Usage{Input: usage.MaxCount}}); err != nil {
		t.Errorf("the largest count: %v", err)
	}
}

func TestPriceOverflowIsAnError(t *testing.T) {
	book, err := NewBook(Sheet{Name: "gold", Models: []Model{{ID: "m", Rates: Rates{Input: Each("9"), Output: Each("9.3")}}}})
	if err != nil {
		t.Fatal(err)
	}
	if cost, err := book.Price(Call{Model: "m", Usage: usage.Usage{Input: usage.MaxCount}}); err != nil || cost.Total != MustMoney("9000000000000") || !cost.Total.FitsColumns() {
		t.Errorf("%s, %v", cost.Total, err)
	}
	if cost, err := book.Price(Call{Model: "m", Usage: usage.Usage{Output: usage.MaxCount}}); !errors.Is(err, ErrOverflow) || cost != (Cost{}) {
		t.Errorf("%s, %v", cost.Total, err)
	}
}

func TestPriceWithoutTimeSaysSo(t *testing.T) {
	_, err := Builtin().Price(Call{Model: "claude-opus-5", Usage: usage.Usage{Input: 1}})
	if !errors.Is(err, ErrUnknownModel) || !strings.Contains(err.Error(), "set At") {
		t.Errorf("error %v", err)
	}
	_, err = Builtin().Price(Call{Model: "claude-opus-5", At: at("2026-01-01"), Usage: usage.Usage{Input: 1}})
	if !errors.Is(err, ErrUnknownModel) || !strings.Contains(err.Error(), "2026-07-24") {
		t.Errorf("before the model was sold: %v", err)
	}
	for _, far := range []time.Time{time.Unix(-1<<40, 0), time.Unix(1<<40, 0)} {
		if _, err := Builtin().Price(Call{Model: "claude-opus-5", At: far}); (err == nil) != far.After(at("2026-07-24")) {
			t.Errorf("%v: %v", far, err)
		}
	}
}

func TestHistoryByInstant(t *testing.T) {
	price := func(model, when string) string {
		cost, err := Builtin().Price(Call{Model: model, At: at(when), Usage: usage.Usage{CacheRead: 1_000_000, Input: 1}})
		if err != nil {
			return err.Error()
		}
		return cost.Total.String()
	}
	for _, tt := range []struct{ when, want string }{
		{"2026-10-06T23:59:59Z", "0.200002"}, {"2026-10-07T00:00:00Z", "0.100002"}, {"2026-10-07T01:59:59+02:00", "0.200002"},
	} {
		if got := price("claude-sonnet-5-5", tt.when); got != tt.want {
			t.Errorf("sonnet 5.5 at %s: %s, want %s", tt.when, got, tt.want)
		}
	}
}

func TestReasoningIsBilledAsOutput(t *testing.T) {
	cost, err := Builtin().Price(Call{Model: "o3", At: at("2026-01-01"), Usage: usage.Usage{Output: 100, Reasoning: 900}})
	if err != nil || cost.Total != MustMoney("0.008") {
		t.Fatalf("%s, %v", cost.Total, err)
	}
	for l := range cost.Lines() {
		if said := strings.Contains(l.Why, "billed as output"); said != (l.Meter == usage.Reasoning) {
			t.Errorf("%v: %q", l.Meter, l.Why)
		}
	}
}

func TestCacheSaving(t *testing.T) {
	tests := []struct {
		name string
		call Call
		want string
		ok   bool
	}{
		{"reads alone", Call{Model: "claude-opus-5", Usage: usage.Usage{CacheRead: 1_000_000}}, "4.5", true},
		{"writes alone cost extra", Call{Model: "claude-opus-5", Usage: usage.Usage{CacheWrite5m: 1_000_000, CacheWrite1h: 1_000_000}}, "-6.25", true},
		{"batch halves both sides", Call{Model: "claude-opus-5", Tier: "batch", Usage: usage.Usage{CacheRead: 1_000_000}}, "2.25", true},
		{"at the step's rates", Call{Model: "claude-haiku-5-5", Usage: usage.Usage{CacheRead: 1_000_000}}, "0.45", true},
		{"no cache", Call{Model: "claude-opus-5", Usage: usage.Usage{Input: 5}}, "0", true},
		{"no rate", Call{Provider: "bedrock", Model: "anthropic.claude-3-haiku", Usage: usage.Usage{CacheRead: 5}}, "0", false},
		{"modality by modality", Call{Model: "gemini-2.5-flash", Usage: usage.Usage{AudioCacheRead: 1_000_000}}, "0.9", true},
	}
	for _, tt := range tests {
		tt.call.At = at("2026-10-25")
		cost, _ := Builtin().Price(tt.call)
		if got, ok := cost.CacheSaving(); got != MustMoney(tt.want) || ok != tt.ok {
			t.Errorf("%s: %s, %t, want %s, %t", tt.name, got, ok, tt.want, tt.ok)
		}
	}
	if _, ok := new(Cost).CacheSaving(); ok {
		t.Error("a zero Cost has a saving")
	}
}

func TestRequestFee(t *testing.T) {
	book, err := NewBook(Sheet{Name: "fees", Models: []Model{{ID: "m", Rates: Rates{Input: PerMillion("1"), Requests: PerThousand("5")}}}})
	if err != nil {
		t.Fatal(err)
	}
	for requests, want := range map[int64]string{0: "0.006", 1: "0.006", 7: "0.036"} {
		cost, err := book.Price(Call{Model: "m", Usage: usage.Usage{Input: 1000, Requests: requests}})
		if err != nil || cost.Total != MustMoney(want) {
			t.Errorf("%d requests: %s, %v, want %s", requests, cost.Total, err, want)
		}
	}
}

func TestHalfIsRoundedToEven(t *testing.T) {
	book, err := NewBook(Sheet{Name: "fine", Models: []Model{{ID: "m", Rates: Rates{Input: Per("0.000000000001", 2), Output: Per("0.000000000001", 3)}}}})
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int64]string{1: "0", 2: "0.000000000001", 3: "0.000000000002", 5: "0.000000000002", 7: "0.000000000004"} {
		cost, err := book.Price(Call{Model: "m", Usage: usage.Usage{Input: n}})
		if err != nil || cost.Total != MustMoney(want) {
			t.Errorf("%d halves: %s, %v, want %s", n, cost.Total, err, want)
		}
		for l := range cost.Lines() {
			if l.Rounded != (n%2 == 1) {
				t.Errorf("%d halves: rounded is %t", n, l.Rounded)
			}
		}
	}
}

func TestFreeIsNotAbsent(t *testing.T) {
	book, err := NewBook(Sheet{Name: "free", Models: []Model{{ID: "m", Rates: Rates{Input: PerMillion("0")}}}})
	if err != nil {
		t.Fatal(err)
	}
	if cost, err := book.Price(Call{Model: "m", Usage: usage.Usage{Input: 5}}); err != nil || cost.Status != Priced || !cost.Total.IsZero() {
		t.Errorf("free: %s, %v", cost.Status, err)
	}
	if cost, err := book.Price(Call{Model: "m", Usage: usage.Usage{Output: 5}}); !errors.Is(err, ErrUnpriced) || cost.Status != Partial {
		t.Errorf("absent: %s, %v", cost.Status, err)
	}
}

func TestZeroValuesAreSafe(t *testing.T) {
	var book Book
	var cost Cost
	if err := book.PriceInto(&cost, &Call{Model: "m"}); !errors.Is(err, ErrUnknownModel) {
		t.Errorf("zero Book: %v", err)
	}
	var h Handle
	if err := h.PriceInto(&cost, &Call{Model: "m"}); !errors.Is(err, ErrUnknownModel) || h.ID()+h.Provider() != "" {
		t.Errorf("zero Handle: %v", err)
	}
	for range new(Cost).Lines() {
		t.Error("a zero Cost has lines")
	}
	if cost = (Cost{}); cost.Explain() == "" || cost.Missing() != nil || cost.ID() != "" || cost.Provider() != "" {
		t.Error("zero Cost")
	}
	if Status(9).String() != "unpriced" || Match(99).String() != "unknown" || State(9).String() != "unknown" {
		t.Error("names of impossible values")
	}
}

// A book is read by many goroutines while new ones are made of it.
func TestBooksAreConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	call := opusCall()
	want, err := Builtin().Price(call)
	if err != nil {
		t.Fatal(err)
	}
	for g := range 8 {
		wg.Go(func() {
			for range 50 {
				book := Builtin()
				if g == 0 {
					book, err = book.With(oddSheet())
					if err != nil {
						t.Error(err)
						return
					}
				}
				if cost, err := book.Price(call); err != nil || cost.Total != want.Total {
					t.Errorf("%s, %v, want %s", cost.Total, err, want.Total)
				}
			}
		})
	}
	wg.Wait()
}

func TestExplainSaysWhy(t *testing.T) {
	cost, err := Builtin().Price(opusCall())
	if err != nil {
		t.Fatal(err)
	}
	text := cost.Explain()
	for _, part := range []string{cost.Total.String() + " USD, priced", "anthropic/claude-opus-4-6 from 2026-02-05 (exact match)",
		"× 0.5 (batch) × 1.1 (us-inference)", "prompt of 254300 tokens is above 200000", Builtin().Version()} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
	cost, _ = Builtin().Price(Call{Model: "gemini-3.8-flash", At: at("2027-02-01"), Usage: usage.Usage{Input: 5, WebFetches: 1}})
	for _, part := range []string{"announced when checked", "partial", "web_fetches      1 × ? no rate"} {
		if !strings.Contains(cost.Explain(), part) {
			t.Errorf("%q is not in\n%s", part, cost.Explain())
		}
	}
	var meters []usage.Meter
	for l := range cost.Lines() {
		meters = append(meters, l.Meter)
		break
	}
	if !slices.Equal(meters, []usage.Meter{usage.Input}) {
		t.Errorf("lines %v", meters)
	}
}
