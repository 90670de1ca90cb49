package pricing

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/usage"
)

func TestBounds(t *testing.T) {
	writes := usage.Usage{CacheWrite5m: 1_000_000}
	for _, tt := range []struct {
		name      string
		call      Call
		unknown   Unknown
		low, high string
		reasons   string
	}{
		{"all known", Call{Model: "claude-opus-5", Usage: writes}, 0, "6.25", "6.25", ""},
		{"nothing that matters", Call{Model: "claude-opus-5", Usage: usage.Usage{Output: 7}}, UnknownTTL, "0.000175", "0.000175", ""},
		// litellm and others bill the sum of the writes at 5 minutes.
		{"lifetimes", Call{Model: "claude-opus-5", Usage: writes}, UnknownTTL, "6.25", "10",
			"lifetime of the cache writes not known: cache_write_5m or cache_write_1h makes 3.75"},
		{"lifetimes of 30m and 12h", Call{Model: "gpt-6.1-terra", Usage: usage.Usage{CacheWrite30m: 100_000}}, UnknownTTL, "0.125", "0.25",
			"lifetime of the cache writes not known: cache_write_30m or cache_write_12h makes 0.125"},
		{"tier and speed", Call{Model: "claude-opus-5", Usage: usage.Usage{Output: 1_000_000}}, UnknownMode, "12.5", "50",
			"mode of service not known: batch or fast makes 37.5"},
		{"tier alone", Call{Model: "claude-opus-5", Speed: "standard", Usage: usage.Usage{Output: 1_000_000}}, UnknownMode, "12.5", "25",
			"mode of service not known: batch or standard makes 12.5"},
		{"speed alone", Call{Model: "claude-opus-5", Tier: "standard", Usage: usage.Usage{Output: 1_000_000}}, UnknownMode, "25", "50",
			"mode of service not known: standard or fast makes 25"},
		// batch and fast cannot go together, so a batch call was not fast.
		{"speed of a batch", Call{Model: "claude-opus-5", Tier: "batch", Usage: usage.Usage{Output: 1_000_000}}, UnknownMode, "12.5", "12.5", ""},
		{"mode given", Call{Model: "claude-opus-5", Tier: "batch", Speed: "standard", Usage: usage.Usage{Output: 1_000_000}}, UnknownMode, "12.5", "12.5", ""},
		{"region", Call{Model: "claude-opus-5", Usage: usage.Usage{Output: 1_000_000}}, UnknownRegion, "25", "27.5",
			"region not known: standard or us makes 2.5"},
		{"region given", Call{Model: "claude-opus-5", Region: "us", Usage: usage.Usage{Output: 1_000_000}}, UnknownRegion, "27.5", "27.5", ""},
		{"region in the id", Call{Model: "eu.anthropic.claude-opus-5", Usage: usage.Usage{Output: 1_000_000}}, UnknownRegion, "27.5", "27.5", ""},
		{"mode and region", Call{Model: "claude-opus-5", Usage: usage.Usage{Output: 1_000_000}}, UnknownMode | UnknownRegion, "12.5", "55",
			"mode of service not known: batch or fast makes 41.25; region not known: standard or us makes 5"},
		{"size", Call{Model: "gpt-6-sol", Usage: usage.Usage{Input: 300_000}}, UnknownSize, "0.6", "1.2",
			"size of each prompt not known: no prompt above a step or every prompt above 272000 tokens makes 0.6"},
		{"size of an aggregate", Call{Model: "gpt-6-sol", Usage: usage.Usage{Input: 300_000, Requests: 4}}, 0, "0.6", "1.2",
			"size of each prompt not known: no prompt above a step or every prompt above 272000 tokens makes 0.6"},
		{"size too small for a step", Call{Model: "gpt-6-sol", Usage: usage.Usage{Input: 200_000}}, UnknownSize, "0.4", "0.4", ""},
	} {
		tt.call.At = at("2026-10-28")
		got, err := Builtin().Bounds(tt.call, tt.unknown)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var why []string
		for _, r := range got.Reasons {
			why = append(why, r.String())
		}
		if got.Low.Total.String() != tt.low || got.High.Total.String() != tt.high || strings.Join(why, "; ") != tt.reasons || got.Status != Priced {
			t.Errorf("%s: %s to %s, %v, %q\nwant %s to %s, %q", tt.name, got.Low.Total, got.High.Total, got.Status, why, tt.low, tt.high, tt.reasons)
		}
		for _, end := range []Cost{got.Low, got.High} {
			var sum Money
			for l := range end.Lines() {
				sum, _ = sum.Add(l.Amount)
			}
			if sum != end.Total || end.High != end.Total {
				t.Errorf("%s: lines add up to %s of %s (high %s)", tt.name, sum, end.Total, end.High)
			}
		}
		for _, w := range append(why, tt.low, tt.high) {
			if !strings.Contains(got.Explain(), w) {
				t.Errorf("%s: Explain lacks %q:\n%s", tt.name, w, got.Explain())
			}
		}
	}
}

