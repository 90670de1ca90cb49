package tiers

import "time"

// Close returns the last instant of a UTC day: when its step closes.
func (d Day) Close() time.Time { return (d + 1).Start(nil).Add(-1) }

// Replay is the fold of [Set.Eval] over closed days: it evaluates the set at
// the close of each UTC day from first to last, moves the states in place and
// returns the transitions in order. From zero states over all days with events
// it gives the awards as of last, on the samples that count now: a corrected
// call is simply another set of samples.
//
// place, if not nil, sets what the accumulator does not know on the facts of
// each day, such as Subject, Rank and Population. No lock is held meanwhile.
func (s *Set) Replay(a *Accumulator, states []State, first, last Day, place func(f *Facts)) ([]Transition, error) {
	var facts []Facts
	var out []Transition
	for d := first; d <= last; d++ {
		var err error
		if facts, err = s.Gather(facts, a, d.Close()); err != nil {
			return nil, err
		}
		if place != nil {
			for i := range facts {
				place(&facts[i])
			}
		}
		out = s.Eval(facts, states, out)
	}
	return out, nil
}

// Replay is the fold of [Ladder.Eval] over closed days, as [Set.Replay].
func (l *Ladder) Replay(a *Accumulator, state State, first, last Day, place func(f *Facts)) (State, []Transition, error) {
	var f Facts
	var out []Transition
	for d := first; d <= last; d++ {
		if err := a.SeeInto(&f, d.Close(), l.Lens()); err != nil {
			return state, nil, err
		}
		if place != nil {
			place(&f)
		}
		var trs []Transition
		state, trs = l.Eval(&f, state)
		out = append(out, trs...)
	}
	return state, out, nil
}

// Span returns the first and last UTC day with samples; false if there are
// none.
func (a *Accumulator) Span() (first, last Day, ok bool) {
	for _, c := range a.cals {
		for _, x := range c.cells {
			from, to := DayOf(instant(x.firstAt), nil), DayOf(instant(x.lastAt), nil)
			if !ok {
				first, last, ok = from, to, true
			}
			first, last = min(first, from), max(last, to)
		}
	}
	return first, last, ok
}
