package tiers

import "slices"

// Settle forgets, of what is kept, what only those rules look at that are won for
// good: rules that are kept once earned, at their highest level for longer than
// [Slack] days. No close to come can change them, and a correction further back
// reads everything anew. Of the stretches of work of days that no correction
// reaches without that, it forgets those that a longer one of a later day
// outlasts in every window.
//
// What is explained of settled rules afterwards is not to be trusted: announce
// what has changed first.
func (k *Keeper) Settle(x *Kept, asOf Day) error {
	looks := k.unsettled(x, asOf-Slack-1)
	outlasted, err := k.outlasted(x, asOf-Slack-1)
	if err != nil {
		return err
	}
	return k.trim(x, asOf, looks, outlasted)
}

// unsettled returns what is looked at by rules that are not won for good by the
// close of a day.
func (k *Keeper) unsettled(x *Kept, by Day) []look {
	if k.set == nil {
		return k.looks
	}
	k.states = k.Recall(k.states, x, by)
	k.left = append(k.left[:0], k.looks...)
	for i := range k.set.lenses {
		k.left[i].facets = 0
	}
	for i := range k.set.rules {
		if r := &k.set.rules[i]; !r.final(&k.states[i+1]) {
			k.left[k.set.lens[i]].facets |= k.set.wants[i]
		}
	}
	return k.left
}

// final reports whether a state stays as it is whatever is evaluated next.
func (r *Rule) final(s *State) bool {
	return (r.Kind == OneTime || r.Kind == Leveled) && r.Revocation.Policy == PolicyKeep && s.Level == r.levels()
}

// spell is what a day has that a later one may make needless: its longest
// stretches of work, for each idle gap, and its workflows.
type spell struct {
	day       Day
	has       facet
	edge      bool // work may go on in the day before or after
	long      []int64
	workflows []uint64
	outlasted facet
}

// outlasted finds out which days up to one have stretches of work that do not
// matter, because a later one of them has longer ones, and workflows that all were
// used on later ones. Windows only move forward: who sees a day sees all after it
// up to the present.
func (k *Keeper) outlasted(x *Kept, by Day) (func(Day) facet, error) {
	k.spells = k.spells[:0]
	for d := (days{rest: x.days}); d.next() && d.day <= by; {
		has := k.setOf(d.body) & k.forward
		if has == 0 {
			continue
		}
		k.acc.Reset()
		if !k.unpack(k.acc, d.day, d.body) {
			return nil, errDamaged
		}
		if cells := k.acc.cals[0].cells; len(cells) == 1 {
			k.spells = append(k.spells, k.spellOf(cells[0], has))
		}
	}
	longest := make([]int64, len(k.needs.idles))
	var later []uint64
	for i := len(k.spells) - 1; i >= 0; i-- {
		s := &k.spells[i]
		s.outlasted = s.has
		if s.edge {
			s.outlasted &^= facetLongest
		}
		for g, n := range s.long {
			if n >= longest[g] {
				s.outlasted &^= facetLongest
				longest[g] = n
			}
		}
		for _, w := range s.workflows {
			if !slices.Contains(later, w) {
				s.outlasted &^= facetWorkflows
				later = append(later, w)
			}
		}
	}
	return func(day Day) facet {
		for i := range k.spells {
			if k.spells[i].day == day {
				return k.spells[i].outlasted
			}
		}
		return 0
	}, nil
}

// spellOf measures a day that is one cell.
func (k *Keeper) spellOf(x *cell, has facet) spell {
	s := spell{day: x.day, has: has, workflows: slices.Clone(x.workflows)}
	if has&facetLongest == 0 {
		return s
	}
	s.long = make([]int64, len(k.needs.idles))
	start := startOf(x.day)
	end := start + secondsPerDay*1e9 - 1
	widest := int64(k.needs.idles[len(k.needs.idles)-1])
	for i := range x.sessions {
		of := x.sessions[i].spans
		for g, idle := range k.needs.idles {
			for from, j := 0, 1; j <= len(of); j++ {
				if j == len(of) || of[j].from-of[j-1].to > int64(idle) {
					s.long[g] = max(s.long[g], of[j-1].to-of[from].from)
					from = j
				}
			}
		}
		for _, sp := range of {
			s.edge = s.edge || sp.from-start <= widest || end-sp.to <= widest
		}
	}
	return s
}

// planForward finds out which facts are only seen by windows that move forward,
// over all samples of UTC days. A season does not move, and a filter may hide a
// later day.
func (k *Keeper) planForward() {
	if len(k.needs.zones) > 1 {
		return
	}
	k.forward = k.needs.facets & (facetLongest | facetWorkflows)
	see := func(of facet, minTrust uint8, humans bool, w Window) {
		if minTrust > 0 || humans || w.Period == CalSeason {
			k.forward &^= of
		}
	}
	if l := k.ladder; l != nil {
		see(k.climb, l.MinTrust, l.Humans, l.Window)
	}
	if k.set != nil {
		for i := range k.set.rules {
			r := &k.set.rules[i]
			see(k.set.wants[i], r.MinTrust, r.Humans, r.Window)
		}
	}
}
