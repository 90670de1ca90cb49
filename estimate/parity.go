package estimate

import (
	"fmt"
	"math/big"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Ratio is a share that is not known exactly, in parts per million: 500,000 is
// a half, 1,000,000 is parity. It may be above one million.
type Ratio struct{ Low, Likely, High int64 }

// Parity returns what is spent on tokens as a share of salary, both over the
// same time, rounded to a millionth. In the remark that an engineer of
// $500,000 should spend at least $250,000, it is 500,000.
func Parity(spent Range, salary pricing.Money) (Ratio, error) {
	if salary.Sign() <= 0 {
		return Ratio{}, fmt.Errorf("%w: a salary of %s", ErrRange, salary)
	}
	var r Ratio
	for _, p := range []struct {
		to *int64
		m  pricing.Money
	}{{&r.Low, spent.Low}, {&r.Likely, spent.Likely}, {&r.High, spent.High}} {
		v, err := money(new(big.Int).Mul(pico(p.m), big.NewInt(Million)), pico(salary))
		if err != nil {
			return Ratio{}, err
		}
		if n := pico(v); !n.IsInt64() {
			return Ratio{}, fmt.Errorf("%w: %s of %s", ErrRange, p.m, salary)
		} else {
			*p.to = n.Int64()
		}
	}
	return r, nil
}

// BreakEven returns how often a cached prompt must be read again until writing
// it to the cache has paid: the premium of the write over fresh input, divided
// by what each read saves, rounded up. ok is false if it never pays.
//
// write is the meter of the cache's lifetime, such as [usage.CacheWrite5m]. The
// call says whose prices: its Usage is replaced.
func BreakEven(book *pricing.Book, call pricing.Call, write usage.Meter) (reads int64, ok bool, err error) {
	price := func(m usage.Meter) (*big.Int, error) {
		call.Usage = usage.Usage{Requests: Million}
		call.Usage.Set(m, Million)
		cost, err := book.Price(call)
		return pico(cost.Total), err
	}
	var cost [3]*big.Int
	for i, m := range []usage.Meter{usage.Input, usage.CacheRead, write} {
		if cost[i], err = price(m); err != nil {
			return 0, false, err
		}
	}
	premium := new(big.Int).Sub(cost[2], cost[0])
	saving := new(big.Int).Sub(cost[0], cost[1])
	if premium.Sign() <= 0 {
		return 0, true, nil
	}
	if saving.Sign() <= 0 {
		return 0, false, nil
	}
	n := premium.Add(premium, saving)
	n.Sub(n, big.NewInt(1)).Quo(n, saving)
	return n.Int64(), n.IsInt64(), nil
}

// Reprice returns what a call would have cost elsewhere: at the prices of to
// (model, provider, tier, instant), with its tokens recounted for that model's
// tokenizer. to.Usage is ignored. The two models' families give the change of
// token counts for text of the given kind, and their margins the range. The call
// may be a whole month's, with Usage.Requests its number of calls: High is then
// what it costs if every one of them lay above the model's context step. For
// another lifetime of the cache, see [MoveCacheWrites].
func Reprice(book *pricing.Book, call, to pricing.Call, kind Text) (Range, error) {
	from, into := resolve(call.Model), resolve(to.Model)
	likely := int64(into.factor.of(kind)) * Million / int64(from.factor.of(kind))
	margin := int64(0)
	if from.name != into.name {
		margin = int64(max(from.below, from.above)+max(into.below, into.above)) * (Million / 1000)
	}
	var r Range
	for _, p := range []struct {
		to  *pricing.Money
		ppm int64
	}{{&r.Low, scalePPM(likely, max(0, Million-margin))}, {&r.Likely, likely}, {&r.High, scalePPM(likely, Million+margin)}} {
		to.Usage = call.Usage
		for m, n := range call.Usage.All() {
			if m.IsToken() {
				to.Usage.Set(m, scalePPM(n, p.ppm))
			}
		}
		cost, err := book.Price(to)
		if err != nil {
			return Range{}, err
		}
		if *p.to = cost.Total; p.to == &r.High {
			r.High = cost.High
		}
	}
	return r, nil
}

// MoveCacheWrites returns the usage with all tokens written to caches counted by
// one meter, such as [usage.CacheWrite1h]: what it would have been with that
// lifetime, as far as the same calls would have read and written. A meter that
// counts no writes is an error that matches [ErrRange].
func MoveCacheWrites(u usage.Usage, to usage.Meter) (usage.Usage, error) {
	switch to {
	case usage.CacheWrite5m, usage.CacheWrite30m, usage.CacheWrite1h, usage.CacheWrite12h:
	default:
		return usage.Usage{}, fmt.Errorf("%w: the meter %s counts no writes to a cache", ErrRange, to)
	}
	writes := u.CacheWrites()
	u.CacheWrite5m, u.CacheWrite30m, u.CacheWrite1h, u.CacheWrite12h = 0, 0, 0, 0
	u.Set(to, writes)
	return u, nil
}

// Text is a kind of text that vocabularies treat alike.
type Text uint8

// The kinds of text.
const (
	Prose Text = iota // in the Latin alphabet
	Code
	Data // JSON and its like
	CJK  // Chinese, Japanese, Korean
	Cyrillic
	OtherText
)

// of returns the factor of a kind of text.
func (f *factors) of(t Text) int {
	switch t {
	case Prose:
		return f.prose
	case Code:
		return f.code
	case Data:
		return f.data
	case CJK:
		return f.cjk
	case Cyrillic:
		return f.cyrillic
	}
	return f.other
}
