package tiers

import (
	"cmp"
	"fmt"
	"slices"
	"time"

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
	spare []*cell
	work  scratch
}

// calendar is what happened by the days of one zone.
type calendar struct {
	zone     *time.Location
	cells    []*cell // by day, then class
	counters map[counterKey]int64
}

type counterKey struct {
	day  Day
	name string
}

// NewAccumulator returns an empty accumulator that keeps what is needed.
func NewAccumulator(n Needs) *Accumulator {
	n = n.With().WithIdle()
	a := &Accumulator{needs: n}
	for _, z := range n.zones {
		a.cals = append(a.cals, &calendar{zone: z})
	}
	return a
}

// Reset forgets all samples and keeps the needs and the memory.
func (a *Accumulator) Reset() {
	for _, c := range a.cals {
		a.spare = append(a.spare, c.cells...)
		c.cells = c.cells[:0]
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
		if err := a.cell(c, day, class).add(&s, hour, &a.needs); err != nil {
			a.fail(err)
			return
		}
	}
}

// Count adds to one of the host's own counters on the day of at, such as
// merged changes; a correction is a negative delta. Counters pass every lens.
func (a *Accumulator) Count(name string, at time.Time, delta int64) {
	for _, c := range a.cals {
		a.fail(c.count(counterKey{DayOf(at, c.zone), name}, delta))
	}
}

func (c *calendar) count(key counterKey, delta int64) error {
	sum, ok := addInt(c.counters[key], delta)
	if !ok {
		return fmt.Errorf("%w: counter %s", ErrOverflow, key.name)
	}
	if c.counters == nil {
		c.counters = map[counterKey]int64{}
	}
	c.counters[key] = sum
	return nil
}

// fail keeps the first fault.
func (a *Accumulator) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

// cell finds the cell of a day and class, or makes it. Samples mostly come by
// time, so the last cell is looked at first.
func (a *Accumulator) cell(c *calendar, day Day, class class) *cell {
	if n := len(c.cells); n > 0 && c.cells[n-1].day == day && c.cells[n-1].class == class {
		return c.cells[n-1]
	}
	i, found := slices.BinarySearchFunc(c.cells, day, func(x *cell, day Day) int {
		return cmp.Or(cmp.Compare(x.day, day), cmp.Compare(x.class, class))
	})
	if found {
		return c.cells[i]
	}
	var x *cell
	if n := len(a.spare); n > 0 {
		x, a.spare = a.spare[n-1], a.spare[:n-1]
	} else {
		x = new(cell)
	}
	x.reset(day, class)
	c.cells = slices.Insert(c.cells, i, x)
	return x
}

func addInt(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

// addUsage adds meter by meter.
func addUsage(sum *usage.Usage, u *usage.Usage) error {
	v, err := sum.Add(*u)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOverflow, err)
	}
	*sum = v
	return nil
}
