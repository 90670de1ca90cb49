package tiers

import (
	"encoding/binary"
	"iter"
	"time"
)

// What a subject gained and lost is kept beside its facts: an entry for every
// close of a day at which a rule's level changed or a grace began or ended.
// From it the states after any close follow, since everything else in a state is
// a function of those and of time. Entry: the days since the one before, the
// rule's number shifted by one with the grace in the lowest bit, the level. The
// ladder is number 0, rule i of the set number i+1.

// States returns how many states a subject has: the ladder's and one for each
// rule of the set, in their order.
func (k *Keeper) States() int {
	if k.set == nil {
		return 1
	}
	return 1 + k.set.Len()
}

// note writes down what an evaluation at the close of a day changed. Entries are
// in the order of days.
func (k *Keeper) note(x *Kept, day Day, before, after []State) {
	asOf := day.Close()
	for i := range after {
		was, is := before[i], &after[i]
		if !is.AsOf.Equal(asOf) {
			continue // it could not be decided
		}
		if i > 0 && k.set.rules[i-1].Kind == Repeatable {
			was.turn(k.set.rules[i-1].Lens().Window, asOf)
		}
		if was.Level == is.Level && was.Failing.IsZero() == is.Failing.IsZero() {
			continue
		}
		x.past = binary.AppendUvarint(x.past, uint64(day-x.told))
		x.told = day
		n := uint64(i) << 1
		if !is.Failing.IsZero() {
			n |= 1
		}
		x.past = binary.AppendUvarint(x.past, n)
		x.past = binary.AppendUvarint(x.past, uint64(is.Level))
	}
}

// entry is one line of a past.
type entry struct {
	day     Day
	state   int
	failing bool
	level   int
	end     int // where it ends
}

// entries yields a past up to the close of a day. What is damaged ends it.
func (k *Keeper) entries(past []byte, through Day) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		var e entry
		r := unpacker{rest: past}
		for len(r.rest) > 0 {
			e.day += Day(r.number())
			n := r.number()
			e.state, e.failing, e.level = int(n>>1), n&1 != 0, int(r.number())
			if e.end = len(past) - len(r.rest); r.bad || e.day > through || e.state >= k.States() || !yield(e) {
				return
			}
		}
	}
}

// Recall returns the states after the close of a day, in dst if it has room.
// Where nothing is known of the subject they hold nothing.
func (k *Keeper) Recall(dst []State, x *Kept, day Day) []State {
	if cap(dst) < k.States() {
		dst = make([]State, k.States())
	}
	dst = dst[:k.States()]
	clear(dst)
	for e := range k.entries(x.past, day) {
		k.apply(&dst[e.state], &e)
	}
	asOf := day.Close()
	for i := range dst {
		if i > 0 && k.set.rules[i-1].Kind == Repeatable {
			dst[i].turn(k.set.rules[i-1].Lens().Window, asOf)
		}
		dst[i].AsOf = asOf
	}
	return dst
}

func (k *Keeper) apply(s *State, e *entry) {
	asOf := e.day.Close()
	if e.state == 0 {
		s.AsOf = asOf
		k.ladder.shift(s, e.level)
		return
	}
	r := &k.set.rules[e.state-1]
	if r.Kind == Repeatable {
		s.turn(r.Lens().Window, asOf)
	}
	s.AsOf = asOf
	if s.Level != e.level {
		s.move(r, e.level)
	}
	s.Failing = time.Time{}
	if e.failing {
		s.Failing = asOf
	}
}

// Forget takes back what was noted at the closes from a day on, to be evaluated
// anew.
func (k *Keeper) Forget(x *Kept, from Day) {
	end := 0
	x.told = 0
	for e := range k.entries(x.past, from-1) {
		end, x.told = e.end, e.day
	}
	x.past = x.past[:end]
}

// Noted returns how much was noted: a number for [Keeper.History].
func (x *Kept) Noted() int { return len(x.past) }

// NotedBy returns how much was noted up to the close of a day.
func (k *Keeper) NotedBy(x *Kept, day Day) (noted int) {
	for e := range k.entries(x.past, day) {
		noted = e.end
	}
	return noted
}

// Head returns the past only, up to where so much was noted. It shares memory
// with x and is read only.
func (x *Kept) Head(noted int) Kept { return Kept{past: x.past[:noted:noted]} }

// History yields what was gained and lost after so much had been noted, oldest
// first, without the evidence: see [Set.Replay] and [Ladder.Replay] for that.
func (k *Keeper) History(x *Kept, subject string, noted int) iter.Seq[Transition] {
	return func(yield func(Transition) bool) {
		states := make([]State, k.States())
		for e := range k.entries(x.past, 1<<30) {
			s := &states[e.state]
			t := Transition{Subject: subject, At: e.day.Close()}
			if e.state == 0 {
				t.Rule, t.Version = k.ladder.RuleID(), 1
			} else {
				r := &k.set.rules[e.state-1]
				t.Rule, t.Version = r.ID, r.Version
				if r.Kind == Repeatable {
					s.turn(r.Lens().Window, t.At)
					t.Reason = s.Reason
				}
			}
			c := step{from: s.Level, to: e.level, best: s.Best}
			k.apply(s, &e)
			if e.end <= noted {
				continue
			}
			for x := range c.steps(t) {
				if !yield(x) {
					return
				}
			}
		}
	}
}
