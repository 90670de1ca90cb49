package naive

import (
	"fmt"
	"math/big"
	"strings"
	"time"
)

// The price lists, by hand, USD per million tokens. One line is
//
//	model from until | input 5m-write 1h-write read output | above the step, the same | fast, the same
//
// with "-" for what is not there; until is exclusive, and a step is strictly
// "more than" and reprices the whole reply.
//
// Sources, as reviewed on 2026-11-22. Anthropic: its pricing page (September
// 2026), its model page of Haiku 5.5, its price notice of 22 September 2026,
// and a re-check of the live page on 2026-10-24 for the 5.5 family and the
// halving of Sonnet 5.5's cache reads on 7 October. OpenAI and Google:
// genai-prices 0.1.8 (2026-09-23) and, for GPT-6.1 Terra, two notices of 26
// October.
const anthropicPrices = `
claude-fable-5-1          2026-09-01 -          | 10  12.5  20  0.25 50 | -      -                      | -
claude-opus-5-5           2026-09-22 -          | 4   5     8   0.2  20 | -      -                      | 8 10 16 0.4 40
claude-opus-4-8           2026-05-28 -          | 5   6.25  10  0.5  25 | -      -                      | 10 12.5 20 1 50
claude-sonnet-5-5         2026-09-28 2026-10-07 | 2   2.5   4   0.2  10 | -      -                      | -
claude-sonnet-5-5         2026-10-07 -          | 2   2.5   4   0.1  10 | -      -                      | -
claude-haiku-5-5          2026-10-07 -          | 0.1 0.125 0.2 0.01 0.5 | 100000 0.5 0.625 1 0.05 2.5  | -
claude-haiku-4-5-20251001 2025-10-15 -          | 1   1.25  2   0.1  5  | -      -                      | -
`

// OpenAI bills no cache writes that Codex could report; Google none at all.
const otherPrices = `
gpt-6-sol                 2026-09-22 -          | 2    - - 0.2   10   | 272000 4 - - 0.4 15 | -
gpt-6.1-terra             2026-10-26 -          | 1    - - 0.05  5    | 272000 2 - - 0.1 7.5 | -
gemini-3.8-flash          -          2027-01-01 | 0.75 - - 0.075 3.75 | -      -            | -
gemini-3.1-pro-preview    2026-02-19 -          | 2    - - 0.2   12   | 200000 4 - - 0.4 18 | -
`

// Factors on every token rate, and what a search costs. Searches and fetches
// take no factor. inference_geo us is known for Anthropic's models from 4.6
// on; of those here all but Haiku 4.5.
var (
	million   = big.NewRat(1_000_000, 1)
	half      = big.NewRat(1, 2)   // batch
	geoUS     = big.NewRat(11, 10) // inference_geo us
	perSearch = big.NewRat(10, 1000)
)

// card is one line of the lists.
type card struct {
	model       string
	from, until time.Time // zero: open
	base        map[string]*big.Rat
	step        int64 // 0: none
	long        map[string]*big.Rat
	fast        map[string]*big.Rat
}

// price returns the exact cost of a bill; false if its model has no price at
// that time. A priced model with a meter that has no rate is an error: no bill
// of the sample is so.
func price(b bill, cards []card) (*big.Rat, bool, error) {
	for _, c := range cards {
		if c.model != b.model || b.at.Before(c.from) || (!c.until.IsZero() && !b.at.Before(c.until)) {
			continue
		}
		sum, err := c.price(b)
		return sum, true, err
	}
	return nil, false, nil
}

func (c card) price(b bill) (*big.Rat, error) {
	rates := c.base
	m := b.meters
	prompt := m["input"] + m["cache_read"] + m["cache_write_5m"] + m["cache_write_1h"]
	if c.step > 0 && prompt > c.step {
		rates = c.long
	}
	if b.fast {
		if c.fast == nil || b.batch {
			return nil, fmt.Errorf("naive: %s: fast is not known for it, or not with batch", b.model)
		}
		rates = c.fast
	}
	sum := new(big.Rat)
	for meter, n := range m {
		if n == 0 || meter == "web_fetches" { // fetches are free
			continue
		}
		cost := whole(n)
		if meter == "web_searches" {
			sum.Add(sum, cost.Mul(cost, perSearch))
			continue
		}
		rate := rates[meter]
		if rate == nil {
			return nil, fmt.Errorf("naive: %s: no rate for %s", b.model, meter)
		}
		cost.Mul(cost, rate)
		cost.Quo(cost, million)
		if b.batch {
			cost.Mul(cost, half)
		}
		if b.us {
			if !strings.HasPrefix(b.model, "claude-") || b.model == "claude-haiku-4-5-20251001" {
				return nil, fmt.Errorf("naive: %s: inference_geo us is not known for it", b.model)
			}
			cost.Mul(cost, geoUS)
		}
		sum.Add(sum, cost)
	}
	return sum, nil
}

// parse reads the lists.
func parse(list string) ([]card, error) {
	var cards []card
	for text := range strings.Lines(list) {
		if strings.TrimSpace(text) == "" {
			continue
		}
		part := strings.Split(text, "|")
		head, step := strings.Fields(part[0]), strings.Fields(part[2])
		c := card{model: head[0]}
		var err [6]error
		c.from, err[0] = date(head[1])
		c.until, err[1] = date(head[2])
		c.base, err[2] = rates(strings.Fields(part[1]))
		c.long, err[3] = rates(step[1:])
		c.fast, err[4] = rates(strings.Fields(part[3]))
		if step[0] != "-" {
			_, err[5] = fmt.Sscan(step[0], &c.step)
		}
		for _, e := range err {
			if e != nil {
				return nil, fmt.Errorf("naive: price list, line %q: %w", text, e)
			}
		}
		cards = append(cards, c)
	}
	return cards, nil
}

func date(text string) (time.Time, error) {
	if text == "-" {
		return time.Time{}, nil
	}
	return time.Parse("2006-01-02", text)
}

// rates reads "input 5m-write 1h-write read output"; a lone "-" is none.
// Reasoning costs what output costs.
func rates(fields []string) (map[string]*big.Rat, error) {
	if len(fields) == 1 && fields[0] == "-" {
		return nil, nil
	}
	names := []string{"input", "cache_write_5m", "cache_write_1h", "cache_read", "output"}
	if len(fields) != len(names) {
		return nil, fmt.Errorf("%d rates, want %d", len(fields), len(names))
	}
	m := map[string]*big.Rat{}
	for i, name := range names {
		if fields[i] == "-" {
			continue
		}
		rate, ok := new(big.Rat).SetString(fields[i])
		if !ok {
			return nil, fmt.Errorf("%q is no number", fields[i])
		}
		m[name] = rate
	}
	m["reasoning"] = m["output"]
	return m, nil
}
