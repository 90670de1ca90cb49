package estimate

import (
	"errors"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// The example of OpenAI's cookbook: its own count of these messages is 124 for
// gpt-4o.
func TestChatOfTheCookbook(t *testing.T) {
	messages := []Message{
		{Role: "system", Content: "You are a helpful, pattern-following assistant that translates corporate jargon into plain English."},
		{Role: "system", Name: "example_user", Content: "New synergies will help drive top-line growth."},
		{Role: "system", Name: "example_assistant", Content: "Things working well together will increase revenue."},
		{Role: "system", Name: "example_user", Content: "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."},
		{Role: "system", Name: "example_assistant", Content: "Let's talk later when we're less busy about how to do better."},
		{Role: "user", Content: "This late pivot means we don't have time to boil the ocean for the client deliverable."},
	}
	c := Chat(For("gpt-4o", o200k.Base()), messages, nil)
	if c.N != 124 || c.Low != 118 || c.High != 130 || c.Kind != Estimate {
		t.Errorf("%d (%d to %d, %s), want 124 within one a message, an estimate", c.N, c.Low, c.High, c.Kind)
	}
}

// openai-messages-token-helper#1, tiktoken#474: two counters of one product
// that disagree. Adding a message or a tool only ever adds.
func TestChatGrows(t *testing.T) {
	for _, model := range []string{"gpt-5", "gpt-4", "claude-opus-4-7", "unknown"} {
		counter := For(model, o200k.Base())
		var messages []Message
		var tools []Tool
		last := Chat(counter, nil, nil)
		for range 5 {
			messages = append(messages, Message{Role: "user", Content: "What is the weather?"})
			tools = append(tools, Tool{Name: "get_weather", Description: "Get the weather.", Properties: []Property{
				{Name: "unit", Type: "string", Description: "unit", Enum: []string{"celsius", "fahrenheit"}}}})
			c := Chat(counter, messages, tools)
			if c.N <= last.N || c.Low > c.N || c.High < c.N {
				t.Errorf("%s: %+v after %+v", model, c, last)
			}
			last = c
		}
	}
}

func TestImages(t *testing.T) {
	for _, c := range []struct {
		model  string
		w, h   int64
		detail Detail
		want   int64
	}{
		{"gpt-4o", 1024, 1024, HighDetail, 765},
		{"gpt-4o", 2048, 4096, HighDetail, 1105},
		{"gpt-4o", 4096, 8192, LowDetail, 85},
		{"gpt-4o-mini", 1024, 1024, HighDetail, 2833 + 4*5667},
		{"gpt-4.1-mini", 1024, 1024, HighDetail, 1659}, // 1,024 patches × 1.62, rounded up
		{"claude-opus-4-6", 1000, 1000, HighDetail, 1296},
		{"claude-opus-4-6", 8000, 8000, HighDetail, 1568},
		{"claude-opus-4-7", 4000, 4000, HighDetail, 4784},
		{"gemini-2.5-pro", 300, 300, HighDetail, 258},
		{"gemini-2.5-pro", 1000, 700, HighDetail, 516},
	} {
		got := Image(c.model, c.w, c.h, c.detail)
		if got.N != c.want || got.Kind != Estimate || got.Low >= got.High {
			t.Errorf("%s %d×%d: %+v, want %d", c.model, c.w, c.h, got, c.want)
		}
	}
	for _, side := range []int64{-5, 0, 1, 1 << 62} {
		if c := Image("gpt-4o", side, side, HighDetail); c.N < 1 {
			t.Errorf("a side of %d: %+v", side, c)
		}
	}
	if c := Audio("gemini-2.5-pro", 10_000); c.N != 320 {
		t.Errorf("audio: %+v", c)
	}
	if c := Video("gemini-2.5-pro", 10_000); c.N != 2630 {
		t.Errorf("video: %+v", c)
	}
	if c := PDF("claude-opus-4-6", 10, 12_000); c.N < 15_000 || c.N > 30_000 {
		t.Errorf("ten pages: %+v", c)
	}
}

func TestCalibrationLearns(t *testing.T) {
	var c Calibration
	guess := Count{N: 1000, Low: 700, High: 1300}
	for i := range 30 {
		if got := c.Apply(guess); i < calibrated && got != guess {
			t.Fatalf("after %d observations: %+v", i, got)
		}
		c.Observe(1000, 1400+int64(i%3-1)*10)
	}
	got := c.Apply(guess)
	if got.N < 1380 || got.N > 1420 || got.High-got.Low > 150 || got.Low > 1400 || got.High < 1400 {
		t.Errorf("%+v from %+v", got, c)
	}
	before := c
	for _, bad := range [][2]int64{{0, 5}, {5, 0}, {-1, -1}, {1, 1 << 60}, {1, 5000}, {5000, 1}} {
		c.Observe(bad[0], bad[1])
	}
	if c != before {
		t.Errorf("learned from nonsense: %+v", c)
	}
	exact := Count{N: 5, Low: 5, High: 5, Basis: Basis{Kind: Exact}}
	if c.Apply(exact) != exact {
		t.Error("an exact count was corrected")
	}
}

func TestBefore(t *testing.T) {
	call := pricing.Call{Provider: "anthropic", Model: "big", At: april}
	r, err := Before(testBook(t), call, Count{N: 1_000_000, Low: 900_000, High: 1_200_000}, 100_000)
	if err != nil || r.Low.String() != "4.5" || r.Likely.String() != "6.25" || r.High.String() != "8.5" {
		t.Errorf("%s %s %s, %v", r.Low, r.Likely, r.High, err)
	}
	call.Model = "nobody"
	if _, err := Before(testBook(t), call, Count{N: 1}, 1); !errors.Is(err, pricing.ErrUnknownModel) {
		t.Error(err)
	}
	if _, err := Before(testBook(t), call, Count{N: 1}, -1); !errors.Is(err, ErrRange) {
		t.Error(err)
	}
}

func TestParityAndBreakEven(t *testing.T) {
	usd := pricing.MustMoney
	r, err := Parity(Range{usd("100000"), usd("250000"), usd("500000")}, usd("500000"))
	if err != nil || r != (Ratio{200_000, 500_000, 1_000_000}) {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := Parity(Range{}, usd("0")); !errors.Is(err, ErrRange) {
		t.Error(err)
	}
	if _, err := Parity(Range{High: usd("100000000000000000000000000")}, usd("0.000000000001")); err == nil {
		t.Error("an absurd ratio is no error")
	}
	// A write costs 1.25 a million more, a read saves 4.5: it pays with the first.
	call := pricing.Call{Provider: "anthropic", Model: "big", At: april}
	if n, ok, err := BreakEven(testBook(t), call, usage.CacheWrite5m); n != 1 || !ok || err != nil {
		t.Errorf("%d, %v, %v", n, ok, err)
	}
}

// A month repriced on a newer Claude has more tokens, not only other prices.
func TestRepriceRecountsTokens(t *testing.T) {
	at := april
	book := testBook(t)
	rates := pricing.Rates{Input: pricing.PerMillion("5"), Output: pricing.PerMillion("25")}
	book, err := book.With(pricing.Sheet{Name: "two", Models: []pricing.Model{
		{Provider: "anthropic", ID: "claude-opus-4-6", Rates: rates}, {Provider: "anthropic", ID: "claude-opus-4-7", Rates: rates},
	}})
	if err != nil {
		t.Fatal(err)
	}
	call := pricing.Call{Provider: "anthropic", Model: "claude-opus-4-6", At: at, Usage: usage.Usage{Input: 1_100_000}}
	to := call
	to.Model = "claude-opus-4-7"
	r, err := Reprice(book, call, to, Prose)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Likely.String(); !strings.HasPrefix(got, "7.2368") {
		t.Errorf("likely %s, want 5.5 × 1500/1140 = 7.2368", got)
	}
	if r.Low.Cmp(r.Likely) >= 0 || r.High.Cmp(r.Likely) <= 0 {
		t.Errorf("range %v", r)
	}
	// A month's calls may all lie above the context step, which sums do not tell.
	month := pricing.Call{Provider: "anthropic", Model: "small", At: at, Usage: usage.Usage{Input: 10_000_000, CacheWrite1h: 1_000_000, Requests: 40}}
	if month.Usage, err = MoveCacheWrites(month.Usage, usage.CacheWrite5m); err != nil {
		t.Fatal(err)
	}
	if r, err := Reprice(book, month, month, Prose); err != nil || r.Likely.String() != "11.25" || r.High.String() != "22.5" {
		t.Errorf("a month: %v, %v, want 11.25 to 22.5", r, err)
	}
	if _, err := MoveCacheWrites(usage.Usage{Output: 5}, usage.Output); !errors.Is(err, ErrRange) {
		t.Errorf("writes to the output: %v", err)
	}
	same, err := Reprice(book, call, call, Prose)
	if err != nil || same.Low != same.High || same.Likely.String() != "5.5" {
		t.Errorf("on itself: %v, %v", same, err)
	}
}
