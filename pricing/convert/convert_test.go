package convert_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/pricing/convert"
	"github.com/tokenomics-go/tokenomics/usage"
)

const litellm = `{
 "sample_spec": {"litellm_provider": "one of …", "input_cost_per_token": 0},
 "claude-test-5": {"litellm_provider": "anthropic", "mode": "chat", "source": "https://example.com", "max_tokens": 64000,
  "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05, "cache_read_input_token_cost": 3e-07,
  "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06,
  "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05,
  "input_cost_per_token_batches": 1.5e-06, "output_cost_per_token_batches": 7.5e-06,
  "search_context_cost_per_query": {"search_context_size_low": 0.01}, "vector_store_cost_per_gb_per_day": 0.1, "output_cost_per_pixel": 0.0},
 "xai/grok-test": {"litellm_provider": "xai", "input_cost_per_token": 2e-06, "output_cost_per_token": 6e-06, "input_cost_per_token_above_200k_tokens": 4e-06},
 "bedrock/test": {"litellm_provider": "bedrock_converse", "input_cost_per_token": 1e-06},
 "whisper-test": {"litellm_provider": "openai", "input_cost_per_second": 0.0001, "output_cost_per_second": 0.0},
 "nothing": {"litellm_provider": "openai", "mode": "chat"},
 "nobody": {"mode": "chat"},
 "negative": {"litellm_provider": "openai", "input_cost_per_token": -1}
}`

const modelsDev = `{
 "anthropic": {"id": "anthropic", "models": {"claude-test-5": {"id": "claude-test-5",
  "cost": {"input": 3, "output": 15, "cache_read": 0.3, "cache_write": 3.75, "context_over_200k": {"input": 6, "output": 22.5}, "shipping": 1}}, "free": {"id": "free"}}},
 "openai": {"id": "openai", "models": {"gpt-test": {"cost": {"input": 5, "output": 30, "tiers": [{"tier": {"size": 272000}, "input": 10, "output": 45}, {"input": 9}]}}}}}`

const openRouter = `{"data": [
 {"id": "anthropic/claude-test-5", "canonical_slug": "anthropic/claude-5-test", "pricing": {"prompt": "0.000003", "completion": "0.000015",
  "request": "0", "image": "0.0048", "internal_reasoning": "0", "input_cache_read": "0.0000003", "input_cache_write_1h": "0.000006", "web_search": "0.01"}},
 {"id": "lab/gift:free", "pricing": {"prompt": "0", "completion": "0"}},
 {"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}}]}`

const genai = `[{"id": "anthropic", "models": [
 {"id": "claude-test-5", "match": {"or": [{"equals": "claude-test-5-20260101"}, {"starts_with": "claude-test"}]}, "prices": [
  {"prices": {"input_mtok": {"base": 3, "tiers": [{"start": 200000, "price": 6}]}, "output_mtok": 15, "web_searches_kcount": 10}},
  {"constraint": {"start_date": "2026-03-01", "type": "start_date"}, "prices": {"input_mtok": 2, "output_mtok": 10, "output_citation_mtok": 3}},
  {"constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z", "type": "time_of_date"}, "prices": {"input_mtok": 1}}]}]},
 {"id": "x-ai", "models": [{"id": "grok-test", "match": {"equals": "grok-test"}, "prices": {"input_mtok": 2, "audio_hours": 3}}]},
 {"id": "xai", "models": [{"id": "grok-test", "match": {"equals": "grok-test"}, "prices": {"input_mtok": 5}}]}]`