func TestBoundsWithoutPrice(t *testing.T) {
	all := UnknownTTL | UnknownMode | UnknownRegion | UnknownSize
	if got, err := Builtin().Bounds(Call{Model: "nobody", At: at("2026-10-28")}, all); !errors.Is(err, ErrUnknownModel) || got.Status != Unpriced {
		t.Errorf("unknown model: %+v, %v", got, err)
	}
	if got, err := Builtin().Bounds(Call{Model: "gpt-4o", At: at("2026-10-28"), Usage: usage.Usage{Input: -1}}, all); !errors.Is(err, usage.ErrRange) || got.Status != Unpriced {
		t.Errorf("negative: %+v, %v", got, err)
	}
	// Fast has no price for audio: what the call can have cost at most is not known.
	book := with(t, new(Book), Sheet{Name: "s", Models: []Model{{ID: "m", Rates: Rates{Input: PerMillion("1"), AudioInput: PerMillion("2")},
		Variants: []Variant{{Name: "fast", Modes: []string{"fast"}, Rates: Rates{Input: PerMillion("3")}}}}}})
	got, err := book.Bounds(Call{Model: "m", Usage: usage.Usage{Input: 1_000_000, AudioInput: 1_000_000}}, all)
	if !errors.Is(err, ErrUnpriced) || got.Status != Partial {
		t.Errorf("fast audio: %v, %v", got.Status, err)
	}
	got, err = book.Bounds(Call{Model: "m", Usage: usage.Usage{Input: 1_000_000, CacheWrite1h: 5}}, all)
	if !errors.Is(err, ErrUnpriced) || got.Status != Partial {
		t.Errorf("writes without a rate: %v, %v", got.Status, err)
	}
	dear := with(t, new(Book), Sheet{Name: "s", Models: []Model{{ID: "m", Rates: Rates{Input: Each("1")},
		Variants: []Variant{{Name: "fast", Modes: []string{"fast"}, Rates: Rates{Input: Each("100")}}}}}})
	if got, err := dear.Bounds(Call{Model: "m", Usage: usage.Usage{Input: 1_000_000_000_000}}, all); !errors.Is(err, ErrOverflow) {
		t.Errorf("an upper end that does not fit: %s, %v", got.High.Total, err)
	}
}

// Whatever the unknown facts were, the cost lies in the range.
func TestBoundsHoldEveryCase(t *testing.T) {
	const seed = 20261122
	r := rand.New(rand.NewPCG(seed, 1))
	models := []string{"claude-opus-5", "claude-haiku-5-5", "gpt-6.1-terra", "gpt-5.5", "gemini-3.1-pro-preview", "vertex/claude-opus-5", "claude-opus-4-6"}
	modes := []string{"", "standard", "batch", "flex", "priority", "fast"}
	regions := []string{"", "us", "eu", "us-east-1", "global", "mars"}
	book := Builtin()
	inside := 0
	for range 9000 {
		c := Call{Model: models[r.IntN(len(models))], At: at("2026-10-28").AddDate(0, 0, -r.IntN(300))}
		n := func() int64 { return r.Int64N(1 << r.IntN(20)) }
		c.Usage = usage.Usage{Input: n(), CacheRead: n(), CacheWrite5m: n(), Output: n(), WebSearches: r.Int64N(3)}
		bounds, err := book.Bounds(c, UnknownTTL|UnknownMode|UnknownRegion|UnknownSize)
		if err != nil {
			continue
		}
		// The writes split in two, the call in up to three.
		parts := 1 + r.IntN(3)
		var sum Money
		mode, region := modes[r.IntN(len(modes))], regions[r.IntN(len(regions))]
		priced := true
		for i := range parts {
			p := c
			p.Tier, p.Region, p.Usage = mode, region, usage.Usage{}
			for m, count := range c.Usage.All() {
				share := count / int64(parts)
				if i == 0 {
					share += count % int64(parts)
				}
				if m == usage.CacheWrite5m {
					long := r.Int64N(share + 1)
					p.Usage.CacheWrite1h, share = long, share-long
				}
				p.Usage.Set(m, share)
			}
			cost, err := book.Price(p)
			priced = priced && err == nil
			sum, _ = sum.Add(cost.Total)
		}
		if !priced {
			continue
		}
		inside++
		if slack := MustMoney("0.00000000001"); sum.Cmp(must(bounds.Low.Total.Sub(slack))) < 0 || sum.Cmp(must(bounds.High.Total.Add(slack))) > 0 {
			t.Fatalf("seed %d: %s %q in %q of %d parts cost %s, outside\n%s", seed, c.Model, mode, region, parts, sum, bounds.Explain())
		}
	}
	if inside < 500 {
		t.Errorf("only %d cases had a price", inside)
	}
}

func TestUnknownString(t *testing.T) {
	if got := fmt.Sprint(UnknownTTL|UnknownSize, " ", Unknown(0)); got != "ttl+size none" {
		t.Error(got)
	}
}
