package pricing

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

func at(text string) time.Time {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	panic("bad time in a test: " + text)
}

// Bugs of public price calculators whose right answer is an amount are in
// testdata/published.json; here are the others.

// litellm#29145: a meter in use without a rate is reported, never free.
func TestMeterWithoutRateIsPartial(t *testing.T) {
	cost, err := Builtin().Price(Call{Provider: "bedrock", Model: "anthropic.claude-3-haiku-20240307-v1:0", At: at("2025-01-01"),
		Usage: usage.Usage{Input: 1_000_000, CacheRead: 10}})
	var me *ModelError
	if !errors.Is(err, ErrUnpriced) || !errors.As(err, &me) || !slices.Equal(me.Meters, []usage.Meter{usage.CacheRead}) {
		t.Fatalf("error %v, want ErrUnpriced for cache_read", err)
	}
	if cost.Status != Partial || cost.Total != MustMoney("0.25") || !slices.Equal(cost.Missing(), me.Meters) {
		t.Errorf("%s, %s, missing %v", cost.Total, cost.Status, cost.Missing())
	}
}

// headroom#3732, gbrain#5166, iterion#473: an unknown model has no price, not
// a default one and not zero.
func TestUnknownModelIsUnpriced(t *testing.T) {
	cost, err := Builtin().Price(Call{Model: "claude-nonesuch-9", At: at("2026-10-01"), Usage: usage.Usage{Input: 5, Output: 1}})
	if !errors.Is(err, ErrUnknownModel) || cost.Status != Unpriced || !cost.Total.IsZero() || cost.Matched != NoMatch {
		t.Errorf("%s, %s, %v", cost.Total, cost.Status, err)
	}
	if want := []usage.Meter{usage.Input, usage.Output}; !slices.Equal(cost.Missing(), want) {
		t.Errorf("missing %v, want %v", cost.Missing(), want)
	}
	for range cost.Lines() {
		t.Error("an unknown model has a line")
	}
}

