package convert

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// modelsDevFields are the prices of models.dev, per million tokens.
var modelsDevFields = map[string]usage.Meter{
	"input": usage.Input, "output": usage.Output, "reasoning": usage.Reasoning,
	"cache_read": usage.CacheRead, "cache_write": usage.CacheWrite5m,
	"input_audio": usage.AudioInput, "output_audio": usage.AudioOutput,
}

// ModelsDev reads models.dev's api.json: providers by id, each with its models
// and their cost. It knows whole-request tiers (tiers[].tier.size) and the
// older context_over_200k, both strict. The list has no one-hour cache writes.
func ModelsDev(data []byte, opts Options) (Result, error) {
	var file map[string]struct {
		Models map[string]struct {
			ID   string                     `json:"id"`
			Cost map[string]json.RawMessage `json:"cost"`
		} `json:"models"`
	}
	if err := decode(data, &file); err != nil {
		return Result{}, err
	}
	c := newCollector("models.dev", opts)
	found := false
	for _, name := range slices.Sorted(maps.Keys(file)) {
		found = found || len(file[name].Models) > 0
		provider, wanted := c.provider(name)
		if !wanted {
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(file[name].Models)) {
			c.modelsDev(provider, id, file[name].Models[id].Cost)
		}
	}
	if !found {
		return Result{}, fmt.Errorf("%w: no provider has models", ErrFormat)
	}
	return c.result(), nil
}

func (c *collector) modelsDev(provider, id string, cost map[string]json.RawMessage) {
	m := pricing.Model{Provider: provider, ID: id}
	if len(cost) == 0 {
		c.skip(provider, id, "", "has no cost")
		return
	}
	steps := map[int64]*pricing.Rates{}
	for _, field := range slices.Sorted(maps.Keys(cost)) {
		switch field {
		case "context_over_200k":
			c.modelsDevRates(&m, at(steps, 200_000), field, cost[field])
		case "tiers":
			var tiers []json.RawMessage
			if err := decode(cost[field], &tiers); err != nil {
				c.skip(provider, id, field, "is no list")
				continue
			}
			for _, t := range tiers {
				var size struct {
					Tier struct {
						Size int64 `json:"size"`
					} `json:"tier"`
				}
				if err := decode(t, &size); err != nil || size.Tier.Size <= 0 {
					c.skip(provider, id, field, "has a tier without a size")
					continue
				}
				c.modelsDevRates(&m, at(steps, size.Tier.Size), field, t)
			}
		default:
			c.modelsDevRates(&m, &m.Rates, "", fmt.Appendf(nil, "{%q:%s}", field, cost[field]))
		}
	}
	for _, above := range slices.Sorted(maps.Keys(steps)) {
		m.Steps = append(m.Steps, pricing.Step{Above: above, Rates: *fill(steps[above], &m.Rates)})
	}
	c.add(m)
}

// modelsDevRates sets the rates of one cost object.
func (c *collector) modelsDevRates(m *pricing.Model, to *pricing.Rates, where string, raw []byte) {
	var fields map[string]any
	if err := decode(raw, &fields); err != nil {
		c.skip(m.Provider, m.ID, where, "is no object")
		return
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		text, ok := amount(fields[field])
		meter, known := modelsDevFields[field]
		switch {
		case known && ok:
			to.Set(meter, pricing.PerMillion(text))
		case field != "tier":
			c.skip(m.Provider, m.ID, field, "has no counterpart here")
		}
	}
}
