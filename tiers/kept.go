package tiers

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Keeper keeps the facts of many subjects in few bytes each: what the rules of
// a set and a ladder look at, for as long as they look at it, and nothing more.
// The facts of one subject are a [Kept]. It is for one goroutine at a time.
type Keeper struct {
	set    *Set
	ladder *Ladder
	needs  Needs
	looks  []look
	climb  facet       // what the ladder itself looks at
	models []modelName // by number
	number map[modelName]uint32

	// When evaluations can differ: see Due.
	restless      bool  // with every day
	weeks, months bool  // some lens is of a calendar week, or month
	turns         Day   // how old a day is that a calendar day may have left
	zones         Day   // how far days of other zones lie from those of UTC
	expires       []Day // ages at which a day leaves a window, or its later half

	places []Gate // all gates about ranks

	spare cell   // a cell that is read
	work  []byte // days that are written
	runs  []stretch
}

// look is what one lens asks of the days in its window.
type look struct {
	window Window
	facets facet
}

type modelName struct{ provider, model string }

// Slack is how many closed days back the rules can still be evaluated from what
// is kept, so that a correction of a recent day needs no older facts.
const Slack = 3

// NewKeeper returns a keeper for a set of rules and a ladder. Either may be nil.
// In the window of the ladder everything is kept that [Set.Needs] and
// [Ladder.Needs] name.
func NewKeeper(set *Set, ladder *Ladder) *Keeper {
	k := &Keeper{set: set, ladder: ladder, number: map[modelName]uint32{}, needs: Needs{facets: facetKnown}}
	if set != nil {
		k.needs = k.needs.Join(set.needs)
		for i, lens := range set.lenses {
			k.looks = append(k.looks, look{lens.Window, set.facets[i]})
		}
	}
	if ladder != nil {
		k.needs = k.needs.Join(ladder.Needs())
		k.climb = ladder.gates()
		k.looks = append(k.looks, look{ladder.Lens().Window, k.needs.facets &^ facetKnown})
	}
	k.needs = k.needs.With().WithIdle()
	k.plan()
	return k
}

// Needs returns what an accumulator must keep to be kept here.
func (k *Keeper) Needs() Needs { return k.needs }

// Kept is what is kept of one subject: its facts by UTC day, each day in the
// detail that some rule may still look at, and what it gained and lost. The zero
// Kept holds nothing. It belongs to the [Keeper] that filled it.
type Kept struct {
	days []byte
	past []byte
	told Day // of the last entry of the past
}

// Size returns how many bytes the facts take, and what was gained and lost.
func (x *Kept) Size() (facts, past int) { return len(x.days), len(x.past) }

// errDamaged says that what was kept cannot be read.
var errDamaged = fmt.Errorf("%w: kept facts are damaged", ErrSample)

// Steady reports whether what a subject holds can change during a UTC day only by
// what happens: no rule looks at the day as such, at another zone or into Go.
func (k *Keeper) Steady() bool { return !k.restless && k.zones == 0 }

// wants returns the facets that are still looked at of a UTC day, by
// evaluations up to Slack days before asOf and all later ones.
func (k *Keeper) wants(day, asOf Day) (f facet) {
	age := asOf - day - Slack
	for i := range k.looks {
		l := &k.looks[i]
		days := Day(0)
		switch l.window.Period {
		case AllTime:
			f |= l.facets
			continue
		case CalSeason:
			if day >= l.window.First-1 && day <= l.window.Last+1 {
				f |= l.facets
			}
			continue
		case Rolling:
			days = Day(l.window.Days)
		case CalDay:
			days = 1
		case CalWeek:
			days = 7
		case CalMonth:
			days = 31
		}
		if l.window.Zone != nil {
			days++ // its days begin before or after those of UTC
		}
		if age < days {
			f |= l.facets
		}
	}
	return f
}

