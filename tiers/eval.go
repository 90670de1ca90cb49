package tiers

import (
	"fmt"
	"iter"
	"time"
)

// State is what a subject holds of one rule. It is comparable and small; the
// zero State holds nothing. It depends on event time only.
type State struct {
	Level   int       `json:"level"`             // held now; 0: nothing
	Best    int       `json:"best"`              // highest level ever reached, of Repeatable in the period of Reason
	Count   int       `json:"count"`             // how many times it was earned: 0 or 1 unless Repeatable
	Reason  string    `json:"reason,omitempty"`  // the period of the last award of a Repeatable
	Version int       `json:"version,omitempty"` // of the rule when Level was reached
	Since   time.Time `json:"since,omitzero"`    // when Level was reached, in event time
	Failing time.Time `json:"failing,omitzero"`  // since when less than Level is met, under grace
	AsOf    time.Time `json:"as_of,omitzero"`    // of the last evaluation
}

// Held reports whether the rule is held at any level. A repeatable rule is
// held once it was earned in any period.
func (s State) Held() bool { return s.Level > 0 || s.Count > 0 }

// ChangeKind says what a transition does.
type ChangeKind uint8

// The kinds of transitions.
const (
	Unlock    ChangeKind = iota // the first level, for the first time
	LevelUp                     // a higher level, for the first time
	LevelDown                   // one level less
	Revoke                      // from the first level to nothing
	Reinstate                   // a level that was held before
	Fault                       // nothing changed: the rule could not be decided
)

var changeNames = [...]string{"unlock", "level_up", "level_down", "revoke", "reinstate", "fault"}

// String returns the name, such as "level_up".
func (c ChangeKind) String() string {
	if int(c) < len(changeNames) {
		return changeNames[c]
	}
	return fmt.Sprintf("change(%d)", uint8(c))
}

// MarshalText implements [encoding.TextMarshaler].
func (c ChangeKind) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// AwardKey identifies one award for ever: whatever is replayed, each key is
// granted once.
type AwardKey struct {
	Subject string
	Rule    string
	Level   int
	Reason  string // the period of a Repeatable; empty otherwise
}

// Transition is one step of one level in what a subject holds. An evaluation
// that jumps several levels returns one transition a level.
type Transition struct {
	Change   ChangeKind  `json:"change"`
	Subject  string      `json:"subject"`
	Rule     string      `json:"rule"`
	Version  int         `json:"version"`
	From     int         `json:"from"`
	To       int         `json:"to"`
	Reason   string      `json:"reason,omitempty"`
	At       time.Time   `json:"at"`                  // event time: what the facts are as of
	Decided  time.Time   `json:"decided_at,omitzero"` // by the host's clock
	Evidence Explanation `json:"evidence"`
	Err      error       `json:"-"` // of a Fault
}

// Key returns the award the transition is about.
func (t *Transition) Key() AwardKey {
	return AwardKey{t.Subject, t.Rule, max(t.From, t.To), t.Reason}
}

// Grants reports a transition that awards its key for the first time.
func (t *Transition) Grants() bool { return t.Change == Unlock || t.Change == LevelUp }

// String says the transition in a few words, such as "ana: unlock cache-wizard".
func (t *Transition) String() string {
	s := t.Subject + ": " + t.Change.String() + " " + t.Rule
	if t.Change == Fault {
		return s + ": " + fmt.Sprint(t.Err)
	}
	if t.From+t.To > 1 {
		s += fmt.Sprintf(" %d to %d", t.From, t.To)
	}
	if t.Reason != "" {
		s += " for " + t.Reason
	}
	return s
}

// Eval moves the state of one rule to what the facts say and returns the steps
// it took. It is pure and idempotent: the same facts again change nothing.
// States go forward in event time only; facts older than the state change
// nothing. What was held under an older version of the rule stays held as long
// as its revocation says, and is not awarded again.
//
// A rule that cannot be decided, because a fact was not gathered or a host
// function panicked, keeps its state and returns one Fault. A gate whose
// outcome hangs on an unknown price keeps it in silence.
//
// Neither r nor f is modified or kept.
func Eval(r *Rule, f *Facts, prev State) (State, []Transition) {
	v := &view{f: f, rule: r.ID}
	if f.AsOf.Before(prev.AsOf) {
		return prev, nil
	}
	level, got := r.worth(v)
	if !decide(v, r, &prev, level, got) {
		return prev, nil
	}
	return prev, v.step.transitions(r, f, nil)
}

