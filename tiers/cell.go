package tiers

import (
	"fmt"
	"math"
	"slices"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// cell is one day of one class of samples.
type cell struct {
	day   Day
	class class

	events, calls           int64
	unpriced, savingUnknown int64
	firstAt, lastAt         int64 // in nanoseconds since 1970

	tokens, fresh, cacheReads, generated, prompt int64

	cost, saving pricing.Money
	usage        usage.Usage
	hours        [24]int64
	models       []ModelFacts
	sessions     []session
	workflows    []uint64 // by hash
}

// session is one session's stretches of work of the day. Sessions are told
// apart by a hash of 64 bits; a session taken from kept facts has no name.
type session struct {
	hash  uint64
	name  string
	spans spans
}

func (x *cell) reset(day Day, class class) {
	clear(x.models) // of their strings
	for i := range x.sessions {
		x.sessions[i].name = ""
	}
	*x = cell{
		day: day, class: class, firstAt: math.MaxInt64, lastAt: math.MinInt64,
		models: x.models[:0], sessions: x.sessions[:0], workflows: x.workflows[:0],
	}
}

func (x *cell) add(s *Sample, hour int, n *Needs) error {
	if err := addUsage(&x.usage, &s.Usage); err != nil {
		return err
	}
	var err error
	if x.cost, err = x.cost.Add(s.Cost); err != nil {
		return fmt.Errorf("%w: cost: %w", ErrOverflow, err)
	}
	if s.SavingKnown {
		if x.saving, err = x.saving.Add(s.Saving); err != nil {
			return fmt.Errorf("%w: cache saving: %w", ErrOverflow, err)
		}
	} else {
		x.savingUnknown++
	}
	calls := s.Usage.Calls()
	x.events++
	x.calls += calls
	x.hours[hour] += calls
	var unpriced int64
	if s.Status != pricing.Priced {
		unpriced = 1
	}
	x.unpriced += unpriced
	tokens := s.Usage.Tokens()
	x.tokens += tokens
	x.fresh += s.Usage.Fresh()
	x.cacheReads += s.Usage.CacheReads()
	x.generated += s.Usage.Generated()
	x.prompt += s.Usage.Prompt()
	if x.tokens < 0 || x.calls < 0 {
		return fmt.Errorf("%w: tokens of a day", ErrOverflow)
	}
	at := s.At.UnixNano()
	x.firstAt = min(x.firstAt, at)
	x.lastAt = max(x.lastAt, at)
	if n.keeps(facetsOfModels) {
		if err := addModel(&x.models, &ModelFacts{s.Provider, s.Model, calls, tokens, s.Cost, unpriced}); err != nil {
			return err
		}
	}
	if n.keeps(facetsOfWork) {
		mine := x.session(s.Session)
		mine.spans = mine.spans.add(at, int64(n.idles[0]))
	}
	if s.Workflow != "" && n.keeps(facetWorkflows) {
		x.workflow(nameHash(s.Workflow))
	}
	return nil
}

// addModel finds the model among a few and adds to it.
func addModel(models *[]ModelFacts, more *ModelFacts) error {
	i := slices.IndexFunc(*models, func(m ModelFacts) bool { return m.Model == more.Model && m.Provider == more.Provider })
	if i < 0 {
		*models = append(*models, *more)
		return nil
	}
	m := &(*models)[i]
	sum, err := m.Cost.Add(more.Cost)
	if err != nil {
		return fmt.Errorf("%w: cost of %s: %w", ErrOverflow, more.Model, err)
	}
	m.Cost = sum
	var ok, ok2 bool
	m.Tokens, ok = addInt(m.Tokens, more.Tokens)
	m.Calls, ok2 = addInt(m.Calls, more.Calls)
	if !ok || !ok2 {
		return fmt.Errorf("%w: tokens of %s", ErrOverflow, more.Model)
	}
	m.Unpriced += more.Unpriced
	return nil
}

// session finds a session by its name, the last one first, or makes it.
func (x *cell) session(name string) *session {
	for i := len(x.sessions) - 1; i >= 0; i-- {
		if s := &x.sessions[i]; s.name == name && (name != "" || s.hash == noName) {
			return s
		}
	}
	s := x.sessionOf(nameHash(name))
	s.name = name
	return s
}

// sessionOf finds a session by its hash or makes it.
func (x *cell) sessionOf(hash uint64) *session {
	for i := range x.sessions {
		if x.sessions[i].hash == hash {
			return &x.sessions[i]
		}
	}
	n := len(x.sessions)
	if n < cap(x.sessions) { // the memory of an older stretch
		x.sessions = x.sessions[:n+1]
		x.sessions[n] = session{hash: hash, spans: x.sessions[n].spans[:0]}
	} else {
		x.sessions = append(x.sessions, session{hash: hash})
	}
	return &x.sessions[n]
}

// workflow notes a named workflow.
func (x *cell) workflow(hash uint64) {
	if !slices.Contains(x.workflows, hash) {
		x.workflows = append(x.workflows, hash)
	}
}

// noName is nameHash(""), of all samples without a session.
const noName = 0xecba3df2c3383c52

// nameHash is the number a name is known by where names are not kept: FNV-1a,
// finished so that close names lie far apart. Kept facts hold such numbers, so
// it never changes.
func nameHash(name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}
