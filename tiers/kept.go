package tiers

import "fmt"

// Keeper keeps the facts of many subjects in few bytes each: what the rules of
// a set and a ladder look at, for as long as they look at it, and nothing more.
// The facts of one subject are a [Kept]. It is for one goroutine at a time.
type Keeper struct {
	set    *Set
	ladder *Ladder
	needs  Needs
	looks  []look
	climb  facet       // what the ladder looks at
	names  []modelName // by number
	number map[modelName]uint32

	counters  []string           // by number
	sets      []facet            // of facets that days are kept with, by number less one
	setNumber map[facet]int      //
	foldings  map[facet]*folding // by the facets of usage
	hours     [24]int            // of each hour the group it is kept in
	slots     []int              // of each group its first hour
	forward   facet              // see planForward

	// When evaluations can differ: see Due.
	restless      bool  // with every day
	weeks, months bool  // some lens is of a calendar week, or month
	turns         Day   // how old a day is that a calendar day may have left
	zones         Day   // how far days of other zones lie from those of UTC
	expires       []Day // ages at which a day leaves a window, or its later half

	places []Gate // all gates about ranks

	spare  cell // a cell that is read
	out    keptWriter
	body   []byte
	acc    *Accumulator
	list   []ModelFacts
	runs   []stretch
	states []State
	left   []look
	spells []spell
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
func NewKeeper(set *Set, ladder *Ladder) *Keeper {
	k := &Keeper{
		set: set, ladder: ladder, needs: Needs{facets: facetKnown},
		number: map[modelName]uint32{}, setNumber: map[facet]int{}, foldings: map[facet]*folding{},
	}
	k.numberOf(0) // is bareMark
	if set != nil {
		k.needs = k.needs.Join(set.needs)
		for i, lens := range set.lenses {
			k.looks = append(k.looks, look{lens.Window, set.facets[i]})
		}
	}
	if ladder != nil {
		gates := ladder.gates()
		k.needs = k.needs.Join(gates)
		k.climb = gates.facets &^ facetKnown
		k.looks = append(k.looks, look{ladder.Lens().Window, k.climb})
	}
	k.needs = k.needs.With().WithIdle()
	k.acc = NewAccumulator(k.needs)
	k.foldHours()
	k.planForward()
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
func wants(looks []look, day, asOf Day) (f facet) {
	age := asOf - day - Slack
	for i := range looks {
		l := &looks[i]
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
	k.body = k.body[:0]
	if !a.empty() {
		k.body = k.pack(k.body, day, a, wants(k.looks, day, asOf))
	}
	k.out.reset()
	done := len(k.body) == 0
	d := days{rest: x.days}
	for d.next() {
		if !done && d.day >= day {
			k.out.put(day, k.body)
			done = true
		}
		if d.day != day {
			k.out.put(d.day, d.body)
		}
	}
	if d.bad {
		return errDamaged
	}
	if !done {
		k.out.put(day, k.body)
	}
	x.days = k.out.bytes()
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
func (k *Keeper) Trim(x *Kept, asOf Day) error { return k.trim(x, asOf, k.looks, nil) }

// trim keeps of each day what some looks want, without what is needless beside
// other days.
func (k *Keeper) trim(x *Kept, asOf Day, looks []look, needless func(Day) facet) error {
	want := func(day Day, body []byte) (has, keep facet) {
		has = k.setOf(body)
		keep = has & wants(looks, day, asOf)
		if keep&k.forward != 0 && needless != nil {
			keep &^= needless(day)
		}
		return has, keep
	}
	d := days{rest: x.days}
	same := true
	for same && d.next() {
		has, keep := want(d.day, d.body)
		same = has == keep
	}
	if d.bad {
		return errDamaged
	}
	if same {
		return nil
	}
	k.out.reset()
	for d = (days{rest: x.days}); d.next(); {
		body := d.body
		if has, keep := want(d.day, body); has != keep {
			k.acc.Reset()
			if !k.unpack(k.acc, d.day, body) {
				return errDamaged
			}
			k.body = k.pack(k.body[:0], d.day, k.acc, keep)
			body = k.body
		}
		k.out.put(d.day, body)
	}
	if d.bad {
		return errDamaged
	}
	x.days = k.out.bytes()
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

func (a *Accumulator) empty() bool {
	for _, c := range a.cals {
		if len(c.cells) > 0 || len(c.counters) > 0 {
			return false
		}
	}
	return true
}
