package tokenomics

import (
	"math/bits"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// touched notes the days on which something changed, by subject: all that
// recording does for facts. They are read from the ledger again when somebody
// asks. It is guarded by the engine's lock.
type touched struct {
	on    bool
	marks []mark    // by handle
	list  []rank.ID // those with a mark
	named []namedMark
}

type namedMark struct {
	name string
	mark mark
}

// mark is a set of days: the newest, and a bit for each of the 64 before it. All
// bits say that there may be others.
type mark struct {
	day   tiers.Day // 0: no day at all
	older uint64
}

const allDays = ^uint64(0)

// dayOf returns the UTC day of an event's time, which is never before 1970.
func dayOf(t time.Time) tiers.Day { return tiers.Day(t.Unix() / 86400) }

func (m *mark) add(day tiers.Day) {
	switch d := int(day - m.day); {
	case m.day == 0:
		m.day = day
	case d == 0:
	case d < -64 || d > 64:
		m.day, m.older = max(m.day, day), allDays
	case d < 0:
		m.older |= 1 << (-d - 1)
	case m.older != allDays:
		if bits.Len64(m.older)+d > 64 {
			m.older = allDays
		} else {
			m.older = m.older<<d | 1<<(d-1)
		}
		m.day = day
	default:
		m.day = day
	}
}

func (m *mark) merge(o mark) {
	if o.older == allDays {
		m.day, m.older = max(m.day, o.day), allDays
		return
	}
	for _, d := range o.days() {
		m.add(d)
	}
}

// days returns the days, oldest first. Of all days it returns the newest only.
func (m *mark) days() (out []tiers.Day) {
	if m.day == 0 {
		return nil
	}
	if m.older != allDays {
		for i := 63; i >= 0; i-- {
			if m.older&(1<<i) != 0 {
				out = append(out, m.day-tiers.Day(i)-1)
			}
		}
	}
	return append(out, m.day)
}

// first returns the oldest day.
func (m *mark) first() tiers.Day { return m.day - tiers.Day(bits.Len64(m.older)) }

// touch notes one version that counts, or counted.
func (t *touched) touch(id rank.ID, at time.Time) {
	if id == rank.NoID {
		return // of somebody who was forgotten
	}
	if int(id) >= len(t.marks) {
		t.grow(int(id))
	}
	m := &t.marks[id]
	day := dayOf(at)
	if m.day == day {
		return
	}
	if m.day == 0 {
		t.list = append(t.list, id)
	}
	m.add(day)
}

func (t *touched) grow(id int) {
	marks := make([]mark, max(2*len(t.marks), id+1, 64))
	copy(marks, t.marks)
	t.marks = marks
}

// drain returns all marks by name and forgets them.
func (t *touched) drain(names *rank.Names) []namedMark {
	out := t.named
	for _, id := range t.list {
		out = append(out, namedMark{names.Name(id), t.marks[id]})
		t.marks[id] = mark{}
	}
	t.list, t.named = t.list[:0], nil
	return out
}

// touchFacts notes what a batch of moves changed, for every scope of rules.
func (e *Engine) touchFacts(moves []move) {
	for _, f := range e.scopes {
		if !f.touched.on {
			continue
		}
		for i := range moves {
			m := &moves[i]
			if m.before != nil {
				f.touch(m.before, m.beforeID)
			}
			if m.after != nil {
				f.touch(m.after, m.afterID)
			}
		}
	}
}

// touch notes a version in the scope; subject is the handle of its subject.
func (f *facts) touch(v *store.Entry, subject rank.ID) {
	switch f.scope {
	case tiers.OfSubject:
		f.touched.touch(subject, v.At)
	case tiers.OfTeam:
		if v.Team != "" {
			f.touched.touch(f.teams.ID(v.Team), v.At)
		}
	default:
		f.touched.touch(f.only, v.At)
	}
}

// loseFacts notes versions whose write has an unknown outcome: they may be in the
// ledger.
func (e *Engine) loseFacts(entries []store.Entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.scopes {
		if !f.touched.on {
			continue
		}
		for i := range entries {
			who := e.aliases.Load()
			if name, ok := f.nameOf(who.resolved(&entries[i])); ok {
				var m mark
				m.add(dayOf(entries[i].At))
				f.touched.named = append(f.touched.named, namedMark{name, m})
			}
		}
	}
}

// renameFacts turns the marks by handle into marks by name, before the names are
// renewed. The caller holds the engine's lock.
func (e *Engine) renameFacts() {
	for _, f := range e.scopes {
		f.touched.named = f.touched.drain(f.handles())
	}
}

// staleFacts makes every scope read the ledger again: more changed than was noted.
func (e *Engine) staleFacts() {
	for _, f := range e.scopes {
		f.stale.Store(true)
	}
}

// forgetAwards takes somebody out of what was announced and what was kept.
func (e *Engine) forgetAwards(subject string) {
	e.announcer.erase(subject)
	for _, f := range e.scopes {
		f.work.Lock()
		f.announced.dirty = true // the store forgot all of it
		f.erase(subject)
		f.stale.Store(true) // so that nobody who settles meanwhile takes the name up again
		f.work.Unlock()
	}
}