func date(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestConvert(t *testing.T) {
	july := date("2026-07-01")
	type want struct {
		provider, model, tier, when string
		u                           usage.Usage
		total                       string // "" is not known
	}
	tests := []struct {
		name    string
		read    func([]byte, convert.Options) (convert.Result, error)
		data    string
		sheets  []string
		skipped []string
		prices  []want
	}{
		{"litellm", convert.LiteLLM, litellm, []string{"litellm-anthropic", "litellm-bedrock", "litellm-openai", "litellm-xai"},
			[]string{
				"anthropic/claude-test-5 search_context_cost_per_query: is no single amount",
				"anthropic/claude-test-5 vector_store_cost_per_gb_per_day: has no meter here",
				"openai/negative rates.input: \"-1\" is negative",
				"nobody litellm_provider: is missing",
				"openai/nothing: has no price that can be taken over",
			}, []want{
				{"anthropic", "claude-test-5", "", "2026-07-01", usage.Usage{Input: 200_000, CacheWrite1h: 0}, "0.6"},
				{"anthropic", "claude-test-5", "", "2026-07-01", usage.Usage{Input: 200_000, CacheWrite1h: 1}, "1.200006"},
				{"anthropic", "claude-test-5", "batch", "2026-07-01", usage.Usage{Input: 1000, Output: 1000}, "0.009"},
				{"anthropic", "claude-test-5", "batch", "2026-07-01", usage.Usage{CacheRead: 1}, ""},
				{"xai", "grok-test", "", "2026-07-01", usage.Usage{Input: 200_000}, "0.8"},
				{"bedrock", "test", "", "2026-07-01", usage.Usage{Input: 1000}, ""},
				{"openai", "whisper-test", "", "2026-07-01", usage.Usage{AudioInputMs: 60_000}, "0.006"},
			}},
		{"models.dev", convert.ModelsDev, modelsDev, []string{"models.dev-anthropic", "models.dev-openai"},
			[]string{"anthropic/claude-test-5 shipping: has no counterpart here", "anthropic/free: has no cost", "openai/gpt-test tiers: has a tier without a size"},
			[]want{
				{"anthropic", "claude-test-5", "", "2026-07-01", usage.Usage{Input: 200_000, CacheRead: 1, Output: 1}, "1.2000228"},
				{"anthropic", "claude-test-5", "", "2026-07-01", usage.Usage{CacheWrite1h: 1}, ""},
				{"openai", "gpt-test", "", "2026-07-01", usage.Usage{Input: 272_001}, "2.72001"},
			}},
		{"openrouter", convert.OpenRouter, openRouter, []string{"openrouter-openrouter"},
			[]string{"openrouter/anthropic/claude-test-5 image: has no meter here", "openrouter/openrouter/auto rates.input: \"-1\" is negative"},
			[]want{
				{"openrouter", "anthropic/claude-5-test", "", "2026-07-01", usage.Usage{Input: 1000, CacheRead: 1000, CacheWrite1h: 1000, Reasoning: 1000, WebSearches: 1}, "0.0343"},
				{"openrouter", "lab/gift:free", "", "2026-07-01", usage.Usage{Input: 1000}, "0"},
			}},
		{"genai-prices", convert.GenAIPrices, genai, []string{"genai-prices-anthropic", "genai-prices-xai"},
			[]string{"anthropic/claude-test-5 output_citation_mtok: has no meter here", "anthropic/claude-test-5 constraint: a price by the time of day is not taken over",
				"xai/grok-test audio_hours: has no meter here", "xai/grok-test: the list has the model twice; its first row is kept"},
			[]want{
				{"anthropic", "claude-test-5-20260101", "", "2026-02-28", usage.Usage{Input: 200_001, WebSearches: 1}, "1.210006"},
				{"anthropic", "claude-test-5", "", "2026-03-01", usage.Usage{Input: 200_001}, "0.400002"},
				{"xai", "grok-test", "", "2026-03-01", usage.Usage{Input: 1}, "0.000002"},
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := tt.read([]byte(tt.data), convert.Options{AsOf: july, Source: "https://example.com/list.json"})
			if err != nil {
				t.Fatal(err)
			}
			var names, skipped []string
			for _, s := range r.Sheets {
				names = append(names, s.Name)
				if s.Source == "" || s.AsOf != july {
					t.Errorf("%s has no source or date", s.Name)
				}
			}
			for _, s := range r.Skipped {
				skipped = append(skipped, s.String())
			}
			slices.Sort(skipped)
			slices.Sort(tt.skipped)
			if !slices.Equal(names, tt.sheets) {
				t.Errorf("sheets %v, want %v", names, tt.sheets)
			}
			if !slices.Equal(skipped, tt.skipped) {
				t.Errorf("skipped\n%q\nwant\n%q", skipped, tt.skipped)
			}
			book, err := pricing.Builtin().With(r.Sheets...)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range tt.prices {
				cost, err := book.Price(pricing.Call{Provider: w.provider, Model: w.model, Tier: w.tier, At: date(w.when), Usage: w.u})
				if w.total == "" {
					if err == nil && w.model != "test" {
						t.Errorf("%+v costs %s, want no price", w, cost.Total)
					}
				} else if err != nil || cost.Total != pricing.MustMoney(w.total) {
					t.Errorf("%+v costs %s, %v", w, cost.Total, err)
				}
			}
		})
	}
}

func TestConvertWantedProvidersOnly(t *testing.T) {
	r, err := convert.LiteLLM([]byte(litellm), convert.Options{Providers: []string{usage.XAI}})
	if err != nil || len(r.Sheets) != 1 || r.Sheets[0].Models[0].ID != "grok-test" || r.Sheets[0].Source != "litellm" {
		t.Errorf("%+v, %v", r.Sheets, err)
	}
}

// A list taken over from a day on leaves the past as it was.
func TestConvertFrom(t *testing.T) {
	r, err := convert.GenAIPrices([]byte(genai), convert.Options{From: date("2026-04-01"), Providers: []string{usage.Anthropic}})
	if err != nil || len(r.Sheets) != 1 || len(r.Sheets[0].Models) != 1 || !r.Sheets[0].Models[0].From.Equal(date("2026-04-01")) || len(r.Skipped) != 3 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestConvertRefusesOtherFiles(t *testing.T) {
	for name, read := range readers {
		for _, data := range []string{"", "null", "[]", "{}", `"x"`, `{"data": 5}`, `[1]`, `{"a": {"models": 3}}`, litellm[:200]} {
			if _, err := read([]byte(data), convert.Options{}); !errors.Is(err, convert.ErrFormat) {
				t.Errorf("%s of %.20q: %v", name, data, err)
			}
		}
	}
}

var readers = map[string]func([]byte, convert.Options) (convert.Result, error){
	"litellm": convert.LiteLLM, "models.dev": convert.ModelsDev, "openrouter": convert.OpenRouter, "genai-prices": convert.GenAIPrices,
}

func FuzzConvert(f *testing.F) {
	for _, s := range []string{litellm, modelsDev, openRouter, genai} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, read := range readers {
			r, err := read(data, convert.Options{})
			if err != nil {
				if !errors.Is(err, convert.ErrFormat) {
					t.Fatalf("%s: %v", name, err)
				}
				continue
			}
			if _, err := pricing.NewBook(r.Sheets...); err != nil && !errors.Is(err, pricing.ErrInvalidSheet) {
				t.Fatalf("%s: %v", name, err)
			}
		}
	})
}

func ExampleLiteLLM() {
	file := []byte(`{"claude-next": {"litellm_provider": "anthropic", "input_cost_per_token": 4e-06, "output_cost_per_token": 2e-05, "cost_per_dance": 1}}`)
	result, err := convert.LiteLLM(file, convert.Options{AsOf: date("2026-10-01")})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range result.Skipped {
		fmt.Println("skipped", s)
	}
	book, err := pricing.Builtin().With(result.Sheets...)
	if err != nil {
		fmt.Println(err)
		return
	}
	cost, err := book.Price(pricing.Call{Model: "claude-next", At: date("2026-10-02"), Usage: usage.Usage{Input: 1000, Output: 100}})
	fmt.Println(cost.Total, err)
	// Output:
	// skipped anthropic/claude-next cost_per_dance: has no meter here
	// 0.006 <nil>
}
