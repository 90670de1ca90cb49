package tiers

import (
	"time"
)

// Closing evaluates subjects at the closes of days, one after the other, from
// what a [Keeper] keeps. It is memory to be used again, for one goroutine.
type Closing struct {
	k      *Keeper
	acc    *Accumulator
	rest   days // what is kept of days to come
	more   bool
	facts  []Facts
	ladder Facts
	before []State
	states []State

	// Place, if not nil, sets what the keeper does not know on facts, such as
	// Rank and Population.
	Place func(f *Facts)

	// Fault, if not nil, is told of rules that cannot be decided.
	Fault func(rule string, err error)
}

// NewClosing returns a closing of a keeper's subjects.
func (k *Keeper) NewClosing() *Closing {
	return &Closing{k: k, acc: NewAccumulator(k.needs)}
}

// Open takes up a subject, as it was after the close of a day.
func (c *Closing) Open(x *Kept, after Day) {
	c.acc.Reset()
	c.states = c.k.Recall(c.states, x, after)
	c.rest = days{rest: x.days}
	c.more = c.rest.next()
}

// fill counts the kept days up to one: a close knows nothing of what comes after
// it, even where a day of another zone goes on.
func (c *Closing) fill(day Day) error {
	for c.more && c.rest.day <= day {
		if !c.k.unpack(c.acc, c.rest.day, c.rest.body) {
			return errDamaged
		}
		c.more = c.rest.next()
	}
	if c.rest.bad {
		return errDamaged
	}
	return nil
}

// Close evaluates the subject at the close of a day and writes into x, which it
// was opened with, what it gained and lost. It reports whether it did, and
// whether something hangs: a grace or a dwell runs, so that time alone may
// change more. Days are closed in their order.
func (c *Closing) Close(x *Kept, subject string, day Day) (moved, hangs bool, err error) {
	past := len(x.past)
	c.before = append(c.before[:0], c.states...)
	if hangs, err = c.See(subject, day.Close()); err != nil {
		return false, false, err
	}
	c.k.note(x, day, c.before, c.states)
	return len(x.past) != past, hangs, nil
}

// See evaluates the subject as of any instant after what it was taken up at; it
// writes nothing down.
func (c *Closing) See(subject string, asOf time.Time) (hangs bool, err error) {
	k := c.k
	if err := c.fill(DayOf(asOf, nil)); err != nil {
		return false, err
	}
	if k.ladder != nil {
		if err := c.acc.see(&c.ladder, asOf, k.ladder.Lens(), k.climb); err != nil {
			return false, err
		}
		c.place(&c.ladder, subject)
		hangs, _ = k.ladder.decide(&c.ladder, &c.states[0])
	}
	if k.set == nil {
		return hangs, nil
	}
	if c.facts, err = k.set.Gather(c.facts, c.acc, asOf); err != nil {
		return false, err
	}
	for i := range c.facts {
		c.place(&c.facts[i], subject)
	}
	k.set.eval(c.facts, c.states[1:], func(rule int, s *step) {
		if s.err != nil && c.Fault != nil {
			c.Fault(k.set.rules[rule].ID, s.err)
		}
	})
	for i := range c.states {
		hangs = hangs || !c.states[i].Failing.IsZero()
	}
	return hangs, nil
}

func (c *Closing) place(f *Facts, subject string) {
	f.Subject = subject
	if c.Place != nil {
		c.Place(f)
	}
}

// States returns the ladder's state and one a rule, as of the last evaluation.
// They are valid until the next.
func (c *Closing) States() []State { return c.states }

// Explain says how the subject stood, at the last evaluation, to the ladder (0)
// or to a rule of the set by its number there and one.
func (c *Closing) Explain(state int) Explanation {
	if state == 0 {
		return Explain(c.k.ladder.rule(), &c.ladder)
	}
	return c.k.set.Explain(state-1, c.facts, c.states[1:])
}

