package tiers

import (
	"fmt"
	"slices"
)

// Merge counts all of another accumulator's samples too: the facts of a team
// are those of its members, merged. Both must have been made for the same
// needs; otherwise it fails with [ErrWindow] and changes nothing. b is left as
// it is.
func (a *Accumulator) Merge(b *Accumulator) error {
	if !slices.Equal(a.needs.zones, b.needs.zones) || !slices.Equal(a.needs.idles, b.needs.idles) || a.needs.facets != b.needs.facets {
		return fmt.Errorf("%w: the accumulators were made for different needs", ErrWindow)
	}
	if b.err != nil {
		a.fail(b.err)
	}
	for i, c := range b.cals {
		to := a.cals[i]
		for key, x := range c.cells {
			if err := to.cell(key).merge(x, &a.needs); err != nil {
				a.fail(err)
			}
		}
		for key, n := range c.counters {
			sum, ok := addInt(to.counters[key], n)
			if !ok {
				a.fail(fmt.Errorf("%w: counter %s", ErrOverflow, key.name))
			}
			to.counters[key] = sum
		}
	}
	return nil
}

// merge adds another cell of the same day and class.
func (x *cell) merge(y *cell, n *Needs) error {
	var err error
	if x.usage, err = x.usage.Add(y.usage); err != nil {
		return fmt.Errorf("%w: %w", ErrOverflow, err)
	}
	if x.cost, err = x.cost.Add(y.cost); err != nil {
		return fmt.Errorf("%w: cost: %w", ErrOverflow, err)
	}
	if x.saving, err = x.saving.Add(y.saving); err != nil {
		return fmt.Errorf("%w: cache saving: %w", ErrOverflow, err)
	}
	x.events += y.events
	x.calls += y.calls
	x.unpriced += y.unpriced
	x.savingUnknown += y.savingUnknown
	x.tokens += y.tokens
	x.fresh += y.fresh
	x.cacheReads += y.cacheReads
	if x.tokens < 0 || x.calls < 0 {
		return fmt.Errorf("%w: tokens of a day", ErrOverflow)
	}
	x.firstAt = min(x.firstAt, y.firstAt)
	x.lastAt = max(x.lastAt, y.lastAt)
	for h, calls := range y.hours {
		x.hours[h] += calls
	}
	for i := range y.models {
		if err := x.addModel(&y.models[i]); err != nil {
			return err
		}
	}
	for name, s := range y.sessions {
		x.session(name, func(mine spans) spans { return mine.union(s, int64(n.idles[0])) })
	}
	for name := range y.workflows {
		x.workflow(name)
	}
	return nil
}

// session changes the stretches of one session.
func (x *cell) session(name string, change func(spans) spans) {
	if x.sessions == nil {
		x.sessions = map[string]spans{}
	}
	x.sessions[name] = change(x.sessions[name])
}

// workflow notes a named workflow.
func (x *cell) workflow(name string) {
	if x.workflows == nil {
		x.workflows = map[string]struct{}{}
	}
	x.workflows[name] = struct{}{}
}
