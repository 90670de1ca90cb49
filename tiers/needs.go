package tiers

import (
	"slices"
	"time"
)

// DefaultIdle is the longest pause inside one session unless a rule says
// otherwise: 30 minutes.
const DefaultIdle = 30 * time.Minute

// facet is a group of facts that costs memory to keep. That a day had events is
// always kept.
type facet uint32

const (
	facetModels         facet = 1 << iota // models by name
	facetProviders                        // providers by name
	facetModelTokens                      // tokens by model
	facetProviderTokens                   // tokens by provider
	facetModelCost                        // cost by model, and how much of it is not known
	facetModelCalls                       // calls by model
	facetSessions                         // sessions, to be counted
	facetLongest                          // stretches of work
	facetWorkflows
	facetMeters      // meters that are named, see Needs.meters
	facetTokens      // sums of meters, by day
	facetFresh       //
	facetCacheReads  //
	facetCacheWrites //
	facetGenerated   //
	facetPrompt      //
	facetEvents      // how many events
	facetCalls       // calls, and those of automation
	facetCost        // cost, and events without a full price
	facetSaving      // net saving of caches
	facetHours       // calls by hour of the day, as far as Needs.hours tells hours apart
	facetTimes       // the first and the last instant
	facetCounters    // counters of the host that are named, see Needs.counters
	facetKnown       // the facets were chosen; without it all are kept

	allFacets = facetKnown - 1
	// facetsOfNames grow with what is named, not with days only.
	facetsOfNames = facetsOfModels | facetsOfWork | facetWorkflows
	// facetsOfModels are kept in a list of models.
	facetsOfModels = facetModels | facetProviders | facetModelTokens | facetProviderTokens | facetModelCost | facetModelCalls
	// facetsOfWork are kept in a list of sessions.
	facetsOfWork = facetSessions | facetLongest
	// facetsOfUsage are kept in meters.
	facetsOfUsage = facetMeters | facetTokens | facetFresh | facetCacheReads | facetCacheWrites | facetGenerated | facetPrompt
)

// Needs says what an [Accumulator] has to keep. The zero Needs keeps
// everything there is, by UTC days and with [DefaultIdle]. [Set.Needs] returns
// what a set of rules reads and nothing more.
type Needs struct {
	zones  []*time.Location
	idles  []time.Duration
	facets facet

	meters   uint64   // those that are looked at one by one, a bit each
	hours    []uint32 // sets of hours that are told from the rest, a bit each
	counters []string // of the host
	anyCount bool     // a Go function may look at any counter

	boards   []string // whose ranks gates look at
	anyBoard bool     // a Go function may look at any
}

// Boards returns the names of the boards whose ranks are looked at; all reports
// that a Go function may look at any other too.
func (n Needs) Boards() (names []string, all bool) { return slices.Clone(n.boards), n.anyBoard }

// Counters returns the names of the host's counters that are looked at; all
// reports that a Go function may look at any other too.
func (n Needs) Counters() (names []string, all bool) { return slices.Clone(n.counters), n.anyCount }

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
	if len(n.idles) == 0 && n.keeps(facetsOfWork) {
		n.addIdle(DefaultIdle)
	}
	for _, g := range gaps {
		n.addIdle(g)
		n.facets |= facetLongest
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
	out.take(n)
	out.take(m)
	if n.facets&facetKnown == 0 || m.facets&facetKnown == 0 {
		out.facets = 0 // one of them keeps everything
	}
	return out
}

// take adds what another looks at, besides its zones.
func (n *Needs) take(m Needs) {
	n.facets |= m.facets
	n.meters |= m.meters
	for _, g := range m.idles {
		n.addIdle(g)
	}
	n.hours, n.counters, n.boards = slices.Clone(n.hours), slices.Clone(n.counters), slices.Clone(n.boards)
	for _, h := range m.hours {
		n.addHours(h)
	}
	for _, c := range m.counters {
		n.addCounter(c)
	}
	for _, b := range m.boards {
		n.addBoard(b)
	}
	n.anyBoard = n.anyBoard || m.anyBoard
	n.anyCount = n.anyCount || m.anyCount
}

func (n *Needs) addHours(set uint32) {
	if !slices.Contains(n.hours, set) {
		n.hours = append(n.hours, set)
	}
}

// everyHour tells all hours apart.
func (n *Needs) everyHour() {
	for h := range 24 {
		n.addHours(1 << h)
	}
}

func (n *Needs) addCounter(name string) {
	if !slices.Contains(n.counters, name) {
		n.counters = append(n.counters, name)
	}
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
