package dashboard

import (
	"cmp"
	"iter"
	"runtime"
	"slices"

	"github.com/tokenomics-go/tokenomics/usage"
)

// publishMeters decides of everybody and of each group, in each span, which meters
// may be told of.
func (f *folder) publishMeters(least int) {
	for i := range f.whole {
		w := &f.whole[i]
		people, shown := tellMeters(f.usersOf(i), least, allMeters) // what they cost adds up to what all cost
		w.shown = shown
		for m := range w.meters {
			w.meters[m].people = people[m]
		}
	}
	tokens := tokenMeters()
	for d := range f.groups {
		for _, g := range f.groups[d] {
			for i := range g.spans {
				if g.spans[i].people >= least {
					_, g.spans[i].shown = tellMeters(g.usersOf(i), least, tokens)
				}
			}
			runtime.Gosched() // whoever asks for a page goes first
		}
	}
}

// usersOf yields what meters each subject used in a span.
func (f *folder) usersOf(span int) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for name, s := range f.people {
			if name != "" && s.meters[span] != 0 && !yield(s.meters[span]) {
				return
			}
		}
	}
}

// usersOf yields what meters each member of the group used in a span.
func (g *group) usersOf(span int) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for i := range g.members {
			if m := &g.members[i]; m.subject != "" && m.spans[span].events > 0 && !yield(m.spans[span].meters) {
				return
			}
		}
	}
}

// allMeters is a set of meters: a bit a meter.
const allMeters = ^uint64(0)

// tokenMeters is the set of those that add up to the tokens.
func tokenMeters() (set uint64) {
	for m := range usage.Meter(usage.NumMeters) {
		if m.IsToken() {
			set |= 1 << m
		}
	}
	return set
}

// tellMeters decides which meters of some people may be told of: those that at
// least so many of them used, as with groups: of those that add up to something
// that is told, what is hidden must not be found by subtraction either.
func tellMeters(users iter.Seq[uint64], least int, addUp uint64) (people [usage.NumMeters]int, shown [usage.NumMeters]bool) {
	for mask := range users {
		for m := range people {
			people[m] += int(mask >> m & 1)
		}
	}
	var order []int
	for m, n := range people {
		if n > 0 {
			order = append(order, m)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(people[b], people[a]), cmp.Compare(a, b)) })
	hidden := uint64(0)
	for _, m := range order {
		if shown[m] = people[m] >= least; !shown[m] {
			hidden |= 1 << m & addUp
		}
	}
	for _, m := range slices.Backward(order) {
		if hidden == 0 || countAny(users, hidden) >= least {
			break
		}
		if shown[m] && addUp>>m&1 != 0 {
			shown[m] = false
			hidden |= 1 << m
		}
	}
	return people, shown
}

// countAny counts who used any of the meters.
func countAny(users iter.Seq[uint64], mask uint64) int {
	n := 0
	for u := range users {
		if u&mask != 0 {
			n++
		}
	}
	return n
}