// Facts returns what the ladder looked at, and the facts of each lens of the
// set, as of the last evaluation. They are valid until the next.
func (c *Closing) Facts() (ladder *Facts, set []Facts) { return &c.ladder, c.facts }

// Due reports whether an evaluation at the close of a day can differ from that
// at the close before: something happened, a fact expires, a period turns. What
// hangs, and ranks, are for the caller to know.
func (k *Keeper) Due(x *Kept, day Day) bool {
	if k.restless {
		return true
	}
	turned := Day(0) // the first day of the week or month that ended with the day before
	if k.weeks && day.Weekday() == time.Monday {
		turned = day - 7
	}
	if _, _, date := day.Date(); k.months && date == 1 {
		turned = day - 31
	}
	d := days{rest: x.days}
	for d.next() {
		age := day - d.day
		if age >= 0 && (age <= k.turns || turned > 0 && d.day >= turned) {
			return true
		}
		for _, n := range k.expires {
			if age >= n-k.zones && age <= n+k.zones {
				return true
			}
		}
	}
	return d.bad
}

// plan finds out when evaluations can differ.
func (k *Keeper) plan() {
	add := func(l Lens, trends bool) {
		w := l.Window
		if w.Zone != nil {
			k.zones, k.turns = 1, 2
		}
		switch w.Period {
		case Rolling:
			k.expires = append(k.expires, Day(w.Days))
			if trends {
				k.expires = append(k.expires, Day(w.Days-w.Days/2))
			}
			return
		case CalDay:
			k.turns = max(k.turns, 1)
		case CalWeek:
			k.weeks = true
			k.restless = k.restless || w.Zone != nil
		case CalMonth:
			k.months = true
			k.restless = k.restless || w.Zone != nil
		}
		k.restless = k.restless || trends // the middle moves with every day
	}
	if k.ladder != nil {
		var gates []Gate
		for _, r := range k.ladder.Rungs {
			gates = append(gates, r.Enter, r.Keep)
		}
		add(k.ladder.Lens(), k.temper(gates))
	}
	if k.set == nil {
		return
	}
	for i := range k.set.rules {
		r := &k.set.rules[i]
		gates := []Gate{r.Gate}
		for _, l := range r.Levels {
			gates = append(gates, l.Gate)
		}
		add(r.Lens(), k.temper(gates))
	}
}

// temper notes gates that change with time alone, and reports whether some
// compare the halves of a window.
func (k *Keeper) temper(gates []Gate) (trends bool) {
	for _, g := range gates {
		switch g := g.(type) {
		case All:
			trends = k.temper(g) || trends
		case Any:
			trends = k.temper(g) || trends
		case KOf:
			trends = k.temper(g.Of) || trends
		case Not:
			trends = k.temper([]Gate{g.Gate}) || trends
		case Trend:
			trends = true
		case Streak:
			k.restless = k.restless || g.Current
		case Date:
			k.restless = k.restless || g.Of == Today
		case Func:
			k.restless = true
		case RankAtMost, TopShare:
			k.places = append(k.places, g)
		}
	}
	return trends
}

// Places sums up which of the rules' gates about ranks the facts meet: equal
// numbers, equal answers; 0: none. An evaluation is due where it changes.
func (k *Keeper) Places(f *Facts) (sum uint64) {
	v := view{f: f}
	for i, g := range k.places {
		if g.check(&v) == yes {
			sum = (sum ^ uint64(i+1)) * 1099511628211
		}
	}
	return sum
}

// PlacesOf returns the last rank on a board that can meet a gate about it, with
// so many ranked.
func (k *Keeper) PlacesOf(board string, population int) (last int) {
	for _, g := range k.places {
		switch g := g.(type) {
		case RankAtMost:
			if g.Board == board {
				last = max(last, g.Rank)
			}
		case TopShare:
			if g.Board == board {
				last = max(last, int(scale(int64(population), g.Share.Num, g.Share.Den)))
			}
		}
	}
	return last
}
