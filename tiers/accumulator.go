package tiers

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Accumulator folds the calls of one subject into facts. Samples come in any
// order: the facts depend on the set of samples only. It keeps one cell per
// active day, trust and actor, with the models and the stretches of work of
// that day: memory grows with days, models and sessions, not with calls.
//
// It is a plain value for one goroutine at a time.
type Accumulator struct {
	needs Needs
	cals  []*calendar
	err   error // first fault; facts are refused from then on
}

// calendar is what happened by the days of one zone.
type calendar struct {
	zone     *time.Location
	cells    map[cellKey]*cell
	counters map[counterKey]int64
}

type cellKey struct {
	day   Day
	class class
}

type counterKey struct {
	day  Day
	name string
}

// cell is one day of one class of samples.
type cell struct {
	usage                     usage.Usage
	cost, saving              pricing.Money
	events, calls             int64
	unpriced, savingUnknown   int64
	firstAt, lastAt           int64
	hours                     [24]int64
	models                    []ModelFacts
	sessions                  map[string]spans
	workflows                 map[string]struct{}
	tokens, fresh, cacheReads int64
}

// NewAccumulator returns an empty accumulator that keeps what is needed.
func NewAccumulator(n Needs) *Accumulator {
	n = n.With().WithIdle()
	a := &Accumulator{needs: n}
	for _, z := range n.zones {
		a.cals = append(a.cals, &calendar{zone: z, cells: map[cellKey]*cell{}, counters: map[counterKey]int64{}})
	}
	return a
}

// Reset forgets all samples and keeps the needs.
func (a *Accumulator) Reset() {
	for _, c := range a.cals {
		clear(c.cells)
		clear(c.counters)
	}
	a.err = nil
}

// Add counts one sample. A sample without a time, with a negative count or
// with a count beyond usage.MaxCount makes every later call of
// [Accumulator.Facts] fail with [ErrSample], and a sum beyond its range with
// [ErrOverflow]: nothing is left out in silence.
func (a *Accumulator) Add(s Sample) {
	if s.At.IsZero() {
		a.fail(fmt.Errorf("%w: it has no time", ErrSample))
		return
	}
	if err := s.Usage.Validate(); err != nil {
		a.fail(fmt.Errorf("%w: at %s: %w", ErrSample, s.At.UTC().Format(time.RFC3339), err))
		return
	}
	class := classOf(s.Trust, s.Automation)
	for _, c := range a.cals {
		day, hour := dayHour(s.At, c.zone)
		if err := c.cell(cellKey{day, class}).add(&s, hour, &a.needs); err != nil {
			a.fail(err)
			return
		}
	}
}

// Count adds to one of the host's own counters on the day of at, such as
// merged changes; a correction is a negative delta. Counters pass every lens.
func (a *Accumulator) Count(name string, at time.Time, delta int64) {
	for _, c := range a.cals {
		key := counterKey{DayOf(at, c.zone), name}
		sum, ok := addInt(c.counters[key], delta)
		if !ok {
			a.fail(fmt.Errorf("%w: counter %s", ErrOverflow, name))
			return
		}
		c.counters[key] = sum
	}
}

func (a *Accumulator) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

func (c *calendar) cell(key cellKey) *cell {
	x := c.cells[key]
	if x == nil {
		x = &cell{firstAt: math.MaxInt64, lastAt: math.MinInt64}
		c.cells[key] = x
	}
	return x
}

func (x *cell) add(s *Sample, hour int, n *Needs) error {
	sum, err := x.usage.Add(s.Usage)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOverflow, err)
	}
	x.usage = sum
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
	if x.tokens < 0 || x.calls < 0 {
		return fmt.Errorf("%w: tokens of a day", ErrOverflow)
	}
	at := s.At.UnixNano()
	x.firstAt = min(x.firstAt, at)
	x.lastAt = max(x.lastAt, at)
	if n.keeps(facetModels) {
		if err := x.addModel(&ModelFacts{s.Provider, s.Model, calls, tokens, s.Cost, unpriced}); err != nil {
			return err
		}
	}
	if n.keeps(facetSessions) {
		x.session(s.Session, func(mine spans) spans { return mine.add(at, int64(n.idles[0])) })
	}
	if s.Workflow != "" && n.keeps(facetWorkflows) {
		x.workflow(s.Workflow)
	}
	return nil
}

// addModel finds the model among the few of the day.
func (x *cell) addModel(more *ModelFacts) error {
	i := slices.IndexFunc(x.models, func(m ModelFacts) bool { return m.Model == more.Model && m.Provider == more.Provider })
	if i < 0 {
		i = len(x.models)
		x.models = append(x.models, ModelFacts{Provider: more.Provider, Model: more.Model})
	}
	m := &x.models[i]
	sum, err := m.Cost.Add(more.Cost)
	if err != nil {
		return fmt.Errorf("%w: cost of %s: %w", ErrOverflow, more.Model, err)
	}
	m.Cost = sum
	m.Tokens += more.Tokens
	m.Calls += more.Calls
	m.Unpriced += more.Unpriced
	return nil
}

func addInt(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}
