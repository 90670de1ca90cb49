package tokenomics

import (
	"time"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// Observation returns an event for [Engine.Record] that says that something
// happened besides calls: n more of a counter of the host's, such as
// tiers.ChangesMerged, which rules look at by tiers.Counter. The same counter and
// id count once; a greater Revision corrects it, [Engine.Void] takes it back.
func Observation(counter, id, subject string, at time.Time, n int64) Event {
	return store.Observation(counter, id, subject, at, n)
}

// counts reports whether rules look at counters of the host.
func counts(n tiers.Needs) bool {
	names, all := n.Counters()
	return len(names) > 0 || all
}

// count adds a call or an observation to what rules look at.
func (f *facts) count(acc *tiers.Accumulator, p *prices, v *store.Entry) {
	if counter, n, ok := v.Observed(); ok {
		acc.Count(counter, v.At, n)
		return
	}
	acc.Add(f.sample(p, v))
}

// observed reports whether a void is an observation that adds something.
func observed(v *store.Entry) bool {
	_, n, ok := v.Observed()
	return ok && n != 0
}

// touchObserved notes what a change of an observation touches. On boards it moves
// nothing.
func (e *Engine) touchObserved(before, after *store.Entry) {
	for _, v := range [...]*store.Entry{before, after} {
		if v == nil {
			continue
		}
		if _, _, ok := v.Observed(); !ok {
			continue
		}
		v = e.aliases.Load().resolved(v)
		e.mu.Lock()
		for _, f := range e.scopes {
			if f.touched.on && f.counters {
				f.touch(v, e.names.ID(v.Subject))
			}
		}
		e.mu.Unlock()
	}
}
