package tiers

import (
	"slices"
	"time"
)

// DefaultIdle is the longest pause inside one session unless a rule says
// otherwise: 30 minutes.
const DefaultIdle = 30 * time.Minute

// facet is a group of facts that costs memory to keep. That a day had events,
// and how many, is always kept.
type facet uint16

const (
	facetModels facet = 1 << iota
	facetSessions
	facetWorkflows
	facetMeters     // the meters one by one, and all that is summed from them
	facetHours      // calls by hour of the day
	facetTimes      // the first and the last instant
	facetCalls      // calls, and those of automation
	facetCost       // cost, and events without a full price
	facetSaving     // net saving of caches
	facetTokens     // by day, as those below
	facetFresh      //
	facetCacheReads //
	facetGenerated  //
	facetPrompt     //
	facetKnown      // the facets were chosen; without it all are kept

	allFacets  = facetKnown - 1
	facetDaily = facetTokens | facetFresh | facetCacheReads | facetGenerated | facetPrompt
	// facetsOfNames grow with what is named, not with days only.
	facetsOfNames = facetModels | facetSessions | facetWorkflows
)

// Needs says what an [Accumulator] has to keep. The zero Needs keeps
// everything there is, by UTC days and with [DefaultIdle]. [Set.Needs] returns
// what a set of rules reads and nothing more.
type Needs struct {
	zones  []*time.Location
	idles  []time.Duration
	facets facet

	boards   []string // whose ranks gates look at
	anyBoard bool     // a Go function may look at any
}

// Boards returns the names of the boards whose ranks are looked at; all reports
// that a Go function may look at any other too.
func (n Needs) Boards() (names []string, all bool) { return slices.Clone(n.boards), n.anyBoard }

func (n *Needs) addBoard(name string) {
	if !slices.Contains(n.boards, name) {
		n.boards = append(n.boards, name)
	}
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
	out.boards, out.anyBoard = slices.Clone(n.boards), n.anyBoard || m.anyBoard
	for _, b := range m.boards {
		out.addBoard(b)
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
