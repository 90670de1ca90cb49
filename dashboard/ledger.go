package dashboard

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// dimension is what events are grouped by.
type dimension uint8

const (
	byTeam dimension = iota
	byModel
	byWorkflow
	dimensions // how many there are
)

var dimensionNames = [dimensions]string{"team", "model", "workflow"}

func (d dimension) String() string { return dimensionNames[d] }

func dimensionOf(name string) (dimension, bool) {
	for i, n := range dimensionNames {
		if n == name {
			return dimension(i), true
		}
	}
	return 0, false
}

// sum adds up events.
type sum struct {
	events, tokens, output int64
	low, high              pricing.Money
	unpriced               int64
	meters                 uint64 // of a member: a bit a meter
}

func (s *sum) add(e *store.Entry) error {
	s.events++
	s.tokens += e.Usage.Tokens() // as a board does, in an int64: 9.2 × 10^18
	s.output += e.Usage.Generated()
	if e.Status != pricing.Priced {
		s.unpriced++
	}
	var err error
	if s.low, err = s.low.Add(e.Cost); err == nil {
		s.high, err = s.high.Add(e.High)
	}
	return err
}

// of returns what a board by a metric ranks by, money in nano units.
func (s *sum) of(m tokenomics.Metric) int64 {
	switch m {
	case tokenomics.ByOutput:
		return s.output
	case tokenomics.ByCost:
		n, _, _ := s.low.FloorNano()
		return n
	}
	return s.tokens
}

// span is a stretch of event time that is added up: from inclusive, to
// exclusive; zero times are without bound.
type span struct{ from, to time.Time }

func (s span) holds(t time.Time) bool {
	return (s.from.IsZero() || !t.Before(s.from)) && (s.to.IsZero() || t.Before(s.to))
}

// group is a team, a model or a workflow.
type group struct {
	dim      dimension
	key      string
	provider string // of a model, see vote
	votes    int
	members  []member
	spans    []groupSum // one a span
	days     []groupDay // of the longest span, ascending
}

// meters are counts by meter.
type meters [usage.NumMeters]int64

// groupSum is what a group used in one span.
type groupSum struct {
	sum
	people int // different subjects
	usage  meters
	shown  [usage.NumMeters]bool // which meters may be told of
}

type groupDay struct {
	day    int64 // since 1970
	tokens int64
	people int
}

// member is one subject of a group.
type member struct {
	subject string
	spans   []sum // one a span
	last    int64 // the last day it was seen on
}

// meterSum is what one meter consumed and cost, over all.
type meterSum struct {
	quantity int64
	cost     pricing.Money
	priced   bool // some of it has a price
	people   int  // different subjects
}

// whole is what everybody used in one span.
type whole struct {
	sum
	people     int
	meters     [usage.NumMeters]meterSum
	shown      [usage.NumMeters]bool // which meters may be told of, see tellMeters
	contracted sum                   // by the contracted book
}

// fold is one pass over the ledger: what the boards of an engine do not keep.
type fold struct {
	spans  []span // of the boards' windows, then the calendar month
	month  int    // index of the month's
	whole  []whole
	groups [dimensions][]*group
	byKey  [dimensions]map[string]*group
	at     time.Time
	took   time.Duration // by the engine's clock
	moved  uint64        // see Engine.SubjectsMoved
}

// folder is a fold in the making.
type folder struct {
	*fold
	contracted *pricing.Book
	eng        *tokenomics.Engine
	people     map[string]*subjectFold
	longest    int
	cost       pricing.Cost
	counts     []meterCount  // of the event
	amounts    []meterAmount // what they cost
	agreed     store.Entry   // the event at contracted rates
	mask       uint64        // its meters
}

type meterAmount struct {
	meter usage.Meter
	cost  pricing.Money
}

type meterCount struct {
	meter usage.Meter
	n     int64
}

// subjectFold is what is known of one subject while folding: in which groups it
// is, and in which spans it was seen.
type subjectFold struct {
	meters []uint64 // by span: a bit a meter; 0: not seen
	places []place
}

// seenBit is set of every subject that was seen at all.
const seenBit = 1 << 63

type place struct {
	group *group
	index int // of the member
}

const daySeconds = 24 * 60 * 60

// foldLedger reads the ledger once, from the earliest instant any span holds.
func foldLedger(ctx context.Context, eng *tokenomics.Engine, spans []span, month, least int, contracted *pricing.Book) (*fold, error) {
	f := &folder{
		fold:       &fold{spans: spans, month: month, whole: make([]whole, len(spans))},
		contracted: contracted, eng: eng, people: map[string]*subjectFold{},
	}
	for d := range f.byKey {
		f.byKey[d] = map[string]*group{}
	}
	q := store.Query{From: spans[0].from, To: spans[0].to}
	for i, s := range spans {
		if s.from.IsZero() || !q.From.IsZero() && s.from.Before(q.From) {
			q.From = s.from
		}
		if s.to.IsZero() || !q.To.IsZero() && s.to.After(q.To) {
			q.To = s.to
		}
		if i != month && spanLonger(s, spans[f.longest]) {
			f.longest = i
		}
	}
	n := 0
	for e, err := range eng.Entries(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("dashboard: %w", err)
		}
		if n++; n%256 == 0 {
			runtime.Gosched() // whoever asks for a page goes first
		}
		if err := f.add(&e); err != nil {
			return nil, fmt.Errorf("dashboard: adding up the ledger: %w", err)
		}
	}
	f.publishMeters(least)
	return f.fold, nil
}

