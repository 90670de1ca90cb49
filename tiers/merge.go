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
		for _, x := range c.cells {
			if err := a.cell(to, x.day, x.class).merge(x, &a.needs); err != nil {
				a.fail(err)
			}
		}
		for key, n := range c.counters {
			a.fail(to.count(key, n))
		}
	}
	return nil
}

// merge adds another cell of the same day and class.
func (x *cell) merge(y *cell, n *Needs) error {
	if err := addUsage(&x.usage, &y.usage); err != nil {
		return err
	}
	var err error
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
	x.generated += y.generated
	x.prompt += y.prompt
	if x.tokens < 0 || x.calls < 0 {
		return fmt.Errorf("%w: tokens of a day", ErrOverflow)
	}
	x.firstAt = min(x.firstAt, y.firstAt)
	x.lastAt = max(x.lastAt, y.lastAt)
	for h, calls := range y.hours {
		x.hours[h] += calls
	}
	for i := range y.models {
		if err := addModel(&x.models, &y.models[i]); err != nil {
			return err
		}
	}
	for i := range y.sessions {
		theirs := &y.sessions[i]
		mine := x.sessionOf(theirs.hash)
		if mine.name == "" {
			mine.name = theirs.name
		}
		mine.spans = mine.spans.union(theirs.spans, int64(n.idles[0]))
	}
	for _, w := range y.workflows {
		x.workflow(w)
	}
	return nil
}
