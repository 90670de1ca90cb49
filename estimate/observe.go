package estimate

import (
	"fmt"
	"math/big"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Calibration learns how far a counter's estimates are off for one model and
// kind of content, from what the provider metered afterwards. The zero value
// has learned nothing and changes nothing. It is a value: keep one for each
// model and kind, and guard it as any other variable.
//
// It keeps an exponentially weighted mean of actual/estimated and of its
// absolute deviation, in parts per million, in whole numbers: the same
// observations in the same order give the same calibration on every machine.
type Calibration struct {
	Seen      int64 // observations
	Ratio     int64 // mean of actual/estimated, in parts per million
	Deviation int64 // mean distance from that ratio, in parts per million
}

// memory is how many of the last observations weigh most.
const memory = 20

// Observe adds one call: what was estimated and what was metered. Counts that
// are not positive, or a thousandfold apart, tell nothing and are ignored.
func (c *Calibration) Observe(estimated, actual int64) {
	if estimated <= 0 || actual <= 0 || estimated > usage.MaxCount || actual > usage.MaxCount ||
		actual/1000 > estimated || estimated/1000 > actual {
		return
	}
	ratio := actual * Million / estimated
	c.Seen++
	weight := min(c.Seen, memory)
	if c.Seen == 1 {
		c.Ratio = ratio
		return
	}
	off := ratio - c.Ratio
	c.Ratio += off / weight
	if off < 0 {
		off = -off
	}
	if c.Seen == 2 {
		c.Deviation = off
	} else {
		c.Deviation += (off - c.Deviation) / weight
	}
}

// calibrated is how many observations it takes before a calibration is used.
const calibrated = 5

// Apply returns the count corrected by what was learned, with bounds of three
// mean deviations. Before five observations, and for an exact count, it
// returns the count as it is.
func (c Calibration) Apply(n Count) Count {
	if c.Seen < calibrated || n.Kind == Exact {
		return n
	}
	out := n
	out.N = scalePPM(n.N, c.Ratio)
	margin := scalePPM(n.N, 3*c.Deviation) + 1
	out.Low, out.High = max(0, out.N-margin), addSat(out.N, margin)
	out.Why = fmt.Sprintf("%s; corrected by %d observations", n.Why, c.Seen)
	return out
}

// scalePPM returns n × ppm / 1,000,000, rounded down.
func scalePPM(n, ppm int64) int64 {
	v := new(big.Int).Mul(big.NewInt(n), big.NewInt(ppm))
	if v.Quo(v, big.NewInt(Million)); !v.IsInt64() {
		return 1<<63 - 1
	}
	return v.Int64()
}

// Before returns what a call will cost before it is made: the prompt as
// counted, and an answer of at most maxOutput tokens. Low is a prompt at its
// lower bound with no answer, Likely a prompt at its likely count with half
// the answer, High both at their most, cached nothing. What the call says
// otherwise (tier, speed, region, instant) holds; its Usage is replaced.
func Before(book *pricing.Book, call pricing.Call, prompt Count, maxOutput int64) (Range, error) {
	if maxOutput < 0 || maxOutput > usage.MaxCount {
		return Range{}, fmt.Errorf("%w: an answer of %d tokens", ErrRange, maxOutput)
	}
	var r Range
	for _, p := range []struct {
		to         *pricing.Money
		in, output int64
	}{{&r.Low, prompt.Low, 0}, {&r.Likely, prompt.N, maxOutput / 2}, {&r.High, prompt.High, maxOutput}} {
		call.Usage = usage.Usage{Input: p.in, Output: p.output}
		cost, err := book.Price(call)
		if err != nil {
			return Range{}, err
		}
		*p.to = cost.Total
	}
	return r, nil
}
