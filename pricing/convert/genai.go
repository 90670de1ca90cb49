package convert

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// genaiFields are the prices of genai-prices, by how many units.
var genaiFields = map[string]struct {
	meter usage.Meter
	units int64
}{
	"input_mtok": {usage.Input, 1e6}, "output_mtok": {usage.Output, 1e6}, "output_reasoning_mtok": {usage.Reasoning, 1e6},
	"cache_read_mtok": {usage.CacheRead, 1e6}, "cache_write_mtok": {usage.CacheWrite5m, 1e6}, "cache_write_1h_mtok": {usage.CacheWrite1h, 1e6},
	"input_audio_mtok": {usage.AudioInput, 1e6}, "cache_audio_read_mtok": {usage.AudioCacheRead, 1e6}, "output_audio_mtok": {usage.AudioOutput, 1e6},
	"input_image_mtok": {usage.ImageInput, 1e6}, "cache_image_read_mtok": {usage.ImageCacheRead, 1e6}, "output_image_mtok": {usage.ImageOutput, 1e6},
	"input_video_mtok": {usage.VideoInput, 1e6}, "web_searches_kcount": {usage.WebSearches, 1000}, "storage_searches_kcount": {usage.FileSearches, 1000},
	"requests_kcount": {usage.Requests, 1000}, "input_document_kpages": {usage.Pages, 1000}, "input_audio_hours": {usage.AudioInputMs, 3_600_000},
}

// GenAIPrices reads the providers file of pydantic/genai-prices: a list of
// providers, each with models and prices. Names that a rule of the list
// matches exactly become aliases; rules of prefixes and patterns are left out,
// since they match models that are not meant. Start dates become rows; a price
// by the time of day is skipped. A tier's start is strict, as the list has it.
func GenAIPrices(data []byte, opts Options) (Result, error) {
	var file []struct {
		ID     string `json:"id"`
		Models []struct {
			ID     string         `json:"id"`
			Match  map[string]any `json:"match"`
			Prices any            `json:"prices"`
		} `json:"models"`
	}
	if err := decode(data, &file); err != nil {
		return Result{}, err
	}
	if len(file) == 0 {
		return Result{}, fmt.Errorf("%w: no providers", ErrFormat)
	}
	c := newCollector("genai-prices", opts)
	for _, p := range file {
		provider, wanted := c.provider(p.ID)
		if !wanted {
			continue
		}
		for _, m := range p.Models {
			c.genai(provider, m.ID, exactNames(m.Match), m.Prices)
		}
	}
	return c.result(), nil
}

// exactNames collects the names a rule matches exactly.
func exactNames(rule map[string]any) []string {
	var names []string
	if name, ok := rule["equals"].(string); ok {
		names = append(names, name)
	}
	if list, ok := rule["or"].([]any); ok {
		for _, r := range list {
			if r, ok := r.(map[string]any); ok {
				names = append(names, exactNames(r)...)
			}
		}
	}
	return names
}

func (c *collector) genai(provider, id string, aliases []string, prices any) {
	list, dated := prices.([]any)
	if !dated {
		list = []any{map[string]any{"prices": prices}}
	}
	var rows []pricing.Model
	for _, entry := range list {
		entry, _ := entry.(map[string]any)
		fields, ok := entry["prices"].(map[string]any)
		if !ok {
			c.skip(provider, id, "prices", "is no object")
			return
		}
		var from time.Time
		if constraint, ok := entry["constraint"].(map[string]any); ok {
			start, isDate := constraint["start_date"].(string)
			var err error
			if from, err = time.Parse(time.DateOnly, start); !isDate || err != nil {
				c.skip(provider, id, "constraint", "a price by the time of day is not taken over")
				continue
			}
		}
		if n := len(rows); n > 0 {
			rows[n-1].Until = from
		}
		m := pricing.Model{Provider: provider, ID: id, From: from}
		if len(rows) == 0 {
			m.Aliases = slices.DeleteFunc(aliases, func(a string) bool { return a == id })
		}
		c.genaiRates(&m, fields)
		rows = append(rows, m)
	}
	for _, m := range rows {
		c.add(m)
	}
}

func (c *collector) genaiRates(m *pricing.Model, fields map[string]any) {
	steps := map[int64]*pricing.Rates{}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		f, known := genaiFields[field]
		value := fields[field]
		tiered, isTiered := value.(map[string]any)
		if isTiered {
			value = tiered["base"]
		}
		text, ok := amount(value)
		switch {
		case !known:
			c.skip(m.Provider, m.ID, field, "has no meter here")
			continue
		case !ok:
			c.skip(m.Provider, m.ID, field, "is no single amount")
			continue
		}
		m.Rates.Set(f.meter, pricing.Per(text, f.units))
		tiers, _ := tiered["tiers"].([]any)
		for _, t := range tiers {
			tier, _ := t.(map[string]any)
			price, ok := amount(tier["price"])
			above, okAbove := tier["start"].(interface{ Int64() (int64, error) })
			if !ok || !okAbove {
				c.skip(m.Provider, m.ID, field, "has a tier without start or price")
				continue
			}
			n, err := above.Int64()
			if err != nil {
				c.skip(m.Provider, m.ID, field, "has a tier whose start is no whole number")
				continue
			}
			at(steps, n).Set(f.meter, pricing.Per(price, f.units))
		}
	}
	for _, above := range slices.Sorted(maps.Keys(steps)) {
		m.Steps = append(m.Steps, pricing.Step{Above: above, Rates: *fill(steps[above], &m.Rates)})
	}
}
