package tiers

import (
	"slices"
	"time"
)

// DefaultIdle is the longest pause inside one session unless a rule says
// otherwise: 30 minutes.
const DefaultIdle = 30 * time.Minute

// facet is a group of facts that costs memory to keep.
type facet uint8

const (
	facetModels facet = 1 << iota
	facetSessions
	facetWorkflows
	facetKnown // the facets were chosen; without it all are kept
)

// Needs says what an [Accumulator] has to keep. The zero Needs keeps
// everything there is, by UTC days and with [DefaultIdle]. [Set.Needs] returns
// what a set of rules reads and nothing more.
type Needs struct {
	zones  []*time.Location
	idles  []time.Duration
	facets facet
}

// With returns the needs with more zones: the same facts by the days of each
// of them, besides the days of those it has. The zero Needs has UTC.
func (n Needs) With(zones ...*time.Location) Needs {
	if n.zones = slices.Clone(n.zones); len(n.zones) == 0 {
		n.addZone(nil)
	}
	for _, z := range zones {
		n.addZone(z)
	}
	return n
}

// WithIdle returns the needs with more idle gaps to tell sessions apart by,
// besides those it has. The zero Needs has [DefaultIdle].
func (n Needs) WithIdle(gaps ...time.Duration) Needs {
	n.idles = slices.Clone(n.idles)
	if len(n.idles) == 0 && n.keeps(facetSessions) {
		n.addIdle(DefaultIdle)
	}
	for _, g := range gaps {
		n.addIdle(g)
		n.facets |= facetSessions
	}
	return n
}

// Join returns what both need: for an accumulator that serves a set of rules
// and a ladder at once.
func (n Needs) Join(m Needs) Needs {
	m = m.With().WithIdle()
	out := n.With(m.zones...).WithIdle()
	for _, g := range m.idles {
		out.addIdle(g)
	}
	if n.facets&facetKnown == 0 || m.facets&facetKnown == 0 {
		out.facets = 0 // one of them keeps everything
	} else {
		out.facets |= m.facets
	}
	return out
}

func (n *Needs) addZone(z *time.Location) {
	if z == time.UTC {
		z = nil
	}
	if !slices.Contains(n.zones, z) {
		n.zones = append(n.zones, z)
	}
}

func (n *Needs) addIdle(d time.Duration) {
	if i, found := slices.BinarySearch(n.idles, d); d > 0 && !found {
		n.idles = slices.Insert(n.idles, i, d)
	}
}

func (n *Needs) keeps(f facet) bool { return n.facets&facetKnown == 0 || n.facets&f != 0 }
