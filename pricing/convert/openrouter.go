package convert

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// openRouterFields are the fields of OpenRouter's pricing object, decimal
// texts for a single unit.
var openRouterFields = map[string]usage.Meter{
	"prompt":               usage.Input,
	"completion":           usage.Output,
	"internal_reasoning":   usage.Reasoning,
	"input_cache_read":     usage.CacheRead,
	"input_cache_write":    usage.CacheWrite5m,
	"input_cache_write_1h": usage.CacheWrite1h,
	"audio":                usage.AudioInput,
	"audio_output":         usage.AudioOutput,
	"input_audio_cache":    usage.AudioCacheRead,
	"image_token":          usage.ImageInput,
	"image_output":         usage.ImageOutput,
	"request":              usage.Requests,
	"web_search":           usage.WebSearches,
}

// OpenRouter reads the answer of OpenRouter's models endpoint,
// {"data": [{"id", "pricing": {…}}]}. A price of 0 means free where the field
// is prompt or completion and "not charged apart" elsewhere, so that reasoning
// at 0 is billed as output. A price below 0, which marks routers, is skipped.
func OpenRouter(data []byte, opts Options) (Result, error) {
	var file struct {
		Data []struct {
			ID      string         `json:"id"`
			Slug    string         `json:"canonical_slug"`
			Pricing map[string]any `json:"pricing"`
		} `json:"data"`
	}
	if err := decode(data, &file); err != nil {
		return Result{}, err
	}
	if len(file.Data) == 0 {
		return Result{}, fmt.Errorf("%w: no data", ErrFormat)
	}
	c := newCollector("openrouter", opts)
	for _, entry := range file.Data {
		m := pricing.Model{Provider: usage.OpenRouter, ID: entry.ID}
		if entry.Slug != "" && entry.Slug != entry.ID {
			m.Aliases = []string{entry.Slug}
		}
		for _, field := range slices.Sorted(maps.Keys(entry.Pricing)) {
			text, ok := amount(entry.Pricing[field])
			meter, known := openRouterFields[field]
			switch {
			case !ok:
				c.skip(m.Provider, m.ID, field, "is no single amount")
			case !known && !isZero(text):
				c.skip(m.Provider, m.ID, field, "has no meter here")
			case known && (!isZero(text) || meter == usage.Input || meter == usage.Output):
				m.Rates.Set(meter, pricing.Each(text))
			}
		}
		c.add(m)
	}
	return c.result(), nil
}
