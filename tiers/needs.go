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
// of them.
func (n Needs) With(zones ...*time.Location) Needs {
	n.zones = slices.Clone(n.zones)
	for _, z := range zones {
		n.addZone(z)
	}
	return n
}

// WithIdle returns the needs with more idle gaps to tell sessions apart by.
func (n Needs) WithIdle(gaps ...time.Duration) Needs {
	n.idles = slices.Clone(n.idles)
	for _, g := range gaps {
		n.addIdle(g)
	}
	return n
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