func spanLonger(a, b span) bool {
	return a.from.IsZero() || !b.from.IsZero() && a.from.Before(b.from)
}

// add counts one event.
func (f *folder) add(e *store.Entry) error {
	s := f.people[e.Subject] // of the forgotten, who have no name, there is one
	if s == nil {
		s = &subjectFold{meters: make([]uint64, len(f.spans))}
		f.people[e.Subject] = s
	}
	f.price(e)
	f.counts, f.mask = f.counts[:0], seenBit
	for m, n := range e.Usage.All() {
		f.counts = append(f.counts, meterCount{m, n})
		f.mask |= 1 << m
	}
	var members [dimensions]place
	for d, key := range [dimensions]string{e.Team, e.Model, e.Workflow} {
		members[d] = f.place(s, dimension(d), key, e)
	}
	for i, span := range f.spans {
		if !span.holds(e.At) {
			continue
		}
		if err := f.addSpan(i, s, e, &members); err != nil {
			return err
		}
	}
	if f.spans[f.longest].holds(e.At) {
		day := e.At.Unix() / daySeconds
		for _, m := range members {
			m.group.onDay(day, e.Usage.Tokens(), m.index)
		}
	}
	return nil
}

func (f *folder) addSpan(i int, s *subjectFold, e *store.Entry, members *[dimensions]place) error {
	w := &f.whole[i]
	if s.meters[i] == 0 && e.Subject != "" {
		w.people++
	}
	s.meters[i] |= f.mask
	if err := w.add(e); err != nil {
		return err
	}
	if err := f.addPrice(w); err != nil {
		return err
	}
	for _, m := range members {
		g := &m.group.spans[i]
		own := &m.group.members[m.index].spans[i]
		if own.events == 0 && e.Subject != "" {
			g.people++
		}
		own.meters |= f.mask
		if err := own.add(e); err != nil {
			return err
		}
		if err := g.add(e); err != nil {
			return err
		}
		for _, c := range f.counts {
			g.usage[c.meter] += c.n
		}
	}
	return nil
}

// price computes an event's cost again, for what each meter costs, and what it
// would cost at contracted rates.
func (f *folder) price(e *store.Entry) {
	f.amounts = f.amounts[:0]
	if book := f.eng.Book(e.At); book != nil && e.Status != pricing.Unpriced {
		_ = book.PriceInto(&f.cost, &e.Call) // what has no rate has no amount
		for m, a := range f.cost.Amounts() {
			f.amounts = append(f.amounts, meterAmount{m, a})
		}
	}
	if f.contracted != nil {
		f.agreed = *e
		_ = f.contracted.PriceInto(&f.cost, &e.Call) // what it does not price is counted as unpriced
		f.agreed.Cost, f.agreed.High, f.agreed.Status = f.cost.Total, f.cost.High, f.cost.Status
	}
}

// addPrice adds an event to the meters of a span, and to the contracted sum.
func (f *folder) addPrice(w *whole) error {
	for _, c := range f.counts {
		w.meters[c.meter].quantity += c.n
	}
	for _, a := range f.amounts {
		x := &w.meters[a.meter]
		var err error
		if x.cost, err = x.cost.Add(a.cost); err != nil {
			return err
		}
		x.priced = true
	}
	if f.contracted == nil {
		return nil
	}
	return w.contracted.add(&f.agreed)
}

// place returns where a subject is in a group.
func (f *folder) place(s *subjectFold, d dimension, key string, e *store.Entry) place {
	for _, p := range s.places {
		if p.group.dim == d && p.group.key == key {
			return p
		}
	}
	g := f.byKey[d][key]
	if g == nil {
		g = &group{dim: d, key: key, provider: e.Provider, spans: make([]groupSum, len(f.spans))}
		f.byKey[d][key] = g
		f.groups[d] = append(f.groups[d], g)
	}
	g.vote(e.Provider)
	g.members = append(g.members, member{subject: e.Subject, spans: make([]sum, len(f.spans)), last: -1})
	p := place{g, len(g.members) - 1}
	s.places = append(s.places, p)
	return p
}

// vote counts what a member's first event has: the provider is that of most members,
// and one who comes with another does not show.
func (g *group) vote(provider string) {
	switch {
	case g.provider == provider:
		g.votes++
	case g.votes == 0:
		g.provider, g.votes = provider, 1
	default:
		g.votes--
	}
}

// providerOf is the provider of by far the most members; empty where there is none.
func (g *group) providerOf() string {
	if 2*g.votes < len(g.members) {
		return ""
	}
	return g.provider
}

// onDay counts an event on its day. Events come in the order of time.
func (g *group) onDay(day, tokens int64, index int) {
	if n := len(g.days); n == 0 || g.days[n-1].day != day {
		g.days = append(g.days, groupDay{day: day})
	}
	d := &g.days[len(g.days)-1]
	d.tokens += tokens
	if m := &g.members[index]; m.last != day && m.subject != "" {
		m.last = day
		d.people++
	}
}
