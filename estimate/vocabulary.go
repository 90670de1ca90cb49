package estimate

import "github.com/tokenomics-go/tokenomics/estimate/bpe"

// exact counts with the model's own published encoding.
type exact struct {
	encoding *bpe.Encoding
	basis    Basis
}

func newExact(f family, e *bpe.Encoding) *exact {
	return &exact{e, Basis{Kind: Exact, Family: f.name, Encoding: e.Name(), Unicode: e.Unicode(), Why: f.why}}
}

func (x *exact) Basis() Basis { return x.basis }

func (x *exact) Count(text string) Count { return x.basis.around(int64(x.encoding.Count(text))) }

func (x *exact) CountBytes(text []byte) Count {
	return x.basis.around(int64(x.encoding.CountBytes(text)))
}

func (x *exact) CountUpTo(text string, limit int64) (Count, bool) {
	n, within := x.encoding.CountUpTo(text, clampInt(limit))
	return x.basis.around(int64(n)), within
}

func (x *exact) NewMeter() Meter { return &exactMeter{x.encoding.NewMeter(), x.basis} }

type exactMeter struct {
	*bpe.Meter
	basis Basis
}

func (m *exactMeter) Count() Count { return m.basis.around(m.Meter.Count()) }

// scaled counts with o200k_base and multiplies by the factors of a family
// whose own vocabulary is not public or not at hand.
type scaled struct {
	encoding *bpe.Encoding
	family   family
	basis    Basis
}

func newScaled(f family, e *bpe.Encoding) *scaled {
	return &scaled{e, f, Basis{
		Kind: Estimate, Family: f.name, Encoding: e.Name(), Unicode: e.Unicode(),
		Below: f.below, Above: f.above, Why: f.why,
	}}
}

func (s *scaled) Basis() Basis { return s.basis }

func (s *scaled) Count(text string) Count { return s.CountBytes(bytesOf(text)) }

func (s *scaled) CountBytes(text []byte) Count {
	n := int64(s.encoding.CountBytes(text))
	if s.family.factor == even {
		return s.count(n, nil)
	}
	var p profile
	p.write(text)
	return s.count(n, &p)
}

func (s *scaled) CountUpTo(text string, limit int64) (Count, bool) {
	// With fewer tokens than this, no factor brings the count to the limit.
	enough := ceilShare(max(0, limit)+1, 1000, s.family.factor.least())
	n, within := s.encoding.CountUpTo(text, clampInt(enough))
	if !within {
		return s.count(scaleShare(int64(n), int64(s.family.factor.least())), nil), false
	}
	c := s.Count(text)
	return c, c.N <= limit
}

func (s *scaled) NewMeter() Meter { return &scaledMeter{s: s, meter: s.encoding.NewMeter()} }

// count gives an o200k_base count the family's factors and bounds; a nil
// profile leaves it as it is.
func (s *scaled) count(n int64, p *profile) Count {
	if p != nil {
		n = s.family.scale(n, p)
	}
	c := s.basis.around(n)
	if n > 0 {
		// The margins are of ordinary text; a few tokens are none yet.
		c.Low, c.High = max(1, c.Low-1), c.High+1
	}
	return c
}

type scaledMeter struct {
	s       *scaled
	meter   *bpe.Meter
	profile profile
	closed  bool
}

func (m *scaledMeter) Write(b []byte) (int, error) {
	if !m.closed {
		m.profile.write(b)
	}
	return m.meter.Write(b)
}

func (m *scaledMeter) Close() error {
	m.closed = true
	return m.meter.Close()
}

func (m *scaledMeter) Count() Count { return m.s.count(m.meter.Count(), &m.profile) }

// least returns the smallest factor.
func (f *factors) least() int {
	return min(f.prose, f.code, f.data, f.cjk, f.cyrillic, f.other)
}

// clampInt returns n as an int, at most the largest and at least −1.
func clampInt(n int64) int {
	const largest = int(^uint(0) >> 1)
	if n > int64(largest) {
		return largest
	}
	return int(max(n, -1))
}
