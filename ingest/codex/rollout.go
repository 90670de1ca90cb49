package codex

import (
	"strconv"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/usage"
)

// vector is one set of counts as the log states them.
type vector [len(vectorNames)]int64

// vectorNames are the names of a vector's counts in the log.
var vectorNames = [...]string{
	"input_tokens", "cached_input_tokens", "cache_write_input_tokens",
	"output_tokens", "reasoning_output_tokens", "total_tokens",
}

// The places in a vector.
const (
	input  = iota // cached and cacheWrite included
	cached        // read from a cache
	cacheWrite
	output // reasoning included
	reasoning
	total
)

// grown returns v − w, no part of it below zero.
func (v *vector) grown(w *vector) (d vector) {
	for i := range v {
		d[i] = max(0, v[i]-w[i])
	}
	return d
}

// fit makes the parts of v no larger than their wholes and reports whether it
// had to.
func (v *vector) fit() bool {
	was := *v
	v[cached] = min(v[cached], v[input])
	v[cacheWrite] = min(v[cacheWrite], v[input]-v[cached])
	v[reasoning] = min(v[reasoning], v[output])
	return *v != was
}

// usage returns v in disjoint meters. It must fit.
func (v *vector) usage() usage.Usage {
	return usage.Usage{
		Input: v[input] - v[cached] - v[cacheWrite], CacheRead: v[cached], CacheWrite30m: v[cacheWrite],
		Output: v[output] - v[reasoning], Reasoning: v[reasoning],
	}
}

// count is one token_count with counts.
type count struct {
	total, last       vector
	hasTotal, hasLast bool
	nulls, unknown    bool

	at              int64 // nanoseconds since 1970
	model, workflow string
}

// sameAs reports whether two counts state the same.
func (c *count) sameAs(o *count) bool {
	return c.hasTotal == o.hasTotal && c.hasLast == o.hasLast && c.total == o.total && c.last == o.last
}

// rollout is what one file says.
type rollout struct {
	file, id, parent  string
	headed            bool
	provider          string
	model, firstModel string // the latest and the first turn context's
	workflow, branch  string
	counts            []count
}

// add takes a count, unless it repeats the one before.
func (f *rollout) add(r *reader, c *count) {
	if n := len(f.counts); n > 0 && f.counts[n-1].sameAs(c) {
		r.Count(ingest.RepeatedCounters)
		return
	}
	f.counts = append(f.counts, *c)
}

// key returns the ID of the n-th count of a thread: "<thread>#<n>:" and the
// counts, without their sum.
func (c *count) key(thread string, n int) string {
	v := &c.last
	if !c.hasLast {
		v = &c.total
	}
	b := make([]byte, 0, len(thread)+64)
	b = append(append(b, thread...), '#')
	b = strconv.AppendInt(b, int64(n), 10)
	sep := byte(':')
	for _, count := range v[:total] {
		b = strconv.AppendInt(append(b, sep), count, 10)
		sep = '.'
	}
	return string(b)
}