// latitude-llm#4415 and GP 0.1.8: a name is never cut down to one it begins
// with.
func TestNamesAreNotCutToTheirPrefix(t *testing.T) {
	oct := at("2026-10-25")
	for name, not := range map[string]string{
		"claude-sonnet-5-5": "claude-sonnet-5", "glm-4.7": "glm-4", "claude-opus-5-5": "claude-opus-5",
		"gpt-5.5-codex": "gpt-5.5", "claude-opus-5-9": "claude-opus-5", "gpt-4o-2": "gpt-4o", "o3-ultra": "o3",
		"claude-fable-5-2": "claude-fable-5", "gemini-2.5-pro-max": "gemini-2.5-pro", "gpt-5.5-2026-13-01": "gpt-5.5",
	} {
		cost, err := Builtin().Price(Call{Model: name, At: oct})
		if err == nil && cost.ID() == not {
			t.Errorf("%s is priced as %s", name, not)
		}
		if err != nil && !errors.Is(err, ErrUnknownModel) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if cost, err := Builtin().Price(Call{Model: "claude-sonnet-5-5", At: oct}); err != nil || cost.ID() != "claude-sonnet-5-5" {
		t.Errorf("claude-sonnet-5-5 is %q, %v", cost.ID(), err)
	}
}

// ccusage#1636, CodexBar#2671: a price change leaves what was used before it
// as it was.
func TestPastCostsSurviveAPriceRefresh(t *testing.T) {
	july := Call{Model: "gpt-5.6-luna", At: at("2026-07-15"), Usage: usage.Usage{Input: 1_000_000, Output: 1_000_000}}
	before, err := Builtin().Price(july)
	if err != nil || before.Total != MustMoney("11") {
		t.Fatalf("%s, %v", before.Total, err)
	}
	refreshed, err := Builtin().With(Sheet{Name: "refresh", AsOf: at("2026-11-01"), Models: []Model{{Provider: "openai", ID: "gpt-5.6-luna",
		From: at("2026-11-01"), Rates: Rates{Input: PerMillion("0.1"), Output: PerMillion("0.6")}}}})
	if err != nil {
		t.Fatal(err)
	}
	after, err := refreshed.Price(july)
	if err != nil || after.Total != before.Total {
		t.Errorf("%s before the refresh, %s after, %v", before.Total, after.Total, err)
	}
	july.At = at("2026-11-02")
	if now, err := refreshed.Price(july); err != nil || now.Total != MustMoney("0.7") {
		t.Errorf("%s after the change, %v, want 0.7", now.Total, err)
	}
}

// linuxarena control-tower#1218: 40 calls of 50,000 tokens are no call of 2
// million. Their sums tell only bounds.
func TestSummedUsageIsPricedAsBounds(t *testing.T) {
	call := Call{Model: "gpt-5.5", At: at("2026-10-01"), Usage: usage.Usage{Input: 2_000_000, Output: 40_000, Requests: 40}}
	cost, err := Builtin().Price(call)
	if err != nil || cost.Total != MustMoney("11.2") || cost.High != MustMoney("21.8") || cost.Status != Priced {
		t.Errorf("%s to %s, %s, %v, want 11.2 to 21.8", cost.Total, cost.High, cost.Status, err)
	}
	call.Usage = usage.Usage{Input: 272_000, Requests: 2}
	if cost, err := Builtin().Price(call); err != nil || cost.Total != cost.High {
		t.Errorf("sums below the step: %s to %s, %v", cost.Total, cost.High, err)
	}
	call.Usage = usage.Usage{Input: 2_000_000, Output: 40_000, Requests: 1}
	if cost, err := Builtin().Price(call); err != nil || cost.Total != MustMoney("21.8") || cost.High != cost.Total {
		t.Errorf("one call: %s to %s, %v", cost.Total, cost.High, err)
	}
}

// litellm#28845: thresholds are data, any number of them.
func TestThresholdsAreData(t *testing.T) {
	steps := []Step{}
	for i, above := range []int64{100_000, 128_000, 200_000, 256_000, 272_000, 512_000} {
		steps = append(steps, Step{Above: above, Inclusive: i%2 == 1, Rates: Rates{Input: PerMillion([]string{"2", "3", "4", "5", "6", "7"}[i])}})
	}
	book, err := NewBook(Sheet{Name: "steps", Models: []Model{{ID: "m", Rates: Rates{Input: PerMillion("1")}, Steps: steps}}})
	if err != nil {
		t.Fatal(err)
	}
	for prompt, want := range map[int64]string{100_000: "0.1", 100_001: "0.200002", 127_999: "0.255998", 128_000: "0.384",
		200_000: "0.6", 200_001: "0.800004", 256_000: "1.28", 272_000: "1.36", 272_001: "1.632006", 511_999: "3.071994", 512_000: "3.584"} {
		if cost, err := book.Price(Call{Model: "m", At: at("2026-01-01"), Usage: usage.Usage{Input: prompt}}); err != nil || cost.Total != MustMoney(want) {
			t.Errorf("%d tokens cost %s, %v, want %s", prompt, cost.Total, err, want)
		}
	}
}

// agentops#284, llmcost: a million calls are added up exactly, and none is
// rounded up.
func TestMillionCallsSumExactly(t *testing.T) {
	call := Call{Model: "gpt-4o-mini", At: at("2026-01-01"), Usage: usage.Usage{Input: 1, Output: 1}}
	var sum Money
	var cost Cost
	book := Builtin()
	const calls = 1_000_000
	for range trials(calls) {
		if err := book.PriceInto(&cost, &call); err != nil {
			t.Fatal(err)
		}
		var err error
		if sum, err = sum.Add(cost.Total); err != nil {
			t.Fatal(err)
		}
	}
	if whole, _ := sum.MulInt(int64(calls / trials(calls))); whole.String() != "0.75" {
		t.Errorf("sum is %s, want 0.75", whole)
	}
}

// Terms a provider does not offer together have no price: not a sum of both,
// and not one of them.
func TestExcludedTermsHaveNoPrice(t *testing.T) {
	tests := []struct {
		name    string
		call    Call
		total   string
		missing []usage.Meter
	}{
		{"batch and fast", Call{Model: "claude-opus-5", Tier: "batch", Speed: "fast", Usage: usage.Usage{Input: 10, WebSearches: 1}}, "0.01", []usage.Meter{usage.Input}},
		{"a tier nobody knows", Call{Model: "claude-opus-5", Tier: "warp", Usage: usage.Usage{Input: 10, WebSearches: 1}}, "0", []usage.Meter{usage.Input, usage.WebSearches}},
		{"fast where it was withdrawn", Call{Model: "claude-opus-4-7", Speed: "fast", Usage: usage.Usage{Input: 10}}, "0", []usage.Meter{usage.Input}},
		{"priority above the long-context step", Call{Model: "gpt-6-sol", Tier: "priority", Usage: usage.Usage{Input: 300_000}}, "0", []usage.Meter{usage.Input}},
	}
	for _, tt := range tests {
		tt.call.At = at("2026-10-25")
		cost, err := Builtin().Price(tt.call)
		if !errors.Is(err, ErrUnpriced) || cost.Status != Partial || cost.Total != MustMoney(tt.total) || !slices.Equal(cost.Missing(), tt.missing) {
			t.Errorf("%s: %s, %s, missing %v, %v", tt.name, cost.Total, cost.Status, cost.Missing(), err)
		}
	}
}

// Models that generate one modality list its price as that of output.
func TestGeneratedModalityIsBilledAsOutput(t *testing.T) {
	for model, u := range map[string]usage.Usage{
		"gpt-image-1": {ImageOutput: 1000}, "gpt-image-1.5": {ImageOutput: 1250}, "gemini-2.5-flash-tts": {AudioOutput: 4000}, "gpt-4o-mini-tts": {AudioOutput: 3333, Output: 1},
	} {
		cost, err := Builtin().Price(Call{Model: model, At: at("2026-10-01"), Usage: u})
		if err != nil || cost.Total.Round(3) != MustMoney("0.04") {
			t.Errorf("%s: %s, %v", model, cost.Total, err)
		}
	}
}
