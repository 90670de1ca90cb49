package convert

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// litellmFields are the prices LiteLLM names, all for a single unit.
var litellmFields = map[string]usage.Meter{
	"input_cost_per_token":                      usage.Input,
	"output_cost_per_token":                     usage.Output,
	"output_cost_per_reasoning_token":           usage.Reasoning,
	"cache_read_input_token_cost":               usage.CacheRead,
	"cache_creation_input_token_cost":           usage.CacheWrite5m,
	"cache_creation_input_token_cost_above_1hr": usage.CacheWrite1h,
	"input_cost_per_audio_token":                usage.AudioInput,
	"cache_read_input_audio_token_cost":         usage.AudioCacheRead,
	"output_cost_per_audio_token":               usage.AudioOutput,
	"input_cost_per_image_token":                usage.ImageInput,
	"output_cost_per_image_token":               usage.ImageOutput,
	"input_cost_per_character":                  usage.InputCharacters,
	"output_cost_per_character":                 usage.OutputCharacters,
	"output_cost_per_image":                     usage.Images,
	"input_cost_per_request":                    usage.Requests,
	"ocr_cost_per_page":                         usage.Pages,
}

// litellmSeconds are prices of a second, for meters in milliseconds.
var litellmSeconds = map[string]usage.Meter{
	"input_cost_per_second":        usage.AudioInputMs,
	"output_cost_per_second":       usage.AudioOutputMs,
	"output_cost_per_video_second": usage.VideoOutputMs,
}

var litellmModes = map[string]string{"_batches": "batch", "_flex": "flex", "_priority": "priority"}

// LiteLLM reads BerriAI/litellm's model_prices_and_context_window.json.
//
// Steps are strict, as LiteLLM applies them, but for xAI's, which are
// inclusive. Prices of batch, flex and priority service become variants; a
// meter without a price of its own in such a mode keeps none, since LiteLLM
// would fall back to the standard one. Multipliers of speed and geography are
// skipped: the sheets that come with package pricing have them as modifiers,
// which apply to rows of later sheets too.
func LiteLLM(data []byte, opts Options) (Result, error) {
	var file map[string]map[string]any
	if err := decode(data, &file); err != nil {
		return Result{}, err
	}
	c := newCollector("litellm", opts)
	found := false
	for _, id := range slices.Sorted(maps.Keys(file)) {
		fields := file[id]
		vendor, ok := fields["litellm_provider"].(string)
		found = found || ok
		if id == "sample_spec" {
			continue
		}
		if !ok {
			c.skip("", id, "litellm_provider", "is missing")
			continue
		}
		provider, wanted := c.provider(litellmProvider(vendor))
		if wanted {
			c.litellm(provider, vendor, id, fields)
		}
	}
	if !found {
		return Result{}, fmt.Errorf("%w: no model has a litellm_provider", ErrFormat)
	}
	return c.result(), nil
}

// litellmProvider folds the many names LiteLLM has for one provider.
func litellmProvider(name string) string {
	switch {
	case strings.HasPrefix(name, "vertex_ai"):
		return usage.Vertex
	case strings.HasPrefix(name, "bedrock"):
		return usage.Bedrock
	case strings.HasPrefix(name, "fireworks_ai"):
		return usage.Fireworks
	case name == "text-completion-openai":
		return usage.OpenAI
	}
	return name
}

func (c *collector) litellm(provider, vendor, id string, fields map[string]any) {
	m := pricing.Model{Provider: provider, ID: strings.TrimPrefix(id, vendor+"/")}
	if source, ok := fields["source"].(string); ok {
		m.Source = source
	}
	steps := map[int64]*pricing.Rates{}
	modes := map[string]*pricing.Rates{}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if !strings.Contains(field, "cost") {
			continue
		}
		text, ok := amount(fields[field])
		if !ok {
			c.skip(provider, m.ID, field, "is no single amount")
			continue
		}
		name, rates := field, &m.Rates
		if base, above, ok := threshold(name); ok {
			name, rates = base, at(steps, above)
		}
		for suffix, mode := range litellmModes {
			if base, is := strings.CutSuffix(name, suffix); is {
				if rates != &m.Rates {
					rates = nil
					break
				}
				name, rates = base, at(modes, mode)
			}
		}
		meter, perUnit := litellmFields[name]
		second, perSecond := litellmSeconds[name]
		switch {
		case rates == nil:
			c.skip(provider, m.ID, field, "a step within a mode of service is not taken over")
		case perUnit:
			rates.Set(meter, pricing.Each(text))
		case perSecond:
			rates.Set(second, pricing.PerSecond(text))
		case !isZero(text):
			c.skip(provider, m.ID, field, "has no meter here")
		}
	}
	if m.Rates == (pricing.Rates{}) {
		c.skip(provider, m.ID, "", "has no price that can be taken over")
		return
	}
	for _, above := range slices.Sorted(maps.Keys(steps)) {
		m.Steps = append(m.Steps, pricing.Step{Above: above, Inclusive: provider == usage.XAI, Rates: *fill(steps[above], &m.Rates)})
	}
	for _, mode := range slices.Sorted(maps.Keys(modes)) {
		m.Variants = append(m.Variants, pricing.Variant{Name: mode, Modes: []string{mode}, Rates: *modes[mode]})
	}
	c.add(m)
}

// threshold reads "FIELD_above_200k_tokens".
func threshold(name string) (field string, above int64, ok bool) {
	rest, ok := strings.CutSuffix(name, "k_tokens")
	i := strings.LastIndex(rest, "_above_")
	if !ok || i < 0 {
		return "", 0, false
	}
	k, err := strconv.ParseInt(rest[i+len("_above_"):], 10, 32)
	return rest[:i], k * 1000, err == nil
}

// at returns the rates under a key, made if need be.
func at[K comparable](m map[K]*pricing.Rates, k K) *pricing.Rates {
	if m[k] == nil {
		m[k] = new(pricing.Rates)
	}
	return m[k]
}

// fill gives a step the base's rates where the list names none for it: the
// lists leave out what does not change.
func fill(step, base *pricing.Rates) *pricing.Rates {
	for meter, rate := range base.All() {
		if meter.IsToken() && !step.Get(meter).IsSet() {
			step.Set(meter, rate)
		}
	}
	return step
}
