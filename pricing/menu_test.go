package pricing

import (
	"slices"
	"testing"
	"time"
)

// What is on a menu is what settling the call would come to.
func TestMenusSayWhatSettlingSays(t *testing.T) {
	dated, err := Builtin().With(Sheet{Name: "own", Modifiers: []Modifier{
		{Name: "markup", Provider: "openai", By: Times("1.05")},
		{Name: "european", Provider: "anthropic", Regions: []string{"eu", "eu-*"}, NotRegions: []string{"eu-north"}, By: Times("1.2")},
		{Name: "rebate", Provider: "mistral", Modes: []string{"rush"}, From: at("2026-01-01"), By: Times("0.9")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	modes := []string{"", "standard", "batch", "Batch", "fast", "flex", "priority", "rush", "warp"}
	regions := []string{"", "us", "US", "eu", "eu-west", "eu-north", "global", "not_available", "us-east-1", inRegion, "mars"}
	for _, b := range []*Book{Builtin(), dated} {
		plain := b.t
		plain.entries = slices.Clone(plain.entries)
		for i := range plain.entries {
			plain.entries[i].menu = 0
		}
		taken, asked := 0, 0
		for i := range b.t.entries {
			e := &b.t.entries[i]
			for _, s := range cut(b.t.segments, e.segments) {
				r := &b.t.rows[s.row]
				instant := max(s.from, at("2025-06-01").UnixNano())
				for _, mode := range modes {
					for k, region := range regions {
						c := Call{Tier: mode, Region: region, At: time.Unix(0, instant)}
						if k%2 == 1 {
							c.Tier, c.Speed = "", c.Tier
						}
						var got, want, menu terms
						got.reset(r)
						want.reset(r)
						b.t.settle(&got, &c, e, r, "", instant)
						plain.settle(&want, &c, &plain.entries[i], r, "", instant)
						if got != want {
							t.Fatalf("%s/%s %q %q: %+v, want %+v", e.provider, e.id, mode, region, got, want)
						}
						asked++
						if b.t.order(&menu, e, r, b.t.served(mode), region) {
							taken++
						}
					}
				}
			}
		}
		if taken < asked/2 {
			t.Errorf("%d of %d calls are on a menu", taken, asked)
		}
	}
}
