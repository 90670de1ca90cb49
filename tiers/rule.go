package tiers

import (
	"fmt"
	"time"
)

// Kind says how a rule is held.
type Kind uint8

// The kinds.
const (
	OneTime    Kind = iota // earned once
	Repeatable             // earned once in each period of its window
	Leveled                // has levels, each harder than the one before
	Standing               // held exactly by whoever meets the gate now
)

var kindNames = [...]string{"one_time", "repeatable", "leveled", "standing"}

// String returns the name used in JSON, such as "one_time".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Scope says whose facts a rule is about. The rule engine treats all alike;
// who gathers the facts adds up the calls of a team or an organization.
type Scope uint8

// The scopes.
const (
	OfSubject Scope = iota
	OfTeam
	OfOrganization
)

var scopeNames = [...]string{"subject", "team", "organization"}

// String returns the name used in JSON, such as "team".
func (s Scope) String() string {
	if int(s) < len(scopeNames) {
		return scopeNames[s]
	}
	return fmt.Sprintf("scope(%d)", uint8(s))
}

// Policy says what happens to an award when its gate stops being met because
// events left the window. Corrections are another matter: awards are always a
// function of the events that count now.
type Policy uint8

// The policies.
const (
	PolicyKeep  Policy = iota // it was met once, it is kept
	PolicyLive                // it goes at once
	PolicyGrace               // it goes after the gate was not met for a while
)

var policyNames = [...]string{"keep", "live", "grace"}

// Revocation is a policy and, for grace, its length. It is comparable; the
// zero Revocation keeps.
type Revocation struct {
	Policy Policy
	After  time.Duration // of PolicyGrace
}

// Keep never takes an award away for what expires.
func Keep() Revocation { return Revocation{} }

// Live takes an award away as soon as its gate is not met.
func Live() Revocation { return Revocation{Policy: PolicyLive} }

// Grace takes an award away once its gate was not met at every evaluation for
// as long as d.
func Grace(d time.Duration) Revocation { return Revocation{PolicyGrace, d} }

// String returns "keep", "live" or "grace 72h0m0s".
func (r Revocation) String() string {
	if int(r.Policy) >= len(policyNames) {
		return fmt.Sprintf("policy(%d)", uint8(r.Policy))
	}
	if r.Policy == PolicyGrace {
		return "grace " + r.After.String()
	}
	return policyNames[r.Policy]
}

// Text is what people read of a rule.
type Text struct {
	Title       string `json:"title"`
	Description string `json:"description"`        // what it takes
	Unlocked    string `json:"unlocked,omitempty"` // said to who has earned it
	Icon        string `json:"icon,omitempty"`     // an SVG image that takes its color from the page
}

// Level is one step of a leveled rule.
type Level struct {
	Name string
	Gate Gate // holds besides the rule's own gate and the levels below
}

// Steps are levels of one metric, one a threshold.
func Steps(m Metric, thresholds ...int64) []Level {
	levels := make([]Level, len(thresholds))
	for i, n := range thresholds {
		levels[i] = Level{Name: grouped(n), Gate: AtLeast(m, n)}
	}
	return levels
}

// Rule is a title or an achievement: a gate over facts, how it is held and
// what happens when it is no longer met. A rule is a value; do not modify one
// that is in use. A new Version does not award anew what was awarded.
type Rule struct {
	ID       string // stable and unique in its set
	Version  int    // 1 or more; raised when the rule changes
	Kind     Kind
	Category string
	Gate     Gate     // what it takes; may be nil if there are levels
	Levels   []Level  // of Leveled and Repeatable, rising
	Prereqs  []string // rules that must be held first, by id
	Hidden   bool     // not shown to who has not earned it
	Window   Window   // which days count
	Scope    Scope
	MinTrust uint8 // samples of less trust do not count
	Humans   bool  // samples of automation do not count

	Revocation Revocation // a Standing rule with the zero Revocation is Live
	Text       Text
	Texts      map[string]Text // translations by language tag, such as "de"
}

// Lens returns which facts the rule looks at.
func (r *Rule) Lens() Lens {
	l := Lens{Window: r.Window, MinTrust: r.MinTrust, Humans: r.Humans}
	if l.Window.Zone == time.UTC {
		l.Window.Zone = nil
	}
	return l
}

// In returns the text in a language, or the rule's own.
func (r *Rule) In(language string) Text {
	if t, ok := r.Texts[language]; ok {
		return t
	}
	return r.Text
}

// levels returns how many levels can be held: 1 for a rule without any.
func (r *Rule) levels() int { return max(len(r.Levels), 1) }

func (r *Rule) sameLens(f *Facts) bool { return r.Lens() == f.Lens }

// policy returns the revocation with the default of the kind.
func (r *Rule) policy() Revocation {
	if r.Kind == Standing && r.Revocation.Policy == PolicyKeep {
		return Live()
	}
	return r.Revocation
}

// worth returns the highest level the facts meet, 0 for none.
func (r *Rule) worth(v *view) (int, verdict) {
	if !r.sameLens(v.f) {
		return 0, v.lacks("the facts are of " + v.f.Lens.Window.String() + ", want " + r.Window.String() + " and the rule's filters")
	}
	for _, id := range r.Prereqs {
		if v.f.Held[id] == 0 {
			return 0, no
		}
	}
	return r.worthOfGates(v)
}

func (r *Rule) worthOfGates(v *view) (int, verdict) {
	if r.Gate != nil {
		if got := r.Gate.check(v); got != yes {
			return 0, got
		}
	}
	if len(r.Levels) == 0 {
		return 1, yes
	}
	for i := range r.Levels {
		if got := r.Levels[i].Gate.check(v); got != yes {
			return i, got
		}
	}
	return len(r.Levels), yes
}
