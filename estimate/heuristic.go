package estimate

import "unsafe"

// Margins of the heuristic against o200k_base itself, in tenths of a percent
// of its count; see docs/estimate.md for the texts they were measured on.
const (
	heuristicBelow = 200
	heuristicAbove = 250
)

// heuristicWhy is appended to the reason of a family counted without a
// vocabulary.
const heuristicWhy = "; counted by a heuristic over bytes and scripts, since no vocabulary was given"

// shortText is the length in bytes below which a count without a vocabulary
// has no percentage that means anything: its bounds widen by shortSlack tokens.
const (
	shortText  = 400
	shortSlack = 8
)

// heuristic counts without any vocabulary.
type heuristic struct {
	family family
	basis  Basis
}

func newHeuristic(f family) *heuristic {
	return &heuristic{family: f, basis: Basis{
		Kind:     Estimate,
		Family:   f.name,
		Encoding: "bytes",
		Below:    joinMargins(f.below, heuristicBelow, -1),
		Above:    joinMargins(f.above, heuristicAbove, +1),
		Why:      f.why + heuristicWhy,
	}}
}

// joinMargins multiplies two margins, in tenths of a percent.
func joinMargins(a, b, sign int) int {
	return sign*((1000+sign*a)*(1000+sign*b)/1000-1000) + 1
}

func (h *heuristic) Basis() Basis { return h.basis }

func (h *heuristic) Count(text string) Count { return h.CountBytes(bytesOf(text)) }

func (h *heuristic) CountBytes(text []byte) Count {
	var p profile
	p.write(text)
	return h.count(&p)
}

// upToChunk is how many bytes are counted between two looks at the limit.
const upToChunk = 4096

func (h *heuristic) CountUpTo(text string, limit int64) (Count, bool) {
	var p profile
	for b := bytesOf(text); len(b) > 0; {
		n := min(len(b), upToChunk)
		p.write(b[:n])
		b = b[n:]
		if len(b) > 0 && h.family.scale(p.tokens(), &p) > limit {
			return h.count(&p), false
		}
	}
	c := h.count(&p)
	return c, c.N <= limit
}

func (h *heuristic) NewMeter() Meter { return &heuristicMeter{h: h} }

// count closes a copy of the profile and gives it bounds.
func (h *heuristic) count(p *profile) Count {
	n := h.family.scale(p.tokens(), p)
	c := h.basis.around(n)
	if p.bytes < shortText {
		c.Low = max(0, c.Low-shortSlack)
		c.High += shortSlack
	}
	if p.bytes > 0 {
		c.Low, c.N = max(c.Low, 1), max(c.N, 1)
	}
	// In every vocabulary a token is at least a byte.
	c.High = min(c.High, p.bytes*bytesPerTokenSlack)
	c.N, c.Low = min(c.N, c.High), min(c.Low, c.High)
	return c
}

// bytesPerTokenSlack allows for an invalid byte, which is sent as the three of
// U+FFFD.
const bytesPerTokenSlack = 3

// heuristicMeter is a profile that is fed in parts.
type heuristicMeter struct {
	h      *heuristic
	p      profile
	closed bool
}

func (m *heuristicMeter) Write(b []byte) (int, error) {
	if !m.closed {
		m.p.write(b)
	}
	return len(b), nil
}

func (m *heuristicMeter) Close() error {
	m.closed = true
	return nil
}

func (m *heuristicMeter) Count() Count { return m.h.count(&m.p) }

// bytesOf returns the bytes of s without a copy. They must not be written to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
