package pricing

import (
	"iter"
	"math/bits"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Rates holds a price for every meter of a [usage.Usage], under the same
// names. An absent rate means the price is not known: usage of that meter is
// reported as missing, never taken for free. The one exception is Requests, a
// fee for each call: where it is absent there is none.
type Rates struct {
	Input, CacheRead                                      Rate
	CacheWrite5m, CacheWrite30m                           Rate
	CacheWrite1h, CacheWrite12h                           Rate
	Output, Reasoning                                     Rate
	AudioInput, AudioCacheRead, AudioOutput               Rate
	ImageInput, ImageCacheRead, ImageOutput               Rate
	VideoInput, VideoCacheRead                            Rate
	WebSearches, WebFetches, FileSearches, CodeExecutions Rate
	Requests                                              Rate
	AudioInputMs, AudioOutputMs, VideoOutputMs            Rate
	InputCharacters, OutputCharacters                     Rate
	Images, Pages                                         Rate
	ContainerMs, ComputeMs                                Rate
	CacheTokenSeconds                                     Rate
}

// Get returns the rate of one meter; absent for a meter that does not exist.
func (r *Rates) Get(m usage.Meter) Rate {
	if p := r.field(m); p != nil {
		return *p
	}
	return Rate{}
}

// Set replaces the rate of one meter; a meter that does not exist is ignored.
func (r *Rates) Set(m usage.Meter, rate Rate) {
	if p := r.field(m); p != nil {
		*p = rate
	}
}

// All yields the meters that have a rate, valid or not, in the order of the
// meters.
func (r *Rates) All() iter.Seq2[usage.Meter, Rate] {
	return func(yield func(usage.Meter, Rate) bool) {
		for m, p := range r.fields() {
			if *p != (Rate{}) && !yield(usage.Meter(m), *p) {
				return
			}
		}
	}
}

// Scale returns the rates times a factor, each exact; a rate that leaves the
// range of a fraction of 64-bit integers becomes invalid.
func (r *Rates) Scale(f Multiple) Rates {
	out := *r
	for _, p := range out.fields() {
		if p.IsSet() {
			*p = p.times(f)
		}
	}
	return out
}

func (r Rate) times(f Multiple) Rate {
	if f.den == 0 {
		return Rate{bad: "scaled by an absent or invalid multiple"}
	}
	a, b := gcd(r.num, f.den), gcd(f.num, r.den)
	hi, num := bits.Mul64(r.num/a, f.num/b)
	hi2, den := bits.Mul64(r.den/b, f.den/a)
	if hi|hi2 != 0 {
		return Rate{bad: "too large or too fine once scaled by " + f.String()}
	}
	return Rate{num: num, den: den}
}

func (r *Rates) field(m usage.Meter) *Rate {
	if int(m) >= usage.NumMeters {
		return nil
	}
	return r.fields()[m]
}

// fields returns the rates in the order of the meters.
func (r *Rates) fields() [usage.NumMeters]*Rate {
	return [usage.NumMeters]*Rate{
		&r.Input, &r.CacheRead, &r.CacheWrite5m, &r.CacheWrite30m, &r.CacheWrite1h, &r.CacheWrite12h,
		&r.Output, &r.Reasoning, &r.AudioInput, &r.AudioCacheRead, &r.AudioOutput,
		&r.ImageInput, &r.ImageCacheRead, &r.ImageOutput, &r.VideoInput, &r.VideoCacheRead,
		&r.WebSearches, &r.WebFetches, &r.FileSearches, &r.CodeExecutions, &r.Requests,
		&r.AudioInputMs, &r.AudioOutputMs, &r.VideoOutputMs, &r.InputCharacters, &r.OutputCharacters,
		&r.Images, &r.Pages, &r.ContainerMs, &r.ComputeMs, &r.CacheTokenSeconds,
	}
}