// Keep replaces what is kept of one UTC day by what the accumulator has counted:
// all samples of that day and no others. Without any, the day is forgotten. Rules
// will be evaluated up to asOf.
func (k *Keeper) Keep(x *Kept, day Day, a *Accumulator, asOf Day) error {
	if a.err != nil {
		return a.err
	}
	k.work = k.work[:0]
	d := days{rest: x.days}
	var last Day
	put := func(day Day, body []byte) {
		k.work = binary.AppendUvarint(k.work, uint64(day-last))
		k.work = binary.AppendUvarint(k.work, uint64(len(body)))
		k.work = append(k.work, body...)
		last = day
	}
	var body []byte
	if !a.empty() {
		body = k.pack(nil, day, a, k.wants(day, asOf)&k.needs.all())
	}
	done := false
	for d.next() {
		if !done && d.day >= day {
			if done = true; body != nil {
				put(day, body)
			}
		}
		if d.day != day {
			put(d.day, d.body)
		}
	}
	if d.bad {
		return errDamaged
	}
	if !done && body != nil {
		put(day, body)
	}
	x.days = slices.Clip(append(x.days[:0:0], k.work...))
	return nil
}

// Fill counts the days that are kept into an accumulator made for the keeper's
// needs, besides what it has counted already. Facts that no rule will look at
// any more are missing from it.
func (k *Keeper) Fill(a *Accumulator, x *Kept) error {
	d := days{rest: x.days}
	for d.next() {
		if !k.unpack(a, d.day, d.body) {
			d.bad = true
			break
		}
	}
	if d.bad {
		return errDamaged
	}
	return a.err
}

// Trim forgets the detail that no rule will look at from asOf on.
func (k *Keeper) Trim(x *Kept, asOf Day) error {
	d := days{rest: x.days}
	old := false
	for d.next() {
		mask, _ := binary.Uvarint(d.body)
		old = old || facet(mask)&^k.wants(d.day, asOf) != 0
	}
	if d.bad {
		return errDamaged
	}
	if !old {
		return nil
	}
	a := NewAccumulator(k.needs)
	k.work = k.work[:0]
	var last Day
	for d = (days{rest: x.days}); d.next(); {
		mask, _ := binary.Uvarint(d.body)
		body := d.body
		if want := facet(mask) & k.wants(d.day, asOf); want != facet(mask) {
			a.Reset()
			if !k.unpack(a, d.day, d.body) {
				return errDamaged
			}
			body = k.pack(nil, d.day, a, want)
		}
		k.work = binary.AppendUvarint(k.work, uint64(d.day-last))
		k.work = binary.AppendUvarint(k.work, uint64(len(body)))
		k.work = append(k.work, body...)
		last = d.day
	}
	x.days = slices.Clip(append(x.days[:0:0], k.work...))
	return nil
}

// Days returns the first and the last UTC day that is kept; false if none is.
func (x *Kept) Days() (first, last Day, ok bool) {
	d := days{rest: x.days}
	for d.next() {
		if !ok {
			first = d.day
		}
		last, ok = d.day, true
	}
	return first, last, ok
}

// days reads the days of a Kept one after the other.
type days struct {
	rest []byte
	day  Day
	body []byte
	bad  bool
}

func (d *days) next() bool {
	if len(d.rest) == 0 || d.bad {
		return false
	}
	delta, n := binary.Uvarint(d.rest)
	if n <= 0 || delta > 1<<30 {
		d.bad = true
		return false
	}
	size, m := binary.Uvarint(d.rest[n:])
	if m <= 0 || size > uint64(len(d.rest)-n-m) {
		d.bad = true
		return false
	}
	d.day += Day(delta)
	d.body, d.rest = d.rest[n+m:n+m+int(size)], d.rest[n+m+int(size):]
	return true
}

func (a *Accumulator) empty() bool {
	for _, c := range a.cals {
		if len(c.cells) > 0 {
			return false
		}
	}
	return true
}

// all returns the facets that are kept.
func (n *Needs) all() facet {
	if n.facets&facetKnown == 0 {
		return allFacets
	}
	return n.facets &^ facetKnown
}