// step is what an evaluation changed: from one level to another.
type step struct {
	from, to, best int
	reason         string
	err            error
}

// decide moves a state to the level that facts, no older than the state, are
// worth. It reports whether there is a step to tell of, and leaves it in v.
func decide(v *view, r *Rule, s *State, level int, got verdict) bool {
	if v.err != nil {
		v.step = step{from: s.Level, to: s.Level, err: v.err}
		return true
	}
	if r.Kind == Repeatable {
		s.turn(v.f.Lens.Window, v.f.AsOf)
	}
	s.AsOf = v.f.AsOf
	if got == unknown && level < s.Level {
		level = s.Level // not shown to be lost
	}
	if level >= s.Level {
		if !s.Failing.IsZero() {
			s.Failing = time.Time{}
		}
	} else if !lost(r.policy(), s) {
		level = s.Level
	}
	if level == s.Level {
		return false
	}
	v.step = step{from: s.Level, to: level, best: s.Best}
	if r.Kind == Repeatable {
		v.step.reason = s.Reason
	}
	s.move(r, level)
	return true
}

// turn begins a new period of a repeatable rule. What was earned before stays
// earned.
func (s *State) turn(w Window, asOf time.Time) {
	if s.Reason != "" && DayOf(s.AsOf, w.Zone) == DayOf(asOf, w.Zone) {
		return // the same day is the same period
	}
	if !w.isReason(asOf, s.Reason) {
		s.Level, s.Best, s.Reason, s.Failing = 0, 0, w.Reason(asOf), time.Time{}
	}
}

// lost applies the revocation to a state whose level is no longer met.
func lost(p Revocation, s *State) bool {
	switch p.Policy {
	case PolicyLive:
		return true
	case PolicyGrace:
		if s.Failing.IsZero() {
			s.Failing = s.AsOf
		}
		return s.AsOf.Sub(s.Failing) >= p.After
	}
	return false
}

// move sets the level and what follows from it.
func (s *State) move(r *Rule, level int) {
	switch {
	case s.Level == 0 && level > 0 && (r.Kind == Repeatable || s.Count == 0):
		s.Count++
	case level == 0 && r.Kind == Repeatable:
		s.Count--
	}
	s.Level = level
	s.Best = max(s.Best, level)
	s.Version = r.Version
	s.Since = s.AsOf
	s.Failing = time.Time{}
	if level == 0 {
		s.Version, s.Since = 0, time.Time{}
		if r.Kind != Repeatable {
			s.Count = 0
		}
	}
}

// transitions spells a step out, one level at a time.
func (c *step) transitions(r *Rule, f *Facts, dst []Transition) []Transition {
	t := Transition{
		Subject: f.Subject, Rule: r.ID, Version: r.Version, Reason: c.reason,
		At: f.AsOf, Decided: f.Decided, Evidence: Explain(r, f),
	}
	if c.err != nil {
		t.Change, t.From, t.To, t.Err = Fault, c.from, c.to, c.err
		return append(dst, t)
	}
	for t := range c.steps(t) {
		dst = append(dst, t)
	}
	return dst
}

// steps yields the transitions of a step, all else as in t.
func (c *step) steps(t Transition) iter.Seq[Transition] {
	return func(yield func(Transition) bool) {
		for level := c.from; level < c.to; level++ {
			t.From, t.To = level, level+1
			switch {
			case level < c.best:
				t.Change = Reinstate
			case level == 0:
				t.Change = Unlock
			default:
				t.Change = LevelUp
			}
			if !yield(t) {
				return
			}
		}
		for level := c.from; level > c.to; level-- {
			t.From, t.To = level, level-1
			t.Change = LevelDown
			if level == 1 {
				t.Change = Revoke
			}
			if !yield(t) {
				return
			}
		}
	}
}
